#include "verify/engine/checking.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gronwall/real/error.hpp>

#include "verify/engine/interrupt.hpp"

namespace gronwall::verify {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr const char* program = "verify-check";

bool can_be_run(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored) && access(path.c_str(), X_OK) == 0;
}

/// In the child.
[[noreturn]] void become(const char* checker, const char* directory, const char* certificate, int out) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int nothing = open("/dev/null", O_RDWR);
  if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(nothing, STDERR_FILENO) < 0 ||
      dup2(out, STDOUT_FILENO) < 0 || chdir(directory) != 0)
    _exit(127);
  execl(checker, program, certificate, static_cast<char*>(nullptr));
  _exit(127);
}

/// A running checker. Ended and reaped at the latest when this goes.
class Process {
 public:
  Process(const std::string& checker, const fs::path& certificate) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
      throw Error(fmt::format("No pipe could be opened: {}.", std::strerror(errno)));
    const std::string directory = certificate.parent_path().string(), name = certificate.filename().string();
    id_ = fork();
    if (id_ == 0) become(checker.c_str(), directory.c_str(), name.c_str(), ends[1]);
    close(ends[1]);
    out_ = ends[0];
    if (id_ < 0) {
      close(out_);
      throw Error(fmt::format("No process could be started: {}.", std::strerror(errno)));
    }
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process() {
    close(out_);
    if (ended_) return;
    kill(id_, SIGKILL);
    while (waitpid(id_, &status_, 0) < 0 && errno == EINTR) {
    }
  }

  /// Reads what it says and waits for its end; false if the deadline, or an interrupt, comes first.
  bool ends_before(Clock::time_point deadline) {
    bool open = true;
    while (Clock::now() < deadline && !Interruptible::interrupted()) {
      if (open) {
        pollfd waiting{out_, POLLIN, 0};
        if (poll(&waiting, 1, 50) > 0) open = read_some();
      } else if (waitpid(id_, &status_, WNOHANG) == id_) {
        return ended_ = true;
      } else {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
      }
    }
    return false;
  }

  int status() const { return status_; }
  std::string first_line() const { return said_.substr(0, said_.find('\n')); }

 private:
  /// False at its end. What goes beyond a few lines is dropped.
  bool read_some() {
    char buffer[4096];
    const ssize_t size = read(out_, buffer, sizeof buffer);
    if (size < 0 && errno == EINTR) return true;
    if (size <= 0) return false;
    if (said_.size() < 65536) said_.append(buffer, static_cast<std::size_t>(size));
    return true;
  }

  pid_t id_ = -1;
  int out_ = -1, status_ = 0;
  bool ended_ = false;
  std::string said_;
};

/// The line without the answer's own word in front of it.
std::string without(std::string_view word, const std::string& line) {
  if (line.rfind(word, 0) != 0) return line;
  std::size_t from = word.size();
  while (from < line.size() && (line[from] == ':' || line[from] == ' ')) ++from;
  return line.substr(from);
}

Check answer(int status, const std::string& line) {
  using Answer = Check::Answer;
  if (WIFSIGNALED(status))
    return {Answer::failed,
            fmt::format("it ended with signal {} ({})", WTERMSIG(status), strsignal(WTERMSIG(status)))};
  const int code = WEXITSTATUS(status);
  if (code == 0 && line.rfind("confirmed", 0) == 0) {
    const std::string says = without("confirmed", line);
    // Another run may have written a certificate of something that holds to the same place.
    if (says.rfind("holds", 0) == 0)
      return {Answer::not_confirmed, "what it found there is no refutation: " + says};
    return {Answer::confirmed, says};
  }
  if (code == 1) return {Answer::not_confirmed, without("not confirmed", line)};
  if (code == 2) return {Answer::not_decided, without("not decided", line)};
  if (code == 0) return {Answer::failed, "it ended with code 0, but did not say that it confirms"};
  return {Answer::failed, fmt::format("it ended with code {}{}{}", code, line.empty() ? "" : ": ", line)};
}

}  // namespace

std::optional<std::string> find_checker(const std::optional<std::string>& given) {
  if (given) {
    if (!can_be_run(*given))
      throw UnknownName(fmt::format("--checker: {} is no program that can be run", *given));
    return fs::absolute(*given).string();
  }
  std::error_code error;
  const fs::path here = fs::read_symlink("/proc/self/exe", error).parent_path();
  if (error) return std::nullopt;
  for (const char* place : {".", "checker", "../checker", "../bin"})
    if (can_be_run(here / place / program)) return (here / place / program).lexically_normal().string();
  return std::nullopt;
}

Check check(const std::string& checker, const std::string& certificate, double time_limit) {
  const auto limit = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(time_limit));
  Process process(checker, fs::absolute(certificate));
  if (process.ends_before(Clock::now() + limit)) return answer(process.status(), process.first_line());
  if (Interruptible::interrupted()) return {Check::Answer::none, "the run was interrupted"};
  return {Check::Answer::failed, fmt::format("it did not answer within {:g} seconds", time_limit)};
}

void rule_on(ClaimResult& result, const Check& check) {
  const std::optional<Finding>& found = result.counterexample;
  if (!found || !found->judgement.proof || found->judgement.family || found->judgement.truth != Truth::no)
    return;
  result.check = check;
  result.verdict = check.answer == Check::Answer::confirmed ? Verdict::refuted : Verdict::suspect;
  switch (check.answer) {
    case Check::Answer::none:
      result.reason += "; not checked again: " + check.says;
      return;
    case Check::Answer::confirmed:
      result.reason += "; verify-check confirms the counterexample";
      return;
    case Check::Answer::not_confirmed:
      result.reason += "; verify-check does not confirm the counterexample: " + check.says;
      return;
    case Check::Answer::not_decided:
      result.reason += "; verify-check did not decide: " + check.says;
      return;
    case Check::Answer::failed:
      result.reason += "; verify-check failed: " + check.says;
  }
}

}  // namespace gronwall::verify
