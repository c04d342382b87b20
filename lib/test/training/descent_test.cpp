#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include <gronwall/linalg/escalation.hpp>
#include <gronwall/linalg/product.hpp>
#include <gronwall/ode/integrator.hpp>
#include <gronwall/real/backends.hpp>
#include <gronwall/training/descent.hpp>

#include "support/backends.hpp"
#include "support/effort.hpp"
#include "training/problems.hpp"

namespace gronwall::training {
namespace {

using real::Ball;
using Fine = real::Mpfr<100>;
using Finest = real::Mpfr<200>;

template <Real R>
R norm_of(const Matrix<R>& a) {
  return linalg::frobenius_norm<R>(a).value();
}

Ball ball(const Finest& x) { return real::Backend<Ball>::from_hex(real::Backend<Finest>::to_hex(x)); }

/// Calls f(part, part of the other, name) for each part of two iterates.
template <class A, class B, class F>
void for_each_part(const A& a, const B& b, const F& f) {
  f(a.v, b.v, "v");
  f(a.W, b.W, "W");
  f(a.U, b.U, "U");
  f(a.residual, b.residual, "residual");
}

// --- n = N = d = 1, phi the identity: f = v e^{w T} u x with w = sigma_w W, and its derivatives by hand.

template <Real R>
Problem<R> scalar_problem(std::optional<long> depth = {}) {
  const auto one = [](double x) { return Matrix<R>(Matrix<R>::Constant(1, 1, real::from_double<R>(x))); };
  Problem<R> out{{activation::find("identity"), {one(0.75), one(-0.5), one(1.25)}}, one(1.5), one(-0.25)};
  out.start.sigma_v = R(2);
  out.start.sigma_w = real::from_double<R>(1.5);
  out.start.sigma_u = real::from_double<R>(0.5);
  out.start.horizon = real::from_double<R>(0.75);
  out.eta = R(1) / R(8);
  out.depth = depth;
  return out;
}

struct Scalars {
  Finest v, w, u, r;
};

/// With sv, sw, su the scales: f = sv v g(sw w) su u x, g(a) = e^{aT} (or (1 + aT/L)^L).
std::vector<Scalars> scalar_descent(long steps, std::optional<long> depth) {
  const Problem<Finest> p = scalar_problem<Finest>(depth);
  const Finest sv = p.start.sigma_v, sw = p.start.sigma_w, su = p.start.sigma_u, T = p.start.horizon,
               x = p.X(0, 0), y = p.labels(0, 0);
  Scalars s{p.start.theta.v(0, 0), p.start.theta.W(0, 0), p.start.theta.U(0, 0), 0};
  std::vector<Scalars> out;
  for (long k = 0; k <= steps; ++k) {
    Finest g, slope;
    if (depth) {
      const Finest layer = 1 + sw * s.w * T / *depth;
      g = pow(layer, static_cast<int>(*depth));
      slope = sw * T * pow(layer, static_cast<int>(*depth) - 1);
    } else {
      g = exp(Finest(sw * s.w * T));
      slope = sw * T * g;
    }
    s.r = sv * s.v * g * su * s.u * x - y;
    out.push_back(s);
    const Scalars old = s;
    s.v -= p.eta * old.r * sv * g * su * old.u * x;
    s.w -= p.eta * old.r * sv * old.v * slope * su * old.u * x;
    s.u -= p.eta * old.r * sv * old.v * g * su * x;
  }
  return out;
}

class WidthOne : public ::testing::TestWithParam<std::optional<long>> {};

TEST_P(WidthOne, HasAClosedForm) {
  constexpr long steps = 12;
  const std::vector<Scalars> exact = scalar_descent(steps, GetParam());
  test::for_each_backend([&]<class R>() {
    const Descent<R> d = descend<R>(scalar_problem<R>(GetParam()), steps);
    ASSERT_TRUE(d.reaches(steps));
    EXPECT_FALSE(d.ended);
    // What errors may be: a few hundred tolerances.
    const double loose = 1e5 * std::sqrt(real::to_double<R>(real::Backend<R>::unit_roundoff())) * 1e-3;
    for (std::size_t k = 0; k < d.iterates.size(); ++k) {
      SCOPED_TRACE(k);
      const auto close = [&](const Approximation<R>& a, const Finest& truth) {
        const Finest gap = abs(Finest(test::widen<Finest>(a.value(0, 0)) - truth));
        EXPECT_LE(gap, test::widen<Finest>(a.error));
        EXPECT_LT(real::to_double<R>(a.error), loose);
      };
      close(d.iterates[k].v, exact[k].v);
      close(d.iterates[k].W, exact[k].w);
      close(d.iterates[k].U, exact[k].u);
      close(d.iterates[k].residual, exact[k].r);
    }
    EXPECT_LT(norm_of<R>(d.iterates.back().residual.value), norm_of<R>(d.iterates.front().residual.value));
  });
}

TEST_P(WidthOne, BallsContainItTightly) {
  constexpr long steps = 12;
  const std::vector<Scalars> exact = scalar_descent(steps, GetParam());
  const real::Precision precision(160);
  const Descent<Ball> d = descend<Ball>(scalar_problem<Ball>(GetParam()), steps);
  ASSERT_TRUE(d.reaches(steps));
  for (std::size_t k = 0; k < d.iterates.size(); ++k) {
    SCOPED_TRACE(k);
    const auto close = [&](const Approximation<Ball>& a, const Finest& truth) {
      EXPECT_TRUE(a.error.is_zero());
      EXPECT_TRUE(a.value(0, 0).overlaps(ball(truth)));
      EXPECT_GT(a.value(0, 0).relative_bits(), 80);
    };
    close(d.iterates[k].v, exact[k].v);
    close(d.iterates[k].W, exact[k].w);
    close(d.iterates[k].U, exact[k].u);
    close(d.iterates[k].residual, exact[k].r);
  }
}

INSTANTIATE_TEST_SUITE_P(Models, WidthOne, ::testing::Values(std::optional<long>{}, std::optional<long>{5}));

// --- one step, by differences of the loss

template <Real R>
R loss(const Problem<R>& problem, const model::Parameters<R>& theta) {
  Network<R> f = problem.start;
  f.theta = theta;
  const Matrix<R> u = problem.depth ? model::ResNet<R>(f, *problem.depth).output(problem.X).value
                                    : model::NeuralOde<R>(f).output(problem.X).value;
  const R r = norm_of<R>(u - problem.labels);
  return r * r / R(2);
}

TEST(Descend, StepsAreMinusEtaTimesTheSlopeOfTheLoss) {
  using R = real::Mpfr<50>;
  for (const std::optional<long> depth : {std::optional<long>{}, std::optional<long>{3}}) {
    const Problem<R> problem = test::some_problem<R>("gelu", 3, 5, depth);
    const Descent<R> d = descend<R>(problem, 1);
    ASSERT_TRUE(d.reaches(1));
    const auto slopes = [&](Matrix<R> model::Parameters<R>::*part, const Approximation<R>& next) {
      const Matrix<R>& start = problem.start.theta.*part;
      for (Eigen::Index k = 0; k < start.size(); ++k) {
        const R slope = test::difference<R>(
            [&](const R& h) {
              model::Parameters<R> theta = problem.start.theta;
              (theta.*part).data()[k] += h;
              return loss<R>(problem, theta);
            },
            real::ratio<R>(1, 1000));
        const R step = next.value.data()[k] - start.data()[k];
        EXPECT_LT(abs(R(step + problem.eta * slope)), real::power(real::ratio<R>(1, 10), 18));
        EXPECT_GT(abs(step), real::power(real::ratio<R>(1, 10), 8));
      }
    };
    slopes(&model::Parameters<R>::v, d.iterates[1].v);
    slopes(&model::Parameters<R>::W, d.iterates[1].W);
    slopes(&model::Parameters<R>::U, d.iterates[1].U);
  }
}

// --- a ResNet, number by number

/// Gradient descent on a ResNet with phi = tanh by loops over numbers, in the order in which the chain rule
/// says it.
struct ByHand {
  using R = Fine;
  Problem<R> p;
  Matrix<R> v, W, U, r;

  explicit ByHand(const Problem<R>& problem)
      : p(problem), v(p.start.theta.v), W(p.start.theta.W), U(p.start.theta.U) {}

  void step() {
    const long n = p.start.width(), d = p.start.inputs(), N = static_cast<long>(p.X.cols()), L = *p.depth;
    const R sv = p.start.sigma_v / sqrt(R(n)), sw = p.start.sigma_w / sqrt(R(n)) * p.start.horizon / R(L),
            su = p.start.sigma_u / sqrt(R(d));
    Matrix<R> dv = Matrix<R>::Constant(n, 1, R(0)), dW = Matrix<R>::Constant(n, n, R(0)),
              dU = Matrix<R>::Constant(n, d, R(0));
    r = Matrix<R>::Constant(N, 1, R(0));
    for (long j = 0; j < N; ++j) {
      Matrix<R> h = Matrix<R>::Constant(n, L + 1, R(0));
      for (long i = 0; i < n; ++i)
        for (long k = 0; k < d; ++k) h(i, 0) += su * U(i, k) * p.X(k, j);
      for (long l = 1; l <= L; ++l)
        for (long i = 0; i < n; ++i) {
          h(i, l) = h(i, l - 1);
          for (long k = 0; k < n; ++k) h(i, l) += sw * W(i, k) * tanh(h(k, l - 1));
        }
      for (long i = 0; i < n; ++i) r(j, 0) += sv * v(i, 0) * tanh(h(i, L));
      r(j, 0) -= p.labels(j, 0);
      const auto slope = [](const R& x) { return R(1 - tanh(x) * tanh(x)); };
      std::vector<R> back;
      for (long i = 0; i < n; ++i) {
        dv(i, 0) += r(j, 0) * sv * tanh(h(i, L));
        back.push_back(r(j, 0) * sv * v(i, 0) * slope(h(i, L)));
      }
      for (long l = L; l >= 1; --l) {
        std::vector<R> below = back;
        for (long i = 0; i < n; ++i)
          for (long k = 0; k < n; ++k) {
            dW(i, k) += back[static_cast<std::size_t>(i)] * sw * tanh(h(k, l - 1));
            below[static_cast<std::size_t>(k)] +=
                back[static_cast<std::size_t>(i)] * sw * W(i, k) * slope(h(k, l - 1));
          }
        back = below;
      }
      for (long i = 0; i < n; ++i)
        for (long k = 0; k < d; ++k) dU(i, k) += back[static_cast<std::size_t>(i)] * su * p.X(k, j);
    }
    v -= Matrix<R>(dv * p.eta);
    W -= Matrix<R>(dW * p.eta);
    U -= Matrix<R>(dU * p.eta);
  }
};

TEST(Descend, IsTheLoopWrittenByHandForAResNet) {
  constexpr long steps = 6;
  const Descent<Fine> d = descend<Fine>(test::some_problem<Fine>("tanh", 4, 3, 3), steps);
  ASSERT_TRUE(d.reaches(steps));
  ByHand hand(test::some_problem<Fine>("tanh", 4, 3, 3));
  const Fine tiny = real::power(real::ratio<Fine>(1, 10), 95);
  for (const Iterate<Fine>& one : d.iterates) {
    EXPECT_LT(norm_of<Fine>(one.v.value - hand.v), tiny);
    EXPECT_LT(norm_of<Fine>(one.W.value - hand.W), tiny);
    EXPECT_LT(norm_of<Fine>(one.U.value - hand.U), tiny);
    hand.step();
    EXPECT_LT(norm_of<Fine>(one.residual.value - hand.r), tiny);
    EXPECT_LT(norm_of<Fine>(one.residual.value - hand.r), one.residual.error + tiny * tiny);
  }
}

// --- errors and enclosures, on networks that are no special case

struct Shape {
  const char* activation;
  Eigen::Index n;
  unsigned seed;
  std::optional<long> depth;
};

class SomeProblem : public ::testing::TestWithParam<Shape> {
 protected:
  template <Real R>
  static Problem<R> problem() {
    const Shape& s = GetParam();
    Problem<R> out = test::some_problem<R>(s.activation, s.n, s.seed, s.depth);
    out.labels_at_start = s.seed % 2 == 0;
    return out;
  }
};

TEST_P(SomeProblem, ErrorsContainTheFinerResult) {
  constexpr long steps = 5;
  const Descent<Fine> finer = descend<Fine>(problem<Fine>(), steps);
  const auto contained = [&]<class R>(double largest) {
    const Descent<R> d = descend<R>(problem<R>(), steps);
    ASSERT_EQ(d.iterates.size(), finer.iterates.size());
    for (std::size_t k = 0; k < d.iterates.size(); ++k)
      for_each_part(d.iterates[k], finer.iterates[k],
                    [&](const Approximation<R>& a, const Approximation<Fine>& b, const char* part) {
                      SCOPED_TRACE(fmt::format("step {}, {}", k, part));
                      const Matrix<Fine> gap =
                          a.value.unaryExpr([](const R& x) { return test::widen<Fine>(x); }) - b.value;
                      EXPECT_LE(norm_of<Fine>(gap), test::widen<Fine>(a.error) + b.error);
                      EXPECT_LE(real::to_double<R>(a.error),
                                largest * (1 + real::to_double<R>(norm_of<R>(a.value))));
                    });
  };
  contained.template operator()<double>(GetParam().depth ? 1e-11 : 1e-6);
  contained.template operator()<real::Mpfr<50>>(GetParam().depth ? 1e-45 : 1e-20);
}

TEST_P(SomeProblem, BallsContainTheTrajectoryTightly) {
  constexpr long steps = 4;
  const Descent<Fine> finer = descend<Fine>(problem<Fine>(), steps);
  const real::Precision precision(128);
  const Descent<Ball> d = descend<Ball>(problem<Ball>(), steps);
  ASSERT_TRUE(d.reaches(steps));
  for (std::size_t k = 0; k < d.iterates.size(); ++k)
    for_each_part(d.iterates[k], finer.iterates[k],
                  [&](const Approximation<Ball>& a, const Approximation<Fine>& b, const char* part) {
                    SCOPED_TRACE(fmt::format("step {}, {}", k, part));
                    for (Eigen::Index i = 0; i < a.value.size(); ++i) {
                      const Ball truth(ball(test::widen<Finest>(b.value.data()[i])),
                                       ball(test::widen<Finest>(b.error)));
                      EXPECT_TRUE(a.value.data()[i].overlaps(truth));
                      EXPECT_LT(real::to_double<Ball>(a.value.data()[i].radius()), 1e-15);
                    }
                  });
  // The first step is known to almost all bits.
  EXPECT_LT(real::to_double<Ball>(d.iterates[1].W.value(0, 0).radius()), 1e-27);
}

INSTANTIATE_TEST_SUITE_P(Networks, SomeProblem,
                         ::testing::Values(Shape{"tanh", 4, 1, {}}, Shape{"gelu", 3, 2, {}},
                                           Shape{"softplus", 2, 4, 4}, Shape{"tanh", 3, 7, 2}));

/// f = 3/2 v u with T = 0 and v = u: v' = v - eta (9/4) v (v^2 - 2/3), which is chaotic at this step size.
/// What rounding puts in doubles every other step or so, and the error has to grow with it.
TEST(Descend, ErrorsGrowAsTheDescentMakesThem) {
  constexpr long steps = 40;
  const auto chaotic = []<class R>() {
    Problem<R> out = scalar_problem<R>(1);
    out.start.horizon = R(0);
    out.start.theta.v(0, 0) = out.start.theta.U(0, 0) = real::from_double<R>(0.75);
    out.labels(0, 0) = R(1);
    out.eta = real::from_double<R>(1.125);
    return out;
  };
  const Descent<Fine> truth = descend<Fine>(chaotic.template operator()<Fine>(), steps);
  const Descent<double> d = descend<double>(chaotic.template operator()<double>(), steps);
  ASSERT_TRUE(d.reaches(steps));
  double largest = 0;
  for (std::size_t k = 0; k < d.iterates.size(); ++k)
    for_each_part(d.iterates[k], truth.iterates[k],
                  [&](const Approximation<double>& a, const Approximation<Fine>& b, const char* part) {
                    const double gap = std::abs(
                        real::to_double<Fine>(Fine(test::widen<Fine>(a.value(0, 0)) - b.value(0, 0))));
                    EXPECT_LE(gap, a.error + real::to_double<Fine>(b.error)) << part << ", step " << k;
                    largest = std::max(largest, gap);
                  });
  EXPECT_GT(largest, 1e-11) << "not chaotic enough to show anything";
  EXPECT_LT(d.iterates[5].v.error, 1e-13);
  EXPECT_LT(d.iterates[20].v.error, 1e-7);
}

// --- what is exact, what ends, what is refused

TEST(Descend, LabelsAtStartAreTheFirstResidual) {
  const auto check = []<class R>() {
    Problem<R> chosen = test::some_problem<R>("tanh", 3, 11);
    chosen.labels_at_start = true;
    const Descent<R> d = descend<R>(chosen, 3);
    ASSERT_TRUE(d.reaches(3));
    // The same descent with the labels written out.
    Problem<R> plain = chosen;
    plain.labels_at_start = false;
    plain.labels = model::NeuralOde<R>(chosen.start).output(chosen.X).value - chosen.labels;
    const Descent<R> other = descend<R>(plain, 3);
    for (Eigen::Index j = 0; j < chosen.labels.rows(); ++j)
      EXPECT_EQ(real::Backend<R>::to_hex(d.iterates[0].residual.value(j, 0)),
                real::Backend<R>::to_hex(chosen.labels(j, 0)));
    for (std::size_t k = 0; k < d.iterates.size(); ++k) {
      const real::Quantity<R> gap = linalg::norm<R>(d.iterates[k].residual - other.iterates[k].residual);
      EXPECT_NE(leq(gap, real::Quantity<R>(0)), real::Truth::no) << k;
    }
    EXPECT_EQ(
        leq(linalg::norm<R>(d.iterates[0].residual - linalg::exact<R>(chosen.labels)), real::Quantity<R>(0)),
        real::Truth::yes);
  };
  check.template operator()<double>();
  check.template operator()<real::Mpfr<50>>();
  check.template operator()<Ball>();
}

TEST(Descend, StaysWhereTheResidualIsZero) {
  Problem<Ball> problem = test::some_problem<Ball>("tanh", 3, 12);
  problem.labels_at_start = true;
  problem.labels = Matrix<Ball>::Constant(3, 1, Ball(0));
  const Descent<Ball> d = descend<Ball>(problem, 2);
  ASSERT_TRUE(d.reaches(2));
  for_each_part(d.iterates[2], d.iterates[0],
                [](const Approximation<Ball>& a, const Approximation<Ball>& b, const char*) {
                  for (Eigen::Index k = 0; k < a.value.size(); ++k)
                    EXPECT_TRUE(a.value.data()[k].contains(b.value.data()[k]));
                });
}

// |phi| <= 1, so that for a step size of 2^20 W and U soon saturate and v doubles its digits at each step.
TEST(Descend, DivergenceIsAResult) {
  for (const std::optional<long> depth : {std::optional<long>{}, std::optional<long>{4}}) {
    Problem<double> problem = test::some_problem<double>("tanh", 3, 8, depth);
    problem.eta = 0x1p20;
    const Descent<double> d = descend<double>(problem, 80);
    ASSERT_TRUE(d.ended);
    EXPECT_EQ(d.ended->find(fmt::format("Step {}: ", d.iterates.size())), 0U) << *d.ended;
    EXPECT_TRUE(d.reaches(2));
    EXPECT_FALSE(d.reaches(80));
    for (const Iterate<double>& one : d.iterates) EXPECT_TRUE(linalg::all_finite<double>(one.residual.value));
    EXPECT_GT(d.iterates.back().residual.value.norm(), 1e6 * d.iterates.front().residual.value.norm());
  }
}

TEST(Descend, DivergenceIsProvedInBalls) {
  Problem<Ball> problem = scalar_problem<Ball>(3);
  problem.eta = Ball(16);
  const Descent<Ball> d = descend<Ball>(problem, 3);
  ASSERT_TRUE(d.reaches(3));
  EXPECT_EQ(less(Ball(1000) * linalg::norm<Ball>(d.iterates[0].residual),
                 linalg::norm<Ball>(d.iterates[3].residual)),
            real::Truth::yes);
}

TEST(Descend, RefusesWhatIsNoProblem) {
  const Problem<double> good = test::some_problem<double>("tanh", 2, 1);
  EXPECT_THROW(descend<double>(good, -1), DomainError);
  Problem<double> bad = good;
  bad.labels = Matrix<double>::Zero(2, 1);
  EXPECT_THROW(descend<double>(bad, 1), DomainError);
  bad = good;
  bad.labels(0, 0) = std::nan("");
  EXPECT_THROW(descend<double>(bad, 1), DomainError);
  bad = good;
  bad.eta = -1;
  EXPECT_THROW(descend<double>(bad, 1), DomainError);
  bad = good;
  bad.X = Matrix<double>::Zero(3, 3);
  EXPECT_THROW(descend<double>(bad, 1), DomainError);
  bad = good;
  bad.depth = 0;
  EXPECT_THROW(descend<double>(bad, 1), DomainError);
}

TEST(At, EnclosesTheIterate) {
  const Problem<Ball> problem = test::some_problem<Ball>("tanh", 2, 1);
  Iterate<Ball> one{linalg::exact<Ball>(problem.start.theta.v),
                    linalg::exact<Ball>(problem.start.theta.W),
                    linalg::exact<Ball>(problem.start.theta.U),
                    {}};
  one.W.error = Ball(1);
  const Network<Ball> network = at(problem, one);
  for (Eigen::Index k = 0; k < network.theta.W.size(); ++k) {
    EXPECT_TRUE(network.theta.W.data()[k].contains(one.W.value.data()[k] + Ball(1)));
    EXPECT_TRUE(network.theta.W.data()[k].contains(one.W.value.data()[k] - Ball(1)));
  }
  EXPECT_TRUE(network.theta.v(0, 0).exact());
}

}  // namespace
}  // namespace gronwall::training
