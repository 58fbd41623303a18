// The numbers that stand for things on disk. They are dense, never reused, and order-preserving
// when written big-endian.
#pragma once

#include <cstdint>

namespace entente::storage {

using NodeId = uint64_t;      // an entity or an article
using FactId = uint64_t;      // a fact, which openCypher sees as a relationship
using LabelId = uint32_t;     // index into the catalogue's labels
using RelationId = uint32_t;  // index into the catalogue's relation types
using PropertyId = uint32_t;  // index into the catalogue's property names
using IndexId = uint32_t;     // a property index; the one exception: a dropped one's may come again

// Entities count up from 0, articles from here, so that an id tells which column family holds its
// record and both stay dense.
inline constexpr NodeId kFirstArticle = NodeId{1} << 40;
inline constexpr bool IsArticle(NodeId id) { return id >= kFirstArticle; }

// Stands for "no node", "no fact".
inline constexpr uint64_t kNoId = ~uint64_t{0};
inline constexpr uint32_t kNoSymbol = ~uint32_t{0};

// Which end of a fact a page of adjacency belongs to: kOut pages hang on the subject.
enum class Direction : uint8_t { kOut = 0, kIn = 1 };

}  // namespace entente::storage
