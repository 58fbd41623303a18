#include "storage/page_reader.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "rocksdb/slice.h"
#include "storage/adjacency_page.h"
#include "storage/keys.h"
#include "storage/status_macros.h"
#include "storage/store_impl.h"

namespace entente::storage {
namespace {

// Pages of so many edges are worth a place at once: they cost the most to decode.
constexpr uint64_t kManyEdges = 64;

}  // namespace

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

PageReader::PageReader(const View& view, Direction direction, uint32_t columns)
    : view_(view), direction_(direction), columns_(columns), reads_(view, Family::kAdjacency) {}

void PageReader::Begin() {
  own_pages_.clear();
  own_chunk_.reset();
  own_directory_.reset();
  reads_.Begin();
}

void PageReader::Release() {
  pages_.clear();
  own_pages_.clear();
  own_chunk_.reset();
  own_directory_.reset();
  reads_.Release();
}

const DecodedPage* PageReader::KeepPage(CacheKey key, std::unique_ptr<DecodedPage> page,
                                        std::unique_ptr<ReadCache::Entry>* owner) {
  const bool many = page->Count(RelationFilter()).edges >= kManyEdges;
  return reads_.Keep(key, many ? ReadCache::Worth::kAtOnce : ReadCache::Worth::kOnSecondOffer,
                     std::move(page), owner);
}

absl::Status PageReader::Load(absl::Span<const NodeId> nodes) {
  Begin();
  pages_.assign(nodes.size(), nullptr);
  missing_.clear();
  const auto take = [&](size_t i, const DecodedPage* page) {
    if (page == nullptr) {
      missing_.push_back({nodes[i], i, 0});
    } else if (page->alone() && page->Has(columns_)) {
      page->Prefetch();
      pages_[i] = page;
    } else if (page->alone()) {
      missing_.push_back({nodes[i], i, page->columns()});
    }
  };
  reads_.FindMany<DecodedPage>(
      nodes.size(), [&](size_t i) { return CacheKey::Page(direction_, nodes[i], 0); }, take);
  return missing_.empty() ? absl::OkStatus() : ReadMissing();
}

absl::StatusOr<bool> PageReader::HasSeveralChunks(NodeId node) {
  if (!view_.MayHaveSeveralChunks(direction_, node)) return false;
  ASSIGN_OR_RETURN(const ChunkDirectory* directory, LoadDirectory(node));
  return !directory->chunks().empty();
}

absl::Status PageReader::ReadMissing() {
  std::sort(missing_.begin(), missing_.end(), [](const Missing& a, const Missing& b) {
    return std::pair(a.node, a.row) < std::pair(b.node, b.row);
  });
  size_t kept = 0;
  for (const Missing& missing : missing_) {
    ASSIGN_OR_RETURN(const bool several, HasSeveralChunks(missing.node));
    if (!several) missing_[kept++] = missing;
  }
  missing_.resize(kept);
  std::vector<std::string> keys;
  keys.reserve(kept);
  for (size_t i = 0; i < kept; ++i) {
    if (i > 0 && missing_[i].node == missing_[i - 1].node) continue;
    keys.push_back(AdjacencyKey(direction_, missing_[i].node, 0));
  }
  if (keys.empty()) return absl::OkStatus();
  std::vector<rocksdb::PinnableSlice> values;
  std::vector<bool> found;
  RETURN_IF_ERROR(view_.MultiGet(Family::kAdjacency, keys, &values, &found));
  const DecodedPage* page = nullptr;
  for (size_t i = 0, k = 0; i < missing_.size(); ++i) {
    const Missing& missing = missing_[i];
    if (i == 0 || missing.node != missing_[i - 1].node) {
      std::optional<PageValue> value;
      if (found[k]) {
        ASSIGN_OR_RETURN(value, PageValue::Parse(ToView(values[k])));
      }
      ++k;
      page = KeepPage(CacheKey::Page(direction_, missing.node, 0),
                      DecodedPage::Make(value.has_value() ? &*value : nullptr, /*alone=*/true,
                                        columns_ | missing.columns),
                      &own_pages_.emplace_back());
    }
    pages_[missing.row] = page;
  }
  return absl::OkStatus();
}

const DecodedPage* PageReader::FindCached(NodeId node, uint32_t chunk, bool alone) {
  const DecodedPage* page = reads_.Find<DecodedPage>(CacheKey::Page(direction_, node, chunk));
  return page != nullptr && page->alone() == alone && page->Has(columns_) ? page : nullptr;
}

const DecodedPage* PageReader::Take(NodeId node, uint32_t chunk, bool alone,
                                    const PageValue& value) {
  const CacheKey key = CacheKey::Page(direction_, node, chunk);
  const DecodedPage* before = reads_.Find<DecodedPage>(key);
  const uint32_t columns = columns_ | (before == nullptr ? 0 : before->columns());
  return KeepPage(key, DecodedPage::Make(&value, alone, columns), &own_chunk_);
}

absl::StatusOr<const ChunkDirectory*> PageReader::LoadDirectory(NodeId node) {
  const CacheKey key = CacheKey::Chunks(direction_, node);
  if (const ChunkDirectory* found = reads_.Find<ChunkDirectory>(key)) return found;
  ASSIGN_OR_RETURN(std::vector<ChunkSummary> chunks, ReadSummaries(view_, direction_, node));
  return reads_.Keep(key, ReadCache::Worth::kAtOnce,
                     std::make_unique<ChunkDirectory>(std::move(chunks)), &own_directory_);
}

absl::StatusOr<const DecodedPage*> PageReader::LoadChunk(NodeId node, uint32_t chunk) {
  const CacheKey key = CacheKey::Page(direction_, node, chunk);
  const DecodedPage* page = reads_.Find<DecodedPage>(key);
  if (page != nullptr && page->Has(columns_)) return page;
  rocksdb::PinnableSlice bytes;
  ASSIGN_OR_RETURN(const bool found,
                   view_.Get(Family::kAdjacency, AdjacencyKey(direction_, node, chunk), &bytes));
  std::optional<PageValue> value;
  if (found) {
    ASSIGN_OR_RETURN(value, PageValue::Parse(ToView(bytes)));
  }
  return KeepPage(key,
                  DecodedPage::Make(value.has_value() ? &*value : nullptr, /*alone=*/false,
                                    columns_ | (page == nullptr ? 0 : page->columns())),
                  &own_chunk_);
}

}  // namespace entente::storage
