#include "storage/store.h"

#include <utility>

#include "storage/check.h"
#include "storage/status_macros.h"
#include "storage/store_impl.h"
#include "storage/store_opening.h"
#include "storage/transaction.h"

namespace entente::storage {

absl::Status ToStatus(const rocksdb::Status& status) {
  if (status.ok()) return absl::OkStatus();
  if (status.IsCorruption()) return absl::DataLossError(status.ToString());
  if (status.IsNoSpace()) return absl::ResourceExhaustedError(status.ToString());
  return absl::InternalError(status.ToString());
}

StoreImpl::~StoreImpl() {
  if (db == nullptr) return;
  for (rocksdb::ColumnFamilyHandle* handle : handles) {
    db->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  }
  db->Close().PermitUncheckedError();
}

bool StoreImpl::MayHaveSeveralChunks(Direction direction, NodeId node) const {
  if (!any_hubs.load(std::memory_order_acquire)) return false;
  absl::ReaderMutexLock lock(&hubs_mutex);
  return hubs.contains({direction, node});
}

void StoreImpl::NoteSeveralChunks(Direction direction, NodeId node) {
  absl::MutexLock lock(&hubs_mutex);
  hubs.insert({direction, node});
  any_hubs.store(true, std::memory_order_release);
}

bool StoreImpl::BeginWriting(absl::Duration timeout) {
  absl::MutexLock lock(&writer_mutex);
  const auto idle = [](StoreImpl* store) ABSL_NO_THREAD_SAFETY_ANALYSIS { return !store->writing; };
  if (!writer_mutex.AwaitWithTimeout(absl::Condition(+idle, this), timeout)) return false;
  writing = true;
  return true;
}

void StoreImpl::EndWriting() {
  absl::MutexLock lock(&writer_mutex);
  writing = false;
}

absl::StatusOr<std::unique_ptr<Store>> Store::Open(absl::string_view path,
                                                   const OpenOptions& options) {
  ASSIGN_OR_RETURN(std::unique_ptr<StoreImpl> impl, OpenStore(path, options));
  return std::unique_ptr<Store>(new Store(std::move(impl)));
}

Store::Store(std::unique_ptr<StoreImpl> impl) : impl_(std::move(impl)) {}

Store::~Store() {
  ENTENTE_CHECK(impl_->views == 0);
  if (impl_->read_only || !impl_->wrote || impl_->memory_env != nullptr) return;
  // What is not sealed or flushed now is so at another time; nothing is lost.
  SealFacts().IgnoreError();
  Flush().IgnoreError();
}

std::unique_ptr<Snapshot> Store::TakeSnapshot() const {
  return std::unique_ptr<Snapshot>(new Snapshot(impl_.get()));
}

uint64_t Store::LatestSequence() const { return impl_->db->GetLatestSequenceNumber(); }

absl::StatusOr<std::unique_ptr<Transaction>> Store::Begin() {
  return TryBegin(absl::InfiniteDuration());
}

absl::StatusOr<std::unique_ptr<Transaction>> Store::TryBegin(absl::Duration timeout) {
  if (impl_->read_only) return absl::FailedPreconditionError("the database is open read-only");
  if (!impl_->BeginWriting(timeout)) {
    return absl::DeadlineExceededError("another transaction is writing");
  }
  return std::unique_ptr<Transaction>(new Transaction(impl_.get()));
}

bool Store::read_only() const { return impl_->read_only; }
uint32_t Store::format_version() const { return impl_->format_version; }
const Geometry& Store::geometry() const { return impl_->geometry; }

absl::StatusOr<std::vector<FamilySize>> Store::Sizes() const {
  std::vector<FamilySize> sizes;
  for (int i = 0; i < kFamilyCount; ++i) {
    FamilySize size{.family = static_cast<Family>(i)};
    rocksdb::ColumnFamilyHandle* handle = impl_->handle(size.family);
    using Properties = rocksdb::DB::Properties;
    impl_->db->GetIntProperty(handle, Properties::kTotalSstFilesSize, &size.file_bytes);
    impl_->db->GetIntProperty(handle, Properties::kCurSizeAllMemTables, &size.memory_bytes);
    impl_->db->GetIntProperty(handle, Properties::kEstimateNumKeys, &size.keys);
    sizes.push_back(size);
  }
  return sizes;
}

void Store::DropDecoded() { impl_->cache.Clear(); }

absl::Status Store::Flush() {
  return ToStatus(
      impl_->db->Flush(rocksdb::FlushOptions(), {impl_->handles.begin(), impl_->handles.end()}));
}

absl::Status Store::SealFacts() {
  ASSIGN_OR_RETURN(std::unique_ptr<Transaction> transaction, Begin());
  return transaction->SealLooseFacts(Transaction::SealScope::kAll);
}

}  // namespace entente::storage
