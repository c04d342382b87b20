#include <algorithm>
#include <type_traits>

#include <gronwall/ode/odeint.hpp>
#include <gronwall/real/backends.hpp>

#include "in_place.hpp"

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

namespace {

/// Entries start, ..., start + width - 1. Their sums stay in registers; they are written after the last input
/// is read, since that may be the output.
template <Eigen::Index width>
void add_up_entries(double* out, const double* const* factors, const double* const* in, int terms,
                    Eigen::Index start) {
  double sums[width] = {};
  for (int k = 0; k < terms; ++k) {
    const double a = *factors[k];
    const double* const x = in[k] + start;
    for (Eigen::Index i = 0; i < width; ++i) sums[i] += a * x[i];
  }
  std::copy_n(sums, width, out + start);
}

}  // namespace

template <real::Floating R>
void add_up(R* out, const R* const* factors, const R* const* in, int terms, Eigen::Index size) {
  Eigen::Index i = 0;
  if constexpr (std::is_same_v<R, double>) {
    constexpr Eigen::Index wide = 8, narrow = 2;
    for (; i + wide <= size; i += wide) add_up_entries<wide>(out, factors, in, terms, i);
    for (; i + narrow <= size; i += narrow) add_up_entries<narrow>(out, factors, in, terms, i);
    if (i < size) add_up_entries<1>(out, factors, in, terms, i);
  } else {
    R sum, term;
    for (; i < size; ++i) {
      sum = 0;
      for (int k = 0; k < terms; ++k) {
        set_product<R>(term, *factors[k], in[k][i]);
        sum += term;
      }
      out[i] = sum;
    }
  }
}

template <Real R>
void combine(R* out, const R* const* in, const Scalar<R>* factors, int terms, Eigen::Index size) {
  constexpr int most = 14;  // a state and the slopes of 13 stages
  const R* used_factors[most];
  const R* used[most];
  int count = 0;
  for (int k = 0; k < terms; ++k) {
    const R& a = factors[k].value();
    if (a == 0) continue;
    used_factors[count] = &a;
    used[count++] = in[k];
  }
  add_up<R>(out, used_factors, used, count, size);
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

#define GRONWALL_INSTANTIATE(...)                                                                            \
  template __VA_ARGS__ largest_entry<__VA_ARGS__>(const Matrix<__VA_ARGS__>&);                               \
  template void combine<__VA_ARGS__>(__VA_ARGS__*, const __VA_ARGS__* const*, const Scalar<__VA_ARGS__>*,    \
                                     int, Eigen::Index);                                                     \
  template void add_up<__VA_ARGS__>(__VA_ARGS__*, const __VA_ARGS__* const*, const __VA_ARGS__* const*, int, \
                                    Eigen::Index);                                                           \
  template void relative<__VA_ARGS__>(Matrix<__VA_ARGS__>&, const Matrix<__VA_ARGS__>&,                      \
                                      const Matrix<__VA_ARGS__>&, const __VA_ARGS__&, const __VA_ARGS__&,    \
                                      const __VA_ARGS__&);
GRONWALL_FOR_EACH_FLOATING(GRONWALL_INSTANTIATE)

}  // namespace gronwall::ode
