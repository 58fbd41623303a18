// Scope: the names that a clause or an expression sees.
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "query/expression.h"

namespace entente::query {

// What a name stands for: a slot and what values it can hold. A node variable has the type {node,
// null}, a variable-length relationship {list, null} with relationships as elements.
struct Binding {
  Slot slot = 0;
  TypeSet type = TypeSet::Any();
  TypeSet elements = TypeSet::Any();

  // Whether a pattern may use the variable as a thing of this type.
  bool CanBe(Value::Type wanted) const { return type.Has(wanted) || type.WithoutNull().empty(); }
};

class Scope {
 public:
  const Binding* Find(absl::string_view name) const;
  // A name that is there already gets the new meaning.
  void Declare(absl::string_view name, Binding binding);
  bool empty() const { return bindings_.empty(); }
  // In alphabetical order.
  std::vector<std::string> Names() const;

 private:
  absl::flat_hash_map<std::string, Binding> bindings_;
};

}  // namespace entente::query
