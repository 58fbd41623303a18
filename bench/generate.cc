#include "bench/generate.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "bench/wording.h"
#include "bench/world.h"
#include "engine/status.h"

namespace entente::bench {
namespace {

constexpr size_t kBuffer = 1 << 20;
constexpr uint64_t kLabelStream = 100;
constexpr uint64_t kTitleStream = 101;
constexpr uint64_t kQuoteStream = 102;

// A file that is written in large portions. No field that goes in needs quotes.
class TableFile {
 public:
  TableFile(const std::filesystem::path& path, absl::string_view header)
      : path_(path), file_(path) {
    absl::StrAppend(&buffer_, header, "\n");
  }

  template <typename... Fields>
  void Row(const Fields&... fields) {
    absl::string_view comma = "";
    (absl::StrAppend(&buffer_, std::exchange(comma, ","), fields), ...);
    buffer_.push_back('\n');
    if (buffer_.size() >= kBuffer) Flush();
  }

  absl::Status Close() {
    Flush();
    file_.close();
    if (file_.fail()) return absl::UnavailableError(absl::StrCat("cannot write ", path_.string()));
    return absl::OkStatus();
  }

 private:
  void Flush() {
    file_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    buffer_.clear();
  }

  const std::filesystem::path path_;
  std::ofstream file_;
  std::string buffer_;
};

absl::string_view DrawLabel(Random& random) {
  constexpr absl::string_view kLabels[] = {"Person", "Organisation", "ArmedGroup", "Place"};
  const uint64_t at = random.Below(100);
  return kLabels[(at >= 45) + (at >= 85) + (at >= 92)];
}

absl::Status WriteEntities(const World& world, const std::filesystem::path& directory) {
  TableFile file(directory / "entities.csv", "key,name,labels,country");
  for (uint64_t entity = 0; entity < world.entities(); ++entity) {
    Random random(kLabelStream, entity);
    const absl::string_view label = DrawLabel(random);
    const bool publishes = entity < world.publishers();
    const uint64_t country = random.Below(200);
    const char code[] = {static_cast<char>('A' + country / 26),
                         static_cast<char>('A' + country % 26),
                         static_cast<char>('A' + country % 7)};
    file.Row(EntityKey(entity), NameOf(entity), publishes ? "Organisation;Publisher" : label,
             absl::string_view(code, std::size(code)));
  }
  return file.Close();
}

std::string InstantText(int64_t minutes) {
  const int64_t minute = minutes % (24 * 60);
  return absl::StrFormat("%sT%02d:%02d:00Z", DateText(minutes / (24 * 60)), minute / 60,
                         minute % 60);
}

absl::Status WriteArticles(const World& world, const std::filesystem::path& directory) {
  TableFile file(directory / "articles.csv", "key,publisher,language,published,url,title,copy_of");
  for (uint64_t number = 0; number < world.articles(); ++number) {
    const Article article = world.ArticleAt(number);
    const bool is_copy = article.original != Article::kNone;
    // A reprint keeps the title.
    Random words(kTitleStream, is_copy ? article.original : number);
    const std::string title = DrawTitle(words);
    Random address(kTitleStream, number);
    address.Next();
    const int64_t day = article.published / (24 * 60);
    file.Row(ArticleKey(number), EntityKey(article.publisher), article.language,
             InstantText(article.published), DrawUrl(address, article.publisher, day, title), title,
             is_copy ? ArticleKey(article.original) : "");
  }
  return file.Close();
}

absl::Status WriteFacts(const World& world, const std::filesystem::path& directory) {
  TableFile file(directory / "facts.csv", "id,subject,type,object,valid_from,valid_to");
  FactStream facts(world);
  Fact fact;
  for (uint64_t id = 1; facts.Next(&fact); ++id) {
    file.Row(id, EntityKey(fact.subject), Relations()[fact.relation].name, EntityKey(fact.object),
             DateText(fact.from), fact.to == Fact::kOpen ? "" : DateText(fact.to));
  }
  return file.Close();
}

absl::string_view StanceText(Stance stance) {
  constexpr absl::string_view kTexts[] = {"reports", "affirms", "denies"};
  return kTexts[static_cast<size_t>(stance)];
}

absl::Status WriteEvidence(const World& world, const std::filesystem::path& directory) {
  TableFile file(directory / "evidence.csv",
                 "fact,article,stance,confidence,asserted_by,sentence,span_start,span_end,quote");
  for (uint64_t fact = 0; fact < world.facts(); ++fact) {
    Random random(kQuoteStream, fact);
    for (const Evidence& piece : world.EvidenceOf(fact)) {
      const bool asserted = piece.asserter != Evidence::kNobody;
      file.Row(fact + 1, ArticleKey(piece.article), StanceText(piece.stance),
               absl::StrCat("0.", absl::Dec(piece.confidence, absl::kZeroPad2)),
               asserted ? EntityKey(piece.asserter) : "", piece.sentence, piece.span_begin,
               piece.span_end, piece.quoted ? DrawQuote(random) : "");
    }
  }
  return file.Close();
}

}  // namespace

absl::Status GenerateTables(uint64_t facts, const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) {
    return absl::UnavailableError(absl::StrCat("cannot make ", directory, ": ", error.message()));
  }
  const World world(facts);
  RETURN_IF_ERROR(WriteEntities(world, directory));
  RETURN_IF_ERROR(WriteArticles(world, directory));
  RETURN_IF_ERROR(WriteFacts(world, directory));
  return WriteEvidence(world, directory);
}

}  // namespace entente::bench
