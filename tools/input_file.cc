#include "tools/input_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/status.h"

namespace entente::tools {
namespace {

constexpr size_t kPortion = 256 << 10;
// A little that is packed may be very much.
constexpr size_t kMostUnpacked = 1 << 20;
constexpr absl::string_view kGzipMagic("\x1f\x8b", 2);
constexpr absl::string_view kZstdMagic("\x28\xb5\x2f\xfd", 4);

}  // namespace

class InputFile::Unpacker {
 public:
  virtual ~Unpacker() = default;
  // Takes from the front of `*in` and appends what it unpacks to, about kMostUnpacked bytes at
  // most. `last`: nothing follows, so that being in the middle of something is damage.
  virtual absl::Status Unpack(absl::string_view* in, bool last, std::string* out) = 0;
};

namespace {

// Several gzip members one after the other are one file, as gzip itself reads them.
class GzipUnpacker : public InputFile::Unpacker {
 public:
  GzipUnpacker() { inflateInit2(&stream_, 16 + MAX_WBITS); }
  ~GzipUnpacker() override { inflateEnd(&stream_); }

  absl::Status Unpack(absl::string_view* in, bool last, std::string* out) override {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in->data()));
    stream_.avail_in = static_cast<uInt>(in->size());
    const size_t most = out->size() + kMostUnpacked;
    while (stream_.avail_in > 0 && out->size() < most) {
      if (member_ended_) {
        inflateReset(&stream_);
        member_ended_ = false;
      }
      const size_t before = out->size();
      out->resize(before + kPortion);
      stream_.next_out = reinterpret_cast<Bytef*>(&(*out)[before]);
      stream_.avail_out = kPortion;
      const int code = inflate(&stream_, Z_NO_FLUSH);
      out->resize(before + kPortion - stream_.avail_out);
      if (code == Z_STREAM_END) {
        member_ended_ = true;
      } else if (code != Z_OK && code != Z_BUF_ERROR) {
        return absl::DataLossError("the gzip data is damaged");
      }
    }
    in->remove_prefix(in->size() - stream_.avail_in);
    if (last && !member_ended_) return absl::DataLossError("the gzip data ends too early");
    return absl::OkStatus();
  }

 private:
  z_stream stream_{};
  bool member_ended_ = false;
};

class ZstdUnpacker : public InputFile::Unpacker {
 public:
  ZstdUnpacker() : stream_(ZSTD_createDStream()) {}
  ~ZstdUnpacker() override { ZSTD_freeDStream(stream_); }

  absl::Status Unpack(absl::string_view* in, bool last, std::string* out) override {
    ZSTD_inBuffer input{in->data(), in->size(), 0};
    const size_t most = out->size() + kMostUnpacked;
    while (input.pos < input.size && out->size() < most) {
      const size_t before = out->size();
      out->resize(before + kPortion);
      ZSTD_outBuffer output{&(*out)[before], kPortion, 0};
      const size_t hint = ZSTD_decompressStream(stream_, &output, &input);
      out->resize(before + output.pos);
      if (ZSTD_isError(hint)) return absl::DataLossError("the zstd data is damaged");
      frame_ended_ = hint == 0;
    }
    in->remove_prefix(input.pos);
    // What the decoder still holds back comes out without new input.
    while (in->empty() && !frame_ended_) {
      const size_t before = out->size();
      out->resize(before + kPortion);
      ZSTD_outBuffer output{&(*out)[before], kPortion, 0};
      const size_t hint = ZSTD_decompressStream(stream_, &output, &input);
      out->resize(before + output.pos);
      if (ZSTD_isError(hint)) return absl::DataLossError("the zstd data is damaged");
      frame_ended_ = hint == 0;
      if (output.pos < output.size) break;
    }
    if (last && !frame_ended_) return absl::DataLossError("the zstd data ends too early");
    return absl::OkStatus();
  }

 private:
  ZSTD_DStream* const stream_;
  bool frame_ended_ = false;
};

}  // namespace

InputFile::InputFile(std::string name, int descriptor, uint64_t size,
                     const std::atomic<bool>* cancelled)
    : name_(std::move(name)), descriptor_(descriptor), size_(size), cancelled_(cancelled) {}

InputFile::~InputFile() {
  if (descriptor_ != STDIN_FILENO) close(descriptor_);
}

absl::StatusOr<std::unique_ptr<InputFile>> InputFile::Open(const std::string& path,
                                                           const std::atomic<bool>* cancelled) {
  if (path == "-") {
    return std::unique_ptr<InputFile>(new InputFile("standard input", STDIN_FILENO, 0, cancelled));
  }
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return absl::NotFoundError(absl::StrCat("cannot open ", path, ": ", std::strerror(errno)));
  }
  struct stat info;
  if (fstat(descriptor, &info) != 0 || S_ISDIR(info.st_mode)) {
    close(descriptor);
    return absl::NotFoundError(absl::StrCat("cannot read ", path, ": it is a directory"));
  }
  const uint64_t size = S_ISREG(info.st_mode) ? static_cast<uint64_t>(info.st_size) : 0;
  return std::unique_ptr<InputFile>(new InputFile(path, descriptor, size, cancelled));
}

bool InputFile::IsFileAt(const std::string& path) const {
  struct stat here;
  struct stat there;
  // Devices and pipes may be read and written at once.
  return fstat(descriptor_, &here) == 0 && stat(path.c_str(), &there) == 0 &&
         S_ISREG(here.st_mode) && here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

absl::StatusOr<size_t> InputFile::ReadStored(char* bytes, size_t size) {
  ASSIGN_OR_RETURN(const size_t count,
                   ReadAt(&offset_, bytes, std::min<uint64_t>(size, end_offset_ - offset_)));
  bytes_read_ += count;
  return count;
}

absl::StatusOr<size_t> InputFile::ReadAt(uint64_t* offset, char* bytes, size_t size) const {
  while (true) {
    if (cancelled_ != nullptr && *cancelled_) return absl::CancelledError("cancelled");
    const ssize_t count = size_ > 0 ? pread(descriptor_, bytes, size, static_cast<off_t>(*offset))
                                    : read(descriptor_, bytes, size);
    if (count >= 0) {
      *offset += static_cast<uint64_t>(count);
      return static_cast<size_t>(count);
    }
    if (errno != EINTR) {
      return absl::UnavailableError(
          absl::StrCat("cannot read ", name_, ": ", std::strerror(errno)));
    }
  }
}

absl::Status InputFile::Start() {
  started_ = true;
  stored_.resize(kPortion);
  size_t have = 0;
  while (have < kZstdMagic.size()) {
    ASSIGN_OR_RETURN(const size_t count, ReadStored(&stored_[have], stored_.size() - have));
    if (count == 0) break;
    have += count;
  }
  stored_.resize(have);
  if (absl::StartsWith(stored_, kGzipMagic)) unpacker_ = std::make_unique<GzipUnpacker>();
  if (absl::StartsWith(stored_, kZstdMagic)) unpacker_ = std::make_unique<ZstdUnpacker>();
  return absl::OkStatus();
}

absl::Status InputFile::Fill() {
  if (begin_ > 0) {
    buffer_.erase(0, begin_);
    begin_ = 0;
  }
  if (!started_) {
    RETURN_IF_ERROR(Start());
    packed_ = stored_;
  } else if (packed_.empty()) {
    stored_.resize(kPortion);
    ASSIGN_OR_RETURN(const size_t count, ReadStored(stored_.data(), kPortion));
    stored_.resize(count);
    packed_ = stored_;
    at_end_ = count == 0;
  }
  if (unpacker_ == nullptr) {
    at_end_ = at_end_ || stored_.empty();
    buffer_.append(stored_);
    packed_ = {};
    return absl::OkStatus();
  }
  const absl::Status unpacked = unpacker_->Unpack(&packed_, at_end_, &buffer_);
  if (!unpacked.ok()) {
    at_end_ = true;
    return absl::Status(unpacked.code(),
                        absl::StrCat(name_, ": ", std::string(unpacked.message())));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> InputFile::NextLine(absl::string_view* line) {
  line_too_long_ = false;
  size_t searched = begin_;
  while (true) {
    const size_t end = buffer_.find('\n', searched);
    const bool found = end != std::string::npos;
    if (found || (at_end_ && (begin_ < buffer_.size() || line_too_long_))) {
      const size_t stop = found ? end : buffer_.size();
      *line = absl::string_view(buffer_).substr(begin_, stop - begin_);
      if (absl::EndsWith(*line, "\r")) line->remove_suffix(1);
      line_too_long_ = line_too_long_ || line->size() > kMaxLine;
      if (line_too_long_) *line = {};
      // Fill moves the buffer, so the line is valid until the next call only.
      begin_ = found ? end + 1 : buffer_.size();
      ++line_number_;
      return true;
    }
    if (at_end_) return false;
    if (line_too_long_ || buffer_.size() - begin_ > kMaxLine) {
      line_too_long_ = true;
      begin_ = buffer_.size();
    }
    searched = buffer_.size() - begin_;
    RETURN_IF_ERROR(Fill());
  }
}

absl::StatusOr<std::unique_ptr<InputFile>> InputFile::Cut(uint64_t offset) {
  if (!started_) RETURN_IF_ERROR(Fill());
  if (size_ == 0 || unpacker_ != nullptr) return nullptr;
  std::string portion(kPortion, '\0');
  while (true) {
    const uint64_t begin = offset;
    ASSIGN_OR_RETURN(const size_t count, ReadAt(&offset, portion.data(), portion.size()));
    if (count == 0) return nullptr;
    const size_t line_break = absl::string_view(portion).substr(0, count).find('\n');
    if (line_break != absl::string_view::npos) return CutAt(begin + line_break + 1);
  }
}

std::unique_ptr<InputFile> InputFile::CutAt(uint64_t offset) {
  const uint64_t untaken = offset_ - (buffer_.size() - begin_);
  if (offset < untaken || offset >= std::min(end_offset_, size_)) return nullptr;
  const int descriptor = fcntl(descriptor_, F_DUPFD_CLOEXEC, 0);
  if (descriptor < 0) return nullptr;
  std::unique_ptr<InputFile> rest(new InputFile(name_, descriptor, size_, cancelled_));
  rest->started_ = true;
  rest->begin_offset_ = rest->offset_ = offset;
  rest->end_offset_ = end_offset_;
  end_offset_ = offset;
  if (offset_ > offset) {
    buffer_.resize(buffer_.size() - (offset_ - offset));
    bytes_read_ -= offset_ - offset;
    offset_ = offset;
  }
  return rest;
}

void InputFile::Rewind() {
  offset_ = begin_offset_;
  line_number_ = 0;
  buffer_.clear();
  begin_ = 0;
  at_end_ = false;
  bytes_read_ = 0;
}

absl::StatusOr<absl::string_view> InputFile::Peek(size_t limit) {
  while (!at_end_ && buffer_.size() - begin_ < limit) RETURN_IF_ERROR(Fill());
  return absl::string_view(buffer_).substr(begin_, limit);
}

}  // namespace entente::tools
