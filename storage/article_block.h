// Blocks of articles: consecutive ids whose records stand together in columns, written by bulk
// loads and never changed. What a transaction writes of an article stands beside its block
// (articles.h).
//
//   kind           u8, 1
//   articles       varint
//   labels         count varint, then each: id varint; all articles of a block have them
//   columns        varint, of properties
//   headers        of slot (id − first id of the block − row)°, publisher*, published*+, original*°
//   packed         of the same
//   properties     column by column, by rising id
//
// A column of properties holds what the articles of the block have under one id, none or more:
//
//   id             varint
//   kind           u8
//   then of kind
//     0  bytes     headers, packed of form°, size*; then the bytes of all
//     1  numbers   form u8, size of a prefix varint, prefix; header, packed of number*+
//                  (the bytes are the prefix and the number in decimal)
//     2  the same  with number*+°
//     3  few       n varint, then n times: size · 4 + form varint, bytes; header, packed of which*
//
// * has a none code, + is scaled, ° may be sparse (column.h): usually slot 0, none, form 1. None in
// a column of properties stands for an article without this one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/column.h"
#include "storage/ids.h"
#include "storage/nodes.h"
#include "storage/properties.h"

namespace entente::storage {

// What one block may hold, whatever the geometry.
inline constexpr uint64_t kMaxBlockArticles = 1024;

// Gathers articles of one block.
class ArticleBlockBuilder {
 public:
  explicit ArticleBlockBuilder(NodeId first) : first_(first) {}

  // By rising id. False when the record has to stand by itself: it has names, other labels than
  // those before, or so many bytes of properties that reading its neighbours would suffer.
  bool Add(NodeId article, const NodeRecord& record);
  bool empty() const { return rows_.empty(); }
  NodeId first() const { return first_; }
  // The block; the builder goes on with the block that begins with `next`.
  std::string Finish(NodeId next);

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
  // DataLoss when its properties are broken.
  absl::StatusOr<NodeRecord> Read(size_t i) const;

 private:
  struct Properties {
    PropertyId id;
    uint8_t kind;
    Column number;               // or size, or which
    Column form;                 // of bytes
    std::vector<uint32_t> ends;  // of bytes
    absl::string_view bytes;     // or the prefix
    uint8_t prefix_form = 0;
    std::vector<PackedProperty> few;
  };

  bool ParseAll(NodeId first, ByteReader* bytes);
  bool ParseProperties(ByteReader* bytes, Properties* properties) const;
  bool ParseBytes(ByteReader* bytes, Properties* properties) const;
  static bool ParseFew(ByteReader* bytes, Properties* properties);

  std::vector<NodeId> ids_;
  std::vector<LabelId> labels_;
  Column publisher_;
  Column published_;
  Column original_;
  std::vector<Properties> properties_;
};

}  // namespace entente::storage
