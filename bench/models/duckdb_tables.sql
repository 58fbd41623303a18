-- Everything from the CSV files in {TABLES}: numbers for keys, ENUMs for what has few values, and
-- facts with what their evidence amounts to.
CREATE TYPE relation AS ENUM (SELECT DISTINCT type FROM read_csv('{TABLES}/facts.csv'));
CREATE TYPE stance AS ENUM ('reports', 'affirms', 'denies');
CREATE TABLE entity AS
SELECT row_number() OVER () AS id, key, name, labels, country
FROM read_csv('{TABLES}/entities.csv', all_varchar = true);
CREATE TEMP TABLE raw_article AS
SELECT row_number() OVER () AS id, *
FROM read_csv('{TABLES}/articles.csv', types = {'published': 'TIMESTAMP', 'copy_of': 'VARCHAR'});
CREATE TABLE article AS
SELECT a.id, a.key, p.id AS publisher, coalesce(op.id, p.id) AS source, a.language, a.published, a.url,
       a.title, o.id AS original
FROM raw_article a JOIN entity p ON p.key = a.publisher
LEFT JOIN raw_article o ON o.key = a.copy_of LEFT JOIN entity op ON op.key = o.publisher
ORDER BY a.id;
CREATE TABLE evidence AS
SELECT e.fact, a.id AS article, CAST(e.stance AS stance) AS stance, e.confidence, s.id AS asserter,
       e.sentence, e.span_start, e.span_end, e.quote
FROM read_csv('{TABLES}/evidence.csv', types = {
  'fact': 'BIGINT', 'stance': 'VARCHAR', 'confidence': 'DOUBLE', 'asserted_by': 'VARCHAR',
  'sentence': 'INTEGER', 'span_start': 'INTEGER', 'span_end': 'INTEGER', 'quote': 'VARCHAR'}) e
JOIN raw_article a ON a.key = e.article LEFT JOIN entity s ON s.key = e.asserted_by
ORDER BY e.fact;
CREATE TABLE fact AS
WITH word AS (
  SELECT e.fact, max(e.confidence) FILTER (e.stance <> 'denies') AS affirmed,
         max(e.confidence) FILTER (e.stance = 'denies') AS denied
  FROM evidence e JOIN article a ON a.id = e.article GROUP BY e.fact, a.source),
amount AS (
  SELECT fact, coalesce(product(1 - affirmed), 1) AS doubt, coalesce(product(1 - denied), 1) AS trust,
         bool_or(affirmed IS NOT NULL) AS visible
  FROM word GROUP BY fact)
SELECT f.id, s.id AS subject, CAST(f.type AS relation) AS relation, o.id AS object, f.valid_from,
       f.valid_to, round(1 - doubt, 4) AS support, round(1 - trust, 4) AS denial,
       round((1 - doubt) * trust, 4) AS confidence, visible
FROM read_csv('{TABLES}/facts.csv', types = {
  'id': 'BIGINT', 'valid_from': 'DATE', 'valid_to': 'DATE'}) f
JOIN amount ON amount.fact = f.id
JOIN entity s ON s.key = f.subject JOIN entity o ON o.key = f.object
ORDER BY f.id;
DROP TABLE raw_article;
