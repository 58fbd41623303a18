// View: all families of a database as of one point in time. A Snapshot stands still; a Transaction
// (transaction.h) is the latest state with its own writes on top. The files that know the records
// (nodes.h, dictionary.h, adjacency.h, facts.h, …) read through it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "storage/keys.h"
#include "storage/store.h"

namespace rocksdb {
class Iterator;
class PinnableSlice;
class Snapshot;
}  // namespace rocksdb

namespace entente::storage {

class ReadCache;
class Vocabularies;

// Walks the keys that begin with a prefix, in byte order. Must not outlive its View. What it does
// when the transaction beneath it writes to the same family is undefined: collect first.
class Cursor {
 public:
  Cursor(std::unique_ptr<rocksdb::Iterator> iterator, absl::string_view prefix);
  Cursor(Cursor&&) noexcept;
  ~Cursor();

  bool Valid() const;  // stands on a key; false at the end and after an error
  void Next();
  // To the first key at or after prefix + `rest`.
  void Seek(absl::string_view rest);
  // To the last key with the prefix.
  void SeekToLast();
  absl::string_view key() const;  // whole, prefix included; valid until Next
  absl::string_view value() const;
  absl::Status status() const;  // why it is not Valid(): OK at the end

 private:
  std::unique_ptr<rocksdb::Iterator> iterator_;
  std::string prefix_;
};

class View {
 public:
  virtual ~View();
  View(const View&) = delete;
  View& operator=(const View&) = delete;

  // Sets `*value` and returns true when the key is there. The slice is pinned in RocksDB's memory
  // and must be gone before the View.
  virtual absl::StatusOr<bool> Get(Family family, absl::string_view key,
                                   rocksdb::PinnableSlice* value) const = 0;
  // Many keys of one family, in ascending order. `values` and `found` get keys.size() entries.
  virtual absl::Status MultiGet(Family family, absl::Span<const std::string> keys,
                                std::vector<rocksdb::PinnableSlice>* values,
                                std::vector<bool>* found) const = 0;
  // Keys of adjacency pages, of article → facts and trigram → entities can be walked in a Snapshot
  // alone.
  virtual Cursor Scan(Family family, absl::string_view prefix) const = 0;
  // A named counter; 0 when it was never counted.
  virtual absl::StatusOr<uint64_t> Counter(absl::string_view name) const = 0;

  // The cache, when what it holds of the family as of sequence() is what this view holds; else
  // nullptr.
  virtual ReadCache* CacheOf(Family family) const = 0;

  const Geometry& geometry() const;
  // Grows with every commit; equal numbers of two snapshots of one store mean equal contents.
  virtual uint64_t sequence() const = 0;

  // Whether the node's edges in `direction` may stand in several chunks; see adjacency.h.
  bool MayHaveSeveralChunks(Direction direction, NodeId node) const;
  // Whether facts of the block may stand outside it; see facts.h.
  bool MayHaveLooseFacts(uint64_t block) const;
  // What was read of them so far.
  Vocabularies& vocabularies() const;

 protected:
  explicit View(StoreImpl* store);
  StoreImpl* const store_;
};

class Snapshot final : public View {
 public:
  ~Snapshot() override;

  absl::StatusOr<bool> Get(Family family, absl::string_view key,
                           rocksdb::PinnableSlice* value) const override;
  absl::Status MultiGet(Family family, absl::Span<const std::string> keys,
                        std::vector<rocksdb::PinnableSlice>* values,
                        std::vector<bool>* found) const override;
  Cursor Scan(Family family, absl::string_view prefix) const override;
  absl::StatusOr<uint64_t> Counter(absl::string_view name) const override;
  uint64_t sequence() const override;
  ReadCache* CacheOf(Family family) const override;

 private:
  friend class Store;
  friend class TableLoad;
  explicit Snapshot(StoreImpl* store);

  const rocksdb::Snapshot* snapshot_;
};

// The value of a counter's key; 0 when it was not found.
absl::StatusOr<uint64_t> DecodeCounter(bool found, absl::string_view bytes);

// Counters that storage keeps itself; the engine may add others.
inline constexpr absl::string_view kEntityCount = "entities";
inline constexpr absl::string_view kArticleCount = "articles";
inline constexpr absl::string_view kFactCount = "facts";
inline constexpr absl::string_view kEvidenceCount = "evidence";
inline constexpr absl::string_view kNextEntity = "next_entity";    // offset from 0
inline constexpr absl::string_view kNextArticle = "next_article";  // offset from kFirstArticle
inline constexpr absl::string_view kNextFact = "next_fact";

}  // namespace entente::storage
