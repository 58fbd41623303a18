#include "query/batch.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/error.h"
#include "engine/status.h"

namespace entente::query {
namespace {

template <typename T>
std::vector<T> GatherRows(const std::vector<T>& from, const std::vector<uint32_t>& rows) {
  std::vector<T> to;
  to.reserve(rows.size());
  for (uint32_t row : rows) to.push_back(from[row]);
  return to;
}

void AppendScalars(const Scalars& from, Scalars* to) {
  if (!from.nulls.empty() || !to->nulls.empty()) {
    to->nulls.resize(to->size(), 0);
    to->nulls.insert(to->nulls.end(), from.nulls.begin(), from.nulls.end());
    to->nulls.resize(to->size() + from.size(), 0);
  }
  to->numbers.insert(to->numbers.end(), from.numbers.begin(), from.numbers.end());
}

absl::Status WrongKind(absl::string_view wanted, const Value& value) {
  return MakeError(ErrorCode::kRuntimeInvalidArgumentType,
                   absl::StrCat("Expected a ", wanted, ", but got a value of type ",
                                std::string(Value::TypeName(value.type()))));
}

}  // namespace

Value ToValue(const RelationshipReference& relationship) {
  if (relationship.id == kNoId) return Value::Null();
  RelationshipContent content;
  content.id = relationship.id;
  content.start = relationship.start;
  content.end = relationship.end;
  content.relation = relationship.relation;
  content.lens = relationship.lens;
  return Value::Relationship(std::move(content));
}

RelationshipReference ToReference(const Value& value) {
  const RelationshipContent& content = value.relationship();
  return {.id = content.id,
          .start = content.start,
          .end = content.end,
          .relation = content.relation,
          .lens = content.lens};
}

Value Scalars::At(size_t row) const {
  if (IsNull(row)) return Value::Null();
  const int64_t number = numbers[row];
  if (type == Value::Type::kDate) return Value::OfDate(Date{number});
  return type == Value::Type::kBoolean ? Value::Boolean(number != 0) : Value::Integer(number);
}

void Scalars::AddNull() {
  nulls.resize(numbers.size(), 0);
  numbers.push_back(0);
  nulls.push_back(1);
}

bool ToScalar(const Value& value, int64_t* number) {
  switch (value.type()) {
    case Value::Type::kInteger:
      *number = value.integer();
      return true;
    case Value::Type::kDate:
      *number = value.date().days;
      return true;
    case Value::Type::kBoolean:
      *number = value.boolean() ? 1 : 0;
      return true;
    default:
      return false;
  }
}

Column Column::Repeat(Value value, size_t size) {
  Column column;
  column.data_ = Constant{std::move(value), size};
  return column;
}

const Value* Column::repeated() const {
  const auto* constant = std::get_if<Constant>(&data_);
  return constant == nullptr ? nullptr : &constant->value;
}

size_t Column::size() const {
  if (const auto* constant = std::get_if<Constant>(&data_)) return constant->size;
  if (const auto* ids = nodes()) return ids->size();
  if (const auto* references = relationships()) return references->size();
  if (const auto* list = values()) return list->size();
  if (const auto* numbers = scalars()) return numbers->size();
  return 0;
}

bool Column::IsNull(size_t row) const {
  if (const auto* ids = nodes()) return (*ids)[row] == kNoId;
  if (const auto* references = relationships()) return (*references)[row].id == kNoId;
  if (const auto* list = values()) return (*list)[row].is_null();
  if (const auto* numbers = scalars()) return numbers->IsNull(row);
  const Value* constant = repeated();
  return constant == nullptr || constant->is_null();
}

Value Column::ValueAt(size_t row) const {
  Value scratch;
  const Value& value = ReadAt(row, &scratch);
  if (&value == &scratch) return scratch;
  return value;
}

const Value& Column::ReadAt(size_t row, Value* scratch) const {
  if (const auto* list = values()) return (*list)[row];
  if (const auto* ids = nodes()) {
    const NodeId id = (*ids)[row];
    *scratch = id == kNoId ? Value::Null() : Value::Node(id);
    return *scratch;
  }
  if (const auto* references = relationships()) {
    *scratch = ToValue((*references)[row]);
    return *scratch;
  }
  if (const auto* numbers = scalars()) {
    *scratch = numbers->At(row);
    return *scratch;
  }
  const auto* constant = std::get_if<Constant>(&data_);
  ENTENTE_CHECK(constant != nullptr);
  return constant->value;
}

absl::Status Column::ReadNodes(Nodes* nodes) const {
  if (const auto* ids = this->nodes()) {
    *nodes = *ids;
    return absl::OkStatus();
  }
  const size_t count = size();
  nodes->clear();
  nodes->reserve(count);
  Value scratch;
  for (size_t row = 0; row < count; ++row) {
    const Value& value = ReadAt(row, &scratch);
    if (!value.is_node() && !value.is_null()) return WrongKind("node", value);
    nodes->push_back(value.is_null() ? kNoId : value.node_id());
  }
  return absl::OkStatus();
}

absl::Status Column::ReadRelationships(Relationships* relationships) const {
  if (const auto* references = this->relationships()) {
    *relationships = *references;
    return absl::OkStatus();
  }
  const size_t count = size();
  relationships->clear();
  relationships->reserve(count);
  Value scratch;
  for (size_t row = 0; row < count; ++row) {
    const Value& value = ReadAt(row, &scratch);
    if (!value.is_relationship() && !value.is_null()) return WrongKind("relationship", value);
    relationships->push_back(value.is_null() ? RelationshipReference() : ToReference(value));
  }
  return absl::OkStatus();
}

Column Column::Gather(const std::vector<uint32_t>& rows) const {
  if (const auto* ids = nodes()) return Column(GatherRows(*ids, rows));
  if (const auto* references = relationships()) return Column(GatherRows(*references, rows));
  if (const auto* list = values()) return Column(GatherRows(*list, rows));
  if (const auto* numbers = scalars()) {
    Scalars gathered{numbers->type, GatherRows(numbers->numbers, rows), {}};
    if (!numbers->nulls.empty()) gathered.nulls = GatherRows(numbers->nulls, rows);
    return Column(std::move(gathered));
  }
  const Value* constant = repeated();
  return constant == nullptr ? Column() : Repeat(*constant, rows.size());
}

Column::Values& Column::MakeValues() {
  if (auto* list = std::get_if<Values>(&data_)) return *list;
  Values values;
  const size_t count = size();
  values.reserve(count);
  for (size_t row = 0; row < count; ++row) values.push_back(ValueAt(row));
  return data_.emplace<Values>(std::move(values));
}

void Column::Append(const Column& other) {
  if (!present()) {
    *this = other;
    return;
  }
  auto* ids = std::get_if<Nodes>(&data_);
  if (ids != nullptr && other.nodes() != nullptr) {
    ids->insert(ids->end(), other.nodes()->begin(), other.nodes()->end());
    return;
  }
  auto* references = std::get_if<Relationships>(&data_);
  if (references != nullptr && other.relationships() != nullptr) {
    references->insert(references->end(), other.relationships()->begin(),
                       other.relationships()->end());
    return;
  }
  auto* numbers = std::get_if<Scalars>(&data_);
  if (numbers != nullptr && other.scalars() != nullptr && numbers->type == other.scalars()->type) {
    AppendScalars(*other.scalars(), numbers);
    return;
  }
  Values& values = MakeValues();
  // No reserve(): room for just these would move all values at each of many calls.
  const size_t count = other.size();
  for (size_t row = 0; row < count; ++row) values.push_back(other.ValueAt(row));
}

const Column& Batch::Absent() {
  static const Column& absent = *new Column;
  return absent;
}

void Batch::Clear(size_t slot_count) {
  if (slot_count != slot_count_) groups_.clear();
  slot_count_ = slot_count;
  row_count_ = 0;
  if (!touched_) return;
  touched_ = false;
  for (std::unique_ptr<Group>& group : groups_) {
    if (group == nullptr) continue;
    for (Column& column : *group) {
      if (!column.present()) continue;
      // Much less work than assigning an absent one.
      std::destroy_at(&column);
      std::construct_at(&column);
    }
  }
}

Batch Batch::Gather(const std::vector<uint32_t>& rows, const std::vector<Slot>& slots) const {
  Batch batch(slot_count_);
  for (Slot slot : slots) {
    if (column(slot).present()) batch.column(slot) = column(slot).Gather(rows);
  }
  batch.row_count_ = rows.size();
  return batch;
}

Batch Batch::Gather(const std::vector<uint32_t>& rows) const {
  Batch batch(slot_count_);
  for (Slot slot = 0; slot < slot_count_; ++slot) {
    if (column(slot).present()) batch.column(slot) = column(slot).Gather(rows);
  }
  batch.row_count_ = rows.size();
  return batch;
}

}  // namespace entente::query
