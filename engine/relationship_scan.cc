#include "engine/relationship_scan.h"

#include <algorithm>
#include <utility>

#include "engine/evidence_reader.h"
#include "engine/status.h"
#include "engine/visibility.h"
#include "storage/facts.h"
#include "storage/segment_reader.h"

namespace entente {

absl::StatusOr<std::unique_ptr<ScanParts>> ScanParts::Of(const Graph& graph, Heading heading) {
  auto parts = std::make_unique<ScanParts>();
  for (const bool incoming : {false, true}) {
    if (heading == (incoming ? Heading::kOut : Heading::kIn)) continue;
    ASSIGN_OR_RETURN(const std::vector<storage::SegmentRange> ranges,
                     storage::SegmentsWithEdges(graph.view(), incoming ? storage::Direction::kIn
                                                                       : storage::Direction::kOut));
    for (const storage::SegmentRange& range : ranges) {
      parts->ranges_.push_back({incoming, range.first, range.end});
    }
  }
  return parts;
}

uint64_t ScanParts::size() const {
  uint64_t size = 0;
  for (const Range& range : ranges_) size += range.end - range.first;
  return size;
}

ScanParts::Part ScanParts::At(uint64_t number) const {
  auto range = ranges_.begin();
  for (; number >= range->end - range->first; ++range) number -= range->end - range->first;
  return {range->incoming, range->first + number};
}

// Where a scan stands: in a segment, in the edges of one relation of it, of which those that fulfil
// everything are `chosen`.
struct RelationshipScan::State {
  State(const Graph& graph, const ScanParts& parts, Heading heading, const RelationSet& types,
        const Lens& lens, uint32_t fields, const EdgeCondition& condition)
      : graph(graph),
        parts(parts),
        heading(heading),
        filter(types.any ? storage::RelationFilter() : storage::RelationFilter(types.ids)),
        lens(lens),
        judge(lens),
        articles(graph.view()),
        fields(fields),
        condition(condition),
        readers{{graph.view(), storage::Direction::kOut, Columns()},
                {graph.view(), storage::Direction::kIn, Columns()}} {}

  uint32_t Columns() const;
  // To the next relation with edges that may come out; false behind the last.
  absl::StatusOr<bool> NextSlice();
  // Fills `chosen` from the present slice.
  absl::Status Choose();
  // Decides of the slice at least what is visible.
  absl::Status JudgeSlice();
  // Fills `chosen` with those of the slice's edges that fulfil the condition, which had better not
  // branch: of edges in a row one fulfils it and the next does not.
  template <typename Condition>
  void ChooseWhere(const Condition& condition) {
    chosen.resize(slice->end - slice->begin);
    size_t count = 0;
    for (uint32_t i = slice->begin; i < slice->end; ++i) {
      chosen[count] = i;
      count += condition(i) ? 1 : 0;
    }
    chosen.resize(count);
  }
  // Keeps of `chosen` what fulfils the condition.
  template <typename Condition>
  void Narrow(const Condition& condition) {
    size_t count = 0;
    for (const uint32_t i : chosen) {
      chosen[count] = i;
      count += condition(i) ? 1 : 0;
    }
    chosen.resize(count);
  }
  void Give(size_t count, std::vector<NodeId>* near, Edges* out);

  const Graph& graph;
  const ScanParts& parts;
  const Heading heading;
  const storage::RelationFilter filter;
  const Lens& lens;
  const InlineJudge judge;
  EvidenceReader articles;
  const uint32_t fields;
  const EdgeCondition condition;
  storage::SegmentReader readers[2];

  uint64_t next_part = 0;
  uint64_t end_part = 0;
  ScanParts::Part part;
  const storage::DecodedPage* segment = nullptr;
  storage::DecodedPage::Position position;
  storage::EdgeSpan edges;  // of the segment
  const storage::RelationSlice* slice = nullptr;
  uint32_t judged_from = 0;
  std::vector<uint8_t> visible;  // for each edge from there on that has been judged
  std::vector<uint32_t> chosen;  // of the slice's edges, those to give out
  size_t next = 0;               // of `chosen`
};

uint32_t RelationshipScan::State::Columns() const {
  const std::pair<uint32_t, uint32_t> needed[] = {
      {kFactField, storage::kFactColumn},
      {kValidFromField, storage::kValidFromColumn},
      {kValidToField, storage::kValidToColumn},
      {kFirstReportedField, storage::kFirstReportedColumn},
      {kConfidenceField, storage::kConfidenceColumn},
  };
  uint32_t columns = storage::kOtherColumn | storage::kFlagsColumn | judge.columns();
  for (const auto& [field, column] : needed) {
    if (fields & field) columns |= column;
  }
  if (condition.LooksAtDays()) columns |= storage::kValidFromColumn;
  return columns;
}

absl::StatusOr<bool> RelationshipScan::State::NextSlice() {
  while (true) {
    if (segment != nullptr) {
      slice = segment->Next(filter, &position);
      if (slice != nullptr) return true;
    }
    segment = nullptr;
    if (next_part == end_part) return false;
    part = parts.At(next_part++);
    ASSIGN_OR_RETURN(segment, readers[part.incoming ? 1 : 0].Load(part.segment));
    edges = segment->edges();
    position = {};
    visible.clear();
  }
}

absl::Status RelationshipScan::State::Choose() {
  chosen.clear();
  next = 0;
  const bool as_default = judge.SeesAsDefault();
  if (as_default && slice->visible == 0) return absl::OkStatus();
  // The flags say nearly everything, and say no most often.
  const uint8_t needed = static_cast<uint8_t>((as_default ? storage::kVisible : 0) |
                                              (condition.contested ? storage::kContested : 0));
  if (!condition.LooksAtDays()) {
    ChooseWhere([&](uint32_t i) { return (edges.flags[i] & needed) == needed; });
  } else {
    ChooseWhere([&](uint32_t i) {
      const int32_t day = edges.valid_from[i];
      const bool fits = ((day >= condition.least_valid_from) & (day <= condition.most_valid_from)) |
                        (day == storage::kOpenStart) |
                        ((edges.flags[i] & storage::kInexactFrom) != 0);
      return fits & ((edges.flags[i] & needed) == needed);
    });
  }
  if (heading == Heading::kEither && part.incoming) {
    const NodeId first = part.segment * storage::kSegmentNodes;
    Narrow([&](uint32_t i) { return edges.other[i] != first + edges.near[i]; });
  }
  if (!as_default && !chosen.empty()) {
    RETURN_IF_ERROR(JudgeSlice());
    Narrow([this](uint32_t i) { return visible[i - judged_from] != 0; });
  }
  return absl::OkStatus();
}

absl::Status RelationshipScan::State::JudgeSlice() {
  if (judged_from <= slice->begin && slice->end <= judged_from + visible.size()) {
    return absl::OkStatus();
  }
  // Facts of all types lie mingled in blocks, which are read once if all are judged at once.
  const bool all = filter.any();
  judged_from = all ? 0 : slice->begin;
  return JudgeEdges(graph.view(), articles, lens, judge,
                    edges.Part(judged_from, all ? edges.size : slice->end), &visible);
}

void RelationshipScan::State::Give(size_t count, std::vector<NodeId>* near, Edges* out) {
  const auto give = [&](const auto* from, auto* to) {
    const size_t before = to->size();
    to->resize(before + count);
    for (size_t i = 0; i < count; ++i) (*to)[before + i] = from[chosen[next + i]];
  };
  const NodeId first = part.segment * storage::kSegmentNodes;
  const size_t before = near->size();
  near->resize(before + count);
  for (size_t i = 0; i < count; ++i) (*near)[before + i] = first + edges.near[chosen[next + i]];
  give(edges.other, &out->other);
  if (fields & kFactField) give(edges.fact, &out->fact);
  if (fields & kRelationField) {
    out->relation.resize(out->relation.size() + count, slice->relation);
  }
  if (fields & kIncomingField) {
    out->incoming.resize(out->incoming.size() + count, part.incoming ? 1 : 0);
  }
  if (fields & kValidFromField) give(edges.valid_from, &out->valid_from);
  if (fields & kValidToField) give(edges.valid_to, &out->valid_to);
  if (fields & kFirstReportedField) give(edges.first_reported, &out->first_reported);
  if (fields & kConfidenceField) give(edges.confidence, &out->confidence);
  if (fields & kFlagsField) give(edges.flags, &out->flags);
  next += count;
}

RelationshipScan::RelationshipScan(const Graph& graph, const ScanParts& parts, Heading heading,
                                   const RelationSet& types, const Lens& lens, uint32_t fields,
                                   const EdgeCondition& condition)
    : state_(std::make_unique<State>(graph, parts, heading, types, lens, fields, condition)) {}

RelationshipScan::~RelationshipScan() = default;

void RelationshipScan::Start(uint64_t first, uint64_t end) {
  State& state = *state_;
  state.next_part = first;
  state.end_part = end;
  state.segment = nullptr;
  state.chosen.clear();
  state.next = 0;
}

absl::StatusOr<bool> RelationshipScan::Next(size_t limit, std::vector<NodeId>* near, Edges* edges) {
  State& state = *state_;
  size_t given = 0;
  while (given < limit) {
    if (state.next == state.chosen.size()) {
      ASSIGN_OR_RETURN(const bool more, state.NextSlice());
      if (!more) break;
      RETURN_IF_ERROR(state.Choose());
      continue;
    }
    const size_t count = std::min(limit - given, state.chosen.size() - state.next);
    state.Give(count, near, edges);
    given += count;
  }
  return given > 0;
}

absl::StatusOr<uint64_t> RelationshipScan::Count() {
  State& state = *state_;
  uint64_t count = 0;
  // Where nothing depends on single edges, the slices tell.
  const bool whole = state.judge.SeesAsDefault() && state.heading != Heading::kEither &&
                     !state.condition.contested && !state.condition.LooksAtDays();
  while (true) {
    ASSIGN_OR_RETURN(const bool more, state.NextSlice());
    if (!more) return count;
    if (whole) {
      count += state.slice->visible;
      continue;
    }
    RETURN_IF_ERROR(state.Choose());
    count += state.chosen.size();
    state.chosen.clear();
  }
}

}  // namespace entente
