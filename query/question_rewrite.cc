#include "query/question_rewrite.h"

#include <initializer_list>
#include <memory>
#include <optional>
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
constexpr absl::string_view kEntity = "e";
constexpr absl::string_view kAmong = "among";
constexpr absl::string_view kChange = "c";

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

  ast::ExpressionPtr Text(absl::string_view text) const {
    return Node(ast::Literal{Value::String(text)});
  }

  ast::ExpressionPtr Both(ast::ExpressionPtr left, ast::BinaryOperator op,
                          ast::ExpressionPtr right) const {
    return Node(ast::Binary{op, std::move(left), std::move(right)});
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

// The entities of a list of names; a parameter may be any list.
ast::ExpressionPtr EntitiesOf(ast::ExpressionPtr names) {
  const Builder build(names->span);
  if (auto* list = std::get_if<ast::ListLiteral>(&names->node)) {
    for (ast::ExpressionPtr& name : list->elements) {
      const Builder at_name(name->span);
      name = at_name.Call("entente.named_entity", std::move(name));
    }
    return names;
  }
  ast::ListComprehension each;
  each.variable = build.Named("name");
  each.list = std::move(names);
  each.projection = build.Call("entente.named_entity", build.Variable("name"));
  return build.Node(std::move(each));
}

ast::Match FactPattern(const Builder& build, Question& question) {
  const bool either_way = question.either != nullptr;
  const bool changes = question.kind == Question::Kind::kChanges;
  const bool asks_subject = question.subject == nullptr && !changes;
  const bool asks_object = question.object == nullptr && !changes;
  ast::PathPattern path;
  path.span = question.span;
  path.nodes.push_back(Entity(build, either_way ? kEntity : kSubject, question.span));
  ast::RelationshipPattern fact;
  fact.variable = build.Named(kFact);
  fact.types = std::move(question.types);
  fact.arrow = either_way ? ast::Arrow::kEither : ast::Arrow::kRight;
  fact.must_exist = true;
  fact.span = question.span;
  path.relationships.push_back(std::move(fact));
  path.nodes.push_back(Entity(build, kObject, question.span));
  if (question.among_label.has_value()) {
    for (auto& [node, asked] :
         {std::pair(&path.nodes[0], asks_subject), std::pair(&path.nodes[1], asks_object)}) {
      if (!asked) continue;
      node->labels.push_back(*question.among_label);
      node->must_exist = true;
    }
  }
  ast::Match match;
  match.patterns.push_back(std::move(path));
  if (question.among != nullptr) {
    for (const auto& [variable, asked] :
         {std::pair(kSubject, asks_subject), std::pair(kObject, asks_object)}) {
      if (!asked) continue;
      ast::ExpressionPtr is_among =
          build.Both(build.Variable(variable), ast::BinaryOperator::kIn, build.Variable(kAmong));
      match.where =
          match.where == nullptr
              ? std::move(is_among)
              : build.Both(std::move(match.where), ast::BinaryOperator::kAnd, std::move(is_among));
    }
  }
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

void AddEvidenceOrder(const Builder& build, std::initializer_list<absl::string_view> then,
                      std::vector<ast::SortItem>& order) {
  build.DescendingNullsLast("confidence", order);
  build.DescendingNullsLast("published", order);
  for (absl::string_view column : then) order.push_back(build.Ascending(column));
}

// Who denies, before what evidence tells.
ast::Projection DenialColumns(const Builder& build) {
  const auto name_of = [&](absl::string_view role) {
    return build.Property(build.Property(kEvidence, role), "name");
  };
  ast::Projection projection = EvidenceColumns(build);
  projection.items.front() =
      build.Column("who", build.Call("coalesce", name_of("asserted_by"), name_of("publisher")));
  return projection;
}

ast::Projection ChangeColumns(const Builder& build) {
  const auto name_of = [&](absl::string_view end) {
    return build.Property(build.Call(end, build.Variable(kFact)), "name");
  };
  ast::Projection projection;
  std::vector<ast::ProjectionItem>& items = projection.items;
  items.push_back(build.Column("date", build.Property(kChange, "date")));
  items.push_back(build.Column("change", build.Property(kChange, "change")));
  items.push_back(build.Column("subject", name_of("startNode")));
  items.push_back(build.Column("relation", build.Call("type", build.Variable(kFact))));
  items.push_back(build.Column("object", name_of("endNode")));
  for (absl::string_view function : {"confidence", "sources"}) {
    items.push_back(build.Column(function, build.Call(function, build.Variable(kFact))));
  }
  return projection;
}

void AddChangeOrder(const Builder& build, std::vector<ast::SortItem>& order) {
  order.push_back({build.Property(kChange, "at"), false});
  for (absl::string_view column : {"subject", "relation", "object", "change"}) {
    order.push_back(build.Ascending(column));
  }
}

// From facts to what the question gives a row for.
void AddUnwinding(const Builder& build, Question& question, std::vector<ast::Clause>& clauses) {
  if (question.kind == Question::Kind::kFacts) return;
  if (question.kind == Question::Kind::kChanges) {
    if (question.to == nullptr) question.to = build.Node(ast::Literal{Value::Null()});
    clauses.push_back(
        build.Clause(ast::Unwind{build.Call("changes", build.Variable(kFact),
                                            std::move(question.from), std::move(question.to)),
                                 build.Named(kChange)}));
    return;
  }
  clauses.push_back(build.Clause(
      ast::Unwind{build.Call("evidence", build.Variable(kFact)), build.Named(kEvidence)}));
  if (question.kind != Question::Kind::kDenials) return;
  ast::With with;
  with.projection.items.push_back(build.Column(kEvidence, build.Variable(kEvidence)));
  ast::Comparison denies;
  denies.operands.push_back(build.Property(kEvidence, "stance"));
  denies.operands.push_back(build.Text("denies"));
  denies.comparators.push_back(ast::Comparator::kEqual);
  with.where = build.Node(std::move(denies));
  clauses.push_back(build.Clause(std::move(with)));
}

ast::Projection ColumnsOf(const Builder& build, Question& question) {
  ast::Projection projection;
  std::vector<ast::SortItem> order = std::move(question.order_by);
  switch (question.kind) {
    case Question::Kind::kFacts:
      projection = FactColumns(build);
      AddFactOrder(build, order);
      break;
    case Question::Kind::kEvidence:
      projection = EvidenceColumns(build);
      AddEvidenceOrder(build, {"publisher", "article", "sentence", "stance", "asserted_by"}, order);
      break;
    case Question::Kind::kDenials:
      projection = DenialColumns(build);
      AddEvidenceOrder(build, {"who", "article", "sentence", "publisher"}, order);
      break;
    case Question::Kind::kChanges:
      projection = ChangeColumns(build);
      AddChangeOrder(build, order);
      break;
  }
  projection.order_by = std::move(order);
  projection.limit = std::move(question.limit);
  projection.span = question.span;
  return projection;
}

// What must be seen that the lens would hide.
std::optional<ast::Including> IncludedBy(Question::Kind kind) {
  if (kind == Question::Kind::kFacts) return std::nullopt;
  return kind == Question::Kind::kChanges ? ast::Including::kAll : ast::Including::kDenied;
}

}  // namespace

ast::Query RewriteQuestion(Question question) {
  const Builder build(question.span);
  ast::SingleQuery part;
  part.span = question.span;
  ast::Match pattern = FactPattern(build, question);
  ast::With with;
  with.projection.span = question.span;
  AddNamedEntity(build, kSubject, std::move(question.subject), with.projection);
  AddNamedEntity(build, kObject, std::move(question.object), with.projection);
  AddNamedEntity(build, kEntity, std::move(question.either), with.projection);
  if (question.among != nullptr) {
    with.projection.items.push_back(build.Column(kAmong, EntitiesOf(std::move(question.among))));
  }
  if (!with.projection.items.empty()) part.clauses.push_back(build.Clause(std::move(with)));
  part.clauses.push_back(build.Clause(std::move(pattern)));
  AddUnwinding(build, question, part.clauses);
  part.clauses.push_back(build.Clause(ast::Return{ColumnsOf(build, question)}));

  ast::Query query;
  query.lens = std::move(question.lens);
  if (!query.lens.including.has_value()) query.lens.including = IncludedBy(question.kind);
  query.parts.push_back(std::move(part));
  query.span = question.span;
  return query;
}

}  // namespace entente::query
