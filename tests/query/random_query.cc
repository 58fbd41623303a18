#include "tests/query/random_query.h"

#include <algorithm>
#include <initializer_list>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"

namespace entente::query {
namespace {

class Dice {
 public:
  explicit Dice(uint32_t seed) : engine_(seed) {}
  // From 0 to below `n`.
  uint32_t Below(uint32_t n) { return engine_() % n; }
  bool Percent(uint32_t chance) { return Below(100) < chance; }
  std::string OneOf(std::initializer_list<absl::string_view> words) {
    return std::string(words.begin()[Below(static_cast<uint32_t>(words.size()))]);
  }

 private:
  std::mt19937 engine_;
};

// What an expression yields, null always included. kBag is a list whose order nothing tells, so
// that only what no order changes is asked of it; kAny is an integer, text, boolean or list of
// integers.
enum class Kind {
  kNode,
  kRelationship,
  kHops,  // a list of relationships
  kPath,
  kInteger,
  kFloat,
  kText,
  kBoolean,
  kList,  // of integers
  kDate,
  kBag,
  kAny,
};

struct Variable {
  std::string name;
  Kind kind;
};

class Generator {
 public:
  explicit Generator(uint32_t seed) : dice_(seed) {}

  RandomQuery Query() {
    if (dice_.Percent(10)) query_.text = absl::StrCat(Lens(), " ");
    const bool united = dice_.Percent(15);
    const size_t columns = 1 + dice_.Below(3);
    Single(columns, united);
    if (united) {
      const std::string joint = dice_.OneOf({" UNION ", " UNION ALL "});
      for (uint32_t i = 0; i <= dice_.Below(2); ++i) {
        query_.text += joint;
        Single(columns, united);
      }
    }
    return std::move(query_);
  }

 private:
  using Scope = std::vector<Variable>;

  void Single(size_t columns, bool united) {
    scope_.clear();
    hops_left_ = 3;
    const uint32_t clauses = 1 + dice_.Below(3);
    for (uint32_t i = 0; i < clauses; ++i) {
      const uint32_t kind = i == 0 ? dice_.Below(7) : dice_.Below(13);
      if (kind < 6) {
        Add(Match(kind == 5));
      } else if (kind < 8) {
        Unwind();
      } else if (kind < 11) {
        With();
      } else if (kind == 11) {
        Shortest();
      } else {
        Call();
      }
    }
    Return(columns, united);
  }

  // ---- Clauses

  void Add(absl::string_view clause) { absl::StrAppend(&query_.text, clause, " "); }
  std::string NewName() { return absl::StrCat("v", names_++); }
  std::string Bind(Kind kind) {
    scope_.push_back({NewName(), kind});
    return scope_.back().name;
  }

  std::string Match(bool optional) {
    const uint32_t patterns = dice_.Percent(70) ? 1 : 2 + dice_.Below(2);
    std::vector<std::string> paths;
    const Scope outer = scope_;
    for (uint32_t i = 0; i < patterns; ++i) paths.push_back(Path(true, outer));
    std::string text =
        absl::StrCat(optional ? "OPTIONAL MATCH " : "MATCH ", absl::StrJoin(paths, ", "));
    if (dice_.Percent(10)) absl::StrAppend(&text, " ", Lens());
    if (dice_.Percent(45)) absl::StrAppend(&text, " WHERE ", Boolean(3));
    return text;
  }

  // Of `outer`, what properties in patterns may name: what the same clause binds may not be there
  // yet.
  std::string Path(bool binds, const Scope& outer) {
    std::string text;
    if (binds && dice_.Percent(12)) text = absl::StrCat(Bind(Kind::kPath), " = ");
    absl::StrAppend(&text, Node(binds, outer));
    const uint32_t most = std::min<uint32_t>(2, hops_left_);
    const uint32_t hops = binds ? dice_.Below(most + 1) : 1;
    if (binds) hops_left_ -= hops;
    for (uint32_t i = 0; i < hops; ++i)
      absl::StrAppend(&text, Hop(binds, outer), Node(binds, outer));
    return text;
  }

  std::string Node(bool binds, const Scope& outer) {
    std::string text = "(";
    const std::vector<std::string> nodes = Names(scope_, Kind::kNode);
    if (!nodes.empty() && dice_.Percent(40)) {
      text += nodes[dice_.Below(static_cast<uint32_t>(nodes.size()))];
    } else if (binds && dice_.Percent(75)) {
      text += Bind(Kind::kNode);
    }
    if (dice_.Percent(30)) {
      text += dice_.OneOf({":N", ":N", ":N", ":A", ":A", ":B", ":B", ":A:B", ":Article", ":Z"});
    }
    if (dice_.Percent(8)) absl::StrAppend(&text, " ", Properties(outer));
    return text + ")";
  }

  std::string Properties(const Scope& outer) {
    const std::vector<std::string> integers = Names(outer, Kind::kInteger);
    if (!integers.empty() && dice_.Percent(40)) {
      return absl::StrCat("{i: ", integers[dice_.Below(static_cast<uint32_t>(integers.size()))],
                          "}");
    }
    return dice_.OneOf({"{i: 1}", "{i: 3}", "{s: 'ab'}", "{x: 2}", "{w: 1}", "{i: null}", "{}"});
  }

  std::string Hop(bool binds, const Scope& outer) {
    const bool many = dice_.Percent(20);
    std::string text = "[";
    if (binds && dice_.Percent(50)) text += Bind(many ? Kind::kHops : Kind::kRelationship);
    if (dice_.Percent(60))
      text += dice_.OneOf({":T", ":T", ":T", ":U", ":T|U", ":SUB", ":TOP", ":T|TOP", ":Z"});
    if (many) text += dice_.OneOf({"*1..2", "*0..1", "*..2", "*2", "*0..2", "*2..1"});
    if (dice_.Percent(6)) absl::StrAppend(&text, " ", Properties(outer));
    text += "]";
    switch (dice_.Below(3)) {
      case 0:
        return absl::StrCat("-", text, "->");
      case 1:
        return absl::StrCat("<-", text, "-");
      default:
        return absl::StrCat("-", text, "-");
    }
  }

  std::string Lens() {
    return dice_.OneOf({"FOR VALID_TIME AS OF date('2024-02-01')",
                        "FOR VALID_TIME FROM date('2024-01-01') TO date('2024-03-01')",
                        "FOR KNOWN_TIME AS OF date('2024-02-01')",
                        "FOR KNOWN_TIME BETWEEN null AND date('2024-01-15')", "ACCORDING TO 'P1'",
                        "ACCORDING TO 'P1', ['P2']", "EXCEPT 'P2'", "DENIED BY 'P3'",
                        "CONFIDENCE >= 0.5", "INCLUDING DENIED", "INCLUDING ALL",
                        "FOR VALID_TIME ALL EXCEPT 'P1'"});
  }

  void Unwind() {
    const std::vector<std::string> bags = Names(scope_, Kind::kBag);
    if (!bags.empty() && dice_.Percent(50)) {
      Add(absl::StrCat("UNWIND ", bags.back(), " AS ", NewName()));
      scope_.push_back({absl::StrCat("v", names_ - 1), Kind::kAny});
      return;
    }
    const std::string list = dice_.Percent(20) ? Bag(1) : List(2);
    const std::string name = NewName();
    Add(absl::StrCat("UNWIND ", list, " AS ", name));
    scope_.push_back({name, Kind::kInteger});
  }

  void With() {
    Scope next;
    const uint32_t grouped = dice_.Percent(35) ? 1 + dice_.Below(2) : 0;
    const bool distinct = dice_.Percent(20);
    std::vector<std::string> items;
    for (const Variable& variable : scope_) {
      const bool bag = variable.kind == Kind::kBag && (distinct || grouped > 0);
      if (bag || dice_.Percent(35)) continue;
      items.push_back(variable.name);
      next.push_back(variable);
    }
    if (grouped == 0 || dice_.Percent(50)) {
      const Kind kind = AnyKind(!distinct && grouped == 0);
      next.push_back({NewName(), kind});
      items.push_back(absl::StrCat(Of(kind, 3), " AS ", next.back().name));
    }
    for (uint32_t i = 0; i < grouped; ++i) {
      const auto [text, kind] = Aggregate(!distinct);
      next.push_back({NewName(), kind});
      items.push_back(absl::StrCat(text, " AS ", next.back().name));
    }
    scope_ = std::move(next);
    std::vector<std::string> names;
    bool bags = false;
    for (const Variable& variable : scope_) {
      names.push_back(variable.name);
      bags = bags || variable.kind == Kind::kBag;
    }
    Add(absl::StrCat("WITH ", distinct ? "DISTINCT " : "", absl::StrJoin(items, ", "),
                     bags ? "" : Order(std::move(names)).first));
    if (dice_.Percent(25)) Add(absl::StrCat("WHERE ", Boolean(2)));
  }

  // Which path is found depends on the search; how long it is does not.
  void Shortest() {
    const std::vector<std::string> nodes = Names(scope_, Kind::kNode);
    if (nodes.size() < 2) return;
    const std::string path = NewName();
    const std::string length = NewName();
    std::vector<std::string> names;
    for (const Variable& variable : scope_) names.push_back(variable.name);
    Add(absl::StrCat("MATCH ", path, " = ", dice_.OneOf({"shortestPath", "allShortestPaths"}), "((",
                     nodes[0], ")", dice_.OneOf({"-[:T*..3]->", "-[*..3]-", "<-[:T|U*..2]-"}), "(",
                     nodes.back(), ")) WITH ", absl::StrJoin(names, ", "), ", length(", path,
                     ") AS ", length));
    scope_.push_back({length, Kind::kInteger});
  }

  void Call() {
    const Scope outer = scope_;
    std::vector<std::string> names;
    for (const Variable& variable : scope_) names.push_back(variable.name);
    Add("CALL {");
    if (names.empty()) {
      Add("UNWIND [1, 2] AS u");
      scope_.push_back({"u", Kind::kInteger});
    } else {
      Add(absl::StrCat("WITH ", absl::StrJoin(names, ", ")));
      if (hops_left_ > 0) Add(Match(dice_.Percent(30)));
    }
    const std::string name = NewName();
    if (dice_.Percent(40)) {
      const auto [text, kind] = Aggregate(true);
      Add(absl::StrCat("RETURN ", text, " AS ", name, " }"));
      scope_ = outer;
      scope_.push_back({name, kind});
    } else {
      const Kind kind = AnyKind(true);
      Add(absl::StrCat("RETURN ", Of(kind, 2), " AS ", name, " }"));
      scope_ = outer;
      scope_.push_back({name, kind});
    }
  }

  void Return(size_t columns, bool united) {
    const bool distinct = dice_.Percent(25);
    const bool grouped = dice_.Percent(35);
    bool bags = false;
    std::vector<std::string> items;
    std::vector<std::string> names;
    for (size_t i = 0; i < columns; ++i) {
      names.push_back(absl::StrCat("c", i));
      if (grouped && (i + 1 == columns || dice_.Percent(30))) {
        const auto [text, kind] = Aggregate(!distinct && !united);
        bags = bags || kind == Kind::kBag;
        items.push_back(absl::StrCat(text, " AS ", names.back()));
      } else {
        const Kind kind = AnyKind(!distinct && !grouped && !united);
        bags = bags || kind == Kind::kBag;
        items.push_back(absl::StrCat(Of(kind, 3), " AS ", names.back()));
      }
    }
    query_.lists_in_any_order = query_.lists_in_any_order || bags;
    absl::StrAppend(&query_.text, "RETURN ", distinct ? "DISTINCT " : "",
                    absl::StrJoin(items, ", "));
    if (bags) return;
    const auto [order, total] = Order(std::move(names));
    query_.text += order;
    query_.ordered = total && !united;
  }

  // ORDER BY these columns, or nothing; rows are cut off only where their order is total.
  std::pair<std::string, bool> Order(std::vector<std::string> names) {
    if (names.empty() || dice_.Percent(50)) return {"", false};
    for (size_t i = names.size(); i > 1; --i) {
      std::swap(names[i - 1], names[dice_.Below(static_cast<uint32_t>(i))]);
    }
    const bool total = dice_.Percent(75);
    if (!total) names.resize(1 + dice_.Below(static_cast<uint32_t>(names.size())));
    std::string text = " ORDER BY ";
    for (size_t i = 0; i < names.size(); ++i) {
      absl::StrAppend(&text, i == 0 ? "" : ", ", names[i], dice_.OneOf({"", " DESC", " ASC"}));
    }
    if (total && dice_.Percent(25)) absl::StrAppend(&text, " SKIP ", dice_.Below(3));
    if (total && dice_.Percent(50)) absl::StrAppend(&text, " LIMIT ", dice_.Below(12));
    return {text, total};
  }

  std::pair<std::string, Kind> Aggregate(bool bags) {
    switch (dice_.Below(bags ? 9 : 8)) {
      case 0:
        return {"count(*)", Kind::kInteger};
      case 1:
        return {absl::StrCat("count(", Of(AnyKind(false), 2), ")"), Kind::kInteger};
      case 2:
        return {absl::StrCat("count(DISTINCT ", Of(AnyKind(false), 2), ")"), Kind::kInteger};
      case 3:
        return {absl::StrCat("sum(", Integer(2), ")"), Kind::kInteger};
      case 4:
        return {absl::StrCat("avg(", Integer(2), ")"), Kind::kFloat};
      case 5:
        return {absl::StrCat("min(", Integer(2), ")"), Kind::kInteger};
      case 6:
        return {absl::StrCat("max(", Text(2), ")"), Kind::kText};
      case 7:
        return {absl::StrCat("size(collect(", dice_.OneOf({"", "DISTINCT "}), Of(Kind::kAny, 2),
                             ")) + ", dice_.Below(3)),
                Kind::kInteger};
      default:
        return {absl::StrCat("collect(", dice_.OneOf({"", "DISTINCT "}), Integer(2), ")"),
                Kind::kBag};
    }
  }

  // ---- Expressions

  static std::vector<std::string> Names(const Scope& scope, Kind kind) {
    std::vector<std::string> names;
    for (const Variable& variable : scope) {
      if (variable.kind == kind) names.push_back(variable.name);
    }
    return names;
  }
  // A variable of that kind, or "".
  std::string Any(Kind kind) {
    const std::vector<std::string> names = Names(scope_, kind);
    return names.empty() ? "" : names[dice_.Below(static_cast<uint32_t>(names.size()))];
  }

  // A kind that an expression can be made of now.
  Kind AnyKind(bool bags) {
    const uint32_t kind = dice_.Below(bags ? 13 : 12);
    if (kind == 12) return Kind::kBag;
    const auto wanted = static_cast<Kind>(kind);
    if (wanted == Kind::kBag) return Kind::kInteger;
    const bool bound = wanted <= Kind::kPath;
    return bound && Any(wanted).empty() ? Kind::kInteger : wanted;
  }

  std::string Of(Kind kind, uint32_t depth) {
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

  // `name`, in a scope that has this variable, too.
  template <typename Make>
  std::string Inside(const std::string& name, Kind kind, Make make) {
    scope_.push_back({name, kind});
    std::string text = make();
    scope_.pop_back();
    return text;
  }

  std::string Integer(uint32_t depth) {
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

  std::string Float() {
    const std::string node = Any(Kind::kNode);
    const std::string relationship = Any(Kind::kRelationship);
    if (!relationship.empty() && dice_.Percent(60)) {
      return absl::StrCat(dice_.OneOf({"confidence(", "support(", "denial("}), relationship, ")");
    }
    if (!node.empty() && dice_.Percent(60)) return node + ".f";
    const std::string variable = Any(Kind::kFloat);
    return variable.empty() ? dice_.OneOf({"0.5", "2.5", "null"}) : variable;
  }

  std::string Text(uint32_t depth) {
    const std::string node = Any(Kind::kNode);
    const std::string relationship = Any(Kind::kRelationship);
    if (!node.empty() && dice_.Percent(45))
      return node + dice_.OneOf({".s", ".s", ".name", ".key"});
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

  std::string List(uint32_t depth) {
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

  std::string Date() {
    const std::string relationship = Any(Kind::kRelationship);
    if (!relationship.empty() && dice_.Percent(70)) {
      return relationship + dice_.OneOf({".valid_from", ".valid_to"});
    }
    return dice_.OneOf({"date('2024-02-01')", "date('2024-01-01')", "null"});
  }

  std::string Bag(uint32_t depth) {
    const std::string variable = Any(Kind::kBag);
    if (!variable.empty() && dice_.Percent(60)) return variable;
    const std::string node = Any(Kind::kNode);
    if (node.empty()) return dice_.OneOf({"[3, 1]", "[]", "[null, 2]", "null"});
    const std::string other = NewName();
    const std::string head = absl::StrCat("[(", node, ")", Hop(false, {}), "(", other,
                                          dice_.OneOf({"", ":A", ":N"}), ")");
    return Inside(other, Kind::kNode, [&] {
      return absl::StrCat(
          head, dice_.Percent(40) ? absl::StrCat(" WHERE ", Boolean(std::min(depth, 1u))) : "",
          " | ", other, ".i]");
    });
  }

  std::string Mixed(uint32_t depth) {
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

  // What stands between { and } of exists and count.
  std::string Subquery(uint32_t depth) {
    const Scope outer = scope_;
    const uint32_t hops_left = std::exchange(hops_left_, 1);
    std::string text = absl::StrCat("MATCH ", Path(true, outer));
    if (dice_.Percent(50)) absl::StrAppend(&text, " WHERE ", Boolean(std::min(depth, 1u)));
    hops_left_ = hops_left;
    scope_ = outer;
    return text;
  }

  std::string Boolean(uint32_t depth) {
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
        return absl::StrCat("(", node, ")", Hop(false, {}),
                            dice_.OneOf({"()", "(:A)", "({i: 2})"}));
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

  std::string Comparison(uint32_t depth) {
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
        return absl::StrCat("(", Integer(depth), " IN ",
                            dice_.Percent(70) ? List(depth) : Bag(depth), ")");
      case 5:
        return absl::StrCat("(", Text(depth),
                            dice_.OneOf({" STARTS WITH ", " ENDS WITH ", " CONTAINS "}),
                            Text(depth), ")");
      case 6:
        return absl::StrCat("(1 <= ", Integer(depth), " < ", Integer(depth), ")");
      case 7: {
        const Kind kind = dice_.Percent(60) ? Kind::kNode : Kind::kRelationship;
        const std::string one = Any(kind);
        if (!one.empty())
          return absl::StrCat("(", one, dice_.OneOf({" = ", " <> "}), Any(kind), ")");
        [[fallthrough]];
      }
      default:
        return absl::StrCat("(", Integer(depth), compare, Integer(depth), ")");
    }
  }

  Dice dice_;
  RandomQuery query_;
  Scope scope_;
  int names_ = 0;
  uint32_t hops_left_ = 0;  // that MATCH clauses may still have
};

}  // namespace

std::vector<std::string> RandomGraph(uint32_t seed) {
  Dice dice(seed);
  std::vector<std::string> statements = {
      "CREATE RELATION TYPE TOP",
      "CREATE RELATION TYPE SUB UNDER TOP",
      "CREATE INDEX ON :N(i)",
      "CREATE INDEX ON :A(s)",
      "UNWIND range(1, 6) AS i CREATE (:Article {key: 'a' + i, publisher: 'P' + (i % 3 + 1), "
      "published: toString(date('2024-01-01') + duration({days: i * 9}))})",
      "MATCH (a:Article {key: 'a6'}) SET a.copy_of = 'a1'"};
  for (int i = 0; i < 9; ++i) {
    statements.push_back(absl::StrCat(
        "CREATE (:N", dice.OneOf({"", ":A", ":B", ":A:B"}), " {i: ", i % 6,
        ", s: ", dice.OneOf({"'ab'", "'abc'", "'b'", "'Äß'", "null"}),
        ", f: ", dice.OneOf({"0.5", "1.5", "-2.5", "null"}), ", x: ",
        dice.OneOf({"1", "2", "'ab'", "true", "[1, 2]", "[]", "null"}), ", key: 'n", i, "'})"));
  }
  for (int i = 0; i < 18; ++i) {
    statements.push_back(absl::StrCat(
        "MATCH (a {key: 'n", dice.Below(9), "'}), (b {key: 'n", dice.Below(9), "'}) CREATE (a)-[r:",
        dice.OneOf({"T", "T", "U", "SUB"}), " {w: ", dice.OneOf({"0", "1", "2", "null"}),
        ", valid_from: ", dice.OneOf({"date('2024-01-01')", "date('2024-02-10')", "null"}),
        ", valid_to: ", dice.OneOf({"date('2024-03-01')", "null"}), "}]->(b)"));
    for (uint32_t k = dice.Below(3); k > 0; --k) {
      absl::StrAppend(&statements.back(), " WITH r MATCH (c:Article {key: 'a", 1 + dice.Below(6),
                      "'}) CALL entente.cite(r, c, {stance: '",
                      dice.OneOf({"reports", "affirms", "denies"}), "', confidence: 0.",
                      1 + dice.Below(9), "}) YIELD added");
    }
  }
  return statements;
}

RandomQuery MakeRandomQuery(uint32_t seed) { return Generator(seed).Query(); }

}  // namespace entente::query
