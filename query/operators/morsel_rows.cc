#include "query/operators/morsel_rows.h"

#include <utility>

#include "engine/status.h"

namespace entente::query {
namespace {

class MorselRowsOperator : public Operator {
 public:
  explicit MorselRowsOperator(MorselInput& morsels) : morsels_(morsels) {}

  absl::StatusOr<bool> Next(Batch* batch) override {
    if (taken_) return false;
    taken_ = true;
    ASSIGN_OR_RETURN(const bool more, morsels_.Take());
    if (more) *batch = std::move(morsels_.morsel().rows);
    return more;
  }
  void Restart(const Batch*) override { taken_ = false; }

 private:
  MorselInput& morsels_;
  bool taken_ = false;
};

}  // namespace

std::unique_ptr<Operator> MakeMorselRows(MorselInput& morsels) {
  return std::make_unique<MorselRowsOperator>(morsels);
}

}  // namespace entente::query
