// The way back: from an article to the facts it bears on, from a publisher to its articles, from
// an original to its copies, from the key of an article that is not there yet to the copies that
// wait for it, and from three letters to the entities with a name that has them. All but the last
// two follow from records and are kept by nodes.h and facts.h.
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
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

// The keys of pairs of publisher → articles (publisher_articles.h has lists of them, too) and of
// original → copies, for bulk loads; no values.
std::string PublisherKey(NodeId publisher, NodeId article);
std::string OriginalKey(NodeId original, NodeId copy);

void PutAwaiting(Transaction& transaction, absl::string_view original_key, NodeId copy);
void EraseAwaiting(Transaction& transaction, absl::string_view original_key, NodeId copy);

// Entities by trigrams of their names, which are numbers of the engine's.
absl::StatusOr<std::vector<NodeId>> EntitiesOfTrigram(const View& view, uint32_t trigram);
void PutTrigram(Transaction& transaction, uint32_t trigram, NodeId entity);
void EraseTrigram(Transaction& transaction, uint32_t trigram, NodeId entity);
// Calls visit(trigram, entities) for every list, in ascending order of trigram. Not in a
// transaction.
absl::Status EachTrigram(
    const View& view,
    absl::FunctionRef<void(uint32_t trigram, const std::vector<NodeId>& entities)> visit);
// For bulk loads; the value is a list, which is appended.
std::string TrigramKey(uint32_t trigram);

// Article → facts is the lists of a block (article_facts.h), which bulk loads write, and what a
// transaction changes of one, which stands under the article's own key.
std::string ArticleFactsKey(NodeId article);
std::string BlockFactsKey(uint64_t block);
// The article's facts in the lists of its block alone.
absl::StatusOr<std::vector<FactId>> FactsInBlock(const View& view, NodeId article);

// The bytes of trigram → entities and of changes of article → facts, for bulk loads and merging:
// each entry is a varint of id · 2 + erased. A later entry of an id counts.
void AppendListEntry(uint64_t id, bool erased, std::string* bytes);
// The ids, given those that stood there before, ascending.
absl::StatusOr<std::vector<uint64_t>> DecodeList(absl::string_view bytes,
                                                 std::vector<uint64_t> before = {});
// Once something was erased, drops entries that no longer count, and unless `keep_erased` what was
// erased. Leaves bytes that are no list alone: whoever reads them will say so.
void FoldList(bool keep_erased, std::string* value);

}  // namespace entente::storage
