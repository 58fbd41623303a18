#include "storage/decoded_page.h"

#include <cstring>
#include <map>

#include "storage/adjacency_page.h"
#include "storage/check.h"
#include "storage/facts.h"

namespace entente::storage {
namespace {

constexpr size_t kWord = sizeof(uint64_t);
// What an allocation costs beside its bytes.
constexpr size_t kAllocation = 16;

static_assert(sizeof(RelationSlice) % kWord == 0);

template <typename T>
size_t Words(const std::vector<T>& column) {
  return (column.size() * sizeof(T) + kWord - 1) / kWord;
}

template <typename T>
const T* Behind(const T* column, uint32_t n) {
  return column == nullptr ? nullptr : column + n;
}

}  // namespace

EdgeSpan EdgeSpan::Part(uint32_t begin, uint32_t end) const {
  EdgeSpan part = *this;
  part.size = end - begin;
  part.other = Behind(other, begin);
  part.fact = Behind(fact, begin);
  part.valid_from = Behind(valid_from, begin);
  part.valid_to = Behind(valid_to, begin);
  part.first_reported = Behind(first_reported, begin);
  part.confidence = Behind(confidence, begin);
  part.flags = Behind(flags, begin);
  part.near = Behind(near, begin);
  return part;
}

std::unique_ptr<DecodedPage> DecodedPage::Make(const PageValue* value, bool alone,
                                               uint32_t columns) {
  thread_local EdgeColumns edges;
  thread_local std::vector<RelationSlice> slices;
  edges.Clear();
  slices.clear();
  columns &= ~kRelationColumn;
  if (value != nullptr) {
    value->Slices(&slices);
    if (columns != 0) value->Read(RelationFilter(), columns, &edges);
  }
  ENTENTE_CHECK(columns == 0 || slices.empty() || edges.size == slices.back().end);
  std::unique_ptr<DecodedPage> page = Arrange(slices, edges, {}, columns);
  page->alone_ = alone;
  return page;
}

std::unique_ptr<DecodedPage> DecodedPage::MakeSegment(const EdgeColumns& edges,
                                                      const std::vector<uint8_t>& near,
                                                      uint32_t columns) {
  // Where the edges of each relation go.
  std::map<RelationId, RelationSlice> by_relation;
  for (RelationId relation : edges.relation) ++by_relation[relation].end;
  std::vector<RelationSlice> slices;
  uint32_t begin = 0;
  for (auto& [relation, slice] : by_relation) {
    slice = {relation, begin, begin + slice.end, 0};
    begin = slice.end;
  }
  std::vector<uint32_t> place(edges.size);
  RelationSlice* slice = nullptr;
  for (size_t i = 0; i < edges.size; ++i) {
    if (slice == nullptr || slice->relation != edges.relation[i]) {
      slice = &by_relation[edges.relation[i]];
    }
    place[i] = slice->begin++;
    slice->visible += (edges.flags[i] & kVisible) != 0 ? 1 : 0;
  }
  begin = 0;
  for (auto& [relation, filled] : by_relation) {
    slices.push_back({relation, begin, filled.begin, filled.visible});
    begin = filled.begin;
  }
  const auto arranged = [&](const auto& column) {
    auto result = column;
    for (size_t i = 0; i < column.size(); ++i) result[place[i]] = column[i];
    return result;
  };
  EdgeColumns ordered;
  ordered.size = edges.size;
  ordered.other = arranged(edges.other);
  ordered.fact = arranged(edges.fact);
  ordered.valid_from = arranged(edges.valid_from);
  ordered.valid_to = arranged(edges.valid_to);
  ordered.first_reported = arranged(edges.first_reported);
  ordered.confidence = arranged(edges.confidence);
  ordered.flags = arranged(edges.flags);
  return Arrange(slices, ordered, arranged(near), columns);
}

std::unique_ptr<DecodedPage> DecodedPage::Arrange(const std::vector<RelationSlice>& slices,
                                                  const EdgeColumns& edges,
                                                  const std::vector<uint8_t>& near,
                                                  uint32_t columns) {
  const auto for_each_column = [&](const auto& visit) {
    visit(kOther, edges.other);
    visit(kFact, edges.fact);
    visit(kValidFrom, edges.valid_from);
    visit(kValidTo, edges.valid_to);
    visit(kFirstReported, edges.first_reported);
    visit(kConfidence, edges.confidence);
    visit(kFlags, edges.flags);
    visit(kNear, near);
  };
  size_t words = Words(slices);
  for_each_column([&](Index, const auto& column) { words += Words(column); });
  std::unique_ptr<DecodedPage> page = MakeWith<DecodedPage>(words * kWord);
  page->columns_ = columns | kRelationColumn;
  page->slice_count_ = static_cast<uint32_t>(slices.size());
  page->edge_count_ = slices.empty() ? 0 : slices.back().end;
  page->words_ = static_cast<uint32_t>(words);
  uint64_t* const data = const_cast<uint64_t*>(page->data());
  uint32_t filled = 0;
  const auto append = [&](const auto& column) {
    if (!column.empty())
      std::memcpy(data + filled, column.data(), column.size() * sizeof(column[0]));
    filled += static_cast<uint32_t>(Words(column));
  };
  append(slices);
  for_each_column([&](Index index, const auto& column) {
    if (!column.empty()) page->offsets_[index] = filled;
    append(column);
  });
  return page;
}

size_t DecodedPage::bytes() const { return sizeof(*this) + words_ * kWord + kAllocation; }

template <typename T>
const T* DecodedPage::At(Index index) const {
  const uint32_t offset = offsets_[index];
  return offset == 0 ? nullptr : reinterpret_cast<const T*>(data() + offset);
}

const RelationSlice* DecodedPage::Next(const RelationFilter& filter, Position* position) const {
  const RelationSlice* const all = slices();
  uint32_t& slice = position->slice;
  if (filter.any()) return slice < slice_count_ ? all + slice++ : nullptr;
  for (; position->wanted < filter.list().size(); ++position->wanted) {
    const RelationId wanted = filter.list()[position->wanted];
    while (slice < slice_count_ && all[slice].relation < wanted) ++slice;
    if (slice == slice_count_) return nullptr;
    if (all[slice].relation == wanted) {
      ++position->wanted;
      return all + slice++;
    }
  }
  return nullptr;
}

EdgeSpan DecodedPage::edges() const {
  return {.size = edge_count_,
          .other = At<NodeId>(kOther),
          .fact = At<FactId>(kFact),
          .valid_from = At<int32_t>(kValidFrom),
          .valid_to = At<int32_t>(kValidTo),
          .first_reported = At<int32_t>(kFirstReported),
          .confidence = At<uint16_t>(kConfidence),
          .flags = At<uint8_t>(kFlags),
          .near = At<uint8_t>(kNear)};
}

Degree DecodedPage::Count(const RelationFilter& filter) const {
  Degree degree;
  Position position;
  while (const RelationSlice* slice = Next(filter, &position)) {
    degree.edges += slice->end - slice->begin;
    degree.visible += slice->visible;
  }
  return degree;
}

size_t ChunkDirectory::bytes() const {
  size_t bytes = sizeof(*this) + kAllocation;
  for (const ChunkSummary& chunk : chunks_) {
    bytes += sizeof(chunk) + kAllocation + chunk.relations.capacity() * sizeof(RelationSummary);
  }
  return bytes;
}

}  // namespace entente::storage
