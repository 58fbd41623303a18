#include "storage/vocabularies.h"

#include "rocksdb/slice.h"
#include "storage/keys.h"
#include "storage/status_macros.h"
#include "storage/store_impl.h"
#include "storage/view.h"

namespace entente::storage {

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
  if (!found) return absl::DataLossError("a vocabulary of articles is lost");
  ASSIGN_OR_RETURN(Vocabulary vocabulary, Vocabulary::Parse(ToView(value)));
  absl::MutexLock lock(&mutex_);
  std::unique_ptr<const Vocabulary>& kept = read_[name];
  if (kept == nullptr) kept = std::make_unique<const Vocabulary>(std::move(vocabulary));
  return kept.get();
}

}  // namespace entente::storage
