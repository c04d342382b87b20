#pragma once

#include <csignal>

namespace gronwall::verify {

/// While it lives, SIGINT and SIGTERM are noted instead of ending the process. System calls are not
/// restarted, so that poll returns. One at a time.
class Interruptible {
 public:
  Interruptible();
  Interruptible(const Interruptible&) = delete;
  Interruptible& operator=(const Interruptible&) = delete;
  ~Interruptible();
  /// Whether one of them came since the last one of these was made.
  static bool interrupted();

 private:
  struct sigaction interrupt_, terminate_;
};

}  // namespace gronwall::verify
