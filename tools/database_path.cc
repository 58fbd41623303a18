#include "tools/database_path.h"

namespace entente::tools {
namespace {

absl::StatusOr<std::unique_ptr<Database>> OpenExisting(const std::string& path, bool read_only,
                                                       DatabaseOptions options) {
  if (path != kTransientPath) {
    options.create_if_missing = false;
    options.read_only = read_only;
  }
  return Database::Open(path, options);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> OpenForReading(const std::string& path,
                                                         const DatabaseOptions& options) {
  return OpenExisting(path, /*read_only=*/true, options);
}

absl::StatusOr<std::unique_ptr<Database>> OpenForWriting(const std::string& path,
                                                         const DatabaseOptions& options) {
  return OpenExisting(path, /*read_only=*/false, options);
}

}  // namespace entente::tools
