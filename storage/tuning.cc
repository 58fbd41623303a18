#include "storage/tuning.h"

#include <memory>
#include <string>

#include "rocksdb/cache.h"
#include "rocksdb/env.h"
#include "rocksdb/file_system.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/slice_transform.h"
#include "rocksdb/table.h"
#include "storage/keys.h"
#include "storage/merge.h"

namespace entente::storage {
namespace {

class NullLogger final : public rocksdb::Logger {
 public:
  NullLogger() : Logger(rocksdb::FATAL_LEVEL) {}  // so that nothing is put into words
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

class LogFiles final : public rocksdb::FileSystemWrapper {
 public:
  using FileSystemWrapper::FileSystemWrapper;
  const char* Name() const override { return "EntenteLogFiles"; }
  rocksdb::FileOptions OptimizeForLogWrite(const rocksdb::FileOptions& options,
                                           const rocksdb::DBOptions& db) const override {
    rocksdb::FileOptions optimized = FileSystemWrapper::OptimizeForLogWrite(options, db);
    optimized.fallocate_with_keep_size = false;
    return optimized;
  }
};

// Of a key in a Bloom filter. Filters do nothing for families that are only walked, and little
// where ids are known to lead to something. In the dictionary, keys that are not there are sought
// by those who bring new ones, for whom a block in vain, one time in eighteen, is a small part of
// the work.
int FilterBits(Family family) {
  switch (family) {
    case Family::kCatalogue:
    case Family::kArticles:
    case Family::kAdjacency:
    case Family::kFacts:
      return 10;
    case Family::kDictionary:
      return 6;
    default:
      return 0;
  }
}

// Pages, blocks and entities are read all the time, and the first two are packed as it is; the
// others are texts, or keys that have much in common.
bool IsPackedHard(Family family) {
  return family == Family::kArticles || family == Family::kDictionary || family == Family::kNames ||
         family == Family::kIndexes || family == Family::kProvenance;
}

rocksdb::BlockBasedTableOptions TableOptions(Family family,
                                             const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.block_size = family == Family::kArticles ? 4 << 10 : 16 << 10;
  table.format_version = 5;
  table.checksum = rocksdb::kXXH3;
  const int bits = FilterBits(family);
  if (bits > 0) table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(bits));
  table.whole_key_filtering = true;
  table.cache_index_and_filter_blocks = false;
  // All indexes are read when a database is opened. Together they take little room.
  table.enable_index_compression = false;
  return table;
}

rocksdb::ColumnFamilyOptions FamilyOptions(Family family,
                                           const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions options;
  options.compression = IsPackedHard(family) ? rocksdb::kZSTD : rocksdb::kLZ4Compression;
  rocksdb::CompressionOptions& compression = options.compression_opts;
  // Sorted keys take no less at higher levels.
  if (IsPackedHard(family)) compression.level = 1;
  if (family == Family::kArticles) {
    // Records of articles are much alike: a dictionary trained on the first of a file saves a
    // fifth.
    compression.level = 3;
    compression.max_dict_bytes = 64 << 10;
    compression.zstd_max_train_bytes = 20 * compression.max_dict_bytes;
    compression.max_dict_buffer_bytes = 16 << 20;
  }
  options.write_buffer_size = 32 << 20;
  options.level_compaction_dynamic_level_bytes = true;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(TableOptions(family, cache)));
  // Where in memory the last key that began so went is where the next one is likely to go: the same
  // counter, the next loose fact.
  constexpr size_t kCounterName = 32;
  if (family == Family::kCatalogue) {
    options.memtable_insert_with_hint_prefix_extractor.reset(
        rocksdb::NewCappedPrefixTransform(kCounterName));
  } else if (family == Family::kFacts) {
    options.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(1));
  }
  if (family == Family::kAdjacency) {
    options.merge_operator = NewPageMergeOperator();
    options.max_successive_merges = 8;
    options.compaction_filter = EmptyPageFilter();
  } else if (family == Family::kProvenance) {
    options.merge_operator = NewListMergeOperator();
  }
  return options;
}

}  // namespace

size_t DecodedBytes(const OpenOptions& options) { return options.cache_bytes / 2; }

std::vector<rocksdb::ColumnFamilyDescriptor> Families(const OpenOptions& options) {
  const std::shared_ptr<rocksdb::Cache> cache =
      rocksdb::NewLRUCache(options.cache_bytes - DecodedBytes(options));
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (int i = 0; i < kFamilyCount; ++i) {
    const Family family = static_cast<Family>(i);
    families.emplace_back(std::string(FamilyName(family)), FamilyOptions(family, cache));
  }
  return families;
}

rocksdb::Env* FilesOfTheMachine() {
  static rocksdb::Env* const env =
      rocksdb::NewCompositeEnv(std::make_shared<LogFiles>(rocksdb::FileSystem::Default()))
          .release();
  return env;
}

rocksdb::DBOptions DatabaseOptions(rocksdb::Env* env, const OpenOptions& options) {
  rocksdb::DBOptions db;
  db.env = env;
  db.create_if_missing = options.create_if_missing && !options.read_only;
  db.create_missing_column_families = !options.read_only;
  db.max_open_files = -1;
  db.max_file_opening_threads = 1;
  db.skip_stats_update_on_db_open = true;
  db.skip_checking_sst_file_sizes_on_db_open = true;
  db.max_background_jobs = 2;
  db.allow_concurrent_memtable_write = false;  // one writer; folding in memory asks for it
  db.max_total_wal_size = 128 << 20;
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  // RocksDB's own log tells users nothing, and one that cannot be written ends the program.
  db.info_log = std::make_shared<NullLogger>();
  return db;
}

}  // namespace entente::storage
