#include "tests/tck/isolation.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "storage/check.h"
#include "tests/tck/connection.h"
#include "tests/tck/scenario_runner.h"

namespace entente::tck {
namespace {

// What a scenario may take in all; its single statements have their own limit.
constexpr unsigned kScenarioSeconds = 120;

// A verdict travels through the pipe as its length in four bytes, then its bytes.
void Send(int pipe, absl::string_view verdict) {
  const auto length = static_cast<uint32_t>(verdict.size());
  std::string message(reinterpret_cast<const char*>(&length), sizeof(length));
  message.append(verdict.data(), verdict.size());
  for (size_t sent = 0; sent < message.size();) {
    const ssize_t n = write(pipe, message.data() + sent, message.size() - sent);
    if (n <= 0) _exit(1);
    sent += static_cast<size_t>(n);
  }
}

bool ReadExactly(int pipe, char* out, size_t size) {
  while (size > 0) {
    const ssize_t n = read(pipe, out, size);
    if (n <= 0) return false;
    out += n;
    size -= static_cast<size_t>(n);
  }
  return true;
}

// False when the child ended before it had a verdict.
bool Receive(int pipe, std::string* verdict) {
  uint32_t length = 0;
  if (!ReadExactly(pipe, reinterpret_cast<char*>(&length), sizeof(length))) return false;
  verdict->resize(length);
  return ReadExactly(pipe, verdict->data(), length);
}

std::string DeathOf(int wait_status) {
  if (WIFSIGNALED(wait_status)) {
    const int signal = WTERMSIG(wait_status);
    return absl::StrCat("killed by signal ", signal, " (", strsignal(signal), ")");
  }
  if (WEXITSTATUS(wait_status) == Connection::kHungExitCode) {
    return "hangs: a statement ran for ten seconds and did not obey the interrupt";
  }
  return absl::StrCat("its process ended with exit code ", WEXITSTATUS(wait_status));
}

[[noreturn]] void RunChild(const std::vector<Scenario>& scenarios, size_t first,
                           absl::string_view kit, const ConnectionOptions& options, int pipe) {
  for (size_t i = first; i < scenarios.size(); ++i) {
    alarm(kScenarioSeconds);
    const absl::Status status = RunScenario(scenarios[i], kit, options);
    Send(pipe, status.ok() ? "" : status.message());
  }
  _exit(0);
}

}  // namespace

std::vector<std::string> RunIsolated(const std::vector<Scenario>& scenarios, absl::string_view kit,
                                     const ConnectionOptions& options) {
  std::vector<std::string> verdicts;
  while (verdicts.size() < scenarios.size()) {
    int ends[2];
    ENTENTE_CHECK(pipe(ends) == 0);
    const pid_t child = fork();
    ENTENTE_CHECK(child >= 0);
    if (child == 0) {
      close(ends[0]);
      RunChild(scenarios, verdicts.size(), kit, options, ends[1]);
    }
    close(ends[1]);
    std::string verdict;
    while (verdicts.size() < scenarios.size() && Receive(ends[0], &verdict)) {
      verdicts.push_back(verdict);
    }
    close(ends[0]);
    int wait_status = 0;
    waitpid(child, &wait_status, 0);
    // What is missing now is the verdict of the scenario in which the child died.
    if (verdicts.size() < scenarios.size()) verdicts.push_back(DeathOf(wait_status));
  }
  return verdicts;
}

}  // namespace entente::tck
