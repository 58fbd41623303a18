// ImportFormat: what turns the lines of one file into records of an input of the bulk loader.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/bulk_loader.h"

namespace entente::tools {

class ImportFormat {
 public:
  virtual ~ImportFormat() = default;
  // `place` has file and line. A line that is bad is rejected and OK is returned; an error is the
  // load's end.
  virtual absl::Status ReadLine(absl::string_view line, const InputPlace& place) = 0;
  // Whether the last line left a row open, so that the next one belongs to it.
  virtual bool in_row() const { return false; }
  // What reads lines from the middle of the same file into another input; the first line must have
  // been read. Null when no more lines should be.
  virtual std::unique_ptr<ImportFormat> Continue(LoadInput& input) const = 0;
  // After the last line.
  virtual absl::Status End() = 0;
  // Fields that the format does not know and passed over, with how often.
  virtual std::map<std::string, uint64_t> UnknownFields() const = 0;
};

}  // namespace entente::tools
