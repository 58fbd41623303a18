#include "query/index_choice.h"

#include <algorithm>
#include <utility>

#include "query/tree_walk.h"

namespace entente::query {
namespace {

using ast::BinaryOperator;
using ast::Comparator;

// Where one property of the node may lie, by the conditions on it.
struct Bounds {
  std::string property;
  const Expression* equal = nullptr;
  const Expression* list = nullptr;
  const Expression* prefix = nullptr;
  const Expression* least = nullptr;
  const Expression* greatest = nullptr;
};

// The comparison seen from the other side.
Comparator Turned(Comparator comparator) {
  switch (comparator) {
    case Comparator::kLess:
      return Comparator::kGreater;
    case Comparator::kLessOrEqual:
      return Comparator::kGreaterOrEqual;
    case Comparator::kGreater:
      return Comparator::kLess;
    case Comparator::kGreaterOrEqual:
      return Comparator::kLessOrEqual;
    default:
      return comparator;
  }
}

class BoundsOfNode {
 public:
  explicit BoundsOfNode(Slot node) : node_(node) {}

  void Take(const Expression& condition) {
    if (const auto* comparison = std::get_if<ComparisonExpression>(&condition.node)) {
      TakeComparison(*comparison->left, comparison->comparator, *comparison->right);
    } else if (const auto* chain = std::get_if<ComparisonChainExpression>(&condition.node)) {
      for (size_t i = 0; i < chain->comparators.size(); ++i) {
        TakeComparison(*chain->operands[i], chain->comparators[i], *chain->operands[i + 1]);
      }
    } else if (const auto* binary = std::get_if<BinaryExpression>(&condition.node)) {
      const bool in = binary->op == BinaryOperator::kIn;
      if (!in && binary->op != BinaryOperator::kStartsWith) return;
      Bounds* bounds = BoundsOf(*binary->left);
      if (bounds == nullptr || !IsUsable(*binary->right)) return;
      (in ? bounds->list : bounds->prefix) = binary->right.get();
    }
  }

  const std::vector<Bounds>& all() const { return all_; }

 private:
  // The bounds of the node's property that this is, else nullptr.
  Bounds* BoundsOf(const Expression& side) {
    const auto* property = std::get_if<PropertyReference>(&side.node);
    if (property == nullptr) return nullptr;
    const auto* object = std::get_if<SlotReference>(&property->object->node);
    if (object == nullptr || object->slot != node_) return nullptr;
    const auto known = std::find_if(all_.begin(), all_.end(), [&](const Bounds& bounds) {
      return bounds.property == property->name;
    });
    if (known != all_.end()) return &*known;
    all_.emplace_back();
    all_.back().property = property->name;
    return &all_.back();
  }

  // Whether it can be computed before the node is there, as often as one likes.
  bool IsUsable(const Expression& value) const {
    const bool reads_node = std::binary_search(value.reads.begin(), value.reads.end(), node_);
    return !reads_node && !CanRaise(value) && CopyOf(value) != nullptr;
  }

  void TakeComparison(const Expression& left, Comparator comparator, const Expression& right) {
    if (Bounds* bounds = BoundsOf(left); bounds != nullptr && IsUsable(right)) {
      TakeBound(comparator, right, bounds);
    }
    if (Bounds* bounds = BoundsOf(right); bounds != nullptr && IsUsable(left)) {
      TakeBound(Turned(comparator), left, bounds);
    }
  }

  static void TakeBound(Comparator comparator, const Expression& value, Bounds* bounds) {
    switch (comparator) {
      case Comparator::kEqual:
        bounds->equal = &value;
        break;
      case Comparator::kLess:
      case Comparator::kLessOrEqual:
        bounds->greatest = &value;
        break;
      case Comparator::kGreater:
      case Comparator::kGreaterOrEqual:
        bounds->least = &value;
        break;
      case Comparator::kNotEqual:
        break;
    }
  }

  const Slot node_;
  std::vector<Bounds> all_;
};

// The seeks that the bounds allow, but for index and label.
std::vector<IndexSeekPlan> SeeksWithin(const Bounds& bounds) {
  std::vector<IndexSeekPlan> seeks;
  const auto add = [&](IndexSeekPlan::By by, const Expression* value, const Expression* greatest) {
    if (value == nullptr && greatest == nullptr) return;
    IndexSeekPlan seek;
    seek.property = bounds.property;
    seek.by = by;
    if (value != nullptr) seek.value = CopyOf(*value);
    if (greatest != nullptr) seek.greatest = CopyOf(*greatest);
    seeks.push_back(std::move(seek));
  };
  add(IndexSeekPlan::By::kValue, bounds.equal, nullptr);
  add(IndexSeekPlan::By::kList, bounds.list, nullptr);
  add(IndexSeekPlan::By::kPrefix, bounds.prefix, nullptr);
  add(IndexSeekPlan::By::kRange, bounds.least, bounds.greatest);
  return seeks;
}

}  // namespace

std::optional<IndexChoice> ChooseIndex(const StepEstimates& estimates, Slot node,
                                       const std::vector<std::string>& labels,
                                       const std::vector<const Expression*>& conditions) {
  if (labels.empty() || !estimates.HasIndexes()) return std::nullopt;
  BoundsOfNode bounds(node);
  for (const Expression* condition : conditions) bounds.Take(*condition);
  std::optional<IndexChoice> best;
  double least = estimates.NodesWith(labels);
  for (const Bounds& property : bounds.all()) {
    for (const std::string& label : labels) {
      if (!estimates.HasIndex(label, property.property)) continue;
      for (IndexSeekPlan& seek : SeeksWithin(property)) {
        seek.node = node;
        seek.label = label;
        const double rows = estimates.IndexRows(seek);
        if (best.has_value() ? rows >= best->rows : rows > least) continue;
        best = IndexChoice{std::move(seek), rows};
      }
    }
  }
  return best;
}

}  // namespace entente::query
