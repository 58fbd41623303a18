// The databases that users name: directories, and ":memory:" for one that ends with the program.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/database.h"

namespace entente::tools {

inline constexpr absl::string_view kTransientPath = ":memory:";

// For reading only, beside whoever writes; never creates a directory. A transient database is
// always new and takes writes. Of `options` whether to create and to read only are decided here.
absl::StatusOr<std::unique_ptr<Database>> OpenForReading(const std::string& path,
                                                         const DatabaseOptions& options = {});

// For reading and writing; never creates a directory either.
absl::StatusOr<std::unique_ptr<Database>> OpenForWriting(const std::string& path,
                                                         const DatabaseOptions& options = {});

}  // namespace entente::tools
