// How RocksDB is set up; why is in the measurements that the design rests on: LZ4, few families,
// filters outside the cache, nothing in the background that was not asked for. Internal to
// storage/.
#pragma once

#include <vector>

#include "rocksdb/db.h"
#include "rocksdb/env.h"
#include "rocksdb/options.h"
#include "storage/store.h"

namespace entente::storage {

// The share of cache_bytes that is for what readers decode; the rest is RocksDB's block cache.
size_t DecodedBytes(const OpenOptions& options);
// The column families with their options, in the order of Family. They share one block cache.
std::vector<rocksdb::ColumnFamilyDescriptor> Families(const OpenOptions& options);
// The machine's files, but what is set aside for a log counts as its size at once. Else each commit
// that reaches the disk would have to tell the file system that the log has grown. Lasts for ever.
rocksdb::Env* FilesOfTheMachine();
// `env` outlives the database.
rocksdb::DBOptions DatabaseOptions(rocksdb::Env* env, const OpenOptions& options);

}  // namespace entente::storage
