// Functions, operators and aggregates called as the evaluator calls them.
#include "query/function.h"

#include <cmath>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/error.h"
#include "engine/value_text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace entente::query {
namespace {

constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

Value I(int64_t number) { return Value::Integer(number); }
Value F(double number) { return Value::Float(number); }
Value S(absl::string_view text) { return Value::String(text); }
Value B(bool truth) { return Value::Boolean(truth); }
Value N() { return Value::Null(); }
Value L(std::vector<Value> elements) { return Value::List(std::move(elements)); }
Value M(std::vector<MapEntry> entries) { return Value::Map(std::move(entries)); }

// A value as the TCK writes it, or "TypeError: Detail" of an error.
std::string Shown(const absl::StatusOr<Value>& result) {
  if (result.ok()) return ValueText(*result);
  const ErrorInfo info = ErrorInfoOf(result.status());
  return absl::StrCat(info.type, ": ", info.detail);
}

// 2024-03-05T06:07:08.000000009Z.
FunctionContext Clock() {
  FunctionContext context;
  context.statement_seconds = 1709618828;
  context.statement_nanoseconds = 9;
  return context;
}

std::string Called(absl::string_view name, const std::vector<Value>& arguments) {
  const FunctionRow* row = FindFunction(name);
  if (row == nullptr) return absl::StrCat("no function ", std::string(name));
  return Shown(CallFunction(*row, Clock(), arguments));
}

std::string Aggregated(absl::string_view name, const std::vector<Value>& values,
                       const Value& second = Value::Null()) {
  const AggregateRow* row = FindAggregate(name);
  if (row == nullptr) return absl::StrCat("no aggregate ", std::string(name));
  const std::unique_ptr<Aggregator> aggregator = row->make();
  for (const Value& value : values) {
    std::vector<Value> arguments = {value};
    if (row->arity == 2) arguments.push_back(second);
    const absl::Status status = aggregator->Add(arguments);
    if (!status.ok()) return Shown(status);
  }
  return Shown(aggregator->Finish());
}

struct Call {
  absl::string_view name;
  std::vector<Value> arguments;
  std::string expected;
};

void ExpectAll(const std::vector<Call>& calls) {
  for (const Call& call : calls) {
    std::string text = absl::StrCat(std::string(call.name), "(");
    for (const Value& argument : call.arguments) absl::StrAppend(&text, ValueText(argument), ", ");
    EXPECT_EQ(Called(call.name, call.arguments), call.expected) << text << ")";
  }
}

TEST(FunctionTable, EveryRowIsComplete) {
  for (const FunctionRow* row : AllFunctions()) {
    SCOPED_TRACE(std::string(row->name));
    EXPECT_NE(row->implementation, nullptr);
    EXPECT_FALSE(row->help.empty());
    EXPECT_EQ(row->help.find('\n'), absl::string_view::npos);
    EXPECT_EQ(row->help.back(), '.');
    EXPECT_LE(row->optional, row->parameters.size());
    EXPECT_TRUE(!row->variadic || !row->parameters.empty());
    EXPECT_FALSE(row->result == TypeSet());
    std::set<absl::string_view> names;
    for (const FunctionParameter& parameter : row->parameters) {
      EXPECT_TRUE(names.insert(parameter.name).second);
      EXPECT_FALSE(parameter.accepts == TypeSet());
    }
  }
  for (const AggregateRow* row : AllAggregates()) {
    EXPECT_FALSE(row->help.empty());
    EXPECT_GE(row->arity, 1u);
    EXPECT_NE(row->make(), nullptr);
  }
}

TEST(FunctionTable, NamesAreFoundInAnyCase) {
  EXPECT_EQ(FindFunction("TOUPPER"), FindFunction("toUpper"));
  EXPECT_EQ(FindFunction("Date.Truncate"), FindFunction("date.truncate"));
  EXPECT_EQ(FindAggregate("PERCENTILEdisc"), FindAggregate("percentileDisc"));
  EXPECT_EQ(FindFunction("no_such_function"), nullptr);
  for (const FunctionRow* row : AllFunctions()) {
    EXPECT_EQ(FindAggregate(row->name), nullptr) << std::string(row->name);
  }
}

TEST(FunctionTable, NullInMeansNullOut) {
  for (const FunctionRow* row : AllFunctions()) {
    if (row->nulls == NullPolicy::kCalled || row->parameters.empty()) continue;
    const size_t least = row->parameters.size() - row->optional;
    if (least == 0) continue;
    const std::vector<Value> nulls(least);
    EXPECT_EQ(Called(row->name, nulls), "null") << std::string(row->name);
  }
}

TEST(FunctionTable, WrongTypesAreErrors) {
  const std::string wrong = "TypeError: InvalidArgumentValue";
  ExpectAll({{"toUpper", {I(1)}, wrong},
             {"type", {S("")}, wrong},
             {"toBoolean", {F(1)}, wrong},
             {"toBoolean", {L({})}, wrong},
             {"toInteger", {M({})}, wrong},
             {"toFloat", {B(true)}, wrong},
             {"toString", {L({})}, wrong},
             {"size", {I(1)}, wrong},
             {"range", {F(1), I(2)}, wrong},
             {"left", {N(), S("x")}, wrong},
             {"length", {S("x")}, wrong}});
}

TEST(StringFunctions, CountCodePoints) {
  ExpectAll({{"size", {S("añ한😀")}, "4"},
             {"char_length", {S("añ한😀")}, "4"},
             {"character_length", {S("añ한😀")}, "4"},
             {"reverse", {S("a한😀")}, "'😀한a'"},
             {"left", {S("한국어"), I(2)}, "'한국'"},
             {"left", {S("ab"), I(9)}, "'ab'"},
             {"left", {S("ab"), I(-1)}, "ArgumentError: NumberOutOfRange"},
             {"right", {S("한국어"), I(2)}, "'국어'"},
             {"right", {S("ab"), I(kMost)}, "'ab'"},
             {"substring", {S("한국어x"), I(1)}, "'국어x'"},
             {"substring", {S("한국어x"), I(1), I(2)}, "'국어'"},
             {"substring", {S("abc"), I(7), I(2)}, "''"},
             {"substring", {S("abc"), I(0), I(kMost)}, "'abc'"},
             {"substring", {S("abc"), I(-1)}, "ArgumentError: NumberOutOfRange"}});
}

TEST(StringFunctions, ChangeCaseAndEnds) {
  ExpectAll({{"toUpper", {S("straße")}, "'STRASSE'"},
             {"toLower", {S("ÅΣ")}, "'åς'"},
             {"upper", {S("abc")}, "'ABC'"},
             {"lower", {S("ABC")}, "'abc'"},
             {"trim", {S(" \t\u00a0 a b\n")}, "'a b'"},
             {"ltrim", {S("  a ")}, "'a '"},
             {"rtrim", {S(" a  ")}, "' a'"},
             {"btrim", {S("xyaxy"), S("yx")}, "'a'"},
             {"trim", {S("")}, "''"},
             {"normalize", {S("e\u0301")}, "'é'"},
             {"normalize", {S("ﬁ"), S("nfkc")}, "'fi'"},
             {"normalize", {S("x"), S("NFX")}, "ArgumentError: InvalidArgumentValue"}});
}

TEST(StringFunctions, SplitAndReplace) {
  ExpectAll({{"split", {S("one1two"), S("1")}, "['one', 'two']"},
             {"split", {S(""), S(",")}, "['']"},
             {"split", {S("a,b;c,"), L({S(","), S(";")})}, "['a', 'b', 'c', '']"},
             {"split", {S("a한b"), S("")}, "['a', '한', 'b']"},
             {"split", {S("ab,c"), L({S(""), S(",")})}, "['a', 'b', '', 'c']"},
             {"split", {S("abc"), L({})}, "['abc']"},
             {"split", {S("abc"), L({N()})}, "null"},
             {"replace", {S("hello"), S("l"), S("LL")}, "'heLLLLo'"},
             {"replace", {S("hello"), S(""), S("x")}, "'hello'"},
             {"replace",
              {S(std::string(1 << 20, 'a')), S("a"), S(std::string(1 << 10, 'b'))},
              "DatabaseError: LimitExceeded"}});
}

TEST(ListFunctions, Ends) {
  ExpectAll({{"head", {L({I(1), I(2)})}, "1"},
             {"head", {L({})}, "null"},
             {"last", {L({I(1), I(2)})}, "2"},
             {"tail", {L({I(1), I(2), I(3)})}, "[2, 3]"},
             {"tail", {L({})}, "[]"},
             {"reverse", {L({I(1), N(), I(3)})}, "[3, null, 1]"},
             {"size", {L({N(), N()})}, "2"},
             {"isEmpty", {L({})}, "true"},
             {"isEmpty", {S("x")}, "false"},
             {"isEmpty", {M({})}, "true"}});
}

TEST(ListFunctions, Ranges) {
  ExpectAll({{"range", {I(1), I(3)}, "[1, 2, 3]"},
             {"range", {I(10), I(-10), I(-8)}, "[10, 2, -6]"},
             {"range", {I(0), I(1), I(-1)}, "[]"},
             {"range", {I(0), I(0), I(-1)}, "[0]"},
             {"range", {I(2), I(8), I(0)}, "ArgumentError: NumberOutOfRange"},
             {"range",
              {I(kLeast), I(kMost), I(kMost)},
              absl::StrCat("[", kLeast, ", -1, ", kMost - 1, "]")},
             {"range", {I(kMost), I(kLeast), I(kLeast)}, absl::StrCat("[", kMost, ", -1]")},
             {"range", {I(kLeast), I(kMost)}, "DatabaseError: LimitExceeded"},
             {"range", {I(0), I(10'000'000)}, "DatabaseError: LimitExceeded"}});
}

TEST(MathFunctions, Values) {
  ExpectAll({{"abs", {I(-3)}, "3"},
             {"abs", {F(-3.5)}, "3.5"},
             {"abs", {I(kLeast)}, "ArithmeticError: IntegerOverflow"},
             {"ceil", {F(1.2)}, "2.0"},
             {"floor", {I(-1)}, "-1.0"},
             {"sqrt", {F(12.96)}, "3.6"},
             {"sign", {I(-7)}, "-1"},
             {"sign", {F(0.5)}, "1"},
             {"exp", {I(0)}, "1.0"},
             {"log", {I(1)}, "0.0"},
             {"log10", {I(1000)}, "3.0"},
             {"sin", {I(0)}, "0.0"},
             {"atan2", {I(0), I(1)}, "0.0"},
             {"haversin", {I(0)}, "0.0"},
             {"degrees", {F(M_PI)}, "180.0"},
             {"radians", {I(180)}, Called("pi", {})},
             {"isNaN", {F(NAN)}, "true"},
             {"isNaN", {I(1)}, "false"}});
}

TEST(MathFunctions, AnglesAndCurves) {
  ExpectAll({{"cos", {I(0)}, "1.0"},
             {"tan", {I(0)}, "0.0"},
             {"cot", {F(M_PI_2 / 2)}, Shown(F(1 / std::tan(M_PI_2 / 2)))},
             {"asin", {I(1)}, Shown(F(M_PI_2))},
             {"acos", {I(1)}, "0.0"},
             {"acos", {I(2)}, "NaN"},
             {"atan", {I(0)}, "0.0"},
             {"sinh", {I(0)}, "0.0"},
             {"cosh", {I(0)}, "1.0"},
             {"tanh", {I(0)}, "0.0"},
             {"coth", {I(1)}, Shown(F(1 / std::tanh(1.0)))},
             {"e", {}, Shown(F(M_E))}});
}

TEST(MathFunctions, Rounding) {
  ExpectAll({{"round", {F(1.5)}, "2.0"},
             {"round", {F(-1.5)}, "-1.0"},
             {"round", {F(0.49999999999999994)}, "0.0"},
             {"round", {I(3)}, "3.0"},
             {"round", {F(3.141592), I(3)}, "3.142"},
             {"round", {F(1.005), I(2)}, "1.01"},
             {"round", {F(-1.55), I(1)}, "-1.6"},
             {"round", {F(9.99), I(1)}, "10.0"},
             {"round", {F(0.04), I(1)}, "0.0"},
             {"round", {F(0.006), I(2)}, "0.01"},
             {"round", {F(0.0006), I(2)}, "0.0"},
             {"round", {F(1.249), I(1), S("UP")}, "1.3"},
             {"round", {F(-1.251), I(1), S("DOWN")}, "-1.2"},
             {"round", {F(-1.251), I(1), S("ceiling")}, "-1.2"},
             {"round", {F(-1.251), I(1), S("FLOOR")}, "-1.3"},
             {"round", {F(1.25), I(1), S("HALF_DOWN")}, "1.2"},
             {"round", {F(1.25), I(1), S("HALF_EVEN")}, "1.2"},
             {"round", {F(1.35), I(1), S("HALF_EVEN")}, "1.4"},
             {"round", {F(123456.789), I(0)}, "123457.0"},
             {"round", {F(1), I(-1)}, "ArgumentError: NumberOutOfRange"},
             {"round", {F(1), I(1), S("SOMEHOW")}, "ArgumentError: InvalidArgumentValue"}});
}

TEST(MathFunctions, RandomNumbersDiffer) {
  EXPECT_NE(Called("rand", {}), Called("rand", {}));
  const std::string uuid = Called("randomUUID", {});
  EXPECT_THAT(uuid,
              testing::MatchesRegex(
                  "'[0-9a-f]+-[0-9a-f]+-4[0-9a-f][0-9a-f][0-9a-f]-[89ab][0-9a-f]+-[0-9a-f]+'"));
  EXPECT_EQ(uuid.size(), 38u);
}

TEST(ConversionFunctions, Values) {
  ExpectAll({{"toInteger", {F(2.9)}, "2"},
             {"toInteger", {S("1.7")}, "1"},
             {"toInteger", {S("-9223372036854775808")}, "-9223372036854775808"},
             {"toInteger", {S("foo")}, "null"},
             {"toInteger", {S("")}, "null"},
             {"toInteger", {B(true)}, "1"},
             {"toInteger", {F(1e30)}, "ArithmeticError: IntegerOverflow"},
             {"toIntegerOrNull", {F(1e30)}, "null"},
             {"toIntegerOrNull", {L({})}, "null"},
             {"toFloat", {S("5")}, "5.0"},
             {"toFloat", {S(" -1.5e3 ")}, "-1500.0"},
             {"toFloat", {S("0x10")}, "null"},
             {"toFloat", {S("inf")}, "null"},
             {"toFloat", {S("nope")}, "null"},
             {"toFloat", {I(3)}, "3.0"},
             {"toBoolean", {S("TRUE")}, "true"},
             {"toBoolean", {S(" tru ")}, "null"},
             {"toBoolean", {I(0)}, "false"},
             {"toString", {F(2.3)}, "'2.3'"},
             {"toString", {B(true)}, "'true'"},
             {"toString", {I(1)}, "'1'"},
             {"toString", {S("apa")}, "'apa'"},
             {"toStringOrNull", {M({})}, "null"},
             {"toBooleanOrNull", {F(1)}, "null"},
             {"toBooleanList", {L({S("true"), I(1), F(1), N()})}, "[true, true, null, null]"},
             {"toFloatOrNull", {B(true)}, "null"},
             {"toFloatList", {L({S("1.5"), I(1), S("x")})}, "[1.5, 1.0, null]"},
             {"toStringList", {L({I(1), B(false), L({})})}, "['1', 'false', null]"},
             {"toIntegerList", {L({S("1"), S("x"), F(2.5), N()})}, "[1, null, 2, null]"},
             {"coalesce", {N(), N(), I(3), I(4)}, "3"},
             {"coalesce", {N()}, "null"},
             {"nullIf", {I(1), F(1.0)}, "null"},
             {"nullIf", {I(1), N()}, "1"},
             {"exists", {N()}, "false"},
             {"exists", {I(0)}, "true"}});
}

Value Made(absl::string_view name, const Value& argument) {
  absl::StatusOr<Value> value = CallFunction(*FindFunction(name), Clock(), {argument});
  return value.ok() ? *value : S(Shown(value));
}

TEST(TemporalFunctions, TheStatementsClock) {
  ExpectAll({{"date", {}, "'2024-03-05'"},
             {"localtime", {}, "'06:07:08.000000009'"},
             {"time.statement", {}, "'06:07:08.000000009Z'"},
             {"localdatetime.transaction", {}, "'2024-03-05T06:07:08.000000009'"},
             {"datetime", {}, "'2024-03-05T06:07:08.000000009Z'"},
             {"datetime.statement", {S("+05:00")}, "'2024-03-05T11:07:08.000000009+05:00'"},
             {"date.statement", {S("-09:00")}, "'2024-03-04'"},
             {"timestamp", {}, "1709618828000"}});
  for (absl::string_view type : {"date", "localtime", "time", "localdatetime", "datetime"}) {
    const std::string now = Called(type, {});
    for (absl::string_view clock : {".statement", ".transaction"}) {
      EXPECT_EQ(Called(absl::StrCat(std::string(type), std::string(clock)), {}), now);
    }
    EXPECT_NE(Called(absl::StrCat(std::string(type), ".realtime"), {}), now);
  }
}

TEST(TemporalFunctions, AreRowsOverTheEngine) {
  const Value day = Made("date", S("1984-10-11"));
  ExpectAll({{"date", {M({{"year", I(1984)}, {"month", I(10)}, {"day", I(11)}})}, "'1984-10-11'"},
             {"time", {S("21:40-01:00")}, "'21:40-01:00'"},
             {"date", {S("nonsense")}, "ArgumentError: InvalidArgumentValue"},
             {"date", {I(1)}, "TypeError: InvalidArgumentValue"},
             {"duration", {S("P12Y5M1.5D")}, "'P12Y5M1DT12H'"},
             {"duration", {M({{"minutes", I(12)}, {"seconds", I(-60)}})}, "'PT11M'"},
             {"date.truncate", {S("month"), day}, "'1984-10-01'"},
             {"date.truncate", {S("year"), day, M({{"day", I(5)}})}, "'1984-01-05'"},
             {"datetime.truncate", {S("year"), day}, "'1984-01-01T00:00Z'"},
             {"localdatetime.truncate", {S("hour")}, "'2024-03-05T06:00'"},
             {"localtime.truncate", {S("minute")}, "'06:07'"},
             {"time.truncate", {S("second")}, "'06:07:08Z'"},
             {"localdatetime", {day}, "'1984-10-11T00:00'"},
             {"duration.between", {day, Made("date", S("2015-06-24"))}, "'P30Y8M13D'"},
             {"duration.inMonths", {day, Made("date", S("2015-06-24"))}, "'P30Y8M'"},
             {"duration.inDays", {day, Made("date", S("1984-10-13"))}, "'P2D'"},
             {"duration.inSeconds", {day, Made("date", S("1984-10-12"))}, "'PT24H'"},
             {"datetime.fromepoch", {I(416779), I(999999999)}, "'1970-01-05T19:46:19.999999999Z'"},
             {"datetime.fromepochmillis", {I(-1)}, "'1969-12-31T23:59:59.999Z'"},
             {"toString", {day}, "'1984-10-11'"}});
}

TEST(GraphFunctions, PathsAndMaps) {
  PathContent content;
  content.nodes = {Value::Node(NodeId{1}), Value::Node(NodeId{2})};
  RelationshipContent relationship;
  relationship.id = 9;
  relationship.start = 2;
  relationship.end = 1;
  content.relationships = {Value::Relationship(relationship)};
  const Value r = content.relationships[0];
  const Value path = Value::Path(content);
  ExpectAll({{"length", {path}, "1"},
             {"id", {r}, "9"},
             {"elementId", {r}, "'9'"},
             {"keys", {M({{"b", I(1)}, {"a", N()}})}, "['a', 'b']"},
             {"properties", {M({{"a", I(1)}})}, "{a: 1}"}});
  FunctionContext context;
  const absl::StatusOr<Value> start = CallFunction(*FindFunction("startNode"), context, {r});
  ASSERT_TRUE(start.ok());
  EXPECT_EQ(start->node_id(), NodeId{2});
  const absl::StatusOr<Value> end = CallFunction(*FindFunction("endNode"), context, {r});
  ASSERT_TRUE(end.ok());
  EXPECT_EQ(end->node_id(), NodeId{1});
  const absl::StatusOr<Value> relationships =
      CallFunction(*FindFunction("relationships"), context, {path});
  ASSERT_TRUE(relationships.ok());
  EXPECT_EQ(relationships->list().size(), 1u);
  const absl::StatusOr<Value> nodes = CallFunction(*FindFunction("nodes"), context, {path});
  ASSERT_TRUE(nodes.ok());
  EXPECT_EQ(nodes->list().size(), 2u);
}

std::string Calculated(const Value& left, char op, const Value& right) {
  return Shown(Arithmetic(op, left, right));
}

TEST(Operators, Integers) {
  EXPECT_EQ(Calculated(I(7), '/', I(2)), "3");
  EXPECT_EQ(Calculated(I(-7), '/', I(2)), "-3");
  EXPECT_EQ(Calculated(I(-7), '%', I(2)), "-1");
  EXPECT_EQ(Calculated(I(2), '^', I(3)), "8.0");
  EXPECT_EQ(Calculated(I(kMost), '+', I(1)), "ArithmeticError: IntegerOverflow");
  EXPECT_EQ(Calculated(I(kLeast), '-', I(1)), "ArithmeticError: IntegerOverflow");
  EXPECT_EQ(Calculated(I(kMost), '*', I(2)), "ArithmeticError: IntegerOverflow");
  EXPECT_EQ(Calculated(I(kLeast), '/', I(-1)), "ArithmeticError: IntegerOverflow");
  EXPECT_EQ(Calculated(I(kLeast), '%', I(-1)), "0");
  EXPECT_EQ(Calculated(I(1), '/', I(0)), "ArithmeticError: DivisionByZero");
  EXPECT_EQ(Calculated(I(1), '%', I(0)), "ArithmeticError: DivisionByZero");
  EXPECT_EQ(Shown(Negate(I(kLeast))), "ArithmeticError: IntegerOverflow");
  EXPECT_EQ(Shown(Negate(F(1.5))), "-1.5");
  EXPECT_EQ(Shown(Negate(S("x"))), "TypeError: InvalidArgumentType");
}

TEST(Operators, FloatsAndNulls) {
  EXPECT_EQ(Calculated(I(7), '/', F(2)), "3.5");
  EXPECT_EQ(Calculated(F(7.5), '%', I(2)), "1.5");
  EXPECT_EQ(Calculated(F(1), '/', I(0)), Shown(F(INFINITY)));
  EXPECT_EQ(Calculated(N(), '+', L({I(1)})), "null");
  EXPECT_EQ(Calculated(I(1), '*', N()), "null");
  EXPECT_EQ(Calculated(B(true), '+', I(1)), "TypeError: InvalidArgumentType");
}

TEST(Operators, Concatenation) {
  EXPECT_EQ(Calculated(S("a"), '+', S("b")), "'ab'");
  EXPECT_EQ(Calculated(S("a"), '+', I(1)), "'a1'");
  EXPECT_EQ(Calculated(F(1.5), '+', S("a")), "'1.5a'");
  EXPECT_EQ(Calculated(L({I(1)}), '+', L({I(2)})), "[1, 2]");
  EXPECT_EQ(Calculated(L({I(1)}), '+', I(2)), "[1, 2]");
  EXPECT_EQ(Calculated(S("a"), '+', L({I(2)})), "['a', 2]");
  EXPECT_EQ(Calculated(S("a"), '-', S("b")), "TypeError: InvalidArgumentType");
  const Value big = S(std::string(size_t{200} << 20, 'x'));
  EXPECT_EQ(Calculated(big, '+', big), "DatabaseError: LimitExceeded");
}

TEST(Operators, TemporalValues) {
  const Value day = Made("date", S("1984-10-31"));
  const Value month = Made("duration", S("P1M"));
  EXPECT_EQ(Calculated(day, '+', month), "'1984-11-30'");
  EXPECT_EQ(Calculated(month, '+', day), "'1984-11-30'");
  EXPECT_EQ(Calculated(day, '-', month), "'1984-09-30'");
  EXPECT_EQ(Calculated(month, '-', Made("duration", S("P1D"))), "'P1M-1D'");
  EXPECT_EQ(Calculated(month, '*', I(3)), "'P3M'");
  EXPECT_EQ(Calculated(I(3), '*', month), "'P3M'");
  EXPECT_EQ(Calculated(Made("duration", S("P3M")), '/', I(3)), "'P1M'");
  for (const auto& [left, op, right] :
       std::vector<std::tuple<Value, char, Value>>{{day, '-', day},
                                                   {day, '+', day},
                                                   {month, '-', day},
                                                   {day, '*', I(2)},
                                                   {month, '+', I(2)},
                                                   {I(2), '/', month},
                                                   {month, '%', I(2)},
                                                   {month, '*', month}}) {
    EXPECT_EQ(Calculated(left, op, right), "TypeError: InvalidArgumentType") << op;
  }
  const FunctionContext context;
  EXPECT_EQ(Shown(PropertyOf(context, day, "year")), "1984");
  EXPECT_EQ(Shown(PropertyOf(context, month, "months")), "1");
  EXPECT_EQ(Shown(PropertyOf(context, day, "hour")), "ArgumentError: InvalidArgumentValue");
}

TEST(Operators, Elements) {
  const FunctionContext context;
  const Value list = L({I(1), I(2), I(3)});
  const Value map = M({{"a", I(1)}});
  EXPECT_EQ(Shown(ElementAt(context, list, I(0))), "1");
  EXPECT_EQ(Shown(ElementAt(context, list, I(-1))), "3");
  EXPECT_EQ(Shown(ElementAt(context, list, I(3))), "null");
  EXPECT_EQ(Shown(ElementAt(context, list, I(kLeast))), "null");
  EXPECT_EQ(Shown(ElementAt(context, map, S("a"))), "1");
  EXPECT_EQ(Shown(ElementAt(context, map, S("A"))), "null");
  EXPECT_EQ(Shown(ElementAt(context, map, N())), "null");
  EXPECT_EQ(Shown(ElementAt(context, N(), I(1))), "null");
  EXPECT_EQ(Shown(ElementAt(context, list, F(1))), "TypeError: ListElementAccessByNonInteger");
  EXPECT_EQ(Shown(ElementAt(context, map, I(0))), "TypeError: MapElementAccessByNonString");
  EXPECT_EQ(Shown(ElementAt(context, I(100), I(0))), "TypeError: InvalidArgumentType");
  EXPECT_EQ(Shown(PropertyOf(context, map, "a")), "1");
  EXPECT_EQ(Shown(PropertyOf(context, N(), "a")), "null");
  EXPECT_EQ(Shown(PropertyOf(context, I(1), "a")), "TypeError: InvalidArgumentType");
}

TEST(Operators, Slices) {
  const Value list = L({I(1), I(2), I(3), I(4), I(5)});
  const Value minus_two = I(-2);
  const Value minus_nine = I(-9);
  const Value one = I(1);
  const Value three = I(3);
  const Value nine = I(9);
  const Value null = N();
  const Value half = F(0.5);
  EXPECT_EQ(Shown(SliceOf(list, &one, &three)), "[2, 3]");
  EXPECT_EQ(Shown(SliceOf(list, &three, nullptr)), "[4, 5]");
  EXPECT_EQ(Shown(SliceOf(list, nullptr, &minus_two)), "[1, 2, 3]");
  EXPECT_EQ(Shown(SliceOf(list, &minus_nine, &nine)), "[1, 2, 3, 4, 5]");
  EXPECT_EQ(Shown(SliceOf(list, &three, &one)), "[]");
  EXPECT_EQ(Shown(SliceOf(list, &null, &one)), "null");
  EXPECT_EQ(Shown(SliceOf(null, &one, &one)), "null");
  EXPECT_EQ(Shown(SliceOf(list, &half, &one)), "TypeError: InvalidArgumentType");
  EXPECT_EQ(Shown(SliceOf(one, &one, &one)), "TypeError: InvalidArgumentType");
}

TEST(Operators, Membership) {
  EXPECT_EQ(Shown(IsIn(N(), L({}))), "false");
  EXPECT_EQ(Shown(IsIn(N(), L({I(1)}))), "null");
  EXPECT_EQ(Shown(IsIn(I(1), L({N(), I(1)}))), "true");
  EXPECT_EQ(Shown(IsIn(I(5), L({I(1), N()}))), "null");
  EXPECT_EQ(Shown(IsIn(I(1), L({S("1"), I(2)}))), "false");
  EXPECT_EQ(Shown(IsIn(L({I(1), I(2)}), L({L({N(), I(2)}), L({I(1), I(3)})}))), "null");
  EXPECT_EQ(Shown(IsIn(L({I(1)}), L({L({I(1), N()})}))), "false");
  EXPECT_EQ(Shown(IsIn(I(1), N())), "null");
  EXPECT_EQ(Shown(IsIn(I(1), I(1))), "TypeError: InvalidArgumentType");
}

TEST(Operators, TextTests) {
  EXPECT_EQ(Shown(StartsWith(S("ABC"), S("AB"))), "true");
  EXPECT_EQ(Shown(StartsWith(S("ABC"), S(""))), "true");
  EXPECT_EQ(Shown(EndsWith(S("ABC"), S("AB"))), "false");
  EXPECT_EQ(Shown(Contains(S("ABC"), S("B"))), "true");
  EXPECT_EQ(Shown(Contains(S("ABC"), N())), "null");
  EXPECT_EQ(Shown(StartsWith(I(1), S("1"))), "null");
  EXPECT_EQ(Shown(Matches(S("ABC"), S("(?i)a.c"))), "true");
  EXPECT_EQ(Shown(Matches(S("xABC"), S("ABC"))), "false");
  EXPECT_EQ(Shown(Matches(S("한국"), S("\\p{Hangul}+"))), "true");
  EXPECT_EQ(Shown(Matches(S("x"), N())), "null");
  EXPECT_EQ(Shown(Matches(S("x"), S("("))), "ArgumentError: InvalidArgumentValue");
  EXPECT_EQ(Shown(Matches(S(std::string(60, 'a')), S("(a|aa)+b"))), "DatabaseError: LimitExceeded");
}

TEST(Aggregates, CountsAndSums) {
  EXPECT_EQ(Aggregated("count", {I(1), S("x")}), "2");
  EXPECT_EQ(Aggregated("count", {}), "0");
  EXPECT_EQ(Aggregated("sum", {}), "0");
  EXPECT_EQ(Aggregated("sum", {I(1), I(2)}), "3");
  EXPECT_EQ(Aggregated("sum", {I(1), F(2.5)}), "3.5");
  EXPECT_EQ(Aggregated("sum", {I(kMost), I(kMost), I(-kMost)}), absl::StrCat(kMost));
  EXPECT_EQ(Aggregated("sum", {I(kMost), I(1)}), "ArithmeticError: IntegerOverflow");
  EXPECT_EQ(Aggregated("sum", {S("x")}), "TypeError: InvalidArgumentValue");
  EXPECT_EQ(Aggregated("avg", {}), "null");
  EXPECT_EQ(Aggregated("avg", {I(1), I(2)}), "1.5");
  EXPECT_EQ(Aggregated("collect", {I(1), S("x"), I(1)}), "[1, 'x', 1]");
  EXPECT_EQ(Aggregated("collect", {}), "[]");
}

TEST(Aggregates, CollectTellsWhatItKeeps) {
  const std::unique_ptr<Aggregator> collect = FindAggregate("collect")->make();
  const std::unique_ptr<Aggregator> most = FindAggregate("max")->make();
  const Value text = S(std::string(1000, 'x'));
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(collect->Add({text}).ok());
    ASSERT_TRUE(most->Add({text}).ok());
  }
  EXPECT_GE(collect->KeptBytes(), 10'000u);
  EXPECT_LT(most->KeptBytes(), 10'000u);
}

TEST(Aggregates, DurationsAddUp) {
  const Value day = Value::OfDuration({0, 1, 0, 0});
  const Value hours = Value::OfDuration({1, 0, 7200, 0});
  EXPECT_EQ(Aggregated("sum", {day, hours}), "'P1M1DT2H'");
  EXPECT_EQ(Aggregated("avg", {hours, hours}), "'P1MT2H'");
  EXPECT_EQ(Aggregated("sum", {day, I(1)}), "TypeError: InvalidArgumentValue");
}

TEST(Aggregates, Extremes) {
  const std::vector<Value> mixed = {I(1), S("a"), L({I(1), I(2)}), F(0.2), S("b")};
  EXPECT_EQ(Aggregated("max", mixed), "1");
  EXPECT_EQ(Aggregated("min", mixed), "[1, 2]");
  EXPECT_EQ(Aggregated("max", {S("a"), S("b"), S("B"), S("abc")}), "'b'");
  EXPECT_EQ(Aggregated("min", {L({I(1)}), L({I(2)}), L({I(2), I(1)})}), "[1]");
  EXPECT_EQ(Aggregated("min", {}), "null");
}

TEST(Aggregates, Distributions) {
  EXPECT_EQ(Aggregated("stDev", {I(1), I(2), I(3), I(4)}), Shown(F(std::sqrt(5.0 / 3))));
  EXPECT_EQ(Aggregated("stDevP", {I(1), I(3)}), "1.0");
  EXPECT_EQ(Aggregated("stDev", {I(1)}), "0.0");
  const std::vector<Value> prices = {F(30), F(10), F(20)};
  EXPECT_EQ(Aggregated("percentileDisc", prices, F(0)), "10.0");
  EXPECT_EQ(Aggregated("percentileDisc", prices, F(0.5)), "20.0");
  EXPECT_EQ(Aggregated("percentileDisc", prices, F(1)), "30.0");
  EXPECT_EQ(Aggregated("percentileDisc", {I(3), I(1)}, F(0.5)), "1");
  EXPECT_EQ(Aggregated("percentileCont", prices, F(0.25)), "15.0");
  EXPECT_EQ(Aggregated("percentileCont", prices, I(1)), "30.0");
  EXPECT_EQ(Aggregated("percentileCont", {}, F(7)), "null");
  for (double bad : {1000.0, -1.0, 1.1, std::nan("")}) {
    EXPECT_EQ(Aggregated("percentileCont", prices, F(bad)), "ArgumentError: NumberOutOfRange");
  }
}

}  // namespace
}  // namespace entente::query
