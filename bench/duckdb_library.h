// The few functions of DuckDB's C interface (duckdb.h, version 1) that the benchmark calls, found
// in the shared library that the npm package @duckdb/node-bindings-linux-x64 brings.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"

namespace entente::bench {

struct DuckdbResult {
  uint64_t columns, rows, rows_changed;
  void* column_data;
  char* error;
  void* internal;
};

// A text of at most 12 bytes stands inline.
struct DuckdbText {
  uint32_t length;
  char start[4];
  union {
    char rest[8];
    const char* pointer;
  };
};
static_assert(sizeof(DuckdbText) == 16);

// Handles are pointers; functions that give a state give 0 when all is well.
struct DuckdbLibrary {
  using Handle = void*;

  enum Type : int {
    kBoolean = 1,
    kInteger = 4,
    kBigint = 5,
    kFloat = 10,
    kDouble = 11,
    kVarchar = 17,
  };

  const char* (*library_version)();
  int (*open)(const char* path, Handle* database);
  void (*close)(Handle* database);
  int (*connect)(Handle database, Handle* connection);
  void (*disconnect)(Handle* connection);
  void (*interrupt)(Handle connection);
  int (*query)(Handle connection, const char* text, DuckdbResult* result);
  int (*prepare)(Handle connection, const char* text, Handle* statement);
  const char* (*prepare_error)(Handle statement);
  void (*destroy_prepare)(Handle* statement);
  int (*bind_parameter_index)(Handle statement, uint64_t* index, const char* name);
  int (*bind_varchar_length)(Handle statement, uint64_t index, const char* text, uint64_t length);
  int (*execute_prepared)(Handle statement, DuckdbResult* result);
  const char* (*result_error)(DuckdbResult* result);
  void (*destroy_result)(DuckdbResult* result);
  int (*column_type)(DuckdbResult* result, uint64_t column);
  uint64_t (*column_count)(DuckdbResult* result);
  Handle (*fetch_chunk)(DuckdbResult result);  // null: no more
  void (*destroy_data_chunk)(Handle* chunk);
  uint64_t (*data_chunk_get_size)(Handle chunk);
  Handle (*data_chunk_get_vector)(Handle chunk, uint64_t column);
  void* (*vector_get_data)(Handle vector);
  uint64_t* (*vector_get_validity)(Handle vector);  // null: no nulls

  // Loaded once and kept. NotFound when the peers are not installed.
  static absl::StatusOr<const DuckdbLibrary*> Get();
};

}  // namespace entente::bench
