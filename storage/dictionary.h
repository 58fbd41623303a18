// From words to nodes: external keys (each of one node) and normalised names (each of any number).
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

// External keys. The caller enters unique keys only: a later PutKey replaces the node.
absl::StatusOr<std::optional<NodeId>> FindKey(const View& view, absl::string_view key);
void PutKey(Transaction& transaction, absl::string_view key, NodeId node);
void EraseKey(Transaction& transaction, absl::string_view key);

// Names, normalised by the caller.
enum class NameKind : uint8_t { kCanonical = 0, kAlias = 1 };

struct NameEntry {
  std::string name;  // normalised
  NodeId node = kNoId;
  NameKind kind = NameKind::kCanonical;
  std::string language;  // of the alias, or empty
};

// All bearers of exactly this name, in ascending order of node.
absl::StatusOr<std::vector<NameEntry>> FindName(const View& view, absl::string_view name);
// The first `limit` entries whose name begins with `prefix`, in order of name, then node.
absl::StatusOr<std::vector<NameEntry>> FindNamePrefix(const View& view, absl::string_view prefix,
                                                      size_t limit);
// One entry a (name, node): a later PutName replaces kind and language.
void PutName(Transaction& transaction, const NameEntry& entry);
void EraseName(Transaction& transaction, absl::string_view name, NodeId node);
// An entry from its key and value; DataLoss when they are not one.
absl::StatusOr<NameEntry> DecodeName(absl::string_view key, absl::string_view value);

}  // namespace entente::storage
