// Every query text of the openCypher TCK parses, or fails as its scenario says when the text alone
// shows why; and what parses prints as text that prints the same again.
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/error.h"
#include "query/ast_printer.h"
#include "query/parser.h"
#include "tests/shared_data.h"
#include "tests/tck/gherkin.h"

namespace entente::query {
namespace {

// The details that a parser can tell; the others ask for scopes, types or data.
constexpr std::array<absl::string_view, 7> kParserDetails = {
    "UnexpectedSyntax",          "InvalidNumberLiteral", "InvalidUnicodeLiteral",
    "InvalidUnicodeCharacter",   "IntegerOverflow",      "FloatingPointOverflow",
    "InvalidRelationshipPattern"};

// What the parser should say about the query of `scenario`; empty if it should parse.
std::string ExpectedDetail(const tck::Scenario& scenario) {
  for (const tck::Step& step : scenario.steps) {
    for (absl::string_view detail : kParserDetails) {
      if (absl::EndsWith(step.text, absl::StrCat("raised at compile time: ", detail))) {
        return std::string(detail);
      }
    }
  }
  return "";
}

void CheckScenario(const tck::Scenario& scenario) {
  SCOPED_TRACE(scenario.name);
  for (const tck::Step& step : scenario.steps) {
    const bool tested = step.text == "executing query:";
    if (!tested && step.text != "having executed:" && step.text != "executing control query:") {
      continue;
    }
    SCOPED_TRACE(step.doc_string);
    const absl::StatusOr<ast::Statement> statement = Parse(step.doc_string);
    EXPECT_EQ(statement.ok() ? "" : ErrorInfoOf(statement.status()).detail,
              tested ? ExpectedDetail(scenario) : "")
        << statement.status();
    if (!statement.ok()) continue;
    const std::string printed = PrintStatement(*statement);
    const absl::StatusOr<ast::Statement> again = Parse(printed);
    ASSERT_TRUE(again.ok()) << printed << "\n" << again.status();
    EXPECT_EQ(PrintStatement(*again), printed);
  }
}

class ParserSharedDataTest : public SharedDataTest {};

TEST_F(ParserSharedDataTest, QueriesOfTheKitParseOrFailAsItSays) {
  const std::filesystem::path features = SharedPath("tck/features");
  if (!std::filesystem::exists(features)) GTEST_SKIP() << "no openCypher TCK in " << features;
  size_t scenarios = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(features)) {
    if (entry.path().extension() != ".feature") continue;
    SCOPED_TRACE(entry.path().filename());
    std::stringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    const absl::StatusOr<tck::Feature> feature = tck::ParseFeature(text.str());
    ASSERT_TRUE(feature.ok()) << feature.status();
    for (const tck::Scenario& scenario : feature->scenarios) {
      CheckScenario(scenario);
      ++scenarios;
    }
  }
  EXPECT_GT(scenarios, 1000u);
}

}  // namespace
}  // namespace entente::query
