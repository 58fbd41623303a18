// ImportFormat: what turns the lines of files into records for the bulk loader. One instance reads
// all files of its format in an import, one after the other.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/bulk_loader.h"
#include "engine/valid_time.h"

namespace entente::tools {

class ImportFormat {
 public:
  virtual ~ImportFormat() = default;
  // Before a file's first line. `part` is what the user says that the file holds of a format whose
  // files differ, "" when nothing is said. InvalidArgument when there is no such part.
  virtual absl::Status Begin(absl::string_view part);
  // `place` has file and line. A line that is bad is rejected and OK is returned; an error is the
  // load's end.
  virtual absl::Status ReadLine(absl::string_view line, const InputPlace& place) = 0;
  // After a file's last line.
  virtual absl::Status End() = 0;
  // After the last file.
  virtual absl::Status Finish() { return absl::OkStatus(); }
  // Fields that the format does not know and passed over, with how often, since the last call.
  virtual std::map<std::string, uint64_t> TakeUnknownFields() = 0;
};

// "2024", "2024-06", "2024-06-18", or a date and time.
absl::StatusOr<ValidEnd> ParseValidEnd(absl::string_view text);

}  // namespace entente::tools
