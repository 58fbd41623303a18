#include "storage/adjacency_page.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "storage/bits.h"
#include "storage/bytes.h"
#include "storage/facts.h"
#include "storage/status_macros.h"
#include "storage/time.h"

namespace entente::storage {
namespace {

constexpr char kValueKind = '\x01';
constexpr absl::string_view kEmptyValue("\x01\x00", 2);

// Rows may wait until they take this many bytes and an eighth of the page.
constexpr size_t kPendingBytes = 512;
constexpr size_t kPendingShare = 8;

std::tuple<RelationId, NodeId, FactId> Order(const EdgeRow& row) {
  return {row.relation, row.other, row.fact};
}

uint64_t Pattern(int32_t v) { return static_cast<uint64_t>(int64_t{v}); }

absl::Status Broken() { return absl::DataLossError("broken adjacency page"); }

bool ReadDay(ByteReader* bytes, int32_t* day) {
  int64_t v;
  if (!bytes->Signed(&v) || v != static_cast<int32_t>(v)) return false;
  *day = static_cast<int32_t>(v);
  return true;
}

// Appends a column of rows [begin, end); `patterns` is scratch.
template <typename T>
void AppendColumn(const ColumnType& type, const std::vector<T>& values, size_t begin, size_t end,
                  std::vector<uint64_t>* patterns, std::string* headers, std::string* packed) {
  patterns->clear();
  for (size_t i = begin; i < end; ++i) {
    if constexpr (std::is_signed_v<T>) {
      patterns->push_back(Pattern(values[i]));
    } else {
      patterns->push_back(values[i]);
    }
  }
  Column::Append(type, *patterns, headers, packed);
}

// The day that the other days of an edge are counted from.
int32_t EventDay(int32_t valid_from) { return valid_from == kOpenStart ? 0 : valid_from; }

// Broken bytes may lead anywhere, but not beyond what is defined.
int32_t DayAfter(int32_t event, int32_t days) {
  return static_cast<int32_t>(static_cast<uint32_t>(event) + static_cast<uint32_t>(days));
}

// Days of rows [begin, end) as numbers of days since their events.
std::vector<int64_t> SinceEvents(const EdgeColumns& edges, const std::vector<int32_t>& days,
                                 int32_t none, size_t begin, size_t end) {
  std::vector<int64_t> since;
  since.reserve(end - begin);
  for (size_t i = begin; i < end; ++i) {
    since.push_back(days[i] == none ? none : int64_t{days[i]} - EventDay(edges.valid_from[i]));
  }
  return since;
}

// Of rows [begin, end), of which there are some.
void AppendDirectory(const EdgeColumns& edges, size_t begin, size_t end, std::string* out) {
  struct Slice {
    RelationId relation;
    uint32_t edges;
    uint32_t hidden;
  };
  std::vector<Slice> slices;
  uint32_t hidden = 0;
  for (size_t i = begin; i < end; ++i) {
    if (slices.empty() || slices.back().relation != edges.relation[i]) {
      slices.push_back({edges.relation[i], 0, 0});
    }
    const uint32_t is_hidden = (edges.flags[i] & kVisible) != 0 ? 0 : 1;
    ++slices.back().edges;
    slices.back().hidden += is_hidden;
    hidden += is_hidden;
  }
  BitWriter bits(out);
  AppendGamma(static_cast<uint32_t>(slices.size()), &bits);
  bits.Put(hidden > 0 ? 1 : 0, 1);
  RelationId next = 0;
  for (const Slice& slice : slices) {
    AppendGamma(slice.relation - next + 1, &bits);
    AppendGamma(slice.edges, &bits);
    if (hidden > 0) AppendGamma(slice.hidden + 1, &bits);
    next = slice.relation + 1;
  }
  bits.Finish();
}

// Splits a value into its page and its pending rows.
bool Split(absl::string_view value, absl::string_view* page, absl::string_view* rows) {
  ByteReader bytes(value);
  uint8_t kind;
  uint64_t length;
  if (!bytes.Fixed(&kind) || kind != kValueKind) return false;
  if (!bytes.Varint(&length) || !bytes.Bytes(length, page)) return false;
  *rows = bytes.rest();
  return true;
}

}  // namespace

const ColumnType PageValue::kColumnTypes[] = {
    {},
    {.rising = true},
    {.has_none = true, .none = Pattern(kOpenStart)},
    {.has_none = true, .none = Pattern(kOpenEnd), .may_be_sparse = true, .usual = 1},
    {.has_none = true, .none = Pattern(kNeverReported), .may_be_sparse = true},
    {.usual_unit = 100},
    {.may_be_sparse = true, .usual = kVisible | kHasEvidence},
};

void AppendPendingRow(EdgeOp op, const EdgeRow& row, std::string* rows) {
  rows->push_back(static_cast<char>(op));
  AppendVarint(row.relation, rows);
  AppendVarint(row.other, rows);
  AppendVarint(row.fact, rows);
  if (op == EdgeOp::kErase) return;
  AppendVarint(ZigZag(row.valid_from), rows);
  AppendVarint(ZigZag(row.valid_to), rows);
  AppendVarint(ZigZag(row.first_reported), rows);
  AppendVarint(row.confidence, rows);
  rows->push_back(static_cast<char>(row.flags));
}

std::string EncodePageValue(const EdgeColumns& edges) {
  return EncodePageValue(edges, 0, edges.size);
}

std::string EncodePageValue(const EdgeColumns& edges, size_t begin, size_t end) {
  if (begin == end) return std::string(kEmptyValue);
  std::string page;
  AppendDirectory(edges, begin, end, &page);
  std::string packed;
  std::vector<uint64_t> patterns;
  const auto append = [&](PageValue::ColumnIndex index, const auto& values) {
    AppendColumn(PageValue::kColumnTypes[index], values, begin, end, &patterns, &page, &packed);
  };
  const auto append_since = [&](PageValue::ColumnIndex index, const std::vector<int32_t>& days,
                                int32_t none) {
    const std::vector<int64_t> since = SinceEvents(edges, days, none, begin, end);
    AppendColumn(PageValue::kColumnTypes[index], since, 0, since.size(), &patterns, &page, &packed);
  };
  append(PageValue::kOther, edges.other);
  append(PageValue::kFact, edges.fact);
  append(PageValue::kValidFrom, edges.valid_from);
  append_since(PageValue::kDays, edges.valid_to, kOpenEnd);
  append_since(PageValue::kReported, edges.first_reported, kNeverReported);
  append(PageValue::kConfidence, edges.confidence);
  append(PageValue::kFlags, edges.flags);

  std::string value(1, kValueKind);
  AppendVarint(page.size() + packed.size(), &value);
  value += page;
  value += packed;
  return value;
}

absl::string_view EmptyPageValue() { return kEmptyValue; }
bool IsEmptyPageValue(absl::string_view value) { return value == kEmptyValue; }

void FoldPending(std::string* value) {
  absl::string_view page;
  absl::string_view rows;
  if (!Split(*value, &page, &rows)) return;
  if (rows.size() < kPendingBytes + page.size() / kPendingShare) return;
  absl::StatusOr<PageValue> parsed = PageValue::Parse(*value);
  if (!parsed.ok()) return;
  EdgeColumns edges;
  parsed->Read(RelationFilter(), kAllColumns, &edges);
  *value = EncodePageValue(edges);
}

absl::StatusOr<PageValue> PageValue::Parse(absl::string_view value) {
  absl::string_view page;
  absl::string_view rows;
  if (!Split(value, &page, &rows)) return Broken();
  PageValue parsed;
  if (!page.empty()) RETURN_IF_ERROR(parsed.ParsePage(page));
  if (!rows.empty()) RETURN_IF_ERROR(parsed.ParsePending(rows));
  return parsed;
}

absl::Status PageValue::ParsePage(absl::string_view page) {
  BitReader directory(page, 0, uint64_t{8} * page.size());
  uint32_t relations;
  if (!ReadGamma(&directory, &relations) || relations > kMaxPageEdges) return Broken();
  const bool some_are_hidden = directory.Window() >> 63 != 0;
  if (!directory.Skip(1)) return Broken();
  slices_.reserve(std::min<size_t>(relations, page.size()));
  uint64_t next = 0;
  uint32_t n = 0;
  for (uint32_t i = 0; i < relations; ++i) {
    uint32_t step;
    uint32_t edges;
    uint32_t hidden = 1;
    if (!ReadGamma(&directory, &step) || !ReadGamma(&directory, &edges)) return Broken();
    if (some_are_hidden && !ReadGamma(&directory, &hidden)) return Broken();
    const uint64_t relation = next + step - 1;
    --hidden;
    if (relation >= kNoSymbol || edges > kMaxPageEdges - n || hidden > edges) return Broken();
    slices_.push_back({static_cast<RelationId>(relation), n, n + edges, edges - hidden});
    next = relation + 1;
    n += edges;
  }
  ByteReader bytes(page.substr((directory.at() + 7) / 8));
  for (int i = 0; i < kColumnCount; ++i) {
    if (!columns_[i].ReadHeader(kColumnTypes[i], &bytes)) return Broken();
  }
  for (Column& column : columns_) {
    if (!column.ReadPacked(n, &bytes)) return Broken();
  }
  return bytes.done() ? absl::OkStatus() : Broken();
}

absl::Status PageValue::ParsePending(absl::string_view rows) {
  ByteReader bytes(rows);
  while (!bytes.done()) {
    PendingRow pending;
    EdgeRow& row = pending.row;
    uint8_t op;
    if (!bytes.Fixed(&op) || op < 1 || op > 3) return Broken();
    pending.op = static_cast<EdgeOp>(op);
    if (!bytes.Number(&row.relation) || !bytes.Varint(&row.other) || !bytes.Varint(&row.fact)) {
      return Broken();
    }
    if (pending.op != EdgeOp::kErase &&
        (!ReadDay(&bytes, &row.valid_from) || !ReadDay(&bytes, &row.valid_to) ||
         !ReadDay(&bytes, &row.first_reported) || !bytes.Number(&row.confidence) ||
         !bytes.Fixed(&row.flags))) {
      return Broken();
    }
    pending_.push_back(pending);
  }
  std::stable_sort(pending_.begin(), pending_.end(), [](const PendingRow& a, const PendingRow& b) {
    return Order(a.row) < Order(b.row);
  });
  size_t kept = 0;
  for (size_t i = 0; i < pending_.size(); ++i) {
    if (kept > 0 && Order(pending_[kept - 1].row) == Order(pending_[i].row)) --kept;
    pending_[kept++] = pending_[i];
  }
  pending_.resize(kept);
  return absl::OkStatus();
}

size_t PageValue::LowerBound(size_t begin, size_t end, NodeId other, FactId fact) const {
  while (begin < end) {
    const size_t middle = begin + (end - begin) / 2;
    const NodeId at = columns_[kOther].At(middle);
    if (at < other || (at == other && columns_[kFact].At(middle) < fact)) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return begin;
}

bool PageValue::Holds(size_t position, size_t end, const EdgeRow& row) const {
  return position < end && columns_[kOther].At(position) == row.other &&
         columns_[kFact].At(position) == row.fact;
}

template <typename Visit>
void PageValue::ForEachRelation(const RelationFilter& filter, const Visit& visit) const {
  size_t s = 0;
  size_t p = 0;
  while (s < slices_.size() || p < pending_.size()) {
    RelationId relation = kNoSymbol;
    if (s < slices_.size()) relation = slices_[s].relation;
    if (p < pending_.size()) relation = std::min(relation, pending_[p].row.relation);
    RelationSlice slice{.relation = relation};
    if (s < slices_.size() && slices_[s].relation == relation) slice = slices_[s++];
    const size_t first = p;
    while (p < pending_.size() && pending_[p].row.relation == relation) ++p;
    if (filter.Admits(relation)) {
      visit(slice, absl::MakeConstSpan(pending_).subspan(first, p - first));
    }
  }
}

void PageValue::Read(const RelationFilter& filter, uint32_t columns, EdgeColumns* out) const {
  ForEachRelation(filter, [&](const RelationSlice& slice, absl::Span<const PendingRow> pending) {
    Merge(slice, slice.begin, slice.end, pending, columns, out);
  });
}

void PageValue::Find(NodeId other, const RelationFilter& filter, uint32_t columns,
                     EdgeColumns* out) const {
  ForEachRelation(filter, [&](const RelationSlice& slice, absl::Span<const PendingRow> pending) {
    const size_t begin = LowerBound(slice.begin, slice.end, other, 0);
    size_t end = begin;
    while (end < slice.end && columns_[kOther].At(end) == other) ++end;
    const auto range = std::equal_range(
        pending.begin(), pending.end(), PendingRow{EdgeOp::kErase, {.other = other}},
        [](const PendingRow& a, const PendingRow& b) { return a.row.other < b.row.other; });
    Merge(slice, begin, end,
          pending.subspan(range.first - pending.begin(), range.second - range.first), columns, out);
  });
}

Degree PageValue::CountOf(const RelationSlice& slice, absl::Span<const PendingRow> pending) const {
  Degree degree{slice.end - slice.begin, slice.visible};
  for (const PendingRow& change : pending) {
    const size_t position = LowerBound(slice.begin, slice.end, change.row.other, change.row.fact);
    if (Holds(position, slice.end, change.row)) {
      --degree.edges;
      if (columns_[kFlags].At(position) & kVisible) --degree.visible;
    }
    if (change.op != EdgeOp::kErase) {
      ++degree.edges;
      if (change.row.flags & kVisible) ++degree.visible;
    }
  }
  return degree;
}

Degree PageValue::Count(const RelationFilter& filter) const {
  Degree degree;
  ForEachRelation(filter, [&](const RelationSlice& slice, absl::Span<const PendingRow> pending) {
    const Degree part = CountOf(slice, pending);
    degree.edges += part.edges;
    degree.visible += part.visible;
  });
  return degree;
}

void PageValue::Slices(std::vector<RelationSlice>* slices) const {
  uint32_t begin = 0;
  const auto visit = [&](const RelationSlice& slice, absl::Span<const PendingRow> pending) {
    const Degree part = CountOf(slice, pending);
    if (part.edges == 0) return;
    const uint32_t end = begin + static_cast<uint32_t>(part.edges);
    slices->push_back({slice.relation, begin, end, static_cast<uint32_t>(part.visible)});
    begin = end;
  };
  ForEachRelation(RelationFilter(), visit);
}

void PageValue::Merge(const RelationSlice& slice, size_t begin, size_t end,
                      absl::Span<const PendingRow> pending, uint32_t columns,
                      EdgeColumns* out) const {
  for (const PendingRow& change : pending) {
    const size_t position = LowerBound(begin, end, change.row.other, change.row.fact);
    AppendRows(slice.relation, begin, position, columns, out);
    begin = position + (Holds(position, end, change.row) ? 1 : 0);
    if (change.op != EdgeOp::kErase) AppendRow(change.row, columns, out);
  }
  AppendRows(slice.relation, begin, end, columns, out);
}

void PageValue::AppendRows(RelationId relation, size_t begin, size_t end, uint32_t columns,
                           EdgeColumns* out) const {
  if (begin == end) return;
  const size_t size = out->size + (end - begin);
  if (columns & kRelationColumn) out->relation.resize(size, relation);
  const auto unpack = [&](uint32_t wanted, ColumnIndex index, auto* to) {
    if (!(columns & wanted)) return;
    to->resize(size);
    columns_[index].Unpack(begin, end, to->data() + out->size);
  };
  unpack(kOtherColumn, kOther, &out->other);
  unpack(kFactColumn, kFact, &out->fact);
  unpack(kValidFromColumn, kValidFrom, &out->valid_from);
  std::vector<int32_t> events;
  const auto unpack_since = [&](uint32_t wanted, ColumnIndex index, int32_t none,
                                std::vector<int32_t>* to) {
    if (!(columns & wanted)) return;
    unpack(wanted, index, to);
    const int32_t* from = nullptr;
    if (columns & kValidFromColumn) {
      from = out->valid_from.data() + out->size;
    } else {
      events.resize(end - begin);
      columns_[kValidFrom].Unpack(begin, end, events.data());
      from = events.data();
    }
    int32_t* const days = to->data() + out->size;
    for (size_t i = 0; i < end - begin; ++i) {
      if (days[i] != none) days[i] = DayAfter(EventDay(from[i]), days[i]);
    }
  };
  unpack_since(kValidToColumn, kDays, kOpenEnd, &out->valid_to);
  unpack_since(kFirstReportedColumn, kReported, kNeverReported, &out->first_reported);
  unpack(kConfidenceColumn, kConfidence, &out->confidence);
  unpack(kFlagsColumn, kFlags, &out->flags);
  out->size = size;
}

void AppendRow(const EdgeRow& row, uint32_t columns, EdgeColumns* out) {
  if (columns & kRelationColumn) out->relation.push_back(row.relation);
  if (columns & kOtherColumn) out->other.push_back(row.other);
  if (columns & kFactColumn) out->fact.push_back(row.fact);
  if (columns & kValidFromColumn) out->valid_from.push_back(row.valid_from);
  if (columns & kValidToColumn) out->valid_to.push_back(row.valid_to);
  if (columns & kFirstReportedColumn) out->first_reported.push_back(row.first_reported);
  if (columns & kConfidenceColumn) out->confidence.push_back(row.confidence);
  if (columns & kFlagsColumn) out->flags.push_back(row.flags);
  ++out->size;
}

EdgeRow RowAt(const EdgeColumns& edges, size_t i) {
  return {edges.relation[i], edges.other[i],          edges.fact[i],       edges.valid_from[i],
          edges.valid_to[i], edges.first_reported[i], edges.confidence[i], edges.flags[i]};
}

}  // namespace entente::storage
