#include "storage/spill.h"

#include <cstring>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "rocksdb/env.h"
#include "storage/status_macros.h"
#include "storage/store.h"
#include "storage/store_impl.h"

namespace entente::storage {
namespace {

constexpr absl::string_view kFolderPrefix = "load-";

// Places are of so many bytes or a multiple, so that blocks of nearly one size take each other's.
constexpr uint64_t kPlaceUnit = 4096;

uint64_t PlaceSize(uint64_t bytes) { return (bytes + kPlaceUnit - 1) / kPlaceUnit * kPlaceUnit; }

void RemoveFolder(rocksdb::Env* env, const std::string& folder) {
  std::vector<std::string> children;
  env->GetChildren(folder, &children).PermitUncheckedError();
  for (const std::string& child : children) {
    if (child == "." || child == "..") continue;
    env->DeleteFile(absl::StrCat(folder, "/", child)).PermitUncheckedError();
  }
  env->DeleteDir(folder).PermitUncheckedError();
}

std::string NewFolder(const StoreImpl& store) {
  static std::atomic<uint64_t> loads{0};
  return absl::StrCat(store.path, "/", kFolderPrefix, ++loads);
}

}  // namespace

SpillSpace::SpillSpace(Store& store, uint64_t memory_bytes)
    : env_(store.impl_->env), folder_(NewFolder(*store.impl_)), memory_bytes_(memory_bytes) {}

SpillSpace::~SpillSpace() {
  file_.reset();
  if (files_ > 0) RemoveFolder(env_, folder_);
}

absl::StatusOr<std::string> SpillSpace::NewFile() {
  const uint64_t number = ++files_;
  RETURN_IF_ERROR(ToStatus(env_->CreateDirIfMissing(folder_)));
  return absl::StrCat(folder_, "/", number);
}

void SpillSpace::RemoveBlocks() {
  if (file_ == nullptr) return;
  file_.reset();
  env_->DeleteFile(file_path_).PermitUncheckedError();  // else it goes with the folder
}

absl::Status SpillSpace::Sweep(rocksdb::Env* env, const std::string& directory) {
  std::vector<std::string> children;
  RETURN_IF_ERROR(ToStatus(env->GetChildren(directory, &children)));
  for (const std::string& child : children) {
    if (absl::StartsWith(child, kFolderPrefix))
      RemoveFolder(env, absl::StrCat(directory, "/", child));
  }
  return absl::OkStatus();
}

bool SpillSpace::TakeMemory(uint64_t bytes, SpillAccess access) {
  const uint64_t limit =
      access == SpillAccess::kInOrder ? memory_bytes_ - memory_bytes_ / 4 : memory_bytes_;
  if (taken_.fetch_add(bytes) + bytes <= limit) return true;
  taken_ -= bytes;
  return false;
}

absl::StatusOr<uint64_t> SpillSpace::TakePlace(uint64_t size) {
  absl::MutexLock lock(&mutex_);
  if (file_ == nullptr) {
    ASSIGN_OR_RETURN(file_path_, NewFile());
    std::unique_ptr<rocksdb::WritableFile> made;
    RETURN_IF_ERROR(ToStatus(env_->NewWritableFile(file_path_, &made, rocksdb::EnvOptions())));
    RETURN_IF_ERROR(ToStatus(made->Close()));
    RETURN_IF_ERROR(ToStatus(env_->NewRandomRWFile(file_path_, &file_, rocksdb::EnvOptions())));
  }
  std::vector<uint64_t>& free = free_[size];
  uint64_t offset = file_size_;
  if (free.empty()) {
    file_size_ += size;
  } else {
    offset = free.back();
    free.pop_back();
  }
  return offset;
}

absl::StatusOr<uint64_t> SpillSpace::Write(absl::string_view bytes) {
  ASSIGN_OR_RETURN(const uint64_t offset, TakePlace(PlaceSize(bytes.size())));
  RETURN_IF_ERROR(ToStatus(file_->Write(offset, ToSlice(bytes))));
  return offset;
}

absl::Status SpillSpace::Read(uint64_t offset, uint64_t size, char* bytes) const {
  rocksdb::Slice read;
  RETURN_IF_ERROR(ToStatus(file_->Read(offset, size, &read, bytes)));
  if (read.size() != size) return absl::DataLossError("a spilled block was cut short");
  if (read.data() != bytes) std::memcpy(bytes, read.data(), size);
  return absl::OkStatus();
}

void SpillSpace::GivePlace(uint64_t offset, uint64_t size) {
  absl::MutexLock lock(&mutex_);
  free_[PlaceSize(size)].push_back(offset);
}

SpillBlocks::SpillBlocks(SpillSpace& space, SpillAccess access) : space_(space), access_(access) {}

SpillBlocks::~SpillBlocks() {
  for (size_t i = 0; i < blocks_.size(); ++i) Drop(i);
}

absl::Status SpillBlocks::Add(absl::string_view bytes) {
  Block block;
  block.size = bytes.size();
  if (space_.TakeMemory(bytes.size(), access_)) {
    block.bytes.reset(new char[bytes.size()]);
    std::memcpy(block.bytes.get(), bytes.data(), bytes.size());
  } else {
    ASSIGN_OR_RETURN(block.offset, space_.Write(bytes));
  }
  blocks_.push_back(std::move(block));
  return absl::OkStatus();
}

absl::StatusOr<absl::string_view> SpillBlocks::Read(size_t block, std::string* scratch) const {
  return ReadPart(block, 0, blocks_[block].size, scratch);
}

absl::StatusOr<absl::string_view> SpillBlocks::ReadPart(size_t index, uint64_t offset,
                                                        uint64_t size, std::string* scratch) const {
  const Block& block = blocks_[index];
  if (block.bytes != nullptr) return absl::string_view(block.bytes.get() + offset, size);
  scratch->resize(size);
  RETURN_IF_ERROR(space_.Read(block.offset + offset, size, scratch->data()));
  return absl::string_view(*scratch);
}

void SpillBlocks::Drop(size_t index) {
  Block& block = blocks_[index];
  if (std::exchange(block.is_dropped, true)) return;
  if (block.bytes != nullptr) {
    block.bytes.reset();
    space_.GiveMemory(block.size);
  } else {
    space_.GivePlace(block.offset, block.size);
  }
}

}  // namespace entente::storage
