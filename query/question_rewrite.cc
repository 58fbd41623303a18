#include "query/question_rewrite.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace entente::query {
namespace {

// Variables of the rewritten query. Columns have other names, since ORDER BY sees both.
constexpr absl::string_view kSubject = "a";
constexpr absl::string_view kObject = "b";
constexpr absl::string_view kFact = "r";
constexpr absl::string_view kEvidence = "e";

// Builds nodes that all come from one span of text.
class Builder {
 public:
  explicit Builder(SourceSpan span) : span_(span) {}

  ast::Name Named(absl::string_view text) const { return {std::string(text), span_}; }

  ast::ExpressionPtr Node(ast::Expression::Node node) const {
    auto expression = std::make_unique<ast::Expression>();
    expression->node = std::move(node);
    expression->span = span_;
    return expression;
  }

  ast::ExpressionPtr Variable(absl::string_view name) const {
    return Node(ast::Variable{std::string(name)});
  }

  ast::ExpressionPtr Property(ast::ExpressionPtr object, absl::string_view key) const {
    return Node(ast::PropertyAccess{std::move(object), Named(key)});
  }

  ast::ExpressionPtr Property(absl::string_view variable, absl::string_view key) const {
    return Property(Variable(variable), key);
  }

  template <typename... Arguments>
  ast::ExpressionPtr Call(absl::string_view function, Arguments... arguments) const {
    ast::FunctionCall call;
    call.name = Named(function);
    (call.arguments.push_back(std::move(arguments)), ...);
    return Node(std::move(call));
  }

  ast::ProjectionItem Column(absl::string_view name, ast::ExpressionPtr expression) const {
    ast::ProjectionItem item;
    item.expression = std::move(expression);
    item.alias = Named(name);
    item.text = std::string(name);
    return item;
  }

  ast::SortItem Ascending(absl::string_view column) const { return {Variable(column), false}; }

  // From large to small. openCypher would put nulls first.
  void DescendingNullsLast(absl::string_view column, std::vector<ast::SortItem>& order) const {
    order.push_back({Node(ast::Unary{ast::UnaryOperator::kIsNull, Variable(column)}), false});
    order.push_back({Variable(column), true});
  }

  ast::Clause Clause(ast::Clause::Node node) const { return {std::move(node), span_}; }

 private:
  const SourceSpan span_;
};

void AddNamedEntity(const Builder& build, absl::string_view variable, ast::ExpressionPtr name,
                    ast::Projection& projection) {
  if (name == nullptr) return;
  const Builder at_name(name->span);
  projection.items.push_back(
      build.Column(variable, at_name.Call("entente.named_entity", std::move(name))));
}

ast::NodePattern Entity(const Builder& build, absl::string_view variable, SourceSpan span) {
  ast::NodePattern node;
  node.variable = build.Named(variable);
  node.span = span;
  return node;
}

ast::Match FactPattern(const Builder& build, Question& question) {
  ast::PathPattern path;
  path.span = question.span;
  path.nodes.push_back(Entity(build, kSubject, question.span));
  ast::RelationshipPattern fact;
  fact.variable = build.Named(kFact);
  fact.types = std::move(question.types);
  fact.arrow = ast::Arrow::kRight;
  fact.must_exist = true;
  fact.span = question.span;
  path.relationships.push_back(std::move(fact));
  path.nodes.push_back(Entity(build, kObject, question.span));
  ast::Match match;
  match.patterns.push_back(std::move(path));
  match.all_facts = question.kind == Question::Kind::kEvidence;
  return match;
}

ast::Projection FactColumns(const Builder& build) {
  ast::Projection projection;
  std::vector<ast::ProjectionItem>& items = projection.items;
  items.push_back(build.Column("subject", build.Property(kSubject, "name")));
  items.push_back(build.Column("relation", build.Call("type", build.Variable(kFact))));
  items.push_back(build.Column("object", build.Property(kObject, "name")));
  for (absl::string_view function :
       {"since", "until", "confidence", "sources", "contested", "last_reported"}) {
    items.push_back(build.Column(function, build.Call(function, build.Variable(kFact))));
  }
  return projection;
}

void AddFactOrder(const Builder& build, std::vector<ast::SortItem>& order) {
  build.DescendingNullsLast("confidence", order);
  build.DescendingNullsLast("last_reported", order);
  for (absl::string_view column : {"subject", "relation", "object"}) {
    order.push_back(build.Ascending(column));
  }
}

ast::Projection EvidenceColumns(const Builder& build) {
  const auto name_of = [&](absl::string_view role) {
    return build.Column(role, build.Property(build.Property(kEvidence, role), "name"));
  };
  const auto of_evidence = [&](absl::string_view key) {
    return build.Column(key, build.Property(kEvidence, key));
  };
  const auto of_article = [&](absl::string_view key) {
    return build.Property(build.Property(kEvidence, "article"), key);
  };
  ast::Projection projection;
  std::vector<ast::ProjectionItem>& items = projection.items;
  items.push_back(of_evidence("stance"));
  items.push_back(name_of("asserted_by"));
  items.push_back(name_of("publisher"));
  items.push_back(of_evidence("published"));
  items.push_back(
      build.Column("article", build.Call("coalesce", of_article("title"), of_article("key"))));
  for (absl::string_view key : {"confidence", "sentence", "span", "quote"}) {
    items.push_back(of_evidence(key));
  }
  items.push_back(build.Column("url", of_article("url")));
  return projection;
}

void AddEvidenceOrder(const Builder& build, std::vector<ast::SortItem>& order) {
  build.DescendingNullsLast("confidence", order);
  build.DescendingNullsLast("published", order);
  for (absl::string_view column : {"publisher", "article", "sentence", "stance", "asserted_by"}) {
    order.push_back(build.Ascending(column));
  }
}

}  // namespace

ast::Query RewriteQuestion(Question question) {
  const Builder build(question.span);
  ast::SingleQuery part;
  part.span = question.span;
  ast::With with;
  with.projection.span = question.span;
  AddNamedEntity(build, kSubject, std::move(question.subject), with.projection);
  AddNamedEntity(build, kObject, std::move(question.object), with.projection);
  if (!with.projection.items.empty()) part.clauses.push_back(build.Clause(std::move(with)));
  part.clauses.push_back(build.Clause(FactPattern(build, question)));

  ast::Return result;
  if (question.kind == Question::Kind::kFacts) {
    result.projection = FactColumns(build);
  } else {
    part.clauses.push_back(build.Clause(
        ast::Unwind{build.Call("evidence", build.Variable(kFact)), build.Named(kEvidence)}));
    result.projection = EvidenceColumns(build);
  }
  result.projection.span = question.span;
  result.projection.order_by = std::move(question.order_by);
  if (question.kind == Question::Kind::kFacts) {
    AddFactOrder(build, result.projection.order_by);
  } else {
    AddEvidenceOrder(build, result.projection.order_by);
  }
  result.projection.limit = std::move(question.limit);
  part.clauses.push_back(build.Clause(std::move(result)));

  ast::Query query;
  query.lens = std::move(question.lens);
  query.parts.push_back(std::move(part));
  query.span = question.span;
  return query;
}

}  // namespace entente::query
