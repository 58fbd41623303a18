// Transaction: the one writer. It sees its own writes; nothing reaches the disk before Commit,
// which writes everything in one atomic batch. Dropping it without Commit undoes everything.
//
// Used by one thread at a time, which need not be the one that began it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "storage/view.h"

namespace entente::storage {

class TableLoad;

class Transaction final : public View {
 public:
  ~Transaction() override;

  absl::StatusOr<bool> Get(Family family, absl::string_view key,
                           rocksdb::PinnableSlice* value) const override;
  absl::Status MultiGet(Family family, absl::Span<const std::string> keys,
                        std::vector<rocksdb::PinnableSlice>* values,
                        std::vector<bool>* found) const override;
  Cursor Scan(Family family, absl::string_view prefix) const override;
  absl::StatusOr<uint64_t> Counter(absl::string_view name) const override;
  uint64_t sequence() const override;
  ReadCache* CacheOf(Family family) const override;

  void Put(Family family, absl::string_view key, absl::string_view value);
  void Delete(Family family, absl::string_view key);
  // Adds rows to the end of a value that its family's merge operator folds: adjacency pages,
  // article → facts and trigram → entities. `net` is by how many rows the value grows; Growth tells
  // the sum. Such a key is never Put or Deleted.
  void Append(Family family, absl::string_view key, absl::string_view rows, int net);
  int64_t Growth(Family family, absl::string_view key) const;

  // Fresh ids; those of a transaction that is rolled back are given again.
  absl::StatusOr<NodeId> NewEntity();
  absl::StatusOr<NodeId> NewArticle();
  absl::StatusOr<FactId> NewFact();
  // So many consecutive ids at once; the first one. Those of facts begin with a block of facts,
  // those of NewArticlesOfBlocks with a block of articles.
  absl::StatusOr<NodeId> NewEntities(uint64_t count);
  absl::StatusOr<NodeId> NewArticles(uint64_t count);
  absl::StatusOr<NodeId> NewArticlesOfBlocks(uint64_t count);
  absl::StatusOr<FactId> NewFacts(uint64_t count);
  // Adds to a named counter, which must not fall below 0.
  absl::Status Count(absl::string_view name, int64_t change);

  // Savepoints nest: RollbackToSavepoint undoes what came after the newest one and removes it,
  // ReleaseSavepoint only removes it.
  void SetSavepoint();
  void RollbackToSavepoint();
  void ReleaseSavepoint();

  bool has_writes() const;
  // Ends the transaction. With `sync` it is on the disk when Commit returns. On an error nothing
  // was written.
  absl::Status Commit(bool sync = true);
  // The same with the table files of a load, all of whose streams are finished. What the
  // transaction wrote itself counts as written after them. Files are always on the disk when it
  // returns; `sync` is about a load without any.
  absl::Status Commit(TableLoad& load, bool sync = true);
  // Ends the transaction and undoes everything. Destruction does the same.
  void Rollback();

  // About how much memory the writes take. What is undone counts on.
  uint64_t bytes() const;

  // Used by adjacency.h: from now on the node may have several chunks in `direction`.
  void NoteSeveralChunks(Direction direction, NodeId node);
  // Used by adjacency.h: edges of the page before this transaction, if the store remembers, and a
  // way to tell it. Saves a read of the page for each insertion.
  bool CommittedEdges(absl::string_view page_key, uint32_t* edges) const;
  void RememberEdges(absl::string_view page_key, uint32_t edges);
  // Used by facts.h: the fact will be loose when this is committed.
  void NoteLooseFact(FactId fact);

 private:
  friend class Store;
  friend class TableLoad;
  explicit Transaction(StoreImpl* store);
  absl::StatusOr<uint64_t> Next(absl::string_view counter, uint64_t count);
  // The same from a multiple of `block` on.
  absl::StatusOr<uint64_t> NextOfBlocks(absl::string_view counter, uint64_t block, uint64_t count);
  void NoteChange(Family family, absl::string_view key);
  // Writes what there is and starts afresh, still the writer.
  absl::Status Write(bool sync);
  absl::Status WriteTables(TableLoad& load);
  // Writes of one family, in the order of keys, to a table file.
  absl::Status WriteTable(Family family, TableLoad& load);
  void PutCounters();
  enum class SealScope { kFullBlocks, kAll };
  absl::Status SealLooseFacts(SealScope scope);

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace entente::storage
