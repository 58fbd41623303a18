#include "storage/segment_reader.h"

#include "storage/adjacency_page.h"
#include "storage/keys.h"
#include "storage/status_macros.h"

namespace entente::storage {
namespace {

std::string DirectionPrefix(Direction direction) {
  return KeyWriter().U8(static_cast<uint8_t>(direction)).bytes();
}

// The node of an adjacency key.
absl::StatusOr<NodeId> NodeOf(absl::string_view key) {
  KeyReader reader(key);
  uint8_t direction;
  NodeId node;
  uint32_t chunk;
  if (!reader.U8(&direction) || !reader.U64(&node) || !reader.U32(&chunk) || !reader.done()) {
    return absl::DataLossError("broken adjacency key");
  }
  return node;
}

SegmentRange RangeOf(NodeId first, uint64_t nodes) {
  return {first / kSegmentNodes, (first + nodes + kSegmentNodes - 1) / kSegmentNodes};
}

}  // namespace

absl::StatusOr<std::vector<SegmentRange>> SegmentsWithEdges(const View& view, Direction direction) {
  ASSIGN_OR_RETURN(const uint64_t entities, view.Counter(kNextEntity));
  ASSIGN_OR_RETURN(const uint64_t articles, view.Counter(kNextArticle));
  std::vector<SegmentRange> ranges = {RangeOf(0, entities)};
  if (articles == 0) return ranges;
  // Articles are many and seldom have edges.
  Cursor cursor = view.Scan(Family::kAdjacency, DirectionPrefix(direction));
  cursor.Seek(NodeKey(kFirstArticle));
  RETURN_IF_ERROR(cursor.status());
  if (cursor.Valid()) ranges.push_back(RangeOf(kFirstArticle, articles));
  return ranges;
}

SegmentReader::SegmentReader(const View& view, Direction direction, uint32_t columns)
    : view_(view),
      direction_(direction),
      columns_(columns | kFlagsColumn),
      reads_(view, Family::kAdjacency) {}

absl::StatusOr<const DecodedPage*> SegmentReader::Load(uint64_t segment) {
  own_.reset();
  reads_.Begin();
  const CacheKey key = CacheKey::Segment(direction_, segment);
  const DecodedPage* found = reads_.Find<DecodedPage>(key);
  if (found != nullptr && found->Has(columns_)) return found;
  ASSIGN_OR_RETURN(std::unique_ptr<DecodedPage> read,
                   Read(segment, columns_ | (found == nullptr ? 0 : found->columns())));
  return reads_.Keep(key, ReadCache::Worth::kOnSecondOffer, std::move(read), &own_);
}

absl::StatusOr<std::unique_ptr<DecodedPage>> SegmentReader::Read(uint64_t segment,
                                                                 uint32_t columns) {
  const NodeId first = segment * kSegmentNodes;
  if (!cursor_.has_value()) {
    cursor_.emplace(view_.Scan(Family::kAdjacency, DirectionPrefix(direction_)));
  }
  if (next_ != segment) cursor_->Seek(NodeKey(first));
  next_ = segment + 1;
  edges_.Clear();
  near_.clear();
  for (; cursor_->Valid(); cursor_->Next()) {
    ASSIGN_OR_RETURN(const NodeId node, NodeOf(cursor_->key()));
    if (node >= first + kSegmentNodes) break;
    ASSIGN_OR_RETURN(const PageValue page, PageValue::Parse(cursor_->value()));
    page.Read(RelationFilter(), columns | kRelationColumn, &edges_);
    near_.resize(edges_.size, static_cast<uint8_t>(node - first));
  }
  RETURN_IF_ERROR(cursor_->status());
  return DecodedPage::MakeSegment(edges_, near_, columns & ~kRelationColumn);
}

}  // namespace entente::storage
