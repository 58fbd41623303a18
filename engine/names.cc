#include "engine/names.h"

#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/mutex.h"

namespace entente {
namespace {

constexpr absl::string_view kStubPrefix = "name:";

bool IsAscii(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool FoldsAccents(UChar32 base) {
  UErrorCode status = U_ZERO_ERROR;
  const UScriptCode script = uscript_getScript(base, &status);
  return U_SUCCESS(status) && (script == USCRIPT_LATIN || script == USCRIPT_GREEK);
}

// `text` in NFD without the marks that stand on Latin and Greek letters.
icu::UnicodeString WithoutAccents(const icu::UnicodeString& text) {
  icu::UnicodeString out;
  bool folds = false;
  for (int32_t i = 0; i < text.length();) {
    const UChar32 c = text.char32At(i);
    i += U16_LENGTH(c);
    if (u_charType(c) == U_NON_SPACING_MARK) {
      if (!folds) out.append(c);
      continue;
    }
    folds = FoldsAccents(c);
    out.append(c);
  }
  return out;
}

icu::UnicodeString WithSingleSpaces(const icu::UnicodeString& text) {
  icu::UnicodeString out;
  bool pending = false;
  for (int32_t i = 0; i < text.length();) {
    const UChar32 c = text.char32At(i);
    i += U16_LENGTH(c);
    if (u_isUWhiteSpace(c)) {
      pending = !out.isEmpty();
      continue;
    }
    if (pending) out.append(static_cast<UChar32>(' '));
    pending = false;
    out.append(c);
  }
  return out;
}

std::string NormalizeAscii(absl::string_view name) {
  std::string out;
  out.reserve(name.size());
  bool pending = false;
  for (char c : name) {
    if (absl::ascii_isspace(c) || (c >= 0x1c && c <= 0x1f)) {
      pending = !out.empty();
      continue;
    }
    if (pending) out.push_back(' ');
    pending = false;
    out.push_back(absl::ascii_tolower(c));
  }
  return out;
}

// One round of folding. A second round can find more to fold when removing a mark uncovers what
// case folding changes, so NormalizeName goes on until nothing moves.
icu::UnicodeString FoldOnce(const icu::UnicodeString& text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* fold = icu::Normalizer2::getNFKCCasefoldInstance(status);
  const icu::Normalizer2* nfd = icu::Normalizer2::getNFDInstance(status);
  const icu::Normalizer2* nfkc = icu::Normalizer2::getNFKCInstance(status);
  if (U_FAILURE(status)) return text;
  const icu::UnicodeString bare =
      WithoutAccents(nfd->normalize(fold->normalize(text, status), status));
  return WithSingleSpaces(nfkc->normalize(bare, status));
}

std::vector<UChar32> CodePoints(absl::string_view text) {
  std::vector<UChar32> out;
  const int32_t length = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < length;) {
    UChar32 c;
    U8_NEXT_OR_FFFD(text.data(), i, length, c);
    out.push_back(c);
  }
  return out;
}

std::unique_ptr<const icu::Transliterator> NewLatinTransliterator() {
  UErrorCode status = U_ZERO_ERROR;
  return std::unique_ptr<const icu::Transliterator>(
      icu::Transliterator::createInstance("Any-Latin; Latin-ASCII", UTRANS_FORWARD, status));
}

// How many edits still count as a slip of the pen in a text of this many bytes.
size_t NearLimit(size_t bytes) { return std::max<size_t>(2, bytes / 3); }

}  // namespace

std::string NormalizeName(absl::string_view name) {
  if (IsAscii(name)) return NormalizeAscii(name);
  icu::UnicodeString text = icu::UnicodeString::fromUTF8(
      icu::StringPiece(name.data(), static_cast<int32_t>(name.size())));
  constexpr int kMostRounds = 4;
  for (int round = 0; round < kMostRounds; ++round) {
    icu::UnicodeString folded = FoldOnce(text);
    if (folded == text) break;
    text = std::move(folded);
  }
  std::string out;
  text.toUTF8String(out);
  return out;
}

std::string ScriptOf(absl::string_view text) {
  std::map<UScriptCode, size_t> letters;
  for (UChar32 c : CodePoints(text)) {
    if (!u_isalpha(c)) continue;
    UErrorCode status = U_ZERO_ERROR;
    const UScriptCode script = uscript_getScript(c, &status);
    if (U_SUCCESS(status) && script > USCRIPT_INHERITED) ++letters[script];
  }
  const auto most =
      std::max_element(letters.begin(), letters.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  if (most == letters.end()) return "";
  const char* code = uscript_getShortName(most->first);
  return code == nullptr ? "" : code;
}

std::string LatinForm(absl::string_view normalised) {
  if (IsAscii(normalised)) return std::string(normalised);
  struct Shared {
    absl::Mutex mutex;
    const std::unique_ptr<const icu::Transliterator> to_latin = NewLatinTransliterator();
  };
  static Shared& shared = *new Shared;
  if (shared.to_latin == nullptr) return std::string(normalised);
  icu::UnicodeString text = icu::UnicodeString::fromUTF8(
      icu::StringPiece(normalised.data(), static_cast<int32_t>(normalised.size())));
  {
    absl::MutexLock lock(&shared.mutex);
    shared.to_latin->transliterate(text);
  }
  std::string out;
  text.toUTF8String(out);
  return NormalizeName(out);
}

std::vector<Trigram> TrigramsOf(absl::string_view latin_form) {
  std::vector<Trigram> trigrams;
  Trigram last = 0;  // the three bytes up to here, while a word goes on
  const auto take = [&](char c) {
    last = (last << 8 | static_cast<unsigned char>(c)) & 0xff'ff'ff;
    trigrams.push_back(last);
  };
  for (char c : latin_form) {
    const bool in_word = absl::ascii_isalnum(c) || static_cast<unsigned char>(c) >= 0x80;
    if (in_word) {
      if (last == 0) last = ' ' << 8 | ' ';
      take(c);
    } else if (last != 0) {
      take(' ');
      last = 0;
    }
  }
  if (last != 0) take(' ');
  std::sort(trigrams.begin(), trigrams.end());
  trigrams.erase(std::unique(trigrams.begin(), trigrams.end()), trigrams.end());
  return trigrams;
}

double TrigramSimilarity(absl::Span<const Trigram> a, absl::Span<const Trigram> b) {
  size_t common = 0;
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    common += a[i] == b[j];
    const bool advance_a = a[i] <= b[j];
    j += b[j] <= a[i];
    i += advance_a;
  }
  const size_t all = a.size() + b.size() - common;
  return all == 0 ? 0 : static_cast<double>(common) / static_cast<double>(all);
}

std::string StubKey(absl::string_view text) {
  if (IsStubKey(text)) return std::string(text);
  return absl::StrCat(kStubPrefix, NormalizeName(text));
}

bool IsStubKey(absl::string_view key) {
  return absl::ConsumePrefix(&key, kStubPrefix) && !NormalizeName(key).empty();
}

std::string StubName(absl::string_view text) {
  if (IsStubKey(text)) text.remove_prefix(kStubPrefix.size());
  return std::string(text);
}

size_t EditDistance(absl::string_view a, absl::string_view b, size_t limit) {
  const std::vector<UChar32> from = CodePoints(a);
  const std::vector<UChar32> to = CodePoints(b);
  const size_t longer = std::max(from.size(), to.size());
  if (longer - std::min(from.size(), to.size()) > limit) return limit + 1;
  // Rows i − 2, i − 1 and i of the table of distances between prefixes.
  std::vector<size_t> before(to.size() + 1), last(to.size() + 1), row(to.size() + 1);
  for (size_t j = 0; j <= to.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= from.size(); ++i) {
    std::swap(before, last);
    std::swap(last, row);
    row[0] = i;
    size_t least = row[0];
    for (size_t j = 1; j <= to.size(); ++j) {
      const size_t replaced = last[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
      least = std::min(least, row[j]);
    }
    if (least > limit) return limit + 1;
  }
  return std::min(row[to.size()], limit + 1);
}

std::vector<std::string> NearestTo(absl::string_view text, absl::Span<const std::string> candidates,
                                   size_t limit) {
  const std::string wanted = NormalizeName(text);
  const size_t most = NearLimit(wanted.size());
  std::vector<std::pair<size_t, std::string>> near;
  for (const std::string& candidate : candidates) {
    const size_t distance = EditDistance(wanted, NormalizeName(candidate), most);
    if (distance <= most) near.emplace_back(distance, candidate);
  }
  std::sort(near.begin(), near.end());
  near.erase(std::unique(near.begin(), near.end()), near.end());
  std::vector<std::string> out;
  for (size_t i = 0; i < near.size() && i < limit; ++i) out.push_back(std::move(near[i].second));
  return out;
}

}  // namespace entente
