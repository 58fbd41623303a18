#include "engine/load_claims.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "engine/bulk_loader.h"
#include "engine/cameo.h"
#include "engine/counters.h"
#include "engine/status.h"
#include "storage/transaction.h"

namespace entente {
namespace {

using storage::FactRecord;

// Pieces of one fact up to which all are compared with all.
constexpr size_t kFewPieces = 16;

auto IdentityOf(const storage::Evidence& piece) {
  return std::make_tuple(piece.article, piece.sentence, piece.span_start, piece.span_end,
                         piece.stance, piece.asserter);
}

// Drops pieces that repeat an earlier one.
void DropRepeated(std::vector<storage::Evidence>* evidence) {
  using Identity = decltype(IdentityOf(evidence->front()));
  absl::flat_hash_set<Identity> met;
  const bool few = evidence->size() <= kFewPieces;
  size_t kept = 0;
  for (size_t i = 0; i < evidence->size(); ++i) {
    const Identity identity = IdentityOf((*evidence)[i]);
    const bool repeats =
        few ? std::any_of(evidence->begin(), evidence->begin() + kept,
                          [&](const auto& other) { return IdentityOf(other) == identity; })
            : !met.insert(identity).second;
    if (repeats) continue;
    if (kept != i) (*evidence)[kept] = std::move((*evidence)[i]);
    ++kept;
  }
  evidence->resize(kept);
}

// The ends that stand in the columns alone.
ValidEnd EndOf(int32_t day, uint8_t precision) {
  switch (static_cast<storage::Precision>(precision)) {
    case storage::Precision::kNone:
    case storage::Precision::kInstant:
      return ValidEnd();
    case storage::Precision::kYear:
      return {Value::OfDate(Date{day}), Precision::kYear};
    case storage::Precision::kMonth:
      return {Value::OfDate(Date{day}), Precision::kMonth};
    case storage::Precision::kDay:
      break;
  }
  return {Value::OfDate(Date{day}), Precision::kDay};
}

}  // namespace

bool ClaimLoad::IdentityOrder::Less(const NamedFact& a, const NamedFact& b) {
  const auto order = [](const NamedFact& f) {
    return std::tie(f.subject, f.relation, f.object, f.valid_from, f.valid_to, f.from_precision,
                    f.to_precision, f.ends);
  };
  return order(a) < order(b);
}

ClaimLoad::ClaimLoad(const LoadContext& context, NodeLoad& nodes)
    : context_(context),
      shared_(context.shared),
      graph_(context.graph),
      nodes_(nodes),
      rows_(shared_.space, shared_.space.memory_bytes() / 16),
      facts_(shared_.space),
      united_(shared_.space, storage::SpillAccess::kHereAndThere),
      evidence_(shared_.space, shared_.space.memory_bytes() / 16) {}

absl::Status ClaimLoad::DeclareTaxonomy() {
  const bool needed =
      std::any_of(context_.inputs.begin(), context_.inputs.end(), [&](const LoadInput* input) {
        return std::any_of(input->types_.begin(), input->types_.end(),
                           [&](TextId type) { return IsCameoRelation(shared_.texts.Text(type)); });
      });
  return needed ? DeclareCameo(graph_) : absl::OkStatus();
}

absl::StatusOr<RelationId> ClaimLoad::RelationOf(TextId type) {
  const auto known = relations_.find(type);
  if (known != relations_.end()) return known->second;
  ASSIGN_OR_RETURN(const RelationId relation, graph_.NeedRelation(shared_.texts.Text(type)));
  relations_.emplace(type, relation);
  return relation;
}

absl::Status ClaimLoad::ResolveFacts() {
  RETURN_IF_ERROR(DeclareTaxonomy());
  any_stored_ = graph_.RelationshipCount() > 0;
  uint64_t total = 0;
  for (LoadInput* input : context_.inputs) {
    first_number_.push_back(total);
    total += input->facts_.size();
  }
  if (total >= kRefused) return absl::ResourceExhaustedError("too many facts for one load");
  fact_of_number_.assign(total, kRefused);
  uint32_t number = 0;
  for (LoadInput* input : context_.inputs) {
    storage::RowLog<FactRow>::Reader rows(input->facts_, /*drop=*/true);
    storage::RowLog<EvidenceRow>::Reader coupled(input->coupled_);
    FactRow row;
    EvidenceRow piece;
    for (; rows.Next(&row); ++number) {
      RETURN_IF_ERROR(context_.report(number, total));
      if (const FactRow* const later = rows.Ahead(NodeLoad::kRowsAhead)) {
        nodes_.Prefetch(later->subject);
        nodes_.Prefetch(later->object);
      }
      if (row.coupled && !coupled.Next(&piece)) break;
      const absl::Status resolved = ResolveFact(row, row.coupled ? &piece : nullptr, number);
      RETURN_IF_ERROR(context_.reject_if_bad(row.place, resolved));
      if (resolved.ok()) {
        ++context_.summary.claims;
      } else if (!row.coupled) {
        refusals_[number] = std::string(resolved.message());
      }
    }
    RETURN_IF_ERROR(rows.status());
    RETURN_IF_ERROR(coupled.status());
  }
  RETURN_IF_ERROR(rows_.Sort());
  decltype(rows_)::Reader sorted(rows_);
  std::vector<NamedFact> same;
  NamedFact fact;
  while (sorted.Next(&fact)) {
    if (!same.empty()) {
      const NamedFact& first = same.front();
      const bool equal =
          std::tie(first.subject, first.relation, first.object, first.valid_from, first.valid_to,
                   first.from_precision, first.to_precision, first.ends) ==
          std::tie(fact.subject, fact.relation, fact.object, fact.valid_from, fact.valid_to,
                   fact.from_precision, fact.to_precision, fact.ends);
      if (!equal) {
        RETURN_IF_ERROR(Unite(same));
        same.clear();
      }
    }
    same.push_back(fact);
  }
  RETURN_IF_ERROR(sorted.status());
  return same.empty() ? absl::OkStatus() : Unite(same);
}

// A row that fails must leave no stub behind, so look before making any.
absl::Status ClaimLoad::CheckNames(const FactRow& row, const EvidenceRow* coupled) {
  RETURN_IF_ERROR(nodes_.Check(row.subject));
  RETURN_IF_ERROR(nodes_.Check(row.object));
  if (coupled == nullptr) return absl::OkStatus();
  if (coupled->asserter != kNoText) RETURN_IF_ERROR(nodes_.Check(coupled->asserter));
  return nodes_.FindArticle(coupled->article).status();
}

absl::Status ClaimLoad::ResolveFact(const FactRow& row, const EvidenceRow* coupled,
                                    uint32_t number) {
  RETURN_IF_ERROR(CheckNames(row, coupled));
  NamedFact fact;
  fact.subject = nodes_.Known(row.subject);
  fact.object = nodes_.Known(row.object);
  if (fact.subject == kNoId) {
    ASSIGN_OR_RETURN(fact.subject, nodes_.Resolve(row.subject));
  }
  if (fact.object == kNoId) {
    ASSIGN_OR_RETURN(fact.object, nodes_.Resolve(row.object));
  }
  if (coupled != nullptr && coupled->asserter != kNoText) {
    RETURN_IF_ERROR(nodes_.Resolve(coupled->asserter).status());
  }
  ASSIGN_OR_RETURN(fact.relation, RelationOf(row.type));
  fact.valid_from = row.valid_from;
  fact.valid_to = row.valid_to;
  fact.from_precision = row.from_precision;
  fact.to_precision = row.to_precision;
  fact.flags = row.flags;
  fact.ends = row.ends;
  fact.extra = row.extra;
  fact.number = number;
  return rows_.Add(fact);
}

absl::StatusOr<absl::string_view> ClaimLoad::Read(const Properties& properties,
                                                  std::string* scratch) const {
  if (properties.place == 0) return absl::string_view();
  const storage::ByteLog& bytes =
      properties.input == kUnited ? united_ : context_.inputs[properties.input]->extras_;
  return bytes.Read(properties.place, scratch);
}

absl::Status ClaimLoad::Unite(absl::Span<const NamedFact> rows) {
  const auto input_of = [&](const NamedFact& fact) {
    const auto after = std::upper_bound(first_number_.begin(), first_number_.end(), fact.number);
    return static_cast<uint32_t>(after - first_number_.begin() - 1);
  };
  const NamedFact& fact = rows[0];
  FactRecord stored;
  ASSIGN_OR_RETURN(const FactId known, FindStored(fact, &stored));
  DistinctFact distinct{
      fact.subject,      fact.object,     known,         {fact.extra, input_of(fact)},
      fact.relation,     fact.valid_from, fact.valid_to, fact.from_precision,
      fact.to_precision, fact.flags};
  const bool is_new = distinct.stored == kNoId;
  const uint32_t number = static_cast<uint32_t>(facts_.size());
  for (const NamedFact& row : rows) fact_of_number_[row.number] = number;
  if (is_new) ++new_facts_;

  // The first value of a property stays.
  std::string properties = is_new ? std::string() : stored.properties;
  bool begun = !is_new;
  if (!is_new) distinct.properties = {0, 0};
  std::string scratch;
  for (const NamedFact& row : rows) {
    if (row.extra == 0) continue;
    if (is_new && rows.size() == 1) break;
    ASSIGN_OR_RETURN(const absl::string_view bytes, Read({row.extra, input_of(row)}, &scratch));
    const std::string given = nodes_.WithCatalogueIds(bytes);
    if (!begun) {
      begun = true;
      properties = given;
      continue;
    }
    ASSIGN_OR_RETURN(const size_t differing, ClaimWriter::AddLackingToFact(given, &properties));
    context_.summary.differing_properties += differing;
  }
  const bool changed = is_new ? rows.size() > 1 : properties != stored.properties;
  if (changed) {
    ASSIGN_OR_RETURN(distinct.properties.place, united_.Add(properties));
    distinct.properties.input = kUnited;
  }
  return facts_.Add(distinct);
}

absl::Status ClaimLoad::ReadStoredEdges(NodeId subject) {
  edges_of_ = subject;
  edges_.Clear();
  RETURN_IF_ERROR(storage::ReadEdges(
      graph_.view(), storage::Direction::kOut, subject, storage::RelationFilter(),
      storage::kRelationColumn | storage::kOtherColumn | storage::kFactColumn |
          storage::kValidFromColumn | storage::kValidToColumn | storage::kFlagsColumn,
      &edges_));
  edge_order_.resize(edges_.size);
  for (uint32_t i = 0; i < edges_.size; ++i) edge_order_[i] = i;
  std::sort(edge_order_.begin(), edge_order_.end(), [&](uint32_t a, uint32_t b) {
    return std::tie(edges_.relation[a], edges_.other[a], edges_.fact[a]) <
           std::tie(edges_.relation[b], edges_.other[b], edges_.fact[b]);
  });
  return absl::OkStatus();
}

absl::StatusOr<FactId> ClaimLoad::FindStored(const NamedFact& fact, FactRecord* record) {
  if (!any_stored_ || nodes_.new_nodes().Contains(fact.subject)) return kNoId;
  if (fact.subject != edges_of_) RETURN_IF_ERROR(ReadStoredEdges(fact.subject));
  const auto wanted = std::make_pair(fact.relation, fact.object);
  auto at = std::lower_bound(
      edge_order_.begin(), edge_order_.end(), wanted, [&](uint32_t edge, const auto& order) {
        return std::make_pair(edges_.relation[edge], edges_.other[edge]) < order;
      });
  for (; at != edge_order_.end(); ++at) {
    const uint32_t edge = *at;
    if (std::make_pair(edges_.relation[edge], edges_.other[edge]) != wanted) break;
    // Only a moved identity can be at odds with the days that stand inline.
    const bool fits =
        edges_.valid_from[edge] == fact.valid_from && edges_.valid_to[edge] == fact.valid_to;
    if (!fits && (edges_.flags[edge] & storage::kMovedIdentity) == 0) continue;
    ASSIGN_OR_RETURN(std::optional<FactRecord> stored,
                     storage::ReadFact(graph_.view(), edges_.fact[edge]));
    if (!stored.has_value()) return absl::DataLossError("an edge leads to no fact");
    ASSIGN_OR_RETURN(const std::string identity, entente::IdentityOf(*stored));
    if (identity.empty()) continue;
    const uint64_t ends =
        fact.ends != 0
            ? fact.ends
            : HashOfEnds(FactIdentity(0, 0, 0, EndOf(fact.valid_from, fact.from_precision),
                                      EndOf(fact.valid_to, fact.to_precision)));
    if (HashOfEnds(identity) != ends) continue;
    *record = *std::move(stored);
    return edges_.fact[edge];
  }
  return kNoId;
}

absl::StatusOr<uint32_t> ClaimLoad::FactOf(const EvidenceRow& row) const {
  const auto [input, number] = SplitHandle(row.fact);
  const uint32_t global = static_cast<uint32_t>(first_number_[input] + number);
  if (fact_of_number_[global] != kRefused) return fact_of_number_[global];
  const auto refusal = refusals_.find(global);
  return absl::InvalidArgumentError(refusal == refusals_.end() ? "" : refusal->second);
}

absl::Status ClaimLoad::ResolvePiece(const EvidenceRow& row, uint32_t input, uint32_t fact) {
  NamedEvidence piece;
  if (row.asserter != kNoText) RETURN_IF_ERROR(nodes_.Check(row.asserter));
  ASSIGN_OR_RETURN(piece.article, nodes_.FindArticle(row.article));
  piece.asserter = kNoId;
  if (row.asserter != kNoText) {
    ASSIGN_OR_RETURN(piece.asserter, nodes_.Resolve(row.asserter));
  }
  piece.fact = fact;
  piece.input = input;
  piece.extra = row.extra;
  piece.sentence = row.sentence;
  piece.span_begin = row.span_begin;
  piece.span_end = row.span_end;
  piece.confidence = row.confidence;
  piece.stance = row.stance;
  if (row.extra != 0) RETURN_IF_ERROR(SampleQuote(row, input));
  return evidence_.Add(piece);
}

absl::Status ClaimLoad::SampleQuote(const EvidenceRow& row, uint32_t input) {
  constexpr uint64_t kTakenAtOneRate = 4096;
  if (!context_.tables.has_files()) return absl::OkStatus();
  const uint64_t rate = uint64_t{1} << (quotes_taken_ / kTakenAtOneRate);
  if (quotes_seen_++ % rate != 0) return absl::OkStatus();
  std::string scratch;
  ASSIGN_OR_RETURN(const absl::string_view extra,
                   context_.inputs[input]->extras_.Read(row.extra, &scratch));
  // What is longer is no usual quote, and would take memory that the load was not given.
  constexpr size_t kLongestQuote = 4096;
  quotes_.Add(extra.substr(sizeof(double), kLongestQuote));
  ++quotes_taken_;
  return absl::OkStatus();
}

absl::Status ClaimLoad::ResolveEvidence() {
  uint64_t total = 0;
  uint64_t done = 0;
  for (LoadInput* input : context_.inputs) {
    total += input->coupled_.size() + input->evidence_.size();
  }
  for (LoadInput* input : context_.inputs) {
    for (const bool coupled : {true, false}) {
      storage::RowLog<EvidenceRow>::Reader rows(coupled ? input->coupled_ : input->evidence_,
                                                /*drop=*/true);
      EvidenceRow row;
      while (rows.Next(&row)) {
        RETURN_IF_ERROR(context_.report(done++, total));
        if (const EvidenceRow* const later = rows.Ahead(NodeLoad::kRowsAhead)) {
          nodes_.PrefetchArticle(later->article);
          nodes_.Prefetch(later->asserter);
        }
        const absl::StatusOr<uint32_t> fact = FactOf(row);
        // What stands and falls with a fact was rejected with it.
        if (coupled && !fact.ok()) continue;
        const absl::Status resolved =
            fact.ok() ? ResolvePiece(row, input->number_, *fact) : fact.status();
        RETURN_IF_ERROR(context_.reject_if_bad(row.place, resolved));
        if (!coupled && resolved.ok()) ++context_.summary.claims;
      }
      RETURN_IF_ERROR(rows.status());
    }
  }
  storage::LargeVector<uint32_t>().swap(fact_of_number_);
  return evidence_.Sort();
}

absl::Status ClaimLoad::AppendPiece(const NamedEvidence& piece,
                                    std::vector<storage::Evidence>* evidence) {
  storage::Evidence& stored = evidence->emplace_back();
  stored.article = piece.article;
  nodes_.PrefetchSource(piece.article);
  stored.stance = static_cast<storage::Stance>(piece.stance);
  stored.sentence = piece.sentence;
  stored.span_start = piece.span_begin;
  stored.span_end = piece.span_end;
  stored.confidence = piece.confidence / 10000.0;
  stored.asserter = piece.asserter;
  if (piece.extra == 0) return absl::OkStatus();
  std::string scratch;
  ASSIGN_OR_RETURN(const absl::string_view extra,
                   context_.inputs[piece.input]->extras_.Read(piece.extra, &scratch));
  if (piece.confidence == kExactConfidence) {
    std::memcpy(&stored.confidence, extra.data(), sizeof(double));
  }
  stored.quote = std::string(extra.substr(sizeof(double)));
  return absl::OkStatus();
}

absl::Status ClaimLoad::GatherEvidence(uint32_t fact, std::vector<storage::Evidence>* evidence) {
  evidence->clear();
  for (; has_next_ && next_piece_.fact == fact; has_next_ = pieces_->Next(&next_piece_)) {
    RETURN_IF_ERROR(AppendPiece(next_piece_, evidence));
  }
  DropRepeated(evidence);
  return pieces_->status();
}

absl::Status ClaimLoad::Corroborate(FactRecord* record) {
  bool retracted = false;
  bool denied = false;
  words_.clear();
  for (const storage::Evidence& piece : record->evidence) {
    if (piece.retracted_at != storage::kNoTime) {
      retracted = true;
      continue;
    }
    denied = denied || piece.stance == storage::Stance::kDenies;
    ASSIGN_OR_RETURN(const NodeLoad::Source source, nodes_.SourceOf(piece.article));
    Word& word = words_.emplace_back();
    word.source = source.source;
    word.stance = StanceOf(piece.stance);
    word.confidence = piece.confidence;
    if (source.published != storage::kNoTime) word.published = source.published;
  }
  Corroboration result = CorroborateWords(absl::MakeSpan(words_));
  result.has_evidence = (record->flags & storage::kHasEvidence) != 0 || !record->evidence.empty();
  if (!result.has_evidence) result.visible = true;
  StoreCorroboration(result, retracted, denied, record);
  return absl::OkStatus();
}

absl::Status ClaimLoad::WriteNew(const DistinctFact& fact,
                                 std::vector<storage::Evidence>* evidence) {
  FactRecord single;
  FactRecord& record = load_ != nullptr ? load_->Next() : single;
  record.subject = fact.subject;
  record.relation = fact.relation;
  record.object = fact.object;
  record.valid_from = fact.valid_from;
  record.valid_to = fact.valid_to;
  record.from_precision = static_cast<storage::Precision>(fact.from_precision);
  record.to_precision = static_cast<storage::Precision>(fact.to_precision);
  record.flags = static_cast<uint16_t>(storage::kIdentified | fact.flags);
  record.identity.clear();
  record.properties.clear();
  if (fact.properties.place != 0) {
    std::string scratch;
    ASSIGN_OR_RETURN(const absl::string_view packed, Read(fact.properties, &scratch));
    record.properties =
        fact.properties.input == kUnited ? std::string(packed) : nodes_.WithCatalogueIds(packed);
  }
  record.evidence.swap(*evidence);
  RETURN_IF_ERROR(Corroborate(&record));
  ++context_.summary.facts_created;
  context_.summary.evidence_created += record.evidence.size();
  if (fact.relation >= relation_counts_.size()) relation_counts_.resize(fact.relation + 1);
  ++relation_counts_[fact.relation];
  return load_ != nullptr ? load_->Add()
                          : storage::InsertFact(graph_.transaction(), record).status();
}

absl::Status ClaimLoad::ChangeStored(const DistinctFact& distinct,
                                     absl::Span<const storage::Evidence> pieces) {
  ASSIGN_OR_RETURN(const std::optional<FactRecord> old,
                   storage::ReadFact(graph_.view(), distinct.stored));
  if (!old.has_value()) return absl::DataLossError("a fact is lost");
  FactRecord record = *old;
  if (distinct.properties.place != 0) {
    std::string scratch;
    ASSIGN_OR_RETURN(const absl::string_view packed, Read(distinct.properties, &scratch));
    record.properties = std::string(packed);
  }
  const size_t added = ClaimWriter::AddEvidence(pieces, &record);
  context_.summary.evidence_created += added;
  if (added > 0) RETURN_IF_ERROR(Corroborate(&record));
  if (record == *old) return absl::OkStatus();
  return storage::UpdateFact(graph_.transaction(), distinct.stored, *old, record);
}

absl::Status ClaimLoad::WriteFacts() {
  if (context_.tables.has_files()) {
    storage::FactLoad::Options options;
    ASSIGN_OR_RETURN(options.first, graph_.transaction().NewFacts(new_facts_));
    options.new_nodes = nodes_.new_nodes();
    options.run_bytes = shared_.space.memory_bytes() / 16;
    load_ = std::make_unique<storage::FactLoad>(context_.tables, shared_.space, options);
    if (quotes_taken_ > 0) {
      RETURN_IF_ERROR(load_->LearnQuotes(quotes_, quotes_seen_ / quotes_taken_));
      quotes_ = {};
    }
  }
  pieces_.emplace(evidence_);
  has_next_ = pieces_->Next(&next_piece_);
  storage::RowLog<DistinctFact>::Reader facts(facts_, /*drop=*/true);
  // Several at a time, so that what is known of their articles is on its way when it is needed.
  constexpr size_t kAtOnce = 32;
  std::vector<std::pair<DistinctFact, std::vector<storage::Evidence>>> gathered(kAtOnce);
  uint32_t number = 0;
  for (size_t count = kAtOnce; count == kAtOnce;) {
    for (count = 0; count < kAtOnce && facts.Next(&gathered[count].first); ++count) {
      RETURN_IF_ERROR(context_.report(number, facts_.size()));
      RETURN_IF_ERROR(GatherEvidence(number++, &gathered[count].second));
    }
    for (auto& [fact, evidence] : absl::MakeSpan(gathered).first(count)) {
      RETURN_IF_ERROR(fact.stored == kNoId ? WriteNew(fact, &evidence)
                                           : ChangeStored(fact, evidence));
    }
  }
  RETURN_IF_ERROR(facts.status());
  for (RelationId relation = 0; relation < relation_counts_.size(); ++relation) {
    if (relation_counts_[relation] == 0) continue;
    RETURN_IF_ERROR(graph_.transaction().Count(RelationCounter(relation),
                                               static_cast<int64_t>(relation_counts_[relation])));
  }
  return load_ != nullptr ? load_->FinishFacts() : absl::OkStatus();
}

absl::Status ClaimLoad::WriteInEdges(storage::FactLoad::Half half) {
  return load_ != nullptr ? load_->WriteInEdges(half) : absl::OkStatus();
}

absl::Status ClaimLoad::WriteArticleFacts() {
  return load_ != nullptr ? load_->WriteArticleFacts() : absl::OkStatus();
}

}  // namespace entente
