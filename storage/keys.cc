#include "storage/keys.h"

#include <array>

#include "storage/check.h"

namespace entente::storage {
namespace {

constexpr std::array<absl::string_view, kFamilyCount> kFamilyNames = {
    "default", "dictionary", "entities", "articles",  "names",
    "indexes", "adjacency",  "facts",    "provenance"};

// In escaped text a zero byte is followed by one of these.
constexpr char kEnd = '\x01';
constexpr char kZero = '\xff';

template <typename T>
void AppendBigEndian(T v, std::string* out) {
  char bytes[sizeof(T)];
  for (size_t i = 0; i < sizeof(T); ++i) bytes[i] = static_cast<char>(v >> 8 * (sizeof(T) - 1 - i));
  out->append(bytes, sizeof(T));
}

template <typename T>
bool TakeBigEndian(absl::string_view* bytes, T* v) {
  if (bytes->size() < sizeof(T)) {
    *bytes = absl::string_view();
    return false;
  }
  T value = 0;
  for (size_t i = 0; i < sizeof(T); ++i) {
    value = static_cast<T>(value << 8 | static_cast<uint8_t>((*bytes)[i]));
  }
  bytes->remove_prefix(sizeof(T));
  *v = value;
  return true;
}

}  // namespace

absl::string_view FamilyName(Family family) { return kFamilyNames[static_cast<size_t>(family)]; }

KeyWriter& KeyWriter::U8(uint8_t v) {
  bytes_.push_back(static_cast<char>(v));
  return *this;
}

KeyWriter& KeyWriter::U32(uint32_t v) {
  AppendBigEndian(v, &bytes_);
  return *this;
}

KeyWriter& KeyWriter::U64(uint64_t v) {
  AppendBigEndian(v, &bytes_);
  return *this;
}

KeyWriter& KeyWriter::Raw(absl::string_view v) {
  bytes_.append(v.data(), v.size());
  return *this;
}

KeyWriter& KeyWriter::EscapedPrefix(absl::string_view v) {
  for (char c : v) {
    bytes_.push_back(c);
    if (c == '\0') bytes_.push_back(kZero);
  }
  return *this;
}

KeyWriter& KeyWriter::Escaped(absl::string_view v) {
  EscapedPrefix(v);
  bytes_.push_back('\0');
  bytes_.push_back(kEnd);
  return *this;
}

bool KeyReader::U8(uint8_t* v) { return TakeBigEndian(&rest_, v); }
bool KeyReader::U32(uint32_t* v) { return TakeBigEndian(&rest_, v); }
bool KeyReader::U64(uint64_t* v) { return TakeBigEndian(&rest_, v); }

bool KeyReader::Escaped(std::string* v) {
  v->clear();
  for (size_t i = 0; i < rest_.size(); ++i) {
    if (rest_[i] != '\0') {
      v->push_back(rest_[i]);
      continue;
    }
    if (++i == rest_.size()) break;
    if (rest_[i] == kEnd) {
      rest_.remove_prefix(i + 1);
      return true;
    }
    if (rest_[i] != kZero) break;
    v->push_back('\0');
  }
  rest_ = absl::string_view();
  return false;
}

std::string AdjacencyKey(Direction direction, NodeId node, uint32_t chunk) {
  return KeyWriter().U8(static_cast<uint8_t>(direction)).U64(node).U32(chunk).bytes();
}

std::string NodeKey(NodeId node) { return KeyWriter().U64(node).bytes(); }

}  // namespace entente::storage
