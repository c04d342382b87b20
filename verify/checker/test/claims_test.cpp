#include "verify/checker/claims.hpp"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "verify/checker/check.hpp"
#include "verify/checker/test/support.hpp"

namespace gronwall::checker {
namespace {

using test::around;
using test::Json;
using test::number;
using Drawn = std::vector<std::pair<std::string, Json>>;

/// h' = sigma W tanh(h) in one dimension, in closed form: sinh h_t = e^{sigma W t} sinh h_0.
struct Scalar {
  double W = 1, U = 1, v = 1, sigma = 1, T = 1, x = 1, sigma_v = 1, sigma_u = 1;

  double start() const { return sigma_u * U * x; }
  double h(double t) const { return std::asinh(std::exp(sigma * W * t) * std::sinh(start())); }
  /// lambda_t = sigma_v v phi'(h_T) d h_T/d h_t with d h_T/d h_t = e^{sigma W (T - t)} cosh h_t/cosh h_T.
  double lambda(double t) const {
    return sigma_v * v * std::exp(sigma * W * (T - t)) * std::cosh(h(t)) / std::pow(std::cosh(h(T)), 3);
  }
  double growth() const { return sigma * std::abs(W); }

  Drawn drawn() const {
    return {{"phi", "tanh"},          {"n", 1},         {"d", 1},
            {"W", number(W)},         {"U", number(U)}, {"v", number(v)},
            {"sigma", number(sigma)}, {"T", number(T)}};
  }
  Drawn drawn_with_scales() const {
    Drawn all = drawn();
    all.emplace_back("sigma_v", number(sigma_v));
    all.emplace_back("sigma_u", number(sigma_u));
    return all;
  }
};

Drawn operator+(Drawn a, const Drawn& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// The certificate of lhs <= rhs (or of lhs > rhs) is confirmed; with either side moved away it is not.
void bound_is_checked(const std::string& id, const Drawn& drawn, double lhs, double rhs) {
  SCOPED_TRACE(id);
  const double margin = 1e-10 * std::max(1.0, std::max(lhs, rhs));
  const std::string verdict = lhs > rhs ? "refuted" : "holds", statement = known_claims().at(id).statement;
  ASSERT_GT(std::abs(lhs - rhs), 4 * margin) << "a case that decides nothing";
  const auto outcome = [&](double l, double r) {
    return check_text(test::hashed(test::certificate(id, statement, verdict, test::inputs(drawn),
                                                     "<=", around(l, margin), around(r, margin), 64)));
  };
  const Outcome good = outcome(lhs, rhs);
  EXPECT_EQ(good.answer, Answer::confirmed) << good.message;
  const double away = lhs > rhs ? 4 * margin : -4 * margin;
  EXPECT_EQ(outcome(lhs + away, rhs).answer, Answer::not_confirmed);
  EXPECT_EQ(outcome(lhs, rhs - away).answer, Answer::not_confirmed);
}

Outcome exactly_checked(const std::string& id, const Drawn& drawn, const std::string& verdict,
                        const std::string& relation, const Json& lhs, const Json& rhs) {
  return check_text(test::hashed(test::certificate(id, known_claims().at(id).statement, verdict,
                                                   test::inputs(drawn), relation, lhs, rhs, 0)));
}

TEST(Growth, StateOfOneNeuron) {
  Scalar f{.W = 1.5, .U = 2, .sigma = 0.5, .T = 2, .x = 0.25};
  bound_is_checked("growth.lemma-17.state.as-stated",
                   f.drawn() + Drawn{{"x", number(f.x)}, {"t/T", number(0.5)}}, f.h(1), 0.5 * std::exp(0.75));
  f.sigma_u = 1.25;
  f.sigma_v = 2;
  bound_is_checked("growth.lemma-17.state.repaired",
                   f.drawn_with_scales() + Drawn{{"x", number(f.x)}, {"t/T", number(0.5)}}, f.h(1),
                   std::exp(0.75) * 1.25 * 0.5);
}

// The published value of the counterexample: h' = log(1 + e^h), h_0 = 0, at t = 1.
TEST(Growth, SoftplusLeavesZero) {
  Scalar f{.U = 0, .v = 0, .x = 0};
  Drawn drawn = f.drawn() + Drawn{{"x", number(0)}, {"t/T", number(1)}};
  drawn[0].second = "softplus";
  bound_is_checked("growth.lemma-17.state.as-stated", drawn, 0.9335518369832384, 0);
}

TEST(Growth, AdjointOfOneNeuron) {
  Scalar f{.W = -1, .U = 1, .v = 3, .sigma = 1, .T = 1, .x = 0.5};
  const Drawn at_half{{"x", number(f.x)}, {"t/T", number(0.5)}};
  bound_is_checked("growth.lemma-17.adjoint.as-stated", f.drawn() + at_half, std::abs(f.lambda(0.5)),
                   3 * std::exp(0.5));
  bound_is_checked("growth.lemma-17.intuition.as-stated", f.drawn() + Drawn{{"x", number(f.x)}},
                   std::abs(f.lambda(0)), std::abs(f.lambda(1)));
  f.W = 1;
  bound_is_checked("growth.lemma-17.intuition.as-stated", f.drawn() + Drawn{{"x", number(f.x)}}, f.lambda(0),
                   f.lambda(1));
  f.sigma_v = 0.5;
  f.sigma_u = 2;
  bound_is_checked("growth.lemma-17.adjoint.repaired", f.drawn_with_scales() + at_half, f.lambda(0.5),
                   0.5 * 3 * std::exp(0.5));
}

// W = ((0, 1), (0, 0)) and c = sigma/sqrt 2: h_2 stays, h_1 = h_1(0) + c t tanh h_2, lambda_1 stays, and
// lambda_2(t) = lambda_2(T) + c (T - t) phi'(h_2) lambda_1. Sees the root of n and which side W stands on.
TEST(Growth, TwoNeurons) {
  const double c = 1.5 / std::sqrt(2.0), T = 1, t = 0.25, h1 = 0.5, h2 = -1;
  const auto slope = [](double h) { return 1 / std::pow(std::cosh(h), 2); };
  const double end = h1 + c * T * std::tanh(h2), lambda1 = slope(end) * 2 / std::sqrt(2.0);
  const double lambda2 = slope(h2) * 3 / std::sqrt(2.0) + c * (T - t) * slope(h2) * lambda1;
  const Drawn drawn{{"phi", "tanh"},
                    {"n", 2},
                    {"d", 1},
                    {"W", test::matrix({{0, 1}, {0, 0}})},
                    {"U", test::matrix({{0.5}, {-1}})},
                    {"v", test::matrix({{2}, {3}})},
                    {"sigma", number(1.5)},
                    {"T", number(T)},
                    {"x", number(1)},
                    {"t/T", number(t)}};
  bound_is_checked("growth.lemma-17.adjoint.as-stated", drawn, std::hypot(lambda1, lambda2),
                   std::sqrt(13.0 / 2) * std::exp(c * (T - t)));
  bound_is_checked("growth.lemma-17.state.as-stated", drawn, std::hypot(h1 + c * t * std::tanh(h2), h2),
                   std::sqrt(1.25) * std::exp(c * t));
}

TEST(Growth, DifferenceOfTwoStates) {
  const Scalar f{.W = 0.125, .U = 1, .v = 1, .sigma = 2, .T = 1, .x = 1};
  Scalar bar = f;
  bar.W = 1;
  const Drawn other{{"differs", "W"}, {"Wbar", number(1)}, {"x", number(1)}, {"t/T", number(1)}};
  const double apart = std::abs(f.h(1) - bar.h(1));
  bound_is_checked("growth.lemma-18.state.as-stated", f.drawn() + other, apart,
                   0.875 * 0.125 * std::exp(2.25));
  bound_is_checked("growth.lemma-18.state.repaired", f.drawn() + other, apart, 2 * 0.875 * std::exp(2.0));
  bound_is_checked("growth.lemma-18.state.repaired-general", f.drawn_with_scales() + other, apart,
                   std::exp(2.0) * 2 * 0.875);
  // The counterexample at T = 0: one projection away from 0.
  const Scalar still{.W = 0, .U = 0, .v = 0, .sigma = 0, .T = 0, .x = 1};
  bound_is_checked(
      "growth.lemma-18.state.as-stated",
      still.drawn() + Drawn{{"differs", "U"}, {"Ubar", number(1)}, {"x", number(1)}, {"t/T", number(0)}}, 1,
      0);
}

TEST(Growth, DifferenceOfTwoAdjoints) {
  const Scalar f{.W = 0.5, .U = 1, .v = 2, .sigma = 1, .T = 1, .x = 1};
  Scalar bar{.W = 1, .U = -1, .v = -1, .sigma = 1, .T = 1, .x = 1};
  const Drawn other{{"differs", "U, W and v"}, {"Ubar", number(-1)}, {"Wbar", number(1)},
                    {"vbar", number(-1)},      {"x", number(1)},     {"t/T", number(0.5)}};
  const double apart = std::abs(f.lambda(0.5) - bar.lambda(0.5));
  bound_is_checked("growth.lemma-18.adjoint.as-stated", f.drawn() + other, apart,
                   std::sqrt(4 + 0.25 + 9) * 2 * 0.5 * std::exp(0.5 * 1.5));
  const double L2 = 4 / (3 * std::sqrt(3.0)), states = std::exp(1.0) * (2 + 0.5 * 1), curved = L2 * states;
  const double drive = 0.5 * 2 * (0.5 + curved * 0.5);
  bound_is_checked("growth.lemma-18.adjoint.repaired-general", f.drawn_with_scales() + other, apart,
                   std::exp(0.5) * (3 + curved * 2 + drive));
  // For lambda > 0 falling in t: W lambda_0 < 2 = max |v|, so B = 2.
  ASSERT_LT(f.lambda(0), 2 / 0.5);
  bound_is_checked("growth.lemma-18.adjoint.repaired", f.drawn() + other, apart,
                   std::exp(0.5) * (3 + L2 * 2 * states + 0.5 * (0.5 * 2 + L2 * 2 * states)));
  // The counterexample at T = 0.
  const Scalar still{.W = 0, .U = 0, .v = 0, .sigma = 0, .T = 0, .x = 0};
  bound_is_checked(
      "growth.lemma-18.adjoint.as-stated",
      still.drawn() + Drawn{{"differs", "v"}, {"vbar", number(1)}, {"x", number(0)}, {"t/T", number(0)}}, 1,
      0);
}

// A bound that is attained is not decided, and not confirmed either way.
TEST(Growth, EqualSidesAreNotDecided) {
  const Scalar f{.U = 0, .x = 0};
  const std::string id = "growth.lemma-17.adjoint.as-stated";
  const Drawn drawn = f.drawn() + Drawn{{"x", number(0)}, {"t/T", number(0)}};
  const Outcome outcome = check_text(test::hashed(
      test::certificate(id, known_claims().at(id).statement, "holds", test::inputs(drawn),
                        "<=", around(std::exp(1.0) - 1e-9, 1e-9), around(std::exp(1.0) + 1e-9, 5e-10), 64)));
  EXPECT_EQ(outcome.answer, Answer::not_confirmed)
      << outcome.message;  // sides as given would have to overlap
  const Outcome tie = check_text(
      test::hashed(test::certificate(id, known_claims().at(id).statement, "holds", test::inputs(drawn),
                                     "<=", Json{{"lower", "0x0p+0"}, {"upper", "0x1.5bf0a8b145769p+1"}},
                                     Json{{"lower", "0x1.5bf0a8b145769p+1"}, {"upper", "0x1p+2"}}, 64)));
  EXPECT_NE(tie.answer, Answer::confirmed) << tie.message;
}

TEST(Hermite, ExactIdentities) {
  const Json two{{"exact", "2"}}, one{{"exact", "1"}}, zero{{"exact", "0"}};
  EXPECT_EQ(
      exactly_checked("hermite.orthonormal.as-stated", {{"n", 2}, {"m - n", 0}}, "refuted", "=", two, one)
          .answer,
      Answer::confirmed);
  EXPECT_EQ(exactly_checked("hermite.orthonormal.as-stated", {{"n", 1}, {"m - n", 0}}, "holds", "=", one, one)
                .answer,
            Answer::confirmed);
  EXPECT_EQ(
      exactly_checked("hermite.orthonormal.as-stated", {{"n", 60}, {"m - n", 8}}, "holds", "=", zero, zero)
          .answer,
      Answer::confirmed);
  EXPECT_EQ(
      exactly_checked("hermite.orthonormal.as-stated", {{"n", 1}, {"m - n", 0}}, "refuted", "=", two, one)
          .answer,
      Answer::not_confirmed);
  const Drawn pair{{"n", 0}, {"m - n", 2}, {"s", number(1)}, {"sbar", number(0.5)}, {"rho", number(0)}};
  EXPECT_EQ(
      exactly_checked("hermite.correlation.as-stated", pair, "refuted", "=", Json{{"exact", "-3/4"}}, zero)
          .answer,
      Answer::confirmed);
  // E[He_2(u) He_2(v)] = (s^2 - 1)(t^2 - 1) + 2 c^2 with s = 2, t = 1/2, c = rho s t = 1/2.
  const Drawn second{{"n", 2}, {"m - n", 0}, {"s", number(2)}, {"sbar", number(0.5)}, {"rho", number(0.5)}};
  EXPECT_EQ(exactly_checked("hermite.correlation.as-stated", second, "refuted", "=", Json{{"exact", "-7/4"}},
                            Json{{"exact", "1/4"}})
                .answer,
            Answer::confirmed);
  EXPECT_EQ(exactly_checked("hermite.correlation.as-stated", second, "refuted", "=", Json{{"exact", "-3/2"}},
                            Json{{"exact", "1/4"}})
                .answer,
            Answer::not_confirmed);
}

Outcome series_checked(const std::string& phi, double q, double rho, double sum, double kernel) {
  const std::string id = "hermite.kernel-series.as-stated";
  return check_text(
      test::hashed(test::certificate(id, known_claims().at(id).statement, "refuted",
                                     test::inputs({{"phi", phi}, {"q", number(q)}, {"rho", number(rho)}}),
                                     "<=", around(sum, 1e-9), around(kernel, 1e-9), 64)));
}

// The values are those of a run at 50 digits.
TEST(Hermite, KernelSeries) {
  EXPECT_EQ(series_checked("tanh", 1, 1, 0.4990807620153141, 0.3942944903978412).answer, Answer::confirmed);
  // Not a partial sum; and another kernel.
  EXPECT_EQ(series_checked("tanh", 1, 1, 0.4990807, 0.3942944903978412).answer, Answer::not_confirmed);
  EXPECT_EQ(series_checked("tanh", 1, 1, 0.4990807620153141, 0.394294).answer, Answer::not_confirmed);
}

TEST(Spd, Theorem11) {
  const Json words{{"text", "c^T Sigma* c"}}, zero{{"exact", "0"}}, none;
  const Drawn pair{{"phi", "tanh"}, {"d", 1}, {"antipodal pairs", 1}, {"other points", 0}};
  const std::string id = "spd.theorem-11.if.as-stated";
  EXPECT_EQ(exactly_checked(id, pair, "refuted", "> 0", zero, none).answer, Answer::confirmed);
  EXPECT_EQ(exactly_checked(id, pair, "refuted", "> 0", words, zero).answer, Answer::confirmed);
  EXPECT_EQ(exactly_checked(id, pair, "holds", "> 0", words, none).answer, Answer::not_confirmed);
  EXPECT_EQ(exactly_checked(id, pair, "refuted", "> 0", Json{{"exact", "-1"}}, none).answer,
            Answer::not_confirmed);
  Drawn other = pair;
  other[0].second = "softplus";  // one pair is no dependence
  EXPECT_EQ(exactly_checked(id, other, "refuted", "> 0", zero, none).answer, Answer::not_decided);
  for (const char* phi : {"softplus", "gelu"}) {
    const Drawn three{{"phi", phi}, {"d", 2},   {"antipodal pairs", 3}, {"other points", 0}, {"p1.1", 0},
                      {"p2.1", 1},  {"p3.1", 2}};
    for (const char* either : {"spd.theorem-11.if.not-odd.as-stated", "spd.theorem-11.if.as-stated"}) {
      const Outcome outcome = exactly_checked(either, three, "refuted", "> 0", zero, none);
      EXPECT_EQ(outcome.answer, Answer::confirmed) << outcome.message;
    }
  }
}

TEST(Spd, OnlyIfAtGivenData) {
  const std::string id = "spd.theorem-11.only-if.fixed-data.as-stated";
  const Json two{{"exact", "2"}}, three{{"exact", "3"}};
  // phi = x/2 at two independent points.
  const Drawn independent{{"degree", 1}, {"c0", 0}, {"c1", 1}, {"N", 2}, {"x1.1", 0}, {"x2.1", 1}};
  EXPECT_EQ(exactly_checked(id, independent, "refuted", "<", two, two).answer, Answer::confirmed);
  EXPECT_EQ(exactly_checked(id, independent, "holds", "<", Json{{"text", "1"}}, two).answer,
            Answer::not_confirmed);
  EXPECT_EQ(exactly_checked(id, independent, "refuted", "<", three, two).answer, Answer::not_confirmed);
  // (0, -1), (1, 0), (-1, 0): three points of the plane, rank 2.
  const Drawn plane{{"degree", 1}, {"c0", 0}, {"c1", 1}, {"N", 3}, {"x1.1", 0}, {"x2.1", 3}, {"x3.1", 4}};
  EXPECT_EQ(exactly_checked(id, plane, "refuted", "<", three, three).answer, Answer::not_confirmed);
  EXPECT_EQ(exactly_checked(id, plane, "holds", "<", two, three).answer, Answer::confirmed);
}

// phi = x/2: e is missing and o = 1, so that three points of the plane are dependent.
TEST(Spd, OnlyIfForAllData) {
  const std::string id = "spd.theorem-11.only-if.all-data.as-stated";
  const Json two{{"exact", "2"}}, three{{"exact", "3"}};
  const Drawn drawn{{"degree", 1}, {"c0", 0}, {"c1", 1}, {"a", 0}, {"b", 0}};
  EXPECT_EQ(exactly_checked(id, drawn, "holds", "<", two, three).answer, Answer::confirmed);
  EXPECT_EQ(exactly_checked(id, drawn, "refuted", "<", three, three).answer, Answer::not_confirmed);
  EXPECT_EQ(exactly_checked(id, drawn, "holds", "<", Json{{"exact", "1"}}, three).answer,
            Answer::not_confirmed);
}

TEST(Spd, ProofStep) {
  const Json two{{"exact", "2"}}, three{{"exact", "3"}}, zero{{"exact", "0"}}, words{{"text", "c = (1, 1)"}};
  const auto drawn = [](const char* n) {
    return Drawn{{"n", n}, {"d", 2}, {"antipodal pairs", 1}, {"other points", 1}, {"p1.1", 3}, {"x1.1", 1}};
  };
  const std::string id = "spd.theorem-11.proof-step.as-stated";
  for (const char* n : {"odd", "even"}) {
    EXPECT_EQ(exactly_checked(id, drawn(n), "refuted", "=", two, zero).answer, Answer::confirmed);
    EXPECT_EQ(exactly_checked(id, drawn(n), "refuted", "=", words, zero).answer, Answer::confirmed);
    EXPECT_EQ(exactly_checked(id, drawn(n), "holds", "=", three, three).answer, Answer::not_confirmed);
  }
  EXPECT_EQ(exactly_checked(id, drawn("all"), "holds", "=", three, three).answer, Answer::confirmed);
  EXPECT_EQ(exactly_checked(id, drawn("all"), "refuted", "=", two, zero).answer, Answer::not_confirmed);
  const std::string repaired = "spd.theorem-11.proof-step.repaired";
  EXPECT_EQ(exactly_checked(repaired, drawn("all"), "holds", "=", three, three).answer, Answer::confirmed);
  const Outcome unmet = exactly_checked(repaired, drawn("odd"), "holds", "=", three, three);
  EXPECT_EQ(unmet.answer, Answer::not_confirmed);
  EXPECT_NE(unmet.message.find("the hypothesis"), std::string::npos) << unmet.message;
}

/// The inputs of a kernel of infinite width at a point of S^0 and its opposite.
Drawn limit_of(const char* phi) {
  return {{"phi", phi},           {"d", 1},
          {"antipodal pairs", 1}, {"other points", 0},
          {"sigma_v", number(1)}, {"sigma_w", number(0.5)},
          {"sigma_u", number(2)}, {"T", number(1)}};
}

TEST(Kernel, OddActivationsAtOppositePoints) {
  const Json zero{{"exact", "0"}}, none;
  for (const char* id : {"kernel.smallest-eigenvalue.as-stated", "spd.non-polynomial.kernel.as-stated"}) {
    const Outcome good = exactly_checked(id, limit_of("tanh"), "refuted", "> 0", zero, none);
    EXPECT_EQ(good.answer, Answer::confirmed) << good.message;
    // Corrupted: another side, another verdict, another relation, an activation that is not odd.
    EXPECT_EQ(exactly_checked(id, limit_of("tanh"), "refuted", "> 0", Json{{"exact", "-1"}}, none).answer,
              Answer::not_confirmed);
    EXPECT_EQ(exactly_checked(id, limit_of("tanh"), "holds", "> 0", Json{{"exact", "1"}}, none).answer,
              Answer::not_confirmed);
    EXPECT_EQ(exactly_checked(id, limit_of("tanh"), "refuted", "<", zero, zero).answer,
              Answer::not_confirmed);
    for (const char* phi : {"softplus", "gelu"})
      EXPECT_EQ(exactly_checked(id, limit_of(phi), "refuted", "> 0", zero, none).answer, Answer::not_decided);
    EXPECT_EQ(exactly_checked(id, limit_of("relu"), "refuted", "> 0", zero, none).answer,
              Answer::not_confirmed);
    // No scale and no horizon may be 0 or beyond the claim's domain; no point may be there twice.
    for (const std::size_t scale : {4U, 5U, 6U, 7U})
      for (const double x : {0.0, 4.0}) {
        Drawn drawn = limit_of("tanh");
        drawn[scale].second = number(x);
        const Outcome outcome = exactly_checked(id, drawn, "refuted", "> 0", zero, none);
        EXPECT_EQ(outcome.answer, Answer::not_confirmed);
        EXPECT_NE(outcome.message.find("out of the domain"), std::string::npos) << outcome.message;
      }
    Drawn twice = limit_of("tanh");
    twice[2].second = 2;
    EXPECT_EQ(exactly_checked(id, twice, "refuted", "> 0", zero, none).answer, Answer::not_confirmed);
    Drawn alone = limit_of("tanh");
    alone[2].second = 0;
    alone[3].second = 1;
    EXPECT_EQ(exactly_checked(id, alone, "refuted", "> 0", zero, none).answer, Answer::not_decided);
    Drawn more = limit_of("tanh");
    more.emplace_back("more", 1);
    EXPECT_EQ(exactly_checked(id, more, "refuted", "> 0", zero, none).answer, Answer::not_confirmed);
  }
}

/// sum_k (k-th of the codes)/2 x^k, at one point more than Sigma* with unit variance can bear.
Outcome ode_checked(const std::vector<long>& codes, const char* verdict, const Json& lhs, const Json& rhs,
                    double fraction = 1) {
  Drawn drawn{{"degree", static_cast<long>(codes.size()) - 1}};
  for (std::size_t k = 0; k < codes.size(); ++k) drawn.emplace_back("2c" + std::to_string(k), codes[k]);
  drawn.insert(drawn.end(), {{"s0", number(1)},
                             {"sigma_w", number(1)},
                             {"sigma_v", number(1)},
                             {"T/T0", number(fraction)},
                             {"a", 0},
                             {"b", 0}});
  return exactly_checked("spd.polynomial.ode.as-stated", drawn, verdict, "<", lhs, rhs);
}

TEST(Kernel, PolynomialsAreDefiniteForTheNeuralOde) {
  const auto exact = [](long k) { return Json{{"exact", std::to_string(k)}}; };
  // x^2: e = 2, o missing, so 4 points. x^3 + x: o = 3, 5 points. x^2 + x: e = 2, o = 1, 6 points.
  EXPECT_EQ(ode_checked({0, 0, 2}, "refuted", exact(4), exact(4)).answer, Answer::confirmed);
  EXPECT_EQ(ode_checked({0, 2, 0, 2}, "refuted", exact(5), exact(5)).answer, Answer::confirmed);
  EXPECT_EQ(ode_checked({0, 1, 1}, "refuted", exact(6), exact(6)).answer, Answer::confirmed);
  // The count is part of what is checked, and so is the verdict.
  EXPECT_EQ(ode_checked({0, 0, 2}, "refuted", exact(5), exact(5)).answer, Answer::not_confirmed);
  EXPECT_EQ(ode_checked({0, 0, 2}, "refuted", exact(4), exact(3)).answer, Answer::not_confirmed);
  EXPECT_EQ(ode_checked({0, 0, 2}, "holds", exact(3), exact(4)).answer, Answer::not_confirmed);
  // Affine ones are singular indeed.
  EXPECT_EQ(ode_checked({0, 2}, "holds", exact(2), exact(3)).answer, Answer::confirmed);
  EXPECT_EQ(ode_checked({0, 2, 0, 0}, "holds", exact(2), exact(3)).answer, Answer::confirmed);
  EXPECT_EQ(ode_checked({2, 2}, "refuted", exact(4), exact(4)).answer, Answer::not_confirmed);
  EXPECT_EQ(ode_checked({2}, "refuted", exact(2), exact(2)).answer, Answer::not_confirmed);
  // Beyond T0 nothing says that the kernel exists, and coefficients must not be negative.
  EXPECT_EQ(ode_checked({0, 0, 2}, "refuted", exact(4), exact(4), 2).answer, Answer::not_confirmed);
  EXPECT_EQ(ode_checked({0, 0, 2}, "refuted", exact(4), exact(4), 0).answer, Answer::not_confirmed);
  EXPECT_EQ(ode_checked({0, -1, 2}, "refuted", exact(4), exact(4)).answer, Answer::not_confirmed);
}

// The checker's words are those of the claims: read from their sources, as text.
TEST(KnownClaims, StatementsAreThoseOfTheClaims) {
  std::string sources;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(GRONWALL_CLAIMS_DIRECTORY)) {
    std::ifstream file(entry.path());
    std::stringstream text;
    if (entry.is_regular_file()) text << file.rdbuf();
    sources += text.str();
  }
  for (const auto& [id, known] : known_claims()) {
    const std::size_t begin = sources.find(".id = \"" + id + "\"");
    ASSERT_NE(begin, std::string::npos) << id;
    const std::string about = sources.substr(begin, sources.find(".source", begin) - begin);
    EXPECT_NE(about.find("R\"(" + known.statement + ")\""), std::string::npos)
        << id << ": " << known.statement;
  }
}

}  // namespace
}  // namespace gronwall::checker
