#include <gronwall/gaussian/dual_registration.hpp>
#include <gronwall/real/functions.hpp>

namespace gronwall::gaussian {
namespace {

/// phi(x) = e^{-x^2/2}. With E = (1 + q)(1 + qbar) - c^2 = 1 + q + qbar + (q qbar - c^2):
///   F = E[e^{-(u^2 + ubar^2)/2}] = E^{-1/2},  dF/dc = c E^{-3/2},
/// since E[e^{-x^T x/2}] = det(1 + S)^{-1/2} for x centred with covariance matrix S. Sums of positive terms.
template <Real R>
class GaussianDual final : public CheckedDual<R> {
  Dual<R> formula(const Covariance<R>& x) const override {
    using real::sqrt;
    const R e = R(1) + x.q + x.qbar + x.determinant;
    const R value = R(1) / sqrt(e);
    return {value, R(x.c * value / e)};
  }
};

const DualRegistration registration("gaussian", []<Real R>(const Activation&) {
  return std::make_unique<GaussianDual<R>>();
});

}  // namespace
}  // namespace gronwall::gaussian
