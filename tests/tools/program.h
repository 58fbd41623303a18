// Runs the program `entente` as a user does: arguments and standard input in; standard output,
// standard error and the exit code out.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/storage/scratch_directory.h"

namespace entente::tools {

inline std::string ReadWhole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline void WriteWhole(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary);
  file << bytes;
  file.close();
  ASSERT_FALSE(file.fail()) << path;
}

// A process of the program. Its streams are files, so that nothing can block.
class Program {
 public:
  struct Outcome {
    int code = -1;  // exit code; -signal when it was killed
    std::string out;
    std::string err;
  };

  // `streams` names the files of its streams: <streams>.in, .out, .err.
  Program(const std::vector<std::string>& arguments, const std::string& input, std::string streams)
      : streams_(std::move(streams)) {
    WriteWhole(streams_ + ".in", input);
    process_ = fork();
    if (process_ == 0) Become(arguments);
  }
  ~Program() {
    if (process_ > 0) {
      Kill();
      Wait();
    }
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  void Kill() { kill(process_, SIGKILL); }

  Outcome Wait() {
    int status = 0;
    while (waitpid(process_, &status, 0) < 0 && errno == EINTR) continue;
    return End(status);
  }

  // Presses Ctrl-C until the program ends.
  Outcome Interrupt() {
    constexpr useconds_t kBetweenPresses = 20000;
    int status = 0;
    while (waitpid(process_, &status, WNOHANG) == 0) {
      kill(process_, SIGINT);
      usleep(kBetweenPresses);
    }
    return End(status);
  }

 private:
  Outcome End(int status) {
    process_ = -1;
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status),
            ReadWhole(streams_ + ".out"), ReadWhole(streams_ + ".err")};
  }

  [[noreturn]] void Become(const std::vector<std::string>& arguments) {
    std::vector<char*> argv{const_cast<char*>("entente")};
    for (const std::string& argument : arguments)
      argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    const bool redirected = freopen((streams_ + ".in").c_str(), "r", stdin) != nullptr &&
                            freopen((streams_ + ".out").c_str(), "w", stdout) != nullptr &&
                            freopen((streams_ + ".err").c_str(), "w", stderr) != nullptr;
    if (redirected) execv(ENTENTE_PROGRAM, argv.data());
    _exit(127);
  }

  const std::string streams_;
  pid_t process_ = -1;
};

// A folder of its own with a database in it.
class ProgramTest : public ::testing::Test {
 protected:
  std::string database() const { return directory_.path(); }
  std::string PathOf(const std::string& name) const { return directory_.root() + "/" + name; }

  // Returns the path.
  std::string Write(const std::string& name, const std::string& text) {
    WriteWhole(PathOf(name), text);
    return PathOf(name);
  }

  Program::Outcome Run(const std::vector<std::string>& arguments, const std::string& input = "") {
    return Program(arguments, input, PathOf("streams")).Wait();
  }

  // As on a full disk: no file grows beyond `most` bytes, and writing more is an error.
  Program::Outcome RunWithSmallFiles(rlim_t most, const std::vector<std::string>& arguments,
                                     const std::string& input = "") {
    rlimit before;
    EXPECT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto signalled = signal(SIGXFSZ, SIG_IGN);  // both are inherited by the program
    rlimit small = before;
    small.rlim_cur = most;
    EXPECT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
    Program program(arguments, input, PathOf("streams"));
    EXPECT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, signalled);
    return program.Wait();
  }

  // What `entente import` makes of a file of this text in database().
  Program::Outcome Import(const std::string& text, std::vector<std::string> options = {}) {
    std::vector<std::string> arguments{"import", database(), Write("input", text)};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return Run(arguments);
  }

  // The rows, as JSON Lines, of a statement that must succeed.
  std::string Query(const std::string& statement, const std::string& format = "jsonl") {
    return QueryOf(database(), statement, format);
  }
  std::string QueryOf(const std::string& path, const std::string& statement,
                      const std::string& format = "jsonl") {
    const Program::Outcome outcome = Run({"query", path, statement, "--format", format});
    EXPECT_EQ(outcome.code, 0) << statement << '\n' << outcome.err;
    return outcome.out;
  }

  // Everything that the language sees of a database.
  std::string Dump(const std::string& path) {
    std::string dump;
    for (const char* statement :
         {"MATCH (n) RETURN n, keys(n) ORDER BY id(n)",
          "MATCH (n) UNWIND names(n) AS name RETURN id(n), name",
          "MATCH ()-[r]->() RETURN r, support(r), denial(r), confidence(r), contested(r), "
          "sources(r), first_reported(r), last_reported(r), precision(r, 'valid_from'), "
          "precision(r, 'valid_to') ORDER BY id(r)",
          "MATCH ()-[r]->() UNWIND evidence(r) AS word RETURN id(r), word ORDER BY id(r)"}) {
      dump += QueryOf(path, statement);
    }
    const std::string statistics = Run({"stats", path}).out;
    return dump + statistics.substr(0, statistics.find("\nsizes"));
  }

  void ExpectClean(const std::string& path) {
    const Program::Outcome outcome = Run({"check", path});
    EXPECT_EQ(outcome.code, 0) << outcome.out << outcome.err;
  }

  storage::ScratchDirectory directory_;
};

}  // namespace entente::tools
