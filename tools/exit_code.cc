#include "tools/exit_code.h"

#include <cstdio>

#include "engine/error.h"

namespace entente::tools {

ExitCode ExitCodeOf(const absl::Status& status) {
  if (status.ok()) return kOk;
  // Arguments that the engine refuses have no type of openCypher's, and are the statement's fault.
  if (absl::IsInvalidArgument(status)) return kStatementError;
  return ErrorInfoOf(status).type == "DatabaseError" ? kDatabaseError : kStatementError;
}

ExitCode Fail(const std::string& message, ExitCode code) {
  std::fprintf(stderr, "%s\n", message.c_str());
  return code;
}

ExitCode FailDatabase(const absl::Status& status) {
  return Fail(std::string(status.message()), kDatabaseError);
}

}  // namespace entente::tools
