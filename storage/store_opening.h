// Opening a database directory: telling whether it is ours, creating it, reading its format,
// climbing to the newest one. Internal to storage/; the errors are Store::Open's.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/store_impl.h"

namespace entente::storage {

absl::StatusOr<std::unique_ptr<StoreImpl>> OpenStore(absl::string_view path,
                                                     const OpenOptions& options);

}  // namespace entente::storage
