#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <numbers>
#include <random>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/catalogue.h"
#include "engine/error.h"
#include "engine/graph.h"
#include "engine/status.h"
#include "query/functions/rows.h"

namespace entente::query {
namespace {

std::mt19937_64& Generator() {
  thread_local std::mt19937_64 generator = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  return generator;
}

// f(x) for a function of the C library.
template <double (*kFunction)(double)>
absl::StatusOr<Value> OfNumber(const FunctionContext&, Arguments arguments) {
  return Value::Float(kFunction(arguments[0].number()));
}

double Cotangent(double x) { return 1.0 / std::tan(x); }
double HyperbolicCotangent(double x) { return 1.0 / std::tanh(x); }
double HalfVersedSine(double x) { return (1.0 - std::cos(x)) / 2.0; }
double Degrees(double radians) { return radians * (180.0 / std::numbers::pi); }
double Radians(double degrees) { return degrees * (std::numbers::pi / 180.0); }

template <double (*kFunction)()>
absl::StatusOr<Value> Number(const FunctionContext&, Arguments) {
  return Value::Float(kFunction());
}

double Pi() { return std::numbers::pi; }
double Euler() { return std::numbers::e; }
// 53 random bits over 2^53: never 1.
double Random() { return static_cast<double>(Generator()() >> 11) * 0x1p-53; }

absl::StatusOr<Value> RandomUuid(const FunctionContext&, Arguments) {
  const uint64_t high = (Generator()() & ~uint64_t{0xF000}) | 0x4000;  // version 4
  const uint64_t low = (Generator()() & ~(uint64_t{3} << 62)) | (uint64_t{2} << 62);
  return Value::String(absl::StrFormat("%08x-%04x-%04x-%04x-%012x", high >> 32, high >> 16 & 0xFFFF,
                                       high & 0xFFFF, low >> 48, low & 0xFFFF'FFFF'FFFF));
}

absl::StatusOr<Value> Absolute(const FunctionContext&, Arguments arguments) {
  if (arguments[0].is_float()) return Value::Float(std::abs(arguments[0].floating()));
  if (arguments[0].integer() == std::numeric_limits<int64_t>::min()) {
    return MakeError(ErrorCode::kRuntimeIntegerOverflow,
                     absl::StrCat("abs(", arguments[0].integer(), ") is no 64-bit integer"));
  }
  return Value::Integer(std::abs(arguments[0].integer()));
}

// Of a number, or of a relation type by its name.
absl::StatusOr<Value> Sign(const FunctionContext& context, Arguments arguments) {
  if (arguments[0].is_string()) {
    const Catalogue& catalogue = context.graph->catalogue();
    const RelationId relation = catalogue.FindRelation(arguments[0].string());
    if (relation == kNoSymbol) return Value::Null();
    return Value::Integer(catalogue.relation(relation).sign);
  }
  const double number = arguments[0].number();
  if (arguments[0].is_integer() || !std::isnan(number)) {
    return Value::Integer((number > 0) - (number < 0));
  }
  return Value::Null();
}

absl::StatusOr<Value> IsNan(const FunctionContext&, Arguments arguments) {
  return Value::Boolean(std::isnan(arguments[0].number()));
}

absl::StatusOr<Value> ArcTangentOfTwo(const FunctionContext&, Arguments arguments) {
  return Value::Float(std::atan2(arguments[0].number(), arguments[1].number()));
}

enum class Rounding { kUp, kDown, kCeiling, kFloor, kHalfUp, kHalfDown, kHalfEven };

absl::StatusOr<Rounding> RoundingNamed(absl::string_view name) {
  static constexpr std::pair<absl::string_view, Rounding> kModes[] = {
      {"UP", Rounding::kUp},
      {"DOWN", Rounding::kDown},
      {"CEILING", Rounding::kCeiling},
      {"FLOOR", Rounding::kFloor},
      {"HALF_UP", Rounding::kHalfUp},
      {"HALF_DOWN", Rounding::kHalfDown},
      {"HALF_EVEN", Rounding::kHalfEven}};
  const std::string upper = absl::AsciiStrToUpper(name);
  for (const auto& [mode_name, mode] : kModes) {
    if (upper == mode_name) return mode;
  }
  return MakeError(ErrorCode::kRuntimeInvalidArgumentValue,
                   absl::StrCat("The way of rounding is UP, DOWN, CEILING, FLOOR, HALF_UP, "
                                "HALF_DOWN or HALF_EVEN, not '",
                                std::string(name), "'"));
}

// Whether the digits before `kept` grow by one in the last place when the rest is cut off.
bool RoundsAway(const std::string& digits, size_t kept, bool negative, Rounding mode) {
  const bool exact = digits.find_first_not_of('0', kept) == std::string::npos;
  if (exact) return false;
  const bool tie =
      digits[kept] == '5' && digits.find_first_not_of('0', kept + 1) == std::string::npos;
  const bool more_than_half = digits[kept] >= '5' && !tie;
  switch (mode) {
    case Rounding::kUp:
      return true;
    case Rounding::kDown:
      return false;
    case Rounding::kCeiling:
      return !negative;
    case Rounding::kFloor:
      return negative;
    case Rounding::kHalfUp:
      return more_than_half || tie;
    case Rounding::kHalfDown:
      return more_than_half;
    case Rounding::kHalfEven:
      return more_than_half || (tie && kept > 0 && (digits[kept - 1] - '0') % 2 == 1);
  }
  return false;
}

// Rounds the shortest decimal text of the number, as people see it, so that 1.005 to two places is
// 1.01 although the nearest double lies below.
double RoundTo(double number, int64_t precision, Rounding mode) {
  if (!std::isfinite(number) || number == 0) return number;
  char text[40];
  const auto written =
      std::to_chars(text, text + sizeof(text), std::abs(number), std::chars_format::scientific);
  const std::string scientific(text, written.ptr);
  const size_t mark = scientific.find('e');
  std::string digits = scientific.substr(0, mark);
  if (digits.size() > 1) digits.erase(1, 1);  // the point
  const int64_t exponent = std::atoi(scientific.c_str() + mark + 1);
  // Now the number is 0.DIGITS times 10^(exponent + 1); count the digits to keep.
  const int64_t keep = exponent + 1 + precision;
  if (keep >= static_cast<int64_t>(digits.size())) return number;
  const size_t kept = static_cast<size_t>(std::max<int64_t>(keep, 0));
  if (keep < 0)
    digits = absl::StrCat("0", digits);  // the first digit cut off lies above all of them
  const bool away = RoundsAway(digits, kept, number < 0, mode);
  const std::string unit = absl::StrCat("1e", -precision);
  std::string result = kept == 0 ? (away ? unit : "0") : "";
  if (kept > 0) {
    std::string rounded = digits.substr(0, kept);
    if (away) {
      size_t place = kept;
      while (place > 0 && rounded[place - 1] == '9') rounded[--place] = '0';
      if (place > 0) {
        ++rounded[place - 1];
      } else {
        rounded = absl::StrCat("1", rounded);
      }
    }
    result = absl::StrCat(rounded, "e", -precision);
  }
  const double value = std::strtod(result.c_str(), nullptr);
  return std::copysign(value, number);
}

// Halves go up when no precision is given (-1.5 to -1.0), away from zero when one is, as users of
// other implementations expect.
absl::StatusOr<Value> Round(const FunctionContext&, Arguments arguments) {
  const double number = arguments[0].number();
  if (arguments.size() == 1) {
    if (arguments[0].is_integer()) return Value::Float(number);
    const double below = std::floor(number);
    return Value::Float(number - below >= 0.5 ? below + 1 : below);
  }
  const int64_t precision = arguments[1].integer();
  if (precision < 0 || precision > 400) {
    return MakeError(
        ErrorCode::kNumberOutOfRange,
        absl::StrCat("The precision of round() lies between 0 and 400, not at ", precision));
  }
  Rounding mode = Rounding::kHalfUp;
  if (arguments.size() == 3) {
    ASSIGN_OR_RETURN(mode, RoundingNamed(arguments[2].string()));
  }
  return Value::Float(RoundTo(number, precision, mode));
}

FunctionRow NumberRow(absl::string_view name, FunctionImplementation implementation,
                      absl::string_view help) {
  return {.name = name,
          .parameters = {{"number", types::kNumber}},
          .result = types::kFloat,
          .implementation = implementation,
          .help = help};
}

std::vector<FunctionRow> RootsAndCurves() {
  return {
      NumberRow("ceil", OfNumber<std::ceil>, "The least whole number that is not below a number."),
      NumberRow("floor", OfNumber<std::floor>,
                "The greatest whole number that is not above a number."),
      NumberRow("sqrt", OfNumber<std::sqrt>, "The square root; NaN below 0."),
      NumberRow("exp", OfNumber<std::exp>, "e to the power of a number."),
      NumberRow("log", OfNumber<std::log>, "The natural logarithm."),
      NumberRow("log10", OfNumber<std::log10>, "The logarithm to base 10."),
      NumberRow("sin", OfNumber<std::sin>, "The sine of an angle in radians."),
      NumberRow("cos", OfNumber<std::cos>, "The cosine of an angle in radians."),
      NumberRow("tan", OfNumber<std::tan>, "The tangent of an angle in radians."),
      NumberRow("cot", OfNumber<Cotangent>, "The cotangent of an angle in radians."),
      NumberRow("asin", OfNumber<std::asin>, "The angle in radians whose sine is given."),
      NumberRow("acos", OfNumber<std::acos>, "The angle in radians whose cosine is given."),
      NumberRow("atan", OfNumber<std::atan>, "The angle in radians whose tangent is given."),
      NumberRow("sinh", OfNumber<std::sinh>, "The hyperbolic sine."),
      NumberRow("cosh", OfNumber<std::cosh>, "The hyperbolic cosine."),
      NumberRow("tanh", OfNumber<std::tanh>, "The hyperbolic tangent."),
      NumberRow("coth", OfNumber<HyperbolicCotangent>, "The hyperbolic cotangent."),
      NumberRow("haversin", OfNumber<HalfVersedSine>,
                "Half the versed sine of an angle in radians."),
      NumberRow("degrees", OfNumber<Degrees>, "An angle in radians, in degrees."),
      NumberRow("radians", OfNumber<Radians>, "An angle in degrees, in radians."),
  };
}

}  // namespace

std::vector<FunctionRow> MathFunctions() {
  std::vector<FunctionRow> rows = RootsAndCurves();
  const std::vector<FunctionRow> more = {
      {.name = "pi", .result = types::kFloat, .implementation = Number<Pi>, .help = "π."},
      {.name = "e",
       .result = types::kFloat,
       .implementation = Number<Euler>,
       .help = "The base of the natural logarithm."},
      {.name = "rand",
       .result = types::kFloat,
       .purity = Purity::kVolatile,
       .implementation = Number<Random>,
       .help = "A random number from 0 to below 1, new at every call."},
      {.name = "randomUUID",
       .result = types::kString,
       .purity = Purity::kVolatile,
       .implementation = RandomUuid,
       .help = "A new random UUID (version 4) as text."},
      {.name = "abs",
       .parameters = {{"number", types::kNumber}},
       .result = types::kNumber,
       .implementation = Absolute,
       .help = "The absolute value of a number."},
      {.name = "sign",
       .parameters = {{"number", types::kNumber | types::kString}},
       .result = types::kInteger,
       .purity = Purity::kReadsGraph,
       .implementation = Sign,
       .help = "1, 0 or -1 for a number, or for the relation type of that name; null if there is "
               "none."},
      {.name = "isNaN",
       .parameters = {{"number", types::kNumber}},
       .result = types::kBoolean,
       .implementation = IsNan,
       .help = "Whether a number is not a number."},
      {.name = "atan2",
       .parameters = {{"y", types::kNumber}, {"x", types::kNumber}},
       .result = types::kFloat,
       .implementation = ArcTangentOfTwo,
       .help = "The angle in radians of the point (x, y)."},
      {.name = "round",
       .parameters = {{"number", types::kNumber},
                      {"precision", types::kInteger},
                      {"mode", types::kString}},
       .optional = 2,
       .result = types::kFloat,
       .implementation = Round,
       .help = "The nearest whole number, or number of `precision` decimal places; `mode` is UP, "
               "DOWN, CEILING, FLOOR, HALF_UP, HALF_DOWN or HALF_EVEN."},
  };
  rows.insert(rows.end(), more.begin(), more.end());
  return rows;
}

}  // namespace entente::query
