// World: entities, articles and facts as the definitions have them, kept in plain lists and worked
// out anew at every question. It knows nothing of the engine, so that the two can be compared.
//
// Ids are places in the lists; what is deleted stays there, marked as gone.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace entente::reference {

// Microseconds since 1970-01-01T00:00Z.
using Moment = int64_t;
inline constexpr Moment kAlwaysWas = std::numeric_limits<Moment>::min();
inline constexpr Moment kForEver = std::numeric_limits<Moment>::max();

// The first moment of what is written "2024", "2024-06", "2024-06-18" or "2024-06-18T12:00Z".
Moment MomentOf(const std::string& written);
// "2024-06-18T12:00Z".
std::string MomentText(Moment moment);

using Id = int;
inline constexpr Id kNobody = -1;

struct Entity {
  std::string key;
  std::string name;
  std::vector<std::string> aliases;
  std::set<std::string> labels;
  std::vector<std::string> former_keys;  // of those that were merged into it
  bool gone = false;
};

struct Article {
  std::string key;
  Id publisher = kNobody;
  std::optional<Moment> published;
  std::string copy_of;  // a key, "" if it is no copy
  bool gone = false;
};

struct Evidence {
  Id article = kNobody;
  std::string stance = "reports";
  int confidence = 50;  // in hundredths
  Id asserter = kNobody;
  std::optional<int> sentence;
  std::optional<std::pair<int, int>> span;
  std::string quote;
  std::optional<Moment> retracted;
};

// One end of a valid time; "" is open.
struct ValidEnd {
  std::string written;
  // "day", "month", "year", "instant" or, where it is open, "null".
  std::string Precision() const;
  bool operator==(const ValidEnd& other) const { return written == other.written; }
};

struct Fact {
  int number = 0;  // the property `n`, by which statements find it
  Id subject = kNobody;
  std::string type;
  Id object = kNobody;
  ValidEnd from;
  ValidEnd to;
  // The ends that it was first imported with; nothing if it was made by CREATE.
  std::optional<std::pair<ValidEnd, ValidEnd>> identity;
  std::vector<Evidence> evidence;
  bool had_evidence = false;
  bool gone = false;
};

// What an import says; "" is not said.
struct EntityRecord {
  std::string key;
  std::string name;
  std::vector<std::string> aliases;
  std::vector<std::string> labels;
};
struct ArticleRecord {
  std::string key;
  std::string publisher;
  std::string published;
  std::string copy_of;
};
struct ClaimRecord {
  std::string subject;
  std::string type;
  std::string object;
  ValidEnd from;
  ValidEnd to;
  std::string asserter;
  Evidence evidence;  // but for article and asserter
  int number = 0;
};
struct ClaimsLine {
  std::vector<EntityRecord> entities;
  std::optional<ArticleRecord> article;
  std::vector<ClaimRecord> claims;
};

// A DAG of names.
class Taxonomy {
 public:
  void Put(const std::string& name, const std::string& parent) { parents_[name].insert(parent); }
  void Take(const std::string& name, const std::string& parent) { parents_[name].erase(parent); }
  bool IsUnder(const std::string& name, const std::string& ancestor) const;

 private:
  std::map<std::string, std::set<std::string>> parents_;
};

class World {
 public:
  std::vector<Entity> entities;
  std::vector<Article> articles;
  std::vector<Fact> facts;
  Taxonomy types;
  Taxonomy labels;

  // By key, canonical name or alias; several or none is nothing.
  std::optional<Id> Named(const std::string& text) const;
  // The same; nobody's name makes an entity.
  Id NeedNamed(const std::string& text);
  Id ArticleWithKey(const std::string& key) const;

  // Returns how many rows were rejected.
  int Import(const std::vector<ClaimsLine>& lines);
  Id AddEntity(const EntityRecord& record);
  // False, and nothing is changed, if it would make the article a copy of itself.
  bool PutArticle(const ArticleRecord& record);
  void SetPublisher(Id article, const std::string& name);
  // False, and nothing is changed, if the fact has that piece already.
  bool Cite(Id fact, Evidence piece);
  // `merged` becomes `into`.
  void MergeEntities(Id into, Id merged);
  // Whether several relationships of `merged` would become one, so that their order matters.
  bool IsMergeAmbiguous(Id into, Id merged) const;
  void DeleteEntity(Id entity);
  void DeleteArticle(Id article);

  // Who counts as the source of what the article says: the publisher of its original, or that
  // article itself. Two numbers that no other source has.
  std::pair<bool, Id> SourceOf(Id article) const;
  std::string SourceName(const std::pair<bool, Id>& source) const;

 private:
  bool ClosesCycle(const std::string& key, const std::string& copy_of) const;
  Id KeyedBearer(const std::string& name) const;
  void TakeOverStubs(const std::set<Id>& touched);
  // All that names `merged` names `into`.
  void Rename(Id merged, Id into);
  Fact* FindIdentity(const Fact& wanted);
};

// Adds what the list lacks; a retraction of either counts.
bool AddPiece(const Evidence& piece, std::vector<Evidence>* evidence);

// Names are compared without regard to case. (The engine does more; tests/engine/names_test.cc.)
std::string Normalised(const std::string& name);

}  // namespace entente::reference
