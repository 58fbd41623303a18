// A value is a byte that tells its kind, and then:
//
//   00        null (only inside lists)
//   01, 02    false, true
//   03        integer: zigzag varint
//   04        float: 8 bytes, little endian, IEEE 754
//   05        float that is n / 100 for a whole |n| below 2^31: n as zigzag varint
//   06        string: length varint, UTF-8 bytes
//   07        list: count varint, then the elements
//   08        date: days since 1970-01-01, zigzag varint
//   09        local time: nanoseconds of the day, varint
//   0a        time: nanoseconds of the day, varint; offset in seconds, zigzag varint
//   0b        local date-time: seconds, zigzag varint; nanoseconds, varint
//   0c        date-time: like local date-time, but UTC; offset in seconds, zigzag varint; length of
//             the zone's name, varint, 0 for none; the name
//   0d        duration: months, days, seconds, zigzag varints each; nanoseconds, varint
//   40 … 7f   string of 0 … 63 bytes, which follow
//   80 … bf   integer 0 … 63
//
// A varint holds seven bits a byte, the lowest first, and the top bit says that more follow. Zigzag
// maps 0, -1, 1, -2 … to 0, 1, 2, 3 … The slug of "It's over, at 9!" is "it-s-over-at-9": letters
// and digits of ASCII, small, and a dash for whatever stands between them.
//
// Packed properties are as storage/properties.h says, in these forms:
//
//   0  a value, as above
//   1  a string: its bytes
//   2  a string around the slug of the next property's, which must be a string: what comes before
//      it, 00, what comes after it. Addresses of documents often hold their title like this.
#include "engine/value_codec.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "absl/base/internal/endian.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/status.h"
#include "engine/temporal_calendar.h"
#include "engine/temporal_zone.h"
#include "engine/value_depth.h"

namespace entente {
namespace {

enum Kind : uint8_t {
  kNull = 0x00,
  kFalse = 0x01,
  kTrue = 0x02,
  kInteger = 0x03,
  kFloat = 0x04,
  kHundredths = 0x05,
  kString = 0x06,
  kList = 0x07,
  kDate = 0x08,
  kLocalTime = 0x09,
  kTime = 0x0a,
  kLocalDateTime = 0x0b,
  kDateTime = 0x0c,
  kDuration = 0x0d,
  kShortString = 0x40,
  kSmallInteger = 0x80,
};
constexpr size_t kShortLimit = 64;  // of short strings and small integers
constexpr size_t kLeastSlug = 8;    // that is worth leaving out

enum PropertyForm : uint8_t { kValueForm = 0, kTextForm = 1, kAroundSlugForm = 2 };

absl::Status Corrupt(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("Corrupt property value: ", what));
}

void PutByte(uint8_t byte, std::string* out) { out->push_back(static_cast<char>(byte)); }

void PutVarint(uint64_t v, std::string* out) {
  for (; v >= 0x80; v >>= 7) PutByte(static_cast<uint8_t>(v | 0x80), out);
  PutByte(static_cast<uint8_t>(v), out);
}

void PutZigzag(int64_t v, std::string* out) {
  PutVarint((static_cast<uint64_t>(v) << 1) ^ static_cast<uint64_t>(v >> 63), out);
}

void PutText(absl::string_view text, std::string* out) {
  PutVarint(text.size(), out);
  out->append(text.data(), text.size());
}

bool GetByte(absl::string_view* in, uint8_t* byte) {
  if (in->empty()) return false;
  *byte = static_cast<uint8_t>(in->front());
  in->remove_prefix(1);
  return true;
}

bool GetVarint(absl::string_view* in, uint64_t* v) {
  *v = 0;
  uint8_t byte = 0x80;
  for (int shift = 0; byte >= 0x80; shift += 7) {
    if (shift > 63 || !GetByte(in, &byte) || (shift == 63 && byte > 1)) return false;
    *v |= static_cast<uint64_t>(byte & 0x7f) << shift;
  }
  return true;
}

bool GetZigzag(absl::string_view* in, int64_t* v) {
  uint64_t raw = 0;
  if (!GetVarint(in, &raw)) return false;
  *v = static_cast<int64_t>((raw >> 1) ^ (~(raw & 1) + 1));
  return true;
}

bool GetBytes(absl::string_view* in, uint64_t size, absl::string_view* bytes) {
  if (size > in->size()) return false;
  *bytes = in->substr(0, size);
  in->remove_prefix(size);
  return true;
}

bool GetText(absl::string_view* in, absl::string_view* text) {
  uint64_t size = 0;
  return GetVarint(in, &size) && GetBytes(in, size, text);
}

void PutString(absl::string_view text, std::string* out) {
  if (text.size() < kShortLimit) {
    PutByte(static_cast<uint8_t>(kShortString + text.size()), out);
    out->append(text.data(), text.size());
    return;
  }
  PutByte(kString, out);
  PutText(text, out);
}

// What a slug has for each byte: small letters, digits, and a dash for all else.
constexpr std::array<char, 256> kSlugBytes = [] {
  std::array<char, 256> bytes{};
  bytes.fill('-');
  for (char c = '0'; c <= '9'; ++c) bytes[static_cast<size_t>(c)] = c;
  for (char c = 'a'; c <= 'z'; ++c) {
    bytes[static_cast<size_t>(c)] = bytes[static_cast<size_t>(c - 'a' + 'A')] = c;
  }
  return bytes;
}();

// Writes the slug of `text` to `slug`, which has as much room, and returns its size. Without
// branches, which nothing could foresee where words end.
size_t MakeSlug(absl::string_view text, char* slug) {
  size_t size = 0;
  char before = '-';
  for (const char c : text) {
    const char next = kSlugBytes[static_cast<unsigned char>(c)];
    slug[size] = next;
    size += static_cast<size_t>((next != '-') | (before != '-'));
    before = next;
  }
  return size > 0 && before == '-' ? size - 1 : size;
}

std::string SlugOf(absl::string_view text) {
  std::string slug(text.size(), '\0');
  slug.resize(MakeSlug(text, slug.data()));
  return slug;
}

// Where `part` of at least kLeastSlug bytes stands in `text`; npos: nowhere. Few texts have eight
// bytes in common with another by chance, so all places are looked at alike.
size_t FindPart(absl::string_view text, absl::string_view part) {
  static_assert(kLeastSlug >= sizeof(uint64_t));
  uint64_t begin;
  std::memcpy(&begin, part.data(), sizeof(begin));
  for (size_t at = 0; at + part.size() <= text.size(); ++at) {
    uint64_t eight;
    std::memcpy(&eight, text.data() + at, sizeof(eight));
    if (eight == begin && text.substr(at, part.size()) == part) return at;
  }
  return absl::string_view::npos;
}

// Where the slug of `of` stands in `text`, "" when it does not, or is too short to be worth it.
absl::string_view FindSlug(absl::string_view text, absl::string_view of) {
  if (text.size() < kLeastSlug || of.size() < kLeastSlug) return "";
  // Most texts do not even have the slug's beginning, which is sooner made.
  std::array<char, kLeastSlug * 3 / 2> head;
  const size_t head_size = MakeSlug(of.substr(0, head.size()), head.data());
  if (head_size >= kLeastSlug) {
    const size_t begin = FindPart(text, {head.data(), kLeastSlug});
    if (begin == absl::string_view::npos) return "";
    text.remove_prefix(begin);
  }
  absl::InlinedVector<char, 256> slug(of.size());
  const size_t size = MakeSlug(of, slug.data());
  if (size < kLeastSlug) return "";
  const size_t begin = FindPart(text, {slug.data(), size});
  return begin == absl::string_view::npos ? "" : text.substr(begin, size);
}

void AppendFloat(double v, std::string* out) {
  const double hundredths = std::nearbyint(v * 100);
  // Negative zero and all that is not finite go the long way.
  if (std::abs(hundredths) < 0x1p31 && hundredths / 100 == v && !(v == 0 && std::signbit(v))) {
    PutByte(kHundredths, out);
    PutZigzag(static_cast<int64_t>(hundredths), out);
    return;
  }
  PutByte(kFloat, out);
  uint64_t bits;
  std::memcpy(&bits, &v, sizeof bits);
  char bytes[sizeof bits];
  absl::little_endian::Store64(bytes, bits);
  out->append(bytes, sizeof bytes);
}

void AppendDateTime(const DateTime& v, std::string* out) {
  PutByte(kDateTime, out);
  PutZigzag(v.seconds, out);
  PutVarint(static_cast<uint64_t>(v.nanoseconds), out);
  PutZigzag(v.offset_seconds, out);
  PutText(v.zone != nullptr ? absl::string_view(v.zone->name) : absl::string_view(), out);
}

void AppendDuration(const Duration& v, std::string* out) {
  PutByte(kDuration, out);
  PutZigzag(v.months, out);
  PutZigzag(v.days, out);
  PutZigzag(v.seconds, out);
  PutVarint(static_cast<uint64_t>(v.nanoseconds), out);
}

bool IsStorable(const Value& value, uint32_t depth) {
  switch (value.type()) {
    case Value::Type::kList:
      return depth < kDeepestValue &&
             std::all_of(value.list().begin(), value.list().end(), [&](const Value& element) {
               return element.is_null() || IsStorable(element, depth + 1);
             });
    case Value::Type::kNull:
    case Value::Type::kMap:
    case Value::Type::kNode:
    case Value::Type::kRelationship:
    case Value::Type::kPath:
      return false;
    default:
      return true;
  }
}

absl::StatusOr<Value> ReadFloat(absl::string_view* in) {
  absl::string_view bytes;
  if (!GetBytes(in, sizeof(uint64_t), &bytes)) return Corrupt("a float is cut off");
  const uint64_t bits = absl::little_endian::Load64(bytes.data());
  double v;
  std::memcpy(&v, &bits, sizeof v);
  return Value::Float(v);
}

bool GetNanosOfDay(absl::string_view* in, int64_t* nanoseconds) {
  uint64_t raw = 0;
  if (!GetVarint(in, &raw) || raw >= static_cast<uint64_t>(kNanosPerDay)) return false;
  *nanoseconds = static_cast<int64_t>(raw);
  return true;
}

bool GetNanosOfSecond(absl::string_view* in, int32_t* nanoseconds) {
  uint64_t raw = 0;
  if (!GetVarint(in, &raw) || raw >= static_cast<uint64_t>(kNanosPerSecond)) return false;
  *nanoseconds = static_cast<int32_t>(raw);
  return true;
}

bool GetOffset(absl::string_view* in, int32_t* offset_seconds) {
  int64_t raw = 0;
  if (!GetZigzag(in, &raw) || raw > kMaxOffsetSeconds || raw < -kMaxOffsetSeconds) return false;
  *offset_seconds = static_cast<int32_t>(raw);
  return true;
}

// Seconds of a date that the temporal types can hold, a day more for instants off Greenwich.
bool GetSeconds(absl::string_view* in, int64_t* seconds) {
  return GetZigzag(in, seconds) && (IsInRange(Date{FloorDiv(*seconds, kSecondsPerDay) + 1}) ||
                                    IsInRange(Date{FloorDiv(*seconds, kSecondsPerDay) - 1}));
}

absl::StatusOr<Value> ReadDateTime(absl::string_view* in) {
  DateTime v;
  absl::string_view zone;
  if (!GetSeconds(in, &v.seconds) || !GetNanosOfSecond(in, &v.nanoseconds) ||
      !GetOffset(in, &v.offset_seconds) || !GetText(in, &zone)) {
    return Corrupt("a bad date-time");
  }
  if (!zone.empty()) {
    const absl::StatusOr<const NamedZone*> found = FindZone(zone);
    if (!found.ok()) return Corrupt(absl::StrCat("time zone '", zone, "' is not known here"));
    v.zone = *found;
  }
  return Value::OfDateTime(v);
}

absl::StatusOr<Value> ReadTemporal(uint8_t kind, absl::string_view* in) {
  switch (kind) {
    case kDate: {
      Date v;
      if (!GetZigzag(in, &v.days) || !IsInRange(v)) return Corrupt("a bad date");
      return Value::OfDate(v);
    }
    case kLocalTime: {
      LocalTime v;
      if (!GetNanosOfDay(in, &v.nanoseconds)) return Corrupt("a bad local time");
      return Value::OfLocalTime(v);
    }
    case kTime: {
      Time v;
      if (!GetNanosOfDay(in, &v.nanoseconds) || !GetOffset(in, &v.offset_seconds)) {
        return Corrupt("a bad time");
      }
      return Value::OfTime(v);
    }
    case kLocalDateTime: {
      LocalDateTime v;
      if (!GetSeconds(in, &v.seconds) || !GetNanosOfSecond(in, &v.nanoseconds)) {
        return Corrupt("a bad local date-time");
      }
      return Value::OfLocalDateTime(v);
    }
    case kDateTime:
      return ReadDateTime(in);
    case kDuration: {
      Duration v;
      if (!GetZigzag(in, &v.months) || !GetZigzag(in, &v.days) || !GetZigzag(in, &v.seconds) ||
          !GetNanosOfSecond(in, &v.nanoseconds)) {
        return Corrupt("a bad duration");
      }
      return Value::OfDuration(v);
    }
    default:
      return Corrupt("an unknown kind");
  }
}

absl::StatusOr<Value> ReadValue(absl::string_view* in, uint32_t depth);

absl::StatusOr<Value> ReadList(absl::string_view* in, uint32_t depth) {
  uint64_t count = 0;
  // Each element takes a byte at least, which keeps a wrong count from asking for much memory.
  if (depth >= kDeepestValue || !GetVarint(in, &count) || count > in->size()) {
    return Corrupt("a bad list");
  }
  std::vector<Value> elements;
  elements.reserve(count);
  for (uint64_t i = 0; i < count; ++i) {
    ASSIGN_OR_RETURN(Value element, ReadValue(in, depth + 1));
    elements.push_back(std::move(element));
  }
  return Value::List(std::move(elements));
}

absl::StatusOr<Value> ReadValue(absl::string_view* in, uint32_t depth) {
  uint8_t kind = 0;
  if (!GetByte(in, &kind)) return Corrupt("it is cut off");
  absl::string_view text;
  int64_t number = 0;
  if (kind >= kSmallInteger && kind < kSmallInteger + kShortLimit) {
    return Value::Integer(kind - kSmallInteger);
  }
  if (kind >= kShortString && kind < kShortString + kShortLimit) {
    if (!GetBytes(in, kind - kShortString, &text)) return Corrupt("a string is cut off");
    return Value::String(text);
  }
  switch (kind) {
    case kNull:
      if (depth == 0) return Corrupt("a null outside a list");
      return Value::Null();
    case kFalse:
    case kTrue:
      return Value::Boolean(kind == kTrue);
    case kInteger:
      if (!GetZigzag(in, &number)) return Corrupt("an integer is cut off");
      return Value::Integer(number);
    case kFloat:
      return ReadFloat(in);
    case kHundredths:
      if (!GetZigzag(in, &number)) return Corrupt("a float is cut off");
      return Value::Float(static_cast<double>(number) / 100);
    case kString:
      if (!GetText(in, &text)) return Corrupt("a string is cut off");
      return Value::String(text);
    case kList:
      return ReadList(in, depth);
    default:
      return ReadTemporal(kind, in);
  }
}

// The string whose slug stands between the two parts of `around`, and so on up to one that is
// whole: `rest` are the properties behind. False when the bytes are broken.
bool ReadAroundSlug(absl::string_view around, absl::string_view rest, std::string* text) {
  std::vector<absl::string_view> parts = {around};
  storage::PackedProperty next;
  for (next.form = kAroundSlugForm; next.form == kAroundSlugForm;) {
    if (!storage::TakeProperty(&rest, &next)) return false;
    if (next.form == kAroundSlugForm) parts.push_back(next.bytes);
  }
  if (next.form != kTextForm) return false;
  text->assign(next.bytes.data(), next.bytes.size());
  for (; !parts.empty(); parts.pop_back()) {
    const size_t gap = parts.back().find('\0');
    if (gap == absl::string_view::npos) return false;
    *text = absl::StrCat(parts.back().substr(0, gap), SlugOf(*text), parts.back().substr(gap + 1));
  }
  return true;
}

}  // namespace

bool IsStorable(const Value& value) { return IsStorable(value, 0); }

void AppendValue(const Value& value, std::string* out) {
  switch (value.type()) {
    case Value::Type::kNull:
      return PutByte(kNull, out);
    case Value::Type::kBoolean:
      return PutByte(value.boolean() ? kTrue : kFalse, out);
    case Value::Type::kInteger:
      if (value.integer() >= 0 && value.integer() < static_cast<int64_t>(kShortLimit)) {
        return PutByte(static_cast<uint8_t>(kSmallInteger + value.integer()), out);
      }
      PutByte(kInteger, out);
      return PutZigzag(value.integer(), out);
    case Value::Type::kFloat:
      return AppendFloat(value.floating(), out);
    case Value::Type::kString:
      return PutString(value.string(), out);
    case Value::Type::kList:
      PutByte(kList, out);
      PutVarint(value.list().size(), out);
      for (const Value& element : value.list()) AppendValue(element, out);
      return;
    case Value::Type::kDate:
      PutByte(kDate, out);
      return PutZigzag(value.date().days, out);
    case Value::Type::kLocalTime:
      PutByte(kLocalTime, out);
      return PutVarint(static_cast<uint64_t>(value.local_time().nanoseconds), out);
    case Value::Type::kTime:
      PutByte(kTime, out);
      PutVarint(static_cast<uint64_t>(value.time().nanoseconds), out);
      return PutZigzag(value.time().offset_seconds, out);
    case Value::Type::kLocalDateTime:
      PutByte(kLocalDateTime, out);
      PutZigzag(value.local_date_time().seconds, out);
      return PutVarint(static_cast<uint64_t>(value.local_date_time().nanoseconds), out);
    case Value::Type::kDateTime:
      return AppendDateTime(value.date_time(), out);
    case Value::Type::kDuration:
      return AppendDuration(value.duration(), out);
    default:
      ENTENTE_CHECK(IsStorable(value));
  }
}

absl::StatusOr<Value> ReadValue(absl::string_view* bytes) { return ReadValue(bytes, 0); }

std::string PackProperties(std::vector<Property> properties) {
  properties.erase(std::remove_if(properties.begin(), properties.end(),
                                  [](const Property& p) { return p.second.is_null(); }),
                   properties.end());
  std::sort(properties.begin(), properties.end(),
            [](const Property& a, const Property& b) { return a.first < b.first; });
  std::string out;
  std::string bytes;
  for (size_t i = 0; i < properties.size(); ++i) {
    const auto& [id, value] = properties[i];
    if (value.is_string()) {
      const bool before_string = i + 1 < properties.size() && properties[i + 1].second.is_string();
      AppendTextProperty(id, value.string(), &out,
                         before_string ? properties[i + 1].second.string() : "");
    } else {
      bytes.clear();
      AppendValue(value, &bytes);
      storage::AppendProperty({id, kValueForm, bytes}, &out);
    }
  }
  return out;
}

void AppendTextProperty(PropertyId id, absl::string_view text, std::string* packed,
                        absl::string_view next) {
  const absl::string_view slug = FindSlug(text, next);
  if (!slug.empty() && !absl::StrContains(text, '\0')) {
    storage::AppendPropertyHead(id, kAroundSlugForm, text.size() - slug.size() + 1, packed);
    packed->append(text.data(), slug.data()).push_back('\0');
    packed->append(slug.data() + slug.size(), text.data() + text.size());
    return;
  }
  storage::AppendProperty({id, kTextForm, text}, packed);
}

absl::StatusOr<std::vector<Property>> UnpackProperties(absl::string_view packed) {
  std::vector<Property> properties;
  PropertyCursor cursor(packed);
  while (cursor.Next()) {
    ASSIGN_OR_RETURN(Value value, cursor.value());
    properties.emplace_back(cursor.id(), std::move(value));
  }
  RETURN_IF_ERROR(cursor.status());
  return properties;
}

absl::StatusOr<Value> FindProperty(absl::string_view packed, PropertyId id) {
  PropertyCursor cursor(packed);
  while (cursor.Next()) {
    if (cursor.id() == id) return cursor.value();
    if (cursor.id() > id) return Value::Null();
  }
  RETURN_IF_ERROR(cursor.status());
  return Value::Null();
}

absl::StatusOr<std::string> WithProperty(absl::string_view packed, PropertyId id,
                                         const Value& value) {
  ASSIGN_OR_RETURN(std::vector<Property> properties, UnpackProperties(packed));
  const auto same = std::find_if(properties.begin(), properties.end(),
                                 [&](const Property& p) { return p.first == id; });
  if (same != properties.end()) {
    same->second = value;
  } else {
    properties.emplace_back(id, value);
  }
  return PackProperties(std::move(properties));
}

bool PropertyCursor::Next() {
  if (rest_.empty() || !status_.ok()) return false;
  const PropertyId before = property_.id;
  if (!storage::TakeProperty(&rest_, &property_) || property_.form > kAroundSlugForm ||
      (before != kNoSymbol && property_.id <= before)) {
    status_ = Corrupt("a bad property");
    return false;
  }
  return true;
}

absl::StatusOr<Value> PropertyCursor::value() const {
  if (property_.form == kTextForm) return Value::String(property_.bytes);
  if (property_.form == kAroundSlugForm) {
    std::string text;
    if (!ReadAroundSlug(property_.bytes, rest_, &text)) return Corrupt("a bad slug");
    return Value::String(text);
  }
  absl::string_view bytes = property_.bytes;
  ASSIGN_OR_RETURN(Value value, ReadValue(&bytes));
  if (!bytes.empty()) return Corrupt("bytes behind a value");
  return value;
}

}  // namespace entente
