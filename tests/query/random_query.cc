#include "tests/query/random_query.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "tests/query/random_expression.h"

namespace entente::query {
namespace {

class Generator : public RandomExpressions {
 public:
  using RandomExpressions::RandomExpressions;

  RandomQuery Query() {
    if (dice_.Percent(6)) query_.text = absl::StrCat(Lens(), " ");
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

  std::string Match(bool optional) {
    reused_.clear();
    const uint32_t patterns = dice_.Percent(70) ? 1 : 2 + dice_.Below(2);
    std::vector<std::string> paths;
    const Scope outer = scope_;
    for (uint32_t i = 0; i < patterns; ++i) paths.push_back(Path(true, outer));
    std::string text =
        absl::StrCat(optional ? "OPTIONAL MATCH " : "MATCH ", absl::StrJoin(paths, ", "));
    if (dice_.Percent(6)) absl::StrAppend(&text, " ", Lens());
    if (dice_.Percent(35)) absl::StrAppend(&text, " WHERE ", Condition(3));
    return text;
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
      const std::string bag = bags.back();
      Add(absl::StrCat("UNWIND ", bag, " AS ", Bind(Kind::kAny)));
      return;
    }
    const std::string list = dice_.Percent(50)   ? dice_.OneOf({"[1, 2, 3]", "[2, null, 5]"})
                             : dice_.Percent(20) ? Bag(1)
                                                 : List(2);
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
    if (dice_.Percent(20)) Add(absl::StrCat("WHERE ", Condition(2)));
  }

  // Mostly one that null passes, so that rows are left to tell something by.
  std::string Condition(uint32_t depth) {
    const std::string condition = Boolean(depth);
    return dice_.Percent(70) ? absl::StrCat("coalesce(", condition, ", true)") : condition;
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
    if (total && dice_.Percent(15)) absl::StrAppend(&text, " SKIP ", dice_.Below(3));
    if (total && dice_.Percent(50)) absl::StrAppend(&text, " LIMIT ", dice_.Below(20));
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

  RandomQuery query_;
};

}  // namespace

RandomQuery MakeRandomQuery(uint32_t seed) { return Generator(seed).Query(); }

}  // namespace entente::query
