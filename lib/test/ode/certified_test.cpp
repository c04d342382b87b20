// Certified solutions contain the closed form wherever there is one, agree with themselves in every order,
// precision and step rule, are as tight as the precision allows, and grow wide where a coefficient is wrong.
#include <cmath>

#include <gtest/gtest.h>

#include <gronwall/linalg/norm.hpp>
#include <gronwall/ode/certified.hpp>
#include <gronwall/ode/integrator.hpp>
#include <gronwall/real/bound.hpp>
#include <gronwall/real/functions.hpp>

#include "support/effort.hpp"
#include "support/random.hpp"

namespace {

using namespace gronwall;
using linalg::Approximation;
using linalg::Matrix;
using ode::CertifiedAdjoint;
using ode::CertifiedControl;
using ode::CertifiedField;
using ode::CertifiedSolution;
using real::Ball;
using real::Bound;
using real::Precision;
using real::Truth;
using test::Random;

Matrix<Ball> matrix(Eigen::Index rows, Eigen::Index cols, const std::vector<double>& row_by_row) {
  Matrix<Ball> out(rows, cols);
  for (Eigen::Index i = 0; i < rows; ++i)
    for (Eigen::Index j = 0; j < cols; ++j)
      out(i, j) = Ball(row_by_row[static_cast<std::size_t>(i * cols + j)]);
  return out;
}

Matrix<Ball> random_matrix(Random& random, Eigen::Index rows, Eigen::Index cols, double size = 1) {
  Matrix<Ball> out(rows, cols);
  for (Eigen::Index k = 0; k < out.size(); ++k) out.data()[k] = Ball(size * random.symmetric());
  return out;
}

CertifiedField field(const std::string& phi, const Matrix<Ball>& W, const Ball& s = Ball(1)) {
  return {activation::find(phi), W, s};
}

Approximation<Ball> exact(const Matrix<Ball>& a) { return {a, Ball(0)}; }
Approximation<Ball> number(const Ball& x) { return exact(Matrix<Ball>::Constant(1, 1, x)); }

Bound radius(const Approximation<Ball>& a) {
  Matrix<Ball> radii = a.value.unaryExpr([](const Ball& x) { return x.radius(); });
  return real::norm_bound(radii.data(), radii.size()) + Bound(a.error);
}
Bound size(const Approximation<Ball>& a) { return real::norm_bound(a.value.data(), a.value.size()); }

Ball distance(const Matrix<Ball>& a, const Matrix<Ball>& b) {
  const Matrix<Ball> d = a - b;
  return linalg::frobenius_norm<Ball>(d);
}

/// Not shown to be wrong: some point of the truth lies in the enclosure.
void expect_contains(const Approximation<Ball>& a, const Matrix<Ball>& truth, const std::string& where) {
  EXPECT_NE(less(a.error, distance(a.value, truth)), Truth::yes)
      << where << ": off by " << real::to_double<Ball>(distance(a.value, truth)) << " with an error of "
      << real::to_double<Ball>(a.error);
}

void expect_intersect(const Approximation<Ball>& a, const Approximation<Ball>& b, const std::string& where) {
  EXPECT_NE(less(a.error + b.error, distance(a.value, b.value)), Truth::yes) << where;
}

/// The relative radius is at most 2^-bits.
void expect_tight(const Approximation<Ball>& a, double bits, const std::string& where) {
  EXPECT_LE(radius(a).log2() - size(a).log2(), -bits) << where;
}

std::string at(const std::string& what, long bits) { return what + " at " + std::to_string(bits) + " bits"; }

const std::vector<long> precisions = {64, 128, 256};
/// Bits that a solution over a horizon of 1 or 2 may lose to growth, rounding and the number of steps.
constexpr double lost = 14;

TEST(Certified, RotationIsCosineAndSine) {
  for (const long bits : precisions) {
    const Precision precision(bits);
    const CertifiedSolution h(field("identity", matrix(2, 2, {0, 1, -1, 0})), exact(matrix(2, 1, {1, 0})),
                              Ball(3));
    for (const double time : {0.0, 0.25, 1.0, 2.9375, 3.0}) {
      const Ball t(time);
      const Precision finer(2 * bits);
      Matrix<Ball> truth(2, 1);
      truth << cos(t), -sin(t);
      expect_contains(h.at(t), truth, at("rotation", bits));
      expect_tight(h.at(t), static_cast<double>(bits) - lost, at("rotation", bits));
    }
  }
}

TEST(Certified, AffineFieldIsAnExponential) {
  // h' = w (1 + 2h): h + 1/2 grows by e^{2 w t}.
  for (const long bits : precisions)
    for (const double w : {-3.0, -0.5, 1.5}) {
      const Precision precision(bits);
      const CertifiedSolution h(field("affine:1,2", matrix(1, 1, {w})), number(Ball(0.75)), Ball(2));
      for (const double time : {0.5, 2.0}) {
        const Precision finer(2 * bits);
        const Ball truth = Ball(1.25) * exp(Ball(2 * w * time)) - Ball(0.5);
        expect_contains(h.at(Ball(time)), Matrix<Ball>::Constant(1, 1, truth), at("affine", bits));
        // Long steps down an exponential cancel: a few bits more.
        expect_tight(h.at(Ball(time)), static_cast<double>(bits) - lost - 4, at("affine", bits));
      }
    }
}

TEST(Certified, SeparableEquationsOfWidthOne) {
  struct Separable {
    std::string phi;
    double w, start;
    std::function<Ball(const Ball& rate_times_t, const Ball& start)> solution;
  };
  const std::vector<Separable> cases = {
      {"tanh", 1.5, 0.625, [](const Ball& a, const Ball& h) { return asinh(exp(a) * sinh(h)); }},
      {"tanh", -2.0, 3.0, [](const Ball& a, const Ball& h) { return asinh(exp(a) * sinh(h)); }},
      {"sin", 1.0, 0.5,
       [](const Ball& a, const Ball& h) { return Ball(2) * atan(exp(a) * tan(h / Ball(2))); }},
      {"sin", -3.0, -2.5,
       [](const Ball& a, const Ball& h) { return Ball(2) * atan(exp(a) * tan(h / Ball(2))); }},
      // h' = w h^2.
      {"square", 0.25, 1.5, [](const Ball& a, const Ball& h) { return h / (Ball(1) - a * h); }},
      {"square", -4.0, 1.5, [](const Ball& a, const Ball& h) { return h / (Ball(1) - a * h); }},
      // h' = w (1 + h^2).
      {"polynomial:1,0,1", 0.5, -0.5, [](const Ball& a, const Ball& h) { return tan(a + atan(h)); }},
  };
  for (const Separable& one : cases)
    for (const long bits : precisions) {
      const Precision precision(bits);
      const CertifiedSolution h(field(one.phi, matrix(1, 1, {one.w})), number(Ball(one.start)), Ball(2));
      for (const double time : {0.375, 1.0, 2.0}) {
        const Precision finer(2 * bits);
        const Ball truth = one.solution(Ball(one.w * time), Ball(one.start));
        expect_contains(h.at(Ball(time)), Matrix<Ball>::Constant(1, 1, truth), at(one.phi, bits));
        expect_tight(h.at(Ball(time)), static_cast<double>(bits) - lost, at(one.phi, bits));
      }
    }
}

/// h' = w s(h) for the logistic s: h - e^{-h} - w t is constant. And h' = w softplus(h) has no closed form,
/// but e^{-h}... is no use; its solution is checked against other orders below.
TEST(Certified, LogisticEquationKeepsItsInvariant) {
  for (const long bits : precisions) {
    const Precision precision(bits);
    const CertifiedSolution h(field("sigmoid", matrix(1, 1, {4.0})), number(Ball(-1.5)), Ball(2));
    for (const double time : {0.5, 2.0}) {
      const Approximation<Ball> end = h.at(Ball(time));
      const Ball x(end.value(0, 0), end.error);
      const Ball invariant = x - exp(-x) - Ball(4 * time), initial = Ball(-1.5) - exp(Ball(1.5));
      EXPECT_TRUE(invariant.overlaps(initial)) << at("sigmoid", bits);
      expect_tight(end, static_cast<double>(bits) - lost, at("sigmoid", bits));
    }
  }
}

const std::vector<std::string> smooth = {"tanh", "softplus", "gelu",   "sigmoid",  "silu",
                                         "erf",  "sin",      "arctan", "gaussian", "cos"};

TEST(Certified, ForwardAndBackwardReturnsToTheStart) {
  Random random(71);
  for (const std::string& phi : smooth)
    for (int k = test::repetitions(3); k > 0; --k) {
      const Precision precision(96);
      const Matrix<Ball> W = random_matrix(random, 4, 4, 1.5), start = random_matrix(random, 4, 2, 2);
      const Matrix<Ball> back = -W;
      const CertifiedSolution there(field(phi, W), exact(start), Ball(1));
      const CertifiedSolution returned(field(phi, back), there.at(Ball(1)), Ball(1));
      expect_contains(returned.at(Ball(1)), start, phi);
      expect_tight(returned.at(Ball(1)), 96 - lost - 6, phi);
    }
}

TEST(Certified, OddActivationsGiveOddFlows) {
  Random random(72);
  for (const std::string phi : {"tanh", "sin", "erf", "arctan"}) {
    const Precision precision(80);
    const Matrix<Ball> W = random_matrix(random, 3, 3, 2), start = random_matrix(random, 3, 1);
    const Matrix<Ball> opposite = -start;
    const CertifiedSolution h(field(phi, W), exact(start), Ball(1)),
        g(field(phi, W), exact(opposite), Ball(1));
    Approximation<Ball> mirrored = g.at(Ball(1));
    mirrored.value = -mirrored.value;
    expect_intersect(h.at(Ball(1)), mirrored, phi);
    expect_tight(h.at(Ball(1)), 80 - lost - 6, phi);
  }
}

TEST(Certified, CoordinatesMayBePermuted) {
  Random random(73);
  for (const std::string& phi : smooth) {
    const Precision precision(80);
    const Matrix<Ball> W = random_matrix(random, 3, 3, 2), start = random_matrix(random, 3, 1, 2);
    Eigen::PermutationMatrix<3> turn;
    turn.indices() << 1, 2, 0;
    const Matrix<Ball> turned = turn * W * turn.transpose(), from = turn * start;
    const CertifiedSolution h(field(phi, W), exact(start), Ball(1)),
        g(field(phi, turned), exact(from), Ball(1));
    Approximation<Ball> expected = h.at(Ball(1));
    expected.value = turn * expected.value;
    expect_intersect(g.at(Ball(1)), expected, phi);
    expect_tight(g.at(Ball(1)), 80 - lost - 6, phi);
  }
}

TEST(Certified, OrdersPrecisionsAndStepRulesAgree) {
  Random random(74);
  for (const std::string& phi : smooth)
    for (int k = test::repetitions(2); k > 0; --k) {
      const Matrix<Ball> W = random_matrix(random, 4, 4, 2), start = random_matrix(random, 4, 1, 2);
      std::vector<Approximation<Ball>> ends;
      Approximation<Ball> sharp;
      {
        const Precision precision(256);
        sharp = CertifiedSolution(field(phi, W), exact(start), Ball(1.5)).at(Ball(1.5));
      }
      for (const int order : {3, 6, 11, 40})
        for (const double fraction : {1.0, 0.4}) {
          const Precision precision(order < 10 ? 64 : 128);
          CertifiedControl control;
          control.order = order;
          control.fraction = fraction;
          ends.push_back(CertifiedSolution(field(phi, W), exact(start), Ball(1.5), control).at(Ball(1.5)));
        }
      const Precision precision(256);
      expect_tight(sharp, 256 - lost - 8, phi);
      for (const Approximation<Ball>& end : ends) {
        expect_intersect(end, sharp, phi);
        expect_contains(end, sharp.value, phi);
      }
    }
}

/// Orders so low and steps so long that the tail is nearly all of the error: a tail bound that is too small
/// shows.
TEST(Certified, TailBoundIsNeeded) {
  for (const std::string& phi : smooth) {
    const Matrix<Ball> W = matrix(2, 2, {1, -2, 1.5, 0.5}), start = matrix(2, 1, {0.5, -0.25});
    Approximation<Ball> sharp, rough;
    {
      const Precision precision(192);
      sharp = CertifiedSolution(field(phi, W), exact(start), Ball(1)).at(Ball(1));
    }
    {
      const Precision precision(64);
      CertifiedControl control;
      control.order = 4;
      rough = CertifiedSolution(field(phi, W), exact(start), Ball(1), control).at(Ball(1));
    }
    const Precision precision(192);
    expect_contains(rough, sharp.value, phi);
    // The bound is no more than a few powers of ten above the error that there is.
    EXPECT_LE(Bound(rough.error).log2() - Bound(distance(rough.value, sharp.value)).log2(), 14) << phi;
  }
}

/// An error at the start that grows as fast as the bound says: h' = h with h_0 in [1 - d, 1 + d].
TEST(Certified, InitialErrorsGrowAsTheyMust) {
  const Precision precision(64);
  const Ball d = scaled(Ball(1), -20);
  const CertifiedSolution h(field("identity", matrix(1, 1, {1})), {matrix(1, 1, {1}), d}, Ball(3));
  const Approximation<Ball> end = h.at(Ball(3));
  for (const Ball& start : {Ball(1) - d, Ball(1) + d})
    expect_contains(end, Matrix<Ball>::Constant(1, 1, start * exp(Ball(3))), "end point");
  EXPECT_EQ(less(end.error, Ball(1.001) * d * exp(Ball(3))), Truth::yes) << "tight";
  // In two dimensions, along the direction that grows fastest: W = diag(2, -1) and a rotation of it.
  const Matrix<Ball> W = matrix(2, 2, {0.5, 1.5, 1.5, 0.5});  // eigenvalues 2, -1
  const CertifiedSolution g(field("identity", W), {matrix(2, 1, {0, 0}), d}, Ball(1));
  const Ball along = d * exp(Ball(2)) / sqrt(Ball(2));
  Matrix<Ball> truth(2, 1);
  truth << along, along;
  expect_contains(g.at(Ball(1)), truth, "top eigenvector");
}

/// Contraction is seen: with W = -I the error of the start must shrink, not grow by e^{||W|| T}.
TEST(Certified, LogarithmicNormSeesContraction) {
  const Precision precision(64);
  const Ball d = scaled(Ball(1), -20);
  const Matrix<Ball> W = matrix(2, 2, {-3, 0.5, -0.5, -3});
  for (const std::string phi : {"identity", "tanh"}) {
    const CertifiedSolution h(field(phi, W), {matrix(2, 1, {0.25, 0.125}), d}, Ball(2));
    EXPECT_EQ(less(h.at(Ball(2)).error, d * exp(Ball(-4))), Truth::yes) << phi;
  }
}

/// Wide networks take their products in fixed point at 64 bits, and in balls at 65: with rows and columns of
/// very different sizes, entries that lose bits in fixed point, zeros, and an error of W.
TEST(Certified, ProductsInFixedPointAreProducts) {
  Random random(79);
  for (int k = test::repetitions(12); k > 0; --k) {
    const Eigen::Index n = 16 + random.below(20);
    const std::string phi = random.below(2) == 0 ? "tanh" : "gelu";
    Matrix<Ball> W = random_matrix(random, n, n, 1), start = random_matrix(random, n, 2, 1);
    for (Eigen::Index i = 0; i < n; ++i) {
      const long row = -random.below(60), column = -random.below(8);
      for (Eigen::Index j = 0; j < n; ++j) {
        if (k % 3 == 0) W(i, j) = scaled(W(i, j), row);
        if (k % 3 == 1) W(j, i) = scaled(W(j, i), 8 * column);
        if (random.below(9) == 0) W(i, j) = scaled(W(i, j), random.below(3) == 0 ? -1090 : -61);
        if (random.below(9) == 0) W(i, j) = Ball(0);
        if (k % 2 == 0) W(i, j) = W(i, j) / Ball(3);  // no double
      }
      if (random.below(9) == 0) start(i, 0) = scaled(start(i, 0), -90);
      if (random.below(9) == 0) start(i, 1) = Ball(0);
    }
    const Ball s = Ball(3) / sqrt(Ball(static_cast<int>(n)));
    const auto end = [&](long bits) {
      const Precision precision(bits);
      return CertifiedSolution(field(phi, W, s), exact(start), Ball(0.5)).at(Ball(0.5));
    };
    const Approximation<Ball> fast = end(64), slow = end(65), sharp = end(192);
    const Precision precision(192);
    expect_contains(fast, sharp.value, phi + " in fixed point");
    expect_contains(slow, sharp.value, phi + " in balls");
    expect_tight(fast, 64 - lost, phi);
  }
}

/// All entries are rounded to fixed point alike, and W adds the errors up: no slack hides one that is left
/// out.
TEST(Certified, RoundingsInFixedPointThatAddUp) {
  Random random(83);
  constexpr int n = 64;
  const Ball s = Ball(1) / Ball(n);
  const auto expect_contained = [&](const Matrix<Ball>& W, const Matrix<Ball>& start, const char* what) {
    const auto end = [&](long bits) {
      const Precision precision(bits);
      return CertifiedSolution(field("tanh", W, s), exact(start), Ball(0.5)).at(Ball(0.5));
    };
    const Approximation<Ball> fast = end(64), sharp = end(192);
    const Precision precision(192);
    expect_contains(fast, sharp.value, what);
  };
  // Of the state.
  for (int k = test::repetitions(8); k > 0; --k)
    expect_contained(Matrix<Ball>::Constant(n, n, Ball(1)),
                     Matrix<Ball>::Constant(n, 1, Ball(random.symmetric())), "constant states");
  // Of W: what is lost beside the large entries of the first column meets all of the state.
  Matrix<Ball> W = Matrix<Ball>::Constant(n, n, Ball(0x1.fp-62)),
               start = Matrix<Ball>::Constant(n, 1, Ball(1));
  W.col(0).setConstant(Ball(1));
  start(0, 0) = Ball(0);
  expect_contained(W, start, "small entries");
}

/// What lies outside of every fixed point is left to balls.
TEST(Certified, ExtremeSizesAreNoMatterOfFixedPoint) {
  const Precision precision(64);
  const Eigen::Index n = 20;
  for (const double size : {1e-300, 1e300}) {
    const Matrix<Ball> W = Matrix<Ball>::Constant(n, n, Ball(size));
    const Ball s = Ball(1) / (Ball(static_cast<int>(n)) * Ball(size));
    const Matrix<Ball> start = Matrix<Ball>::Constant(n, 1, Ball(0.5) * Ball(size));
    const Approximation<Ball> end =
        CertifiedSolution(field("identity", W, s), exact(start), Ball(1)).at(Ball(1));
    expect_contains(end, Matrix<Ball>::Constant(n, 1, Ball(0.5) * Ball(size) * exp(Ball(1))), "identity");
    expect_tight(end, 64 - lost, "identity");
  }
  const Matrix<Ball> zero = Matrix<Ball>::Constant(n, n, Ball(0)),
                     one = Matrix<Ball>::Constant(n, 1, Ball(1));
  expect_contains(CertifiedSolution(field("tanh", zero), exact(one), Ball(1)).at(Ball(1)), one, "W = 0");
  Matrix<Ball> small = one;
  small *= scaled(Ball(1), -(1L << 40));
  const Matrix<Ball> unit = Matrix<Ball>::Identity(n, n);
  const Approximation<Ball> tiny =
      CertifiedSolution(field("identity", unit), exact(small), Ball(1)).at(Ball(1));
  Matrix<Ball> grown = small;
  grown *= exp(Ball(1));
  expect_contains(tiny, grown, "2^-2^40");
  expect_tight(tiny, 64 - lost, "2^-2^40");
}

TEST(Certified, WrongCoefficientWidensTheRadius) {
  const Precision precision(128);
  const Matrix<Ball> W = matrix(2, 2, {1, -2, 1.5, 0.5}), start = matrix(2, 1, {0.5, -0.25});
  for (const std::string phi : {"tanh", "gelu", "softplus"}) {
    const Approximation<Ball> good = CertifiedSolution(field(phi, W), exact(start), Ball(1)).at(Ball(1));
    for (const int broken : {1, 2, 5}) {
      CertifiedControl control;
      control.disturb = [broken](int j, Matrix<Ball>& c) {
        if (j == broken) c(1, 0) = (c(1, 0) * (Ball(1) + Ball(1e-10))).midpoint();
      };
      const Approximation<Ball> bad =
          CertifiedSolution(field(phi, W), exact(start), Ball(1), control).at(Ball(1));
      expect_contains(bad, good.value, phi);
      // 1e-10 of a coefficient, times powers of a step; not more than a thousand of them, and far above
      // rounding.
      EXPECT_GT(Bound(bad.error).log2(), -33 - 14.0 - 3 * broken) << phi << " coefficient " << broken;
      EXPECT_LT(Bound(bad.error).log2(), -33 + 10.0) << phi << " coefficient " << broken;
      EXPECT_LT(Bound(good.error).log2(), -128 + lost);
    }
  }
}

/// Where W is an interval of matrices its radius decides, and a lower order is as good and cheaper; where it
/// is a point nothing is saved.
TEST(Certified, WideMatricesTakeLowOrders) {
  const Precision precision(64);
  Random random(87);
  for (const std::string phi : {"tanh", "gelu", "softplus"})
    for (int k = test::repetitions(3); k > 0; --k) {
      const Matrix<Ball> W = random_matrix(random, 3, 3, 2), start = random_matrix(random, 3, 1, 2);
      Matrix<Ball> wide = W;
      for (Eigen::Index i = 0; i < W.size(); ++i) wide.data()[i] = Ball(W.data()[i], scaled(Ball(1), -20));
      CertifiedControl full;
      full.order = 36;
      const CertifiedSolution point(field(phi, W), exact(start), Ball(1)),
          low(field(phi, wide), exact(start), Ball(1)), high(field(phi, wide), exact(start), Ball(1), full);
      EXPECT_EQ(point.pieces()[0].coefficients.cols(), 37);
      EXPECT_LE(low.pieces()[0].coefficients.cols(), 24) << phi;
      for (const bool upper : {false, true}) {
        Matrix<Ball> corner = W;
        for (Eigen::Index i = 0; i < W.size(); ++i)
          corner.data()[i] = upper ? wide.data()[i].upper() : wide.data()[i].lower();
        const Approximation<Ball> end =
            CertifiedSolution(field(phi, corner), exact(start), Ball(1)).at(Ball(1));
        expect_intersect(low.at(Ball(1)), end, phi);
      }
      const auto radius = [](const Approximation<Ball>& a) {
        Bound squares;
        for (Eigen::Index i = 0; i < a.value.size(); ++i) {
          const Bound one(a.value.data()[i].radius());
          squares.add_product(one, one);
        }
        return Bound(a.error) + real::sqrt(squares);
      };
      // Steps may be cut in other places; what low order adds is far less than that.
      EXPECT_LE(radius(low.at(Ball(1))).log2(), radius(high.at(Ball(1))).log2() + 1) << phi;
    }
}

TEST(Certified, AnyTimeIsTheNearestPieceAndTheEnds) {
  const Precision precision(64);
  const CertifiedSolution h(field("tanh", matrix(1, 1, {1.5})), number(Ball(0.5)), Ball(1));
  const Ball wide(Ball(0.5), scaled(Ball(1), -3));
  const Approximation<Ball> somewhere = h.at(wide);
  for (const double t : {0.375, 0.4375, 0.5, 0.625})
    expect_contains({somewhere.value, somewhere.error}, h.at(Ball(t)).value,
                    "a time that is only known roughly");
  // A time that reaches beyond the end by a rounding is the end.
  EXPECT_NO_THROW(h.at(Ball(Ball(1), scaled(Ball(1), -60))));
  EXPECT_THROW(h.at(Ball(1.5)), DomainError);
  EXPECT_THROW(h.at(Ball(-0.5)), DomainError);
}

TEST(Certified, ComplaintsAreClear) {
  const Precision precision(64);
  const auto solve = [](const std::string& phi, const Matrix<Ball>& W, const Ball& T) {
    return CertifiedSolution(field(phi, W), number(Ball(1)), T).at(T);
  };
  EXPECT_THROW(solve("relu", matrix(1, 1, {1}), Ball(1)), DomainError);
  EXPECT_THROW(solve("tanh", matrix(2, 2, {1, 0, 0, 1}), Ball(1)), DomainError);
  EXPECT_THROW(solve("tanh", matrix(1, 1, {1}), Ball(-1)), DomainError);
  EXPECT_THROW(solve("tanh", matrix(1, 1, {1}), Ball(1) / Ball(3)), DomainError);
  // h' = h^2 from 1 ends at t = 1.
  try {
    solve("square", matrix(1, 1, {1}), Ball(2));
    ADD_FAILURE() << "a solution beyond its end";
  } catch (const Error& error) {
    EXPECT_TRUE(dynamic_cast<const ode::BlowUp*>(&error) || dynamic_cast<const ode::StepCollapse*>(&error));
  }
  // Nothing happens over no time.
  expect_contains(solve("tanh", matrix(1, 1, {1}), Ball(0)), matrix(1, 1, {1}), "T = 0");
}

// ---- The adjoint
// -----------------------------------------------------------------------------------------------

TEST(CertifiedAdjoint, WidthOneHasAClosedForm) {
  // h_T = asinh(e^{w T} sinh h_0): lambda_t = dh_T/dh_t = e^{w (T - t)} cosh h_t/cosh h_T, and
  // dh_T/dw = T e^{w T} sinh h_0/cosh h_T = int lambda tanh(h) dt.
  for (const long bits : precisions)
    for (const double w : {-1.5, 1.25}) {
      const Precision precision(bits);
      const Ball T(2), start(0.75);
      const CertifiedSolution h(field("tanh", matrix(1, 1, {w})), number(start), T);
      const CertifiedAdjoint lambda(h, number(Ball(1)), true);
      for (const double time : {0.0, 0.5, 1.75, 2.0}) {
        const Precision finer(2 * bits);
        const Ball t(time), rate(w);
        const Ball now = asinh(exp(rate * t) * sinh(start)), last = asinh(exp(rate * T) * sinh(start));
        const Ball truth = exp(rate * (T - t)) * cosh(now) / cosh(last);
        expect_contains(lambda.at(t), Matrix<Ball>::Constant(1, 1, truth), at("tanh", bits));
        expect_tight(lambda.at(t), static_cast<double>(bits) - lost - 4, at("tanh", bits));
      }
      const Precision finer(2 * bits);
      const Ball end = asinh(exp(Ball(w) * T) * sinh(start));
      const Ball truth = T * exp(Ball(w) * T) * sinh(start) / cosh(end);
      expect_contains(lambda.weight_gradient(), Matrix<Ball>::Constant(1, 1, truth), at("gradient", bits));
      expect_tight(lambda.weight_gradient(), static_cast<double>(bits) - lost - 4, at("gradient", bits));
    }
}

/// The state is known to 2^-10 only, lambda_T exactly: lambda_0 and the gradient of every start inside must
/// lie inside.
TEST(CertifiedAdjoint, ErrorOfTheStateEnters) {
  const Precision precision(96);
  const Ball d = scaled(Ball(1), -10), T(2);
  for (const double w : {-1.5, 0.75}) {
    const CertifiedSolution h(field("tanh", matrix(1, 1, {w})), {matrix(1, 1, {0.75}), d}, T);
    const CertifiedAdjoint lambda(h, number(Ball(1)), true);
    for (const Ball& start : {Ball(0.75) - d, Ball(0.75) + d}) {
      const Ball grown = exp(Ball(w) * T) * sinh(start), last = asinh(grown);
      expect_contains(lambda.at(Ball(0)),
                      Matrix<Ball>::Constant(1, 1, exp(Ball(w) * T) * cosh(start) / cosh(last)), "lambda_0");
      expect_contains(lambda.weight_gradient(), Matrix<Ball>::Constant(1, 1, T * grown / cosh(last)),
                      "gradient");
    }
    expect_tight(lambda.at(Ball(0)), 3, "lambda_0");
  }
}

/// Each alone: for h' = w h the state's error does not reach lambda, and a lambda_T that is known roughly not
/// the state; the gradient is T e^{w T} h_0 lambda_T.
TEST(CertifiedAdjoint, BothErrorsEnterTheGradient) {
  const Precision precision(96);
  const Ball d = scaled(Ball(1), -10), T(2), w(0.75);
  const Approximation<Ball> one = number(Ball(1)), rough{one.value, d};
  for (const bool state : {true, false}) {
    const CertifiedSolution h(field("identity", matrix(1, 1, {0.75})), state ? rough : one, T);
    const CertifiedAdjoint lambda(h, state ? one : rough, true);
    for (const Ball& factor : {Ball(1) - d, Ball(1) + d})
      expect_contains(lambda.weight_gradient(), Matrix<Ball>::Constant(1, 1, T * exp(w * T) * factor),
                      state ? "of the state" : "of lambda");
    expect_tight(lambda.weight_gradient(), 5, state ? "of the state" : "of lambda");
  }
}

/// Where the flow contracts, an error of the state grows on the way back. Here h_1' = -h_1^2 + (5/8) rests at
/// a contracting equilibrium but for the rounding of its start, lambda is constant, and int h_1^2 dt is an
/// entry of the gradient.
TEST(CertifiedAdjoint, ContractionsExpandBackwards) {
  for (const double other : {8.0, 16.0, 64.0}) {
    const Matrix<Ball> W = matrix(2, 2, {-1, 0.625 / (other * other), 0, 0});
    const Matrix<Ball> start = matrix(2, 1, {std::sqrt(0.625), other}), last = matrix(2, 1, {0, 1});
    const auto gradient = [&](long bits) {
      const Precision precision(bits);
      const CertifiedSolution h(field("square", W), exact(start), Ball(20));
      return CertifiedAdjoint(h, exact(last), true).weight_gradient();
    };
    const Approximation<Ball> sharp = gradient(512);
    for (const long bits : {64L, 128L}) {
      const Approximation<Ball> rough = gradient(bits);
      const Precision precision(512);
      expect_contains(rough, sharp.value, at("contraction", bits));
    }
  }
}

TEST(CertifiedAdjoint, PairsWithTheTangent) {
  // For a linear flow lambda_t^T h_t is constant.
  Random random(75);
  for (int k = test::repetitions(5); k > 0; --k) {
    const Precision precision(96);
    const Matrix<Ball> W = random_matrix(random, 3, 3, 1.5), start = random_matrix(random, 3, 1),
                       last = random_matrix(random, 3, 1);
    const CertifiedSolution h(field("identity", W), exact(start), Ball(1));
    const CertifiedAdjoint lambda(h, exact(last), false);
    const auto paired = [&](const Ball& t) {
      const Approximation<Ball> a = h.at(t), b = lambda.at(t);
      Ball sum;
      for (Eigen::Index i = 0; i < 3; ++i) sum += Ball(a.value(i, 0), a.error) * Ball(b.value(i, 0), b.error);
      return sum;
    };
    const Ball end = paired(Ball(1));
    for (const double t : {0.0, 0.3125, 0.75}) EXPECT_TRUE(paired(Ball(t)).overlaps(end));
    EXPECT_GT(end.relative_bits(), 96 - lost - 20);
  }
}

TEST(CertifiedAdjoint, OrdersAndPrecisionsAgree) {
  Random random(76);
  for (const std::string& phi : smooth) {
    const Matrix<Ball> W = random_matrix(random, 3, 3, 2), start = random_matrix(random, 3, 2, 2),
                       last = random_matrix(random, 3, 2);
    Approximation<Ball> sharp, sharp_gradient;
    {
      const Precision precision(256);
      const CertifiedSolution h(field(phi, W), exact(start), Ball(1));
      const CertifiedAdjoint lambda(h, exact(last), true);
      sharp = lambda.at(Ball(0));
      sharp_gradient = lambda.weight_gradient();
      expect_tight(sharp, 256 - lost - 8, phi);
      expect_tight(sharp_gradient, 256 - lost - 8, phi);
    }
    for (const int order : {3, 7, 30}) {
      const Precision precision(order < 10 ? 64 : 128);
      CertifiedControl control;
      control.order = order;
      const CertifiedSolution h(field(phi, W), exact(start), Ball(1), control);
      const CertifiedAdjoint lambda(h, exact(last), true);
      const Precision finer(256);
      expect_contains(lambda.at(Ball(0)), sharp.value, phi);
      expect_contains(lambda.weight_gradient(), sharp_gradient.value, phi);
    }
  }
}

}  // namespace
