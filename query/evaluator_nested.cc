// Expressions that evaluate others for each element of a list, and subqueries.
#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/error.h"
#include "engine/status.h"
#include "query/evaluator.h"

namespace entente::query {
namespace {

// Elements that are evaluated at once, whatever the sizes of the lists that they come from.
constexpr size_t kElementsAtOnce = 4096;

// Result of a quantifier from how often its predicate came out one way or the other.
struct Tally {
  size_t trues = 0;
  size_t falses = 0;
  size_t nulls = 0;
};

Value Decide(ast::QuantifierKind kind, const Tally& tally) {
  const auto unless_null = [&](bool value) {
    return tally.nulls > 0 ? Value::Null() : Value::Boolean(value);
  };
  switch (kind) {
    case ast::QuantifierKind::kAll:
      return tally.falses > 0 ? Value::Boolean(false) : unless_null(true);
    case ast::QuantifierKind::kAny:
      return tally.trues > 0 ? Value::Boolean(true) : unless_null(false);
    case ast::QuantifierKind::kNone:
      return tally.trues > 0 ? Value::Boolean(false) : unless_null(true);
    case ast::QuantifierKind::kSingle:
      return tally.trues > 1 ? Value::Boolean(false) : unless_null(tally.trues == 1);
  }
  return Value::Null();
}

absl::Status NotBoolean(const Value& value, const Expression& expression) {
  return MakeError(ErrorCode::kRuntimeInvalidArgumentType,
                   absl::StrCat("Expected a boolean, but got a value of type ",
                                std::string(Value::TypeName(value.type()))),
                   expression.span);
}

std::vector<uint32_t> AllRows(size_t count) {
  std::vector<uint32_t> rows(count);
  for (uint32_t row = 0; row < count; ++row) rows[row] = row;
  return rows;
}

}  // namespace

absl::Status Evaluator::CheckLists(const Column& lists, const Expression& expression) {
  Value scratch;
  const size_t rows =
      lists.repeated() != nullptr ? std::min<size_t>(lists.size(), 1) : lists.size();
  for (size_t row = 0; row < rows; ++row) {
    const Value& value = lists.ReadAt(row, &scratch);
    if (value.is_list() || value.is_null()) continue;
    return MakeError(ErrorCode::kRuntimeInvalidArgumentType,
                     absl::StrCat("Expected a list, but got a value of type ",
                                  std::string(Value::TypeName(value.type()))),
                     expression.span);
  }
  return absl::OkStatus();
}

// Calls `chunk` with batches of elements in order: the columns that `expression` reads and the
// element's; `rows` tells the row of `batch` that each came from.
absl::Status Evaluator::ForElements(const Column& lists, Slot element, const Expression& expression,
                                    const Batch& batch, ElementChunk chunk) {
  std::vector<uint32_t> rows;
  std::vector<Value> elements;
  const auto flush = [&]() -> absl::Status {
    if (rows.empty()) return absl::OkStatus();
    RETURN_IF_ERROR(execution_.CheckInterrupted());
    Batch nested = batch.Gather(rows, expression.reads);
    nested.column(element) = Column(std::move(elements));
    RETURN_IF_ERROR(chunk(nested, rows));
    rows.clear();
    elements = {};
    return absl::OkStatus();
  };
  Value scratch;
  for (uint32_t row = 0; row < batch.row_count(); ++row) {
    const Value& list = lists.ReadAt(row, &scratch);
    if (list.is_null()) continue;
    for (const Value& value : list.list()) {
      rows.push_back(row);
      elements.push_back(value);
      if (rows.size() == kElementsAtOnce) {
        RETURN_IF_ERROR(flush());
      }
    }
  }
  return flush();
}

absl::StatusOr<Column> Evaluator::Run(const ListComprehensionExpression& comprehension,
                                      const Expression& expression, const Batch& batch) {
  ASSIGN_OR_RETURN(const Operand lists, Read(*comprehension.list, batch));
  RETURN_IF_ERROR(CheckLists(*lists, *comprehension.list));
  std::vector<std::vector<Value>> results(batch.row_count());
  MemoryHold hold(execution_);
  const auto collect = [&](const Batch& elements, const std::vector<uint32_t>& rows) {
    std::vector<uint32_t> kept = AllRows(rows.size());
    if (comprehension.predicate != nullptr) {
      ASSIGN_OR_RETURN(kept, Select(*comprehension.predicate, elements));
    }
    if (kept.empty()) return absl::OkStatus();
    if (comprehension.projection == nullptr) {
      const Column& values = elements.column(comprehension.element);
      for (uint32_t i : kept) results[rows[i]].push_back(values.ValueAt(i));
      return hold.Add(kept.size() * sizeof(Value));
    }
    std::vector<Value> projected(rows.size());
    RETURN_IF_ERROR(EvaluateInto(*comprehension.projection, elements, kept, &projected));
    uint64_t bytes = 0;
    for (uint32_t i : kept) {
      bytes += sizeof(Value) + projected[i].HeapBytes();
      results[rows[i]].push_back(std::move(projected[i]));
    }
    return hold.Add(bytes);
  };
  RETURN_IF_ERROR(
      ForElements(*lists, comprehension.element, expression, batch,
                  [&](const Batch& elements, const std::vector<uint32_t>& rows) -> absl::Status {
                    return collect(elements, rows);
                  }));
  std::vector<Value> values;
  values.reserve(results.size());
  for (size_t row = 0; row < results.size(); ++row) {
    RETURN_IF_ERROR(CheckListSize(results[row].size()));
    values.push_back(lists->IsNull(row) ? Value::Null() : Value::List(std::move(results[row])));
    RETURN_IF_ERROR(CheckDepth(values.back()));
  }
  return Column(std::move(values));
}

absl::StatusOr<Column> Evaluator::Run(const QuantifierExpression& quantifier,
                                      const Expression& expression, const Batch& batch) {
  ASSIGN_OR_RETURN(const Operand lists, Read(*quantifier.list, batch));
  RETURN_IF_ERROR(CheckLists(*lists, *quantifier.list));
  std::vector<Tally> tallies(batch.row_count());
  const auto count = [&](const Batch& elements, const std::vector<uint32_t>& rows) -> absl::Status {
    ASSIGN_OR_RETURN(const Operand column, Read(*quantifier.predicate, elements));
    Value scratch;
    for (size_t i = 0; i < rows.size(); ++i) {
      const Value& value = column->ReadAt(i, &scratch);
      if (!value.is_boolean() && !value.is_null()) return NotBoolean(value, *quantifier.predicate);
      Tally& tally = tallies[rows[i]];
      ++(value.is_null() ? tally.nulls : value.boolean() ? tally.trues : tally.falses);
    }
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(ForElements(*lists, quantifier.element, expression, batch, count));
  std::vector<Value> values;
  values.reserve(tallies.size());
  for (size_t row = 0; row < tallies.size(); ++row) {
    values.push_back(lists->IsNull(row) ? Value::Null() : Decide(quantifier.kind, tallies[row]));
  }
  return Column(std::move(values));
}

// Step by step, each for all rows whose lists are long enough.
absl::StatusOr<Column> Evaluator::Run(const ReduceExpression& reduce, const Expression& expression,
                                      const Batch& batch) {
  ASSIGN_OR_RETURN(const Operand lists, Read(*reduce.list, batch));
  RETURN_IF_ERROR(CheckLists(*lists, *reduce.list));
  std::vector<Value> results(batch.row_count());
  RETURN_IF_ERROR(EvaluateInto(*reduce.initial, batch, AllRows(results.size()), &results));
  std::vector<uint32_t> open;
  Value scratch;
  for (uint32_t row = 0; row < results.size(); ++row) {
    if (lists->IsNull(row)) {
      results[row] = Value::Null();
    } else {
      open.push_back(row);
    }
  }
  for (size_t step = 0;; ++step) {
    std::erase_if(open,
                  [&](uint32_t row) { return lists->ReadAt(row, &scratch).list().size() <= step; });
    if (open.empty()) return Column(std::move(results));
    RETURN_IF_ERROR(execution_.CheckInterrupted());
    Batch nested = batch.Gather(open, expression.reads);
    std::vector<Value> accumulators;
    std::vector<Value> elements;
    for (uint32_t row : open) {
      accumulators.push_back(std::move(results[row]));
      elements.push_back(lists->ReadAt(row, &scratch).list()[step]);
    }
    nested.column(reduce.accumulator) = Column(std::move(accumulators));
    nested.column(reduce.element) = Column(std::move(elements));
    ASSIGN_OR_RETURN(const Operand stepped, Read(*reduce.step, nested));
    for (size_t i = 0; i < open.size(); ++i) results[open[i]] = stepped->ValueAt(i);
  }
}

// Runs the plan over the rows of `arguments`; `results` has one element for each of them, `lists`
// too for kCollect.
absl::Status Evaluator::RunSubquery(const SubqueryExpression& subquery, const Batch& arguments,
                                    absl::Span<Value> results,
                                    std::vector<std::vector<Value>>* lists) {
  std::unique_ptr<Operator>& root = subqueries_[&subquery];
  if (root == nullptr) root = MakeOperator(execution_, *subquery.plan);
  root->Restart(&arguments);
  std::vector<int64_t> counts(results.size());
  size_t found = 0;
  MemoryHold hold(execution_);
  while (subquery.kind != SubqueryExpression::Kind::kExists || found < counts.size()) {
    Batch rows(arguments.slot_count());
    ASSIGN_OR_RETURN(const bool more, root->Next(&rows));
    if (!more) break;
    Value scratch;
    for (size_t row = 0; row < rows.row_count(); ++row) {
      const size_t outer =
          subquery.row_by_row
              ? 0
              : static_cast<size_t>(rows.column(subquery.ordinal).ReadAt(row, &scratch).integer());
      if (counts[outer]++ == 0) ++found;
      if (subquery.kind == SubqueryExpression::Kind::kCollect) {
        (*lists)[outer].push_back(rows.column(subquery.result).ValueAt(row));
        RETURN_IF_ERROR(hold.Add(sizeof(Value) + (*lists)[outer].back().HeapBytes()));
      }
    }
  }
  for (size_t row = 0; row < results.size(); ++row) {
    switch (subquery.kind) {
      case SubqueryExpression::Kind::kExists:
        results[row] = Value::Boolean(counts[row] > 0);
        break;
      case SubqueryExpression::Kind::kCount:
        results[row] = Value::Integer(counts[row]);
        break;
      case SubqueryExpression::Kind::kCollect:
        RETURN_IF_ERROR(CheckListSize((*lists)[row].size()));
        results[row] = Value::List(std::move((*lists)[row]));
        RETURN_IF_ERROR(CheckDepth(results[row]));
        break;
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Column> Evaluator::Run(const SubqueryExpression& subquery, const Expression&,
                                      const Batch& batch) {
  const size_t count = batch.row_count();
  std::vector<Value> results(count);
  if (!subquery.row_by_row) {
    std::vector<std::vector<Value>> lists(count);
    RETURN_IF_ERROR(RunSubquery(subquery, batch, absl::MakeSpan(results), &lists));
    return Column(std::move(results));
  }
  for (uint32_t row = 0; row < count; ++row) {
    const Batch one = batch.Gather({row}, subquery.arguments);
    std::vector<std::vector<Value>> lists(1);
    RETURN_IF_ERROR(RunSubquery(subquery, one, absl::MakeSpan(&results[row], 1), &lists));
  }
  return Column(std::move(results));
}

}  // namespace entente::query
