#include <cmath>

#include <gronwall/ode/solve.hpp>
#include <gronwall/real/backends.hpp>

namespace gronwall::ode {

using real::Backend;

template <Real R>
EstimatedSolution<R> solve(const Integrator<R>& integrator, const RightHandSide<R>& f, const Matrix<R>& y0,
                           const R& t0, const std::vector<R>& times, const R& rtol) {
  const R u = Backend<R>::unit_roundoff();
  Control<R> loose, tight;
  loose.rtol = rtol;
  tight.rtol = rtol / R(100);
  if (rtol > R(0) && tight.rtol < R(32) * u && !(rtol < R(16) * u)) {
    tight.rtol = R(32) * u;
    loose.rtol = real::maximum<R>(rtol, R(R(100) * tight.rtol));
  }
  const Solution<R> coarse = integrator.integrate(f, y0, t0, times, loose);
  const Solution<R> fine = integrator.integrate(f, y0, t0, times, tight);
  EstimatedSolution<R> out;
  out.evaluations = coarse.evaluations + fine.evaluations;
  out.accepted = coarse.accepted + fine.accepted;
  out.rejected = coarse.rejected + fine.rejected;
  // Two runs that take the same few steps differ by nothing: the tolerance itself stands for what they both
  // miss.
  const R floor = u * R(16 + std::sqrt(static_cast<double>(fine.accepted))) + R(10) * tight.rtol;
  for (std::size_t k = 0; k < fine.states.size(); ++k) {
    const Matrix<R> apart = fine.states[k] - coarse.states[k];
    const R size = linalg::frobenius_norm<R>(fine.states[k]).value();
    // The initial state is exact.
    const R error = times[k] == t0 ? R(0) : R(linalg::frobenius_norm<R>(apart).value() + floor * size);
    out.states.push_back({fine.states[k], error});
  }
  return out;
}

template <Real R>
std::string_view default_method() {
  return real::Backend<R>::digits <= 20 ? "fehlberg-78" : "bulirsch-stoer";
}

#define GRONWALL_INSTANTIATE(...)                                                                    \
  template EstimatedSolution<__VA_ARGS__> solve<__VA_ARGS__>(                                        \
      const Integrator<__VA_ARGS__>&, const RightHandSide<__VA_ARGS__>&, const Matrix<__VA_ARGS__>&, \
      const __VA_ARGS__&, const std::vector<__VA_ARGS__>&, const __VA_ARGS__&);                      \
  template std::string_view default_method<__VA_ARGS__>();
GRONWALL_FOR_EACH_FLOATING(GRONWALL_INSTANTIATE)

}  // namespace gronwall::ode
