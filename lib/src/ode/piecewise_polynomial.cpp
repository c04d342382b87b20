#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <gronwall/linalg/product.hpp>
#include <gronwall/ode/piecewise_polynomial.hpp>
#include <gronwall/real/backends.hpp>
#include <gronwall/real/error.hpp>

namespace gronwall::ode {

namespace {

/// Whether two numbers are the same one. Balls: the same midpoint and radius, which says that they were made
/// together, and decides nothing else.
template <Real R>
bool same(const R& x, const R& y) {
  if constexpr (real::Enclosing<R>)
    return arb_equal(x.raw(), y.raw()) != 0;
  else
    return x == y;
}

template <Real R>
void check_piece(const Piece<R>& piece, const Matrix<R>& model) {
  if (piece.coefficients.empty()) throw DomainError("A polynomial without coefficients.");
  for (const Matrix<R>& coefficient : piece.coefficients)
    if (coefficient.rows() != model.rows() || coefficient.cols() != model.cols())
      throw DomainError("The coefficients of a piecewise polynomial differ in shape.");
  if constexpr (real::Floating<R>)
    if (!(piece.begin <= piece.end)) throw DomainError("A piece of a polynomial ends before it begins.");
}

/// mu_m for m < count.
template <Real R>
std::vector<R> moments(const Piece<R>& piece, std::size_t count) {
  const R low = piece.begin - piece.centre;
  const R high = piece.end - piece.centre;
  std::vector<R> out;
  out.reserve(count);
  R low_power = low, high_power = high;
  for (std::size_t m = 0; m < count; ++m) {
    out.push_back(R(R(high_power - low_power) / R(static_cast<int>(m + 1))));
    low_power *= low;
    high_power *= high;
  }
  return out;
}

}  // namespace

template <Real R>
void Piece<R>::at(const R& t, Matrix<R>& out) const {
  const R u = t - centre;
  out = coefficients.back();
  for (std::size_t k = coefficients.size() - 1; k-- > 0;) {
    const R* const c = coefficients[k].data();
    R* const y = out.data();
    for (Eigen::Index e = 0; e < out.size(); ++e) {
      y[e] *= u;
      y[e] += c[e];
    }
  }
}

template <Real R>
void Piece<R>::derivative_at(const R& t, Matrix<R>& out) const {
  const R u = t - centre;
  out = Matrix<R>::Constant(coefficients[0].rows(), coefficients[0].cols(), R(0));
  R term;
  for (std::size_t k = coefficients.size(); k-- > 1;) {
    const R factor(static_cast<int>(k));
    const R* const c = coefficients[k].data();
    R* const y = out.data();
    for (Eigen::Index e = 0; e < out.size(); ++e) {
      y[e] *= u;
      term = c[e];
      term *= factor;
      y[e] += term;
    }
  }
}

template <Real R>
PiecewisePolynomial<R>::PiecewisePolynomial(std::vector<Piece<R>> pieces) : pieces_(std::move(pieces)) {
  if (pieces_.empty()) throw DomainError("A piecewise polynomial without pieces.");
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    if (pieces_[0].coefficients.empty()) throw DomainError("A polynomial without coefficients.");
    check_piece<R>(pieces_[i], pieces_[0].coefficients[0]);
    if (i > 0 && !same<R>(pieces_[i - 1].end, pieces_[i].begin))
      throw DomainError("The pieces of a polynomial do not adjoin.");
  }
}

template <Real R>
std::size_t PiecewisePolynomial<R>::piece_of(const R& t) const requires real::Floating<R> {
  if (!(t >= begin()) || !(t <= end()))
    throw DomainError(fmt::format("The time {:.6g} is outside [{:.6g}, {:.6g}].", real::to_double<R>(t),
                                  real::to_double<R>(begin()), real::to_double<R>(end())));
  const auto after =
      std::upper_bound(pieces_.begin(), pieces_.end(), t,
                       [](const R& time, const Piece<R>& piece) { return time < piece.begin; });
  return static_cast<std::size_t>(after - pieces_.begin()) - 1;
}

template <Real R>
void PiecewisePolynomial<R>::at(const R& t, Matrix<R>& out) const requires real::Floating<R> {
  pieces_[piece_of(t)].at(t, out);
}

template <Real R>
Matrix<R> PiecewisePolynomial<R>::at(const R& t) const requires real::Floating<R> {
  Matrix<R> out;
  at(t, out);
  return out;
}

template <Real R>
Matrix<R> PiecewisePolynomial<R>::derivative_at(const R& t) const requires real::Floating<R> {
  Matrix<R> out;
  pieces_[piece_of(t)].derivative_at(t, out);
  return out;
}

template <Real R>
Factored<R> factors_of_integral(const Piece<R>& a, const Piece<R>& b) {
  if (!same<R>(a.begin, b.begin) || !same<R>(a.end, b.end) || !same<R>(a.centre, b.centre))
    throw DomainError("A product of polynomials on different pieces was asked for.");
  const Eigen::Index N = a.coefficients[0].cols(), m = b.coefficients[0].rows();
  if (b.coefficients[0].cols() != N)
    throw DomainError("A product of polynomials with different numbers of columns was asked for.");
  const std::size_t left = a.coefficients.size(), right = b.coefficients.size();
  const std::vector<R> mu = moments<R>(a, left + right - 1);
  Matrix<R> stacked_a(a.coefficients[0].rows(), N * static_cast<Eigen::Index>(left));
  Matrix<R> stacked_c = Matrix<R>::Constant(m, N * static_cast<Eigen::Index>(left), R(0));
  R term;
  for (std::size_t i = 0; i < left; ++i) {
    const Eigen::Index first = N * static_cast<Eigen::Index>(i);
    stacked_a.middleCols(first, N) = a.coefficients[i];
    R* const sum = stacked_c.data() + m * first;
    for (std::size_t j = 0; j < right; ++j) {
      const R* const c = b.coefficients[j].data();
      const R& factor = mu[i + j];
      for (Eigen::Index e = 0; e < m * N; ++e) {
        term = c[e];
        term *= factor;
        sum[e] += term;
      }
    }
  }
  return {std::move(stacked_a), std::move(stacked_c)};
}

namespace {

template <class R>
void require_same_pieces(const PiecewisePolynomial<R>& a, const PiecewisePolynomial<R>& b) {
  if (a.pieces().size() != b.pieces().size())
    throw DomainError("A product of polynomials on different pieces was asked for.");
}

}  // namespace

template <Real R>
Factored<R> factors_of_integral(const PiecewisePolynomial<R>& a, const PiecewisePolynomial<R>& b) {
  require_same_pieces<R>(a, b);
  std::vector<Factored<R>> parts;
  Eigen::Index columns = 0;
  for (std::size_t i = 0; i < a.pieces().size(); ++i) {
    parts.push_back(factors_of_integral<R>(a.pieces()[i], b.pieces()[i]));
    columns += parts.back().left.cols();
  }
  Factored<R> out{Matrix<R>(parts[0].left.rows(), columns), Matrix<R>(parts[0].right.rows(), columns)};
  Eigen::Index first = 0;
  for (const Factored<R>& part : parts) {
    out.left.middleCols(first, part.left.cols()) = part.left;
    out.right.middleCols(first, part.right.cols()) = part.right;
    first += part.left.cols();
  }
  return out;
}

template <Real R>
Matrix<R> integral_of_product(const Piece<R>& a, const Piece<R>& b) {
  const Factored<R> factors = factors_of_integral<R>(a, b);
  return linalg::multiply_transpose<R>(factors.left, factors.right);
}

template <Real R>
Matrix<R> integral_of_product(const PiecewisePolynomial<R>& a, const PiecewisePolynomial<R>& b) {
  require_same_pieces<R>(a, b);
  Matrix<R> sum = integral_of_product<R>(a.pieces()[0], b.pieces()[0]);
  for (std::size_t i = 1; i < a.pieces().size(); ++i) {
    const Matrix<R> next = integral_of_product<R>(a.pieces()[i], b.pieces()[i]);
    for (Eigen::Index e = 0; e < sum.size(); ++e) sum.data()[e] += next.data()[e];
  }
  return sum;
}

// Member by member: in balls those that look a time up do not exist, and clang 14 would instantiate them with
// the whole class.
#define GRONWALL_INSTANTIATE(...)                                                                           \
  template struct Piece<__VA_ARGS__>;                                                                       \
  template PiecewisePolynomial<__VA_ARGS__>::PiecewisePolynomial(std::vector<Piece<__VA_ARGS__>>);          \
  template Factored<__VA_ARGS__> factors_of_integral<__VA_ARGS__>(const Piece<__VA_ARGS__>&,                \
                                                                  const Piece<__VA_ARGS__>&);               \
  template Factored<__VA_ARGS__> factors_of_integral<__VA_ARGS__>(const PiecewisePolynomial<__VA_ARGS__>&,  \
                                                                  const PiecewisePolynomial<__VA_ARGS__>&); \
  template Matrix<__VA_ARGS__> integral_of_product<__VA_ARGS__>(const Piece<__VA_ARGS__>&,                  \
                                                                const Piece<__VA_ARGS__>&);                 \
  template Matrix<__VA_ARGS__> integral_of_product<__VA_ARGS__>(const PiecewisePolynomial<__VA_ARGS__>&,    \
                                                                const PiecewisePolynomial<__VA_ARGS__>&);
GRONWALL_FOR_EACH_BACKEND(GRONWALL_INSTANTIATE)
#undef GRONWALL_INSTANTIATE

#define GRONWALL_INSTANTIATE(...)                                                                     \
  template std::size_t PiecewisePolynomial<__VA_ARGS__>::piece_of(const __VA_ARGS__&) const;          \
  template void PiecewisePolynomial<__VA_ARGS__>::at(const __VA_ARGS__&, Matrix<__VA_ARGS__>&) const; \
  template Matrix<__VA_ARGS__> PiecewisePolynomial<__VA_ARGS__>::at(const __VA_ARGS__&) const;        \
  template Matrix<__VA_ARGS__> PiecewisePolynomial<__VA_ARGS__>::derivative_at(const __VA_ARGS__&) const;
GRONWALL_FOR_EACH_FLOATING(GRONWALL_INSTANTIATE)

}  // namespace gronwall::ode
