#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/error.h"
#include "engine/status.h"
#include "engine/value_order.h"
#include "engine/value_text.h"
#include "query/functions/rows.h"

namespace entente::query {
namespace {

constexpr TypeSet kToBoolean = types::kBoolean | types::kInteger | types::kString;
constexpr TypeSet kToInteger = types::kBoolean | types::kNumber | types::kString;
constexpr TypeSet kToFloat = types::kNumber | types::kString;
constexpr TypeSet kToString =
    types::kBoolean | types::kNumber | types::kString | types::kTemporal | types::kDuration;

// Conversions take a value of the types above. Null is a text that does not say such a value.

absl::StatusOr<Value> BooleanFrom(const Value& value) {
  if (value.is_boolean()) return value;
  if (value.is_integer()) return Value::Boolean(value.integer() != 0);
  const std::string text = absl::AsciiStrToLower(absl::StripAsciiWhitespace(value.string()));
  if (text == "true") return Value::Boolean(true);
  if (text == "false") return Value::Boolean(false);
  return Value::Null();
}

// Decimal notation, or one of the words for what is no finite number.
std::optional<double> FloatFromText(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  absl::string_view unsigned_text = text;
  if (!unsigned_text.empty() && (unsigned_text[0] == '-' || unsigned_text[0] == '+')) {
    unsigned_text.remove_prefix(1);
  }
  if (unsigned_text.empty()) return std::nullopt;
  const bool decimal =
      absl::ascii_isdigit(static_cast<unsigned char>(unsigned_text[0])) || unsigned_text[0] == '.';
  if (!decimal && unsigned_text != "NaN" && unsigned_text != "Infinity") return std::nullopt;
  if (decimal && unsigned_text.find_first_not_of("0123456789.eE+-") != absl::string_view::npos) {
    return std::nullopt;
  }
  double number = 0;
  if (!absl::SimpleAtod(text, &number)) return std::nullopt;
  return number;
}

// Cut off towards zero; nullopt when there is no such 64-bit integer.
std::optional<int64_t> IntegerFromFloat(double number) {
  constexpr double kBound = 0x1p63;
  if (!(number >= -kBound && number < kBound)) return std::nullopt;
  return static_cast<int64_t>(number);
}

absl::StatusOr<Value> IntegerFrom(const Value& value) {
  if (value.is_integer()) return value;
  if (value.is_boolean()) return Value::Integer(value.boolean() ? 1 : 0);
  std::optional<double> number;
  if (value.is_float()) {
    number = value.floating();
  } else {
    int64_t integer = 0;
    if (absl::SimpleAtoi(value.string(), &integer)) return Value::Integer(integer);
    number = FloatFromText(value.string());
    if (!number.has_value() || !std::isfinite(*number)) return Value::Null();
  }
  const std::optional<int64_t> integer = IntegerFromFloat(*number);
  if (integer.has_value()) return Value::Integer(*integer);
  return MakeError(ErrorCode::kRuntimeIntegerOverflow,
                   absl::StrCat(ScalarText(value), " does not fit into a 64-bit integer"));
}

absl::StatusOr<Value> FloatFrom(const Value& value) {
  if (value.is_number()) return Value::Float(value.number());
  const std::optional<double> number = FloatFromText(value.string());
  return number.has_value() ? Value::Float(*number) : Value::Null();
}

absl::StatusOr<Value> StringFrom(const Value& value) {
  if (value.is_string()) return value;
  return Value::String(ScalarText(value));
}

using Conversion = absl::StatusOr<Value> (*)(const Value&);

template <Conversion kConvert>
absl::StatusOr<Value> Strict(const FunctionContext&, Arguments arguments) {
  return kConvert(arguments[0]);
}

// Null instead of an error.
template <Conversion kConvert, const TypeSet& kAccepts>
Value Lenient(const Value& value) {
  if (!kAccepts.Has(value.type())) return Value::Null();
  absl::StatusOr<Value> converted = kConvert(value);
  return converted.ok() ? *std::move(converted) : Value::Null();
}

template <Conversion kConvert, const TypeSet& kAccepts>
absl::StatusOr<Value> OrNull(const FunctionContext&, Arguments arguments) {
  return Lenient<kConvert, kAccepts>(arguments[0]);
}

template <Conversion kConvert, const TypeSet& kAccepts>
absl::StatusOr<Value> EachOrNull(const FunctionContext&, Arguments arguments) {
  std::vector<Value> converted;
  converted.reserve(arguments[0].list().size());
  for (const Value& value : arguments[0].list()) {
    converted.push_back(Lenient<kConvert, kAccepts>(value));
  }
  return Value::List(std::move(converted));
}

absl::StatusOr<Value> Coalesce(const FunctionContext&, Arguments arguments) {
  for (const Value& value : arguments) {
    if (!value.is_null()) return value;
  }
  return Value::Null();
}

absl::StatusOr<Value> NullIf(const FunctionContext&, Arguments arguments) {
  const std::optional<bool> equal = Equals(arguments[0], arguments[1]);
  return equal.has_value() && *equal ? Value::Null() : arguments[0];
}

FunctionRow ConversionRow(absl::string_view name, TypeSet accepts, TypeSet result,
                          FunctionImplementation implementation, absl::string_view help) {
  return {.name = name,
          .parameters = {{"value", accepts}},
          .result = result,
          .implementation = implementation,
          .help = help};
}

FunctionRow Total(FunctionRow row) {
  row.total = true;
  return row;
}

}  // namespace

std::string ScalarText(const Value& value) {
  switch (value.type()) {
    case Value::Type::kBoolean:
      return value.boolean() ? "true" : "false";
    case Value::Type::kInteger:
      return absl::StrCat(value.integer());
    case Value::Type::kFloat:
      return FormatFloat(value.floating());
    case Value::Type::kString:
      return std::string(value.string());
    default:
      return TemporalText(value);
  }
}

std::vector<FunctionRow> ConversionFunctions() {
  return {
      ConversionRow("toBoolean", kToBoolean, types::kBoolean, Strict<BooleanFrom>,
                    "The boolean that a text says ('true', 'false'); of integers, 0 is false."),
      ConversionRow("toBooleanOrNull", types::kAny, types::kBoolean,
                    OrNull<BooleanFrom, kToBoolean>,
                    "Like toBoolean(), but null for values it does not take."),
      ListOf(types::kBoolean, ConversionRow("toBooleanList", types::kList, types::kList,
                                            EachOrNull<BooleanFrom, kToBoolean>,
                                            "toBooleanOrNull() of each element.")),
      ConversionRow("toInteger", kToInteger, types::kInteger, Strict<IntegerFrom>,
                    "The integer that a text says, or a number cut off towards zero."),
      ConversionRow("toIntegerOrNull", types::kAny, types::kInteger,
                    OrNull<IntegerFrom, kToInteger>,
                    "Like toInteger(), but null for values it does not take."),
      ListOf(types::kInteger, ConversionRow("toIntegerList", types::kList, types::kList,
                                            EachOrNull<IntegerFrom, kToInteger>,
                                            "toIntegerOrNull() of each element.")),
      ConversionRow(
          "toFloat", kToFloat, types::kFloat, Strict<FloatFrom>,
          "The floating-point number that a text says, or that is nearest to an integer."),
      ConversionRow("toFloatOrNull", types::kAny, types::kFloat, OrNull<FloatFrom, kToFloat>,
                    "Like toFloat(), but null for values it does not take."),
      ListOf(types::kFloat,
             ConversionRow("toFloatList", types::kList, types::kList,
                           EachOrNull<FloatFrom, kToFloat>, "toFloatOrNull() of each element.")),
      Total(ConversionRow("toString", kToString, types::kString, Strict<StringFrom>,
                          "A boolean, number, instant or duration as text.")),
      ConversionRow("toStringOrNull", types::kAny, types::kString, OrNull<StringFrom, kToString>,
                    "Like toString(), but null for values it does not take."),
      ListOf(types::kString,
             ConversionRow("toStringList", types::kList, types::kList,
                           EachOrNull<StringFrom, kToString>, "toStringOrNull() of each element.")),
      {.name = "coalesce",
       .parameters = {{"value", types::kAny}},
       .variadic = true,
       .result = types::kAny,
       .nulls = NullPolicy::kCalled,
       .implementation = Coalesce,
       .help = "The first of the values that is not null."},
      {.name = "nullIf",
       .parameters = {{"value", types::kAny}, {"other", types::kAny}},
       .result = types::kAny,
       .nulls = NullPolicy::kCalled,
       .implementation = NullIf,
       .help = "The first value, or null if it equals the second."},
  };
}

}  // namespace entente::query
