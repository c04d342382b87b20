#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace gronwall::verify {

/// What became of a piece of work.
struct Worked {
  std::size_t task = 0;
  std::string said;     ///< what the work returned
  std::string failure;  ///< else why it returned nothing: what it threw, or how its process ended
  bool late = false;    ///< it was ended at the time limit; `failure` says so too
  double seconds = 0;
};

/// Does `work(0)`, ..., `work(count - 1)`, each in a process of its own, `jobs` of them at a time: a crash, a
/// hang and whatever is kept in global variables stay there. `ended` is called in this process, in the order
/// in which they end. SIGINT and SIGTERM end it early: it returns false, and for what had not ended `ended`
/// is not called.
///
/// The calling process must have one thread, but for those of real::for_each_index, which are not at work;
/// each of the others computes with one (real::set_threads). Throws Error where no process can be started.
bool work_off(std::size_t count, const std::function<std::string(std::size_t)>& work, int jobs,
              double time_limit, const std::function<void(const Worked&)>& ended);

}  // namespace gronwall::verify
