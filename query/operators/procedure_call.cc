#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/core.h"
#include "engine/error.h"
#include "engine/status.h"
#include "engine/value_order.h"
#include "query/evaluator.h"
#include "query/operators/operators.h"
#include "query/procedures.h"

namespace entente::query {
namespace {

// The arguments of a call, for each row, checked against their types.
absl::StatusOr<std::vector<Column>> EvaluateArguments(const ProcedureCallPlan& node,
                                                      const ProcedureSignature& signature,
                                                      Evaluator& evaluator, const Batch& rows) {
  std::vector<Column> arguments;
  for (size_t i = 0; i < node.arguments.size(); ++i) {
    const Expression& argument = *node.arguments[i];
    ASSIGN_OR_RETURN(Column column, evaluator.Evaluate(argument, rows));
    const ProcedureField& field = signature.arguments[i];
    Value scratch;
    for (size_t row = 0; row < rows.row_count(); ++row) {
      const Value& value = column.ReadAt(row, &scratch);
      if (Accepts(field, value)) continue;
      return MakeError(ErrorCode::kRuntimeInvalidArgumentType,
                       absl::StrCat("The argument `", field.name, "` of `", node.name,
                                    "` must be a ", field.type, ", not a value of type ",
                                    std::string(Value::TypeName(value.type()))),
                       argument.span);
    }
    arguments.push_back(std::move(column));
  }
  return arguments;
}

// Calls something that every database has. Such a call may write, so all input comes first.
class BuiltInCallOperator : public UnaryOperator {
 public:
  BuiltInCallOperator(Execution& execution, const Plan& plan, const ProcedureCallPlan& node)
      : UnaryOperator(execution, plan, *node.input),
        node_(node),
        buffer_(execution),
        answers_hold_(execution),
        evaluator_(execution) {}

  absl::StatusOr<bool> Next(Batch* batch) override {
    if (!called_) {
      called_ = true;
      RETURN_IF_ERROR(CallAll());
    }
    while (next_ < answers_.size()) {
      Answers& answers = answers_[next_];
      Batch& input = buffer_.batches()[next_++];
      if (answers.rows.empty()) continue;
      for (size_t i = 0; i < answers.columns.size(); ++i) {
        batch->column(node_.yields[i].second) = Column(std::move(answers.columns[i]));
      }
      Carry(input, answers.rows, plan_.live, batch);
      return true;
    }
    return false;
  }

 private:
  // What the calls for one batch of input answered.
  struct Answers {
    std::vector<uint32_t> rows;  // of the input
    std::vector<std::vector<Value>> columns;
  };

  void Reset() override {
    buffer_.Clear();
    answers_.clear();
    answers_hold_.Release();
    next_ = 0;
    called_ = false;
  }

  absl::Status CallAll() {
    RETURN_IF_ERROR(buffer_.Fill(*input_, execution_));
    const ProcedureSignature& signature = node_.built_in->signature;
    for (const Batch& input : buffer_.batches()) {
      Answers& answers = answers_.emplace_back();
      answers.columns.resize(node_.yields.size());
      ASSIGN_OR_RETURN(const std::vector<Column> arguments,
                       EvaluateArguments(node_, signature, evaluator_, input));
      for (uint32_t row = 0; row < input.row_count(); ++row) {
        RETURN_IF_ERROR(execution_.CheckInterrupted());
        std::vector<Value> values;
        for (const Column& argument : arguments) values.push_back(argument.ValueAt(row));
        values.resize(signature.arguments.size());
        ASSIGN_OR_RETURN(std::vector<std::vector<Value>> called, CallOnce(values));
        if (node_.keeps_rows) answers.rows.push_back(row);
        for (std::vector<Value>& answer : called) {
          RETURN_IF_ERROR(Add(row, std::move(answer), &answers));
        }
      }
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<std::vector<Value>>> CallOnce(const std::vector<Value>& arguments) {
    const BuiltInProcedure& procedure = *node_.built_in;
    if (procedure.read != nullptr) return procedure.read(execution_.functions, arguments);
    return procedure.write(*execution_.writer, execution_.functions, arguments);
  }

  absl::Status Add(uint32_t row, std::vector<Value> answer, Answers* answers) {
    answers->rows.push_back(row);
    const std::vector<ProcedureField>& fields = node_.built_in->signature.columns;
    for (size_t i = 0; i < node_.yields.size(); ++i) {
      size_t field = 0;
      while (fields[field].name != node_.yields[i].first) ++field;
      RETURN_IF_ERROR(answers_hold_.Add(sizeof(Value) + answer[field].HeapBytes()));
      answers->columns[i].push_back(answer[field]);
    }
    return absl::OkStatus();
  }

  const ProcedureCallPlan& node_;
  Buffer buffer_;
  MemoryHold answers_hold_;
  Evaluator evaluator_;
  std::vector<Answers> answers_;  // for each batch of the buffer
  size_t next_ = 0;
  bool called_ = false;
};

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
    ASSIGN_OR_RETURN(arguments_, EvaluateArguments(node_, table_->signature, evaluator_, rows_));
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

std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan,
                               const ProcedureCallPlan& node) {
  if (node.built_in != nullptr) {
    return std::make_unique<BuiltInCallOperator>(execution, plan, node);
  }
  return std::make_unique<ProcedureCallOperator>(execution, plan, node);
}

}  // namespace entente::query
