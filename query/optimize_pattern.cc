#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "engine/built_in.h"
#include "engine/status.h"
#include "query/function.h"
#include "query/index_choice.h"
#include "query/operator.h"
#include "query/optimizer.h"
#include "query/pattern_steps.h"
#include "query/tree_walk.h"

namespace entente::query {

namespace {

using Type = Value::Type;

constexpr TypeSet kNodeOrNull = {Type::kNode, Type::kNull};

// Puts the steps of one run back upon its base. A step costs time in proportion to the number of
// steps: what depends on a slot is found by the slot, and costs are computed anew only where the
// last step has changed them.
class Arrangement {
 public:
  Arrangement(const PatternContext& context, PatternSteps run, PlanPtr base)
      : estimates_(context.estimates),
        passes_(context.passes),
        stop_(context.stop),
        run_(std::move(run)),
        plan_(std::move(base)),
        bound_(OutputSlots(*plan_)),
        node_placed_(run_.nodes.size()) {
    IndexConditions();
    IndexSteps();
  }

  absl::StatusOr<PlanPtr> Arrange() {
    PlaceConditions(passes_.filters);
    if (passes_.order) {
      while (PlaceCheapest()) {
        if (stop_ != nullptr) RETURN_IF_ERROR(stop_->Check());
        PlaceConditions(passes_.filters);
      }
    } else {
      for (const PatternSteps::Step& step : run_.steps) {
        if (stop_ != nullptr) RETURN_IF_ERROR(stop_->Check());
        step.is_edge ? PlaceEdge(run_.edges[step.index], false) : PlaceNode(step.index);
        PlaceConditions(passes_.filters);
      }
    }
    PlaceConditions(true);
    for (const StepEdge& edge : run_.edges) ENTENTE_CHECK(edge.placed);
    ENTENTE_CHECK(pending_.empty());
    return std::move(plan_);
  }

 private:
  static constexpr double kNever = std::numeric_limits<double>::infinity();

  // What has to do with one slot, by index.
  struct SlotIndex {
    std::vector<size_t> nodes;
    std::vector<size_t> edges;  // that touch it or read it
    std::vector<size_t> conditions;
    std::optional<size_t> start;
    std::vector<std::string> labels;  // that its node has to bear
  };
  // A slot that the plan can start at.
  struct Start {
    Slot slot = 0;
    bool stale = true;
    bool seeks = false;
    double rows = kNever;
  };
  // What is known of an edge beside itself.
  struct EdgeCost {
    HopEstimate forward;  // as it is written
    HopEstimate backward;
    bool stale = true;
    double rows = kNever;  // kNever: it cannot be placed yet
  };

  void IndexConditions() {
    placed_.resize(run_.conditions.size());
    for (size_t i = 0; i < run_.conditions.size(); ++i) {
      pending_.push_back(i);
      size_t unbound = 0;
      for (Slot slot : run_.conditions[i].expression->reads) {
        slots_[slot].conditions.push_back(i);
        if (!Bound(slot)) ++unbound;
      }
      const auto* label = std::get_if<LabelPredicate>(&run_.conditions[i].expression->node);
      const auto* object =
          label == nullptr ? nullptr : std::get_if<SlotReference>(&label->object->node);
      if (object != nullptr) AddLabels(object->slot, label->labels);
      unbound_.push_back(unbound);
    }
  }

  void IndexSteps() {
    for (size_t i = 0; i < run_.nodes.size(); ++i) {
      slots_[run_.nodes[i].slot].nodes.push_back(i);
      AddLabels(run_.nodes[i].slot, run_.nodes[i].labels);
    }
    for (size_t i = 0; i < run_.edges.size(); ++i) {
      const StepEdge& edge = run_.edges[i];
      for (Slot slot : {edge.from, edge.to, edge.relationship}) slots_[slot].edges.push_back(i);
      for (Slot slot : edge.reads) slots_[slot].edges.push_back(i);
      const std::vector<std::string>& from = slots_[edge.from].labels;
      const std::vector<std::string>& to = slots_[edge.to].labels;
      EdgeCost cost;
      cost.forward = estimates_.Hop(*edge.plan, from, to);
      cost.backward = estimates_.Hop(*edge.plan, to, from, /*flipped=*/true);
      costs_.push_back(std::move(cost));
    }
    for (const PatternSteps::Step& step : run_.steps) {
      if (!step.is_edge) {
        AddStart(run_.nodes[step.index].slot);
        continue;
      }
      AddStart(run_.edges[step.index].from);
      AddStart(run_.edges[step.index].to);
    }
  }

  void AddLabels(Slot slot, const std::vector<std::string>& labels) {
    std::vector<std::string>& known = slots_[slot].labels;
    known.insert(known.end(), labels.begin(), labels.end());
  }

  void AddStart(Slot slot) {
    std::optional<size_t>& start = slots_[slot].start;
    if (start.has_value()) return;
    start = starts_.size();
    starts_.push_back({slot});
  }

  bool Bound(Slot slot) const { return bound_.contains(slot); }
  bool AllBound(const std::vector<Slot>& slots) const {
    return std::all_of(slots.begin(), slots.end(), [&](Slot slot) { return Bound(slot); });
  }

  void Bind(Slot slot) {
    if (!bound_.insert(slot).second) return;
    const SlotIndex& index = slots_[slot];
    MarkStale(slot);
    for (size_t i : index.edges) {
      MarkStartStale(run_.edges[i].from);
      MarkStartStale(run_.edges[i].to);
    }
    for (size_t i : index.conditions) {
      if (--unbound_[i] != 1) continue;
      // From now on it counts for the last slot that it waits for.
      const std::vector<Slot>& reads = run_.conditions[i].expression->reads;
      MarkStale(*std::find_if(reads.begin(), reads.end(), [&](Slot read) { return !Bound(read); }));
    }
  }

  void MarkStale(Slot slot) {
    const auto found = slots_.find(slot);
    if (found == slots_.end()) return;
    for (size_t i : found->second.edges) costs_[i].stale = true;
    MarkStartStale(slot);
  }

  void MarkStartStale(Slot slot) {
    const auto found = slots_.find(slot);
    if (found == slots_.end() || !found->second.start.has_value()) return;
    starts_[*found->second.start].stale = true;
  }

  // ---- Conditions

  void PlaceConditions(bool now) {
    if (!now) return;
    FilterPlan filter;
    bool waits = false;  // an earlier condition does
    std::erase_if(pending_, [&](size_t i) {
      if (placed_[i]) return true;
      StepCondition& condition = run_.conditions[i];
      if (unbound_[i] > 0 || (waits && condition.can_raise)) {
        waits = true;
        return false;
      }
      placed_[i] = true;
      filter.predicates.push_back(std::move(condition.expression));
      return true;
    });
    if (filter.predicates.empty()) return;
    filter.input = std::move(plan_);
    plan_ = MakePlan(std::move(filter));
  }

  // The share of rows that the conditions waiting for this unbound slot alone let through, labels
  // aside.
  double ShareAt(Slot slot) const {
    double share = 1.0;
    const auto found = slots_.find(slot);
    if (found == slots_.end()) return share;
    for (size_t i : found->second.conditions) {
      if (placed_[i] || unbound_[i] != 1) continue;
      const Expression& condition = *run_.conditions[i].expression;
      if (!std::holds_alternative<LabelPredicate>(condition.node)) {
        share *= estimates_.ShareOf(condition);
      }
    }
    return share;
  }

  // ---- Nodes

  struct Seek {
    NodeSeekPlan::By by = NodeSeekPlan::By::kNode;
    ExpressionPtr* value = nullptr;    // in a condition that the seek fulfils, kKeys aside
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
  static bool IsKeyOf(const Expression& side, Slot node) {
    const auto* property = std::get_if<PropertyReference>(&side.node);
    return property != nullptr && property->name == kBuiltInProperties[kKeyProperty] &&
           IsNode(*property->object, node);
  }

  std::optional<Seek> FindSeek(Slot node) {
    if (!passes_.seeks) return std::nullopt;
    for (size_t i : slots_[node].conditions) {
      if (placed_[i] || unbound_[i] != 1) continue;
      Expression::Node& condition = run_.conditions[i].expression->node;
      if (auto* in = std::get_if<BinaryExpression>(&condition)) {
        if (in->op != ast::BinaryOperator::kIn || !IsKeyOf(*in->left, node)) continue;
        const bool ready = AllBound(in->right->reads) && !CanRaise(*in->right);
        if (ready && CopyOf(*in->right) != nullptr) {
          return Seek{NodeSeekPlan::By::kKeys, &in->right, i};
        }
      }
      auto* equal = std::get_if<ComparisonExpression>(&condition);
      if (equal == nullptr || equal->comparator != ast::Comparator::kEqual) continue;
      for (const bool swapped : {false, true}) {
        const Expression& side = swapped ? *equal->right : *equal->left;
        ExpressionPtr* value = swapped ? &equal->left : &equal->right;
        if (!AllBound((*value)->reads)) continue;
        if (IsNode(side, node)) return Seek{NodeSeekPlan::By::kNode, value, i};
        if (IsIdOf(side, node)) return Seek{NodeSeekPlan::By::kId, value, i};
        if (IsKeyOf(side, node)) return Seek{NodeSeekPlan::By::kKey, value, i};
      }
    }
    for (size_t i : slots_[node].edges) {
      const StepEdge& edge = run_.edges[i];
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
    } else if (seek.by == NodeSeekPlan::By::kKeys) {
      plan.value = CopyOf(**seek.value);
    } else {
      plan.value = std::move(*seek.value);
      placed_[seek.condition] = true;
    }
    plan.input = std::move(plan_);
    plan_ = MakePlan(std::move(plan));
  }

  // The index that serves best, where there is no other seek.
  std::optional<IndexChoice> FindIndex(Slot node, const std::vector<std::string>& labels) {
    if (!passes_.seeks) return std::nullopt;
    std::vector<const Expression*> conditions;
    for (size_t i : slots_[node].conditions) {
      if (!placed_[i] && unbound_[i] == 1) {
        conditions.push_back(run_.conditions[i].expression.get());
      }
    }
    return ChooseIndex(estimates_, node, labels, conditions);
  }

  void CheckLabels(Slot node, std::vector<std::string> labels, bool exact) {
    if (labels.empty()) return;
    FilterPlan filter;
    filter.predicates.push_back(
        MakeExpression(LabelPredicate{MakeExpression(SlotReference{node}, {}, kNodeOrNull),
                                      std::move(labels), exact},
                       {}, {Type::kBoolean, Type::kNull}));
    filter.input = std::move(plan_);
    plan_ = MakePlan(std::move(filter));
  }

  // Binds a node by a seek or else a scan. `labels` are checked here.
  void BindNode(Slot slot, std::vector<std::string> labels, bool exact) {
    std::optional<Seek> seek = FindSeek(slot);
    if (seek.has_value()) {
      PlaceSeek(slot, *seek);
      Bind(slot);
      CheckLabels(slot, std::move(labels), exact);
      return;
    }
    std::optional<IndexChoice> index = FindIndex(slot, labels);
    if (index.has_value()) {
      // The seek has seen to this label and those under it.
      if (!exact) std::erase(labels, index->seek.label);
      index->seek.input = std::move(plan_);
      plan_ = MakePlan(std::move(index->seek));
      Bind(slot);
      CheckLabels(slot, std::move(labels), exact);
      return;
    }
    if (!labels.empty()) std::swap(labels[0], labels[estimates_.RarestLabel(labels)]);
    plan_ = MakePlan(NodeScanPlan{std::move(plan_), slot, std::move(labels), exact});
    Bind(slot);
  }

  void PlaceNode(size_t index) {
    StepNode& node = run_.nodes[index];
    node_placed_[index] = true;
    if (!Bound(node.slot)) {
      BindNode(node.slot, std::move(node.labels), node.exact);
      return;
    }
    // An expansion came first.
    CheckLabels(node.slot, std::move(node.labels), node.exact);
  }

  // A node that only expansions bind as they are written may be scanned for, by the labels of a
  // condition that waits for it.
  void StartAt(Slot slot) {
    for (size_t i : slots_[slot].nodes) {
      if (!node_placed_[i]) return PlaceNode(i);
    }
    std::vector<std::string> labels;
    bool exact = false;
    for (size_t i : slots_[slot].conditions) {
      if (placed_[i]) continue;
      auto* label = std::get_if<LabelPredicate>(&run_.conditions[i].expression->node);
      if (label == nullptr || !IsNode(*label->object, slot)) continue;
      placed_[i] = true;
      exact = label->exact;
      labels.insert(labels.end(), label->labels.begin(), label->labels.end());
    }
    BindNode(slot, std::move(labels), exact);
  }

  // ---- Edges

  void PlaceEdge(StepEdge& edge, bool flipped) {
    edge.placed = true;
    costs_[static_cast<size_t>(&edge - run_.edges.data())].stale = true;
    std::visit(
        [&](auto& node) {
          if constexpr (requires { node.heading; }) PlaceExpand(edge, flipped, &node);
        },
        edge.plan->node);
    plan_ = std::move(edge.plan);
    for (Slot slot : {edge.from, edge.to, edge.relationship}) {
      if (!Bound(slot)) reached_.insert(slot);
      Bind(slot);
      if (!passes_.order) continue;
      // The labels of a node that was to be scanned for and has been reached instead.
      for (size_t i : slots_[slot].nodes) {
        if (!node_placed_[i]) PlaceNode(i);
      }
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
    expand->distinct_from.erase(
        std::unique(expand->distinct_from.begin(), expand->distinct_from.end()),
        expand->distinct_from.end());
  }

  // ---- The cheapest order

  // Rows that placing the edge makes of one row.
  double EdgeRows(size_t index) {
    const StepEdge& edge = run_.edges[index];
    if (edge.placed || !AllBound(edge.reads)) return kNever;
    if (edge.relationship_bound && !Bound(edge.relationship)) return kNever;
    const bool from = Bound(edge.from);
    const bool to = Bound(edge.to);
    if ((!from && !to) || (edge.needs_both_ends && !(from && to))) return kNever;
    const HopEstimate& hop = from ? costs_[index].forward : costs_[index].backward;
    const double rows =
        hop.rows * (reached_.contains(from ? edge.from : edge.to) ? hop.crowding : 1);
    if (from && to) return std::min(0.1, rows / estimates_.Nodes());
    return rows * hop.far_share * ShareAt(from ? edge.to : edge.from);
  }

  // The cheapest edge that can be placed now, the first of several; nullptr if there is none.
  StepEdge* CheapestEdge(double* rows) {
    StepEdge* best = nullptr;
    for (size_t i = 0; i < costs_.size(); ++i) {
      EdgeCost& cost = costs_[i];
      if (cost.stale) {
        cost.rows = EdgeRows(i);
        cost.stale = false;
      }
      if (cost.rows == kNever || (best != nullptr && cost.rows >= *rows)) continue;
      best = &run_.edges[i];
      *rows = cost.rows;
    }
    return best;
  }

  void Estimate(Start* start) {
    start->stale = false;
    start->rows = kNever;
    if (Bound(start->slot)) return;
    const std::optional<Seek> seek = FindSeek(start->slot);
    start->seeks = seek.has_value();
    if (start->seeks) {
      // One node at most, as a rule, comes before everything else.
      const bool several = seek->by == NodeSeekPlan::By::kKeys;
      start->rows = several ? StepEstimates::ElementsOf(**seek->value) : 0;
      return;
    }
    const std::vector<std::string>& labels = slots_[start->slot].labels;
    if (const std::optional<IndexChoice> index = FindIndex(start->slot, labels)) {
      start->seeks = true;
      start->rows = index->rows;
      return;
    }
    start->rows = estimates_.NodesWith(labels) * ShareAt(start->slot);
  }

  const Start* CheapestStart(bool seeks_only) {
    const Start* best = nullptr;
    for (Start& start : starts_) {
      if (start.stale) Estimate(&start);
      if (start.rows == kNever || (seeks_only && !start.seeks)) continue;
      if (best == nullptr || start.rows < best->rows) best = &start;
    }
    return best;
  }

  // False when all steps are placed.
  bool PlaceCheapest() {
    double rows = 0;
    StepEdge* edge = CheapestEdge(&rows);
    const Start* start = CheapestStart(/*seeks_only=*/edge != nullptr);
    if (start != nullptr && (edge == nullptr || start->rows < rows)) {
      StartAt(start->slot);
    } else if (edge != nullptr) {
      PlaceEdge(*edge, !Bound(edge->from));
    } else {
      return PlaceRest();
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

  const StepEstimates& estimates_;
  PatternPasses passes_;
  const StopSignal* stop_;
  PatternSteps run_;
  PlanPtr plan_;
  SlotSet bound_;
  SlotSet reached_;  // of these, what an edge has bound
  absl::flat_hash_map<Slot, SlotIndex> slots_;
  std::vector<bool> node_placed_;
  std::vector<EdgeCost> costs_;  // of the edges
  std::vector<Start> starts_;    // in the order in which the steps name them
  std::vector<bool> placed_;     // of the conditions
  std::vector<size_t> unbound_;  // of the conditions: how many slots they wait for
  std::vector<size_t> pending_;  // conditions that are to be placed, in order
};

absl::Status ArrangeWithin(const PatternContext& context, Expression* expression) {
  if (auto* subquery = std::get_if<SubqueryExpression>(&expression->node)) {
    RETURN_IF_ERROR(ArrangePatterns(context, &subquery->plan));
  }
  absl::Status status;
  ForEachChild(*expression, [&](ExpressionPtr& child) {
    if (status.ok()) status = ArrangeWithin(context, child.get());
  });
  return status;
}

absl::Status ArrangeInExpressions(const PatternContext& context, Plan* plan) {
  absl::Status status;
  ForEachExpression(*plan, [&](ExpressionPtr& expression) {
    if (status.ok()) status = ArrangeWithin(context, expression.get());
  });
  return status;
}

}  // namespace

absl::Status ArrangePatterns(const PatternContext& context, PlanPtr* plan) {
  PatternSteps run = PatternSteps::Take(plan);
  if (!run.empty()) {
    for (StepCondition& condition : run.conditions) {
      RETURN_IF_ERROR(ArrangeWithin(context, condition.expression.get()));
    }
    for (StepEdge& edge : run.edges) {
      RETURN_IF_ERROR(ArrangeInExpressions(context, edge.plan.get()));
    }
    RETURN_IF_ERROR(ArrangePatterns(context, plan));
    ASSIGN_OR_RETURN(*plan, Arrangement(context, std::move(run), std::move(*plan)).Arrange());
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(ArrangeInExpressions(context, plan->get()));
  absl::Status status;
  ForEachInput(**plan, [&](PlanPtr& input) {
    if (status.ok()) status = ArrangePatterns(context, &input);
  });
  return status;
}

}  // namespace entente::query
