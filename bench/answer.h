// Answer: what an engine said to one question.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "bench/workload.h"

namespace entente::bench {

// Takes rows cell by cell. For timing it only looks at each cell, as a program that uses them
// would; for comparing it keeps them as texts.
class Answer {
 public:
  using Row = std::vector<std::string>;

  explicit Answer(bool keep) : keep_(keep) {}

  void Text(absl::string_view text);
  void Integer(int64_t number);
  void Real(double number);
  void Null();
  void EndRow();

  uint64_t row_count() const { return row_count_; }
  const std::vector<Row>& rows() const { return rows_; }

 private:
  const bool keep_;
  uint64_t row_count_ = 0;
  uint64_t touched_ = 0;  // so that looking at cells is not optimized away
  Row row_;
  std::vector<Row> rows_;
};

// OK when both say the same as far as the workload compares. The message shows the first
// difference.
absl::Status CompareAnswers(const Workload& workload, const std::vector<Answer::Row>& expected,
                            const std::vector<Answer::Row>& actual);

}  // namespace entente::bench
