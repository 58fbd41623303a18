// What a query answers depends neither on the optimizer nor on the size of batches, and stays the
// same when it is asked again and when the database is opened anew, errors included.
//
// Whether a query fails may depend on the plan and on the size of batches, since they say which
// rows a failing expression meets: patterns drop rows in one order or another, and whatever has
// what it needs ends its input early. Where neither can be, a query fails on all ways or on none.
// What meets a limit is passed over.
#include "tests/query/random_query.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/core.h"
#include "engine/error.h"
#include "engine/value_text.h"
#include "query/prepare.h"
#include "query/session_options.h"
#include "tests/storage/scratch_directory.h"

namespace entente::query {
namespace {

// From the environment, for longer runs by hand.
uint32_t Setting(const char* name, uint32_t otherwise) {
  const char* text = std::getenv(name);
  uint32_t value = otherwise;
  return text != nullptr && absl::SimpleAtoi(text, &value) ? value : otherwise;
}

// A whole number reads the same as an integer and as a float: values that are equal stand for one
// another in DISTINCT and groups.
std::string Canonical(const Value& value, bool lists_in_any_order) {
  if (value.is_float() && value.floating() == 0) return "0";
  if (value.is_float()) {
    std::string text = ValueText(value);
    if (text.size() > 2 && text.compare(text.size() - 2, 2, ".0") == 0)
      text.resize(text.size() - 2);
    return text;
  }
  if (!value.is_list()) return ValueText(value);
  std::vector<std::string> elements;
  for (const Value& element : value.list()) {
    elements.push_back(Canonical(element, lists_in_any_order));
  }
  if (lists_in_any_order) std::sort(elements.begin(), elements.end());
  return absl::StrCat("[", absl::StrJoin(elements, ", "), "]");
}

struct Answer {
  std::vector<std::string> rows;
  std::string error;
  bool limited = false;  // the error is that it takes too long or too much

  bool failed() const { return !error.empty(); }
};

// What must hold of errors on two ways.
enum class Errors {
  kSame,             // to the letter
  kOnBothOrNeither,  // which of several comes first depends on the size of batches
  kAny,
};

bool Agree(const Answer& one, const Answer& other, Errors errors) {
  if (one.limited || other.limited) return true;
  if (!one.failed() && !other.failed()) return one.rows == other.rows;
  switch (errors) {
    case Errors::kSame:
      return one.error == other.error;
    case Errors::kOnBothOrNeither:
      return one.failed() == other.failed();
    case Errors::kAny:
      break;
  }
  return true;
}

// Something in it may be content with a part of its rows.
bool MayEndEarly(const RandomQuery& query) {
  return absl::StrContains(query.text, " LIMIT ") || absl::StrContains(query.text, "exists {");
}
bool Matches(const RandomQuery& query) {
  return absl::StrContains(query.text, "MATCH ") || absl::StrContains(query.text, "[(");
}

std::string Shown(const Answer& answer) {
  return answer.error.empty() ? absl::StrJoin(answer.rows, "\n") : answer.error;
}

absl::Status ReadRows(Session& session, const RandomQuery& query, std::vector<std::string>* rows) {
  absl::StatusOr<std::unique_ptr<Result>> result = session.Run(query.text);
  if (!result.ok()) return result.status();
  Row row;
  while (true) {
    const absl::StatusOr<bool> more = (*result)->Next(&row);
    if (!more.ok()) return more.status();
    if (!*more) return absl::OkStatus();
    std::vector<std::string> texts;
    for (const Value& value : row) texts.push_back(Canonical(value, query.lists_in_any_order));
    rows->push_back(absl::StrJoin(texts, " | "));
  }
}

Answer Ask(Session& session, const RandomQuery& query) {
  Answer answer;
  const absl::Status status = ReadRows(session, query, &answer.rows);
  if (!query.ordered) std::sort(answer.rows.begin(), answer.rows.end());
  if (!status.ok()) {
    answer.error = ErrorText(status);
    answer.limited = ErrorInfoOf(status).type == "DatabaseError";
  }
  return answer;
}

std::shared_ptr<Core> OpenOnDisk(const std::string& path) {
  DatabaseOptions options;
  options.sync_commits = false;
  options.edges_per_chunk = 4;
  options.facts_per_block = 2;
  return Core::Open(path, options).value();
}

std::unique_ptr<Session> Connect(const std::shared_ptr<Core>& core, size_t batch_size,
                                 bool optimizer) {
  SessionOptions options;
  options.batch_size = batch_size;
  options.time_limit = std::chrono::seconds(1);
  options.memory_limit = uint64_t{16} << 20;
  options.cached_statements = 1;
  if (!optimizer) options.disabled_passes = OptimizerPasses();
  return MakeSession(core, options);
}

// One graph and `count` queries over it.
class Round {
 public:
  Round(uint32_t seed, uint32_t count) : seed_(seed), count_(count) {}

  void Run() {
    const std::string path = directory_.path();
    {
      const std::shared_ptr<Core> core = OpenOnDisk(path);
      const auto session = Connect(core, 1024, true);
      for (const std::string& statement : RandomGraph(seed_)) {
        const auto result = session->Run(statement);
        ASSERT_TRUE(result.ok()) << ErrorText(result.status()) << "\n" << statement;
      }
    }
    {
      const std::shared_ptr<Core> core = OpenOnDisk(path);
      plain_ = Answers(*Connect(core, 1024, false));
      optimized_ = Answers(*Connect(core, 1024, true));
      Compare("optimizer", optimized_, plain_, [](const RandomQuery& query) {
        return Matches(query) || MayEndEarly(query) ? Errors::kAny : Errors::kOnBothOrNeither;
      });
      const auto of_batches = [](const RandomQuery& query) {
        return MayEndEarly(query) ? Errors::kAny : Errors::kOnBothOrNeither;
      };
      Compare("batches of one row", Answers(*Connect(core, 1, false)), plain_, of_batches);
      Compare("optimizer, batches of one row", Answers(*Connect(core, 1, true)), optimized_,
              of_batches);
      Compare("asked again", RepeatedAnswers(*Connect(core, 1024, true)), optimized_,
              [](const RandomQuery&) { return Errors::kSame; });
    }
    Compare("reopened", Answers(*Connect(OpenOnDisk(path), 1024, true)), optimized_,
            [](const RandomQuery&) { return Errors::kSame; });
  }

  size_t failed() const {
    return Count([](const Answer& answer) { return !answer.error.empty(); });
  }
  size_t empty() const {
    return Count([](const Answer& answer) { return answer.rows.empty(); });
  }

 private:
  RandomQuery Query(uint32_t i) const { return MakeRandomQuery(seed_ * 1'000'003 + i); }

  std::vector<Answer> Answers(Session& session) const {
    std::vector<Answer> answers;
    for (uint32_t i = 0; i < count_; ++i) answers.push_back(Ask(session, Query(i)));
    return answers;
  }

  // Of the third time, before which one was left at its first row and one at its end.
  std::vector<Answer> RepeatedAnswers(Session& session) const {
    std::vector<Answer> answers;
    for (uint32_t i = 0; i < count_; ++i) {
      const RandomQuery query = Query(i);
      auto abandoned = session.Run(query.text);
      Row row;
      if (abandoned.ok()) (void)(*abandoned)->Next(&row);
      abandoned = absl::CancelledError();
      Ask(session, query);
      answers.push_back(Ask(session, query));
    }
    return answers;
  }

  void Compare(absl::string_view way, const std::vector<Answer>& answers,
               const std::vector<Answer>& expected, Errors (*errors)(const RandomQuery&)) const {
    for (uint32_t i = 0; i < count_; ++i) {
      const RandomQuery query = Query(i);
      EXPECT_TRUE(Agree(answers[i], expected[i], errors(query)))
          << "seed " << seed_ << ", " << way << ":\n"
          << query.text << "\n"
          << Shown(answers[i]) << "\nexpected:\n"
          << Shown(expected[i]);
    }
  }

  template <typename Condition>
  size_t Count(Condition condition) const {
    return static_cast<size_t>(std::count_if(plain_.begin(), plain_.end(), condition));
  }

  const uint32_t seed_;
  const uint32_t count_;
  storage::ScratchDirectory directory_;
  std::vector<Answer> plain_;
  std::vector<Answer> optimized_;
};

TEST(RandomQueryTest, AnswersAreTheSameOnEveryWay) {
  constexpr uint32_t kQueriesOfARound = 200;
  const uint32_t count = Setting("ENTENTE_RANDOM_QUERIES", kQueriesOfARound);
  uint32_t seed = Setting("ENTENTE_RANDOM_SEED", 1);
  size_t failed = 0;
  size_t empty = 0;
  for (uint32_t done = 0; done < count; done += kQueriesOfARound) {
    Round round(seed++, std::min(kQueriesOfARound, count - done));
    round.Run();
    failed += round.failed();
    empty += round.empty();
  }
  // Else they would tell nothing.
  EXPECT_LE(failed, count / 10 + 1);
  EXPECT_LE(empty, count / 2 + 1);
  RecordProperty("failed", static_cast<int>(failed));
  RecordProperty("empty", static_cast<int>(empty));
}

}  // namespace
}  // namespace entente::query
