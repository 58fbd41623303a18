// What is cached of blocks of facts, in three forms: the parsed block, what the evidence of its
// facts amounts to, and their evidence without its words. Each is made from a block's bytes and
// asked for by the fact; statements that ask the same of many facts read only what they need.
#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
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
enum class PrefetchStep { kFact, kPieces };
inline constexpr PrefetchStep kPrefetchSteps[] = {PrefetchStep::kFact, PrefetchStep::kPieces};

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
    // Parsing has seen that they are of this block.
    const size_t places = block.id(block.size() - 1) - first + 1;
    auto cached = MakeWith<CachedCorroborations>(places * sizeof(Fact));
    cached->first_ = first;
    cached->places_ = places;
    Fact* const facts = const_cast<Fact*>(cached->facts());
    std::uninitialized_fill_n(facts, places, std::nullopt);
    for (size_t i = 0; i < block.size(); ++i) {
      facts[block.id(i) - first] = block.ReadCorroboration(i);
    }
    return cached;
  }
  void Prefetch(PrefetchStep step, FactId fact) const {
    if (step == PrefetchStep::kFact) __builtin_prefetch(facts() + (fact - first_));
  }
  std::optional<FactCorroboration> Find(FactId fact) const {
    return fact - first_ < places_ ? facts()[fact - first_] : std::nullopt;
  }

 private:
  friend ReadCache::Entry;
  using Fact = std::optional<FactCorroboration>;
  static_assert(std::is_trivially_destructible_v<Fact>);

  CachedCorroborations() = default;
  size_t bytes() const override { return sizeof(*this) + places_ * sizeof(Fact); }
  // By their place in the block.
  const Fact* facts() const { return reinterpret_cast<const Fact*>(this + 1); }

  FactId first_ = 0;
  size_t places_ = 0;
};

// Likewise, and close together.
class CachedEvidence final : public ReadCache::Entry {
 public:
  static CacheKey KeyOf(uint64_t block) { return CacheKey::Evidence(block); }
  static absl::StatusOr<std::unique_ptr<CachedEvidence>> Make(const View& view, FactId first,
                                                              absl::string_view bytes) {
    ASSIGN_OR_RETURN(const FactBlock block,
                     FactBlock::Parse(first, view.geometry().inline_evidence, bytes));
    std::vector<BareEvidence> evidence;
    const std::vector<FactBlock::FactEvidence> facts = block.ReadAllBareEvidence(&evidence);
    // Parsing has seen that they are of this block.
    const size_t places = block.id(block.size() - 1) - first + 1;
    auto cached = MakeWith<CachedEvidence>(places * sizeof(Fact) + evidence.size() * sizeof(Piece));
    cached->first_ = first;
    cached->places_ = static_cast<uint32_t>(places);
    cached->piece_count_ = static_cast<uint32_t>(evidence.size());
    Fact* fact = const_cast<Fact*>(cached->facts());
    uint32_t begin = 0;
    for (size_t i = 0; i < facts.size(); ++i) {
      Fact* const at = const_cast<Fact*>(cached->facts()) + (block.id(i) - first);
      for (; fact < at; ++fact) *fact = {0, begin, 0, false};
      const uint32_t end = static_cast<uint32_t>(facts[i].end);
      *fact++ = {facts[i].total - (end - begin), end, facts[i].flags, true};
      begin = end;
    }
    Piece* piece = const_cast<Piece*>(cached->pieces());
    for (const BareEvidence& bare : evidence) *piece++ = cached->Pack(bare);
    return cached;
  }
  void Prefetch(PrefetchStep step, FactId fact) const {
    switch (step) {
      case PrefetchStep::kFact:
        return __builtin_prefetch(facts() + (fact - first_));
      case PrefetchStep::kPieces:
        if (fact - first_ >= places_) return;
        return __builtin_prefetch(pieces() + Begin(fact - first_));
    }
  }
  // Appends the fact's inline evidence. False when there is no such fact. `*overflow`: how many
  // pieces stand elsewhere.
  bool Read(FactId id, std::vector<BareEvidence>* out, uint16_t* flags, uint64_t* overflow) const {
    const size_t place = id - first_;
    if (place >= places_ || !facts()[place].exists) return false;
    const Fact& fact = facts()[place];
    *flags = fact.flags;
    *overflow = fact.overflow;
    for (size_t i = Begin(place); i < fact.end; ++i) {
      const Piece& piece = pieces()[i];
      if (piece.rare != kNotRare) {
        out->push_back(rare_[piece.rare]);
      } else {
        out->push_back(
            {piece.article, kNoId, piece.confidence / kConfidenceUnits, kNoTime, piece.stance});
      }
    }
    return true;
  }

 private:
  friend ReadCache::Entry;
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

  CachedEvidence() = default;
  // By their place in the block; behind them all their pieces.
  const Fact* facts() const { return reinterpret_cast<const Fact*>(this + 1); }
  const Piece* pieces() const { return reinterpret_cast<const Piece*>(facts() + places_); }
  size_t Begin(size_t place) const { return place == 0 ? 0 : facts()[place - 1].end; }
  Piece Pack(const BareEvidence& piece) {
    const uint16_t confidence =
        static_cast<uint16_t>(std::lround(piece.confidence * kConfidenceUnits));
    const bool is_rare = piece.asserter != kNoId || piece.retracted_at != kNoTime ||
                         confidence / kConfidenceUnits != piece.confidence;
    const uint32_t rare = is_rare ? static_cast<uint32_t>(rare_.size()) : kNotRare;
    if (is_rare) rare_.push_back(piece);
    return {piece.article, rare, confidence, piece.stance};
  }
  size_t bytes() const override {
    return sizeof(*this) + places_ * sizeof(Fact) + piece_count_ * sizeof(Piece) +
           rare_.capacity() * sizeof(BareEvidence);
  }

  FactId first_ = 0;
  uint32_t places_ = 0;
  uint32_t piece_count_ = 0;
  std::vector<BareEvidence> rare_;
};

}  // namespace entente::storage
