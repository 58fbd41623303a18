// ArticleSegments: what evidence depends on of articles, kept in memory for neighbouring articles
// together, as statements want it that look at the evidence of a great part of all facts. Out of
// the cache where it has them, else out of the database, in one walk over the keys.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/cached_reads.h"
#include "storage/nodes.h"
#include "storage/view.h"

namespace entente::storage {

class ArticleCursor;

class ArticleSegments {
 public:
  // The view must outlive this.
  explicit ArticleSegments(const View& view);
  ~ArticleSegments();

  // Lets go of all rows and begins anew, as of what the view sees now. Before the first Find.
  void Begin();
  // Whether Find will know the article's segment. Rows that are fetched before they are looked at
  // are found quickly.
  absl::StatusOr<bool> Fetch(NodeId article);
  // The article's row, until Begin. nullptr when it says nothing, when there is no such article,
  // and when the cache has no room for its segment: NodeReader knows then.
  absl::StatusOr<const ArticleRow*> Find(NodeId article);

 private:
  class Segment;

  // The row, whatever it says; nullptr where there is none.
  absl::StatusOr<const ArticleRow*> Locate(NodeId article);
  absl::StatusOr<const Segment*> Load(uint64_t segment);
  absl::StatusOr<std::unique_ptr<Segment>> Read(uint64_t segment);

  const View& view_;
  CachedReads reads_;
  std::vector<const Segment*> found_;                   // since Begin
  std::vector<std::unique_ptr<ReadCache::Entry>> own_;  // what the cache did not take after all
  // Made once: seeking again is cheaper.
  std::unique_ptr<ArticleCursor> cursor_;
};

}  // namespace entente::storage
