#include "engine/load_input.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "engine/built_in.h"
#include "engine/error.h"
#include "engine/names.h"
#include "engine/published.h"
#include "engine/status.h"
#include "engine/value_codec.h"
#include "storage/bytes.h"

namespace entente {
namespace {

// Bits of a packed place; what does not fit becomes unknown.
constexpr int kColumnBits = 20;
constexpr int kLineBits = 32;
constexpr int kFileBits = 64 - kColumnBits - kLineBits;

constexpr FactHandle kRefused = FactHandle{1} << 63;
constexpr int kInputShift = 40;

// Rows of one kind that wait for the numbers of their texts.
constexpr size_t kMostWaiting = 1024;

absl::string_view KeyOf(const ArticleText& article) {
  return article.key.empty() ? article.url : article.key;
}

Value OtherThanText(const Value& value) { return value.is_string() ? Value() : value; }

ArticleText TextOf(const ArticleInput& article) {
  return {article.key,      article.url,
          article.title,    article.publisher,
          article.language, article.published.is_string() ? article.published.string() : "",
          article.copy_of,  article.properties};
}

uint64_t Fitting(uint64_t v, int bits) { return v >> bits == 0 ? v : 0; }

void AppendCounted(absl::string_view text, std::string* out) {
  storage::AppendVarint(text.size(), out);
  out->append(text.data(), text.size());
}

bool ReadCounted(storage::ByteReader* bytes, std::string* text) {
  uint64_t size;
  absl::string_view view;
  if (!bytes->Varint(&size) || !bytes->Bytes(size, &view)) return false;
  text->assign(view.data(), view.size());
  return true;
}

bool ReadDay(storage::ByteReader* bytes, int32_t* day) {
  int64_t wide;
  if (!bytes->Signed(&wide)) return false;
  *day = static_cast<int32_t>(wide);
  return true;
}

std::string WrongEvidence(const EvidenceClaim& evidence) {
  if (!(evidence.confidence >= 0 && evidence.confidence <= 1)) {
    return absl::StrCat("the confidence ", evidence.confidence, " is not between 0 and 1");
  }
  if (evidence.sentence < -1) return "the sentence number is negative";
  if ((evidence.span_begin < 0) != (evidence.span_end < 0) ||
      evidence.span_end < evidence.span_begin) {
    return "the span does not run from its beginning to its end";
  }
  return "";
}

storage::Stance StoredStance(Stance stance) {
  switch (stance) {
    case Stance::kAffirms:
      return storage::Stance::kAffirms;
    case Stance::kDenies:
      return storage::Stance::kDenies;
    case Stance::kReports:
      break;
  }
  return storage::Stance::kReports;
}

}  // namespace

PropertyNames::PropertyNames() {
  for (absl::string_view name : kBuiltInProperties) Enter(name);
}

PropertyId PropertyNames::Enter(absl::string_view name) {
  absl::MutexLock lock(&mutex_);
  const auto [known, is_new] = ids_.try_emplace(name, static_cast<PropertyId>(names_.size()));
  if (is_new) names_.emplace_back(name);
  return known->second;
}

std::string PropertyNames::Name(PropertyId id) const {
  absl::MutexLock lock(&mutex_);
  return names_[id];
}

size_t PropertyNames::size() const {
  absl::MutexLock lock(&mutex_);
  return names_.size();
}

std::pair<uint32_t, uint64_t> SplitHandle(FactHandle handle) {
  return {static_cast<uint32_t>((handle & ~kRefused) >> kInputShift),
          handle & ((FactHandle{1} << kInputShift) - 1)};
}

uint64_t HashOfEnds(absl::string_view identity) {
  constexpr size_t kEnds = 8 + 4 + 8;  // behind subject, type and object
  return absl::Hash<absl::string_view>{}(identity.substr(std::min(kEnds, identity.size()))) | 1;
}

uint64_t PackPlace(const InputPlace& place) {
  return Fitting(place.file, kFileBits) << (kLineBits + kColumnBits) |
         Fitting(place.line, kLineBits) << kColumnBits | Fitting(place.column, kColumnBits);
}

InputPlace UnpackPlace(uint64_t packed) {
  const auto low = [](uint64_t v, int bits) { return v & ((uint64_t{1} << bits) - 1); };
  return {static_cast<uint32_t>(packed >> (kLineBits + kColumnBits)),
          low(packed >> kColumnBits, kLineBits), low(packed, kColumnBits)};
}

std::string EncodePayload(const EntityPayload& payload) {
  std::string bytes;
  storage::AppendVarint(payload.labels.size(), &bytes);
  for (const std::string& label : payload.labels) AppendCounted(label, &bytes);
  storage::AppendVarint(payload.names.size(), &bytes);
  for (const EntityName& name : payload.names) {
    AppendCounted(name.text, &bytes);
    AppendCounted(name.language, &bytes);
    AppendCounted(name.script, &bytes);
    storage::AppendVarint(storage::ZigZag(name.since_day), &bytes);
    storage::AppendVarint(storage::ZigZag(name.until_day), &bytes);
  }
  return bytes + payload.properties;
}

EntityPayload DecodePayload(absl::string_view encoded) {
  storage::ByteReader bytes(encoded);
  EntityPayload payload;
  uint64_t labels = 0;
  uint64_t names = 0;
  bool read = bytes.Varint(&labels);
  for (uint64_t i = 0; read && i < labels; ++i) {
    read = ReadCounted(&bytes, &payload.labels.emplace_back());
  }
  read = read && bytes.Varint(&names);
  for (uint64_t i = 0; read && i < names; ++i) {
    EntityName& name = payload.names.emplace_back();
    read = ReadCounted(&bytes, &name.text) && ReadCounted(&bytes, &name.language) &&
           ReadCounted(&bytes, &name.script) && ReadDay(&bytes, &name.since_day) &&
           ReadDay(&bytes, &name.until_day);
  }
  ENTENTE_CHECK(read);
  payload.properties = std::string(bytes.rest());
  return payload;
}

LoadInput::LoadInput(uint32_t number, LoadShared& shared)
    : number_(number),
      shared_(shared),
      payloads_(shared.space, storage::SpillAccess::kInOrder),
      extras_(shared.space, storage::SpillAccess::kHereAndThere),
      entities_(shared.space),
      articles_(shared.space),
      facts_(shared.space),
      evidence_(shared.space),
      coupled_(shared.space),
      waiting_texts_(shared.texts) {}

// It must stay where it is, since the batch sets its texts.
template <typename Row>
Row& LoadInput::NewWaiting(std::vector<Row>* waiting) {
  if (waiting->empty()) waiting->reserve(kMostWaiting);
  return waiting->emplace_back();
}

void LoadInput::Name(const FactClaim& fact, FactRow* waiting) {
  waiting_texts_.Add(fact.subject, &waiting->subject);
  waiting_texts_.Add(fact.type, &waiting->type);
  waiting_texts_.Add(fact.object, &waiting->object);
}

void LoadInput::Name(const EvidenceClaim& evidence, EvidenceRow* waiting) {
  waiting_texts_.Add(evidence.article, &waiting->article);
  waiting_texts_.Add(evidence.asserted_by, &waiting->asserter);
}

absl::Status LoadInput::LogWaitingIfMany() {
  const size_t most = std::max({waiting_articles_.size(), waiting_facts_.size(),
                                waiting_evidence_.size(), waiting_coupled_.size()});
  return most < kMostWaiting ? absl::OkStatus() : LogWaiting();
}

absl::Status LoadInput::LogWaiting() {
  shared_.texts.Enter(&waiting_texts_);
  const auto log = [](auto* waiting, auto* rows) {
    for (const auto& row : *waiting) RETURN_IF_ERROR(rows->Add(row));
    waiting->clear();
    return absl::OkStatus();
  };
  for (const FactRow& row : waiting_facts_) types_.insert(row.type);
  RETURN_IF_ERROR(log(&waiting_articles_, &articles_));
  RETURN_IF_ERROR(log(&waiting_facts_, &facts_));
  RETURN_IF_ERROR(log(&waiting_evidence_, &evidence_));
  return log(&waiting_coupled_, &coupled_);
}

// The count is common to all threads, so they touch it seldom.
void LoadInput::CountClaim() {
  constexpr uint32_t kAtOnce = 1024;
  if (++uncounted_ < kAtOnce) return;
  shared_.claims += uncounted_;
  uncounted_ = 0;
}

absl::Status LoadInput::Reject(const InputPlace& place, std::string reason) {
  rejections_.push_back({place, std::move(reason)});
  return shared_.strict ? absl::InvalidArgumentError(rejections_.back().reason) : absl::OkStatus();
}

absl::StatusOr<std::string> LoadInput::Pack(absl::Span<const MapEntry> properties,
                                            std::initializer_list<PropertyId> refused) {
  if (properties.empty()) return std::string();
  std::vector<Property> packed;
  packed.reserve(properties.size());
  for (const auto& [name, value] : properties) {
    const PropertyId id = shared_.properties.Enter(name);
    if (std::find(refused.begin(), refused.end(), id) != refused.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("`", name, "` cannot be given among the properties"));
    }
    if (value.is_null()) continue;
    if (!IsStorable(value)) {
      return absl::InvalidArgumentError(
          absl::StrCat("The property `", name, "` cannot be a ", Value::TypeName(value.type())));
    }
    // Of a name that is given twice the last value counts.
    const auto same = std::find_if(packed.begin(), packed.end(),
                                   [&](const Property& other) { return other.first == id; });
    if (same == packed.end()) {
      packed.emplace_back(id, value);
    } else {
      same->second = value;
    }
  }
  return PackProperties(std::move(packed));
}

absl::Status LoadInput::AddEntity(const EntityInput& entity, const InputPlace& place) {
  if (entity.key.empty() && NormalizeName(entity.name).empty()) {
    return Reject(place, "the entity has neither key nor name");
  }
  if (std::find(entity.labels.begin(), entity.labels.end(), kBuiltInLabels[kArticleLabel]) !=
      entity.labels.end()) {
    return Reject(place, "an entity cannot be labelled Article");
  }
  absl::StatusOr<std::string> properties = Pack(entity.properties, {kKeyProperty});
  if (!properties.ok()) return Reject(place, std::string(properties.status().message()));
  EntityPayload payload{entity.labels, entity.names, *std::move(properties)};
  EntityRow row;
  row.key = shared_.texts.Enter(entity.key);
  row.name = shared_.texts.Enter(entity.name);
  ASSIGN_OR_RETURN(row.payload, payloads_.Add(EncodePayload(payload)));
  row.place = PackPlace(place);
  return entities_.Add(row);
}

absl::StatusOr<std::string> LoadInput::MakeArticle(const ArticleText& article,
                                                   const Value& published_value, ArticleRow* row,
                                                   std::string* payload) {
  const absl::string_view key = KeyOf(article);
  if (key.empty()) return "the article has neither key nor url";
  row->published = storage::kNoTime;
  if (!article.published.empty() || !published_value.is_null()) {
    const std::optional<Instant> published = article.published.empty()
                                                 ? PublishedInstant(published_value)
                                                 : PublishedInstant(article.published);
    if (!published.has_value()) return "`published` is no date or time";
    row->published = *published;
  }
  absl::StatusOr<std::string> others =
      Pack(article.properties, {kKeyProperty, kUrlProperty, kTitleProperty, kPublisherProperty,
                                kLanguageProperty, kPublishedProperty, kCopyOfProperty});
  if (!others.ok()) return std::string(others.status().message());
  absl::InlinedVector<std::pair<PropertyId, absl::string_view>, 7> texts;
  for (const auto& [id, text] : {std::make_pair(kKeyProperty, key),
                                 {kUrlProperty, article.url},
                                 {kTitleProperty, article.title},
                                 {kPublisherProperty, article.publisher},
                                 {kLanguageProperty, article.language},
                                 {kPublishedProperty, article.published},
                                 {kCopyOfProperty, article.copy_of}}) {
    if (!text.empty()) texts.emplace_back(id, text);
  }
  payload->clear();
  for (size_t i = 0; i < texts.size(); ++i) {
    AppendTextProperty(texts[i].first, texts[i].second, payload,
                       i + 1 < texts.size() ? texts[i + 1].second : "");
  }
  if (!published_value.is_null()) {
    ASSIGN_OR_RETURN(*payload, WithProperty(*payload, kPublishedProperty, published_value));
  }
  if (!others->empty()) {
    ASSIGN_OR_RETURN(std::vector<Property> all, UnpackProperties(*payload));
    ASSIGN_OR_RETURN(std::vector<Property> more, UnpackProperties(*others));
    std::move(more.begin(), more.end(), std::back_inserter(all));
    *payload = PackProperties(std::move(all));
  }
  return "";
}

absl::StatusOr<std::string> LoadInput::MakeArticle(const ArticleInput& article, ArticleRow* row,
                                                   std::string* payload) {
  const ArticleText text = TextOf(article);
  row->key = shared_.texts.Enter(KeyOf(text));
  row->publisher = shared_.texts.Enter(text.publisher);
  row->copy_of = shared_.texts.Enter(text.copy_of);
  return MakeArticle(text, OtherThanText(article.published), row, payload);
}

absl::Status LoadInput::AddArticle(const ArticleText& article, const Value& published,
                                   const InputPlace& place) {
  ArticleRow& row = NewWaiting(&waiting_articles_);
  ASSIGN_OR_RETURN(std::string wrong, MakeArticle(article, published, &row, &scratch_));
  if (!wrong.empty()) {
    waiting_articles_.pop_back();
    return Reject(place, std::move(wrong));
  }
  ASSIGN_OR_RETURN(row.payload, payloads_.Add(scratch_));
  row.place = PackPlace(place);
  waiting_texts_.Add(KeyOf(article), &row.key);
  waiting_texts_.Add(article.publisher, &row.publisher);
  waiting_texts_.Add(article.copy_of, &row.copy_of);
  return LogWaitingIfMany();
}

absl::Status LoadInput::AddArticle(const ArticleInput& article, const InputPlace& place) {
  return AddArticle(TextOf(article), OtherThanText(article.published), place);
}

absl::Status LoadInput::AddArticle(const ArticleText& article, const InputPlace& place) {
  return AddArticle(article, Value(), place);
}

absl::StatusOr<std::string> LoadInput::MakeFact(const FactClaim& fact, FactRow* row) {
  if (fact.subject.empty()) return "the claim has no subject";
  if (fact.type.empty()) return "the claim has no type";
  if (fact.object.empty()) return "the claim has no object";
  if (!fact.valid_from.value.is_null() && !fact.valid_to.value.is_null() &&
      InstantOfFrom(fact.valid_from) >= InstantOfTo(fact.valid_to)) {
    return "valid_to does not lie after valid_from";
  }
  absl::StatusOr<std::string> properties =
      Pack(fact.properties, {kValidFromProperty, kValidToProperty});
  if (!properties.ok()) return std::string(properties.status().message());
  storage::FactRecord record;
  const bool keeps_from = StoreValidFrom(fact.valid_from, &record);
  const bool keeps_to = StoreValidTo(fact.valid_to, &record);
  row->ends = 0;
  if (keeps_from || keeps_to) {
    row->ends = HashOfEnds(FactIdentity(0, 0, 0, fact.valid_from, fact.valid_to));
    for (const auto& [keeps, id, end] :
         {std::make_tuple(keeps_from, kValidFromProperty, &fact.valid_from),
          std::make_tuple(keeps_to, kValidToProperty, &fact.valid_to)}) {
      if (!keeps) continue;
      ASSIGN_OR_RETURN(*properties, WithProperty(*properties, id, end->value));
    }
  }
  row->valid_from = record.valid_from;
  row->valid_to = record.valid_to;
  row->from_precision = static_cast<uint8_t>(record.from_precision);
  row->to_precision = static_cast<uint8_t>(record.to_precision);
  row->flags = static_cast<uint8_t>(record.flags);
  row->coupled = 0;
  row->extra = 0;
  if (!properties->empty()) {
    ASSIGN_OR_RETURN(row->extra, extras_.Add(*properties));
  }
  return "";
}

absl::StatusOr<std::string> LoadInput::MakeEvidence(const EvidenceClaim& evidence,
                                                    EvidenceRow* row) {
  std::string wrong = WrongEvidence(evidence);
  if (!wrong.empty()) return wrong;
  row->fact = evidence.fact;
  row->sentence = evidence.sentence;
  row->span_begin = evidence.span_begin;
  row->span_end = evidence.span_end;
  row->stance = static_cast<uint8_t>(StoredStance(evidence.stance));
  const double whole = std::round(evidence.confidence * 10000);
  const bool exact = whole / 10000 != evidence.confidence;
  row->confidence = exact ? kExactConfidence : static_cast<uint16_t>(whole);
  row->extra = 0;
  if (exact || !evidence.quote.empty()) {
    scratch_.assign(sizeof(double), '\0');
    std::memcpy(scratch_.data(), &evidence.confidence, sizeof(double));
    scratch_.append(evidence.quote.data(), evidence.quote.size());
    ASSIGN_OR_RETURN(row->extra, extras_.Add(scratch_));
  }
  return "";
}

absl::StatusOr<FactHandle> LoadInput::AddFact(const FactClaim& fact, const InputPlace& place) {
  const FactHandle input = FactHandle{number_} << kInputShift;
  const FactHandle handle = input | NextFact();
  FactRow& row = NewWaiting(&waiting_facts_);
  ASSIGN_OR_RETURN(std::string wrong, MakeFact(fact, &row));
  if (!wrong.empty()) {
    waiting_facts_.pop_back();
    RETURN_IF_ERROR(Reject(place, wrong));
    refused_facts_.push_back(std::move(wrong));
    return kRefused | input | (refused_facts_.size() - 1);
  }
  row.place = PackPlace(place);
  Name(fact, &row);
  CountClaim();
  RETURN_IF_ERROR(LogWaitingIfMany());
  return handle;
}

absl::Status LoadInput::AddEvidence(const EvidenceClaim& evidence, const InputPlace& place) {
  if (evidence.fact & kRefused) {
    const auto [input, number] = SplitHandle(evidence.fact);
    return Reject(place, shared_.inputs[input]->refused_facts_[number]);
  }
  EvidenceRow& row = NewWaiting(&waiting_evidence_);
  ASSIGN_OR_RETURN(std::string wrong, MakeEvidence(evidence, &row));
  if (!wrong.empty()) {
    waiting_evidence_.pop_back();
    return Reject(place, std::move(wrong));
  }
  row.place = PackPlace(place);
  Name(evidence, &row);
  CountClaim();
  return LogWaitingIfMany();
}

absl::Status LoadInput::AddClaim(const ClaimInput& claim, const InputPlace& place) {
  if (claim.article.empty() && !claim.asserted_by.empty() && !claim.subject.empty() &&
      !claim.type.empty() && !claim.object.empty()) {
    return Reject(place, "the claim has asserted_by but no article that quotes it");
  }
  EvidenceClaim evidence;
  evidence.article = claim.article;
  evidence.asserted_by = claim.asserted_by;
  evidence.stance = claim.evidence.stance;
  evidence.confidence = claim.evidence.confidence;
  evidence.sentence = claim.evidence.sentence;
  evidence.span_begin = claim.evidence.span_begin;
  evidence.span_end = claim.evidence.span_end;
  evidence.quote = claim.evidence.quote;
  const FactClaim fact{claim.subject,    claim.type,     claim.object,
                       claim.valid_from, claim.valid_to, claim.properties};
  evidence.fact = FactHandle{number_} << kInputShift | NextFact();
  FactRow& row = NewWaiting(&waiting_facts_);
  ASSIGN_OR_RETURN(std::string wrong, MakeFact(fact, &row));
  if (wrong.empty()) wrong = WrongEvidence(evidence);
  if (!wrong.empty()) {
    waiting_facts_.pop_back();
    return Reject(place, std::move(wrong));
  }
  row.place = PackPlace(place);
  row.coupled = claim.article.empty() ? 0 : 1;
  if (row.coupled) {
    EvidenceRow& piece = NewWaiting(&waiting_coupled_);
    RETURN_IF_ERROR(MakeEvidence(evidence, &piece).status());
    piece.place = row.place;
    Name(evidence, &piece);
  }
  Name(fact, &row);
  CountClaim();
  return LogWaitingIfMany();
}

}  // namespace entente
