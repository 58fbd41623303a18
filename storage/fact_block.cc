#include "storage/fact_block.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "storage/bytes.h"
#include "storage/status_macros.h"
#include "storage/time.h"

namespace entente::storage {
namespace {

constexpr char kBlockKind = '\x01';
constexpr double kTenThousandths = 10000;
constexpr uint64_t kExact = 0xffff;  // "none" of the confidence column

constexpr uint64_t Pattern(int64_t v) { return static_cast<uint64_t>(v); }
uint64_t Difference(int64_t a, int64_t b) { return Pattern(a) - Pattern(b); }

// The confidence in ten-thousandths, or kExact when those do not give it back to the bit.
uint64_t PackedConfidence(double confidence) {
  if (!(confidence >= 0 && confidence <= 1)) return kExact;
  const uint64_t packed = static_cast<uint64_t>(std::round(confidence * kTenThousandths));
  const double back = static_cast<double>(packed) / kTenThousandths;
  return std::memcmp(&back, &confidence, sizeof(back)) == 0 ? packed : kExact;
}

// A number that is no stance is a broken byte that RocksDB's checksum would have caught; reading it
// as one of the three keeps enum values legal.
Stance StanceFrom(uint64_t packed) { return static_cast<Stance>(std::min<uint64_t>(packed, 2)); }

// What ids of articles are compared with.
int64_t EventDay(int32_t valid_from) { return valid_from == kOpenStart ? 0 : valid_from; }

// Most facts have one piece of evidence, whose confidence is their support.
uint64_t GuessedSupport(const FactRecord& fact) {
  return fact.evidence.empty() ? 0 : PackedConfidence(fact.evidence.front().confidence);
}

uint64_t PackedDays(const FactRecord& fact) {
  if (fact.valid_to == kOpenEnd) return Pattern(kOpenEnd);
  // An open start would make the difference as wide as days can be.
  return Difference(fact.valid_to, fact.valid_from == kOpenStart ? 0 : fact.valid_from);
}

constexpr uint64_t PackedPrecisions(Precision from, Precision to) {
  return static_cast<uint64_t>(from) | static_cast<uint64_t>(to) << 3;
}

// What first_reported is counted from, so that a report near to its event is a small number.
uint64_t EventInstant(int32_t valid_from) {
  constexpr int32_t kMostDays = 100'000'000;
  const bool is_near = valid_from > -kMostDays && valid_from < kMostDays;
  return is_near ? Pattern(valid_from * kMicrosecondsPerDay) : 0;
}

uint64_t PackedFirst(const FactRecord& fact) {
  if (fact.first_reported == kNoTime) return Pattern(kNoTime);
  return Pattern(fact.first_reported) - EventInstant(fact.valid_from);
}

uint64_t PackedSinceFirst(const FactRecord& fact) {
  if (fact.last_reported == kNoTime) return Pattern(kNoTime);
  return Difference(fact.last_reported, fact.first_reported == kNoTime ? 0 : fact.first_reported);
}

// Gathers the columns of rows, one value of each a row, and writes them out together.
template <int kColumnCount>
class ColumnBuilder {
 public:
  explicit ColumnBuilder(size_t rows) : rows_(rows), values_(rows * kColumnCount) {}

  void Row(size_t row, const uint64_t (&values)[kColumnCount]) {
    for (size_t i = 0; i < kColumnCount; ++i) values_[i * rows_ + row] = values[i];
  }
  void Write(const ColumnType* types, std::string* out) const {
    std::string packed;
    for (size_t i = 0; i < kColumnCount; ++i) {
      Column::Append(types[i], absl::MakeConstSpan(values_).subspan(i * rows_, rows_), out,
                     &packed);
    }
    *out += packed;
  }

 private:
  const size_t rows_;
  std::vector<uint64_t> values_;  // column by column
};

template <int kColumnCount>
bool ReadColumns(const ColumnType (&types)[kColumnCount], size_t n, ByteReader* bytes,
                 Column (&columns)[kColumnCount]) {
  for (int i = 0; i < kColumnCount; ++i) {
    if (!columns[i].ReadHeader(types[i], bytes)) return false;
  }
  for (Column& column : columns) {
    if (!column.ReadPacked(n, bytes)) return false;
  }
  return true;
}

// Turns lengths into ends; false when their sum is above `limit`.
bool SumUp(uint64_t limit, std::vector<uint64_t>* lengths) {
  uint64_t sum = 0;
  for (uint64_t& length : *lengths) {
    if (length > limit - sum) return false;
    sum += length;
    length = sum;
  }
  return true;
}

absl::string_view Piece(absl::string_view heap, const std::vector<uint64_t>& ends, size_t i) {
  if (ends.empty()) return "";
  const uint64_t begin = i == 0 ? 0 : ends[i - 1];
  return heap.substr(begin, ends[i] - begin);
}

// The quotes' lengths, in bits when the encoder makes them shorter, and what they are in the heap.
std::vector<uint64_t> PackQuotes(absl::Span<const Evidence* const> evidence, TextEncoder* encoder,
                                 std::string* heap) {
  std::vector<uint64_t> lengths;
  uint64_t plain = 0;
  for (const Evidence* piece : evidence) {
    lengths.push_back(piece->quote.size());
    plain += piece->quote.size();
  }
  if (plain == 0) return lengths;
  if (encoder != nullptr) {
    std::vector<uint64_t> bits;
    std::string codes;
    BitWriter writer(&codes);
    for (const Evidence* piece : evidence) {
      const uint64_t before = writer.size();
      if (!piece->quote.empty()) encoder->encoder.Encode(piece->quote, &writer);
      bits.push_back(writer.size() - before);
    }
    writer.Finish();
    if (codes.size() < plain) {
      encoder->used = true;
      AppendVarint(encoder->number, heap);
      *heap += codes;
      return bits;
    }
  }
  AppendVarint(0, heap);
  for (const Evidence* piece : evidence) *heap += piece->quote;
  return lengths;
}

}  // namespace

const ColumnType EvidenceColumns::kTypes[] = {
    {},
    {.may_be_sparse = true},
    {.scaled = true, .has_none = true, .none = kExact},
    {.may_be_sparse = true, .usual = kNoId},
    {},
    {},
    {},
    {.may_be_sparse = true},
    {.scaled = true, .may_be_sparse = true, .usual = Pattern(kNoTime)},
};

const ColumnType FactBlock::kTypes[] = {
    {.rising = true},
    {},
    {},
    {},
    {.has_none = true, .none = Pattern(kOpenStart)},
    {.has_none = true, .none = Pattern(kOpenEnd), .may_be_sparse = true, .usual = 1},
    {.may_be_sparse = true, .usual = PackedPrecisions(Precision::kDay, Precision::kDay)},
    {.may_be_sparse = true, .usual = kVisible | kHasEvidence | kIdentified},
    {.may_be_sparse = true},
    {.may_be_sparse = true},
    {.may_be_sparse = true},
    {.scaled = true, .has_none = true, .none = Pattern(kNoTime)},
    {.scaled = true, .has_none = true, .none = Pattern(kNoTime), .may_be_sparse = true},
    {.may_be_sparse = true, .usual = 1},
    {.may_be_sparse = true},
    {.may_be_sparse = true},
};

void AppendEvidence(absl::Span<const Evidence* const> evidence, absl::Span<const int64_t> days,
                    TextEncoder* encoder, std::string* out, std::string* heap) {
  std::vector<uint64_t> articles;
  std::vector<int64_t> sentences;
  std::vector<uint64_t> starts;
  articles.reserve(evidence.size());
  sentences.reserve(evidence.size());
  starts.reserve(evidence.size());
  for (const Evidence* piece : evidence) {
    articles.push_back(piece->article);
    sentences.push_back(piece->sentence);
    starts.push_back(Pattern(piece->span_start));
  }
  const Trend articles_by_day = Trend::Through(days, articles);
  const Trend starts_by_sentence = Trend::Through(sentences, starts);
  AppendVarint(ZigZag(articles_by_day.slope()), out);
  AppendVarint(ZigZag(starts_by_sentence.slope()), out);
  ColumnBuilder<EvidenceColumns::kColumnCount> builder(evidence.size());
  std::string quotes;
  const std::vector<uint64_t> quote_lengths = PackQuotes(evidence, encoder, &quotes);
  for (size_t i = 0; i < evidence.size(); ++i) {
    const Evidence& piece = *evidence[i];
    const uint64_t confidence = PackedConfidence(piece.confidence);
    if (confidence == kExact) AppendFixed(piece.confidence, heap);
    builder.Row(i, {articles[i] - articles_by_day.At(days[i]), static_cast<uint64_t>(piece.stance),
                    confidence, piece.asserter, Pattern(piece.sentence),
                    starts[i] - starts_by_sentence.At(sentences[i]),
                    Difference(piece.span_end, piece.span_start), quote_lengths[i],
                    Pattern(piece.retracted_at)});
  }
  builder.Write(EvidenceColumns::kTypes, out);
  *heap += quotes;
}

bool EvidenceColumns::Parse(size_t n, ByteReader* bytes) {
  n_ = n;
  int64_t article_slope;
  int64_t start_slope;
  if (!bytes->Signed(&article_slope) || !bytes->Signed(&start_slope)) return false;
  articles_by_day_ = Trend(article_slope);
  starts_by_sentence_ = Trend(start_slope);
  return n <= kMaxBlockEvidence && ReadColumns(kTypes, n, bytes, columns_);
}

bool EvidenceColumns::ParseHeap(ByteReader* bytes) {
  if (n_ == 0) return true;
  std::vector<uint16_t> confidences(n_);
  columns_[kConfidence].Unpack(0, n_, confidences.data());
  uint32_t exact = 0;
  exact_before_.reserve(n_);
  for (uint16_t confidence : confidences) {
    exact_before_.push_back(exact);
    if (confidence == kExact) ++exact;
  }
  if (exact == 0) std::vector<uint32_t>().swap(exact_before_);
  if (!bytes->Bytes(uint64_t{exact} * sizeof(double), &exact_)) return false;
  quote_ends_.resize(n_);
  columns_[kQuoteLength].Unpack(0, n_, quote_ends_.data());
  const uint64_t most_bits = uint64_t{8} * bytes->rest().size();
  if (!SumUp(most_bits, &quote_ends_)) return false;
  if (quote_ends_.back() == 0) {
    std::vector<uint64_t>().swap(quote_ends_);
    return true;
  }
  if (!bytes->Number(&vocabulary_number_)) return false;
  const uint64_t unit = vocabulary_number_ == 0 ? 1 : 8;  // of lengths in a byte
  return bytes->Bytes((quote_ends_.back() + unit - 1) / unit, &quotes_);
}

bool EvidenceColumns::ReadQuote(size_t i, std::string* quote) const {
  if (quote_ends_.empty()) return true;
  const uint64_t begin = i == 0 ? 0 : quote_ends_[i - 1];
  const uint64_t end = quote_ends_[i];
  if (begin == end) return true;
  if (vocabulary_number_ == 0) {
    quote->assign(quotes_.data() + begin, end - begin);
    return true;
  }
  return vocabulary_ != nullptr && vocabulary_->Decode(quotes_, begin, end, quote);
}

bool EvidenceColumns::QuotesAreSound() const {
  std::string quote;
  for (size_t i = 0; i < quote_ends_.size(); ++i) {
    quote.clear();
    if (!ReadQuote(i, &quote)) return false;
  }
  return true;
}

double EvidenceColumns::ConfidenceAt(size_t i) const {
  const uint64_t packed = PackedConfidenceAt(i);
  if (packed != kExact) return static_cast<double>(packed) / kTenThousandths;
  double exact;
  std::memcpy(&exact, exact_.data() + exact_before_[i] * sizeof(double), sizeof(double));
  return exact;
}

void EvidenceColumns::ReadBare(size_t begin, size_t end, int64_t day,
                               std::vector<BareEvidence>* out) const {
  const uint64_t article = articles_by_day_.At(day);
  for (size_t i = begin; i < end; ++i) {
    out->push_back({article + columns_[kArticle].At(i), columns_[kAsserter].At(i), ConfidenceAt(i),
                    static_cast<int64_t>(columns_[kRetractedAt].At(i)),
                    StanceFrom(columns_[kStance].At(i))});
  }
}

void EvidenceColumns::ReadAllBare(absl::Span<const uint64_t> ends,
                                  absl::Span<const int32_t> valid_from,
                                  std::vector<BareEvidence>* out) const {
  std::vector<uint64_t> articles(n_);
  std::vector<uint64_t> asserters(n_);
  std::vector<uint64_t> confidences(n_);
  std::vector<int64_t> retracted_at(n_);
  std::vector<uint8_t> stances(n_);
  columns_[kArticle].Unpack(0, n_, articles.data());
  columns_[kAsserter].Unpack(0, n_, asserters.data());
  columns_[kConfidence].Unpack(0, n_, confidences.data());
  columns_[kRetractedAt].Unpack(0, n_, retracted_at.data());
  columns_[kStance].Unpack(0, n_, stances.data());
  out->reserve(out->size() + n_);
  size_t i = 0;
  for (size_t fact = 0; fact < ends.size(); ++fact) {
    const uint64_t article = articles_by_day_.At(EventDay(valid_from[fact]));
    for (; i < ends[fact]; ++i) {
      const double confidence = confidences[i] == kExact
                                    ? ConfidenceAt(i)
                                    : static_cast<double>(confidences[i]) / kTenThousandths;
      out->push_back({article + articles[i], asserters[i], confidence, retracted_at[i],
                      StanceFrom(stances[i])});
    }
  }
}

absl::Status EvidenceColumns::Read(size_t begin, size_t end, int64_t day,
                                   std::vector<Evidence>* out) const {
  out->reserve(out->size() + end - begin);
  const uint64_t article = articles_by_day_.At(day);
  for (size_t i = begin; i < end; ++i) {
    Evidence& piece = out->emplace_back();
    piece.article = article + columns_[kArticle].At(i);
    piece.stance = StanceFrom(columns_[kStance].At(i));
    piece.confidence = ConfidenceAt(i);
    piece.asserter = columns_[kAsserter].At(i);
    piece.sentence = static_cast<int32_t>(columns_[kSentence].At(i));
    const uint64_t start = columns_[kSpanStart].At(i) + starts_by_sentence_.At(piece.sentence);
    piece.span_start = static_cast<int32_t>(start);
    piece.span_end = static_cast<int32_t>(start + columns_[kSpanLength].At(i));
    if (!ReadQuote(i, &piece.quote)) return absl::DataLossError("a broken quote");
    piece.retracted_at = static_cast<int64_t>(columns_[kRetractedAt].At(i));
  }
  return absl::OkStatus();
}

size_t EvidenceColumns::bytes() const {
  return quote_ends_.capacity() * sizeof(uint64_t) + exact_before_.capacity() * sizeof(uint32_t);
}

std::string EncodeEvidencePage(absl::Span<const Evidence> evidence) {
  std::string bytes(1, kBlockKind);
  AppendVarint(evidence.size(), &bytes);
  std::vector<const Evidence*> pieces;
  for (const Evidence& piece : evidence) pieces.push_back(&piece);
  std::string heap;
  // All are of one fact, whose day is left out of it.
  AppendEvidence(pieces, std::vector<int64_t>(pieces.size(), 0), /*encoder=*/nullptr, &bytes,
                 &heap);
  return bytes + heap;
}

absl::StatusOr<std::vector<Evidence>> DecodeEvidencePage(absl::string_view value) {
  ByteReader bytes(value);
  uint8_t kind;
  uint64_t n;
  EvidenceColumns columns;
  if (!bytes.Fixed(&kind) || kind != kBlockKind || !bytes.Varint(&n) || n > kMaxBlockFacts ||
      !columns.Parse(n, &bytes) || !columns.ParseHeap(&bytes) || !bytes.done() ||
      columns.vocabulary() != 0) {
    return absl::DataLossError("broken page of evidence");
  }
  std::vector<Evidence> evidence;
  evidence.reserve(n);
  RETURN_IF_ERROR(columns.Read(0, n, /*day=*/0, &evidence));
  return evidence;
}

std::string EncodeFactBlock(FactId first, absl::Span<const StoredFact> facts, TextEncoder* quotes) {
  ColumnBuilder<FactBlock::kColumnCount> builder(facts.size());
  std::string heap;
  std::string properties;
  std::vector<const Evidence*> evidence;
  std::vector<int64_t> days;
  for (size_t i = 0; i < facts.size(); ++i) {
    const StoredFact& stored = facts[i];
    const FactRecord& fact = stored.record;
    heap += fact.identity;
    properties += fact.properties;
    for (const Evidence& piece : fact.evidence) evidence.push_back(&piece);
    days.resize(evidence.size(), EventDay(fact.valid_from));
    builder.Row(
        i, {stored.id - first, fact.subject, fact.relation, fact.object, Pattern(fact.valid_from),
            PackedDays(fact), PackedPrecisions(fact.from_precision, fact.to_precision), fact.flags,
            Difference(fact.support, GuessedSupport(fact)), fact.denial,
            Difference(fact.support, fact.confidence), PackedFirst(fact), PackedSinceFirst(fact),
            stored.evidence_total, fact.identity.size(), fact.properties.size()});
  }
  heap += properties;
  std::string bytes(1, kBlockKind);
  AppendVarint(facts.size(), &bytes);
  builder.Write(FactBlock::kTypes, &bytes);
  AppendEvidence(evidence, days, quotes, &bytes, &heap);
  return bytes + heap;
}

absl::StatusOr<FactBlock> FactBlock::Parse(FactId first, uint32_t inline_evidence,
                                           absl::string_view value) {
  ByteReader bytes(value);
  FactBlock block;
  if (!block.ParseColumns(first, inline_evidence, &bytes) || !block.ParseHeap(&bytes) ||
      !bytes.done()) {
    return absl::DataLossError("broken block of facts");
  }
  return block;
}

bool FactBlock::ParseColumns(FactId first, uint32_t inline_evidence, ByteReader* bytes) {
  uint8_t kind;
  uint64_t n;
  if (!bytes->Fixed(&kind) || kind != kBlockKind || !bytes->Varint(&n)) return false;
  if (n == 0 || n > kMaxBlockFacts || !ReadColumns(kTypes, n, bytes, columns_)) return false;
  size_ = n;
  ids_.resize(n);
  columns_[kSlot].Unpack(0, n, ids_.data());
  for (size_t i = 0; i < n; ++i) {
    if (ids_[i] >= kMaxBlockFacts || (i > 0 && first + ids_[i] <= ids_[i - 1])) return false;
    ids_[i] += first;
  }
  first_ = ids_.front();
  if (ids_.back() - first_ == n - 1) std::vector<FactId>().swap(ids_);
  evidence_ends_.resize(n);
  columns_[kEvidence].Unpack(0, n, evidence_ends_.data());
  for (uint64_t& pieces : evidence_ends_) pieces = std::min<uint64_t>(pieces, inline_evidence);
  return SumUp(kMaxBlockEvidence, &evidence_ends_) && evidence_.Parse(evidence_ends_.back(), bytes);
}

bool FactBlock::Lengths(Index index, std::vector<uint64_t>* ends, ByteReader* bytes,
                        absl::string_view* heap) const {
  ends->resize(size_);
  columns_[index].Unpack(0, size_, ends->data());
  if (!SumUp(bytes->rest().size(), ends) || !bytes->Bytes(ends->back(), heap)) return false;
  if (heap->empty()) std::vector<uint64_t>().swap(*ends);
  return true;
}

bool FactBlock::ParseHeap(ByteReader* bytes) {
  return Lengths(kIdentityLength, &identity_ends_, bytes, &identities_) &&
         Lengths(kPropertiesLength, &properties_ends_, bytes, &properties_) &&
         evidence_.ParseHeap(bytes);
}

std::optional<size_t> FactBlock::Find(FactId fact) const {
  if (ids_.empty()) {
    return fact - first_ < size_ ? std::optional<size_t>(fact - first_) : std::nullopt;
  }
  const auto at = std::lower_bound(ids_.begin(), ids_.end(), fact);
  if (at == ids_.end() || *at != fact) return std::nullopt;
  return at - ids_.begin();
}

size_t FactBlock::bytes() const {
  const size_t numbers = ids_.capacity() + identity_ends_.capacity() + properties_ends_.capacity() +
                         evidence_ends_.capacity();
  return numbers * sizeof(uint64_t) + evidence_.bytes();
}

uint64_t FactBlock::GuessedSupport(size_t i) const {
  const size_t begin = EvidenceBegin(i);
  return begin == evidence_ends_[i] ? 0 : evidence_.PackedConfidenceAt(begin);
}

FactCorroboration FactBlock::ReadCorroboration(size_t i) const {
  FactCorroboration fact;
  fact.flags = FlagsAt(i);
  fact.support = static_cast<uint16_t>(columns_[kSupport].At(i) + GuessedSupport(i));
  fact.denial = static_cast<uint16_t>(columns_[kDenial].At(i));
  fact.confidence = static_cast<uint16_t>(fact.support - columns_[kGap].At(i));
  const uint64_t first = columns_[kFirstReported].At(i);
  fact.first_reported = first == Pattern(kNoTime)
                            ? kNoTime
                            : static_cast<int64_t>(first + EventInstant(ValidFrom(i)));
  const uint64_t since = columns_[kSinceFirst].At(i);
  const bool dated = fact.first_reported != kNoTime;
  fact.last_reported =
      since == Pattern(kNoTime)
          ? kNoTime
          : static_cast<int64_t>(since + (dated ? Pattern(fact.first_reported) : 0));
  return fact;
}

uint64_t FactBlock::ReadBareEvidence(size_t i, std::vector<BareEvidence>* out) const {
  evidence_.ReadBare(EvidenceBegin(i), evidence_ends_[i], EventDay(ValidFrom(i)), out);
  return columns_[kEvidence].At(i);
}

std::vector<FactBlock::FactEvidence> FactBlock::ReadAllBareEvidence(
    std::vector<BareEvidence>* out) const {
  std::vector<int32_t> valid_from(size_);
  std::vector<uint64_t> totals(size_);
  std::vector<uint16_t> flags(size_);
  columns_[kValidFrom].Unpack(0, size_, valid_from.data());
  columns_[kEvidence].Unpack(0, size_, totals.data());
  columns_[kFlags].Unpack(0, size_, flags.data());
  evidence_.ReadAllBare(evidence_ends_, valid_from, out);
  std::vector<FactEvidence> facts;
  facts.reserve(size_);
  for (size_t i = 0; i < size_; ++i) facts.push_back({totals[i], evidence_ends_[i], flags[i]});
  return facts;
}

absl::StatusOr<uint64_t> FactBlock::ReadEvidence(size_t i, std::vector<Evidence>* out) const {
  RETURN_IF_ERROR(evidence_.Read(EvidenceBegin(i), evidence_ends_[i], EventDay(ValidFrom(i)), out));
  return columns_[kEvidence].At(i);
}

absl::StatusOr<StoredFact> FactBlock::Read(size_t i) const {
  StoredFact stored;
  stored.id = id(i);
  FactRecord& fact = stored.record;
  fact.subject = columns_[kSubject].At(i);
  fact.relation = static_cast<RelationId>(columns_[kRelation].At(i));
  fact.object = columns_[kObject].At(i);
  fact.valid_from = ValidFrom(i);
  const uint64_t days = columns_[kDays].At(i);
  const bool open_start = fact.valid_from == kOpenStart;
  fact.valid_to = days == Pattern(kOpenEnd)
                      ? kOpenEnd
                      : static_cast<int32_t>(days + (open_start ? 0 : Pattern(fact.valid_from)));
  const uint64_t precisions = columns_[kPrecisions].At(i);
  fact.from_precision = static_cast<Precision>(std::min<uint64_t>(precisions & 7, 4));
  fact.to_precision = static_cast<Precision>(std::min<uint64_t>(precisions >> 3 & 7, 4));
  const FactCorroboration evidence = ReadCorroboration(i);
  fact.flags = evidence.flags;
  fact.support = evidence.support;
  fact.denial = evidence.denial;
  fact.confidence = evidence.confidence;
  fact.first_reported = evidence.first_reported;
  fact.last_reported = evidence.last_reported;
  fact.identity = std::string(Piece(identities_, identity_ends_, i));
  fact.properties = std::string(Piece(properties_, properties_ends_, i));
  ASSIGN_OR_RETURN(stored.evidence_total, ReadEvidence(i, &fact.evidence));
  return stored;
}

}  // namespace entente::storage
