// Merges of entities, as long as they can be undone: what the merged entity, the one it went into
// and every fact that changed thereby were before, and the keys by which the merged one was known.
// A merge is told by the id of the node that went away, which nothing else gets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/facts.h"
#include "storage/ids.h"
#include "storage/nodes.h"
#include "storage/view.h"

namespace entente::storage {

class Transaction;

struct MergeRecord {
  NodeId into = kNoId;
  uint64_t number = 0;  // a later merge has a greater one
  NodeRecord into_before;
  NodeRecord merged_before;
  std::vector<NodeId> articles;  // that the merged one had published
  std::vector<FactId> facts;     // that changed, ascending; each has a FactBefore
  friend bool operator==(const MergeRecord&, const MergeRecord&) = default;
};

// A fact as it was before a merge.
struct FactBefore {
  NodeId merged = kNoId;    // whose merge it was
  FactId survivor = kNoId;  // the fact itself, or the one that it was united with
  FactRecord record;
  friend bool operator==(const FactBefore&, const FactBefore&) = default;
};

// The bytes of both. Decoding is DataLoss when they are not one.
//
//   merge        into, number varint; articles and facts, each: count varint, then differences
//                from the one before as varints; length of into_before varint, into_before,
//                merged_before to the end (nodes.h)
//   fact before  merged, survivor varint; then a block of one fact with all its evidence
//                (fact_block.h)
std::string EncodeMerge(const MergeRecord& record);
absl::StatusOr<MergeRecord> DecodeMerge(absl::string_view bytes);
std::string EncodeFactBefore(FactId fact, const FactBefore& before);
absl::StatusOr<FactBefore> DecodeFactBefore(FactId fact, absl::string_view bytes);

// nullopt when the node was not merged, or that is undone.
absl::StatusOr<std::optional<MergeRecord>> ReadMerge(const View& view, NodeId merged);
// Those that went into the entity itself, ascending.
absl::StatusOr<std::vector<NodeId>> MergedInto(const View& view, NodeId into);
// A merged entity that had this key, kNoId without.
absl::StatusOr<NodeId> FindMergedKey(const View& view, absl::string_view key);

absl::Status PutMerge(Transaction& transaction, NodeId merged, const MergeRecord& record);
// Takes its FactBefore along.
absl::Status EraseMerge(Transaction& transaction, NodeId merged, const MergeRecord& record);
void PutMergedKey(Transaction& transaction, absl::string_view key, NodeId merged);
void EraseMergedKey(Transaction& transaction, absl::string_view key, NodeId merged);
void PutFactBefore(Transaction& transaction, FactId fact, uint64_t number,
                   const FactBefore& before);
// DataLoss when there is none.
absl::StatusOr<FactBefore> ReadFactBefore(const View& view, FactId fact, uint64_t number);
// A merge behind `number` that changed the fact too, kNoId without.
absl::StatusOr<NodeId> LaterMergeOf(const View& view, FactId fact, uint64_t number);

// Merges that can be undone, and the number that the next one gets.
inline constexpr absl::string_view kMergeCount = "merges";
inline constexpr absl::string_view kNextMerge = "next_merge";

}  // namespace entente::storage
