#include "tests/tck/tck_value.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "storage/status_macros.h"

namespace entente::tck {
namespace {

void AppendUtf8(uint32_t code, std::string* out) {
  if (code < 0x80) {
    out->push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out->push_back(static_cast<char>(0xC0 | code >> 6));
    out->push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else {
    out->push_back(static_cast<char>(0xE0 | code >> 12));
    out->push_back(static_cast<char>(0x80 | (code >> 6 & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (code & 0x3F)));
  }
}

class Parser {
 public:
  explicit Parser(absl::string_view text) : text_(text) {}

  absl::StatusOr<TckValue> ParseAll() {
    ASSIGN_OR_RETURN(TckValue value, ParseValue());
    SkipBlanks();
    if (at_ != text_.size()) return Error("text after the value");
    return value;
  }

 private:
  absl::Status Error(absl::string_view what) const {
    return absl::InvalidArgumentError(
        absl::StrCat(what, " at offset ", at_, " of the value ", text_));
  }

  void SkipBlanks() {
    while (at_ < text_.size() && absl::ascii_isspace(text_[at_])) ++at_;
  }

  // Takes `token` when it stands next, after blanks.
  bool Take(absl::string_view token) {
    SkipBlanks();
    if (!absl::StartsWith(text_.substr(at_), token)) return false;
    at_ += token.size();
    return true;
  }

  absl::Status Expect(absl::string_view token) {
    return Take(token) ? absl::OkStatus() : Error(absl::StrCat("expected ", token));
  }

  char Next() {
    SkipBlanks();
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  absl::StatusOr<TckValue> ParseValue() {
    switch (Next()) {
      case '\'':
        return ParseString();
      case '[':
        return ParseListOrRelationship();
      case '{': {
        ASSIGN_OR_RETURN(TckMap map, ParseMap());
        return TckValue{std::move(map)};
      }
      case '(': {
        ASSIGN_OR_RETURN(TckNode node, ParseNode());
        return TckValue{std::move(node)};
      }
      case '<':
        return ParsePath();
      default:
        return ParseWord();
    }
  }

  absl::StatusOr<TckValue> ParseWord() {
    const size_t begin = at_;
    while (at_ < text_.size() && (absl::ascii_isalnum(text_[at_]) || text_[at_] == '.' ||
                                  text_[at_] == '+' || text_[at_] == '-')) {
      ++at_;
    }
    const absl::string_view word = text_.substr(begin, at_ - begin);
    if (word == "null") return TckValue{TckNull{}};
    if (word == "true") return TckValue{true};
    if (word == "false") return TckValue{false};
    if (word == "NaN") return TckValue{std::numeric_limits<double>::quiet_NaN()};
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    if (word == "Inf" || word == "Infinity") return TckValue{kInfinity};
    if (word == "-Inf" || word == "-Infinity") return TckValue{-kInfinity};
    int64_t integer = 0;
    if (absl::SimpleAtoi(word, &integer)) return TckValue{integer};
    double number = 0;
    if (!word.empty() && !absl::ascii_isalpha(word[0]) && absl::SimpleAtod(word, &number)) {
      return TckValue{number};
    }
    at_ = begin;
    return Error("expected a value");
  }

  absl::StatusOr<TckValue> ParseString() {
    std::string result;
    for (++at_; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\'') {
        ++at_;
        return TckValue{std::move(result)};
      }
      if (c != '\\') {
        result.push_back(c);
        continue;
      }
      RETURN_IF_ERROR(ParseEscape(&result));
    }
    return Error("a string without an end");
  }

  // Leaves `at_` on the last character of the escape.
  absl::Status ParseEscape(std::string* result) {
    if (++at_ == text_.size()) return Error("a string without an end");
    constexpr absl::string_view kLetters = "bfnrt";
    constexpr absl::string_view kMeanings = "\b\f\n\r\t";
    const char c = text_[at_];
    if (c == 'u') {
      uint32_t code = 0;
      if (!absl::SimpleHexAtoi(text_.substr(at_ + 1, 4), &code)) return Error("a bad escape");
      AppendUtf8(code, result);
      at_ += 4;
    } else if (const size_t letter = kLetters.find(c); letter != absl::string_view::npos) {
      result->push_back(kMeanings[letter]);
    } else {
      result->push_back(c);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<TckValue> ParseListOrRelationship() {
    const size_t begin = at_++;
    if (Next() == ':') {
      at_ = begin;
      ASSIGN_OR_RETURN(TckRelationship relationship, ParseRelationship());
      return TckValue{std::move(relationship)};
    }
    TckList list;
    if (Take("]")) return TckValue{std::move(list)};
    do {
      ASSIGN_OR_RETURN(TckValue element, ParseValue());
      list.push_back(std::move(element));
    } while (Take(","));
    RETURN_IF_ERROR(Expect("]"));
    return TckValue{std::move(list)};
  }

  // A key, label or type: in backticks, or up to a character that ends it.
  absl::StatusOr<std::string> ParseName() {
    if (Next() == '`') return ParseBackticks();
    constexpr absl::string_view kEnds = ":{}()[]<>,|' \t\n";
    const size_t begin = at_;
    while (at_ < text_.size() && kEnds.find(text_[at_]) == absl::string_view::npos) ++at_;
    if (at_ == begin) return Error("expected a name");
    return std::string(text_.substr(begin, at_ - begin));
  }

  absl::StatusOr<std::string> ParseBackticks() {
    std::string name;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '`') {
        ++at_;
        if (at_ == text_.size() || text_[at_] != '`') return name;
      }
      name.push_back(text_[at_]);
    }
    return Error("a name without an end");
  }

  absl::StatusOr<TckMap> ParseMap() {
    RETURN_IF_ERROR(Expect("{"));
    TckMap map;
    if (Take("}")) return map;
    do {
      ASSIGN_OR_RETURN(std::string key, ParseName());
      RETURN_IF_ERROR(Expect(":"));
      ASSIGN_OR_RETURN(TckValue value, ParseValue());
      if (!map.emplace(key, std::move(value)).second) return Error("a key twice");
    } while (Take(","));
    RETURN_IF_ERROR(Expect("}"));
    return map;
  }

  absl::StatusOr<TckNode> ParseNode() {
    RETURN_IF_ERROR(Expect("("));
    TckNode node;
    while (Take(":")) {
      ASSIGN_OR_RETURN(std::string label, ParseName());
      node.labels.push_back(std::move(label));
    }
    std::sort(node.labels.begin(), node.labels.end());
    if (Next() == '{') {
      ASSIGN_OR_RETURN(node.properties, ParseMap());
    }
    RETURN_IF_ERROR(Expect(")"));
    return node;
  }

  absl::StatusOr<TckRelationship> ParseRelationship() {
    RETURN_IF_ERROR(Expect("["));
    RETURN_IF_ERROR(Expect(":"));
    TckRelationship relationship;
    ASSIGN_OR_RETURN(relationship.type, ParseName());
    if (Next() == '{') {
      ASSIGN_OR_RETURN(relationship.properties, ParseMap());
    }
    RETURN_IF_ERROR(Expect("]"));
    return relationship;
  }

  absl::StatusOr<TckValue> ParsePath() {
    RETURN_IF_ERROR(Expect("<"));
    TckPath path;
    ASSIGN_OR_RETURN(TckNode start, ParseNode());
    path.nodes.push_back(std::move(start));
    while (!Take(">")) {
      const bool backward = Take("<");
      RETURN_IF_ERROR(Expect("-"));
      ASSIGN_OR_RETURN(TckRelationship relationship, ParseRelationship());
      RETURN_IF_ERROR(Expect("-"));
      if (!backward) RETURN_IF_ERROR(Expect(">"));
      ASSIGN_OR_RETURN(TckNode node, ParseNode());
      path.relationships.push_back(std::move(relationship));
      path.forward.push_back(!backward);
      path.nodes.push_back(std::move(node));
    }
    return TckValue{std::move(path)};
  }

  absl::string_view text_;
  size_t at_ = 0;
};

bool SameMap(const TckMap& a, const TckMap& b, ListOrder order) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [order](const auto& x, const auto& y) {
    return x.first == y.first && Same(x.second, y.second, order);
  });
}

// Compares two values of the same alternative.
struct SameVisitor {
  ListOrder order;

  bool operator()(const TckNull&, const TckNull&) const { return true; }
  bool operator()(bool a, bool b) const { return a == b; }
  bool operator()(int64_t a, int64_t b) const { return a == b; }
  bool operator()(double a, double b) const { return a == b || (std::isnan(a) && std::isnan(b)); }
  bool operator()(const std::string& a, const std::string& b) const { return a == b; }
  bool operator()(const TckList& a, const TckList& b) const {
    if (order == ListOrder::kIgnored) {
      return SameRowsInAnyOrder({a.begin(), a.end()}, {b.begin(), b.end()});
    }
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [this](const TckValue& x, const TckValue& y) { return Same(x, y, order); });
  }
  bool operator()(const TckMap& a, const TckMap& b) const { return SameMap(a, b, order); }
  bool operator()(const TckNode& a, const TckNode& b) const {
    return a.labels == b.labels && SameMap(a.properties, b.properties, order);
  }
  bool operator()(const TckRelationship& a, const TckRelationship& b) const {
    return a.type == b.type && SameMap(a.properties, b.properties, order);
  }
  bool operator()(const TckPath& a, const TckPath& b) const {
    return a.forward == b.forward &&
           std::equal(a.nodes.begin(), a.nodes.end(), b.nodes.begin(), b.nodes.end(), *this) &&
           std::equal(a.relationships.begin(), a.relationships.end(), b.relationships.begin(),
                      b.relationships.end(), *this);
  }
  template <typename A, typename B>
  bool operator()(const A&, const B&) const {
    return false;
  }

 private:
  static bool SameRowsInAnyOrder(TckList a, TckList b) {
    return a.size() == b.size() && std::is_permutation(a.begin(), a.end(), b.begin(),
                                                       [](const TckValue& x, const TckValue& y) {
                                                         return Same(x, y, ListOrder::kIgnored);
                                                       });
  }
};

std::string Quoted(absl::string_view text, char quote) {
  std::string result(1, quote);
  for (const char c : text) {
    if (c == quote || c == '\\') {
      result += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppendFormat(&result, "\\u%04x", c);
    } else {
      result.push_back(c);
    }
  }
  result.push_back(quote);
  return result;
}

std::string FloatText(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Inf" : "-Inf";
  std::string text = absl::StrFormat("%.17g", value);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string MapText(const TckMap& map) {
  return absl::StrCat("{",
                      absl::StrJoin(map, ", ",
                                    [](std::string* out, const auto& entry) {
                                      absl::StrAppend(out, entry.first, ": ", ToText(entry.second));
                                    }),
                      "}");
}

struct TextVisitor {
  std::string operator()(const TckNull&) const { return "null"; }
  std::string operator()(bool v) const { return v ? "true" : "false"; }
  std::string operator()(int64_t v) const { return absl::StrCat(v); }
  std::string operator()(double v) const { return FloatText(v); }
  std::string operator()(const std::string& v) const { return Quoted(v, '\''); }
  std::string operator()(const TckList& v) const {
    return absl::StrCat(
        "[",
        absl::StrJoin(v, ", ",
                      [](std::string* out, const TckValue& x) { absl::StrAppend(out, ToText(x)); }),
        "]");
  }
  std::string operator()(const TckMap& v) const { return MapText(v); }
  std::string operator()(const TckNode& v) const {
    std::string text = "(";
    for (const std::string& label : v.labels) absl::StrAppend(&text, ":", label);
    if (!v.labels.empty() && !v.properties.empty()) text += " ";
    return absl::StrCat(text, v.properties.empty() ? "" : MapText(v.properties), ")");
  }
  std::string operator()(const TckRelationship& v) const {
    return absl::StrCat("[:", v.type,
                        v.properties.empty() ? "" : absl::StrCat(" ", MapText(v.properties)), "]");
  }
  std::string operator()(const TckPath& v) const {
    std::string text = absl::StrCat("<", (*this)(v.nodes[0]));
    for (size_t i = 0; i < v.relationships.size(); ++i) {
      absl::StrAppend(&text, v.forward[i] ? "-" : "<-", (*this)(v.relationships[i]),
                      v.forward[i] ? "->" : "-", (*this)(v.nodes[i + 1]));
    }
    return text + ">";
  }
};

struct JsonVisitor {
  absl::StatusOr<std::string> operator()(const TckNull&) const { return "null"; }
  absl::StatusOr<std::string> operator()(bool v) const { return v ? "true" : "false"; }
  absl::StatusOr<std::string> operator()(int64_t v) const { return absl::StrCat(v); }
  absl::StatusOr<std::string> operator()(double v) const {
    if (!std::isfinite(v)) return absl::InvalidArgumentError("JSON has finite numbers only");
    return FloatText(v);
  }
  absl::StatusOr<std::string> operator()(const std::string& v) const { return Quoted(v, '"'); }
  absl::StatusOr<std::string> operator()(const TckList& v) const {
    std::vector<std::string> elements;
    for (const TckValue& element : v) {
      ASSIGN_OR_RETURN(std::string json, ToJson(element));
      elements.push_back(std::move(json));
    }
    return absl::StrCat("[", absl::StrJoin(elements, ","), "]");
  }
  absl::StatusOr<std::string> operator()(const TckMap& v) const {
    std::vector<std::string> members;
    for (const auto& [key, value] : v) {
      ASSIGN_OR_RETURN(std::string json, ToJson(value));
      members.push_back(absl::StrCat(Quoted(key, '"'), ":", json));
    }
    return absl::StrCat("{", absl::StrJoin(members, ","), "}");
  }
  template <typename T>
  absl::StatusOr<std::string> operator()(const T&) const {
    return absl::InvalidArgumentError("only plain values have a JSON form");
  }
};

bool SameRow(const TckRow& a, const TckRow& b, ListOrder order) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [order](const TckValue& x, const TckValue& y) { return Same(x, y, order); });
}

}  // namespace

absl::StatusOr<TckValue> ParseTckValue(absl::string_view text) { return Parser(text).ParseAll(); }

bool Same(const TckValue& a, const TckValue& b, ListOrder order) {
  return std::visit(SameVisitor{order}, a.value, b.value);
}

bool SameRows(const std::vector<TckRow>& a, const std::vector<TckRow>& b, ListOrder order) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [order](const TckRow& x, const TckRow& y) { return SameRow(x, y, order); });
}

bool SameRowsInAnyOrder(const std::vector<TckRow>& a, const std::vector<TckRow>& b,
                        ListOrder order) {
  return a.size() == b.size() && std::is_permutation(a.begin(), a.end(), b.begin(),
                                                     [order](const TckRow& x, const TckRow& y) {
                                                       return SameRow(x, y, order);
                                                     });
}

absl::StatusOr<std::string> ToJson(const TckValue& value) {
  return std::visit(JsonVisitor{}, value.value);
}

std::string ToText(const TckValue& value) { return std::visit(TextVisitor{}, value.value); }

}  // namespace entente::tck
