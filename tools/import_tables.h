// The tables format: four kinds of CSV files with headers, for entities, articles, facts and the
// evidence for facts. tools/README.md says which columns they have.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tools/csv_row.h"
#include "tools/fact_ids.h"
#include "tools/import_format.h"

namespace entente::tools {

// Evidence names facts of other files, which have to be read before it.
class TablesFormat : public ImportFormat {
 public:
  enum class Table { kEntities, kArticles, kFacts, kEvidence };

  // What a file holds that begins with `head`: the table named `part`, or when that is "" the one
  // that has such a header, if any has.
  static std::optional<Table> TableOf(absl::string_view part, absl::string_view head);

  // `ids` is common to all files of an import. Without a table every file is rejected.
  TablesFormat(LoadInput& input, FactIds& ids, std::optional<Table> table)
      : input_(input), ids_(ids), table_(table) {}

  absl::Status ReadLine(absl::string_view line, const InputPlace& place) override;
  bool in_row() const override { return !open_.empty() || passes_over_; }
  std::unique_ptr<ImportFormat> Continue(LoadInput& input) const override;
  absl::Status End() override;
  std::map<std::string, uint64_t> UnknownFields() const override { return unknown_; }

 private:
  struct PropertyColumn {
    size_t column;
    std::string name;
    bool is_json;
  };

  // An end of a fact as it was read last: tables often have one date in many rows.
  struct LastEnd {
    std::string text;
    ValidEnd end;
  };

  // Whether a line that goes on with a quoted field ends its row.
  bool ClosesRow(absl::string_view line, const InputPlace& place);
  // Rejects the row that stands open; `where` tells within or before what its quote is not closed.
  absl::Status RejectOpen(absl::string_view where);
  absl::Status ReadHeader(const InputPlace& place);
  absl::Status ReadRow(const InputPlace& place);
  absl::Status ReadEntity(const InputPlace& place);
  absl::Status ReadArticle(const InputPlace& place);
  absl::Status ReadFact(const InputPlace& place);
  absl::Status ReadEvidence(const InputPlace& place);

  // The row's text in one of the table's own columns, "" when there is none.
  absl::string_view Cell(size_t column) const;
  // InvalidArgument tells what is wrong with a cell, and *place becomes the cell's.
  absl::Status ReadProperties(InputPlace* place, std::vector<MapEntry>* properties) const;
  absl::Status RejectCell(size_t column, const InputPlace& place, absl::string_view reason);
  // Fills *out unless the cell is empty; false when it holds no such number.
  bool ReadNumber(size_t column, int32_t* out) const;

  LoadInput& input_;
  FactIds& ids_;
  const std::optional<Table> table_;
  bool header_read_ = false;
  bool header_failed_ = false;
  std::string open_;  // the lines so far of a row that has line breaks in quotes
  InputPlace open_place_;
  InputPlace quote_place_;           // of the quote that is not closed in them
  uint64_t lines_behind_quote_ = 0;  // in them
  bool passes_over_ = false;         // the rest of a row that is too long
  CsvRow row_;
  size_t width_ = 0;  // of the header, in columns
  // Where each of the table's own columns stands, −1 absent; the other columns.
  std::vector<int> columns_;
  std::vector<PropertyColumn> properties_;
  std::vector<MapEntry> values_;  // of one row
  LastEnd last_from_;
  LastEnd last_to_;
  std::map<std::string, uint64_t> unknown_;
};

// "entities", "articles", "facts" or "evidence".
bool IsTableName(absl::string_view name);

// Whether a file that begins with `head` may be in this format.
bool LooksLikeTables(absl::string_view head);

}  // namespace entente::tools
