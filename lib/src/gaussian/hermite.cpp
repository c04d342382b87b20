#include <gronwall/gaussian/hermite.hpp>

namespace gronwall::gaussian {

using real::Backend;
using real::Quantity;

template <Real R>
std::vector<Quantity<R>> hermites(unsigned count, const R& x) {
  using std::abs;
  const R size = abs(x);
  const R u = Backend<R>::unit_roundoff();
  std::vector<Quantity<R>> out;
  R before(0), here(1), bound_before(0), bound(1);
  for (unsigned k = 0; k < count; ++k) {
    out.emplace_back(here, k < 2 ? R(0) : R(R(3 * (k - 1)) * u * bound));
    const R next = x * here - R(k) * before;
    const R bound_next = size * bound + R(k) * bound_before;
    before = here;
    here = next;
    bound_before = bound;
    bound = bound_next;
  }
  return out;
}

template <Real R>
HermiteRecurrence<R>::HermiteRecurrence(unsigned count) {
  using std::sqrt;
  for (unsigned k = 0; k < count; ++k) {
    forward.push_back(R(1) / sqrt(R(k + 1)));
    backward.push_back(sqrt(R(R(k) / R(k + 1))));
  }
}

template <Real R>
void normalised_hermites_into(R* out, const HermiteRecurrence<R>& recurrence, const R& x) {
  const std::size_t count = recurrence.forward.size();
  if (count > 0) out[0] = 1;
  if (count > 1) out[1] = x;
  R back;
  for (std::size_t k = 1; k + 1 < count; ++k) {
    R& next = out[k + 1];
    next = x;
    next *= recurrence.forward[k];
    next *= out[k];
    back = recurrence.backward[k];
    back *= out[k - 1];
    next -= back;
  }
}

template <Real R>
std::vector<Quantity<R>> normalised_hermites(unsigned count, const R& x) {
  using std::abs;
  const HermiteRecurrence<R> recurrence(count);
  std::vector<R> values(count);
  normalised_hermites_into<R>(values.data(), recurrence, x);
  const R size = abs(x);
  const R u = Backend<R>::unit_roundoff();
  std::vector<Quantity<R>> out;
  R before(0), bound(1);
  for (unsigned k = 0; k < count; ++k) {
    out.emplace_back(values[k], k < 2 ? R(0) : R(R(5 * (k - 1)) * u * bound));
    const R next = size * recurrence.forward[k] * bound + recurrence.backward[k] * before;
    before = bound;
    bound = next;
  }
  return out;
}

#define GRONWALL_INSTANTIATE(...)                                                                          \
  template std::vector<Quantity<__VA_ARGS__>> hermites<__VA_ARGS__>(unsigned, const __VA_ARGS__&);         \
  template std::vector<Quantity<__VA_ARGS__>> normalised_hermites<__VA_ARGS__>(unsigned,                   \
                                                                               const __VA_ARGS__&);        \
  template struct HermiteRecurrence<__VA_ARGS__>;                                                          \
  template void normalised_hermites_into<__VA_ARGS__>(__VA_ARGS__*, const HermiteRecurrence<__VA_ARGS__>&, \
                                                      const __VA_ARGS__&);
GRONWALL_FOR_EACH_FLOATING(GRONWALL_INSTANTIATE)

}  // namespace gronwall::gaussian
