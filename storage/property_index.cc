#include "storage/property_index.h"

#include "rocksdb/slice.h"
#include "storage/keys.h"
#include "storage/store_impl.h"
#include "storage/transaction.h"

namespace entente::storage {
namespace {

// What stands before the value: the kind of key and the index.
constexpr size_t kHeadBytes = 1 + sizeof(IndexId);

KeyWriter ValueKey(IndexId index, absl::string_view value) {
  KeyWriter key(IndexKey::kProperty);
  key.U32(index).Raw(value);
  return key;
}

}  // namespace

void PutIndexEntry(Transaction& transaction, IndexId index, absl::string_view value, NodeId node) {
  transaction.Put(Family::kIndexes, ValueKey(index, value).U64(node), absl::string_view());
}

void EraseIndexEntry(Transaction& transaction, IndexId index, absl::string_view value,
                     NodeId node) {
  transaction.Delete(Family::kIndexes, ValueKey(index, value).U64(node));
}

absl::StatusOr<bool> HasIndexEntry(const View& view, IndexId index, absl::string_view value,
                                   NodeId node) {
  rocksdb::PinnableSlice found;
  return view.Get(Family::kIndexes, ValueKey(index, value).U64(node), &found);
}

absl::StatusOr<bool> HasIndexValue(const View& view, IndexId index, absl::string_view value) {
  const Cursor cursor = view.Scan(Family::kIndexes, ValueKey(index, value));
  if (cursor.Valid()) return true;
  const absl::Status status = cursor.status();
  if (!status.ok()) return status;
  return false;
}

IndexCursor::IndexCursor(const View& view, IndexId index, absl::string_view from)
    : cursor_(view.Scan(Family::kIndexes, ValueKey(index, ""))) {
  if (!from.empty()) cursor_.Seek(from);
}

bool IndexCursor::Next() {
  if (corrupt_) return false;
  if (started_ && cursor_.Valid()) cursor_.Next();
  started_ = true;
  if (!cursor_.Valid()) return false;
  entry_ = cursor_.key().substr(kHeadBytes);
  corrupt_ = entry_.size() <= sizeof(NodeId);
  if (corrupt_) return false;
  value_ = entry_.substr(0, entry_.size() - sizeof(NodeId));
  KeyReader reader(entry_.substr(value_.size()));
  corrupt_ = !reader.U64(&node_);
  return !corrupt_;
}

absl::Status IndexCursor::status() const {
  return corrupt_ ? absl::DataLossError("broken key of an index") : cursor_.status();
}

}  // namespace entente::storage
