#include <algorithm>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "engine/error.h"
#include "engine/status.h"
#include "query/evaluator.h"
#include "query/operators/operators.h"

namespace entente::query {
namespace {

// Collects everything first and deletes relationships before nodes, so that the order of what is
// named does not matter.
class DeleteOperator : public UnaryOperator {
 public:
  DeleteOperator(Execution& execution, const Plan& plan, const DeletePlan& node)
      : UnaryOperator(execution, plan, *node.input),
        node_(node),
        evaluator_(execution),
        buffer_(execution) {}

  absl::StatusOr<bool> Next(Batch* batch) override {
    if (!written_) {
      written_ = true;
      RETURN_IF_ERROR(buffer_.Fill(*input_, execution_));
      RETURN_IF_ERROR(Collect());
      RETURN_IF_ERROR(DeleteAll());
    }
    return buffer_.Take(plan_.live, batch);
  }

 private:
  void Reset() override {
    buffer_.Clear();
    nodes_.clear();
    relationships_.clear();
    written_ = false;
  }

  absl::Status Collect() {
    Value scratch;
    for (const Batch& rows : buffer_.batches()) {
      for (const ExpressionPtr& expression : node_.expressions) {
        ASSIGN_OR_RETURN(const Column column, evaluator_.Evaluate(*expression, rows));
        for (size_t row = 0; row < rows.row_count(); ++row) {
          RETURN_IF_ERROR(WithSpan(Add(column.ReadAt(row, &scratch)), expression->span));
        }
      }
    }
    return absl::OkStatus();
  }

  absl::Status Add(const Value& value) {
    if (value.is_null()) return absl::OkStatus();
    if (value.is_node()) {
      nodes_.insert(value.node_id());
    } else if (value.is_relationship()) {
      relationships_.insert(value.relationship().id);
    } else if (value.is_path()) {
      for (const Value& node : value.path().nodes) nodes_.insert(node.node_id());
      for (const Value& relationship : value.path().relationships) {
        relationships_.insert(relationship.relationship().id);
      }
    } else {
      return MakeError(ErrorCode::kRuntimeInvalidArgumentType,
                       absl::StrCat("Only nodes, relationships and paths can be deleted, not a "
                                    "value of type ",
                                    std::string(Value::TypeName(value.type()))));
    }
    return absl::OkStatus();
  }

  absl::Status DeleteAll() {
    GraphWriter& writer = *execution_.writer;
    // In order, since what stands close together is found faster one after the other.
    for (FactId fact : Sorted(relationships_)) {
      RETURN_IF_ERROR(DeleteRelationship(fact));
    }
    for (NodeId node : Sorted(nodes_)) {
      RETURN_IF_ERROR(execution_.CheckInterrupted());
      ASSIGN_OR_RETURN(const bool exists, writer.HasNode(node));
      if (!exists) continue;
      if (node_.detach) {
        ASSIGN_OR_RETURN(const std::vector<FactId> attached, writer.AllRelationships(node));
        for (FactId fact : attached) {
          RETURN_IF_ERROR(DeleteRelationship(fact));
        }
      }
      RETURN_IF_ERROR(writer.DeleteNode(node));
      ++execution_.changes.nodes_deleted;
    }
    return absl::OkStatus();
  }

  static std::vector<uint64_t> Sorted(const absl::flat_hash_set<uint64_t>& ids) {
    std::vector<uint64_t> sorted(ids.begin(), ids.end());
    std::sort(sorted.begin(), sorted.end());
    return sorted;
  }

  absl::Status DeleteRelationship(FactId fact) {
    RETURN_IF_ERROR(execution_.CheckInterrupted());
    ASSIGN_OR_RETURN(const bool exists, execution_.writer->HasRelationship(fact));
    if (!exists) return absl::OkStatus();
    RETURN_IF_ERROR(execution_.writer->DeleteRelationship(fact));
    ++execution_.changes.relationships_deleted;
    return absl::OkStatus();
  }

  const DeletePlan& node_;
  Evaluator evaluator_;
  Buffer buffer_;
  absl::flat_hash_set<NodeId> nodes_;
  absl::flat_hash_set<FactId> relationships_;
  bool written_ = false;
};

}  // namespace

std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const DeletePlan& node) {
  return std::make_unique<DeleteOperator>(execution, plan, node);
}

}  // namespace entente::query
