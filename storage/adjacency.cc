#include "storage/adjacency.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "rocksdb/slice.h"
#include "storage/adjacency_page.h"
#include "storage/chunk_summary.h"
#include "storage/keys.h"
#include "storage/status_macros.h"
#include "storage/store_impl.h"
#include "storage/transaction.h"

namespace entente::storage {
namespace {

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

// The summaries of a node's chunks; empty when it has one chunk.
absl::StatusOr<std::vector<ChunkSummary>> ReadSummaries(const View& view, Direction direction,
                                                        NodeId node) {
  std::vector<ChunkSummary> summaries;
  if (!view.MayHaveSeveralChunks(direction, node)) return summaries;
  Cursor cursor = view.Scan(Family::kCatalogue, SummaryPrefix(direction, node));
  for (; cursor.Valid(); cursor.Next()) {
    ASSIGN_OR_RETURN(ChunkSummary summary, DecodeSummary(cursor.value()));
    if (cursor.key() != SummaryKey(direction, node, static_cast<uint32_t>(summaries.size()))) {
      return absl::DataLossError("a chunk has no summary");
    }
    summaries.push_back(std::move(summary));
  }
  RETURN_IF_ERROR(cursor.status());
  return summaries;
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

void PutSummary(Transaction& transaction, Direction direction, NodeId node, uint32_t chunk,
                const ChunkSummary& summary) {
  transaction.Put(Family::kCatalogue, SummaryKey(direction, node, chunk), EncodeSummary(summary));
}

// Turns a node's one page into the first of several chunks.
absl::Status OpenSecondChunk(Transaction& transaction, Direction direction, NodeId node) {
  StoredPage stored;
  RETURN_IF_ERROR(ReadPage(transaction, AdjacencyKey(direction, node, 0), &stored));
  ChunkSummary summary;
  if (stored.page.has_value()) {
    EdgeColumns edges;
    stored.page->Read(RelationFilter(), kAllColumns, &edges);
    for (size_t i = 0; i < edges.size; ++i) summary.Add(RowAt(edges, i));
  }
  transaction.NoteSeveralChunks(direction, node);
  PutSummary(transaction, direction, node, 0, summary);
  return absl::OkStatus();
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

absl::Status ReadEdgesOfMany(const View& view, Direction direction, absl::Span<const NodeId> nodes,
                             const RelationFilter& filter, uint32_t columns, EdgeColumns* out,
                             std::vector<size_t>* offsets) {
  out->Clear();
  offsets->assign(1, 0);
  std::vector<std::string> keys;
  keys.reserve(nodes.size());
  for (NodeId node : nodes) keys.push_back(AdjacencyKey(direction, node, 0));
  std::vector<rocksdb::PinnableSlice> values;
  std::vector<bool> found;
  RETURN_IF_ERROR(view.MultiGet(Family::kAdjacency, keys, &values, &found));
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (view.MayHaveSeveralChunks(direction, nodes[i])) {
      RETURN_IF_ERROR(ReadEdges(view, direction, nodes[i], filter, columns, out));
    } else if (found[i]) {
      ASSIGN_OR_RETURN(const PageValue page, PageValue::Parse(ToView(values[i])));
      page.Read(filter, columns, out);
    }
    offsets->push_back(out->size);
  }
  return absl::OkStatus();
}

absl::StatusOr<uint32_t> ChunkCount(const View& view, Direction direction, NodeId node) {
  ASSIGN_OR_RETURN(const auto last, LastSummary(view, direction, node));
  return last.has_value() ? last->first + 1 : 1;
}

absl::Status ReadChunk(const View& view, Direction direction, NodeId node, uint32_t chunk,
                       const RelationFilter& filter, uint32_t columns, EdgeColumns* out) {
  StoredPage stored;
  RETURN_IF_ERROR(ReadPage(view, AdjacencyKey(direction, node, chunk), &stored));
  if (stored.page.has_value()) stored.page->Read(filter, columns, out);
  return absl::OkStatus();
}

absl::Status FindEdges(const View& view, Direction direction, NodeId node, NodeId other,
                       const RelationFilter& filter, uint32_t columns, EdgeColumns* out) {
  return ForEachPage(
      view, direction, node,
      [&](const ChunkSummary& summary) { return summary.MayReach(other, filter); },
      [&](const PageValue& page) { page.Find(other, filter, columns, out); });
}

absl::StatusOr<Degree> ReadDegree(const View& view, Direction direction, NodeId node,
                                  const RelationFilter& filter) {
  Degree degree;
  ASSIGN_OR_RETURN(const std::vector<ChunkSummary> summaries, ReadSummaries(view, direction, node));
  if (summaries.empty()) {
    StoredPage stored;
    RETURN_IF_ERROR(ReadPage(view, AdjacencyKey(direction, node, 0), &stored));
    return stored.page.has_value() ? stored.page->Count(filter) : degree;
  }
  for (const ChunkSummary& summary : summaries) {
    for (const RelationSummary& relation : summary.relations) {
      if (!filter.Admits(relation.relation)) continue;
      degree.edges += relation.edges;
      degree.visible += relation.visible;
    }
  }
  return degree;
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
    RETURN_IF_ERROR(OpenSecondChunk(transaction, direction, node));
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
