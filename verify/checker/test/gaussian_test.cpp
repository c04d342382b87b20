#include "verify/checker/gaussian.hpp"

#include <gtest/gtest.h>

#include "verify/checker/test/support.hpp"

namespace gronwall::checker {
namespace {

using test::exactly;
using test::tight;

constexpr long wanted = 55;

void agrees(const Interval& found, const Interval& closed_form) {
  EXPECT_TRUE(meet(found, closed_form)) << found.text() << " and " << closed_form.text();
  EXPECT_TRUE(tight(found, wanted)) << found.text();
}

// E[r z He_n(z)] = r at n = 1, else 0; E[(r z)^2] = r^2.
TEST(HermiteMoments, OfTheIdentity) {
  const std::vector<Interval> a = hermite_moments(Activation::identity, 3, 6);
  for (std::size_t n = 0; n < a.size(); ++n) agrees(a[n], n == 1 ? 3 : 0);
  agrees(second_moment(Activation::identity, 3), 9);
}

// E[cos(r z) He_2k(z)] = (-1)^k r^2k e^{-r^2/2}, E[sin(r z) He_{2k+1}(z)] = (-1)^k r^{2k+1} e^{-r^2/2}.
TEST(HermiteMoments, OfSineAndCosine) {
  for (const Interval& r : {exactly(1), exactly(3, 2)}) {
    const Interval size = exp(-scaled(sqr(r), -1));
    const std::vector<Interval> c = hermite_moments(Activation::cos, r, 8),
                                s = hermite_moments(Activation::sin, r, 8);
    for (unsigned n = 0; n < 8; ++n) {
      const Interval expected = Interval(n / 2 % 2 == 0 ? 1 : -1) * power(r, n) * size;
      agrees(c[n], n % 2 == 0 ? expected : Interval(0));
      agrees(s[n], n % 2 == 1 ? expected : Interval(0));
    }
    const Interval twice = exp(-scaled(sqr(r), 1));
    agrees(second_moment(Activation::sin, r), (Interval(1) - twice) / Interval(2));
    agrees(second_moment(Activation::cos, r), (Interval(1) + twice) / Interval(2));
  }
}

// E[e^{-r^2 z^2/2}] = (1 + r^2)^{-1/2}; E[erf(r z)^2] = (2/pi) arcsin(2 r^2/(1 + 2 r^2)).
TEST(HermiteMoments, OfBellAndErf) {
  const Interval r = 2;
  agrees(hermite_moments(Activation::gaussian, r, 1)[0], Interval(1) / sqrt(Interval(5)));
  agrees(second_moment(Activation::gaussian, r), Interval(1) / sqrt(Interval(9)));
  const Interval sine = exactly(8, 9), cosine = sqrt(Interval(1) - sqr(sine));
  agrees(second_moment(Activation::erf, r), scaled(atan(sine / cosine), 1) / pi());
}

// A narrow bell: what a Taylor polynomial leaves of each cell can be seen in the sum.
TEST(HermiteMoments, RemaindersCount) {
  const Interval found = hermite_moments(Activation::gaussian, 8, 1)[0],
                 expected = Interval(1) / sqrt(Interval(65));
  EXPECT_TRUE(meet(found, expected)) << found.text();
  EXPECT_TRUE(tight(found, 30)) << found.text();
}

// Stein: E[phi(r z) z] = r E[phi'(r z)]; gelu(x) - gelu(-x) = x, so E[gelu(r z) z] = r/2, and so for
// softplus.
TEST(HermiteMoments, OddPartsOfSoftplusAndGelu) {
  for (const Activation phi : {Activation::softplus, Activation::gelu, Activation::silu}) {
    const std::vector<Interval> a = hermite_moments(phi, exactly(3, 2), 6);
    agrees(a[1], exactly(3, 4));
    agrees(a[3], 0);
    agrees(a[5], 0);
  }
}

// E[sin u sin v] = e^{-q} sinh(q rho), E[erf u erf v] = (2/pi) arcsin(2 q rho/(1 + 2q)).
TEST(EqualVarianceKernel, ClosedForms) {
  const Interval found = equal_variance_kernel(Activation::sin, 1, mpq_class(1, 2));
  const Interval half = exactly(1, 2);
  const Interval expected = exp(Interval(-1)) * scaled(exp(half) - exp(-half), -1);
  EXPECT_TRUE(meet(found, expected));
  EXPECT_TRUE(tight(found, 40));
  const Interval arc = equal_variance_kernel(Activation::erf, 1, mpq_class(1, 4));
  const Interval sine = exactly(1, 6), angle = atan(sine / sqrt(Interval(1) - sqr(sine)));
  EXPECT_TRUE(meet(arc, scaled(angle, 1) / pi()));
  EXPECT_TRUE(tight(arc, 20));
}

TEST(PairMoments, Isserlis) {
  PairMoments m(2, 3, 1);
  EXPECT_EQ(m(0, 0), 1);
  EXPECT_EQ(m(1, 0), 0);
  EXPECT_EQ(m(1, 1), 1);
  EXPECT_EQ(m(2, 2), 2 * 3 + 2 * 1);
  EXPECT_EQ(m(4, 0), 3 * 4);
  EXPECT_EQ(m(0, 4), 3 * 9);
  EXPECT_EQ(m(3, 1), 3 * 2 * 1);
  EXPECT_EQ(m(6, 0), 15 * 8);
}

TEST(HermitePolynomial, OrthogonalWithFactorials) {
  PairMoments m(1, 1, 1);
  mpq_class factorial = 1;
  for (unsigned n = 0; n <= 12; ++n) {
    if (n > 0) factorial *= n;
    for (unsigned k = 0; k <= n; ++k)
      EXPECT_EQ(m.mean(hermite_polynomial(n), hermite_polynomial(k)), k == n ? factorial : mpq_class(0));
  }
  EXPECT_EQ(hermite_polynomial(4), (std::vector<mpq_class>{3, 0, -6, 0, 1}));
}

}  // namespace
}  // namespace gronwall::checker
