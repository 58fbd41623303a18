#include "tools/input_reading.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "engine/status.h"
#include "tools/import_claims.h"
#include "tools/import_icews.h"
#include "tools/import_tables.h"

namespace entente::tools {
namespace {

constexpr size_t kPeek = 4096;
constexpr uint64_t kLinesBetweenReports = 256;
constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr absl::string_view kTables = "tables";

struct FormatRow {
  absl::string_view name;
  bool (*looks_like)(absl::string_view head);
  absl::string_view suffixes[2];  // of file names, for files whose beginning tells nothing
};

constexpr FormatRow kFormats[] = {
    {"claims", LooksLikeClaims, {".jsonl", ".json"}},
    {"icews", LooksLikeIcews, {".tab", ".tsv"}},
    {kTables, LooksLikeTables, {}},
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

std::string TooLong() {
  return absl::StrCat("the line is longer than ", InputFile::kMaxLine >> 20, " MiB");
}

}  // namespace

std::vector<std::string> ImportFormatNames() {
  std::vector<std::string> names;
  for (const FormatRow& row : kFormats) names.emplace_back(row.name);
  return names;
}

InputReading::InputReading(BulkLoader& loader, std::vector<Source> sources,
                           const std::atomic<bool>& cancelled)
    : loader_(loader), sources_(std::move(sources)), cancelled_(cancelled) {}

InputReading::~InputReading() = default;

absl::Status InputReading::MakeReader(uint32_t index) {
  Source& source = sources_[index];
  Reader& reader = readers_.emplace_back();
  ASSIGN_OR_RETURN(absl::string_view head, source.file->Peek(kPeek));
  if (head.empty()) {
    reader.state = State::kDone;
    return absl::OkStatus();
  }
  absl::ConsumePrefix(&head, kByteOrderMark);
  absl::string_view wanted = kTables;
  if (source.part.empty()) {
    wanted = source.format.empty() ? GuessFormat(head, source.file->name()) : source.format;
  }
  if (wanted.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("cannot guess the format of ",
                                                   source.file->name(), "; say --format ",
                                                   absl::StrJoin(ImportFormatNames(), "|")));
  }
  reader.input = &loader_.NewInput();
  if (wanted == kTables) {
    const auto table = TablesFormat::TableOf(source.part, head);
    reader.gives_facts = table == TablesFormat::Table::kFacts;
    reader.needs_facts = table == TablesFormat::Table::kEvidence;
    reader.format = std::make_unique<TablesFormat>(*reader.input, fact_ids_, table);
  } else if (wanted == "icews") {
    reader.format = std::make_unique<IcewsFormat>(*reader.input);
  } else {
    reader.format = std::make_unique<ClaimsFormat>(*reader.input);
  }
  return absl::OkStatus();
}

absl::Status InputReading::Read(const std::function<void(uint64_t bytes)>& report) {
  for (uint32_t file = 0; file < sources_.size(); ++file) RETURN_IF_ERROR(MakeReader(file));
  alone_ = std::count_if(readers_.begin(), readers_.end(),
                         [](const Reader& reader) { return reader.state == State::kWaiting; }) < 2;
  std::thread other;
  if (!alone_) other = std::thread([this] { Work(nullptr); });
  Work(&report);
  if (other.joinable()) other.join();
  fact_ids_ = FactIds();
  for (const Reader& reader : readers_) RETURN_IF_ERROR(reader.status);
  return absl::OkStatus();
}

bool InputReading::IsReady(const Reader& reader) const {
  if (reader.state != State::kWaiting) return false;
  // Tables of facts share their ids, so one thread reads them, one after the other.
  const auto is_busy_with_facts = [](const Reader& other) {
    return other.gives_facts && other.state == State::kReading;
  };
  const auto is_facts_to_come = [](const Reader& other) {
    return other.gives_facts && other.state != State::kDone;
  };
  if (reader.gives_facts) return std::none_of(readers_.begin(), readers_.end(), is_busy_with_facts);
  return !reader.needs_facts || std::none_of(readers_.begin(), readers_.end(), is_facts_to_come);
}

uint32_t InputReading::TakeFile() {
  absl::MutexLock lock(&mutex_);
  uint32_t taken = 0;
  const auto can_go_on = [&] {
    const auto ready = std::find_if(readers_.begin(), readers_.end(),
                                    [this](const Reader& reader) { return IsReady(reader); });
    taken = static_cast<uint32_t>(ready - readers_.begin());
    return ready != readers_.end() ||
           std::none_of(readers_.begin(), readers_.end(),
                        [](const Reader& reader) { return reader.state == State::kWaiting; });
  };
  mutex_.Await(absl::Condition(&can_go_on));
  if (taken < readers_.size()) readers_[taken].state = State::kReading;
  return taken;
}

void InputReading::Work(const std::function<void(uint64_t bytes)>* report) {
  for (uint32_t file = TakeFile(); file < readers_.size(); file = TakeFile()) {
    absl::Status status = ReadFile(file, report);
    absl::MutexLock lock(&mutex_);
    readers_[file].status = std::move(status);
    readers_[file].state = State::kDone;
  }
}

absl::Status InputReading::ReadFile(uint32_t index,
                                    const std::function<void(uint64_t bytes)>* report) {
  InputFile& file = *sources_[index].file;
  Reader& reader = readers_[index];
  uint64_t bytes_told = 0;
  absl::string_view line;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, file.NextLine(&line));
    if (!more) break;
    if (file.line_number() == 1) absl::ConsumePrefix(&line, kByteOrderMark);
    const InputPlace place{index, file.line_number(), 0};
    RETURN_IF_ERROR(file.line_too_long() ? reader.input->Reject(place, TooLong())
                                         : reader.format->ReadLine(line, place));
    if (cancelled_) return absl::CancelledError("cancelled");
    if (file.line_number() % kLinesBetweenReports != 0) continue;
    bytes_ += file.bytes_read() - bytes_told;
    bytes_told = file.bytes_read();
    if (report != nullptr) (*report)(bytes_);
    if (alone_) RETURN_IF_ERROR(loader_.TellRejections());
  }
  bytes_ += file.bytes_read() - bytes_told;
  return reader.format->End();
}

void InputReading::EachUnknownField(
    const std::function<void(uint32_t, const std::string&, uint64_t)>& visit) const {
  for (uint32_t file = 0; file < readers_.size(); ++file) {
    if (readers_[file].format == nullptr) continue;
    for (const auto& [field, times] : readers_[file].format->UnknownFields()) {
      visit(file, field, times);
    }
  }
}

}  // namespace entente::tools
