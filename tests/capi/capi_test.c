/* The C interface as a C program meets it: every call, errors, NULLs, threads, and handles that are
 * released in the wrong order. Prints what does not hold; exit code 0 when all does. */
#define _POSIX_C_SOURCE 200809L

#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "engine/entente.h"

static atomic_int failures;
static atomic_int checks;

static void Check(int holds, const char* what, int line) {
  ++checks;
  if (holds) return;
  ++failures;
  fprintf(stderr, "capi_test.c:%d: does not hold: %s\n", line, what);
}

#define CHECK(condition) Check((condition) ? 1 : 0, #condition, __LINE__)
#define CHECK_TEXT(expected, actual) CheckText(expected, actual, #actual, __LINE__)
#define CHECK_BEGINS(start, actual) CheckBegins(start, actual, #actual, __LINE__)

static void CheckText(const char* expected, const char* actual, const char* what, int line) {
  const int holds = actual != NULL && strcmp(expected, actual) == 0;
  Check(holds, what, line);
  if (!holds) fprintf(stderr, "  expected: %s\n  got: %s\n", expected, actual ? actual : "NULL");
}

static void CheckBegins(const char* start, const char* actual, const char* what, int line) {
  const int holds = actual != NULL && strncmp(start, actual, strlen(start)) == 0;
  Check(holds, what, line);
  if (!holds) fprintf(stderr, "  expected: %s...\n  got: %s\n", start, actual ? actual : "NULL");
}

static entente_database* Open(const char* path) {
  entente_database* database = NULL;
  if (entente_open(path, &database) != 0) {
    fprintf(stderr, "cannot open %s: %s\n", path, entente_last_error());
    exit(1);
  }
  return database;
}

static entente_connection* Connect(entente_database* database) {
  entente_connection* connection = NULL;
  if (entente_connect(database, &connection) != 0) {
    fprintf(stderr, "cannot connect: %s\n", entente_last_error());
    exit(1);
  }
  return connection;
}

static entente_result* Query(entente_connection* connection, const char* statement,
                             const char* parameters) {
  entente_result* result = NULL;
  entente_query(connection, statement, parameters, &result);
  CHECK(result != NULL);
  return result;
}

/* Runs a statement that must succeed. */
static void Do(entente_connection* connection, const char* statement) {
  entente_result* result = NULL;
  const int status = entente_query(connection, statement, NULL, &result);
  while (entente_result_next(result) == 1) continue;
  CHECK(status == 0);
  CHECK(entente_result_error(result) == NULL);
  if (entente_result_error(result) != NULL) {
    fprintf(stderr, "  %s: %s\n", statement, entente_result_error(result));
  }
  entente_result_free(result);
}

/* The first column of the first row as an integer, -1 without one. */
static int64_t Number(entente_connection* connection, const char* statement) {
  int64_t number = -1;
  entente_result* result = Query(connection, statement, NULL);
  if (entente_result_next(result) == 1) entente_result_integer(result, 0, &number);
  entente_result_free(result);
  return number;
}

/* Runs a statement to its end and checks how its error begins; NULL: that it has none. */
static void CheckError(entente_connection* connection, const char* statement,
                       const char* parameters, const char* start) {
  entente_result* result = Query(connection, statement, parameters);
  while (entente_result_next(result) == 1) continue;
  if (start == NULL) {
    CHECK(entente_result_error(result) == NULL);
  } else {
    CHECK_BEGINS(start, entente_result_error(result));
    CHECK(entente_result_error_phase(result) != NULL);
  }
  entente_result_free(result);
}

static void TestRowsAndColumns(void) {
  entente_database* database = Open(":memory:");
  entente_connection* connection = Connect(database);
  entente_result* result = NULL;
  CHECK(entente_query(connection, "UNWIND ['a', 'b'] AS x RETURN x, size(x) AS n", NULL, &result) ==
        0);
  CHECK(entente_result_error(result) == NULL);
  CHECK(entente_result_error_phase(result) == NULL);
  CHECK(entente_result_column_count(result) == 2);
  CHECK_TEXT("x", entente_result_column_name(result, 0));
  CHECK_TEXT("n", entente_result_column_name(result, 1));
  CHECK(entente_result_column_name(result, 2) == NULL);
  CHECK(entente_result_text(result, 0) == NULL); /* no row yet */
  CHECK(entente_result_next(result) == 1);
  CHECK_TEXT("'a'", entente_result_text(result, 0));
  CHECK_TEXT("1", entente_result_text(result, 1));
  CHECK(entente_result_text(result, 2) == NULL);
  CHECK(entente_result_json(result, 2) == NULL);
  CHECK(entente_result_type(result, 2) == ENTENTE_NULL);
  CHECK(entente_result_next(result) == 1);
  CHECK_TEXT("'b'", entente_result_text(result, 0));
  CHECK(entente_result_next(result) == 0);
  CHECK(entente_result_next(result) == 0);
  CHECK(entente_result_text(result, 0) == NULL);
  CHECK(entente_result_error(result) == NULL);
  entente_result_free(result);
  entente_disconnect(connection);
  entente_close(database);
}

static void TestTypes(void) {
  entente_database* database = Open(":memory:");
  entente_connection* connection = Connect(database);
  Do(connection, "CREATE (:Country {name: 'Atlantis'})-[:BORDERS {km: 12}]->(:Sea)");
  entente_result* result =
      Query(connection,
            "MATCH p = (a:Country)-[r]->(b) "
            "RETURN null AS n, true AS b, 42 AS i, 1.5 AS f, 'it\\'s' AS s, [1, 'x'] AS l, "
            "{k: 'v'} AS m, a, r, p, date('2024-10-15') AS d",
            NULL);
  CHECK(entente_result_next(result) == 1);

  int boolean = 7;
  int64_t integer = 7;
  double number = 7;
  const char* text = NULL;
  size_t length = 0;
  uint64_t id = 0;

  CHECK(entente_result_type(result, 0) == ENTENTE_NULL);
  CHECK_TEXT("null", entente_result_text(result, 0));
  CHECK_TEXT("null", entente_result_json(result, 0));
  CHECK(entente_result_boolean(result, 0, &boolean) == 0 && boolean == 7);
  CHECK(entente_result_integer(result, 0, &integer) == 0 && integer == 7);
  CHECK(entente_result_float(result, 0, &number) == 0 && number == 7);
  CHECK(entente_result_string(result, 0, &text, &length) == 0 && text == NULL);
  CHECK(entente_result_id(result, 0, &id) == 0);

  CHECK(entente_result_type(result, 1) == ENTENTE_BOOLEAN);
  CHECK_TEXT("true", entente_result_text(result, 1));
  CHECK(entente_result_boolean(result, 1, &boolean) == 1 && boolean == 1);

  CHECK(entente_result_type(result, 2) == ENTENTE_INTEGER);
  CHECK_TEXT("42", entente_result_text(result, 2));
  CHECK(entente_result_integer(result, 2, &integer) == 1 && integer == 42);
  CHECK(entente_result_float(result, 2, &number) == 1 && number == 42.0);

  CHECK(entente_result_type(result, 3) == ENTENTE_FLOAT);
  CHECK_TEXT("1.5", entente_result_text(result, 3));
  CHECK(entente_result_float(result, 3, &number) == 1 && number == 1.5);
  CHECK(entente_result_integer(result, 3, &integer) == 0);

  CHECK(entente_result_type(result, 4) == ENTENTE_STRING);
  CHECK_TEXT("'it\\'s'", entente_result_text(result, 4));
  CHECK_TEXT("\"it's\"", entente_result_json(result, 4));
  CHECK(entente_result_string(result, 4, &text, &length) == 1);
  CHECK(length == 4);
  CHECK_TEXT("it's", text);
  CHECK(entente_result_string(result, 4, &text, NULL) == 1);

  CHECK(entente_result_type(result, 5) == ENTENTE_LIST);
  CHECK_TEXT("[1, 'x']", entente_result_text(result, 5));
  CHECK(entente_result_type(result, 6) == ENTENTE_MAP);
  CHECK_TEXT("{k: 'v'}", entente_result_text(result, 6));

  CHECK(entente_result_type(result, 7) == ENTENTE_NODE);
  CHECK_TEXT("(:Country {name: 'Atlantis'})", entente_result_text(result, 7));
  CHECK(entente_result_id(result, 7, &id) == 1);
  CHECK(strstr(entente_result_json(result, 7), "\"labels\":[\"Country\"]") != NULL);
  CHECK(entente_result_type(result, 8) == ENTENTE_RELATIONSHIP);
  CHECK_TEXT("[:BORDERS {km: 12}]", entente_result_text(result, 8));
  CHECK(entente_result_id(result, 8, &id) == 1);
  CHECK(strstr(entente_result_json(result, 8), "\"type\":\"BORDERS\"") != NULL);
  CHECK(entente_result_type(result, 9) == ENTENTE_PATH);
  CHECK_TEXT("<(:Country {name: 'Atlantis'})-[:BORDERS {km: 12}]->(:Sea)>",
             entente_result_text(result, 9));
  CHECK(entente_result_id(result, 9, &id) == 0);

  CHECK(entente_result_type(result, 10) == ENTENTE_DATE);
  CHECK_TEXT("'2024-10-15'", entente_result_text(result, 10));
  CHECK(entente_result_string(result, 10, &text, &length) == 1);
  CHECK_TEXT("2024-10-15", text);

  CHECK(entente_result_next(result) == 0);
  CHECK(entente_result_integer(result, 2, &integer) == 0); /* no row any more */
  entente_result_free(result);
  entente_disconnect(connection);
  entente_close(database);
}

static void TestErrors(void) {
  entente_database* database = Open(":memory:");
  entente_connection* connection = Connect(database);
  entente_result* result = NULL;
  CHECK(entente_query(connection, "MATCH (n) RETURN m", NULL, &result) != 0);
  CHECK_BEGINS("SyntaxError: UndefinedVariable: ", entente_result_error(result));
  CHECK_TEXT("compile time", entente_result_error_phase(result));
  size_t offset = 0;
  size_t length = 0;
  CHECK(entente_result_error_position(result, &offset, &length) == 1);
  CHECK(offset == 17 && length == 1);
  CHECK(entente_result_next(result) == 0);
  CHECK(entente_result_text(result, 0) == NULL);
  entente_result_free(result);

  result = Query(connection, "UNWIND [2, 1, 0] AS x RETURN 2 / x AS y", NULL);
  int rows = 0;
  while (entente_result_next(result) == 1) ++rows;
  CHECK(rows <= 2);
  CHECK_BEGINS("ArithmeticError: ", entente_result_error(result));
  CHECK_TEXT("runtime", entente_result_error_phase(result));
  entente_result_free(result);

  CheckError(connection, "RETURN", NULL, "SyntaxError: ");
  CheckError(connection, "", NULL, "SyntaxError: ");
  CheckError(connection, "RETURN 1 AS x", NULL, NULL); /* an error does not stick */

  /* A statement that fails leaves nothing behind. */
  CheckError(connection, "CREATE (:Half) WITH 1 AS x UNWIND [1, 0] AS y RETURN x / y", NULL,
             "ArithmeticError: ");
  CHECK(Number(connection, "MATCH (n:Half) RETURN count(n)") == 0);
  entente_disconnect(connection);
  entente_close(database);
}

static void TestNulls(void) {
  entente_database* database = NULL;
  entente_connection* connection = NULL;
  entente_result* result = NULL;
  CHECK(entente_open(NULL, &database) != 0);
  CHECK(database == NULL);
  CHECK_BEGINS("ArgumentError: InvalidCall: ", entente_last_error());
  CHECK(entente_open(":memory:", NULL) != 0);
  CHECK(entente_open_with_options(NULL, NULL, &database) != 0);
  CHECK(entente_open_with_options(":memory:", NULL, NULL) != 0);
  CHECK(entente_open_read_only(NULL, &database) != 0);
  CHECK(entente_connect(NULL, &connection) != 0);
  CHECK(connection == NULL);
  CHECK_BEGINS("ArgumentError: InvalidCall: ", entente_last_error());
  CHECK(entente_register_table(NULL, "a() :: ()", "[]") != 0);

  CHECK(entente_query(NULL, "RETURN 1", NULL, &result) != 0);
  CHECK_BEGINS("ArgumentError: InvalidCall: ", entente_result_error(result));
  entente_result_free(result);
  CHECK(entente_query(NULL, "RETURN 1", NULL, NULL) != 0);

  database = Open(":memory:");
  CHECK(entente_connect(database, NULL) != 0);
  connection = Connect(database);
  CHECK(entente_query(connection, NULL, NULL, &result) != 0);
  CHECK_BEGINS("ArgumentError: InvalidCall: ", entente_result_error(result));
  entente_result_free(result);
  CHECK(entente_query(connection, "RETURN 1", NULL, NULL) != 0);
  CHECK(entente_register_table(database, NULL, "[]") != 0);
  CHECK(entente_register_table(database, "a() :: ()", NULL) != 0);
  CHECK(Number(connection, "RETURN 1") == 1);
  entente_disconnect(connection);
  entente_close(database);

  size_t offset = 0;
  size_t length = 0;
  int boolean = 0;
  int64_t integer = 0;
  double number = 0;
  const char* text = NULL;
  uint64_t id = 0;
  CHECK(entente_result_error(NULL) != NULL);
  (void)entente_result_error_phase(NULL);
  CHECK(entente_result_error_position(NULL, &offset, &length) == 0);
  CHECK(entente_result_column_count(NULL) == 0);
  CHECK(entente_result_column_name(NULL, 0) == NULL);
  CHECK(entente_result_next(NULL) == 0);
  CHECK(entente_result_text(NULL, 0) == NULL);
  CHECK(entente_result_text_length(NULL, 0) == 0);
  CHECK(entente_result_json(NULL, 0) == NULL);
  CHECK(entente_result_type(NULL, 0) == ENTENTE_NULL);
  CHECK(entente_result_boolean(NULL, 0, &boolean) == 0);
  CHECK(entente_result_integer(NULL, 0, &integer) == 0);
  CHECK(entente_result_float(NULL, 0, &number) == 0);
  CHECK(entente_result_string(NULL, 0, &text, &length) == 0);
  CHECK(entente_result_id(NULL, 0, &id) == 0);
  entente_interrupt(NULL);
  entente_result_free(NULL);
  entente_disconnect(NULL);
  entente_close(NULL);
}

static void TestParameters(void) {
  entente_database* database = Open(":memory:");
  entente_connection* connection = Connect(database);
  entente_result* result = Query(connection, "RETURN $a AS a, $l AS l, $m.k AS k, $n AS n",
                                 "{\"a\": 9007199254740993, \"l\": [1, 2.5, true, \"\\u00e9\"], "
                                 "\"m\": {\"k\": \"v\"}, \"n\": null}");
  CHECK(entente_result_next(result) == 1);
  CHECK_TEXT("9007199254740993", entente_result_text(result, 0));
  CHECK_TEXT("[1, 2.5, true, '\xc3\xa9']", entente_result_text(result, 1));
  CHECK_TEXT("'v'", entente_result_text(result, 2));
  CHECK_TEXT("null", entente_result_text(result, 3));
  entente_result_free(result);

  CheckError(connection, "RETURN $missing AS x", NULL, "ParameterMissing: MissingParameter: ");
  CheckError(connection, "RETURN $missing AS x", "{\"other\": 1}", "ParameterMissing: ");
  CheckError(connection, "RETURN 1 AS x", "{\"open\": ", "ArgumentError: InvalidParameters: ");
  CheckError(connection, "RETURN 1 AS x", "[1]", "ArgumentError: InvalidParameters: ");
  CheckError(connection, "RETURN 1 AS x", "{}", NULL);
  entente_disconnect(connection);
  entente_close(database);
}

static void TestProcedures(void) {
  entente_database* database = Open(":memory:");
  entente_connection* connection = Connect(database);
  CHECK(entente_register_table(
            database, "my.cities(country :: STRING?) :: (city :: STRING?, people :: INTEGER?)",
            "[[\"IT\", \"Rome\", 3], [\"FR\", \"Lyon\", 1], [\"IT\", \"Turin\", 2]]") == 0);
  CHECK(Number(connection, "CALL my.cities('IT') YIELD people RETURN sum(people) AS n") == 5);
  entente_connection* other = Connect(database);
  CHECK(Number(other, "CALL my.cities('FR') YIELD people RETURN people") == 1);
  CHECK(Number(other, "CALL my.cities('DE') YIELD people RETURN count(people) AS n") == 0);

  CHECK(entente_register_table(database,
                               "my.cities(country :: STRING?) :: (city :: STRING?, "
                               "people :: INTEGER?)",
                               "[[\"FR\", \"Lyon\", 9]]") == 0);
  CHECK(Number(connection, "CALL my.cities('FR') YIELD people RETURN people") == 9);

  CHECK(entente_register_table(database, "not a signature", "[]") != 0);
  CHECK_BEGINS("ArgumentError: ", entente_last_error());
  CHECK(entente_register_table(database, "a(x :: STRING?) :: (y :: STRING?)", "[[1]]") != 0);
  CHECK(entente_register_table(database, "a() :: (y :: STRING?)", "[") != 0);
  CHECK(entente_register_table(database, "a() :: (y :: STRING?)", "{}") != 0);
  CheckError(connection, "CALL my.nothing()", NULL, "ProcedureError: ProcedureNotFound: ");
  entente_disconnect(other);
  entente_disconnect(connection);
  entente_close(database);
}

static void TestTransactions(void) {
  entente_database* database = Open(":memory:");
  entente_connection* connection = Connect(database);
  entente_connection* other = Connect(database);
  const char* count = "MATCH (n) RETURN count(n)";

  Do(connection, "BEGIN");
  Do(connection, "CREATE ()");
  CHECK(Number(connection, count) == 1);
  CHECK(Number(other, count) == 0);
  Do(connection, "ROLLBACK");
  CHECK(Number(connection, count) == 0);

  Do(connection, "BEGIN");
  Do(connection, "CREATE ()");
  Do(connection, "CREATE ()");
  Do(connection, "COMMIT");
  CHECK(Number(other, count) == 2);

  CheckError(connection, "COMMIT", NULL, "TransactionError: ");
  CheckError(connection, "ROLLBACK", NULL, "TransactionError: ");
  Do(connection, "BEGIN");
  CheckError(connection, "BEGIN", NULL, "TransactionError: ");
  Do(connection, "ROLLBACK");

  /* Disconnecting rolls back. */
  Do(connection, "BEGIN");
  Do(connection, "CREATE ()");
  entente_disconnect(connection);
  CHECK(Number(other, count) == 2);

  /* Writes are done when the call returns, though no row was read. */
  entente_result* result = Query(other, "UNWIND range(1, 100) AS i CREATE (n) RETURN n", NULL);
  connection = Connect(database);
  CHECK(Number(connection, count) == 102);
  entente_result_free(result);
  entente_disconnect(connection);
  entente_disconnect(other);
  entente_close(database);
}

static void TestOptions(void) {
  entente_database* database = NULL;
  CHECK(entente_open_with_options(":memory:", "{\"unknown\": 1}", &database) != 0);
  CHECK(database == NULL);
  CHECK_BEGINS("ArgumentError: InvalidCall: options: `unknown` is unknown", entente_last_error());
  CHECK(entente_open_with_options(":memory:", "no JSON", &database) != 0);
  CHECK(entente_open_with_options("/nowhere/at/all", "{\"create\": false}", &database) != 0);
  CHECK_BEGINS("DatabaseError: DatabaseNotFound: ", entente_last_error());

  CHECK(entente_open_with_options(":memory:",
                                  "{\"sync\": false, \"busy_timeout_ms\": 20, "
                                  "\"optimizer\": false, \"batch_size\": 1, "
                                  "\"chunk_edges\": 4, \"block_facts\": 2}",
                                  &database) == 0);
  entente_connection* connection = Connect(database);
  entente_connection* other = Connect(database);
  Do(connection, "UNWIND range(1, 20) AS i CREATE (:Hub)-[:R]->(:N {i: i})");
  CHECK(Number(connection, "MATCH (:Hub)-[:R]->(n) RETURN count(n)") == 20);
  Do(connection, "BEGIN");
  Do(connection, "CREATE ()");
  CheckError(other, "CREATE ()", NULL, "DatabaseError: DatabaseBusy: ");
  Do(connection, "COMMIT");
  entente_disconnect(connection);
  entente_disconnect(other);
  entente_close(database);
}

static void TestTexts(void) {
  entente_database* database = Open(":memory:");
  entente_connection* connection = Connect(database);
  entente_result* result = Query(connection, "RETURN 'a\\u0000b' AS s", NULL);
  CHECK(entente_result_next(result) == 1);
  const char* text = entente_result_text(result, 0);
  CHECK(entente_result_text_length(result, 0) == 5);
  CHECK(text == entente_result_text(result, 0)); /* valid until the next row */
  CHECK(text != NULL && memcmp(text, "'a\0b'", 5) == 0);
  CHECK_TEXT("\"a\\u0000b\"", entente_result_json(result, 0));
  entente_disconnect(connection);
  CHECK(entente_result_next(result) == 0);
  CHECK_BEGINS("TransactionError: ResultClosed: ", entente_result_error(result));
  entente_result_free(result);
  entente_close(database);
}

static void TestQuestion(void) {
  entente_database* database = Open(":memory:");
  entente_connection* connection = Connect(database);
  Do(connection, "CREATE (:Country {name: 'Lemuria'})-[:SUPPORTS]->(:Country {name: 'Mu'})");
  entente_result* result = Query(connection, "WHO SUPPORTS WHOM?", NULL);
  const char* columns[] = {"subject",    "relation", "object",    "since",        "until",
                           "confidence", "sources",  "contested", "last_reported"};
  const size_t count = sizeof(columns) / sizeof(columns[0]);
  CHECK(entente_result_column_count(result) == count);
  for (size_t i = 0; i < count; ++i) {
    CHECK_TEXT(columns[i], entente_result_column_name(result, i));
  }
  CHECK(entente_result_next(result) == 1);
  CHECK_TEXT("'Lemuria'", entente_result_text(result, 0));
  CHECK_TEXT("'SUPPORTS'", entente_result_text(result, 1));
  CHECK_TEXT("'Mu'", entente_result_text(result, 2));
  CHECK(entente_result_next(result) == 0);
  entente_result_free(result);
  entente_disconnect(connection);
  entente_close(database);
}

/* Each writer makes its own nodes and reads them back. */
enum { kWriters = 2, kNodesEach = 100 };

typedef struct Writer {
  entente_database* database;
  int number;
} Writer;

static void* Write(void* argument) {
  const Writer* writer = argument;
  CHECK_TEXT("", entente_last_error()); /* the errors of other threads are not ours */
  entente_connection* connection = Connect(writer->database);
  for (int i = 1; i <= kNodesEach; ++i) {
    char statement[128];
    snprintf(statement, sizeof(statement), "CREATE (:Own {writer: %d})", writer->number);
    Do(connection, statement);
    snprintf(statement, sizeof(statement), "MATCH (n:Own {writer: %d}) RETURN count(n)",
             writer->number);
    CHECK(Number(connection, statement) == i);
  }
  entente_disconnect(connection);
  return NULL;
}

static void TestTwoThreads(void) {
  entente_database* database = Open(":memory:");
  entente_database* none = NULL;
  CHECK(entente_open(NULL, &none) != 0); /* leaves an error in this thread */
  pthread_t threads[kWriters];
  Writer writers[kWriters];
  for (int i = 0; i < kWriters; ++i) {
    writers[i] = (Writer){database, i};
    pthread_create(&threads[i], NULL, Write, &writers[i]);
  }
  for (int i = 0; i < kWriters; ++i) pthread_join(threads[i], NULL);
  entente_connection* connection = Connect(database);
  CHECK(Number(connection, "MATCH (n:Own) RETURN count(n)") == kWriters * kNodesEach);
  entente_disconnect(connection);
  entente_close(database);
}

typedef struct Endless {
  entente_connection* connection;
  atomic_int done;
} Endless;

static void* RunEndless(void* argument) {
  Endless* endless = argument;
  entente_result* result = Query(endless->connection,
                                 "UNWIND range(1, 1000000) AS a UNWIND range(1, 1000000) AS b "
                                 "UNWIND range(1, 1000000) AS c RETURN count(*) AS n",
                                 NULL);
  while (entente_result_next(result) == 1) continue;
  CHECK(entente_result_error(result) != NULL);
  CHECK_TEXT("runtime", entente_result_error_phase(result));
  entente_result_free(result);
  endless->done = 1;
  return NULL;
}

static void TestInterrupt(void) {
  entente_database* database = Open(":memory:");
  Endless endless = {Connect(database), 0};
  pthread_t thread;
  pthread_create(&thread, NULL, RunEndless, &endless);
  while (!endless.done) {
    const struct timespec pause = {0, 10 * 1000 * 1000};
    nanosleep(&pause, NULL);
    entente_interrupt(endless.connection);
  }
  pthread_join(thread, NULL);
  CHECK(Number(endless.connection, "RETURN 1") == 1); /* the connection goes on */
  entente_disconnect(endless.connection);
  entente_close(database);
}

static void TestReleasingInAnyOrder(void) {
  entente_database* database = Open(":memory:");
  entente_connection* connection = Connect(database);
  Do(connection, "CREATE (:A), (:A)");
  entente_result* result = Query(connection, "MATCH (n:A) RETURN n", NULL);
  CHECK(entente_result_next(result) == 1);
  entente_close(database);
  CHECK_TEXT("(:A)", entente_result_text(result, 0));
  CHECK(Number(connection, "MATCH (n) RETURN count(n)") == 2);
  entente_disconnect(connection);
  CHECK(entente_result_column_count(result) == 1);
  while (entente_result_next(result) == 1) continue;
  entente_result_free(result);

  database = Open(":memory:");
  connection = Connect(database);
  Do(connection, "BEGIN");
  Do(connection, "CREATE ()");
  entente_close(database);
  entente_disconnect(connection);
}

/* A folder of our own under the one for temporary files. */
static void MakeFolder(char* path, size_t size) {
  const char* base = getenv("TMPDIR");
  snprintf(path, size, "%s/entente-capi-XXXXXX", base != NULL ? base : "/tmp");
  if (mkdtemp(path) == NULL) {
    perror(path);
    exit(1);
  }
}

/* Removes a folder and the files in it, which is all that these tests make. */
static void RemoveFolder(const char* path) {
  DIR* folder = opendir(path);
  if (folder == NULL) return;
  for (struct dirent* entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    char child[1024];
    snprintf(child, sizeof(child), "%s/%s", path, entry->d_name);
    if (unlink(child) != 0) RemoveFolder(child);
  }
  closedir(folder);
  rmdir(path);
}

static void TestFiles(void) {
  char folder[512];
  MakeFolder(folder, sizeof(folder));
  char path[600];
  snprintf(path, sizeof(path), "%s/world", folder);

  entente_database* database = NULL;
  CHECK(entente_open_read_only(path, &database) != 0); /* never creates */
  CHECK(database == NULL);
  struct stat status;
  CHECK(stat(path, &status) != 0);

  database = Open(path);
  entente_connection* connection = Connect(database);
  Do(connection, "CREATE (:Kept {x: 1})");

  entente_database* second = NULL;
  CHECK(entente_open(path, &second) != 0); /* locked */
  CHECK(second == NULL);
  CHECK(strlen(entente_last_error()) > 0);

  entente_database* reader = NULL;
  CHECK(entente_open_read_only(path, &reader) == 0); /* beside the writer */
  entente_connection* reading = Connect(reader);
  CHECK(Number(reading, "MATCH (n:Kept) RETURN count(n)") == 1);
  CheckError(reading, "CREATE ()", NULL, "");
  entente_disconnect(reading);
  entente_close(reader);
  entente_disconnect(connection);
  entente_close(database);

  database = Open(path);
  connection = Connect(database);
  CHECK(Number(connection, "MATCH (n:Kept) RETURN n.x") == 1);
  entente_disconnect(connection);
  entente_close(database);

  /* A folder that holds something else is left alone. */
  snprintf(path, sizeof(path), "%s/letter.txt", folder);
  FILE* file = fopen(path, "w");
  CHECK(file != NULL);
  if (file != NULL) fclose(file);
  CHECK(entente_open(folder, &database) != 0);
  CHECK(entente_open(path, &database) != 0);
  CHECK(database == NULL);
  RemoveFolder(folder);
}

/* Runs a prepared statement: the first column of the first row as an integer, -1 without one. */
static int64_t Executed(entente_statement* statement) {
  int64_t number = -1;
  entente_result* result = NULL;
  CHECK(entente_execute(statement, &result) == 0);
  if (entente_result_next(result) == 1) entente_result_integer(result, 0, &number);
  entente_result_free(result);
  return number;
}

static void TestPreparedStatements(void) {
  entente_database* database = Open(":memory:");
  entente_connection* connection = Connect(database);
  entente_statement* statement = NULL;
  entente_result* result = NULL;
  CHECK(entente_prepare(connection, "MATCH (n RETURN n", &statement) != 0);
  CHECK(statement == NULL);
  CHECK_BEGINS("SyntaxError: ", entente_last_error());

  /* Values stay until they are bound anew, of whatever type. */
  CHECK(entente_prepare(connection, "RETURN size($a) + $b", &statement) == 0);
  CHECK(entente_execute(statement, &result) != 0);
  CHECK_BEGINS("ParameterMissing: ", entente_result_error(result));
  entente_result_free(result);
  CHECK(entente_bind_string(statement, "a", "abcd", 3) == 0);
  CHECK(entente_bind_integer(statement, "b", 10) == 0);
  CHECK(Executed(statement) == 13);
  CHECK(entente_bind_json(statement, "a", "[1, [2], {\"c\": 3}, 4]") == 0);
  CHECK(Executed(statement) == 14);
  CHECK(entente_bind_json(statement, "a", "[1,") != 0);
  CHECK_BEGINS("ArgumentError: InvalidCall: ", entente_last_error());
  CHECK(entente_bind_string(statement, "a", "\xff", 1) != 0);
  CHECK(entente_bind_string(statement, "a", NULL, 0) != 0);
  CHECK(entente_bind_integer(statement, NULL, 1) != 0);
  CHECK(Executed(statement) == 14);
  entente_statement_free(statement);

  CHECK(entente_prepare(connection,
                        "RETURN CASE WHEN $yes AND $no IS NULL THEN toInteger($f * 2) END",
                        &statement) == 0);
  CHECK(entente_bind_boolean(statement, "yes", 1) == 0);
  CHECK(entente_bind_null(statement, "no") == 0);
  CHECK(entente_bind_float(statement, "f", 1.5) == 0);
  CHECK(Executed(statement) == 3);
  entente_statement_free(statement);

  /* It writes each time it runs, and sees what has changed since it was prepared. */
  CHECK(entente_prepare(connection, "CREATE (:Later {n: $n})", &statement) == 0);
  entente_statement* count = NULL;
  CHECK(entente_prepare(connection, "MATCH (n:Later) RETURN sum(n.n)", &count) == 0);
  CHECK(Executed(count) == 0);
  for (int64_t n = 1; n <= 3; ++n) {
    CHECK(entente_bind_integer(statement, "n", n) == 0);
    CHECK(Executed(statement) == -1);
  }
  CHECK(Executed(count) == 6);

  /* A statement outlives its connection, but does not run then. */
  entente_statement_free(statement);
  entente_disconnect(connection);
  CHECK(entente_execute(count, &result) != 0);
  CHECK_BEGINS("ArgumentError: InvalidCall: ", entente_result_error(result));
  entente_result_free(result);
  entente_statement_free(count);
  entente_close(database);

  CHECK(entente_prepare(NULL, "RETURN 1", &statement) != 0);
  CHECK(entente_execute(NULL, &result) != 0);
  entente_result_free(result);
  CHECK(entente_bind_null(NULL, "a") != 0);
  entente_statement_free(NULL);
}

int main(void) {
  CHECK(strlen(entente_version()) > 0);
  TestRowsAndColumns();
  TestTypes();
  TestErrors();
  TestNulls();
  TestParameters();
  TestPreparedStatements();
  TestProcedures();
  TestTransactions();
  TestOptions();
  TestTexts();
  TestQuestion();
  TestTwoThreads();
  TestInterrupt();
  TestReleasingInAnyOrder();
  TestFiles();
  printf("%d checks, %d failed\n", (int)checks, (int)failures);
  return failures == 0 ? 0 : 1;
}
