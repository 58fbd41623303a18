#include "storage/publisher_articles.h"

#include <algorithm>

#include "storage/bytes.h"
#include "storage/column.h"
#include "storage/keys.h"
#include "storage/provenance.h"
#include "storage/status_macros.h"
#include "storage/transaction.h"

namespace entente::storage {
namespace {

constexpr char kListKind = '\x01';
constexpr ColumnType kDifferenceType{};
constexpr size_t kMostArticles = 256;  // of a list
constexpr size_t kLeastArticles = 8;   // that are worth a list

std::string ListsKey(NodeId publisher) {
  return KeyWriter(ProvenanceKey::kPublisherList).U64(publisher).bytes();
}

}  // namespace

std::string EncodePublisherList(absl::Span<const NodeId> articles) {
  std::vector<uint64_t> differences;
  for (size_t i = 1; i < articles.size(); ++i) {
    differences.push_back(articles[i] - articles[i - 1]);
  }
  std::string value(1, kListKind);
  AppendVarint(differences.size(), &value);
  std::string packed;
  Column::Append(kDifferenceType, differences, &value, &packed);
  return value + packed;
}

absl::Status DecodePublisherList(NodeId last, absl::string_view value,
                                 std::vector<NodeId>* articles) {
  const auto broken = [] { return absl::DataLossError("broken list of articles"); };
  ByteReader reader(value);
  uint8_t kind;
  uint64_t others;
  Column column;
  if (!reader.Fixed(&kind) || kind != kListKind || !reader.Varint(&others) ||
      others >= kMostArticles || !column.ReadHeader(kDifferenceType, &reader) ||
      !column.ReadPacked(others, &reader) || !reader.done() || !IsArticle(last)) {
    return broken();
  }
  uint64_t differences[kMostArticles];
  column.Unpack(0, others, differences);
  const size_t begin = articles->size();
  articles->resize(begin + others + 1);
  for (size_t i = others; i > 0; --i) {
    (*articles)[begin + i] = last;
    const uint64_t difference = differences[i - 1];
    if (difference == 0 || difference > last - kFirstArticle) return broken();
    last -= difference;
  }
  (*articles)[begin] = last;
  return absl::OkStatus();
}

absl::StatusOr<bool> IsInPublisherList(const View& view, NodeId publisher, NodeId article) {
  const std::string prefix = ListsKey(publisher);
  Cursor lists = view.Scan(Family::kProvenance, prefix);
  lists.Seek(NodeKey(article));
  if (!lists.Valid()) {
    RETURN_IF_ERROR(lists.status());
    return false;
  }
  KeyReader key(lists.key().substr(prefix.size()));
  NodeId last;
  if (!key.U64(&last) || !key.done()) return absl::DataLossError("broken provenance key");
  std::vector<NodeId> articles;
  RETURN_IF_ERROR(DecodePublisherList(last, lists.value(), &articles));
  return std::binary_search(articles.begin(), articles.end(), article);
}

absl::Status ErasePublished(Transaction& transaction, NodeId publisher, NodeId article) {
  ASSIGN_OR_RETURN(const bool in_list, IsInPublisherList(transaction, publisher, article));
  if (in_list) {
    transaction.Put(Family::kProvenance, PublisherKey(publisher, article), kNoLongerPublished);
  } else {
    transaction.Delete(Family::kProvenance, PublisherKey(publisher, article));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<NodeId>> ArticlesOfPublisher(const View& view, NodeId publisher) {
  std::vector<NodeId> articles;
  const auto scan = [&](const std::string& prefix, const auto& visit) -> absl::Status {
    Cursor cursor = view.Scan(Family::kProvenance, prefix);
    for (; cursor.Valid(); cursor.Next()) {
      KeyReader rest(cursor.key().substr(prefix.size()));
      NodeId article;
      if (!rest.U64(&article) || !rest.done()) return absl::DataLossError("broken provenance key");
      RETURN_IF_ERROR(visit(article, cursor.value()));
    }
    return cursor.status();
  };
  RETURN_IF_ERROR(scan(ListsKey(publisher), [&](NodeId last, absl::string_view value) {
    return DecodePublisherList(last, value, &articles);
  }));
  std::vector<NodeId> added;
  std::vector<NodeId> erased;
  RETURN_IF_ERROR(scan(KeyWriter(ProvenanceKey::kPublisherArticles).U64(publisher).bytes(),
                       [&](NodeId article, absl::string_view value) {
                         (value == kNoLongerPublished ? erased : added).push_back(article);
                         return absl::OkStatus();
                       }));
  std::vector<NodeId> all;
  if (articles.empty()) return added;
  if (added.empty() && erased.empty()) return articles;
  std::set_union(articles.begin(), articles.end(), added.begin(), added.end(),
                 std::back_inserter(all));
  articles.clear();
  std::set_difference(all.begin(), all.end(), erased.begin(), erased.end(),
                      std::back_inserter(articles));
  return articles;
}

PublisherStream::PublisherStream(TableLoad& load)
    : in_lists_(load.has_files()),
      pairs_(load.NewStream(Family::kProvenance)),
      lists_(load.NewStream(Family::kProvenance)) {
  lists_.LeaveUncompressed();
}

absl::Status PublisherStream::Add(NodeId publisher, NodeId article) {
  if (!in_lists_) return pairs_.Put(PublisherKey(publisher, article), kPublished);
  if (publisher != publisher_ || articles_.size() == kMostArticles) RETURN_IF_ERROR(Write());
  publisher_ = publisher;
  articles_.push_back(article);
  return absl::OkStatus();
}

absl::Status PublisherStream::Write() {
  if (articles_.size() >= kLeastArticles) {
    const std::string key = ListsKey(publisher_) + NodeKey(articles_.back());
    RETURN_IF_ERROR(lists_.Put(key, EncodePublisherList(articles_)));
  } else {
    for (const NodeId article : articles_) {
      RETURN_IF_ERROR(pairs_.Put(PublisherKey(publisher_, article), kPublished));
    }
  }
  articles_.clear();
  return absl::OkStatus();
}

absl::Status PublisherStream::Finish() {
  RETURN_IF_ERROR(Write());
  RETURN_IF_ERROR(pairs_.Finish());
  return lists_.Finish();
}

}  // namespace entente::storage
