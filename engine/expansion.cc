#include <utility>

#include "engine/graph.h"
#include "engine/status.h"
#include "engine/visibility.h"
#include "storage/adjacency.h"

namespace entente {

// Where an expansion stands: source `row`, in one direction, at one chunk, of which the columns are
// decoded and judged, and `next` is the first edge that was not given out.
struct Expansion::State {
  State(const Graph& graph, Heading heading, const RelationSet& types, const Lens& lens)
      : graph(graph),
        heading(heading),
        types(types),
        lens(lens),
        judge(lens),
        wanted(judge.columns() | storage::kFactColumn | storage::kRelationColumn |
               storage::kOtherColumn) {}

  storage::Direction FirstDirection() const {
    return heading == Heading::kIn ? storage::Direction::kIn : storage::Direction::kOut;
  }

  // Moves to the next chunk that has edges; false behind the last.
  absl::StatusOr<bool> LoadNext();
  // Hands out edges of the present chunk.
  void Give(size_t limit, Edges* edges);

  const Graph& graph;
  const Heading heading;
  const RelationSet& types;
  const Lens& lens;
  const InlineJudge judge;
  const uint32_t wanted;

  std::vector<NodeId> sources;
  size_t row = 0;
  storage::Direction direction = storage::Direction::kOut;
  uint32_t chunk = 0;
  uint32_t chunks = 0;  // of the row in this direction; 0: not looked at yet
  storage::EdgeColumns columns;
  std::vector<uint8_t> visible;
  size_t next = 0;
  size_t given_row = 0;  // the row and direction of what is in `columns`
  bool given_incoming = false;
};

absl::StatusOr<bool> Expansion::State::LoadNext() {
  const storage::RelationFilter filter =
      types.any ? storage::RelationFilter() : storage::RelationFilter(types.ids);
  while (row < sources.size()) {
    const storage::View& view = graph.view();
    if (chunks == 0) {
      ASSIGN_OR_RETURN(chunks, storage::ChunkCount(view, direction, sources[row]));
      chunk = 0;
    }
    if (chunk < chunks) {
      columns.Clear();
      next = 0;
      given_row = row;
      given_incoming = direction == storage::Direction::kIn;
      RETURN_IF_ERROR(
          storage::ReadChunk(view, direction, sources[row], chunk++, filter, wanted, &columns));
      if (columns.size == 0) continue;
      RETURN_IF_ERROR(JudgeEdges(view, graph.articles_, lens, judge, columns, &visible));
      return true;
    }
    chunks = 0;
    if (heading == Heading::kEither && direction == storage::Direction::kOut) {
      direction = storage::Direction::kIn;
    } else {
      direction = FirstDirection();
      ++row;
    }
  }
  return false;
}

void Expansion::State::Give(size_t limit, Edges* edges) {
  const NodeId source = sources[given_row];
  const bool skips_loops = heading == Heading::kEither && given_incoming;
  for (; next < columns.size && edges->size() < limit; ++next) {
    if (visible[next] == 0) continue;
    if (skips_loops && columns.other[next] == source) continue;
    edges->row.push_back(static_cast<uint32_t>(given_row));
    edges->other.push_back(columns.other[next]);
    edges->fact.push_back(columns.fact[next]);
    edges->relation.push_back(columns.relation[next]);
    edges->incoming.push_back(given_incoming ? 1 : 0);
  }
}

Expansion::Expansion(const Graph& graph, Heading heading, const RelationSet& types,
                     const Lens& lens)
    : state_(std::make_unique<State>(graph, heading, types, lens)) {}

Expansion::~Expansion() = default;

void Expansion::Start(absl::Span<const NodeId> sources) {
  State& state = *state_;
  state.sources.assign(sources.begin(), sources.end());
  state.row = 0;
  state.direction = state.FirstDirection();
  state.chunk = 0;
  state.chunks = 0;
  state.columns.Clear();
  state.next = 0;
}

absl::StatusOr<bool> Expansion::Next(size_t limit, Edges* edges) {
  State& state = *state_;
  const size_t before = edges->size();
  const size_t wanted = before + limit;
  while (edges->size() < wanted) {
    if (state.next >= state.columns.size) {
      ASSIGN_OR_RETURN(const bool more, state.LoadNext());
      if (!more) break;
    }
    state.Give(wanted, edges);
  }
  return edges->size() > before;
}

}  // namespace entente
