// Property values as bytes, and the packed properties of a node or a fact. The layout stands atop
// value_codec.cc. Reading never trusts the bytes: what does not decode is absl::DataLossError.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/ids.h"
#include "engine/value.h"
#include "storage/properties.h"

namespace entente {

// Whether `value` can be the value of a property: scalars, temporal values, and lists of these, of
// nulls and of such lists, up to kDeepestValue deep (value_depth.h). Null cannot: it is the absence
// of a property.
bool IsStorable(const Value& value);

// Appends `value`, which must be storable.
void AppendValue(const Value& value, std::string* out);

// Decodes one value from the front of `*bytes` and removes what it read.
absl::StatusOr<Value> ReadValue(absl::string_view* bytes);

using Property = std::pair<PropertyId, Value>;

// Packs properties with distinct ids, given in any order. Values must be storable or null; a null
// is left out.
std::string PackProperties(std::vector<Property> properties);

// Appends a text to packed properties, whose ids must all be below `id`. `next`: the text that is
// appended next, "" when none is or something else.
void AppendTextProperty(PropertyId id, absl::string_view text, std::string* packed,
                        absl::string_view next = "");

absl::StatusOr<std::vector<Property>> UnpackProperties(absl::string_view packed);

// The value of one property, null when it is not there. Decodes no other value.
absl::StatusOr<Value> FindProperty(absl::string_view packed, PropertyId id);

// `packed` with one property set, or removed when `value` is null.
absl::StatusOr<std::string> WithProperty(absl::string_view packed, PropertyId id,
                                         const Value& value);

// Walks through packed properties by rising id and decodes only what is asked for:
//   for (PropertyCursor cursor(packed); cursor.Next();) { … cursor.id() … cursor.value() … }
//   and then cursor.status() tells whether the walk ended at a fault.
// The bytes must outlive the cursor.
class PropertyCursor {
 public:
  explicit PropertyCursor(absl::string_view packed) : rest_(packed) {}

  // Moves to the next property; false at the end or at a fault.
  bool Next();
  PropertyId id() const { return property_.id; }
  absl::StatusOr<Value> value() const;
  const absl::Status& status() const { return status_; }

 private:
  absl::string_view rest_;
  storage::PackedProperty property_;
  absl::Status status_;
};

}  // namespace entente
