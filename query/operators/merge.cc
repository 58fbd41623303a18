#include <utility>
#include <vector>

#include "engine/status.h"
#include "query/operators/operators.h"
#include "query/operators/pattern_writer.h"

namespace entente::query {
namespace {

class MergeOperator : public UnaryOperator {
 public:
  MergeOperator(Execution& execution, const Plan& plan, const MergePlan& node)
      : UnaryOperator(execution, plan, *node.input),
        node_(node),
        match_(MakeOperator(execution, *node.match)),
        input_rows_(execution),
        writer_(execution),
        on_create_(execution, node.on_create),
        on_match_(execution, node.on_match),
        hold_(execution) {}

  absl::StatusOr<bool> Next(Batch* batch) override {
    if (!written_) {
      written_ = true;
      RETURN_IF_ERROR(input_rows_.Fill(*input_, execution_));
      for (const Batch& rows : input_rows_.batches()) {
        for (uint32_t row = 0; row < rows.row_count(); ++row) {
          RETURN_IF_ERROR(MergeRow(rows.Gather({row})));
        }
      }
      input_rows_.Clear();
    }
    if (next_ == output_.size()) return false;
    *batch = std::move(output_[next_++]);
    return true;
  }

 private:
  void Reset() override {
    input_rows_.Clear();
    output_.clear();
    hold_.Release();
    next_ = 0;
    written_ = false;
  }

  absl::Status MergeRow(Batch row) {
    RETURN_IF_ERROR(execution_.CheckInterrupted());
    RETURN_IF_ERROR(writer_.CheckNoNulls(node_.nodes, node_.relationships, row));
    match_->Restart(&row);
    // All of them first: ON MATCH must not change what is still being matched.
    std::vector<Batch> matches;
    while (true) {
      Batch found = NewBatch();
      ASSIGN_OR_RETURN(const bool more, match_->Next(&found));
      if (!more) break;
      const std::vector<uint32_t> outer(found.row_count(), 0);
      Carry(row, outer, AllRows(row.slot_count()), &found);
      matches.push_back(std::move(found));
    }
    if (matches.empty()) {
      RETURN_IF_ERROR(writer_.Create(node_.nodes, node_.relationships, &row));
      RETURN_IF_ERROR(on_create_.Apply(row));
      return Add(row);
    }
    for (const Batch& found : matches) {
      RETURN_IF_ERROR(on_match_.Apply(found));
      RETURN_IF_ERROR(Add(found));
    }
    return absl::OkStatus();
  }

  // Adds the live columns to the output, in batches that are worth while.
  absl::Status Add(const Batch& rows) {
    if (output_.empty() || output_.back().row_count() >= execution_.batch_size) {
      output_.push_back(NewBatch());
    }
    Batch& last = output_.back();
    for (Slot slot : plan_.live) {
      if (rows.column(slot).present()) last.column(slot).Append(rows.column(slot));
    }
    last.set_row_count(last.row_count() + rows.row_count());
    return hold_.Add(BytesOf(rows));
  }

  const MergePlan& node_;
  std::unique_ptr<Operator> match_;
  Buffer input_rows_;
  PatternWriter writer_;
  Updater on_create_;
  Updater on_match_;
  std::vector<Batch> output_;
  size_t next_ = 0;
  bool written_ = false;
  MemoryHold hold_;
};

}  // namespace

std::unique_ptr<Operator> Make(Execution& execution, const Plan& plan, const MergePlan& node) {
  return std::make_unique<MergeOperator>(execution, plan, node);
}

}  // namespace entente::query
