#include <unicode/bytestream.h>
#include <unicode/casemap.h>
#include <unicode/normalizer2.h>

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "engine/error.h"
#include "engine/status.h"
#include "query/functions/rows.h"
#include "query/functions/text.h"

namespace entente::query {
namespace {

absl::Status IcuFailure(UErrorCode code) {
  return absl::InternalError(absl::StrCat("Unicode library: ", u_errorName(code)));
}

icu::StringPiece PieceOf(absl::string_view text) {
  return icu::StringPiece(text.data(), static_cast<int32_t>(text.size()));
}

bool IsAscii(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_isascii(static_cast<unsigned char>(c)); });
}

absl::StatusOr<Value> ToUpper(const FunctionContext&, Arguments arguments) {
  const absl::string_view text = arguments[0].string();
  if (IsAscii(text)) return Value::String(absl::AsciiStrToUpper(text));
  std::string upper;
  icu::StringByteSink<std::string> sink(&upper);
  UErrorCode error = U_ZERO_ERROR;
  icu::CaseMap::utf8ToUpper("", 0, PieceOf(text), sink, nullptr, error);
  if (U_FAILURE(error)) return IcuFailure(error);
  return Value::String(std::move(upper));
}

absl::StatusOr<Value> ToLower(const FunctionContext&, Arguments arguments) {
  const absl::string_view text = arguments[0].string();
  if (IsAscii(text)) return Value::String(absl::AsciiStrToLower(text));
  std::string lower;
  icu::StringByteSink<std::string> sink(&lower);
  UErrorCode error = U_ZERO_ERROR;
  icu::CaseMap::utf8ToLower("", 0, PieceOf(text), sink, nullptr, error);
  if (U_FAILURE(error)) return IcuFailure(error);
  return Value::String(std::move(lower));
}

absl::StatusOr<uint64_t> NonNegative(const Value& number, absl::string_view what) {
  if (number.integer() >= 0) return static_cast<uint64_t>(number.integer());
  return MakeError(
      ErrorCode::kNumberOutOfRange,
      absl::StrCat(std::string(what), " must not be ", number.integer(), ", a negative number"));
}

absl::StatusOr<Value> Left(const FunctionContext&, Arguments arguments) {
  ASSIGN_OR_RETURN(const uint64_t length, NonNegative(arguments[1], "The length"));
  const absl::string_view text = arguments[0].string();
  return Value::String(text.substr(0, CodePointOffset(text, length)));
}

absl::StatusOr<Value> Right(const FunctionContext&, Arguments arguments) {
  ASSIGN_OR_RETURN(const uint64_t length, NonNegative(arguments[1], "The length"));
  const absl::string_view text = arguments[0].string();
  const size_t count = CodePointCount(text);
  if (length >= count) return arguments[0];
  return Value::String(text.substr(CodePointOffset(text, count - length)));
}

absl::StatusOr<Value> Substring(const FunctionContext&, Arguments arguments) {
  ASSIGN_OR_RETURN(const uint64_t start, NonNegative(arguments[1], "The start"));
  absl::string_view text = arguments[0].string();
  text.remove_prefix(CodePointOffset(text, start));
  if (arguments.size() == 2) return Value::String(text);
  ASSIGN_OR_RETURN(const uint64_t length, NonNegative(arguments[2], "The length"));
  return Value::String(text.substr(0, CodePointOffset(text, length)));
}

absl::string_view Trimmed(Arguments arguments, bool start, bool end) {
  absl::string_view text = arguments[0].string();
  absl::string_view strip;
  const absl::string_view* characters = nullptr;
  if (arguments.size() == 2) {
    strip = arguments[1].string();
    characters = &strip;
  }
  if (start) text = TrimStart(text, characters);
  if (end) text = TrimEnd(text, characters);
  return text;
}

absl::StatusOr<Value> TrimBoth(const FunctionContext&, Arguments arguments) {
  return Value::String(Trimmed(arguments, true, true));
}
absl::StatusOr<Value> TrimLeft(const FunctionContext&, Arguments arguments) {
  return Value::String(Trimmed(arguments, true, false));
}
absl::StatusOr<Value> TrimRight(const FunctionContext&, Arguments arguments) {
  return Value::String(Trimmed(arguments, false, true));
}

absl::StatusOr<Value> Replace(const FunctionContext&, Arguments arguments) {
  const absl::string_view text = arguments[0].string();
  const absl::string_view search = arguments[1].string();
  const absl::string_view replacement = arguments[2].string();
  if (search.empty()) return arguments[0];
  std::string result;
  size_t begin = 0;
  while (true) {
    const size_t found = text.find(search, begin);
    const absl::string_view kept = text.substr(begin, found - begin);
    RETURN_IF_ERROR(CheckStringSize(result.size() + kept.size() + replacement.size()));
    result.append(kept.data(), kept.size());
    if (found == absl::string_view::npos) break;
    result.append(replacement.data(), replacement.size());
    begin = found + search.size();
  }
  return Value::String(std::move(result));
}

// Finds the parts of a text between delimiters. An empty delimiter parts every two code points.
class Splitter {
 public:
  explicit Splitter(absl::string_view text) : text_(text) {}
  void AddDelimiter(absl::string_view delimiter) {
    delimiters_.push_back({delimiter, Find(delimiter)});
  }

  // The next part; false when that was the last one.
  bool Next(absl::string_view* part) {
    const Delimiter* next = nullptr;
    for (Delimiter& delimiter : delimiters_) {
      // Only those that lie behind are sought again, so that each delimiter reads the text once.
      const size_t least = begin_ + (delimiter.text.empty() ? 1 : 0);
      if (delimiter.found < least) delimiter.found = Find(delimiter.text);
      if (next == nullptr || delimiter.found < next->found) next = &delimiter;
    }
    const size_t end = next == nullptr ? absl::string_view::npos : next->found;
    *part = text_.substr(begin_, end - begin_);
    if (end == absl::string_view::npos) return false;
    begin_ = end + next->text.size();
    return true;
  }

 private:
  struct Delimiter {
    absl::string_view text;
    size_t found;  // the first place at or after begin_; npos: none
  };

  size_t Find(absl::string_view delimiter) const {
    if (!delimiter.empty()) return text_.find(delimiter, begin_);
    const size_t second = begin_ + CodePointOffset(text_.substr(begin_), 1);
    return second < text_.size() ? second : absl::string_view::npos;
  }

  absl::string_view text_;
  size_t begin_ = 0;
  std::vector<Delimiter> delimiters_;
};

absl::StatusOr<Value> Split(const FunctionContext&, Arguments arguments) {
  const absl::string_view text = arguments[0].string();
  Splitter splitter(text);
  if (arguments[1].is_string()) {
    splitter.AddDelimiter(arguments[1].string());
  } else {
    for (const Value& delimiter : arguments[1].list()) {
      if (delimiter.is_null()) return Value::Null();
      if (!delimiter.is_string()) return WrongType(types::kString, delimiter);
      splitter.AddDelimiter(delimiter.string());
    }
  }
  std::vector<Value> parts;
  absl::string_view part;
  bool more = true;
  while (more) {
    RETURN_IF_ERROR(CheckListSize(parts.size() + 1));
    more = splitter.Next(&part);
    parts.push_back(Value::String(part));
  }
  return Value::List(std::move(parts));
}

absl::StatusOr<Value> CharacterLength(const FunctionContext&, Arguments arguments) {
  return Value::Integer(static_cast<int64_t>(CodePointCount(arguments[0].string())));
}

absl::StatusOr<const icu::Normalizer2*> NormalizerFor(absl::string_view form) {
  UErrorCode error = U_ZERO_ERROR;
  const std::string upper = absl::AsciiStrToUpper(form);
  const icu::Normalizer2* normalizer = nullptr;
  if (upper == "NFC") normalizer = icu::Normalizer2::getNFCInstance(error);
  if (upper == "NFD") normalizer = icu::Normalizer2::getNFDInstance(error);
  if (upper == "NFKC") normalizer = icu::Normalizer2::getNFKCInstance(error);
  if (upper == "NFKD") normalizer = icu::Normalizer2::getNFKDInstance(error);
  if (U_FAILURE(error)) return IcuFailure(error);
  if (normalizer == nullptr) {
    return MakeError(
        ErrorCode::kRuntimeInvalidArgumentValue,
        absl::StrCat("The normal form is NFC, NFD, NFKC or NFKD, not '", std::string(form), "'"));
  }
  return normalizer;
}

absl::StatusOr<Value> Normalize(const FunctionContext&, Arguments arguments) {
  const absl::string_view form = arguments.size() == 2 ? arguments[1].string() : "NFC";
  ASSIGN_OR_RETURN(const icu::Normalizer2* normalizer, NormalizerFor(form));
  std::string normal;
  icu::StringByteSink<std::string> sink(&normal);
  UErrorCode error = U_ZERO_ERROR;
  normalizer->normalizeUTF8(0, PieceOf(arguments[0].string()), sink, nullptr, error);
  if (U_FAILURE(error)) return IcuFailure(error);
  RETURN_IF_ERROR(CheckStringSize(normal.size()));
  return Value::String(std::move(normal));
}

// One that maps a text to a text.
FunctionRow TextRow(absl::string_view name, FunctionImplementation implementation,
                    absl::string_view help) {
  return {.name = name,
          .parameters = {{"text", types::kString}},
          .result = types::kString,
          .implementation = implementation,
          .help = help};
}

FunctionRow TrimRow(absl::string_view name, FunctionImplementation implementation,
                    absl::string_view help) {
  return {.name = name,
          .parameters = {{"text", types::kString}, {"characters", types::kString}},
          .optional = 1,
          .result = types::kString,
          .implementation = implementation,
          .help = help};
}

FunctionRow PartRow(absl::string_view name, FunctionImplementation implementation,
                    absl::string_view help) {
  return {.name = name,
          .parameters = {{"text", types::kString}, {"length", types::kInteger}},
          .result = types::kString,
          .implementation = implementation,
          .help = help};
}

FunctionRow LengthRow(absl::string_view name) {
  return {.name = name,
          .parameters = {{"text", types::kString}},
          .result = types::kInteger,
          .implementation = CharacterLength,
          .help = "The number of code points in a text."};
}

}  // namespace

std::vector<FunctionRow> StringFunctions() {
  return {
      TextRow("toUpper", ToUpper, "The text in upper case."),
      TextRow("upper", ToUpper, "The same as toUpper()."),
      TextRow("toLower", ToLower, "The text in lower case."),
      TextRow("lower", ToLower, "The same as toLower()."),
      PartRow("left", Left, "The first code points of a text."),
      PartRow("right", Right, "The last code points of a text."),
      {.name = "substring",
       .parameters = {{"text", types::kString},
                      {"start", types::kInteger},
                      {"length", types::kInteger}},
       .optional = 1,
       .result = types::kString,
       .implementation = Substring,
       .help = "The part of a text from code point `start`, counted from 0, to its end or of the "
               "length given."},
      TrimRow("trim", TrimBoth,
              "The text without white space, or the characters given, at both ends."),
      TrimRow("btrim", TrimBoth, "The same as trim()."),
      TrimRow("ltrim", TrimLeft,
              "The text without white space, or the characters given, at its beginning."),
      TrimRow("rtrim", TrimRight,
              "The text without white space, or the characters given, at its end."),
      {.name = "replace",
       .parameters = {{"text", types::kString},
                      {"search", types::kString},
                      {"replacement", types::kString}},
       .result = types::kString,
       .implementation = Replace,
       .help = "The text with every occurrence of `search` replaced; unchanged when `search` is "
               "empty."},
      {.name = "split",
       .parameters = {{"text", types::kString}, {"delimiter", types::kString | types::kList}},
       .result = types::kList,
       .elements = types::kString,
       .implementation = Split,
       .help = "The parts of a text between delimiters: a text or a list of them; '' parts every "
               "two code points."},
      LengthRow("char_length"),
      LengthRow("character_length"),
      {.name = "normalize",
       .parameters = {{"text", types::kString}, {"form", types::kString}},
       .optional = 1,
       .result = types::kString,
       .implementation = Normalize,
       .help = "The text in a Unicode normal form: 'NFC' (if none is given), 'NFD', 'NFKC' or "
               "'NFKD'."},
  };
}

}  // namespace entente::query
