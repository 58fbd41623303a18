// InputFile: the lines of a file or of standard input, unpacked on the way when they are packed
// with gzip or zstd, which their first bytes tell.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace entente::tools {

class InputFile {
 public:
  // Longer lines are passed over, so that a file without any line break cannot exhaust memory.
  static constexpr size_t kMaxLine = 64 << 20;

  // `path` "-" is standard input. NotFound and the like name the file. `cancelled` may be null, and
  // must outlive the file; when it is true, reading fails with Cancelled.
  static absl::StatusOr<std::unique_ptr<InputFile>> Open(
      const std::string& path, const std::atomic<bool>* cancelled = nullptr);
  ~InputFile();

  // The next line without its line break ("\n" or "\r\n"); false at the end. The line is valid
  // until the next call. After DataLoss (damaged packing) there are no more lines.
  absl::StatusOr<bool> NextLine(absl::string_view* line);
  // Whether the last line was longer than kMaxLine; it then came out empty.
  bool line_too_long() const { return line_too_long_; }

  // The next line's beginning without taking it: up to `limit` bytes, for guessing formats.
  absl::StatusOr<absl::string_view> Peek(size_t limit);

  // Ends this file at the first line break at or behind the byte `offset`, which may stand in a
  // quoted text, and returns the file of what follows, whose lines count from 1 again. Null when
  // there is no such place, and for what cannot be read from its middle: packed files and pipes.
  // Lines behind the place must not have been taken.
  absl::StatusOr<std::unique_ptr<InputFile>> Cut(uint64_t offset);

  // Begins anew with what Cut returned.
  void Rewind();

  // Whether `path` names the file that is read here, by whatever name.
  bool IsFileAt(const std::string& path) const;

  const std::string& name() const { return name_; }
  uint64_t line_number() const { return line_number_; }  // of the last line, from 1
  uint64_t bytes_read() const { return bytes_read_; }    // as stored, packed
  uint64_t size() const { return size_; }                // as stored, before it is cut; 0 unknown

  class Unpacker;

 private:
  InputFile(std::string name, int descriptor, uint64_t size, const std::atomic<bool>* cancelled);
  // Reads at `*offset`, which moves on. At most `size` bytes; 0 at the end.
  absl::StatusOr<size_t> ReadAt(uint64_t* offset, char* bytes, size_t size) const;
  absl::Status Start();
  // Null when that cannot be done.
  std::unique_ptr<InputFile> CutAt(uint64_t offset);
  // Appends unpacked bytes to buffer_; sets at_end_ when there are none left.
  absl::Status Fill();
  absl::StatusOr<size_t> ReadStored(char* bytes, size_t size);

  const std::string name_;
  const int descriptor_;  // shared with the files it was cut into, so it is read by offset
  const uint64_t size_;
  const std::atomic<bool>* const cancelled_;
  std::unique_ptr<Unpacker> unpacker_;  // null: the bytes are as they stand
  std::string stored_;                  // the last portion that was read
  absl::string_view packed_;            // what of it is not unpacked yet
  std::string buffer_;                  // unpacked; begins at begin_
  size_t begin_ = 0;
  bool started_ = false;
  bool at_end_ = false;
  bool line_too_long_ = false;
  uint64_t begin_offset_ = 0;  // of this file in what is stored
  uint64_t offset_ = 0;        // of what is read next
  uint64_t end_offset_ = ~uint64_t{0};
  uint64_t line_number_ = 0;
  uint64_t bytes_read_ = 0;
};

}  // namespace entente::tools
