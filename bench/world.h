// World: invented facts in the shape of event data such as ICEWS and GDELT, made record by record
// from their numbers, so that a world of any size needs no memory. README.md says what shape.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "bench/sampling.h"

namespace entente::bench {

struct RelationShare {
  absl::string_view name;
  uint32_t share;  // in ten-thousandths
};
// The twenty relation types; an index into them is a relation.
absl::Span<const RelationShare> Relations();

struct Fact {
  static constexpr int32_t kOpen = INT32_MAX;

  uint64_t subject = 0;  // an entity, as is the object
  uint64_t object = 0;
  uint32_t relation = 0;
  int32_t from = 0;  // days since 1970-01-01
  int32_t to = 0;    // exclusive
};

struct Article {
  static constexpr uint64_t kNone = UINT64_MAX;

  uint64_t publisher = 0;  // an entity
  absl::string_view language;
  int64_t published = 0;      // minutes since 1970-01-01T00:00Z
  uint64_t original = kNone;  // an earlier article which is not itself a copy
};

enum class Stance { kReports, kAffirms, kDenies };

struct Evidence {
  static constexpr uint64_t kNobody = UINT64_MAX;

  uint64_t article = 0;
  Stance stance = Stance::kReports;
  uint32_t confidence = 0;      // in hundredths
  uint64_t asserter = kNobody;  // an entity
  uint32_t sentence = 0;
  uint32_t span_begin = 0;
  uint32_t span_end = 0;
  bool quoted = false;
};

// The same number of facts gives the same world.
class World {
 public:
  // At least 1,000 facts.
  explicit World(uint64_t facts);

  uint64_t facts() const { return facts_; }
  uint64_t entities() const { return entities_; }
  uint64_t articles() const { return articles_; }
  // Entities 0 … publishers() − 1 also publish.
  uint64_t publishers() const { return publishers_; }

  // The entity of this rank in popularity as subject and object, from 1.
  uint64_t EntityOfRank(uint64_t rank) const { return shuffle_(rank - 1); }
  uint64_t DrawEntity(Random& random) const { return EntityOfRank(popularity_.Draw(random)); }
  // On which facts begin; they follow one another through ten years.
  int32_t DayOf(uint64_t fact) const;

  Article ArticleAt(uint64_t number) const;
  std::vector<Evidence> EvidenceOf(uint64_t fact) const;

 private:
  bool IsCopy(uint64_t article) const;
  uint64_t OriginalOf(uint64_t copy) const;

  uint64_t facts_;
  uint64_t entities_;
  uint64_t publishers_;
  uint64_t articles_;
  uint64_t reach_;  // how many articles after a fact's first day may still speak of it
  Shuffle shuffle_;
  Zipf popularity_;
  Zipf circulation_;  // of publishers
};

// The facts of a world in their order. No two are equal.
class FactStream {
 public:
  // `world` must outlive the stream.
  explicit FactStream(const World& world) : world_(world) {}

  // False after the last one.
  bool Next(Fact* fact);

 private:
  const World& world_;
  uint64_t next_ = 0;
  int32_t day_ = -1;
  // Subject, relation, object and end of the day's facts, since only facts of one day can be equal.
  absl::flat_hash_set<std::tuple<uint64_t, uint32_t, uint64_t, int32_t>> seen_;
};

std::string EntityKey(uint64_t entity);    // "wd:Q4711"
std::string ArticleKey(uint64_t article);  // "story:4711"

}  // namespace entente::bench
