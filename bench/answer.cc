#include "bench/answer.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace entente::bench {
namespace {

// Engines may round the fourth decimal differently.
constexpr double kTolerance = 0.00011;

// Rows in an order that does not depend on numbers that may differ a little, unless all else is
// equal; cells that are not compared are emptied.
std::vector<Answer::Row> Comparable(const Workload& workload, std::vector<Answer::Row> rows) {
  for (Answer::Row& row : rows) {
    for (size_t i = 0; i < row.size() && i < workload.columns.size(); ++i) {
      if (workload.columns[i].second == ColumnKind::kOwn) row[i].clear();
    }
  }
  if (workload.ordered) return rows;
  const auto texts_then_numbers = [&](const Answer::Row& a, const Answer::Row& b) {
    for (const bool numbers : {false, true}) {
      for (size_t i = 0; i < std::min({a.size(), b.size(), workload.columns.size()}); ++i) {
        if ((workload.columns[i].second == ColumnKind::kNumber) != numbers) continue;
        if (a[i] != b[i]) return a[i] < b[i];
      }
    }
    return a.size() < b.size();
  };
  std::sort(rows.begin(), rows.end(), texts_then_numbers);
  return rows;
}

bool Same(ColumnKind kind, const std::string& a, const std::string& b) {
  double x = 0, y = 0;
  if (kind == ColumnKind::kNumber && absl::SimpleAtod(a, &x) && absl::SimpleAtod(b, &y)) {
    return std::abs(x - y) <= kTolerance;
  }
  return a == b;
}

}  // namespace

void Answer::Text(absl::string_view text) {
  touched_ += text.size() + (text.empty() ? 0 : static_cast<unsigned char>(text.back()));
  if (keep_) row_.emplace_back(text);
}

void Answer::Integer(int64_t number) {
  touched_ += static_cast<uint64_t>(number);
  if (keep_) row_.push_back(absl::StrCat(number));
}

void Answer::Real(double number) {
  touched_ += number > 0.5;
  if (keep_) row_.push_back(absl::StrFormat("%.4f", number));
}

void Answer::Null() {
  if (keep_) row_.emplace_back("null");
}

void Answer::EndRow() {
  ++row_count_;
  if (!keep_) return;
  rows_.push_back(std::move(row_));
  row_.clear();
}

absl::Status CompareAnswers(const Workload& workload, const std::vector<Answer::Row>& expected,
                            const std::vector<Answer::Row>& actual) {
  if (expected.size() != actual.size()) {
    return absl::FailedPreconditionError(
        absl::StrCat(actual.size(), " rows instead of ", expected.size()));
  }
  const std::vector<Answer::Row> left = Comparable(workload, expected);
  const std::vector<Answer::Row> right = Comparable(workload, actual);
  for (size_t row = 0; row < left.size(); ++row) {
    bool same = left[row].size() == right[row].size();
    for (size_t i = 0; same && i < left[row].size(); ++i) {
      const bool known = i < workload.columns.size();
      same =
          Same(known ? workload.columns[i].second : ColumnKind::kText, left[row][i], right[row][i]);
    }
    if (!same) {
      return absl::FailedPreconditionError(
          absl::StrCat("row ", row + 1, " is (", absl::StrJoin(right[row], ", "), ") instead of (",
                       absl::StrJoin(left[row], ", "), ")"));
    }
  }
  return absl::OkStatus();
}

}  // namespace entente::bench
