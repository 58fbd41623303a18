#include "bench/wording.h"

#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace entente::bench {
namespace {

constexpr absl::string_view kOnsets[] = {"b", "br", "c",  "ch", "d",  "dr", "f", "g",
                                         "h", "j",  "k",  "l",  "m",  "n",  "p", "pr",
                                         "r", "s",  "st", "t",  "tr", "v",  "w", "z"};
constexpr absl::string_view kVowels[] = {"a", "e", "i", "o", "u", "ai", "ea", "ou"};
// No coda followed by an onset reads as another coda and onset, so that names stay different.
constexpr absl::string_view kCodas[] = {"", "n", "r", "l", "m", "x", "ng", "sk"};
constexpr uint64_t kSyllables = std::size(kOnsets) * std::size(kVowels) * std::size(kCodas);

// News in one language have a few thousand words of some frequency.
constexpr uint64_t kWords = 6000;
constexpr absl::string_view kSections[] = {"world",    "politics", "news",   "international",
                                           "business", "security", "region", "article"};
constexpr absl::string_view kEndings[] = {".com", ".com", ".org", ".net", ".co.uk", ".info"};

void AppendSyllable(uint64_t number, std::string* word) {
  absl::StrAppend(word, kOnsets[number % std::size(kOnsets)]);
  number /= std::size(kOnsets);
  absl::StrAppend(word, kVowels[number % std::size(kVowels)]);
  number /= std::size(kVowels);
  absl::StrAppend(word, kCodas[number % std::size(kCodas)]);
}

// The word of this frequency rank: the frequent ones are short.
void AppendWord(uint64_t rank, std::string* text) {
  uint64_t syllables = 1 + (rank > 100) + (rank > 2500);
  for (uint64_t number = rank * 769; syllables > 0; --syllables) {
    AppendSyllable(number % kSyllables, text);
    number = number / 7 + 331 * rank;
  }
}

void AppendWords(Random& random, uint64_t count, std::string* text) {
  static const Zipf words(kWords, Zipf::Exponent::k0_9);
  for (uint64_t i = 0; i < count; ++i) {
    if (i > 0) text->push_back(' ');
    AppendWord(words.Draw(random), text);
  }
}

}  // namespace

std::string NameOf(uint64_t entity) {
  std::string name;
  // Two syllables a word, each a digit of the number: no two numbers give the same digits.
  do {
    if (!name.empty()) name.push_back(' ');
    const size_t begin = name.size();
    AppendSyllable(entity % kSyllables, &name);
    entity /= kSyllables;
    AppendSyllable((entity * 611 + 97) % kSyllables, &name);
    entity /= kSyllables;
    name[begin] = absl::ascii_toupper(name[begin]);
  } while (entity > 0);
  return name;
}

std::string DomainOf(uint64_t publisher) {
  std::string domain;
  AppendSyllable(publisher * 97 % kSyllables, &domain);
  AppendSyllable(publisher * 389 % kSyllables, &domain);
  return absl::StrCat(domain, publisher, kEndings[publisher % std::size(kEndings)]);
}

std::string DrawTitle(Random& random) {
  std::string title;
  AppendWords(random, 7 + random.Below(7), &title);
  title[0] = absl::ascii_toupper(title[0]);
  return title;
}

std::string DrawUrl(Random& random, uint64_t publisher, int64_t day, const std::string& title) {
  const absl::CivilDay date = absl::CivilDay() + day;
  std::string url = absl::StrCat("https://www.", DomainOf(publisher), "/",
                                 kSections[random.Below(std::size(kSections))], "/");
  if (random.Chance(60)) {
    absl::StrAppendFormat(&url, "%04d/%02d/%02d/", date.year(), date.month(), date.day());
    for (const char c : title) url.push_back(c == ' ' ? '-' : absl::ascii_tolower(c));
    absl::StrAppend(&url, "-", absl::Hex(random.Below(1 << 24), absl::kZeroPad6));
  } else {
    absl::StrAppend(&url, "id", random.Below(100'000'000), ".html");
  }
  return url;
}

std::string DrawQuote(Random& random) {
  std::string quote;
  AppendWords(random, 5 + random.Below(10), &quote);
  return quote;
}

std::string DateText(int64_t day) {
  const absl::CivilDay date = absl::CivilDay() + day;
  return absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(), date.day());
}

}  // namespace entente::bench
