-- What the questions look up.
CREATE UNIQUE INDEX entity_key ON entity (key);
CREATE INDEX entity_id ON entity (id);
CREATE INDEX fact_subject ON fact (subject);
CREATE INDEX fact_object ON fact (object);
CREATE INDEX evidence_fact ON evidence (fact);
CREATE INDEX article_id ON article (id);
CREATE SEQUENCE new_fact START 1000000000;
CHECKPOINT;
