// Random histories: steps that change a World, each with the text that does the same to a database.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/reference/world.h"

namespace entente::reference {

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}

  // 0 … limit − 1.
  int Below(int limit) { return static_cast<int>(engine_() % static_cast<uint64_t>(limit)); }
  bool OneIn(int count) { return Below(count) == 0; }
  template <typename T>
  const T& Of(const std::vector<T>& list) {
    return list[Below(static_cast<int>(list.size()))];
  }

 private:
  std::mt19937_64 engine_;
};

struct Step {
  enum class Kind { kStatement, kImport };
  Kind kind = Kind::kStatement;
  std::string text;    // of an import, a line for each article
  bool fails = false;  // or, of an import, some of its rows do
};

// Names that histories use, some of which nothing bears at first.
const std::vector<std::string>& EntityNames();
const std::vector<std::string>& EntityKeys();
const std::vector<std::string>& Types();
const std::vector<std::string>& Labels();
// Statements that come before any history, so that every type and label is known.
std::vector<std::string> Declarations();
// "2024", "2024-03", "2024-03-05" or "2024-03-05T12:00Z"; whole days alone, if `days`.
std::string RandomTime(Random& random, bool days = false);

class History {
 public:
  explicit History(Random& random) : random_(random) {}

  // The next step, which has been done to the world.
  Step Next();
  const World& world() const { return world_; }
  // Back to a world that was.
  void Undo(const World& world) {
    world_ = world;
    unmerged_.reset();
  }

 private:
  Step Import();
  Step Create();
  Step CreateArticle();
  Step Cite();
  Step Retract();
  Step SetValid();
  Step ChangeArticle();
  Step Delete();
  Step ChangeTaxonomy();
  Step Merge();
  Step Unmerge();
  Step Again();
  Step ImportLines(const std::vector<ClaimsLine>& lines);

  std::string AnyName();
  std::string AnyPublisher();
  ValidEnd AnyEnd();
  Evidence AnyPiece();
  ArticleRecord AnyArticle();
  std::vector<Id> LiveFacts() const;
  std::vector<Id> LiveArticles() const;

  Random& random_;
  World world_;
  int numbers_ = 0;
  // As it was before the last step, if that was a merge, and the key of the entity that stayed.
  std::optional<std::pair<World, std::string>> unmerged_;
  std::vector<std::vector<ClaimsLine>> imports_;
};

}  // namespace entente::reference
