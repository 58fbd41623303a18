#include "storage/vocabulary.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <utility>

#include "absl/strings/ascii.h"
#include "storage/bytes.h"

namespace entente::storage {
namespace {

constexpr char kVocabularyKind = '\x01';
constexpr size_t kMostWords = size_t{1} << 17;
constexpr size_t kMostWordBytes = 64;
// Bytes behind texts whose words are looked at eight bytes at a time.
constexpr size_t kPadding = sizeof(uint64_t);

enum ByteKind : uint8_t { kSeparator, kLetter, kIdeograph };
constexpr size_t kIdeographBytes = 3;

constexpr std::array<ByteKind, 256> kKinds = [] {
  std::array<ByteKind, 256> kinds{};
  for (size_t c = 0; c < kinds.size(); ++c) {
    const bool is_letter =
        c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    kinds[c] = c >= 0xe3 && c <= 0xed ? kIdeograph : is_letter ? kLetter : kSeparator;
  }
  return kinds;
}();
ByteKind KindOf(char c) { return kKinds[static_cast<uint8_t>(c)]; }

// The size of the first word of some text.
size_t FirstWord(const char* text, size_t size) {
  const size_t limit = std::min(size, kMostWordBytes);
  size_t end = 0;
  if (KindOf(text[0]) == kIdeograph && limit >= kIdeographBytes) return kIdeographBytes;
  while (end < limit && KindOf(text[end]) == kLetter) ++end;
  while (end < limit && KindOf(text[end]) == kSeparator) ++end;
  return std::max<size_t>(end, 1);
}

// What FirstWord asks of eight bytes.
struct EightKinds {
  explicit EightKinds(const char* text) {
    constexpr uint64_t kHigh = 0x8080808080808080;
    uint64_t bytes;
    std::memcpy(&bytes, text, sizeof(bytes));
    const uint64_t low = bytes & ~kHigh;
    // The high bit of each byte that is between two, when only the other seven bits count.
    const auto among = [low](uint64_t from, uint64_t to) {
      constexpr uint64_t kEach = 0x0101010101010101;
      return (low + (0x80 - from) * kEach) & ~(low + (0x7f - to) * kEach) & kHigh;
    };
    const uint64_t letters = among('0', '9') | among('A', 'Z') | among('a', 'z') | bytes;
    separators = ((~letters & kHigh) >> 7) * 0x0102040810204080 >> 56;
    has_ideograph = (among(0xe3 - 0x80, 0xed - 0x80) & bytes) != 0;
  }

  uint64_t separators;  // bit i: byte i is one
  bool has_ideograph;   // or the first byte of one
};

// Calls visit(begin, end) for each word as FirstWord cuts them; kPadding bytes follow the text.
template <typename Visit>
void EachWord(const char* text, size_t size, const Visit& visit) {
  constexpr size_t kAtOnce = 64;
  size_t begin = 0;
  uint64_t after_separator = 0;
  for (size_t at = 0; at < size; at += kAtOnce) {
    uint64_t separators = 0;
    const size_t count = std::min(kAtOnce, size - at);
    for (size_t i = 0; i < count; i += sizeof(uint64_t)) {
      const EightKinds kinds(text + at + i);
      separators |= kinds.separators << i;
      if (!kinds.has_ideograph) continue;
      for (size_t end; begin < size; begin = end) {
        end = begin + FirstWord(text + begin, size - begin);
        visit(begin, end);
      }
      return;
    }
    uint64_t begins = ~separators & (separators << 1 | after_separator);
    if (count < kAtOnce) begins &= (uint64_t{1} << count) - 1;
    after_separator = separators >> (kAtOnce - 1);
    for (; begins != 0; begins &= begins - 1) {
      const size_t end = at + static_cast<size_t>(std::countr_zero(begins));
      for (; end - begin > kMostWordBytes; begin += kMostWordBytes) {
        visit(begin, begin + kMostWordBytes);
      }
      visit(begin, end);
      begin = end;
    }
  }
  for (; size - begin > kMostWordBytes; begin += kMostWordBytes) {
    visit(begin, begin + kMostWordBytes);
  }
  if (begin < size) visit(begin, size);
}

// Sets `*spelled` to what the codes of a text spell: a space more than the text where its last word
// is likely to be known with one, or where the text's own would not count.
void AddSpace(absl::string_view text, std::string* spelled) {
  spelled->assign(text.data(), text.size());
  if (text.empty()) return;
  const bool after_ideograph =
      text.size() >= kIdeographBytes && KindOf(text[text.size() - kIdeographBytes]) == kIdeograph;
  if (text.back() == ' ' || (KindOf(text.back()) == kLetter && !after_ideograph)) {
    spelled->push_back(' ');
  }
}

// What turns a capital into a small letter.
constexpr char kSmall = 'a' - 'A';

// The next `left` bytes, at most eight, of which more may be read.
uint64_t LastBytes(const char* at, size_t left) {
  uint64_t eight;
  std::memcpy(&eight, at, sizeof(eight));
  return eight & (~uint64_t{0} >> (64 - 8 * left));
}

// Whether two words of one size are the same when some bits of the second's first letter are
// turned. Reads like HashWord.
bool IsSame(const char* word, const char* other, size_t size, char turned) {
  uint64_t differing = static_cast<uint8_t>(turned);
  for (; size > sizeof(uint64_t); size -= sizeof(uint64_t)) {
    uint64_t eight;
    uint64_t other_eight;
    std::memcpy(&eight, word, sizeof(eight));
    std::memcpy(&other_eight, other, sizeof(other_eight));
    if ((eight ^ other_eight) != differing) return false;
    differing = 0;
    word += sizeof(eight);
    other += sizeof(other_eight);
  }
  return (LastBytes(word, size) ^ LastBytes(other, size)) == differing;
}

// Of the word with some bits of its first letter turned. Reads up to kPadding bytes behind the
// word, which must be there.
uint32_t HashWord(absl::string_view word, char turned) {
  constexpr uint64_t kFactor = 0x9e3779b97f4a7c15;
  uint64_t hash = (word.size() << 56) ^ static_cast<uint8_t>(turned);
  const char* at = word.data();
  size_t left = word.size();
  uint64_t eight;
  for (; left > sizeof(eight); left -= sizeof(eight), at += sizeof(eight)) {
    std::memcpy(&eight, at, sizeof(eight));
    hash = (hash ^ eight) * kFactor;
    hash ^= hash >> 32;
  }
  hash = (hash ^ LastBytes(at, left)) * kFactor;  // 1 … 8 are left
  return static_cast<uint32_t>(hash >> 32);
}

bool IsCapital(char c) { return absl::ascii_isupper(static_cast<unsigned char>(c)); }

// Symbols in the order of their codes, by (length, number); how many codes of each length there
// are.
std::vector<uint32_t> InOrder(absl::Span<const uint8_t> lengths, PrefixCode::Counts* of_length) {
  *of_length = {};
  for (const uint8_t length : lengths) ++(*of_length)[length];
  (*of_length)[0] = 0;
  std::array<uint32_t, PrefixCode::kLongest + 2> next = {};
  for (int length = 1; length <= PrefixCode::kLongest; ++length) {
    next[length + 1] = next[length] + (*of_length)[length];
  }
  std::vector<uint32_t> symbols(next[PrefixCode::kLongest + 1]);
  for (uint32_t symbol = 0; symbol < lengths.size(); ++symbol) {
    if (lengths[symbol] != 0) symbols[next[lengths[symbol]]++] = symbol;
  }
  return symbols;
}

}  // namespace

absl::StatusOr<Vocabulary> Vocabulary::Parse(absl::string_view bytes) {
  Vocabulary vocabulary;
  if (!vocabulary.ParseAll(bytes)) return absl::DataLossError("broken vocabulary");
  return vocabulary;
}

bool Vocabulary::ParseAll(absl::string_view bytes) {
  ByteReader reader(bytes);
  uint8_t kind;
  uint8_t longest;
  if (!reader.Fixed(&kind) || kind != kVocabularyKind || !reader.Fixed(&longest) ||
      longest > PrefixCode::kLongest) {
    return false;
  }
  PrefixCode::Counts of_length = {};
  for (int length = 1; length <= longest; ++length) {
    if (!reader.Number(&of_length[length])) return false;
  }
  if (!words_.Assign(of_length) || words_.size() > kMostWords || !reader.Number(&spelled_) ||
      !reader.Number(&capital_) || spelled_ >= words_.size() || capital_ >= words_.size() ||
      spelled_ == capital_) {
    return false;
  }
  begins_.push_back(0);
  std::string word;
  for (uint32_t place = 0; place < words_.size(); ++place) {
    if (place != spelled_ && place != capital_) {
      uint64_t same;
      uint64_t size;
      absl::string_view others;
      if (!reader.Varint(&same) || same > word.size() || !reader.Varint(&size) ||
          size > kMostWordBytes - same || same + size == 0 || !reader.Bytes(size, &others)) {
        return false;
      }
      word.resize(same);
      word.append(others.data(), others.size());
      text_ += word;
    }
    begins_.push_back(static_cast<uint32_t>(text_.size()));
  }
  text_.append(kPadding, '\0');
  return ParseLetters(reader.rest());
}

bool Vocabulary::ParseLetters(absl::string_view lengths) {
  if (lengths.size() != kLetters) return false;
  std::array<uint8_t, kLetters> of_letter;
  for (size_t letter = 0; letter < kLetters; ++letter) {
    of_letter[letter] = static_cast<uint8_t>(lengths[letter]);
    if (of_letter[letter] == 0 || of_letter[letter] > PrefixCode::kLongest) return false;
  }
  PrefixCode::Counts of_length;
  const std::vector<uint32_t> letters = InOrder(of_letter, &of_length);
  std::copy(letters.begin(), letters.end(), letter_of_place_.begin());
  return letters_.Assign(of_length);
}

bool Vocabulary::Spell(BitReader* bits, std::string* text) const {
  uint32_t place;
  while (letters_.Take(bits, &place)) {
    const uint16_t letter = letter_of_place_[place];
    if (letter == kEndLetter) return true;
    text->push_back(static_cast<char>(letter));
  }
  return false;
}

bool Vocabulary::Decode(absl::string_view codes, uint64_t begin, uint64_t end,
                        std::string* text) const {
  BitReader bits(codes, begin, end);
  const size_t start = text->size();
  while (!bits.done()) {
    uint32_t place;
    if (!words_.Take(&bits, &place)) return false;
    if (place == spelled_) {
      if (!Spell(&bits, text)) return false;
      continue;
    }
    const bool is_capital = place == capital_;
    if (is_capital && (!words_.Take(&bits, &place) || place == spelled_ || place == capital_)) {
      return false;
    }
    const absl::string_view word = Word(place);
    const size_t at = text->size();
    text->append(word.data(), word.size());
    if (is_capital) (*text)[at] = absl::ascii_toupper(static_cast<unsigned char>(word[0]));
  }
  if (text->size() > start && text->back() == ' ') text->pop_back();
  return true;
}

VocabularyEncoder::VocabularyEncoder(const Vocabulary& vocabulary) : vocabulary_(vocabulary) {
  const PrefixCode& words = vocabulary.words_;
  spelled_ = words.At(vocabulary.spelled_);
  capital_ = words.At(vocabulary.capital_);
  for (uint32_t place = 0; place < Vocabulary::kLetters; ++place) {
    letters_[vocabulary.letter_of_place_[place]] = vocabulary.letters_.At(place);
  }
  entries_.resize(std::bit_ceil(2 * words.size()));
  const size_t mask = entries_.size() - 1;
  for (uint32_t place = 0; place < words.size(); ++place) {
    if (place == vocabulary.spelled_ || place == vocabulary.capital_) continue;
    const absl::string_view word = vocabulary.Word(place);
    const uint32_t hash = HashWord(word, 0);
    size_t i = hash & mask;
    while (entries_[i].size != 0) i = (i + 1) & mask;
    const PrefixCode::Code code = words.At(place);
    entries_[i] = {hash, vocabulary.begins_[place], code.bits, static_cast<uint8_t>(code.length),
                   static_cast<uint8_t>(word.size())};
  }
}

const VocabularyEncoder::Entry* VocabularyEncoder::Find(const Wanted& wanted) const {
  const size_t mask = entries_.size() - 1;
  for (size_t i = wanted.hash & mask; entries_[i].size != 0; i = (i + 1) & mask) {
    const Entry& entry = entries_[i];
    if (entry.hash == wanted.hash && entry.size == wanted.word.size() &&
        IsSame(wanted.word.data(), vocabulary_.text_.data() + entry.begin, entry.size,
               wanted.turned)) {
      return &entry;
    }
  }
  return nullptr;
}

void VocabularyEncoder::Spell(absl::string_view word, BitWriter* out) const {
  out->Put(spelled_.bits, spelled_.length);
  for (const char c : word) {
    const PrefixCode::Code code = letters_[static_cast<uint8_t>(c)];
    out->Put(code.bits, code.length);
  }
  const PrefixCode::Code end = letters_[Vocabulary::kEndLetter];
  out->Put(end.bits, end.length);
}

void VocabularyEncoder::Encode(absl::string_view text, BitWriter* out) {
  AddSpace(text, &scratch_);
  const size_t size = scratch_.size();
  scratch_.append(kPadding, '\0');
  const char* const spelled = scratch_.data();
  const size_t mask = entries_.size() - 1;
  wanted_.clear();
  EachWord(spelled, size, [&](size_t begin, size_t end) {
    const char turned = IsCapital(spelled[begin]) ? kSmall : '\0';
    const absl::string_view word(spelled + begin, end - begin);
    const uint32_t hash = HashWord(word, turned);
    __builtin_prefetch(&entries_[hash & mask]);
    wanted_.push_back({word, hash, turned});
  });
  // The words of a vocabulary are too many to be near, so those of a text are fetched together.
  for (const Wanted& wanted : wanted_) {
    __builtin_prefetch(vocabulary_.text_.data() + entries_[wanted.hash & mask].begin);
  }
  for (const Wanted& wanted : wanted_) {
    const Entry* const known = Find(wanted);
    if (known == nullptr) {
      Spell(wanted.word, out);
      continue;
    }
    if (wanted.turned != 0) out->Put(capital_.bits, capital_.length);
    out->Put(known->code, known->code_length);
  }
}

void VocabularySample::Add(absl::string_view text) {
  if (texts_++ % kOneInSome == 0) {
    some_.emplace_back(text);
    bytes_of_some_ += text.size();
  }
  bytes_ += text.size();
  AddSpace(text, &scratch_);
  const size_t size = scratch_.size();
  scratch_.append(kPadding, '\0');
  EachWord(scratch_.data(), size, [&](size_t begin, size_t end) {
    char& first = scratch_[begin];
    const bool is_capital = IsCapital(first);
    if (is_capital) first = absl::ascii_tolower(static_cast<unsigned char>(first));
    const absl::string_view small(&first, end - begin);
    ++counts_[small];
    if (is_capital) ++capital_[small];
  });
}

std::string VocabularySample::Learn(uint64_t share) const {
  constexpr double kBitsALetter = 5;
  constexpr double kBitsASpelling = 12;  // to begin and to end it
  uint64_t total = 0;
  for (const auto& [word, count] : counts_) total += count;
  // "Spelled", "capital", then words in the order of their bytes.
  std::vector<std::pair<absl::string_view, uint64_t>> words = {{"", 1}, {"", 1}};
  std::vector<uint64_t> letters(Vocabulary::kLetters, 1);
  const auto spell = [&](absl::string_view word, uint64_t count) {
    words[0].second += count;
    for (const char c : word) letters[static_cast<uint8_t>(c)] += count;
    letters[Vocabulary::kEndLetter] += count;
  };
  for (const auto& [word, count] : counts_) {
    // What it saves everywhere against what it takes here; once is chance.
    const double spelled = kBitsASpelling + kBitsALetter * static_cast<double>(word.size());
    const double coded = std::log2(static_cast<double>(total) / static_cast<double>(count));
    const double saved = static_cast<double>(count * share) * (spelled - coded) / 8;
    const auto capital = capital_.find(word);
    const uint64_t capitals = capital == capital_.end() ? 0 : capital->second;
    if (count > 1 && saved > static_cast<double>(word.size()) / 2 + 2) {
      words.emplace_back(word, count);
      words[1].second += capitals;
    } else {
      std::string as_is = word;
      spell(word, count - capitals);
      as_is[0] = absl::ascii_toupper(static_cast<unsigned char>(as_is[0]));
      spell(as_is, capitals);
    }
  }
  if (words.size() > kMostWords) {
    std::sort(words.begin() + 2, words.end(), [](const auto& a, const auto& b) {
      return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    for (size_t i = kMostWords; i < words.size(); ++i) spell(words[i].first, words[i].second);
    words.resize(kMostWords);
  }
  std::sort(words.begin() + 2, words.end());
  // Letters that the sample does not have come in other texts.
  const uint64_t all_letters = std::accumulate(letters.begin(), letters.end(), uint64_t{0});
  for (uint64_t& count : letters) count += all_letters / 4096;

  std::vector<uint64_t> counts;
  for (const auto& [word, count] : words) counts.push_back(count);
  PrefixCode::Counts of_length;
  const std::vector<uint32_t> order =
      InOrder(PrefixCode::LengthsFor(std::move(counts)), &of_length);
  int longest = PrefixCode::kLongest;
  while (longest > 0 && of_length[longest] == 0) --longest;
  std::string bytes = {kVocabularyKind, static_cast<char>(longest)};
  for (int length = 1; length <= longest; ++length) AppendVarint(of_length[length], &bytes);
  for (const uint32_t special : {0U, 1U}) {
    const auto place = std::find(order.begin(), order.end(), special) - order.begin();
    AppendVarint(static_cast<uint64_t>(place), &bytes);
  }
  absl::string_view before;
  for (const uint32_t symbol : order) {
    if (symbol < 2) continue;
    const absl::string_view word = words[symbol].first;
    const size_t limit = std::min(word.size(), before.size());
    size_t same = 0;
    while (same < limit && word[same] == before[same]) ++same;
    AppendVarint(same, &bytes);
    AppendVarint(word.size() - same, &bytes);
    bytes.append(word.data() + same, word.size() - same);
    before = word;
  }
  for (const uint8_t length : PrefixCode::LengthsFor(std::move(letters))) {
    bytes.push_back(static_cast<char>(length));
  }
  return bytes;
}

uint64_t VocabularySample::BitsOfSome(const Vocabulary& vocabulary) const {
  VocabularyEncoder encoder(vocabulary);
  std::string codes;
  BitWriter out(&codes);
  for (const std::string& text : some_) encoder.Encode(text, &out);
  return out.size();
}

}  // namespace entente::storage
