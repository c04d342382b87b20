#include <algorithm>

#include <gronwall/gaussian/expectation.hpp>
#include <gronwall/real/error.hpp>

namespace gronwall::gaussian {

using real::Quantity;
using real::Truth;

namespace {

/// sum_{k >= from} a_k^2: the tail and the coefficients before it, as an upper bound.
template <Real R>
R mass_from(const Expansion<R>& phi, std::size_t from) {
  Quantity<R> sum = phi.tail;
  for (std::size_t k = from; k < phi.coefficients.size(); ++k)
    sum += phi.coefficients[k] * phi.coefficients[k];
  return sum.value() + sum.error();
}

template <Real R>
void require_correlation(const Quantity<R>& rho) {
  if (leq(abs(rho), Quantity<R>(R(1))) == Truth::no) throw DomainError("A correlation must lie in [-1, 1].");
}

/// sum_k c_k rho^k plus |rho|^K `rest` as an error.
template <Real R>
Quantity<R> sum_powers(const std::vector<Quantity<R>>& c, const Quantity<R>& rho, const R& rest) {
  Quantity<R> sum(R(0)), power(R(1));
  for (const Quantity<R>& term : c) {
    sum += term * power;
    power *= rho;
  }
  if (rest == R(0)) return sum;
  const Quantity<R> size = abs(power);
  const R most = std::min<R>(R(1), R(size.value() + size.error()));
  return Quantity<R>(sum.value(), R(sum.error() + most * rest));
}

template <Real R>
std::vector<Quantity<R>> squares(const Expansion<R>& phi) {
  std::vector<Quantity<R>> out;
  for (const Quantity<R>& a : phi.coefficients) out.push_back(a * a);
  return out;
}

template <Real R>
Quantity<R> kernel_entry(const Expansion<R>& phi, const std::vector<Quantity<R>>& c, const R& rest,
                         const Quantity<R>& rho) {
  require_correlation<R>(rho);
  if (rho.error() == R(0) && rho.value() == R(1)) return phi.second_moment;
  if (rho.error() == R(0) && rho.value() == R(-1)) return phi.antipodal;
  return sum_powers<R>(c, rho, rest);
}

}  // namespace

template <Real R>
Quantity<R> mehler(const Expansion<R>& phi, const Expansion<R>& psi, const Quantity<R>& rho) {
  using std::sqrt;
  require_correlation<R>(rho);
  const std::size_t count = std::min(phi.coefficients.size(), psi.coefficients.size());
  std::vector<Quantity<R>> products;
  for (std::size_t k = 0; k < count; ++k) products.push_back(phi.coefficients[k] * psi.coefficients[k]);
  const R rest = sqrt(R(mass_from<R>(phi, count) * mass_from<R>(psi, count)));
  return sum_powers<R>(products, rho, rest);
}

template <Real R>
Quantity<R> kernel(const Expansion<R>& phi, const Quantity<R>& rho) {
  return kernel_entry<R>(phi, squares<R>(phi), mass_from<R>(phi, phi.coefficients.size()), rho);
}

template <Real R>
linalg::Approximation<R> kernel(const Expansion<R>& phi, const linalg::Approximation<R>& correlations) {
  using std::sqrt;
  const Eigen::Index n = correlations.rows();
  if (n != correlations.cols()) throw DomainError("A kernel matrix needs a square matrix of correlations.");
  const std::vector<Quantity<R>> c = squares<R>(phi);
  const R rest = mass_from<R>(phi, phi.coefficients.size());
  linalg::Approximation<R> out{linalg::Matrix<R>(n, n), R(0)};
  R errors(0);
  for (Eigen::Index j = 0; j < n; ++j)
    for (Eigen::Index i = j; i < n; ++i) {
      // The error of the correlations enters once, through the slope.
      const Quantity<R> entry = kernel_entry<R>(phi, c, rest, Quantity<R>(correlations.value(i, j)));
      out.value(i, j) = out.value(j, i) = entry.value();
      errors += R(i == j ? 1 : 2) * entry.error() * entry.error();
    }
  out.error = sqrt(errors);
  if (correlations.error > R(0)) out.error = out.error + phi.slope * correlations.error;
  return out;
}

linalg::RationalMatrix exact_kernel(const Polynomial& p, const linalg::RationalMatrix& correlations,
                                    const Rational& q) {
  const std::vector<Rational> c = squared_coefficients(p, q);
  linalg::RationalMatrix out(correlations.rows(), correlations.cols());
  for (Eigen::Index j = 0; j < out.cols(); ++j)
    for (Eigen::Index i = 0; i < out.rows(); ++i) {
      Rational sum = 0;
      for (std::size_t k = c.size(); k-- > 0;) sum = sum * correlations(i, j) + c[k];
      out(i, j) = sum;
    }
  return out;
}

#define GRONWALL_INSTANTIATE(...)                                                                  \
  template Quantity<__VA_ARGS__> mehler<__VA_ARGS__>(                                              \
      const Expansion<__VA_ARGS__>&, const Expansion<__VA_ARGS__>&, const Quantity<__VA_ARGS__>&); \
  template Quantity<__VA_ARGS__> kernel<__VA_ARGS__>(const Expansion<__VA_ARGS__>&,                \
                                                     const Quantity<__VA_ARGS__>&);                \
  template linalg::Approximation<__VA_ARGS__> kernel<__VA_ARGS__>(                                 \
      const Expansion<__VA_ARGS__>&, const linalg::Approximation<__VA_ARGS__>&);
GRONWALL_FOR_EACH_FLOATING(GRONWALL_INSTANTIATE)

}  // namespace gronwall::gaussian
