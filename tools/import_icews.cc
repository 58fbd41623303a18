#include "tools/import_icews.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "engine/cameo.h"
#include "engine/status.h"
#include "engine/temporal_text.h"
#include "tools/text_place.h"

namespace entente::tools {
namespace {

enum Field : size_t {
  kEventId,
  kEventDate,
  kSourceName,
  kSourceSectors,
  kSourceCountry,
  kEventText,
  kCameoCode,
  kIntensity,
  kTargetName,
  kTargetSectors,
  kTargetCountry,
  kStoryId,
  kSentenceNumber,
  kPublisher,
  kCity,
  kDistrict,
  kProvince,
  kCountry,
  kLatitude,
  kLongitude,
  kFieldCount,
};

struct FieldRow {
  absl::string_view header;
  bool required;
};

// In the order of Field.
constexpr FieldRow kFields[] = {
    {"Event ID", true},         {"Event Date", true},      {"Source Name", true},
    {"Source Sectors", false},  {"Source Country", false}, {"Event Text", true},
    {"CAMEO Code", false},      {"Intensity", false},      {"Target Name", true},
    {"Target Sectors", false},  {"Target Country", false}, {"Story ID", true},
    {"Sentence Number", false}, {"Publisher", false},      {"City", false},
    {"District", false},        {"Province", false},       {"Country", false},
    {"Latitude", false},        {"Longitude", false},
};
static_assert(std::size(kFields) == kFieldCount);

// "2018-06-01" or "6/1/2018" (month first).
std::optional<Date> ParseEventDate(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '/');
  std::string iso(text);
  int month = 0, day = 0, year = 0;
  if (parts.size() == 3) {
    if (!absl::SimpleAtoi(parts[0], &month) || !absl::SimpleAtoi(parts[1], &day) ||
        !absl::SimpleAtoi(parts[2], &year) || parts[2].size() != 4) {
      return std::nullopt;
    }
    iso = absl::StrFormat("%04d-%02d-%02d", year, month, day);
  }
  const absl::StatusOr<PartialDate> date = ParsePartialDate(iso);
  if (!date.ok() || date->precision != Precision::kDay) return std::nullopt;
  return date->first_day;
}

bool IsCameoCode(absl::string_view text) {
  const absl::Span<const CameoCode> codes = CameoCodes();
  const auto at = std::lower_bound(
      codes.begin(), codes.end(), text,
      [](const CameoCode& code, absl::string_view wanted) { return code.code < wanted; });
  return at != codes.end() && at->code == text;
}

// A cell of the line.
uint64_t ColumnOf(absl::string_view line, absl::string_view cell) {
  return ColumnAt(line, static_cast<size_t>(cell.data() - line.data()));
}

}  // namespace

absl::Status IcewsFormat::ReadLine(absl::string_view line, const InputPlace& place) {
  if (header_failed_ || line.empty()) return absl::OkStatus();
  if (const std::optional<InputPlace> broken = FindBrokenUtf8(line, place)) {
    header_failed_ = columns_.empty();
    return input_.Reject(*broken, kBrokenUtf8);
  }
  return columns_.empty() ? ReadHeader(line, place) : ReadRow(line, place);
}

absl::Status IcewsFormat::ReadHeader(absl::string_view line, const InputPlace& place) {
  columns_.assign(kFieldCount, -1);
  cells_ = absl::StrSplit(line, '\t');
  width_ = cells_.size();
  for (size_t column = 0; column < cells_.size(); ++column) {
    bool known = false;
    for (size_t field = 0; field < kFieldCount; ++field) {
      if (cells_[column] != kFields[field].header) continue;
      columns_[field] = static_cast<int>(column);
      known = true;
    }
    if (!known) ++unknown_[std::string(cells_[column])];
  }
  for (size_t field = 0; field < kFieldCount; ++field) {
    if (!kFields[field].required || columns_[field] >= 0) continue;
    header_failed_ = true;
    return input_.Reject(place, absl::StrCat("the header has no column '", kFields[field].header,
                                             "', so the file is not read"));
  }
  return absl::OkStatus();
}

std::unique_ptr<ImportFormat> IcewsFormat::Continue(LoadInput& input) const {
  if (header_failed_ || columns_.empty()) return nullptr;
  auto rest = std::make_unique<IcewsFormat>(input);
  rest->columns_ = columns_;
  rest->width_ = width_;
  return rest;
}

absl::Status IcewsFormat::AddActor(absl::string_view name, absl::string_view sectors,
                                   absl::string_view country, const InputPlace& place) {
  if (!actors_.insert(absl::StrCat(name, "\t", sectors, "\t", country)).second) {
    return absl::OkStatus();
  }
  EntityInput actor;
  actor.name = std::string(name);
  actor.labels = {"Actor"};
  if (!sectors.empty()) {
    std::vector<Value> list;
    for (const absl::string_view sector : absl::StrSplit(sectors, ',')) {
      list.push_back(Value::String(sector));
    }
    actor.properties.emplace_back("sectors", Value::List(std::move(list)));
  }
  if (!country.empty()) actor.properties.emplace_back("country", Value::String(country));
  return input_.AddEntity(std::move(actor), place);
}

absl::Status IcewsFormat::ReadRow(absl::string_view line, const InputPlace& place) {
  cells_ = absl::StrSplit(line, '\t');
  if (cells_.size() != width_) {
    InputPlace at = place;
    // Where the first column is that is too many, or where one is missing.
    at.column =
        cells_.size() > width_ ? ColumnOf(line, cells_[width_]) : ColumnAt(line, line.size());
    return input_.Reject(
        at, absl::StrCat("the row has ", cells_.size(), " columns where the header has ", width_));
  }
  // "NA" is the files' null; quotes are characters like any other.
  const auto cell = [&](Field field) -> absl::string_view {
    const int column = columns_[field];
    if (column < 0) return {};
    return cells_[column] == "NA" ? absl::string_view() : cells_[column];
  };
  const auto reject = [&](Field field, absl::string_view reason) {
    InputPlace at = place;
    at.column = ColumnOf(line, cells_[static_cast<size_t>(columns_[field])]);
    return input_.Reject(at, absl::StrCat(kFields[field].header, " ", reason));
  };
  for (size_t field = 0; field < kFieldCount; ++field) {
    if (kFields[field].required && cell(static_cast<Field>(field)).empty()) {
      return reject(static_cast<Field>(field), "is missing");
    }
  }
  const std::optional<Date> date = ParseEventDate(cell(kEventDate));
  if (!date.has_value()) {
    return reject(kEventDate,
                  absl::StrCat("'", cell(kEventDate), "' is no date (YYYY-MM-DD or M/D/YYYY)"));
  }
  if (!cell(kCameoCode).empty() && !IsCameoCode(cell(kCameoCode))) {
    return reject(kCameoCode, absl::StrCat("'", cell(kCameoCode), "' is not one of CAMEO's"));
  }

  ClaimInput claim;
  claim.article = absl::StrCat("icews:", cell(kStoryId));
  claim.subject = std::string(cell(kSourceName));
  claim.type = RelationNameOf(cell(kEventText));
  claim.object = std::string(cell(kTargetName));
  claim.valid_from.value = Value::OfDate(*date);
  claim.valid_to.value = Value::OfDate(Date{date->days + 1});
  if (claim.type.empty()) return reject(kEventText, "has no letters to name a relation type by");
  if (!cell(kSentenceNumber).empty() &&
      (!absl::SimpleAtoi(cell(kSentenceNumber), &claim.evidence.sentence) ||
       claim.evidence.sentence < 0)) {
    return reject(kSentenceNumber, "is not a whole number");
  }
  for (const auto& [field, name] : {std::pair<Field, absl::string_view>{kIntensity, "intensity"},
                                    {kLatitude, "latitude"},
                                    {kLongitude, "longitude"}}) {
    if (cell(field).empty()) continue;
    double number = 0;
    if (!absl::SimpleAtod(cell(field), &number) || !std::isfinite(number)) {
      return reject(field, "is not a number");
    }
    claim.properties.emplace_back(std::string(name), Value::Float(number));
  }
  // A source's event id is unique within a day; it is a property, not the fact's identity.
  claim.properties.emplace_back("event_id", Value::String(cell(kEventId)));
  for (const auto& [field, name] : {std::pair<Field, absl::string_view>{kCameoCode, "cameo_code"},
                                    {kCity, "city"},
                                    {kDistrict, "district"},
                                    {kProvince, "province"},
                                    {kCountry, "country"}}) {
    if (!cell(field).empty()) {
      claim.properties.emplace_back(std::string(name), Value::String(cell(field)));
    }
  }

  ArticleInput article;
  article.key = claim.article;
  article.publisher = std::string(cell(kPublisher));
  article.published = Value::OfDate(*date);

  RETURN_IF_ERROR(AddActor(cell(kSourceName), cell(kSourceSectors), cell(kSourceCountry), place));
  RETURN_IF_ERROR(AddActor(cell(kTargetName), cell(kTargetSectors), cell(kTargetCountry), place));
  RETURN_IF_ERROR(input_.AddArticle(std::move(article), place));
  return input_.AddClaim(std::move(claim), place);
}

bool LooksLikeIcews(absl::string_view head) {
  return absl::StartsWith(head, "Event ID\tEvent Date\t");
}

}  // namespace entente::tools
