#include "tests/query/random_expression.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace entente::query {

std::string RandomExpressions::Bind(Kind kind) {
  scope_.push_back({NewName(), kind});
  return scope_.back().name;
}

std::string RandomExpressions::Path(bool binds, const Scope& outer) {
  std::string text;
  if (binds && dice_.Percent(12)) text = absl::StrCat(Bind(Kind::kPath), " = ");
  absl::StrAppend(&text, Node(binds, outer));
  const uint32_t most = std::min<uint32_t>(2, hops_left_);
  const uint32_t hops = binds ? dice_.Below(most + 1) : 1;
  if (binds) hops_left_ -= hops;
  for (uint32_t i = 0; i < hops; ++i) absl::StrAppend(&text, Hop(binds, outer), Node(binds, outer));
  return text;
}

std::string RandomExpressions::Node(bool binds, const Scope& outer) {
  std::string text = "(";
  const std::vector<std::string> nodes = Names(scope_, Kind::kNode);
  if (!nodes.empty() && dice_.Percent(40)) {
    text += nodes[dice_.Below(static_cast<uint32_t>(nodes.size()))];
  } else if (binds && dice_.Percent(75)) {
    text += Bind(Kind::kNode);
  }
  if (dice_.Percent(30)) {
    text += dice_.OneOf({":N", ":N", ":N", ":N", ":N", ":N", ":A", ":A", ":A", ":B", ":B", ":B",
                         ":A:B", ":Article", ":Article", ":Z"});
  }
  if (dice_.Percent(5)) absl::StrAppend(&text, " ", Properties(outer));
  return text + ")";
}

std::string RandomExpressions::Properties(const Scope& outer) {
  const std::vector<std::string> integers = Names(outer, Kind::kInteger);
  if (!integers.empty() && dice_.Percent(40)) {
    return absl::StrCat("{i: ", integers[dice_.Below(static_cast<uint32_t>(integers.size()))], "}");
  }
  return dice_.OneOf({"{i: 1}", "{i: 3}", "{s: 'ab'}", "{x: 2}", "{w: 1}", "{i: null}", "{}"});
}

std::string RandomExpressions::Hop(bool binds, const Scope& outer) {
  const bool many = dice_.Percent(20);
  std::string text = "[";
  const std::string known = binds && dice_.Percent(25) ? Reused(many, outer) : "";
  if (!known.empty()) {
    text += many ? absl::StrCat(known, "*]") : absl::StrCat(known, "]");
    return Arrow(text);
  }
  if (binds && dice_.Percent(50)) text += Bind(many ? Kind::kHops : Kind::kRelationship);
  if (dice_.Percent(50))
    text += dice_.OneOf(
        {":T", ":T", ":T", ":T", ":U", ":T|U", ":T|U", ":SUB", ":TOP", ":T|TOP", ":T|TOP", ":Z"});
  if (many) {
    text += dice_.OneOf(
        {"*1..2", "*1..2", "*0..1", "*0..1", "*..2", "*2", "*0..2", "*0..2", "*0..2", "*2..1"});
  }
  if (dice_.Percent(4)) absl::StrAppend(&text, " ", Properties(outer));
  return Arrow(text + "]");
}

// Relationships that an earlier clause bound, which one clause may name once; "" when there are
// none left.
std::string RandomExpressions::Reused(bool many, const Scope& outer) {
  for (const std::string& name : Names(outer, many ? Kind::kHops : Kind::kRelationship)) {
    if (reused_.insert(name).second) return name;
  }
  return "";
}

std::string RandomExpressions::Arrow(const std::string& text) {
  switch (dice_.Below(3)) {
    case 0:
      return absl::StrCat("-", text, "->");
    case 1:
      return absl::StrCat("<-", text, "-");
    default:
      return absl::StrCat("-", text, "-");
  }
}

std::vector<std::string> RandomExpressions::Names(const Scope& scope, Kind kind) {
  std::vector<std::string> names;
  for (const Variable& variable : scope) {
    if (variable.kind == kind) names.push_back(variable.name);
  }
  return names;
}

std::string RandomExpressions::Any(Kind kind) {
  const std::vector<std::string> names = Names(scope_, kind);
  return names.empty() ? "" : names[dice_.Below(static_cast<uint32_t>(names.size()))];
}

Kind RandomExpressions::AnyKind(bool bags) {
  const uint32_t kind = dice_.Below(bags ? 13 : 12);
  if (kind == 12) return Kind::kBag;
  const auto wanted = static_cast<Kind>(kind);
  if (wanted == Kind::kBag) return Kind::kInteger;
  const bool bound = wanted <= Kind::kPath;
  return bound && Any(wanted).empty() ? Kind::kInteger : wanted;
}

std::string RandomExpressions::Of(Kind kind, uint32_t depth) {
  switch (kind) {
    case Kind::kNode:
    case Kind::kRelationship:
    case Kind::kHops:
    case Kind::kPath:
      return Any(kind);
    case Kind::kInteger:
      return Integer(depth);
    case Kind::kFloat:
      return Float();
    case Kind::kText:
      return Text(depth);
    case Kind::kBoolean:
      return Boolean(depth);
    case Kind::kList:
      return List(depth);
    case Kind::kDate:
      return Date();
    case Kind::kBag:
      return Bag(depth);
    case Kind::kAny:
      return Mixed(depth);
  }
  return "null";
}

std::string RandomExpressions::Integer(uint32_t depth) {
  const std::string node = Any(Kind::kNode);
  const std::string relationship = Any(Kind::kRelationship);
  const std::string variable = Any(Kind::kInteger);
  if (!variable.empty() && dice_.Percent(35)) return variable;
  if (!node.empty() && dice_.Percent(35)) return node + ".i";
  if (!relationship.empty() && dice_.Percent(35)) {
    return dice_.Percent(20) ? absl::StrCat("size(evidence(", relationship, "))")
                             : relationship + ".w";
  }
  if (depth == 0 || dice_.Percent(20)) return dice_.OneOf({"0", "1", "2", "3", "7", "null"});
  --depth;
  switch (dice_.Below(11)) {
    case 0:
      return absl::StrCat("(", Integer(depth), dice_.OneOf({" + ", " - ", " * "}), Integer(depth),
                          ")");
    case 1:
      return absl::StrCat("(", Integer(depth), dice_.OneOf({" / ", " % "}),
                          dice_.OneOf({"2", "3", "3", "5"}), ")");
    case 2:  // may divide by zero
      return dice_.Percent(20) ? absl::StrCat("(6 / ", Integer(depth), ")") : Integer(depth);
    case 3:
      return absl::StrCat("size(", List(depth), ")");
    case 4:
      return absl::StrCat("size(", Bag(depth), ")");
    case 5:
      return absl::StrCat("size(", Text(depth), ")");
    case 6:
      return absl::StrCat("CASE WHEN ", Boolean(depth), " THEN ", Integer(depth), " ELSE ",
                          Integer(depth), " END");
    case 7:
      return absl::StrCat("coalesce(", Integer(depth), ", ", Integer(depth), ")");
    case 8:
      return absl::StrCat(dice_.OneOf({"head(", "last("}), List(depth), ")");
    case 9: {
      const std::string sum = NewName();
      const std::string each = NewName();
      return absl::StrCat("reduce(", sum, " = 0, ", each, " IN ", List(depth), " | ", sum, " + ",
                          each, ")");
    }
    default:
      return absl::StrCat("count { ", Subquery(depth), " }");
  }
}

std::string RandomExpressions::Float() {
  const std::string node = Any(Kind::kNode);
  const std::string relationship = Any(Kind::kRelationship);
  if (!relationship.empty() && dice_.Percent(60)) {
    return absl::StrCat(dice_.OneOf({"confidence(", "support(", "denial("}), relationship, ")");
  }
  if (!node.empty() && dice_.Percent(60)) return node + ".f";
  const std::string variable = Any(Kind::kFloat);
  return variable.empty() ? dice_.OneOf({"0.5", "2.5", "null"}) : variable;
}

std::string RandomExpressions::Text(uint32_t depth) {
  const std::string node = Any(Kind::kNode);
  const std::string relationship = Any(Kind::kRelationship);
  if (!node.empty() && dice_.Percent(45)) return node + dice_.OneOf({".s", ".s", ".name", ".key"});
  if (!relationship.empty() && dice_.Percent(30)) return absl::StrCat("type(", relationship, ")");
  const std::string variable = Any(Kind::kText);
  if (!variable.empty() && dice_.Percent(30)) return variable;
  if (depth == 0) return dice_.OneOf({"'ab'", "'b'", "''", "'äß'", "null"});
  --depth;
  switch (dice_.Below(5)) {
    case 0:
      return absl::StrCat(dice_.OneOf({"toUpper(", "toLower(", "reverse(", "trim("}), Text(depth),
                          ")");
    case 1:
      return absl::StrCat("substring(", Text(depth), ", ", dice_.Below(3), ")");
    case 2:
      return absl::StrCat("(", Text(depth), " + ", Text(depth), ")");
    case 3:
      return absl::StrCat("toString(", Integer(depth), ")");
    default:
      return absl::StrCat("replace(", Text(depth), ", 'a', 'bb')");
  }
}

std::string RandomExpressions::List(uint32_t depth) {
  const std::string hops = Any(Kind::kHops);
  if (!hops.empty() && dice_.Percent(40)) {
    const std::string each = NewName();
    return absl::StrCat("[", each, " IN ", hops, " | ", each, ".w]");
  }
  const std::string path = Any(Kind::kPath);
  if (!path.empty() && dice_.Percent(40)) {
    const std::string each = NewName();
    return absl::StrCat("[", each, " IN nodes(", path, ") | ", each, ".i]");
  }
  const std::string variable = Any(Kind::kList);
  if (!variable.empty() && dice_.Percent(30)) return variable;
  if (depth == 0) return dice_.OneOf({"[]", "[1, 2, 3]", "[2, null, 5]", "range(0, 4)", "null"});
  --depth;
  switch (dice_.Below(5)) {
    case 0:
      return absl::StrCat("[", Integer(depth), ", ", Integer(depth), "]");
    case 1:
      return absl::StrCat(List(depth), dice_.OneOf({"[1..]", "[..2]", "[-2..]", "[0..-1]"}));
    case 2: {
      const std::string each = NewName();
      const std::string list = List(depth);
      return Inside(each, Kind::kInteger, [&] {
        return absl::StrCat("[", each, " IN ", list, " WHERE ", Boolean(depth), " | ",
                            Integer(depth), "]");
      });
    }
    case 3:
      return absl::StrCat(dice_.OneOf({"tail(", "reverse("}), List(depth), ")");
    default:
      return absl::StrCat("(", List(depth), " + ", List(depth), ")");
  }
}

std::string RandomExpressions::Date() {
  const std::string relationship = Any(Kind::kRelationship);
  if (!relationship.empty() && dice_.Percent(70)) {
    return relationship + dice_.OneOf({".valid_from", ".valid_to"});
  }
  return dice_.OneOf({"date('2024-02-01')", "date('2024-01-01')", "null"});
}

std::string RandomExpressions::Bag(uint32_t depth) {
  const std::string variable = Any(Kind::kBag);
  if (!variable.empty() && dice_.Percent(60)) return variable;
  const std::string node = Any(Kind::kNode);
  if (node.empty()) return dice_.OneOf({"[3, 1]", "[]", "[null, 2]", "null"});
  const std::string other = NewName();
  const std::string head =
      absl::StrCat("[(", node, ")", Hop(false, {}), "(", other, dice_.OneOf({"", ":A", ":N"}), ")");
  return Inside(other, Kind::kNode, [&] {
    return absl::StrCat(
        head, dice_.Percent(40) ? absl::StrCat(" WHERE ", Boolean(std::min(depth, 1u))) : "", " | ",
        other, ".i]");
  });
}

std::string RandomExpressions::Mixed(uint32_t depth) {
  const std::string node = Any(Kind::kNode);
  if (!node.empty() && dice_.Percent(60)) return node + ".x";
  const std::string variable = Any(Kind::kAny);
  if (!variable.empty() && dice_.Percent(50)) return variable;
  switch (dice_.Below(4)) {
    case 0:
      return Text(depth);
    case 1:
      return Integer(depth);
    case 2:
      return dice_.OneOf({"true", "false", "[1, 2]", "[]"});
    default:
      return absl::StrCat("CASE WHEN ", Boolean(depth / 2), " THEN ", Text(depth / 2), " ELSE ",
                          Integer(depth / 2), " END");
  }
}

std::string RandomExpressions::Subquery(uint32_t depth) {
  const Scope outer = scope_;
  const uint32_t hops_left = std::exchange(hops_left_, 1);
  std::string text = absl::StrCat("MATCH ", Path(true, outer));
  if (dice_.Percent(50)) absl::StrAppend(&text, " WHERE ", Boolean(std::min(depth, 1u)));
  hops_left_ = hops_left;
  scope_ = outer;
  return text;
}

std::string RandomExpressions::Boolean(uint32_t depth) {
  if (depth == 0) return Comparison(0);
  --depth;
  switch (dice_.Below(15)) {
    case 0:
    case 1:
      return absl::StrCat("(", Boolean(depth), " AND ", Boolean(depth), ")");
    case 2:
    case 3:
      return absl::StrCat("(", Boolean(depth), " OR ", Boolean(depth), ")");
    case 4:
      return absl::StrCat("(", Boolean(depth), " XOR ", Boolean(depth), ")");
    case 5:
      return absl::StrCat("NOT (", Boolean(depth), ")");
    case 6:
      return absl::StrCat(Of(AnyKind(false), depth), dice_.OneOf({" IS NULL", " IS NOT NULL"}));
    case 7:
      return absl::StrCat("exists { ", Subquery(depth), " }");
    case 8: {
      const std::string node = Any(Kind::kNode);
      if (node.empty()) return Comparison(depth);
      return absl::StrCat("(", node, ")", Hop(false, {}), dice_.OneOf({"()", "(:A)", "({i: 2})"}));
    }
    case 9: {
      const std::string each = NewName();
      const std::string list = dice_.Percent(60) ? List(depth) : Bag(depth);
      return Inside(each, Kind::kInteger, [&] {
        return absl::StrCat(dice_.OneOf({"all(", "any(", "none(", "single("}), each, " IN ", list,
                            " WHERE ", Boolean(depth), ")");
      });
    }
    case 10: {
      const std::string node = Any(Kind::kNode);
      return node.empty() ? dice_.OneOf({"true", "false", "null"})
                          : node + dice_.OneOf({":A", ":B", ":N", ":A:B", ":Z"});
    }
    case 11: {
      const std::string relationship = Any(Kind::kRelationship);
      if (relationship.empty()) return Comparison(depth);
      return dice_.Percent(50) ? absl::StrCat("contested(", relationship, ")")
                               : absl::StrCat("reported_by(", relationship, ", 'P1')");
    }
    default:
      return Comparison(depth);
  }
}

std::string RandomExpressions::Comparison(uint32_t depth) {
  const std::string compare = dice_.OneOf({" = ", " <> ", " < ", " <= ", " > ", " >= ", " = "});
  switch (dice_.Below(9)) {
    case 0:
      return absl::StrCat("(", Text(depth), compare, Text(depth), ")");
    case 1:
      return absl::StrCat("(", Mixed(depth), compare, Mixed(depth), ")");
    case 2:
      return absl::StrCat("(", Float(), compare, Float(), ")");
    case 3:
      return absl::StrCat("(", Date(), compare, Date(), ")");
    case 4:
      return absl::StrCat("(", Integer(depth), " IN ", dice_.Percent(70) ? List(depth) : Bag(depth),
                          ")");
    case 5:
      return absl::StrCat("(", Text(depth),
                          dice_.OneOf({" STARTS WITH ", " ENDS WITH ", " CONTAINS "}), Text(depth),
                          ")");
    case 6:
      return absl::StrCat("(1 <= ", Integer(depth), " < ", Integer(depth), ")");
    case 7: {
      const Kind kind = dice_.Percent(60) ? Kind::kNode : Kind::kRelationship;
      const std::string one = Any(kind);
      if (!one.empty()) return absl::StrCat("(", one, dice_.OneOf({" = ", " <> "}), Any(kind), ")");
      [[fallthrough]];
    }
    default:
      return absl::StrCat("(", Integer(depth), compare, Integer(depth), ")");
  }
}
}  // namespace entente::query
