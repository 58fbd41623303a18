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
  if (files_ > 0) RemoveFolder(env_, folder_);
}

absl::StatusOr<std::string> SpillSpace::NewFile() {
  const uint64_t number = ++files_;
  RETURN_IF_ERROR(ToStatus(env_->CreateDirIfMissing(folder_)));
  return absl::StrCat(folder_, "/", number);
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

bool SpillSpace::TakeMemory(uint64_t bytes) {
  if (taken_.fetch_add(bytes) + bytes <= memory_bytes_) return true;
  taken_ -= bytes;
  return false;
}

SpillBlocks::SpillBlocks(SpillSpace& space) : space_(space) {}

SpillBlocks::~SpillBlocks() {
  for (size_t i = 0; i < blocks_.size(); ++i) Drop(i);
  reader_.reset();
  writer_.reset();
  if (!path_.empty()) space_.env()->DeleteFile(path_).PermitUncheckedError();
}

absl::Status SpillBlocks::Add(absl::string_view bytes) {
  Block block;
  block.size = bytes.size();
  if (space_.TakeMemory(bytes.size())) {
    block.bytes.reset(new char[bytes.size()]);
    std::memcpy(block.bytes.get(), bytes.data(), bytes.size());
  } else {
    if (writer_ == nullptr) {
      ASSIGN_OR_RETURN(path_, space_.NewFile());
      RETURN_IF_ERROR(
          ToStatus(space_.env()->NewWritableFile(path_, &writer_, rocksdb::EnvOptions())));
    }
    RETURN_IF_ERROR(ToStatus(writer_->Append(ToSlice(bytes))));
    RETURN_IF_ERROR(ToStatus(writer_->Flush()));
    block.offset = file_size_;
    file_size_ += bytes.size();
    if (reader_ == nullptr) {
      RETURN_IF_ERROR(
          ToStatus(space_.env()->NewRandomAccessFile(path_, &reader_, rocksdb::EnvOptions())));
    }
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
  rocksdb::Slice read;
  RETURN_IF_ERROR(ToStatus(reader_->Read(block.offset + offset, size, &read, scratch->data())));
  if (read.size() != size) return absl::DataLossError("a spilled block was cut short");
  if (read.data() != scratch->data()) std::memcpy(scratch->data(), read.data(), size);
  return absl::string_view(*scratch);
}

void SpillBlocks::Drop(size_t index) {
  Block& block = blocks_[index];
  if (block.bytes == nullptr) return;
  block.bytes.reset();
  space_.GiveMemory(block.size);
}

}  // namespace entente::storage
