#include "storage/page_reads.h"

#include "rocksdb/perf_context.h"

namespace entente::storage {
namespace {

thread_local uint64_t cached_reads = 0;

}  // namespace

uint64_t PagesReadByThisThread() {
  const rocksdb::PerfContext& counts = *rocksdb::get_perf_context();
  return counts.get_from_memtable_count + counts.seek_on_memtable_count +
         counts.block_cache_hit_count + counts.block_read_count + cached_reads;
}

void CountCachedReads(uint64_t entries) { cached_reads += entries; }

}  // namespace entente::storage
