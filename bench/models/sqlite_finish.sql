-- Facts with what their evidence amounts to, then the indexes that the questions use.
CREATE TABLE fact (
  id INTEGER PRIMARY KEY, subject INTEGER, relation INTEGER, object INTEGER, valid_from INTEGER,
  valid_to INTEGER, support REAL, denial REAL, confidence REAL, visible INTEGER);
INSERT INTO fact
SELECT s.id, s.subject, s.relation, s.object, s.valid_from, s.valid_to,
       round(1 - amount.doubt, 4), round(1 - amount.trust, 4),
       round((1 - amount.doubt) * amount.trust, 4), amount.visible
FROM staged s JOIN (
  SELECT fact, coalesce(exp(sum(ln(1 - affirmed))), 1) AS doubt,
         coalesce(exp(sum(ln(1 - denied))), 1) AS trust, max(affirmed IS NOT NULL) AS visible
  FROM (
    SELECT e.fact, max(CASE WHEN e.stance <> 2 THEN e.confidence END) AS affirmed,
           max(CASE WHEN e.stance = 2 THEN e.confidence END) AS denied
    FROM evidence e JOIN article a ON a.id = e.article GROUP BY e.fact, a.source)
  GROUP BY fact) amount ON amount.fact = s.id;
CREATE UNIQUE INDEX entity_key ON entity (key);
CREATE INDEX fact_out ON fact (subject, relation, object, valid_from, confidence) WHERE visible;
CREATE INDEX fact_in ON fact (object, relation, subject, confidence) WHERE visible;
DROP TABLE staged;
ANALYZE;
