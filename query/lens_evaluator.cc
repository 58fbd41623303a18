#include "query/lens_evaluator.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/error.h"
#include "engine/status.h"
#include "engine/value_order.h"
#include "query/name_lookup.h"

namespace entente::query {
namespace {

constexpr int64_t kMicrosecondsPerSecond = 1'000'000;
constexpr int64_t kMicrosecondsPerDay = kSecondsPerDay * kMicrosecondsPerSecond;
constexpr double kConfidenceUnits = 10'000;

// Lenses differ from row to row only where a query makes them so; more of them than this are looked
// for anew.
constexpr size_t kMostKnown = 64;

// Sees every fact that there is.
const Lens& EverythingLens() {
  static const Lens lens = [] {
    Lens everything;
    everything.every_fact = true;
    return everything;
  }();
  return lens;
}

const Lens& DefaultLens() {
  static const Lens lens;
  return lens;
}

absl::Status WrongValue(absl::string_view wanted, const Value& value, const SourceSpan& span) {
  return MakeError(ErrorCode::kRuntimeInvalidArgumentType,
                   absl::StrCat("A lens takes ", wanted, " here, not a value of type ",
                                std::string(Value::TypeName(value.type()))),
                   span);
}

Instant Saturated(int64_t count, int64_t unit, int64_t rest) {
  Instant instant = 0;
  if (__builtin_mul_overflow(count, unit, &instant) ||
      __builtin_add_overflow(instant, rest, &instant)) {
    return count < 0 ? kEarliest : kLatest;
  }
  return instant;
}

// Dates stand for their first moment; local values are UTC.
absl::StatusOr<Instant> InstantOf(const Value& value, const SourceSpan& span) {
  switch (value.type()) {
    case Value::Type::kDate:
      return Saturated(value.date().days, kMicrosecondsPerDay, 0);
    case Value::Type::kLocalDateTime:
      return Saturated(value.local_date_time().seconds, kMicrosecondsPerSecond,
                       value.local_date_time().nanoseconds / 1000);
    case Value::Type::kDateTime:
      return Saturated(value.date_time().seconds, kMicrosecondsPerSecond,
                       value.date_time().nanoseconds / 1000);
    default:
      return WrongValue("a date or a moment", value, span);
  }
}

Instant After(Instant instant) { return instant == kLatest ? kLatest : instant + 1; }
Instant Before(Instant instant) { return instant == kEarliest ? kEarliest : instant - 1; }

void AddTime(const std::optional<BoundTimeRange>& range,
             std::vector<const Expression*>* expressions) {
  if (!range.has_value()) return;
  if (range->from != nullptr) expressions->push_back(range->from.get());
  if (range->to != nullptr) expressions->push_back(range->to.get());
}

}  // namespace

LensEvaluator::LensEvaluator(Execution& execution, const BoundLens* bound, bool exact)
    : execution_(execution), bound_(bound), exact_(exact), evaluator_(execution) {
  if (bound == nullptr) return;
  AddTime(bound->valid_time, &expressions_);
  AddTime(bound->known_time, &expressions_);
  for (const auto* clauses : {&bound->according_to, &bound->except, &bound->denied_by}) {
    for (const ExpressionPtr& clause : *clauses) expressions_.push_back(clause.get());
  }
  if (bound->least_confidence != nullptr) expressions_.push_back(bound->least_confidence.get());
}

absl::Status LensEvaluator::Resolve(const Batch& batch, std::vector<Read>* reads) {
  const auto read_all = [&](const Lens* lens, const Lens* mark) {
    reads->resize(1);
    Read& read = reads->front();
    read.lens = lens;
    read.mark = mark;
    read.rows.resize(batch.row_count());
    std::iota(read.rows.begin(), read.rows.end(), 0);
    return absl::OkStatus();
  };
  if (exact_ || bound_ == nullptr) {
    const Lens* session = execution_.functions.lens;
    const Lens* lens = exact_ ? &EverythingLens() : session != nullptr ? session : &DefaultLens();
    return read_all(lens, nullptr);
  }
  if (bound_->reads.empty()) {
    ASSIGN_OR_RETURN(const Lens* const lens, ResolveConstant());
    return read_all(lens, lens);
  }
  reads->clear();
  std::vector<Column> columns;
  for (const Expression* expression : expressions_) {
    ASSIGN_OR_RETURN(Column column, evaluator_.Evaluate(*expression, batch));
    columns.push_back(std::move(column));
  }
  for (uint32_t row = 0; row < batch.row_count(); ++row) {
    std::vector<Value> values;
    for (const Column& column : columns) values.push_back(column.ValueAt(row));
    auto known = std::find_if(known_.begin(), known_.end(), [&](const auto& entry) {
      return std::equal(values.begin(), values.end(), entry.first.begin(), entry.first.end(),
                        Equivalent);
    });
    if (known == known_.end()) {
      ASSIGN_OR_RETURN(Lens lens, LensOf(values));
      execution_.lenses.push_back(std::make_unique<Lens>(std::move(lens)));
      if (known_.size() == kMostKnown) known_.clear();
      known_.emplace_back(std::move(values), execution_.lenses.back().get());
      known = known_.end() - 1;
    }
    const Lens* lens = known->second;
    auto read = std::find_if(reads->begin(), reads->end(),
                             [&](const Read& other) { return other.lens == lens; });
    if (read == reads->end()) read = reads->insert(reads->end(), {lens, lens, {}});
    read->rows.push_back(row);
  }
  return absl::OkStatus();
}

absl::StatusOr<const Lens*> LensEvaluator::ResolveConstant() {
  const auto known = execution_.constant_lenses.find(bound_);
  if (known != execution_.constant_lenses.end()) return known->second;
  std::vector<Value> values;
  for (const Expression* expression : expressions_) {
    ASSIGN_OR_RETURN(Value value, evaluator_.EvaluateOnce(*expression));
    values.push_back(std::move(value));
  }
  ASSIGN_OR_RETURN(Lens lens, LensOf(values));
  execution_.lenses.push_back(std::make_unique<Lens>(std::move(lens)));
  return execution_.constant_lenses[bound_] = execution_.lenses.back().get();
}

absl::Status LensEvaluator::SetTimes(const std::vector<Value>& values, size_t* next,
                                     Lens* lens) const {
  for (const bool valid : {true, false}) {
    const std::optional<BoundTimeRange>& range = valid ? bound_->valid_time : bound_->known_time;
    if (!range.has_value()) continue;
    Instant from = kEarliest;
    Instant to = kLatest;
    using Kind = ast::TimeRange::Kind;
    const auto read_end = [&](const ExpressionPtr& end, Instant* instant) -> absl::Status {
      if (end == nullptr) return absl::OkStatus();
      const Value& value = values[(*next)++];
      if (range->kind == Kind::kFromTo && value.is_null()) return absl::OkStatus();
      ASSIGN_OR_RETURN(*instant, InstantOf(value, end->span));
      return absl::OkStatus();
    };
    RETURN_IF_ERROR(read_end(range->from, &from));
    RETURN_IF_ERROR(read_end(range->to, &to));
    if (valid) {
      lens->valid_time.reset();
      if (range->kind == Kind::kAsOf) lens->valid_time = ValidRange{from, After(from)};
      if (range->kind == Kind::kFromTo) lens->valid_time = ValidRange{from, to};
      if (range->kind == Kind::kBetweenAnd) lens->valid_time = ValidRange{from, After(to)};
    } else {
      lens->known_from = range->kind == Kind::kAsOf ? kEarliest : from;
      lens->known_until.reset();
      if (range->kind == Kind::kAsOf) lens->known_until = from;
      if (range->kind == Kind::kFromTo) lens->known_until = Before(to);
      if (range->kind == Kind::kBetweenAnd) lens->known_until = to;
    }
  }
  return absl::OkStatus();
}

// A node, a name or key, or a list of these.
absl::Status LensEvaluator::AddSources(const Value& value, const SourceSpan& span,
                                       std::vector<NodeId>* nodes) const {
  if (value.is_node()) {
    nodes->push_back(value.node_id());
    return absl::OkStatus();
  }
  if (value.is_list()) {
    for (const Value& element : value.list()) {
      RETURN_IF_ERROR(AddSources(element, span, nodes));
    }
    return absl::OkStatus();
  }
  if (!value.is_string()) return WrongValue("a name, a node or a list of them", value, span);
  const absl::StatusOr<NodeId> node = NeedNamed(*execution_.graph, value.string());
  if (!node.ok()) return WithSpan(node.status(), span);
  nodes->push_back(*node);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<NodeId>> LensEvaluator::Sources(
    const std::vector<ExpressionPtr>& clauses, const std::vector<Value>& values,
    size_t* next) const {
  std::vector<NodeId> nodes;
  for (const ExpressionPtr& clause : clauses) {
    RETURN_IF_ERROR(AddSources(values[(*next)++], clause->span, &nodes));
  }
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  return nodes;
}

absl::StatusOr<Lens> LensEvaluator::LensOf(const std::vector<Value>& values) const {
  Lens lens;
  if (execution_.functions.lens != nullptr) lens = *execution_.functions.lens;
  size_t next = 0;
  RETURN_IF_ERROR(SetTimes(values, &next, &lens));
  if (!bound_->according_to.empty()) {
    ASSIGN_OR_RETURN(lens.according_to, Sources(bound_->according_to, values, &next));
  }
  if (!bound_->except.empty()) {
    ASSIGN_OR_RETURN(lens.except, Sources(bound_->except, values, &next));
  }
  if (!bound_->denied_by.empty()) {
    ASSIGN_OR_RETURN(lens.denied_by, Sources(bound_->denied_by, values, &next));
  }
  if (bound_->least_confidence != nullptr) {
    const Value& least = values[next];
    if (!least.is_number()) return WrongValue("a number", least, bound_->least_confidence->span);
    const double units = least.number() * kConfidenceUnits;
    if (!(units >= 0 && units <= kConfidenceUnits)) {
      return MakeError(ErrorCode::kNumberOutOfRange, "A confidence lies between 0 and 1",
                       bound_->least_confidence->span);
    }
    // The least stored confidence that is not below it; 0.7 itself must not be lost to rounding.
    lens.least_confidence = static_cast<int32_t>(std::ceil(units - 1e-6));
  }
  if (bound_->including.has_value()) {
    lens.only_denied_too = bound_->including == ast::Including::kDenied;
    lens.every_fact = bound_->including == ast::Including::kAll;
  }
  return lens;
}

absl::Status ResolveConstantLenses(Execution& execution) {
  for (const auto& lens : execution.plan->lenses) {
    if (!lens->reads.empty()) continue;
    const absl::StatusOr<const Lens*> resolved =
        LensEvaluator(execution, lens.get(), false).ResolveConstant();
    if (!resolved.ok()) return resolved.status();
  }
  return absl::OkStatus();
}

}  // namespace entente::query
