/* The C interface of Entente, an embedded database for claims about the world and their evidence.
 *
 * Strings are UTF-8 and zero-terminated. A connection, with its results, is used by one thread at a
 * time; different connections may be used at once. Objects may be released in any order: closing a
 * database with open connections, or disconnecting with open results, is safe. Releasing NULL does
 * nothing. Calls with a NULL handle fail and say so.
 *
 * Errors read "Type: Detail: words", as "SyntaxError: UndefinedVariable: …" (openCypher's type and
 * detail) or "DatabaseError: DatabaseLocked: …". */
#ifndef ENTENTE_H_
#define ENTENTE_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ENTENTE_API __attribute__((visibility("default")))

typedef struct entente_database entente_database;
typedef struct entente_connection entente_connection;
typedef struct entente_statement entente_statement;
typedef struct entente_result entente_result;

/* Opens the database in directory `path`, which is created when it is missing, or a transient one
 * for ":memory:". 0 is success. On failure *out is NULL and entente_last_error() says why:
 * "DatabaseError: " DatabaseNotFound, NotADatabase, UnsupportedFormat (written by a newer Entente),
 * DatabaseLocked (open for writing elsewhere), DamagedDatabase or InternalError. One process at a
 * time may have a database open for writing. */
ENTENTE_API int entente_open(const char* path, entente_database** out);

/* As entente_open, but for reading only: never creates or changes anything, and works beside a
 * process that writes. It reads the database as it was at this call for as long as it is open: to
 * see what another process has committed since, open it anew. */
ENTENTE_API int entente_open_read_only(const char* path, entente_database** out);

/* As entente_open, with options: a JSON object (or NULL for none) with any of these keys.
 *   "create"           true: a missing database is created (the default)
 *   "read_only"        false; true is entente_open_read_only
 *   "sync"             true: what is committed is on the disk before the call that commits returns.
 *                      false: the last commits may be lost when the machine (not just the program)
 *                      stops suddenly; what is left is whole commits all the same. Much faster for
 *                      many small transactions.
 *   "busy_timeout_ms"  5000: how long a write waits for another connection's transaction before it
 *                      fails with "DatabaseError: DatabaseBusy"; 0 does not wait
 *   "timeout_ms"       0: how long a statement may work before it fails with "DatabaseError:
 *                      LimitExceeded"; waiting for another writer counts, waiting for
 *                      entente_result_next to be called does not; 0 is no limit
 *   "memory_limit"     4294967296: bytes that a statement may hold before it fails with
 *                      "DatabaseError: LimitExceeded"
 *   "threads"          0: threads that may run one statement, the calling one included; 0 is one
 *                      for each core of the machine
 *   "cache_bytes"      536870912: memory that the database takes for what was read
 * For tests, whose answers do not depend on them:
 *   "chunk_edges", "block_facts"  relationships of a page and facts of a block, of a database that
 *                      is created by this call
 *   "optimizer"        true; false runs statements as they are written
 *   "batch_size"       1024: rows that are worked on at once
 * An unknown key or a bad value is "ArgumentError: InvalidCall". */
ENTENTE_API int entente_open_with_options(const char* path, const char* options_json,
                                          entente_database** out);

/* Closes the database; its files close when its last connection and result are released, too. */
ENTENTE_API void entente_close(entente_database* database);

/* Opens a connection. 0 is success. On failure *out is NULL and entente_last_error() says why. */
ENTENTE_API int entente_connect(entente_database* database, entente_connection** out);

/* Closes the connection and rolls back its open transaction, if any. */
ENTENTE_API void entente_disconnect(entente_connection* connection);

/* Why the last failed call of this thread failed that has no result to read it from; "" if none.
 * Valid until this thread's next call. */
ENTENTE_API const char* entente_last_error(void);

/* Runs one statement of openCypher, a question ("WHO SUPPORTS WHOM?"), or BEGIN, COMMIT, ROLLBACK.
 * `parameters_json` is a JSON object or NULL. *out is always set (unless `out` is NULL); a failure
 * is read from the result. 0 is success. All writes of the statement are done before this returns,
 * whether or not its rows are read; outside a transaction they are committed.
 *
 * Any number of connections read at once; one at a time writes, and readers see what is committed.
 * A transaction reads the database as of its first statement, with its own writes. It becomes the
 * writer with its first statement that writes, and stays it to its end. If that statement is not
 * its first one and another connection has committed since that, it fails with "TransactionError:
 * WriteConflict": roll back and begin again. A write that finds another writer waits for it (see
 * "busy_timeout_ms"; entente_interrupt ends the wait) and then fails with "DatabaseError:
 * DatabaseBusy". After either failure the transaction is still open, and as it was before. */
ENTENTE_API int entente_query(entente_connection* connection, const char* statement,
                              const char* parameters_json, entente_result** out);

/* Makes a statement ready to be run many times, with values bound to its parameters instead of
 * written as JSON. It is parsed, checked and planned here, and again when what its plan depends on
 * has changed. 0 is success. On failure *out is NULL and entente_last_error() says why. */
ENTENTE_API int entente_prepare(entente_connection* connection, const char* statement,
                                entente_statement** out);

/* Bind a value to the parameter $name, in place of the one before; values stay bound until then.
 * The bytes of a name and of a string are copied; a string of `length` bytes need not end in zero
 * and must be UTF-8. JSON gives lists and maps, and anything else. 0 is success; on failure what
 * was bound before stays and entente_last_error() says why. */
ENTENTE_API int entente_bind_null(entente_statement* statement, const char* name);
ENTENTE_API int entente_bind_boolean(entente_statement* statement, const char* name, int value);
ENTENTE_API int entente_bind_integer(entente_statement* statement, const char* name, int64_t value);
ENTENTE_API int entente_bind_float(entente_statement* statement, const char* name, double value);
ENTENTE_API int entente_bind_string(entente_statement* statement, const char* name,
                                    const char* value, size_t length);
ENTENTE_API int entente_bind_json(entente_statement* statement, const char* name, const char* json);

/* Runs the statement with what is bound to it, as entente_query does. */
ENTENTE_API int entente_execute(entente_statement* statement, entente_result** out);

ENTENTE_API void entente_statement_free(entente_statement* statement);

/* Ends the statement that runs on the connection, if any, with an error. May be called from any
 * thread while the connection is open. */
ENTENTE_API void entente_interrupt(entente_connection* connection);

ENTENTE_API void entente_result_free(entente_result* result);

/* NULL, or "SyntaxError: UndefinedVariable: …": openCypher's type, then detail, then words. It may
 * turn up after rows, when entente_result_next returns 0. Valid as long as the result. */
ENTENTE_API const char* entente_result_error(entente_result* result);

/* When the error was raised: "compile time", "runtime", or NULL without an error. */
ENTENTE_API const char* entente_result_error_phase(entente_result* result);

/* Where in the statement the error lies: byte offset and length. 1 when known, else 0. */
ENTENTE_API int entente_result_error_position(entente_result* result, size_t* offset,
                                              size_t* length);

ENTENTE_API size_t entente_result_column_count(entente_result* result);

/* NULL when there is no such column. Valid as long as the result. */
ENTENTE_API const char* entente_result_column_name(entente_result* result, size_t column);

/* 1: a row stands ready; 0: no more, or an error. Rows stream: when the connection is closed or
 * runs another statement, the rows that were not read yet are lost, and this is an error then. */
ENTENTE_API int entente_result_next(entente_result* result);

/* The current row's value in the notation of the openCypher TCK, as "(:Country {name: 'Peru'})".
 * NULL when there is no row or no such column. Valid until entente_result_next or release. A string
 * in it may hold U+0000, which C takes for the text's end: entente_result_text_length tells. */
ENTENTE_API const char* entente_result_text(entente_result* result, size_t column);

/* The length in bytes of what entente_result_text returns; 0 where that is NULL. */
ENTENTE_API size_t entente_result_text_length(entente_result* result, size_t column);

/* The current row's value as JSON; nodes, relationships and temporal values as the shell's jsonl
 * writes them. NULL and validity as for entente_result_text; U+0000 is escaped. */
ENTENTE_API const char* entente_result_json(entente_result* result, size_t column);

typedef enum entente_type {
  ENTENTE_NULL = 0,
  ENTENTE_BOOLEAN,
  ENTENTE_INTEGER,
  ENTENTE_FLOAT,
  ENTENTE_STRING,
  ENTENTE_LIST,
  ENTENTE_MAP,
  ENTENTE_NODE,
  ENTENTE_RELATIONSHIP,
  ENTENTE_PATH,
  ENTENTE_DATE,
  ENTENTE_LOCAL_TIME,
  ENTENTE_TIME,
  ENTENTE_LOCAL_DATE_TIME,
  ENTENTE_DATE_TIME,
  ENTENTE_DURATION
} entente_type;

/* The type of the current row's value; ENTENTE_NULL also when there is no row or no such column. */
ENTENTE_API entente_type entente_result_type(entente_result* result, size_t column);

/* Typed getters: 1 and *out set when the value has that type, else 0 and *out untouched. A float is
 * also got from an integer. A string is also given for temporal values (ISO 8601); it is valid
 * until entente_result_next or release and its length in bytes goes to *length unless that is NULL.
 * The id is a node's or a relationship's. */
ENTENTE_API int entente_result_boolean(entente_result* result, size_t column, int* out);
ENTENTE_API int entente_result_integer(entente_result* result, size_t column, int64_t* out);
ENTENTE_API int entente_result_float(entente_result* result, size_t column, double* out);
ENTENTE_API int entente_result_string(entente_result* result, size_t column, const char** out,
                                      size_t* length);
ENTENTE_API int entente_result_id(entente_result* result, size_t column, uint64_t* out);

/* Makes CALL answer from a table. `signature` is
 *   "my.cities(country :: STRING?) :: (city :: STRING?, people :: INTEGER?)"
 * and `rows_json` an array of arrays: first the arguments' values, then the columns'. A call yields
 * the columns of those rows whose arguments equal its own. An earlier procedure of that name is
 * replaced. Holds for all connections of this open database and is not stored. 0 is success; on
 * failure entente_last_error() says why. */
ENTENTE_API int entente_register_table(entente_database* database, const char* signature,
                                       const char* rows_json);

/* The library's version, "0.1.0". */
ENTENTE_API const char* entente_version(void);

#ifdef __cplusplus
}
#endif

#endif /* ENTENTE_H_ */
