#include "verify/claims/spd/kernel.hpp"

#include <map>
#include <mutex>
#include <tuple>
#include <utility>

#include <gronwall/linalg/norm.hpp>
#include <gronwall/real/error.hpp>

namespace gronwall::verify {

using real::Rational;

const std::vector<std::string> non_polynomial{"tanh", "softplus", "gelu", "sigmoid", "silu",
                                              "erf",  "sin",      "cos",  "arctan",  "gaussian"};

ParityParts parity_parts(const std::string& activation) {
  static const std::map<std::string, ParityParts> known{
      {"tanh", {Polynomial{}, std::nullopt}},
      {"sin", {Polynomial{}, std::nullopt}},
      {"erf", {Polynomial{}, std::nullopt}},
      {"arctan", {Polynomial{}, std::nullopt}},
      {"cos", {std::nullopt, Polynomial{}}},
      {"gaussian", {std::nullopt, Polynomial{}}},
      {"softplus", {std::nullopt, Polynomial{0, Rational(1, 2)}}},
      {"gelu", {std::nullopt, Polynomial{0, Rational(1, 2)}}},
      {"silu", {std::nullopt, Polynomial{0, Rational(1, 2)}}},
      {"sigmoid", {Polynomial{Rational(1, 2)}, std::nullopt}},
  };
  const auto found = known.find(activation);
  if (found == known.end()) throw UnknownName("The parity parts of '" + activation + "' are not known.");
  return found->second;
}

namespace {

/// Positions of x and -x.
std::vector<std::pair<std::size_t, std::size_t>> antipodal_pairs(const Points& x) {
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  for (std::size_t i = 0; i < x.size(); ++i)
    for (std::size_t j = i + 1; j < x.size(); ++j)
      if (x[j] == opposite(x[i])) pairs.emplace_back(i, j);
  return pairs;
}

/// Coefficients under unit variance, computed once: every case of a claim uses the same.
template <Real R>
const gaussian::Expansion<R>& unit_expansion(const std::string& activation, unsigned terms) {
  using Key = std::tuple<std::string, unsigned, long>;
  static std::mutex lock;
  static std::map<Key, gaussian::Expansion<R>> known;
  const std::lock_guard<std::mutex> guard(lock);
  const Key key(activation, terms, real::Enclosing<R> ? real::working_bits() : 0);
  auto found = known.find(key);
  if (found == known.end())
    found = known.emplace(key, gaussian::expand<R>(activation::find(activation), R(1), terms)).first;
  return found->second;
}

/// The correlations at exact points, rounded.
template <Real R>
linalg::Approximation<R> correlations(const Points& x) {
  const RationalMatrix rho = linalg::gram(x);
  linalg::Approximation<R> rounded{linalg::Matrix<R>(rho.rows(), rho.cols()), R(0)};
  for (Eigen::Index j = 0; j < rho.cols(); ++j)
    for (Eigen::Index i = 0; i < rho.rows(); ++i) rounded.value(i, j) = real::from_rational<R>(rho(i, j));
  // Entries are at most 1; those that are not exact are off by 2u at most. Balls say so themselves.
  if constexpr (real::Floating<R>)
    rounded.error = R(2) * real::Backend<R>::unit_roundoff() * R(static_cast<int>(rho.rows()));
  return rounded;
}

}  // namespace

std::optional<RationalVector> exact_null_vector(const ParityParts& parts, const Points& x) {
  if (const auto c = equal_points(x)) return c;
  const auto pairs = antipodal_pairs(x);
  if (pairs.empty()) return std::nullopt;
  Points half;
  for (const auto& pair : pairs) half.push_back(x[pair.first]);
  const RationalMatrix rho = linalg::gram(half);
  for (const int sign : {-1, 1}) {
    const std::optional<Polynomial>& part = sign < 0 ? parts.odd : parts.even;
    if (!part) continue;
    const auto c = linalg::null_vector(gaussian::exact_kernel(*part, rho));
    if (!c) continue;
    RationalVector all(x.size(), 0);
    for (std::size_t k = 0; k < pairs.size(); ++k) {
      all[pairs[k].first] = (*c)[k];
      all[pairs[k].second] = sign * (*c)[k];
    }
    return all;
  }
  return std::nullopt;
}

template <Real R>
linalg::Approximation<R> unit_kernel(const std::string& activation, const Points& x, unsigned terms) {
  return gaussian::kernel<R>(unit_expansion<R>(activation, terms), correlations<R>(x));
}

template <Real R>
Quantity<R> smallest_eigenvalue(const std::vector<std::string>& parts, const Points& x, unsigned terms) {
  const auto n = static_cast<Eigen::Index>(x.size());
  if constexpr (real::Enclosing<R>) {
    const linalg::Matrix<R> rho = correlations<R>(x).value;
    linalg::Matrix<R> below = linalg::Matrix<R>::Constant(n, n, R(0));
    for (const std::string& part : parts)
      below += gaussian::kernel_below(unit_expansion<R>(part, terms), rho);
    return linalg::smallest_eigenvalue<R>(below);
  } else {
    linalg::Approximation<R> sum{linalg::Matrix<R>::Constant(n, n, R(0)), R(0)};
    for (const std::string& part : parts) {
      const linalg::Approximation<R> kernel = unit_kernel<R>(part, x, terms);
      sum.value += kernel.value;
      sum.error = sum.error + kernel.error;
    }
    if (parts.size() > 1)
      sum.error =
          sum.error + R(2) * real::Backend<R>::unit_roundoff() * linalg::frobenius_norm<R>(sum.value).value();
    return linalg::smallest_eigenvalue<R>(sum.value, sum.error);
  }
}

template <Real R>
Judgement definite(const std::string& activation, const Points& x) {
  if (const auto c = exact_null_vector(parity_parts(activation), x)) {
    Judgement singular = exactly(false, "> 0", "0", "");
    singular.note = "Exactly singular: c = " + text(*c) + " at the points " + text(x) + ".";
    return singular;
  }
  return positive_from_below<R>(smallest_eigenvalue<R>({activation}, x, enough_terms<R>));
}

#define GRONWALL_INSTANTIATE(...)                                                                         \
  template linalg::Approximation<__VA_ARGS__> unit_kernel<__VA_ARGS__>(const std::string&, const Points&, \
                                                                       unsigned);                         \
  template Quantity<__VA_ARGS__> smallest_eigenvalue<__VA_ARGS__>(const std::vector<std::string>&,        \
                                                                  const Points&, unsigned);               \
  template Judgement definite<__VA_ARGS__>(const std::string&, const Points&);
GRONWALL_FOR_EACH_BACKEND(GRONWALL_INSTANTIATE)

}  // namespace gronwall::verify
