// What is cached of blocks of facts, in three forms: the parsed block, what the evidence of its
// facts amounts to, and their evidence without its words. Each is made from a block's bytes and
// asked for by the fact; statements that ask the same of many facts read only what they need.
#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/fact_block.h"
#include "storage/facts.h"
#include "storage/ids.h"
#include "storage/read_cache.h"
#include "storage/status_macros.h"
#include "storage/view.h"
#include "storage/vocabularies.h"

namespace entente::storage {

// With the vocabulary of its quotes.
inline absl::StatusOr<FactBlock> ParseBlock(const View& view, FactId first,
                                            absl::string_view bytes) {
  ASSIGN_OR_RETURN(FactBlock block,
                   FactBlock::Parse(first, view.geometry().inline_evidence, bytes));
  if (block.vocabulary() != 0) {
    ASSIGN_OR_RETURN(const Vocabulary* vocabulary,
                     view.vocabularies().Find(view, kQuotes, block.vocabulary()));
    block.SetVocabulary(vocabulary);
  }
  return block;
}

// What is read of one fact is fetched into the processor's cache in these steps, a while one after
// the other.
enum class PrefetchStep { kEntry, kFact, kPieces };
inline constexpr PrefetchStep kPrefetchSteps[] = {PrefetchStep::kEntry, PrefetchStep::kFact,
                                                  PrefetchStep::kPieces};

// A block, parsed once for many readers. Snapshots for which it is found have no loose facts of it.
class CachedBlock final : public ReadCache::Entry {
 public:
  static CacheKey KeyOf(uint64_t block) { return CacheKey::FactBlock(block); }
  static absl::StatusOr<std::unique_ptr<CachedBlock>> Make(const View& view, FactId first,
                                                           absl::string_view bytes) {
    std::unique_ptr<CachedBlock> cached(new CachedBlock(bytes));
    ASSIGN_OR_RETURN(cached->block_, ParseBlock(view, first, cached->bytes_));
    return cached;
  }
  const FactBlock& block() const { return block_; }
  void Prefetch(PrefetchStep, FactId) const {}

 private:
  explicit CachedBlock(absl::string_view bytes) : bytes_(bytes) {}
  size_t bytes() const override { return sizeof(*this) + bytes_.capacity() + block_.bytes(); }

  const std::string bytes_;
  FactBlock block_;
};

// What is asked of many facts at once takes much less memory alone than with the rest of the block.
class CachedCorroborations final : public ReadCache::Entry {
 public:
  static CacheKey KeyOf(uint64_t block) { return CacheKey::Corroborations(block); }
  static absl::StatusOr<std::unique_ptr<CachedCorroborations>> Make(const View& view, FactId first,
                                                                    absl::string_view bytes) {
    ASSIGN_OR_RETURN(const FactBlock block,
                     FactBlock::Parse(first, view.geometry().inline_evidence, bytes));
    auto cached = std::make_unique<CachedCorroborations>();
    cached->first_ = first;
    for (size_t i = 0; i < block.size(); ++i) {
      // Parsing has seen that they are of this block.
      cached->facts_.resize(block.id(i) - first);
      cached->facts_.emplace_back(block.ReadCorroboration(i));
    }
    return cached;
  }
  void Prefetch(PrefetchStep step, FactId fact) const {
    if (step == PrefetchStep::kEntry) __builtin_prefetch(&facts_);
    if (step == PrefetchStep::kFact) __builtin_prefetch(facts_.data() + (fact - first_));
  }
  std::optional<FactCorroboration> Find(FactId fact) const {
    return fact - first_ < facts_.size() ? facts_[fact - first_] : std::nullopt;
  }

 private:
  size_t bytes() const override {
    return sizeof(*this) + facts_.capacity() * sizeof(std::optional<FactCorroboration>);
  }

  FactId first_ = 0;
  std::vector<std::optional<FactCorroboration>> facts_;  // by their place in the block
};

// Likewise, and close together.
class CachedEvidence final : public ReadCache::Entry {
 public:
  static CacheKey KeyOf(uint64_t block) { return CacheKey::Evidence(block); }
  static absl::StatusOr<std::unique_ptr<CachedEvidence>> Make(const View& view, FactId first,
                                                              absl::string_view bytes) {
    ASSIGN_OR_RETURN(const FactBlock block,
                     FactBlock::Parse(first, view.geometry().inline_evidence, bytes));
    auto cached = std::make_unique<CachedEvidence>();
    cached->first_ = first;
    std::vector<BareEvidence> pieces;
    const std::vector<FactBlock::FactEvidence> facts = block.ReadAllBareEvidence(&pieces);
    cached->pieces_.reserve(pieces.size());
    for (const BareEvidence& piece : pieces) cached->Add(piece);
    // Parsing has seen that they are of this block.
    cached->facts_.reserve(block.id(block.size() - 1) - first + 1);
    uint32_t begin = 0;
    for (size_t i = 0; i < facts.size(); ++i) {
      cached->facts_.resize(block.id(i) - first, {0, begin, 0, false});
      const uint32_t end = static_cast<uint32_t>(facts[i].end);
      cached->facts_.push_back({facts[i].total - (end - begin), end, facts[i].flags, true});
      begin = end;
    }
    return cached;
  }
  void Prefetch(PrefetchStep step, FactId fact) const {
    switch (step) {
      case PrefetchStep::kEntry:
        __builtin_prefetch(this);
        return __builtin_prefetch(reinterpret_cast<const char*>(this + 1) - 1);
      case PrefetchStep::kFact:
        return __builtin_prefetch(facts_.data() + (fact - first_));
      case PrefetchStep::kPieces:
        if (fact - first_ >= facts_.size()) return;
        return __builtin_prefetch(pieces_.data() + Begin(fact - first_));
    }
  }
  // Appends the fact's inline evidence. False when there is no such fact. `*overflow`: how many
  // pieces stand elsewhere.
  bool Read(FactId fact, std::vector<BareEvidence>* pieces, uint16_t* flags,
            uint64_t* overflow) const {
    const size_t place = fact - first_;
    if (place >= facts_.size() || !facts_[place].exists) return false;
    *flags = facts_[place].flags;
    *overflow = facts_[place].overflow;
    for (size_t i = Begin(place); i < facts_[place].end; ++i) {
      const Piece& piece = pieces_[i];
      if (piece.rare != kNotRare) {
        pieces->push_back(rare_[piece.rare]);
      } else {
        pieces->push_back(
            {piece.article, kNoId, piece.confidence / kConfidenceUnits, kNoTime, piece.stance});
      }
    }
    return true;
  }

 private:
  static constexpr double kConfidenceUnits = 10000;
  static constexpr uint32_t kNotRare = ~uint32_t{0};
  // One that nobody is quoted in, that was not retracted and whose confidence is a whole number of
  // units; or where in rare_ it stands.
  struct Piece {
    NodeId article;
    uint32_t rare;
    uint16_t confidence;
    Stance stance;
  };
  struct Fact {
    uint64_t overflow;
    uint32_t end;  // of its pieces
    uint16_t flags;
    bool exists;
  };

  size_t Begin(size_t place) const { return place == 0 ? 0 : facts_[place - 1].end; }
  void Add(const BareEvidence& piece) {
    const uint16_t confidence =
        static_cast<uint16_t>(std::lround(piece.confidence * kConfidenceUnits));
    const bool is_rare = piece.asserter != kNoId || piece.retracted_at != kNoTime ||
                         confidence / kConfidenceUnits != piece.confidence;
    const uint32_t rare = is_rare ? static_cast<uint32_t>(rare_.size()) : kNotRare;
    pieces_.push_back({piece.article, rare, confidence, piece.stance});
    if (is_rare) rare_.push_back(piece);
  }
  size_t bytes() const override {
    return sizeof(*this) + facts_.capacity() * sizeof(Fact) + pieces_.capacity() * sizeof(Piece) +
           rare_.capacity() * sizeof(BareEvidence);
  }

  FactId first_ = 0;
  std::vector<Fact> facts_;  // by their place in the block
  std::vector<Piece> pieces_;
  std::vector<BareEvidence> rare_;
};

}  // namespace entente::storage
