// How values grow: adjacency pages and the lists of provenance take rows at their end, in RocksDB's
// merge operators and, before a commit, in the transaction. Internal to storage/.
#pragma once

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "rocksdb/compaction_filter.h"
#include "rocksdb/merge_operator.h"
#include "storage/keys.h"

namespace entente::storage {

// The value a key of `family` has before the first rows are added.
absl::string_view EmptyValue(Family family);

std::shared_ptr<rocksdb::MergeOperator> NewPageMergeOperator();
std::shared_ptr<rocksdb::MergeOperator> NewListMergeOperator();

// Drops adjacency pages from which everything was erased; reading none means the same.
const rocksdb::CompactionFilter* EmptyPageFilter();

}  // namespace entente::storage
