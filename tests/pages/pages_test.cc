// What the pages show is what there is: their examples are run, and the answers compared.
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/bulk_loader.h"
#include "engine/database.h"
#include "engine/error.h"
#include "gtest/gtest.h"
#include "tests/pages/page.h"
#include "tools/import_claims.h"
#include "tools/row_format.h"

namespace entente {
namespace {

std::string FileText(const std::string& name) {
  std::ifstream file(absl::StrCat(ENTENTE_SOURCE_DIR "/", name));
  EXPECT_TRUE(file) << name;
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

class PageDatabase {
 public:
  PageDatabase() : database_(Database::Open(":memory:").value()), session_(database_->Connect()) {}

  void Import(const std::string& claims) {
    BulkLoader::Options options;
    options.on_reject = [](const Rejection& rejection) { ADD_FAILURE() << rejection.reason; };
    BulkLoader loader(*database_, options);
    tools::ClaimsFormat format(loader.NewInput());
    InputPlace place;
    for (const absl::string_view line : absl::StrSplit(claims, '\n')) {
      ++place.line;
      EXPECT_TRUE(format.ReadLine(line, place).ok());
    }
    EXPECT_TRUE(loader.Finish().ok());
  }

  // The table, or the error.
  std::string Run(const std::string& statement) {
    const auto result = session_->Run(statement);
    if (!result.ok()) return ErrorText(result.status());
    std::ostringstream table;
    const auto format = tools::MakeRowFormat("table", table, /*width=*/0);
    format->Begin((*result)->columns());
    Row row;
    while (true) {
      const absl::StatusOr<bool> more = (*result)->Next(&row);
      if (!more.ok()) return ErrorText(more.status());
      if (!*more) break;
      format->Add(row);
    }
    format->End();
    return (*result)->columns().empty() ? "" : table.str();
  }

 private:
  std::unique_ptr<Database> database_;
  std::unique_ptr<Session> session_;
};

class Pages : public ::testing::TestWithParam<const char*> {};

TEST_P(Pages, ExamplesAnswerAsTheyShow) {
  auto database = std::make_unique<PageDatabase>();
  int statements = 0;
  for (const PageStep& step : ReadPage(FileText(GetParam()))) {
    if (step.kind == PageStep::Kind::kDatabase) {
      database = std::make_unique<PageDatabase>();
      for (const absl::string_view file : absl::StrSplit(step.text, ' ', absl::SkipEmpty())) {
        database->Import(FileText(std::string(file)));
      }
    } else if (step.kind == PageStep::Kind::kClaims) {
      database->Import(step.text);
    } else {
      ++statements;
      const std::string given = database->Run(step.text);
      // A statement under which nothing stands may give rows all the same, but no error.
      if (step.expected.find_first_not_of('\n') == std::string::npos) {
        EXPECT_TRUE(given.empty() || given.find("Error: ") == std::string::npos)
            << GetParam() << ":" << step.line << "\n"
            << given;
        continue;
      }
      EXPECT_EQ(TableDifference(step.expected, given), "") << GetParam() << ":" << step.line << "\n"
                                                           << step.text << step.expected;
    }
  }
  EXPECT_GT(statements, 0);
}

INSTANTIATE_TEST_SUITE_P(Page, Pages,
                         ::testing::Values("README.md", "engine/SEMANTICS.md",
                                           "query/REFERENCE.md"));

constexpr char kPage[] =
    "<!-- database: a.jsonl -->\n```json\n{}\n```\n```\n> RETURN 1 AS x,\n> 2 AS y;\nx  y\n─  ─\n1 "
    " "
    "2\n\n> RETURN 3;\n```\n```cpp\n> no\n```\n";

TEST(PageTest, StepsStandInTheOrderOfThePage) {
  const std::vector<PageStep> steps = ReadPage(kPage);
  ASSERT_EQ(steps.size(), 4u);
  EXPECT_EQ(steps[0].text, "a.jsonl");
  EXPECT_EQ(steps[1].text, "{}");
  EXPECT_EQ(steps[2].text, "RETURN 1 AS x,\n2 AS y;\n");
  EXPECT_EQ(steps[2].line, 6);
  EXPECT_EQ(steps[3].text, "RETURN 3;\n");
}

TEST(PageTest, ATableMayShowSomeColumnsAndTheFirstRows) {
  const std::string given = "name   x   y\n─────  ──  ─\nAlpha   1  a\nBeta   22  b\n";
  EXPECT_EQ(TableDifference("y  name\n─  ─────\na  Alpha\nb  Beta\n", given), "");
  EXPECT_EQ(TableDifference("x\n─\n1\n…\n", given), "");
  EXPECT_NE(TableDifference("x\n─\n1\n", given), "");
  EXPECT_NE(TableDifference("x\n──\n 1\n 2\n", given), "");
  EXPECT_NE(TableDifference("z\n──\n 1\n22\n", given), "");
  EXPECT_EQ(TableDifference("SyntaxError: no\n", "SyntaxError: no"), "");
  EXPECT_NE(TableDifference("SyntaxError: no\n", given), "");
}

}  // namespace
}  // namespace entente
