#include "storage/article_block.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "storage/bytes.h"
#include "storage/published_text.h"
#include "storage/status_macros.h"
#include "storage/time.h"

namespace entente::storage {
namespace {

constexpr char kBlockKind = '\x01';

enum PropertiesKind : uint8_t {
  kBytes = 0,
  kNumbers = 1,
  kRareNumbers = 2,
  kFew = 3,
  kWords = 4,
  kInstants = 5,
  kDatedWords = 6
};

constexpr uint64_t kNone = ~uint64_t{0};
constexpr uint64_t kNoNumber = static_cast<uint64_t>(kNoTime);  // none that no difference is
constexpr uint8_t kUsualForm = 1;
constexpr size_t kMostDigits = 18;  // of a number that surely fits
constexpr size_t kMostFew = 32;
constexpr size_t kDayBytes = 10;
constexpr uint64_t kMostBlockBytes = uint64_t{1} << 28;  // so that bits fit ends

constexpr ColumnType kSlotType{.may_be_sparse = true};
constexpr ColumnType kPublisherType{.has_none = true, .none = kNoId};
constexpr ColumnType kPublishedType{.scaled = true, .has_none = true, .none = kNoNumber};
constexpr ColumnType kOriginalType{
    .has_none = true, .none = kNoId, .may_be_sparse = true, .usual = kNoId};
constexpr ColumnType kFormType{.may_be_sparse = true, .usual = kUsualForm};
constexpr ColumnType kSizeType{.has_none = true, .none = kNone};
constexpr ColumnType kNumberType{.scaled = true, .has_none = true, .none = kNoNumber};
constexpr ColumnType kRareNumberType{
    .scaled = true, .has_none = true, .none = kNoNumber, .may_be_sparse = true, .usual = kNoNumber};

const ColumnType& TypeOf(uint8_t kind) {
  return kind == kNumbers ? kNumberType : kind == kRareNumbers ? kRareNumberType : kSizeType;
}

// In microseconds: microseconds, milliseconds, seconds, minutes, hours, days.
constexpr int64_t kUnits[] = {1, 1'000, 1'000'000, 60'000'000, 3'600'000'000, kMicrosecondsPerDay};

// What the numbers of a column may grow with, as ids do that were counted up beside those of nodes.
enum NumberGuide : uint8_t { kNoGuide = 0, kArticle = 1, kPublisher = 2, kOriginal = 3 };

// `slot` is where the article stands in its block.
int64_t GuideOf(NumberGuide guide, uint64_t slot, const ArticleRow& row) {
  if (guide == kArticle) return static_cast<int64_t>(slot);
  const NodeId node = guide == kPublisher ? row.publisher : row.original;
  return node == kNoId ? 0 : static_cast<int64_t>(node);
}

// What one article has under an id.
struct Cell {
  size_t row;
  uint8_t form;
  absl::string_view bytes;
};

void AppendColumn(const ColumnType& type, absl::Span<const uint64_t> values, std::string* out) {
  std::string packed;
  Column::Append(type, values, out, &packed);
  *out += packed;
}

// The number at the end of a text, without zeros before it; as what stands before it.
absl::string_view PrefixOf(absl::string_view text) {
  size_t begin = text.size();
  while (begin > 0 && text.size() - begin < kMostDigits && absl::ascii_isdigit(text[begin - 1])) {
    --begin;
  }
  while (begin + 1 < text.size() && text[begin] == '0') ++begin;
  return text.substr(0, begin);
}

// The number behind the prefix; false when decimal digits would not give the text back.
bool NumberBehind(absl::string_view prefix, const Cell& cell, uint64_t* number) {
  if (cell.bytes.substr(0, prefix.size()) != prefix) return false;
  const absl::string_view digits = cell.bytes.substr(prefix.size());
  if (digits.empty() || digits.size() > kMostDigits) return false;
  if (digits[0] == '0' && digits.size() > 1) return false;
  *number = 0;
  for (const char digit : digits) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(digit))) return false;
    *number = *number * 10 + static_cast<uint64_t>(digit - '0');
  }
  return true;
}

// Takes the trend from all values but none. False when a difference would read as none.
bool Lower(Trend trend, absl::Span<const int64_t> guides, std::vector<uint64_t>* values) {
  for (size_t i = 0; i < values->size(); ++i) {
    uint64_t& value = (*values)[i];
    if (value == kNoNumber) continue;
    value -= trend.At(guides[i]);
    if (value == kNoNumber) return false;
  }
  return true;
}

// Of numbers with a guide each, which grow with it. False when they do not.
bool AppendGuided(NumberGuide guide, absl::Span<const int64_t> guides, absl::Span<const Cell> cells,
                  std::vector<uint64_t> numbers, uint8_t kind, size_t rows, std::string* out) {
  const Trend trend = Trend::Through(guides, numbers);
  if (trend.slope() == 0 || !Lower(trend, guides, &numbers)) return false;
  out->push_back(static_cast<char>(guide));
  AppendVarint(ZigZag(trend.slope()), out);
  std::vector<uint64_t> by_row(rows, kNoNumber);
  for (size_t i = 0; i < cells.size(); ++i) by_row[cells[i].row] = numbers[i];
  AppendColumn(TypeOf(kind), by_row, out);
  return true;
}

// `slots` and `articles` are those of all rows.
bool AppendNumbers(absl::Span<const Cell> cells, absl::Span<const uint64_t> slots,
                   absl::Span<const ArticleRow> articles, std::string* out) {
  const absl::string_view prefix = PrefixOf(cells[0].bytes);
  std::vector<uint64_t> numbers(cells.size());
  std::vector<uint64_t> by_row(slots.size(), kNoNumber);
  for (size_t i = 0; i < cells.size(); ++i) {
    if (cells[i].form != cells[0].form || !NumberBehind(prefix, cells[i], &numbers[i])) {
      return false;
    }
    by_row[cells[i].row] = numbers[i];
  }
  const uint8_t kind = cells.size() * 2 < slots.size() ? kRareNumbers : kNumbers;
  std::string best(1, kNoGuide);
  AppendColumn(TypeOf(kind), by_row, &best);
  for (const NumberGuide guide : {kArticle, kPublisher, kOriginal}) {
    std::vector<int64_t> guides;
    for (const Cell& cell : cells) {
      guides.push_back(GuideOf(guide, slots[cell.row], articles[cell.row]));
    }
    std::string guided;
    if (AppendGuided(guide, guides, cells, numbers, kind, slots.size(), &guided) &&
        guided.size() < best.size()) {
      best = std::move(guided);
    }
  }
  out->push_back(static_cast<char>(kind));
  out->push_back(static_cast<char>(cells[0].form));
  AppendVarint(prefix.size(), out);
  out->append(prefix.data(), prefix.size());
  *out += best;
  return true;
}

// The greatest unit of which all instants are multiples.
size_t UnitOf(absl::Span<const ArticleRow> articles) {
  size_t unit = std::size(kUnits) - 1;
  for (const ArticleRow& article : articles) {
    if (article.published == kNoTime) continue;
    while (article.published % kUnits[unit] != 0) --unit;
  }
  return unit;
}

// The instants in a unit, and what they less their trend by the slots take, if that is less.
struct PackedPublished {
  PackedPublished(absl::Span<const uint64_t> slots, absl::Span<const ArticleRow> articles)
      : unit(UnitOf(articles)) {
    std::vector<uint64_t> instants;
    std::vector<int64_t> guides;
    std::vector<uint64_t> known;
    std::vector<int64_t> guides_of_known;
    for (size_t i = 0; i < slots.size(); ++i) {
      const bool has_none = articles[i].published == kNoTime;
      const int64_t instant = has_none ? kNoTime : articles[i].published / kUnits[unit];
      instants.push_back(static_cast<uint64_t>(instant));
      guides.push_back(static_cast<int64_t>(slots[i]));
      if (has_none) continue;
      known.push_back(instants.back());
      guides_of_known.push_back(guides.back());
    }
    Column::Append(kPublishedType, instants, &header, &packed);
    const Trend guided = Trend::Through(guides_of_known, known);
    if (guided.slope() == 0 || !Lower(guided, guides, &instants)) return;
    std::string guided_header;
    std::string guided_packed;
    Column::Append(kPublishedType, instants, &guided_header, &guided_packed);
    if (guided_header.size() + guided_packed.size() >= header.size() + packed.size()) return;
    trend = guided;
    header = std::move(guided_header);
    packed = std::move(guided_packed);
  }

  size_t unit;
  Trend trend;
  std::string header;
  std::string packed;
};

// When all are the instant that their article was published at.
bool AppendInstants(absl::Span<const Cell> cells, absl::Span<const ArticleRow> articles,
                    DayText* days, std::string* out) {
  std::vector<uint64_t> styles(articles.size(), kNone);
  std::string text;
  for (const Cell& cell : cells) {
    const InstantStyle style = cell.bytes.size() <= kDayBytes ? kDay : kSecond;
    text.clear();
    if (cell.form != cells[0].form ||
        !AppendInstant(articles[cell.row].published, style, days, &text) || text != cell.bytes) {
      return false;
    }
    styles[cell.row] = style;
  }
  out->push_back(kInstants);
  out->push_back(static_cast<char>(cells[0].form));
  AppendColumn(kSizeType, styles, out);
  return true;
}

// When most of the values come several times.
bool AppendFew(absl::Span<const Cell> cells, size_t rows, std::string* out) {
  std::vector<const Cell*> values;
  std::vector<uint64_t> which(rows, kNone);
  for (const Cell& cell : cells) {
    const auto same = std::find_if(values.begin(), values.end(), [&](const Cell* value) {
      return value->form == cell.form && value->bytes == cell.bytes;
    });
    which[cell.row] = static_cast<uint64_t>(same - values.begin());
    if (same != values.end()) continue;
    if (values.size() == std::min(kMostFew, std::max<size_t>(cells.size() / 2, 1))) return false;
    values.push_back(&cell);
  }
  out->push_back(kFew);
  AppendVarint(values.size(), out);
  for (const Cell* value : values) {
    AppendVarint(value->bytes.size() * kPropertyForms + value->form, out);
    out->append(value->bytes.data(), value->bytes.size());
  }
  AppendColumn(kSizeType, which, out);
  return true;
}

// When that is smaller than the bytes as they are.
bool AppendWords(absl::Span<const Cell> cells, absl::Span<const ArticleRow> articles,
                 TextEncoder* encoder, DayText* days, std::string* out) {
  std::vector<uint64_t> forms(articles.size(), kUsualForm);
  std::vector<uint64_t> bits(articles.size(), kNone);
  const bool may_be_dated = std::none_of(cells.begin(), cells.end(),
                                         [](const Cell& cell) { return HasDayMark(cell.bytes); });
  bool is_dated = false;
  std::string marked;
  std::string codes;
  BitWriter writer(&codes);
  uint64_t plain = 0;
  for (const Cell& cell : cells) {
    const uint64_t before = writer.size();
    absl::string_view text = cell.bytes;
    if (may_be_dated && MarkDay(text, articles[cell.row].published, days, &marked)) {
      text = marked;
      is_dated = true;
    }
    encoder->encoder.Encode(text, &writer);
    forms[cell.row] = cell.form;
    bits[cell.row] = writer.size() - before;
    plain += cell.bytes.size();
  }
  writer.Finish();
  if (codes.size() >= plain) return false;
  encoder->used = true;
  out->push_back(is_dated ? kDatedWords : kWords);
  AppendVarint(encoder->number, out);
  std::string packed;
  Column::Append(kFormType, forms, out, &packed);
  Column::Append(kSizeType, bits, out, &packed);
  *out += packed;
  *out += codes;
  return true;
}

void AppendBytes(absl::Span<const Cell> cells, size_t rows, std::string* out) {
  std::vector<uint64_t> forms(rows, kUsualForm);
  std::vector<uint64_t> sizes(rows, kNone);
  std::string bytes;
  for (const Cell& cell : cells) {
    forms[cell.row] = cell.form;
    sizes[cell.row] = cell.bytes.size();
    bytes.append(cell.bytes.data(), cell.bytes.size());
  }
  out->push_back(kBytes);
  std::string packed;
  Column::Append(kFormType, forms, out, &packed);
  Column::Append(kSizeType, sizes, out, &packed);
  *out += packed;
  *out += bytes;
}

}  // namespace

bool ArticleBlockBuilder::Add(NodeId article, const NodeRecord& record) {
  if (!record.names.empty() || record.properties.size() > kMostPropertyBytes) return false;
  if (!rows_.empty() && record.labels != labels_) return false;
  PackedProperty property;
  PropertyId before = kNoSymbol;
  for (absl::string_view rest = record.properties; !rest.empty(); before = property.id) {
    if (!TakeProperty(&rest, &property)) return false;
    if (before != kNoSymbol && property.id <= before) return false;
  }
  labels_ = record.labels;
  rows_.push_back(
      {article, {record.publisher, record.original, record.published}, record.properties});
  return true;
}

std::string ArticleBlockBuilder::Finish(NodeId next, const TextEncoders& encoders) {
  std::map<PropertyId, std::vector<Cell>> properties;
  std::vector<uint64_t> slots;
  std::vector<uint64_t> gaps;
  std::vector<ArticleRow> articles;
  std::vector<uint64_t> publishers;
  std::vector<uint64_t> originals;
  for (size_t i = 0; i < rows_.size(); ++i) {
    slots.push_back(rows_[i].article - first_);
    gaps.push_back(slots.back() - i);
    articles.push_back(rows_[i].row);
    publishers.push_back(rows_[i].row.publisher);
    originals.push_back(rows_[i].row.original);
    PackedProperty property;
    for (absl::string_view rest = rows_[i].properties; TakeProperty(&rest, &property);) {
      properties[property.id].push_back({i, property.form, property.bytes});
    }
  }
  const PackedPublished published(slots, articles);
  std::string out(1, kBlockKind);
  AppendVarint(rows_.size(), &out);
  AppendVarint(labels_.size(), &out);
  for (const LabelId label : labels_) AppendVarint(label, &out);
  AppendVarint(properties.size(), &out);
  out.push_back(static_cast<char>(published.unit));
  AppendVarint(ZigZag(published.trend.slope()), &out);
  std::string packed;
  Column::Append(kSlotType, gaps, &out, &packed);
  Column::Append(kPublisherType, publishers, &out, &packed);
  out += published.header;
  packed += published.packed;
  Column::Append(kOriginalType, originals, &out, &packed);
  out += packed;
  DayText days;
  for (const auto& [id, cells] : properties) {
    AppendVarint(id, &out);
    if (AppendInstants(cells, articles, &days, &out) ||
        AppendNumbers(cells, slots, articles, &out) || AppendFew(cells, rows_.size(), &out)) {
      continue;
    }
    const auto encoder = encoders.find(id);
    if (encoder == encoders.end() ||
        !AppendWords(cells, articles, encoder->second.get(), &days, &out)) {
      AppendBytes(cells, rows_.size(), &out);
    }
  }
  rows_.clear();
  first_ = next;
  return out;
}

absl::StatusOr<ArticleBlock> ArticleBlock::Parse(NodeId first, absl::string_view bytes) {
  ArticleBlock block;
  ByteReader reader(bytes);
  if (!block.ParseAll(first, &reader) || !reader.done()) {
    return absl::DataLossError("broken block of articles");
  }
  return block;
}

bool ArticleBlock::ParseAll(NodeId first, ByteReader* bytes) {
  uint8_t kind;
  uint64_t rows;
  uint64_t labels;
  uint64_t columns;
  if (!bytes->Fixed(&kind) || kind != kBlockKind || !bytes->Varint(&rows) || rows == 0 ||
      rows > kMaxBlockArticles || !bytes->Varint(&labels) || labels > bytes->rest().size()) {
    return false;
  }
  labels_.resize(labels);
  for (LabelId& label : labels_) {
    if (!bytes->Number(&label)) return false;
  }
  Column slot;
  uint8_t unit;
  int64_t slope;
  if (!bytes->Varint(&columns) || columns > bytes->rest().size() || !bytes->Fixed(&unit) ||
      unit >= std::size(kUnits) || !bytes->Signed(&slope) || !slot.ReadHeader(kSlotType, bytes) ||
      !publisher_.ReadHeader(kPublisherType, bytes) ||
      !published_.ReadHeader(kPublishedType, bytes) ||
      !original_.ReadHeader(kOriginalType, bytes) || !slot.ReadPacked(rows, bytes) ||
      !publisher_.ReadPacked(rows, bytes) || !published_.ReadPacked(rows, bytes) ||
      !original_.ReadPacked(rows, bytes)) {
    return false;
  }
  first_ = first;
  unit_ = kUnits[unit];
  published_by_slot_ = Trend(slope);
  ids_.resize(rows);
  slot.Unpack(0, rows, ids_.data());
  for (size_t i = 0; i < rows; ++i) {
    ids_[i] += i;  // articles that are missing before it
    if (ids_[i] >= kMaxBlockArticles || (i > 0 && first + ids_[i] <= ids_[i - 1])) return false;
    ids_[i] += first;
  }
  properties_.resize(columns);
  for (size_t i = 0; i < columns; ++i) {
    if (!ParseProperties(bytes, &properties_[i])) return false;
    if (i > 0 && properties_[i].id <= properties_[i - 1].id) return false;
  }
  return true;
}

bool ArticleBlock::ParseProperties(ByteReader* bytes, Properties* properties) const {
  if (!bytes->Number(&properties->id) || properties->id == kNoSymbol ||
      !bytes->Fixed(&properties->kind)) {
    return false;
  }
  uint64_t size;
  switch (properties->kind) {
    case kWords:
    case kDatedWords:
      if (!bytes->Number(&properties->vocabulary_number)) return false;
      return ParseBytes(bytes, properties);
    case kBytes:
      return ParseBytes(bytes, properties);
    case kNumbers:
    case kRareNumbers:
      if (!bytes->Fixed(&properties->prefix_form) || properties->prefix_form >= kPropertyForms ||
          !bytes->Varint(&size) || !bytes->Bytes(size, &properties->bytes) ||
          !ParseGuide(bytes, properties)) {
        return false;
      }
      break;
    case kInstants:
      if (!bytes->Fixed(&properties->prefix_form) || properties->prefix_form >= kPropertyForms) {
        return false;
      }
      break;
    case kFew:
      if (!ParseFew(bytes, properties)) return false;
      break;
    default:
      return false;
  }
  return properties->number.ReadHeader(TypeOf(properties->kind), bytes) &&
         properties->number.ReadPacked(size_t{ids_.size()}, bytes);
}

bool ArticleBlock::ParseGuide(ByteReader* bytes, Properties* properties) {
  if (!bytes->Fixed(&properties->guide) || properties->guide > kOriginal) return false;
  if (properties->guide == kNoGuide) return true;
  int64_t slope;
  if (!bytes->Signed(&slope)) return false;
  properties->trend = Trend(slope);
  return true;
}

bool ArticleBlock::ParseBytes(ByteReader* bytes, Properties* properties) const {
  if (!properties->form.ReadHeader(kFormType, bytes) ||
      !properties->number.ReadHeader(kSizeType, bytes) ||
      !properties->form.ReadPacked(ids_.size(), bytes) ||
      !properties->number.ReadPacked(ids_.size(), bytes)) {
    return false;
  }
  uint64_t sizes[kMaxBlockArticles];
  properties->number.Unpack(0, ids_.size(), sizes);
  properties->ends.resize(ids_.size());
  const uint64_t unit = properties->kind == kBytes ? 1 : 8;  // of sizes in a byte
  const uint64_t most = std::min<uint64_t>(bytes->rest().size(), kMostBlockBytes) * unit;
  uint64_t end = 0;
  for (size_t i = 0; i < ids_.size(); ++i) {
    if (sizes[i] != kNone) {
      if (sizes[i] > most - end) return false;
      end += sizes[i];
    }
    properties->ends[i] = static_cast<uint32_t>(end);
  }
  return bytes->Bytes((end + unit - 1) / unit, &properties->bytes);
}

bool ArticleBlock::ParseFew(ByteReader* bytes, Properties* properties) {
  uint64_t n;
  if (!bytes->Varint(&n) || n > bytes->rest().size()) return false;
  properties->few.resize(n);
  for (PackedProperty& value : properties->few) {
    uint64_t size_and_form;
    if (!bytes->Varint(&size_and_form) ||
        !bytes->Bytes(size_and_form / kPropertyForms, &value.bytes)) {
      return false;
    }
    value.id = properties->id;
    value.form = size_and_form % kPropertyForms;
  }
  return true;
}

std::optional<size_t> ArticleBlock::Find(NodeId article) const {
  const auto at = std::lower_bound(ids_.begin(), ids_.end(), article);
  if (at == ids_.end() || *at != article) return std::nullopt;
  return at - ids_.begin();
}

ArticleRow ArticleBlock::row(size_t i) const {
  ArticleRow row{publisher_.At(i), original_.At(i), kNoTime};
  const uint64_t published = published_.At(i);
  if (published != kNoNumber) {
    row.published = static_cast<int64_t>((published + published_by_slot_.At(Slot(i))) *
                                         static_cast<uint64_t>(unit_));
  }
  return row;
}

absl::StatusOr<NodeRecord> ArticleBlock::Read(size_t i, FindVocabulary find_vocabulary) {
  NodeRecord record;
  record.labels = labels_;
  const ArticleRow article = row(i);
  record.publisher = article.publisher;
  record.published = article.published;
  record.original = article.original;
  std::string text;
  for (Properties& column : properties_) {
    uint64_t number = column.number.At(i);
    if (number == TypeOf(column.kind).none) continue;
    PackedProperty property{column.id, column.prefix_form, {}};
    if (column.kind == kBytes) {
      property.form = column.form.At(i) % kPropertyForms;
      property.bytes = column.bytes.substr(column.ends[i] - number, number);
    } else if (column.kind == kInstants) {
      text.clear();
      DayText days;
      if (number > kSecond ||
          !AppendInstant(record.published, InstantStyle(number), &days, &text)) {
        return absl::DataLossError("broken block of articles");
      }
      property.bytes = text;
    } else if (column.kind == kWords || column.kind == kDatedWords) {
      if (column.vocabulary == nullptr) {
        ASSIGN_OR_RETURN(column.vocabulary, find_vocabulary(column.id, column.vocabulary_number));
      }
      text.clear();
      const uint64_t end = column.ends[i];
      if (!column.vocabulary->Decode(column.bytes, end - number, end, &text) ||
          (column.kind == kDatedWords && !ReplaceDayMarks(record.published, &text))) {
        return absl::DataLossError("broken text in a block of articles");
      }
      property.form = column.form.At(i) % kPropertyForms;
      property.bytes = text;
    } else if (column.kind == kFew) {
      if (number >= column.few.size()) return absl::DataLossError("broken block of articles");
      property = column.few[number];
    } else {
      if (column.guide != kNoGuide) {
        number += column.trend.At(GuideOf(NumberGuide(column.guide), Slot(i), article));
      }
      text = absl::StrCat(column.bytes, number);
      property.bytes = text;
    }
    AppendProperty(property, &record.properties);
  }
  return record;
}

}  // namespace entente::storage
