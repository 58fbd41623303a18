#include "bench/world.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "storage/check.h"

namespace entente::bench {
namespace {

// Each kind of record draws from a stream of its own.
enum Stream : uint64_t {
  kShuffleStream,
  kFactStream,
  kArticleStream,
  kCopyStream,
  kEvidenceStream
};

// Names are CAMEO's, shares about those of its root codes in event data.
constexpr RelationShare kRelations[] = {
    {"MAKE_STATEMENT", 1400},
    {"CONSULT", 1300},
    {"EXPRESS_INTENT_TO_COOPERATE", 800},
    {"CRITICIZE_OR_DENOUNCE", 800},
    {"MAKE_A_VISIT", 700},
    {"HOST_A_VISIT", 700},
    {"USE_CONVENTIONAL_MILITARY_FORCE", 600},
    {"ENGAGE_IN_DIPLOMATIC_COOPERATION", 550},
    {"PRAISE_OR_ENDORSE", 500},
    {"MAKE_AN_APPEAL_OR_REQUEST", 500},
    {"ARREST_DETAIN_OR_CHARGE_WITH_LEGAL_ACTION", 500},
    {"ENGAGE_IN_NEGOTIATION", 350},
    {"ACCUSE", 300},
    {"USE_UNCONVENTIONAL_VIOLENCE", 250},
    {"DEMAND", 150},
    {"THREATEN", 150},
    {"DEMONSTRATE_OR_RALLY", 150},
    {"PROVIDE_AID", 120},
    {"REJECT", 100},
    {"IMPOSE_EMBARGO_BOYCOTT_OR_SANCTIONS", 80},
};

constexpr absl::string_view kLanguages[] = {"en", "en", "en", "en", "en", "en", "es", "fr",
                                            "ru", "ar", "zh", "de", "pt", "uk", "ko", "tr"};

constexpr int32_t kFirstDay = 16436;  // 2015-01-01
constexpr uint64_t kDays = 3652;      // to 2024-12-30
constexpr uint64_t kMinutes = 24 * 60;
constexpr uint64_t kFactsPerEntity = 20;
constexpr uint64_t kEntitiesPerPublisher = 100;
constexpr uint64_t kMostEvidence = 40;
// Facts have 2.07 pieces of evidence on average, and articles speak of three facts.
constexpr uint64_t kArticlesPerHundredFacts = 69;
constexpr uint64_t kReachDays = 32;
constexpr uint64_t kCopyPercent = 10;

uint32_t DrawRelation(Random& random) {
  uint64_t left = random.Below(10'000);
  for (uint32_t relation = 0;; ++relation) {
    if (left < kRelations[relation].share) return relation;
    left -= kRelations[relation].share;
  }
}

// Most facts are events of a day; some last for up to two years, some go on.
int32_t DrawEnd(Random& random, int32_t from) {
  const uint64_t kind = random.Below(100);
  if (kind < 80) return from + 1;
  if (kind < 92) return from + 7 + static_cast<int32_t>(random.Below(720));
  return Fact::kOpen;
}

}  // namespace

absl::Span<const RelationShare> Relations() { return kRelations; }

World::World(uint64_t facts)
    : facts_(facts),
      entities_(facts / kFactsPerEntity),
      publishers_(std::max<uint64_t>(entities_ / kEntitiesPerPublisher, 10)),
      articles_(facts * kArticlesPerHundredFacts / 100),
      reach_(std::min(articles_ / 2, std::max<uint64_t>(articles_ / kDays, 8) * kReachDays)),
      shuffle_(entities_, kShuffleStream),
      popularity_(entities_, Zipf::Exponent::k0_9),
      circulation_(publishers_, Zipf::Exponent::k0_9) {
  ENTENTE_CHECK(facts >= 1000);
}

int32_t World::DayOf(uint64_t fact) const {
  return kFirstDay + static_cast<int32_t>(fact * kDays / facts_);
}

bool World::IsCopy(uint64_t article) const {
  return article > 0 && Random(kCopyStream, article).Chance(kCopyPercent);
}

// Reprints follow within a day.
uint64_t World::OriginalOf(uint64_t copy) const {
  Random random(kCopyStream, copy);
  random.Next();
  const uint64_t day = std::max<uint64_t>(reach_ / kReachDays, 2);
  uint64_t original = copy - std::min(copy, 1 + random.Below(day));
  while (IsCopy(original)) --original;
  return original;
}

Article World::ArticleAt(uint64_t number) const {
  Random random(kArticleStream, number);
  Article article;
  article.publisher = circulation_.Draw(random) - 1;
  article.language = kLanguages[random.Below(std::size(kLanguages))];
  // As many articles a minute as the facts before their reach ends.
  article.published = kFirstDay * static_cast<int64_t>(kMinutes) +
                      static_cast<int64_t>(number * kDays * kMinutes / (articles_ - reach_));
  if (IsCopy(number)) article.original = OriginalOf(number);
  return article;
}

std::vector<Evidence> World::EvidenceOf(uint64_t fact) const {
  static const Zipf amounts(kMostEvidence, Zipf::Exponent::k2_25);
  Random random(kEvidenceStream, fact);
  std::vector<Evidence> evidence(amounts.Draw(random));
  const uint64_t first = fact * (articles_ - reach_) / facts_;
  const auto cited = [&](size_t count, uint64_t article) {
    return std::any_of(evidence.begin(), evidence.begin() + static_cast<ptrdiff_t>(count),
                       [&](const Evidence& other) { return other.article == article; });
  };
  for (size_t i = 0; i < evidence.size(); ++i) {
    Evidence& piece = evidence[i];
    // A reprint is followed by what it reprints.
    const uint64_t previous = i == 0 ? 0 : evidence[i - 1].article;
    if (i > 0 && IsCopy(previous) && !cited(i, OriginalOf(previous))) {
      piece.article = OriginalOf(previous);
    } else {
      // The first days bring more than the following weeks.
      do {
        piece.article = first + random.Below(std::max(reach_ >> random.Below(6), kMostEvidence));
      } while (cited(i, piece.article));
    }
    const uint64_t stance = random.Below(100);
    piece.stance = stance < 4 ? Stance::kDenies : stance < 40 ? Stance::kAffirms : Stance::kReports;
    piece.confidence = 30 + static_cast<uint32_t>(random.Below(70));
    if (random.Chance(25)) piece.asserter = DrawEntity(random);
    piece.sentence = 1 + static_cast<uint32_t>(random.Below(1 + random.Below(40)));
    piece.span_begin = (piece.sentence - 1) * 130 + static_cast<uint32_t>(random.Below(60));
    piece.span_end = piece.span_begin + 20 + static_cast<uint32_t>(random.Below(120));
    piece.quoted = random.Chance(5);
  }
  return evidence;
}

bool FactStream::Next(Fact* fact) {
  if (next_ == world_.facts()) return false;
  Random random(kFactStream, next_);
  fact->from = world_.DayOf(next_);
  if (fact->from != day_) {
    seen_.clear();
    day_ = fact->from;
  }
  do {
    fact->subject = world_.DrawEntity(random);
    fact->object = world_.DrawEntity(random);
    fact->relation = DrawRelation(random);
    fact->to = DrawEnd(random, fact->from);
  } while (fact->subject == fact->object ||
           !seen_.emplace(fact->subject, fact->relation, fact->object, fact->to).second);
  ++next_;
  return true;
}

std::string EntityKey(uint64_t entity) { return absl::StrCat("wd:Q", entity + 1); }

std::string ArticleKey(uint64_t article) { return absl::StrCat("story:", article + 1); }

}  // namespace entente::bench
