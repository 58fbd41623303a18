#include "tools/maintenance_command.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <utility>
#include <vector>

#include "engine/database.h"
#include "engine/maintenance.h"
#include "tools/database_path.h"
#include "tools/progress.h"

namespace entente::tools {
namespace {

using Counts = std::vector<std::pair<std::string, uint64_t>>;

void PrintCounts(const char* title, const Counts& counts) {
  if (counts.empty()) return;
  std::printf("\n%s\n", title);
  for (const auto& [name, count] : counts) {
    std::printf("  %12s  %s\n", FormatCount(count).c_str(), name.c_str());
  }
}

// Those that occur, the most frequent first.
Counts Frequent(Counts counts) {
  counts.erase(std::remove_if(counts.begin(), counts.end(),
                              [](const auto& entry) { return entry.second == 0; }),
               counts.end());
  std::stable_sort(counts.begin(), counts.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return counts;
}

}  // namespace

ExitCode RunStats(const std::string& path) {
  absl::StatusOr<std::unique_ptr<Database>> database = OpenForReading(path);
  if (!database.ok()) return FailDatabase(database.status());
  const absl::StatusOr<DatabaseStatistics> statistics = ReadStatistics(**database);
  if (!statistics.ok()) return FailDatabase(statistics.status());
  std::printf("entente %s, format %u\n", statistics->library_version.c_str(),
              statistics->format_version);
  PrintCounts("counts", {{"entities", statistics->entities},
                         {"articles", statistics->articles},
                         {"facts", statistics->facts},
                         {"pieces of evidence", statistics->evidence}});
  PrintCounts("nodes by label", Frequent(statistics->labels));
  PrintCounts("facts by relation type", Frequent(statistics->relations));
  std::printf("\nsizes\n");
  uint64_t total = 0;
  for (const DatabaseStatistics::Family& family : statistics->families) {
    total += family.file_bytes + family.memory_bytes;
    std::printf("  %12s  %s\n", FormatBytes(family.file_bytes + family.memory_bytes).c_str(),
                family.name.c_str());
  }
  std::printf("  %12s  all\n", FormatBytes(total).c_str());
  return kOk;
}

ExitCode RunCheck(const std::string& path) {
  absl::StatusOr<std::unique_ptr<Database>> database = OpenForReading(path);
  if (!database.ok()) return FailDatabase(database.status());
  const absl::StatusOr<CheckReport> report = CheckDatabase(**database);
  if (!report.ok()) return FailDatabase(report.status());
  for (const std::string& problem : report->problems) std::printf("%s\n", problem.c_str());
  if (report->problem_count > report->problems.size()) {
    std::printf("… and %s more\n",
                FormatCount(report->problem_count - report->problems.size()).c_str());
  }
  std::printf("%s checked, %s\n", CountOf(report->keys, "key", "keys").c_str(),
              report->problem_count == 0
                  ? "all is well"
                  : CountOf(report->problem_count, "problem", "problems").c_str());
  return report->problem_count == 0 ? kOk : kDatabaseError;
}

}  // namespace entente::tools
