// When an article came out, from its `published` property.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "engine/lens.h"
#include "engine/value.h"

namespace entente {

// DateTime; LocalDateTime and Date read as UTC; a string in ISO 8601. Anything else, and what lies
// beyond the range of an Instant, is nullopt.
std::optional<Instant> PublishedInstant(const Value& value);
std::optional<Instant> PublishedInstant(absl::string_view text);

}  // namespace entente
