// The recursive descent behind Parse (parser.h) and the expressions inside of questions. One method
// a rule of the grammar, grouped into files by subject: parser.cc (statements and queries),
// parser_index.cc, parser_schema.cc (taxonomy and session), parser_lens.cc, parser_clause.cc,
// parser_projection.cc, parser_pattern.cc, parser_expression.cc (operators), parser_atom.cc and
// parser_collection.cc (lists and maps).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "query/ast.h"
#include "query/stack_room.h"
#include "query/token_cursor.h"

namespace entente::query {

class StatementParser {
 public:
  // `cursor` must outlive the parser. Every method starts at the cursor's place and leaves it
  // behind what it has read; after an error the place means nothing.
  explicit StatementParser(TokenCursor& cursor) : cursor_(cursor) {}

  absl::StatusOr<ast::Statement> ParseStatement();

  // An expression where a value is asked for.
  absl::StatusOr<ast::ExpressionPtr> ParseExpression();
  // The same without OR, XOR, AND, NOT and comparisons at its top: what stands in BETWEEN … AND.
  absl::StatusOr<ast::ExpressionPtr> ParseOperand();
  absl::StatusOr<std::vector<ast::ExpressionPtr>> ParseExpressionList();
  // ASC and DESC included.
  absl::StatusOr<std::vector<ast::SortItem>> ParseSortItems();
  // One lens clause, if the cursor stands at one. Says whether it did.
  absl::StatusOr<bool> ParseLensClause(ast::LensClauses& lens);
  // AS OF …, FROM … TO …, BETWEEN … AND … or ALL.
  absl::StatusOr<ast::TimeRange> ParseTimeRange();
  absl::StatusOr<ast::ExpressionPtr> ParseInstant();
  // From here on an instant may also be a bare partial date (2024-06) or its text ('2024-06').
  void AllowBareDates() { bare_dates_ = true; }

 private:
  friend class Subtree;
  friend class Level;

  // Only what is matched may be a shortest path.
  enum class PatternUse { kMatch, kMerge, kCreate };
  struct Operator;

  // parser.cc
  absl::StatusOr<ast::QueryStatement> ParseQueryStatement();
  absl::StatusOr<ast::Query> ParseQuery();
  absl::StatusOr<ast::SingleQuery> ParseSingleQuery();
  // Behind `{`: clauses, or a bare pattern with WHERE, up to and with `}`.
  absl::StatusOr<ast::QueryPtr> ParseSubquery();

  // parser_index.cc
  bool AtIndexStatement() const;
  absl::StatusOr<ast::Statement::Node> ParseIndexStatement();
  absl::StatusOr<ast::CreateIndex> ParseCreateIndex();
  absl::StatusOr<ast::DropIndex> ParseDropIndex();
  // ON :Label(property)
  absl::Status ParseIndexed(ast::Name& label, ast::Name& property);

  // parser_schema.cc
  // RELATION TYPE or LABEL, so many tokens ahead.
  std::optional<ast::SymbolKind> SymbolKindHere(size_t ahead, bool plural) const;
  bool AtTaxonomyStatement() const;
  absl::StatusOr<ast::Statement::Node> ParseTaxonomyStatement();
  bool AtLensStatement() const;
  absl::StatusOr<ast::Statement::Node> ParseLensStatement();

  // parser_lens.cc
  bool AtLensClause() const;
  absl::Status ParseLens(ast::LensClauses& lens);
  absl::Status ParseTimeClause(ast::LensClauses& lens);
  absl::Status ParseEvidenceClause(ast::LensClauses& lens);
  size_t TokensOfBareDate() const;
  absl::StatusOr<ast::ExpressionPtr> ParseBareDate(size_t tokens);

  // parser_clause.cc
  bool AtClause() const;
  absl::StatusOr<ast::Clause> ParseClause();
  absl::StatusOr<ast::Clause::Node> ParseClauseNode();
  absl::StatusOr<ast::Clause::Node> ParseMatch();
  absl::StatusOr<ast::Match> ParseMatchBody();
  absl::StatusOr<ast::Clause::Node> ParseUnwind();
  absl::StatusOr<ast::Clause::Node> ParseCreate();
  absl::StatusOr<ast::Clause::Node> ParseMerge();
  absl::StatusOr<ast::Clause::Node> ParseSet();
  absl::StatusOr<ast::Clause::Node> ParseRemove();
  absl::StatusOr<ast::Clause::Node> ParseDelete();
  absl::StatusOr<ast::Clause::Node> ParseCall();
  absl::Status ParseYield(ast::Call& call);
  absl::StatusOr<std::vector<ast::SetItem>> ParseSetItems();
  absl::StatusOr<ast::SetItem> ParseSetItem();
  absl::StatusOr<ast::RemoveItem> ParseRemoveItem();

  // parser_projection.cc
  absl::StatusOr<ast::Clause::Node> ParseWith();
  absl::StatusOr<ast::Clause::Node> ParseReturn();
  absl::StatusOr<ast::Projection> ParseProjection();
  absl::StatusOr<ast::ProjectionItem> ParseProjectionItem();
  // Null when there is no WHERE.
  absl::StatusOr<ast::ExpressionPtr> ParseWhere();

  // parser_pattern.cc
  // Whether a node pattern and a relationship behind it stand `ahead` tokens from here. Where this
  // could also be read as arithmetic, such as (a)--(b), it is a pattern.
  bool AtRelationshipsPattern(size_t ahead) const;
  absl::StatusOr<std::vector<ast::PathPattern>> ParsePatterns(PatternUse use);
  absl::StatusOr<ast::PathPattern> ParsePathPattern(PatternUse use);
  bool AtShortestPath() const;
  absl::StatusOr<ast::PathPattern> ParseShortestPath();
  absl::Status ParsePatternElement(ast::PathPattern& path, PatternUse use);
  absl::StatusOr<ast::NodePattern> ParseNodePattern();
  absl::StatusOr<ast::RelationshipPattern> ParseRelationshipPattern();
  absl::Status ParseRelationshipDetail(ast::RelationshipPattern& relationship);
  absl::StatusOr<ast::Length> ParseLength();
  absl::StatusOr<ast::ExpressionPtr> ParsePatternProperties();
  // Labels in a row, each with its colon.
  absl::StatusOr<std::vector<ast::Name>> ParseLabels();

  // parser_expression.cc
  // An expression where a boolean is asked for, so that it may be a pattern.
  absl::StatusOr<ast::ExpressionPtr> ParsePredicate();
  Operator OperatorHere() const;
  absl::StatusOr<ast::ExpressionPtr> ParseOperators(int least_level);
  absl::StatusOr<ast::ExpressionPtr> ParseNot();
  absl::StatusOr<ast::ExpressionPtr> ParseLogical(const Operator& op, ast::ExpressionPtr first,
                                                  size_t begin);
  absl::StatusOr<ast::ExpressionPtr> ParseComparison(ast::ExpressionPtr first, size_t begin);
  absl::StatusOr<ast::ExpressionPtr> ParseUnary();
  bool AtNegativeLiteral() const;
  absl::StatusOr<ast::ExpressionPtr> ParsePostfix();
  absl::StatusOr<ast::ExpressionPtr> ParseSubscript(ast::ExpressionPtr object, size_t begin);
  // A pattern is no value.
  absl::Status RequireValue(const ast::Expression& expression) const;
  // Puts `node`, which began at `begin` and has just been read, on top of what the innermost
  // Subtree has made so far.
  absl::StatusOr<ast::ExpressionPtr> Make(ast::Expression::Node node, size_t begin);

  // parser_atom.cc
  absl::StatusOr<ast::ExpressionPtr> ParseAtom();
  absl::StatusOr<ast::ExpressionPtr> ParseWordAtom();
  absl::StatusOr<ast::ExpressionPtr> ParseVariable();
  absl::StatusOr<ast::ExpressionPtr> ParseSubqueryAtom();
  // The literal here, whose sign has been read when it is `negative`.
  absl::StatusOr<ast::ExpressionPtr> ParseNumber(bool negative, size_t begin);
  absl::StatusOr<ast::ExpressionPtr> ParseCase();
  absl::StatusOr<ast::ExpressionPtr> ParseQuantifier(ast::QuantifierKind kind);
  absl::StatusOr<ast::ExpressionPtr> ParseReduce();
  absl::StatusOr<ast::ExpressionPtr> ParseExistsPattern();
  absl::StatusOr<ast::ExpressionPtr> ParseFunctionCall();
  bool AtFunctionCall() const;
  // Whether the word is a keyword rather than a variable, seen by what follows.
  bool AtReservedWord(size_t ahead) const;
  bool StartsOperand(size_t ahead) const;

  // parser_collection.cc
  absl::StatusOr<ast::ExpressionPtr> ParseListAtom();
  absl::StatusOr<ast::ExpressionPtr> ParseListComprehension(size_t begin);
  absl::StatusOr<ast::ExpressionPtr> ParsePatternComprehension(size_t begin);
  absl::StatusOr<ast::ExpressionPtr> ParseMapLiteral();
  absl::StatusOr<ast::ExpressionPtr> ParseMapProjection(ast::Name object);
  absl::StatusOr<ast::MapProjection::Item> ParseMapProjectionItem();

  absl::Status TooDeep() const;
  // Counts operators that the clause here will be at most, above those counted so far. An error
  // when the thread's stack is too small for all that has been read.
  absl::Status AddOperators(size_t count);
  // To be called when `height_` has grown.
  absl::Status NoteHeight();
  absl::Status CheckStackHere() const;
  absl::Status NoStack() const;

  TokenCursor& cursor_;
  const size_t stack_left_ = StackLeft();
  size_t operators_ = 0;  // above one another in the plan
  int tallest_ = 0;       // of all trees
  bool bare_dates_ = false;
  int depth_ = 0;   // rules that are open around this place and may nest
  int height_ = 0;  // of the tallest tree made in the innermost Subtree
};

// Open while a rule that may contain itself is read; ok() says whether the limit still holds, so
// that the parser's own stack does.
class Level {
 public:
  explicit Level(StatementParser& parser) : parser_(parser) { ++parser_.depth_; }
  ~Level() { --parser_.depth_; }
  Level(const Level&) = delete;
  Level& operator=(const Level&) = delete;
  absl::Status Check() const;

 private:
  StatementParser& parser_;
};

// Open while the parts of one expression are read: measures how tall its tree grows, since a chain
// such as 1 + 1 + … makes tall trees without nesting, and those who walk trees recurse.
class Subtree {
 public:
  explicit Subtree(StatementParser& parser) : parser_(parser), outer_height_(parser.height_) {
    parser_.height_ = 0;
  }
  ~Subtree() {
    if (parser_.height_ < outer_height_) parser_.height_ = outer_height_;
  }
  Subtree(const Subtree&) = delete;
  Subtree& operator=(const Subtree&) = delete;

 private:
  StatementParser& parser_;
  const int outer_height_;
};

// The value of decimal, 0x or 0o digits, or an error with `span`. 2^63 is good when `negative`.
absl::StatusOr<int64_t> ParseIntegerLiteral(absl::string_view digits, bool negative,
                                            SourceSpan span);

// Words that begin clauses or stand between operands. As a variable, each is understood where no
// operand follows it, and always in backticks.
bool IsReservedWord(absl::string_view word);

}  // namespace entente::query
