#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/error.h"
#include "engine/status.h"
#include "query/bind_expression.h"
#include "query/binder.h"
#include "query/procedures.h"
#include "query/tree_walk.h"

namespace entente::query {

namespace {

using Type = Value::Type;

// What may be passed where a procedure declares this type: an integer also stands for a float.
TypeSet AcceptedBy(absl::string_view type) {
  if (type == "STRING") return {Type::kString};
  if (type == "BOOLEAN") return {Type::kBoolean};
  if (type == "INTEGER") return {Type::kInteger};
  if (type == "FLOAT" || type == "NUMBER") return {Type::kInteger, Type::kFloat};
  if (type == "MAP") return {Type::kMap, Type::kNode, Type::kRelationship};
  if (type == "NODE") return {Type::kNode};
  if (type == "RELATIONSHIP") return {Type::kRelationship};
  if (type == "PATH") return {Type::kPath};
  if (absl::StartsWith(type, "LIST")) return {Type::kList};
  return TypeSet::Any();
}

}  // namespace

absl::StatusOr<std::vector<ExpressionPtr>> Binder::BindCallArguments(
    const ast::Call& call, const ProcedureSignature& signature, bool standalone,
    const Scope& scope) {
  std::vector<ExpressionPtr> arguments;
  if (!call.arguments.has_value()) {
    if (!standalone && !signature.arguments.empty()) {
      return MakeError(ErrorCode::kInvalidArgumentPassingMode,
                       "Only a CALL that stands alone takes its arguments from parameters",
                       call.procedure.span);
    }
    for (const ProcedureField& field : signature.arguments) {
      NoteParameter(field.name, call.procedure.span);
      arguments.push_back(MakeExpression(ParameterReference{field.name}, call.procedure.span));
    }
    return arguments;
  }
  size_t least = signature.arguments.size();
  if (FindBuiltInProcedure(signature.name) != nullptr) {
    while (least > 0 && signature.arguments[least - 1].nullable) --least;
  }
  const size_t given = call.arguments->size();
  if (given < least || given > signature.arguments.size()) {
    return MakeError(ErrorCode::kInvalidNumberOfArguments,
                     absl::StrCat(signature.name, "() takes ",
                                  least < signature.arguments.size() ? "up to " : "",
                                  signature.arguments.size(), " arguments, but is given ", given),
                     call.procedure.span);
  }
  for (size_t i = 0; i < given; ++i) {
    const ProcedureField& field = signature.arguments[i];
    ASSIGN_OR_RETURN(ExpressionPtr argument,
                     ExpressionBinder(this, scope).Bind(*(*call.arguments)[i]));
    RETURN_IF_ERROR(RequireType(*argument, AcceptedBy(field.type),
                                absl::StrCat("`", field.name, "` of ", signature.name, "()")));
    arguments.push_back(std::move(argument));
  }
  return arguments;
}

absl::Status Binder::BindCall(const ast::Call& call, SourceSpan span, bool standalone, Flow* flow,
                              Columns* columns) {
  const BuiltInProcedure* built_in = FindBuiltInProcedure(call.procedure.text);
  const ProcedureSignature* signature = built_in != nullptr ? &built_in->signature : nullptr;
  if (signature == nullptr && context_.find_procedure) {
    signature = context_.find_procedure(call.procedure.text);
  }
  if (signature == nullptr) {
    return MakeError(ErrorCode::kProcedureNotFound,
                     absl::StrCat("There is no procedure ", call.procedure.text),
                     call.procedure.span);
  }
  if (call.yield_star && !standalone) {
    return MakeError(ErrorCode::kUnexpectedSyntax,
                     "YIELD * is possible only where CALL stands alone; name the columns", span);
  }
  ProcedureCallPlan plan;
  plan.name = signature->name;
  plan.built_in = built_in;
  plan.keeps_rows = signature->columns.empty();
  ASSIGN_OR_RETURN(plan.arguments, BindCallArguments(call, *signature, standalone, flow->scope));
  const auto yield = [&](const ProcedureField& field, const ast::Name& name) -> absl::Status {
    if (flow->scope.Find(name.text) != nullptr) {
      return MakeError(ErrorCode::kVariableAlreadyBound,
                       absl::StrCat("`", name.text, "` is bound already"), name.span);
    }
    const Binding binding = {NewSlot(name.text)};
    flow->scope.Declare(name.text, binding);
    plan.yields.emplace_back(field.name, binding.slot);
    if (standalone) columns->emplace_back(name.text, binding);
    return absl::OkStatus();
  };
  if (call.yield.has_value()) {
    for (const ast::YieldItem& item : *call.yield) {
      const auto field = std::find_if(
          signature->columns.begin(), signature->columns.end(),
          [&](const ProcedureField& column) { return column.name == item.field.text; });
      if (field == signature->columns.end()) {
        return MakeError(ErrorCode::kUndefinedVariable,
                         absl::StrCat(signature->name, "() has no column `", item.field.text, "`"),
                         item.field.span);
      }
      RETURN_IF_ERROR(yield(*field, item.alias.value_or(item.field)));
    }
  } else if (standalone) {
    for (const ProcedureField& field : signature->columns) {
      RETURN_IF_ERROR(yield(field, ast::Name{field.name, call.procedure.span}));
    }
  }
  plan.input = std::move(flow->plan);
  flow->plan = MakePlan(std::move(plan));
  if (call.where != nullptr) {
    std::vector<ExpressionPtr> conjuncts;
    ASSIGN_OR_RETURN(ExpressionPtr condition,
                     ExpressionBinder(this, flow->scope).BindPredicate(*call.where));
    SplitConjunction(std::move(condition), &conjuncts);
    flow->plan = MakePlan(FilterPlan{std::move(flow->plan), std::move(conjuncts)});
  }
  return absl::OkStatus();
}

}  // namespace entente::query
