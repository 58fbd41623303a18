#include "query/operators/running_aggregation.h"

#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/numeric/int128.h"
#include "engine/error.h"
#include "engine/status.h"
#include "engine/value_order.h"

namespace entente::query {
namespace {

class Counts : public RunningAggregation {
 public:
  void SetGroups(size_t count) override { counts_.resize(count, 0); }
  absl::Status Add(absl::Span<const Column>, absl::Span<const uint32_t> groups,
                   absl::Span<const uint32_t> rows, uint64_t) override {
    for (uint32_t row : rows) ++counts_[groups[row]];
    return absl::OkStatus();
  }
  void Merge(RunningAggregation& other, absl::Span<const uint32_t> groups) override {
    const auto& theirs = static_cast<Counts&>(other).counts_;
    for (size_t i = 0; i < theirs.size(); ++i) counts_[groups[i]] += theirs[i];
  }
  absl::StatusOr<Column> Finish(size_t begin, size_t end) override {
    return Column(
        Scalars{Value::Type::kInteger, {counts_.begin() + begin, counts_.begin() + end}, {}});
  }
  uint64_t bytes() const override { return counts_.size() * sizeof(int64_t); }

 private:
  std::vector<int64_t> counts_;
};

class IntegerSums : public RunningAggregation {
 public:
  void SetGroups(size_t count) override { sums_.resize(count, 0); }
  absl::Status Add(absl::Span<const Column> arguments, absl::Span<const uint32_t> groups,
                   absl::Span<const uint32_t> rows, uint64_t) override {
    if (const Scalars* scalars = arguments[0].scalars()) {
      for (uint32_t row : rows) sums_[groups[row]] += scalars->numbers[row];
      return absl::OkStatus();
    }
    Value scratch;
    for (uint32_t row : rows) {
      const Value& value = arguments[0].ReadAt(row, &scratch);
      if (!value.is_integer()) return absl::InternalError("What is always an integer is none");
      sums_[groups[row]] += value.integer();
    }
    return absl::OkStatus();
  }
  void Merge(RunningAggregation& other, absl::Span<const uint32_t> groups) override {
    const auto& theirs = static_cast<IntegerSums&>(other).sums_;
    for (size_t i = 0; i < theirs.size(); ++i) sums_[groups[i]] += theirs[i];
  }
  absl::StatusOr<Column> Finish(size_t begin, size_t end) override {
    Scalars results;
    for (size_t group = begin; group < end; ++group) {
      ASSIGN_OR_RETURN(const Value sum, SumOfIntegers(sums_[group]));
      results.Add(sum.integer());
    }
    return Column(std::move(results));
  }
  uint64_t bytes() const override { return sums_.size() * sizeof(absl::int128); }

 private:
  std::vector<absl::int128> sums_;
};

// The first (sign -1) or last (sign 1) values in the order of ORDER BY; of equal ones the one that
// came first.
class Extremes : public RunningAggregation {
 public:
  explicit Extremes(int sign) : sign_(sign) {}

  void SetGroups(size_t count) override {
    values_.resize(count);
    morsels_.resize(count, 0);
  }
  absl::Status Add(absl::Span<const Column> arguments, absl::Span<const uint32_t> groups,
                   absl::Span<const uint32_t> rows, uint64_t morsel) override {
    Value scratch;
    for (uint32_t row : rows) Offer(arguments[0].ReadAt(row, &scratch), morsel, groups[row]);
    return absl::OkStatus();
  }
  void Merge(RunningAggregation& other, absl::Span<const uint32_t> groups) override {
    const auto& theirs = static_cast<Extremes&>(other);
    for (size_t i = 0; i < theirs.values_.size(); ++i) {
      if (!theirs.values_[i].is_null()) Offer(theirs.values_[i], theirs.morsels_[i], groups[i]);
    }
  }
  absl::StatusOr<Column> Finish(size_t begin, size_t end) override {
    return Column(Column::Values(values_.begin() + begin, values_.begin() + end));
  }
  uint64_t bytes() const override { return values_.size() * (sizeof(Value) + sizeof(uint64_t)); }

 private:
  void Offer(const Value& value, uint64_t morsel, uint32_t group) {
    Value& best = values_[group];
    const int order = best.is_null() ? 1 : OrderOf(value, best) * sign_;
    if (order < 0 || (order == 0 && morsel >= morsels_[group])) return;
    best = value;
    morsels_[group] = morsel;
  }

  const int sign_;
  std::vector<Value> values_;  // null before the first one
  std::vector<uint64_t> morsels_;
};

class Objects : public RunningAggregation {
 public:
  explicit Objects(const Aggregation& aggregation) : aggregation_(aggregation) {}

  void SetGroups(size_t count) override {
    while (running_.size() < count) running_.push_back(aggregation_.function->make());
  }
  absl::Status Add(absl::Span<const Column> arguments, absl::Span<const uint32_t> groups,
                   absl::Span<const uint32_t> rows, uint64_t) override {
    absl::InlinedVector<Value, 2> values(arguments.size());
    for (uint32_t row : rows) {
      for (size_t i = 0; i < arguments.size(); ++i) values[i] = arguments[i].ValueAt(row);
      Aggregator& running = *running_[groups[row]];
      const size_t before = running.KeptBytes();
      absl::Status status = running.Add(values);
      if (!status.ok()) {
        return arguments.empty() ? status
                                 : WithSpan(std::move(status), aggregation_.arguments[0]->span);
      }
      kept_bytes_ += running.KeptBytes() - before;
    }
    return absl::OkStatus();
  }
  void Merge(RunningAggregation&, absl::Span<const uint32_t>) override {
    ENTENTE_CHECK(MergesExactly(aggregation_));  // never true of these
  }
  absl::StatusOr<Column> Finish(size_t begin, size_t end) override {
    std::vector<Value> values;
    for (size_t group = begin; group < end; ++group) {
      ASSIGN_OR_RETURN(Value value, running_[group]->Finish());
      values.push_back(std::move(value));
    }
    return Column(std::move(values));
  }
  uint64_t bytes() const override { return kept_bytes_ + running_.size() * kObjectBytes; }

 private:
  static constexpr uint64_t kObjectBytes = 64;  // roughly

  const Aggregation& aggregation_;
  std::vector<std::unique_ptr<Aggregator>> running_;
  uint64_t kept_bytes_ = 0;
};

bool SumsIntegers(const Aggregation& aggregation) {
  return aggregation.function->name == "sum" &&
         aggregation.arguments[0]->type.WithoutNull() == TypeSet{Value::Type::kInteger};
}

}  // namespace

std::unique_ptr<RunningAggregation> MakeRunningAggregation(const Aggregation& aggregation) {
  const absl::string_view name = aggregation.function->name;
  if (name == "count") return std::make_unique<Counts>();
  if (SumsIntegers(aggregation)) return std::make_unique<IntegerSums>();
  if (name == "min") return std::make_unique<Extremes>(-1);
  if (name == "max") return std::make_unique<Extremes>(1);
  return std::make_unique<Objects>(aggregation);
}

bool MergesExactly(const Aggregation& aggregation) {
  const absl::string_view name = aggregation.function->name;
  return name == "count" || name == "min" || name == "max" || SumsIntegers(aggregation);
}

}  // namespace entente::query
