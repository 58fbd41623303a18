// The way back: from an article to the facts it bears on, from a publisher to its articles, from
// an original to its copies, and from the key of an article that is not there yet to the copies
// that wait for it. All but the last follow from records and are kept by nodes.h and facts.h.
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "storage/ids.h"
#include "storage/view.h"

namespace entente::storage {

class Transaction;

// Each in ascending order, each once.
absl::StatusOr<std::vector<FactId>> FactsOfArticle(const View& view, NodeId article);
absl::StatusOr<std::vector<NodeId>> ArticlesOfPublisher(const View& view, NodeId publisher);
absl::StatusOr<std::vector<NodeId>> CopiesOfOriginal(const View& view, NodeId original);
absl::StatusOr<std::vector<NodeId>> CopiesAwaiting(const View& view,
                                                   absl::string_view original_key);

// All keys that copies wait for.
absl::StatusOr<absl::flat_hash_set<std::string>> AwaitedKeys(const View& view);

// The keys behind publisher → articles and original → copies, for bulk loads; no values.
std::string PublisherKey(NodeId publisher, NodeId article);
std::string OriginalKey(NodeId original, NodeId copy);

void PutAwaiting(Transaction& transaction, absl::string_view original_key, NodeId copy);
void EraseAwaiting(Transaction& transaction, absl::string_view original_key, NodeId copy);

// The bytes of article → facts, for bulk loads and merging: each entry is a varint of
// fact · 2 + erased. A later entry of a fact counts.
void AppendFactEntry(FactId fact, bool erased, std::string* bytes);
absl::StatusOr<std::vector<FactId>> DecodeFactList(absl::string_view bytes);
// Drops what was erased. Leaves bytes that are no list alone: whoever reads them will say so.
void FoldFactList(std::string* value);

}  // namespace entente::storage
