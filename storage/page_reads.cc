#include "storage/page_reads.h"

#include "rocksdb/perf_context.h"

namespace entente::storage {

uint64_t PagesReadByThisThread() {
  const rocksdb::PerfContext& counts = *rocksdb::get_perf_context();
  return counts.get_from_memtable_count + counts.seek_on_memtable_count +
         counts.block_cache_hit_count + counts.block_read_count;
}

}  // namespace entente::storage
