// A terminal with the shell in it, typed into as a person does.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

namespace entente::tools {

class Terminal {
 public:
  // `home` becomes $HOME.
  Terminal(const std::vector<std::string>& arguments, const std::string& home,
           unsigned short columns = 120) {
    winsize size{40, columns, 0, 0};
    process_ = forkpty(&descriptor_, nullptr, nullptr, &size);
    if (process_ != 0) return;
    std::vector<char*> argv{const_cast<char*>("entente")};
    for (const std::string& argument : arguments) {
      argv.push_back(const_cast<char*>(argument.c_str()));
    }
    argv.push_back(nullptr);
    setenv("HOME", home.c_str(), 1);
    setenv("TERM", "xterm", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    execv(ENTENTE_PROGRAM, argv.data());
    _exit(127);
  }
  ~Terminal() {
    if (process_ > 0) {
      kill(process_, SIGKILL);
      waitpid(process_, nullptr, 0);
    }
    close(descriptor_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  void Type(const std::string& text) {
    ASSERT_EQ(write(descriptor_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }

  // Waits until `text` shows, and returns what was shown from where the last call ended. Fails when
  // the shell ends, or is silent for a minute.
  std::string Await(const std::string& text) {
    size_t at = std::string::npos;
    while ((at = shown_.find(text)) == std::string::npos) {
      if (!Receive(kSilence)) {
        ADD_FAILURE() << "waited for '" << text << "', saw: " << shown_;
        return shown_;
      }
    }
    const std::string seen = shown_.substr(0, at + text.size());
    shown_.erase(0, at + text.size());
    if (text.substr(text.size() - 2) == "> ") AwaitEditing();
    return seen;
  }

  // Whether `text` shows now, or before nothing comes for `milliseconds`.
  bool Shows(const std::string& text, int milliseconds) {
    while (shown_.find(text) == std::string::npos) {
      if (!Receive(milliseconds)) return false;
    }
    return true;
  }

  // Types a line, waits for the prompt that follows, and returns what came between.
  std::string Say(const std::string& line) {
    Type(line + "\r");
    return Await("entente> ");
  }

  // Leaves the shell as a person does, by Ctrl-D; returns the exit code.
  int PressEnd() {
    Type("\x04");
    return End();
  }

  // Waits for the shell to end; returns its exit code.
  int End() {
    while (Receive(kSilence)) continue;
    int status = 0;
    while (waitpid(process_, &status, 0) < 0 && errno == EINTR) continue;
    process_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  // libedit shows its prompt before it takes the terminal over, and what is typed in that moment
  // may be lost.
  void AwaitEditing() const {
    termios settings{};
    for (int waited = 0; waited < kSilence; ++waited) {
      if (tcgetattr(descriptor_, &settings) == 0 && (settings.c_lflag & ICANON) == 0) return;
      usleep(1000);
    }
    ADD_FAILURE() << "the shell does not read the terminal";
  }

  static constexpr int kSilence = 60'000;

  // False when nothing comes for `milliseconds`, or nothing more ever.
  bool Receive(int milliseconds) {
    pollfd ready{descriptor_, POLLIN, 0};
    if (poll(&ready, 1, milliseconds) <= 0) return false;
    char bytes[4096];
    const ssize_t count = read(descriptor_, bytes, sizeof bytes);
    if (count <= 0) return false;
    shown_.append(bytes, static_cast<size_t>(count));
    return true;
  }

  int descriptor_ = -1;
  pid_t process_ = -1;
  std::string shown_;
};

}  // namespace entente::tools
