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
    if (cursor_.AcceptWord("WHY")) {
      question_.kind = Question::Kind::kEvidence;
      ASSIGN_OR_RETURN(question_.subject, ParseNamed());
      RETURN_IF_ERROR(ParseTypes());
      ASSIGN_OR_RETURN(question_.object, ParseNamed());
    } else {
      if (!cursor_.AcceptWord("WHO")) {
        ASSIGN_OR_RETURN(question_.subject, ParseNamed());
      }
      RETURN_IF_ERROR(ParseTypes());
      if (!cursor_.AcceptWord("WHOM")) {
        if (!AtNamed()) return cursor_.Unexpected("WHOM or a name in quotes");
        ASSIGN_OR_RETURN(question_.object, ParseNamed());
      }
    }
    RETURN_IF_ERROR(ParseModifiers());
    question_.span = cursor_.SpanFrom(begin);
    cursor_.Accept(TokenKind::kQuestionMark);
    return std::move(question_);
  }

 private:
  bool AtNamed() const {
    return cursor_.At(TokenKind::kString) || cursor_.At(TokenKind::kParameter);
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
            "SINCE, UNTIL, AS OF, BETWEEN, ACCORDING TO, EXCEPT, DENIED BY, CONFIDENCE, ORDER BY, "
            "LIMIT or \"?\"");
      }
    }
    return TakeInterval(std::move(interval));
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
  return cursor.AtWord("WHO") || cursor.AtWord("WHY") || cursor.At(TokenKind::kString) ||
         cursor.At(TokenKind::kParameter);
}

absl::StatusOr<ast::Query> ParseQuestion(TokenCursor& cursor, StatementParser& parser) {
  ASSIGN_OR_RETURN(Question question, QuestionParser(cursor, parser).Parse());
  return RewriteQuestion(std::move(question));
}

}  // namespace entente::query
