#include "tools/import_command.h"

#include <malloc.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/bulk_loader.h"
#include "engine/database.h"
#include "engine/error.h"
#include "engine/status.h"
#include "tools/csv_row.h"
#include "tools/database_path.h"
#include "tools/import_tables.h"
#include "tools/input_file.h"
#include "tools/input_reading.h"
#include "tools/progress.h"
#include "tools/row_format.h"
#include "tools/size_value.h"

namespace entente::tools {
namespace {

constexpr uint64_t kShownRejections = 20;

// Ctrl-C, while an import runs.
std::atomic<bool> cancelled{false};

void Cancel(int) { cancelled = true; }

// Takes Ctrl-C for imports from now on; gives who had it before.
struct sigaction TakeInterrupts() {
  cancelled = false;
  struct sigaction action = {};
  action.sa_handler = Cancel;  // without SA_RESTART: waiting for input ends as well
  sigemptyset(&action.sa_mask);
  struct sigaction before = {};
  sigaction(SIGINT, &action, &before);
  return before;
}

// Takes Ctrl-C for an import as long as it lives.
class CancelOnInterrupt {
 public:
  CancelOnInterrupt() : before_(TakeInterrupts()) {}
  ~CancelOnInterrupt() { sigaction(SIGINT, &before_, nullptr); }
  CancelOnInterrupt(const CancelOnInterrupt&) = delete;
  CancelOnInterrupt& operator=(const CancelOnInterrupt&) = delete;

 private:
  const struct sigaction before_;
};

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
                   OnOneLine(rejection.reason).c_str());
    }
  }

  // After the last one.
  absl::Status Close() {
    if (!file_.is_open()) return absl::OkStatus();
    file_.close();
    if (!file_.fail()) return absl::OkStatus();
    return absl::UnavailableError(absl::StrCat("cannot write ", options_.rejects));
  }

  void TellHowManyMore() const {
    if (!options_.rejects.empty() || count_ <= kShownRejections) return;
    std::fprintf(stderr, "… and %s more; --rejects FILE lists them all\n",
                 FormatCount(count_ - kShownRejections).c_str());
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
    if (options.memory_bytes > 0) loader_options.memory_bytes = options.memory_bytes;
    loader_options.cancelled = &cancelled;
    loader_options.on_reject = [this](const Rejection& rejection) {
      last_rejection_ = rejection;
      last_rejection_->place = reading_->PlaceInSource(rejection.place);
      rejects_->Add(FileName(last_rejection_->place.file), *last_rejection_);
    };
    loader_options.before_commit = [this] { return rejects_->Close(); };
    loader_options.on_progress = [this](const LoadProgress& progress) {
      progress_->Load(progress);
    };
    loader_ = std::make_unique<BulkLoader>(database, std::move(loader_options));
  }

  ExitCode Run() {
    KeepMemory();
    const absl::Status opened = OpenFiles();
    if (!opened.ok()) return Fail(opened, kUsage);
    progress_ = std::make_unique<Progress>(total_bytes_);
    for (const InputReading::Source& source : reading_->sources()) {
      if (options_.rejects.empty() || !source.file->IsFileAt(options_.rejects)) continue;
      return Fail(
          absl::InvalidArgumentError(absl::StrCat(
              "--rejects ", options_.rejects, " would overwrite the input ", source.file->name())),
          kUsage);
    }
    rejects_ = std::make_unique<Rejects>(options_, *progress_);
    const absl::Status listed = rejects_->Open();
    if (!listed.ok()) return Fail(listed, kUsage);
    const absl::Status read =
        reading_->Read([this](uint64_t bytes) { progress_->Read(bytes, loader_->claims_read()); });
    // Rejections come before whatever ended the reading: in strict mode one of them did.
    const absl::Status told = loader_->TellRejections();
    if (!read.ok()) return Fail(read, reading_->loader_failed() ? kDatabaseError : kUsage);
    if (!told.ok()) return Fail(told, kUsage);
    reading_->EachUnknownField([this](uint32_t file, const std::string& field, uint64_t times) {
      progress_->Finish();
      std::fprintf(stderr, "%s: passed over the unknown field '%s' (%s)\n", FileName(file).c_str(),
                   OnOneLine(field).c_str(), CountOf(times, "time", "times").c_str());
    });
    const absl::StatusOr<LoadSummary> summary = loader_->Finish();
    progress_->Finish();
    if (!summary.ok()) return Fail(summary.status(), kDatabaseError);
    rejects_->TellHowManyMore();
    PrintSummary(*summary);
    return summary->rejected == 0 ? kOk : kRowsRejected;
  }

 private:
  // A load gives much memory back and takes it again, which the system would have to clear each
  // time.
  static void KeepMemory() {
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
  }
  // In strict mode a rejection is always what ends the load.
  bool stopped_by_rejection() const { return options_.strict && last_rejection_.has_value(); }
  const std::string& FileName(uint32_t file) const {
    return reading_->sources()[file].file->name();
  }

  // `code` is for what is neither a rejection nor Ctrl-C.
  ExitCode Fail(const absl::Status& status, ExitCode code) {
    if (progress_ != nullptr) progress_->Finish();
    if (stopped_by_rejection()) {
      return tools::Fail(
          absl::StrCat("import stopped at the first bad row (--strict), nothing was loaded: ",
                       PlaceText(FileName(last_rejection_->place.file), last_rejection_->place),
                       ": ", OnOneLine(last_rejection_->reason)),
          kRowsRejected);
    }
    if (cancelled && (absl::IsCancelled(status) || ErrorInfoOf(status).detail == "Interrupted")) {
      return tools::Fail("import cancelled, nothing was loaded", kInterrupted);
    }
    return tools::Fail(absl::StrCat("import failed, nothing was loaded: ", status.message()), code);
  }

  absl::Status OpenFiles() {
    bool sizes_known = true;
    std::vector<InputReading::Source> sources;
    for (const std::string& argument : options_.files) {
      // "facts=FILE" says which of the tables the file is.
      const size_t equals = argument.find('=');
      const bool has_part = equals != std::string::npos && IsTableName(argument.substr(0, equals));
      const std::string part = has_part ? argument.substr(0, equals) : "";
      const std::string path = has_part ? argument.substr(equals + 1) : argument;
      ASSIGN_OR_RETURN(std::unique_ptr<InputFile> file, InputFile::Open(path, &cancelled));
      sizes_known = sizes_known && file->size() > 0;
      total_bytes_ += file->size();
      sources.push_back({std::move(file), options_.format, part});
    }
    if (!sizes_known) total_bytes_ = 0;
    reading_ = std::make_unique<InputReading>(*loader_, std::move(sources), cancelled);
    return absl::OkStatus();
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
  std::unique_ptr<InputReading> reading_;
  uint64_t total_bytes_ = 0;
  std::optional<Rejection> last_rejection_;
};

}  // namespace

void AddImportOptions(CLI::App* parser, ImportOptions* options) {
  parser
      ->add_option(
          "FILE", options->files,
          "Files, also packed with gzip or zstd; - is standard input; facts=FILE names a table")
      ->required();
  parser->add_option("--format", options->format, "claims, icews or tables; guessed when left out")
      ->check(CLI::IsMember(ImportFormatNames()));
  parser->add_option("--rejects", options->rejects, "Write bad rows to this file, as CSV");
  parser
      ->add_option("--memory", options->memory_bytes,
                   "Memory for rows, such as 512MB; what is more is sorted in files")
      ->transform(SizeValue());
  parser->add_flag("--strict", options->strict,
                   "Stop at the first bad row and leave the database as it was");
}

ExitCode ImportInto(Database& database, const ImportOptions& options) {
  const CancelOnInterrupt cancel;
  return Import(database, options).Run();
}

ExitCode RunImport(const std::string& path, const ImportOptions& options) {
  // To the end of the program: Ctrl-C must not stop the clearing away either.
  TakeInterrupts();
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
