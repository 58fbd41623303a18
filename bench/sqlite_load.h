// Loading the tables into SQLite.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace entente::bench {

// Makes the database file `path`, which must not exist, of the CSV files in `tables`.
absl::Status LoadSqlite(const std::string& tables, const std::string& path);

}  // namespace entente::bench
