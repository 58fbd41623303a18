// Evaluator: bound expressions over batches, a column at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "query/batch.h"
#include "query/expression.h"
#include "query/list_index.h"
#include "query/operator.h"

namespace entente::query {

// Keeps the operators of the subqueries that it met, so that an evaluator belongs to one user and
// evaluates the same expressions again and again. Errors carry the place of the innermost
// expression that failed. AND, OR, CASE and coalesce() evaluate their parts only for the rows that
// reach them.
class Evaluator {
 public:
  // `execution` must outlive the evaluator, and so must the expressions.
  explicit Evaluator(Execution& execution) : execution_(execution), same_hold_(execution) {}
  Evaluator(const Evaluator&) = delete;
  Evaluator& operator=(const Evaluator&) = delete;

  // One value for each row of `batch`, which must have at least one and whose columns must include
  // every slot that `expression` reads.
  absl::StatusOr<Column> Evaluate(const Expression& expression, const Batch& batch);
  // A column that is someone else's, or our own.
  class Operand {
   public:
    explicit Operand(const Column* borrowed) : borrowed_(borrowed) {}
    explicit Operand(Column owned) : owned_(std::move(owned)) {}
    const Column& operator*() const { return borrowed_ != nullptr ? *borrowed_ : owned_; }
    const Column* operator->() const { return &**this; }
    Column Take() && { return borrowed_ != nullptr ? *borrowed_ : std::move(owned_); }

   private:
    const Column* borrowed_ = nullptr;
    Column owned_;
  };
  // The same without a copy where it is one of `batch`'s columns, which must stay.
  absl::StatusOr<Operand> Read(const Expression& expression, const Batch& batch);
  // The value of an expression that reads no slot.
  absl::StatusOr<Value> EvaluateOnce(const Expression& expression);
  // The rows for which `predicate` is true, in order. TypeError InvalidArgumentType for a value
  // that is neither boolean nor null.
  absl::StatusOr<std::vector<uint32_t>> Select(const Expression& predicate, const Batch& batch);
  // What it kept of what it evaluated.
  void Forget() {
    subqueries_.clear();
    list_indexes_.clear();
    same_.clear();
    same_hold_.Release();
  }

 private:
  // Some rows of a batch, which is copied only if they are not all of it.
  class Rows;
  using ElementChunk =
      absl::FunctionRef<absl::Status(const Batch& elements, const std::vector<uint32_t>& rows)>;

  // Whether it goes through lists and is the same for all rows of the run.
  bool IsLongAndSame(const Expression& expression) const;
  absl::StatusOr<Value> EvaluateSame(const Expression& expression);

  // evaluator.cc: what depends on one row's values alone.
  absl::StatusOr<Column> Run(const Constant&, const Expression&, const Batch&);
  absl::StatusOr<Column> Run(const ParameterReference&, const Expression&, const Batch&);
  absl::StatusOr<Column> Run(const SlotReference&, const Expression&, const Batch&);
  absl::StatusOr<Column> Run(const PropertyReference&, const Expression&, const Batch&);
  absl::StatusOr<Column> Run(const LabelPredicate&, const Expression&, const Batch&);
  absl::StatusOr<Column> Run(const FunctionExpression&, const Expression&, const Batch&);
  // The lens of each row.
  absl::StatusOr<std::vector<const Lens*>> LensesOf(const BoundLens& lens, const Batch& batch);
  absl::StatusOr<Column> Run(const SubscriptExpression&, const Expression&, const Batch&);
  absl::StatusOr<Column> Run(const SliceExpression&, const Expression&, const Batch&);
  absl::StatusOr<Column> Run(const ListExpression&, const Expression&, const Batch&);
  absl::StatusOr<Column> Run(const MapExpression&, const Expression&, const Batch&);
  absl::StatusOr<Column> Run(const MapProjectionExpression&, const Expression&, const Batch&);
  absl::StatusOr<Column> Run(const PathExpression&, const Expression&, const Batch&);
  absl::StatusOr<Column> OfMany(const FunctionRow& function, const Expression& expression,
                                const Column::Relationships& relationships);
  absl::StatusOr<Value> TestLabels(const Value& object, const LabelPredicate& predicate);
  absl::StatusOr<std::vector<MapEntry>> PropertiesOf(const Value& object);
  absl::StatusOr<Value> MakePath(const PathExpression& path, const Batch& batch, size_t row);

  // evaluator_logic.cc: operators, comparison, and what chooses among rows.
  absl::StatusOr<Column> Run(const UnaryExpression&, const Expression&, const Batch&);
  absl::StatusOr<Column> Run(const BinaryExpression&, const Expression&, const Batch&);
  absl::StatusOr<Column> Run(const ComparisonExpression&, const Expression&, const Batch&);
  absl::StatusOr<Column> Run(const ComparisonChainExpression&, const Expression&, const Batch&);
  absl::StatusOr<Column> Run(const CaseExpression&, const Expression&, const Batch&);
  absl::StatusOr<Column> AndOr(const BinaryExpression& binary, const Batch& batch);
  absl::StatusOr<Column> Coalesce(const FunctionExpression& call, const Batch& batch);
  // x IN list, where the list is the same for all rows.
  Column IsInEach(const BinaryExpression& binary, const Column& elements, const Value& list);
  absl::Status EvaluateInto(const Expression& expression, const Batch& batch,
                            const std::vector<uint32_t>& rows, std::vector<Value>* results);

  // evaluator_nested.cc: what evaluates an expression for each element of a list, and subqueries.
  absl::StatusOr<Column> Run(const ListComprehensionExpression&, const Expression&, const Batch&);
  absl::StatusOr<Column> Run(const QuantifierExpression&, const Expression&, const Batch&);
  absl::StatusOr<Column> Run(const ReduceExpression&, const Expression&, const Batch&);
  absl::StatusOr<Column> Run(const SubqueryExpression&, const Expression&, const Batch&);
  absl::Status CheckLists(const Column& lists, const Expression& expression);
  absl::Status ForElements(const Column& lists, Slot element, const Expression& expression,
                           const Batch& batch, ElementChunk chunk);
  absl::Status RunSubquery(const SubqueryExpression& subquery, const Batch& arguments,
                           absl::Span<Value> results, std::vector<std::vector<Value>>* lists);

  Execution& execution_;
  absl::flat_hash_map<const SubqueryExpression*, std::unique_ptr<Operator>> subqueries_;
  // Of the lists that IN last looked into.
  absl::flat_hash_map<const BinaryExpression*, ListIndex> list_indexes_;
  // What was evaluated of what is long and the same.
  absl::flat_hash_map<const Expression*, Value> same_;
  MemoryHold same_hold_;
};

}  // namespace entente::query
