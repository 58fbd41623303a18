#include "engine/value.h"

#include <algorithm>
#include <memory>

#include "storage/check.h"

namespace entente {

template <typename T>
struct Value::Boxed final : Value::Payload {
  explicit Boxed(T c) : content(std::move(c)) {}
  T content;
};

template <typename T>
Value Value::Box(Type type, T content) {
  Value value(type);
  value.bits_.payload = std::make_unique<Boxed<T>>(std::move(content)).release();
  value.boxed_ = true;
  return value;
}

template <typename T>
const T& Value::Unbox() const {
  return static_cast<const Boxed<T>*>(bits_.payload)->content;
}

void Value::ReleasePayload() {
  if (bits_.payload->references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    std::unique_ptr<Payload>(bits_.payload).reset();
  }
  boxed_ = false;
}

namespace {

// Sorts by key and keeps the last entry of each.
void Normalise(std::vector<MapEntry>* entries) {
  const auto by_key = [](const MapEntry& a, const MapEntry& b) { return a.first < b.first; };
  if (!std::is_sorted(entries->begin(), entries->end(), by_key)) {
    std::stable_sort(entries->begin(), entries->end(), by_key);
  }
  size_t kept = 0;
  for (size_t i = 0; i < entries->size(); ++i) {
    if (i + 1 < entries->size() && (*entries)[i + 1].first == (*entries)[i].first) continue;
    if (kept != i) (*entries)[kept] = std::move((*entries)[i]);
    ++kept;
  }
  entries->resize(kept);
}

size_t HeapBytesOf(const std::vector<Value>& values) {
  size_t bytes = values.size() * sizeof(Value);
  for (const Value& value : values) bytes += value.HeapBytes();
  return bytes;
}

size_t HeapBytesOf(const std::vector<MapEntry>& entries) {
  size_t bytes = entries.size() * sizeof(MapEntry);
  for (const auto& [key, value] : entries) bytes += key.size() + value.HeapBytes();
  return bytes;
}

}  // namespace

Value Value::String(absl::string_view v) {
  return Box(Type::kString, std::string(v.data(), v.size()));
}
Value Value::String(std::string&& v) { return Box(Type::kString, std::move(v)); }
Value Value::List(std::vector<Value> v) { return Box(Type::kList, std::move(v)); }

Value Value::Map(std::vector<MapEntry> entries) {
  Normalise(&entries);
  return Box(Type::kMap, std::move(entries));
}

Value Value::Node(NodeContent content) { return Box(Type::kNode, std::move(content)); }

Value Value::Relationship(RelationshipContent content) {
  return Box(Type::kRelationship, std::move(content));
}

Value Value::Path(PathContent content) {
  ENTENTE_CHECK(content.nodes.size() == content.relationships.size() + 1);
  return Box(Type::kPath, std::move(content));
}

Value Value::OfDate(Date v) {
  Value value(Type::kDate);
  value.bits_.integer = v.days;
  return value;
}

Value Value::OfLocalTime(LocalTime v) {
  Value value(Type::kLocalTime);
  value.bits_.integer = v.nanoseconds;
  return value;
}

Value Value::OfTime(Time v) { return Box(Type::kTime, v); }
Value Value::OfLocalDateTime(LocalDateTime v) { return Box(Type::kLocalDateTime, v); }
Value Value::OfDateTime(DateTime v) { return Box(Type::kDateTime, v); }
Value Value::OfDuration(Duration v) { return Box(Type::kDuration, v); }

absl::string_view Value::string() const { return Unbox<std::string>(); }
const std::vector<Value>& Value::list() const { return Unbox<std::vector<Value>>(); }
const std::vector<MapEntry>& Value::map() const { return Unbox<std::vector<MapEntry>>(); }

const Value* Value::Find(absl::string_view key) const {
  const std::vector<MapEntry>& entries = map();
  const auto it =
      std::lower_bound(entries.begin(), entries.end(), key,
                       [](const MapEntry& entry, absl::string_view k) { return entry.first < k; });
  return it != entries.end() && it->first == key ? &it->second : nullptr;
}

NodeId Value::node_id() const { return boxed_ ? Unbox<NodeContent>().id : bits_.id; }
const NodeContent* Value::node() const { return boxed_ ? &Unbox<NodeContent>() : nullptr; }
const RelationshipContent& Value::relationship() const { return Unbox<RelationshipContent>(); }
const PathContent& Value::path() const { return Unbox<PathContent>(); }
Date Value::date() const { return Date{bits_.integer}; }
LocalTime Value::local_time() const { return LocalTime{bits_.integer}; }
const Time& Value::time() const { return Unbox<Time>(); }
const LocalDateTime& Value::local_date_time() const { return Unbox<LocalDateTime>(); }
const DateTime& Value::date_time() const { return Unbox<DateTime>(); }
const Duration& Value::duration() const { return Unbox<Duration>(); }

absl::string_view Value::TypeName(Type type) {
  switch (type) {
    case Type::kMap:
      return "MAP";
    case Type::kNode:
      return "NODE";
    case Type::kRelationship:
      return "RELATIONSHIP";
    case Type::kList:
      return "LIST";
    case Type::kPath:
      return "PATH";
    case Type::kDateTime:
      return "DATETIME";
    case Type::kLocalDateTime:
      return "LOCALDATETIME";
    case Type::kDate:
      return "DATE";
    case Type::kTime:
      return "TIME";
    case Type::kLocalTime:
      return "LOCALTIME";
    case Type::kDuration:
      return "DURATION";
    case Type::kString:
      return "STRING";
    case Type::kBoolean:
      return "BOOLEAN";
    case Type::kInteger:
      return "INTEGER";
    case Type::kFloat:
      return "FLOAT";
    case Type::kNull:
      return "NULL";
  }
  return "UNKNOWN";
}

size_t Value::HeapBytes() const {
  if (!boxed_) return 0;
  switch (type_) {
    case Type::kString:
      return sizeof(Boxed<std::string>) + string().size();
    case Type::kList:
      return sizeof(Boxed<std::vector<Value>>) + HeapBytesOf(list());
    case Type::kMap:
      return sizeof(Boxed<std::vector<MapEntry>>) + HeapBytesOf(map());
    case Type::kNode: {
      size_t bytes = sizeof(Boxed<NodeContent>) + HeapBytesOf(node()->properties);
      for (const std::string& label : node()->labels) bytes += sizeof(std::string) + label.size();
      return bytes;
    }
    case Type::kRelationship:
      return sizeof(Boxed<RelationshipContent>) + relationship().type.size() +
             HeapBytesOf(relationship().properties);
    case Type::kPath:
      return sizeof(Boxed<PathContent>) + HeapBytesOf(path().nodes) +
             HeapBytesOf(path().relationships);
    default:
      return sizeof(Boxed<DateTime>);  // the largest of the boxed temporal values
  }
}

}  // namespace entente
