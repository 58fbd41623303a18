#include "storage/provenance.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/container/btree_map.h"
#include "rocksdb/slice.h"
#include "storage/bytes.h"
#include "storage/keys.h"
#include "storage/status_macros.h"
#include "storage/store_impl.h"
#include "storage/transaction.h"

namespace entente::storage {
namespace {

// The node ids that end the keys with a prefix.
absl::StatusOr<std::vector<NodeId>> IdsUnder(const View& view, absl::string_view prefix) {
  std::vector<NodeId> ids;
  Cursor cursor = view.Scan(Family::kProvenance, prefix);
  for (; cursor.Valid(); cursor.Next()) {
    KeyReader rest(cursor.key().substr(prefix.size()));
    NodeId id;
    if (!rest.U64(&id) || !rest.done()) return absl::DataLossError("broken provenance key");
    ids.push_back(id);
  }
  RETURN_IF_ERROR(cursor.status());
  return ids;
}

std::string AwaitingKey(absl::string_view original_key, NodeId copy) {
  return KeyWriter(ProvenanceKey::kAwaitedOriginal).Escaped(original_key).U64(copy).bytes();
}

}  // namespace

absl::StatusOr<std::vector<FactId>> FactsOfArticle(const View& view, NodeId article) {
  rocksdb::PinnableSlice value;
  ASSIGN_OR_RETURN(
      bool found,
      view.Get(Family::kProvenance, KeyWriter(ProvenanceKey::kArticleFacts).U64(article), &value));
  if (!found) return std::vector<FactId>();
  return DecodeFactList(ToView(value));
}

absl::StatusOr<std::vector<NodeId>> ArticlesOfPublisher(const View& view, NodeId publisher) {
  return IdsUnder(view, KeyWriter(ProvenanceKey::kPublisherArticles).U64(publisher));
}

absl::StatusOr<std::vector<NodeId>> CopiesOfOriginal(const View& view, NodeId original) {
  return IdsUnder(view, KeyWriter(ProvenanceKey::kOriginalCopies).U64(original));
}

absl::StatusOr<std::vector<NodeId>> CopiesAwaiting(const View& view,
                                                   absl::string_view original_key) {
  return IdsUnder(view, KeyWriter(ProvenanceKey::kAwaitedOriginal).Escaped(original_key));
}

absl::StatusOr<absl::flat_hash_set<std::string>> AwaitedKeys(const View& view) {
  absl::flat_hash_set<std::string> keys;
  const std::string prefix = KeyWriter(ProvenanceKey::kAwaitedOriginal).bytes();
  Cursor cursor = view.Scan(Family::kProvenance, prefix);
  for (; cursor.Valid(); cursor.Next()) {
    KeyReader rest(cursor.key().substr(prefix.size()));
    std::string key;
    if (!rest.Escaped(&key)) return absl::DataLossError("broken provenance key");
    keys.insert(std::move(key));
  }
  RETURN_IF_ERROR(cursor.status());
  return keys;
}

std::string PublisherKey(NodeId publisher, NodeId article) {
  return KeyWriter(ProvenanceKey::kPublisherArticles).U64(publisher).U64(article).bytes();
}

std::string OriginalKey(NodeId original, NodeId copy) {
  return KeyWriter(ProvenanceKey::kOriginalCopies).U64(original).U64(copy).bytes();
}

void PutAwaiting(Transaction& transaction, absl::string_view original_key, NodeId copy) {
  transaction.Put(Family::kProvenance, AwaitingKey(original_key, copy), absl::string_view());
}

void EraseAwaiting(Transaction& transaction, absl::string_view original_key, NodeId copy) {
  transaction.Delete(Family::kProvenance, AwaitingKey(original_key, copy));
}

void AppendFactEntry(FactId fact, bool erased, std::string* bytes) {
  AppendVarint(fact << 1 | (erased ? 1 : 0), bytes);
}

absl::StatusOr<std::vector<FactId>> DecodeFactList(absl::string_view value) {
  ByteReader bytes(value);
  std::vector<FactId> facts;
  bool sorted = true;
  bool any_erased = false;
  absl::btree_map<FactId, bool> last;  // fact → erased; used once an entry is an erasure
  while (!bytes.done()) {
    uint64_t entry;
    if (!bytes.Varint(&entry)) return absl::DataLossError("broken list of facts");
    const FactId fact = entry >> 1;
    if ((entry & 1) && !any_erased) {
      any_erased = true;
      for (FactId present : facts) last[present] = false;
    }
    if (any_erased) {
      last[fact] = entry & 1;
    } else {
      sorted = sorted && (facts.empty() || facts.back() < fact);
      facts.push_back(fact);
    }
  }
  if (any_erased) {
    facts.clear();
    for (const auto& [fact, erased] : last) {
      if (!erased) facts.push_back(fact);
    }
  } else if (!sorted) {
    std::sort(facts.begin(), facts.end());
    facts.erase(std::unique(facts.begin(), facts.end()), facts.end());
  }
  return facts;
}

void FoldFactList(std::string* value) {
  ByteReader bytes(*value);
  bool any_erased = false;
  while (!bytes.done() && !any_erased) {
    uint64_t entry;
    if (!bytes.Varint(&entry)) return;
    any_erased = entry & 1;
  }
  if (!any_erased) return;
  const absl::StatusOr<std::vector<FactId>> facts = DecodeFactList(*value);
  if (!facts.ok()) return;
  value->clear();
  for (FactId fact : *facts) AppendFactEntry(fact, false, value);
}

}  // namespace entente::storage
