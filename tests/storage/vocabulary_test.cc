// Vocabularies: whatever text comes back as it was, texts like those that were learned from get
// short, and no bytes whatever do worse than an error.
#include "storage/vocabulary.h"

#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace entente::storage {
namespace {

const std::vector<std::string>& Headlines() {
  static const auto* const headlines = [] {
    const std::vector<std::string> words = {"minister", "talks",  "über",   "border", "says",
                                            "troops",   "Kyiv's", "treaty", "новые",  "санкции",
                                            "制裁",     "회담",   "to",     "after",  "meet"};
    auto* made = new std::vector<std::string>();
    std::mt19937 random(7);
    for (int i = 0; i < 2000; ++i) {
      std::string text = "Government";
      for (int n = 3 + random() % 8; n > 0; --n) {
        absl::StrAppend(&text, " ", words[random() % words.size()]);
      }
      made->push_back(std::move(text));
    }
    return made;
  }();
  return *headlines;
}

std::string LearnedBytes() {
  VocabularySample sample;
  for (size_t i = 0; i < Headlines().size(); i += 2) sample.Add(Headlines()[i]);
  return sample.Learn(2);
}

uint64_t BitsOf(const Vocabulary& vocabulary, const std::string& text) {
  VocabularyEncoder encoder(vocabulary);
  std::string codes;
  BitWriter out(&codes);
  encoder.Encode(text, &out);
  const uint64_t bits = out.size();
  out.Finish();
  std::string read = "before ";
  EXPECT_TRUE(vocabulary.Decode(codes, 0, bits, &read));
  EXPECT_EQ(read, absl::StrCat("before ", text));
  return bits;
}

TEST(VocabularyTest, TextsLikeTheSampleGetShort) {
  const Vocabulary vocabulary = *Vocabulary::Parse(LearnedBytes());
  uint64_t bits = 0;
  uint64_t bytes = 0;
  for (const std::string& text : Headlines()) {
    bits += BitsOf(vocabulary, text);
    bytes += text.size();
  }
  EXPECT_LT(bits, bytes * 8 / 8);
}

TEST(VocabularyTest, AnyTextComesBackAsItWas) {
  const Vocabulary vocabulary = *Vocabulary::Parse(LearnedBytes());
  for (const std::string text :
       {"",         " ",       "  ",           "a",
        "a ",       "a  ",     "Talks",        "talks ",
        "TALKS",    "tAlks",   "talks\ntalks", "…",
        "制",       "制 ",     "制裁 a",       "\xe3",
        "\xe3\x80", " a",      "Über",         "https://news.example/a?b=c&d",
        "-",        "the end."}) {
    BitsOf(vocabulary, text);
  }
  BitsOf(vocabulary, std::string("\0a\0", 3));
  BitsOf(vocabulary, std::string(5000, 'x'));
  BitsOf(vocabulary, std::string(5000, ' '));
  std::mt19937 random(11);
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (int n = random() % 40; n > 0; --n) {
      if (random() % 3 == 0) {
        text.push_back(static_cast<char>(random()));
      } else {
        absl::StrAppend(&text, Headlines()[random() % Headlines().size()].substr(0, random() % 20));
      }
    }
    BitsOf(vocabulary, text);
  }
}

TEST(VocabularyTest, TextsThatAreUnlikeTheSampleDoNotBlowUp) {
  const Vocabulary vocabulary = *Vocabulary::Parse(LearnedBytes());
  std::mt19937 random(3);
  std::string noise;
  for (int i = 0; i < 1000; ++i) noise.push_back(static_cast<char>(random()));
  EXPECT_LT(BitsOf(vocabulary, noise), 8 * 2 * noise.size());
}

TEST(VocabularyTest, WordsAreTheSameWhereverInATextTheyStand) {
  const Vocabulary vocabulary = *Vocabulary::Parse(LearnedBytes());
  for (size_t before = 0; before < 150; ++before) {
    const std::string pad = std::string(before, 'x') + "; ";
    const uint64_t of_pad = BitsOf(vocabulary, pad + Headlines()[0]);
    for (const std::string& text : Headlines()) {
      ASSERT_EQ(BitsOf(vocabulary, pad + text) - BitsOf(vocabulary, text),
                of_pad - BitsOf(vocabulary, Headlines()[0]))
          << before << " " << text;
    }
  }
}

TEST(VocabularyTest, TextsThatFollowEachOtherAreReadAlone) {
  const Vocabulary vocabulary = *Vocabulary::Parse(LearnedBytes());
  VocabularyEncoder encoder(vocabulary);
  std::string codes;
  BitWriter out(&codes);
  std::vector<uint64_t> ends = {0};
  for (int i = 0; i < 50; ++i) {
    encoder.Encode(Headlines()[i], &out);
    ends.push_back(out.size());
  }
  out.Finish();
  EXPECT_EQ(codes.size(), (ends.back() + 7) / 8);
  for (int i = 49; i >= 0; --i) {
    std::string text;
    EXPECT_TRUE(vocabulary.Decode(codes, ends[i], ends[i + 1], &text));
    EXPECT_EQ(text, Headlines()[i]);
  }
}

TEST(VocabularyTest, OfNoTextsSpells) {
  const Vocabulary vocabulary = *Vocabulary::Parse(VocabularySample().Learn(1));
  BitsOf(vocabulary, "Whatever it is");
}

TEST(VocabularyTest, NoBytesDoWorseThanAnError) {
  const std::string bytes = LearnedBytes();
  const Vocabulary whole = *Vocabulary::Parse(bytes);
  VocabularyEncoder encoder(whole);
  std::string codes;
  BitWriter out(&codes);
  for (int i = 0; i < 20; ++i) encoder.Encode(Headlines()[i], &out);
  encoder.Encode("not in it at all", &out);
  out.Finish();
  std::string text;
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(Vocabulary::Parse(bytes.substr(0, size)).ok());
  }
  std::mt19937 random(5);
  for (int round = 0; round < 3000; ++round) {
    std::string changed = round % 2 == 0 ? bytes : codes;
    for (int i = 0; i < 1 + round % 3; ++i) {
      changed[random() % (round % 4 == 0 ? 60 : changed.size())] = static_cast<char>(random());
    }
    text.clear();
    if (round % 2 == 1) {
      whole.Decode(changed, random() % 8, changed.size() * 8 - random() % 8, &text);
      continue;
    }
    const absl::StatusOr<Vocabulary> broken = Vocabulary::Parse(changed);
    if (broken.ok()) {
      broken->Decode(codes, 0, codes.size() * 8, &text);
    } else {
      EXPECT_TRUE(absl::IsDataLoss(broken.status()));
    }
  }
}

}  // namespace
}  // namespace entente::storage
