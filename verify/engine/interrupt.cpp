#include "verify/engine/interrupt.hpp"

namespace gronwall::verify {

static volatile std::sig_atomic_t stop = 0;
extern "C" {
static void on_signal(int) { stop = 1; }
}

Interruptible::Interruptible() : interrupt_(), terminate_() {
  stop = 0;
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigaction(SIGINT, &action, &interrupt_);
  sigaction(SIGTERM, &action, &terminate_);
}

Interruptible::~Interruptible() {
  sigaction(SIGINT, &interrupt_, nullptr);
  sigaction(SIGTERM, &terminate_, nullptr);
}

bool Interruptible::interrupted() { return stop != 0; }

}  // namespace gronwall::verify
