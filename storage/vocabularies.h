// The vocabularies of a database (vocabulary.h): for texts of one property in blocks of articles,
// numbered as bulk loads add them, never changed. Those that were read are kept. Internal to
// storage/.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

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
