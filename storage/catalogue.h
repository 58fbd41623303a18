// The catalogue's records: relation types, labels, property names, property indexes, and settings
// of the engine. The engine reads them whole when it opens and keeps them in memory.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/ids.h"
#include "storage/view.h"

namespace entente::storage {

class Transaction;

struct RelationTypeRecord {
  std::string name;
  std::vector<RelationId> parents;
  int8_t sign = 0;  // +1 support, 0 neutral, −1 conflict
  std::string cameo;
  std::string plover;
  std::optional<double> goldstein;
  std::string gdelt;
  friend bool operator==(const RelationTypeRecord&, const RelationTypeRecord&) = default;
};

struct LabelRecord {
  std::string name;
  std::vector<LabelId> parents;
  friend bool operator==(const LabelRecord&, const LabelRecord&) = default;
};

struct IndexRecord {
  IndexId id = 0;
  std::string name;
  LabelId label = kNoSymbol;
  PropertyId property = kNoSymbol;
  friend bool operator==(const IndexRecord&, const IndexRecord&) = default;
};

struct Catalogue {
  std::vector<RelationTypeRecord> relation_types;  // by id; ids are dense
  std::vector<LabelRecord> labels;
  std::vector<std::string> property_names;
  std::vector<IndexRecord> indexes;  // ids ascend, with gaps
};

// DataLoss when a record is broken or an id is missing.
absl::StatusOr<Catalogue> ReadCatalogue(const View& view);
// New ids follow the last one; an old one is replaced.
void PutRelationType(Transaction& transaction, RelationId id, const RelationTypeRecord& record);
void PutLabel(Transaction& transaction, LabelId id, const LabelRecord& record);
void PutPropertyName(Transaction& transaction, PropertyId id, absl::string_view name);
void PutIndex(Transaction& transaction, const IndexRecord& record);
void EraseIndex(Transaction& transaction, IndexId id);

// Settings: named bytes of the engine.
absl::StatusOr<std::optional<std::string>> ReadSetting(const View& view, absl::string_view name);
void PutSetting(Transaction& transaction, absl::string_view name, absl::string_view value);

}  // namespace entente::storage
