// The plan: operators as plain structs, input below. The binder builds it in the statement's order,
// the optimizer rewrites it, the executor makes one operator of each node (operators/). A batch of
// rows flows from input to output; every operator keeps its input's slots and adds its own, unless
// it says otherwise.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/graph.h"
#include "query/expression.h"

namespace entente::query {

struct BuiltInProcedure;  // query/procedures.h
struct EvidenceField;     // query/evidence_fields.h

// ---- Leaves

// One row without columns.
struct UnitPlan {};
// The rows of the enclosing operator or expression: Optional, Apply, Merge, SubqueryExpression.
// They come a batch at a time, with the outer row's number in the batch (an integer) in `ordinal`,
// by which the encloser tells whose rows come out; or, where the inner plan computes over all rows
// of one outer row (aggregation, DISTINCT, ORDER BY, SKIP, LIMIT: `row_by_row` of the encloser),
// one at a time. `slots` are those that the inner plan reads; the encloser itself adds its input's
// other columns to the rows that come out, by their ordinal.
struct ArgumentPlan {
  std::vector<Slot> slots;
  Slot ordinal = 0;
};

// ---- Reading

// For each input row, every node that bears all `labels` (of which the optimizer chooses the one to
// scan by and puts it first). No labels: every node.
struct NodeScanPlan {
  PlanPtr input;
  Slot node;
  std::vector<std::string> labels;
  bool exact = false;  // MERGE: labels under these do not count
  // Nodes without relationships in this direction may be left out. Made by the optimizer.
  std::optional<Heading> hops;
};
// For each input row, the nodes that `value` leads to, found without looking at all nodes. Made by
// the optimizer, which checks labels in a Filter above.
struct NodeSeekPlan {
  enum class By {
    kId,    // the node of this id, if it exists; 1.0 is the id 1, what is no number finds nothing
    kNode,  // this node, if it exists; what is no node finds nothing
    kKey,   // every node whose property `key` equals the value
    // Every node whose property `key` is IN the list, and more where that cannot be told from the
    // list's strings alone: the condition is checked above.
    kKeys,
  };
  PlanPtr input;
  Slot node;
  By by = By::kId;
  ExpressionPtr value;
};
// For each input row, the nodes that bear the label for which a condition on the property may be
// true, found by an index; all that bear the label where there is no such index any more. The
// optimizer makes it and leaves the condition above.
struct IndexSeekPlan {
  enum class By {
    kValue,   // property = value
    kList,    // property IN value
    kPrefix,  // property STARTS WITH value
    kRange,   // property > or >= value, property < or <= greatest
  };
  PlanPtr input;
  Slot node;
  std::string label;
  std::string property;
  By by = By::kValue;
  ExpressionPtr value;     // null in a range without a least value
  ExpressionPtr greatest;  // null unless it is a range with one
};
// For each input row, the relationships at `from`. Where `to` is bound already (`into`), those
// between the two. A null `from` (or `to`) has none.
struct ExpandPlan {
  PlanPtr input;
  Slot from;
  Slot relationship;
  Slot to;
  bool into = false;
  // The relationship itself is bound already: the row survives if it lies between the nodes.
  bool relationship_bound = false;
  Heading heading = Heading::kEither;
  std::vector<std::string> types;   // any of them; empty: every type
  bool exact = false;               // MERGE: types under these do not count
  std::vector<Slot> distinct_from;  // relationships (or lists of them) of the same MATCH
  const BoundLens* lens = nullptr;  // owned by PreparedPlan; null: the default
  // What is read beside each relationship (RelationshipExtract). Set by the optimizer.
  bool extracts_valid_time = false;
  bool extracts_evidence = false;
  // Relationships for which the extract tells that they are not contested, or do not begin within
  // these days, may be left out: conditions above would drop them. Likewise.
  bool only_contested = false;
  int32_t least_valid_from = INT32_MIN;
  int32_t most_valid_from = INT32_MAX;
  // Relationships of other types than those of this list, exactly, may be left out, too. Reads no
  // slot; may be null.
  ExpressionPtr only_types;
  // Only those of this type, exactly, fit: what stood in a condition above. Likewise.
  ExpressionPtr only_type;
  // Instead of a row for each relationship, one with their number in this slot, unless there are
  // none. Made by the optimizer.
  std::optional<Slot> count;
};
// For each input row, the nodes that two hops from bound nodes have in common: an Expand and the
// Expand into its end, as one. Made by the optimizer.
struct IntersectPlan {
  struct Hop {
    Slot from;
    Slot relationship;
    Heading heading = Heading::kEither;
    std::vector<std::string> types;
    std::vector<Slot> distinct_from;
    const BoundLens* lens = nullptr;  // the same for all rows
  };
  PlanPtr input;
  Slot to;
  Hop hops[2];
  bool hops_differ = false;   // the two may not be one relationship
  std::optional<Slot> count;  // as in ExpandPlan
};
// The same over paths of `least` to `most` relationships, none twice in a path; `relationships` is
// a list in order from `from`.
// With a search only the shortest path (or all of them) between two nodes, if its length
// lies between `least` and `most`; from a node to itself that is the empty one.
struct VariableExpandPlan {
  PlanPtr input;
  Slot from;
  Slot relationships;
  Slot to;
  bool into = false;
  bool relationships_bound = false;  // the list is given: check it and bind `to`
  bool reversed = false;             // the list is in order from `to` instead
  Heading heading = Heading::kEither;
  std::vector<std::string> types;
  int64_t least = 1;
  std::optional<int64_t> most;
  ast::PathSearch search = ast::PathSearch::kAll;
  // Every end comes once, however many paths lead there: nothing above reads the lists or can tell.
  // Made by the optimizer where `least` is at most 1.
  bool ends_only = false;
  // Each relationship must satisfy this; it reads `each`, which only it sees. May be null.
  Slot each = 0;
  ExpressionPtr predicate;
  std::vector<Slot> distinct_from;
  const BoundLens* lens = nullptr;
};
// Rows for which every predicate is true.
struct FilterPlan {
  PlanPtr input;
  std::vector<ExpressionPtr> predicates;
};
// Rows of `inner`, which starts from an Argument with this input's row; an input row without any
// comes once with the inner slots null (OPTIONAL MATCH).
struct OptionalPlan {
  PlanPtr input;
  PlanPtr inner;
  std::vector<Slot> introduced;
  Slot ordinal = 0;
  bool row_by_row = false;
};
// Rows of `inner` for each input row (CALL { … }), with the inner plan's `introduced` slots.
struct ApplyPlan {
  PlanPtr input;
  PlanPtr inner;
  std::vector<Slot> introduced;
  Slot ordinal = 0;
  bool row_by_row = false;
};
// A row for each element of a list; null and the empty list yield none, another value itself.
struct UnwindPlan {
  PlanPtr input;
  ExpressionPtr list;
  Slot element;
};
// A row for each piece of evidence of the relationship: UNWIND evidence(relationship), of whose
// maps only these fields are read. Made by the optimizer.
struct EvidencePlan {
  PlanPtr input;
  ExpressionPtr relationship;
  std::vector<std::pair<const EvidenceField*, Slot>> fields;
};
// CALL name(arguments) YIELD …: the standalone form without YIELD yields every column.
struct ProcedureCallPlan {
  PlanPtr input;
  std::string name;
  std::vector<ExpressionPtr> arguments;
  std::vector<std::pair<std::string, Slot>> yields;
  bool keeps_rows = false;  // a procedure without columns in the middle of a query
  const BuiltInProcedure* built_in = nullptr;  // null: a registered table
};

// ---- Projection

// Adds slots computed from the row.
struct ProjectPlan {
  PlanPtr input;
  std::vector<std::pair<Slot, ExpressionPtr>> items;
};
struct Aggregation {
  Slot slot;
  const AggregateRow* function;
  bool distinct = false;
  bool star = false;
  std::vector<ExpressionPtr> arguments;
};
// One row for each group of equal keys, with the keys' and the aggregates' slots alone. Without
// keys there is always one row.
struct AggregatePlan {
  PlanPtr input;
  std::vector<std::pair<Slot, ExpressionPtr>> keys;
  std::vector<Aggregation> aggregations;
};
// One row for each combination of these slots, which alone survive.
struct DistinctPlan {
  PlanPtr input;
  std::vector<Slot> slots;
};
struct SortKey {
  ExpressionPtr expression;
  bool descending = false;
};
// All rows in order; with `limit` the first ones only (made by the optimizer of Sort + Limit).
struct SortPlan {
  PlanPtr input;
  std::vector<SortKey> keys;
  ExpressionPtr limit;  // may be null; the input is pulled to its end in any case
  // Slots that are added here, only to rows which by their first key may be among the first; that
  // key does not read them, the others may. Made by the optimizer of a Project below. None can fail
  // but calls of total functions (FunctionRow), whose arguments are looked at for every row.
  std::vector<std::pair<Slot, ExpressionPtr>> late;
};
struct SkipPlan {
  PlanPtr input;
  ExpressionPtr count;
};
struct LimitPlan {
  PlanPtr input;
  ExpressionPtr count;
  bool drains = false;  // something below writes: the whole input is pulled all the same
};
// Rows of every input, one after the other; `slots[i]` of input i become `output`.
struct UnionPlan {
  std::vector<PlanPtr> inputs;
  std::vector<std::vector<Slot>> slots;
  std::vector<Slot> output;
};

// ---- Writing. Each takes all its input before it writes, and passes the rows on afterwards.

struct CreatedNode {
  Slot slot;
  std::vector<std::string> labels;
  ExpressionPtr properties;  // a map, may be null
};
struct CreatedRelationship {
  Slot slot;
  Slot start;
  Slot end;
  std::string type;
  ExpressionPtr properties;  // may be null
};
struct CreatePlan {
  PlanPtr input;
  std::vector<CreatedNode> nodes;
  std::vector<CreatedRelationship> relationships;
};
struct SetPropertyAction {
  ExpressionPtr object;
  std::string name;
  ExpressionPtr value;  // a Constant null removes
};
struct SetPropertiesAction {
  ExpressionPtr object;
  ExpressionPtr properties;  // a map, a node or a relationship
  bool merge = false;
};
struct LabelsAction {
  ExpressionPtr object;
  std::vector<std::string> labels;
  bool remove = false;
};
using UpdateAction = std::variant<SetPropertyAction, SetPropertiesAction, LabelsAction>;
// SET and REMOVE.
struct UpdatePlan {
  PlanPtr input;
  std::vector<UpdateAction> actions;
};
// For each row in turn: the rows of `match` (from an Argument with this row), after `on_match`; if
// there are none, one row with the pattern created, after `on_create`. Sees its own writes.
struct MergePlan {
  PlanPtr input;
  PlanPtr match;
  std::vector<CreatedNode> nodes;
  std::vector<CreatedRelationship> relationships;
  std::vector<UpdateAction> on_create;
  std::vector<UpdateAction> on_match;
};
struct DeletePlan {
  PlanPtr input;
  bool detach = false;
  std::vector<ExpressionPtr> expressions;
};

struct Plan {
  using Node = std::variant<UnitPlan, ArgumentPlan, NodeScanPlan, NodeSeekPlan, IndexSeekPlan,
                            ExpandPlan, IntersectPlan, VariableExpandPlan, FilterPlan, OptionalPlan,
                            ApplyPlan, UnwindPlan, EvidencePlan, ProcedureCallPlan, ProjectPlan,
                            AggregatePlan, DistinctPlan, SortPlan, SkipPlan, LimitPlan, UnionPlan,
                            CreatePlan, UpdatePlan, MergePlan, DeletePlan>;
  Node node;
  // Slots whose columns anything above still reads: an operator fills these and no others. Set by
  // the optimizer's last pass, which always runs.
  std::vector<Slot> live;
  double estimated_rows = 0;
  // Runs in several threads: an operator that takes all of its input before its first row, and what
  // lies below it, one above another, down to where rows are given out to the threads
  // (query/morsels.h). Set by the optimizer.
  bool parallel = false;
};

// A parameter that the statement reads, with the place where it does so first.
struct ParameterUse {
  std::string name;
  SourceSpan span;
};

// A statement ready to run, with everything its plan points to. Immutable: runs may share it.
struct PreparedPlan {
  PlanPtr root;
  std::vector<std::string> columns;     // names, in order
  std::vector<Slot> column_slots;       // empty columns: the statement returns nothing
  std::vector<std::string> slot_names;  // by slot; "" for unnamed ones
  std::vector<std::unique_ptr<BoundLens>> lenses;
  std::vector<ParameterUse> parameters;
  bool writes = false;
  size_t stack_bytes = 0;  // that a run needs at most (stack_room.h)
  ast::Explain explain = ast::Explain::kNone;
};

}  // namespace entente::query
