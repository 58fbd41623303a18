#include "query/operators/operators.h"

#include <algorithm>
#include <utility>

#include "engine/status.h"

namespace entente::query {

bool UnaryOperator::IsLive(Slot slot) const {
  return std::find(plan_.live.begin(), plan_.live.end(), slot) != plan_.live.end();
}

void Carry(const Batch& input, const std::vector<uint32_t>& rows, const std::vector<Slot>& live,
           Batch* output) {
  for (Slot slot : live) {
    if (output->column(slot).present() || !input.column(slot).present()) continue;
    output->column(slot) = input.column(slot).Gather(rows);
  }
  output->set_row_count(rows.size());
}

void CarryAll(Batch* input, const std::vector<Slot>& live, Batch* output) {
  for (Slot slot : live) {
    if (output->column(slot).present() || !input->column(slot).present()) continue;
    output->column(slot) = std::move(input->column(slot));
  }
  output->set_row_count(input->row_count());
}

std::vector<uint32_t> AllRows(size_t count) {
  std::vector<uint32_t> rows(count);
  for (uint32_t row = 0; row < count; ++row) rows[row] = row;
  return rows;
}

uint64_t BytesOf(const Column& column) {
  uint64_t bytes = sizeof(Column);
  if (const auto* nodes = column.nodes()) bytes += nodes->size() * sizeof(NodeId);
  if (const auto* relationships = column.relationships()) {
    bytes += relationships->size() * sizeof(RelationshipReference);
  }
  if (const Scalars* scalars = column.scalars()) {
    bytes += scalars->size() * sizeof(int64_t) + scalars->nulls.size();
  }
  if (const Value* value = column.repeated()) {
    bytes += column.size() * sizeof(Value) + value->HeapBytes();
  }
  if (const auto* values = column.values()) {
    for (const Value& value : *values) bytes += sizeof(Value) + value.HeapBytes();
  }
  return bytes;
}

uint64_t BytesOf(const Batch& batch) {
  uint64_t bytes = sizeof(Batch);
  for (Slot slot = 0; slot < batch.slot_count(); ++slot) {
    if (batch.column(slot).present()) bytes += BytesOf(batch.column(slot));
  }
  return bytes;
}

absl::Status Buffer::Fill(Operator& input, Execution& execution) {
  while (true) {
    Batch batch(execution.plan->slot_names.size());
    ASSIGN_OR_RETURN(const bool more, input.Next(&batch));
    if (!more) return absl::OkStatus();
    RETURN_IF_ERROR(hold_.Add(BytesOf(batch)));
    batches_.push_back(std::move(batch));
  }
}

bool Buffer::Take(const std::vector<Slot>& live, Batch* batch) {
  if (next_ == batches_.size()) {
    Clear();
    return false;
  }
  Batch whole = std::move(batches_[next_++]);
  CarryAll(&whole, live, batch);
  return true;
}

void Buffer::Clear() {
  batches_.clear();
  next_ = 0;
  hold_.Release();
}

}  // namespace entente::query
