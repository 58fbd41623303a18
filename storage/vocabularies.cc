#include "storage/vocabularies.h"

#include <algorithm>

#include "rocksdb/slice.h"
#include "storage/keys.h"
#include "storage/status_macros.h"
#include "storage/store_impl.h"
#include "storage/view.h"

namespace entente::storage {
namespace {

// What the database's vocabulary may take more than the load's own.
constexpr double kTolerance = 1.02;
// Vocabularies are compressed.
constexpr double kStoredPart = 0.6;

}  // namespace

std::string VocabularyKey(PropertyId property, uint32_t number) {
  return KeyWriter(ArticleKey::kVocabulary).U32(property).U32(number).bytes();
}

absl::StatusOr<uint32_t> NewestVocabulary(const View& view, PropertyId property) {
  const std::string prefix = KeyWriter(ArticleKey::kVocabulary).U32(property).bytes();
  Cursor cursor = view.Scan(Family::kArticles, prefix);
  cursor.SeekToLast();
  RETURN_IF_ERROR(cursor.status());
  if (!cursor.Valid()) return 0;
  KeyReader key(cursor.key().substr(prefix.size()));
  uint32_t number;
  if (!key.U32(&number) || !key.done()) return absl::DataLossError("broken key of a vocabulary");
  return number;
}

absl::StatusOr<std::unique_ptr<TextEncoder>> ChooseVocabulary(const View& before,
                                                              PropertyId property,
                                                              const VocabularySample& sample,
                                                              uint64_t share,
                                                              std::vector<NewVocabulary>* learned) {
  if (sample.bytes_of_some() == 0) return nullptr;
  // All bytes of a load for a byte of the texts that are tried.
  const double all =
      static_cast<double>(sample.bytes() * share) / static_cast<double>(sample.bytes_of_some());
  const auto cost = [&](const Vocabulary& vocabulary) {
    return static_cast<double>(sample.BitsOfSome(vocabulary)) / 8 * all;
  };
  std::string bytes = sample.Learn(share);
  ASSIGN_OR_RETURN(Vocabulary own, Vocabulary::Parse(bytes));
  const double own_cost = cost(own) + static_cast<double>(bytes.size()) * kStoredPart;
  const double plain_cost = static_cast<double>(sample.bytes() * share);
  ASSIGN_OR_RETURN(const uint32_t newest, NewestVocabulary(before, property));
  const auto encoder = [](uint32_t number, const Vocabulary& vocabulary) {
    return std::make_unique<TextEncoder>(
        TextEncoder{.number = number, .encoder = VocabularyEncoder(vocabulary)});
  };
  if (newest != 0) {
    ASSIGN_OR_RETURN(const Vocabulary* stored,
                     before.vocabularies().Find(before, property, newest));
    if (cost(*stored) < std::min(own_cost * kTolerance, plain_cost)) {
      return encoder(newest, *stored);
    }
  }
  if (own_cost >= plain_cost) return nullptr;
  learned->push_back(
      {property, std::move(bytes), std::make_unique<const Vocabulary>(std::move(own))});
  return encoder(newest + 1, *learned->back().vocabulary);
}

absl::StatusOr<const Vocabulary*> Vocabularies::Find(const View& view, PropertyId property,
                                                     uint32_t number) {
  const std::pair<PropertyId, uint32_t> name(property, number);
  {
    absl::ReaderMutexLock lock(&mutex_);
    const auto found = read_.find(name);
    if (found != read_.end()) return found->second.get();
  }
  rocksdb::PinnableSlice value;
  ASSIGN_OR_RETURN(const bool found,
                   view.Get(Family::kArticles, VocabularyKey(property, number), &value));
  if (!found) return absl::DataLossError("a vocabulary is lost");
  ASSIGN_OR_RETURN(Vocabulary vocabulary, Vocabulary::Parse(ToView(value)));
  absl::MutexLock lock(&mutex_);
  std::unique_ptr<const Vocabulary>& kept = read_[name];
  if (kept == nullptr) kept = std::make_unique<const Vocabulary>(std::move(vocabulary));
  return kept.get();
}

}  // namespace entente::storage
