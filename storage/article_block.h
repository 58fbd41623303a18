// Blocks of articles: consecutive ids whose records stand together in columns, written by bulk
// loads and never changed. What a transaction writes of an article stands beside its block
// (articles.h).
//
//   kind           u8, 1
//   articles       varint
//   labels         count varint, then each: id varint; all articles of a block have them
//   columns        varint, of properties
//   unit           u8, of the instants: 0 microseconds, then milli-, seconds, minutes, hours, days
//   slope          zigzag varint, of the instants by slots (id − first id of the block), trend.h
//   headers        of gap (slot − row)°, publisher*, published*+, original*°; published is counted
//                  in units, less its trend
//   packed         of the same
//   properties     column by column, by rising id
//
// A column of properties holds what the articles of the block have under one id, none or more:
//
//   id             varint
//   kind           u8
//   then of kind
//     0  bytes     headers, packed of form°, size*; then the bytes of all
//     1  numbers   form u8, size of a prefix varint, prefix; guide u8, unless that is 0 the
//                  slope of the numbers by it zigzag varint; header, packed of number (less its
//                  trend)*+ (the bytes are the prefix and the number in decimal; guides are 1 the
//                  slot, 2 the id of the publisher, 3 of the original, 0 when there is none)
//     2  the same  with number*+°
//     3  few       n varint, then n times: size · 4 + form varint, bytes; header, packed of which*
//     4  words     number of a vocabulary varint; headers, packed of form°, bits*;
//                  then the codes of all (vocabulary.h), the last byte filled up
//     5  instants  form u8; header, packed of style*: the text is the instant at which the article
//                  was published, 0 as "2024-06-18", 1 as "2024-06-18T14:13:20Z"
//     6  words     the same as 4, but the bytes 1 and 2 in a text stand for the day on which the
//                  article was published, "2024/06/18" and "2024-06-18" (published_text.h)
//
// * has a none code, + is scaled, ° may be sparse (column.h): usually gap 0, none, form 1. None in
// a column of properties stands for an article without this one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/column.h"
#include "storage/ids.h"
#include "storage/nodes.h"
#include "storage/properties.h"
#include "storage/trend.h"
#include "storage/vocabulary.h"

namespace entente::storage {

// What one block may hold, whatever the geometry.
inline constexpr uint64_t kMaxBlockArticles = 1024;

// By property.
using TextEncoders = absl::flat_hash_map<PropertyId, std::unique_ptr<TextEncoder>>;
// The vocabulary of this number for a property.
using FindVocabulary =
    absl::FunctionRef<absl::StatusOr<const Vocabulary*>(PropertyId property, uint32_t number)>;

// Articles with more bytes of properties stand loose.
inline constexpr size_t kMostPropertyBytes = 4096;

// Gathers articles of one block.
class ArticleBlockBuilder {
 public:
  explicit ArticleBlockBuilder(NodeId first) : first_(first) {}

  // By rising id. False when the record has to stand by itself: it has names, other labels than
  // those before, or so many bytes of properties that reading its neighbours would suffer.
  bool Add(NodeId article, const NodeRecord& record);
  bool empty() const { return rows_.empty(); }
  NodeId first() const { return first_; }
  // The block; the builder goes on with the block that begins with `next`. Properties without an
  // encoder stand as they are.
  std::string Finish(NodeId next, const TextEncoders& encoders);

 private:
  struct Row {
    NodeId article;
    ArticleRow row;
    std::string properties;
  };

  NodeId first_;
  std::vector<LabelId> labels_;
  std::vector<Row> rows_;
};

// A view of a block's bytes, which must outlive it.
class ArticleBlock {
 public:
  // DataLoss when the bytes are not a block.
  static absl::StatusOr<ArticleBlock> Parse(NodeId first, absl::string_view bytes);

  size_t size() const { return ids_.size(); }
  NodeId id(size_t i) const { return ids_[i]; }
  std::optional<size_t> Find(NodeId article) const;
  ArticleRow row(size_t i) const;
  // DataLoss when its properties are broken. Asks for each vocabulary once.
  absl::StatusOr<NodeRecord> Read(size_t i, FindVocabulary find_vocabulary);

 private:
  struct Properties {
    PropertyId id;
    uint8_t kind;
    Column number;               // or size, which, bits
    Column form;                 // of bytes, words
    std::vector<uint32_t> ends;  // of bytes, of bits
    absl::string_view bytes;     // or the prefix, the codes
    uint32_t vocabulary_number = 0;
    const Vocabulary* vocabulary = nullptr;  // once it was asked for
    uint8_t prefix_form = 0;
    std::vector<PackedProperty> few;
    uint8_t guide = 0;  // of numbers
    Trend trend;
  };

  bool ParseAll(NodeId first, ByteReader* bytes);
  bool ParseProperties(ByteReader* bytes, Properties* properties) const;
  bool ParseBytes(ByteReader* bytes, Properties* properties) const;
  static bool ParseFew(ByteReader* bytes, Properties* properties);
  static bool ParseGuide(ByteReader* bytes, Properties* properties);
  uint64_t Slot(size_t i) const { return ids_[i] - first_; }

  NodeId first_ = 0;
  std::vector<NodeId> ids_;
  std::vector<LabelId> labels_;
  Column publisher_;
  Column published_;  // in units, less its trend
  int64_t unit_ = 1;
  Trend published_by_slot_;
  Column original_;
  std::vector<Properties> properties_;
};

}  // namespace entente::storage
