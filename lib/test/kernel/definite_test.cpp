#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <gronwall/gaussian/expectation.hpp>
#include <gronwall/kernel/definite.hpp>
#include <gronwall/linalg/norm.hpp>
#include <gronwall/linalg/product.hpp>
#include <gronwall/real/error.hpp>

#include "support/effort.hpp"
#include "support/random.hpp"

namespace gronwall::kernel {
namespace {

using activation::find;
using real::Precision;

const std::vector<std::string> smooth{"tanh", "softplus", "gelu", "sigmoid", "silu",
                                      "erf",  "sin",      "cos",  "arctan",  "gaussian"};
const std::vector<Part> parts{Part::nngp, Part::v, Part::W, Part::U, Part::all};

double number(const Ball& x) { return real::to_double<Ball>(x); }

Limit<Ball> limit_of(const std::string& phi, double sigma_w = 1, double horizon = 1, double scale = 1,
                     double sigma_v = 1) {
  return {find(phi), Ball(sigma_v), Ball(sigma_w), Ball(scale), Ball(horizon)};
}
template <Real R>
Limit<R> rounded(const Limit<Ball>& limit) {
  const auto as = [](const Ball& x) { return real::from_double<R>(number(x)); };
  return {limit.phi, as(limit.sigma_v), as(limit.sigma_w), as(limit.input_scale), as(limit.horizon)};
}

template <Real R>
linalg::Approximation<R> part_of(const InfiniteKernel<R>& k, Part part) {
  switch (part) {
    case Part::nngp:
      return k.nngp;
    case Part::v:
      return k.kernel.v;
    case Part::W:
      return k.kernel.W;
    case Part::U:
      return k.kernel.U;
    case Part::all:
      break;
  }
  return k.kernel.sum();
}

/// The points of the plane with these numerators over 4: norms that differ.
Inputs of_different_norms() {
  Inputs x;
  x.points = {{Rational(5, 4), Rational(1, 4)}, {Rational(-1, 2), 1}, {Rational(3, 4), Rational(-3, 4)}};
  return x;
}

/// I_0(x) = sum_k (x/2)^{2k}/k!^2.
Ball bessel(const Ball& x) {
  Ball sum(1), term(1);
  for (int k = 1; k <= 60; ++k) {
    term = term * x * x / (4 * k * k);
    sum += term;
  }
  return Ball(sum, term);
}

TEST(HiddenLaw, OfTheIdentityIsABesselFunction) {
  test::Random random(1);
  for (int i = 0; i < test::repetitions(6); ++i) {
    const double sigma = random.symmetric() * 1.5, horizon = 0.25 + random.below(6) / 4.0;
    const double scale = 0.25 + random.below(4), square = 0.5 + random.below(3);
    const Limit<Ball> limit = limit_of("identity", sigma, horizon, scale);
    // c_{t,s} = s_0 I_0(2 sigma sqrt(t s)).
    const Ball s0 = Ball(scale) * Ball(square);
    const Ball truth = s0 * bessel(Ball(2) * Ball(sigma) * Ball(horizon));
    Ball radius_before;
    for (const long steps : {16, 32, 64}) {
      const HiddenLaw law = hidden_law_ode(limit, Ball(square), steps, 4);
      const std::string where =
          fmt::format("sigma {:a}, T {}, s0 {}, {} steps", sigma, horizon, scale, steps);
      EXPECT_TRUE(law.variance.overlaps(truth)) << where;
      EXPECT_TRUE(law.variance.contains(truth.midpoint())) << where;
      // The part along g is int_0^T sqrt(s_0) dt; there is no other.
      EXPECT_TRUE(law.projections[1].overlaps(sqrt(s0) * Ball(horizon))) << where;
      EXPECT_TRUE(law.projections[0].contains_zero() && law.projections[2].contains_zero()) << where;
      const double rate = std::abs(sigma) * horizon;
      EXPECT_LT(number(law.variance.radius() / truth),
                40 * rate * rate * std::exp(rate) / (steps * steps) + 1e-9)
          << where;
      // Of second order.
      if (steps > 16) {
        EXPECT_LT(number(law.variance.radius()), 0.3 * number(radius_before) + 1e-12) << where;
      }
      radius_before = law.variance.radius();
    }
  }
}

/// Coefficients of (1 + z + z^2/2)^steps up to degree 40: one step of the midpoint rule for u' = W u, z = h
/// W.
std::vector<Ball> midpoint_powers(long steps) {
  std::vector<Ball> out(41, Ball(0));
  out[0] = Ball(1);
  for (long l = 0; l < steps; ++l)
    for (std::size_t k = out.size(); k-- > 1;)
      out[k] += out[k - 1] + (k > 1 ? real::scaled(out[k - 2], -1) : Ball(0));
  return out;
}

TEST(HiddenLaw, DistanceOfTheIdentityIsKnownAndReached) {
  // u_t = sum_k (sigma t)^k/k! W^k x with orthogonal W^k x of one norm, since c_{t,s} = s_0 sum_k (sigma^2 t
  // s)^k/k!^2; so the distance is that of the coefficients.
  for (const double rate : {0.05, 0.5, 2.0})
    for (const long steps : {1, 2, 8, 16}) {
      if (rate / static_cast<double>(steps) > 0.3) continue;
      const HiddenLaw law = hidden_law_ode(limit_of("identity", rate), Ball(1), steps, 4);
      const std::vector<Ball> rule = midpoint_powers(steps);
      Ball squares, power(1), exact(1);
      for (int k = 0; k <= 40; ++k) {
        const Ball difference = exact - rule[static_cast<std::size_t>(k)] * power;
        squares += difference * difference;
        power *= Ball(rate) / Ball(static_cast<int>(steps));
        exact *= Ball(rate) / Ball(k + 1);
      }
      const double truth = number(sqrt(squares)), bound = number(law.distance);
      EXPECT_GE(bound, truth) << rate << " " << steps;
      EXPECT_LE(bound, (rate < 1 ? 1.6 : 4) * truth) << rate << " " << steps;
    }
}

TEST(HiddenLaw, StepsAndRoutesAgree) {
  for (const std::string& phi : smooth) {
    const Limit<Ball> limit = limit_of(phi, 1, 1);
    const HiddenLaw coarse = hidden_law_ode(limit, Ball(1), 6), fine = hidden_law_ode(limit, Ball(1), 12);
    EXPECT_TRUE(coarse.variance.overlaps(fine.variance)) << phi;
    for (std::size_t m = 0; m < coarse.projections.size(); ++m)
      EXPECT_TRUE(coarse.projections[m].overlaps(fine.projections[m])) << phi << " " << m;
  }
}

TEST(HiddenLaw, OfTheInput0) {
  // u_0 = 0 is a constant.
  for (const std::string phi : {"cos", "softplus", "sigmoid"}) {
    const Limit<Ball> limit = limit_of(phi, 1, 0.75);
    const HiddenLaw law = hidden_law_resnet(limit, Ball(0), 2);
    const Ball h = Ball(0.375), at_zero = limit.phi.in<Ball>().value(Ball(0));
    // u_1 = h Z_0 and u_2 = h (Z_0 + Z_1).
    const gaussian::Expansion<Ball> e = gaussian::expand<Ball>(limit.phi, h * h * at_zero * at_zero, 4);
    const Ball truth = h * h * (at_zero * at_zero + 2 * at_zero * e.coefficients[0] + e.second_moment);
    EXPECT_TRUE(law.variance.overlaps(truth)) << phi;
    EXPECT_LT(number(law.variance.radius()), 1e-9) << phi;
  }
}

TEST(HiddenLaw, ContainsTheSpectralSolution) {
  test::Random random(2);
  int moved = 0, judged = 0;
  for (const std::string& phi : smooth)
    for (int i = 0; i < test::repetitions(2); ++i, ++judged) {
      const Limit<Ball> limit =
          limit_of(phi, random.symmetric() * 1.25, 0.25 + random.below(5) / 4.0, 0.5 + random.below(3) / 2.0);
      const double square = 0.5 + random.below(3) / 2.0;
      const linalg::Matrix<double> gram = linalg::Matrix<double>::Constant(1, 1, square);
      const InfiniteKernel<double> truth = infinite_ode<double>(rounded<double>(limit), gram);
      const Ball q(Ball(truth.covariance.value(0, 0)), Ball(truth.covariance.error));
      const HiddenLaw law = hidden_law_ode(limit, Ball(square), 16);
      const std::string where =
          fmt::format("{}, sigma {:a}, T {}", phi, number(limit.sigma_w), number(limit.horizon));
      EXPECT_TRUE(law.variance.contains(q)) << where;
      EXPECT_LT(number(law.variance.radius() / q), 0.1) << where;
      // A test that would not see the error bound missing tests nothing.
      if (!(q.overlaps(law.variance.midpoint()))) ++moved;
      // sum_m b_m^2 <= ||int phi||^2 = (q_T - s_0)/sigma^2 (Bessel's inequality).
      Ball squares;
      for (const Ball& b : law.projections) squares += b.least_modulus() * b.least_modulus();
      const Ball start = limit.input_scale * Ball(square), s2 = limit.sigma_w * limit.sigma_w;
      EXPECT_NE(leq(s2 * squares, q - start), Truth::no) << where;
      // They are most of it.
      EXPECT_GT(number(s2 * squares), 0.6 * number(q - start) - number(law.variance.radius())) << where;
    }
  EXPECT_GT(2 * moved, judged);
}

TEST(HiddenLaw, OfPolynomialsUntilTheyBlowUp) {
  const linalg::Matrix<double> gram = linalg::Matrix<double>::Constant(1, 1, 1);
  for (const std::string phi : {"square", "cube", "hermite:2", "polynomial:1,1,1/4"})
    for (const double horizon : {0.125, 0.25}) {
      const Limit<Ball> limit = limit_of(phi, 1, horizon, 0.5);
      const HiddenLaw law = hidden_law_ode(limit, Ball(1), 64);
      const InfiniteKernel<double> truth = infinite_ode<double>(rounded<double>(limit), gram);
      EXPECT_TRUE(
          law.variance.contains(Ball(Ball(truth.covariance.value(0, 0)), Ball(truth.covariance.error))))
          << phi;
      EXPECT_LT(number(law.variance.radius() / law.variance), 0.02) << phi;
    }
  EXPECT_THROW(hidden_law_ode(limit_of("square"), Ball(1), 64), PrecisionError);
  EXPECT_THROW(hidden_law_ode(limit_of("cube"), Ball(1), 16), PrecisionError);
}

TEST(HiddenLaw, OfAResNetIsTheRecursion) {
  for (const std::string phi : {"tanh", "cos", "softplus", "square"}) {
    const Limit<Ball> limit = limit_of(phi, 0.75, 0.5);
    for (const long depth : {1, 2, 7}) {
      const HiddenLaw law = hidden_law_resnet(limit, Ball(1), depth);
      const InfiniteKernel<Ball> truth =
          infinite_resnet<Ball>(limit, linalg::Matrix<Ball>::Constant(1, 1, Ball(1)), depth);
      EXPECT_TRUE(law.variance.overlaps(truth.covariance.value(0, 0))) << phi << depth;
      EXPECT_LT(number(law.variance.radius()), 1e-6) << phi << depth;
    }
  }
}

TEST(HiddenLaw, RefusesWhatItCannotBound) {
  EXPECT_THROW(hidden_law_ode(limit_of("relu"), Ball(1), 8), DomainError);
  EXPECT_THROW(hidden_law_ode(limit_of("tanh"), Ball(1), 0), DomainError);
  EXPECT_THROW(hidden_law_ode(limit_of("tanh"), Ball(-1), 8), DomainError);
  EXPECT_THROW(hidden_law_ode(limit_of("tanh", 1, -1), Ball(1), 8), DomainError);
  EXPECT_THROW(hidden_law_resnet(limit_of("tanh"), Ball(1), 0), DomainError);
}

TEST(CovarianceCoefficients, HoldAllOverAWideVariance) {
  for (std::string phi : {"tanh", "gelu", "cos", "arctan", "hermite:4", "polynomial:1,2,0,1"})
    for (const double width : {0.0, 1e-3, 0.03}) {
      const Ball q(Ball(1.25), Ball(width));
      const std::vector<Ball> wide = covariance_coefficients(find(phi), q, 12);
      for (const double part : {-1.0, -0.4, 0.0, 0.7, 1.0}) {
        const Ball at(1.25 + part * width);
        const gaussian::Expansion<Ball> e = gaussian::expand<Ball>(find(phi), at, 12);
        for (unsigned m = 0; m < 12; ++m) {
          const Ball truth = e.coefficients[m] / real::power<Ball>(sqrt(at), m);
          EXPECT_TRUE(wide[m].overlaps(truth)) << phi << " " << m << " " << width;
          EXPECT_LE(number(abs(wide[m] - truth).upper()),
                    6 * (m + 1) * width * (1 + std::abs(number(truth))) + 1e-25)
              << phi << " " << m << " " << width;
        }
      }
    }
  // At q = 1 only the coefficient of h_20 is not 0, so that E[He_20(sqrt(q) z)] is all remainder.
  const auto only = covariance_coefficients(find("hermite:20"), Ball(Ball(1), Ball(0x1p-5)), 1);
  const auto there = gaussian::expand<Ball>(find("hermite:20"), Ball(1 + 0x1p-5), 1);
  EXPECT_TRUE(only[0].contains(there.coefficients[0].midpoint()));
  EXPECT_LT(number(only[0].radius()), 0.1);
  // Not wider than the range, but for terms of second order.
  for (const std::string phi : {"tanh", "gelu", "cos"}) {
    const double width = 0x1p-20;
    const std::vector<Ball> wide = covariance_coefficients(find(phi), Ball(Ball(1.5), Ball(width)), 8),
                            left = covariance_coefficients(find(phi), Ball(1.5 - width), 8),
                            right = covariance_coefficients(find(phi), Ball(1.5 + width), 8);
    for (std::size_t m = 0; m < wide.size(); ++m)
      EXPECT_LE(2 * number(wide[m].radius()), 1.01 * number(abs(left[m] - right[m])) + 1e-9)
          << phi << " " << m;
  }
  EXPECT_THROW(covariance_coefficients(find("tanh"), Ball(Ball(1), Ball(2)), 4), DomainError);
}

TEST(LoewnerBelow, LiesBelowTheResNetsKernel) {
  // K - (what is below) has no negative eigenvalue; and it is a fair part of K.
  const Inputs sphere = find_inputs("random:4,3,7"), planar = of_different_norms();
  for (const std::string& phi : smooth)
    for (const Inputs& x : {sphere, planar}) {
      const Limit<Ball> limit = limit_of(phi, 1.25, 0.75, 1, 0.5);
      const Precision fast(64);
      const long depth = 2;
      const linalg::Matrix<Ball> gram = x.gram<Ball>();
      const InfiniteKernel<Ball> truth = infinite_resnet<Ball>(limit, gram, depth);
      std::vector<HiddenLaw> laws;
      for (Eigen::Index i = 0; i < gram.rows(); ++i)
        laws.push_back(hidden_law_resnet(limit, gram(i, i), depth));
      if (x.normalised || x.on_sphere()) laws.resize(1);
      for (const Part part : parts) {
        const linalg::Approximation<Ball> K = part_of<Ball>(truth, part);
        const linalg::Matrix<Ball> below = loewner_below(limit, gram, laws, part, 48);
        const Ball gap = linalg::smallest_eigenvalue<Ball>(linalg::Matrix<Ball>(K.value - below), K.error);
        EXPECT_NE(less(gap, Ball(0)), Truth::yes) << phi << " " << name(part) << " " << number(gap);
        EXPECT_GT(number(gap.lower()), -1e-4) << phi << " " << name(part);
        EXPECT_GT(number(below(0, 0)), 0.4 * number(K.value(0, 0))) << phi << " " << name(part);
      }
    }
}

TEST(LoewnerBelow, OfTheIdentityAndWithoutLayers) {
  // phi(x) = x: C' = (s0 + (sigma sqrt(s0) T)^2) G, and K >= 2 C'.
  const Inputs x = find_inputs("circle:3");
  const Limit<Ball> limit = limit_of("identity", 0.5, 1, 2);
  const linalg::Matrix<Ball> gram = x.gram<Ball>();
  const linalg::Matrix<Ball> below =
      loewner_below(limit, gram, {hidden_law_ode(limit, Ball(1), 64, 4)}, Part::all, 6);
  EXPECT_NEAR(number(below(0, 1)), number(Ball(2) * Ball(2.5) * gram(0, 1)), 0.01);
  EXPECT_LE(number(below(0, 0).upper()), 5.0);
  // T = 0: Sigma* is its own bound.
  const Limit<Ball> frozen = limit_of("tanh", 1, 0);
  const gaussian::Expansion<Ball> e = gaussian::expand<Ball>(frozen.phi, Ball(1), 40);
  const linalg::Matrix<Ball> direct = gaussian::kernel_below(e, gram);
  const linalg::Matrix<Ball> ours =
      loewner_below(frozen, gram, {hidden_law_ode(frozen, Ball(1), 1)}, Part::nngp, 40);
  for (Eigen::Index k = 0; k < direct.size(); ++k)
    EXPECT_LT(number(abs(direct.data()[k] - ours.data()[k]).upper()), 1e-30);
  EXPECT_THROW(loewner_below(limit, gram, {}, Part::v, 4), DomainError);
}

/// Lower bounds at infinite depth against the computed kernel, and not far below it where data are easy.
TEST(KernelDefinite, BoundsTheComputedEigenvalueFromBelow) {
  test::Random random(5);
  const std::vector<std::string> data{"random:4,3,1", "circle:5", "clustered:4,3,2,0.1,1",
                                      "nearly-parallel:3,3,0.1"};
  for (const std::string& phi : smooth) {
    const Inputs x = find_inputs(data[static_cast<std::size_t>(random.below(4))]);
    const Limit<Ball> limit = limit_of(phi, 1, 0.5, 1, 1);
    const InfiniteKernel<double> computed = infinite_ode<double>(rounded<double>(limit), x.gram<double>());
    for (const Part part : {Part::nngp, Part::all, random.below(2) == 0 ? Part::W : Part::U}) {
      const Definiteness d = kernel_definite(limit, x, part);
      const linalg::Approximation<double> K = part_of<double>(computed, part);
      const auto smallest = linalg::smallest_eigenvalue<double>(K.value, K.error);
      EXPECT_EQ(d.definite, Truth::yes) << phi << " " << name(part) << ": " << d.reason;
      EXPECT_LE(number(d.below), smallest.value() + smallest.error()) << phi << " " << name(part);
      if (smallest.error() < 0.01 * smallest.value()) {
        EXPECT_GT(number(d.below), (part == Part::W ? 0.2 : 0.5) * smallest.value())
            << phi << " " << name(part);
      }
    }
  }
}

TEST(KernelDefinite, EnclosesTheSmallestEigenvalueOfAResNet) {
  // Crowded points, whose smallest eigenvalues double cannot see.
  Inputs crowded;
  for (int i = 0; i < 5; ++i) crowded.points.push_back(linalg::rational_unit_vector({Rational(i, 512)}));
  for (const std::string phi : {"tanh", "gelu", "cos"}) {
    const Limit<Ball> limit = limit_of(phi, 1, 0.5);
    const Definiteness d = kernel_definite(limit, crowded, 4, Part::all);
    EXPECT_EQ(d.definite, Truth::yes) << phi << d.reason;
    EXPECT_LT(number(d.above), 1e-14) << phi;
    EXPECT_NE(leq(d.below, d.above), Truth::no);
    EXPECT_GT(number(d.below), 0.3 * number(d.above)) << phi;
  }
}

TEST(KernelDefinite, ScalesMayBeWide) {
  Inputs close;
  for (int i = 0; i < 5; ++i) close.points.push_back(linalg::rational_unit_vector({Rational(i, 64)}));
  Limit<Ball> limit = limit_of("tanh", 1, 0.5);
  const Definiteness sharp = kernel_definite(limit, close);
  const Ball wide(Ball(1), Ball(1e-4));
  limit.sigma_v = limit.sigma_w = limit.input_scale = wide;
  const Definiteness d = kernel_definite(limit, close);
  EXPECT_EQ(d.definite, Truth::yes) << d.reason;
  EXPECT_EQ(less(d.below, sharp.below), Truth::yes);
  EXPECT_GT(number(d.below), 0.95 * number(sharp.below));
}

TEST(SigmaStarDefinite, BoundsFromBothSides) {
  for (const std::string& phi : smooth)
    for (const std::string data : {"random:5,3,2", "circle:7"}) {
      const Definiteness d = sigma_star_definite(find(phi), Rational(4, 3), find_inputs(data));
      if (d.definite != Truth::yes) {
        // Opposite points do not occur here: every smooth activation has a definite kernel.
        ADD_FAILURE() << phi << " " << data << ": " << d.reason;
        continue;
      }
      EXPECT_NE(leq(d.below, d.above), Truth::no) << phi;
      EXPECT_GT(number(d.below), 0.99 * number(d.above)) << phi << " " << data;
    }
}

TEST(SigmaStarDefinite, OfInputsThatDoubleDoesNotTellApart) {
  Inputs x;
  for (int i = 0; i < 7; ++i) x.points.push_back(linalg::rational_unit_vector({Rational(i, 1 << 12)}));
  const Definiteness d = sigma_star_definite(find("tanh"), 1, x);
  EXPECT_EQ(d.definite, Truth::yes) << d.reason;
  EXPECT_LT(number(d.below), 1e-36);
  EXPECT_GT(number(d.below), 0);
  EXPECT_GE(d.bits, 128);
}

/// K c = 0 for all parts, as far as it can be computed.
void expect_null(const Limit<Ball>& limit, const Inputs& x, const RationalVector& c,
                 const std::string& where) {
  const Precision fast(64);
  const InfiniteKernel<Ball> K = infinite_resnet<Ball>(limit, x.gram<Ball>(), 2);
  linalg::Matrix<Ball> column(x.count(), 1);
  for (long i = 0; i < x.count(); ++i)
    column(i, 0) = real::from_rational<Ball>(c[static_cast<std::size_t>(i)]);
  for (const Part part : parts) {
    const linalg::Matrix<Ball> image = linalg::multiply<Ball>(part_of<Ball>(K, part).value, column);
    for (Eigen::Index i = 0; i < image.rows(); ++i) {
      EXPECT_TRUE(image(i, 0).contains_zero()) << where << " " << name(part);
      EXPECT_LT(number(image(i, 0).radius()), 1e-3) << where;
    }
  }
}

Inputs points(std::vector<RationalVector> x, bool normalised = false) {
  Inputs out;
  out.points = std::move(x);
  out.normalised = normalised;
  return out;
}

TEST(Singular, CasesAndTheirNullVectors) {
  const Rational a(3, 5), b(4, 5);
  const RationalVector p{a, b}, q{b, a}, r{1, 0}, s{0, 1}, minus_p{-a, -b};
  struct Case {
    std::string phi;
    Inputs x;
    double sigma_w, horizon;
    bool singular;
  };
  const std::vector<Case> cases{
      {"tanh", points({p, q, p}), 1, 0.5, true},
      {"tanh", points({{3, 4}, {1, 2}, {6, 8}}, true), 1, 0.5, true},
      {"tanh", points({p, r, minus_p}), 1, 0.5, true},
      {"tanh", points({{1, 2}, r, {-2, -4}}, true), 1, 0.5, true},
      {"tanh", points({{1, 2}, r, {-2, -4}}), 1, 0.5, false},
      {"tanh", points({p, q, r}), 1, 0.5, false},
      {"cos", points({p, r, minus_p}), 1, 0.5, false},
      {"cos", points({p, r, minus_p}), 0, 0.5, true},
      {"cos", points({p, r, minus_p}), 1, 0, true},
      {"gelu", points({p, r, minus_p}), 1, 0.5, false},
      {"gelu", points({p, minus_p, r, {-1, 0}, s, {0, -1}}), 1, 0.5, false},
      {"gelu", points({p, minus_p, r, {-1, 0}, s, {0, -1}}), 1, 0, true},
      {"gelu", points({p, minus_p, r, {-1, 0}}), 1, 0, false},
      {"identity", points({p, q, r}), 1, 0.5, true},
      {"identity", points({p, q}), 1, 0.5, false},
      {"affine:1,2", points({p, q, r, s}), 1, 0.5, true},
      {"affine:1,2", points({p, q, r}), 1, 0.5, false},
      {"affine:1,2", points({{1, 1}, {2, 2}, {3, 3}}), 1, 0.5, true},
      {"affine:1,2", points({{3, 4, 0}, {4, 3, 0}, {-3, 4, 0}, {0, 2, 0}}, true), 1, 0.5, true},
      {"affine:2,0", points({p, q}), 1, 0.5, true},
      {"square", points({p, q, r, s}), 1, 0.25, false},
      {"square", points({p, q, r, s}), 1, 0, true},
      {"tanh", points({{0, 0}, p, q}), 1, 0.5, true},
      {"cos", points({{0, 0}, p, q}), 1, 0.5, false},
  };
  for (const Case& c : cases) {
    const Limit<Ball> limit = limit_of(c.phi, c.sigma_w, c.horizon);
    const auto found = singular(limit, c.x);
    const std::string where = fmt::format("{}, T {}, {} points", c.phi, c.horizon, c.x.count()) +
                              (found ? ": " + found->reason : "");
    EXPECT_EQ(found.has_value(), c.singular) << where;
    for (const Part part : {Part::nngp, Part::v})
      EXPECT_EQ(singular(limit, c.x, part).has_value(), c.singular) << where;
    const Definiteness d = kernel_definite(limit, c.x);
    EXPECT_EQ(d.definite, c.singular ? Truth::no : Truth::yes) << where << d.reason;
    if (!found) continue;
    ASSERT_TRUE(found->null_vector) << where;
    if (c.x.zeros().empty()) expect_null(limit, c.x, *found->null_vector, where);
  }
}

TEST(Singular, SinglePartsAndScales) {
  const Inputs x = points({{Rational(3, 5), Rational(4, 5)}, {1, 0}});
  Limit<Ball> limit = limit_of("gelu");
  limit.sigma_v = Ball(0);
  EXPECT_TRUE(singular(limit, x, Part::all));
  EXPECT_FALSE(singular(limit, x, Part::nngp));
  limit = limit_of("gelu");
  limit.input_scale = Ball(0);
  EXPECT_TRUE(singular(limit, x, Part::nngp));
  EXPECT_TRUE(singular(limit, points({{1, 0}}), Part::U));
  EXPECT_TRUE(singular(limit_of("gelu", 0), x, Part::W));
  EXPECT_FALSE(singular(limit_of("gelu", 0), x, Part::U));
  EXPECT_TRUE(singular(limit_of("cos"), points({{0, 0}, {1, 0}}), Part::U));
  // Irrational norms, of which only the dimension is known.
  EXPECT_TRUE(singular(limit_of("affine:1,2"), points({{1, 1}, {1, 2}, {2, 1}, {1, 3}}, true)));
  EXPECT_FALSE(singular(limit_of("affine:1,2"), points({{1, 1}, {1, 2}, {2, 1}}, true)));
  EXPECT_TRUE(singular(limit_of("identity"), points({{1, 1}, {1, 2}, {2, 1}}, true)));
  EXPECT_THROW(singular(limit, points({})), DomainError);
  EXPECT_THROW(singular(limit, points({{0, 0}}, true)), DomainError);
}

TEST(KernelDefinite, LeavesOpenWhatItCannotProve) {
  const Inputs x = find_inputs("circle:5");
  const Definiteness kink = kernel_definite(limit_of("relu"), x);
  EXPECT_EQ(kink.definite, Truth::unknown);
  const Definiteness blown_up = kernel_definite(limit_of("square", 1, 2), x);
  EXPECT_EQ(blown_up.definite, Truth::unknown);
  // C' has degree 2 in G, so the bound has degree 4 and rank 9 at most, whatever K is.
  const Definiteness many = kernel_definite(limit_of("square", 1, 0.25), find_inputs("circle:11"));
  EXPECT_EQ(many.definite, Truth::unknown);
  EXPECT_TRUE(many.below.is_zero());
  EXPECT_FALSE(many.above.known());
  EXPECT_FALSE(many.reason.empty());
  EXPECT_THROW(kernel_definite(limit_of("tanh", 1, -1), x), DomainError);
  EXPECT_THROW(kernel_definite(limit_of("tanh"), points({})), DomainError);
  EXPECT_THROW(kernel_definite(limit_of("tanh"), x, 0L), DomainError);
}

TEST(Gershgorin, LiesBelowTheEigenvalue) {
  test::Random random(9);
  for (int i = 0; i < test::repetitions(20); ++i) {
    const Inputs x = find_inputs(fmt::format("random:{},3,{}", 2 + random.below(4), 1 + random.below(1000)));
    const linalg::Matrix<Ball> rho = x.gram<Ball>();
    Ball r;
    for (Eigen::Index k = 0; k < rho.rows(); ++k)
      for (Eigen::Index j = 0; j < k; ++j) r = real::max(r, abs(rho(k, j)).upper());
    const gaussian::Expansion<Ball> e = gaussian::expand<Ball>(find("gelu"), Ball(1), 60);
    std::vector<Ball> w;
    for (const Ball& a : e.coefficients) w.push_back(a.least_modulus() * a.least_modulus());
    const Ball bound = gershgorin_below(w, x.count(), r);
    const Ball smallest = linalg::smallest_eigenvalue<Ball>(gaussian::kernel_below(e, rho));
    EXPECT_NE(leq(bound, smallest), Truth::no);
    EXPECT_EQ(leq(Ball(0), bound), Truth::yes);
  }
  // Orthogonal points: every rho^m with m > 0 is the identity, and the all-ones matrix adds nothing.
  const Ball orthogonal = gershgorin_below({Ball(1), Ball(0.5), Ball(0.25)}, 3, Ball(0));
  EXPECT_TRUE((orthogonal - Ball(0.75)).is_zero());
  EXPECT_THROW(gershgorin_below({Ball(-1)}, 2, Ball(0)), DomainError);
  EXPECT_THROW(gershgorin_below({Ball(1)}, 2, Ball(2)), DomainError);
}

}  // namespace
}  // namespace gronwall::kernel
