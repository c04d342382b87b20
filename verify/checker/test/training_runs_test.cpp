#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "verify/checker/check.hpp"
#include "verify/checker/claims.hpp"
#include "verify/checker/test/support.hpp"

namespace gronwall::checker {
namespace {

using test::around;
using test::Json;
using test::number;
using Drawn = std::vector<std::pair<std::string, Json>>;

Outcome checked(const std::string& id, const Drawn& drawn, double lhs, double rhs, double margin) {
  return check_text(test::hashed(test::certificate(id, known_claims().at(id).statement,
                                                   lhs > rhs ? "refuted" : "holds", test::inputs(drawn),
                                                   "<=", around(lhs, margin), around(rhs, margin), 64)));
}

/// Confirmed as it is, and not with either side moved away.
void bound_is_checked(const std::string& id, const Drawn& drawn, double lhs, double rhs) {
  SCOPED_TRACE(id);
  const double margin = 1e-10 * std::max(1.0, std::max(lhs, rhs));
  ASSERT_GT(std::abs(lhs - rhs), 8 * margin);
  const Outcome good = checked(id, drawn, lhs, rhs, margin);
  EXPECT_EQ(good.answer, Answer::confirmed) << good.message;
  const double away = lhs > rhs ? 4 * margin : -4 * margin;
  EXPECT_EQ(checked(id, drawn, lhs + away, rhs, margin).answer, Answer::not_confirmed);
  EXPECT_EQ(checked(id, drawn, lhs, rhs - away, margin).answer, Answer::not_confirmed);
}

/// One neuron with phi = tanh, W = 0 and x = 1: the first step of gradient descent in closed form.
struct Neuron {
  double U = 1, v = 1, sigma = 1, T = 1, sigma_v = 1, sigma_u = 1;

  double active() const { return std::tanh(sigma_u * U); }
  double output() const { return sigma_v * v * active(); }
  double adjoint() const { return sigma_v * v * (1 - active() * active()); }
  /// v, W and U after the step with the residual r.
  double next_v(double eta, double r) const { return v - eta * r * sigma_v * active(); }
  double next_W(double eta, double r) const { return -eta * r * sigma * T * adjoint() * active(); }
  double next_U(double eta, double r) const { return U - eta * r * sigma_u * adjoint(); }
  /// f after it: sinh h_t = e^{sigma W t} sinh h_0.
  double next_output(double eta, double r) const {
    const double grown = std::exp(sigma * next_W(eta, r) * T) * std::sinh(sigma_u * next_U(eta, r));
    return sigma_v * next_v(eta, r) * std::tanh(std::asinh(grown));
  }

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

Drawn of_theorem_3(const Neuron& f, double eta, double y) {
  return Drawn{{"eta", number(eta)}} + f.drawn() +
         Drawn{{"sigma_v", number(f.sigma_v)}, {"sigma_u", number(f.sigma_u)}, {"N", 1}, {"y", number(y)}};
}

TEST(TrainingRuns, LossAfterOneStep) {
  const Neuron f{.U = 1, .v = 0.5, .sigma = 0.5, .sigma_v = 2, .sigma_u = 0.75};
  for (const double eta : {0.25, 3.0}) {
    const double y = -1, r = f.output() - y, after = f.next_output(eta, r) - y;
    bound_is_checked("training.theorem-3.loss.as-stated", of_theorem_3(f, eta, y), after * after, r * r);
  }
}

TEST(TrainingRuns, LossNeedsDynamicsAndLabelsOfOrderOne) {
  const std::string id = "training.theorem-3.loss.as-stated";
  Neuron f{.U = 1, .v = 0.5, .sigma_v = 2};
  const auto outcome = [&](double y) {
    const double r = f.output() - y, after = f.next_output(3, r) - y;
    return checked(id, of_theorem_3(f, 3, y), after * after, r * r, 1e-6).answer;
  };
  EXPECT_EQ(outcome(-1), Answer::confirmed);
  EXPECT_EQ(outcome(-2), Answer::not_confirmed);
  f.T = 0;
  EXPECT_EQ(outcome(-1), Answer::not_confirmed);
}

Drawn of_a_first_step(const Neuron& f, double start, long halvings, double eta) {
  return f.drawn() +
         Drawn{{"u^0 - y", number(start)}, {"halvings of u^0 - y", halvings}, {"eta", number(eta)}};
}

TEST(TrainingRuns, ContractionOfOneStep) {
  const std::string id = "training.contraction.as-stated";
  const auto sides = [](const Neuron& f, double eta, double r) {
    const double square = f.active() * f.active();
    return std::pair(std::abs(f.next_output(eta, r) - f.output() + r), (1 - eta * square / 8) * std::abs(r));
  };
  const Neuron broken{.U = 1, .v = 3, .sigma = 0.25}, kept{.U = 1, .v = 1, .sigma = 0.25};
  for (const Neuron& f : {broken, kept}) {
    const auto [lhs, rhs] = sides(f, 1, 0.5);
    EXPECT_EQ(lhs > rhs, f.v == 3);
    bound_is_checked(id, of_a_first_step(f, 1, 1, 1), lhs, rhs);
  }
  // 8 C (sigma T)^3 e^{C sigma T} |r|/alpha_0^2 = 24 e^3 |r|/0.58 > 1.
  Neuron large = broken;
  large.sigma = 1;
  const auto [lhs, rhs] = sides(large, 1, 0.5);
  EXPECT_EQ(checked(id, of_a_first_step(large, 1, 1, 1), lhs, rhs, 1e-10).answer, Answer::not_confirmed);
}

TEST(TrainingRuns, NormsAfterOneStep) {
  const std::string id = "training.hypothesis-norms.as-stated";
  const Neuron f{.U = 1, .v = 1, .sigma = 1, .T = 0.5};
  const auto largest = [&f](double eta, double r) {
    return std::max({std::abs(f.next_v(eta, r)), std::abs(f.next_W(eta, r)), std::abs(f.next_U(eta, r))});
  };
  bound_is_checked(id, of_a_first_step(f, -1, 2, 1), largest(1, -0.25), 1);
  bound_is_checked(id, of_a_first_step(f, 1, 2, 1), largest(1, 0.25), 1);
  // e^{1/2} |r|/alpha_0^2 > 1 for r = -1.
  EXPECT_EQ(checked(id, of_a_first_step(f, -1, 0, 1), largest(1, -1), 1, 1e-10).answer,
            Answer::not_confirmed);
}

TEST(TrainingRuns, GradientOfTheLoss) {
  const Neuron f{.U = 2, .v = 1.5, .sigma = 0.5, .T = 0.5};
  const double x = 0.5, r = -2, active = std::tanh(f.U * x), C = 2, grown = C * std::exp(C * 0.25) * x * 2;
  const Drawn drawn = f.drawn() + Drawn{{"N", 1}, {"X", number(x)}, {"u - y", number(r)}};
  bound_is_checked("training.movement-v.as-stated", drawn, 2 * active, grown);
  const double adjoint = f.v * (1 - active * active);
  bound_is_checked("training.movement-W.as-stated", drawn, 2 * 0.25 * adjoint * active, 0.25 * grown);
}

TEST(TrainingRuns, GradientOfTheLossOverTwoSamples) {
  // softplus with U = 0: phi(h) = log 2 for both, so that the two residuals add up; ||X|| = 1.
  const Drawn drawn{{"phi", "softplus"},
                    {"n", 1},
                    {"d", 1},
                    {"W", number(0)},
                    {"U", number(0)},
                    {"v", number(0.5)},
                    {"sigma", number(1)},
                    {"T", number(1)},
                    {"N", 2},
                    {"X", test::matrix({{1, 0}})},
                    {"u - y", test::matrix({{1}, {2}})}};
  bound_is_checked("training.movement-v.as-stated", drawn, 3 * std::log(2.0),
                   0.5 * std::exp(0.5) * std::sqrt(5.0));
}

}  // namespace
}  // namespace gronwall::checker
