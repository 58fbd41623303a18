#include "storage/table_load.h"

#include <utility>

#include "rocksdb/sst_file_writer.h"
#include "storage/status_macros.h"
#include "storage/store_impl.h"
#include "storage/transaction.h"

namespace entente::storage {
namespace {

// A table file ends at the first key after so many bytes.
constexpr uint64_t kFileBytes = 256 << 20;

}  // namespace

struct TableStream::File {
  explicit File(const rocksdb::Options& options)
      : writer(rocksdb::EnvOptions(), options, /*column_family=*/nullptr,
               /*invalidate_page_cache=*/false) {}

  std::string path;
  rocksdb::SstFileWriter writer;
  uint64_t keys = 0;
};

TableStream::TableStream(TableLoad& load, Family family) : load_(load), family_(family) {}
TableStream::~TableStream() = default;

absl::Status TableStream::Open() {
  if (file_ != nullptr) {
    if ((file_->keys & 0xfff) != 0 || file_->writer.FileSize() < kFileBytes) {
      return absl::OkStatus();
    }
    RETURN_IF_ERROR(Finish());
  }
  rocksdb::Options options = load_.store_.db->GetOptions(load_.store_.handle(family_));
  if (!compresses_) {
    options.compression = rocksdb::kNoCompression;
    options.compression_opts = {};  // RocksDB would train a dictionary all the same
  }
  file_ = std::make_unique<File>(options);
  ASSIGN_OR_RETURN(file_->path, load_.space_.NewFile());
  return ToStatus(file_->writer.Open(file_->path));
}

absl::Status TableStream::Put(absl::string_view key, absl::string_view value) {
  if (!load_.has_files()) {
    load_.transaction_.Put(family_, key, value);
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(Open());
  ++file_->keys;
  return ToStatus(file_->writer.Put(ToSlice(key), ToSlice(value)));
}

absl::Status TableStream::Append(absl::string_view key, absl::string_view rows, int net) {
  if (!load_.has_files()) {
    load_.transaction_.Append(family_, key, rows, net);
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(Open());
  ++file_->keys;
  return ToStatus(file_->writer.Merge(ToSlice(key), ToSlice(rows)));
}

absl::Status TableStream::Delete(absl::string_view key) {
  RETURN_IF_ERROR(Open());
  ++file_->keys;
  return ToStatus(file_->writer.Delete(ToSlice(key)));
}

absl::Status TableStream::Finish() {
  if (file_ == nullptr) return absl::OkStatus();
  RETURN_IF_ERROR(ToStatus(file_->writer.Finish()));
  absl::MutexLock lock(&load_.mutex_);
  load_.finished_[static_cast<size_t>(family_)].push_back(std::move(file_->path));
  file_.reset();
  return absl::OkStatus();
}

TableLoad::TableLoad(Transaction& transaction, SpillSpace& space, bool files)
    : transaction_(transaction), store_(*transaction.store_), space_(space), files_(files) {}

TableLoad::~TableLoad() = default;

TableStream TableLoad::NewStream(Family family) { return TableStream(*this, family); }

std::unique_ptr<Snapshot> TableLoad::Before() const {
  return std::unique_ptr<Snapshot>(new Snapshot(&store_));
}

absl::Status TableLoad::Ingest() {
  absl::MutexLock lock(&mutex_);
  rocksdb::IngestExternalFileOptions options;
  options.move_files = true;
  options.write_global_seqno = false;
  std::vector<rocksdb::IngestExternalFileArg> families;
  for (int i = 0; i < kFamilyCount; ++i) {
    if (finished_[i].empty()) continue;
    rocksdb::IngestExternalFileArg& family = families.emplace_back();
    family.column_family = store_.handles[i];
    family.external_files = std::move(finished_[i]);
    family.options = options;
  }
  if (families.empty()) return absl::OkStatus();
  return ToStatus(store_.db->IngestExternalFiles(families));
}

}  // namespace entente::storage
