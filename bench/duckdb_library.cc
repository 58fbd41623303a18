#include "bench/duckdb_library.h"

#include <dlfcn.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "bench/peer_files.h"

namespace entente::bench {
namespace {

absl::StatusOr<const DuckdbLibrary*> Load() {
  const std::string path =
      absl::StrCat(PeerModules(), "/@duckdb/node-bindings-linux-x64/libduckdb.so");
  void* const handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return absl::NotFoundError(dlerror());
  static DuckdbLibrary library;
  std::string missing;
  const auto find = [&](auto& function, const char* name) {
    void* const symbol = dlsym(handle, absl::StrCat("duckdb_", name).c_str());
    if (symbol == nullptr) missing = name;
    function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(symbol);
  };
  find(library.library_version, "library_version");
  find(library.open, "open");
  find(library.close, "close");
  find(library.connect, "connect");
  find(library.disconnect, "disconnect");
  find(library.interrupt, "interrupt");
  find(library.query, "query");
  find(library.prepare, "prepare");
  find(library.prepare_error, "prepare_error");
  find(library.destroy_prepare, "destroy_prepare");
  find(library.bind_parameter_index, "bind_parameter_index");
  find(library.bind_varchar_length, "bind_varchar_length");
  find(library.execute_prepared, "execute_prepared");
  find(library.result_error, "result_error");
  find(library.destroy_result, "destroy_result");
  find(library.column_type, "column_type");
  find(library.column_count, "column_count");
  find(library.fetch_chunk, "fetch_chunk");
  find(library.destroy_data_chunk, "destroy_data_chunk");
  find(library.data_chunk_get_size, "data_chunk_get_size");
  find(library.data_chunk_get_vector, "data_chunk_get_vector");
  find(library.vector_get_data, "vector_get_data");
  find(library.vector_get_validity, "vector_get_validity");
  if (!missing.empty()) return absl::NotFoundError(absl::StrCat(path, " has no duckdb_", missing));
  return &library;
}

}  // namespace

absl::StatusOr<const DuckdbLibrary*> DuckdbLibrary::Get() {
  static const auto& library = *new absl::StatusOr<const DuckdbLibrary*>(Load());
  return library;
}

}  // namespace entente::bench
