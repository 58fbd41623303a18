#include <algorithm>
#include <optional>
#include <utility>

#include "engine/graph.h"
#include "engine/status.h"
#include "engine/visibility.h"
#include "storage/adjacency.h"
#include "storage/decoded_page.h"
#include "storage/facts.h"
#include "storage/page_reader.h"

namespace entente {
namespace {

static_assert(int{kVisibleEdge} == int{storage::kVisible} &&
              int{kHasEvidenceEdge} == int{storage::kHasEvidence} &&
              int{kContestedEdge} == int{storage::kContested} &&
              int{kInexactFromEdge} == int{storage::kInexactFrom} &&
              int{kInexactToEdge} == int{storage::kInexactTo});

// Start nodes whose pages are read together: few at first, for those who take little.
constexpr size_t kFirstSources = 16;
constexpr size_t kMostSources = 256;
// Edges between two nodes for which a thread keeps memory.
constexpr size_t kMostKept = 1024;

uint32_t ColumnsFor(uint32_t fields) {
  const std::pair<EdgeField, storage::EdgeColumn> columns[] = {
      {kFactField, storage::kFactColumn},
      {kValidFromField, storage::kValidFromColumn},
      {kValidToField, storage::kValidToColumn},
      {kFirstReportedField, storage::kFirstReportedColumn},
      {kConfidenceField, storage::kConfidenceColumn},
      {kFlagsField, storage::kFlagsColumn},
  };
  uint32_t wanted = storage::kOtherColumn;
  for (const auto& [field, column] : columns) {
    if (fields & field) wanted |= column;
  }
  return wanted;
}

// The columns that are there, whatever relations they are of.
storage::EdgeSpan SpanOf(const storage::EdgeColumns& columns) {
  const auto data = [](const auto& column) { return column.empty() ? nullptr : column.data(); };
  return {.size = static_cast<uint32_t>(columns.size),
          .other = data(columns.other),
          .fact = data(columns.fact),
          .valid_from = data(columns.valid_from),
          .valid_to = data(columns.valid_to),
          .first_reported = data(columns.first_reported),
          .confidence = data(columns.confidence),
          .flags = data(columns.flags)};
}

storage::RelationFilter FilterOf(const RelationSet& types) {
  return types.any ? storage::RelationFilter() : storage::RelationFilter(types.ids);
}

template <typename T>
void Copy(const T* from, size_t size, std::vector<T>* to) {
  to->insert(to->end(), from, from + size);
}

// What edges of one source in one direction have in common.
struct Origin {
  uint32_t row;
  RelationId relation;
  bool incoming;
};

// Appends edges [begin, end).
void Append(const storage::EdgeSpan& edges, uint32_t begin, uint32_t end, const Origin& origin,
            uint32_t fields, Edges* out) {
  const size_t size = end - begin;
  out->row.resize(out->row.size() + size, origin.row);
  Copy(edges.other + begin, size, &out->other);
  if (fields & kFactField) Copy(edges.fact + begin, size, &out->fact);
  if (fields & kRelationField) out->relation.resize(out->relation.size() + size, origin.relation);
  if (fields & kIncomingField) {
    out->incoming.resize(out->incoming.size() + size, origin.incoming ? 1 : 0);
  }
  if ((fields & ~kIdentityFields) == 0) return;
  if (fields & kValidFromField) Copy(edges.valid_from + begin, size, &out->valid_from);
  if (fields & kValidToField) Copy(edges.valid_to + begin, size, &out->valid_to);
  if (fields & kFirstReportedField) {
    Copy(edges.first_reported + begin, size, &out->first_reported);
  }
  if (fields & kConfidenceField) Copy(edges.confidence + begin, size, &out->confidence);
  if (fields & kFlagsField) Copy(edges.flags + begin, size, &out->flags);
}

}  // namespace

void Edges::Clear() {
  row.clear();
  other.clear();
  fact.clear();
  relation.clear();
  incoming.clear();
  valid_from.clear();
  valid_to.clear();
  first_reported.clear();
  confidence.clear();
  flags.clear();
}

// Where an expansion stands: source `row`, in one direction, in one page of it, in the edges of one
// relation, of which [next, end) were not given out.
struct Expansion::State {
  State(const Graph& graph, Heading heading, const RelationSet& types, const Lens& lens,
        uint32_t fields)
      : graph(graph),
        heading(heading),
        types(types),
        lens(lens),
        judge(lens),
        fields(fields),
        columns(judge.columns() | ColumnsFor(fields)),
        readers{{graph.view(), storage::Direction::kOut, columns},
                {graph.view(), storage::Direction::kIn, columns}} {}

  storage::PageReader& reader() { return readers[incoming ? 1 : 0]; }
  storage::RelationFilter filter() const { return FilterOf(types); }

  // Moves to the next edges that may be given out; false behind the last.
  absl::StatusOr<bool> LoadNext();
  // To the next page of the present source and direction, or of the next one.
  absl::StatusOr<bool> NextPage();
  absl::Status LoadSources();
  // Hands out edges of the present page and relation, up to `room` of them.
  void Give(size_t room, Edges* out);
  Origin origin() const { return {static_cast<uint32_t>(row), relation, incoming}; }

  const Graph& graph;
  const Heading heading;
  const RelationSet& types;
  const Lens& lens;
  const InlineJudge judge;
  const uint32_t fields;
  const uint32_t columns;
  storage::PageReader readers[2];

  std::vector<NodeId> sources;
  size_t loaded_from = 0;  // pages of sources [loaded_from, loaded_to) are loaded
  size_t loaded_to = 0;
  size_t at_once = kFirstSources;

  size_t row = 0;
  bool incoming = false;
  bool begun = false;                                  // with the row in this direction
  const storage::ChunkDirectory* directory = nullptr;  // when it has several chunks
  uint32_t chunk = 0;
  const storage::DecodedPage* page = nullptr;
  storage::DecodedPage::Position position;
  storage::EdgeSpan edges;  // of the page
  RelationId relation = kNoSymbol;
  uint32_t next = 0;
  uint32_t end = 0;
  bool all_visible = false;
  uint32_t judged_from = 0;  // the edge that visible[0] is about
  std::vector<uint8_t> visible;
};

absl::Status Expansion::State::LoadSources() {
  loaded_from = row;
  loaded_to = std::min(sources.size(), row + at_once);
  at_once = std::min(at_once * 4, kMostSources);
  const absl::Span<const NodeId> nodes(sources.data() + loaded_from, loaded_to - loaded_from);
  if (heading != Heading::kIn) RETURN_IF_ERROR(readers[0].Load(nodes));
  if (heading != Heading::kOut) RETURN_IF_ERROR(readers[1].Load(nodes));
  return absl::OkStatus();
}

absl::StatusOr<bool> Expansion::State::NextPage() {
  page = nullptr;
  while (true) {
    if (!begun) {
      if (row == sources.size()) {
        readers[0].Release();
        readers[1].Release();
        return false;
      }
      if (row == loaded_to) RETURN_IF_ERROR(LoadSources());
      begun = true;
      page = reader().page(row - loaded_from);
      if (page != nullptr) return true;
      ASSIGN_OR_RETURN(directory, reader().LoadDirectory(sources[row]));
      chunk = 0;
    }
    if (directory != nullptr) {
      const storage::RelationFilter wanted = filter();
      const std::vector<storage::ChunkSummary>& chunks = directory->chunks();
      while (chunk < chunks.size() && !chunks[chunk].HasAny(wanted)) ++chunk;
      if (chunk < chunks.size()) {
        ASSIGN_OR_RETURN(page, reader().LoadChunk(sources[row], chunk++));
        return true;
      }
    }
    directory = nullptr;
    begun = false;
    incoming = !incoming;
    if (heading != Heading::kEither || !incoming) {
      incoming = heading == Heading::kIn;
      ++row;
    }
  }
}

absl::StatusOr<bool> Expansion::State::LoadNext() {
  const storage::RelationFilter wanted = filter();
  while (true) {
    while (page != nullptr) {
      const storage::RelationSlice* slice = page->Next(wanted, &position);
      if (slice == nullptr) break;
      if (judge.SeesAsDefault() && slice->visible == 0) continue;
      relation = slice->relation;
      next = slice->begin;
      end = slice->end;
      all_visible = judge.SeesAsDefault() && slice->visible == end - next;
      if (all_visible) return true;
      judged_from = next;
      RETURN_IF_ERROR(
          JudgeEdges(graph.view(), graph.articles_, lens, judge, edges.Part(next, end), &visible));
      return true;
    }
    next = end = 0;
    ASSIGN_OR_RETURN(const bool more, NextPage());
    if (!more) return false;
    edges = page->edges();
    position = {};
  }
}

void Expansion::State::Give(size_t room, Edges* out) {
  const bool skips_loops = heading == Heading::kEither && incoming;
  if (all_visible && !skips_loops) {
    const uint32_t stop = static_cast<uint32_t>(std::min<size_t>(end, next + room));
    Append(edges, next, stop, origin(), fields, out);
    next = stop;
    return;
  }
  const NodeId source = sources[row];
  const auto hidden = [&](uint32_t i) {
    return (!all_visible && visible[i - judged_from] == 0) ||
           (skips_loops && edges.other[i] == source);
  };
  // Runs of edges that are all given out.
  while (room > 0 && next < end) {
    if (hidden(next)) {
      ++next;
      continue;
    }
    const uint32_t begin = next;
    while (room > 0 && next < end && !hidden(next)) {
      ++next;
      --room;
    }
    Append(edges, begin, next, origin(), fields, out);
  }
}

Expansion::Expansion(const Graph& graph, Heading heading, const RelationSet& types,
                     const Lens& lens, uint32_t fields)
    : state_(std::make_unique<State>(graph, heading, types, lens, fields)) {}

Expansion::~Expansion() = default;

void Expansion::Start(absl::Span<const NodeId> sources) {
  State& state = *state_;
  state.sources.assign(sources.begin(), sources.end());
  state.loaded_from = 0;
  state.loaded_to = 0;
  state.at_once = kFirstSources;
  state.row = 0;
  state.incoming = state.heading == Heading::kIn;
  state.begun = false;
  state.directory = nullptr;
  state.page = nullptr;
  state.next = 0;
  state.end = 0;
}

absl::StatusOr<bool> Expansion::Next(size_t limit, Edges* edges) {
  State& state = *state_;
  const size_t before = edges->size();
  const size_t wanted = before + limit;
  while (edges->size() < wanted) {
    if (state.next == state.end) {
      ASSIGN_OR_RETURN(const bool more, state.LoadNext());
      if (!more) break;
    }
    state.Give(wanted - edges->size(), edges);
  }
  return edges->size() > before;
}

absl::Status Graph::FindBetween(NodeId from, NodeId to, Heading heading, const RelationSet& types,
                                const Lens& lens, uint32_t fields, Edges* edges) const {
  const InlineJudge judge(lens);
  const uint32_t wanted = judge.columns() | ColumnsFor(fields) | storage::kRelationColumn;
  // Made anew for each pair of nodes these would take longer than looking for the edges.
  thread_local storage::EdgeColumns columns;
  thread_local std::vector<uint8_t> visible;
  for (const bool incoming : {false, true}) {
    if (heading == (incoming ? Heading::kOut : Heading::kIn)) continue;
    if (incoming && heading == Heading::kEither && from == to) continue;
    columns.Clear();
    RETURN_IF_ERROR(storage::FindEdgesBetween(*view_, incoming ? to : from, incoming ? from : to,
                                              FilterOf(types), wanted, &columns));
    // Whose page it was found in decides which end stands there.
    std::fill(columns.other.begin(), columns.other.end(), to);
    const storage::EdgeSpan span = SpanOf(columns);
    RETURN_IF_ERROR(JudgeEdges(*view_, articles_, lens, judge, span, &visible));
    // Runs of visible edges of one relation.
    for (uint32_t begin = 0; begin < span.size;) {
      uint32_t end = begin;
      while (end < span.size && visible[end] != 0 &&
             columns.relation[end] == columns.relation[begin]) {
        ++end;
      }
      if (begin < end) {
        Append(span, begin, end, {0, columns.relation[begin], incoming}, fields, edges);
      }
      begin = std::max(end, begin + 1);
    }
  }
  if (columns.other.capacity() > kMostKept) {
    columns = storage::EdgeColumns();
    visible = std::vector<uint8_t>();
  }
  return absl::OkStatus();
}

}  // namespace entente
