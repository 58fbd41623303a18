#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/core.h"
#include "engine/error.h"
#include "engine/status.h"
#include "engine/value_order.h"
#include "query/evaluator.h"
#include "query/operators/operators.h"

namespace entente::query {
namespace {

// Whether a value can stand for a declared type: integers for floats, too.
bool Accepts(const ProcedureField& field, const Value& value) {
  if (value.is_null()) return field.nullable;
  const std::string& type = field.type;
  if (type == "ANY") return true;
  if (type == "NUMBER" || type == "FLOAT") return value.is_number();
  if (type == "MAP") return value.is_map() || value.is_node() || value.is_relationship();
  if (type.rfind("LIST", 0) == 0) return value.is_list();
  return Value::TypeName(value.type()) == type;
}

class ProcedureCallOperator : public UnaryOperator {
 public:
  ProcedureCallOperator(Execution& execution, const Plan& plan, const ProcedureCallPlan& node)
      : UnaryOperator(execution, plan, *node.input), node_(node), evaluator_(execution) {}

  absl::StatusOr<bool> Next(Batch* batch) override {
    if (table_ == nullptr) {
      RETURN_IF_ERROR(FindTable());
    }
    while (true) {
      if (row_ == rows_.row_count()) {
        rows_ = NewBatch();
        ASSIGN_OR_RETURN(const bool more, input_->Next(&rows_));
        if (!more) return false;
        RETURN_IF_ERROR(ReadArguments());
        row_ = 0;
        next_ = 0;
      }
      RETURN_IF_ERROR(execution_.CheckInterrupted());
      std::vector<uint32_t> rows;
      std::vector<std::vector<Value>> columns(node_.yields.size());
      while (row_ < rows_.row_count() && rows.size() < execution_.batch_size) {
        AnswerRow(&rows, &columns);
      }
      if (rows.empty()) continue;
      for (size_t i = 0; i < columns.size(); ++i) {
        batch->column(node_.yields[i].second) = Column(std::move(columns[i]));
      }
      Carry(rows_, rows, plan_.live, batch);
      return true;
    }
  }

 private:
  void Reset() override {
    rows_ = NewBatch();
    row_ = 0;
  }

  absl::Status FindTable() {
    table_ = execution_.core->FindTable(node_.name);
    if (table_ == nullptr) {
      return MakeError(ErrorCode::kProcedureNotFound,
                       absl::StrCat("There is no procedure `", node_.name, "`"));
    }
    const ProcedureSignature& signature = table_->signature;
    if (signature.arguments.size() != node_.arguments.size()) {
      return MakeError(ErrorCode::kInvalidNumberOfArguments,
                       absl::StrCat("`", node_.name, "` takes ", signature.arguments.size(),
                                    " arguments, not ", node_.arguments.size()));
    }
    for (const auto& [name, slot] : node_.yields) {
      size_t i = 0;
      while (i < signature.columns.size() && signature.columns[i].name != name) ++i;
      if (i == signature.columns.size()) {
        return MakeError(ErrorCode::kUndefinedVariable,
                         absl::StrCat("`", node_.name, "` has no column `", name, "`"));
      }
      fields_.push_back(signature.arguments.size() + i);
    }
    return absl::OkStatus();
  }

  absl::Status ReadArguments() {
    arguments_.clear();
    for (size_t i = 0; i < node_.arguments.size(); ++i) {
      const Expression& argument = *node_.arguments[i];
      ASSIGN_OR_RETURN(Column column, evaluator_.Evaluate(argument, rows_));
      const ProcedureField& field = table_->signature.arguments[i];
      Value scratch;
      for (size_t row = 0; row < rows_.row_count(); ++row) {
        const Value& value = column.ReadAt(row, &scratch);
        if (Accepts(field, value)) continue;
        return MakeError(ErrorCode::kRuntimeInvalidArgumentType,
                         absl::StrCat("The argument `", field.name, "` of `", node_.name,
                                      "` must be a ", field.type, ", not a value of type ",
                                      std::string(Value::TypeName(value.type()))),
                         argument.span);
      }
      arguments_.push_back(std::move(column));
    }
    return absl::OkStatus();
  }

  // The table's rows for the present row, as far as the batch has room.
  void AnswerRow(std::vector<uint32_t>* rows, std::vector<std::vector<Value>>* columns) {
    if (node_.keeps_rows) {
      rows->push_back(row_++);
      return;
    }
    for (; next_ < table_->rows.size(); ++next_) {
      if (rows->size() == execution_.batch_size) return;
      const std::vector<Value>& answer = table_->rows[next_];
      if (!ArgumentsEqual(answer)) continue;
      rows->push_back(row_);
      for (size_t i = 0; i < fields_.size(); ++i) (*columns)[i].push_back(answer[fields_[i]]);
    }
    ++row_;
    next_ = 0;
  }

  bool ArgumentsEqual(const std::vector<Value>& answer) const {
    Value scratch;
    for (size_t i = 0; i < arguments_.size(); ++i) {
      if (!Equivalent(arguments_[i].ReadAt(row_, &scratch), answer[i])) return false;
    }
    return true;
  }

  const ProcedureCallPlan& node_;
  Evaluator evaluator_;
  std::shared_ptr<const TableProcedure> table_;
  std::vector<size_t> fields_;  // of the table's rows, for each column that is asked for
  Batch rows_;
  std::vector<Column> arguments_;
  uint32_t row_ = 0;
  size_t next_ = 0;  // of the table's rows, for the present row
};

}  // namespace

template <>
std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan,
                               const ProcedureCallPlan& node) {
  return std::make_unique<ProcedureCallOperator>(execution, plan, node);
}

}  // namespace entente::query
