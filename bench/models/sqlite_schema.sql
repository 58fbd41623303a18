-- What the loader fills. Relations are numbers; stances are 0 reports, 1 affirms, 2 denies; days and
-- seconds count from 1970.
CREATE TABLE relation (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE entity (id INTEGER PRIMARY KEY, key TEXT NOT NULL, name TEXT, labels TEXT, country TEXT);
CREATE TABLE article (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL, publisher INTEGER, source INTEGER, language TEXT,
  published INTEGER, url TEXT, title TEXT, original INTEGER);
CREATE TABLE evidence (
  fact INTEGER, number INTEGER, article INTEGER, stance INTEGER, confidence REAL, asserter INTEGER,
  sentence INTEGER, span_start INTEGER, span_end INTEGER, quote TEXT,
  PRIMARY KEY (fact, number)) WITHOUT ROWID;
CREATE TEMP TABLE staged (
  id INTEGER PRIMARY KEY, subject INTEGER, relation INTEGER, object INTEGER, valid_from INTEGER,
  valid_to INTEGER);
