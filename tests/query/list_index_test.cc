// IN over an indexed list answers as it does over the bare one.
#include "query/list_index.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "engine/value_text.h"
#include "query/function.h"

namespace entente::query {
namespace {

const double kNan = std::numeric_limits<double>::quiet_NaN();

std::vector<Value> Values() {
  const Value one = Value::Integer(1);
  return {Value::Null(),
          one,
          Value::Float(1.0),
          Value::Float(1.5),
          Value::Float(kNan),
          Value::Integer(2),
          Value::Boolean(true),
          Value::String("1"),
          Value::Node(1),
          Value::List({}),
          Value::List({one}),
          Value::List({Value::Null()}),
          Value::Map({{"a", one}}),
          Value::Map({{"a", Value::Null()}}),
          Value::OfDate(Date{1})};
}

TEST(ListIndexTest, AnswersAsInDoes) {
  const std::vector<Value> values = Values();
  // Every list that lacks some of the values, and each value asked for often.
  for (size_t skip = 1; skip <= values.size(); ++skip) {
    for (size_t begin = 0; begin < skip; ++begin) {
      std::vector<Value> elements;
      for (size_t i = begin; i < values.size(); i += skip) elements.push_back(values[i]);
      const Value list = Value::List(elements);
      ListIndex index(list);
      for (int round = 0; round < 2; ++round) {
        for (const Value& value : values) {
          EXPECT_EQ(ValueText(index.Contains(value)), ValueText(IsIn(value, list).value()))
              << ValueText(value) << " IN " << ValueText(list);
        }
      }
    }
  }
}

TEST(ListIndexTest, KnowsItsListByIdentity) {
  const Value list = Value::List({Value::Integer(1)});
  const Value same = list;
  const ListIndex index(list);
  EXPECT_TRUE(index.IsOf(same));
  EXPECT_FALSE(index.IsOf(Value::List({Value::Integer(1)})));
}

}  // namespace
}  // namespace entente::query
