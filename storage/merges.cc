#include "storage/merges.h"

#include <utility>

#include "rocksdb/slice.h"
#include "storage/bytes.h"
#include "storage/fact_block.h"
#include "storage/keys.h"
#include "storage/status_macros.h"
#include "storage/store_impl.h"
#include "storage/transaction.h"

namespace entente::storage {
namespace {

std::string MergeKey(NodeId merged) { return KeyWriter(CatalogueKey::kMerge).U64(merged).bytes(); }
std::string FactBeforeKey(FactId fact, uint64_t number) {
  return KeyWriter(CatalogueKey::kFactBefore).U64(fact).U64(number).bytes();
}
std::string IntoKey(NodeId into, NodeId merged) {
  return KeyWriter(ProvenanceKey::kMergedInto).U64(into).U64(merged).bytes();
}
std::string MergedKeyKey(absl::string_view key, NodeId merged) {
  return KeyWriter(ProvenanceKey::kMergedKey).Escaped(key).U64(merged).bytes();
}

void AppendAscending(const std::vector<uint64_t>& ids, std::string* out) {
  AppendVarint(ids.size(), out);
  uint64_t last = 0;
  for (uint64_t id : ids) AppendVarint(id - std::exchange(last, id), out);
}

bool ReadAscending(ByteReader* bytes, std::vector<uint64_t>* ids) {
  uint64_t count;
  if (!bytes->Varint(&count) || count > bytes->rest().size()) return false;
  uint64_t last = 0;
  for (uint64_t i = 0; i < count; ++i) {
    uint64_t difference;
    if (!bytes->Varint(&difference)) return false;
    ids->push_back(last += difference);
  }
  return true;
}

}  // namespace

std::string EncodeMerge(const MergeRecord& record) {
  std::string bytes;
  AppendVarint(record.into, &bytes);
  AppendVarint(record.number, &bytes);
  AppendAscending(record.articles, &bytes);
  AppendAscending(record.facts, &bytes);
  const std::string into_before = EncodeNode(record.into_before);
  AppendVarint(into_before.size(), &bytes);
  bytes += into_before;
  AppendNode(record.merged_before, &bytes);
  return bytes;
}

absl::StatusOr<MergeRecord> DecodeMerge(absl::string_view value) {
  ByteReader bytes(value);
  MergeRecord record;
  uint64_t size;
  absl::string_view into_before;
  if (!bytes.Varint(&record.into) || !bytes.Varint(&record.number) ||
      !ReadAscending(&bytes, &record.articles) || !ReadAscending(&bytes, &record.facts) ||
      !bytes.Varint(&size) || !bytes.Bytes(size, &into_before)) {
    return absl::DataLossError("broken record of a merge");
  }
  ASSIGN_OR_RETURN(record.into_before, DecodeNode(into_before));
  ASSIGN_OR_RETURN(record.merged_before, DecodeNode(bytes.rest()));
  return record;
}

std::string EncodeFactBefore(FactId fact, const FactBefore& before) {
  std::string bytes;
  AppendVarint(before.merged, &bytes);
  AppendVarint(before.survivor, &bytes);
  const StoredFact stored{fact, before.record.evidence.size(), before.record};
  return bytes + EncodeFactBlock(fact, {&stored, 1});
}

absl::StatusOr<FactBefore> DecodeFactBefore(FactId fact, absl::string_view value) {
  ByteReader bytes(value);
  FactBefore before;
  if (!bytes.Varint(&before.merged) || !bytes.Varint(&before.survivor)) {
    return absl::DataLossError("broken record of a fact before a merge");
  }
  ASSIGN_OR_RETURN(const FactBlock block, FactBlock::Parse(fact, kMaxBlockEvidence, bytes.rest()));
  if (block.size() != 1 || block.id(0) != fact || block.vocabulary() != 0) {
    return absl::DataLossError("broken record of a fact before a merge");
  }
  ASSIGN_OR_RETURN(StoredFact stored, block.Read(0));
  before.record = std::move(stored.record);
  return before;
}

absl::StatusOr<std::optional<MergeRecord>> ReadMerge(const View& view, NodeId merged) {
  rocksdb::PinnableSlice value;
  ASSIGN_OR_RETURN(const bool found, view.Get(Family::kCatalogue, MergeKey(merged), &value));
  if (!found) return std::nullopt;
  return DecodeMerge(ToView(value));
}

absl::StatusOr<std::vector<NodeId>> MergedInto(const View& view, NodeId into) {
  std::vector<NodeId> merged;
  const std::string prefix = KeyWriter(ProvenanceKey::kMergedInto).U64(into).bytes();
  Cursor cursor = view.Scan(Family::kProvenance, prefix);
  for (; cursor.Valid(); cursor.Next()) {
    KeyReader rest(cursor.key().substr(prefix.size()));
    if (!rest.U64(&merged.emplace_back()) || !rest.done()) {
      return absl::DataLossError("broken key of a merge");
    }
  }
  RETURN_IF_ERROR(cursor.status());
  return merged;
}

absl::StatusOr<NodeId> FindMergedKey(const View& view, absl::string_view key) {
  const std::string prefix = KeyWriter(ProvenanceKey::kMergedKey).Escaped(key).bytes();
  const Cursor cursor = view.Scan(Family::kProvenance, prefix);
  if (!cursor.Valid()) {
    RETURN_IF_ERROR(cursor.status());
    return kNoId;
  }
  KeyReader rest(cursor.key().substr(prefix.size()));
  NodeId merged;
  if (!rest.U64(&merged) || !rest.done()) return absl::DataLossError("broken key of a merge");
  return merged;
}

absl::Status PutMerge(Transaction& transaction, NodeId merged, const MergeRecord& record) {
  transaction.Put(Family::kCatalogue, MergeKey(merged), EncodeMerge(record));
  transaction.Put(Family::kProvenance, IntoKey(record.into, merged), absl::string_view());
  return transaction.Count(kMergeCount, 1);
}

absl::Status EraseMerge(Transaction& transaction, NodeId merged, const MergeRecord& record) {
  for (FactId fact : record.facts) {
    transaction.Delete(Family::kCatalogue, FactBeforeKey(fact, record.number));
  }
  transaction.Delete(Family::kCatalogue, MergeKey(merged));
  transaction.Delete(Family::kProvenance, IntoKey(record.into, merged));
  return transaction.Count(kMergeCount, -1);
}

void PutMergedKey(Transaction& transaction, absl::string_view key, NodeId merged) {
  transaction.Put(Family::kProvenance, MergedKeyKey(key, merged), absl::string_view());
}

void EraseMergedKey(Transaction& transaction, absl::string_view key, NodeId merged) {
  transaction.Delete(Family::kProvenance, MergedKeyKey(key, merged));
}

void PutFactBefore(Transaction& transaction, FactId fact, uint64_t number,
                   const FactBefore& before) {
  transaction.Put(Family::kCatalogue, FactBeforeKey(fact, number), EncodeFactBefore(fact, before));
}

absl::StatusOr<FactBefore> ReadFactBefore(const View& view, FactId fact, uint64_t number) {
  rocksdb::PinnableSlice value;
  ASSIGN_OR_RETURN(const bool found,
                   view.Get(Family::kCatalogue, FactBeforeKey(fact, number), &value));
  if (!found) return absl::DataLossError("a fact before a merge is lost");
  return DecodeFactBefore(fact, ToView(value));
}

absl::StatusOr<NodeId> LaterMergeOf(const View& view, FactId fact, uint64_t number) {
  Cursor cursor =
      view.Scan(Family::kCatalogue, KeyWriter(CatalogueKey::kFactBefore).U64(fact).bytes());
  cursor.Seek(KeyWriter().U64(number + 1));
  if (!cursor.Valid()) {
    RETURN_IF_ERROR(cursor.status());
    return kNoId;
  }
  ASSIGN_OR_RETURN(const FactBefore before, DecodeFactBefore(fact, cursor.value()));
  return before.merged;
}

}  // namespace entente::storage
