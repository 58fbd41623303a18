#include "storage/node_reader.h"

#include <algorithm>
#include <string>
#include <utility>

#include "rocksdb/slice.h"
#include "storage/articles.h"
#include "storage/keys.h"
#include "storage/status_macros.h"
#include "storage/store_impl.h"

namespace entente::storage {
namespace {

constexpr size_t kAllocation = 16;  // what one costs beside its bytes

size_t TextBytes(const std::string& text) {
  constexpr size_t kWithin = 15;  // what a string holds without an allocation
  return text.capacity() <= kWithin ? 0 : text.capacity() + kAllocation;
}

}  // namespace

class NodeReader::CachedNode final : public ReadCache::Entry {
 public:
  explicit CachedNode(NodeRecord record) : record_(std::move(record)) {}
  const NodeRecord& record() const { return record_; }

 private:
  size_t bytes() const override {
    size_t bytes = sizeof(*this) + 3 * kAllocation + TextBytes(record_.properties) +
                   record_.labels.capacity() * sizeof(LabelId) +
                   record_.names.capacity() * sizeof(Name);
    for (const Name& name : record_.names) {
      bytes += TextBytes(name.text) + TextBytes(name.language) + TextBytes(name.script);
    }
    return bytes;
  }

  const NodeRecord record_;
};

NodeReader::NodeReader(const View& view)
    : view_(view), entities_(view, Family::kEntities), articles_(view, Family::kArticles) {}

void NodeReader::Begin() {
  own_.clear();
  entities_.Begin();
  articles_.Begin();
}

void NodeReader::Release() {
  records_.clear();
  own_.clear();
  entities_.Release();
  articles_.Release();
}

const NodeRecord* NodeReader::Keep(NodeId node, NodeRecord record) {
  CachedReads& reads = IsArticle(node) ? articles_ : entities_;
  return &reads
              .Keep(CacheKey::Node(node), ReadCache::Worth::kOnSecondOffer,
                    std::make_unique<CachedNode>(std::move(record)), &own_.emplace_back())
              ->record();
}

absl::Status NodeReader::Load(absl::Span<const NodeId> nodes) {
  Begin();
  records_.assign(nodes.size(), nullptr);
  missing_.clear();
  // Nodes of one kind mostly stand side by side, with some that are none among them.
  const auto is_article = [](NodeId node) { return node != kNoId && IsArticle(node); };
  const auto is_entity = [](NodeId node) { return node != kNoId && !IsArticle(node); };
  for (size_t begin = 0, end = 0; begin < nodes.size(); begin = end) {
    end = std::find_if(nodes.begin() + begin, nodes.end(), is_article) - nodes.begin();
    const bool articles = end == begin;
    if (articles) end = std::find_if(nodes.begin() + begin, nodes.end(), is_entity) - nodes.begin();
    const auto take = [&](size_t i, const CachedNode* found) {
      if (found != nullptr) {
        records_[begin + i] = &found->record();
        __builtin_prefetch(&found->record().publisher);
      } else if (nodes[begin + i] != kNoId) {
        missing_.emplace_back(nodes[begin + i], begin + i);
      }
    };
    (articles ? articles_ : entities_)
        .FindMany<CachedNode>(
            end - begin, [&](size_t i) { return CacheKey::Node(nodes[begin + i]); }, take);
  }
  if (missing_.empty()) return absl::OkStatus();
  std::sort(missing_.begin(), missing_.end());
  const auto first_article = std::partition_point(
      missing_.begin(), missing_.end(), [](const auto& entry) { return !IsArticle(entry.first); });
  const absl::Span<const std::pair<NodeId, size_t>> all = missing_;
  const size_t entities = static_cast<size_t>(first_article - missing_.begin());
  RETURN_IF_ERROR(ReadMissingEntities(all.first(entities)));
  return ReadMissingArticles(all.subspan(entities));
}

absl::Status NodeReader::ReadMissingEntities(absl::Span<const std::pair<NodeId, size_t>> missing) {
  if (missing.empty()) return absl::OkStatus();
  std::vector<std::string> keys;
  for (size_t i = 0; i < missing.size(); ++i) {
    if (i == 0 || missing[i].first != missing[i - 1].first) {
      keys.push_back(NodeKey(missing[i].first));
    }
  }
  std::vector<rocksdb::PinnableSlice> values;
  std::vector<bool> found;
  RETURN_IF_ERROR(view_.MultiGet(Family::kEntities, keys, &values, &found));
  const NodeRecord* record = nullptr;
  for (size_t i = 0, k = 0; i < missing.size(); ++i) {
    const auto& [node, row] = missing[i];
    if (i == 0 || node != missing[i - 1].first) {
      record = nullptr;
      if (found[k]) {
        ASSIGN_OR_RETURN(NodeRecord read, DecodeNode(ToView(values[k])));
        record = Keep(node, std::move(read));
      }
      ++k;
    }
    records_[row] = record;
  }
  return absl::OkStatus();
}

absl::Status NodeReader::ReadMissingArticles(absl::Span<const std::pair<NodeId, size_t>> missing) {
  if (missing.empty()) return absl::OkStatus();
  std::vector<NodeId> articles;
  std::vector<size_t> first;  // in `missing`
  for (size_t i = 0; i < missing.size(); ++i) {
    if (!articles.empty() && articles.back() == missing[i].first) continue;
    articles.push_back(missing[i].first);
    first.push_back(i);
  }
  return ReadArticles(view_, articles, [&](size_t i, NodeRecord read) {
    const NodeRecord* record = Keep(articles[i], std::move(read));
    for (size_t m = first[i]; m < missing.size() && missing[m].first == articles[i]; ++m) {
      records_[missing[m].second] = record;
    }
  });
}

absl::StatusOr<const NodeRecord*> NodeReader::Read(NodeId node) {
  own_.clear();
  CachedReads& reads = IsArticle(node) ? articles_ : entities_;
  reads.Begin();
  const CachedNode* cached = reads.Find<CachedNode>(CacheKey::Node(node));
  if (cached != nullptr) return &cached->record();
  ASSIGN_OR_RETURN(std::optional<NodeRecord> read, ReadNode(view_, node));
  return read.has_value() ? Keep(node, *std::move(read)) : nullptr;
}

}  // namespace entente::storage
