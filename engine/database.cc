#include "engine/database.h"

#include <utility>

#include "engine/core.h"
#include "engine/status.h"

namespace entente {

absl::StatusOr<std::unique_ptr<Database>> Database::Open(absl::string_view path,
                                                         const DatabaseOptions& options) {
  ASSIGN_OR_RETURN(std::shared_ptr<Core> core, Core::Open(path, options));
  return std::unique_ptr<Database>(new Database(std::move(core)));
}

Database::Database(std::shared_ptr<Core> core) : core_(std::move(core)) {}

Database::~Database() = default;

std::unique_ptr<Session> Database::Connect() { return NewSession(core_); }

absl::Status Database::RegisterTable(absl::string_view signature,
                                     std::vector<std::vector<Value>> rows) {
  return core_->RegisterTable(signature, std::move(rows));
}

}  // namespace entente
