// The vocabularies of a database (vocabulary.h): for texts of one property in blocks of articles,
// for quotes in blocks of facts. Bulk loads add them, numbered for each property; they are never
// changed. Those that were read are kept. Internal to storage/.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "storage/ids.h"
#include "storage/vocabulary.h"

namespace entente::storage {

class View;

std::string VocabularyKey(PropertyId property, uint32_t number);
// The number of the newest one for a property; 0: there is none.
absl::StatusOr<uint32_t> NewestVocabulary(const View& view, PropertyId property);

// Stands for a property: quotes of evidence.
inline constexpr PropertyId kQuotes = kNoSymbol;

// A vocabulary that a load has learned, for a property.
struct NewVocabulary {
  PropertyId property;
  std::string bytes;
  std::unique_ptr<const Vocabulary> vocabulary;
};

// What texts are to be written with of which the sample is one in `share`: a new vocabulary, which
// `*learned` gets then, or the database's newest one when it does as well. nullptr when no
// vocabulary is worth it.
absl::StatusOr<std::unique_ptr<TextEncoder>> ChooseVocabulary(const View& before,
                                                              PropertyId property,
                                                              const VocabularySample& sample,
                                                              uint64_t share,
                                                              std::vector<NewVocabulary>* learned);

class Vocabularies {
 public:
  // By any thread; what is found stays as long as this. DataLoss when there is none, or a broken
  // one.
  absl::StatusOr<const Vocabulary*> Find(const View& view, PropertyId property, uint32_t number)
      ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  absl::Mutex mutex_;
  absl::flat_hash_map<std::pair<PropertyId, uint32_t>, std::unique_ptr<const Vocabulary>> read_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace entente::storage
