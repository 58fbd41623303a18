#include "query/question.h"

#include <optional>
#include <utility>
#include <vector>

#include "engine/error.h"
#include "engine/status.h"
#include "query/question_rewrite.h"

namespace entente::query {
namespace {

// Dates that SINCE and UNTIL give; together they are a valid time.
struct Interval {
  ast::ExpressionPtr since;
  ast::ExpressionPtr until;
  SourceSpan span;
};

class QuestionParser {
 public:
  QuestionParser(TokenCursor& cursor, StatementParser& parser) : cursor_(cursor), parser_(parser) {}

  absl::StatusOr<Question> Parse() {
    const size_t begin = cursor_.Begin();
    parser_.AllowBareDates();
    RETURN_IF_ERROR(ParseKindAndEnds());
    RETURN_IF_ERROR(ParseModifiers());
    if (question_.kind == Question::Kind::kChanges && question_.from == nullptr) {
      return cursor_.Unexpected("BETWEEN or SINCE, and a date");
    }
    question_.span = cursor_.SpanFrom(begin);
    cursor_.Accept(TokenKind::kQuestionMark);
    return std::move(question_);
  }

 private:
  bool AtNamed(size_t ahead = 0) const {
    const TokenKind kind = cursor_.kind(ahead);
    return kind == TokenKind::kString || kind == TokenKind::kParameter;
  }

  // DISPUTES 'a' SUPPORTS 'b', and not the relation type of that name.
  bool AtDispute() const {
    if (!cursor_.AtWord("DISPUTES") || !AtNamed(1) || !cursor_.AtName(2)) return false;
    for (absl::string_view word :
         {"SINCE", "UNTIL", "EXCEPT", "LIMIT", "FROM", "BETWEEN", "AMONG"}) {
      if (cursor_.AtWord(word, 2)) return false;
    }
    return AtNamed(3) || cursor_.kind(3) == TokenKind::kBar;
  }

  absl::Status ParseKindAndEnds() {
    if (cursor_.AcceptWords("WHAT", "CHANGED")) {
      question_.kind = Question::Kind::kChanges;
      return absl::OkStatus();
    }
    if (cursor_.AcceptWord("WHY")) return ParseFact(Question::Kind::kEvidence);
    const bool who = cursor_.AcceptWord("WHO");
    if (who && AtDispute()) {
      cursor_.Step();
      return ParseFact(Question::Kind::kDenials);
    }
    if (!who) {
      ASSIGN_OR_RETURN(question_.subject, ParseNamed());
    }
    RETURN_IF_ERROR(ParseTypes());
    if (cursor_.AcceptWord("WHOM")) return absl::OkStatus();
    if (!AtNamed()) return cursor_.Unexpected("WHOM or a name in quotes");
    ASSIGN_OR_RETURN(question_.object, ParseNamed());
    return absl::OkStatus();
  }

  // 'a' SUPPORTS 'b'
  absl::Status ParseFact(Question::Kind kind) {
    question_.kind = kind;
    ASSIGN_OR_RETURN(question_.subject, ParseNamed());
    RETURN_IF_ERROR(ParseTypes());
    ASSIGN_OR_RETURN(question_.object, ParseNamed());
    return absl::OkStatus();
  }

  absl::StatusOr<ast::ExpressionPtr> ParseNamed() {
    const Token& token = cursor_.Peek();
    if (!AtNamed()) return cursor_.Unexpected("a name in quotes");
    auto named = std::make_unique<ast::Expression>();
    named->span = token.span();
    std::string text = TokenValue(cursor_.text(), token);
    if (token.kind == TokenKind::kString) {
      named->node = ast::Literal{Value::String(std::move(text))};
    } else {
      named->node = ast::Parameter{std::move(text)};
    }
    cursor_.Step();
    return named;
  }

  absl::Status ParseTypes() {
    do {
      ASSIGN_OR_RETURN(ast::Name type, cursor_.ExpectName("a relation type such as SUPPORTS"));
      question_.types.push_back(std::move(type));
    } while (cursor_.Accept(TokenKind::kBar));
    return absl::OkStatus();
  }

  absl::Status ParseModifiers() {
    Interval interval;
    while (!cursor_.At(TokenKind::kQuestionMark) && !cursor_.At(TokenKind::kSemicolon) &&
           !cursor_.At(TokenKind::kEnd)) {
      ASSIGN_OR_RETURN(const bool own_clause, ParseOwnClause());
      if (own_clause) continue;
      ASSIGN_OR_RETURN(const bool lens_clause, parser_.ParseLensClause(question_.lens));
      if (lens_clause) continue;
      const size_t begin = cursor_.Begin();
      if (cursor_.AtWord("SINCE") || cursor_.AtWord("UNTIL")) {
        RETURN_IF_ERROR(ParseIntervalEnd(interval));
      } else if (cursor_.AtWords("AS", "OF")) {
        RETURN_IF_ERROR(ParseTime(question_.lens.known_time, begin));
      } else if (cursor_.AtWord("KNOWN") && cursor_.AtWord("AS", 1)) {
        cursor_.Step();
        RETURN_IF_ERROR(ParseTime(question_.lens.known_time, begin));
      } else if (cursor_.AtWord("VALID") && cursor_.AtWord("AS", 1)) {
        cursor_.Step();
        RETURN_IF_ERROR(ParseTime(question_.lens.valid_time, begin));
      } else if (cursor_.AtWord("BETWEEN") || cursor_.AtWord("FROM")) {
        RETURN_IF_ERROR(ParseTime(question_.lens.valid_time, begin));
      } else if (question_.order_by.empty() && cursor_.AcceptWords("ORDER", "BY")) {
        ASSIGN_OR_RETURN(question_.order_by, parser_.ParseSortItems());
      } else if (question_.limit == nullptr && cursor_.AcceptWord("LIMIT")) {
        ASSIGN_OR_RETURN(question_.limit, parser_.ParseExpression());
      } else {
        return cursor_.Unexpected(
            question_.kind == Question::Kind::kChanges
                ? "BETWEEN, SINCE, FOR, ABOUT, AS OF, ACCORDING TO, EXCEPT, DENIED BY, CONFIDENCE, "
                  "ORDER BY, LIMIT or \"?\""
                : "SINCE, UNTIL, AS OF, BETWEEN, AMONG, ACCORDING TO, EXCEPT, DENIED BY, "
                  "CONFIDENCE, ORDER BY, LIMIT or \"?\"");
      }
    }
    return TakeInterval(std::move(interval));
  }

  // One that only this kind of question has. Says whether there was one.
  absl::StatusOr<bool> ParseOwnClause() {
    if (question_.kind == Question::Kind::kChanges) return ParseChangesClause();
    const bool asks_for_anyone = question_.subject == nullptr || question_.object == nullptr;
    if (!asks_for_anyone || !cursor_.AtWord("AMONG")) return false;
    if (question_.among_label.has_value() || question_.among != nullptr) {
      return MakeError(ErrorCode::kUnexpectedSyntax, "AMONG stands once in a question",
                       cursor_.Peek().span());
    }
    cursor_.Step();
    RETURN_IF_ERROR(ParseAmong());
    return true;
  }

  // A label, names, with or without the brackets of a list, or a parameter that is such a list.
  absl::Status ParseAmong() {
    const bool bracketed = cursor_.Accept(TokenKind::kLeftBracket);
    if (!AtNamed() && !bracketed) {
      ASSIGN_OR_RETURN(question_.among_label, cursor_.ExpectName("a label or names in quotes"));
      return absl::OkStatus();
    }
    const size_t begin = cursor_.Begin();
    if (!bracketed && cursor_.At(TokenKind::kParameter) && cursor_.kind(1) != TokenKind::kComma) {
      ASSIGN_OR_RETURN(question_.among, ParseNamed());
      return absl::OkStatus();
    }
    ast::ListLiteral names;
    do {
      ASSIGN_OR_RETURN(names.elements.emplace_back(), ParseNamed());
    } while (cursor_.Accept(TokenKind::kComma));
    if (bracketed) RETURN_IF_ERROR(cursor_.Expect(TokenKind::kRightBracket, "]"));
    question_.among = std::make_unique<ast::Expression>();
    question_.among->node = std::move(names);
    question_.among->span = cursor_.SpanFrom(begin);
    return absl::OkStatus();
  }

  absl::StatusOr<bool> ParseChangesClause() {
    const SourceSpan span = cursor_.Peek().span();
    if (cursor_.AtWord("FOR") && AtNamed(1) && question_.either == nullptr) {
      cursor_.Step();
      ASSIGN_OR_RETURN(question_.either, ParseNamed());
    } else if (question_.types.empty() && cursor_.AcceptWord("ABOUT")) {
      RETURN_IF_ERROR(ParseTypes());
    } else if (cursor_.AtWord("BETWEEN") || cursor_.AtWord("SINCE")) {
      if (question_.from != nullptr) return SetTwice(span);
      const bool between = cursor_.AtWord("BETWEEN");
      cursor_.Step();
      ASSIGN_OR_RETURN(question_.from, parser_.ParseInstant());
      if (between) {
        RETURN_IF_ERROR(cursor_.ExpectWord("AND"));
        ASSIGN_OR_RETURN(question_.to, parser_.ParseInstant());
      }
    } else {
      return false;
    }
    return true;
  }

  absl::Status ParseIntervalEnd(Interval& interval) {
    interval.span = cursor_.Peek().span();
    ast::ExpressionPtr& end = cursor_.AtWord("SINCE") ? interval.since : interval.until;
    if (end != nullptr) return SetTwice(interval.span);
    cursor_.Step();
    ASSIGN_OR_RETURN(end, parser_.ParseInstant());
    return absl::OkStatus();
  }

  absl::Status ParseTime(std::optional<ast::TimeRange>& time, size_t begin) {
    if (time.has_value()) return SetTwice(cursor_.Peek().span());
    ASSIGN_OR_RETURN(ast::TimeRange range, parser_.ParseTimeRange());
    range.span = cursor_.SpanFrom(begin);
    time = std::move(range);
    return absl::OkStatus();
  }

  absl::Status TakeInterval(Interval interval) {
    if (interval.since == nullptr && interval.until == nullptr) return absl::OkStatus();
    if (question_.lens.valid_time.has_value()) return SetTwice(interval.span);
    for (ast::ExpressionPtr* end : {&interval.since, &interval.until}) {
      if (*end != nullptr) continue;
      *end = std::make_unique<ast::Expression>();
      (*end)->node = ast::Literal{Value::Null()};
      (*end)->span = interval.span;
    }
    question_.lens.valid_time =
        ast::TimeRange{ast::TimeRange::Kind::kFromTo, std::move(interval.since),
                       std::move(interval.until), interval.span};
    return absl::OkStatus();
  }

  static absl::Status SetTwice(SourceSpan span) {
    return MakeError(ErrorCode::kUnexpectedSyntax,
                     "This time is set already; a question has one valid and one known time", span);
  }

  TokenCursor& cursor_;
  StatementParser& parser_;
  Question question_;
};

}  // namespace

bool AtQuestion(const TokenCursor& cursor) {
  return cursor.AtWord("WHO") || cursor.AtWord("WHY") || cursor.AtWords("WHAT", "CHANGED") ||
         cursor.At(TokenKind::kString) || cursor.At(TokenKind::kParameter);
}

absl::StatusOr<ast::Query> ParseQuestion(TokenCursor& cursor, StatementParser& parser) {
  ASSIGN_OR_RETURN(Question question, QuestionParser(cursor, parser).Parse());
  return RewriteQuestion(std::move(question));
}

void SpellTypes(const Catalogue& catalogue, ast::Query* rewrite) {
  for (ast::Clause& clause : rewrite->parts.front().clauses) {
    auto* match = std::get_if<ast::Match>(&clause.node);
    if (match == nullptr) continue;
    for (ast::Name& type : match->patterns.front().relationships.front().types) {
      const RelationId relation = catalogue.FindRelationInAnyCase(type.text);
      if (relation != kNoSymbol) type.text = catalogue.relation(relation).name;
    }
  }
}

}  // namespace entente::query
