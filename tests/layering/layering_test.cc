// The direction of the house: tools → engine ← query, engine → storage → RocksDB. An include that
// points the other way fails here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace entente {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Folder → what of the house it may include. "rocksdb" stands for RocksDB's headers.
const std::map<std::string, std::set<std::string>>& Allowed() {
  static const auto& allowed = *new std::map<std::string, std::set<std::string>>{
      {"storage", {"storage", "schemas", "rocksdb"}},
      {"engine", {"engine", "storage", "schemas"}},
      {"query", {"query", "engine"}},
      {"tools", {"tools", "engine"}},
  };
  return allowed;
}

bool IsGoverned(const std::string& folder) {
  return folder == "rocksdb" || folder == "schemas" || folder == "tests" || folder == "bench" ||
         Allowed().count(folder) > 0;
}

// The first folder of what `line` includes; "" when it includes nothing, or nothing in a folder.
std::string IncludedFolder(absl::string_view line) {
  line = absl::StripLeadingAsciiWhitespace(line);
  if (!absl::ConsumePrefix(&line, "#")) return "";
  line = absl::StripLeadingAsciiWhitespace(line);
  if (!absl::ConsumePrefix(&line, "include")) return "";
  line = absl::StripLeadingAsciiWhitespace(line);
  if (!absl::ConsumePrefix(&line, "\"") && !absl::ConsumePrefix(&line, "<")) return "";
  const size_t slash = line.find('/');
  return slash == absl::string_view::npos ? "" : std::string(line.substr(0, slash));
}

// "storage/page.cc:3: storage includes engine" for each wrong include below `root`, sorted.
std::vector<std::string> WrongIncludes(const std::filesystem::path& root) {
  std::vector<std::string> wrong;
  for (const auto& [folder, allowed] : Allowed()) {
    if (!std::filesystem::exists(root / folder)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      const std::string extension = entry.path().extension().string();
      if (extension != ".h" && extension != ".cc" && extension != ".c") continue;
      std::ifstream file(entry.path());
      std::string line;
      for (int number = 1; std::getline(file, line); ++number) {
        const std::string included = IncludedFolder(line);
        if (!IsGoverned(included) || allowed.count(included) > 0) continue;
        wrong.push_back(absl::StrCat(entry.path().lexically_relative(root).generic_string(), ":",
                                     number, ": ", folder, " includes ", included));
      }
    }
  }
  std::sort(wrong.begin(), wrong.end());
  return wrong;
}

TEST(LayeringTest, IncludesPointDownwards) {
  const std::filesystem::path root = ENTENTE_SOURCE_DIR;
  ASSERT_TRUE(std::filesystem::exists(root / "storage"));
  EXPECT_THAT(WrongIncludes(root), IsEmpty());
}

class WrongTreeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "/entente-layering-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    root_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  void Write(const std::string& path, absl::string_view text) {
    std::filesystem::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }

  std::filesystem::path root_;
};

TEST_F(WrongTreeTest, EachWrongDirectionIsFound) {
  Write("storage/a.h", "#pragma once\n#include \"engine/value.h\"\n#include <rocksdb/db.h>\n");
  Write("storage/b.cc", "#include \"query/x.h\"\n#include \"tools/x.h\"\n");
  Write("engine/c.cc", "#include \"query/x.h\"\n#include \"tools/x.h\"\n#include <rocksdb/db.h>\n");
  Write("query/operators/d.cc", "#include \"storage/ids.h\"\n  #  include \"tools/x.h\"\n");
  Write("query/e.h", "#include <rocksdb/db.h>\n#include \"schemas/fact_generated.h\"\n");
  Write("tools/f.cc", "#include \"storage/ids.h\"\n#include \"query/x.h\"\n");
  Write("tools/g.cc", "#include \"rocksdb/db.h\"\n#include \"tests/x.h\"\n");
  EXPECT_THAT(
      WrongIncludes(root_),
      ElementsAre(
          "engine/c.cc:1: engine includes query", "engine/c.cc:2: engine includes tools",
          "engine/c.cc:3: engine includes rocksdb", "query/e.h:1: query includes rocksdb",
          "query/e.h:2: query includes schemas", "query/operators/d.cc:1: query includes storage",
          "query/operators/d.cc:2: query includes tools", "storage/a.h:2: storage includes engine",
          "storage/b.cc:1: storage includes query", "storage/b.cc:2: storage includes tools",
          "tools/f.cc:1: tools includes storage", "tools/f.cc:2: tools includes query",
          "tools/g.cc:1: tools includes rocksdb", "tools/g.cc:2: tools includes tests"));
}

TEST_F(WrongTreeTest, RightDirectionsAndForeignHeadersPass) {
  Write("storage/a.cc", "#include <rocksdb/db.h>\n#include \"schemas/fact_generated.h\"\n");
  Write("engine/b.cc", "#include \"storage/ids.h\"\n#include <vector>\n#include \"absl/x.h\"\n");
  Write("query/c.cc", "#include \"engine/graph.h\"\n// #include \"storage/ids.h\"\n");
  Write("tools/d.cc", "#include \"engine/database.h\"\n#include <CLI/CLI.hpp>\n");
  EXPECT_THAT(WrongIncludes(root_), IsEmpty());
}

}  // namespace
}  // namespace entente
