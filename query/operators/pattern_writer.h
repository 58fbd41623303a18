// What CREATE, MERGE, SET and REMOVE do to the graph, and how it is counted.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "query/batch.h"
#include "query/evaluator.h"
#include "query/operator.h"
#include "query/plan.h"

namespace entente::query {

// Makes nodes and relationships. The execution must have a writer.
class PatternWriter {
 public:
  explicit PatternWriter(Execution& execution) : execution_(execution), evaluator_(execution) {}

  // Makes all of them for each of `rows` and adds their columns.
  absl::Status Create(const std::vector<CreatedNode>& nodes,
                      const std::vector<CreatedRelationship>& relationships, Batch* rows);
  // kMergeReadOwnWrites if a property of the pattern is null in one of `rows`.
  absl::Status CheckNoNulls(const std::vector<CreatedNode>& nodes,
                            const std::vector<CreatedRelationship>& relationships,
                            const Batch& rows);

 private:
  // The map of each row; empty ones where `properties` is null.
  absl::StatusOr<std::vector<std::vector<MapEntry>>> Maps(const Expression* properties,
                                                          const Batch& rows);
  absl::Status CreateNodes(const CreatedNode& node, Batch* rows);
  absl::Status CreateRelationships(const CreatedRelationship& relationship, Batch* rows);
  absl::Status CheckNoNulls(const Expression* properties, const Batch& rows);

  Execution& execution_;
  Evaluator evaluator_;
};

// Runs the actions of SET and REMOVE.
class Updater {
 public:
  Updater(Execution& execution, const std::vector<UpdateAction>& actions);

  // For each row in turn, each action in turn: a later one sees what an earlier one wrote.
  absl::Status Apply(const Batch& rows);

 private:
  absl::Status ApplyAll(const Batch& rows);
  absl::Status Run(const SetPropertyAction& action, const Batch& rows);
  absl::Status Run(const SetPropertiesAction& action, const Batch& rows);
  absl::Status Run(const LabelsAction& action, const Batch& rows);
  absl::Status SetProperty(const Value& object, const std::string& name, const Value& value,
                           const SourceSpan& span);
  absl::Status SetProperties(const Value& object, const Value& source, bool merge,
                             const SourceSpan& span);
  absl::Status ChangeLabels(NodeId node, const LabelsAction& action);
  absl::StatusOr<std::vector<MapEntry>> PropertiesOf(const Value& object, const SourceSpan& span);

  Execution& execution_;
  const std::vector<UpdateAction>& actions_;
  Evaluator evaluator_;
  bool reads_graph_ = false;  // an action reads what another one may write
};

}  // namespace entente::query
