#include "pairs.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <gronwall/real/backends.hpp>
#include <gronwall/real/error.hpp>

namespace gronwall::kernel {
namespace {

/// The same number for certain. Balls that are not exact may stand for different numbers.
template <Real R>
bool same(const R& x, const R& y) {
  if constexpr (real::Enclosing<R>)
    return x.exact() && y.exact() && equal(x, y, R(0)) == real::Truth::yes;
  else
    return x == y;
}

template <Real R>
bool negative(const R& x) {
  if constexpr (real::Enclosing<R>)
    return less(x, R(0)) == real::Truth::yes;
  else
    return x < R(0);
}

template <Real R>
void require_gram(const Matrix<R>& gram) {
  if (gram.rows() < 1 || gram.rows() != gram.cols())
    throw DomainError(
        fmt::format("The Gram matrix must be square and not empty, not {} x {}.", gram.rows(), gram.cols()));
  if (!linalg::all_finite<R>(gram)) throw DomainError("The Gram matrix has an entry that is not finite.");
  const R allowed = R(1) + R(256) * real::Backend<R>::unit_roundoff();
  for (Eigen::Index j = 0; j < gram.cols(); ++j) {
    if (negative<R>(gram(j, j)))
      throw DomainError(fmt::format("Entry ({0}, {0}) of the Gram matrix is a negative square.", j + 1));
    for (Eigen::Index i = 0; i < gram.rows(); ++i) {
      if (negative<R>(R(gram(i, i) * gram(j, j) * allowed - gram(i, j) * gram(i, j))))
        throw DomainError(
            fmt::format("Entry ({}, {}) of the Gram matrix exceeds the product of the norms.", i + 1, j + 1));
      if (negative<R>(R(gram(i, j) - gram(j, i))))
        throw DomainError(fmt::format("The Gram matrix is not symmetric at ({}, {}).", i + 1, j + 1));
    }
  }
}

}  // namespace

template <Real R>
Pairs<R>::Pairs(const Matrix<R>& gram) : index_(gram.rows(), gram.cols()) {
  require_gram<R>(gram);
  const Eigen::Index count = gram.rows();
  std::vector<std::size_t> of(static_cast<std::size_t>(count));
  for (Eigen::Index i = 0; i < count; ++i) {
    const auto known =
        std::find_if(norms_.begin(), norms_.end(), [&](const R& x) { return same<R>(x, gram(i, i)); });
    of[static_cast<std::size_t>(i)] = static_cast<std::size_t>(known - norms_.begin());
    if (known == norms_.end()) norms_.push_back(gram(i, i));
  }
  for (std::size_t k = 0; k < norms_.size(); ++k) pairs_.push_back({k, k, norms_[k], true});
  for (Eigen::Index j = 0; j < count; ++j)
    for (Eigen::Index i = 0; i <= j; ++i) {
      const auto [a, b] = std::minmax(of[static_cast<std::size_t>(i)], of[static_cast<std::size_t>(j)]);
      auto found = pairs_.begin() + static_cast<std::ptrdiff_t>(a);
      const auto fits = [&, first = a, second = b](const Pair& pair) {
        return pair.a == first && pair.b == second && same<R>(pair.product, gram(i, j));
      };
      if (i != j) found = std::find_if(pairs_.begin(), pairs_.end(), fits);
      index_(i, j) = index_(j, i) = static_cast<int>(found - pairs_.begin());
      if (found == pairs_.end()) pairs_.push_back({a, b, gram(i, j), false});
    }
}

template <Real R>
Matrix<R> Pairs<R>::spread(const std::vector<R>& values) const {
  Matrix<R> out(index_.rows(), index_.cols());
  for (Eigen::Index k = 0; k < out.size(); ++k)
    out.data()[k] = values[static_cast<std::size_t>(index_.data()[k])];
  return out;
}

#define GRONWALL_INSTANTIATE(...) template class Pairs<__VA_ARGS__>;
GRONWALL_FOR_EACH_BACKEND(GRONWALL_INSTANTIATE)

}  // namespace gronwall::kernel
