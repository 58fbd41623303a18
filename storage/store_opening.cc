#include "storage/store_opening.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "storage/adjacency_page.h"
#include "storage/article_block.h"
#include "storage/bytes.h"
#include "storage/fact_block.h"
#include "storage/spill.h"
#include "storage/status_macros.h"
#include "storage/tuning.h"

namespace entente::storage {
namespace {

constexpr absl::string_view kInMemory = ":memory:";

// A file in the directory says that it is ours before RocksDB touches anything: a first line, then
// the format version. It is the first file made and keeps older programs out of newer formats. It
// is written under another name, so that it is whole whenever it is there.
constexpr absl::string_view kMarkerFile = "ENTENTE";
constexpr absl::string_view kNewMarkerFile = "ENTENTE.new";
constexpr absl::string_view kMarkerLine = "Entente database\nformat ";

// What a directory holds.
enum class Found { kNothing, kEmptyDirectory, kUnfinished, kDatabase };

std::string FormatRecord(uint32_t version, const Geometry& geometry) {
  std::string record;
  for (uint32_t v : {version, geometry.chunk_edges, geometry.block_facts, geometry.inline_evidence,
                     geometry.evidence_page, geometry.loose_facts, geometry.block_articles}) {
    AppendFixed(v, &record);
  }
  return record;
}

bool GeometryIsSane(const Geometry& geometry) {
  const auto within = [](uint32_t v, uint32_t limit) { return v >= 1 && v <= limit; };
  return within(geometry.chunk_edges, kMaxPageEdges) &&
         within(geometry.block_facts, kMaxBlockFacts) &&
         geometry.inline_evidence <= kMaxBlockEvidence / geometry.block_facts &&
         within(geometry.evidence_page, kMaxBlockFacts) && geometry.loose_facts >= 1 &&
         within(geometry.block_articles, kMaxBlockArticles);
}

bool ParseFormatRecord(absl::string_view record, uint32_t* version, Geometry* geometry) {
  ByteReader bytes(record);
  return bytes.Fixed(version) && bytes.Fixed(&geometry->chunk_edges) &&
         bytes.Fixed(&geometry->block_facts) && bytes.Fixed(&geometry->inline_evidence) &&
         bytes.Fixed(&geometry->evidence_page) && bytes.Fixed(&geometry->loose_facts) &&
         bytes.Fixed(&geometry->block_articles) && bytes.done() && GeometryIsSane(*geometry);
}

absl::Status NotOurs(absl::string_view path) {
  return absl::FailedPreconditionError(absl::StrCat(path, " is not an Entente database"));
}

// Opens one database: looks at the directory, makes it ours when it is to be created, opens
// RocksDB, reads the format record, and clears up after itself when that fails.
class Opener {
 public:
  Opener(absl::string_view path, const OpenOptions& options)
      : path_(path),
        options_(options),
        impl_(std::make_unique<StoreImpl>(DecodedBytes(options_))) {}

  absl::StatusOr<std::unique_ptr<StoreImpl>> Run();

 private:
  absl::StatusOr<Found> Look();
  absl::Status CheckMarker();
  absl::Status Create(Found found);
  absl::Status CannotCreate(const rocksdb::Status& status);
  void Uncreate(Found found);
  absl::Status OpenDatabase();
  rocksdb::Status TryOpen();
  rocksdb::Status TryOpenUndisturbed();
  std::string FilesInUse();
  void CloseDatabase();
  absl::Status ReadFormat();
  absl::Status Migrate();
  absl::Status LoadMemory();
  absl::Status NeverFinished() const {
    return absl::NotFoundError(absl::StrCat("the creation of ", path_, " was never finished"));
  }
  std::string File(absl::string_view name) const { return absl::StrCat(path_, "/", name); }

  std::string path_;
  OpenOptions options_;
  std::unique_ptr<StoreImpl> impl_;
  rocksdb::Env* env_ = nullptr;
};

absl::StatusOr<std::unique_ptr<StoreImpl>> Opener::Run() {
  if (!GeometryIsSane(options_.geometry)) return absl::InvalidArgumentError("impossible geometry");
  if (path_.empty()) return absl::InvalidArgumentError("a database needs a path");
  env_ = options_.env == nullptr ? FilesOfTheMachine() : options_.env;
  impl_->read_only = options_.read_only;
  impl_->geometry = options_.geometry;
  if (path_ == kInMemory) {
    if (options_.read_only) {
      return absl::InvalidArgumentError("a database in memory cannot be opened read-only");
    }
    impl_->memory_env.reset(rocksdb::NewMemEnv(env_));
    env_ = impl_->memory_env.get();
    path_ = "/entente";
    options_.create_if_missing = true;
    RETURN_IF_ERROR(OpenDatabase());
    return std::move(impl_);
  }
  ASSIGN_OR_RETURN(const Found found, Look());
  const bool creates = options_.create_if_missing && !options_.read_only;
  if (found != Found::kDatabase && !creates) {
    return absl::NotFoundError(absl::StrCat("there is no database at ", path_));
  }
  absl::Status status = found == Found::kDatabase ? absl::OkStatus() : Create(found);
  if (status.ok()) status = OpenDatabase();
  if (!status.ok()) {
    impl_ = std::make_unique<StoreImpl>(DecodedBytes(options_));
    if (found != Found::kDatabase) Uncreate(found);
    return status;
  }
  return std::move(impl_);
}

absl::StatusOr<Found> Opener::Look() {
  if (env_->FileExists(path_).IsNotFound()) return Found::kNothing;
  bool is_directory = false;
  RETURN_IF_ERROR(ToStatus(env_->IsDirectory(path_, &is_directory)));
  if (!is_directory) return NotOurs(path_);
  std::vector<std::string> children;
  RETURN_IF_ERROR(ToStatus(env_->GetChildren(path_, &children)));
  bool any = false;
  bool marker = false;
  bool current = false;
  bool data = false;
  for (const std::string& child : children) {
    if (child == "." || child == ".." || child == kNewMarkerFile) continue;
    any = true;
    marker = marker || child == kMarkerFile;
    current = current || child == "CURRENT";
    data = data || absl::EndsWith(child, ".sst") || absl::EndsWith(child, ".log");
  }
  if (!any) return Found::kEmptyDirectory;
  if (!marker) return NotOurs(path_);
  RETURN_IF_ERROR(CheckMarker());
  if (current) return Found::kDatabase;
  if (data) return absl::DataLossError(absl::StrCat(path_, " has lost its CURRENT file"));
  return Found::kUnfinished;
}

absl::Status Opener::CheckMarker() {
  std::string text;
  RETURN_IF_ERROR(ToStatus(rocksdb::ReadFileToString(env_, File(kMarkerFile), &text)));
  absl::string_view rest = text;
  uint32_t version = 0;
  if (!absl::ConsumePrefix(&rest, kMarkerLine) || !absl::ConsumeSuffix(&rest, "\n") ||
      !absl::SimpleAtoi(rest, &version)) {
    return NotOurs(path_);
  }
  if (version > kFormatVersion) {
    return absl::UnimplementedError(absl::StrCat(path_, " was written by a newer Entente (format ",
                                                 version, "; this one reads up to ", kFormatVersion,
                                                 ")"));
  }
  return absl::OkStatus();
}

absl::Status Opener::Create(Found found) {
  if (found == Found::kNothing) {
    const rocksdb::Status status = env_->CreateDir(path_);
    if (!status.ok()) return CannotCreate(status);
  }
  const std::string text = absl::StrCat(kMarkerLine, kFormatVersion, "\n");
  RETURN_IF_ERROR(
      ToStatus(rocksdb::WriteStringToFile(env_, text, File(kNewMarkerFile), /*should_sync=*/true)));
  return ToStatus(env_->RenameFile(File(kNewMarkerFile), File(kMarkerFile)));
}

absl::Status Opener::CannotCreate(const rocksdb::Status& status) {
  const size_t name = path_.find_last_not_of('/');
  const size_t slash = path_.rfind('/', name);
  const std::string parent = slash == std::string::npos ? "." : path_.substr(0, slash);
  if (!parent.empty() && env_->FileExists(parent).IsNotFound()) {
    return absl::NotFoundError(
        absl::StrCat("cannot create ", path_, ": the folder ", parent, " does not exist"));
  }
  // RocksDB's words say what it did, to which file, and at last why it failed.
  const std::string words = status.ToString();
  const size_t why = words.rfind(": ");
  return absl::UnavailableError(absl::StrCat(
      "cannot create ", path_, ": ", why == std::string::npos ? words : words.substr(why + 2)));
}

// The directory was empty or not there, or holds an unfinished creation of ours: all is ours.
void Opener::Uncreate(Found found) {
  if (found == Found::kUnfinished) return;
  std::vector<std::string> children;
  env_->GetChildren(path_, &children).PermitUncheckedError();
  for (const std::string& child : children) {
    if (child != "." && child != "..") env_->DeleteFile(File(child)).PermitUncheckedError();
  }
  if (found == Found::kNothing) env_->DeleteDir(path_).PermitUncheckedError();
}

rocksdb::Status Opener::TryOpen() {
  const rocksdb::DBOptions options = DatabaseOptions(env_, options_);
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status =
      options_.read_only
          ? rocksdb::DB::OpenForReadOnly(options, path_, Families(options_), &handles, &db)
          : rocksdb::DB::Open(options, path_, Families(options_), &handles, &db);
  if (status.ok()) {
    impl_->db.reset(db);
    std::copy(handles.begin(), handles.end(), impl_->handles.begin());
  }
  return status;
}

// Which manifest is current and how long it is: what every flush and compaction changes before it
// removes a file.
std::string Opener::FilesInUse() {
  std::string current;
  uint64_t size = 0;
  rocksdb::ReadFileToString(env_, File("CURRENT"), &current).PermitUncheckedError();
  const absl::string_view manifest = absl::StripTrailingAsciiWhitespace(current);
  env_->GetFileSize(File(manifest), &size).PermitUncheckedError();
  return absl::StrCat(manifest, " ", size);
}

// Beside a live writer, files may vanish between the manifest and their opening. RocksDB notices a
// lost table, but not a lost log, which would silently be missing from some families: what was
// opened counts only when no file was changed meanwhile.
rocksdb::Status Opener::TryOpenUndisturbed() {
  constexpr absl::Duration kPatience = absl::Seconds(10);
  const absl::Time start = absl::Now();
  for (int attempt = 0;; ++attempt) {
    const std::string before = FilesInUse();
    const rocksdb::Status status = TryOpen();
    const bool undisturbed = FilesInUse() == before;
    if (status.ok() && undisturbed) return status;
    if (status.ok()) CloseDatabase();
    // Broken files stay broken; a few attempts tell.
    if (undisturbed && attempt >= 3) return status;
    if (absl::Now() - start > kPatience) return status.ok() ? rocksdb::Status::Busy() : status;
    absl::SleepFor(absl::Milliseconds(attempt < 6 ? 1 << attempt : 50));
  }
}

void Opener::CloseDatabase() {
  for (rocksdb::ColumnFamilyHandle*& handle : impl_->handles) {
    impl_->db->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
    handle = nullptr;
  }
  impl_->db.reset();
}

absl::Status Opener::OpenDatabase() {
  const rocksdb::Status status = options_.read_only ? TryOpenUndisturbed() : TryOpen();
  if (status.IsBusy()) {
    return absl::UnavailableError(absl::StrCat(path_, " is being written too fast to be read"));
  }
  if (!status.ok()) {
    const std::string words = status.ToString();
    // Locks of other processes and of this one.
    const bool is_held = absl::StrContains(words, std::strerror(EAGAIN)) ||
                         absl::StrContains(words, "lock hold by current process");
    if (status.IsIOError() && is_held) {
      return absl::UnavailableError(absl::StrCat(path_, " is open for writing elsewhere"));
    }
    // All families are made before the first byte is written.
    if (status.IsInvalidArgument() && absl::StrContains(words, "Column family not found")) {
      return NeverFinished();
    }
    if (status.IsInvalidArgument()) return absl::DataLossError(absl::StrCat(path_, ": ", words));
    if (status.IsCorruption()) {
      return absl::DataLossError(absl::StrCat(path_, " is damaged: ", words));
    }
    return ToStatus(status);
  }
  impl_->env = env_;
  impl_->path = path_;
  if (!options_.read_only) RETURN_IF_ERROR(SpillSpace::Sweep(env_, path_));
  RETURN_IF_ERROR(ReadFormat());
  return LoadMemory();
}

absl::Status Opener::ReadFormat() {
  std::string record;
  rocksdb::ColumnFamilyHandle* catalogue = impl_->handle(Family::kCatalogue);
  const std::string key = KeyWriter(CatalogueKey::kFormat).bytes();
  const rocksdb::Status status = impl_->db->Get(rocksdb::ReadOptions(), catalogue, key, &record);
  if (status.IsNotFound() && impl_->db->GetLatestSequenceNumber() == 0) {
    if (!options_.create_if_missing || options_.read_only) {
      return NeverFinished();
    }
    rocksdb::WriteOptions durable;
    durable.sync = true;
    impl_->format_version = kFormatVersion;
    return ToStatus(
        impl_->db->Put(durable, catalogue, key, FormatRecord(kFormatVersion, impl_->geometry)));
  }
  if (status.IsNotFound()) return absl::DataLossError("the format record is lost");
  RETURN_IF_ERROR(ToStatus(status));
  if (!ParseFormatRecord(record, &impl_->format_version, &impl_->geometry)) {
    return absl::DataLossError("the format record is broken");
  }
  return Migrate();
}

// Steps of the ladder: kSteps[v − 1] leads from format v to v + 1 and writes the new format record
// in its last batch, so that a step that is cut short is taken again.
absl::Status Opener::Migrate() {
  using Step = absl::Status (*)(StoreImpl & store);
  static constexpr std::array<Step, kFormatVersion - 1> kSteps = {};
  uint32_t& version = impl_->format_version;
  if (version == 0) return absl::DataLossError("the format record is broken");
  if (version > kFormatVersion) {
    return absl::UnimplementedError(
        absl::StrCat(path_, " was written by a newer Entente (format ", version, ")"));
  }
  if (version == kFormatVersion) return absl::OkStatus();
  if (options_.read_only) {
    return absl::UnimplementedError(
        absl::StrCat(path_, " is of an older format; open it for writing once"));
  }
  RETURN_IF_ERROR(Create(Found::kDatabase));
  for (; version < kFormatVersion; ++version) RETURN_IF_ERROR(kSteps[version - 1](*impl_));
  return absl::OkStatus();
}

// What the store keeps in memory: nodes with several chunks, and the loose facts.
absl::Status Opener::LoadMemory() {
  const auto scan = [&](Family family, std::string prefix, const auto& visit) -> absl::Status {
    std::unique_ptr<rocksdb::Iterator> iterator(
        impl_->db->NewIterator(rocksdb::ReadOptions(), impl_->handle(family)));
    for (iterator->Seek(prefix); iterator->Valid() && iterator->key().starts_with(prefix);
         iterator->Next()) {
      KeyReader key(ToView(iterator->key()).substr(prefix.size()));
      if (!visit(key)) return absl::DataLossError("broken key");
    }
    return ToStatus(iterator->status());
  };
  RETURN_IF_ERROR(
      scan(Family::kCatalogue, KeyWriter(CatalogueKey::kChunkSummary).bytes(), [&](KeyReader& key) {
        uint8_t direction;
        NodeId node;
        if (!key.U8(&direction) || direction > 1 || !key.U64(&node)) return false;
        impl_->NoteSeveralChunks(static_cast<Direction>(direction), node);
        return true;
      }));
  std::vector<FactId> loose;
  RETURN_IF_ERROR(scan(Family::kFacts, KeyWriter(FactKey::kLoose).bytes(),
                       [&](KeyReader& key) { return key.U64(&loose.emplace_back()); }));
  impl_->loose_facts.Add(loose, impl_->geometry.block_facts);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<StoreImpl>> OpenStore(absl::string_view path,
                                                     const OpenOptions& options) {
  return Opener(path, options).Run();
}

}  // namespace entente::storage
