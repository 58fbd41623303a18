// A load whose process is killed leaves a whole database with everything of the load or nothing.
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "engine/bulk_loader.h"
#include "engine/core.h"
#include "engine/database.h"
#include "engine/maintenance.h"
#include "gmock/gmock.h"
#include "tests/engine/open_graph.h"

namespace entente {
namespace {

namespace fs = std::filesystem;
using std::chrono::microseconds;
using ::testing::AnyOf;
using ::testing::IsEmpty;
using Stage = LoadProgress::Stage;

constexpr char kRunVariable[] = "ENTENTE_BULK_LOADER_KILL_TEST";
constexpr int kClaims = 3000;
constexpr uint64_t kFacts = 1480;  // pairs of states: 40 and 37 have no divisor in common

// When the process that loads ends.
struct Death {
  Stage stage;
  microseconds later{0};
};

void Kill() { std::raise(SIGKILL); }

void LoadUntil(const std::string& path, const Death& death) {
  const std::unique_ptr<Database> database = Must(Database::Open(path));
  BulkLoader::Options options;
  options.least_rows_for_files = 0;
  options.memory_bytes = 64 << 10;
  std::thread killer;
  options.on_progress = [&](const LoadProgress& progress) {
    if (progress.stage != death.stage || killer.joinable()) return;
    if (death.later.count() == 0) Kill();
    killer = std::thread([&] {
      std::this_thread::sleep_for(death.later);
      Kill();
    });
  };
  BulkLoader loader(*database, options);
  for (int i = 0; i < kClaims; ++i) {
    ArticleInput article;
    article.key = absl::StrCat("article ", i);
    article.publisher = absl::StrCat("publisher ", i % 50);
    MustBeOk(loader.AddArticle(article, {}));
    ClaimInput claim;
    claim.subject = absl::StrCat("state ", i % 40);
    claim.type = "MEETS";
    claim.object = absl::StrCat("state ", i % 37);
    claim.article = article.key;
    MustBeOk(loader.AddClaim(claim, {}));
  }
  MustBeOk(loader.Finish().status());
  Kill();
}

class BulkLoaderDeathTest : public ::testing::TestWithParam<Death> {};

TEST_P(BulkLoaderDeathTest, AKilledLoadIsThereWholeOrNotAtAll) {
  // The process that dies begins anew at this line, and must mean the same directory.
  ::testing::GTEST_FLAG(death_test_style) = "threadsafe";
  ::setenv(kRunVariable, absl::StrCat(::getpid()).c_str(), /*overwrite=*/0);
  const std::string path =
      absl::StrCat(::testing::TempDir(), "bulk_loader_kill_", std::getenv(kRunVariable), "_",
                   static_cast<int>(GetParam().stage), "_", GetParam().later.count());
  EXPECT_EXIT(LoadUntil(path, GetParam()), ::testing::KilledBySignal(SIGKILL), "");
  {
    const std::unique_ptr<Database> database = Must(Database::Open(path));
    EXPECT_THAT(Must(CheckDatabase(*database)).problems, IsEmpty());
    const uint64_t facts = Must(database->core().BeginRead())->graph().RelationshipCount();
    switch (GetParam().stage) {
      case Stage::kReading:
        EXPECT_EQ(facts, kFacts);
        break;
      case Stage::kCommitting:
        EXPECT_THAT(facts, AnyOf(0u, kFacts));
        break;
      default:
        EXPECT_EQ(facts, 0u);
    }
    for (const auto& entry : fs::directory_iterator(path)) EXPECT_FALSE(entry.is_directory());
  }
  fs::remove_all(path);
}

INSTANTIATE_TEST_SUITE_P(
    At, BulkLoaderDeathTest,
    ::testing::Values(Death{Stage::kArticles}, Death{Stage::kEvidence}, Death{Stage::kWriting},
                      Death{Stage::kCommitting}, Death{Stage::kCommitting, microseconds(300)},
                      Death{Stage::kCommitting, microseconds(2000)},
                      Death{Stage::kCommitting, microseconds(6000)},
                      Death{Stage::kReading}),  // which Finish tells no more of: it dies when done
    [](const auto& death) {
      return absl::StrCat("Stage", static_cast<int>(death.param.stage), "After",
                          death.param.later.count());
    });

}  // namespace
}  // namespace entente
