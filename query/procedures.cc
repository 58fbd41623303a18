#include "query/procedures.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/cameo.h"
#include "engine/error.h"
#include "engine/gdelt.h"
#include "engine/plover.h"
#include "engine/status.h"

namespace entente::query {
namespace {

using CallRows = std::vector<std::vector<Value>>;

struct Taxonomy {
  absl::string_view name;
  absl::Status (*declare)(GraphWriter& graph);
  size_t types;
};

absl::StatusOr<CallRows> DeclareTaxonomy(GraphWriter& graph, const FunctionContext&,
                                         const std::vector<Value>& arguments) {
  const Taxonomy taxonomies[] = {
      {"cameo", DeclareCameo, CameoCodes().size() + CameoCrossCuts().size()},
      {"plover", DeclarePlover, PloverKinds().size()},
      {"gdelt", DeclareGdelt, GdeltCodes().size()}};
  const absl::string_view name = arguments[0].string();
  for (const Taxonomy& taxonomy : taxonomies) {
    if (!absl::EqualsIgnoreCase(name, taxonomy.name)) continue;
    RETURN_IF_ERROR(taxonomy.declare(graph));
    return CallRows{{Value::Integer(static_cast<int64_t>(taxonomy.types))}};
  }
  return MakeError(
      ErrorCode::kRuntimeInvalidArgumentValue,
      absl::StrCat("There is no taxonomy '", name, "'; there are 'cameo', 'plover' and 'gdelt'"));
}

}  // namespace

const std::vector<BuiltInProcedure>& BuiltInProcedures() {
  static const auto& procedures = *new std::vector<BuiltInProcedure>([] {
    std::vector<BuiltInProcedure> all = EvidenceProcedures();
    for (BuiltInProcedure& procedure : NameProcedures()) all.push_back(std::move(procedure));
    all.push_back({{"entente.taxonomy", {{"name", "STRING", false}}, {{"types", "INTEGER", false}}},
                   "declares the relation types of the taxonomy `'cameo'`, `'plover'` or "
                   "`'gdelt'`; `types` is "
                   "how many there are",
                   DeclareTaxonomy});
    return all;
  }());
  return procedures;
}

absl::Status AsArgumentError(const absl::Status& status) {
  if (ErrorInfoOf(status).detail != "InvalidArgument") return status;
  return MakeError(ErrorCode::kRuntimeInvalidArgumentValue, status.message());
}

const BuiltInProcedure* FindBuiltInProcedure(absl::string_view name) {
  const std::vector<BuiltInProcedure>& all = BuiltInProcedures();
  const auto found = std::find_if(all.begin(), all.end(), [&](const BuiltInProcedure& procedure) {
    return procedure.signature.name == name;
  });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace entente::query
