// Batches that are filled again and again keep their memory.
#pragma once

#include <cstddef>

#include "query/batch.h"

namespace entente::query {

// As `*batch = Batch(slots)`, in the memory that the batch has.
inline void EmptyBatch(size_t slots, Batch* batch) {
  if (batch->slot_count() != slots) {
    *batch = Batch(slots);
    return;
  }
  for (Slot slot = 0; slot < slots; ++slot) {
    if (batch->column(slot).present()) batch->column(slot) = Column();
  }
  batch->set_row_count(0);
}

}  // namespace entente::query
