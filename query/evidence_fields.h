// The fields of the maps that evidence(r) lists: their names, and what each says of a piece of
// evidence.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/evidence.h"
#include "engine/ids.h"
#include "engine/lens.h"
#include "engine/value.h"
#include "query/function.h"

namespace entente::query {

struct EvidenceField {
  absl::string_view name;
  TypeSet type;
  Value (*value)(const Evidence& piece);
};

// All of them; they last for ever.
absl::Span<const EvidenceField> EvidenceFields();
// The one of this name, or nullptr.
const EvidenceField* FindEvidenceField(absl::string_view name);

Value NodeOrNull(NodeId node);  // kNoId: null
Value InstantOrNull(const std::optional<Instant>& instant);

// The lens that a relationship is seen through: the one that it was bound under, which may be null,
// else the statement's, else the default one.
const Lens& LensOf(const FunctionContext& context, const Lens* bound);

}  // namespace entente::query
