// The activations against their textbook formulas at the finest precision, where cancellation does no harm:
// what the stable formulas of the library compute, computed another way.
#include <functional>
#include <map>

#include <gtest/gtest.h>

#include <gronwall/activation/registration.hpp>

#include "arguments.hpp"
#include "support/backends.hpp"

namespace {

using namespace gronwall;
using real::Backend;
using F = real::Mpfr<200>;
using Formula = std::function<F(const F&)>;

F integral_of_bell(const F& x) {
  // erf by its Taylor series, which 200 digits carry through |x| <= 6.
  F term = x, sum = x;
  for (int k = 1; abs(term) > F("1e-230"); ++k) {
    term *= -x * x / k;
    sum += term / (2 * k + 1);
    if (k > 2000) break;
  }
  return 2 * sum / sqrt(real::pi<F>());
}

const std::map<std::string, Formula>& textbook() {
  static const std::map<std::string, Formula> formulas = {
      {"softplus", [](const F& x) { return F(log(F(1 + exp(x)))); }},
      {"tanh", [](const F& x) { return F((exp(x) - exp(F(-x))) / (exp(x) + exp(F(-x)))); }},
      {"sigmoid", [](const F& x) { return F(exp(x) / (1 + exp(x))); }},
      {"silu", [](const F& x) { return F(x / (1 + exp(F(-x)))); }},
      {"gelu", [](const F& x) { return F(x * (1 + integral_of_bell(F(x / sqrt(F(2))))) / 2); }},
      {"erf", integral_of_bell},
      {"sin", [](const F& x) { return F(cos(F(real::pi<F>() / 2 - x))); }},
      {"cos", [](const F& x) { return F(1 - 2 * sin(F(x / 2)) * sin(F(x / 2))); }},
      {"arctan", [](const F& x) { return F(asin(F(x / sqrt(F(1 + x * x))))); }},
      {"gaussian", [](const F& x) { return F(1 / sqrt(exp(F(x * x)))); }},
      {"relu", [](const F& x) { return F((x + abs(x)) / 2); }},
      {"leaky-relu:1/16", [](const F& x) { return F((17 * x + 15 * abs(x)) / 32); }},
      {"identity", [](const F& x) { return x; }},
      {"affine:1,2", [](const F& x) { return F(1 + 2 * x); }},
      {"square", [](const F& x) { return F(x * x); }},
      {"cube", [](const F& x) { return F(x * x * x); }},
      {"polynomial:1,0,-1/2", [](const F& x) { return F(1 - x * x / 2); }},
      {"hermite:3", [](const F& x) { return F(x * x * x - 3 * x); }},
      {"hermite:4", [](const F& x) { return F(x * x * x * x - 6 * x * x + 3); }},
      {"hermite:9",
       [](const F& x) {
         const F y = x * x;
         return F(x * (y * y * y * y - 36 * y * y * y + 378 * y * y - 1260 * y + 945));
       }},
  };
  return formulas;
}

TEST(Reference, EveryActivationIsWhatItsNameSays) {
  for (const auto& [name, formula] : textbook()) {
    SCOPED_TRACE(name);
    const activation::Activation phi = activation::find(name);
    test::for_each_backend([&, &formula = formula]<class R>() {
      using std::abs;
      // Far enough from the finest that what the textbook cancels does not show.
      const F u = real::maximum<F>(test::widen<F>(Backend<R>::unit_roundoff()), F("1e-150"));
      for (const double x : test::moderate_arguments(21)) {
        if (std::abs(x) > 8) continue;
        const F expected = formula(real::from_double<F>(x));
        const F computed = test::widen<F>(phi.in<R>().value(real::from_double<R>(x)));
        const F size = abs(expected) + (phi.degree() ? F(real::power<F>(F(1 + std::abs(x)), 9)) : F(0));
        EXPECT_LE(abs(F(computed - expected)), F(12 * u * size + F("1e-190"))) << x;
      }
    });
  }
}

/// Printed values of the literature: 30 digits, DLMF and tables of the normal distribution.
TEST(Reference, ConstantsToThirtyDigits) {
  const auto expect = [](const std::string& name, const char* l1, const char* l2) {
    const activation::Activation phi = activation::find(name);
    const auto& f = phi.in<F>();
    EXPECT_LT(abs(F(f.lipschitz() - F(l1))), F("1e-28")) << name;
    EXPECT_LT(abs(F(f.derivative_lipschitz() - F(l2))), F("1e-28")) << name;
  };
  expect("tanh", "1", "0.769800358919501019345531707336");
  expect("sigmoid", "0.25", "0.0962250448649376274181914634170");
  expect("erf", "1.12837916709551257389615890312", "0.967882898076573399191320771743");
  expect("arctan", "1", "0.649519052838328985072792378065");
  expect("gaussian", "0.606530659712633423603799534991", "1");
  expect("gelu", "1.12890414518515478634074444226", "0.797884560802865355879892119869");
}

TEST(Reference, LargeArguments) {
  test::for_each_backend([]<class R>() {
    const activation::Activation chosen = activation::find("softplus");
    const auto& softplus = chosen.in<R>();
    EXPECT_EQ(softplus.value(R(800)), R(800));
    EXPECT_EQ(softplus.value(R(-800)), exp(R(-800)));
    if constexpr (Backend<R>::digits >= 50) {
      EXPECT_GT(softplus.value(R(-800)), 0);
    }
    for (const std::string& name : activation::names()) {
      const activation::Activation phi = activation::find(name);
      if (phi.degree() || !phi.smooth()) continue;
      const auto& f = phi.in<R>();
      for (const double x : {-1e308, -1e154, -800.0, 800.0, 1e154, 1e308}) {
        const R at = real::from_double<R>(x);
        EXPECT_TRUE(Backend<R>::finite(f.value(at))) << name << x;
        EXPECT_TRUE(Backend<R>::finite(f.derivative(at))) << name << x;
        EXPECT_TRUE(Backend<R>::finite(f.second_derivative(at))) << name << x;
      }
    }
  });
}

/// e^{-x^2/2} for x = 37: the rounding of x/sqrt 2 and x^2, uncompensated, would cost several hundred units.
TEST(Reference, TheLeftTailOfGelu) {
  for (const double x : {-5.3, -11.7, -25.1, -36.3, -37.4}) {
    // Mills' ratio by its continued fraction, Phi(-y) = p(y) / (y + 1/(y + 2/(y + ...))): DLMF 7.9.
    const F y = -real::from_double<F>(x);
    F tail = y;
    for (int k = 4000; k > 0; --k) tail = y + k / tail;
    const F expected = real::from_double<F>(x) * exp(F(-y * y / 2)) / sqrt(F(2 * real::pi<F>())) / tail;
    const double computed = activation::find("gelu").in<double>().value(x);
    EXPECT_LT(abs(F(F(computed) / expected - 1)), F(8 * 0x1p-53)) << x;
  }
}

}  // namespace
