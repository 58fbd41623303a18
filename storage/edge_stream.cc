#include "storage/edge_stream.h"

#include <algorithm>
#include <string>

#include "storage/adjacency_chunks.h"
#include "storage/adjacency_page.h"
#include "storage/keys.h"
#include "storage/status_macros.h"
#include "storage/transaction.h"

namespace entente::storage {
namespace {

ChunkSummary Summarise(const EdgeColumns& edges, size_t begin, size_t end, ChunkSummary summary) {
  for (size_t i = begin; i < end; ++i) summary.Add(RowAt(edges, i));
  return summary;
}

}  // namespace

EdgeStream::EdgeStream(Direction direction, TableLoad& load, const NewNodes& new_nodes)
    : direction_(direction),
      load_(load),
      new_nodes_(new_nodes),
      stream_(load.NewStream(Family::kAdjacency)) {}

absl::Status EdgeStream::Add(NodeId node, const EdgeColumns& edges) {
  return new_nodes_.Contains(node) ? PutChunks(node, 0, edges, 0) : AddToPages(node, edges);
}

absl::Status EdgeStream::PutChunks(NodeId node, uint32_t chunk, const EdgeColumns& edges,
                                   size_t begin) {
  const size_t limit = load_.transaction().geometry().chunk_edges;
  const size_t rows = edges.size - begin;
  const size_t chunks = (rows + limit - 1) / limit;
  const bool several = chunk + chunks > 1;
  if (several) {
    absl::MutexLock lock(&load_.transaction_mutex());
    load_.transaction().NoteSeveralChunks(direction_, node);
  }
  for (size_t i = 0; i < chunks; ++i, ++chunk) {
    const size_t from = begin + rows * i / chunks;
    const size_t to = begin + rows * (i + 1) / chunks;
    RETURN_IF_ERROR(
        stream_.Put(AdjacencyKey(direction_, node, chunk), EncodePageValue(edges, from, to)));
    if (!several) continue;
    absl::MutexLock lock(&load_.transaction_mutex());
    PutSummary(load_.transaction(), direction_, node, chunk,
               Summarise(edges, from, to, ChunkSummary()));
  }
  return absl::OkStatus();
}

absl::Status EdgeStream::AddToPages(NodeId node, const EdgeColumns& edges) {
  Transaction& transaction = load_.transaction();
  const int64_t limit = transaction.geometry().chunk_edges;
  LastChunk last;
  bool is_empty;
  size_t fits;
  {
    absl::MutexLock lock(&load_.transaction_mutex());
    ASSIGN_OR_RETURN(last, FindLastChunk(transaction, direction_, node));
    is_empty = last.edges == 0 && !last.summary.has_value();
    fits = std::min(static_cast<size_t>(std::max<int64_t>(limit - last.edges, 0)), edges.size);
    if (!is_empty && fits < edges.size) {
      RETURN_IF_ERROR(NeedSummary(transaction, direction_, node, &last));
    }
  }
  if (is_empty) return PutChunks(node, 0, edges, 0);
  if (fits > 0) {
    std::string rows;
    for (size_t i = 0; i < fits; ++i) AppendPendingRow(EdgeOp::kInsert, RowAt(edges, i), &rows);
    RETURN_IF_ERROR(
        stream_.Append(AdjacencyKey(direction_, node, last.number), rows, static_cast<int>(fits)));
  }
  if (!last.summary.has_value()) return absl::OkStatus();
  {
    absl::MutexLock lock(&load_.transaction_mutex());
    PutSummary(transaction, direction_, node, last.number,
               Summarise(edges, 0, fits, *last.summary));
  }
  return PutChunks(node, last.number + 1, edges, fits);
}

}  // namespace entente::storage
