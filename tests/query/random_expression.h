// Random expressions and patterns over the variables that a query has bound so far.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace entente::query {

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

// Remembers which variables an expression may name; whoever writes clauses derives from it.
class RandomExpressions {
 public:
  explicit RandomExpressions(uint32_t seed) : dice_(seed) {}

 protected:
  using Scope = std::vector<Variable>;

  std::string NewName() { return absl::StrCat("v", names_++); }
  std::string Bind(Kind kind);
  // Of `outer`, what properties in patterns may name: what the same clause binds may not be there
  // yet.
  std::string Path(bool binds, const Scope& outer);
  std::string Node(bool binds, const Scope& outer);
  std::string Properties(const Scope& outer);
  std::string Hop(bool binds, const Scope& outer);
  std::string Reused(bool many, const Scope& outer);
  std::string Arrow(const std::string& text);
  static std::vector<std::string> Names(const Scope& scope, Kind kind);
  // A variable of that kind, or "".
  std::string Any(Kind kind);
  // A kind that an expression can be made of now.
  Kind AnyKind(bool bags);
  std::string Of(Kind kind, uint32_t depth);
  // `name`, in a scope that has this variable, too.
  template <typename Make>
  std::string Inside(const std::string& name, Kind kind, Make make) {
    scope_.push_back({name, kind});
    std::string text = make();
    scope_.pop_back();
    return text;
  }
  std::string Integer(uint32_t depth);
  std::string Float();
  std::string Text(uint32_t depth);
  std::string List(uint32_t depth);
  std::string Date();
  std::string Bag(uint32_t depth);
  std::string Mixed(uint32_t depth);
  // What stands between { and } of exists and count.
  std::string Subquery(uint32_t depth);
  std::string Boolean(uint32_t depth);
  std::string Comparison(uint32_t depth);

  Dice dice_;
  Scope scope_;
  uint32_t hops_left_ = 0;        // that MATCH clauses may still have
  std::set<std::string> reused_;  // relationships that the present MATCH names again

 private:
  int names_ = 0;
};

}  // namespace entente::query
