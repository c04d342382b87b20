#include <fmt/format.h>

#include <gronwall/real/error.hpp>
#include <gronwall/series/composition.hpp>

namespace gronwall::series {

using real::Ball;

namespace {

/// sum += x y.
template <Real R>
void add_product(R& sum, const R& x, const R& y) {
  sum += x * y;
}
[[maybe_unused]] void add_product(Ball& sum, const Ball& x, const Ball& y) {
  arb_addmul(sum.raw(), x.raw(), y.raw(), real::working_bits());
}

/// x_1, ..., x_n over k.
template <Real R>
void divide(R* x, long n, int k) {
  for (long c = 0; c < n; ++c) x[c] /= R(k);
}
/// A product with 1/k, known to more bits than the quotient is rounded to, costs a third of a division.
[[maybe_unused]] void divide(Ball* x, long n, int k) {
  if (k == 1) return;
  const long bits = real::working_bits();
  Ball inverse(k);
  arb_inv(inverse.raw(), inverse.raw(), bits + 32);
  for (long c = 0; c < n; ++c) arb_mul(x[c].raw(), x[c].raw(), inverse.raw(), bits);
}

/// k x; exact of a ball.
template <Real R>
R times(const R& x, int k) {
  return x * R(k);
}
[[maybe_unused]] Ball times(const Ball& x, int k) {
  Ball z;
  arb_mul_si(z.raw(), x.raw(), k, ARF_PREC_EXACT);
  return z;
}

}  // namespace

template <Real R>
Composition<R>::Composition(const activation::Activation& phi, long components, int derivatives,
                            int most_orders)
    : phi_(phi), components_(components), orders_(most_orders), plan_(phi, derivatives) {
  if (components < 0 || most_orders < 1)
    throw DomainError(
        fmt::format("A composition of {} components and {} orders cannot be.", components, most_orders));
  for (const Plan::Sum& sum : plan_.sums) {
    Constants& of = constants_.emplace_back();
    of.constant = real::from_rational<R>(sum.constant);
    for (const Plan::Term& term : sum.terms) {
      const real::Rational& c = term.coefficient;
      of.factors.push_back({c == 1 ? 1 : c == -1 ? -1 : 0, real::from_rational<R>(c)});
    }
  }
  coefficients_.resize(static_cast<std::size_t>(plan_.count) * static_cast<std::size_t>(orders_) *
                       static_cast<std::size_t>(components_));
}

template <Real R>
void Composition<R>::start(const R* x) {
  const auto& f = phi_.in<R>();
  std::vector<R> u;
  for (long c = 0; c < components_; ++c) {
    at(0, 0)[c] = x[c];
    f.start(x[c], u);
    for (std::size_t j = 0; j < u.size(); ++j) at(static_cast<int>(j) + 1, 0)[c] = u[j];
  }
  known_ = 1;
  algebra(0);
  // 1 - u^2 cancels where tanh' is small; the formulas of phi' and phi'' do not, and then nor do the
  // following coefficients, which are all multiples of it.
  for (const Plan::KnownAtStart& known : plan_.known_at_start)
    for (long c = 0; c < components_; ++c) {
      R& out = at(known.series, 0)[c];
      out = known.derivative == 0   ? f.value(x[c])
            : known.derivative == 1 ? f.derivative(x[c])
                                    : f.second_derivative(x[c]);
    }
}

template <Real R>
void Composition<R>::push(const R* x) {
  if (known_ == 0) throw DomainError("A composition needs coefficient 0 before the others.");
  if (known_ >= orders_) throw DomainError(fmt::format("A composition of {} orders has no more.", orders_));
  const int order = known_++;
  for (long c = 0; c < components_; ++c) {
    at(0, order)[c] = x[c];
    at(plan_.velocity, order - 1)[c] = times(x[c], order);
  }
  for (const Plan::Integral& u : plan_.integrals) integrate(u, order);
  algebra(order);
}

template <Real R>
void Composition<R>::algebra(int order) {
  for (const Plan::Product& p : plan_.products) multiply(p, order);
  for (std::size_t s = 0; s < constants_.size(); ++s) add(plan_.sums[s], constants_[s], order);
}

/// out = sum_{i=0}^{order} left_i right_{order-i}.
template <Real R>
void Composition<R>::convolve(R* out, int left, int right, int order) {
  if constexpr (std::is_same_v<R, Ball>) {
    for (long c = 0; c < components_; ++c)
      arb_dot(out[c].raw(), nullptr, 0, (at(left, 0) + c)->raw(), components_, (at(right, order) + c)->raw(),
              -components_, order + 1, real::working_bits());
  } else {
    for (long c = 0; c < components_; ++c) out[c] = R(0);
    for (int i = 0; i <= order; ++i) {
      const R* a = at(left, i);
      const R* b = at(right, order - i);
      for (long c = 0; c < components_; ++c) add_product(out[c], a[c], b[c]);
    }
  }
}

template <Real R>
void Composition<R>::integrate(const Plan::Integral& u, int order) {
  R* out = at(u.out, order);
  convolve(out, plan_.velocity, u.slope, order - 1);
  divide(out, components_, order);
}

template <Real R>
void Composition<R>::multiply(const Plan::Product& p, int order) {
  R* out = at(p.out, order);
  if (p.left != p.right || order == 0) return convolve(out, p.left, p.right, order);
  // A square: sum_{i<j} 2 a_i a_j + a_{order/2}^2.
  const int pairs = (order + 1) / 2;
  if constexpr (std::is_same_v<R, Ball>) {
    for (long c = 0; c < components_; ++c) {
      arb_ptr sum = out[c].raw();
      arb_dot(sum, nullptr, 0, (at(p.left, 0) + c)->raw(), components_, (at(p.left, order) + c)->raw(),
              -components_, pairs, real::working_bits());
      arb_mul_2exp_si(sum, sum, 1);
      arb_srcptr middle = (at(p.left, order / 2) + c)->raw();
      if (order % 2 == 0) arb_addmul(sum, middle, middle, real::working_bits());
    }
  } else {
    for (long c = 0; c < components_; ++c) out[c] = R(0);
    for (int i = 0; i < pairs; ++i) {
      const R* a = at(p.left, i);
      const R* b = at(p.left, order - i);
      for (long c = 0; c < components_; ++c) add_product(out[c], a[c], b[c]);
    }
    for (long c = 0; c < components_; ++c) out[c] += out[c];
    if (order % 2 != 0) return;
    const R* a = at(p.left, order / 2);
    for (long c = 0; c < components_; ++c) add_product(out[c], a[c], a[c]);
  }
}

template <Real R>
void Composition<R>::add(const Plan::Sum& sum, const Constants& in, int order) {
  R* out = at(sum.out, order);
  for (long c = 0; c < components_; ++c) out[c] = order == 0 ? in.constant : R(0);
  for (std::size_t i = 0; i < in.factors.size(); ++i) {
    const R* a = at(sum.terms[i].series, order);
    const Factor& factor = in.factors[i];
    for (long c = 0; c < components_; ++c) {
      if (factor.sign == 1)
        out[c] += a[c];
      else if (factor.sign == -1)
        out[c] -= a[c];
      else
        add_product(out[c], factor.value, a[c]);
    }
  }
}

#define GRONWALL_INSTANTIATE(...) template class Composition<__VA_ARGS__>;
GRONWALL_FOR_EACH_BACKEND(GRONWALL_INSTANTIATE)

}  // namespace gronwall::series
