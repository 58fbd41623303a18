// The options of a database as JSON.
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/database.h"
#include "engine/error.h"
#include "engine/status.h"
#include "engine/value_json.h"

namespace entente {
namespace {

struct OptionRow {
  absl::string_view name;
  // One of them: an option that is on or off, or a number of at least `least`.
  bool DatabaseOptions::*flag;
  std::function<void(DatabaseOptions&, uint64_t)> set_number;
  int64_t least;
  int64_t most;
};

const std::vector<OptionRow>& OptionRows() {
  constexpr int64_t kMost32 = std::numeric_limits<uint32_t>::max();
  constexpr int64_t kMostThreads = 1024;
  constexpr int64_t kMost64 = std::numeric_limits<int64_t>::max();
  const auto flag = [](absl::string_view name, bool DatabaseOptions::*member) {
    return OptionRow{name, member, nullptr, 0, 0};
  };
  const auto number = [](absl::string_view name, auto member, int64_t least, int64_t most) {
    return OptionRow{name, nullptr,
                     [member](DatabaseOptions& options, uint64_t value) {
                       options.*member =
                           static_cast<std::decay_t<decltype(options.*member)>>(value);
                     },
                     least, most};
  };
  static const auto& rows = *new std::vector<OptionRow>{
      flag("create", &DatabaseOptions::create_if_missing),
      flag("read_only", &DatabaseOptions::read_only),
      flag("sync", &DatabaseOptions::sync_commits),
      number("busy_timeout_ms", &DatabaseOptions::busy_timeout_ms, 0, kMost32),
      number("timeout_ms", &DatabaseOptions::timeout_ms, 0, kMost32),
      number("memory_limit", &DatabaseOptions::memory_limit, 1, kMost64),
      number("threads", &DatabaseOptions::threads, 0, kMostThreads),
      number("cache_bytes", &DatabaseOptions::cache_bytes, 0, kMost64),
      number("chunk_edges", &DatabaseOptions::edges_per_chunk, 1, kMost32),
      number("block_facts", &DatabaseOptions::facts_per_block, 1, kMost32),
      flag("optimizer", &DatabaseOptions::optimizer),
      number("batch_size", &DatabaseOptions::batch_size, 1, kMost32),
  };
  return rows;
}

absl::Status Wrong(absl::string_view name, absl::string_view wanted) {
  return MakeError(ErrorCode::kInvalidCall, absl::StrCat("options: `", name, "` is ", wanted));
}

absl::Status SetOption(const MapEntry& entry, DatabaseOptions* options) {
  const auto& [name, value] = entry;
  for (const OptionRow& row : OptionRows()) {
    if (row.name != name) continue;
    if (row.flag != nullptr) {
      if (!value.is_boolean()) return Wrong(name, "true or false");
      options->*row.flag = value.boolean();
      return absl::OkStatus();
    }
    if (!value.is_integer() || value.integer() < row.least || value.integer() > row.most) {
      return Wrong(name, absl::StrCat("an integer from ", row.least, " to ", row.most));
    }
    row.set_number(*options, static_cast<uint64_t>(value.integer()));
    return absl::OkStatus();
  }
  const auto quoted = [](std::string* out, const OptionRow& row) {
    absl::StrAppend(out, "`", row.name, "`");
  };
  return MakeError(ErrorCode::kInvalidCall,
                   absl::StrCat("options: `", name, "` is unknown; there are ",
                                absl::StrJoin(OptionRows(), ", ", quoted)));
}

}  // namespace

absl::StatusOr<DatabaseOptions> ParseDatabaseOptions(absl::string_view json) {
  const absl::StatusOr<Value> parsed = ParseJson(json);
  if (!parsed.ok()) {
    return MakeError(ErrorCode::kInvalidCall,
                     absl::StrCat("options: ", std::string(parsed.status().message())));
  }
  if (!parsed->is_map()) return MakeError(ErrorCode::kInvalidCall, "options: not a JSON object");
  DatabaseOptions options;
  for (const MapEntry& entry : parsed->map()) RETURN_IF_ERROR(SetOption(entry, &options));
  return options;
}

}  // namespace entente
