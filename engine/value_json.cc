#include "engine/value_json.h"

#include <simdjson.h>

#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/status.h"
#include "engine/value_depth.h"
#include "engine/value_text.h"

namespace entente {
namespace {

namespace ondemand = simdjson::ondemand;
using Type = Value::Type;

absl::string_view ToAbsl(std::string_view text) {
  return absl::string_view(text.data(), text.size());
}

class JsonReader {
 public:
  // Every text is read as the one element of an array, so that texts which are a single number or
  // string take the same way as all others.
  explicit JsonReader(absl::string_view text) : json_(absl::StrCat("[", text, "]")) {}
  ~JsonReader() {
    if (json_.size() > kMostKept) parser_ = ondemand::parser();
  }

  absl::StatusOr<Value> Read() {
    if (auto error = parser_.iterate(json_).get(document_)) return Fail(error);
    opened_ = true;
    ondemand::array array;
    if (auto error = document_.get_array().get(array)) return Fail(error);
    std::vector<Value> values;
    RETURN_IF_ERROR(ReadElements(array, 0, &values));
    if (values.empty()) return absl::InvalidArgumentError("JSON is missing");
    const char* rest = nullptr;
    if (values.size() > 1 || document_.current_location().get(rest) != simdjson::OUT_OF_BOUNDS) {
      return absl::InvalidArgumentError("There is more behind the end of the JSON");
    }
    return std::move(values[0]);
  }

 private:
  absl::Status Fail(simdjson::error_code error) { return Fail(simdjson::error_message(error)); }

  absl::Status Fail(absl::string_view why) {
    const char* at = nullptr;
    std::string place;
    if (opened_ && document_.current_location().get(at) == simdjson::SUCCESS && at > json_.data()) {
      place = absl::StrCat(" at byte ", at - json_.data());
    }
    return absl::InvalidArgumentError(absl::StrCat("Not valid JSON", place, ": ", why));
  }

  absl::Status ReadElements(ondemand::array array, uint32_t depth, std::vector<Value>* elements) {
    for (auto element : array) {
      ondemand::value value;
      if (auto error = element.get(value)) return Fail(error);
      ASSIGN_OR_RETURN(Value read, ReadValue(value, depth));
      elements->push_back(std::move(read));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Value> ReadObject(ondemand::value value, uint32_t depth) {
    ondemand::object object;
    if (auto error = value.get_object().get(object)) return Fail(error);
    std::vector<MapEntry> entries;
    for (auto member : object) {
      ondemand::field field;
      std::string_view key;
      if (auto error = std::move(member).get(field)) return Fail(error);
      if (auto error = field.unescaped_key().get(key)) return Fail(error);
      std::string name(key);
      ASSIGN_OR_RETURN(Value read, ReadValue(field.value(), depth));
      entries.emplace_back(std::move(name), std::move(read));
    }
    return Value::Map(std::move(entries));
  }

  absl::StatusOr<Value> ReadNumber(ondemand::value value) {
    ondemand::number number;
    if (auto error = value.get_number().get(number)) {
      return Fail(error == simdjson::NUMBER_ERROR ? "a number that is malformed or too large"
                                                  : simdjson::error_message(error));
    }
    if (number.is_int64()) return Value::Integer(number.get_int64());
    if (number.is_uint64()) return Fail("an integer that does not fit into 64 bits");
    return Value::Float(number.get_double());
  }

  absl::StatusOr<Value> ReadValue(ondemand::value value, uint32_t depth) {
    ondemand::json_type type;
    if (auto error = value.type().get(type)) return Fail(error);
    const bool nested = type == ondemand::json_type::array || type == ondemand::json_type::object;
    if (nested && depth == kDeepestValue) {
      return Fail(absl::StrCat("it is nested deeper than ", kDeepestValue, " levels"));
    }
    switch (type) {
      case ondemand::json_type::array: {
        ondemand::array array;
        std::vector<Value> elements;
        if (auto error = value.get_array().get(array)) return Fail(error);
        RETURN_IF_ERROR(ReadElements(array, depth + 1, &elements));
        return Value::List(std::move(elements));
      }
      case ondemand::json_type::object:
        return ReadObject(value, depth + 1);
      case ondemand::json_type::number:
        return ReadNumber(value);
      case ondemand::json_type::string: {
        std::string_view text;
        if (auto error = value.get_string().get(text)) return Fail(error);
        return Value::String(ToAbsl(text));
      }
      case ondemand::json_type::boolean: {
        bool boolean = false;
        if (auto error = value.get_bool().get(boolean)) return Fail(error);
        return Value::Boolean(boolean);
      }
      case ondemand::json_type::null:
        break;
    }
    bool null = false;
    if (auto error = value.is_null().get(null)) return Fail(error);
    if (!null) return Fail("an unknown word");
    return Value::Null();
  }

  // Longer texts' buffers are given back.
  static constexpr size_t kMostKept = 16384;
  // Parameters are short and come often, so that making its buffers would take longer than they.
  static thread_local ondemand::parser parser_;

  simdjson::padded_string json_;
  ondemand::document document_;
  bool opened_ = false;  // document_ knows places only then
};

thread_local ondemand::parser JsonReader::parser_;

void AppendString(absl::string_view text, std::string* out) {
  out->push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out->push_back('\\');
      out->push_back(c);
    } else if (c == '\n') {
      absl::StrAppend(out, "\\n");
    } else if (c == '\t') {
      absl::StrAppend(out, "\\t");
    } else if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppendFormat(out, "\\u%04x", c);
    } else {
      out->push_back(c);
    }
  }
  out->push_back('"');
}

void AppendJson(const Value& value, std::string* out);

void AppendObject(const std::vector<MapEntry>& entries, std::string* out) {
  out->push_back('{');
  absl::string_view separator;
  for (const auto& [key, value] : entries) {
    absl::StrAppend(out, separator);
    AppendString(key, out);
    out->push_back(':');
    AppendJson(value, out);
    separator = ",";
  }
  out->push_back('}');
}

void AppendArray(const std::vector<Value>& elements, std::string* out) {
  out->push_back('[');
  absl::string_view separator;
  for (const Value& element : elements) {
    absl::StrAppend(out, separator);
    AppendJson(element, out);
    separator = ",";
  }
  out->push_back(']');
}

void AppendJsonNode(const Value& value, std::string* out) {
  absl::StrAppend(out, "{\"id\":", value.node_id(), ",\"labels\":[");
  const NodeContent none;
  const NodeContent& node = value.node() != nullptr ? *value.node() : none;
  for (size_t i = 0; i < node.labels.size(); ++i) {
    if (i > 0) out->push_back(',');
    AppendString(node.labels[i], out);
  }
  absl::StrAppend(out, "],\"properties\":");
  AppendObject(node.properties, out);
  out->push_back('}');
}

void AppendJsonRelationship(const RelationshipContent& relationship, std::string* out) {
  absl::StrAppend(out, "{\"id\":", relationship.id, ",\"type\":");
  AppendString(relationship.type, out);
  absl::StrAppend(out, ",\"start\":", relationship.start, ",\"end\":", relationship.end,
                  ",\"properties\":");
  AppendObject(relationship.properties, out);
  out->push_back('}');
}

void AppendJsonPath(const PathContent& path, std::string* out) {
  out->push_back('[');
  AppendJsonNode(path.nodes[0], out);
  for (size_t i = 0; i < path.relationships.size(); ++i) {
    out->push_back(',');
    AppendJsonRelationship(path.relationships[i].relationship(), out);
    out->push_back(',');
    AppendJsonNode(path.nodes[i + 1], out);
  }
  out->push_back(']');
}

void AppendJsonFloat(double v, std::string* out) {
  const std::string text = FormatFloat(v);
  if (std::isfinite(v)) return absl::StrAppend(out, text);
  AppendString(text, out);
}

void AppendJson(const Value& value, std::string* out) {
  switch (value.type()) {
    case Type::kNull:
      return absl::StrAppend(out, "null");
    case Type::kBoolean:
      return absl::StrAppend(out, value.boolean() ? "true" : "false");
    case Type::kInteger:
      return absl::StrAppend(out, value.integer());
    case Type::kFloat:
      return AppendJsonFloat(value.floating(), out);
    case Type::kString:
      return AppendString(value.string(), out);
    case Type::kList:
      return AppendArray(value.list(), out);
    case Type::kMap:
      return AppendObject(value.map(), out);
    case Type::kNode:
      return AppendJsonNode(value, out);
    case Type::kRelationship:
      return AppendJsonRelationship(value.relationship(), out);
    case Type::kPath:
      return AppendJsonPath(value.path(), out);
    default:
      return AppendString(TemporalText(value), out);
  }
}

}  // namespace

absl::StatusOr<Value> ParseJson(absl::string_view text) { return JsonReader(text).Read(); }

std::string ToJson(const Value& value) {
  std::string out;
  AppendJson(value, &out);
  return out;
}

}  // namespace entente
