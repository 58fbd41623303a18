#include <unicode/regex.h>
#include <unicode/unistr.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/error.h"
#include "engine/status.h"
#include "query/function.h"

namespace entente::query {
namespace {

// In ICU's unit of ten thousand saved states: about a second.
constexpr int32_t kTimeLimit = 2'000;
constexpr int32_t kMostStackBytes = 8 << 20;

icu::UnicodeString WideText(absl::string_view text) {
  return icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
}

absl::StatusOr<std::unique_ptr<icu::RegexPattern>> Compile(const std::string& text) {
  UErrorCode error = U_ZERO_ERROR;
  UParseError place;
  std::unique_ptr<icu::RegexPattern> pattern(
      icu::RegexPattern::compile(WideText(text), 0, place, error));
  if (U_SUCCESS(error)) return pattern;
  return MakeError(ErrorCode::kRuntimeInvalidArgumentValue,
                   absl::StrCat("'", text, "' is no regular expression: ", u_errorName(error),
                                " at character ", place.offset + 1));
}

// The matcher of the pattern used last by this thread: a filter asks for one pattern many times.
absl::StatusOr<icu::RegexMatcher*> MatcherFor(absl::string_view pattern_text) {
  struct Entry {
    std::string text;
    std::unique_ptr<icu::RegexPattern> pattern;
    std::unique_ptr<icu::RegexMatcher> matcher;
  };
  thread_local Entry last;
  if (last.matcher != nullptr && pattern_text == last.text) return last.matcher.get();
  Entry entry;
  entry.text = std::string(pattern_text);
  ASSIGN_OR_RETURN(entry.pattern, Compile(entry.text));
  UErrorCode error = U_ZERO_ERROR;
  entry.matcher.reset(entry.pattern->matcher(error));
  if (U_SUCCESS(error)) entry.matcher->setTimeLimit(kTimeLimit, error);
  if (U_SUCCESS(error)) entry.matcher->setStackLimit(kMostStackBytes, error);
  if (U_FAILURE(error)) {
    return absl::InternalError(absl::StrCat("Unicode library: ", u_errorName(error)));
  }
  last.matcher.reset();  // before its pattern
  last = std::move(entry);
  return last.matcher.get();
}

}  // namespace

absl::StatusOr<Value> Matches(const Value& text, const Value& pattern) {
  if (!text.is_string() || !pattern.is_string()) return Value::Null();
  ASSIGN_OR_RETURN(icu::RegexMatcher* const matcher, MatcherFor(pattern.string()));
  const icu::UnicodeString subject = WideText(text.string());
  matcher->reset(subject);
  UErrorCode error = U_ZERO_ERROR;
  const bool matches = matcher->matches(error);
  // The subject dies with this call; the matcher must not refer to it any more.
  static const icu::UnicodeString& kNothing = *new icu::UnicodeString;
  matcher->reset(kNothing);
  if (error == U_REGEX_TIME_OUT || error == U_REGEX_STACK_OVERFLOW) {
    return MakeError(ErrorCode::kLimitExceeded,
                     absl::StrCat("Matching '", std::string(pattern.string()),
                                  "' takes more steps than allowed"));
  }
  if (U_FAILURE(error)) {
    return absl::InternalError(absl::StrCat("Unicode library: ", u_errorName(error)));
  }
  return Value::Boolean(matches);
}

}  // namespace entente::query
