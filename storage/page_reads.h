// How much a thread has read from storage.
#pragma once

#include <cstdint>

namespace entente::storage {

// Pages that this thread has looked into since it began, in memory or on disk: RocksDB's blocks,
// and reads that what is not yet written out could answer. Only grows; differences tell what a
// piece of work has read.
uint64_t PagesReadByThisThread();

}  // namespace entente::storage
