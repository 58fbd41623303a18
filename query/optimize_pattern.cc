#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "engine/status.h"
#include "query/function.h"
#include "query/optimizer.h"
#include "query/pattern_steps.h"
#include "query/tree_walk.h"

namespace entente::query {

namespace {

using Type = Value::Type;

constexpr TypeSet kNodeOrNull = {Type::kNode, Type::kNull};

// Puts the steps of one run back upon its base.
class Arrangement {
 public:
  Arrangement(const Graph* graph, const PatternPasses& passes, PatternSteps run, PlanPtr base)
      : estimates_(graph), passes_(passes), run_(std::move(run)), plan_(std::move(base)) {
    bound_ = OutputSlots(*plan_);
    condition_placed_.resize(run_.conditions.size());
    node_placed_.resize(run_.nodes.size());
  }

  PlanPtr Arrange() {
    PlaceConditions(passes_.filters);
    if (passes_.order) {
      while (PlaceCheapest()) PlaceConditions(passes_.filters);
    } else {
      for (const PatternSteps::Step& step : run_.steps) {
        step.is_edge ? PlaceEdge(run_.edges[step.index], false) : PlaceNode(step.index);
        PlaceConditions(passes_.filters);
      }
    }
    PlaceConditions(true);
    for (const StepEdge& edge : run_.edges) ENTENTE_CHECK(edge.placed);
    for (const bool placed : condition_placed_) ENTENTE_CHECK(placed);
    return std::move(plan_);
  }

 private:
  bool Bound(Slot slot) const { return bound_.contains(slot); }
  bool AllBound(const std::vector<Slot>& slots) const {
    return std::all_of(slots.begin(), slots.end(), [&](Slot slot) { return Bound(slot); });
  }

  // ---- Conditions

  void PlaceConditions(bool now) {
    if (!now) return;
    FilterPlan filter;
    bool waits = false;  // an earlier condition does
    for (size_t i = 0; i < run_.conditions.size(); ++i) {
      if (condition_placed_[i]) continue;
      StepCondition& condition = run_.conditions[i];
      if (!AllBound(condition.expression->reads) || (waits && condition.can_raise)) {
        waits = true;
        continue;
      }
      condition_placed_[i] = true;
      filter.predicates.push_back(std::move(condition.expression));
    }
    if (filter.predicates.empty()) return;
    filter.input = std::move(plan_);
    plan_ = MakePlan(std::move(filter));
  }

  // The share of rows that the conditions waiting for this slot alone let through.
  double ShareAt(Slot slot) const {
    double share = 1.0;
    for (size_t i = 0; i < run_.conditions.size(); ++i) {
      if (condition_placed_[i]) continue;
      const Expression& condition = *run_.conditions[i].expression;
      const auto& reads = condition.reads;
      if (!std::binary_search(reads.begin(), reads.end(), slot)) continue;
      const bool ready = std::all_of(reads.begin(), reads.end(),
                                     [&](Slot read) { return read == slot || Bound(read); });
      if (!ready) continue;
      const auto* label = std::get_if<LabelPredicate>(&condition.node);
      share *= label != nullptr ? estimates_.ShareWith(label->labels)
                                : StepEstimates::ShareOf(condition);
    }
    return share;
  }

  // ---- Nodes

  struct Seek {
    NodeSeekPlan::By by = NodeSeekPlan::By::kNode;
    ExpressionPtr* value = nullptr;    // in a condition that the seek fulfils
    size_t condition = 0;              // its index
    std::optional<Slot> relationship;  // or: the node is an end of this bound relationship
    const FunctionRow* end = nullptr;
  };

  // Whether `side` is the node itself or its id.
  static bool IsNode(const Expression& side, Slot node) {
    const auto* slot = std::get_if<SlotReference>(&side.node);
    return slot != nullptr && slot->slot == node;
  }
  static bool IsIdOf(const Expression& side, Slot node) {
    const auto* call = std::get_if<FunctionExpression>(&side.node);
    return call != nullptr && call->function->name == "id" && IsNode(*call->arguments[0], node);
  }

  std::optional<Seek> FindSeek(Slot node) {
    if (!passes_.seeks) return std::nullopt;
    for (size_t i = 0; i < run_.conditions.size(); ++i) {
      if (condition_placed_[i]) continue;
      auto* equal = std::get_if<ComparisonExpression>(&run_.conditions[i].expression->node);
      if (equal == nullptr || equal->comparator != ast::Comparator::kEqual) continue;
      for (const bool swapped : {false, true}) {
        const Expression& side = swapped ? *equal->right : *equal->left;
        ExpressionPtr* value = swapped ? &equal->left : &equal->right;
        if (!AllBound((*value)->reads)) continue;
        if (IsNode(side, node)) return Seek{NodeSeekPlan::By::kNode, value, i};
        if (IsIdOf(side, node)) return Seek{NodeSeekPlan::By::kId, value, i};
      }
    }
    for (const StepEdge& edge : run_.edges) {
      if (edge.placed) continue;  // and its plan is gone
      const auto* expand = std::get_if<ExpandPlan>(&edge.plan->node);
      if (expand == nullptr || !expand->relationship_bound) continue;
      if (expand->heading == Heading::kEither || (edge.from != node && edge.to != node)) continue;
      const bool starts = (edge.from == node) == (expand->heading == Heading::kOut);
      const FunctionRow* end = FindFunction(starts ? "startNode" : "endNode");
      if (end == nullptr || !Bound(edge.relationship)) continue;
      Seek seek;
      seek.relationship = edge.relationship;
      seek.end = end;
      return seek;
    }
    return std::nullopt;
  }

  void PlaceSeek(Slot node, Seek seek) {
    NodeSeekPlan plan;
    plan.node = node;
    plan.by = seek.by;
    if (seek.relationship.has_value()) {
      FunctionExpression end = {seek.end, {}};
      end.arguments.push_back(MakeExpression(SlotReference{*seek.relationship}, SourceSpan{},
                                             {Type::kRelationship, Type::kNull}));
      plan.value = MakeExpression(std::move(end), SourceSpan{}, kNodeOrNull);
    } else {
      plan.value = std::move(*seek.value);
      condition_placed_[seek.condition] = true;
    }
    plan.input = std::move(plan_);
    plan_ = MakePlan(std::move(plan));
  }

  // Binds a node by a seek or else a scan. `labels` are checked here.
  void BindNode(Slot slot, std::vector<std::string> labels, bool exact) {
    std::optional<Seek> seek = FindSeek(slot);
    if (seek.has_value()) {
      PlaceSeek(slot, *seek);
      bound_.insert(slot);
      if (labels.empty()) return;
      FilterPlan filter;
      filter.predicates.push_back(
          MakeExpression(LabelPredicate{MakeExpression(SlotReference{slot}, {}, kNodeOrNull),
                                        std::move(labels), exact},
                         {}, {Type::kBoolean, Type::kNull}));
      filter.input = std::move(plan_);
      plan_ = MakePlan(std::move(filter));
      return;
    }
    if (!labels.empty()) std::swap(labels[0], labels[estimates_.RarestLabel(labels)]);
    plan_ = MakePlan(NodeScanPlan{std::move(plan_), slot, std::move(labels), exact});
    bound_.insert(slot);
  }

  void PlaceNode(size_t index) {
    StepNode& node = run_.nodes[index];
    node_placed_[index] = true;
    if (!Bound(node.slot)) {
      BindNode(node.slot, std::move(node.labels), node.exact);
      return;
    }
    // An expansion came first.
    if (node.labels.empty()) return;
    FilterPlan filter;
    filter.predicates.push_back(
        MakeExpression(LabelPredicate{MakeExpression(SlotReference{node.slot}, {}, kNodeOrNull),
                                      std::move(node.labels), node.exact},
                       {}, {Type::kBoolean, Type::kNull}));
    filter.input = std::move(plan_);
    plan_ = MakePlan(std::move(filter));
  }

  // A node that only expansions bind as they are written may be scanned for, by the labels of a
  // condition that waits for it.
  void StartAt(Slot slot) {
    for (size_t i = 0; i < run_.nodes.size(); ++i) {
      if (run_.nodes[i].slot == slot && !node_placed_[i]) return PlaceNode(i);
    }
    std::vector<std::string> labels;
    bool exact = false;
    for (size_t i = 0; i < run_.conditions.size(); ++i) {
      if (condition_placed_[i]) continue;
      auto* label = std::get_if<LabelPredicate>(&run_.conditions[i].expression->node);
      if (label == nullptr || !IsNode(*label->object, slot)) continue;
      condition_placed_[i] = true;
      exact = label->exact;
      labels.insert(labels.end(), label->labels.begin(), label->labels.end());
    }
    BindNode(slot, std::move(labels), exact);
  }

  std::vector<std::string> LabelsOf(Slot slot) const {
    for (const StepNode& node : run_.nodes) {
      if (node.slot == slot) return node.labels;
    }
    std::vector<std::string> labels;
    for (size_t i = 0; i < run_.conditions.size(); ++i) {
      if (condition_placed_[i]) continue;
      const auto* label = std::get_if<LabelPredicate>(&run_.conditions[i].expression->node);
      if (label == nullptr || !IsNode(*label->object, slot)) continue;
      labels.insert(labels.end(), label->labels.begin(), label->labels.end());
    }
    return labels;
  }

  // ---- Edges

  void PlaceEdge(StepEdge& edge, bool flipped) {
    edge.placed = true;
    std::visit(
        [&](auto& node) {
          if constexpr (requires { node.heading; }) PlaceExpand(edge, flipped, &node);
        },
        edge.plan->node);
    bound_.insert(edge.from);
    bound_.insert(edge.to);
    bound_.insert(edge.relationship);
    plan_ = std::move(edge.plan);
    if (!passes_.order) return;
    // The labels of a node that was to be scanned for and has been reached instead.
    for (size_t i = 0; i < run_.nodes.size(); ++i) {
      if (!node_placed_[i] && Bound(run_.nodes[i].slot)) PlaceNode(i);
    }
  }

  template <typename Expand>
  void PlaceExpand(const StepEdge& edge, bool flipped, Expand* expand) {
    expand->input = std::move(plan_);
    if (flipped) {
      std::swap(expand->from, expand->to);
      if (expand->heading != Heading::kEither) {
        expand->heading = expand->heading == Heading::kOut ? Heading::kIn : Heading::kOut;
      }
      if constexpr (std::is_same_v<Expand, VariableExpandPlan>) {
        expand->reversed = !expand->reversed;
      }
    }
    expand->into = Bound(expand->to) || expand->from == expand->to;
    for (Slot other : run_.distinct[edge.relationship]) {
      if (Bound(other)) expand->distinct_from.push_back(other);
    }
    std::sort(expand->distinct_from.begin(), expand->distinct_from.end());
  }

  // ---- The cheapest order

  struct Choice {
    double rows = std::numeric_limits<double>::infinity();
    StepEdge* edge = nullptr;  // or a node to start at
    bool flipped = false;
    Slot node = 0;
    bool any = false;
  };

  static void Prefer(const Choice& choice, Choice* best) {
    if (!best->any || choice.rows < best->rows) *best = choice;
  }

  Choice CheapestEdge() {
    Choice best;
    for (StepEdge& edge : run_.edges) {
      if (edge.placed || !AllBound(edge.reads)) continue;
      const bool from = Bound(edge.from);
      const bool to = Bound(edge.to);
      if ((!from && !to) || (edge.needs_both_ends && !(from && to))) continue;
      double rows = estimates_.Degree(*edge.plan);
      if (from && to) {
        rows = std::min(0.1, rows / estimates_.Nodes());
      } else {
        const Slot reached = from ? edge.to : edge.from;
        if (const StepNode* node = UnplacedNode(reached))
          rows *= estimates_.ShareWith(node->labels);
        rows *= ShareAt(reached);
      }
      Prefer({rows, &edge, !from, 0, true}, &best);
    }
    return best;
  }

  const StepNode* UnplacedNode(Slot slot) const {
    for (size_t i = 0; i < run_.nodes.size(); ++i) {
      if (run_.nodes[i].slot == slot && !node_placed_[i]) return &run_.nodes[i];
    }
    return nullptr;
  }

  Choice CheapestStart(bool seeks_only) {
    Choice best;
    const auto consider = [&](Slot slot) {
      if (Bound(slot)) return;
      if (FindSeek(slot).has_value()) return Prefer({0.0, nullptr, false, slot, true}, &best);
      if (seeks_only) return;
      double rows = estimates_.NodesWith(LabelsOf(slot));
      if (UnplacedNode(slot) != nullptr || LabelsOf(slot).empty()) rows *= ShareAt(slot);
      Prefer({rows, nullptr, false, slot, true}, &best);
    };
    for (const PatternSteps::Step& step : run_.steps) {
      if (!step.is_edge) {
        consider(run_.nodes[step.index].slot);
        continue;
      }
      const StepEdge& edge = run_.edges[step.index];
      if (edge.placed) continue;
      consider(edge.from);
      consider(edge.to);
    }
    return best;
  }

  // False when all steps are placed.
  bool PlaceCheapest() {
    Choice choice = CheapestEdge();
    const Choice start = CheapestStart(/*seeks_only=*/choice.any);
    if (start.any && (!choice.any || start.rows < choice.rows)) choice = start;
    if (!choice.any) return PlaceRest();
    if (choice.edge != nullptr) {
      PlaceEdge(*choice.edge, choice.flipped);
    } else {
      StartAt(choice.node);
    }
    return true;
  }

  // Scans of nodes that were bound before, whose labels are still to be checked.
  bool PlaceRest() {
    bool any = false;
    for (size_t i = 0; i < run_.nodes.size(); ++i) {
      if (node_placed_[i]) continue;
      PlaceNode(i);
      any = true;
    }
    return any;
  }

  StepEstimates estimates_;
  PatternPasses passes_;
  PatternSteps run_;
  PlanPtr plan_;
  SlotSet bound_;
  std::vector<bool> condition_placed_;
  std::vector<bool> node_placed_;
};

void ArrangeWithin(const Graph* graph, const PatternPasses& passes, Expression* expression) {
  if (auto* subquery = std::get_if<SubqueryExpression>(&expression->node)) {
    ArrangePatterns(graph, passes, &subquery->plan);
  }
  ForEachChild(*expression,
               [&](ExpressionPtr& child) { ArrangeWithin(graph, passes, child.get()); });
}

}  // namespace

void ArrangePatterns(const Graph* graph, const PatternPasses& passes, PlanPtr* plan) {
  PatternSteps run = PatternSteps::Take(plan);
  if (!run.empty()) {
    for (StepCondition& condition : run.conditions) {
      ArrangeWithin(graph, passes, condition.expression.get());
    }
    for (StepEdge& edge : run.edges) {
      ForEachExpression(*edge.plan, [&](ExpressionPtr& expression) {
        ArrangeWithin(graph, passes, expression.get());
      });
    }
    ArrangePatterns(graph, passes, plan);
    *plan = Arrangement(graph, passes, std::move(run), std::move(*plan)).Arrange();
    return;
  }
  ForEachExpression(
      **plan, [&](ExpressionPtr& expression) { ArrangeWithin(graph, passes, expression.get()); });
  ForEachInput(**plan, [&](PlanPtr& input) { ArrangePatterns(graph, passes, &input); });
}

}  // namespace entente::query
