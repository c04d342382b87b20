#include <gtest/gtest.h>

#include <gronwall/activation/activation.hpp>
#include <gronwall/kernel/assumptions.hpp>
#include <gronwall/real/error.hpp>

namespace gronwall::kernel {
namespace {

Inputs unit_points() { return find_inputs("pythagorean:4"); }

TEST(Assumptions, OnesThatHold) {
  for (const char* name :
       {"tanh", "softplus", "gelu", "erf", "sin", "cos", "sigmoid", "silu", "arctan", "gaussian"}) {
    const Activation phi = activation::find(name);
    const Assumption1 a = assumption_1(phi, unit_points());
    EXPECT_TRUE(a.holds()) << name;
    EXPECT_EQ(a.parts().size(), 5U);
    const Corollary1 c = corollary_1(phi, unit_points());
    EXPECT_TRUE(c.holds()) << name;
    EXPECT_EQ(c.conclusion, Conclusion::positive_definite) << name;
    for (const Hypothesis& part : c.parts()) EXPECT_FALSE(part.states.empty() || part.reason.empty());
  }
}

/// Which parts fail, in the order of the struct: "01000" says that the second does.
std::string failing(const std::vector<Hypothesis>& parts) {
  std::string out;
  for (const Hypothesis& part : parts) out += part.holds ? '0' : '1';
  return out;
}

TEST(Assumptions, EachActivationFailsWhereItShould) {
  struct {
    const char* phi;
    const char* assumption;  // sphere, distinct, smooth, nonlinear, non-polynomial
    const char* corollary;   // scales, smooth, nonlinear, sphere, distinct, odd
    Conclusion conclusion;
  } const cases[] = {
      {"tanh", "00000", "000000", Conclusion::positive_definite},
      {"relu", "00100", "010000", Conclusion::nothing},
      {"leaky-relu:1/16", "00100", "010000", Conclusion::nothing},
      {"polynomial:1,2", "00011", "001000", Conclusion::nothing},
      {"polynomial:0", "00011", "001000", Conclusion::nothing},
      {"polynomial:0,0,1", "00101", "010000", Conclusion::nothing},
      {"hermite:3", "00101", "010000", Conclusion::nothing},
      {"hermite:1", "00011", "001000", Conclusion::nothing},
  };
  for (const auto& [name, assumption, corollary, conclusion] : cases) {
    SCOPED_TRACE(name);
    const Activation phi = activation::find(name);
    const Assumption1 a = assumption_1(phi, unit_points());
    EXPECT_EQ(failing(a.parts()), assumption);
    EXPECT_EQ(a.holds(), std::string(assumption) == "00000");
    const Corollary1 c = corollary_1(phi, unit_points());
    EXPECT_EQ(failing(c.parts()), corollary);
    EXPECT_EQ(c.holds(), conclusion == Conclusion::positive_definite);
    EXPECT_EQ(c.conclusion, conclusion);
  }
  // Every activation of the library: Assumption 1 holds where its constants are finite and it is no
  // polynomial.
  for (const std::string& name : activation::names()) {
    const Activation phi = activation::find(name);
    const bool expected = phi.smooth() && !phi.degree();
    EXPECT_EQ(assumption_1(phi, unit_points()).holds(), expected) << name;
  }
}

TEST(Assumptions, DataFailWhereTheyShould) {
  const Activation tanh = activation::find("tanh"), softplus = activation::find("softplus");
  Inputs inputs = unit_points();
  inputs.lines = {2, 3, 5, 7};
  inputs.points[3] = inputs.points[1];
  Assumption1 a = assumption_1(tanh, inputs);
  EXPECT_EQ(failing(a.parts()), "01000");
  EXPECT_EQ(a.distinct.reason, "lines 3 and 7 are equal: duplicate rows break Assumption 1");
  EXPECT_EQ(corollary_1(softplus, inputs).conclusion, Conclusion::singular);

  inputs.points[3] = {2, Rational(1, 3)};
  a = assumption_1(tanh, inputs);
  EXPECT_EQ(failing(a.parts()), "10000");
  EXPECT_EQ(a.on_sphere.reason, "the norm is not exactly 1 at line 7; inputs can be normalised");
  EXPECT_EQ(corollary_1(tanh, inputs).conclusion, Conclusion::nothing);
  EXPECT_EQ(corollary_1(tanh, inputs).reason,
            "it is not so that the inputs lie on the unit sphere: " + a.on_sphere.reason);
  inputs.normalised = true;
  EXPECT_TRUE(assumption_1(tanh, inputs).holds());
  EXPECT_EQ(assumption_1(tanh, inputs).on_sphere.reason, "every input is divided by its norm");

  inputs.points[3] = {6, Rational(9, 2)};  // 15/2 (4/5, 3/5)
  a = assumption_1(tanh, inputs);
  EXPECT_EQ(failing(a.parts()), "01000");
  EXPECT_EQ(a.distinct.reason,
            "lines 3 and 7 are equal after normalisation: duplicate rows break Assumption 1");

  inputs.points[3] = {0, 0};
  EXPECT_THROW(assumption_1(tanh, inputs), DomainError);
}

TEST(Assumptions, LongListsAreCut) {
  Inputs inputs;
  inputs.points.assign(6, {1, 0});
  EXPECT_EQ(assumption_1(activation::find("tanh"), inputs).distinct.reason,
            "points 1 and 2, points 1 and 3, points 1 and 4, and 2 more are equal: duplicate rows break "
            "Assumption 1");
}

TEST(Assumptions, OppositeInputsMatterToOddActivationsAlone) {
  const Inputs inputs = find_inputs("circle:6");
  for (const char* odd : {"tanh", "erf", "sin", "arctan", "hermite:3", "polynomial:0,1"}) {
    const Corollary1 c = corollary_1(activation::find(odd), inputs);
    EXPECT_FALSE(c.not_odd_or_no_opposites.holds) << odd;
    EXPECT_EQ(c.conclusion, Conclusion::singular) << odd;
    EXPECT_NE(c.not_odd_or_no_opposites.reason.find("points 1 and 4"), std::string::npos);
  }
  for (const char* other : {"softplus", "gelu", "cos", "gaussian", "sigmoid"})
    EXPECT_EQ(corollary_1(activation::find(other), inputs).conclusion, Conclusion::positive_definite)
        << other;
  // Of different norms they are not opposite.
  Inputs unequal;
  unequal.points = {{1, 0}, {-2, 0}};
  EXPECT_EQ(corollary_1(activation::find("tanh"), unequal).conclusion, Conclusion::nothing);
  unequal.normalised = true;
  EXPECT_EQ(corollary_1(activation::find("tanh"), unequal).conclusion, Conclusion::singular);
}

TEST(Assumptions, ScalesHaveToBePositive) {
  const Activation phi = activation::find("gelu");
  for (int k = 0; k < 4; ++k)
    for (const int value : {0, -1}) {
      Scales scales;
      (k == 0 ? scales.sigma_v : k == 1 ? scales.sigma_w : k == 2 ? scales.sigma_u : scales.horizon) = value;
      const Corollary1 c = corollary_1(phi, unit_points(), scales);
      EXPECT_EQ(failing(c.parts()), "100000");
      EXPECT_EQ(c.conclusion, Conclusion::nothing);
    }
  Scales small;
  small.sigma_w = Rational(1, 1000000);
  EXPECT_EQ(corollary_1(phi, unit_points(), small).conclusion, Conclusion::positive_definite);
}

}  // namespace
}  // namespace gronwall::kernel
