#include "query/evaluator.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "engine/error.h"
#include "engine/status.h"
#include "engine/temporal_calendar.h"
#include "query/column_room.h"
#include "query/lens_evaluator.h"
#include "query/pattern.h"
#include "query/tree_walk.h"

namespace entente::query {
namespace {

// Whether equal arguments give equal results throughout a batch.
bool IsRepeatable(const FunctionRow& function) { return function.purity != Purity::kVolatile; }

// Values row by row; once for all rows where every operand is the same in each.
template <typename F>
absl::StatusOr<Column> MapRows(const Execution& execution, const Expression& expression,
                               size_t rows, bool repeated, F f) {
  const size_t needed = repeated ? 1 : rows;
  std::vector<Value> values;
  values.reserve(needed);
  ColumnRoom room(execution);
  for (size_t row = 0; row < needed; ++row) {
    absl::StatusOr<Value> value = f(row);
    const absl::Status status = value.ok() ? room.Take(*value) : value.status();
    if (!status.ok()) return WithSpan(status, expression.span);
    values.push_back(*std::move(value));
  }
  if (repeated) return Column::Repeat(std::move(values[0]), rows);
  return Column(std::move(values));
}

// What stood beside the relationships, null for the null ones.
Scalars DaysOf(const Column::Relationships& relationships, int32_t RelationshipExtract::*day) {
  Scalars days{Value::Type::kDate, {}, {}};
  days.numbers.reserve(relationships.size());
  for (const RelationshipReference& relationship : relationships) {
    if (relationship.id == kNoId) {
      days.AddNull();
    } else {
      days.Add(relationship.extract.*day);
    }
  }
  return days;
}

// nullopt for what is not a field of a date by the calendar.
std::optional<Column> FieldOfDates(const Scalars& dates, absl::string_view name) {
  int64_t CivilDate::*field = nullptr;
  if (name == "year") field = &CivilDate::year;
  if (name == "month") field = &CivilDate::month;
  if (name == "day") field = &CivilDate::day;
  if (field == nullptr) return std::nullopt;
  Scalars fields{Value::Type::kInteger, dates.numbers, dates.nulls};
  for (int64_t& number : fields.numbers) number = CivilOf(Date{number}).*field;
  return Column(std::move(fields));
}

// A column of values that are there already.
absl::StatusOr<Column> CheckedColumn(const Execution& execution, const Expression& expression,
                                     std::vector<Value> values) {
  ColumnRoom room(execution);
  for (const Value& value : values) {
    const absl::Status status = room.Take(value);
    if (!status.ok()) return WithSpan(status, expression.span);
  }
  return Column(std::move(values));
}

}  // namespace

bool Evaluator::IsLongAndSame(const Expression& expression) const {
  const bool is_long = std::holds_alternative<ListComprehensionExpression>(expression.node) ||
                       std::holds_alternative<QuantifierExpression>(expression.node) ||
                       std::holds_alternative<ReduceExpression>(expression.node);
  // A statement that writes may change what it reads.
  return is_long && expression.reads.empty() && execution_.writer == nullptr &&
         !IsVolatile(expression);
}

absl::StatusOr<Value> Evaluator::EvaluateSame(const Expression& expression) {
  const auto found = same_.find(&expression);
  if (found != same_.end()) return found->second;
  Batch unit(execution_.plan->slot_names.size());
  unit.set_row_count(1);
  ASSIGN_OR_RETURN(
      const Column column,
      std::visit([&](const auto& node) { return Run(node, expression, unit); }, expression.node));
  Value value = column.ValueAt(0);
  RETURN_IF_ERROR(same_hold_.Add(sizeof(Value) + value.HeapBytes()));
  same_.emplace(&expression, value);
  return value;
}

absl::StatusOr<Column> Evaluator::Evaluate(const Expression& expression, const Batch& batch) {
  if (IsLongAndSame(expression)) {
    ASSIGN_OR_RETURN(Value value, EvaluateSame(expression));
    return Column::Repeat(std::move(value), batch.row_count());
  }
  return std::visit([&](const auto& node) { return Run(node, expression, batch); },
                    expression.node);
}

absl::StatusOr<Value> Evaluator::EvaluateOnce(const Expression& expression) {
  if (const auto* constant = std::get_if<Constant>(&expression.node)) return constant->value;
  Batch unit(execution_.plan->slot_names.size());
  unit.set_row_count(1);
  ASSIGN_OR_RETURN(const Column column, Evaluate(expression, unit));
  return column.ValueAt(0);
}

absl::StatusOr<Evaluator::Operand> Evaluator::Read(const Expression& expression,
                                                   const Batch& batch) {
  if (const auto* reference = std::get_if<SlotReference>(&expression.node)) {
    const Column& column = batch.column(reference->slot);
    if (column.present()) return Operand(&column);
  }
  absl::StatusOr<Column> column = Evaluate(expression, batch);
  if (!column.ok()) return std::move(column).status();
  return absl::StatusOr<Operand>(absl::in_place, *std::move(column));
}

absl::StatusOr<Column> Evaluator::Run(const Constant& constant, const Expression&,
                                      const Batch& batch) {
  return Column::Repeat(constant.value, batch.row_count());
}

absl::StatusOr<Column> Evaluator::Run(const ParameterReference& parameter,
                                      const Expression& expression, const Batch& batch) {
  for (const auto& [name, value] : *execution_.parameters) {
    if (name == parameter.name) return Column::Repeat(value, batch.row_count());
  }
  return MakeError(ErrorCode::kMissingParameter,
                   absl::StrCat("The parameter $", parameter.name, " is missing"), expression.span);
}

absl::StatusOr<Column> Evaluator::Run(const SlotReference& reference, const Expression& expression,
                                      const Batch& batch) {
  const Column& column = batch.column(reference.slot);
  if (column.present()) return column;
  const std::string& name = execution_.plan->slot_names[reference.slot];
  return WithSpan(absl::InternalError(
                      absl::StrCat("No operator provides slot ", reference.slot, " (", name, ")")),
                  expression.span);
}

absl::StatusOr<Column> Evaluator::Run(const PropertyReference& property,
                                      const Expression& expression, const Batch& batch) {
  ASSIGN_OR_RETURN(const Operand object, Read(*property.object, batch));
  const Graph& graph = *execution_.graph;
  const size_t rows = batch.row_count();
  if (const auto* nodes = object->nodes()) {
    std::vector<Value> values;
    const absl::Status status = graph.NodeProperties(*nodes, property.name, &values);
    if (!status.ok()) return WithSpan(status, expression.span);
    return CheckedColumn(execution_, expression, std::move(values));
  }
  if (const auto* relationships = object->relationships()) {
    int32_t RelationshipExtract::*day = nullptr;
    if (property.name == "valid_from") day = &RelationshipExtract::valid_from;
    if (property.name == "valid_to") day = &RelationshipExtract::valid_to;
    // What stood beside the relationships need not be read; kNoId gives null.
    const auto is_known = [&](const RelationshipReference& relationship) {
      return day != nullptr && relationship.extract.*day != RelationshipExtract::kNoDay;
    };
    const auto needs_no_reading = [&](const RelationshipReference& relationship) {
      return is_known(relationship) || relationship.id == kNoId;
    };
    if (day != nullptr &&
        std::all_of(relationships->begin(), relationships->end(), needs_no_reading)) {
      return Column(DaysOf(*relationships, day));
    }
    std::vector<FactId> facts(rows, kNoId);
    for (size_t row = 0; row < rows; ++row) {
      const RelationshipReference& relationship = (*relationships)[row];
      if (!is_known(relationship)) facts[row] = relationship.id;
    }
    std::vector<Value> values(rows);
    {
      const absl::Status status = graph.RelationshipProperties(facts, property.name, &values);
      if (!status.ok()) return WithSpan(status, expression.span);
    }
    for (size_t row = 0; row < rows; ++row) {
      const RelationshipReference& relationship = (*relationships)[row];
      if (is_known(relationship)) values[row] = Value::OfDate(Date{relationship.extract.*day});
    }
    return CheckedColumn(execution_, expression, std::move(values));
  }
  const Scalars* dates = object->scalars();
  if (dates != nullptr && dates->type == Value::Type::kDate) {
    std::optional<Column> fields = FieldOfDates(*dates, property.name);
    if (fields.has_value()) return *std::move(fields);
  }
  Value scratch;
  return MapRows(execution_, expression, rows, object->repeated() != nullptr, [&](size_t row) {
    return PropertyOf(execution_.functions, object->ReadAt(row, &scratch), property.name);
  });
}

absl::StatusOr<Value> Evaluator::TestLabels(const Value& object, const LabelPredicate& predicate) {
  if (object.is_null()) return Value::Null();
  const Graph& graph = *execution_.graph;
  if (object.is_node()) {
    ASSIGN_OR_RETURN(const bool bears,
                     BearsLabels(graph, object.node_id(), predicate.labels, predicate.exact));
    return Value::Boolean(bears);
  }
  if (object.is_relationship()) {
    const RelationId relation = object.relationship().relation;
    return Value::Boolean(std::all_of(
        predicate.labels.begin(), predicate.labels.end(),
        [&](const std::string& name) { return IsType(graph, relation, name, predicate.exact); }));
  }
  return MakeError(ErrorCode::kRuntimeInvalidArgumentType,
                   absl::StrCat("Only nodes have labels, not a value of type ",
                                std::string(Value::TypeName(object.type()))));
}

absl::StatusOr<Column> Evaluator::Run(const LabelPredicate& predicate, const Expression& expression,
                                      const Batch& batch) {
  ASSIGN_OR_RETURN(const Operand object, Read(*predicate.object, batch));
  Value scratch;
  return MapRows(execution_, expression, batch.row_count(), object->repeated() != nullptr,
                 [&](size_t row) { return TestLabels(object->ReadAt(row, &scratch), predicate); });
}

absl::StatusOr<Column> Evaluator::Run(const FunctionExpression& call, const Expression& expression,
                                      const Batch& batch) {
  if (call.function->name == "coalesce") return Coalesce(call, batch);
  absl::InlinedVector<Operand, 3> operands;
  absl::InlinedVector<Value, 3> arguments(call.arguments.size());
  bool repeated = IsRepeatable(*call.function);
  for (const ExpressionPtr& argument : call.arguments) {
    ASSIGN_OR_RETURN(Operand operand, Read(*argument, batch));
    repeated = repeated && operand->repeated() != nullptr;
    operands.push_back(std::move(operand));
  }
  if (call.function->of_many != nullptr && operands[0]->relationships() != nullptr) {
    return OfMany(*call.function, expression, *operands[0]->relationships());
  }
  FunctionContext context = execution_.functions;
  std::vector<const Lens*> lenses;
  if (call.lens != nullptr) {
    ASSIGN_OR_RETURN(lenses, LensesOf(*call.lens, batch));
    repeated = repeated && call.lens->reads.empty();
  }
  return MapRows(execution_, expression, batch.row_count(), repeated, [&](size_t row) {
    if (!lenses.empty()) context.lens = lenses[row];
    for (size_t i = 0; i < operands.size(); ++i) arguments[i] = operands[i]->ValueAt(row);
    return CallFunction(*call.function, context, arguments);
  });
}

// The function reads many at once, but for those beside which a hop has read the answer.
absl::StatusOr<Column> Evaluator::OfMany(const FunctionRow& function, const Expression& expression,
                                         const Column::Relationships& relationships) {
  const bool extracts = function.extract != nullptr && execution_.functions.lens == nullptr;
  std::vector<Value> values;
  if (!extracts) {
    const absl::Status status = function.of_many(execution_.functions, relationships, &values);
    if (!status.ok()) return WithSpan(status, expression.span);
    return CheckedColumn(execution_, expression, std::move(values));
  }
  values.resize(relationships.size());
  Column::Relationships rest;
  std::vector<size_t> places;
  for (size_t row = 0; row < relationships.size(); ++row) {
    const RelationshipReference& relationship = relationships[row];
    // What was read beside relationships is the default lens's.
    if (relationship.knows_evidence && relationship.lens == nullptr) {
      values[row] = function.extract(relationship.extract);
    } else {
      rest.push_back(relationship);
      places.push_back(row);
    }
  }
  if (!rest.empty()) {
    std::vector<Value> of_rest;
    const absl::Status status = function.of_many(execution_.functions, rest, &of_rest);
    if (!status.ok()) return WithSpan(status, expression.span);
    for (size_t i = 0; i < rest.size(); ++i) values[places[i]] = std::move(of_rest[i]);
  }
  return CheckedColumn(execution_, expression, std::move(values));
}

absl::StatusOr<std::vector<const Lens*>> Evaluator::LensesOf(const BoundLens& lens,
                                                             const Batch& batch) {
  std::vector<const Lens*> lenses(batch.row_count());
  LensEvaluator evaluator(execution_, &lens, /*exact=*/false);
  std::vector<LensEvaluator::Read> reads;
  RETURN_IF_ERROR(evaluator.Resolve(batch, &reads));
  for (const LensEvaluator::Read& read : reads) {
    for (const uint32_t row : read.rows) lenses[row] = read.lens;
  }
  return lenses;
}

absl::StatusOr<Column> Evaluator::Run(const SubscriptExpression& subscript,
                                      const Expression& expression, const Batch& batch) {
  ASSIGN_OR_RETURN(const Operand object, Read(*subscript.object, batch));
  ASSIGN_OR_RETURN(const Operand index, Read(*subscript.index, batch));
  const bool repeated = object->repeated() != nullptr && index->repeated() != nullptr;
  Value first;
  Value second;
  return MapRows(execution_, expression, batch.row_count(), repeated, [&](size_t row) {
    return ElementAt(execution_.functions, object->ReadAt(row, &first),
                     index->ReadAt(row, &second));
  });
}

absl::StatusOr<Column> Evaluator::Run(const SliceExpression& slice, const Expression& expression,
                                      const Batch& batch) {
  ASSIGN_OR_RETURN(const Operand object, Read(*slice.object, batch));
  Operand from{Column()};
  Operand to{Column()};
  if (slice.from != nullptr) {
    ASSIGN_OR_RETURN(from, Read(*slice.from, batch));
  }
  if (slice.to != nullptr) {
    ASSIGN_OR_RETURN(to, Read(*slice.to, batch));
  }
  Value list;
  Value first;
  Value last;
  return MapRows(execution_, expression, batch.row_count(), false, [&](size_t row) {
    return SliceOf(object->ReadAt(row, &list),
                   slice.from == nullptr ? nullptr : &from->ReadAt(row, &first),
                   slice.to == nullptr ? nullptr : &to->ReadAt(row, &last));
  });
}

absl::StatusOr<Column> Evaluator::Run(const ListExpression& list, const Expression& expression,
                                      const Batch& batch) {
  absl::InlinedVector<Operand, 4> operands;
  bool repeated = true;
  for (const ExpressionPtr& element : list.elements) {
    ASSIGN_OR_RETURN(Operand operand, Read(*element, batch));
    repeated = repeated && operand->repeated() != nullptr;
    operands.push_back(std::move(operand));
  }
  return MapRows(execution_, expression, batch.row_count(), repeated,
                 [&](size_t row) -> absl::StatusOr<Value> {
                   std::vector<Value> elements;
                   elements.reserve(operands.size());
                   for (const Operand& operand : operands)
                     elements.push_back(operand->ValueAt(row));
                   return Value::List(std::move(elements));
                 });
}

absl::StatusOr<Column> Evaluator::Run(const MapExpression& map, const Expression& expression,
                                      const Batch& batch) {
  absl::InlinedVector<Operand, 4> operands;
  bool repeated = true;
  for (const auto& [key, value] : map.entries) {
    ASSIGN_OR_RETURN(Operand operand, Read(*value, batch));
    repeated = repeated && operand->repeated() != nullptr;
    operands.push_back(std::move(operand));
  }
  return MapRows(execution_, expression, batch.row_count(), repeated,
                 [&](size_t row) -> absl::StatusOr<Value> {
                   std::vector<MapEntry> entries;
                   entries.reserve(operands.size());
                   for (size_t i = 0; i < operands.size(); ++i) {
                     entries.emplace_back(map.entries[i].first, operands[i]->ValueAt(row));
                   }
                   return Value::Map(std::move(entries));
                 });
}

absl::StatusOr<std::vector<MapEntry>> Evaluator::PropertiesOf(const Value& object) {
  if (object.is_map()) return object.map();
  if (object.is_node()) return execution_.graph->NodeProperties(object.node_id());
  if (object.is_relationship()) {
    return execution_.graph->RelationshipProperties(object.relationship().id);
  }
  return MakeError(
      ErrorCode::kRuntimeInvalidArgumentType,
      absl::StrCat("Expected a map, a node or a relationship, but got a value of type ",
                   std::string(Value::TypeName(object.type()))));
}

absl::StatusOr<Column> Evaluator::Run(const MapProjectionExpression& projection,
                                      const Expression& expression, const Batch& batch) {
  ASSIGN_OR_RETURN(const Operand object, Read(*projection.object, batch));
  std::vector<Operand> operands;
  for (const MapProjectionExpression::Item& item : projection.items) {
    if (item.all_properties) {
      operands.emplace_back(Column());
      continue;
    }
    ASSIGN_OR_RETURN(Operand operand, Read(*item.value, batch));
    operands.push_back(std::move(operand));
  }
  Value scratch;
  return MapRows(execution_, expression, batch.row_count(), false,
                 [&](size_t row) -> absl::StatusOr<Value> {
                   const Value& source = object->ReadAt(row, &scratch);
                   if (source.is_null()) return Value::Null();
                   std::vector<MapEntry> entries;
                   for (size_t i = 0; i < operands.size(); ++i) {
                     if (projection.items[i].all_properties) {
                       ASSIGN_OR_RETURN(std::vector<MapEntry> all, PropertiesOf(source));
                       std::move(all.begin(), all.end(), std::back_inserter(entries));
                     } else {
                       entries.emplace_back(projection.items[i].key, operands[i]->ValueAt(row));
                     }
                   }
                   return Value::Map(std::move(entries));
                 });
}

absl::StatusOr<Value> Evaluator::MakePath(const PathExpression& path, const Batch& batch,
                                          size_t row) {
  PathContent content;
  for (size_t i = 0; i < path.elements.size(); ++i) {
    const Column& column = batch.column(path.elements[i]);
    if (!column.present()) return absl::InternalError("No operator provides a path's element");
    Value element = column.ValueAt(row);
    if (element.is_null()) return Value::Null();
    if (element.is_node()) {
      // Behind relationships of variable length the node stands there already.
      if (content.nodes.size() == content.relationships.size()) content.nodes.push_back(element);
    } else if (element.is_relationship()) {
      content.relationships.push_back(std::move(element));
    } else if (element.is_list()) {
      for (const Value& relationship : element.list()) {
        const RelationshipContent& ends = relationship.relationship();
        const NodeId from = content.nodes.back().node_id();
        content.nodes.push_back(Value::Node(ends.start == from ? ends.end : ends.start));
        content.relationships.push_back(relationship);
      }
    } else {
      return absl::InternalError("A path's element is neither a node nor a relationship");
    }
  }
  return Value::Path(std::move(content));
}

absl::StatusOr<Column> Evaluator::Run(const PathExpression& path, const Expression& expression,
                                      const Batch& batch) {
  return MapRows(execution_, expression, batch.row_count(), false,
                 [&](size_t row) { return MakePath(path, batch, row); });
}

}  // namespace entente::query
