// EdgeStream: edges of new facts, node after node, as whole pages in table files: what InsertEdge
// does edge by edge, for loads that bring a node's edges sorted.
#pragma once

#include "absl/status/status.h"
#include "storage/adjacency.h"
#include "storage/ids.h"
#include "storage/table_load.h"

namespace entente::storage {

// Nodes that a load has made, which have no edges yet.
struct NewNodes {
  NodeId first_entity = 0;
  NodeId end_entity = 0;
  NodeId first_article = kNoId;

  bool Contains(NodeId node) const {
    return IsArticle(node) ? node >= first_article : node >= first_entity && node < end_entity;
  }
};

class EdgeStream {
 public:
  // `load` has files and must outlive the stream. Streams of different nodes may be used by
  // different threads.
  EdgeStream(Direction direction, TableLoad& load, const NewNodes& new_nodes);

  // The new edges of a node, all columns set, sorted by (relation, other, fact). Nodes come in
  // ascending order, each once. A node without edges gets pages of its own, in equal ranges when it
  // has more than a page holds; else its last chunk is filled up before others are opened.
  absl::Status Add(NodeId node, const EdgeColumns& edges);
  absl::Status Finish() { return stream_.Finish(); }

 private:
  // Writes the rows from `begin` on as the node's chunks from `chunk` on.
  absl::Status PutChunks(NodeId node, uint32_t chunk, const EdgeColumns& edges, size_t begin);
  absl::Status AddToPages(NodeId node, const EdgeColumns& edges);

  const Direction direction_;
  TableLoad& load_;
  const NewNodes new_nodes_;
  TableStream stream_;
};

}  // namespace entente::storage
