// Every key of the database, once: which column family it lives in, its fields, its encoding.
//
// All numbers in keys are big-endian, so that byte order is number order. Text in keys is escaped
// (0x00 becomes 0x00 0xff) and ends with 0x00 0x01, so that order and prefixes hold whatever it
// contains. FORMAT.md shows each key with its bytes.
//
//   family      key                                               value
//   ----------  ------------------------------------------------  -------------------------------
//   default     'f'                                               format record
//   (catalogue) 'c' name                                          counter, u64
//               'r' relation be32                                 RelationType (FlatBuffers)
//               'l' label be32                                    Label (FlatBuffers)
//               'p' property be32                                 PropertyName (FlatBuffers)
//               'i' index be32                                    PropertyIndex (FlatBuffers)
//               's' name                                          setting, bytes of the engine
//               'h' direction u8 | node be64 | chunk be32         chunk summary (several chunks)
//               'm' merged node be64                              record of a merge (merges.h)
//               'u' fact be64 | merge number be64                 a fact before a merge (merges.h)
//   dictionary  external key, as it is                            node be64, of each bearer
//   entities    node be64                                         record (nodes.h)
//   articles    'a' article be64                                  loose record, over its block's
//               'b' block be64                                    block of articles
//               'v' property be32 | number be32                   vocabulary (vocabulary.h)
//   names       normalised name, escaped | node be64              name kind u8 | language
//   indexes     'l' label be32 | node be64                        empty, or 1: lost (label_index.h)
//               'r' label be32 | last article be64                range of articles
//               'p' index be32 | value | node be64                empty
//   adjacency   direction u8 | node be64 | chunk be32             page and pending rows
//   facts       'b' block be64                                    sealed block of facts
//               'f' fact be64                                     loose fact, over its block's
//               'e' fact be64 | page be32                         overflowing evidence
//   provenance  'f' article be64                                  changes of a list of facts
//               'b' block be64                                    lists of facts of articles
//               'p' publisher be64 | article be64                 empty, or 1: no longer
//               'q' publisher be64 | last article be64            list (publisher_articles.h)
//               'o' original be64 | copy be64                     empty
//               'a' awaited article key, escaped | copy be64      empty
//               't' trigram of names be32                         list of entities
//               'm' node be64 | node merged into it be64          empty
//               'k' key, escaped | merged node that had it be64   empty
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "storage/ids.h"

namespace entente::storage {

// The column families, in the order in which they are opened.
enum class Family : uint8_t {
  kCatalogue,
  kDictionary,
  kEntities,
  kArticles,
  kNames,
  kIndexes,
  kAdjacency,
  kFacts,
  kProvenance,
};
inline constexpr int kFamilyCount = 9;

// The name RocksDB knows the family by; "default" holds the catalogue.
absl::string_view FamilyName(Family family);

// The first byte of the keys of families that hold several kinds of key.
enum class CatalogueKey : char {
  kFormat = 'f',
  kCounter = 'c',
  kRelationType = 'r',
  kLabel = 'l',
  kPropertyName = 'p',
  kPropertyIndex = 'i',
  kSetting = 's',
  kChunkSummary = 'h',
  kMerge = 'm',
  kFactBefore = 'u',
};
enum class IndexKey : char { kLabel = 'l', kProperty = 'p', kLabelRange = 'r' };
enum class ArticleKey : char { kLoose = 'a', kBlock = 'b', kVocabulary = 'v' };
enum class FactKey : char { kBlock = 'b', kLoose = 'f', kEvidence = 'e' };
enum class ProvenanceKey : char {
  kArticleFacts = 'f',
  kBlockFacts = 'b',
  kPublisherArticles = 'p',
  kPublisherList = 'q',
  kOriginalCopies = 'o',
  kAwaitedOriginal = 'a',
  kTrigramEntities = 't',
  kMergedInto = 'm',
  kMergedKey = 'k',
};

// Builds a key field by field: KeyWriter(FactKey::kLoose).U64(fact).bytes(). Keys of numbers fit
// the small-string buffer or one allocation.
class KeyWriter {
 public:
  KeyWriter() = default;
  template <typename Kind>
  explicit KeyWriter(Kind kind) {
    bytes_.push_back(static_cast<char>(kind));
  }

  KeyWriter& U8(uint8_t v);
  KeyWriter& U32(uint32_t v);
  KeyWriter& U64(uint64_t v);
  KeyWriter& Raw(absl::string_view v);      // to the end of the key
  KeyWriter& Escaped(absl::string_view v);  // other fields may follow
  // Escaped without its end: a prefix of all escaped texts that begin with `v`.
  KeyWriter& EscapedPrefix(absl::string_view v);

  const std::string& bytes() const { return bytes_; }
  operator absl::string_view() const { return bytes_; }

 private:
  std::string bytes_;
};

// Takes a key apart. Every read returns false when the bytes are not there or not well formed,
// and the reader is then spent.
class KeyReader {
 public:
  explicit KeyReader(absl::string_view bytes) : rest_(bytes) {}

  bool U8(uint8_t* v);
  bool U32(uint32_t* v);
  bool U64(uint64_t* v);
  bool Escaped(std::string* v);
  absl::string_view rest() const { return rest_; }
  bool done() const { return rest_.empty(); }

 private:
  absl::string_view rest_;
};

// The keys that more than one file builds.
std::string AdjacencyKey(Direction direction, NodeId node, uint32_t chunk);
std::string NodeKey(NodeId node);

}  // namespace entente::storage
