#include <gronwall/gaussian/dual_registration.hpp>
#include <gronwall/real/functions.hpp>

// Sine and cosine, each the derivative of the other up to a sign.
namespace gronwall::gaussian {
namespace {

/// E[cos u cos ubar] and E[sin u sin ubar] are half the sum and half the difference of E[cos(u - ubar)] =
/// e^{-(q + qbar)/2 + c} and E[cos(u + ubar)] = e^{-(q + qbar)/2 - c}:
///   E[sin u sin ubar] = e^{-(q + qbar)/2} sinh c,  E[cos u cos ubar] = e^{-(q + qbar)/2} cosh c.
/// |c| <= sqrt(q qbar) <= (q + qbar)/2, so with e^{|c| - (q + qbar)/2} <= 1 in front nothing overflows, and
/// with expm1 the sine keeps its relative accuracy for small c. The rounding of the exponent costs
/// u (q + qbar).
template <Real R>
struct Means {
  R sines, cosines;

  explicit Means(const Covariance<R>& x) {
    using real::abs;
    using real::exp;
    using real::expm1;
    const R middle = (x.q + x.qbar) / R(2);
    if constexpr (real::Enclosing<R>) {
      const R decay = exp(-middle);
      sines = decay * sinh(x.c);
      cosines = decay * cosh(x.c);
    } else {
      const R size = abs(x.c);
      const R front = exp(R(size - middle)) / R(2), rest = expm1(R(R(-2) * size));  // e^{-2|c|} - 1
      sines = x.c < R(0) ? R(front * rest) : R(-front * rest);
      cosines = front * (R(2) + rest);
    }
  }
};

template <Real R>
class SinDual final : public CheckedDual<R> {
  Dual<R> formula(const Covariance<R>& x) const override {
    const Means<R> means(x);
    return {means.sines, means.cosines};
  }
};

template <Real R>
class CosDual final : public CheckedDual<R> {
  Dual<R> formula(const Covariance<R>& x) const override {
    const Means<R> means(x);
    return {means.cosines, means.sines};
  }
};

const DualRegistration sine("sin", []<Real R>(const Activation&) { return std::make_unique<SinDual<R>>(); });
const DualRegistration cosine("cos",
                              []<Real R>(const Activation&) { return std::make_unique<CosDual<R>>(); });

}  // namespace
}  // namespace gronwall::gaussian
