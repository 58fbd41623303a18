#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "engine/error.h"
#include "engine/status.h"
#include "engine/value_order.h"
#include "query/functions/rows.h"

namespace entente::query {
namespace {

constexpr TypeSet kSummable = types::kNumber | types::kDuration;

class Count : public Aggregator {
 public:
  absl::Status Add(Arguments) override {
    ++count_;
    return absl::OkStatus();
  }
  absl::StatusOr<Value> Finish() override { return Value::Integer(count_); }

 private:
  int64_t count_ = 0;
};

// Numbers or durations, not both. Integers are added up in 128 bits, so that the order of rows does
// not decide whether the sum overflows.
class Sum : public Aggregator {
 public:
  absl::Status Add(Arguments arguments) override {
    const Value& value = arguments[0];
    if (!kSummable.Has(value.type())) return WrongType(kSummable, value);
    if (count_ > 0 && value.is_duration() != durations_.is_duration()) {
      return MakeError(ErrorCode::kTypeInvalidArgumentValue,
                       "Numbers and durations have no common sum");
    }
    ++count_;
    if (value.is_duration()) {
      if (durations_.is_null()) {
        durations_ = value;
        return absl::OkStatus();
      }
      ASSIGN_OR_RETURN(durations_, Arithmetic('+', durations_, value));
    } else if (value.is_integer()) {
      integers_ += value.integer();
    } else {
      any_float_ = true;
      floats_ += value.floating();
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Value> Finish() override {
    if (durations_.is_duration()) return durations_;
    if (any_float_) return Value::Float(Total());
    return SumOfIntegers(integers_);
  }

 protected:
  double Total() const { return static_cast<double>(integers_) + floats_; }

  int64_t count_ = 0;
  Value durations_;  // null before the first one

 private:
  absl::int128 integers_ = 0;
  double floats_ = 0;
  bool any_float_ = false;
};

class Average : public Sum {
 public:
  absl::StatusOr<Value> Finish() override {
    if (count_ == 0) return Value::Null();
    if (durations_.is_duration()) return Arithmetic('/', durations_, Value::Integer(count_));
    return Value::Float(Total() / static_cast<double>(count_));
  }
};

// The first (kSign -1) or last (kSign 1) value in the order of ORDER BY.
template <int kSign>
class Extreme : public Aggregator {
 public:
  absl::Status Add(Arguments arguments) override {
    if (best_.is_null() || OrderOf(arguments[0], best_) * kSign > 0) best_ = arguments[0];
    return absl::OkStatus();
  }
  absl::StatusOr<Value> Finish() override { return std::move(best_); }

 private:
  Value best_;
};

class Collect : public Aggregator {
 public:
  absl::Status Add(Arguments arguments) override {
    RETURN_IF_ERROR(CheckListSize(values_.size() + 1));
    values_.push_back(arguments[0]);
    heap_bytes_ += arguments[0].HeapBytes();
    return absl::OkStatus();
  }
  absl::StatusOr<Value> Finish() override {
    Value list = Value::List(std::move(values_));
    RETURN_IF_ERROR(CheckDepth(list));
    return list;
  }
  size_t KeptBytes() const override { return heap_bytes_ + values_.size() * sizeof(Value); }

 private:
  std::vector<Value> values_;
  size_t heap_bytes_ = 0;
};

// Welford's running variance. A sample (kDegreesLost 1) or the whole population (0).
template <int kDegreesLost>
class StandardDeviation : public Aggregator {
 public:
  absl::Status Add(Arguments arguments) override {
    if (!arguments[0].is_number()) return WrongType(types::kNumber, arguments[0]);
    const double number = arguments[0].number();
    ++count_;
    const double distance = number - mean_;
    mean_ += distance / static_cast<double>(count_);
    squares_ += distance * (number - mean_);
    return absl::OkStatus();
  }
  absl::StatusOr<Value> Finish() override {
    if (count_ < 2) return Value::Float(0);
    return Value::Float(std::sqrt(squares_ / static_cast<double>(count_ - kDegreesLost)));
  }

 private:
  int64_t count_ = 0;
  double mean_ = 0;
  double squares_ = 0;  // sum of squared distances from the mean
};

class Percentile : public Aggregator {
 public:
  absl::Status Add(Arguments arguments) override {
    if (!arguments[0].is_number()) return WrongType(types::kNumber, arguments[0]);
    if (!arguments[1].is_number()) return WrongType(types::kNumber, arguments[1]);
    const double percentile = arguments[1].number();
    if (!(percentile >= 0 && percentile <= 1)) {
      return MakeError(ErrorCode::kNumberOutOfRange,
                       absl::StrCat("A percentile lies between 0.0 and 1.0, not at ", percentile));
    }
    percentile_ = percentile;
    numbers_.push_back(arguments[0]);
    return absl::OkStatus();
  }
  size_t KeptBytes() const override { return numbers_.size() * sizeof(Value); }

 protected:
  // The `rank`-th of the numbers in ascending order.
  Value Nth(size_t rank) {
    std::nth_element(numbers_.begin(), numbers_.begin() + rank, numbers_.end(),
                     [](const Value& a, const Value& b) { return OrderOf(a, b) < 0; });
    return numbers_[rank];
  }

  double percentile_ = 0;
  std::vector<Value> numbers_;
};

// The nearest number below or at the percentile that is among those given.
class PercentileDisc : public Percentile {
 public:
  absl::StatusOr<Value> Finish() override {
    if (numbers_.empty()) return Value::Null();
    const double rank = std::ceil(percentile_ * static_cast<double>(numbers_.size()));
    return Nth(rank < 1 ? 0 : static_cast<size_t>(rank) - 1);
  }
};

// Interpolated between the two nearest numbers.
class PercentileCont : public Percentile {
 public:
  absl::StatusOr<Value> Finish() override {
    if (numbers_.empty()) return Value::Null();
    const double place = percentile_ * static_cast<double>(numbers_.size() - 1);
    const size_t below = static_cast<size_t>(place);
    const double share = place - static_cast<double>(below);
    const double low = Nth(below).number();
    if (share == 0) return Value::Float(low);
    const double high = Nth(below + 1).number();
    return Value::Float(low * (1 - share) + high * share);
  }
};

template <typename T>
std::unique_ptr<Aggregator> Make() {
  return std::make_unique<T>();
}

}  // namespace

absl::StatusOr<Value> SumOfIntegers(absl::int128 sum) {
  if (sum < std::numeric_limits<int64_t>::min() || sum > std::numeric_limits<int64_t>::max()) {
    return MakeError(ErrorCode::kRuntimeIntegerOverflow,
                     "The sum does not fit into a 64-bit integer");
  }
  return Value::Integer(static_cast<int64_t>(sum));
}

std::vector<AggregateRow> AggregateFunctions() {
  return {
      {"count", 1, types::kAny, types::kInteger, Make<Count>,
       "The number of values that are not null; count(*) is the number of rows."},
      {"sum", 1, kSummable, kSummable, Make<Sum>,
       "The sum of numbers or of durations; 0 of nothing."},
      {"avg", 1, kSummable, types::kFloat | types::kDuration, Make<Average>,
       "The mean of numbers or of durations; null of nothing."},
      {"min", 1, types::kAny, types::kAny, Make<Extreme<-1>>,
       "The first value in the order of ORDER BY; null of nothing."},
      {"max", 1, types::kAny, types::kAny, Make<Extreme<1>>,
       "The last value in the order of ORDER BY; null of nothing."},
      {"collect", 1, types::kAny, types::kList, Make<Collect>,
       "A list of the values that are not null."},
      {"stDev", 1, types::kNumber, types::kFloat, Make<StandardDeviation<1>>,
       "The standard deviation of a sample."},
      {"stDevP", 1, types::kNumber, types::kFloat, Make<StandardDeviation<0>>,
       "The standard deviation of a whole population."},
      {"percentileCont", 2, types::kNumber, types::kFloat, Make<PercentileCont>,
       "The number at a percentile from 0.0 to 1.0, interpolated between its neighbours."},
      {"percentileDisc", 2, types::kNumber, types::kNumber, Make<PercentileDisc>,
       "The number at a percentile from 0.0 to 1.0, one of those given."},
  };
}

}  // namespace entente::query
