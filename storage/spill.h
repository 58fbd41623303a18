// SpillSpace: the folder in a database's directory in which a load keeps what does not fit into its
// memory, and the table files it makes. SpillBlocks: a sequence of blocks of bytes, in memory while
// the space's memory lasts and in the space's file beyond that. There is one file for all blocks,
// in which the places of those that were dropped are written again: the system has them in memory.
//
// All files go through RocksDB's Env. The folder goes with its SpillSpace; what a killed process
// left behind is removed when the database is next opened for writing.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

namespace rocksdb {
class Env;
class RandomRWFile;
}  // namespace rocksdb

namespace entente::storage {

class Store;

// How blocks are read again. What is read in order costs little in the file, so it leaves a part of
// the memory to blocks of which parts are read here and there.
enum class SpillAccess { kInOrder, kHereAndThere };

class SpillSpace {
 public:
  // `store` must outlive the space and be open for writing. Blocks kept in memory take no more than
  // `memory_bytes` together. The folder comes to be with its first file.
  SpillSpace(Store& store, uint64_t memory_bytes);
  ~SpillSpace();
  SpillSpace(const SpillSpace&) = delete;
  SpillSpace& operator=(const SpillSpace&) = delete;

  // The path of a file that is not there yet. From any thread.
  absl::StatusOr<std::string> NewFile();
  // Removes the file of blocks, for which the system takes a while. From then on none is added or
  // read, but for those in memory.
  void RemoveBlocks();
  rocksdb::Env* env() const { return env_; }
  uint64_t memory_bytes() const { return memory_bytes_; }

  // Removes the folders of loads that were cut short from the directory of a database.
  static absl::Status Sweep(rocksdb::Env* env, const std::string& directory);

 private:
  friend class SpillBlocks;
  bool TakeMemory(uint64_t bytes, SpillAccess access);
  void GiveMemory(uint64_t bytes) { taken_ -= bytes; }
  // The same of places in the file; a place is named by its offset. Reading is for any thread.
  absl::StatusOr<uint64_t> Write(absl::string_view bytes);
  absl::Status Read(uint64_t offset, uint64_t size, char* bytes) const;
  void GivePlace(uint64_t offset, uint64_t size);
  absl::StatusOr<uint64_t> TakePlace(uint64_t size);

  rocksdb::Env* const env_;
  const std::string folder_;
  const uint64_t memory_bytes_;
  std::atomic<uint64_t> taken_{0};
  std::atomic<uint64_t> files_{0};

  absl::Mutex mutex_;
  // Made by the first Write, and never again; whoever has a place may use it without the mutex,
  // until RemoveBlocks.
  std::unique_ptr<rocksdb::RandomRWFile> file_;
  std::string file_path_;
  uint64_t file_size_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::flat_hash_map<uint64_t, std::vector<uint64_t>> free_ ABSL_GUARDED_BY(mutex_);  // by size
};

// Filled by one thread at a time. Several may read at once, and drop blocks that no other reads.
class SpillBlocks {
 public:
  explicit SpillBlocks(SpillSpace& space, SpillAccess access = SpillAccess::kInOrder);
  ~SpillBlocks();
  SpillBlocks(const SpillBlocks&) = delete;
  SpillBlocks& operator=(const SpillBlocks&) = delete;

  // Adds a block at the end; it is copied.
  absl::Status Add(absl::string_view bytes);
  size_t size() const { return blocks_.size(); }
  // A block, which stays valid until `*scratch` changes or the block is dropped.
  absl::StatusOr<absl::string_view> Read(size_t block, std::string* scratch) const;
  // Part of a block, likewise.
  absl::StatusOr<absl::string_view> ReadPart(size_t block, uint64_t offset, uint64_t size,
                                             std::string* scratch) const;
  // Gives back the memory or the place of a block that nobody reads any more.
  void Drop(size_t block);

 private:
  struct Block {
    std::unique_ptr<char[]> bytes;  // null: in the file, or dropped
    uint64_t offset = 0;            // in the file
    uint64_t size = 0;
    bool is_dropped = false;
  };

  SpillSpace& space_;
  const SpillAccess access_;
  std::vector<Block> blocks_;
};

}  // namespace entente::storage
