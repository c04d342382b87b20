#include "verify/engine/workers.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gronwall/real/error.hpp>
#include <gronwall/real/threads.hpp>

#include "verify/engine/interrupt.hpp"

namespace gronwall::verify {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// What a child says: one of these, its text, and a newline, without which it did not come to the end.
constexpr char returned = '+', threw = '-';

/// Leaves without the destructors and buffers of the parent.
[[noreturn]] void work_in_child(const std::function<std::string(std::size_t)>& work, std::size_t task,
                                int pipe) {
  std::signal(SIGINT, SIG_IGN);  // the parent decides
  std::signal(SIGTERM, SIG_DFL);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  real::set_threads(1);  // there are other children
  std::string text;
  try {
    text = returned + work(task);
  } catch (const std::exception& error) {
    text = threw + std::string(error.what());
  }
  text += '\n';
  for (std::string_view rest = text; !rest.empty();) {
    const ssize_t written = write(pipe, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) _exit(1);
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  _exit(0);
}

struct Child {
  std::size_t task;
  pid_t process;
  int pipe;
  Clock::time_point started;
  std::string said;
};

/// False once the child has closed its end.
bool read_from(Child& child) {
  char buffer[65536];
  const ssize_t size = read(child.pipe, buffer, sizeof buffer);
  if (size < 0 && errno == EINTR) return true;
  if (size <= 0) return false;
  child.said.append(buffer, static_cast<std::size_t>(size));
  return true;
}

int reap(const Child& child) {
  int status = 0;
  while (waitpid(child.process, &status, 0) < 0 && errno == EINTR) {
  }
  close(child.pipe);
  return status;
}

Worked finished(const Child& child) {
  const int status = reap(child);
  Worked ended{child.task, {}, {}, false, seconds_since(child.started)};
  if (WIFSIGNALED(status))
    ended.failure =
        fmt::format("its process ended with signal {} ({})", WTERMSIG(status), strsignal(WTERMSIG(status)));
  else if (WEXITSTATUS(status) != 0 || child.said.size() < 2 || child.said.back() != '\n')
    ended.failure = fmt::format("its process ended early with code {}", WEXITSTATUS(status));
  else
    (child.said.front() == returned ? ended.said : ended.failure) =
        child.said.substr(1, child.said.size() - 2);
  return ended;
}

Worked ended_late(const Child& child, double time_limit) {
  kill(child.process, SIGKILL);
  reap(child);
  return {child.task,
          {},
          fmt::format("time ran out: not finished after {:g} seconds", time_limit),
          true,
          seconds_since(child.started)};
}

class Pool {
 public:
  Pool(const std::function<std::string(std::size_t)>& work, double time_limit,
       const std::function<void(const Worked&)>& ended)
      : work_(work), time_limit_(time_limit), ended_(ended) {}
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool() {
    for (const Child& child : children_) {
      kill(child.process, SIGKILL);
      reap(child);
    }
  }

  std::size_t busy() const { return children_.size(); }

  void start(std::size_t task) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
      throw Error(fmt::format("No pipe could be opened: {}.", std::strerror(errno)));
    const pid_t process = fork();
    if (process < 0) throw Error(fmt::format("No process could be started: {}.", std::strerror(errno)));
    if (process == 0) work_in_child(work_, task, ends[1]);
    close(ends[1]);
    children_.push_back({task, process, ends[0], Clock::now(), {}});
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
      const bool late = !over && seconds_since(children_[i].started) > time_limit_;
      if (!over && !late) continue;
      const Child child = std::move(children_[i]);
      children_.erase(children_.begin() + static_cast<std::ptrdiff_t>(i));
      ended_(late ? ended_late(child, time_limit_) : finished(child));
    }
  }

 private:
  const std::function<std::string(std::size_t)>& work_;
  double time_limit_;
  const std::function<void(const Worked&)>& ended_;
  std::vector<Child> children_;
};

}  // namespace

bool work_off(std::size_t count, const std::function<std::string(std::size_t)>& work, int jobs,
              double time_limit, const std::function<void(const Worked&)>& ended) {
  const Interruptible guard;
  Pool pool(work, time_limit, ended);
  std::size_t next = 0;
  while (!Interruptible::interrupted() && (next < count || pool.busy() > 0)) {
    while (next < count && pool.busy() < static_cast<std::size_t>(jobs)) pool.start(next++);
    pool.listen();
  }
  return !Interruptible::interrupted();
}

}  // namespace gronwall::verify
