#include "engine/value.h"

#include <algorithm>
#include <memory>
#include <new>

#include "storage/check.h"

namespace entente {

template <typename T>
struct Value::Boxed final : Value::Payload {
  explicit Boxed(T c) : content(std::move(c)) {}
  T content;
};

// The characters stand behind it, and a zero behind them.
struct Value::Text final : Value::Payload {
  explicit Text(size_t s) : size(s) {}
  // Not of this size, as a compiler would have it.
  static void operator delete(void* memory) { ::operator delete(memory); }
  char* characters() { return reinterpret_cast<char*>(this + 1); }

  size_t size;
};

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

// Far beyond any memory, and far enough below the largest number for sums not to overflow.
constexpr size_t kMostBytes = size_t{1} << 56;

size_t AddSizes(size_t a, size_t b) { return std::min(a + b, kMostBytes); }

// Bytes and depth of what a payload holds beyond itself, found once when it is made: a shared part
// would else be walked again for each way that leads to it.
struct Extent {
  size_t heap_bytes = 0;
  uint32_t depth = 0;

  void Add(const Value& value) {
    heap_bytes = AddSizes(heap_bytes, AddSizes(sizeof(Value), value.HeapBytes()));
    depth = std::max(depth, value.Depth());
  }
  void Add(const std::vector<Value>& values) {
    for (const Value& value : values) Add(value);
  }
  void Add(const std::vector<MapEntry>& entries) {
    for (const auto& [key, value] : entries) {
      heap_bytes = AddSizes(heap_bytes, sizeof(std::string) + key.size());
      Add(value);
    }
  }
};

Extent ExtentOf(const std::vector<Value>& values) {
  Extent extent;
  extent.Add(values);
  ++extent.depth;
  return extent;
}

Extent ExtentOf(const std::vector<MapEntry>& entries) {
  Extent extent;
  extent.Add(entries);
  ++extent.depth;
  return extent;
}

Extent ExtentOf(const NodeContent& node) {
  Extent extent;
  extent.Add(node.properties);
  for (const std::string& label : node.labels) {
    extent.heap_bytes += sizeof(std::string) + label.size();
  }
  return extent;
}

Extent ExtentOf(const RelationshipContent& relationship) {
  Extent extent;
  extent.Add(relationship.properties);
  extent.heap_bytes += relationship.type.size();
  return extent;
}

Extent ExtentOf(const PathContent& path) {
  Extent extent;
  extent.Add(path.nodes);
  extent.Add(path.relationships);
  return extent;
}

// The boxed temporal values.
template <typename T>
Extent ExtentOf(const T&) {
  return {};
}

}  // namespace

template <typename T>
Value Value::Box(Type type, T content) {
  const Extent extent = ExtentOf(content);
  auto payload = std::make_unique<Boxed<T>>(std::move(content));
  payload->depth = extent.depth;
  payload->heap_bytes = AddSizes(sizeof(Boxed<T>), extent.heap_bytes);
  Value value(type);
  value.bits_.payload = payload.release();
  value.boxed_ = true;
  return value;
}

Value Value::String(absl::string_view v) {
  const size_t bytes = sizeof(Text) + v.size() + 1;
  Text* const text = new (::operator new(bytes)) Text(v.size());
  *std::copy(v.begin(), v.end(), text->characters()) = 0;
  text->heap_bytes = bytes;
  Value value(Type::kString);
  value.bits_.payload = text;
  value.boxed_ = true;
  return value;
}
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

absl::string_view Value::string() const {
  Text* const text = static_cast<Text*>(bits_.payload);
  return {text->characters(), text->size};
}
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

}  // namespace entente
