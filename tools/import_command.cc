#include "tools/import_command.h"

#include <CLI/CLI.hpp>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/bulk_loader.h"
#include "engine/database.h"
#include "engine/error.h"
#include "engine/status.h"
#include "tools/csv_row.h"
#include "tools/database_path.h"
#include "tools/import_claims.h"
#include "tools/import_icews.h"
#include "tools/import_tables.h"
#include "tools/input_file.h"
#include "tools/progress.h"

namespace entente::tools {
namespace {

constexpr size_t kPeek = 4096;
constexpr uint64_t kShownRejections = 20;
constexpr uint64_t kLinesBetweenReports = 256;
constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Ctrl-C, while an import runs.
std::atomic<bool> cancelled{false};

void Cancel(int) { cancelled = true; }

// Takes Ctrl-C for the import as long as it lives.
class CancelOnInterrupt {
 public:
  CancelOnInterrupt() {
    cancelled = false;
    struct sigaction action = {};
    action.sa_handler = Cancel;  // without SA_RESTART: waiting for input ends as well
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, &before_);
  }
  ~CancelOnInterrupt() { sigaction(SIGINT, &before_, nullptr); }
  CancelOnInterrupt(const CancelOnInterrupt&) = delete;
  CancelOnInterrupt& operator=(const CancelOnInterrupt&) = delete;

 private:
  struct sigaction before_ = {};
};

struct FormatRow {
  absl::string_view name;
  bool (*looks_like)(absl::string_view head);
  absl::string_view suffixes[2];  // of file names, for files whose beginning tells nothing
  std::unique_ptr<ImportFormat> (*make)(BulkLoader& loader);
};

template <typename Format>
std::unique_ptr<ImportFormat> Make(BulkLoader& loader) {
  return std::make_unique<Format>(loader);
}

constexpr FormatRow kFormats[] = {
    {"claims", LooksLikeClaims, {".jsonl", ".json"}, Make<ClaimsFormat>},
    {"icews", LooksLikeIcews, {".tab", ".tsv"}, Make<IcewsFormat>},
    {"tables", LooksLikeTables, {}, Make<TablesFormat>},
};

// The format by a file's beginning, else by its name; "" when neither tells.
absl::string_view GuessFormat(absl::string_view head, absl::string_view name) {
  for (const FormatRow& row : kFormats) {
    if (row.looks_like(head)) return row.name;
  }
  for (const absl::string_view packed : {".gz", ".zst"}) {
    if (absl::ConsumeSuffix(&name, packed)) break;
  }
  for (const FormatRow& row : kFormats) {
    for (const absl::string_view suffix : row.suffixes) {
      if (!suffix.empty() && absl::EndsWithIgnoreCase(name, suffix)) return row.name;
    }
  }
  return "";
}

std::string PlaceText(const std::string& file, const InputPlace& place) {
  std::string text = file;
  if (place.line > 0) absl::StrAppend(&text, ":", place.line);
  if (place.column > 0) absl::StrAppend(&text, ":", place.column);
  return text;
}

// Where rejected rows are listed.
class Rejects {
 public:
  Rejects(const ImportOptions& options, Progress& progress)
      : options_(options), progress_(progress) {}

  absl::Status Open() {
    if (options_.rejects.empty()) return absl::OkStatus();
    file_.open(options_.rejects);
    file_ << "file,line,column,reason\n";
    if (file_.good()) return absl::OkStatus();
    return absl::UnavailableError(absl::StrCat("cannot write ", options_.rejects));
  }

  void Add(const std::string& file, const Rejection& rejection) {
    ++count_;
    if (file_.is_open()) {
      file_ << CsvField(file) << ',' << rejection.place.line << ',' << rejection.place.column << ','
            << CsvField(rejection.reason) << '\n';
    } else if (!options_.strict && count_ <= kShownRejections) {
      progress_.Finish();
      std::fprintf(stderr, "%s: %s\n", PlaceText(file, rejection.place).c_str(),
                   rejection.reason.c_str());
    }
  }

  absl::Status Close() {
    if (!file_.is_open()) {
      if (count_ > kShownRejections) {
        std::fprintf(stderr, "… and %s more; --rejects FILE lists them all\n",
                     FormatCount(count_ - kShownRejections).c_str());
      }
      return absl::OkStatus();
    }
    file_.close();
    if (!file_.fail()) return absl::OkStatus();
    return absl::UnavailableError(absl::StrCat("cannot write ", options_.rejects));
  }

 private:
  const ImportOptions& options_;
  Progress& progress_;
  std::ofstream file_;
  uint64_t count_ = 0;
};

// One run over all files.
class Import {
 public:
  Import(Database& database, const ImportOptions& options) : options_(options) {
    BulkLoader::Options loader_options;
    loader_options.strict = options.strict;
    loader_options.cancelled = &cancelled;
    loader_options.on_reject = [this](const Rejection& rejection) {
      last_rejection_ = rejection;
      rejects_->Add(FileName(rejection.place), rejection);
    };
    loader_options.on_progress = [this](const LoadProgress& progress) {
      progress_->Load(progress);
    };
    loader_ = std::make_unique<BulkLoader>(database, std::move(loader_options));
  }

  ExitCode Run() {
    const absl::Status opened = OpenFiles();
    if (!opened.ok()) return Fail(opened, kUsage);
    progress_ = std::make_unique<Progress>(total_bytes_);
    for (const std::unique_ptr<InputFile>& file : files_) {
      if (options_.rejects.empty() || !file->IsFileAt(options_.rejects)) continue;
      return Fail(absl::InvalidArgumentError(absl::StrCat(
                      "--rejects ", options_.rejects, " would overwrite the input ", file->name())),
                  kUsage);
    }
    rejects_ = std::make_unique<Rejects>(options_, *progress_);
    const absl::Status listed = rejects_->Open();
    if (!listed.ok()) return Fail(listed, kUsage);
    for (uint32_t file = 0; file < files_.size(); ++file) {
      const absl::Status read = ReadFile(file);
      if (!read.ok()) return Fail(read, kUsage);
    }
    for (const auto& [name, format] : formats_) {
      const absl::Status finished = format->Finish();
      if (!finished.ok()) return Fail(finished, kUsage);
    }
    const absl::StatusOr<LoadSummary> summary = loader_->Finish();
    progress_->Finish();
    if (!summary.ok()) return Fail(summary.status(), kDatabaseError);
    const absl::Status closed = rejects_->Close();
    if (!closed.ok()) return Fail(closed, kDatabaseError);
    PrintSummary(*summary);
    return summary->rejected == 0 ? kOk : kRowsRejected;
  }

 private:
  // In strict mode a rejection is always what ends the load.
  bool stopped_by_rejection() const { return options_.strict && last_rejection_.has_value(); }
  const std::string& FileName(const InputPlace& place) const { return files_[place.file]->name(); }

  // `code` is for what is neither a rejection nor Ctrl-C.
  ExitCode Fail(const absl::Status& status, ExitCode code) {
    if (progress_ != nullptr) progress_->Finish();
    if (stopped_by_rejection()) {
      return tools::Fail(
          absl::StrCat("import stopped at the first bad row (--strict), nothing was loaded: ",
                       PlaceText(FileName(last_rejection_->place), last_rejection_->place), ": ",
                       last_rejection_->reason),
          kRowsRejected);
    }
    if (cancelled && (absl::IsCancelled(status) || ErrorInfoOf(status).detail == "Interrupted")) {
      return tools::Fail("import cancelled, nothing was loaded", kInterrupted);
    }
    return tools::Fail(absl::StrCat("import failed, nothing was loaded: ", status.message()), code);
  }

  absl::Status OpenFiles() {
    bool sizes_known = true;
    for (const std::string& argument : options_.files) {
      // "facts=FILE" says which of the tables the file is.
      const size_t equals = argument.find('=');
      const bool has_part = equals != std::string::npos && IsTableName(argument.substr(0, equals));
      parts_.push_back(has_part ? argument.substr(0, equals) : "");
      const std::string path = has_part ? argument.substr(equals + 1) : argument;
      ASSIGN_OR_RETURN(std::unique_ptr<InputFile> file, InputFile::Open(path, &cancelled));
      sizes_known = sizes_known && file->size() > 0;
      total_bytes_ += file->size();
      files_.push_back(std::move(file));
    }
    if (!sizes_known) total_bytes_ = 0;
    return absl::OkStatus();
  }

  // Its reader, made when it is the first file of its format.
  absl::StatusOr<ImportFormat*> FormatOf(InputFile& file, absl::string_view part) {
    ASSIGN_OR_RETURN(absl::string_view head, file.Peek(kPeek));
    absl::ConsumePrefix(&head, kByteOrderMark);
    absl::string_view wanted = "tables";
    if (part.empty()) {
      wanted = options_.format.empty() ? GuessFormat(head, file.name()) : options_.format;
    }
    for (const FormatRow& row : kFormats) {
      if (row.name != wanted) continue;
      std::unique_ptr<ImportFormat>& format = formats_[row.name];
      if (format == nullptr) format = row.make(*loader_);
      return format.get();
    }
    return absl::InvalidArgumentError(absl::StrCat("cannot guess the format of ", file.name(),
                                                   "; say --format claims|icews|tables"));
  }

  absl::Status ReadFile(uint32_t index) {
    InputFile& file = *files_[index];
    ASSIGN_OR_RETURN(const absl::string_view head, file.Peek(1));
    if (head.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(ImportFormat* const format, FormatOf(file, parts_[index]));
    RETURN_IF_ERROR(format->Begin(parts_[index]));
    absl::string_view line;
    while (true) {
      ASSIGN_OR_RETURN(const bool more, file.NextLine(&line));
      if (!more) break;
      if (file.line_number() == 1) absl::ConsumePrefix(&line, kByteOrderMark);
      const InputPlace place{index, file.line_number(), 0};
      RETURN_IF_ERROR(file.line_too_long() ? loader_->Reject(place, TooLong())
                                           : format->ReadLine(line, place));
      if (cancelled) return absl::CancelledError("cancelled");
      if (file.line_number() % kLinesBetweenReports == 0) {
        progress_->Read(bytes_before_ + file.bytes_read(), loader_->claims_read());
      }
    }
    RETURN_IF_ERROR(format->End());
    bytes_before_ += file.bytes_read();
    for (const auto& [field, count] : format->TakeUnknownFields()) {
      progress_->Finish();
      std::fprintf(stderr, "%s: passed over the unknown field '%s' (%s)\n", file.name().c_str(),
                   field.c_str(), CountOf(count, "time", "times").c_str());
    }
    return absl::OkStatus();
  }

  static std::string TooLong() {
    return absl::StrCat("the line is longer than ", InputFile::kMaxLine >> 20, " MiB");
  }

  void PrintSummary(const LoadSummary& summary) const {
    std::string text = absl::StrCat(
        CountOf(summary.claims, "claim", "claims"), " read in ",
        FormatSeconds(progress_->seconds()), ", ", CountOf(summary.rejected, "row", "rows"),
        " rejected\nnew: ", CountOf(summary.facts_created, "fact", "facts"), ", ",
        CountOf(summary.evidence_created, "piece of evidence", "pieces of evidence"), ", ",
        CountOf(summary.articles_created, "article", "articles"), ", ",
        CountOf(summary.entities_created, "entity", "entities"), "\n");
    if (summary.names_taken_over > 0) {
      absl::StrAppend(&text, CountOf(summary.names_taken_over, "entity", "entities"),
                      " known by name alone taken over by one with a key\n");
    }
    if (summary.entities_changed > 0) {
      absl::StrAppend(
          &text, "changed: ",
          CountOf(summary.entities_changed, "entity or article", "entities or articles"), "\n");
    }
    if (summary.differing_properties > 0) {
      absl::StrAppend(&text, CountOf(summary.differing_properties, "later value", "later values"),
                      " of facts' properties gave way to the first\n");
    }
    std::fputs(text.c_str(), stderr);
  }

  const ImportOptions& options_;
  std::unique_ptr<BulkLoader> loader_;
  std::unique_ptr<Progress> progress_;
  std::unique_ptr<Rejects> rejects_;
  std::vector<std::unique_ptr<InputFile>> files_;
  std::vector<std::string> parts_;  // which table each is, "" when not said
  std::map<absl::string_view, std::unique_ptr<ImportFormat>> formats_;
  uint64_t total_bytes_ = 0;
  uint64_t bytes_before_ = 0;  // of the files that are read
  std::optional<Rejection> last_rejection_;
};

}  // namespace

void AddImportOptions(CLI::App* parser, ImportOptions* options) {
  parser
      ->add_option(
          "FILE", options->files,
          "Files, also packed with gzip or zstd; - is standard input; facts=FILE names a table")
      ->required();
  std::vector<std::string> formats;
  for (const FormatRow& row : kFormats) formats.emplace_back(row.name);
  parser->add_option("--format", options->format, "claims, icews or tables; guessed when left out")
      ->check(CLI::IsMember(formats));
  parser->add_option("--rejects", options->rejects, "Write bad rows to this file, as CSV");
  parser->add_flag("--strict", options->strict,
                   "Stop at the first bad row and leave the database as it was");
}

ExitCode ImportInto(Database& database, const ImportOptions& options) {
  const CancelOnInterrupt cancel;
  return Import(database, options).Run();
}

ExitCode RunImport(const std::string& path, const ImportOptions& options) {
  // To the end of the program: Ctrl-C must not stop the clearing away either.
  static const CancelOnInterrupt& cancel [[maybe_unused]] = *new CancelOnInterrupt;
  std::error_code ignored;
  const bool existed = path == kTransientPath || std::filesystem::exists(path, ignored);
  absl::StatusOr<std::unique_ptr<Database>> database = Database::Open(path);
  if (!database.ok()) return FailDatabase(database.status());
  const ExitCode code = Import(**database, options).Run();
  database->reset();
  const bool nothing_loaded = code != kOk && (code != kRowsRejected || options.strict);
  if (nothing_loaded && !existed) std::filesystem::remove_all(path, ignored);
  return code;
}

}  // namespace entente::tools
