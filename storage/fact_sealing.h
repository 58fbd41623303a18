// Packing loose facts into their blocks. Internal to storage/.
#pragma once

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "storage/ids.h"

namespace entente::storage {

class Transaction;

// Folds the loose facts among `facts` (ascending; those of one block all in one call) into their
// blocks and removes their loose keys. The database says the same before and after.
absl::Status SealFactBlocks(Transaction& transaction, absl::Span<const FactId> facts);

}  // namespace entente::storage
