// The tables format: four kinds of CSV files with headers, for entities, articles, facts and the
// evidence for facts. tools/README.md says which columns they have.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "tools/csv_row.h"
#include "tools/import_format.h"

namespace entente::tools {

// Evidence names facts of another file, which may come before or after.
class TablesFormat : public ImportFormat {
 public:
  enum class Table { kEntities, kArticles, kFacts, kEvidence };

  explicit TablesFormat(BulkLoader& loader) : loader_(loader) {}

  // `part` is the name of a table.
  absl::Status Begin(absl::string_view part) override;
  absl::Status ReadLine(absl::string_view line, const InputPlace& place) override;
  absl::Status End() override;
  absl::Status Finish() override;
  std::map<std::string, uint64_t> TakeUnknownFields() override {
    return std::exchange(unknown_, {});
  }

 private:
  // A fact as its evidence needs it.
  struct Fact {
    std::string subject;
    std::string type;
    std::string object;
    ValidEnd valid_from;
    ValidEnd valid_to;
  };
  struct PropertyColumn {
    size_t column;
    std::string name;
    bool is_json;
  };
  // Evidence whose fact is not known yet.
  struct EarlyEvidence {
    std::string fact;
    ClaimInput claim;
    InputPlace place;
  };

  absl::Status ReadHeader(const InputPlace& place);
  absl::Status ReadRow(const InputPlace& place);
  absl::Status ReadEntity(const InputPlace& place);
  absl::Status ReadArticle(const InputPlace& place);
  absl::Status ReadFact(const InputPlace& place);
  absl::Status ReadEvidence(const InputPlace& place);

  // The row's text in one of the table's own columns, "" when there is none.
  absl::string_view Cell(size_t column) const;
  // InvalidArgument tells what is wrong with a cell, and *place gets its column.
  absl::Status ReadProperties(InputPlace* place, std::vector<MapEntry>* properties) const;
  absl::Status RejectCell(size_t column, const InputPlace& place, absl::string_view reason);
  // Fills *out unless the cell is empty; false when it holds no such number.
  bool ReadNumber(size_t column, int32_t* out) const;
  // Says of which fact the claim speaks.
  static void SetFact(const Fact& fact, ClaimInput* claim);

  BulkLoader& loader_;
  std::optional<Table> part_;   // what the user says that the file holds
  std::optional<Table> table_;  // of this file, once its header is read
  bool header_failed_ = false;
  std::string open_;  // the lines so far of a row that has line breaks in quotes
  InputPlace open_place_;
  CsvRow row_;
  // Of this file: where each of the table's own columns stands, −1 absent; the other columns.
  std::vector<int> columns_;
  std::vector<PropertyColumn> properties_;

  std::vector<Fact> facts_;
  absl::flat_hash_map<std::string, size_t> fact_ids_;  // → facts_
  std::vector<EarlyEvidence> early_;
  std::map<std::string, uint64_t> unknown_;
};

// "entities", "articles", "facts" or "evidence".
bool IsTableName(absl::string_view name);

// Whether a file that begins with `head` may be in this format.
bool LooksLikeTables(absl::string_view head);

}  // namespace entente::tools
