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

/// The ends of a pipe; -1 where there is none.
struct Ends {
  int read = -1, write = -1;
};

/// The process that examines one claim.
struct Child {
  enum class State {
    examining,
    waiting,
    hunting
  } state = State::examining;  ///< waiting to be told how long to hunt
  const Claim* claim = nullptr;
  pid_t process = 0;
  int pipe = -1;  ///< what it says
  /// Where it is told how long to hunt; in a thorough run alone. Both ends stay open here, so that writing to
  /// a process that has died does no harm.
  Ends go{};
  Clock::time_point started = Clock::now();  ///< what it is doing
  double time_limit = 0;
  double worked = 0;  ///< seconds before that
  std::string said{};
};

/// False if nobody reads.
bool write_all(int pipe, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(pipe, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// The last line of JSON that is complete; empty if there is none.
std::string last_line(const std::string& said) {
  const std::size_t end = said.rfind('\n');
  if (end == std::string::npos || end == 0) return "";
  const std::size_t before = said.rfind('\n', end - 1);
  return said.substr(before == std::string::npos ? 0 : before + 1,
                     end - (before == std::string::npos ? 0 : before + 1));
}

std::string line_of(const char* what, const Json& json) { return to_line(Json{{what, json}}) + "\n"; }
constexpr std::string_view waiting_says = "{\"before\":";

/// In the child: tells the result so far and learns for how many seconds to hunt.
double ask(const ClaimResult& before, int pipe, int go) {
  double seconds = 0;
  if (!write_all(pipe, line_of("before", to_json(before)))) _exit(1);
  ssize_t size = 0;
  do size = read(go, &seconds, sizeof seconds);
  while (size < 0 && errno == EINTR);
  if (size != sizeof seconds) _exit(1);
  return seconds;
}

/// In the child: examines, writes a line of JSON (and one before it hunts, if it can be told how long: `go`),
/// and leaves without the destructors and buffers of the parent.
[[noreturn]] void examine_in_child(const Claim& claim, const Settings& settings, int pipe, int go) {
  std::signal(SIGINT, SIG_IGN);  // the parent decides
  std::signal(SIGTERM, SIG_DFL);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::string line;
  try {
    std::function<double(const ClaimResult&)> hunting;
    if (go >= 0) hunting = [=](const ClaimResult& before) { return ask(before, pipe, go); };
    line = line_of("result", to_json(examine(claim, settings, hunting)));
  } catch (const std::exception& error) {
    line = line_of("error", error.what());
  }
  _exit(write_all(pipe, line) ? 0 : 1);
}

class Pool {
 public:
  Pool(const std::vector<const Claim*>& claims, const Run& how) : claims_(claims), how_(how) {}

  RunOutcome run() {
    const Interruptible guard;
    while (!Interruptible::interrupted() && (begun_ < claims_.size() || !children_.empty())) {
      while (begun_ < claims_.size() && working() < how_.jobs) start(*claims_[begun_++]);
      while (begun_ == claims_.size() && working() < how_.jobs && send_hunting()) {
      }
      listen();
    }
    if (Interruptible::interrupted()) interrupt();
    std::sort(outcome_.results.begin(), outcome_.results.end(),
              [](const ClaimResult& a, const ClaimResult& b) { return a.about.id < b.about.id; });
    std::sort(outcome_.internal_errors.begin(), outcome_.internal_errors.end());
    return std::move(outcome_);
  }

 private:
  using State = Child::State;

  /// Processes that do something.
  int working() const {
    return static_cast<int>(std::count_if(children_.begin(), children_.end(),
                                          [](const Child& child) { return child.state != State::waiting; }));
  }

  /// Seconds of the budget for one of so many claims that have still to get theirs.
  double share(std::size_t among) const {
    const double left = std::max(0.0, how_.budget.value_or(0) - seconds_since(began_));
    return std::min(left, left * how_.jobs / static_cast<double>(among));
  }

  static Ends open_pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
      throw Error(fmt::format("No pipe could be opened: {}.", std::strerror(errno)));
    return {ends[0], ends[1]};
  }

  void start(const Claim& claim) {
    Settings settings = how_.settings;
    if (how_.budget && !how_.thorough) settings.climbing = share(claims_.size() - begun_ + 1);
    const Ends said = open_pipe(), go = how_.thorough ? open_pipe() : Ends();
    const pid_t process = fork();
    if (process < 0) throw Error(fmt::format("No process could be started: {}.", std::strerror(errno)));
    if (process == 0) examine_in_child(claim, settings, said.write, go.read);
    close(said.write);
    Child child;
    child.claim = &claim;
    child.process = process;
    child.pipe = said.read;
    child.go = go;
    child.time_limit = how_.time_limit + settings.climbing.value_or(0);
    children_.push_back(std::move(child));
  }

  /// Lets the first of those that wait go on; false if none does.
  bool send_hunting() {
    const auto child = std::find_if(children_.begin(), children_.end(),
                                    [](const Child& each) { return each.state == State::waiting; });
    if (child == children_.end()) return false;
    const std::size_t hunting = static_cast<std::size_t>(std::count_if(
        children_.begin(), children_.end(), [](const Child& each) { return each.state == State::hunting; }));
    const double seconds = share(children_.size() - hunting);
    child->state = State::hunting;
    child->started = Clock::now();
    child->time_limit = how_.time_limit + seconds;
    write_all(child->go.write, {reinterpret_cast<const char*>(&seconds), sizeof seconds});
    return true;
  }

  /// Waits until a child says something, or for a fifth of a second.
  void listen() {
    std::vector<pollfd> waiting;
    for (const Child& child : children_) waiting.push_back({child.pipe, POLLIN, 0});
    const int ready = poll(waiting.data(), waiting.size(), 200);
    if (ready < 0 && errno != EINTR)
      throw Error(fmt::format("Waiting for a process failed: {}.", std::strerror(errno)));
    for (std::size_t i = children_.size(); i-- > 0;) {
      Child& now = children_[i];
      const bool over = ready > 0 && waiting[i].revents != 0 && !read_from(now);
      if (now.state == State::examining && now.said.rfind(waiting_says, 0) == 0 && now.said.back() == '\n') {
        now.state = State::waiting;
        now.worked = seconds_since(now.started);
      }
      const bool late = !over && now.state != State::waiting && seconds_since(now.started) > now.time_limit;
      if (!over && !late) continue;
      const Child child = std::move(now);
      children_.erase(children_.begin() + static_cast<std::ptrdiff_t>(i));
      if (late)
        time_ran_out(child);
      else
        finish(child);
    }
  }

  /// What was found before a hunt stays.
  void interrupt() {
    outcome_.interrupted = true;
    for (const Child& child : children_) {
      end(child);
      if (child.state == State::waiting) add(result_of(child));
      if (child.state == State::hunting) add(cut_off(child, "the run was interrupted"));
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
    if (child.go.read >= 0) {
      close(child.go.read);
      close(child.go.write);
    }
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
      add(result_of(child));
    } catch (const std::exception& error) {
      failed(child, error.what());
    }
  }

  /// What the child said last. Throws Error if that is an error.
  static ClaimResult result_of(const Child& child) {
    const Json said = parse_json(last_line(child.said), "the result of " + child.claim->about.id);
    if (said.contains("error")) throw Error(said["error"].get<std::string>());
    ClaimResult result = claim_result_from_json(said.at(said.contains("before") ? "before" : "result"));
    result.seconds =
        child.state == State::waiting ? child.worked : child.worked + seconds_since(child.started);
    return result;
  }

  /// What a child had found before its hunt.
  static ClaimResult cut_off(const Child& child, const std::string& why) {
    ClaimResult result = result_of(child);
    result.reason += fmt::format("; hunted without result: {}", why);
    return result;
  }

  ClaimResult without_result(const Child& child, std::string reason) const {
    ClaimResult result;
    result.about = child.claim->about;
    result.verdict = Verdict::undecided;
    result.reason = std::move(reason);
    result.seconds = child.worked + seconds_since(child.started);
    return result;
  }

  void time_ran_out(const Child& child) {
    end(child);
    if (child.state == State::hunting)
      return add(cut_off(child, fmt::format("not finished after {:.0f} seconds", child.time_limit)));
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

  std::vector<const Claim*> claims_;  ///< in the order in which they begin
  const Run& how_;
  std::size_t begun_ = 0;
  const Clock::time_point began_ = Clock::now();
  std::vector<Child> children_;
  RunOutcome outcome_;
};

}  // namespace

RunOutcome run(const std::vector<const Claim*>& claims, const Run& how) { return Pool(claims, how).run(); }

}  // namespace gronwall::verify
