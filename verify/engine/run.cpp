#include "verify/engine/run.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "verify/engine/interrupt.hpp"
#include "verify/engine/judging.hpp"
#include "verify/formats/json.hpp"

namespace gronwall::verify {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// The process that examines one claim.
struct Child {
  const Claim* claim;
  pid_t process;
  int pipe;
  Clock::time_point started;
  std::string said;
};

/// In the child: examines, writes one line of JSON, and leaves without the destructors and buffers of the
/// parent.
[[noreturn]] void examine_in_child(const Claim& claim, const Settings& settings, int pipe) {
  std::signal(SIGINT, SIG_IGN);  // the parent decides
  std::signal(SIGTERM, SIG_DFL);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::string line;
  try {
    line = to_line(Json{{"result", to_json(examine(claim, settings))}});
  } catch (const std::exception& error) {
    line = to_line(Json{{"error", error.what()}});
  }
  line += '\n';
  for (std::string_view rest = line; !rest.empty();) {
    const ssize_t written = write(pipe, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) _exit(1);
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  _exit(0);
}

class Pool {
 public:
  Pool(const std::vector<const Claim*>& claims, const Run& how) : claims_(claims), how_(how) {}

  RunOutcome run() {
    const Interruptible guard;
    std::size_t next = 0;
    while (!Interruptible::interrupted() && (next < claims_.size() || !children_.empty())) {
      while (next < claims_.size() && children_.size() < static_cast<std::size_t>(how_.jobs))
        start(*claims_[next++]);
      listen();
    }
    if (Interruptible::interrupted()) {
      outcome_.interrupted = true;
      for (const Child& child : children_) end(child);
    }
    std::sort(outcome_.results.begin(), outcome_.results.end(),
              [](const ClaimResult& a, const ClaimResult& b) { return a.about.id < b.about.id; });
    std::sort(outcome_.internal_errors.begin(), outcome_.internal_errors.end());
    return std::move(outcome_);
  }

 private:
  void start(const Claim& claim) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
      throw Error(fmt::format("No pipe could be opened: {}.", std::strerror(errno)));
    const pid_t process = fork();
    if (process < 0) throw Error(fmt::format("No process could be started: {}.", std::strerror(errno)));
    if (process == 0) examine_in_child(claim, how_.settings, ends[1]);
    close(ends[1]);
    children_.push_back({&claim, process, ends[0], Clock::now(), {}});
  }

  /// Waits until a child says something, or for a fifth of a second.
  void listen() {
    std::vector<pollfd> waiting;
    for (const Child& child : children_) waiting.push_back({child.pipe, POLLIN, 0});
    const int ready = poll(waiting.data(), waiting.size(), 200);
    if (ready < 0 && errno != EINTR)
      throw Error(fmt::format("Waiting for a process failed: {}.", std::strerror(errno)));
    for (std::size_t i = children_.size(); i-- > 0;) {
      const bool over = ready > 0 && waiting[i].revents != 0 && !read_from(children_[i]);
      const bool late = !over && seconds_since(children_[i].started) > how_.time_limit;
      if (!over && !late) continue;
      const Child child = std::move(children_[i]);
      children_.erase(children_.begin() + static_cast<std::ptrdiff_t>(i));
      if (late)
        time_ran_out(child);
      else
        finish(child);
    }
  }

  /// False once the child has closed its end.
  static bool read_from(Child& child) {
    char buffer[65536];
    const ssize_t size = read(child.pipe, buffer, sizeof buffer);
    if (size < 0 && errno == EINTR) return true;
    if (size <= 0) return false;
    child.said.append(buffer, static_cast<std::size_t>(size));
    return true;
  }

  static int end(const Child& child) {
    kill(child.process, SIGKILL);
    return reap(child);
  }
  static int reap(const Child& child) {
    int status = 0;
    while (waitpid(child.process, &status, 0) < 0 && errno == EINTR) {
    }
    close(child.pipe);
    return status;
  }

  void finish(const Child& child) {
    const int status = reap(child);
    if (WIFSIGNALED(status))
      return failed(child, fmt::format("its process ended with signal {} ({})", WTERMSIG(status),
                                       strsignal(WTERMSIG(status))));
    if (WEXITSTATUS(status) != 0 || child.said.empty() || child.said.back() != '\n')
      return failed(child, fmt::format("its process ended early with code {}", WEXITSTATUS(status)));
    try {
      const Json said = parse_json(child.said, "the result of " + child.claim->about.id);
      if (said.contains("error")) return failed(child, said["error"].get<std::string>());
      ClaimResult result = claim_result_from_json(said.at("result"));
      result.seconds = seconds_since(child.started);
      add(std::move(result));
    } catch (const std::exception& error) {
      failed(child, error.what());
    }
  }

  ClaimResult without_result(const Child& child, std::string reason) const {
    ClaimResult result;
    result.about = child.claim->about;
    result.verdict = Verdict::undecided;
    result.reason = std::move(reason);
    result.seconds = seconds_since(child.started);
    return result;
  }

  void time_ran_out(const Child& child) {
    end(child);
    add(without_result(child, fmt::format("time ran out: not finished after {:g} seconds", how_.time_limit)));
  }

  void failed(const Child& child, std::string why) {
    // A statement's own complaint names the claim already.
    if (why.rfind(child.claim->about.id, 0) != 0) why = child.claim->about.id + ": " + why;
    outcome_.internal_errors.push_back(why);
    add(without_result(child, "internal error: " + why));
  }

  void add(ClaimResult result) {
    outcome_.results.push_back(std::move(result));
    if (how_.progress) how_.progress(outcome_.results.back(), outcome_.results.size(), claims_.size());
  }

  const std::vector<const Claim*>& claims_;
  const Run& how_;
  std::vector<Child> children_;
  RunOutcome outcome_;
};

}  // namespace

RunOutcome run(const std::vector<const Claim*>& claims, const Run& how) { return Pool(claims, how).run(); }

}  // namespace gronwall::verify
