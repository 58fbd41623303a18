// The labels and properties that the engine itself knows. Every database is created with them, in
// this order, so that their ids are constants.
#pragma once

#include <array>

#include "absl/strings/string_view.h"
#include "engine/ids.h"

namespace entente {

inline constexpr std::array<absl::string_view, 2> kBuiltInLabels = {"Article", "Publisher"};
inline constexpr LabelId kArticleLabel = 0;
inline constexpr LabelId kPublisherLabel = 1;

inline constexpr std::array<absl::string_view, 10> kBuiltInProperties = {
    "key",   "name",      "valid_from", "valid_to",  "url",
    "title", "publisher", "language",   "published", "copy_of"};
enum BuiltInProperty : PropertyId {
  kKeyProperty,
  kNameProperty,
  kValidFromProperty,
  kValidToProperty,
  kUrlProperty,
  kTitleProperty,
  kPublisherProperty,
  kLanguageProperty,
  kPublishedProperty,
  kCopyOfProperty,
};

}  // namespace entente
