// Operators, comparison, and the expressions that choose among rows.
#include <functional>
#include <numeric>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/error.h"
#include "engine/status.h"
#include "engine/value_order.h"
#include "query/column_room.h"
#include "query/evaluator.h"

namespace entente::query {
namespace {

using ast::BinaryOperator;
using ast::Comparator;
using ast::UnaryOperator;

// Three-valued logic: nullopt is null.
using Truth = std::optional<bool>;

Value ToBoolean(Truth truth) { return truth.has_value() ? Value::Boolean(*truth) : Value::Null(); }

absl::StatusOr<Truth> TruthOf(const Value& value, const Expression& expression) {
  if (value.is_boolean()) return Truth(value.boolean());
  if (value.is_null()) return Truth();
  return MakeError(ErrorCode::kRuntimeInvalidArgumentType,
                   absl::StrCat("Expected a boolean, but got a value of type ",
                                std::string(Value::TypeName(value.type()))),
                   expression.span);
}

template <typename T>
bool CompareScalars(Comparator comparator, const T& left, const T& right) {
  switch (comparator) {
    case Comparator::kEqual:
      return left == right;
    case Comparator::kNotEqual:
      return left != right;
    case Comparator::kLess:
      return left < right;
    case Comparator::kLessOrEqual:
      return left <= right;
    case Comparator::kGreater:
      return left > right;
    case Comparator::kGreaterOrEqual:
      return left >= right;
  }
  return false;
}

// Numbers of one type, row by row: a column of scalars, or one value for all rows.
class ScalarReader {
 public:
  explicit ScalarReader(const Column& column) : scalars_(column.scalars()) {
    if (scalars_ != nullptr) {
      type_ = scalars_->type;
    } else if (column.repeated() != nullptr && ToScalar(*column.repeated(), &number_)) {
      type_ = column.repeated()->type();
    }
  }
  // Null for any other column.
  Value::Type type() const { return type_; }
  bool may_be_null() const { return scalars_ != nullptr && !scalars_->nulls.empty(); }
  bool IsNull(size_t row) const { return scalars_ != nullptr && scalars_->IsNull(row); }
  int64_t At(size_t row) const { return scalars_ != nullptr ? scalars_->numbers[row] : number_; }

 private:
  const Scalars* scalars_;
  int64_t number_ = 0;
  Value::Type type_ = Value::Type::kNull;
};

// nullopt unless both are scalars of one type.
std::optional<Column> CompareColumns(Comparator comparator, const Column& left, const Column& right,
                                     size_t rows) {
  const ScalarReader first(left);
  const ScalarReader second(right);
  if (first.type() == Value::Type::kNull || first.type() != second.type()) return std::nullopt;
  Scalars truths{Value::Type::kBoolean, std::vector<int64_t>(rows), {}};
  const auto fill = [&](auto holds) {
    for (size_t row = 0; row < rows; ++row) {
      truths.numbers[row] = holds(first.At(row), second.At(row)) ? 1 : 0;
    }
  };
  switch (comparator) {
    case Comparator::kEqual:
      fill(std::equal_to<int64_t>());
      break;
    case Comparator::kNotEqual:
      fill(std::not_equal_to<int64_t>());
      break;
    case Comparator::kLess:
      fill(std::less<int64_t>());
      break;
    case Comparator::kLessOrEqual:
      fill(std::less_equal<int64_t>());
      break;
    case Comparator::kGreater:
      fill(std::greater<int64_t>());
      break;
    case Comparator::kGreaterOrEqual:
      fill(std::greater_equal<int64_t>());
      break;
  }
  if (first.may_be_null() || second.may_be_null()) {
    truths.nulls.resize(rows);
    for (size_t row = 0; row < rows; ++row) {
      truths.nulls[row] = first.IsNull(row) || second.IsNull(row) ? 1 : 0;
    }
  }
  return Column(std::move(truths));
}

Truth CompareValues(Comparator comparator, const Value& left, const Value& right) {
  if (left.type() == right.type()) {
    if (left.is_integer()) return CompareScalars(comparator, left.integer(), right.integer());
    if (left.is_string()) return CompareScalars(comparator, left.string(), right.string());
  }
  switch (comparator) {
    case Comparator::kEqual:
      return Equals(left, right);
    case Comparator::kNotEqual: {
      const Truth equal = Equals(left, right);
      return equal.has_value() ? Truth(!*equal) : Truth();
    }
    case Comparator::kLess:
      return Less(left, right);
    case Comparator::kLessOrEqual:
      return LessOrEqual(left, right);
    case Comparator::kGreater:
      return Less(right, left);
    case Comparator::kGreaterOrEqual:
      return LessOrEqual(right, left);
  }
  return Truth();
}

absl::StatusOr<Value> ApplyBinary(BinaryOperator op, const Value& left, const Value& right) {
  switch (op) {
    case BinaryOperator::kAdd:
      return Arithmetic('+', left, right);
    case BinaryOperator::kSubtract:
      return Arithmetic('-', left, right);
    case BinaryOperator::kMultiply:
      return Arithmetic('*', left, right);
    case BinaryOperator::kDivide:
      return Arithmetic('/', left, right);
    case BinaryOperator::kModulo:
      return Arithmetic('%', left, right);
    case BinaryOperator::kPower:
      return Arithmetic('^', left, right);
    case BinaryOperator::kIn:
      return IsIn(left, right);
    case BinaryOperator::kStartsWith:
      return StartsWith(left, right);
    case BinaryOperator::kEndsWith:
      return EndsWith(left, right);
    case BinaryOperator::kContains:
      return Contains(left, right);
    case BinaryOperator::kMatches:
      return Matches(left, right);
    case BinaryOperator::kOr:
    case BinaryOperator::kXor:
    case BinaryOperator::kAnd:
      break;
  }
  return absl::InternalError("A logical operator among the plain ones");
}

}  // namespace

class Evaluator::Rows {
 public:
  Rows(const Batch& batch, const std::vector<uint32_t>& rows, const std::vector<Slot>& slots)
      : all_(rows.size() == batch.row_count() ? &batch : nullptr) {
    if (all_ == nullptr) some_ = batch.Gather(rows, slots);
  }
  const Batch& operator*() const { return all_ != nullptr ? *all_ : some_; }

 private:
  const Batch* all_;
  Batch some_;
};

absl::StatusOr<std::vector<uint32_t>> Evaluator::Select(const Expression& predicate,
                                                        const Batch& batch) {
  ASSIGN_OR_RETURN(const Operand column, Read(predicate, batch));
  std::vector<uint32_t> rows;
  const Scalars* truths = column->scalars();
  if (truths != nullptr && truths->type == Value::Type::kBoolean) {
    rows.resize(batch.row_count());
    size_t count = 0;
    for (uint32_t row = 0; row < batch.row_count(); ++row) {
      rows[count] = row;
      count += truths->numbers[row] != 0 && !truths->IsNull(row) ? 1 : 0;
    }
    rows.resize(count);
    return rows;
  }
  Value scratch;
  for (uint32_t row = 0; row < batch.row_count(); ++row) {
    ASSIGN_OR_RETURN(const Truth truth, TruthOf(column->ReadAt(row, &scratch), predicate));
    if (truth.value_or(false)) rows.push_back(row);
  }
  return rows;
}

// Evaluates for the given rows and stores each value at its row.
absl::Status Evaluator::EvaluateInto(const Expression& expression, const Batch& batch,
                                     const std::vector<uint32_t>& rows,
                                     std::vector<Value>* results) {
  if (rows.empty()) return absl::OkStatus();
  const Rows open(batch, rows, expression.reads);
  ASSIGN_OR_RETURN(const Operand column, Read(expression, *open));
  for (size_t i = 0; i < rows.size(); ++i) (*results)[rows[i]] = column->ValueAt(i);
  return absl::OkStatus();
}

absl::StatusOr<Column> Evaluator::Run(const UnaryExpression& unary, const Expression& expression,
                                      const Batch& batch) {
  ASSIGN_OR_RETURN(const Operand operand, Read(*unary.operand, batch));
  const bool repeated = operand->repeated() != nullptr;
  const size_t rows = repeated ? 1 : batch.row_count();
  std::vector<Value> results;
  results.reserve(rows);
  Value scratch;
  for (size_t row = 0; row < rows; ++row) {
    if (unary.op == UnaryOperator::kIsNull || unary.op == UnaryOperator::kIsNotNull) {
      results.push_back(
          Value::Boolean(operand->IsNull(row) == (unary.op == UnaryOperator::kIsNull)));
      continue;
    }
    const Value& value = operand->ReadAt(row, &scratch);
    if (unary.op == UnaryOperator::kNot) {
      ASSIGN_OR_RETURN(const Truth truth, TruthOf(value, *unary.operand));
      results.push_back(ToBoolean(truth.has_value() ? Truth(!*truth) : Truth()));
      continue;
    }
    // +x is x where −x is defined.
    absl::StatusOr<Value> negated = Negate(value);
    if (!negated.ok() && (unary.op == UnaryOperator::kMinus || !value.is_integer())) {
      return WithSpan(std::move(negated).status(), expression.span);
    }
    results.push_back(unary.op == UnaryOperator::kMinus ? *std::move(negated) : value);
  }
  if (repeated) return Column::Repeat(std::move(results[0]), batch.row_count());
  return Column(std::move(results));
}

absl::StatusOr<Column> Evaluator::AndOr(const BinaryExpression& binary, const Batch& batch) {
  const bool decisive = binary.op == BinaryOperator::kOr;
  ASSIGN_OR_RETURN(const Operand left, Read(*binary.left, batch));
  std::vector<Value> results(batch.row_count());
  std::vector<uint32_t> open;
  Value scratch;
  for (uint32_t row = 0; row < batch.row_count(); ++row) {
    ASSIGN_OR_RETURN(const Truth truth, TruthOf(left->ReadAt(row, &scratch), *binary.left));
    results[row] = ToBoolean(truth);
    if (truth != Truth(decisive)) open.push_back(row);
  }
  if (open.empty()) return Column(std::move(results));
  const Rows rows(batch, open, binary.right->reads);
  ASSIGN_OR_RETURN(const Operand right, Read(*binary.right, *rows));
  for (size_t i = 0; i < open.size(); ++i) {
    ASSIGN_OR_RETURN(const Truth truth, TruthOf(right->ReadAt(i, &scratch), *binary.right));
    Value& result = results[open[i]];
    // The left side is null or leaves the right one to decide.
    if (truth == Truth(decisive) || !result.is_null()) result = ToBoolean(truth);
  }
  return Column(std::move(results));
}

Column Evaluator::IsInEach(const BinaryExpression& binary, const Column& elements,
                           const Value& list) {
  auto [index, added] = list_indexes_.try_emplace(&binary, list);
  if (!added && !index->second.IsOf(list)) index->second = ListIndex(list);
  std::vector<Value> results;
  results.reserve(elements.size());
  Value scratch;
  for (size_t row = 0; row < elements.size(); ++row) {
    results.push_back(index->second.Contains(elements.ReadAt(row, &scratch)));
  }
  return Column(std::move(results));
}

absl::StatusOr<Column> Evaluator::Run(const BinaryExpression& binary, const Expression& expression,
                                      const Batch& batch) {
  if (binary.op == BinaryOperator::kAnd || binary.op == BinaryOperator::kOr) {
    return AndOr(binary, batch);
  }
  ASSIGN_OR_RETURN(const Operand left, Read(*binary.left, batch));
  ASSIGN_OR_RETURN(const Operand right, Read(*binary.right, batch));
  const bool repeated = left->repeated() != nullptr && right->repeated() != nullptr;
  if (binary.op == BinaryOperator::kIn && !repeated && right->repeated() != nullptr &&
      right->repeated()->is_list()) {
    return IsInEach(binary, *left, *right->repeated());
  }
  const size_t rows = repeated ? 1 : batch.row_count();
  std::vector<Value> results;
  results.reserve(rows);
  Value first;
  Value second;
  ColumnRoom room(execution_);
  for (size_t row = 0; row < rows; ++row) {
    const Value& a = left->ReadAt(row, &first);
    const Value& b = right->ReadAt(row, &second);
    if (binary.op == BinaryOperator::kXor) {
      ASSIGN_OR_RETURN(const Truth p, TruthOf(a, *binary.left));
      ASSIGN_OR_RETURN(const Truth q, TruthOf(b, *binary.right));
      results.push_back(ToBoolean(p.has_value() && q.has_value() ? Truth(*p != *q) : Truth()));
      continue;
    }
    absl::StatusOr<Value> result = ApplyBinary(binary.op, a, b);
    const absl::Status status = result.ok() ? room.Take(*result) : result.status();
    if (!status.ok()) return WithSpan(status, expression.span);
    results.push_back(*std::move(result));
  }
  if (repeated) return Column::Repeat(std::move(results[0]), batch.row_count());
  return Column(std::move(results));
}

absl::StatusOr<Column> Evaluator::Run(const ComparisonExpression& comparison, const Expression&,
                                      const Batch& batch) {
  ASSIGN_OR_RETURN(const Operand left, Read(*comparison.left, batch));
  ASSIGN_OR_RETURN(const Operand right, Read(*comparison.right, batch));
  const bool repeated = left->repeated() != nullptr && right->repeated() != nullptr;
  const size_t rows = repeated ? 1 : batch.row_count();
  if (!repeated) {
    std::optional<Column> truths = CompareColumns(comparison.comparator, *left, *right, rows);
    if (truths.has_value()) return *std::move(truths);
  }
  std::vector<Value> results;
  results.reserve(rows);
  const auto* left_nodes = left->nodes();
  const auto* right_nodes = right->nodes();
  const bool of_ids =
      comparison.comparator == Comparator::kEqual || comparison.comparator == Comparator::kNotEqual;
  if (of_ids && left_nodes != nullptr && right_nodes != nullptr) {
    for (size_t row = 0; row < rows; ++row) {
      const NodeId a = (*left_nodes)[row];
      const NodeId b = (*right_nodes)[row];
      results.push_back(a == kNoId || b == kNoId
                            ? Value::Null()
                            : Value::Boolean(CompareScalars(comparison.comparator, a, b)));
    }
    return Column(std::move(results));
  }
  Value first;
  Value second;
  for (size_t row = 0; row < rows; ++row) {
    results.push_back(ToBoolean(CompareValues(comparison.comparator, left->ReadAt(row, &first),
                                              right->ReadAt(row, &second))));
  }
  if (repeated) return Column::Repeat(std::move(results[0]), batch.row_count());
  return Column(std::move(results));
}

absl::StatusOr<Column> Evaluator::Run(const ComparisonChainExpression& chain, const Expression&,
                                      const Batch& batch) {
  std::vector<Value> results(batch.row_count(), Value::Boolean(true));
  std::vector<Value> left(batch.row_count());
  std::vector<Value> right(batch.row_count());
  std::vector<uint32_t> open(batch.row_count());
  std::iota(open.begin(), open.end(), 0);
  RETURN_IF_ERROR(EvaluateInto(*chain.operands[0], batch, open, &left));
  for (size_t i = 0; i < chain.comparators.size() && !open.empty(); ++i) {
    RETURN_IF_ERROR(EvaluateInto(*chain.operands[i + 1], batch, open, &right));
    std::erase_if(open, [&](uint32_t row) {
      const Truth truth = CompareValues(chain.comparators[i], left[row], right[row]);
      if (truth != Truth(true)) results[row] = ToBoolean(truth);
      return truth == Truth(false);
    });
    std::swap(left, right);
  }
  return Column(std::move(results));
}

absl::StatusOr<Column> Evaluator::Run(const CaseExpression& choice, const Expression&,
                                      const Batch& batch) {
  Operand subject{Column()};
  if (choice.subject != nullptr) {
    ASSIGN_OR_RETURN(subject, Read(*choice.subject, batch));
  }
  std::vector<Value> results(batch.row_count());
  std::vector<uint32_t> open(batch.row_count());
  for (uint32_t row = 0; row < open.size(); ++row) open[row] = row;
  Value first;
  Value second;
  for (const auto& [condition, result] : choice.alternatives) {
    if (open.empty()) break;
    std::vector<uint32_t> taken;
    std::vector<uint32_t> left;
    {
      const Rows rows(batch, open, condition->reads);
      ASSIGN_OR_RETURN(const Operand column, Read(*condition, *rows));
      for (size_t i = 0; i < open.size(); ++i) {
        const Value& value = column->ReadAt(i, &first);
        Truth holds;
        if (choice.subject != nullptr) {
          holds = Equals(subject->ReadAt(open[i], &second), value);
        } else {
          ASSIGN_OR_RETURN(holds, TruthOf(value, *condition));
        }
        (holds.value_or(false) ? taken : left).push_back(open[i]);
      }
    }
    RETURN_IF_ERROR(EvaluateInto(*result, batch, taken, &results));
    open = std::move(left);
  }
  if (choice.otherwise != nullptr) {
    RETURN_IF_ERROR(EvaluateInto(*choice.otherwise, batch, open, &results));
  }
  return Column(std::move(results));
}

absl::StatusOr<Column> Evaluator::Coalesce(const FunctionExpression& call, const Batch& batch) {
  std::vector<Value> results(batch.row_count());
  std::vector<uint32_t> open(batch.row_count());
  for (uint32_t row = 0; row < open.size(); ++row) open[row] = row;
  for (const ExpressionPtr& argument : call.arguments) {
    RETURN_IF_ERROR(EvaluateInto(*argument, batch, open, &results));
    std::erase_if(open, [&](uint32_t row) { return !results[row].is_null(); });
  }
  return Column(std::move(results));
}

}  // namespace entente::query
