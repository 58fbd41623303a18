#include "tools/input_reading.h"

#include <algorithm>
#include <map>
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
#include "tools/text_place.h"

namespace entente::tools {
namespace {

constexpr size_t kPeek = 4096;
constexpr uint64_t kMostParts = 8;  // each has buffers of its own
constexpr uint64_t kLinesBetweenReports = 256;
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
                           const std::atomic<bool>& cancelled, uint64_t part_bytes)
    : loader_(loader),
      sources_(std::move(sources)),
      cancelled_(cancelled),
      part_bytes_(part_bytes) {}

InputReading::~InputReading() = default;

absl::Status InputReading::MakeReader(uint32_t index) {
  Source& source = sources_[index];
  Reader& reader = readers_.emplace_back();
  reader.source = index;
  reader.file = source.file.get();
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
    return absl::InvalidArgumentError(
        absl::StrCat("cannot guess the format of ", source.file->name(), "; say --format ",
                     absl::StrJoin(ImportFormatNames(), "|"),
                     ", or which of the tables it is, as in facts=", source.file->name()));
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
  return CutIntoParts();
}

absl::Status InputReading::CutIntoParts() {
  const size_t first = readers_.size() - 1;
  // Who reads facts gives them their ids in the order of the file.
  if (readers_[first].gives_facts || readers_[first].file->size() < 2 * part_bytes_) {
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(ReadLine(readers_[first], readers_[first]).status());
  const uint64_t size = readers_[first].file->size();
  const uint64_t part_bytes = std::max(part_bytes_, size / kMostParts);
  for (uint64_t offset = part_bytes; offset < size - part_bytes / 2; offset += part_bytes) {
    const Reader& before = readers_.back();
    Reader rest;
    rest.source = before.source;
    rest.input = &loader_.NewInput();
    rest.format = readers_[first].format->Continue(*rest.input);
    if (rest.format == nullptr) return absl::OkStatus();
    ASSIGN_OR_RETURN(rest.part, before.file->Cut(offset));
    if (rest.part == nullptr) return absl::OkStatus();
    rest.file = rest.part.get();
    rest.needs_facts = before.needs_facts;
    readers_.push_back(std::move(rest));
  }
  return absl::OkStatus();
}

absl::Status InputReading::Read(const std::function<void(uint64_t bytes)>& report) {
  for (uint32_t source = 0; source < sources_.size(); ++source) {
    RETURN_IF_ERROR(MakeReader(source));
  }
  alone_ = std::count_if(readers_.begin(), readers_.end(),
                         [](const Reader& reader) { return reader.state == State::kWaiting; }) < 2;
  std::thread other;
  if (!alone_) other = std::thread([this] { Work(nullptr); });
  Work(&report);
  if (other.joinable()) other.join();
  absl::Status ended = loader_failed_ ? absl::OkStatus() : EndFiles();
  fact_ids_ = FactIds();
  absl::MutexLock lock(&mutex_);
  return loader_failed_ ? loader_failure_ : ended;
}

absl::Status InputReading::EndFiles() {
  Reader* last = nullptr;  // that has read the rows before
  for (size_t i = 0; i < readers_.size(); ++i) {
    Reader& reader = readers_[i];
    const bool goes_on = reader.part != nullptr && last->format->in_row();
    if (goes_on) {
      loader_.Discard(*std::exchange(reader.input, nullptr));
      reader.format = nullptr;
      reader.file->Rewind();
      reader.status = ReadAll(reader, *last, nullptr);
    } else {
      last = &reader;
    }
    RETURN_IF_ERROR(reader.status);
    const bool is_last = i + 1 == readers_.size() || readers_[i + 1].part == nullptr;
    if (is_last && last->format != nullptr) RETURN_IF_ERROR(last->format->End());
  }
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

uint32_t InputReading::TakeReader() {
  absl::MutexLock lock(&mutex_);
  uint32_t taken = 0;
  const auto can_go_on = [&] {
    // Facts first, since others wait for them.
    const auto is_ready = [this](const Reader& reader) { return IsReady(reader); };
    auto ready = std::find_if(readers_.begin(), readers_.end(), [&](const Reader& reader) {
      return reader.gives_facts && is_ready(reader);
    });
    if (ready == readers_.end()) ready = std::find_if(readers_.begin(), readers_.end(), is_ready);
    if (loader_failed_) ready = readers_.end();
    taken = static_cast<uint32_t>(ready - readers_.begin());
    return loader_failed_ || ready != readers_.end() ||
           std::none_of(readers_.begin(), readers_.end(),
                        [](const Reader& reader) { return reader.state == State::kWaiting; });
  };
  mutex_.Await(absl::Condition(&can_go_on));
  if (taken < readers_.size()) readers_[taken].state = State::kReading;
  return taken;
}

void InputReading::Work(const std::function<void(uint64_t bytes)>* report) {
  for (uint32_t taken = TakeReader(); taken < readers_.size(); taken = TakeReader()) {
    Reader& reader = readers_[taken];
    absl::Status status = ReadAll(reader, reader, report);
    absl::MutexLock lock(&mutex_);
    reader.status = std::move(status);
    reader.state = State::kDone;
  }
}

absl::StatusOr<bool> InputReading::ReadLine(const Reader& lines, Reader& reader) {
  InputFile& file = *lines.file;
  absl::string_view line;
  ASSIGN_OR_RETURN(const bool more, file.NextLine(&line));
  if (!more) return false;
  if (file.line_number() == 1 && lines.part == nullptr) {
    absl::ConsumePrefix(&line, kByteOrderMark);
  }
  // How many lines there are before a part is known when those have been read.
  const InputPlace place{static_cast<uint32_t>(&lines - readers_.data()), file.line_number(), 0};
  const absl::Status read = file.line_too_long() ? reader.input->Reject(place, TooLong())
                                                 : reader.format->ReadLine(line, place);
  if (read.ok()) return true;
  // In strict mode a rejection is a row's fault, and all rows before it are told.
  if (!absl::IsInvalidArgument(read)) {
    absl::MutexLock lock(&mutex_);
    if (!loader_failed_) loader_failure_ = read;
    loader_failed_ = true;
  }
  return read;
}

absl::Status InputReading::ReadAll(const Reader& lines, Reader& reader,
                                   const std::function<void(uint64_t bytes)>* report) {
  InputFile& file = *lines.file;
  uint64_t bytes_told = 0;
  bool more = true;
  while (more) {
    ASSIGN_OR_RETURN(more, ReadLine(lines, reader));
    if (cancelled_ || loader_failed_) return absl::CancelledError("cancelled");
    if (more && file.line_number() % kLinesBetweenReports != 0) continue;
    bytes_ += file.bytes_read() - bytes_told;
    bytes_told = file.bytes_read();
    if (report != nullptr) (*report)(bytes_);
    if (alone_) RETURN_IF_ERROR(loader_.TellRejections());
  }
  return absl::OkStatus();
}

InputPlace InputReading::PlaceInSource(const InputPlace& place) const {
  InputPlace in_source = place;
  in_source.file = readers_[place.file].source;
  if (place.line == 0) return in_source;
  for (uint32_t part = place.file; part > 0 && readers_[part].part != nullptr;) {
    in_source.line += readers_[--part].file->line_number();
  }
  return in_source;
}

void InputReading::EachUnknownField(
    const std::function<void(uint32_t, const std::string&, uint64_t)>& visit) const {
  for (size_t i = 0; i < readers_.size();) {
    const uint32_t source = readers_[i].source;
    std::map<std::string, uint64_t> unknown;
    for (; i < readers_.size() && readers_[i].source == source; ++i) {
      if (readers_[i].format == nullptr) continue;
      for (const auto& [field, times] : readers_[i].format->UnknownFields()) {
        unknown[field] += times;
      }
    }
    for (const auto& [field, times] : unknown) visit(source, field, times);
  }
}

}  // namespace entente::tools
