#include <cmath>

#include <gtest/gtest.h>

#include <gronwall/gaussian/expectation.hpp>
#include <gronwall/kernel/infinite.hpp>
#include <gronwall/kernel/monte_carlo.hpp>
#include <gronwall/ode/integrator.hpp>

#include "support/backends.hpp"
#include "support/effort.hpp"

namespace gronwall::test {
namespace {

using kernel::infinite_ode;
using kernel::infinite_resnet;
using kernel::InfiniteKernel;
using kernel::Limit;
using kernel::Route;
using linalg::Approximation;
using linalg::Matrix;
using real::Ball;
using Sharp = real::Mpfr<50>;

template <class R>
Limit<R> some(const std::string& phi) {
  Limit<R> out{activation::find(phi)};
  out.sigma_v = real::ratio<R>(5, 4);
  out.sigma_w = real::ratio<R>(3, 4);
  out.input_scale = real::ratio<R>(9, 8);
  out.horizon = real::ratio<R>(1, 2);
  return out;
}

/// Polynomials of degree 2 and more blow up: for them a time so short that the limit exists, but for high
/// degrees, whose time is shorter than anything worth a test.
template <class R>
Limit<R> living(const std::string& phi) {
  Limit<R> out = some<R>(phi);
  if (out.phi.degree().value_or(0) > 1) out.horizon = real::ratio<R>(1, 128);
  return out;
}
bool too_steep(const std::string& phi, int degree = 4) {
  return activation::find(phi).degree().value_or(0) > degree;
}

/// Two unit vectors, two of other norms, one opposite pair.
template <class R>
Matrix<R> some_gram() {
  Matrix<double> x(2, 4);
  x << 1, 0.5, -1, 0.25, 0, 1, 0, -0.75;
  return linalg::from_exact<R>(Matrix<double>(x.transpose() * x));
}

template <class R>
Matrix<R> unit_pair(const R& rho) {
  Matrix<R> g(2, 2);
  g << R(1), rho, rho, R(1);
  return g;
}

/// The named parts of a kernel, for messages.
template <class R, class F>
void for_each_part(const InfiniteKernel<R>& a, const InfiniteKernel<R>& b, const F& f) {
  f("v", a.kernel.v, b.kernel.v), f("W", a.kernel.W, b.kernel.W), f("U", a.kernel.U, b.kernel.U);
  f("covariance", a.covariance, b.covariance), f("nngp", a.nngp, b.nngp);
}

template <class R>
double distance(const Matrix<R>& a, const Matrix<R>& b) {
  const Matrix<R> difference = a - b;
  double out = 0;
  for (Eigen::Index k = 0; k < difference.size(); ++k)
    out = std::max(out, std::abs(real::to_double<R>(difference.data()[k])));
  return out;
}

/// I_order(x) by its series.
template <class R>
R bessel(int order, const R& x) {
  R term = order == 0 ? R(1) : R(x / R(2)), sum(0);
  for (int k = 1; sum + term != sum; ++k) {
    sum += term;
    term *= x * x / R(4 * k * (k + order));
  }
  return sum;
}

/// phi(x) = x: K = s0 sigma_v^2 rho [2 I_0(2 sigma_w T) + sigma_w T I_1(2 sigma_w T)].
TEST(InfiniteOde, IsTheClosedFormOfTheIdentityTo45Digits) {
  for (const double T : {0.25, 1.0, 3.0})
    for (const double rho : {1.0, 0.5, -0.875}) {
      Limit<Sharp> limit = some<Sharp>("identity");
      limit.horizon = Sharp(T);
      const Sharp x = Sharp(2) * limit.sigma_w * limit.horizon;
      const Sharp expected = limit.input_scale * limit.sigma_v * limit.sigma_v * Sharp(rho) *
                             (Sharp(2) * bessel<Sharp>(0, x) + x / Sharp(2) * bessel<Sharp>(1, x));
      const auto found = infinite_ode<Sharp>(limit, unit_pair<Sharp>(Sharp(rho))).kernel.sum();
      EXPECT_LT(std::abs(real::to_double<Sharp>(Sharp(found.value(0, 1) / expected - Sharp(1)))), 1e-45)
          << "T = " << T << ", rho = " << rho;
      EXPECT_LT(real::to_double<Sharp>(found.error), 1e-44 * real::to_double<Sharp>(found.value(0, 0)));
    }
}

class InfiniteKernels : public ::testing::TestWithParam<std::string> {};
std::string plain(const ::testing::TestParamInfo<std::string>& info) {
  std::string out;
  for (const char c : info.param) out += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return out;
}
INSTANTIATE_TEST_SUITE_P(All, InfiniteKernels, ::testing::ValuesIn(activation::names()), plain);

/// The depth-L recursion is another discretisation of the same system, of order 1 with an expansion in 1/L:
/// two steps of Richardson's extrapolation leave O(L^-3).
TEST_P(InfiniteKernels, RecursionExtrapolatesToTheOde) {
  if (too_steep(GetParam())) GTEST_SKIP() << "blows up at once";
  const auto limit = living<double>(GetParam());
  const Matrix<double> gram = some_gram<double>();
  const auto ode = infinite_ode<double>(limit, gram);
  const auto k1 = infinite_resnet<double>(limit, gram, 16), k2 = infinite_resnet<double>(limit, gram, 32),
             k4 = infinite_resnet<double>(limit, gram, 64);
  std::vector<std::vector<Matrix<double>>> parts;
  for (const auto* k : {&k1, &k2, &k4, &ode})
    parts.push_back(
        {k->kernel.v.value, k->kernel.W.value, k->kernel.U.value, k->covariance.value, k->nngp.value});
  for (std::size_t p = 0; p < 5; ++p) {
    const Matrix<double> once = 2 * parts[1][p] - parts[0][p], again = 2 * parts[2][p] - parts[1][p];
    const Matrix<double> limit_of = (4 * again - once) / 3;
    const double size = 1e-10 + parts[3][p].norm();
    EXPECT_LT(distance<double>(limit_of, parts[3][p]), 1e-4 * size) << "part " << p;
  }
}

/// Networks of finite width, with their own randomness and solver, agree within their band.
TEST_P(InfiniteKernels, AgreeWithRandomNetworks) {
  if (too_steep(GetParam())) GTEST_SKIP() << "blows up at once";
  kernel::Sampling s{activation::find(GetParam()), Matrix<double>()};
  s.X = (Matrix<double>(2, 3) << 1, 0.6, -0.28, 0, 0.8, 0.96).finished();
  s.horizon = living<double>(GetParam()).horizon;
  // With kinks every neuron has its own rejected steps; the band is wide enough for a loose tolerance.
  if (!s.phi.smooth()) s.tolerance = 1e-3;
  s.sigma_w = 0.75, s.sigma_v = 1.25, s.sigma_u = 1.5;
  const bool thorough = multiplier() >= 10;
  s.width = thorough ? 2000 : 192;
  s.seeds = thorough ? 16 : 24;
  s.confidence = 0.99999;  // three parts of six entries for each activation
  Limit<double> limit{s.phi};
  limit.sigma_v = s.sigma_v, limit.sigma_w = s.sigma_w, limit.horizon = s.horizon;
  limit.input_scale = s.sigma_u * s.sigma_u / 2;
  const auto expected = infinite_ode<double>(limit, Matrix<double>(s.X.transpose() * s.X)).kernel;
  const auto found = kernel::monte_carlo(s);
  const auto covered = [&](const char* part, const kernel::Spread& spread, const Approximation<double>& k) {
    // The mean at width n is off by O(1/n).
    const double slack = 4.0 / static_cast<double>(s.width) * k.value.cwiseAbs().maxCoeff();
    for (Eigen::Index i = 0; i < k.value.size(); ++i)
      EXPECT_LE(std::abs(spread.mean.data()[i] - k.value.data()[i]), spread.half_width.data()[i] + slack)
          << part << ", entry " << i << ": " << spread.mean.data()[i] << " against " << k.value.data()[i];
    // Polynomials of degree 3 and 4 have heavy tails: their bands are right, and wide.
    if (!too_steep(GetParam(), 2)) {
      EXPECT_LE(spread.half_width.norm(), k.value.norm()) << part << " says little";
    }
  };
  covered("v", found.v, expected.v), covered("W", found.W, expected.W), covered("U", found.U, expected.U);
}

/// f(-x) = -f(x) for odd phi, f(-x) = f(x) for none here: K(x, -x) = -K(x, x).
TEST_P(InfiniteKernels, OddActivationsHaveOddKernels) {
  const auto limit = living<double>(GetParam());
  if (limit.phi.traits().parity != activation::Parity::odd || too_steep(GetParam()))
    GTEST_SKIP() << "not odd, or blows up";
  const auto k = infinite_ode<double>(limit, unit_pair<double>(-1)).kernel.sum();
  EXPECT_NEAR(k.value(0, 1), -k.value(0, 0), k.error);
}

TEST_P(InfiniteKernels, NoTimeLeavesTheOutputAndTheInput) {
  auto limit = some<double>(GetParam());
  limit.horizon = 0;
  const auto k = infinite_ode<double>(limit, some_gram<double>());
  EXPECT_EQ(k.kernel.W.value.norm(), 0);
  EXPECT_LE((k.covariance.value - limit.input_scale * some_gram<double>()).norm(), 1e-14);
}

/// One layer, by hand, with expectations by two-dimensional quadrature.
TEST(InfiniteResnet, OneLayerByHand) {
  for (const char* name : {"tanh", "gelu", "cos"}) {
    const auto limit = some<double>(name);
    const Matrix<double> g = some_gram<double>();
    const double w = std::pow(limit.horizon * limit.sigma_w, 2), s0 = limit.input_scale;
    const double v = limit.sigma_v * limit.sigma_v;
    const auto mean = [&](double q, double p, double c) {
      return gaussian::expectation_by_quadrature<double>(limit.phi, q, limit.phi, p, c / std::sqrt(q * p))
          .value();
    };
    /// d/dc of it (Price's theorem), by a central difference.
    const auto slope = [&](double q, double p, double c) {
      const double h = 1e-4;
      return (8 * (mean(q, p, c + h) - mean(q, p, c - h)) - (mean(q, p, c + 2 * h) - mean(q, p, c - 2 * h))) /
             (12 * h);
    };
    const auto found = infinite_resnet<double>(limit, g, 1);
    const Eigen::Index i = 1, j = 3;
    const auto next = [&](Eigen::Index a, Eigen::Index b) {
      return s0 * g(a, b) + w * mean(s0 * g(a, a), s0 * g(b, b), s0 * g(a, b));
    };
    const double F0 = mean(s0 * g(i, i), s0 * g(j, j), s0 * g(i, j));
    const double b1 = v * slope(next(i, i), next(j, j), next(i, j));
    const double b0 = b1 * (1 + w * slope(s0 * g(i, i), s0 * g(j, j), s0 * g(i, j)));
    EXPECT_NEAR(found.covariance.value(i, j), next(i, j), 1e-12) << name;
    EXPECT_NEAR(found.kernel.v.value(i, j), v * mean(next(i, i), next(j, j), next(i, j)), 1e-12) << name;
    EXPECT_NEAR(found.kernel.W.value(i, j), w * b1 * F0, 1e-10) << name;
    EXPECT_NEAR(found.kernel.U.value(i, j), s0 * g(i, j) * b0, 1e-10) << name;
  }
}

/// Double's errors contain what fifty digits say, and are not much too large.
TEST(InfiniteOde, ErrorsContainTheFinerResult) {
  for (const char* name : {"sin", "polynomial:1,0,1/4"}) {
    const auto coarse = infinite_ode<double>(some<double>(name), some_gram<double>());
    const auto fine = infinite_ode<Sharp>(some<Sharp>(name), some_gram<Sharp>());
    InfiniteKernel<double> rounded;
    rounded.kernel.v.value = linalg::to_double<Sharp>(fine.kernel.v.value);
    rounded.kernel.W.value = linalg::to_double<Sharp>(fine.kernel.W.value);
    rounded.kernel.U.value = linalg::to_double<Sharp>(fine.kernel.U.value);
    rounded.covariance.value = linalg::to_double<Sharp>(fine.covariance.value);
    rounded.nngp.value = linalg::to_double<Sharp>(fine.nngp.value);
    for_each_part(coarse, rounded,
                  [&](const char* part, const Approximation<double>& a, const Approximation<double>& b) {
                    EXPECT_LE((a.value - b.value).norm(), a.error) << name << " " << part;
                    EXPECT_LE(a.error, 1e-10 * a.value.norm()) << name << " " << part;
                  });
  }
}

/// The foreseen change is what fifty digits rest on: a run at a hundred digits judges it.
TEST(InfiniteOde, FiftyDigitsAgreeWithAHundred) {
  using Sharper = real::Mpfr<100>;
  for (const char* name : {"polynomial:1,0,1/4"}) {
    const auto a =
        infinite_ode<Sharp>(living<Sharp>(name), unit_pair<Sharp>(real::ratio<Sharp>(1, 2))).kernel.sum();
    const auto b =
        infinite_ode<Sharper>(living<Sharper>(name), unit_pair<Sharper>(real::ratio<Sharper>(1, 2)))
            .kernel.sum();
    for (Eigen::Index k = 0; k < 4; ++k) {
      const Sharper difference = widen<Sharper>(a.value.data()[k]) - b.value.data()[k];
      EXPECT_LE(std::abs(real::to_double<Sharper>(difference)), real::to_double<Sharp>(a.error)) << name;
    }
    EXPECT_LE(real::to_double<Sharp>(a.error), 1e-43) << name;
  }
}

TEST(InfiniteOde, RoutesAgree) {
  for (const char* name : {"erf", "sin", "cos", "gaussian", "polynomial:1,0,1/4", "identity"}) {
    const auto limit = some<double>(name);
    const auto series = infinite_ode<double>(limit, some_gram<double>(), Route::series);
    const auto closed = infinite_ode<double>(limit, some_gram<double>(), Route::closed_form);
    EXPECT_EQ(closed.coefficients, 0U);
    for_each_part(series, closed,
                  [&](const char* part, const Approximation<double>& a, const Approximation<double>& b) {
                    EXPECT_LE((a.value - b.value).norm(), a.error + b.error) << name << " " << part;
                  });
  }
  EXPECT_THROW(infinite_ode<double>(some<double>("tanh"), some_gram<double>(), Route::closed_form),
               DomainError);
}

TEST(InfiniteResnet, BallsContainAndAreTight) {
  const real::Precision precision(128);
  for (const char* name : {"gelu", "sin", "polynomial:1,0,1/4"})
    for (const long depth : {1L, 3L}) {
      const auto ball = infinite_resnet<Ball>(some<Ball>(name), some_gram<Ball>(), depth);
      const auto sharp = infinite_resnet<Sharp>(some<Sharp>(name), some_gram<Sharp>(), depth);
      const auto inside = [&](const char* part, const Matrix<Ball>& a, const Matrix<Sharp>& b) {
        for (Eigen::Index k = 0; k < a.size(); ++k) {
          const Ball exact =
              Ball::error() + real::Backend<Ball>::from_hex(real::Backend<Sharp>::to_hex(b.data()[k]));
          const Ball room(exact, Ball(1e-45));  // what fifty digits have rounded
          EXPECT_TRUE(a.data()[k].overlaps(room)) << name << " " << depth << " " << part << " " << k;
          EXPECT_LT(real::to_double<Ball>(a.data()[k].radius()), 1e-20)
              << name << " " << depth << " " << part;
        }
      };
      inside("v", ball.kernel.v.value, sharp.kernel.v.value);
      inside("W", ball.kernel.W.value, sharp.kernel.W.value);
      inside("U", ball.kernel.U.value, sharp.kernel.U.value);
      inside("covariance", ball.covariance.value, sharp.covariance.value);
    }
}

/// An input 0 stays 0 where phi(0) = 0, in balls up to rounding.
TEST(InfiniteResnet, TheInput0InBalls) {
  Matrix<Ball> gram(2, 2);
  gram << Ball(0), Ball(0), Ball(0), Ball(1);
  for (const char* name : {"tanh", "gelu"}) {
    const auto k = infinite_resnet<Ball>(some<Ball>(name), gram, 3).kernel;
    EXPECT_TRUE(k.v.value(0, 0).contains_zero()) << name;
    EXPECT_TRUE(k.v.value(1, 0).contains_zero()) << name;
    EXPECT_LT(real::to_double<Ball>(k.v.value(0, 0).radius()), 1e-15) << name;
    EXPECT_EQ(less(Ball(0), k.v.value(1, 1)), real::Truth::yes) << name;
  }
}

/// x^2 with s0 = sigma_w = 1 lives up to T = 0.95 and not to T = 1; a coarse grid alone would lose it at 0.9.
TEST(InfiniteOde, BlowUpIsSaid) {
  Limit<double> limit{activation::find("square")};
  limit.horizon = 0.95;
  EXPECT_GT(infinite_ode<double>(limit, unit_pair<double>(0.5)).kernel.v.value(0, 0), 1e6);
  for (const double T : {1.0, 2.0}) {
    limit.horizon = T;
    EXPECT_THROW(infinite_ode<double>(limit, unit_pair<double>(0.5)), ode::BlowUp) << T;
  }
}

/// Few nodes: a large error, that is true.
TEST(InfiniteOde, FewNodesSayTheirError) {
  Limit<double> limit{activation::find("tanh")};
  limit.horizon = 4;
  const auto all = infinite_ode<double>(limit, unit_pair<double>(0.5)).kernel.sum();
  double last = 1;
  for (const long nodes : {11L, 17L, 25L}) {
    const auto few = infinite_ode<double>(limit, unit_pair<double>(0.5), Route::automatic, nodes);
    const auto sum = few.kernel.sum();
    EXPECT_EQ(few.nodes, nodes);
    EXPECT_LE((sum.value - all.value).norm(), sum.error) << nodes;
    EXPECT_LT(sum.error, last / 50) << nodes;
    if (nodes == 11) {
      EXPECT_GT(sum.error, 1e-6);
    }
    last = sum.error;
  }
  EXPECT_THROW(infinite_ode<double>(limit, unit_pair<double>(0.5), Route::automatic, 10), DomainError);
}

/// A Lipschitz activation has a solution for all times: what is out of reach is not called a blow-up.
TEST(InfiniteOde, LongHorizonsAreAMatterOfPrecision) {
  for (const char* name : {"relu", "softplus"}) {
    Limit<double> limit{activation::find(name)};
    limit.horizon = 1000;
    EXPECT_THROW(infinite_ode<double>(limit, unit_pair<double>(0.5)), PrecisionError) << name;
  }
}

TEST(InfiniteOde, RefusesWhatIsNone) {
  auto limit = some<double>("tanh");
  EXPECT_THROW(infinite_ode<double>(limit, Matrix<double>(0, 0)), DomainError);
  EXPECT_THROW(infinite_ode<double>(limit, Matrix<double>::Constant(2, 3, 1)), DomainError);
  EXPECT_THROW(infinite_ode<double>(limit, unit_pair<double>(1.5)), DomainError);
  EXPECT_THROW(infinite_ode<double>(limit, Matrix<double>::Constant(1, 1, -1)), DomainError);
  EXPECT_THROW(infinite_ode<double>(limit, unit_pair<double>(NAN)), DomainError);
  EXPECT_THROW(infinite_resnet<double>(limit, unit_pair<double>(0), 0), DomainError);
  limit.horizon = -1;
  EXPECT_THROW(infinite_ode<double>(limit, unit_pair<double>(0)), DomainError);
}

}  // namespace
}  // namespace gronwall::test
