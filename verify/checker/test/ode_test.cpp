#include "verify/checker/ode.hpp"

#include <gtest/gtest.h>

#include "verify/checker/test/support.hpp"

namespace gronwall::checker {
namespace {

using test::exactly;
using test::tight;

/// Bits by which widths must stay below the solution: the truncation is kept below 2^(-2 bits/3).
constexpr long wanted = 70;

Interval log(const Interval& x) { return log1p(x - Interval(1)); }
/// Of x >= 0: log(x + sqrt(x^2 + 1)).
Interval arsinh(const Interval& x) { return log(x + sqrt(sqr(x) + Interval(1))); }
Interval sinh(const Interval& x) { return scaled(exp(x) - exp(-x), -1); }

Field scalar(Activation phi, const Interval& a) { return Field(phi, 1, {a}); }

void agrees(const Interval& found, const Interval& closed_form) {
  EXPECT_TRUE(meet(found, closed_form)) << found.text() << " and " << closed_form.text();
  EXPECT_TRUE(tight(found, wanted)) << found.text();
}

// h' = a tanh h: sinh h_t = e^{at} sinh h_0.
TEST(Solve, ScalarTanh) {
  for (const long a : {-3, -1, 1, 2, 4})
    for (const long start : {1, 2, 5}) {
      const Vector h = solve(scalar(Activation::tanh, a), {exactly(start, 2)}, mpq_class(3, 2));
      agrees(h[0], arsinh(exp(exactly(3 * a, 2)) * sinh(exactly(start, 2))));
    }
}

// h' = a s(h) with s(h) = 1/(1 + e^{-h}):
// h - e^{-h} = h_0 - e^{-h_0} + a t.
TEST(Solve, ScalarSigmoid) {
  for (const long a : {-2, 1, 3}) {
    const Interval start = exactly(1, 3), h = solve(scalar(Activation::sigmoid, a), {start}, 2)[0];
    const Interval moved = h - exp(-h), expected = start - exp(-start) + Interval(2 * a);
    EXPECT_TRUE(meet(moved, expected));
    EXPECT_TRUE(tight(h, wanted));
  }
}

// h' = a sin h: tan(h/2) = e^{at} tan(h_0/2).
TEST(Solve, ScalarSin) {
  const Interval start = exactly(3, 4), h = solve(scalar(Activation::sin, 2), {start}, mpq_class(5, 4))[0];
  const auto tangent = [](const Interval& x) { return sin(scaled(x, -1)) / cos(scaled(x, -1)); };
  agrees(tangent(h), exp(exactly(5, 2)) * tangent(start));
}

// h' = M h with a rotation and with a Jordan block.
TEST(Solve, IdentityIsTheMatrixExponential) {
  const Field rotation(Activation::identity, 2, {0, -1, 1, 0});
  const Vector turned = solve(rotation, {1, 0}, 2);
  agrees(turned[0], cos(Interval(2)));
  agrees(turned[1], sin(Interval(2)));
  const Field jordan(Activation::identity, 2, {-1, 3, 0, -1});
  const Vector h = solve(jordan, {1, 2}, 1);
  agrees(h[0], exp(Interval(-1)) * Interval(7));
  agrees(h[1], exp(Interval(-1)) * Interval(2));
}

// Y_t = d h_t/d h_0: for h' = a tanh h it is cosh h_0 e^{at}/cosh h_t.
TEST(Solve, DerivativeInTheInitialState) {
  const Interval start = exactly(2, 3);
  const Vector state = solve(scalar(Activation::tanh, 2), {start, 1}, 1);
  agrees(state[1], cosh(start) * exp(Interval(2)) / cosh(state[0]));
  // Of a linear field it is the exponential itself.
  const Field rotation(Activation::identity, 2, {0, -1, 1, 0});
  const Vector y = solve(rotation, {5, 7, 1, 0, 0, 1}, 1);
  agrees(y[2], cos(Interval(1)));
  agrees(y[3], sin(Interval(1)));
  agrees(y[4], -sin(Interval(1)));
  agrees(y[5], cos(Interval(1)));
}

// Y e_j against the symmetric difference of two solutions, whose error is of the order of its step squared.
TEST(Solve, DerivativeIsThatOfDifferences) {
  const Precision guard(256);
  test::Random random(12);
  for (const Activation phi : {Activation::tanh, Activation::softplus, Activation::gelu}) {
    Vector m, start;
    for (int k = 0; k < 4; ++k) m.push_back(Interval(random.dyadic(2)));
    for (int k = 0; k < 2; ++k) start.push_back(Interval(random.dyadic(1)));
    const Field field(phi, 2, m);
    Vector with_derivative = start;
    for (const int entry : {1, 0, 0, 1}) with_derivative.push_back(entry);
    const Vector state = solve(field, with_derivative, 1);
    for (std::size_t j = 0; j < 2; ++j) {
      Vector above = start, below = start;
      const Interval step = scaled(Interval(1), -40);
      above[j] += step;
      below[j] -= step;
      const Vector high = solve(field, above, 1), low = solve(field, below, 1);
      for (std::size_t i = 0; i < 2; ++i)
        EXPECT_TRUE(meet((high[i] - low[i]) / scaled(step, 1) + ball(-60), state[2 + 2 * j + i]));
    }
  }
}

// Forward with M and then with -M returns to a set around h_0.
TEST(Solve, ReturnsWithTheFieldReversed) {
  test::Random random(10);
  const std::vector<std::string> names{"tanh", "softplus", "gelu",   "sin",      "cos",
                                       "silu", "sigmoid",  "arctan", "gaussian", "erf"};
  for (int i = 0; i < test::repetitions(20); ++i) {
    const Activation phi = *activation(names[static_cast<std::size_t>(random.between(0, 9))]);
    const long n = random.between(1, 3);
    Vector m, back, start;
    for (long k = 0; k < n * n; ++k) {
      m.push_back(Interval(random.dyadic(2)));
      back.push_back(-m.back());
    }
    for (long k = 0; k < n; ++k) start.push_back(Interval(random.dyadic(2)));
    const Vector end = solve(Field(phi, n, m), start, 1);
    const Vector again = solve(Field(phi, n, back), end, 1);
    for (std::size_t k = 0; k < start.size(); ++k) agrees(again[k], start[k]);
  }
}

// The solution after 1 is that after 1/3 and then 2/3, and more bits give a part of what fewer give.
TEST(Solve, StepsAndPrecisionsAgree) {
  const Field field(Activation::softplus, 2, {exactly(1, 2), -1, 2, exactly(1, 3)});
  const Vector whole = solve(field, {1, -1}, 1);
  const Vector parts = solve(field, solve(field, {1, -1}, mpq_class(1, 3)), mpq_class(2, 3));
  for (std::size_t k = 0; k < 2; ++k) agrees(whole[k], parts[k]);
  const Precision finer(256);
  const Field same(Activation::softplus, 2, {exactly(1, 2), -1, 2, exactly(1, 3)});
  const Vector fine = solve(same, {1, -1}, 1);
  for (std::size_t k = 0; k < 2; ++k) {
    EXPECT_TRUE(meet(fine[k], whole[k]));
    EXPECT_TRUE(tight(fine[k], 150));
  }
}

// With h_0 an interval the result holds the solutions from its ends.
TEST(Solve, HoldsTheSolutionsFromABox) {
  const Field field = scalar(Activation::gelu, 2);
  const Vector wide = solve(field, {hull(1, exactly(1025, 1024))}, 1);
  for (const Interval& start : {Interval(1), exactly(2049, 2048), exactly(1025, 1024)})
    EXPECT_TRUE(solve(field, {start}, 1)[0].inside(wide[0]));
  EXPECT_FALSE(tight(wide[0], 20));
  EXPECT_TRUE(tight(wide[0], 5));
}

// The zero of tanh stays exactly where it is, and its derivative is e^{at}.
TEST(Solve, RestsAtZero) {
  const Vector state = solve(scalar(Activation::tanh, 2), {0, 1}, 1);
  EXPECT_EQ(state[0].text(), "0");
  agrees(state[1], exp(Interval(2)));
}

TEST(Solve, NoTimeNoChange) {
  const Vector h = solve(scalar(Activation::tanh, 2), {exactly(1, 2)}, 0);
  EXPECT_EQ(h[0].text(), "0.5");
}

}  // namespace
}  // namespace gronwall::checker
