#include "storage/store.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rocksdb/db.h"
#include "rocksdb/env.h"
#include "storage/adjacency.h"
#include "storage/consistency.h"
#include "storage/facts.h"
#include "storage/nodes.h"
#include "storage/transaction.h"
#include "tests/storage/scratch_directory.h"

namespace entente::storage {
namespace {

namespace fs = std::filesystem;
using absl::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr OpenOptions kCreate{.create_if_missing = true};
constexpr OpenOptions kReadOnly{.read_only = true};
constexpr OpenOptions kReadOnlyAndCreate{.create_if_missing = true, .read_only = true};

void Write(const std::string& file, const std::string& text) { std::ofstream(file) << text; }

// Names, sizes and times of everything in a directory.
std::map<std::string, std::pair<uintmax_t, fs::file_time_type>> Listing(const std::string& path) {
  std::map<std::string, std::pair<uintmax_t, fs::file_time_type>> files;
  for (const auto& entry : fs::directory_iterator(path)) {
    files[entry.path().filename()] = {entry.file_size(), entry.last_write_time()};
  }
  return files;
}

FactRecord Fact(NodeId subject, NodeId object) {
  FactRecord fact;
  fact.subject = subject;
  fact.relation = 1;
  fact.object = object;
  fact.flags = kVisible | kHasEvidence;
  fact.evidence.push_back({.article = kFirstArticle});
  return fact;
}

// Writes a fact, and before it the nodes it speaks of.
void Insert(Transaction& transaction, NodeId subject, NodeId object) {
  if (*transaction.Counter(kArticleCount) == 0) {
    ASSERT_TRUE(WriteNode(transaction, *transaction.NewArticle(), nullptr, {}).ok());
  }
  while (*transaction.Counter(kEntityCount) <= std::max(subject, object)) {
    ASSERT_TRUE(WriteNode(transaction, *transaction.NewEntity(), nullptr, {}).ok());
  }
  ASSERT_TRUE(InsertFact(transaction, Fact(subject, object)).ok());
}

void CommitFact(Store& store, NodeId subject, NodeId object) {
  auto transaction = store.Begin();
  ASSERT_TRUE(transaction.ok()) << transaction.status();
  Insert(**transaction, subject, object);
  ASSERT_TRUE((*transaction)->Commit(false).ok());
}

uint64_t Facts(const View& view) { return view.Counter(kFactCount).value(); }

void ExpectConsistent(const Store& store) {
  const auto snapshot = store.TakeSnapshot();
  const auto report = VerifyConsistency(*snapshot);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_THAT(report->problems, IsEmpty());
}

// What the processes do that tests start beside their own.
void FindTheDatabaseLocked(const std::string& path, int /*descriptor*/) {
  EXPECT_EQ(Store::Open(path, {}).status().code(), StatusCode::kUnavailable);
}

constexpr int kFactsOfWriter = 3000;

void WriteFacts(const std::string& path, int /*descriptor*/) {
  auto store = Store::Open(path, {});
  ASSERT_TRUE(store.ok());
  for (int i = 0; i < kFactsOfWriter; ++i) {
    CommitFact(**store, i % 7, 100 + i);
    if (i % 100 == 0) {
      ASSERT_TRUE((*store)->Flush().ok());
    }
  }
}

// Writes until it is killed, and tells the number of each commit.
void WriteForEver(const std::string& path, int acknowledged) {
  OpenOptions options = kCreate;
  options.geometry = {.chunk_edges = 16,
                      .block_facts = 8,
                      .inline_evidence = 1,
                      .evidence_page = 2,
                      .loose_facts = 32};
  auto store = Store::Open(path, options);
  ASSERT_TRUE(store.ok());
  for (uint64_t i = 1;; ++i) {
    auto transaction = (*store)->Begin();
    // Two facts a transaction: half of one would show as an odd number.
    Insert(**transaction, i % 3, i);
    Insert(**transaction, i % 3, i + 1);
    ASSERT_TRUE((*transaction)->Commit(false).ok());
    ASSERT_EQ(write(acknowledged, &i, sizeof(i)), static_cast<ssize_t>(sizeof(i)));
  }
}

// A started process runs its role and ends before the first test.
class Role : public testing::Environment {
 public:
  void SetUp() override {
    const char* role = getenv("ENTENTE_TEST_ROLE");
    if (role == nullptr) return;
    const std::string path = getenv("ENTENTE_TEST_PATH");
    const int descriptor = atoi(getenv("ENTENTE_TEST_DESCRIPTOR"));
    if (role == std::string("find-locked")) FindTheDatabaseLocked(path, descriptor);
    if (role == std::string("write")) WriteFacts(path, descriptor);
    if (role == std::string("write-for-ever")) WriteForEver(path, descriptor);
    _exit(testing::UnitTest::GetInstance()->ad_hoc_test_result().Failed() ? 1 : 0);
  }
};
const testing::Environment* const kRole = testing::AddGlobalTestEnvironment(new Role);

// RocksDB's threads do not survive a plain fork, so a role is a process of its own.
pid_t Start(const std::string& role, const std::string& path, int descriptor = -1) {
  const pid_t child = fork();
  if (child != 0) return child;
  setenv("ENTENTE_TEST_ROLE", role.c_str(), 1);
  setenv("ENTENTE_TEST_PATH", path.c_str(), 1);
  setenv("ENTENTE_TEST_DESCRIPTOR", std::to_string(descriptor).c_str(), 1);
  execl("/proc/self/exe", "storage_test", "--gtest_filter=StoreTest.*", "--gtest_brief=1", nullptr);
  _exit(127);
}

// A child's exit code, once it has ended; -1 when it was killed.
int ExitCode(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

class OpenTest : public testing::Test {
 protected:
  absl::Status Open(const OpenOptions& options) {
    return Store::Open(scratch_.path(), options).status();
  }
  ScratchDirectory scratch_;
};

TEST_F(OpenTest, AMissingDatabaseIsNotFoundAndNotMade) {
  EXPECT_EQ(Open({}).code(), StatusCode::kNotFound);
  EXPECT_EQ(Open(kReadOnly).code(), StatusCode::kNotFound);
  EXPECT_EQ(Open(kReadOnlyAndCreate).code(), StatusCode::kNotFound);
  EXPECT_FALSE(fs::exists(scratch_.path()));
}

TEST_F(OpenTest, AnEmptyDirectoryIsNoDatabaseUntilOneIsCreated) {
  fs::create_directory(scratch_.path());
  EXPECT_EQ(Open({}).code(), StatusCode::kNotFound);
  EXPECT_TRUE(fs::is_empty(scratch_.path()));
  EXPECT_TRUE(Open(kCreate).ok());
  EXPECT_TRUE(Open({}).ok());
}

TEST_F(OpenTest, ADirectoryThatIsNotOursIsLeftAlone) {
  fs::create_directory(scratch_.path());
  Write(scratch_.path() + "/letter.txt", "Dear");
  const auto before = Listing(scratch_.path());
  for (const OpenOptions& options : {OpenOptions{}, kCreate, kReadOnly}) {
    const absl::Status status = Open(options);
    EXPECT_EQ(status.code(), StatusCode::kFailedPrecondition);
    EXPECT_THAT(std::string(status.message()), HasSubstr("not an Entente database"));
  }
  EXPECT_EQ(Listing(scratch_.path()), before);
}

TEST_F(OpenTest, AFileIsNoDatabase) {
  Write(scratch_.path(), "text");
  EXPECT_EQ(Open(kCreate).code(), StatusCode::kFailedPrecondition);
}

TEST_F(OpenTest, AForeignMarkerIsNotOurs) {
  fs::create_directory(scratch_.path());
  for (const char* text : {"", "something else", "Entente database\nformat x\n"}) {
    Write(scratch_.path() + "/ENTENTE", text);
    EXPECT_EQ(Open(kCreate).code(), StatusCode::kFailedPrecondition) << text;
    EXPECT_EQ(Open(kReadOnly).code(), StatusCode::kFailedPrecondition) << text;
  }
}

TEST_F(OpenTest, ANewerFormatIsRefusedUntouched) {
  ASSERT_TRUE(Open(kCreate).ok());
  Write(scratch_.path() + "/ENTENTE", "Entente database\nformat 2\n");
  const auto before = Listing(scratch_.path());
  for (const OpenOptions& options : {OpenOptions{}, kCreate, kReadOnly}) {
    const absl::Status status = Open(options);
    EXPECT_EQ(status.code(), StatusCode::kUnimplemented);
    EXPECT_THAT(std::string(status.message()), HasSubstr("newer"));
  }
  EXPECT_EQ(Listing(scratch_.path()), before);
}

TEST_F(OpenTest, OneWriterAtATime) {
  auto store = Store::Open(scratch_.path(), kCreate);
  ASSERT_TRUE(store.ok());
  EXPECT_EQ(Open({}).code(), StatusCode::kUnavailable);
  EXPECT_EQ(ExitCode(Start("find-locked", scratch_.path())), 0);
  store->reset();
  EXPECT_TRUE(Open({}).ok());
}

TEST_F(OpenTest, AParentThatIsMissingIsNotFound) {
  EXPECT_EQ(Store::Open(scratch_.root() + "/no/database", kCreate).status().code(),
            StatusCode::kNotFound);
}

TEST_F(OpenTest, BrokenFilesAreDataLoss) {
  {
    auto store = Store::Open(scratch_.path(), kCreate);
    ASSERT_TRUE(store.ok());
    CommitFact(**store, 1, 2);
  }
  for (const auto& entry : fs::directory_iterator(scratch_.path())) {
    if (entry.path().filename().string().starts_with("MANIFEST")) {
      Write(entry.path(), "rubbish rubbish rubbish");
    }
  }
  EXPECT_EQ(Open({}).code(), StatusCode::kDataLoss);
  EXPECT_EQ(Open(kReadOnly).code(), StatusCode::kDataLoss);
  fs::remove(scratch_.path() + "/CURRENT");
  EXPECT_EQ(Open(kCreate).code(), StatusCode::kDataLoss);
}

TEST_F(OpenTest, ACreationThatWasCutShortIsTakenUpAgain) {
  fs::create_directory(scratch_.path());
  Write(scratch_.path() + "/ENTENTE.new", "Ent");
  EXPECT_EQ(Open({}).code(), StatusCode::kNotFound);
  Write(scratch_.path() + "/ENTENTE", "Entente database\nformat 1\n");
  EXPECT_EQ(Open({}).code(), StatusCode::kNotFound);
  EXPECT_EQ(Open(kReadOnly).code(), StatusCode::kNotFound);
  EXPECT_TRUE(Open(kCreate).ok());
  EXPECT_TRUE(Open({}).ok());
}

TEST_F(OpenTest, ACreationThatWasKilledBeforeAllFamiliesWereMadeIsTakenUpAgain) {
  fs::create_directory(scratch_.path());
  Write(scratch_.path() + "/ENTENTE", "Entente database\nformat 1\n");
  {
    rocksdb::Options options;
    options.create_if_missing = true;
    rocksdb::DB* db = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open(options, scratch_.path(), &db).ok());
    delete db;
  }
  const absl::Status status = Open(kReadOnly);
  EXPECT_EQ(status.code(), StatusCode::kNotFound) << status;
  EXPECT_TRUE(Open(kCreate).ok());
  EXPECT_TRUE(Open(kReadOnly).ok());
}

// Fails every writable file after the first `allowed`.
class FailingEnv final : public rocksdb::EnvWrapper {
 public:
  explicit FailingEnv(int allowed) : EnvWrapper(rocksdb::Env::Default()), allowed_(allowed) {}
  const char* Name() const override { return "FailingEnv"; }
  rocksdb::Status NewWritableFile(const std::string& name,
                                  std::unique_ptr<rocksdb::WritableFile>* file,
                                  const rocksdb::EnvOptions& options) override {
    if (allowed_-- <= 0) return rocksdb::Status::IOError("no more files");
    return EnvWrapper::NewWritableFile(name, file, options);
  }

 private:
  std::atomic<int> allowed_;
};

TEST_F(OpenTest, ACreationThatFailsLeavesNothingBehind) {
  for (int allowed = 0; allowed < 6; ++allowed) {
    for (bool directory : {false, true}) {
      if (directory) fs::create_directory(scratch_.path());
      FailingEnv env(allowed);
      OpenOptions options = kCreate;
      options.env = &env;
      if (Open(options).ok()) {
        fs::remove_all(scratch_.path());
        continue;
      }
      EXPECT_EQ(fs::exists(scratch_.path()), directory) << allowed;
      EXPECT_TRUE(!directory || fs::is_empty(scratch_.path())) << allowed;
      fs::remove_all(scratch_.path());
    }
  }
}

uintmax_t LargestLog(const std::string& path) {
  uintmax_t largest = 0;
  for (const auto& entry : fs::directory_iterator(path)) {
    if (entry.path().extension() == ".log") largest = std::max(largest, entry.file_size());
  }
  return largest;
}

TEST(StoreTest, ALogIsAsLongAsWhatIsSetAsideForItUntilTheStoreCloses) {
  constexpr uintmax_t kMuch = 1 << 20;
  ScratchDirectory scratch;
  ScratchDirectory copy;
  {
    auto store = Store::Open(scratch.path(), kCreate);
    ASSERT_TRUE(store.ok());
    CommitFact(**store, 1, 2);
    CommitFact(**store, 2, 3);
    EXPECT_GT(LargestLog(scratch.path()), kMuch);
    // What is there when the process is killed.
    fs::copy(scratch.path(), copy.path());
  }
  EXPECT_LT(LargestLog(scratch.path()), kMuch);
  for (const OpenOptions& options : {kReadOnly, OpenOptions()}) {
    auto store = Store::Open(copy.path(), options);
    ASSERT_TRUE(store.ok()) << store.status();
    EXPECT_EQ(Facts(*(*store)->TakeSnapshot()), 2);
    ExpectConsistent(**store);
  }
}

TEST(StoreTest, AMemoryDatabaseIsTransient) {
  {
    auto store = Store::Open(":memory:", {});
    ASSERT_TRUE(store.ok()) << store.status();
    CommitFact(**store, 1, 2);
    EXPECT_EQ(Facts(*(*store)->TakeSnapshot()), 1);
    auto other = Store::Open(":memory:", {});
    ASSERT_TRUE(other.ok()) << other.status();
    EXPECT_EQ(Facts(*(*other)->TakeSnapshot()), 0);
  }
  auto again = Store::Open(":memory:", {});
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(Facts(*(*again)->TakeSnapshot()), 0);
  EXPECT_FALSE(fs::exists(":memory:"));
}

TEST(StoreTest, ReadOnlyNeitherWritesNorBegins) {
  ScratchDirectory scratch;
  {
    auto store = Store::Open(scratch.path(), kCreate);
    ASSERT_TRUE(store.ok());
    CommitFact(**store, 1, 2);
  }
  const auto before = Listing(scratch.path());
  {
    auto store = Store::Open(scratch.path(), kReadOnly);
    ASSERT_TRUE(store.ok()) << store.status();
    EXPECT_TRUE((*store)->read_only());
    EXPECT_EQ((*store)->Begin().status().code(), StatusCode::kFailedPrecondition);
    EXPECT_EQ(Facts(*(*store)->TakeSnapshot()), 1);
    ExpectConsistent(**store);
  }
  EXPECT_EQ(Listing(scratch.path()), before);
}

TEST(StoreTest, ReadersOpenBesideAWritingProcess) {
  ScratchDirectory scratch;
  ASSERT_TRUE(Store::Open(scratch.path(), kCreate).ok());
  const pid_t child = Start("write", scratch.path());
  int status = 0;
  uint64_t last = 0;
  int openings = 0;
  while (waitpid(child, &status, WNOHANG) == 0) {
    auto store = Store::Open(scratch.path(), kReadOnly);
    ASSERT_TRUE(store.ok()) << store.status();
    const auto snapshot = (*store)->TakeSnapshot();
    EXPECT_GE(Facts(*snapshot), last);
    last = Facts(*snapshot);
    EdgeColumns edges;
    for (NodeId node = 0; node < 7; ++node) {
      ASSERT_TRUE(
          ReadEdges(*snapshot, Direction::kOut, node, RelationFilter(), kOtherColumn, &edges).ok());
    }
    EXPECT_EQ(edges.size, last);
    ++openings;
  }
  EXPECT_EQ(status, 0);
  EXPECT_GT(openings, 0);
  auto store = Store::Open(scratch.path(), kReadOnly);
  ASSERT_TRUE(store.ok());
  EXPECT_EQ(Facts(*(*store)->TakeSnapshot()), kFactsOfWriter);
}

TEST(StoreTest, AKilledWriterLosesNoCommitAndLeavesNoHalf) {
  for (int round = 0; round < 4; ++round) {
    ScratchDirectory scratch;
    int acknowledged[2];
    ASSERT_EQ(pipe(acknowledged), 0);
    const pid_t child = Start("write-for-ever", scratch.path(), acknowledged[1]);
    close(acknowledged[1]);
    uint64_t commits = 0;
    while (commits < 200u + 150u * round) {
      ASSERT_EQ(read(acknowledged[0], &commits, sizeof(commits)),
                static_cast<ssize_t>(sizeof(commits)));
    }
    kill(child, SIGKILL);
    EXPECT_EQ(ExitCode(child), -1);
    while (read(acknowledged[0], &commits, sizeof(commits)) > 0) {
    }
    close(acknowledged[0]);
    auto store = Store::Open(scratch.path(), {});
    ASSERT_TRUE(store.ok()) << store.status();
    const uint64_t facts = Facts(*(*store)->TakeSnapshot());
    EXPECT_GE(facts, 2 * commits);
    EXPECT_EQ(facts % 2, 0);
    ExpectConsistent(**store);
    CommitFact(**store, 1, 2);
    ASSERT_TRUE((*store)->SealFacts().ok());
    ExpectConsistent(**store);
  }
}

TEST(TransactionTest, OneAtATimeOthersWait) {
  auto opened = Store::Open(":memory:", {});
  ASSERT_TRUE(opened.ok());
  Store& store = **opened;
  auto first = store.Begin();
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(store.TryBegin(absl::Milliseconds(1)).status().code(), StatusCode::kDeadlineExceeded);
  std::atomic<bool> began{false};
  std::thread other([&] {
    auto second = store.Begin();
    began = true;
    // Sees what the first one wrote.
    EXPECT_EQ(Facts(**second), 1);
  });
  ASSERT_TRUE(InsertFact(**first, Fact(1, 2)).ok());
  EXPECT_FALSE(began);
  ASSERT_TRUE((*first)->Commit(false).ok());
  other.join();
  EXPECT_TRUE(store.TryBegin(absl::ZeroDuration()).ok());
}

TEST(TransactionTest, MayEndOnAnotherThread) {
  auto store = Store::Open(":memory:", {});
  ASSERT_TRUE(store.ok());
  auto transaction = (*store)->Begin();
  std::thread([&] { transaction->reset(); }).join();
  EXPECT_TRUE((*store)->TryBegin(absl::ZeroDuration()).ok());
}

TEST(TransactionTest, IdsAreDenseAndGivenAgainAfterRollback) {
  auto store = Store::Open(":memory:", {});
  ASSERT_TRUE(store.ok());
  auto transaction = (*store)->Begin();
  EXPECT_EQ(*(*transaction)->NewEntity(), 0);
  EXPECT_EQ(*(*transaction)->NewArticle(), kFirstArticle);
  (*transaction)->SetSavepoint();
  EXPECT_EQ(*(*transaction)->NewEntity(), 1);
  (*transaction)->RollbackToSavepoint();
  EXPECT_EQ(*(*transaction)->NewEntity(), 1);
  ASSERT_TRUE((*transaction)->Commit(false).ok());
  transaction = (*store)->Begin();
  EXPECT_EQ(*(*transaction)->NewEntity(), 2);
  (*transaction)->Rollback();
  transaction = (*store)->Begin();
  EXPECT_EQ(*(*transaction)->NewEntity(), 2);
  EXPECT_EQ((*transaction)->Count("own", -1).code(), StatusCode::kDataLoss);
}

TEST(ConsistencyTest, DamageIsReportedInWords) {
  auto store = Store::Open(":memory:", {});
  ASSERT_TRUE(store.ok());
  const auto damage = [&](Family family, const std::string& key, const std::string& value) {
    auto transaction = (*store)->Begin();
    (*transaction)->Put(family, key, value);
    ASSERT_TRUE((*transaction)->Commit(false).ok());
    const auto report = VerifyConsistency(*(*store)->TakeSnapshot());
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_GT(report->problem_count, 0) << FamilyName(family);
    auto repair = (*store)->Begin();
    (*repair)->Delete(family, key);
    ASSERT_TRUE((*repair)->Commit(false).ok());
    ExpectConsistent(**store);
  };
  CommitFact(**store, 1, 2);
  ExpectConsistent(**store);
  damage(Family::kEntities, NodeKey(9), "no record");
  damage(Family::kEntities, NodeKey(9), EncodeNode({}));  // not counted
  damage(Family::kIndexes, KeyWriter(IndexKey::kLabel).U32(1).U64(9).bytes(), "");
  damage(Family::kDictionary, "key", NodeKey(9));
  damage(Family::kFacts, KeyWriter(FactKey::kBlock).U64(77).bytes(), "no block");
  damage(Family::kAdjacency, AdjacencyKey(Direction::kOut, 9, 0), "no page");
  damage(Family::kProvenance, KeyWriter(ProvenanceKey::kOriginalCopies).U64(1).U64(2).bytes(), "");
  damage(Family::kCatalogue, KeyWriter(CatalogueKey::kCounter).Raw(kFactCount).bytes() + "x", "12");
}

TEST(ConsistencyTest, AFactAboutNobodyIsReported) {
  auto store = Store::Open(":memory:", {});
  ASSERT_TRUE(store.ok());
  CommitFact(**store, 1, 2);
  auto transaction = (*store)->Begin();
  ASSERT_TRUE(InsertFact(**transaction, Fact(77, 1)).ok());
  ASSERT_TRUE((*transaction)->Commit(false).ok());
  const auto report = VerifyConsistency(*(*store)->TakeSnapshot());
  ASSERT_TRUE(report.ok());
  EXPECT_THAT(report->problems,
              ElementsAre("the subject of a fact is node 77, which does not exist"));
}

}  // namespace
}  // namespace entente::storage
