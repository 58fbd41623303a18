// The engine agrees with the definitions: random histories are done to a database and to a World,
// and random questions are put to both.
//
// By hand, more of them: ENTENTE_HISTORIES=5000 ENTENTE_SEED=100 reference_test. A disagreement
// prints the history, which a shell and an import can repeat.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "engine/bulk_loader.h"
#include "engine/database.h"
#include "engine/session.h"
#include "gtest/gtest.h"
#include "tests/reference/history.h"
#include "tests/reference/questions.h"
#include "tools/import_claims.h"

namespace entente::reference {
namespace {

constexpr int kSteps = 8;
constexpr int kQuestionsAStep = 2;

// Rows of a statement as Question has them.
struct Answer {
  bool failed = false;
  std::string error;
  std::vector<Row> rows;
};

std::string Text(const Value& value) {
  switch (value.type()) {
    case Value::Type::kNull:
      return "null";
    case Value::Type::kBoolean:
      return value.boolean() ? "true" : "false";
    case Value::Type::kInteger:
      return absl::StrCat(value.integer());
    case Value::Type::kFloat: {
      char text[32];
      std::snprintf(text, sizeof(text), "%.4f", value.floating());
      return text;
    }
    case Value::Type::kDateTime:
      return MomentText(value.date_time().seconds * 1'000'000);
    case Value::Type::kList:
      return absl::StrCat("[",
                          absl::StrJoin(value.list(), ", ",
                                        [](std::string* out, const Value& element) {
                                          absl::StrAppend(out, Text(element));
                                        }),
                          "]");
    default:
      return value.is_string() ? std::string(value.string()) : "?";
  }
}

// A list whose order is not promised.
std::string Sorted(const Value& list) {
  std::vector<std::string> texts;
  for (const Value& element : list.list()) texts.push_back(Text(element));
  std::sort(texts.begin(), texts.end());
  return absl::StrCat("[", absl::StrJoin(texts, ", "), "]");
}

class Machine {
 public:
  explicit Machine(Random& random) : random_(random) {
    DatabaseOptions options;
    options.edges_per_chunk = 4;
    options.facts_per_block = 2;
    options.optimizer = !random.OneIn(4);
    options.batch_size = random.OneIn(2) ? 1 : 1024;
    options.cache_bytes = 1 << 20;
    database_ = Database::Open(":memory:", options).value();
    session_ = database_->Connect();
  }

  Answer Run(const std::string& statement) {
    Answer answer;
    const auto fail = [&](const absl::Status& status) {
      answer.failed = true;
      answer.error = std::string(status.message());
      return answer;
    };
    const auto result = session_->Run(statement);
    if (!result.ok()) return fail(result.status());
    entente::Row row;
    while (true) {
      const absl::StatusOr<bool> more = (*result)->Next(&row);
      if (!more.ok()) return fail(more.status());
      if (!*more) return answer;
      Row& texts = answer.rows.emplace_back();
      for (size_t i = 0; i < row.size(); ++i) {
        const bool unordered = (*result)->columns()[i] == "unordered" && row[i].is_list();
        texts.push_back(unordered ? Sorted(row[i]) : Text(row[i]));
      }
    }
  }

  Answer Ask(const Question& question) {
    if (question.session_lens.empty()) return Run(question.statement);
    const Answer set = Run("SET LENS " + question.session_lens);
    if (set.failed) return set;
    const Answer answer = Run(question.statement);
    Run("RESET LENS");
    return answer;
  }

  // What EXPLAIN shows a question of WHO, WHY or WHAT to mean; "" for other statements.
  std::string InCypher(const std::string& statement) {
    std::string text;
    for (const Row& row : Run("EXPLAIN " + statement).rows) {
      absl::StrAppend(&text, row[0], "\n");
      if (absl::StartsWith(row[0], "RETURN ")) return text;
    }
    return "";
  }

  // Fails if rows were rejected.
  Answer Import(const std::string& lines) {
    Answer answer;
    BulkLoader::Options options;
    options.on_reject = [&](const Rejection& rejection) {
      answer.failed = true;
      answer.error = rejection.reason;
    };
    // Table files of its own, or one ordinary transaction.
    if (random_.OneIn(2)) options.least_rows_for_files = 0;
    BulkLoader loader(*database_, options);
    tools::ClaimsFormat format(loader.NewInput());
    InputPlace place;
    for (const absl::string_view line : absl::StrSplit(lines, '\n')) {
      ++place.line;
      EXPECT_TRUE(format.ReadLine(line, place).ok());
    }
    const absl::StatusOr<LoadSummary> summary = loader.Finish();
    EXPECT_TRUE(summary.ok()) << summary.status();
    return answer;
  }

 private:
  Random& random_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Session> session_;
};

std::vector<Row> Columns(const std::vector<Row>& rows, const std::vector<int>& columns) {
  std::vector<Row> out;
  for (const Row& row : rows) {
    Row& chosen = out.emplace_back();
    for (const int column : columns) chosen.push_back(row[column]);
  }
  return out;
}

std::string TextOf(const std::vector<Row>& rows) {
  return absl::StrJoin(rows, "\n", [](std::string* out, const Row& row) {
    absl::StrAppend(out, "  ", absl::StrJoin(row, " | "));
  });
}

// Both sorted.
std::vector<Row> Without(const std::vector<Row>& rows, const std::vector<Row>& others) {
  std::vector<Row> rest;
  std::set_difference(rows.begin(), rows.end(), others.begin(), others.end(),
                      std::back_inserter(rest));
  return rest;
}

// "" or how they differ.
std::string Difference(const Question& question, const Answer& answer) {
  if (question.fails != answer.failed) {
    return absl::StrCat(question.fails ? "an error is missing" : answer.error);
  }
  if (question.fails) return "";
  std::vector<Row> wanted = question.rows;
  std::vector<Row> given = answer.rows;
  const bool ordered = !question.order.empty();
  if (ordered && Columns(wanted, question.order) != Columns(given, question.order)) {
    return absl::StrCat("wanted, in this order\n", TextOf(wanted), "\ngiven\n", TextOf(given));
  }
  if (question.limited) return "";
  std::sort(wanted.begin(), wanted.end());
  std::sort(given.begin(), given.end());
  if (wanted == given) return "";
  return absl::StrCat("missing\n", TextOf(Without(wanted, given)), "\nbut there is\n",
                      TextOf(Without(given, wanted)));
}

// One history, told as it goes on.
class Comparison {
 public:
  explicit Comparison(uint64_t seed)
      : told_(absl::StrCat("seed ", seed, "\n")),
        random_(seed),
        machine_(random_),
        history_(random_) {
    for (const std::string& declaration : Declarations()) machine_.Run(declaration);
  }

  // Each stops at the first disagreement.
  void TakeStep() {
    const World before = history_.world();
    const Step step = history_.Next();
    const bool is_import = step.kind == Step::Kind::kImport;
    const bool in_transaction = !is_import && random_.OneIn(4);
    if (in_transaction) Tell("BEGIN");
    absl::StrAppend(&told_, step.text, is_import ? "\n" : ";\n");
    const Answer done = is_import ? machine_.Import(step.text) : machine_.Run(step.text);
    ASSERT_EQ(done.failed, step.fails) << told_ << done.error;
    AskSome();
    if (!in_transaction || ::testing::Test::HasFatalFailure()) return;
    const bool undo = random_.OneIn(2);
    Tell(undo ? "ROLLBACK" : "COMMIT");
    if (undo) history_.Undo(before);
    AskSome();
  }

 private:
  void Tell(const std::string& statement) {
    absl::StrAppend(&told_, statement, ";\n");
    machine_.Run(statement);
  }

  void AskSome() {
    for (int i = 0; i < kQuestionsAStep; ++i) {
      const Question question = RandomQuestion(random_, history_.world());
      const std::string difference = Difference(question, machine_.Ask(question));
      ASSERT_EQ(difference, "") << told_ << "under " << question.session_lens << "\n"
                                << question.statement;
      Question in_cypher = question;
      in_cypher.statement = machine_.InCypher(question.statement);
      if (in_cypher.statement.empty()) continue;
      ASSERT_EQ(Difference(in_cypher, machine_.Ask(in_cypher)), "")
          << told_ << "under " << question.session_lens << "\n"
          << question.statement << "\nwhich means\n"
          << in_cypher.statement;
    }
  }

  std::string told_;
  Random random_;
  Machine machine_;
  History history_;
};

int Setting(const char* name, int otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::atoi(text);
}

// Parts that may run side by side.
class Reference : public ::testing::TestWithParam<int> {};

TEST_P(Reference, RandomHistoriesAreAnsweredAsTheDefinitionsSay) {
  const uint64_t seed = Setting("ENTENTE_SEED", 1) + GetParam();
  const int histories = Setting("ENTENTE_HISTORIES", 25);
  for (int i = 0; i < histories && !HasFatalFailure(); ++i) {
    Comparison comparison(seed * 1'000'000 + i);
    for (int j = 0; j < kSteps && !HasFatalFailure(); ++j) comparison.TakeStep();
  }
}

INSTANTIATE_TEST_SUITE_P(Part, Reference, ::testing::Range(0, 4));

}  // namespace
}  // namespace entente::reference
