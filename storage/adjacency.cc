#include "storage/adjacency.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "rocksdb/slice.h"
#include "storage/adjacency_chunks.h"
#include "storage/adjacency_page.h"
#include "storage/chunk_summary.h"
#include "storage/keys.h"
#include "storage/page_reader.h"
#include "storage/status_macros.h"
#include "storage/store_impl.h"
#include "storage/transaction.h"

namespace entente::storage {
namespace {

// Pages of so many edges are unpacked whenever some of them are looked for.
constexpr uint64_t kSmallPage = 512;

// Parsed page of a chunk, with the bytes it points into; nullopt when there is none.
struct StoredPage {
  rocksdb::PinnableSlice bytes;
  std::optional<PageValue> page;
};

absl::Status ReadPage(const View& view, absl::string_view key, StoredPage* stored) {
  ASSIGN_OR_RETURN(bool found, view.Get(Family::kAdjacency, key, &stored->bytes));
  stored->page.reset();
  if (!found) return absl::OkStatus();
  ASSIGN_OR_RETURN(stored->page, PageValue::Parse(ToView(stored->bytes)));
  return absl::OkStatus();
}

// Calls visit(page) for each stored chunk of the node whose summary `wanted` accepts.
template <typename Wanted, typename Visit>
absl::Status ForEachPage(const View& view, Direction direction, NodeId node, const Wanted& wanted,
                         const Visit& visit) {
  ASSIGN_OR_RETURN(const std::vector<ChunkSummary> summaries, ReadSummaries(view, direction, node));
  const size_t chunks = std::max<size_t>(summaries.size(), 1);
  StoredPage stored;
  for (uint32_t chunk = 0; chunk < chunks; ++chunk) {
    if (!summaries.empty() && !wanted(summaries[chunk])) continue;
    RETURN_IF_ERROR(ReadPage(view, AdjacencyKey(direction, node, chunk), &stored));
    if (stored.page.has_value()) visit(*stored.page);
  }
  return absl::OkStatus();
}

// The chunk that holds an edge which is known to exist.
absl::StatusOr<uint32_t> ChunkOf(const View& view, Direction direction, NodeId node,
                                 const std::vector<ChunkSummary>& summaries, const EdgeRow& row) {
  if (summaries.empty()) return 0;
  const RelationId relations[] = {row.relation};
  const RelationFilter filter(relations);
  StoredPage stored;
  for (uint32_t chunk = 0; chunk < summaries.size(); ++chunk) {
    if (!summaries[chunk].MayReach(row.other, filter)) continue;
    RETURN_IF_ERROR(ReadPage(view, AdjacencyKey(direction, node, chunk), &stored));
    if (!stored.page.has_value()) continue;
    EdgeColumns edges;
    stored.page->Find(row.other, filter, kFactColumn, &edges);
    if (std::find(edges.fact.begin(), edges.fact.end(), row.fact) != edges.fact.end()) {
      return chunk;
    }
  }
  return absl::DataLossError("a fact has no edge");
}

template <typename T>
void AppendColumn(const T* from, size_t size, std::vector<T>* to) {
  if (from != nullptr) to->insert(to->end(), from, from + size);
}

void AppendSpan(RelationId relation, const EdgeSpan& edges, uint32_t columns, EdgeColumns* out) {
  const auto wanted = [&](uint32_t column, const auto* from) {
    return (columns & column) != 0 ? from : nullptr;
  };
  if (columns & kRelationColumn) out->relation.insert(out->relation.end(), edges.size, relation);
  AppendColumn(wanted(kOtherColumn, edges.other), edges.size, &out->other);
  AppendColumn(wanted(kFactColumn, edges.fact), edges.size, &out->fact);
  AppendColumn(wanted(kValidFromColumn, edges.valid_from), edges.size, &out->valid_from);
  AppendColumn(wanted(kValidToColumn, edges.valid_to), edges.size, &out->valid_to);
  AppendColumn(wanted(kFirstReportedColumn, edges.first_reported), edges.size,
               &out->first_reported);
  AppendColumn(wanted(kConfidenceColumn, edges.confidence), edges.size, &out->confidence);
  AppendColumn(wanted(kFlagsColumn, edges.flags), edges.size, &out->flags);
  out->size += edges.size;
}

// The search for a node's edges to one other end.
class NodeSearch {
 public:
  NodeSearch(const View& view, Direction direction, NodeId node, NodeId other,
             const RelationFilter& filter, uint32_t columns)
      : view_(view),
        node_(node),
        other_(other),
        filter_(filter),
        columns_(columns),
        reader_(view, direction, columns | kOtherColumn) {
    reader_.Begin();
  }

  // False when the node's one page is not in the cache.
  bool RunCached(EdgeColumns* out) {
    const DecodedPage* page = reader_.FindCached(node_, 0, /*alone=*/true);
    if (page != nullptr) Append(*page, out);
    return page != nullptr;
  }

  absl::Status Run(EdgeColumns* out) {
    if (RunCached(out)) return absl::OkStatus();
    ASSIGN_OR_RETURN(const ChunkDirectory* directory, Directory());
    if (directory == nullptr) return RunInChunk(0, /*alone=*/true, out);
    for (uint32_t chunk = 0; chunk < directory->chunks().size(); ++chunk) {
      if (!directory->chunks()[chunk].MayReach(other_, filter_)) continue;
      RETURN_IF_ERROR(RunInChunk(chunk, /*alone=*/false, out));
    }
    return absl::OkStatus();
  }

  // In those of several chunks that Run would look into.
  absl::StatusOr<uint64_t> EdgesThatMayFit() {
    uint64_t edges = 0;
    ASSIGN_OR_RETURN(const ChunkDirectory* directory, Directory());
    if (directory == nullptr) return edges;
    for (const ChunkSummary& chunk : directory->chunks()) {
      if (chunk.MayReach(other_, filter_)) edges += chunk.edges;
    }
    return edges;
  }

 private:
  // nullptr when there is one chunk.
  absl::StatusOr<const ChunkDirectory*> Directory() {
    if (!view_.MayHaveSeveralChunks(reader_.direction(), node_)) return nullptr;
    ASSIGN_OR_RETURN(const ChunkDirectory* directory, reader_.LoadDirectory(node_));
    return directory->chunks().empty() ? nullptr : directory;
  }

  absl::Status RunInChunk(uint32_t chunk, bool alone, EdgeColumns* out) {
    const DecodedPage* page = reader_.FindCached(node_, chunk, alone);
    if (page == nullptr) {
      StoredPage stored;
      RETURN_IF_ERROR(ReadPage(view_, AdjacencyKey(reader_.direction(), node_, chunk), &stored));
      if (!stored.page.has_value()) return absl::OkStatus();
      // A large page is unpacked for the sake of a few edges only if it need not be so again.
      if (stored.page->Count(RelationFilter()).edges > kSmallPage && !reader_.HasRoom()) {
        stored.page->Find(other_, filter_, columns_, out);
        return absl::OkStatus();
      }
      page = reader_.Take(node_, chunk, alone, *stored.page);
    }
    Append(*page, out);
    return absl::OkStatus();
  }

  void Append(const DecodedPage& page, EdgeColumns* out) const {
    const EdgeSpan edges = page.edges();
    DecodedPage::Position position;
    while (const RelationSlice* slice = page.Next(filter_, &position)) {
      const auto [begin, end] =
          std::equal_range(edges.other + slice->begin, edges.other + slice->end, other_);
      if (begin == end) continue;
      AppendSpan(slice->relation,
                 edges.Part(static_cast<uint32_t>(begin - edges.other),
                            static_cast<uint32_t>(end - edges.other)),
                 columns_, out);
    }
  }

  const View& view_;
  const NodeId node_;
  const NodeId other_;
  const RelationFilter& filter_;
  const uint32_t columns_;
  PageReader reader_;
};

void Append(Transaction& transaction, absl::string_view key, EdgeOp op, const EdgeRow& row) {
  std::string rows;
  AppendPendingRow(op, row, &rows);
  const int net = op == EdgeOp::kInsert ? 1 : op == EdgeOp::kErase ? -1 : 0;
  transaction.Append(Family::kAdjacency, key, rows, net);
}

// How many edges the one page of a node has, as the transaction sees it.
absl::StatusOr<int64_t> EdgesOfPage(Transaction& transaction, absl::string_view key) {
  uint32_t committed;
  const int64_t growth = transaction.Growth(Family::kAdjacency, key);
  if (transaction.CommittedEdges(key, &committed)) return committed + growth;
  StoredPage stored;
  RETURN_IF_ERROR(ReadPage(transaction, key, &stored));
  const int64_t edges = stored.page.has_value()
                            ? static_cast<int64_t>(stored.page->Count(RelationFilter()).edges)
                            : 0;
  transaction.RememberEdges(key, static_cast<uint32_t>(std::max<int64_t>(edges - growth, 0)));
  return edges;
}

// Of a node's one page, which is about to be the first of several chunks.
absl::StatusOr<ChunkSummary> SummaryOfPage(Transaction& transaction, Direction direction,
                                           NodeId node) {
  StoredPage stored;
  RETURN_IF_ERROR(ReadPage(transaction, AdjacencyKey(direction, node, 0), &stored));
  ChunkSummary summary;
  if (stored.page.has_value()) {
    EdgeColumns edges;
    stored.page->Read(RelationFilter(), kAllColumns, &edges);
    for (size_t i = 0; i < edges.size; ++i) summary.Add(RowAt(edges, i));
  }
  transaction.NoteSeveralChunks(direction, node);
  return summary;
}

// The last chunk's number and summary; nullopt when the node has one chunk and no summary.
absl::StatusOr<std::optional<std::pair<uint32_t, ChunkSummary>>> LastSummary(const View& view,
                                                                             Direction direction,
                                                                             NodeId node) {
  if (!view.MayHaveSeveralChunks(direction, node)) return std::nullopt;
  const std::string prefix = SummaryPrefix(direction, node);
  Cursor cursor = view.Scan(Family::kCatalogue, prefix);
  cursor.SeekToLast();
  if (!cursor.Valid()) {
    RETURN_IF_ERROR(cursor.status());
    return std::nullopt;
  }
  KeyReader rest(cursor.key().substr(prefix.size()));
  uint32_t chunk;
  if (!rest.U32(&chunk) || !rest.done()) return absl::DataLossError("broken chunk summary key");
  ASSIGN_OR_RETURN(ChunkSummary summary, DecodeSummary(cursor.value()));
  return std::make_pair(chunk, std::move(summary));
}

}  // namespace

void EdgeColumns::Clear() {
  relation.clear();
  other.clear();
  fact.clear();
  valid_from.clear();
  valid_to.clear();
  first_reported.clear();
  confidence.clear();
  flags.clear();
  size = 0;
}

bool RelationFilter::Admits(RelationId relation) const {
  return any_ || std::binary_search(list_.begin(), list_.end(), relation);
}

absl::Status ReadEdges(const View& view, Direction direction, NodeId node,
                       const RelationFilter& filter, uint32_t columns, EdgeColumns* out) {
  return ForEachPage(
      view, direction, node, [&](const ChunkSummary& summary) { return summary.HasAny(filter); },
      [&](const PageValue& page) { page.Read(filter, columns, out); });
}

absl::Status FindEdges(const View& view, Direction direction, NodeId node, NodeId other,
                       const RelationFilter& filter, uint32_t columns, EdgeColumns* out) {
  return NodeSearch(view, direction, node, other, filter, columns).Run(out);
}

absl::Status FindEdgesBetween(const View& view, NodeId from, NodeId to,
                              const RelationFilter& filter, uint32_t columns, EdgeColumns* out) {
  NodeSearch at_from(view, Direction::kOut, from, to, filter, columns);
  if (at_from.RunCached(out)) return absl::OkStatus();
  NodeSearch at_to(view, Direction::kIn, to, from, filter, columns);
  if (at_to.RunCached(out)) return absl::OkStatus();
  // A node of one chunk is read with one Get.
  if (!view.MayHaveSeveralChunks(Direction::kOut, from)) return at_from.Run(out);
  if (!view.MayHaveSeveralChunks(Direction::kIn, to)) return at_to.Run(out);
  ASSIGN_OR_RETURN(const uint64_t edges_at_from, at_from.EdgesThatMayFit());
  ASSIGN_OR_RETURN(const uint64_t edges_at_to, at_to.EdgesThatMayFit());
  return edges_at_from <= edges_at_to ? at_from.Run(out) : at_to.Run(out);
}

absl::Status ReadDegrees(const View& view, Direction direction, absl::Span<const NodeId> nodes,
                         const RelationFilter& filter, std::vector<Degree>* degrees) {
  // So many pages are held at once.
  constexpr size_t kAtOnce = 256;
  degrees->clear();
  degrees->reserve(nodes.size());
  PageReader reader(view, direction, /*columns=*/0);
  for (size_t begin = 0; begin < nodes.size(); begin += kAtOnce) {
    const absl::Span<const NodeId> part = nodes.subspan(begin, kAtOnce);
    RETURN_IF_ERROR(reader.Load(part));
    for (size_t i = 0; i < part.size(); ++i) {
      if (reader.page(i) != nullptr) {
        degrees->push_back(reader.page(i)->Count(filter));
        continue;
      }
      ASSIGN_OR_RETURN(const ChunkDirectory* directory, reader.LoadDirectory(part[i]));
      Degree& degree = degrees->emplace_back();
      for (const ChunkSummary& chunk : directory->chunks()) {
        for (const RelationSummary& relation : chunk.relations) {
          if (!filter.Admits(relation.relation)) continue;
          degree.edges += relation.edges;
          degree.visible += relation.visible;
        }
      }
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Degree> ReadDegree(const View& view, Direction direction, NodeId node,
                                  const RelationFilter& filter) {
  std::vector<Degree> degrees;
  RETURN_IF_ERROR(ReadDegrees(view, direction, {&node, 1}, filter, &degrees));
  return degrees[0];
}

absl::Status NodesWithEdges(const View& view, Direction direction, NodeId from, size_t limit,
                            std::vector<NodeId>* nodes) {
  const std::string prefix = KeyWriter().U8(static_cast<uint8_t>(direction)).bytes();
  Cursor cursor = view.Scan(Family::kAdjacency, prefix);
  const size_t end = nodes->size() + limit;
  NodeId last = kNoId;
  for (cursor.Seek(NodeKey(from)); cursor.Valid(); cursor.Next()) {
    KeyReader rest(cursor.key().substr(prefix.size()));
    NodeId node;
    uint32_t chunk;
    if (!rest.U64(&node) || !rest.U32(&chunk) || !rest.done()) {
      return absl::DataLossError("broken adjacency key");
    }
    if (node == last) continue;
    if (nodes->size() == end) return absl::OkStatus();
    nodes->push_back(node);
    last = node;
  }
  return cursor.status();
}

absl::Status InsertEdge(Transaction& transaction, Direction direction, NodeId node,
                        const EdgeRow& row) {
  const uint32_t limit = transaction.geometry().chunk_edges;
  ASSIGN_OR_RETURN(auto last, LastSummary(transaction, direction, node));
  if (!last.has_value()) {
    const std::string key = AdjacencyKey(direction, node, 0);
    ASSIGN_OR_RETURN(const int64_t edges, EdgesOfPage(transaction, key));
    if (edges < limit) {
      Append(transaction, key, EdgeOp::kInsert, row);
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(const ChunkSummary first, SummaryOfPage(transaction, direction, node));
    PutSummary(transaction, direction, node, 0, first);
    last.emplace(1, ChunkSummary());
  } else if (last->second.edges >= limit) {
    last.emplace(last->first + 1, ChunkSummary());
  }
  auto& [chunk, summary] = *last;
  summary.Add(row);
  Append(transaction, AdjacencyKey(direction, node, chunk), EdgeOp::kInsert, row);
  PutSummary(transaction, direction, node, chunk, summary);
  return absl::OkStatus();
}

absl::StatusOr<LastChunk> FindLastChunk(Transaction& transaction, Direction direction,
                                        NodeId node) {
  LastChunk last;
  ASSIGN_OR_RETURN(auto summary, LastSummary(transaction, direction, node));
  if (summary.has_value()) {
    last.number = summary->first;
    last.edges = summary->second.edges;
    last.summary = std::move(summary->second);
  } else {
    ASSIGN_OR_RETURN(last.edges, EdgesOfPage(transaction, AdjacencyKey(direction, node, 0)));
  }
  return last;
}

absl::Status NeedSummary(Transaction& transaction, Direction direction, NodeId node,
                         LastChunk* last) {
  if (last->summary.has_value()) return absl::OkStatus();
  ASSIGN_OR_RETURN(last->summary, SummaryOfPage(transaction, direction, node));
  return absl::OkStatus();
}

void PutSummary(Transaction& transaction, Direction direction, NodeId node, uint32_t chunk,
                const ChunkSummary& summary) {
  transaction.Put(Family::kCatalogue, SummaryKey(direction, node, chunk), EncodeSummary(summary));
}

absl::Status UpdateEdge(Transaction& transaction, Direction direction, NodeId node,
                        const EdgeRow& old, const EdgeRow& row) {
  ASSIGN_OR_RETURN(std::vector<ChunkSummary> summaries,
                   ReadSummaries(transaction, direction, node));
  ASSIGN_OR_RETURN(const uint32_t chunk, ChunkOf(transaction, direction, node, summaries, old));
  Append(transaction, AdjacencyKey(direction, node, chunk), EdgeOp::kUpdate, row);
  if (!summaries.empty()) {
    summaries[chunk].Add(row);
    summaries[chunk].Remove(old);
    PutSummary(transaction, direction, node, chunk, summaries[chunk]);
  }
  return absl::OkStatus();
}

absl::Status EraseEdge(Transaction& transaction, Direction direction, NodeId node,
                       const EdgeRow& old) {
  ASSIGN_OR_RETURN(std::vector<ChunkSummary> summaries,
                   ReadSummaries(transaction, direction, node));
  ASSIGN_OR_RETURN(const uint32_t chunk, ChunkOf(transaction, direction, node, summaries, old));
  Append(transaction, AdjacencyKey(direction, node, chunk), EdgeOp::kErase, old);
  if (!summaries.empty()) {
    summaries[chunk].Remove(old);
    PutSummary(transaction, direction, node, chunk, summaries[chunk]);
  }
  return absl::OkStatus();
}

}  // namespace entente::storage
