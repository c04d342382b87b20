#include <gronwall/gaussian/dual_registration.hpp>
#include <gronwall/real/functions.hpp>

namespace gronwall::gaussian {
namespace {

/// phi(x) = erf x = (2/sqrt pi) int_0^x e^{-t^2} dt (Williams, Computation with infinite neural networks,
/// Neural Computation 10 (1998)). With E = (1 + 2q)(1 + 2qbar) - 4c^2 = 1 + 2(q + qbar) + 4(q qbar - c^2):
///   dF/dc = (4/pi) E[e^{-u^2 - ubar^2}] = (4/pi) E^{-1/2},
/// since E[e^{-x^T x}] = det(1 + 2S)^{-1/2} for x centred with covariance matrix S. F vanishes at c = 0, so
///   F = (4/pi) int_0^c dt / sqrt((1 + 2q)(1 + 2qbar) - 4t^2)
///     = (2/pi) arcsin(2c / sqrt((1 + 2q)(1 + 2qbar))) = (2/pi) arctan(2c / sqrt E).
/// Every sum is one of positive terms, so both are accurate relative to themselves.
template <Real R>
class ErfDual final : public CheckedDual<R> {
  Dual<R> formula(const Covariance<R>& x) const override {
    using real::atan;
    using real::sqrt;
    const R root = sqrt(R(R(1) + R(2) * (x.q + x.qbar) + R(4) * x.determinant));
    const R pi = real::pi<R>();
    return {R(R(2) * atan(R(R(2) * x.c / root)) / pi), R(R(4) / (pi * root))};
  }
};

const DualRegistration registration("erf",
                                    []<Real R>(const Activation&) { return std::make_unique<ErfDual<R>>(); });

}  // namespace
}  // namespace gronwall::gaussian
