// InputReading: reads the files of an import into the inputs of a bulk load, two at a time where
// that is possible, and long ones in parts.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "engine/bulk_loader.h"
#include "tools/fact_ids.h"
#include "tools/import_format.h"
#include "tools/input_file.h"

namespace entente::tools {

// Of every format, its name and what knows it by a file's beginning.
std::vector<std::string> ImportFormatNames();

class InputReading {
 public:
  // What the user says of a file: the format ("" to guess it by the first bytes) and which of the
  // tables it is ("" when that is not said).
  struct Source {
    std::unique_ptr<InputFile> file;
    std::string format;
    std::string part;
  };

  static constexpr uint64_t kPartBytes = uint64_t{16} << 20;

  // `loader` must outlive this. `cancelled` ends the reading with Cancelled. `part_bytes` is about
  // how long the parts of files are at least.
  InputReading(BulkLoader& loader, std::vector<Source> sources, const std::atomic<bool>& cancelled,
               uint64_t part_bytes = kPartBytes);
  ~InputReading();

  const std::vector<Source>& sources() const { return sources_; }

  // Reads all; `report` is called now and then, in this thread, with the bytes read so far.
  // Rejections are the loader's to tell, see BulkLoader::TellRejections. An error that is not about
  // a record is the first in the order of the files, or the loader's, which ends the reading.
  absl::Status Read(const std::function<void(uint64_t bytes)>& report);
  // Whether it was the loader's.
  bool loader_failed() const { return loader_failed_; }

  // Where a place that the loader tells of stands: the index of its source, the line there. Once
  // everything has been read.
  InputPlace PlaceInSource(const InputPlace& place) const;

  // Calls visit(file, field, times) for fields that no format knew.
  void EachUnknownField(
      const std::function<void(uint32_t, const std::string&, uint64_t)>& visit) const;

 private:
  enum class State { kWaiting, kReading, kDone };
  // Of a file, or of a part of one; parts follow each other.
  struct Reader {
    uint32_t source = 0;
    InputFile* file = nullptr;
    std::unique_ptr<InputFile> part;       // but the first one of a file
    std::unique_ptr<ImportFormat> format;  // null: the file is empty
    LoadInput* input = nullptr;
    bool gives_facts = false;  // that others name by id
    bool needs_facts = false;
    State state = State::kWaiting;
    absl::Status status;
  };

  absl::Status MakeReader(uint32_t source);
  // Cuts what the last reader reads into parts, where that can be done.
  absl::Status CutIntoParts();
  // Takes readers and lets them read until none are left. `report` may be null.
  void Work(const std::function<void(uint64_t bytes)>* report);
  // The next one that can read; the number of readers when there are none left.
  uint32_t TakeReader();
  bool IsReady(const Reader& reader) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The next line of `lines.file` goes to `reader`, the same one unless a cut is mended. False at
  // the end. The places that the loader gets are those in the part of `lines`.
  absl::StatusOr<bool> ReadLine(const Reader& lines, Reader& reader);
  absl::Status ReadAll(const Reader& lines, Reader& reader,
                       const std::function<void(uint64_t bytes)>* report);
  // Reads what followed a cut in the middle of a row again as what follows that row, and ends the
  // files.
  absl::Status EndFiles();

  BulkLoader& loader_;
  std::vector<Source> sources_;
  const std::atomic<bool>& cancelled_;
  const uint64_t part_bytes_;
  FactIds fact_ids_;
  absl::Mutex mutex_;
  std::vector<Reader> readers_;  // states are guarded by mutex_
  // Why the loader could not take a row, through no fault of the row; then nothing more is read.
  absl::Status loader_failure_ ABSL_GUARDED_BY(mutex_);
  std::atomic<bool> loader_failed_{false};
  std::atomic<uint64_t> bytes_{0};
  bool alone_ = true;  // one thread reads
};

}  // namespace entente::tools
