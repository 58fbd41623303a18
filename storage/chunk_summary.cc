#include "storage/chunk_summary.h"

#include <algorithm>

#include "storage/bytes.h"
#include "storage/check.h"
#include "storage/facts.h"
#include "storage/keys.h"

namespace entente::storage {
namespace {

constexpr char kSummaryKind = '\x01';

auto Position(const std::vector<RelationSummary>& relations, RelationId relation) {
  return std::lower_bound(
      relations.begin(), relations.end(), relation,
      [](const RelationSummary& summary, RelationId wanted) { return summary.relation < wanted; });
}

}  // namespace

void ChunkSummary::Add(const EdgeRow& row) {
  auto at = Position(relations, row.relation);
  if (at == relations.end() || at->relation != row.relation) {
    at = relations.insert(at, RelationSummary{.relation = row.relation});
  }
  RelationSummary& summary = relations[at - relations.begin()];
  ++edges;
  ++summary.edges;
  if (row.flags & kVisible) ++summary.visible;
  summary.least_other = std::min(summary.least_other, row.other);
  summary.greatest_other = std::max(summary.greatest_other, row.other);
  least_day = std::min(least_day, row.valid_from);
  greatest_day = std::max(greatest_day, row.valid_to);
}

void ChunkSummary::Remove(const EdgeRow& row) {
  const auto at = Position(relations, row.relation);
  if (at == relations.end() || at->relation != row.relation || at->edges == 0 || edges == 0) return;
  RelationSummary& summary = relations[at - relations.begin()];
  --edges;
  --summary.edges;
  if ((row.flags & kVisible) && summary.visible > 0) --summary.visible;
  if (summary.edges == 0) relations.erase(at);
}

const RelationSummary* ChunkSummary::Find(RelationId relation) const {
  const auto at = Position(relations, relation);
  return at == relations.end() || at->relation != relation ? nullptr : &*at;
}

bool ChunkSummary::MayReach(NodeId other, const RelationFilter& filter) const {
  return std::any_of(relations.begin(), relations.end(), [&](const RelationSummary& summary) {
    return filter.Admits(summary.relation) && summary.least_other <= other &&
           other <= summary.greatest_other;
  });
}

bool ChunkSummary::HasAny(const RelationFilter& filter) const {
  return std::any_of(relations.begin(), relations.end(), [&](const RelationSummary& summary) {
    return filter.Admits(summary.relation);
  });
}

bool ChunkSummary::Covers(const ChunkSummary& exact) const {
  if (edges != exact.edges || relations.size() != exact.relations.size()) return false;
  if (edges > 0 && (least_day > exact.least_day || greatest_day < exact.greatest_day)) return false;
  for (size_t i = 0; i < relations.size(); ++i) {
    const RelationSummary& mine = relations[i];
    const RelationSummary& other = exact.relations[i];
    if (mine.relation != other.relation || mine.edges != other.edges ||
        mine.visible != other.visible || mine.least_other > other.least_other ||
        mine.greatest_other < other.greatest_other) {
      return false;
    }
  }
  return true;
}

std::string EncodeSummary(const ChunkSummary& summary) {
  std::string bytes(1, kSummaryKind);
  AppendVarint(summary.edges, &bytes);
  AppendVarint(ZigZag(summary.least_day), &bytes);
  AppendVarint(ZigZag(summary.greatest_day), &bytes);
  AppendVarint(summary.relations.size(), &bytes);
  RelationId before = 0;
  for (const RelationSummary& relation : summary.relations) {
    AppendVarint(relation.relation - before, &bytes);
    AppendVarint(relation.edges, &bytes);
    AppendVarint(relation.visible, &bytes);
    AppendVarint(relation.least_other, &bytes);
    AppendVarint(relation.greatest_other - relation.least_other, &bytes);
    before = relation.relation;
  }
  return bytes;
}

absl::StatusOr<ChunkSummary> DecodeSummary(absl::string_view value) {
  const absl::Status broken = absl::DataLossError("broken chunk summary");
  ByteReader bytes(value);
  ChunkSummary summary;
  uint8_t kind;
  int64_t least_day;
  int64_t greatest_day;
  uint64_t relations;
  if (!bytes.Fixed(&kind) || kind != kSummaryKind) return broken;
  if (!bytes.Varint(&summary.edges) || !bytes.Signed(&least_day) || !bytes.Signed(&greatest_day) ||
      !bytes.Varint(&relations)) {
    return broken;
  }
  summary.least_day = static_cast<int32_t>(least_day);
  summary.greatest_day = static_cast<int32_t>(greatest_day);
  uint64_t relation = 0;
  for (uint64_t i = 0; i < relations; ++i) {
    RelationSummary r;
    uint64_t step;
    uint64_t span;
    if (!bytes.Varint(&step) || !bytes.Varint(&r.edges) || !bytes.Varint(&r.visible) ||
        !bytes.Varint(&r.least_other) || !bytes.Varint(&span)) {
      return broken;
    }
    relation += step;
    if ((i > 0 && step == 0) || relation > kNoSymbol || r.visible > r.edges) return broken;
    r.relation = static_cast<RelationId>(relation);
    r.greatest_other = r.least_other + span;
    summary.relations.push_back(r);
  }
  if (!bytes.done()) return broken;
  return summary;
}

std::string SummaryPrefix(Direction direction, NodeId node) {
  return KeyWriter(CatalogueKey::kChunkSummary)
      .U8(static_cast<uint8_t>(direction))
      .U64(node)
      .bytes();
}

std::string SummaryKey(Direction direction, NodeId node, uint32_t chunk) {
  return KeyWriter(CatalogueKey::kChunkSummary)
      .U8(static_cast<uint8_t>(direction))
      .U64(node)
      .U32(chunk)
      .bytes();
}

}  // namespace entente::storage
