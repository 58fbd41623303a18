// TextTable: every different text of a load once, under a small number, so that the rows that a
// load gathers are of fixed size and a text is resolved once however often it is named.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/numbered_texts.h"
#include "storage/large_vector.h"

namespace entente {

class TextTable;

// Where a text is kept, its bytes behind it.
struct TextEntry {
  uint32_t hash;
  uint32_t index;
  uint32_t size;

  absl::string_view text() const {
    return absl::string_view(reinterpret_cast<const char*>(this + 1), size);
  }
};

// Texts that are entered together: that way the table is locked less often, and the memory it looks
// into is on its way before it is needed.
class TextBatch {
 public:
  // `table` must outlive the batch.
  explicit TextBatch(TextTable& table);
  // The text is copied; `*id` is set when the batch is entered, or at once when it is known.
  void Add(absl::string_view text, TextId* id);

 private:
  friend class TextTable;
  struct Item {
    uint64_t hash;
    size_t offset;
    size_t size;
    TextId* id;
  };
  // What was entered lately, by hash. The same texts come again and again, and nobody else has
  // these.
  struct Known {
    const TextEntry* entry = nullptr;
    TextId id = kNoText;
    uint32_t hash = 0;
  };
  static constexpr size_t kKnown = size_t{1} << 12;
  Known& KnownOf(uint64_t hash) { return known_[(hash >> 8) & (kKnown - 1)]; }

  TextTable& table_;
  std::string bytes_;
  std::vector<Item> items_;
  std::vector<const Item*> by_shard_;
  std::vector<Known> known_;
};

class TextTable {
 public:
  TextTable() = default;
  TextTable(const TextTable&) = delete;
  TextTable& operator=(const TextTable&) = delete;

  // The number of a text, kNoText of "". From any thread. Which number a text gets is a matter of
  // chance when several threads enter texts.
  TextId Enter(absl::string_view text);
  // Gives the texts of a batch their numbers and empties it.
  void Enter(TextBatch* batch);
  // No text is entered any more: gives back the memory that only entering needs.
  void Close();
  // "" of kNoText. While no thread enters texts.
  absl::string_view Text(TextId text) const;
  // Above every number given so far; arrays of this size can be indexed by them.
  size_t limit() const;

 private:
  friend class TextBatch;
  static constexpr uint32_t kShardBits = 5;
  static constexpr uint32_t kShards = 1 << kShardBits;

  // Where all shards get memory for their texts, which stays until the table goes.
  class Memory {
   public:
    char* Take(size_t bytes);

   private:
    std::mutex mutex_;
    std::vector<std::unique_ptr<char[]>> blocks_;
    size_t left_ = 0;  // at the end of the last one
  };

  // Texts whose hashes end alike, in an open table. A slot is the address of an entry, with the
  // first bits of its hash in those bits that no address needs, so that other texts are told apart
  // without a look at them. The mutex is the standard library's because Abseil's looks for
  // deadlocks in Debian's build, which takes longer than the work under it.
  struct alignas(64) Shard {
    mutable std::mutex mutex;
    storage::LargeVector<uint64_t> slots;
    storage::LargeVector<const TextEntry*> entries;
    size_t memory_left = 0;
    char* memory = nullptr;

    size_t Probe(uint32_t hash, absl::string_view text) const;
    // Makes room for so many more.
    void Reserve(size_t texts);
    const TextEntry* Enter(uint32_t hash, absl::string_view text, Memory* more);
    const TextEntry* Keep(uint32_t hash, absl::string_view text, Memory* more);
  };

  NumberedTexts numbered_;
  Memory memory_;
  std::array<Shard, kShards> shards_;
};

}  // namespace entente
