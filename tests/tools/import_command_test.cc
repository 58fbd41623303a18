// `entente import` whatever the format: packed files, standard input, odd text files, --strict, and
// a process that is killed in the middle.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/tools/program.h"

namespace entente::tools {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kManyClaims = 7000;

std::string Claim(int number) {
  const std::string digits = std::to_string(number);
  return R"({"article":{"key":"a)" + digits + R"("},"claims":[{"subject":"S)" + digits +
         R"(","type":"T","object":"O)" + std::to_string(number % 100) + "\"}]}\n";
}

std::string Claims(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += Claim(i);
  return text;
}

std::string Gzip(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::string Zstd(const std::string& text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3));
  return packed;
}

class ImportCommandTest : public ProgramTest {
 protected:
  int Facts() {
    const std::string rows = Query("MATCH ()-[r]->() RETURN count(r) AS n", "csv");
    return std::stoi(rows.substr(rows.find('\n') + 1));
  }
};

TEST_F(ImportCommandTest, ReadsPackedFilesAsTheyAre) {
  Write("plain", Claim(0));
  Write("a.gz", Gzip(Claim(1)));
  Write("b.zst", Zstd(Claim(2)));
  // Members one after the other, and names that lie about the packing.
  Write("c.txt", Gzip(Claim(3)) + Gzip(Claim(4)));
  Write("d.gz", Zstd(Claim(5)) + Zstd(Claim(6)));
  Write("empty.gz", Gzip(""));
  Write("empty.zst", Zstd(""));
  const Program::Outcome loaded =
      Run({"import", database(), PathOf("plain"), PathOf("a.gz"), PathOf("b.zst"), PathOf("c.txt"),
           PathOf("d.gz"), PathOf("empty.gz"), PathOf("empty.zst")});
  EXPECT_EQ(loaded.code, 0) << loaded.err;
  EXPECT_EQ(Facts(), 7);
}

TEST_F(ImportCommandTest, ReadsLargePackedFiles) {
  const std::string text = Claims(20000);
  Write("a.gz", Gzip(text));
  EXPECT_EQ(Run({"import", database(), PathOf("a.gz")}).code, 0);
  EXPECT_EQ(Facts(), 20000);
  Write("a.zst", Zstd(text));
  const Program::Outcome again = Run({"import", database(), PathOf("a.zst")});
  EXPECT_EQ(again.code, 0);
  EXPECT_THAT(again.err, HasSubstr("new: 0 facts"));
}

TEST_F(ImportCommandTest, ADamagedPackedFileLoadsNothing) {
  const std::string text = Claims(3000);
  std::string flipped_gzip = Gzip(text);
  flipped_gzip[flipped_gzip.size() / 2] ^= 0x10;
  std::string flipped_zstd = Zstd(text);
  flipped_zstd[flipped_zstd.size() / 2] ^= 0x10;
  const std::string gzip = Gzip(text);
  const std::string zstd = Zstd(text);
  for (const std::string& bytes :
       {flipped_gzip, flipped_zstd, gzip.substr(0, gzip.size() / 2), gzip.substr(0, 5),
        gzip.substr(0, gzip.size() - 1), zstd.substr(0, zstd.size() / 2), zstd.substr(0, 5)}) {
    for (const bool strict : {false, true}) {
      const Program::Outcome loaded =
          Import(bytes, strict ? std::vector<std::string>{"--strict", "--format", "claims"}
                               : std::vector<std::string>{"--format", "claims"});
      EXPECT_EQ(loaded.code, 2) << loaded.err;
      EXPECT_THAT(loaded.err, AllOf(HasSubstr("nothing was loaded"), HasSubstr(PathOf("input"))));
      EXPECT_FALSE(std::filesystem::exists(database()));
    }
  }
}

TEST_F(ImportCommandTest, TheNameTellsTheFormatWhenTheFirstLineDoesNot) {
  const std::string text = "nonsense\n" + Claim(1);
  for (const std::string name : {"a.jsonl", "b.JSON", "c.jsonl.gz"}) {
    std::filesystem::remove_all(database());
    Write(name, name == "c.jsonl.gz" ? Gzip(text) : text);
    const Program::Outcome loaded = Run({"import", database(), PathOf(name)});
    EXPECT_EQ(loaded.code, 1);
    EXPECT_THAT(loaded.err, AllOf(HasSubstr(PathOf(name) + ":1:1: "), HasSubstr("1 claim read")));
  }
  for (const char* name : {"d.tab", "e.tsv"}) {
    Write(name, "Event Date\tEvent ID\n");
    const Program::Outcome loaded = Run({"import", database(), PathOf(name)});
    EXPECT_EQ(loaded.code, 1);
    EXPECT_THAT(loaded.err, HasSubstr(":1: the header has no column 'Source Name'"));
  }
  // What the first line says counts more.
  Write("f.tab", Claim(2));
  EXPECT_EQ(Run({"import", database(), PathOf("f.tab")}).code, 0);
  Write("g.txt", text);
  EXPECT_EQ(Run({"import", database(), PathOf("g.txt")}).code, 2);
}

TEST_F(ImportCommandTest, RejectsNeverOverwriteAnInput) {
  const std::string text = Claims(3) + "nonsense\n";
  const std::string input = Write("input.jsonl", text);
  std::filesystem::create_symlink(input, PathOf("link"));
  std::filesystem::create_hard_link(input, PathOf("twin"));
  const std::string other = Write("other.jsonl", Claims(1));
  for (const std::string& rejects : {input, PathOf("link"), PathOf("twin")}) {
    const Program::Outcome loaded = Run({"import", database(), other, input, "--rejects", rejects});
    EXPECT_EQ(loaded.code, 2);
    EXPECT_THAT(loaded.err, HasSubstr("would overwrite the input " + input));
    EXPECT_EQ(ReadWhole(input), text);
    EXPECT_FALSE(std::filesystem::exists(database()));
  }
  const Program::Outcome shell =
      Run({"shell", database()}, ".import --rejects " + input + " " + input + "\n");
  EXPECT_EQ(shell.code, 2);
  EXPECT_EQ(ReadWhole(input), text);
  EXPECT_EQ(Run({"import", database(), input, "--rejects", "/dev/null"}).code, 1);
}

TEST_F(ImportCommandTest, WhatAFileHoldsCannotSteerTheTerminal) {
  const std::string line =
      R"({"article":{"key":"a"},"\u001b[1m":1,)"
      R"("claims":[{"subject":"A","type":"T","object":"B","valid_from":"\u001b[2J"}]})";
  const Program::Outcome shown = Import(line);
  EXPECT_EQ(shown.code, 1);
  EXPECT_THAT(shown.err, HasSubstr("'␛[2J' is not a date"));
  EXPECT_THAT(shown.err, HasSubstr("unknown field 'line.␛[1m'"));
  EXPECT_THAT(shown.err, Not(HasSubstr("\x1B")));
  EXPECT_THAT(Import(line, {"--strict"}).err, HasSubstr("'␛[2J' is not a date"));
}

TEST_F(ImportCommandTest, ReadsStandardInput) {
  const Program::Outcome loaded = Run({"import", database(), "-"}, Claims(3));
  EXPECT_EQ(loaded.code, 0) << loaded.err;
  EXPECT_EQ(Facts(), 3);
  EXPECT_EQ(Run({"import", database(), "--format", "claims", "-"}, Gzip(Claims(5))).code, 0);
  EXPECT_EQ(Facts(), 5);
  const Program::Outcome bad = Run({"import", database(), "-"}, "{\n");
  EXPECT_EQ(bad.code, 1);
  EXPECT_THAT(bad.err, HasSubstr("standard input:1:"));
}

TEST_F(ImportCommandTest, TakesTextFilesOfEveryMake) {
  std::string windows = "\xEF\xBB\xBF" + Claim(1);
  windows.insert(windows.size() - 1, "\r");
  EXPECT_EQ(Import(windows + "\r\n  \n" + Claim(2)).code, 0);
  std::string unended = Claim(3);
  unended.pop_back();
  EXPECT_EQ(Import(unended).code, 0);
  EXPECT_EQ(Import("").code, 0);
  EXPECT_EQ(Import("\n \n" + Claim(4)).code, 0);
  EXPECT_EQ(Facts(), 4);
  // Columns do not count the byte order mark.
  EXPECT_THAT(Import("\xEF\xBB\xBF{\"article\":7}").err, HasSubstr(":1:12: 'article'"));
}

TEST_F(ImportCommandTest, TakesAGiantLine) {
  std::string line = R"({"article":{"key":"a"},"claims":[)";
  for (int i = 0; i < 30000; ++i) {
    line += std::string(i > 0 ? "," : "") +
            R"({"subject":"A","type":"T","object":"B","sentence":)" + std::to_string(i) +
            R"(,"quote":")" + std::string(300, 'x') + "\"}";
  }
  ASSERT_EQ(Import(Claim(1) + line + "]}\n" + Claim(2)).code, 0);
  EXPECT_EQ(Query("MATCH ()-[r]->() RETURN sum(size(evidence(r))) AS n", "csv"), "n\r\n30002\r\n");
}

TEST_F(ImportCommandTest, ALineTooLongToReadIsRejectedAndTheRestLoads) {
  const Program::Outcome loaded = Import(Claim(1) + std::string(65 << 20, 'x') + "\n" + Claim(2));
  EXPECT_EQ(loaded.code, 1);
  EXPECT_THAT(loaded.err, HasSubstr(PathOf("input") + ":2: the line is longer than 64 MiB"));
  EXPECT_EQ(Facts(), 2);
}

TEST_F(ImportCommandTest, MuchThatIsPackedSmallTakesLittleMemory) {
  std::string packed = Zstd("key,name\n");
  const std::string frame = Zstd(std::string(64 << 20, 'x'));
  for (int i = 0; i < 32; ++i) packed += frame;
  Write("a.zst", packed + Zstd("\nk,K\n"));
  const Program::Outcome loaded = Run({"import", database(), "entities=" + PathOf("a.zst")});
  rusage used;
  ASSERT_EQ(getrusage(RUSAGE_CHILDREN, &used), 0);
  EXPECT_EQ(loaded.code, 1);
  EXPECT_THAT(loaded.err, HasSubstr(":2: the line is longer than 64 MiB"));
  EXPECT_EQ(Query("MATCH (n) RETURN count(n) AS n", "csv"), "n\r\n1\r\n");
  EXPECT_LT(used.ru_maxrss, 1200 << 10) << "KiB, of 2 GiB unpacked";
}

TEST_F(ImportCommandTest, NothingIsLoadedWhenBadRowsCannotBeListed) {
  const std::string file = Write("people", "key,name\nk,K\nl,\"L\n");
  ASSERT_EQ(Run({"import", database(), PathOf("people")}).code, 1);
  const std::string more = Write("more", "key,name\nm,M\nl,\"L\n");
  for (const std::string& path : {database(), PathOf("new")}) {
    const Program::Outcome loaded = Run({"import", path, more, "--rejects", "/dev/full"});
    EXPECT_EQ(loaded.code, 4);
    EXPECT_THAT(loaded.err, HasSubstr("nothing was loaded: cannot write /dev/full"));
  }
  EXPECT_EQ(Query("MATCH (n) RETURN count(n) AS n", "csv"), "n\r\n1\r\n");
  EXPECT_FALSE(std::filesystem::exists(PathOf("new")));
}

TEST_F(ImportCommandTest, InterruptedItLeavesTheDatabaseAsItWas) {
  const std::string text = Claims(3000);
  for (const bool existed : {false, true}) {
    if (existed) {
      ASSERT_EQ(Import(Claim(1000000)).code, 0);
    }
    // A pipe that never ends; when it has taken more than it can hold, the import is at work.
    ASSERT_EQ(mkfifo(PathOf("pipe").c_str(), 0600), 0);
    const int pipe = open(PathOf("pipe").c_str(), O_RDWR | O_CLOEXEC);
    Program program({"import", database(), PathOf("pipe")}, "", PathOf("streams"));
    ASSERT_EQ(write(pipe, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    const Program::Outcome outcome = program.Interrupt();
    close(pipe);
    std::filesystem::remove(PathOf("pipe"));
    EXPECT_EQ(outcome.code, 130) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("import cancelled, nothing was loaded"));
    EXPECT_EQ(std::filesystem::exists(database()), existed);
  }
  EXPECT_EQ(Facts(), 1);
  ExpectClean(database());
}

TEST_F(ImportCommandTest, GuessesTheFormatOfEachFile) {
  Write("claims", Claim(1));
  Write("events",
        "Event ID\tEvent Date\tSource Name\tEvent Text\tTarget Name\tStory ID\n"
        "1\t2018-06-01\tA\tMake statement\tB\t1\n");
  EXPECT_EQ(Run({"import", database(), PathOf("claims"), PathOf("events")}).code, 0);
  EXPECT_EQ(Facts(), 2);
}

TEST_F(ImportCommandTest, WhatIsNoInputIsWrongUsageAndLeavesNothing) {
  const Program::Outcome unknown = Import("key,value\n1,2\n");
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("cannot guess the format of " + PathOf("input")));
  EXPECT_EQ(Import(Claim(1), {"--format", "gdelt"}).code, 2);
  const Program::Outcome missing = Run({"import", database(), PathOf("missing")});
  EXPECT_EQ(missing.code, 2);
  EXPECT_THAT(missing.err, HasSubstr(PathOf("missing")));
  EXPECT_EQ(Run({"import", database(), directory_.root()}).code, 2);
  EXPECT_EQ(Import(Claim(1), {"--rejects", PathOf("no/such/folder")}).code, 2);
  EXPECT_FALSE(std::filesystem::exists(database()));
}

TEST_F(ImportCommandTest, StrictStopsAtTheFirstBadRowAndLeavesTheDatabaseAsItWas) {
  // Bad while reading, and bad once names resolve.
  const std::string ambiguous =
      R"({"entities":[{"key":"1","name":"X"},{"key":"2","name":"X"}],"article":{"key":"x"},)"
      R"("claims":[{"subject":"X","type":"T","object":"O"}]})";
  for (const std::string& bad : {std::string("{\"article\":7}\n{\"article\":8}"), ambiguous}) {
    const Program::Outcome fresh = Import(Claim(1) + bad, {"--strict"});
    EXPECT_EQ(fresh.code, 1);
    EXPECT_THAT(fresh.err, AllOf(HasSubstr("--strict"), HasSubstr("nothing was loaded"),
                                 HasSubstr(PathOf("input") + ":2:"), Not(HasSubstr(":3:"))));
    EXPECT_FALSE(std::filesystem::exists(database()));
  }
  ASSERT_EQ(Import(Claim(1)).code, 0);
  const std::string before = Dump(database());
  EXPECT_EQ(Import(Claim(2) + ambiguous, {"--strict"}).code, 1);
  EXPECT_EQ(Import(Claim(2) + "{\n" + Claim(3), {"--strict"}).code, 1);
  EXPECT_EQ(Dump(database()), before);
  EXPECT_EQ(Import(Claim(2), {"--strict"}).code, 0);
  EXPECT_EQ(Facts(), 2);
}

TEST_F(ImportCommandTest, ListsTheFirstBadRowsAndAllOfThemInTheFile) {
  std::string text = Claim(1);
  for (int i = 0; i < 50; ++i) text += "{\"article\":7}\n";
  const Program::Outcome shown = Import(text);
  EXPECT_EQ(shown.code, 1);
  EXPECT_THAT(shown.err, AllOf(HasSubstr(":21:"), Not(HasSubstr(":22:")), HasSubstr("30 more"),
                               HasSubstr("50 rows rejected")));
  EXPECT_EQ(Import(text, {"--rejects", PathOf("rejects")}).code, 1);
  const std::string rejects = ReadWhole(PathOf("rejects"));
  EXPECT_EQ(std::count(rejects.begin(), rejects.end(), '\n'), 51);
}

TEST_F(ImportCommandTest, RefusesADatabaseThatIsNotOurs) {
  std::filesystem::create_directory(PathOf("folder"));
  Write("folder/letter", "dear");
  const Program::Outcome loaded = Run({"import", PathOf("folder"), Write("input", Claim(1))});
  EXPECT_EQ(loaded.code, 4);
  EXPECT_EQ(ReadWhole(PathOf("folder/letter")), "dear");
}

TEST_F(ImportCommandTest, AKilledImportLeavesAllOrNothing) {
  Write("first", Claim(1000000));
  // Enough for table files of its own.
  Write("input", Claims(kManyClaims));
  const std::vector<std::string> arguments{"import", database(), PathOf("input")};
  using Clock = std::chrono::steady_clock;
  const Clock::time_point begin = Clock::now();
  ASSERT_EQ(Program(arguments, "", PathOf("streams")).Wait().code, 0);
  const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin);
  std::mt19937 random(7);
  for (int round = 0; round < 8; ++round) {
    std::filesystem::remove_all(database());
    const bool existed = round % 2 == 0;
    if (existed) {
      ASSERT_EQ(Run({"import", database(), PathOf("first")}).code, 0);
    }
    {
      Program program(arguments, "", PathOf("killed"));
      std::this_thread::sleep_for(whole * (random() % 1000) / 1000);
    }  // killed here
    if (!existed && !std::filesystem::exists(database())) continue;
    // What was killed while it was making the database is taken up by the next import.
    const Program::Outcome stats = Run({"stats", database()});
    if (stats.code == 0) {
      ExpectClean(database());
      EXPECT_THAT(Facts(),
                  ::testing::AnyOf(existed ? 1 : 0, existed ? kManyClaims + 1 : kManyClaims));
    } else {
      EXPECT_FALSE(existed) << stats.err;
    }
    const Program::Outcome again = Run(arguments);
    EXPECT_EQ(again.code, 0) << again.err;
    EXPECT_EQ(Facts(), existed ? kManyClaims + 1 : kManyClaims);
    ExpectClean(database());
  }
}

TEST_F(ImportCommandTest, AFullDiskIsNoFaultOfTheRows) {
  std::string facts = "id,subject,type,object\n";
  std::string evidence = "fact,article\n";
  for (int i = 0; i < 60'000; ++i) {
    const std::string digits = std::to_string(i);
    facts += digits + ",S" + digits + ",T,O\n";
    evidence += digits + ",a" + digits + "\n";
  }
  const std::string facts_path = Write("facts.csv", facts);
  const std::string evidence_path = Write("evidence.csv", evidence);
  const Program::Outcome outcome = RunWithSmallFiles(
      500'000, {"import", "--memory", "1", database(), facts_path, evidence_path});
  EXPECT_EQ(outcome.code, 4);
  EXPECT_THAT(outcome.err, HasSubstr("import failed, nothing was loaded: "));
  EXPECT_THAT(outcome.err, Not(HasSubstr("the id of no fact")));
}

}  // namespace
}  // namespace entente::tools
