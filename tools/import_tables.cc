#include "tools/import_tables.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "engine/published.h"
#include "engine/status.h"
#include "engine/valid_time.h"
#include "engine/value_json.h"
#include "tools/input_file.h"
#include "tools/plain_number.h"
#include "tools/table_value.h"
#include "tools/text_place.h"

namespace entente::tools {
namespace {

// The columns of the tables, each list in the order of the enumeration before it.
enum EntityColumn : size_t { kEntityKey, kEntityName, kEntityLabels, kEntityNames };
constexpr absl::string_view kEntityColumns[] = {"key", "name", "labels", "names"};

enum ArticleColumn : size_t {
  kArticleKey,
  kArticlePublisher,
  kArticleLanguage,
  kArticlePublished,
  kArticleUrl,
  kArticleTitle,
  kArticleCopyOf,
};
constexpr absl::string_view kArticleColumns[] = {"key", "publisher", "language", "published",
                                                 "url", "title",     "copy_of"};

enum FactColumn : size_t { kFactId, kFactSubject, kFactType, kFactObject, kFactFrom, kFactTo };
constexpr absl::string_view kFactColumns[] = {"id",     "subject",    "type",
                                              "object", "valid_from", "valid_to"};

enum EvidenceColumn : size_t {
  kEvidenceFact,
  kEvidenceArticle,
  kEvidenceStance,
  kEvidenceConfidence,
  kEvidenceAssertedBy,
  kEvidenceSentence,
  kEvidenceSpanStart,
  kEvidenceSpanEnd,
  kEvidenceQuote,
};
constexpr absl::string_view kEvidenceColumns[] = {"fact",       "article",     "stance",
                                                  "confidence", "asserted_by", "sentence",
                                                  "span_start", "span_end",    "quote"};

using Table = TablesFormat::Table;

struct TableRow {
  absl::string_view name;
  Table table;
  absl::Span<const absl::string_view> columns;
  bool has_properties;  // made of the columns that are not its own
  // A header with all columns of one of these sets is this table's.
  std::vector<std::vector<absl::string_view>> signs;
  // Of each of these sets the header must have one column.
  std::vector<std::vector<absl::string_view>> required;
};

// In the order in which headers are compared.
const std::vector<TableRow>& Tables() {
  static const auto& tables = *new std::vector<TableRow>{
      {"evidence",
       Table::kEvidence,
       kEvidenceColumns,
       false,
       {{"fact", "article"}},
       {{"fact"}, {"article"}}},
      {"facts",
       Table::kFacts,
       kFactColumns,
       true,
       {{"subject", "type", "object"}},
       {{"subject"}, {"type"}, {"object"}}},
      {"articles",
       Table::kArticles,
       kArticleColumns,
       true,
       {{"url"}, {"key", "publisher"}, {"key", "published"}, {"key", "title"}},
       {{"key", "url"}}},
      {"entities",
       Table::kEntities,
       kEntityColumns,
       true,
       {{"key", "name"}, {"key", "labels"}, {"name", "labels"}},
       {{"key", "name"}}},
  };
  return tables;
}

const TableRow& RowOf(Table table) {
  return *std::find_if(Tables().begin(), Tables().end(),
                       [&](const TableRow& row) { return row.table == table; });
}

bool HasColumn(const CsvRow& header, absl::string_view name) {
  for (size_t i = 0; i < header.size(); ++i) {
    if (header[i] == name) return true;
  }
  return false;
}

std::optional<Table> GuessTable(const CsvRow& header) {
  const auto has = [&](absl::string_view name) { return HasColumn(header, name); };
  for (const TableRow& row : Tables()) {
    for (const auto& sign : row.signs) {
      if (std::all_of(sign.begin(), sign.end(), has)) return row.table;
    }
  }
  return std::nullopt;
}

// Labels stand between semicolons, or in a JSON list.
absl::Status ParseLabels(absl::string_view text, std::vector<std::string>* labels) {
  if (!absl::StartsWith(text, "[")) {
    for (const absl::string_view label : absl::StrSplit(text, ';')) {
      const absl::string_view trimmed = absl::StripAsciiWhitespace(label);
      if (!trimmed.empty()) labels->emplace_back(trimmed);
    }
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const Value list, ParseJson(text));
  for (const Value& label : list.list()) {
    if (!label.is_string()) return absl::InvalidArgumentError("a label must be text");
    labels->emplace_back(label.string());
  }
  return absl::OkStatus();
}

bool ReadConfidence(absl::string_view text, double* out) {
  if (const std::optional<double> plain = PlainDecimal(text)) {
    *out = *plain;
  } else if (!absl::SimpleAtod(text, out)) {
    return false;
  }
  return *out >= 0 && *out <= 1;
}

constexpr char kNamesShape[] =
    "names must be an object such as {\"de\":[\"Nordkorea\", {\"name\":…, \"from\":\"1948\"}]}";

// "Nordkorea", or {"name":"Burma","from":"1948","to":"1989-06-18"}.
absl::StatusOr<EntityName> ParseName(const Value& value, absl::string_view language) {
  EntityName name;
  name.language = std::string(language);
  if (value.is_string()) {
    name.text = std::string(value.string());
    return name;
  }
  if (!value.is_map()) return absl::InvalidArgumentError(kNamesShape);
  std::string from;
  std::string to;
  const absl::flat_hash_map<absl::string_view, std::string*> parts = {
      {"name", &name.text}, {"script", &name.script}, {"from", &from}, {"to", &to}};
  for (const auto& [part, text] : value.map()) {
    if (text.is_null()) continue;
    const auto known = parts.find(part);
    if (known == parts.end() || !text.is_string()) {
      return absl::InvalidArgumentError(kNamesShape);
    }
    *known->second = std::string(text.string());
  }
  if (name.text.empty()) return absl::InvalidArgumentError(kNamesShape);
  RETURN_IF_ERROR(SetPeriod(from, to, &name));
  return name;
}

// {"de":["Nordkorea"],"ko":"북한"}
absl::Status ParseNames(absl::string_view text, std::vector<EntityName>* names) {
  if (text.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Value languages, ParseJson(text));
  if (!languages.is_map()) return absl::InvalidArgumentError(kNamesShape);
  for (const auto& [language, texts] : languages.map()) {
    const absl::Span<const Value> several =
        texts.is_list() ? absl::MakeConstSpan(texts.list()) : absl::MakeConstSpan(&texts, 1);
    for (const Value& value : several) {
      ASSIGN_OR_RETURN(EntityName name, ParseName(value, language));
      names->push_back(std::move(name));
    }
  }
  return absl::OkStatus();
}

}  // namespace

std::optional<Table> TablesFormat::TableOf(absl::string_view part, absl::string_view head) {
  for (const TableRow& row : Tables()) {
    if (row.name == part) return row.table;
  }
  CsvRow header;
  const absl::string_view line =
      absl::StripTrailingAsciiWhitespace(head.substr(0, head.find('\n')));
  if (header.Parse(line) != CsvRow::Outcome::kWhole) return std::nullopt;
  return GuessTable(header);
}

bool TablesFormat::ClosesRow(absl::string_view line, const InputPlace& place) {
  // The line begins within quotes.
  const std::string quoted = absl::StrCat("\"", line);
  if (row_.Parse(quoted) != CsvRow::Outcome::kOpen) return true;
  ++lines_behind_quote_;
  if (row_.size() > 1) {  // another field is open at its end
    quote_place_ = row_.PlaceOf(row_.size() - 1, place);
    --quote_place_.column;
    lines_behind_quote_ = 0;
  }
  return false;
}

absl::Status TablesFormat::ReadLine(absl::string_view line, const InputPlace& place) {
  if (header_failed_) return absl::OkStatus();
  if (passes_over_) {
    passes_over_ = !ClosesRow(line, place);
    return absl::OkStatus();
  }
  InputPlace begin = place;
  if (!open_.empty()) {
    if (open_.size() + line.size() >= InputFile::kMaxLine) {
      passes_over_ = !ClosesRow(line, place);
      return RejectOpen("within 64 MiB; its row is passed over");
    }
    const bool closes = ClosesRow(line, place);
    absl::StrAppend(&open_, "\n", line);
    if (!closes) return absl::OkStatus();
    line = open_;
    begin = open_place_;
  } else if (line.empty()) {
    return absl::OkStatus();
  }
  const CsvRow::Outcome outcome = row_.Parse(line);
  if (outcome == CsvRow::Outcome::kOpen) {
    open_.assign(line.data(), line.size());
    open_place_ = place;
    quote_place_ = row_.PlaceOf(row_.size() - 1, place);
    lines_behind_quote_ = 0;
    return absl::OkStatus();
  }
  absl::Status status;
  const std::optional<InputPlace> broken =
      row_.is_ascii() ? std::nullopt : FindBrokenUtf8(line, begin);
  if (broken.has_value()) {
    header_failed_ = !header_read_;
    status = input_.Reject(*broken, kBrokenUtf8);
  } else if (outcome == CsvRow::Outcome::kBadQuotes) {
    header_failed_ = !header_read_;
    status = input_.Reject(row_.PlaceOf(row_.size() - 1, begin),
                           "between a closing quote and the comma stands something else");
  } else {
    status = header_read_ ? ReadRow(begin) : ReadHeader(begin);
  }
  open_.clear();
  return status;
}

std::unique_ptr<ImportFormat> TablesFormat::Continue(LoadInput& input) const {
  if (!header_read_ || header_failed_) return nullptr;
  auto rest = std::make_unique<TablesFormat>(input, ids_, table_);
  rest->header_read_ = true;
  rest->width_ = width_;
  rest->columns_ = columns_;
  rest->properties_ = properties_;
  return rest;
}

absl::Status TablesFormat::End() {
  return open_.empty() ? absl::OkStatus() : RejectOpen("before the end of the file");
}

absl::Status TablesFormat::RejectOpen(absl::string_view where) {
  header_failed_ = !header_read_;
  open_.clear();
  std::string reason = absl::StrCat("a quote is not closed ", where);
  if (lines_behind_quote_ > 0) {
    absl::StrAppend(&reason, "; it took the next ", lines_behind_quote_,
                    lines_behind_quote_ == 1 ? " line" : " lines");
  }
  return input_.Reject(quote_place_, std::move(reason));
}

absl::Status TablesFormat::ReadHeader(const InputPlace& place) {
  header_read_ = true;
  for (size_t i = 0; i < row_.size(); ++i) {
    if (row_.IsQuoted(i) || !absl::StrContains(row_[i], '\r')) continue;
    header_failed_ = true;
    return input_.Reject(row_.PlaceOf(i, place),
                         "the header holds a carriage return; lines must end with a line feed, "
                         "or with both, so the file is not read");
  }
  if (!table_.has_value()) {
    header_failed_ = true;
    return input_.Reject(place, "the header is that of no table, so the file is not read");
  }
  const TableRow& table = RowOf(*table_);
  for (const std::vector<absl::string_view>& names : table.required) {
    const auto has = [&](absl::string_view name) { return HasColumn(row_, name); };
    if (std::any_of(names.begin(), names.end(), has)) continue;
    header_failed_ = true;
    return input_.Reject(
        place, absl::StrCat("the header of ", table.name, " has no column '",
                            absl::StrJoin(names, "' or '"), "', so the file is not read"));
  }
  absl::flat_hash_set<absl::string_view> own;
  absl::flat_hash_set<absl::string_view> others;
  for (size_t i = 0; i < row_.size(); ++i) {
    absl::string_view name = row_[i];
    const bool is_own =
        std::find(table.columns.begin(), table.columns.end(), name) != table.columns.end();
    // "x" and "x:json" name one property.
    if (!is_own) name = absl::StripSuffix(name, kJsonSuffix);
    if (row_[i].empty() || (is_own ? own : others).insert(name).second) continue;
    header_failed_ = true;
    return input_.Reject(row_.PlaceOf(i, place), absl::StrCat("the header has the column '", name,
                                                              "' twice, so the file is not read"));
  }
  width_ = row_.size();
  columns_.assign(table.columns.size(), -1);
  properties_.clear();
  for (size_t i = 0; i < row_.size(); ++i) {
    const auto known = std::find(table.columns.begin(), table.columns.end(), row_[i]);
    if (known != table.columns.end()) {
      columns_[static_cast<size_t>(known - table.columns.begin())] = static_cast<int>(i);
    } else if (table.has_properties && !row_[i].empty()) {
      absl::string_view name = row_[i];
      const bool is_json = absl::ConsumeSuffix(&name, kJsonSuffix);
      properties_.push_back({i, std::string(name), is_json});
    } else {
      ++unknown_[absl::StrCat(table.name, ".", row_[i])];
    }
  }
  return absl::OkStatus();
}

absl::Status TablesFormat::ReadRow(const InputPlace& place) {
  // What stands behind the last column would be lost, as the rest of a text whose comma is not in
  // quotes.
  for (size_t i = width_; i < row_.size(); ++i) {
    if (row_[i].empty()) continue;
    return input_.Reject(
        row_.PlaceOf(i, place),
        absl::StrCat("the row has ", row_.size(), " fields, the header has ", width_, " columns"));
  }
  switch (*table_) {
    case Table::kEntities:
      return ReadEntity(place);
    case Table::kArticles:
      return ReadArticle(place);
    case Table::kFacts:
      return ReadFact(place);
    case Table::kEvidence:
      return ReadEvidence(place);
  }
  return absl::OkStatus();
}

absl::string_view TablesFormat::Cell(size_t column) const {
  const int at = columns_[column];
  if (at < 0 || static_cast<size_t>(at) >= row_.size()) return {};
  return row_[static_cast<size_t>(at)];
}

absl::Status TablesFormat::ReadProperties(InputPlace* place,
                                          std::vector<MapEntry>* properties) const {
  for (const auto& [column, name, is_json] : properties_) {
    if (column >= row_.size() || (row_[column].empty() && !row_.IsQuoted(column))) continue;
    if (!is_json) {
      properties->emplace_back(name, ParsePlainCell(row_[column], row_.IsQuoted(column)));
      continue;
    }
    absl::StatusOr<Value> value = ParseJsonCell(row_[column]);
    if (!value.ok()) {
      *place = row_.PlaceOf(column, *place);
      return absl::InvalidArgumentError(
          absl::StrCat("'", name, kJsonSuffix, "': ", value.status().message()));
    }
    properties->emplace_back(name, *std::move(value));
  }
  return absl::OkStatus();
}

absl::Status TablesFormat::RejectCell(size_t column, const InputPlace& place,
                                      absl::string_view reason) {
  InputPlace at = place;
  const int field = columns_[column];
  if (field >= 0 && static_cast<size_t>(field) < row_.size()) {
    at = row_.PlaceOf(static_cast<size_t>(field), place);
  }
  return input_.Reject(at, absl::StrCat("'", RowOf(*table_).columns[column], "' ", reason));
}

bool TablesFormat::ReadNumber(size_t column, int32_t* out) const {
  const absl::string_view text = Cell(column);
  const std::optional<uint64_t> plain = PlainNumber(text);
  if (plain.has_value() && *plain <= std::numeric_limits<int32_t>::max()) {
    *out = static_cast<int32_t>(*plain);
    return true;
  }
  return text.empty() || (absl::SimpleAtoi(text, out) && *out >= 0);
}

absl::Status TablesFormat::ReadEntity(const InputPlace& place) {
  EntityInput entity;
  entity.key = std::string(Cell(kEntityKey));
  entity.name = std::string(Cell(kEntityName));
  const absl::Status labels = ParseLabels(Cell(kEntityLabels), &entity.labels);
  if (!labels.ok()) {
    return RejectCell(kEntityLabels, place, absl::StrCat("is wrong: ", labels.message()));
  }
  const absl::Status names = ParseNames(Cell(kEntityNames), &entity.names);
  if (!names.ok()) {
    return RejectCell(kEntityNames, place, absl::StrCat("is wrong: ", names.message()));
  }
  InputPlace at = place;
  const absl::Status properties = ReadProperties(&at, &entity.properties);
  if (!properties.ok()) return input_.Reject(at, std::string(properties.message()));
  return input_.AddEntity(std::move(entity), place);
}

absl::Status TablesFormat::ReadArticle(const InputPlace& place) {
  ArticleText article{Cell(kArticleKey),      Cell(kArticleUrl),
                      Cell(kArticleTitle),    Cell(kArticlePublisher),
                      Cell(kArticleLanguage), Cell(kArticlePublished),
                      Cell(kArticleCopyOf),   {}};
  if (!article.published.empty() && !PublishedInstant(article.published).has_value()) {
    return RejectCell(kArticlePublished, place,
                      absl::StrCat("is wrong: '", article.published, "' is no date or time"));
  }
  if (properties_.empty()) return input_.AddArticle(article, place);
  InputPlace at = place;
  values_.clear();
  const absl::Status properties = ReadProperties(&at, &values_);
  if (!properties.ok()) return input_.Reject(at, std::string(properties.message()));
  const auto published = std::find_if(values_.begin(), values_.end(), [](const MapEntry& property) {
    return property.first == kArticleColumns[kArticlePublished];
  });
  if (published == values_.end()) {
    article.properties = values_;
    return input_.AddArticle(article, place);
  }
  ArticleInput whole{std::string(article.key),      std::string(article.url),
                     std::string(article.title),    std::string(article.publisher),
                     std::string(article.language), std::move(published->second),
                     std::string(article.copy_of),  {}};
  if (!article.published.empty()) whole.published = Value::String(article.published);
  values_.erase(published);
  whole.properties = values_;
  return input_.AddArticle(whole, place);
}

absl::Status TablesFormat::ReadFact(const InputPlace& place) {
  for (const size_t column : {kFactSubject, kFactType, kFactObject}) {
    if (Cell(column).empty()) return RejectCell(column, place, "is missing");
  }
  FactClaim fact;
  fact.subject = Cell(kFactSubject);
  fact.type = Cell(kFactType);
  fact.object = Cell(kFactObject);
  for (const auto& [column, end, last] :
       {std::make_tuple(size_t{kFactFrom}, &fact.valid_from, &last_from_),
        std::make_tuple(size_t{kFactTo}, &fact.valid_to, &last_to_)}) {
    const absl::string_view text = Cell(column);
    if (text.empty()) continue;
    if (text != last->text) {
      absl::StatusOr<ValidEnd> parsed = ParseValidEnd(text);
      if (!parsed.ok()) {
        return RejectCell(column, place, absl::StrCat("is wrong: ", parsed.status().message()));
      }
      *last = {std::string(text), *std::move(parsed)};
    }
    *end = last->end;
  }
  if (!fact.valid_from.value.is_null() && !fact.valid_to.value.is_null() &&
      InstantOfFrom(fact.valid_from) >= InstantOfTo(fact.valid_to)) {
    return RejectCell(kFactTo, place, "does not lie after 'valid_from'");
  }
  values_.clear();
  InputPlace at = place;
  const absl::Status properties = ReadProperties(&at, &values_);
  if (!properties.ok()) return input_.Reject(at, std::string(properties.message()));
  fact.properties = values_;
  const absl::string_view id = Cell(kFactId);
  if (!id.empty() && ids_.Find(id).has_value()) {
    return RejectCell(kFactId, place, absl::StrCat("is '", id, "', as another fact's is"));
  }
  ASSIGN_OR_RETURN(const FactHandle handle, input_.AddFact(fact, place));
  if (!id.empty()) ids_.Add(id, handle);
  return absl::OkStatus();
}

absl::Status TablesFormat::ReadEvidence(const InputPlace& place) {
  const absl::string_view id = Cell(kEvidenceFact);
  if (id.empty()) return RejectCell(kEvidenceFact, place, "is missing");
  EvidenceClaim evidence;
  evidence.article = Cell(kEvidenceArticle);
  if (evidence.article.empty()) return RejectCell(kEvidenceArticle, place, "is missing");
  if (const absl::string_view text = Cell(kEvidenceStance); !text.empty()) {
    const std::optional<Stance> stance = StanceNamed(text);
    if (!stance.has_value()) {
      return RejectCell(kEvidenceStance, place, "must be affirms, reports or denies");
    }
    evidence.stance = *stance;
  }
  if (const absl::string_view text = Cell(kEvidenceConfidence);
      !text.empty() && !ReadConfidence(text, &evidence.confidence)) {
    return RejectCell(kEvidenceConfidence, place, "must be a number from 0 to 1");
  }
  for (const auto& [column, out] :
       {std::pair<size_t, int32_t*>{kEvidenceSentence, &evidence.sentence},
        {kEvidenceSpanStart, &evidence.span_begin},
        {kEvidenceSpanEnd, &evidence.span_end}}) {
    if (!ReadNumber(column, out)) {
      return RejectCell(column, place, "must be a whole number from 0 to 2147483647");
    }
  }
  if ((evidence.span_begin < 0) != (evidence.span_end < 0)) {
    return RejectCell(evidence.span_begin < 0 ? kEvidenceSpanStart : kEvidenceSpanEnd, place,
                      "is missing");
  }
  if (evidence.span_end < evidence.span_begin) {
    return RejectCell(kEvidenceSpanEnd, place, "lies before 'span_start'");
  }
  evidence.quote = Cell(kEvidenceQuote);
  evidence.asserted_by = Cell(kEvidenceAssertedBy);
  const std::optional<FactHandle> fact = ids_.Find(id);
  if (!fact.has_value()) {
    return RejectCell(kEvidenceFact, place, absl::StrCat("is '", id, "', the id of no fact"));
  }
  evidence.fact = *fact;
  return input_.AddEvidence(evidence, place);
}

bool IsTableName(absl::string_view name) {
  return std::any_of(Tables().begin(), Tables().end(),
                     [&](const TableRow& row) { return row.name == name; });
}

bool LooksLikeTables(absl::string_view head) { return TablesFormat::TableOf("", head).has_value(); }

}  // namespace entente::tools
