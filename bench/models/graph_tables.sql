-- From DuckDB's tables to files that Kùzu and Ladybug copy: each fact as a relationship of its type's
-- own table, for hops, and mirrored as a node, for its evidence to hang on.
COPY (SELECT key, id, name, labels, country FROM entity ORDER BY id) TO '{OUT}/entity.parquet';
COPY (SELECT id, key, source, language, published, url, title FROM article ORDER BY id)
  TO '{OUT}/article.parquet';
COPY (SELECT a.id, e.key FROM article a JOIN entity e ON e.id = a.publisher ORDER BY a.id)
  TO '{OUT}/published_by.parquet';
COPY (SELECT id, CAST(relation AS VARCHAR) AS relation, valid_from, valid_to, visible FROM fact ORDER BY id)
  TO '{OUT}/fact.parquet';
COPY (SELECT f.id, e.key FROM fact f JOIN entity e ON e.id = f.subject ORDER BY f.id)
  TO '{OUT}/subject.parquet';
COPY (SELECT f.id, e.key FROM fact f JOIN entity e ON e.id = f.object ORDER BY f.id)
  TO '{OUT}/object.parquet';
COPY (SELECT fact, article, CAST(stance AS VARCHAR) AS stance, confidence, asserter, sentence, span_start,
             span_end, quote FROM evidence ORDER BY fact) TO '{OUT}/evidence.parquet';
COPY (SELECT s.key AS subject, o.key AS object, f.id, f.valid_from, f.valid_to, f.support, f.denial,
             f.confidence, f.visible, CAST(f.relation AS VARCHAR) AS relation
      FROM fact f JOIN entity s ON s.id = f.subject JOIN entity o ON o.id = f.object)
  TO '{OUT}/relationships' (FORMAT parquet, PARTITION_BY (relation));
