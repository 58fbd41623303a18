#include "storage/facts.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/functional/function_ref.h"
#include "rocksdb/slice.h"
#include "storage/adjacency.h"
#include "storage/cached_facts.h"
#include "storage/cached_reads.h"
#include "storage/fact_block.h"
#include "storage/fact_sealing.h"
#include "storage/keys.h"
#include "storage/provenance.h"
#include "storage/status_macros.h"
#include "storage/store_impl.h"
#include "storage/transaction.h"
#include "storage/vocabularies.h"

namespace entente::storage {
namespace {

std::string BlockKey(uint64_t block) { return KeyWriter(FactKey::kBlock).U64(block).bytes(); }
std::string LooseKey(FactId fact) { return KeyWriter(FactKey::kLoose).U64(fact).bytes(); }
std::string EvidenceKey(FactId fact, uint32_t page) {
  return KeyWriter(FactKey::kEvidence).U64(fact).U32(page).bytes();
}

FactId FirstOfBlock(const View& view, FactId fact) {
  return fact - fact % view.geometry().block_facts;
}

// A loose value; nullopt when it marks a deletion.
absl::StatusOr<std::optional<FactBlock>> ParseLoose(const View& view, FactId fact,
                                                    absl::string_view bytes) {
  if (bytes.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(FactBlock block, ParseBlock(view, FirstOfBlock(view, fact), bytes));
  if (block.size() != 1 || block.id(0) != fact) return absl::DataLossError("broken loose fact");
  return block;
}

absl::StatusOr<std::optional<StoredFact>> DecodeLoose(const View& view, FactId fact,
                                                      absl::string_view bytes) {
  ASSIGN_OR_RETURN(const std::optional<FactBlock> block, ParseLoose(view, fact, bytes));
  if (!block.has_value()) return std::nullopt;
  return block->Read(0);
}

// Takes the `count` pieces of the fact's evidence that stand in overflow pages.
absl::Status ReadOverflow(const View& view, FactId fact, uint64_t count,
                          absl::FunctionRef<void(Evidence)> take) {
  for (uint32_t page = 0; count > 0; ++page) {
    rocksdb::PinnableSlice value;
    ASSIGN_OR_RETURN(bool found, view.Get(Family::kFacts, EvidenceKey(fact, page), &value));
    if (!found) return absl::DataLossError("evidence of a fact is lost");
    ASSIGN_OR_RETURN(std::vector<Evidence> pieces, DecodeEvidencePage(ToView(value)));
    if (pieces.empty() || pieces.size() > count) {
      return absl::DataLossError("broken page of evidence");
    }
    count -= pieces.size();
    for (Evidence& piece : pieces) take(std::move(piece));
  }
  return absl::OkStatus();
}

// Adds the evidence that stands in overflow pages.
absl::Status Complete(const View& view, StoredFact stored, FactRecord* record) {
  *record = std::move(stored.record);
  return ReadOverflow(view, stored.id, stored.evidence_total - record->evidence.size(),
                      [&](Evidence piece) { record->evidence.push_back(std::move(piece)); });
}

absl::Status InsertEdges(Transaction& transaction, FactId fact, const FactRecord& record) {
  RETURN_IF_ERROR(InsertEdge(transaction, Direction::kOut, record.subject,
                             EdgeOf(Direction::kOut, fact, record)));
  return InsertEdge(transaction, Direction::kIn, record.object,
                    EdgeOf(Direction::kIn, fact, record));
}

absl::Status EraseEdges(Transaction& transaction, FactId fact, const FactRecord& record) {
  RETURN_IF_ERROR(EraseEdge(transaction, Direction::kOut, record.subject,
                            EdgeOf(Direction::kOut, fact, record)));
  return EraseEdge(transaction, Direction::kIn, record.object,
                   EdgeOf(Direction::kIn, fact, record));
}

absl::Status UpdateEdges(Transaction& transaction, FactId fact, const FactRecord& old,
                         const FactRecord& record) {
  if (old.subject != record.subject || old.relation != record.relation ||
      old.object != record.object) {
    RETURN_IF_ERROR(EraseEdges(transaction, fact, old));
    return InsertEdges(transaction, fact, record);
  }
  for (Direction direction : {Direction::kOut, Direction::kIn}) {
    const EdgeRow before = EdgeOf(direction, fact, old);
    const EdgeRow after = EdgeOf(direction, fact, record);
    if (before == after) continue;
    const NodeId node = direction == Direction::kOut ? record.subject : record.object;
    RETURN_IF_ERROR(UpdateEdge(transaction, direction, node, before, after));
  }
  return absl::OkStatus();
}

std::set<NodeId> Articles(const FactRecord& record) {
  std::set<NodeId> articles;
  for (const Evidence& piece : record.evidence) articles.insert(piece.article);
  return articles;
}

// Keeps article → facts in step with a change from `old` to `record`.
void UpdateArticles(Transaction& transaction, FactId fact, const FactRecord& old,
                    const FactRecord& record) {
  const std::set<NodeId> before = Articles(old);
  const std::set<NodeId> after = Articles(record);
  const auto enter = [&](NodeId article, bool erased) {
    std::string entry;
    AppendListEntry(fact, erased, &entry);
    transaction.Append(Family::kProvenance, ArticleFactsKey(article), entry, erased ? -1 : 1);
  };
  for (NodeId article : before) {
    if (!after.contains(article)) enter(article, true);
  }
  for (NodeId article : after) {
    if (!before.contains(article)) enter(article, false);
  }
}

// Writes the pages of evidence beyond the inline pieces that differ from `old`.
void WriteOverflow(Transaction& transaction, FactId fact, absl::Span<const Evidence> old,
                   absl::Span<const Evidence> evidence) {
  const size_t page_size = transaction.geometry().evidence_page;
  const size_t first = transaction.geometry().inline_evidence;
  uint32_t page = 0;
  for (size_t begin = first; begin < std::max(old.size(), evidence.size());
       begin += page_size, ++page) {
    const std::string key = EvidenceKey(fact, page);
    if (begin >= evidence.size()) {
      transaction.Delete(Family::kFacts, key);
      continue;
    }
    const absl::Span<const Evidence> after = evidence.subspan(begin, page_size);
    if (begin < old.size() && old.subspan(begin, page_size) == after) continue;
    transaction.Put(Family::kFacts, key, EncodeEvidencePage(after));
  }
}

void WriteLoose(Transaction& transaction, FactId fact, const FactRecord& record) {
  StoredFact stored{fact, record.evidence.size(), record};
  const size_t limit = transaction.geometry().inline_evidence;
  if (stored.record.evidence.size() > limit) stored.record.evidence.resize(limit);
  transaction.Put(Family::kFacts, LooseKey(fact),
                  EncodeFactBlock(FirstOfBlock(transaction, fact), {&stored, 1}));
  transaction.NoteLooseFact(fact);
}

// The id at the end of a cursor's key: a block's number or a fact. Leaves it at the end.
absl::Status ReadId(const Cursor& cursor, uint64_t* id) {
  if (!cursor.Valid()) return cursor.status();
  KeyReader key(cursor.key().substr(1));
  if (!key.U64(id) || !key.done()) return absl::DataLossError("broken key of a fact");
  return absl::OkStatus();
}

// What is loose of a block, marks of deletion included. It lies side by side, and the prefix is
// long enough for the walk to begin near it, behind what was sealed and erased before.
absl::StatusOr<std::vector<std::pair<FactId, std::optional<StoredFact>>>> ReadLoose(
    const View& view, uint64_t block) {
  const FactId first = block * view.geometry().block_facts;
  const std::string from = LooseKey(first);
  const std::string to = LooseKey(first + view.geometry().block_facts - 1);
  const auto common = std::mismatch(from.begin(), from.end(), to.begin()).first;
  std::vector<std::pair<FactId, std::optional<StoredFact>>> loose;
  Cursor cursor = view.Scan(Family::kFacts, std::string(from.begin(), common));
  for (; cursor.Valid() && cursor.key() <= to; cursor.Next()) {
    if (cursor.key() < from) continue;
    auto& [fact, stored] = loose.emplace_back();
    RETURN_IF_ERROR(ReadId(cursor, &fact));
    ASSIGN_OR_RETURN(stored, DecodeLoose(view, fact, cursor.value()));
  }
  RETURN_IF_ERROR(cursor.status());
  return loose;
}

// Takes what is wanted of fact number `i` out of its block, or out of what is kept of one.
using TakeFromBlock =
    absl::FunctionRef<absl::Status(size_t i, const FactBlock& block, size_t position)>;
template <typename Kept>
using TakeFromKept = absl::FunctionRef<absl::Status(size_t i, const Kept& kept)>;

// Takes from the blocks of those facts that `wanted` names. What is kept of them goes to the cache
// if `reads` is given.
template <typename Kept>
absl::Status ReadSealed(const View& view, absl::Span<const FactId> facts,
                        absl::Span<const size_t> wanted, CachedReads* reads,
                        TakeFromKept<Kept> take) {
  const Geometry& geometry = view.geometry();
  std::vector<std::string> keys;
  std::vector<size_t> key_of;
  for (size_t i : wanted) {
    std::string key = BlockKey(facts[i] / geometry.block_facts);
    if (keys.empty() || keys.back() != key) keys.push_back(std::move(key));
    key_of.push_back(keys.size() - 1);
  }
  std::vector<rocksdb::PinnableSlice> values;
  std::vector<bool> found;
  RETURN_IF_ERROR(view.MultiGet(Family::kFacts, keys, &values, &found));
  const Kept* kept = nullptr;
  std::unique_ptr<ReadCache::Entry> own;
  for (size_t w = 0; w < wanted.size(); ++w) {
    if (!found[key_of[w]]) continue;
    const FactId fact = facts[wanted[w]];
    if (w == 0 || key_of[w] != key_of[w - 1]) {
      ASSIGN_OR_RETURN(std::unique_ptr<Kept> made,
                       Kept::Make(view, FirstOfBlock(view, fact), ToView(values[key_of[w]])));
      if (reads == nullptr) {
        kept = made.get();
        own = std::move(made);
      } else {
        kept = reads->Keep(Kept::KeyOf(fact / geometry.block_facts),
                           ReadCache::Worth::kOnSecondOffer, std::move(made), &own);
      }
    }
    RETURN_IF_ERROR(take(wanted[w], *kept));
  }
  return absl::OkStatus();
}

// The same of facts that may be loose: those are looked for first.
absl::Status ReadDoubtful(const View& view, absl::Span<const FactId> facts,
                          absl::Span<const size_t> wanted, TakeFromBlock take) {
  std::vector<std::string> keys;
  for (size_t i : wanted) keys.push_back(LooseKey(facts[i]));
  std::vector<rocksdb::PinnableSlice> values;
  std::vector<bool> found;
  RETURN_IF_ERROR(view.MultiGet(Family::kFacts, keys, &values, &found));
  std::vector<size_t> sealed;
  for (size_t w = 0; w < wanted.size(); ++w) {
    if (!found[w]) {
      sealed.push_back(wanted[w]);
      continue;
    }
    ASSIGN_OR_RETURN(const std::optional<FactBlock> loose,
                     ParseLoose(view, facts[wanted[w]], ToView(values[w])));
    if (loose.has_value()) RETURN_IF_ERROR(take(wanted[w], *loose, 0));
  }
  if (sealed.empty()) return absl::OkStatus();
  return ReadSealed<CachedBlock>(
      view, facts, sealed, nullptr, [&](size_t i, const CachedBlock& cached) {
        const std::optional<size_t> position = cached.block().Find(facts[i]);
        return position.has_value() ? take(i, cached.block(), *position) : absl::OkStatus();
      });
}

// Takes something of each fact, each block read once.
template <typename Kept>
absl::Status TakeFacts(const View& view, absl::Span<const FactId> facts, TakeFromKept<Kept> take,
                       TakeFromBlock take_doubtful) {
  absl::InlinedVector<size_t, 8> sealed;
  absl::InlinedVector<size_t, 8> doubtful;
  for (size_t i = 0; i < facts.size(); ++i) {
    const bool may_be_loose = view.MayHaveLooseFacts(facts[i] / view.geometry().block_facts);
    (may_be_loose ? doubtful : sealed).push_back(i);
  }
  if (!doubtful.empty()) RETURN_IF_ERROR(ReadDoubtful(view, facts, doubtful, take_doubtful));
  CachedReads reads(view, Family::kFacts);
  reads.Begin();
  // Facts that follow each other are often of one block.
  absl::InlinedVector<uint64_t, 8> blocks;
  absl::InlinedVector<size_t, 8> block_of;
  for (const size_t i : sealed) {
    const uint64_t block = facts[i] / view.geometry().block_facts;
    if (blocks.empty() || blocks.back() != block) blocks.push_back(block);
    block_of.push_back(blocks.size() - 1);
  }
  absl::InlinedVector<const Kept*, 8> found(blocks.size());
  reads.FindMany<Kept>(
      blocks.size(), [&](size_t i) { return Kept::KeyOf(blocks[i]); },
      [&](size_t i, const Kept* kept) { found[i] = kept; });
  // What is read of so many is on its way at once.
  constexpr size_t kAtOnce = 32;
  std::vector<size_t> missing;
  for (size_t begin = 0; begin < sealed.size(); begin += kAtOnce) {
    const size_t end = std::min(begin + kAtOnce, sealed.size());
    for (const PrefetchStep step : kPrefetchSteps) {
      for (size_t at = begin; at < end; ++at) {
        const Kept* const kept = found[block_of[at]];
        if (kept != nullptr) kept->Prefetch(step, facts[sealed[at]]);
      }
    }
    for (size_t at = begin; at < end; ++at) {
      const Kept* const kept = found[block_of[at]];
      if (kept == nullptr) {
        missing.push_back(sealed[at]);
      } else {
        RETURN_IF_ERROR(take(sealed[at], *kept));
      }
    }
  }
  return missing.empty() ? absl::OkStatus() : ReadSealed<Kept>(view, facts, missing, &reads, take);
}

// The same of whole blocks.
absl::Status TakeRecords(const View& view, absl::Span<const FactId> facts, TakeFromBlock take) {
  const auto take_kept = [&](size_t i, const CachedBlock& cached) {
    const std::optional<size_t> position = cached.block().Find(facts[i]);
    return position.has_value() ? take(i, cached.block(), *position) : absl::OkStatus();
  };
  return TakeFacts<CachedBlock>(view, facts, take_kept, take);
}

}  // namespace

absl::StatusOr<std::optional<FactRecord>> ReadFact(const View& view, FactId fact) {
  std::optional<FactRecord> record;
  const auto take = [&](size_t, const FactBlock& block, size_t position) -> absl::Status {
    ASSIGN_OR_RETURN(StoredFact stored, block.Read(position));
    return Complete(view, std::move(stored), &record.emplace());
  };
  RETURN_IF_ERROR(TakeRecords(view, {&fact, 1}, take));
  return record;
}

absl::StatusOr<std::vector<std::optional<FactRecord>>> ReadFacts(const View& view,
                                                                 absl::Span<const FactId> facts) {
  std::vector<std::optional<FactRecord>> records(facts.size());
  const auto take = [&](size_t i, const FactBlock& block, size_t position) -> absl::Status {
    ASSIGN_OR_RETURN(StoredFact stored, block.Read(position));
    return Complete(view, std::move(stored), &records[i].emplace());
  };
  RETURN_IF_ERROR(TakeRecords(view, facts, take));
  return records;
}

absl::StatusOr<std::vector<std::optional<FactCorroboration>>> ReadCorroborations(
    const View& view, absl::Span<const FactId> facts) {
  std::vector<std::optional<FactCorroboration>> read(facts.size());
  const auto take = [&](size_t i, const FactBlock& block, size_t position) {
    read[i] = block.ReadCorroboration(position);
    return absl::OkStatus();
  };
  const auto take_kept = [&](size_t i, const CachedCorroborations& cached) {
    read[i] = cached.Find(facts[i]);
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(TakeFacts<CachedCorroborations>(view, facts, take_kept, take));
  return read;
}

absl::StatusOr<std::optional<std::vector<Evidence>>> ReadEvidence(const View& view, FactId fact) {
  std::optional<std::vector<Evidence>> evidence;
  const auto take = [&](size_t, const FactBlock& block, size_t position) -> absl::Status {
    std::vector<Evidence>& pieces = evidence.emplace();
    ASSIGN_OR_RETURN(const uint64_t total, block.ReadEvidence(position, &pieces));
    return ReadOverflow(view, fact, total - pieces.size(),
                        [&](Evidence piece) { pieces.push_back(std::move(piece)); });
  };
  RETURN_IF_ERROR(TakeRecords(view, {&fact, 1}, take));
  return evidence;
}

absl::StatusOr<BareEvidenceOfFacts> ReadBareEvidence(const View& view,
                                                     absl::Span<const FactId> facts) {
  BareEvidenceOfFacts read;
  read.of_fact.resize(facts.size());
  read.pieces.reserve(2 * facts.size());
  const auto finish = [&](size_t i, size_t begin, uint16_t flags, uint64_t overflow) {
    const absl::Status status = ReadOverflow(view, facts[i], overflow, [&](const Evidence& piece) {
      read.pieces.push_back(
          {piece.article, piece.asserter, piece.confidence, piece.retracted_at, piece.stance});
    });
    read.of_fact[i] = {begin, read.pieces.size(), flags};
    return status;
  };
  const auto take = [&](size_t i, const FactBlock& block, size_t position) {
    const size_t begin = read.pieces.size();
    const uint64_t total = block.ReadBareEvidence(position, &read.pieces);
    return finish(i, begin, block.FlagsAt(position), total - (read.pieces.size() - begin));
  };
  const auto take_kept = [&](size_t i, const CachedEvidence& cached) {
    const size_t begin = read.pieces.size();
    uint16_t flags;
    uint64_t overflow;
    if (!cached.Read(facts[i], &read.pieces, &flags, &overflow)) return absl::OkStatus();
    return finish(i, begin, flags, overflow);
  };
  // Few are not worth taking whole blocks apart.
  constexpr size_t kFewFacts = 16;
  RETURN_IF_ERROR(facts.size() < kFewFacts
                      ? TakeRecords(view, facts, take)
                      : TakeFacts<CachedEvidence>(view, facts, take_kept, take));
  return read;
}

EdgeRow EdgeOf(Direction direction, FactId fact, const FactRecord& record) {
  const bool dated = record.first_reported != kNoTime;
  return {.relation = record.relation,
          .other = direction == Direction::kOut ? record.object : record.subject,
          .fact = fact,
          .valid_from = record.valid_from,
          .valid_to = record.valid_to,
          .first_reported = dated ? DayOf(record.first_reported) : kNeverReported,
          .confidence = record.confidence,
          .flags = static_cast<uint8_t>(record.flags)};
}

absl::StatusOr<FactId> InsertFact(Transaction& transaction, const FactRecord& record) {
  ASSIGN_OR_RETURN(const FactId fact, transaction.NewFact());
  RETURN_IF_ERROR(RestoreFact(transaction, fact, record));
  return fact;
}

absl::Status RestoreFact(Transaction& transaction, FactId fact, const FactRecord& record) {
  WriteLoose(transaction, fact, record);
  WriteOverflow(transaction, fact, {}, record.evidence);
  UpdateArticles(transaction, fact, FactRecord(), record);
  RETURN_IF_ERROR(InsertEdges(transaction, fact, record));
  RETURN_IF_ERROR(transaction.Count(kFactCount, 1));
  return transaction.Count(kEvidenceCount, static_cast<int64_t>(record.evidence.size()));
}

absl::Status UpdateFact(Transaction& transaction, FactId fact, const FactRecord& old,
                        const FactRecord& record) {
  WriteLoose(transaction, fact, record);
  WriteOverflow(transaction, fact, old.evidence, record.evidence);
  UpdateArticles(transaction, fact, old, record);
  RETURN_IF_ERROR(UpdateEdges(transaction, fact, old, record));
  return transaction.Count(kEvidenceCount, static_cast<int64_t>(record.evidence.size()) -
                                               static_cast<int64_t>(old.evidence.size()));
}

absl::Status EraseFact(Transaction& transaction, FactId fact, const FactRecord& old) {
  transaction.Put(Family::kFacts, LooseKey(fact), absl::string_view());
  transaction.NoteLooseFact(fact);
  WriteOverflow(transaction, fact, old.evidence, {});
  UpdateArticles(transaction, fact, old, FactRecord());
  RETURN_IF_ERROR(EraseEdges(transaction, fact, old));
  RETURN_IF_ERROR(transaction.Count(kFactCount, -1));
  return transaction.Count(kEvidenceCount, -static_cast<int64_t>(old.evidence.size()));
}

absl::Status SealFactBlocks(Transaction& transaction, absl::Span<const FactId> facts) {
  const uint32_t block_facts = transaction.geometry().block_facts;
  for (auto next = facts.begin(); next != facts.end();) {
    const uint64_t block = *next / block_facts;
    next = std::partition_point(next, facts.end(),
                                [&](FactId fact) { return fact / block_facts == block; });
    const FactId first = block * block_facts;
    std::map<FactId, StoredFact> members;
    rocksdb::PinnableSlice value;
    ASSIGN_OR_RETURN(bool sealed, transaction.Get(Family::kFacts, BlockKey(block), &value));
    if (sealed) {
      ASSIGN_OR_RETURN(const FactBlock old, ParseBlock(transaction, first, ToView(value)));
      for (size_t i = 0; i < old.size(); ++i) {
        ASSIGN_OR_RETURN(members[old.id(i)], old.Read(i));
      }
    }
    ASSIGN_OR_RETURN(auto loose, ReadLoose(transaction, block));
    for (auto& [fact, stored] : loose) {
      members.erase(fact);
      if (stored.has_value()) members[fact] = *std::move(stored);
      transaction.Delete(Family::kFacts, LooseKey(fact));
    }
    std::vector<StoredFact> rows;
    for (auto& [id, stored] : members) rows.push_back(std::move(stored));
    if (!rows.empty()) {
      transaction.Put(Family::kFacts, BlockKey(block), EncodeFactBlock(first, rows));
    } else if (sealed) {
      transaction.Delete(Family::kFacts, BlockKey(block));
    }
  }
  return absl::OkStatus();
}

FactCursor::FactCursor(const View& view)
    : view_(view),
      blocks_(view.Scan(Family::kFacts, KeyWriter(FactKey::kBlock).bytes())),
      loose_(view.Scan(Family::kFacts, KeyWriter(FactKey::kLoose).bytes())) {}

bool FactCursor::Next(FactId* fact, FactRecord* record) {
  while (status_.ok()) {
    if (next_ == ready_.size()) {
      status_ = Fill();
      if (!status_.ok() || ready_.empty()) return false;
    }
    auto& [id, stored] = ready_[next_++];
    *fact = id;
    status_ = Complete(view_, std::move(stored), record);
    return status_.ok();
  }
  return false;
}

// Makes the next block that has facts ready: what is sealed, and what is loose over it.
absl::Status FactCursor::Fill() {
  const uint32_t block_facts = view_.geometry().block_facts;
  ready_.clear();
  next_ = 0;
  while (ready_.empty()) {
    uint64_t sealed_block = kNoId;
    FactId loose_fact = kNoId;
    RETURN_IF_ERROR(ReadId(blocks_, &sealed_block));
    RETURN_IF_ERROR(ReadId(loose_, &loose_fact));
    if (!blocks_.Valid() && !loose_.Valid()) return absl::OkStatus();
    uint64_t block = sealed_block;
    if (loose_.Valid()) block = std::min(block, loose_fact / block_facts);
    std::map<FactId, StoredFact> members;
    if (blocks_.Valid() && sealed_block == block) {
      ASSIGN_OR_RETURN(const FactBlock sealed,
                       ParseBlock(view_, block * block_facts, blocks_.value()));
      for (size_t i = 0; i < sealed.size(); ++i) {
        ASSIGN_OR_RETURN(members[sealed.id(i)], sealed.Read(i));
      }
      blocks_.Next();
    }
    for (; loose_.Valid() && loose_fact / block_facts == block;) {
      ASSIGN_OR_RETURN(std::optional<StoredFact> stored,
                       DecodeLoose(view_, loose_fact, loose_.value()));
      members.erase(loose_fact);
      if (stored.has_value()) members[loose_fact] = *std::move(stored);
      loose_.Next();
      RETURN_IF_ERROR(ReadId(loose_, &loose_fact));
    }
    for (auto& member : members) ready_.push_back(std::move(member));
  }
  return absl::OkStatus();
}

}  // namespace entente::storage
