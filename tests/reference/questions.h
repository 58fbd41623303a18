// Random questions to a World through random lenses: a statement, and the rows that it must give.
#pragma once

#include <string>
#include <vector>

#include "tests/reference/history.h"
#include "tests/reference/lens.h"

namespace entente::reference {

// One text for each column: shares have four digits behind the point, null is "null", lists stand
// in brackets, texts bare.
using Row = std::vector<std::string>;

struct Question {
  std::string session_lens;  // for SET LENS, "" for none
  std::string statement;
  bool fails = false;      // some name in it is nobody's
  std::vector<Row> rows;   // in any order, but:
  std::vector<int> order;  // these columns stand in this order
  bool limited = false;    // of the rows only these columns are compared
};

Question RandomQuestion(Random& random, const World& world);

}  // namespace entente::reference
