#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/error.h"
#include "engine/status.h"
#include "query/function.h"
#include "query/functions/rows.h"

namespace entente::query {
namespace {

// Rows of one kind, found by name in any case. Built once and never changed.
template <typename Row>
class Table {
 public:
  explicit Table(std::vector<Row> rows) : rows_(std::move(rows)) {
    std::sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) {
      return absl::AsciiStrToLower(a.name) < absl::AsciiStrToLower(b.name);
    });
    for (const Row& row : rows_) {
      const bool is_new = by_name_.emplace(absl::AsciiStrToLower(row.name), &row).second;
      ENTENTE_CHECK(is_new);
    }
  }

  const Row* Find(absl::string_view name) const {
    const auto found = by_name_.find(absl::AsciiStrToLower(name));
    return found == by_name_.end() ? nullptr : found->second;
  }

  std::vector<const Row*> All() const {
    std::vector<const Row*> all;
    all.reserve(rows_.size());
    for (const Row& row : rows_) all.push_back(&row);
    return all;
  }

 private:
  std::vector<Row> rows_;
  absl::flat_hash_map<std::string, const Row*> by_name_;
};

struct Part {
  absl::string_view subject;
  std::vector<FunctionRow> (*rows)();
};
constexpr Part kParts[] = {
    {"Conversion and choice", ConversionFunctions},
    {"Strings", StringFunctions},
    {"Lists", ListFunctions},
    {"Numbers", MathFunctions},
    {"Nodes, relationships and paths", GraphFunctions},
    {"Evidence, names and articles", EvidenceFunctions},
    {"Time", TemporalFunctions},
};

const Table<FunctionRow>& Functions() {
  static const Table<FunctionRow>* const kTable = [] {
    std::vector<FunctionRow> rows;
    for (const auto& [subject, part] : kParts) {
      for (FunctionRow& row : part()) {
        row.subject = subject;
        rows.push_back(std::move(row));
      }
    }
    return new Table<FunctionRow>(std::move(rows));
  }();
  return *kTable;
}

const Table<AggregateRow>& Aggregates() {
  static const Table<AggregateRow>* const kTable = new Table<AggregateRow>(AggregateFunctions());
  return *kTable;
}

const FunctionParameter& ParameterOf(const FunctionRow& row, size_t argument) {
  return row.parameters[std::min(argument, row.parameters.size() - 1)];
}

}  // namespace

absl::StatusOr<Value> CallFunction(const FunctionRow& row, const FunctionContext& context,
                                   absl::Span<const Value> arguments) {
  ENTENTE_CHECK(arguments.size() + row.optional >= row.parameters.size());
  ENTENTE_CHECK(row.variadic || arguments.size() <= row.parameters.size());
  bool any_null = false;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].is_null()) {
      any_null = true;
      continue;
    }
    const FunctionParameter& parameter = ParameterOf(row, i);
    if (!parameter.accepts.Has(arguments[i].type())) {
      return MakeError(
          ErrorCode::kTypeInvalidArgumentValue,
          absl::StrCat(std::string(row.name), "() takes ", TypeSetText(parameter.accepts), " as `",
                       std::string(parameter.name), "`, not ",
                       std::string(Value::TypeName(arguments[i].type()))));
    }
  }
  if (any_null && row.nulls == NullPolicy::kNullIfAnyNull) return Value::Null();
  return row.implementation(context, arguments);
}

const FunctionRow* FindFunction(absl::string_view name) { return Functions().Find(name); }

std::vector<const FunctionRow*> AllFunctions() { return Functions().All(); }

const AggregateRow* FindAggregate(absl::string_view name) { return Aggregates().Find(name); }

std::vector<const AggregateRow*> AllAggregates() { return Aggregates().All(); }

std::string TypeSetText(TypeSet set) {
  static constexpr std::array kSpoken = {
      Value::Type::kBoolean,       Value::Type::kInteger,      Value::Type::kFloat,
      Value::Type::kString,        Value::Type::kList,         Value::Type::kMap,
      Value::Type::kNode,          Value::Type::kRelationship, Value::Type::kPath,
      Value::Type::kDate,          Value::Type::kLocalTime,    Value::Type::kTime,
      Value::Type::kLocalDateTime, Value::Type::kDateTime,     Value::Type::kDuration};
  std::vector<std::string> names;
  for (Value::Type type : kSpoken) {
    if (set.Has(type)) names.emplace_back(Value::TypeName(type));
  }
  if (names.size() == kSpoken.size()) return "any value";
  if (names.empty()) return "nothing but null";
  if (names.size() == 1) return names[0];
  const std::string last = std::move(names.back());
  names.pop_back();
  return absl::StrCat(absl::StrJoin(names, ", "), " or ", last);
}

FunctionRow ListOf(TypeSet elements, FunctionRow row) {
  row.elements = elements;
  return row;
}

absl::Status WrongType(TypeSet expected, const Value& found) {
  return MakeError(ErrorCode::kTypeInvalidArgumentValue,
                   absl::StrCat("Expected ", TypeSetText(expected), ", found ",
                                std::string(Value::TypeName(found.type()))));
}

absl::Status CheckStringSize(size_t bytes) {
  if (bytes <= kMostStringBytes) return absl::OkStatus();
  return MakeError(
      ErrorCode::kLimitExceeded,
      absl::StrCat("A string of ", bytes, " bytes is longer than the limit of ", kMostStringBytes));
}

absl::Status CheckListSize(size_t elements) {
  if (elements <= kMostListElements) return absl::OkStatus();
  return MakeError(ErrorCode::kLimitExceeded,
                   absl::StrCat("A list of ", elements, " elements is longer than the limit of ",
                                kMostListElements));
}

}  // namespace entente::query
