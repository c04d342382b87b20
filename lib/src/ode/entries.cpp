#include <algorithm>
#include <array>

#include <gronwall/ode/odeint.hpp>
#include <gronwall/real/backends.hpp>

namespace gronwall::ode {

template <Real R>
R largest_entry(const Matrix<R>& a) {
  using std::abs;
  R top(0);
  for (Eigen::Index i = 0; i < a.size(); ++i) {
    const R size = abs(a.data()[i]);
    if (!real::Backend<R>::finite(size)) return R(1) / R(0);
    if (top < size) top = size;
  }
  return top;
}

template <Real R>
void combine(R* out, const R* const* in, const Scalar<R>* factors, int terms, Eigen::Index size) {
  constexpr Eigen::Index block = 32;  // sums wait here until the last input is read: it may be the output
  std::array<R, block> sums;
  for (Eigen::Index start = 0; start < size; start += block) {
    const Eigen::Index length = std::min(block, size - start);
    std::fill_n(sums.begin(), length, R(0));
    for (int k = 0; k < terms; ++k) {
      const R& a = factors[k].value();
      const R* x = in[k] + start;
      if (a == R(1)) {
        for (Eigen::Index i = 0; i < length; ++i) sums[static_cast<std::size_t>(i)] += x[i];
      } else if (a != R(0)) {
        for (Eigen::Index i = 0; i < length; ++i) sums[static_cast<std::size_t>(i)] += a * x[i];
      }
    }
    std::copy_n(sums.begin(), length, out + start);
  }
}

template <Real R>
void relative(Matrix<R>& error, const Matrix<R>& y, const Matrix<R>& dydt, const R& atol, const R& y_factor,
              const R& dydt_factor) {
  using std::abs;
  const auto larger = [](const R& a, const R& b) { return b <= a ? a : b; };  // lets NaN through
  for (Eigen::Index j = 0; j < error.cols(); ++j) {
    R top_y(0), top_dydt(0);
    for (Eigen::Index i = 0; i < error.rows(); ++i) {
      top_y = larger(top_y, abs(y(i, j)));
      top_dydt = larger(top_dydt, abs(dydt(i, j)));
    }
    const R allowed = atol + y_factor * top_y + dydt_factor * top_dydt;
    for (Eigen::Index i = 0; i < error.rows(); ++i)
      if (error(i, j) != R(0)) error(i, j) = abs(error(i, j)) / allowed;
  }
}

#define GRONWALL_INSTANTIATE(...)                                                                         \
  template __VA_ARGS__ largest_entry<__VA_ARGS__>(const Matrix<__VA_ARGS__>&);                            \
  template void combine<__VA_ARGS__>(__VA_ARGS__*, const __VA_ARGS__* const*, const Scalar<__VA_ARGS__>*, \
                                     int, Eigen::Index);                                                  \
  template void relative<__VA_ARGS__>(Matrix<__VA_ARGS__>&, const Matrix<__VA_ARGS__>&,                   \
                                      const Matrix<__VA_ARGS__>&, const __VA_ARGS__&, const __VA_ARGS__&, \
                                      const __VA_ARGS__&);
GRONWALL_FOR_EACH_FLOATING(GRONWALL_INSTANTIATE)

}  // namespace gronwall::ode
