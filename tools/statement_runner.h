// Runs statements of a session and shows what comes of them.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/session.h"

namespace entente::tools {

class RowFormat;

// What is said when statements end without ending their transaction.
inline constexpr char kOpenTransaction[] =
    "the statements end inside a transaction, so it was rolled back; COMMIT keeps what it did";

struct StatementOutcome {
  uint64_t rows = 0;
  size_t columns = 0;
  Changes changes;
  double seconds = 0;
};

// Rows go to `format` as they come. Errors are returned; rows before them have been written, and
// when there were none, nothing has.
absl::StatusOr<StatementOutcome> RunStatement(Session& session, absl::string_view statement,
                                              const Parameters& parameters, RowFormat& format);

// "3 rows, 2 nodes created, 0.4 ms"; with `timed` the time.
std::string Describe(const StatementOutcome& outcome, bool timed);

}  // namespace entente::tools
