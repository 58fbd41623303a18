// How much a thread has read from storage.
#pragma once

#include <cstdint>

namespace entente::storage {

// Pages that this thread has looked into since it began, in memory or on disk: RocksDB's blocks,
// reads that what is not yet written out could answer, and entries of the cache, once the reader
// that found them has gone on. Only grows; differences tell what a piece of work has read.
uint64_t PagesReadByThisThread();

// Used by cached_reads.h: entries of the cache were looked into.
void CountCachedReads(uint64_t entries);

}  // namespace entente::storage
