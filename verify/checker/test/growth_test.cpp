#include <cmath>

#include <gtest/gtest.h>

#include "verify/checker/check.hpp"
#include "verify/checker/claims.hpp"
#include "verify/checker/network.hpp"
#include "verify/checker/test/support.hpp"

/// What the checker knows of gradients, against closed forms and differences of f.
namespace gronwall::checker {
namespace {

using test::around;
using test::Json;
using test::number;
using Drawn = std::vector<std::pair<std::string, Json>>;

double sech_squared(double x) { return 1 / (std::cosh(x) * std::cosh(x)); }

/// One neuron with W = 0: nothing moves, h = U x and lambda = v phi'(h), phi = tanh.
struct Still {
  double U = 1, v = 1, sigma = 1, T = 1, x = 1;
  double h() const { return U * x; }
  double of_v() const { return std::tanh(h()); }
  double of_W() const { return sigma * T * v * sech_squared(h()) * std::tanh(h()); }
  double of_U() const { return v * sech_squared(h()) * x; }
  Drawn drawn() const {
    return {{"phi", "tanh"},          {"n", 1},         {"d", 1},
            {"W", number(0)},         {"U", number(U)}, {"v", number(v)},
            {"sigma", number(sigma)}, {"T", number(T)}};
  }
};

Drawn operator+(Drawn a, const Drawn& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Outcome outcome(const std::string& id, const Drawn& drawn, const std::string& verdict, double lhs, double rhs,
                double margin, double tolerance = -1) {
  Json json = test::certificate(id, known_claims().at(id).statement, verdict, test::inputs(drawn),
                                tolerance < 0 ? "<=" : "=", around(lhs, margin), around(rhs, margin), 64);
  if (tolerance >= 0) {
    char text[64];
    std::snprintf(text, sizeof text, "%a", tolerance);
    json["tolerance"] = text;
  }
  return check_text(test::hashed(json));
}

/// The certificate is confirmed; the opposite verdict, and either side moved away, are not.
void is_checked(const std::string& id, const Drawn& drawn, double lhs, double rhs, double tolerance = -1) {
  SCOPED_TRACE(id);
  const double margin = 1e-10 * std::max(1.0, std::max(lhs, rhs));
  const bool broken = tolerance < 0 ? lhs > rhs : std::abs(lhs - rhs) > tolerance;
  ASSERT_GT(std::abs(lhs - rhs), 4 * margin) << "a case that decides nothing";
  const std::string verdict = broken ? "refuted" : "holds", other = broken ? "holds" : "refuted";
  const Outcome good = outcome(id, drawn, verdict, lhs, rhs, margin, tolerance);
  EXPECT_EQ(good.answer, Answer::confirmed) << good.message;
  EXPECT_NE(outcome(id, drawn, other, lhs, rhs, margin, tolerance).answer, Answer::confirmed);
  const double away = (lhs > rhs ? 4 : -4) * margin;
  EXPECT_EQ(outcome(id, drawn, verdict, lhs + away, rhs, margin, tolerance).answer, Answer::not_confirmed);
  EXPECT_EQ(outcome(id, drawn, verdict, lhs, rhs - away, margin, tolerance).answer, Answer::not_confirmed);
}

TEST(GradientSizes, OfAStillNeuron) {
  const Still f{.U = 2, .v = 3, .sigma = 0.5, .T = 0.25, .x = 0.125};
  const Drawn drawn = f.drawn() + Drawn{{"x", number(f.x)}};
  const double C = 3, grown = std::exp(C * 0.125);
  is_checked("growth.gradient-v.norms.as-stated", drawn, f.of_v(), 0.25);
  is_checked("growth.gradient-v.closed.as-stated", drawn, f.of_v(), C * grown * 0.125);
  is_checked("growth.gradient-W.norms.as-stated", drawn, f.of_W(), 0.125 * 6 * 0.125);
  is_checked("growth.gradient-W.closed.as-stated", drawn, f.of_W(), 0.125 * C * grown * 0.125);
  is_checked("growth.gradient-W.closed.one-constant.as-stated", drawn, f.of_W(), 0.125 * C * grown * 0.125);
}

TEST(GradientDifferences, OfAStillNeuron) {
  const Still f{.U = 0.5, .v = 1, .sigma = 0.5, .T = 0.25, .x = 2},
      bar{.U = 0, .v = 1, .sigma = 0.5, .T = 0.25, .x = 2};
  const Drawn drawn = f.drawn() + Drawn{{"differs", "U"}, {"Ubar", number(0)}, {"x", number(2)}};
  const double closed = 0.5 * std::exp(0.125) * 2;
  const double v = std::abs(f.of_v() - bar.of_v()), W = std::abs(f.of_W() - bar.of_W()),
               U = std::abs(f.of_U() - bar.of_U());
  is_checked("growth.gradient-difference-v.closed.as-stated", drawn, v, closed);
  is_checked("growth.gradient-difference-W.closed.as-stated", drawn, W, 0.125 * closed);
  is_checked("growth.gradient-difference-W.step.as-stated", drawn, W, 0.125 * (1 * f.of_U() / 2));
  is_checked("growth.gradient-difference-all.closed.as-stated", drawn, std::sqrt(v * v + W * W + U * U),
             0.125 * closed);
  is_checked("growth.gradient-difference-all.sum.as-stated", drawn, std::sqrt(v * v + W * W + U * U),
             v + W + U, 1e-9);
  is_checked("growth.gradient-difference-all.sum.as-stated", drawn, std::sqrt(v * v + W * W + U * U),
             v + W + U, 10);
  is_checked("growth.gradient-difference-U.closed.as-stated",
             {{"phi", "tanh"},
              {"n", 1},
              {"v", number(1)},
              {"W", number(0)},
              {"U", number(0.5)},
              {"sigma", number(0.5)},
              {"T", number(0.25)},
              {"Ubar", number(0)},
              {"x", number(2)}},
             U, closed);
}

// C is that of both tuples: here Ubar = 3 asks for it.
TEST(GradientDifferences, TheConstantServesBothTuples) {
  const Still f{.U = 0.5, .sigma = 0.5, .T = 0.25}, bar{.U = 3, .sigma = 0.5, .T = 0.25};
  is_checked("growth.gradient-difference-v.closed.as-stated",
             f.drawn() + Drawn{{"differs", "U"}, {"Ubar", number(3)}, {"x", number(1)}},
             std::abs(f.of_v() - bar.of_v()), 3 * 2.5 * std::exp(3 * 0.125));
}

TEST(Normalisation, OfAStillNeuron) {
  const Still f{.U = 0.5, .v = 3, .sigma = 0.5, .T = 0.25, .x = 2};
  const Drawn rest = Drawn{{"n", 1},           {"d", 1},         {"W", number(0)},
                           {"U", number(0.5)}, {"v", number(3)}, {"sigma", number(0.5)},
                           {"T", number(0.25)}};
  const double v = f.of_v() * f.of_v(), W = f.of_W() * f.of_W(), U = f.of_U() * f.of_U();
  const Drawn phi{{"phi", "tanh"}}, shifted{{"phi", "tanh"}, {"k", 2}},
      at{{"x", number(2)}, {"xbar", number(2)}};
  const auto scales = [](double sigma_v, double sigma_u) {
    return Drawn{{"sigma_v", number(sigma_v)}, {"sigma_u", number(sigma_u)}};
  };
  const double fine = 1e-9;
  is_checked("growth.normalisation.sigma-v.kernel.as-stated", phi + rest + scales(0.5, 1) + at,
             (v + W + U) / 4, v + (W + U) / 4, fine);
  // Twice sigma_u and half of U are the same states.
  is_checked("growth.normalisation.sigma-u.kernel.as-stated",
             Drawn{{"phi", "tanh"},
                   {"n", 1},
                   {"d", 1},
                   {"W", number(0)},
                   {"U", number(0.25)},
                   {"v", number(3)},
                   {"sigma", number(0.5)},
                   {"T", number(0.25)}} +
                 scales(1, 2) + at,
             v + W + 4 * U, v + W + U, fine);
  is_checked("growth.normalisation.L1.kernel.as-stated", shifted + rest + scales(1, 1) + at, v + W + U,
             v / 16 + W + U, fine);
  is_checked("growth.normalisation.L2.kernel.as-stated", shifted + rest + scales(1, 1) + at, v + W + U,
             16 * v + W + U / 16, fine);
  // phi'(sqrt 2) = Phi(sqrt 2) + sqrt 2 p(sqrt 2).
  is_checked("growth.normalisation.named.as-stated", {{"phi", "gelu"}}, 1.12890414518515478, 1);
}

/// [1, 2] I + [-1, 0] (the other diagonal): norms from 1 on (the identity) to 3.
TEST(CheckerSpectralNorm, OfWideMatricesContainsTheirCorners) {
  const Interval diagonal = hull(1, 2), other = hull(-1, 0);
  const Interval norm = spectral_norm(Vector{diagonal, other, other, diagonal}, 2);
  EXPECT_FALSE(surely_less(Interval(1), norm)) << norm.text();
  EXPECT_FALSE(surely_less(norm, Interval(3))) << norm.text();
  EXPECT_TRUE(surely_less(norm, Interval(4))) << norm.text();
}

/// f = (sigma_v/sqrt n) v^T phi(h_T).
Interval output(const Network& f, const Matrix& x) {
  Interval sum;
  const Vector h = hidden(f, x, f.horizon);
  for (long i = 0; i < f.n; ++i) sum += Interval(f.v(i, 0)) * value(f.phi, h[static_cast<std::size_t>(i)]);
  return Interval(f.sigma_v) / f.root_n() * sum;
}

/// Each entry of the gradient against a central difference, whose error is a multiple of step^2.
TEST(CheckerGradient, IsThatOfDifferences) {
  const Precision guard(128);
  test::Random random(61);
  const mpq_class step(1, 1 << 20);
  for (const char* name : {"tanh", "softplus", "gelu"}) {
    Network f;
    f.phi = *activation(name);
    f.n = 2, f.d = 2;
    for (Matrix* m : {&f.v, &f.W, &f.U}) {
      *m = Matrix(2, m == &f.v ? 1 : 2);
      for (long i = 0; i < 2; ++i)
        for (long j = 0; j < m->cols(); ++j) (*m)(i, j) = random.dyadic(1);
    }
    f.sigma_v = mpq_class(3, 2), f.sigma_w = mpq_class(1, 4), f.sigma_u = mpq_class(5, 4),
    f.horizon = mpq_class(1, 2);
    Matrix x(2, 1);
    x(0, 0) = random.dyadic(1), x(1, 0) = random.dyadic(1);
    const Gradient g = gradient(f, x);
    struct Part {
      Matrix* theta;
      const Vector* gradient;
    };
    Interval squares;
    for (const auto& [theta, entries] : {Part{&f.v, &g.v}, Part{&f.W, &g.W}, Part{&f.U, &g.U}})
      for (long i = 0; i < 2; ++i)
        for (long j = 0; j < theta->cols(); ++j) {
          mpq_class& entry = (*theta)(i, j);
          entry += step;
          const Interval above = output(f, x);
          entry -= 2 * step;
          const Interval below = output(f, x);
          entry += step;
          const Interval slope = (above - below) / Interval(mpq_class(2 * step));
          const Interval& known = (*entries)[static_cast<std::size_t>(i * theta->cols() + j)];
          EXPECT_TRUE(meet(known, slope + ball(-36)))
              << name << ": " << known.text() << ", not " << slope.text();
          EXPECT_TRUE(test::tight(known, 60)) << name << ": " << known.text();
          if (theta == &f.W) squares += sqr(slope);
        }
    // One eigenvalue of A^T A is at least half of the trace.
    EXPECT_TRUE(surely_less(g.spectral_W, sqrt(squares) + Interval(1)));
    EXPECT_FALSE(surely_less(g.spectral_W, sqrt(squares / Interval(2))));
  }
}

}  // namespace
}  // namespace gronwall::checker
