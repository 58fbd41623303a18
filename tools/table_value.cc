#include "tools/table_value.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/status.h"
#include "engine/temporal_text.h"
#include "engine/value_json.h"
#include "engine/value_text.h"
#include "tools/csv_row.h"

namespace entente::tools {
namespace {

using Type = Value::Type;

template <typename T>
absl::StatusOr<Value> Parsed(absl::StatusOr<T> parsed, Value (*make)(T)) {
  if (!parsed.ok()) return parsed.status();
  return make(*std::move(parsed));
}

absl::StatusOr<Value> ParseFloat(absl::string_view text) {
  if (text == "NaN") return Value::Float(std::numeric_limits<double>::quiet_NaN());
  if (text == "Infinity") return Value::Float(std::numeric_limits<double>::infinity());
  if (text == "-Infinity") return Value::Float(-std::numeric_limits<double>::infinity());
  return absl::InvalidArgumentError(absl::StrCat("'", text, "' is no float"));
}

struct Tag {
  absl::string_view name;
  Type type;
  absl::StatusOr<Value> (*parse)(absl::string_view text);
};

constexpr Tag kTags[] = {
    {"date", Type::kDate,
     [](absl::string_view text) { return Parsed(ParseDate(text), Value::OfDate); }},
    {"time", Type::kTime,
     [](absl::string_view text) { return Parsed(ParseTime(text), Value::OfTime); }},
    {"localtime", Type::kLocalTime,
     [](absl::string_view text) { return Parsed(ParseLocalTime(text), Value::OfLocalTime); }},
    {"datetime", Type::kDateTime,
     [](absl::string_view text) { return Parsed(ParseDateTime(text), Value::OfDateTime); }},
    {"localdatetime", Type::kLocalDateTime,
     [](absl::string_view text) {
       return Parsed(ParseLocalDateTime(text), Value::OfLocalDateTime);
     }},
    {"duration", Type::kDuration,
     [](absl::string_view text) { return Parsed(ParseDuration(text), Value::OfDuration); }},
    {"float", Type::kFloat, ParseFloat},
};

// `value` with tagged objects replaced by what they stand for.
absl::StatusOr<Value> Untagged(const Value& value) {
  if (value.is_list()) {
    std::vector<Value> list;
    for (const Value& element : value.list()) {
      ASSIGN_OR_RETURN(list.emplace_back(), Untagged(element));
    }
    return Value::List(std::move(list));
  }
  if (!value.is_map()) return value;
  if (value.map().size() == 1 && value.map()[0].second.is_string()) {
    for (const Tag& tag : kTags) {
      if (value.map()[0].first == tag.name) return tag.parse(value.map()[0].second.string());
    }
  }
  return absl::InvalidArgumentError(
      "an object must have one field that names a type, such as {\"date\":\"2024-06-18\"}");
}

std::string TaggedJson(const Value& value) {
  if (value.is_list()) {
    return absl::StrCat("[",
                        absl::StrJoin(value.list(), ",",
                                      [](std::string* out, const Value& element) {
                                        out->append(TaggedJson(element));
                                      }),
                        "]");
  }
  for (const Tag& tag : kTags) {
    if (value.type() != tag.type) continue;
    if (value.type() == Type::kFloat && std::isfinite(value.floating())) break;
    return absl::StrCat("{\"", tag.name, "\":", ToJson(value), "}");
  }
  return ToJson(value);
}

}  // namespace

Value ParsePlainCell(absl::string_view text, bool quoted) {
  if (quoted) return Value::String(text);
  if (text == "true" || text == "false") return Value::Boolean(text == "true");
  // A leading zero belongs to a code, not to a number.
  const absl::string_view digits = absl::StartsWith(text, "-") ? text.substr(1) : text;
  const bool number = !digits.empty() && absl::ascii_isdigit(digits[0]) &&
                      (digits.size() == 1 || digits[0] != '0' || digits[1] == '.');
  int64_t integer = 0;
  if (number && absl::SimpleAtoi(text, &integer)) return Value::Integer(integer);
  // A whole number that is no integer would lose digits, and so is text; what is too great, too.
  const bool whole = std::all_of(digits.begin(), digits.end(), absl::ascii_isdigit);
  double floating = 0;
  if (number && !whole && absl::SimpleAtod(text, &floating) && std::isfinite(floating)) {
    return Value::Float(floating);
  }
  return Value::String(text);
}

absl::StatusOr<Value> ParseJsonCell(absl::string_view json) {
  ASSIGN_OR_RETURN(const Value value, ParseJson(json));
  return Untagged(value);
}

bool FitsPlainCell(const Value& value) {
  // Lines end with "\r\n" as well as with "\n", so that reading does not keep "\r".
  if (value.is_string()) return !absl::StrContains(value.string(), "\r");
  if (!value.is_number() && value.type() != Type::kBoolean) return false;
  const std::string text = ToJson(value);
  const Value back = ParsePlainCell(text, /*quoted=*/false);
  return back.type() == value.type() && ToJson(back) == text;
}

std::string PlainCell(const Value& value) {
  return value.is_string() ? QuotedCsvField(value.string()) : ToJson(value);
}

std::string JsonCell(const Value& value) { return CsvField(TaggedJson(value)); }

}  // namespace entente::tools
