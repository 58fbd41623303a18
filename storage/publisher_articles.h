// Publisher → articles where it lies: a key a pair, and lists of a publisher's articles, as bulk
// loads write them, which are never written again. Over a list, the key of a pair tells that an
// article is no longer the publisher's. Internal to storage/; provenance.h is the door.
//
// The key of a list ends with its last article. Its value:
//
//   kind     u8, 1
//   others   varint: how many stand before the last one
//   header   of the differences between neighbours
//   packed   of the same
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "storage/ids.h"
#include "storage/table_load.h"
#include "storage/view.h"

namespace entente::storage {

class Transaction;

// The value of the key of a pair.
inline constexpr absl::string_view kPublished = "";
inline constexpr absl::string_view kNoLongerPublished = "\x01";

std::string EncodePublisherList(absl::Span<const NodeId> articles);
// Appends the articles of a list that ends with `last`; DataLoss when the bytes are not a list.
absl::Status DecodePublisherList(NodeId last, absl::string_view value,
                                 std::vector<NodeId>* articles);

absl::StatusOr<bool> IsInPublisherList(const View& view, NodeId publisher, NodeId article);
absl::Status ErasePublished(Transaction& transaction, NodeId publisher, NodeId article);

// Writes pairs of a bulk load, or of a small one, which has no files.
class PublisherStream {
 public:
  explicit PublisherStream(TableLoad& load);

  // By rising (publisher, article).
  absl::Status Add(NodeId publisher, NodeId article);
  absl::Status Finish();

 private:
  absl::Status Write();

  const bool in_lists_;
  TableStream pairs_;
  TableStream lists_;
  NodeId publisher_ = kNoId;
  std::vector<NodeId> articles_;  // the publisher's, not written yet
};

}  // namespace entente::storage
