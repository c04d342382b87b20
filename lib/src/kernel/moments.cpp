#include "moments.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <gronwall/real/error.hpp>

namespace gronwall::kernel {

using gaussian::Expansion;
using gaussian::Of;
using real::Backend;

namespace {

constexpr unsigned most_coefficients = 6000;

template <Real R>
std::unique_ptr<gaussian::ClosedDual<R>> route_of(const activation::Activation& phi, Route route) {
  if (route == Route::series || (route == Route::automatic && phi.smooth())) return nullptr;
  auto closed = gaussian::closed_dual<R>(phi);
  if (!closed && route == Route::closed_form)
    throw DomainError(fmt::format("No closed form of the Gaussian expectations of {} is known.", phi.name()));
  return closed;
}

int parity_of(const activation::Activation& phi, Of of) {
  const activation::Parity parity = phi.traits().parity;
  if (parity == activation::Parity::neither) return 0;
  return (parity == activation::Parity::even) == (of == Of::value) ? 1 : -1;
}

/// An upper bound, rounded or enclosed.
template <Real R>
R upper(const real::Quantity<R>& x) {
  if constexpr (real::Enclosing<R>)
    return x.upper();
  else
    return R(x.value() + x.error());
}

/// c/(r s), brought into [-1, 1], where it lies but for rounding. For r s = 0 everything is constant and any
/// correlation will do.
template <Real R>
R correlation(const R& c, const R& r, const R& s) {
  const R scale = r * s;
  if constexpr (real::Enclosing<R>) {
    if (scale.is_zero()) return R(0);
    const R all = R(-1).hull(R(1)), rho = c / scale;
    R out;
    if (!rho.known() || arb_intersection(out.raw(), all.raw(), rho.raw(), real::working_bits()) == 0)
      return all;
    return out;
  } else {
    if (scale == R(0)) return R(0);
    const R rho = c / scale;
    return rho > R(1) ? R(1) : rho < R(-1) ? R(-1) : rho;
  }
}

/// How many coefficients count where correlations are at most `largest` in modulus.
template <real::Floating R>
Eigen::Index terms_that_count(const R& largest, Eigen::Index all) {
  return std::min<Eigen::Index>(
      all, 2 + gaussian::terms_for_correlation<R>(real::to_double<R>(largest), most_coefficients));
}

/// The larger of two numbers.
template <Real R>
R larger(const R& x, const R& y) {
  if constexpr (real::Enclosing<R>)
    return max(x, y);
  else
    return x < y ? y : x;
}

/// sum_m a_m b_{s,m} rho_s^m for all s at once, over m = start, start + step, ..., by Horner's scheme.
template <Real R>
void horner(const Matrix<R>& x, Eigen::Index t, const Matrix<R>& y, Eigen::Index first, Eigen::Index terms,
            Eigen::Index start, Eigen::Index step, const std::vector<R>& rho, R* out) {
  const std::size_t count = rho.size();
  std::vector<R> power(rho);
  if (step == 2)
    for (R& p : power) p *= p;
  for (std::size_t s = 0; s < count; ++s) out[s] = R(0);
  R term;
  const Eigen::Index last = terms <= start ? start - step : start + (terms - 1 - start) / step * step;
  for (Eigen::Index m = last; m >= start; m -= step) {
    const R& a = x(t, m);
    const R* b = &y(first, m);
    for (std::size_t s = 0; s < count; ++s) {
      term = a;
      term *= b[s];
      out[s] *= power[s];
      out[s] += term;
    }
  }
  if (start == 1)
    for (std::size_t s = 0; s < count; ++s) out[s] *= rho[s];
}

}  // namespace

template <Real R>
Expectations<R>::Expectations(const activation::Activation& phi, Route route)
    : phi_(phi), closed_(route_of<R>(phi, route)) {}

/// The number of coefficients after which nothing is left that the precision can see: from there on each
/// square, times the number of them, is below the rounding of the second moment, and eight more. Coefficients
/// fall at least like e^{-c sqrt m} where phi is analytic, so that the rest is at most about as large as
/// that.
template <Real R>
void Expectations<R>::choose_count(const std::vector<R>& variances) {
  if (phi_.degree()) {
    count_ = static_cast<unsigned>(*phi_.degree()) + 1;
    return;
  }
  R most(0);
  for (const R& q : variances) most = larger<R>(most, q);
  if constexpr (real::Enclosing<R>) {
    if (count_ != 0) return;
    for (count_ = 32; count_ < 512; count_ *= 2) {
      const Expansion<R> found = gaussian::expand<R>(phi_, most.upper(), count_, Of::derivative);
      if (leq(found.tail, found.second_moment * Backend<R>::unit_roundoff()) == real::Truth::yes) return;
    }
  } else {
    if (count_ != 0 && most <= reached_) return;
    reached_ = most * real::ratio<R>(5, 4);
    const unsigned limit = phi_.smooth() ? most_coefficients : 512;
    for (count_ = std::max(32U, count_); count_ < limit; count_ += count_ / 2) {
      const unsigned needed = std::max(needed_of(Of::value), needed_of(Of::derivative));
      if (needed > count_) continue;
      count_ = needed;
      return;
    }
  }
}

/// The smallest number of coefficients, at least 16, that is enough; more than `count_` where none is.
template <Real R>
unsigned Expectations<R>::needed_of(Of of) const {
  if constexpr (real::Floating<R>) {
    const Expansion<R> found = gaussian::expand<R>(phi_, reached_, count_, of);
    const R enough = Backend<R>::unit_roundoff() * found.second_moment.value() / R(static_cast<int>(count_));
    for (unsigned k = count_; k-- > 8;) {
      const R& a = found.coefficients[k].value();
      if (a * a > enough) return k + 9;
    }
  }
  return 16;
}

template <Real R>
std::vector<Expansion<R>> Expectations<R>::expansions(const std::vector<R>& variances, Of of) {
  for (const R& q : variances) {
    bool beyond = false;
    if constexpr (real::Enclosing<R>)
      beyond = leq(q, most_variance()) != real::Truth::yes;
    else
      beyond = !(q <= most_variance());
    if (beyond)
      throw PrecisionError(
          fmt::format("A variance of {:.3g} is beyond what the Hermite series of {} resolve.",
                      real::to_double<R>(q), phi_.name()));
  }
  choose_count(variances);
  std::vector<Expansion<R>> out;
  if constexpr (real::Enclosing<R>) {
    for (const R& q : variances) out.push_back(gaussian::expand<R>(phi_, q, count_, of));
  } else {
    const auto [low, high] = std::minmax_element(variances.begin(), variances.end());
    auto& table = of == Of::value ? tables_.value : tables_.slope;
    if (!table || *low < table->least || *high > table->most || count_ != table->count) {
      const R least = *low * real::ratio<R>(4, 5), most = *high * real::ratio<R>(5, 4);
      table = {least, most, count_, gaussian::Expander<R>(phi_, least, most, count_, of)};
    }
    out = table->expander(variances);
  }
  return out;
}

template <Real R>
Coefficients<R> Expectations<R>::expand(const std::vector<R>& variances, Of of) {
  Coefficients<R> out;
  const std::vector<Expansion<R>> found = expansions(variances, of);
  out.parity = parity_of(phi_, of);
  out.a.resize(static_cast<Eigen::Index>(found.size()), count_);
  for (std::size_t t = 0; t < found.size(); ++t) {
    const Expansion<R>& at = found[t];
    for (unsigned m = 0; m < count_; ++m) out.a(static_cast<Eigen::Index>(t), m) = at.coefficients[m].value();
    out.second.push_back(at.second_moment.value());
    out.tail.push_back(upper<R>(at.tail));
    if constexpr (real::Floating<R>) {
      // By Parseval the tail is known to the error of the second moment only; the last coefficients see more.
      R last(0);
      for (unsigned k = count_ > 8 ? count_ - 8 : 0; k < count_; ++k)
        last = larger<R>(last, R(at.coefficients[k].value() * at.coefficients[k].value()));
      if (phi_.degree()) last = R(0);
      if (phi_.smooth()) out.tail.back() = last * R(static_cast<int>(count_));
      if (at.second_moment.value() > R(0))
        error_ = larger<R>(
            error_, R(out.tail.back() / at.second_moment.value() + R(64) * Backend<R>::unit_roundoff()));
    }
  }
  return out;
}

template <Real R>
Moments<R> Expectations<R>::values_at(const std::vector<R>& variances) {
  using real::sqrt;
  using std::sqrt;
  Moments<R> out;
  out.variance = variances;
  for (const R& q : variances) out.root.push_back(sqrt(q));
  if (!closed_) {
    out.value = expand(variances, Of::value);
  } else if constexpr (real::Floating<R>) {
    error_ = R(64) * Backend<R>::unit_roundoff();
  }
  return out;
}

template <Real R>
Moments<R> Expectations<R>::at(const std::vector<R>& variances) {
  Moments<R> out = values_at(variances);
  if (!closed_) out.slope = expand(variances, Of::derivative);
  return out;
}

template <Real R>
void Expectations<R>::series(const Coefficients<R>& x, const R& root, std::size_t t, const Coefficients<R>& y,
                             const std::vector<R>& roots, std::size_t first, std::size_t count, const R* c,
                             R* out) const {
  std::vector<R> rho(count);
  for (std::size_t s = 0; s < count; ++s) rho[s] = correlation<R>(c[s], root, roots[first + s]);
  Eigen::Index terms = std::min(x.a.cols(), y.a.cols());
  if constexpr (real::Floating<R>) {
    using std::abs;
    R largest(0);
    for (const R& r : rho) largest = larger<R>(largest, R(abs(r)));
    terms = terms_that_count<R>(largest, terms);
  }
  horner<R>(x.a, static_cast<Eigen::Index>(t), y.a, static_cast<Eigen::Index>(first), terms,
            x.parity < 0 ? 1 : 0, x.parity == 0 ? 1 : 2, rho, out);
  if constexpr (real::Enclosing<R>) {
    // Cauchy and Schwarz: what is left out is at most |rho|^M sqrt(tail tail).
    for (std::size_t s = 0; s < count; ++s)
      out[s] = R(out[s], R(real::power<R>(abs(rho[s]), static_cast<unsigned>(terms)) *
                           sqrt(R(x.tail[t] * y.tail[first + s]))));
  }
}

template <Real R>
void Expectations<R>::value(const Moments<R>& x, std::size_t t, const Moments<R>& y, std::size_t first,
                            std::size_t count, const R* c, R* out) const {
  if (!closed_) return series(x.value, x.root[t], t, y.value, y.root, first, count, c, out);
  for (std::size_t s = 0; s < count; ++s)
    out[s] = closed_->at(x.variance[t], y.variance[first + s], c[s]).value;
}

template <Real R>
void Expectations<R>::slope(const Moments<R>& x, std::size_t t, const Moments<R>& y, std::size_t first,
                            std::size_t count, const R* c, R* out) const {
  if (!closed_) return series(x.slope, x.root[t], t, y.slope, y.root, first, count, c, out);
  for (std::size_t s = 0; s < count; ++s)
    out[s] = closed_->at(x.variance[t], y.variance[first + s], c[s]).slope;
}

template <Real R>
R Expectations<R>::most_variance() const {
  return real::power(R(2), closed_ || phi_.degree() ? 200 : 12);
}

template <Real R>
R Expectations<R>::value_at(const Moments<R>& x, std::size_t t) const {
  return closed_ ? closed_->at(x.variance[t], x.variance[t], x.variance[t]).value : x.value.second[t];
}

template <Real R>
R Expectations<R>::slope_at(const Moments<R>& x, std::size_t t) const {
  return closed_ ? closed_->at(x.variance[t], x.variance[t], x.variance[t]).slope : x.slope.second[t];
}

#define GRONWALL_INSTANTIATE(...) template class Expectations<__VA_ARGS__>;
GRONWALL_FOR_EACH_BACKEND(GRONWALL_INSTANTIATE)

}  // namespace gronwall::kernel
