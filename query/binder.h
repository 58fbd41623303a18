// The binder: gives the names of a syntax tree their meaning, checks what openCypher checks before
// a statement runs, and builds the plan in the statement's own order; the optimizer improves it.
//
//   bind_clause.cc      queries, their clauses and how these may follow each other
//   bind_projection.cc  WITH and RETURN: items, aggregation, DISTINCT, ORDER BY, SKIP, LIMIT
//   bind_pattern.cc     patterns to scans and expansions
//   bind_update.cc      CREATE, MERGE, SET, REMOVE, DELETE
//   bind_call.cc        CALL
//   bind_lens.cc        lens clauses
//   bind_subquery.cc    plans inside expressions
//   bind_expression.h   all other expressions
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "query/ast.h"
#include "query/expression.h"
#include "query/plan.h"
#include "query/prepare.h"
#include "query/scope.h"

namespace entente::query {

// An unoptimized plan without `live` slots. Errors as for Prepare.
absl::StatusOr<std::unique_ptr<PreparedPlan>> Bind(const ast::QueryStatement& statement,
                                                   const PrepareContext& context);

// A query so far: its plan and the names that the next clause sees.
struct Flow {
  PlanPtr plan;
  Scope scope;
};

// The state of binding one statement. Only for the files above.
class Binder {
 public:
  // Both must outlive the binder.
  Binder(const PrepareContext& context, PreparedPlan* prepared)
      : context_(context), prepared_(*prepared) {}

  absl::Status BindStatement(const ast::QueryStatement& statement);

  // --- For expressions
  Slot NewSlot(absl::string_view name);
  void NoteParameter(absl::string_view name, SourceSpan span);
  // The lens in force for a pattern with these clauses of its own, or without any for a function;
  // nullptr for the default.
  absl::StatusOr<const BoundLens*> BindLens(const ast::LensClauses& own, const Scope& scope);
  // Patterns and queries inside expressions. `scope` is what they see of the enclosing query.
  absl::StatusOr<ExpressionPtr> BindPatternExpression(const ast::PatternExpression& node,
                                                      const Scope& scope, SourceSpan span);
  absl::StatusOr<ExpressionPtr> BindPatternComprehension(const ast::PatternComprehension& node,
                                                         const Scope& scope, SourceSpan span);
  absl::StatusOr<ExpressionPtr> BindQueryExpression(const ast::Query& query,
                                                    SubqueryExpression::Kind kind,
                                                    const Scope& scope, SourceSpan span);

 private:
  using Columns = std::vector<std::pair<std::string, Binding>>;

  // Where a query starts: from nothing, or from the rows of what encloses it.
  struct Origin {
    Scope scope;
    std::optional<Slot> ordinal;
  };
  enum class Place { kStatement, kCall, kExpression };
  struct BoundQuery {
    PlanPtr plan;
    Columns columns;
    bool returns = false;
  };
  struct PatternOptions {
    const BoundLens* lens = nullptr;
    bool exact = false;          // MERGE: neither labels nor types stand for those under them
    bool declares_names = true;  // a pattern predicate does not
  };
  // The slots of one path pattern's parts.
  struct PatternSlots {
    const ast::PathPattern* pattern = nullptr;
    std::vector<Slot> nodes;
    std::vector<Slot> relationships;
    std::vector<bool> relationship_bound;
    std::optional<Slot> path;
  };
  // Patterns of one clause on the way to a plan.
  struct PatternClause {
    PatternOptions options;
    Slot first_new = 0;  // slots from here on are the clause's own
    std::vector<PatternSlots> patterns;
    absl::flat_hash_set<Slot> placed;  // own slots of nodes whose columns the plan has
    std::vector<Slot> relationships;   // own slots and bound ones, as far as they are placed
    std::vector<ExpressionPtr> predicates;
  };
  // One subplan in the making, see BeginSubplan.
  struct Subplan {
    Slot ordinal = 0;
    Slot first_own = 0;
  };
  // What a WITH or RETURN item became.
  struct ProjectedItem {
    const ast::Expression* expression = nullptr;  // null: one of the variables of `*`
    std::string name;
    SourceSpan span;
    bool aggregates = false;
    bool needs_alias = false;
    Binding binding;
  };

  // bind_clause.cc
  absl::StatusOr<BoundQuery> BindQuery(const ast::Query& query, const Origin& origin, Place place);
  absl::StatusOr<BoundQuery> BindSingleQuery(const ast::SingleQuery& query, const Origin& origin,
                                             Place place);
  absl::StatusOr<BoundQuery> BindUnion(const ast::Query& query, std::vector<BoundQuery> parts);
  absl::Status CheckComposition(const ast::SingleQuery& query, Place place) const;
  absl::Status BindClause(const ast::Clause& clause, Flow* flow);
  absl::Status BindMatch(const ast::Match& match, Flow* flow);
  absl::Status BindUnwind(const ast::Unwind& unwind, Flow* flow);
  absl::Status BindCallSubquery(const ast::CallSubquery& call, SourceSpan span, Flow* flow);

  // bind_projection.cc
  absl::StatusOr<Columns> BindProjection(const ast::Projection& projection,
                                         const ast::Expression* where, bool with, Flow* flow);
  absl::StatusOr<std::vector<ProjectedItem>> ListItems(const ast::Projection& projection, bool with,
                                                       const Scope& scope) const;
  absl::Status ProjectItems(std::vector<ProjectedItem>* items, Flow* flow);
  absl::Status AggregateItems(std::vector<ProjectedItem>* items, Flow* flow);
  absl::Status BindOrder(const ast::Projection& projection, const std::vector<ProjectedItem>& items,
                         bool aggregated, const Scope& scope, Flow* flow);
  absl::StatusOr<ExpressionPtr> BindRowCount(const ast::Expression& count, const Scope& scope);

  // bind_pattern.cc
  absl::StatusOr<PatternClause> DeclarePatterns(absl::Span<const ast::PathPattern* const> patterns,
                                                const PatternOptions& options, Scope* scope);
  absl::StatusOr<Slot> DeclareNode(const ast::NodePattern& node, const PatternClause& clause,
                                   Scope* scope);
  absl::Status DeclareRelationship(const ast::RelationshipPattern& relationship,
                                   const PatternClause& clause,
                                   absl::flat_hash_set<std::string>* used, PatternSlots* slots,
                                   Scope* scope);
  // The types of the pattern. Those of a question must exist and are found in any case of letters.
  absl::StatusOr<std::vector<std::string>> TypesOf(
      const ast::RelationshipPattern& relationship) const;
  // Those of a question must exist.
  absl::Status CheckLabels(const ast::NodePattern& node) const;
  // Scans and expansions, then a Filter of those predicates of the patterns and of `where` that
  // need no path, then the paths, then the other predicates.
  absl::Status PlacePatterns(PatternClause* clause, const ast::Expression* where, Flow* flow);
  absl::Status PlacePattern(const PatternSlots& slots, PatternClause* clause, Flow* flow);
  void ScanNode(const PatternSlots& slots, size_t index, PatternClause* clause, Flow* flow);
  absl::Status ExpandStep(const PatternSlots& slots, size_t index, bool backwards,
                          PatternClause* clause, Flow* flow);
  absl::Status AddNodePredicates(const PatternSlots& slots, size_t index, bool labels,
                                 PatternClause* clause, const Scope& scope);
  absl::Status AddPropertyPredicates(const ast::Expression& properties, Slot slot, TypeSet type,
                                     const Scope& scope, std::vector<ExpressionPtr>* predicates);
  void ProjectPaths(const PatternClause& clause, Flow* flow);

  // bind_subquery.cc
  Subplan BeginSubplan();
  PlanPtr ArgumentOf(const Subplan& subplan) const;
  // Tells the Argument leaves which slots the plan reads from the enclosing rows, and returns them.
  std::vector<Slot> FinishSubplan(const Subplan& subplan, Plan* plan) const;
  static bool NeedsRowByRow(const Plan& plan);
  absl::StatusOr<ExpressionPtr> FinishSubquery(const Subplan& subplan, PlanPtr plan,
                                               SubqueryExpression::Kind kind,
                                               const ExpressionPtr& result, SourceSpan span);

  // bind_update.cc
  absl::Status BindCreate(const ast::Create& create, Flow* flow);
  absl::Status BindMerge(const ast::Merge& merge, Flow* flow);
  // What may not stand in a pattern that makes something. The sets are the names that earlier
  // patterns of the clause have made.
  absl::Status CheckCreatedPattern(const ast::PathPattern& pattern, bool merge, const Scope& scope,
                                   absl::flat_hash_set<std::string>* made_nodes,
                                   absl::flat_hash_set<std::string>* made_relationships) const;
  // What of the declared patterns is to be made. Properties see `scope`.
  absl::Status ListCreated(const PatternClause& clause, const Scope& scope,
                           std::vector<CreatedNode>* nodes,
                           std::vector<CreatedRelationship>* relationships);
  absl::StatusOr<ExpressionPtr> BindCreatedProperties(const ast::ExpressionPtr& properties,
                                                      const Scope& scope);
  absl::StatusOr<std::vector<UpdateAction>> BindSetItems(const std::vector<ast::SetItem>& items,
                                                         const Scope& scope);
  absl::StatusOr<UpdateAction> BindSetProperty(const ast::Expression& object, const ast::Name& key,
                                               const ast::Expression* value, const Scope& scope);
  absl::StatusOr<UpdateAction> BindLabels(const ast::SetItem::Labels& labels, bool remove,
                                          const Scope& scope);
  absl::Status BindRemove(const ast::Remove& remove, Flow* flow);
  absl::Status BindDelete(const ast::Delete& clause, Flow* flow);

  // bind_call.cc
  absl::Status BindCall(const ast::Call& call, SourceSpan span, bool standalone, Flow* flow,
                        Columns* columns);
  absl::StatusOr<std::vector<ExpressionPtr>> BindCallArguments(const ast::Call& call,
                                                               const ProcedureSignature& signature,
                                                               bool standalone, const Scope& scope);

  // bind_lens.cc
  // What `lens` sets already goes to `replaced`.
  absl::Status BindLensClauses(const ast::LensClauses& clauses, const Scope& scope, BoundLens* lens,
                               BoundLens* replaced);
  void KeepReplaced(BoundLens replaced);

  const PrepareContext& context_;
  PreparedPlan& prepared_;
  // Lens clauses of the enclosing queries and MATCHes, outermost first, with what their
  // expressions see.
  std::vector<std::pair<const ast::LensClauses*, Scope>> lens_stack_;
};

}  // namespace entente::query
