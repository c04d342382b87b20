#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include "verify/checker/check.hpp"
#include "verify/checker/claims.hpp"
#include "verify/checker/test/support.hpp"

namespace gronwall::checker {
namespace {

using test::around;
using test::Json;
using test::matrix;
using test::number;
using Drawn = std::vector<std::pair<std::string, Json>>;

/// One neuron with tanh, in closed form: sinh h_T = e^{sigma W T} sinh h_0, f = sigma_v v tanh h_T.
struct Neuron {
  double v = 1, W = 1, U = 1, sigma = 1, T = 1, sigma_v = 1, sigma_u = 1;

  double h(double x) const { return std::asinh(std::exp(sigma * W * T) * std::sinh(sigma_u * U * x)); }
  double f(double x) const { return sigma_v * v * std::tanh(h(x)); }
  /// df/d(v, W, U).
  std::array<double, 3> gradient(double x) const {
    const double grown = std::exp(sigma * W * T), end = h(x), start = sigma_u * U * x;
    const double slope = sigma_v * v / std::pow(std::cosh(end), 3) * grown;
    return {sigma_v * std::tanh(end), slope * sigma * T * std::sinh(start),
            slope * sigma_u * x * std::cosh(start)};
  }
  Neuron moved(double eta, const std::array<double, 3>& g) const {
    Neuron out = *this;
    out.v -= eta * g[0];
    out.W -= eta * g[1];
    out.U -= eta * g[2];
    return out;
  }
  Drawn drawn() const {
    return {{"phi", "tanh"},
            {"n", 1},
            {"d", 1},
            {"W", number(W)},
            {"U", number(U)},
            {"v", number(v)},
            {"sigma", number(sigma)},
            {"T", number(T)},
            {"sigma_v", number(sigma_v)},
            {"sigma_u", number(sigma_u)}};
  }
};

double dot(const std::array<double, 3>& a, const std::array<double, 3>& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/// Neuron and samples.
struct Setting {
  Neuron f;
  std::vector<double> x, y;
  double eta = 0.5;

  std::array<double, 3> loss_gradient() const {
    std::array<double, 3> sum{};
    for (std::size_t i = 0; i < x.size(); ++i)
      for (std::size_t p = 0; p < 3; ++p) sum[p] += (f.f(x[i]) - y[i]) * f.gradient(x[i])[p];
    return sum;
  }
  Drawn drawn() const {
    Drawn all = f.drawn();
    std::vector<std::vector<double>> column;
    for (const double one : y) column.push_back({one});
    all.insert(all.end(), {{"N", static_cast<long>(x.size())},
                           {"X", matrix({x})},
                           {"y", matrix(column)},
                           {"eta", number(eta)}});
    return all;
  }
};

Outcome outcome(const std::string& id, const Drawn& drawn, const std::string& verdict,
                const std::string& relation, const Json& lhs, const Json& rhs, long precision,
                const Json& tolerance = {}) {
  Json json = test::certificate(id, known_claims().at(id).statement, verdict, test::inputs(drawn), relation,
                                lhs, rhs, precision);
  if (!tolerance.is_null()) json["tolerance"] = tolerance;
  return check_text(test::hashed(json));
}

const Setting two_samples{
    {.v = 1.5, .W = 0.5, .U = -0.75, .sigma = 0.75, .T = 1, .sigma_v = 1, .sigma_u = 1.25},
    {1, 0.5},
    {2, -1},
    0.5};

TEST(Training, LinearisedStep) {
  const std::string id = "training.linearised.as-stated";
  const std::array<double, 3> g = two_samples.loss_gradient();
  const Neuron after = two_samples.f.moved(two_samples.eta, g);
  for (std::size_t i : {0U, 1U}) {
    const double x = two_samples.x[i], y = two_samples.y[i];
    const double stepped = after.f(x) - y,
                 linear = two_samples.f.f(x) - y - two_samples.eta * dot(two_samples.f.gradient(x), g);
    ASSERT_GT(std::abs(stepped - linear), 1e-3);
    Drawn drawn = two_samples.drawn();
    drawn.emplace_back("sample", static_cast<long>(i) + 1);
    const auto checked = [&](double l, double r, const char* verdict = "refuted") {
      return outcome(id, drawn, verdict, "=", around(l, 1e-10), around(r, 1e-10), 64, "0x1p-40");
    };
    const Outcome good = checked(stepped, linear);
    EXPECT_EQ(good.answer, Answer::confirmed) << good.message;
    EXPECT_EQ(checked(stepped + 1e-9, linear).answer, Answer::not_confirmed);
    EXPECT_EQ(checked(stepped, linear - 1e-9).answer, Answer::not_confirmed);
    EXPECT_EQ(checked(stepped, stepped, "holds").answer, Answer::not_confirmed);
    // The other sample's sides are not these.
    drawn.back().second = 2 - static_cast<long>(i);
    EXPECT_EQ(checked(stepped, linear).answer, Answer::not_confirmed);
    drawn.back().second = 3;
    EXPECT_EQ(checked(stepped, linear).answer, Answer::not_confirmed);
  }
}

TEST(Training, StepsThatAreTooLarge) {
  Setting s = two_samples;
  s.eta = 1;  // ||X||^2 = 5/4
  Drawn drawn = s.drawn();
  drawn.emplace_back("sample", 1);
  const Outcome unmet = outcome("training.linearised.as-stated", drawn, "refuted", "=", around(1, 1e-10),
                                around(2, 1e-10), 64, "0x1p-40");
  EXPECT_EQ(unmet.answer, Answer::not_confirmed);
  EXPECT_NE(unmet.message.find("the hypothesis"), std::string::npos) << unmet.message;
}

/// max_i |R_i(alpha)| in closed form.
double gap(const Setting& s, double alpha) {
  const std::array<double, 3> g = s.loss_gradient();
  const Neuron at = s.f.moved(alpha * s.eta, g), after = s.f.moved(s.eta, g);
  double top = 0;
  for (const double x : s.x)
    top = std::max(top, std::abs(-s.eta * dot(at.gradient(x), g) - (after.f(x) - s.f.f(x))));
  return top;
}

TEST(Training, NoPointForBothSamples) {
  const std::string id = "training.mean-value.as-stated";
  Setting s = two_samples;
  s.y = {8, -8};
  // The least of a continuous function: a grid, and another around its best point.
  double best = gap(s, 0), where = 0;
  for (const double step : {1e-3, 1e-6}) {
    const double from = where;
    for (int k = -1000; k <= 1000; ++k) {
      const double alpha = from + k * step;
      if (alpha < 0 || alpha > 1 || !(gap(s, alpha) < best)) continue;
      best = gap(s, alpha);
      where = alpha;
    }
  }
  ASSERT_GT(best, 1e-3);
  const Json zero{{"lower", "0x0p+0"}, {"upper", "0x0p+0"}};
  const auto checked = [&](double lhs) {
    return outcome(id, s.drawn(), "refuted", "<=", around(lhs, lhs / 64), zero, 64);
  };
  const Outcome good = checked(best);
  EXPECT_EQ(good.answer, Answer::confirmed) << good.message;
  EXPECT_EQ(checked(best * 1.2).answer, Answer::not_confirmed);
  EXPECT_EQ(checked(best / 1.2).answer, Answer::not_confirmed);
  // One sample twice: the mean value theorem.
  s.x = {1, 1};
  s.y = {2, 2};
  s.eta = 0.25;
  EXPECT_NE(checked(best).answer, Answer::confirmed);
}

TEST(Training, RateOfOneNeuron) {
  const std::string id = "training.induction.rate.as-stated";
  const Neuron& f = two_samples.f;
  const double x = 0.5, eta = 0.75;
  const std::array<double, 3> g = f.gradient(x);
  Drawn drawn = f.drawn();
  drawn.insert(drawn.end(), {{"x", number(x)}, {"eta", number(eta)}});
  const double lhs = 1 - eta * g[0] * g[0] / 8, rhs = 1 - eta * dot(g, g) / 8;
  const auto checked = [&](double l, double r) {
    return outcome(id, drawn, "refuted", "<=", around(l, 1e-11), around(r, 1e-11), 64);
  };
  const Outcome good = checked(lhs, rhs);
  EXPECT_EQ(good.answer, Answer::confirmed) << good.message;
  EXPECT_EQ(checked(lhs + 1e-10, rhs).answer, Answer::not_confirmed);
  EXPECT_EQ(checked(lhs, rhs - 1e-10).answer, Answer::not_confirmed);
}

// W = ((0, 1), (0, 0)), c = sigma/sqrt 2: h_2 stays, h_1 = h_1(0) + c t tanh h_2, lambda_1 stays, and
// lambda_2(t) = lambda_2(T) + c (T - t) phi'(h_2) lambda_1. Sees the roots of n and d, and which way W lies.
TEST(Training, RateOfTwoNeurons) {
  const double sigma = 1.5, T = 0.5, sigma_v = 1.25, sigma_u = 0.75, eta = 0.5, v1 = 2, v2 = -1, U11 = 0.5,
               U12 = 1, U21 = -1, U22 = 0.25, x1 = 1, x2 = -0.5;
  const double c = sigma / std::sqrt(2.0), s_v = sigma_v / std::sqrt(2.0), s_u = sigma_u / std::sqrt(2.0);
  const auto slope = [](double h) { return 1 / std::pow(std::cosh(h), 2); };
  const double a = s_u * (U11 * x1 + U12 * x2), h2 = s_u * (U21 * x1 + U22 * x2);
  const auto h1 = [&](double t) { return a + c * t * std::tanh(h2); };
  const double lambda1 = s_v * v1 * slope(h1(T));
  const auto lambda2 = [&](double t) { return slope(h2) * (s_v * v2 + c * (T - t) * lambda1); };
  const auto integral = [T](const auto& of) {
    constexpr int cells = 200;
    double sum = 0;
    for (int k = 0; k <= cells; ++k)
      sum += (k == 0 || k == cells ? 1 : k % 2 == 1 ? 4 : 2) * of(T * k / cells);
    return sum * T / (3 * cells);
  };
  const double W11 = c * integral([&](double t) { return lambda1 * std::tanh(h1(t)); }),
               W12 = c * T * lambda1 * std::tanh(h2),
               W21 = c * integral([&](double t) { return lambda2(t) * std::tanh(h1(t)); }),
               W22 = c * std::tanh(h2) * integral(lambda2);
  const double of_v = s_v * s_v * (std::pow(std::tanh(h1(T)), 2) + std::pow(std::tanh(h2), 2));
  const double of_W = W11 * W11 + W12 * W12 + W21 * W21 + W22 * W22;
  const double of_U = s_u * s_u * (x1 * x1 + x2 * x2) * (lambda1 * lambda1 + lambda2(0) * lambda2(0));
  const Drawn drawn{{"phi", "tanh"},
                    {"n", 2},
                    {"d", 2},
                    {"W", matrix({{0, 1}, {0, 0}})},
                    {"U", matrix({{U11, U12}, {U21, U22}})},
                    {"v", matrix({{v1}, {v2}})},
                    {"sigma", number(sigma)},
                    {"T", number(T)},
                    {"sigma_v", number(sigma_v)},
                    {"sigma_u", number(sigma_u)},
                    {"x", matrix({{x1}, {x2}})},
                    {"eta", number(eta)}};
  const double lhs = 1 - eta / 8 * of_v, rhs = 1 - eta / 8 * (of_v + of_W + of_U);
  const Outcome good = outcome("training.induction.rate.as-stated", drawn, "refuted",
                               "<=", around(lhs, 1e-11), around(rhs, 1e-11), 64);
  EXPECT_EQ(good.answer, Answer::confirmed) << good.message;
}

/// tanh, n = d = 2, every parameter free: W, U, v, row by row. By the classical method of Runge and Kutta,
/// and gradients by differences of it: nothing here knows an adjoint or a tangent.
using Ten = std::array<double, 10>;
double two_neurons(const Ten& p, const std::array<double, 2>& x) {
  const double c = 1 / std::sqrt(2.0);  // sigma_w = sigma_v = sigma_u = 1, T = 1/2
  std::array<double, 2> h{c * (p[4] * x[0] + p[5] * x[1]), c * (p[6] * x[0] + p[7] * x[1])};
  const auto field = [&](const std::array<double, 2>& at) {
    const double a = std::tanh(at[0]), b = std::tanh(at[1]);
    return std::array<double, 2>{c * (p[0] * a + p[1] * b), c * (p[2] * a + p[3] * b)};
  };
  constexpr int steps = 200;
  constexpr double step = 0.5 / steps;
  const auto plus = [&h](double by, const std::array<double, 2>& k) {
    return std::array<double, 2>{h[0] + by * k[0], h[1] + by * k[1]};
  };
  for (int s = 0; s < steps; ++s) {
    const auto k1 = field(h), k2 = field(plus(step / 2, k1)), k3 = field(plus(step / 2, k2)),
               k4 = field(plus(step, k3));
    for (std::size_t i : {0U, 1U}) h[i] += step / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
  }
  return c * (p[8] * std::tanh(h[0]) + p[9] * std::tanh(h[1]));
}

// Sees which entry of W, U and v each part of the gradient belongs to.
TEST(Training, LinearisedStepOfTwoNeurons) {
  const Ten start{1, -0.5, 2, 0.25, 1.5, 0.5, -1, 0.75, 2, -1};
  const std::array<double, 2> x{1, 0.5};
  const double y = 4, eta = 0.5, residual = two_neurons(start, x) - y;
  Ten end = start;
  double square = 0;
  for (std::size_t i = 0; i < 10; ++i) {
    Ten up = start, down = start;
    up[i] += 1e-4;
    down[i] -= 1e-4;
    const double slope = (two_neurons(up, x) - two_neurons(down, x)) / 2e-4;
    end[i] -= eta * residual * slope;
    square += slope * slope;
  }
  const double stepped = two_neurons(end, x) - y, linear = residual * (1 - eta * square);
  ASSERT_GT(std::abs(stepped - linear), 0.1);
  const Drawn drawn{{"phi", "tanh"},
                    {"n", 2},
                    {"d", 2},
                    {"W", matrix({{start[0], start[1]}, {start[2], start[3]}})},
                    {"U", matrix({{start[4], start[5]}, {start[6], start[7]}})},
                    {"v", matrix({{start[8]}, {start[9]}})},
                    {"sigma", number(1)},
                    {"T", number(0.5)},
                    {"sigma_v", number(1)},
                    {"sigma_u", number(1)},
                    {"N", 1},
                    {"X", matrix({{x[0]}, {x[1]}})},
                    {"y", number(y)},
                    {"eta", number(eta)},
                    {"sample", 1}};
  const Outcome good = outcome("training.linearised.as-stated", drawn, "refuted", "=", around(stepped, 1e-6),
                               around(linear, 1e-6), 64, "0x1p-40");
  EXPECT_EQ(good.answer, Answer::confirmed) << good.message;
}

/// The exact claims: id, inputs that break it, both sides; and inputs that do not, with theirs.
struct ExactCase {
  std::string id;
  Drawn broken;
  std::string lhs, rhs;
  Drawn kept;
  std::string kept_lhs, kept_rhs;
};

TEST(Training, Arithmetic) {
  const auto n = [](double x) { return number(x); };
  const std::vector<ExactCase> cases{{"training.jacobian-from-start.decay.as-stated",
                                      {{"q", n(0.5)}, {"k", 3}},
                                      "7/4",
                                      "3/2",
                                      {{"q", n(0.5)}, {"k", 4}},
                                      "15/8",
                                      "2"},
                                     {"training.jacobian-from-start.geometric.as-stated",
                                      {{"eta", n(0.5)}, {"alpha_0", n(1)}, {"k", 2}},
                                      "3/4",
                                      "1/2",
                                      {{"eta", n(0.5)}, {"alpha_0", n(0.5)}, {"k", 2}},
                                      "15/16",
                                      "2"},
                                     {"training.jacobian-from-start.half.as-stated",
                                      {{"eta", n(1)}, {"alpha_0", n(2)}, {"A", n(3)}, {"s", n(1.5)}},
                                      "4/3",
                                      "1",
                                      {{"eta", n(0.5)}, {"alpha_0", n(2)}, {"A", n(3)}, {"s", n(1)}},
                                      "1",
                                      "1"},
                                     {"training.induction.hypothesis.as-stated",
                                      {{"q", n(0.5)}, {"k", 2}},
                                      "15/64",
                                      "1/8",
                                      {{"q", n(1)}, {"k", 1}},
                                      "0",
                                      "0"},
                                     {"training.induction.index.as-stated",
                                      {{"p", n(0.5)}, {"k", 2}},
                                      "1/4",
                                      "1/8",
                                      {{"p", n(1)}, {"k", 1}},
                                      "0",
                                      "0"},
                                     {"training.induction.norms.as-stated",
                                      {{"C", n(0.5)}, {"s", n(0.5)}, {"m", 2}},
                                      "3/2",
                                      "1",
                                      {{"C", n(0.5)}, {"s", n(-0.5)}, {"m", 2}},
                                      "1/2",
                                      "1"}};
  const auto exact = [](const std::string& text) { return Json{{"exact", text}}; };
  for (const ExactCase& one : cases) {
    SCOPED_TRACE(one.id);
    const auto checked = [&](const Drawn& drawn, const char* verdict, const std::string& lhs,
                             const std::string& rhs) {
      return outcome(one.id, drawn, verdict, "<=", exact(lhs), exact(rhs), 0);
    };
    const Outcome good = checked(one.broken, "refuted", one.lhs, one.rhs),
                  kept = checked(one.kept, "holds", one.kept_lhs, one.kept_rhs);
    EXPECT_EQ(good.answer, Answer::confirmed) << good.message;
    EXPECT_EQ(kept.answer, Answer::confirmed) << kept.message;
    // Other sides that show the same verdict; the sides of one case with the inputs of the other.
    EXPECT_EQ(checked(one.broken, "refuted", "1000", one.rhs).answer, Answer::not_confirmed);
    EXPECT_EQ(checked(one.broken, "refuted", one.lhs, "-1000").answer, Answer::not_confirmed);
    EXPECT_EQ(checked(one.kept, "refuted", one.lhs, one.rhs).answer, Answer::not_confirmed);
    // Out of the domain: every number and integer.
    for (std::size_t i = 0; i < one.broken.size(); ++i) {
      Drawn out = one.broken;
      if (out[i].second.is_number())
        out[i].second = 1000;
      else
        out[i].second = n(1000);
      const Outcome beyond = checked(out, "refuted", one.lhs, one.rhs);
      EXPECT_EQ(beyond.answer, Answer::not_confirmed);
      EXPECT_NE(beyond.message.find("out of the domain"), std::string::npos) << beyond.message;
    }
  }
  // Sides that no interval of 128 bits tells from the true ones.
  const std::string zeros(60, '0');
  const Drawn& drawn = cases[0].broken;
  EXPECT_EQ(
      outcome(cases[0].id, drawn, "refuted", "<=", exact("7" + zeros + "/4" + zeros), exact("3/2"), 0).answer,
      Answer::confirmed);
  EXPECT_EQ(outcome(cases[0].id, drawn, "refuted", "<=", exact("7" + zeros.substr(1) + "1/4" + zeros),
                    exact("3/2"), 0)
                .answer,
            Answer::not_confirmed);
  EXPECT_EQ(outcome(cases[0].id, drawn, "refuted", "<=", exact("7/4"),
                    exact("3" + zeros.substr(1) + "1/2" + zeros), 0)
                .answer,
            Answer::not_confirmed);
  // eta alpha_0^2 = 2.
  const Outcome unmet =
      outcome("training.jacobian-from-start.geometric.as-stated",
              {{"eta", n(0.5)}, {"alpha_0", n(2)}, {"k", 1}}, "refuted", "<=", exact("1/2"), exact("1/8"), 0);
  EXPECT_NE(unmet.message.find("the hypothesis"), std::string::npos) << unmet.message;
}

}  // namespace
}  // namespace gronwall::checker
