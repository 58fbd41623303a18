// Value: one openCypher value. 16 bytes; scalars, node ids and short temporal values stand inline,
// everything else is an immutable, reference-counted payload, so copies are cheap and values may be
// shared between threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/attributes.h"
#include "absl/strings/string_view.h"
#include "engine/export.h"
#include "engine/ids.h"
#include "engine/temporal.h"

namespace entente {

class Value;
class Lens;

// Keys are unique and sorted by byte order; build one with Value::Map's argument in any order.
using MapEntry = std::pair<std::string, Value>;

// What a node carries beyond its id. Inside the engine and the executor a node value is its id
// alone; a value that leaves a statement is filled in (see Graph::Fill).
struct NodeContent {
  NodeId id = kNoId;
  std::vector<std::string> labels;   // in the order they were first added
  std::vector<MapEntry> properties;  // sorted by name
};

// A relationship always knows its ends and type. `properties` is set when `filled`.
struct RelationshipContent {
  FactId id = kNoId;
  NodeId start = kNoId;
  NodeId end = kNoId;
  RelationId relation = kNoSymbol;
  const Lens* lens =
      nullptr;  // under which it was bound; owned by the statement, see engine/lens.h
  bool filled = false;
  std::string type;                  // when filled
  std::vector<MapEntry> properties;  // when filled, sorted by name
};

// nodes.size() == relationships.size() + 1. relationships[i] joins nodes[i] and nodes[i + 1], in
// either direction.
struct PathContent {
  std::vector<Value> nodes;
  std::vector<Value> relationships;
};

class ENTENTE_EXPORT Value {
 public:
  // The order of the enumerators is openCypher's order of types in ORDER BY (ascending), which
  // engine/value_order.h relies on.
  enum class Type : uint8_t {
    kMap,
    kNode,
    kRelationship,
    kList,
    kPath,
    kDateTime,
    kLocalDateTime,
    kDate,
    kTime,
    kLocalTime,
    kDuration,
    kString,
    kBoolean,
    kInteger,
    kFloat,
    kNull,
  };

  Value() : type_(Type::kNull) { bits_.integer = 0; }
  Value(const Value& other) : type_(other.type_), boxed_(other.boxed_), bits_(other.bits_) {
    Retain();
  }
  Value(Value&& other) noexcept : type_(other.type_), boxed_(other.boxed_), bits_(other.bits_) {
    other.boxed_ = false;
    other.type_ = Type::kNull;
  }
  Value& operator=(const Value& other) {
    Value copy(other);  // first: `other` may be this value, or lie inside of it
    return *this = std::move(copy);
  }
  Value& operator=(Value&& other) noexcept {
    std::swap(type_, other.type_);
    std::swap(boxed_, other.boxed_);
    std::swap(bits_, other.bits_);
    return *this;
  }
  ~Value() { Release(); }

  static Value Null() { return Value(); }
  static Value Boolean(bool v) {
    Value value(Type::kBoolean);
    value.bits_.boolean = v;
    return value;
  }
  static Value Integer(int64_t v) {
    Value value(Type::kInteger);
    value.bits_.integer = v;
    return value;
  }
  static Value Float(double v) {
    Value value(Type::kFloat);
    value.bits_.floating = v;
    return value;
  }
  static Value String(absl::string_view v);
  static Value String(const char* v) { return String(absl::string_view(v)); }
  static Value List(std::vector<Value> v);
  // A later entry wins over an earlier one of the same key.
  static Value Map(std::vector<MapEntry> entries);
  static Value Node(NodeId id) {
    Value value(Type::kNode);
    value.bits_.id = id;
    return value;
  }
  static Value Node(NodeContent content);
  static Value Relationship(RelationshipContent content);
  static Value Path(PathContent content);
  static Value OfDate(Date v);
  static Value OfLocalTime(LocalTime v);
  static Value OfTime(Time v);
  static Value OfLocalDateTime(LocalDateTime v);
  static Value OfDateTime(DateTime v);
  static Value OfDuration(Duration v);

  Type type() const { return type_; }
  bool is_null() const { return type_ == Type::kNull; }
  bool is_boolean() const { return type_ == Type::kBoolean; }
  bool is_integer() const { return type_ == Type::kInteger; }
  bool is_float() const { return type_ == Type::kFloat; }
  bool is_number() const { return is_integer() || is_float(); }
  bool is_string() const { return type_ == Type::kString; }
  bool is_list() const { return type_ == Type::kList; }
  bool is_map() const { return type_ == Type::kMap; }
  bool is_node() const { return type_ == Type::kNode; }
  bool is_relationship() const { return type_ == Type::kRelationship; }
  bool is_path() const { return type_ == Type::kPath; }
  bool is_temporal() const {  // the five instants, not durations
    return type_ >= Type::kDateTime && type_ <= Type::kLocalTime;
  }
  bool is_duration() const { return type_ == Type::kDuration; }

  // Each accessor requires the matching type().
  bool boolean() const { return bits_.boolean; }
  int64_t integer() const { return bits_.integer; }
  double floating() const { return bits_.floating; }
  // The number as a double, for either kind of number.
  double number() const { return is_integer() ? static_cast<double>(integer()) : floating(); }
  absl::string_view string() const ABSL_ATTRIBUTE_LIFETIME_BOUND;
  const std::vector<Value>& list() const ABSL_ATTRIBUTE_LIFETIME_BOUND;
  const std::vector<MapEntry>& map() const ABSL_ATTRIBUTE_LIFETIME_BOUND;
  // The value under `key`, or nullptr.
  const Value* Find(absl::string_view key) const ABSL_ATTRIBUTE_LIFETIME_BOUND;
  NodeId node_id() const;
  // nullptr unless the node was filled in.
  const NodeContent* node() const ABSL_ATTRIBUTE_LIFETIME_BOUND;
  const RelationshipContent& relationship() const ABSL_ATTRIBUTE_LIFETIME_BOUND;
  const PathContent& path() const ABSL_ATTRIBUTE_LIFETIME_BOUND;
  Date date() const;
  LocalTime local_time() const;
  const Time& time() const;
  const LocalDateTime& local_date_time() const;
  const DateTime& date_time() const;
  const Duration& duration() const;

  // "INTEGER", "LIST", "NODE" … as error messages name types.
  static absl::string_view TypeName(Type type);

  // Approximate heap bytes behind this value, for memory limits; what is shared counts each time.
  size_t HeapBytes() const { return boxed_ ? bits_.payload->heap_bytes : 0; }
  // How deep lists and maps lie in one another here: 0 for anything else, 1 for a flat list.
  // Destruction, comparison and printing go as deep, so whoever nests values must bound it.
  uint32_t Depth() const { return boxed_ ? bits_.payload->depth : 0; }

 private:
  explicit Value(Type type) : type_(type) { bits_.integer = 0; }

  struct Payload {
    virtual ~Payload() = default;
    std::atomic<uint32_t> references{1};
    uint32_t depth = 0;
    size_t heap_bytes = 0;
  };
  template <typename T>
  struct Boxed;
  struct Text;

  template <typename T>
  static Value Box(Type type, T content);
  template <typename T>
  const T& Unbox() const;
  void Retain() const {
    if (boxed_) bits_.payload->references.fetch_add(1, std::memory_order_relaxed);
  }
  void Release() {
    if (boxed_) ReleasePayload();
  }
  void ReleasePayload();

  Type type_;
  bool boxed_ = false;  // bits_.payload is in use and counted
  union Bits {
    bool boolean;
    int64_t integer;
    double floating;
    uint64_t id;
    Payload* payload;
  };
  Bits bits_;
};

static_assert(sizeof(Value) == 16);

}  // namespace entente
