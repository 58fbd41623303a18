#include "storage/view.h"

#include <optional>
#include <utility>

#include "rocksdb/iterator.h"
#include "rocksdb/snapshot.h"
#include "storage/check.h"
#include "storage/keys.h"
#include "storage/status_macros.h"
#include "storage/store_impl.h"

namespace entente::storage {
namespace {

rocksdb::ReadOptions ReadOptionsAt(const rocksdb::Snapshot* snapshot) {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot;
  return options;
}

}  // namespace

Cursor::Cursor(std::unique_ptr<rocksdb::Iterator> iterator, absl::string_view prefix)
    : iterator_(std::move(iterator)), prefix_(prefix) {
  iterator_->Seek(prefix_);
}

Cursor::Cursor(Cursor&&) noexcept = default;
Cursor::~Cursor() = default;

bool Cursor::Valid() const { return iterator_->Valid() && iterator_->key().starts_with(prefix_); }

void Cursor::Next() { iterator_->Next(); }

void Cursor::Seek(absl::string_view rest) {
  std::string target = prefix_;
  target.append(rest.data(), rest.size());
  iterator_->Seek(target);
}

void Cursor::SeekToLast() {
  // The least key that is above every key with the prefix; all 0xff has none.
  std::string above = prefix_;
  while (!above.empty() && above.back() == '\xff') above.pop_back();
  if (above.empty()) {
    iterator_->SeekToLast();
    return;
  }
  ++above.back();
  iterator_->SeekForPrev(above);
  // Above itself may be a key.
  if (iterator_->Valid() && !Valid()) iterator_->Prev();
}

absl::string_view Cursor::key() const { return ToView(iterator_->key()); }
absl::string_view Cursor::value() const { return ToView(iterator_->value()); }
absl::Status Cursor::status() const { return ToStatus(iterator_->status()); }

View::View(StoreImpl* store) : store_(store) { ++store_->views; }
View::~View() { --store_->views; }

const Geometry& View::geometry() const { return store_->geometry; }

bool View::MayHaveSeveralChunks(Direction direction, NodeId node) const {
  return store_->MayHaveSeveralChunks(direction, node);
}

bool View::MayHaveLooseFacts(uint64_t block) const {
  return CacheOf(Family::kFacts) == nullptr || store_->loose_facts.MayHave(block, sequence());
}

Vocabularies& View::vocabularies() const { return store_->vocabularies; }

absl::StatusOr<uint64_t> DecodeCounter(bool found, absl::string_view bytes) {
  if (!found) return 0;
  KeyReader reader(bytes);
  uint64_t value;
  if (!reader.U64(&value) || !reader.done()) return absl::DataLossError("broken counter");
  return value;
}

Snapshot::Snapshot(StoreImpl* store) : View(store), snapshot_(store->db->GetSnapshot()) {}
Snapshot::~Snapshot() { store_->db->ReleaseSnapshot(snapshot_); }

absl::StatusOr<bool> Snapshot::Get(Family family, absl::string_view key,
                                   rocksdb::PinnableSlice* value) const {
  value->Reset();
  const rocksdb::Status status =
      store_->db->Get(ReadOptionsAt(snapshot_), store_->handle(family), ToSlice(key), value);
  if (status.IsNotFound()) return false;
  RETURN_IF_ERROR(ToStatus(status));
  return true;
}

absl::Status Snapshot::MultiGet(Family family, absl::Span<const std::string> keys,
                                std::vector<rocksdb::PinnableSlice>* values,
                                std::vector<bool>* found) const {
  values->clear();
  values->resize(keys.size());
  found->assign(keys.size(), false);
  const std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
  std::vector<rocksdb::Status> statuses(keys.size());
  store_->db->MultiGet(ReadOptionsAt(snapshot_), store_->handle(family), keys.size(), slices.data(),
                       values->data(), statuses.data(), /*sorted_input=*/true);
  for (size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].IsNotFound()) continue;
    RETURN_IF_ERROR(ToStatus(statuses[i]));
    (*found)[i] = true;
  }
  return absl::OkStatus();
}

Cursor Snapshot::Scan(Family family, absl::string_view prefix) const {
  return Cursor(std::unique_ptr<rocksdb::Iterator>(
                    store_->db->NewIterator(ReadOptionsAt(snapshot_), store_->handle(family))),
                prefix);
}

absl::StatusOr<uint64_t> Snapshot::Counter(absl::string_view name) const {
  const std::optional<uint64_t> known = store_->counters.Find(name, sequence());
  if (known.has_value()) return *known;
  rocksdb::PinnableSlice bytes;
  ASSIGN_OR_RETURN(bool found,
                   Get(Family::kCatalogue, KeyWriter(CatalogueKey::kCounter).Raw(name), &bytes));
  ASSIGN_OR_RETURN(const uint64_t value, DecodeCounter(found, ToView(bytes)));
  store_->counters.Learn(name, sequence(), value);
  return value;
}

uint64_t Snapshot::sequence() const { return snapshot_->GetSequenceNumber(); }

ReadCache* Snapshot::CacheOf(Family) const { return &store_->cache; }

}  // namespace entente::storage
