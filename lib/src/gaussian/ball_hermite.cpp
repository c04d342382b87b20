#include <gronwall/gaussian/hermite.hpp>
#include <gronwall/real/ball.hpp>

#include "ball_rule.hpp"

// The recurrences in balls. Rounding grows with them, so a caller that wants w bits relative to sqrt(k!) asks
// for w + 1.45 |x| sqrt(k).
namespace gronwall::gaussian {

template <>
std::vector<Ball> hermites<Ball>(unsigned count, const Ball& x) {
  std::vector<Ball> out;
  Ball before(0), here(1);
  for (unsigned k = 0; k < count; ++k) {
    out.push_back(here);
    Ball next = x * here;
    arb_submul_ui(next.raw(), before.raw(), k, real::working_bits());
    before = std::move(here);
    here = std::move(next);
  }
  return out;
}

template <>
std::vector<Ball> normalised_hermites<Ball>(unsigned count, const Ball& x) {
  std::vector<Ball> out = hermites<Ball>(count, x);
  Ball factorial(1);
  for (unsigned k = 2; k < count; ++k) {
    factorial *= Ball(static_cast<int>(k));
    out[k] = out[k] / sqrt(factorial);
  }
  return out;
}

template <>
HermiteRecurrence<Ball>::HermiteRecurrence(unsigned count) {
  for (unsigned k = 0; k < count; ++k) {
    forward.push_back(Ball(1) / sqrt(Ball(static_cast<int>(k) + 1)));
    backward.push_back(sqrt(Ball(static_cast<int>(k)) / Ball(static_cast<int>(k) + 1)));
  }
}

template <>
void normalised_hermites_into<Ball>(Ball* out, const HermiteRecurrence<Ball>& recurrence, const Ball& x) {
  const std::size_t count = recurrence.forward.size();
  if (count > 0) out[0] = Ball(1);
  if (count > 1) out[1] = x;
  for (std::size_t k = 1; k + 1 < count; ++k)
    out[k + 1] = x * recurrence.forward[k] * out[k] - recurrence.backward[k] * out[k - 1];
}

}  // namespace gronwall::gaussian
