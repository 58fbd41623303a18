#include "query/evidence_fields.h"

#include <algorithm>
#include <array>
#include <optional>

namespace entente::query {
namespace {

using Type = Value::Type;

constexpr int64_t kMicrosPerSecond = 1'000'000;

Value SpanOf(const Evidence& piece) {
  if (piece.span_begin < 0) return Value::Null();
  return Value::List({Value::Integer(piece.span_begin), Value::Integer(piece.span_end)});
}

constexpr TypeSet kNodeOrNull = {Type::kNode, Type::kNull};

const std::array<EvidenceField, 9> kFields = {{
    {"article", kNodeOrNull, [](const Evidence& piece) { return NodeOrNull(piece.article); }},
    {"publisher", kNodeOrNull, [](const Evidence& piece) { return NodeOrNull(piece.publisher); }},
    {"published",
     {Type::kDateTime, Type::kNull},
     [](const Evidence& piece) { return InstantOrNull(piece.published); }},
    {"stance",
     {Type::kString},
     [](const Evidence& piece) { return Value::String(StanceName(piece.stance)); }},
    {"asserted_by", kNodeOrNull, [](const Evidence& piece) { return NodeOrNull(piece.asserter); }},
    {"confidence",
     {Type::kFloat},
     [](const Evidence& piece) { return Value::Float(piece.confidence); }},
    {"sentence",
     {Type::kInteger, Type::kNull},
     [](const Evidence& piece) {
       return piece.sentence < 0 ? Value::Null() : Value::Integer(piece.sentence);
     }},
    {"span", {Type::kList, Type::kNull}, SpanOf},
    {"quote",
     {Type::kString, Type::kNull},
     [](const Evidence& piece) {
       return piece.quote.empty() ? Value::Null() : Value::String(piece.quote);
     }},
}};

}  // namespace

absl::Span<const EvidenceField> EvidenceFields() { return kFields; }

const EvidenceField* FindEvidenceField(absl::string_view name) {
  const auto found = std::find_if(kFields.begin(), kFields.end(),
                                  [&](const EvidenceField& field) { return field.name == name; });
  return found == kFields.end() ? nullptr : &*found;
}

Value NodeOrNull(NodeId node) { return node == kNoId ? Value::Null() : Value::Node(node); }

Value InstantOrNull(const std::optional<Instant>& instant) {
  if (!instant.has_value()) return Value::Null();
  int64_t seconds = *instant / kMicrosPerSecond;
  int64_t micros = *instant % kMicrosPerSecond;
  if (micros < 0) {
    micros += kMicrosPerSecond;
    --seconds;
  }
  DateTime utc;
  utc.seconds = seconds;
  utc.nanoseconds = static_cast<int32_t>(micros * 1000);
  return Value::OfDateTime(utc);
}

const Lens& LensOf(const FunctionContext& context, const Lens* bound) {
  static const Lens kDefault;
  if (bound != nullptr) return *bound;
  return context.lens != nullptr ? *context.lens : kDefault;
}

}  // namespace entente::query
