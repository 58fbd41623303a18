#include "storage/provenance.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/container/btree_map.h"
#include "rocksdb/slice.h"
#include "storage/article_facts.h"
#include "storage/articles.h"
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

// The list that is a key's value; a key that is not there has an empty one.
absl::StatusOr<std::vector<uint64_t>> ListUnder(const View& view, absl::string_view key) {
  rocksdb::PinnableSlice value;
  ASSIGN_OR_RETURN(const bool found, view.Get(Family::kProvenance, key, &value));
  if (!found) return std::vector<uint64_t>();
  return DecodeList(ToView(value));
}

std::string AwaitingKey(absl::string_view original_key, NodeId copy) {
  return KeyWriter(ProvenanceKey::kAwaitedOriginal).Escaped(original_key).U64(copy).bytes();
}

}  // namespace

absl::StatusOr<std::vector<FactId>> FactsOfArticle(const View& view, NodeId article) {
  ASSIGN_OR_RETURN(std::vector<FactId> facts, FactsInBlock(view, article));
  rocksdb::PinnableSlice value;
  ASSIGN_OR_RETURN(const bool found,
                   view.Get(Family::kProvenance, ArticleFactsKey(article), &value));
  if (!found) return facts;
  return DecodeList(ToView(value), std::move(facts));
}

absl::StatusOr<std::vector<FactId>> FactsInBlock(const View& view, NodeId article) {
  if (!IsArticle(article)) return std::vector<FactId>();
  const Geometry& geometry = view.geometry();
  const uint64_t block = BlockOfArticle(geometry, article);
  rocksdb::PinnableSlice value;
  ASSIGN_OR_RETURN(const bool found, view.Get(Family::kProvenance, BlockFactsKey(block), &value));
  if (!found) return std::vector<FactId>();
  ASSIGN_OR_RETURN(const ArticleFactsBlock lists, ArticleFactsBlock::Parse(ToView(value)));
  return lists.FactsAt(article - FirstOfBlock(geometry, block));
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

absl::StatusOr<std::vector<NodeId>> EntitiesOfTrigram(const View& view, uint32_t trigram) {
  return ListUnder(view, TrigramKey(trigram));
}

void PutTrigram(Transaction& transaction, uint32_t trigram, NodeId entity) {
  std::string entry;
  AppendListEntry(entity, /*erased=*/false, &entry);
  transaction.Append(Family::kProvenance, TrigramKey(trigram), entry, 1);
}

void EraseTrigram(Transaction& transaction, uint32_t trigram, NodeId entity) {
  std::string entry;
  AppendListEntry(entity, /*erased=*/true, &entry);
  transaction.Append(Family::kProvenance, TrigramKey(trigram), entry, -1);
}

absl::Status EachTrigram(
    const View& view,
    absl::FunctionRef<void(uint32_t trigram, const std::vector<NodeId>& entities)> visit) {
  const std::string prefix = KeyWriter(ProvenanceKey::kTrigramEntities).bytes();
  Cursor cursor = view.Scan(Family::kProvenance, prefix);
  for (; cursor.Valid(); cursor.Next()) {
    KeyReader rest(cursor.key().substr(prefix.size()));
    uint32_t trigram;
    if (!rest.U32(&trigram) || !rest.done()) return absl::DataLossError("broken provenance key");
    ASSIGN_OR_RETURN(const std::vector<NodeId> entities, DecodeList(cursor.value()));
    visit(trigram, entities);
  }
  return cursor.status();
}

std::string TrigramKey(uint32_t trigram) {
  return KeyWriter(ProvenanceKey::kTrigramEntities).U32(trigram).bytes();
}

std::string ArticleFactsKey(NodeId article) {
  return KeyWriter(ProvenanceKey::kArticleFacts).U64(article).bytes();
}

std::string BlockFactsKey(uint64_t block) {
  return KeyWriter(ProvenanceKey::kBlockFacts).U64(block).bytes();
}

void AppendListEntry(uint64_t id, bool erased, std::string* bytes) {
  AppendVarint(id << 1 | (erased ? 1 : 0), bytes);
}

absl::StatusOr<std::vector<uint64_t>> DecodeList(absl::string_view value,
                                                 std::vector<uint64_t> ids) {
  ByteReader bytes(value);
  bool sorted = true;
  bool any_erased = false;
  absl::btree_map<uint64_t, bool> last;  // id → erased; used once an entry is an erasure
  while (!bytes.done()) {
    uint64_t entry;
    if (!bytes.Varint(&entry)) return absl::DataLossError("broken list of ids");
    const uint64_t id = entry >> 1;
    if ((entry & 1) && !any_erased) {
      any_erased = true;
      for (uint64_t present : ids) last[present] = false;
    }
    if (any_erased) {
      last[id] = entry & 1;
    } else {
      sorted = sorted && (ids.empty() || ids.back() < id);
      ids.push_back(id);
    }
  }
  if (any_erased) {
    ids.clear();
    for (const auto& [id, erased] : last) {
      if (!erased) ids.push_back(id);
    }
  } else if (!sorted) {
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  }
  return ids;
}

void FoldList(bool keep_erased, std::string* value) {
  ByteReader bytes(*value);
  std::vector<uint64_t> entries;
  bool any_erased = false;
  while (!bytes.done()) {
    uint64_t entry;
    if (!bytes.Varint(&entry)) return;
    any_erased = any_erased || (entry & 1);
    entries.push_back(entry);
  }
  if (!any_erased) return;
  const auto same_id = [](uint64_t a, uint64_t b) { return a >> 1 == b >> 1; };
  std::reverse(entries.begin(), entries.end());  // the last entry of an id first
  std::stable_sort(entries.begin(), entries.end(),
                   [](uint64_t a, uint64_t b) { return a >> 1 < b >> 1; });
  entries.erase(std::unique(entries.begin(), entries.end(), same_id), entries.end());
  value->clear();
  for (const uint64_t entry : entries) {
    if (keep_erased || !(entry & 1)) AppendVarint(entry, value);
  }
}

}  // namespace entente::storage
