#include "engine/value_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "engine/status.h"
#include "engine/temporal_text.h"

namespace entente {
namespace {

using Type = Value::Type;

void AppendValueText(const Value& value, std::string* out);

void AppendQuoted(absl::string_view text, std::string* out) {
  out->push_back('\'');
  for (const char c : text) {
    if (c == '\'' || c == '\\') out->push_back('\\');
    out->push_back(c);
  }
  out->push_back('\'');
}

bool IsPlainName(absl::string_view name) {
  const auto is_letter = [](unsigned char c) {
    return absl::ascii_isalpha(c) || c == '_' || c >= 0x80;
  };
  return !name.empty() && is_letter(static_cast<unsigned char>(name[0])) &&
         std::all_of(name.begin(), name.end(),
                     [&](unsigned char c) { return is_letter(c) || absl::ascii_isdigit(c); });
}

void AppendName(absl::string_view name, std::string* out) {
  absl::StrAppend(out, IsPlainName(name) ? std::string(name) : QuotedName(name));
}

void AppendMap(const std::vector<MapEntry>& entries, std::string* out) {
  out->push_back('{');
  absl::string_view separator;
  for (const auto& [key, value] : entries) {
    absl::StrAppend(out, separator);
    AppendName(key, out);
    absl::StrAppend(out, ": ");
    AppendValueText(value, out);
    separator = ", ";
  }
  out->push_back('}');
}

void AppendList(const std::vector<Value>& elements, std::string* out) {
  out->push_back('[');
  absl::string_view separator;
  for (const Value& element : elements) {
    absl::StrAppend(out, separator);
    AppendValueText(element, out);
    separator = ", ";
  }
  out->push_back(']');
}

void AppendNode(const Value& value, std::string* out) {
  out->push_back('(');
  if (const NodeContent* node = value.node(); node != nullptr) {
    for (const std::string& label : node->labels) {
      out->push_back(':');
      AppendName(label, out);
    }
    if (!node->properties.empty()) {
      if (!node->labels.empty()) out->push_back(' ');
      AppendMap(node->properties, out);
    }
  }
  out->push_back(')');
}

void AppendRelationship(const RelationshipContent& relationship, std::string* out) {
  absl::StrAppend(out, "[:");
  AppendName(relationship.type, out);
  if (!relationship.properties.empty()) {
    out->push_back(' ');
    AppendMap(relationship.properties, out);
  }
  out->push_back(']');
}

void AppendPath(const PathContent& path, std::string* out) {
  out->push_back('<');
  AppendNode(path.nodes[0], out);
  for (size_t i = 0; i < path.relationships.size(); ++i) {
    const RelationshipContent& relationship = path.relationships[i].relationship();
    const bool forward = relationship.start == path.nodes[i].node_id();
    absl::StrAppend(out, forward ? "-" : "<-");
    AppendRelationship(relationship, out);
    absl::StrAppend(out, forward ? "->" : "-");
    AppendNode(path.nodes[i + 1], out);
  }
  out->push_back('>');
}

void AppendValueText(const Value& value, std::string* out) {
  switch (value.type()) {
    case Type::kNull:
      return absl::StrAppend(out, "null");
    case Type::kBoolean:
      return absl::StrAppend(out, value.boolean() ? "true" : "false");
    case Type::kInteger:
      return absl::StrAppend(out, value.integer());
    case Type::kFloat:
      return absl::StrAppend(out, FormatFloat(value.floating()));
    case Type::kString:
      return AppendQuoted(value.string(), out);
    case Type::kList:
      return AppendList(value.list(), out);
    case Type::kMap:
      return AppendMap(value.map(), out);
    case Type::kNode:
      return AppendNode(value, out);
    case Type::kRelationship:
      return AppendRelationship(value.relationship(), out);
    case Type::kPath:
      return AppendPath(value.path(), out);
    default:
      return AppendQuoted(TemporalText(value), out);
  }
}

}  // namespace

std::string QuotedName(absl::string_view name) {
  return absl::StrCat("`", absl::StrReplaceAll(name, {{"`", "``"}}), "`");
}

std::string ValueText(const Value& value) {
  std::string out;
  AppendValueText(value, &out);
  return out;
}

std::string FormatFloat(double v) {
  if (std::isnan(v)) return "NaN";
  if (std::isinf(v)) return v > 0 ? "Infinity" : "-Infinity";
  // Plain decimals as long as they are short to read.
  const double amount = std::abs(v);
  const bool plain = v == 0 || (amount >= 1e-7 && amount < 1e17);
  char buffer[64];
  const std::to_chars_result result =
      std::to_chars(buffer, buffer + sizeof buffer, v,
                    plain ? std::chars_format::fixed : std::chars_format::scientific);
  std::string text(buffer, result.ptr);
  if (plain) return text.find('.') == std::string::npos ? text + ".0" : text;
  // "1e+300" becomes "1.0e300", "1.5e-09" "1.5e-9".
  const size_t at = text.find('e');
  std::string mantissa = text.substr(0, at);
  if (mantissa.find('.') == std::string::npos) mantissa += ".0";
  const bool negative = text[at + 1] == '-';
  const size_t digits = std::min(text.find_first_not_of('0', at + 2), text.size() - 1);
  return absl::StrCat(mantissa, negative ? "e-" : "e", text.substr(digits));
}

std::string TemporalText(const Value& value) {
  switch (value.type()) {
    case Type::kDate:
      return FormatDate(value.date());
    case Type::kLocalTime:
      return FormatLocalTime(value.local_time());
    case Type::kTime:
      return FormatTime(value.time());
    case Type::kLocalDateTime:
      return FormatLocalDateTime(value.local_date_time());
    case Type::kDateTime:
      return FormatDateTime(value.date_time());
    default:
      ENTENTE_CHECK(value.is_duration());
      return FormatDuration(value.duration());
  }
}

}  // namespace entente
