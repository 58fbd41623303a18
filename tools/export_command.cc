#include "tools/export_command.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <map>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "engine/bulk_reader.h"
#include "engine/evidence.h"
#include "engine/status.h"
#include "engine/temporal_text.h"
#include "engine/value_json.h"
#include "engine/value_text.h"
#include "tools/csv_row.h"
#include "tools/database_path.h"
#include "tools/progress.h"
#include "tools/table_value.h"

namespace entente::tools {
namespace {

// The files of one export, in a folder that was empty. Until all are complete they have names of
// their own; those of an export that fails go.
class Files {
 public:
  explicit Files(const std::string& directory) : directory_(directory) {}
  ~Files() {
    std::error_code ignored;
    for (const std::string& path : paths_) {
      std::filesystem::remove(PartOf(path), ignored);
      std::filesystem::remove(path, ignored);
    }
  }
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;

  // Where to write the file of this name.
  std::string Begin(absl::string_view name) {
    return PartOf(paths_.emplace_back(absl::StrCat(directory_, "/", name)));
  }
  // Gives all that were begun their names.
  absl::Status Complete() {
    for (const std::string& path : paths_) {
      std::error_code error;
      std::filesystem::rename(PartOf(path), path, error);
      if (error) {
        return absl::UnavailableError(absl::StrCat("cannot make ", path, ": ", error.message()));
      }
    }
    paths_.clear();
    return absl::OkStatus();
  }

 private:
  static std::string PartOf(const std::string& path) { return absl::StrCat(path, ".part"); }

  const std::string directory_;
  std::vector<std::string> paths_;  // that go with this
};

// Without those before a line feed, where reading takes them for a part of the line break.
std::string WithoutCarriageReturns(absl::string_view text) {
  std::string kept;
  for (const char c : text) {
    while (c == '\n' && !kept.empty() && kept.back() == '\r') kept.pop_back();
    kept += c;
  }
  return kept;
}

// One CSV file. The columns of properties follow the table's own.
class Table {
 public:
  Table(Files& files, absl::string_view name) : path_(files.Begin(absl::StrCat(name, ".csv"))) {}

  // Makes room for properties; to be called with those of every row before Open.
  void Announce(const std::vector<MapEntry>& properties,
                std::initializer_list<absl::string_view> own) {
    for (const auto& [name, value] : properties) {
      const auto [column, is_new] = columns_.try_emplace(name, false);
      if (is_new) {
        // Names that a plain column cannot have.
        column->second = name.empty() || absl::EndsWith(name, kJsonSuffix) ||
                         std::find(own.begin(), own.end(), name) != own.end();
      }
      column->second = column->second || !FitsPlainCell(value);
    }
  }

  absl::Status Open(std::initializer_list<absl::string_view> own) {
    file_.open(path_, std::ios::binary);
    std::string header = absl::StrJoin(own, ",");
    for (const auto& [name, is_json] : columns_) {
      absl::StrAppend(&header, ",", CsvField(absl::StrCat(name, is_json ? kJsonSuffix : "")));
    }
    return Write(header);
  }

  absl::Status Add(const std::vector<std::string>& own, const std::vector<MapEntry>& properties) {
    std::string row;
    for (size_t i = 0; i < own.size(); ++i) {
      absl::StrAppend(&row, i > 0 ? "," : "", CsvField(WithoutCarriageReturns(own[i])));
    }
    std::map<absl::string_view, const Value*> values;
    for (const auto& [name, value] : properties) values[name] = &value;
    for (const auto& [name, is_json] : columns_) {
      const auto value = values.find(name);
      row += ',';
      if (value != values.end())
        row += is_json ? JsonCell(*value->second) : PlainCell(*value->second);
    }
    return Write(row);
  }

  absl::Status Close() {
    file_.close();
    return file_.fail() ? Failed() : absl::OkStatus();
  }

 private:
  absl::Status Write(const std::string& row) {
    file_ << row << '\n';
    return file_.good() ? absl::OkStatus() : Failed();
  }
  absl::Status Failed() const {
    return absl::UnavailableError(absl::StrCat("cannot write ", path_));
  }

  const std::string path_;
  std::ofstream file_;
  std::map<std::string, bool> columns_;  // of properties: whether they hold JSON
};

std::string EndText(const ValidEnd& end) {
  if (end.value.is_null()) return "";
  if (end.value.type() != Value::Type::kDate) return TemporalText(end.value);
  return FormatPartialDate({end.value.date(), end.precision});
}

// Labels that hold what separates labels stand in a JSON list.
std::string LabelsText(const std::vector<std::string>& labels) {
  bool plain = true;
  for (const std::string& label : labels) {
    plain = plain && !label.empty() && !absl::StrContains(label, ";") && label[0] != '[' &&
            label == absl::StripAsciiWhitespace(label);
  }
  if (plain) return absl::StrJoin(labels, ";");
  std::vector<Value> list;
  for (const std::string& label : labels) list.push_back(Value::String(label));
  return ToJson(Value::List(std::move(list)));
}

// A name as the import takes it: text alone, or a map when it has dates.
Value NameValue(const EntityName& name) {
  std::vector<MapEntry> parts = {{"name", Value::String(name.text)}};
  const auto add = [&](absl::string_view part, int32_t day, int32_t open) {
    if (day != open) parts.emplace_back(std::string(part), Value::String(FormatDate(Date{day})));
  };
  add("from", name.since_day, INT32_MIN);
  add("to", name.until_day, INT32_MAX);
  return parts.size() == 1 ? parts[0].second : Value::Map(std::move(parts));
}

// Names come in the order of their languages.
std::string NamesText(const std::vector<EntityName>& names) {
  std::vector<MapEntry> languages;
  std::vector<Value> texts;
  for (size_t i = 0; i < names.size(); ++i) {
    texts.push_back(NameValue(names[i]));
    if (i + 1 < names.size() && names[i + 1].language == names[i].language) continue;
    languages.emplace_back(names[i].language, Value::List(std::exchange(texts, {})));
  }
  return languages.empty() ? "" : ToJson(Value::Map(std::move(languages)));
}

std::string NumberText(int32_t number) { return number < 0 ? "" : absl::StrCat(number); }

constexpr std::initializer_list<absl::string_view> kEntityColumns = {"key", "name", "labels",
                                                                     "names"};
constexpr std::initializer_list<absl::string_view> kArticleColumns = {
    "key", "publisher", "language", "published", "url", "title", "copy_of"};
constexpr std::initializer_list<absl::string_view> kFactColumns = {
    "id", "subject", "type", "object", "valid_from", "valid_to"};
constexpr std::initializer_list<absl::string_view> kEvidenceColumns = {
    "fact",     "article",    "stance",   "confidence", "asserted_by",
    "sentence", "span_start", "span_end", "quote"};

// One export. Everything is read twice: first to know the columns.
class Export {
 public:
  Export(BulkReader& reader, const std::string& directory)
      : reader_(reader), files_(directory), progress_(0) {}

  absl::Status Run() {
    const absl::Status written = Write();
    progress_.Finish();
    RETURN_IF_ERROR(written);
    return files_.Complete();
  }

  void PrintSummary() const {
    std::fprintf(
        stderr, "%s, %s, %s, %s written in %s\n", CountOf(entities_, "entity", "entities").c_str(),
        CountOf(articles_, "article", "articles").c_str(), CountOf(facts_, "fact", "facts").c_str(),
        CountOf(evidence_, "piece of evidence", "pieces of evidence").c_str(),
        FormatSeconds(progress_.seconds()).c_str());
    const auto tell = [](absl::string_view before, uint64_t count, absl::string_view one,
                         absl::string_view many) {
      if (count == 0) return;
      std::fprintf(stderr, "%s\n", absl::StrCat(before, CountOf(count, one, many)).c_str());
    };
    tell("in indexes.cypher, for entente query: ", indexes_, "property index", "property indexes");
    tell("given a key of the form node:ID: ", reader_.keys_given(), "node", "nodes");
    tell("left out: ", lost_.retracted_evidence, "retracted piece of evidence",
         "retracted pieces of evidence");
    tell("left out: ", lost_.facts, "fact that no import can make",
         "facts that no import can make");
    tell("left out: ", lost_.labels, "label that no import can give",
         "labels that no import can give");
    tell("left out: ", lost_.values, "value that no import can give",
         "values that no import can give");
  }

 private:
  void Lose(const BulkReader::Losses& losses) {
    lost_.retracted_evidence += losses.retracted_evidence;
    lost_.facts += losses.facts;
    lost_.labels += losses.labels;
    lost_.values += losses.values;
  }

  absl::Status Write() {
    RETURN_IF_ERROR(WriteEntities());
    RETURN_IF_ERROR(WriteArticles());
    RETURN_IF_ERROR(WriteFacts());
    return WriteIndexes();
  }

  absl::Status WriteEntities() {
    Table table(files_, "entities");
    const auto announce = [&](const EntityInput& entity) {
      table.Announce(entity.properties, kEntityColumns);
      return absl::OkStatus();
    };
    RETURN_IF_ERROR(reader_.EachEntity(announce).status());
    RETURN_IF_ERROR(table.Open(kEntityColumns));
    const auto write = [&](const EntityInput& entity) {
      progress_.Write("entities", ++entities_, reader_.entity_count());
      return table.Add(
          {entity.key, entity.name, LabelsText(entity.labels), NamesText(entity.names)},
          entity.properties);
    };
    ASSIGN_OR_RETURN(const BulkReader::Losses losses, reader_.EachEntity(write));
    Lose(losses);
    return table.Close();
  }

  absl::Status WriteArticles() {
    Table table(files_, "articles");
    // A date of publication that is no text keeps its type in a column of JSON.
    const auto properties_of = [](const ArticleInput& article) {
      std::vector<MapEntry> properties = article.properties;
      if (!article.published.is_null() && !article.published.is_string()) {
        properties.emplace_back("published", article.published);
      }
      return properties;
    };
    const auto announce = [&](const ArticleInput& article) {
      table.Announce(properties_of(article), kArticleColumns);
      return absl::OkStatus();
    };
    RETURN_IF_ERROR(reader_.EachArticle(announce).status());
    RETURN_IF_ERROR(table.Open(kArticleColumns));
    const auto write = [&](const ArticleInput& article) {
      progress_.Write("articles", ++articles_, reader_.article_count());
      const bool is_text = article.published.is_string();
      return table.Add({article.key, article.publisher, article.language,
                        is_text ? std::string(article.published.string()) : "", article.url,
                        article.title, article.copy_of},
                       properties_of(article));
    };
    ASSIGN_OR_RETURN(const BulkReader::Losses losses, reader_.EachArticle(write));
    Lose(losses);
    return table.Close();
  }

  absl::Status WriteFacts() {
    Table facts(files_, "facts");
    Table evidence(files_, "evidence");
    const auto announce = [&](const ClaimInput& fact, const std::vector<ClaimInput>&) {
      facts.Announce(fact.properties, kFactColumns);
      return absl::OkStatus();
    };
    RETURN_IF_ERROR(reader_.EachFact(announce).status());
    RETURN_IF_ERROR(facts.Open(kFactColumns));
    RETURN_IF_ERROR(evidence.Open(kEvidenceColumns));
    const auto write = [&](const ClaimInput& fact, const std::vector<ClaimInput>& pieces) {
      progress_.Write("facts", ++facts_, reader_.fact_count());
      const std::string id = absl::StrCat(facts_);
      RETURN_IF_ERROR(facts.Add({id, fact.subject, fact.type, fact.object, EndText(fact.valid_from),
                                 EndText(fact.valid_to)},
                                fact.properties));
      for (const ClaimInput& piece : pieces) {
        ++evidence_;
        const EvidenceInput& word = piece.evidence;
        RETURN_IF_ERROR(evidence.Add(
            {id, piece.article, std::string(StanceName(word.stance)), FormatFloat(word.confidence),
             piece.asserted_by, NumberText(word.sentence), NumberText(word.span_begin),
             NumberText(word.span_end), word.quote},
            {}));
      }
      return absl::OkStatus();
    };
    ASSIGN_OR_RETURN(const BulkReader::Losses losses, reader_.EachFact(write));
    Lose(losses);
    RETURN_IF_ERROR(facts.Close());
    return evidence.Close();
  }

  absl::Status WriteIndexes() {
    const std::vector<std::string> statements = reader_.IndexStatements();
    if (statements.empty()) return absl::OkStatus();
    const std::string path = files_.Begin("indexes.cypher");
    std::ofstream file(path, std::ios::binary);
    for (const std::string& statement : statements) file << statement << '\n';
    file.close();
    indexes_ = statements.size();
    return file.fail() ? absl::UnavailableError(absl::StrCat("cannot write ", path))
                       : absl::OkStatus();
  }

  BulkReader& reader_;
  Files files_;
  Progress progress_;
  uint64_t entities_ = 0;
  uint64_t articles_ = 0;
  uint64_t facts_ = 0;
  uint64_t evidence_ = 0;
  uint64_t indexes_ = 0;
  BulkReader::Losses lost_;
};

}  // namespace

ExitCode RunExport(const std::string& path, const std::string& directory) {
  std::error_code error;
  if (std::filesystem::exists(directory, error) &&
      !(std::filesystem::is_directory(directory, error) &&
        std::filesystem::is_empty(directory, error))) {
    return Fail(absl::StrCat(directory,
                             " exists already and is not an empty folder (an export that "
                             "was killed leaves files *.part)"),
                kUsage);
  }
  const absl::StatusOr<std::unique_ptr<Database>> database = OpenForReading(path);
  if (!database.ok()) return FailDatabase(database.status());
  absl::StatusOr<std::unique_ptr<BulkReader>> reader = BulkReader::Open(**database);
  if (!reader.ok()) return FailDatabase(reader.status());
  const bool made = std::filesystem::create_directories(directory, error);
  if (error) return Fail(absl::StrCat("cannot make ", directory, ": ", error.message()), kUsage);
  absl::Status status;
  {
    Export exporting(**reader, directory);
    status = exporting.Run();
    if (status.ok()) exporting.PrintSummary();
  }
  if (status.ok()) return kOk;
  if (made) std::filesystem::remove(directory, error);  // else it stays empty, as it was
  return FailDatabase(status);
}

}  // namespace entente::tools
