// Vocabulary: codes for the words of texts that are much alike, such as all titles. A frequent word
// takes few bits, a rare one more; what the vocabulary does not have is spelled out, letter by
// letter. Any text decodes without what stands before it, unlike what a compressor makes of many
// texts together.
//
// The idea is Huffman coding of words: Moffat, "Word-based text compression", 1989; de Moura,
// Navarro, Ziviani, Baeza-Yates, "Fast and flexible word searching on compressed text", 2000.
//
// A word is a run of letters and digits (and bytes above 0x7f) with what separates it from the next
// one; an ideograph or syllable of three bytes that begins with 0xe3 … 0xed is one by itself. Words
// are cut behind 64 bytes, and known with a small first letter. A text is the codes of its words:
//
//   spelled, then codes of its bytes and of the end     a word that the vocabulary does not have
//   capital, then a word's code                         the word begins with a capital letter
//   a word's code
//
// A space at the end of what this spells is not part of the text: words at the end of a text are so
// the same as elsewhere.
//
// Stored:
//
//   kind         u8, 1
//   lengths      u8: of the longest code, 24 at most;
//                then for each length from 1 how many codes have it, varint
//   spelled      varint: the place of "spelled" in the order of codes
//   capital      varint: that of "capital"
//   words        in the order of codes without those two, each:
//                how many bytes it begins with like the one before, varint;
//                size of the others varint, the others; 64 bytes in all at most
//   letters      for each byte and the end: length of its code u8, 1 at least
//
// Codes are canonical (prefix_code.h), those of letters ordered by (length, byte), the end last.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/large_vector.h"
#include "storage/prefix_code.h"

namespace entente::storage {

class Vocabulary {
 public:
  // DataLoss when the bytes are not a vocabulary.
  static absl::StatusOr<Vocabulary> Parse(absl::string_view bytes);

  // Appends the text of bits [begin, end) of `codes`, which has so many; false when they are not
  // codes.
  bool Decode(absl::string_view codes, uint64_t begin, uint64_t end, std::string* text) const;

 private:
  friend class VocabularyEncoder;
  friend class VocabularySample;
  static constexpr size_t kLetters = 257;
  static constexpr uint32_t kEndLetter = 256;

  bool ParseAll(absl::string_view bytes);
  bool ParseLetters(absl::string_view lengths);
  bool Spell(BitReader* bits, std::string* text) const;
  absl::string_view Word(size_t place) const {
    return absl::string_view(text_).substr(begins_[place], begins_[place + 1] - begins_[place]);
  }

  std::string text_;              // all words, in the order of their codes, and some padding
  std::vector<uint32_t> begins_;  // of each and of what would follow
  PrefixCode words_;
  uint32_t spelled_ = 0;  // places
  uint32_t capital_ = 0;
  PrefixCode letters_;
  std::array<uint16_t, kLetters> letter_of_place_ = {};
};

// Writes texts with a vocabulary, which must outlive it.
class VocabularyEncoder {
 public:
  explicit VocabularyEncoder(const Vocabulary& vocabulary);

  void Encode(absl::string_view text, BitWriter* out);

 private:
  struct Entry {
    uint32_t hash = 0;
    uint32_t begin = 0;  // of the word in the vocabulary's text
    uint32_t code = 0;
    uint8_t code_length = 0;
    uint8_t size = 0;  // of the word; 0: nothing
  };
  struct Wanted {
    absl::string_view word;
    uint32_t hash;
    char turned;  // bits of its first letter, which make it a small one
  };

  const Entry* Find(const Wanted& wanted) const;
  void Spell(absl::string_view word, BitWriter* out) const;

  const Vocabulary& vocabulary_;
  LargeVector<Entry> entries_;  // by hash, else the next one that is free
  PrefixCode::Code spelled_;
  PrefixCode::Code capital_;
  std::array<PrefixCode::Code, Vocabulary::kLetters> letters_;
  std::string scratch_;
  std::vector<Wanted> wanted_;
};

// Writes texts with the vocabulary of this number (vocabularies.h).
struct TextEncoder {
  uint32_t number;
  VocabularyEncoder encoder;
  bool used = false;
};

// Finds the words that are worth having out of a sample of texts.
class VocabularySample {
 public:
  void Add(absl::string_view text);
  uint64_t bytes() const { return bytes_; }
  // The bytes of a vocabulary for texts of which the sample is one in `share`.
  std::string Learn(uint64_t share) const;
  // Bits that a vocabulary would take for some of the texts.
  uint64_t BitsOfSome(const Vocabulary& vocabulary) const;
  uint64_t bytes_of_some() const { return bytes_of_some_; }

 private:
  static constexpr uint64_t kOneInSome = 16;

  absl::flat_hash_map<std::string, uint64_t> counts_;   // of words with a small first letter
  absl::flat_hash_map<std::string, uint64_t> capital_;  // of those, with a capital one
  std::vector<std::string> some_;
  uint64_t texts_ = 0;
  uint64_t bytes_ = 0;
  uint64_t bytes_of_some_ = 0;
  std::string scratch_;
};

}  // namespace entente::storage
