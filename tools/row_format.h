// RowFormat: how a result's rows are written: an aligned table, CSV, JSON, or JSON Lines. Each
// result takes a format of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/session.h"

namespace entente::tools {

// Text for a terminal: control characters, which would move the cursor, or worse, show as pictures.
std::string OnOneLine(absl::string_view text);

class RowFormat {
 public:
  virtual ~RowFormat() = default;
  virtual void Begin(const std::vector<std::string>& columns) = 0;
  virtual void Add(const Row& row) = 0;
  virtual void End() = 0;
};

// "table", "csv", "json", "jsonl".
absl::Span<const absl::string_view> RowFormatNames();

// nullptr for an unknown name. A table is at most `width` columns wide, for which it
// cuts long texts and lists; when that is not enough, each value stands whole on a line of its own.
// 0: as wide as it needs.
std::unique_ptr<RowFormat> MakeRowFormat(absl::string_view name, std::ostream& out, size_t width);

}  // namespace entente::tools
