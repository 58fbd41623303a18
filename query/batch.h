// Batch: up to some thousand rows, a column per slot. Columns of nodes and relationships hold ids
// alone; whatever else a row needs is read when an expression asks for it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "engine/ids.h"
#include "engine/value.h"
#include "query/expression.h"

namespace entente::query {

// What an expansion read beside a relationship, where it was asked to, as the default lens has it.
struct RelationshipExtract {
  static constexpr int32_t kNoDay = INT32_MIN;  // open, or not known here

  int32_t valid_from = kNoDay;  // dates, as days since 1970
  int32_t valid_to = kNoDay;
  uint16_t confidence = 0;  // ten-thousandths
  bool has_evidence = false;
  bool contested = false;
};

// A relationship as it flows, without allocation.
struct RelationshipReference {
  FactId id = kNoId;  // kNoId: null
  NodeId start = kNoId;
  NodeId end = kNoId;
  RelationId relation = kNoSymbol;
  bool knows_evidence = false;  // `extract` has confidence, has_evidence and contested
  const Lens* lens = nullptr;
  RelationshipExtract extract;
};

// Values that fit into a number, without a box around each: all integers, all dates (days since
// 1970) or all booleans (1 is true).
struct Scalars {
  Value::Type type = Value::Type::kInteger;
  std::vector<int64_t> numbers;
  std::vector<uint8_t> nulls;  // 1: null; empty where none is

  size_t size() const { return numbers.size(); }
  bool IsNull(size_t row) const { return !nulls.empty() && nulls[row] != 0; }
  Value At(size_t row) const;
  void Add(int64_t number) {
    numbers.push_back(number);
    if (!nulls.empty()) nulls.push_back(0);
  }
  void AddNull();
};
// The number that stands for a value of one of their types; false for any other value.
bool ToScalar(const Value& value, int64_t* number);

// One column. Absent until something is assigned to it.
class Column {
 public:
  struct Constant {
    Value value;
    size_t size = 0;
  };
  using Nodes = std::vector<NodeId>;  // kNoId: null
  using Relationships = std::vector<RelationshipReference>;
  using Values = std::vector<Value>;

  Column() = default;
  explicit Column(Nodes nodes) : data_(std::move(nodes)) {}
  explicit Column(Relationships relationships) : data_(std::move(relationships)) {}
  explicit Column(Values values) : data_(std::move(values)) {}
  explicit Column(Scalars scalars) : data_(std::move(scalars)) {}
  static Column Repeat(Value value, size_t size);

  bool present() const { return !std::holds_alternative<std::monostate>(data_); }
  size_t size() const;
  const Nodes* nodes() const { return std::get_if<Nodes>(&data_); }
  const Relationships* relationships() const { return std::get_if<Relationships>(&data_); }
  const Values* values() const { return std::get_if<Values>(&data_); }
  const Scalars* scalars() const { return std::get_if<Scalars>(&data_); }
  // The value of every row, where it is one and the same; nullptr in the other kinds.
  const Value* repeated() const;

  bool IsNull(size_t row) const;
  // The row as a value; a relationship value is made anew at each call.
  Value ValueAt(size_t row) const;
  // The same without a copy where the column holds values; else made in `scratch`.
  const Value& ReadAt(size_t row, Value* scratch) const;
  // Every row as a node id, null as kNoId. TypeError InvalidArgumentType if one is anything else.
  absl::Status ReadNodes(Nodes* nodes) const;
  // The same for relationships.
  absl::Status ReadRelationships(Relationships* relationships) const;

  // The given rows in the given order; rows may repeat.
  Column Gather(const std::vector<uint32_t>& rows) const;
  // Adds `other`'s rows below; kinds that differ become values. An absent column becomes `other`.
  void Append(const Column& other);

 private:
  Values& MakeValues();

  std::variant<std::monostate, Constant, Nodes, Relationships, Values, Scalars> data_;
};

// The relationship as a value that carries its lens; null for kNoId.
Value ToValue(const RelationshipReference& relationship);
// `value` must be a relationship.
RelationshipReference ToReference(const Value& value);

// A column for each slot. Columns come into being in groups, when the first of a group is asked
// for: a long statement has thousands of slots, of which few flow at any one place.
class Batch {
 public:
  explicit Batch(size_t slot_count = 0) : slot_count_(slot_count) {}

  size_t row_count() const { return row_count_; }
  void set_row_count(size_t count) { row_count_ = count; }
  size_t slot_count() const { return slot_count_; }
  Column& column(Slot slot) {
    touched_ = true;
    if (groups_.empty()) groups_.resize((slot_count_ + kGroup - 1) / kGroup);
    std::unique_ptr<Group>& group = groups_[slot / kGroup];
    if (group == nullptr) group = std::make_unique_for_overwrite<Group>();
    return (*group)[slot % kGroup];
  }
  const Column& column(Slot slot) const {
    if (groups_.empty() || groups_[slot / kGroup] == nullptr) return Absent();
    return (*groups_[slot / kGroup])[slot % kGroup];
  }

  // As `*this = Batch(slot_count)`, in the memory that the batch has.
  void Clear(size_t slot_count);

  // A batch with the given rows of the given slots, those that are present.
  Batch Gather(const std::vector<uint32_t>& rows, const std::vector<Slot>& slots) const;
  // The same of every slot.
  Batch Gather(const std::vector<uint32_t>& rows) const;

 private:
  static constexpr size_t kGroup = 4;
  using Group = std::array<Column, kGroup>;

  static const Column& Absent();

  size_t slot_count_;
  std::vector<std::unique_ptr<Group>> groups_;  // none before the first is asked for
  size_t row_count_ = 0;
  bool touched_ = false;  // else no column is present
};

}  // namespace entente::query
