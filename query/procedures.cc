#include "query/procedures.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/cameo.h"
#include "engine/error.h"
#include "engine/status.h"

namespace entente::query {
namespace {

using CallRows = std::vector<std::vector<Value>>;

absl::StatusOr<CallRows> DeclareTaxonomy(GraphWriter& graph, const FunctionContext&,
                                         const std::vector<Value>& arguments) {
  const absl::string_view name = arguments[0].string();
  if (!absl::EqualsIgnoreCase(name, "cameo")) {
    return MakeError(ErrorCode::kRuntimeInvalidArgumentValue,
                     absl::StrCat("There is no taxonomy '", name, "'; there is 'cameo'"));
  }
  RETURN_IF_ERROR(DeclareCameo(graph));
  const size_t types = CameoCodes().size() + CameoCrossCuts().size();
  return CallRows{{Value::Integer(static_cast<int64_t>(types))}};
}

}  // namespace

const std::vector<BuiltInProcedure>& BuiltInProcedures() {
  static const auto& procedures = *new std::vector<BuiltInProcedure>([] {
    std::vector<BuiltInProcedure> all = EvidenceProcedures();
    all.push_back(
        {{"entente.taxonomy", {{"name", "STRING", false}}, {{"types", "INTEGER", false}}},
         "declares the relation types of the taxonomy `'cameo'` with their parents, which imports "
         "do by themselves; `types` is how many there are",
         DeclareTaxonomy});
    return all;
  }());
  return procedures;
}

const BuiltInProcedure* FindBuiltInProcedure(absl::string_view name) {
  const std::vector<BuiltInProcedure>& all = BuiltInProcedures();
  const auto found = std::find_if(all.begin(), all.end(), [&](const BuiltInProcedure& procedure) {
    return procedure.signature.name == name;
  });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace entente::query
