#include <cmath>

#include <gtest/gtest.h>

#include "verify/checker/check.hpp"
#include "verify/checker/claims.hpp"
#include "verify/checker/layers.hpp"
#include "verify/checker/test/support.hpp"

/// What the checker knows of derivatives and of the two ResNets, against closed forms.
namespace gronwall::checker {
namespace {

using test::around;
using test::exactly;
using test::Json;
using test::matrix;
using test::number;
using test::tight;
using Drawn = std::vector<std::pair<std::string, Json>>;

Drawn operator+(Drawn a, const Drawn& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

double slope(double h) { return 1 / std::pow(std::cosh(h), 2); }  // tanh'

/// The certificate of lhs = rhs (or of lhs != rhs) is confirmed; with either side moved, with the other
/// verdict, or without a tolerance it is not.
void identity_is_checked(const std::string& id, const Drawn& drawn, double lhs, double rhs) {
  SCOPED_TRACE(id);
  const double margin = 1e-10 * std::max(1.0, std::max(std::abs(lhs), std::abs(rhs)));
  const bool same = std::abs(lhs - rhs) < margin;
  ASSERT_TRUE(same || std::abs(lhs - rhs) > 1e-3) << "a case that decides nothing";
  const auto outcome = [&](const std::string& verdict, double l, double r, bool tolerance = true) {
    Json json = test::certificate(id, known_claims().at(id).statement, verdict, test::inputs(drawn), "=",
                                  around(l, margin), around(r, margin), 64);
    if (tolerance) json["tolerance"] = "0x1p-20";
    return check_text(test::hashed(json));
  };
  const std::string verdict = same ? "holds" : "refuted", other = same ? "refuted" : "holds";
  const Outcome good = outcome(verdict, lhs, rhs);
  EXPECT_EQ(good.answer, Answer::confirmed) << good.message;
  EXPECT_EQ(outcome(other, lhs, rhs).answer, Answer::not_confirmed);
  EXPECT_EQ(outcome(verdict, lhs + 4 * margin, rhs).answer, Answer::not_confirmed);
  EXPECT_EQ(outcome(verdict, lhs, rhs - 4 * margin).answer, Answer::not_confirmed);
  EXPECT_EQ(outcome("holds", lhs, rhs, false).answer, Answer::not_confirmed);
  // Sides of the other verdict.
  EXPECT_EQ(outcome(other, lhs, same ? rhs + 1 : lhs).answer, Answer::not_confirmed);
}

/// n = 2, d = 1, W = 0, tanh: the state and the adjoint rest.
struct Resting {
  double u1 = 1, u2 = -0.5, v1 = 0.25, v2 = 2, sigma = 1.5, T = 0.5, sigma_v = 2, sigma_u = 0.5, x = 1.5;
  double h(int i) const { return sigma_u * (i == 1 ? u1 : u2) * x; }
  double lambda(int i) const { return sigma_v / std::sqrt(2.0) * (i == 1 ? v1 : v2) * slope(h(i)); }
  /// sigma_w/sqrt n int phi(h_i) lambda_k dt.
  double slide(int i, int k) const { return sigma * T / std::sqrt(2.0) * std::tanh(h(i)) * lambda(k); }
  double f() const { return sigma_v / std::sqrt(2.0) * (v1 * std::tanh(h(1)) + v2 * std::tanh(h(2))); }
  Drawn drawn() const {
    return {{"phi", "tanh"},
            {"n", 2},
            {"d", 1},
            {"W", matrix({{0, 0}, {0, 0}})},
            {"U", matrix({{u1}, {u2}})},
            {"v", matrix({{v1}, {v2}})},
            {"sigma", number(sigma)},
            {"T", number(T)},
            {"sigma_v", number(sigma_v)},
            {"sigma_u", number(sigma_u)}};
  }
};

Drawn indices(const char* a, int i, const char* b, int k) { return {{a, i}, {b, k}}; }

TEST(Gradient, HiddenOfTwoNeurons) {
  const Resting f;
  for (const auto& [i, k] : std::vector<std::pair<int, int>>{{1, 2}, {2, 1}, {1, 1}, {2, 2}})
    identity_is_checked("gradient.hidden.as-stated",
                        f.drawn() + Drawn{{"x", number(f.x)}} + indices("i", i, "k", k), f.slide(k, i),
                        f.slide(i, k));
}

TEST(Gradient, LossInW) {
  const Resting f;
  Resting g = f;
  g.x = -0.25;
  const Drawn data{{"N", 2}, {"X", matrix({{f.x, g.x}})}, {"y", matrix({{0.5}, {-3}})}};
  const double r = f.f() - 0.5, s = g.f() + 3;
  for (const auto& [i, k] : std::vector<std::pair<int, int>>{{1, 2}, {2, 1}, {2, 2}})
    identity_is_checked("gradient.loss.W.as-stated", f.drawn() + data + indices("i", i, "k", k),
                        r * f.slide(k, i) + s * g.slide(k, i), r * f.slide(i, k) + s * g.slide(i, k));
}

// sinh h_T = e^{sigma W T} sinh h_0, so dh_T/dW = sigma T e^{sigma W T} sinh h_0/cosh h_T. Sees the driven
// column.
TEST(Gradient, HiddenOfOneNeuron) {
  const double W = 0.75, sigma = 1.5, T = 0.5, U = 0.5, v = 3, grown = std::exp(sigma * W * T) * std::sinh(U);
  const double h = std::asinh(grown), derivative = v * slope(h) * sigma * T * grown / std::cosh(h);
  identity_is_checked("gradient.hidden.as-stated",
                      {{"phi", "tanh"},
                       {"n", 1},
                       {"d", 1},
                       {"W", number(W)},
                       {"U", number(U)},
                       {"v", number(v)},
                       {"sigma", number(sigma)},
                       {"T", number(T)},
                       {"sigma_v", number(1)},
                       {"sigma_u", number(1)},
                       {"x", number(1)},
                       {"i", 1},
                       {"k", 1}},
                      derivative, derivative);
}

/// n = d = 2, W = 0: dL/dU and dU have entries lambda_i x_j; the slide has x_i lambda_j.
struct Square {
  std::vector<double> x{1, -2}, y{0.5, 0.25};
  double h(int i, const std::vector<double>& at) const { return at[0] * (i == 1 ? 0.5 : -1) + at[1] * 0.25; }
  double lambda(int i, const std::vector<double>& at) const { return (i == 1 ? 2 : 0.5) * slope(h(i, at)); }
  double f(const std::vector<double>& at) const {
    return 2 * std::tanh(h(1, at)) + 0.5 * std::tanh(h(2, at));
  }
  double true_entry(int i, int j, const std::vector<double>& at) const {
    return lambda(i, at) * at[static_cast<std::size_t>(j - 1)];
  }
  /// sigma_v = sigma_u = sqrt 2 are no dyadic numbers: sigma_v = 1 with sqrt 2 moved out by `scale`.
  static double scale() { return 1 / std::sqrt(2.0); }
  Drawn drawn() const {
    return {{"phi", "tanh"},
            {"n", 2},
            {"W", matrix({{0, 0}, {0, 0}})},
            {"U", matrix({{0.5, 0.25}, {-1, 0.25}})},
            {"v", matrix({{2}, {0.5}})},
            {"sigma", number(1)},
            {"T", number(0.5)},
            {"sigma_v", number(1)},
            {"sigma_u", number(1)}};
  }
};

TEST(Gradient, InputOfTwoNeurons) {
  const Square f;
  const double c = Square::scale();
  // h = c U x, lambda = c v phi'(h), and c once more in front.
  const auto entry = [&](int i, int j) {
    const std::vector<double> moved{c * f.x[0], c * f.x[1]};
    return c * c * f.lambda(i, moved) * f.x[static_cast<std::size_t>(j - 1)];
  };
  for (const auto& [i, j] : std::vector<std::pair<int, int>>{{1, 2}, {2, 1}, {1, 1}})
    identity_is_checked("gradient.input.as-stated",
                        f.drawn() + Drawn{{"x", matrix({{f.x[0]}, {f.x[1]}})}} + indices("i", i, "j", j),
                        entry(i, j), entry(j, i));
}

TEST(Gradient, LossInU) {
  const Square f;
  const double c = Square::scale();
  const auto entry = [&](const std::vector<double>& x, int i, int j) {
    const std::vector<double> moved{c * x[0], c * x[1]};
    return c * c * f.lambda(i, moved) * x[static_cast<std::size_t>(j - 1)];
  };
  const auto output = [&](const std::vector<double>& x) { return c * f.f({c * x[0], c * x[1]}); };
  const double r = output(f.x) - 1, s = output(f.y) + 1;
  const Drawn data{{"N", 2}, {"X", matrix({{f.x[0], f.y[0]}, {f.x[1], f.y[1]}})}, {"y", matrix({{1}, {-1}})}};
  identity_is_checked("gradient.loss.U.as-stated", f.drawn() + data + indices("j", 1, "k", 2),
                      r * entry(f.x, 1, 2) + s * entry(f.y, 1, 2),
                      r * entry(f.x, 2, 1) + s * entry(f.y, 2, 1));
}

/// One neuron: h -> h + kappa s W tanh h, twice.
TEST(Gradient, ResNetBackward) {
  const double W = 0.5, sigma = 2, T = 1, kappa = T / 2, v = 3, h0 = 0.75;
  const double m = kappa * sigma * W, h1 = h0 + m * std::tanh(h0), h2 = h1 + m * std::tanh(h1);
  const auto drawn = [&](double sigma_w, int l) {
    return Drawn{{"phi", "tanh"},
                 {"n", 1},
                 {"d", 1},
                 {"W", number(W)},
                 {"U", number(h0)},
                 {"v", number(v)},
                 {"sigma", number(sigma_w)},
                 {"T", number(T)},
                 {"sigma_v", number(1)},
                 {"sigma_u", number(1)},
                 {"x", number(1)},
                 {"L", 2},
                 {"l", l},
                 {"i", 1}};
  };
  const double end = v * slope(h2), w = kappa * W;
  const std::string id = "gradient.resnet-backward.as-stated";
  identity_is_checked(id, drawn(sigma, 1), end * (1 + m * slope(h1)), end * (1 + w * slope(h1)));
  identity_is_checked(id, drawn(sigma, 0), end * (1 + m * slope(h1)) * (1 + m * slope(h0)),
                      end * (1 + w * slope(h1)) * (1 + w * slope(h0)));
  // With sigma_w = 1 = n the slide is right.
  const double g1 = h0 + w * std::tanh(h0), g2 = g1 + w * std::tanh(g1);
  const double right = v * slope(g2) * (1 + w * slope(g1)) * (1 + w * slope(h0));
  identity_is_checked(id, drawn(1, 0), right, right);
}

TEST(Model, HorizonOfTheFirstSlide) {
  const auto h = [](double t) { return std::asinh(std::exp(0.75 * t) * std::sinh(0.5)); };
  const auto drawn = [](double T) {
    return Drawn{{"phi", "tanh"},     {"n", 1},         {"W", number(0.75)},
                 {"h0", number(0.5)}, {"T", number(T)}, {"i", 1}};
  };
  identity_is_checked("model.scaling.horizon.as-stated", drawn(2), h(1), h(2));
  identity_is_checked("model.scaling.horizon.as-stated", drawn(0.5), h(1), h(0.5));
  identity_is_checked("model.scaling.horizon.as-stated", drawn(1), h(1), h(1));
}

TEST(Model, TrainingOfTheTwoResNets) {
  const double W = 0.5, U = 0.75, v = 3, eta = 0.5, r = 1.5;
  const auto check = [&](double sigma, double T) {
    const double c = T * sigma, h1 = U + c * W * std::tanh(U), g = v * slope(h1) * std::tanh(U);
    identity_is_checked("model.scaling.training.as-stated",
                        {{"phi", "tanh"},
                         {"n", 1},
                         {"d", 1},
                         {"W", number(W)},
                         {"U", number(U)},
                         {"v", number(v)},
                         {"sigma", number(sigma)},
                         {"T", number(T)},
                         {"sigma_v", number(1)},
                         {"sigma_u", number(1)},
                         {"x", number(1)},
                         {"L", 1},
                         {"eta", number(eta)},
                         {"r", number(r)},
                         {"i", 1},
                         {"k", 1}},
                        c * W - eta * r * g, c * (W - eta * r * c * g));
  };
  check(2, 1);
  check(0.5, 1.5);
  check(2, 0.5);  // c = 1: the same
}

/// (f(M + e) - f(M - e))/(2e) of two layers, by differences in exact arithmetic of the recursion alone.
TEST(Layers, DerivativeInTheStepIsThatOfDifferences) {
  Network f;
  f.phi = Activation::tanh;
  f.n = f.d = 2;
  f.W = Matrix(2, 2);
  f.W(0, 0) = mpq_class(1, 2), f.W(0, 1) = -1, f.W(1, 0) = mpq_class(3, 4), f.W(1, 1) = mpq_class(1, 4);
  f.v = Matrix(2, 1);
  f.v(0, 0) = 2, f.v(1, 0) = -1;
  f.horizon = 1;
  const Vector start{exactly(1, 2), exactly(-3, 4)};
  const long depth = 3;
  const auto output = [&](const Network& g) {
    const Vector h = Layers(g, depth).states(start).back();
    return (Interval(g.v(0, 0)) * value(g.phi, h[0]) + Interval(g.v(1, 0)) * value(g.phi, h[1])) / g.root_n();
  };
  // W moved by e moves M by e (T/L)/sqrt n.
  const mpq_class e(1, 1 << 20);
  for (long i = 0; i < 2; ++i)
    for (long k = 0; k < 2; ++k) {
      Network above = f, below = f;
      above.W(i, k) += e;
      below.W(i, k) -= e;
      const Interval quotient = (output(above) - output(below)) / Interval(mpq_class(2 * e));
      const Interval derivative =
          Layers(f, depth).derivative_in_step(start, i, k) / Interval(depth) / f.root_n();
      EXPECT_TRUE(surely_less(abs(quotient - derivative), exactly(1, 1000000000)))
          << quotient.text() << " and " << derivative.text();
      EXPECT_TRUE(tight(derivative, 100));
    }
}

// xi' = M diag(phi'(h)) xi + c phi(h_k) e_i with phi(x) = x and M = 0: h rests and xi = c h_k t e_i.
TEST(Solve, DrivenColumns) {
  Field field(Activation::identity, 2, {0, 0, 0, 0});
  field.driven({1, 0, 1, 3});
  const Vector state = solve(field, {2, 5, 0, 0, 0, 7}, mpq_class(1, 2));
  const std::vector<mpq_class> expected{2, 5, 0, 0, mpq_class(15, 2), 7};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_TRUE(meet(state[i], Interval(expected[i]))) << i << ": " << state[i].text();
    EXPECT_TRUE(tight(state[i], 100));
  }
}

}  // namespace
}  // namespace gronwall::checker
