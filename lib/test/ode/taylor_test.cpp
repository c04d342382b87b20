// The Taylor integrator: closed forms, invariants of the flow and of its adjoint, other methods, other
// orders.
#include <algorithm>
#include <cmath>

#include <gronwall/activation/activation.hpp>
#include <gronwall/linalg/norm.hpp>
#include <gronwall/linalg/product.hpp>
#include <gronwall/ode/taylor.hpp>

#include "problems.hpp"
#include "support/backends.hpp"
#include "support/effort.hpp"
#include "support/random.hpp"

namespace gronwall::test {
namespace {

using ode::HiddenField;
using ode::TaylorControl;
using Mp50 = real::Mpfr<50>;
using Mp100 = real::Mpfr<100>;

template <class R>
R tenth_to(int digits) {
  return real::power(real::ratio<R>(1, 10), static_cast<unsigned>(digits));
}

template <class R>
TaylorControl<R> within(int digits, int order = 0) {
  TaylorControl<R> control;
  control.rtol = tenth_to<R>(digits);
  control.order = order;
  return control;
}

template <class R>
R norm(const Matrix<R>& a) {
  return linalg::frobenius_norm<R>(a).value();
}

/// |a - b| in units of 10^-digits |b|; 0 where they are equal.
template <class R>
double error_of(const Matrix<R>& a, const Matrix<R>& b, int digits) {
  const Matrix<R> apart = a - b;
  if (norm<R>(apart) == R(0)) return 0;
  return real::to_double<R>(R(norm<R>(apart) / (tenth_to<R>(digits) * norm<R>(b))));
}

/// The tolerances that the precision of R is meant for.
template <class R>
std::vector<int> tolerances() {
  const int digits = real::Backend<R>::digits;
  if (digits <= 15) return {6, 9, 12};
  if (digits <= 50) return {15, 30, 45};
  return {digits - 5};
}

/// Dyadic entries in [-1, 1) with 30 bits, the same numbers in every precision.
template <class R>
Matrix<R> random_matrix(Random& random, Eigen::Index rows, Eigen::Index cols) {
  Matrix<R> out(rows, cols);
  for (Eigen::Index e = 0; e < out.size(); ++e)
    out.data()[e] = real::from_double<R>(std::ldexp(std::floor(std::ldexp(random.symmetric(), 30)), -30));
  return out;
}

struct Sizes {
  Eigen::Index n = 3, N = 2;
};

/// A field and a state of order one.
template <class R>
struct Instance {
  Instance(const std::string& activation, std::uint64_t seed, Sizes sizes = {}) {
    Random random(seed);
    field = {activation::find(activation), random_matrix<R>(random, sizes.n, sizes.n)};
    h0 = random_matrix<R>(random, sizes.n, sizes.N);
    last = random_matrix<R>(random, sizes.n, sizes.N);
  }
  HiddenField<R> field;
  Matrix<R> h0, last;
  /// A power of two, at most 1, in which the flow cannot do much while the state stays below 2: polynomials
  /// of high degree are steep.
  R horizon() const {
    double steepest = 1;
    for (int k = -32; k <= 32; ++k)
      steepest = std::max(steepest, std::abs(field.phi.template in<double>().derivative(k / 16.0)));
    return real::from_double<R>(std::exp2(-std::ceil(std::log2(steepest))));
  }
};

/// All smooth ones; He_60 is like He_9, but ten times as slow.
std::vector<std::string> smooth_activations() {
  std::vector<std::string> out;
  for (const std::string& name : activation::names()) {
    const activation::Activation phi = activation::find(name);
    if (phi.smooth() && phi.degree().value_or(0) <= 20) out.push_back(name);
  }
  return out;
}

std::string activation_name(const testing::TestParamInfo<std::string>& info) {
  std::string name;
  for (const char c : info.param) name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name + "_" + std::to_string(info.index);
}

// ---- closed forms
// ---------------------------------------------------------------------------------------------

/// One component, its closed form, and how far errors may grow.
template <class R>
struct Scalar {
  std::string activation;
  R start;
  std::function<R(const R& h0, const R& growth)> exact;  ///< growth = a t
};

template <class R>
std::vector<Scalar<R>> scalar_problems() {
  using std::asinh, std::atan, std::exp, std::sinh, std::tan;
  return {
      {"identity", real::ratio<R>(2, 3), [](const R& h, const R& g) { return R(h * exp(g)); }},
      {"tanh", real::ratio<R>(1, 10), [](const R& h, const R& g) { return R(asinh(R(exp(g) * sinh(h)))); }},
      {"tanh", real::ratio<R>(-7, 2), [](const R& h, const R& g) { return R(asinh(R(exp(g) * sinh(h)))); }},
      {"affine:1,2", R(0),
       [](const R& h, const R& g) {
         const R half = real::ratio<R>(1, 2);
         return R(R(h + half) * exp(R(R(2) * g)) - half);
       }},
      {"polynomial:0,0,1", real::ratio<R>(1, 5),
       [](const R& h, const R& g) { return R(h / (R(1) - g * h)); }},
      {"sin", real::ratio<R>(4, 5),
       [](const R& h, const R& g) { return R(R(2) * atan(R(exp(g) * tan(R(h / R(2)))))); }}};
}

TEST(Taylor, KeepsToleranceOnClosedFormsOfWidthOne) {
  for_each_backend([]<class R>() {
    for (const int digits : tolerances<R>())
      for (const Scalar<R>& problem : scalar_problems<R>())
        for (const int sign : {1, -1}) {
          const R a = real::ratio<R>(3 * sign, 2), T(2);
          const HiddenField<R> field{activation::find(problem.activation), matrix<R>(1, 1, {a})};
          const Matrix<R> h0 = matrix<R>(1, 1, {problem.start});
          const auto h = ode::solve_taylor<R>(field, h0, T, within<R>(digits));
          for (int k = 0; k <= 40; ++k) {  // the dense output, inside the pieces too
            const R t = T * R(k) / R(40);
            const Matrix<R> exact = matrix<R>(1, 1, {problem.exact(problem.start, R(a * t))});
            if (k == 0) {
              EXPECT_EQ(h.curve.at(t), h0);
            } else {
              EXPECT_LE(error_of<R>(h.curve.at(t), exact, digits), 5) << problem.activation << " at " << k;
            }
          }
        }
  });
}

TEST(Taylor, SolvesLinearSystemsByTheMatrixExponential) {
  for_each_backend([]<class R>() {
    const Instance<R> x("identity", 5, {4, 3});
    const R T(3);
    Matrix<R> sum = x.h0, term = x.h0;  // sum_k (A T)^k h_0/k!
    for (int k = 1; k < 400; ++k) {
      const Matrix<R> next = linalg::multiply<R>(x.field.A, term);
      const R factor = T / R(k);
      term = next;
      term *= factor;
      sum += term;
    }
    for (const int digits : tolerances<R>()) {
      const auto h = ode::solve_taylor<R>(x.field, x.h0, T, within<R>(digits));
      EXPECT_LE(error_of<R>(h.curve.at(T), sum, digits), 5);
    }
  });
}

/// n = 1, phi = tanh: dh_T/dh_0 = e^{aT} cosh h_0/cosh h_T, dh_T/da = T tanh h_T.
TEST(Taylor, AdjointAndWeightIntegralKeepToleranceOnTheSeparableNetwork) {
  for_each_backend([]<class R>() {
    using std::asinh, std::cosh, std::exp, std::sinh, std::tanh;
    for (const int digits : tolerances<R>()) {
      const R a(2), T(3), h0 = real::ratio<R>(1, 10);
      const HiddenField<R> field{activation::find("tanh"), matrix<R>(1, 1, {a})};
      const auto h = ode::solve_taylor<R>(field, matrix<R>(1, 1, {h0}), T, within<R>(digits));
      const auto adjoint = ode::solve_taylor_adjoint<R>(field, h, matrix<R>(1, 1, {R(1)}), within<R>(digits));
      const R last = asinh(R(exp(R(a * T)) * sinh(h0)));
      for (int k = 0; k <= 30; ++k) {
        const R t = T * R(k) / R(30);
        const R state = asinh(R(exp(R(a * t)) * sinh(h0)));
        const Matrix<R> exact = matrix<R>(1, 1, {R(exp(R(a * (T - t))) * cosh(state) / cosh(last))});
        EXPECT_LE(error_of<R>(adjoint.lambda.at(t), exact, digits), 5) << k;
        EXPECT_LE(error_of<R>(adjoint.active.at(t), matrix<R>(1, 1, {R(tanh(state))}), digits), 5) << k;
      }
      const Matrix<R> weights = matrix<R>(1, 1, {R(T * tanh(last))});
      EXPECT_LE(error_of<R>(adjoint.weight_integral(), weights, digits), 5);
    }
  });
}

// ---- every smooth activation
// ------------------------------------------------------------------------------------

class EveryTaylor : public testing::TestWithParam<std::string> {
 protected:
  /// fn(instance, digits) for the tolerances of double, mpfr50 and mpfr100.
  template <class F>
  void sweep(const F& fn) const {
    for_each_backend([&]<class R>() {
      if constexpr (real::Backend<R>::digits <= 100)
        for (const int digits : tolerances<R>()) {
          SCOPED_TRACE("1e-" + std::to_string(digits));
          fn(Instance<R>(GetParam(), 11), digits);
        }
    });
  }
};
INSTANTIATE_TEST_SUITE_P(Registry, EveryTaylor, testing::ValuesIn(smooth_activations()), activation_name);

/// In another precision, at another order and tolerance, so with other steps.
TEST_P(EveryTaylor, ReachesItsTolerance) {
  sweep([]<class R>(const Instance<R>& x, int digits) {
    using F = FinerThan<R>;
    const Instance<F> fine(GetParam(), 11);
    const int order = ode::taylor_order(digits * std::log2(10.0), 3) * 3 / 2;
    const auto reference =
        ode::solve_taylor<F>(fine.field, fine.h0, fine.horizon(), within<F>(digits + 4, order)).curve;
    const auto h = ode::solve_taylor<R>(x.field, x.h0, x.horizon(), within<R>(digits));
    EXPECT_EQ(h.order, ode::taylor_order(-std::log2(real::to_double<R>(tenth_to<R>(digits))), 3));
    for (const int part : {1, 2, 3}) {
      const R t = x.horizon() * real::ratio<R>(part, 3);
      const Matrix<R> value = h.curve.at(t);
      Matrix<F> wide(value.rows(), value.cols());
      for (Eigen::Index e = 0; e < wide.size(); ++e) wide.data()[e] = widen<F, R>(value.data()[e]);
      EXPECT_LE(error_of<F>(wide, reference.at(widen<F, R>(t)), digits), 10) << part << "/3";
    }
  });
}

TEST_P(EveryTaylor, AgreesWithExtrapolationTo24Digits) {
  using R = Mp50;
  const Instance<R> x(GetParam(), 12);
  ode::Control<R> control;
  control.rtol = tenth_to<R>(27);
  const ode::RightHandSide<R> f = [&x](const Matrix<R>& h, Matrix<R>& out, const R&) {
    Matrix<R> active;
    x.field.phi.in<R>().value(h, active);
    linalg::multiply_into<R>(out, x.field.A, active);
  };
  const Matrix<R> other =
      ode::integrator<R>("bulirsch-stoer").integrate(f, x.h0, R(0), {x.horizon()}, control).states[0];
  const auto h = ode::solve_taylor<R>(x.field, x.h0, x.horizon(), within<R>(30));
  EXPECT_LE(error_of<R>(h.curve.at(x.horizon()), other, 24), 1);
}

TEST_P(EveryTaylor, IsContinuousAndSolvesTheEquationInside) {
  sweep([]<class R>(const Instance<R>& x, int digits) {
    const auto h = ode::solve_taylor<R>(x.field, x.h0, x.horizon(), within<R>(digits));
    const auto& pieces = h.curve.pieces();
    EXPECT_EQ(static_cast<long>(pieces.size()), h.accepted);
    EXPECT_EQ(pieces.front().begin, R(0));
    EXPECT_EQ(pieces.back().end, x.horizon());
    Matrix<R> left, active;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      pieces[i].at(pieces[i].end, left);
      if (i > 0) {
        EXPECT_EQ(h.curve.at(pieces[i].begin), pieces[i].coefficients[0]);
      }
      if (i + 1 < pieces.size()) {
        EXPECT_EQ(left, pieces[i + 1].coefficients[0]);
      }
      for (int k = 0; k <= 4; ++k) {  // the defect, over the step
        const R length = pieces[i].end - pieces[i].begin, t = pieces[i].begin + length * real::ratio<R>(k, 5);
        x.field.phi.template in<R>().value(h.curve.at(t), active);
        Matrix<R> off = h.curve.derivative_at(t) - linalg::multiply<R>(x.field.A, active);
        off *= length;
        EXPECT_LE(real::to_double<R>(R(norm<R>(off) / (norm<R>(h.curve.at(t)) * tenth_to<R>(digits)))),
                  8 * (h.order + 1));
      }
    }
  });
}

TEST_P(EveryTaylor, ComesBackInReversedTime) {
  sweep([]<class R>(const Instance<R>& x, int digits) {
    HiddenField<R> reversed = x.field;
    reversed.A *= R(-1);
    const auto there = ode::solve_taylor<R>(x.field, x.h0, x.horizon(), within<R>(digits));
    const auto back =
        ode::solve_taylor<R>(reversed, there.curve.at(x.horizon()), x.horizon(), within<R>(digits));
    EXPECT_LE(error_of<R>(back.curve.at(x.horizon()), x.h0, digits), 50);
  });
}

/// Along the flow lambda_t . h'_t does not change (the adjoint is the derivative of the end in the state, and
/// h' solves the linearised equation), and the integral of lambda phi(h)^T pairs with A to that of lambda .
/// h'.
TEST_P(EveryTaylor, AdjointKeepsItsInvariants) {
  sweep([]<class R>(const Instance<R>& x, int digits) {
    const R T = x.horizon();
    const auto h = ode::solve_taylor<R>(x.field, x.h0, T, within<R>(digits));
    const auto adjoint = ode::solve_taylor_adjoint<R>(x.field, h, x.last, within<R>(digits));
    EXPECT_EQ(adjoint.lambda.at(T), x.last);
    using std::abs;
    R size(0);  // the largest sum of moduli in a pairing: what its relative errors are to be measured against
    const auto pairing = [&](const R& t, Eigen::Index column) {
      Matrix<R> active;
      x.field.phi.template in<R>().value(h.curve.at(t), active);
      const Matrix<R> slope = linalg::multiply<R>(x.field.A, active), lambda = adjoint.lambda.at(t);
      R sum(0), moduli(0);
      for (Eigen::Index i = 0; i < slope.rows(); ++i) {
        sum += slope(i, column) * lambda(i, column);
        moduli += norm<R>(slope) * abs(lambda(i, column));
      }
      if (size < moduli) size = moduli;
      return sum;
    };
    R total(0), drift(0);
    for (Eigen::Index j = 0; j < x.h0.cols(); ++j) {
      const R end = pairing(T, j);
      for (int k = 0; k < 12; ++k) drift = std::max<R>(drift, abs(R(pairing(R(T * R(k) / R(12)), j) - end)));
      total += T * end;
    }
    EXPECT_LE(drift, R(R(20) * tenth_to<R>(digits) * size));
    const Matrix<R> weights = adjoint.weight_integral();
    R paired(0);
    for (Eigen::Index e = 0; e < weights.size(); ++e) paired += weights.data()[e] * x.field.A.data()[e];
    EXPECT_LE(abs(R(paired - total)), R(R(20) * tenth_to<R>(digits) * size * T));
  });
}

/// <last, h_T> as a function of h_0 and A, by differences of order 8.
TEST_P(EveryTaylor, AdjointIsTheDerivative) {
  using R = Mp50;
  const Instance<R> x(GetParam(), 13);
  Random random(14);
  const Matrix<R> along_h = random_matrix<R>(random, 3, 2), along_A = random_matrix<R>(random, 3, 3);
  const auto value = [&x](const Matrix<R>& h0, const Matrix<R>& A) {
    const Matrix<R> end =
        ode::solve_taylor<R>({x.field.phi, A}, h0, x.horizon(), within<R>(44)).curve.at(x.horizon());
    R sum(0);
    for (Eigen::Index e = 0; e < end.size(); ++e) sum += end.data()[e] * x.last.data()[e];
    return sum;
  };
  const R weights[] = {real::ratio<R>(4, 5), real::ratio<R>(-1, 5), real::ratio<R>(4, 105),
                       real::ratio<R>(-1, 280)};  // Fornberg, Mathematics of Computation 51 (1988), Table 1
  R in_h(0), in_A(0);
  const R step = tenth_to<R>(4);
  for (int k = 1; k <= 4; ++k)
    for (const int sign : {1, -1}) {
      const R shift = step * R(sign * k), w = weights[k - 1] * R(sign) / step;
      in_h += w * value(x.h0 + shift * along_h, x.field.A);
      in_A += w * value(x.h0, x.field.A + shift * along_A);
    }
  const auto h = ode::solve_taylor<R>(x.field, x.h0, x.horizon(), within<R>(40));
  const auto adjoint = ode::solve_taylor_adjoint<R>(x.field, h, x.last, within<R>(40));
  const Matrix<R> first = adjoint.lambda.at(R(0)), in_weights = adjoint.weight_integral();
  for (Eigen::Index e = 0; e < first.size(); ++e) in_h -= first.data()[e] * along_h.data()[e];
  for (Eigen::Index e = 0; e < in_weights.size(); ++e) in_A -= in_weights.data()[e] * along_A.data()[e];
  using std::abs;
  EXPECT_LE(abs(in_h), tenth_to<R>(24));
  EXPECT_LE(abs(in_A), tenth_to<R>(24));
}

TEST_P(EveryTaylor, SamplesDoNotInfluenceEachOther) {
  sweep([]<class R>(const Instance<R>& x, int digits) {
    const auto h = ode::solve_taylor<R>(x.field, x.h0, x.horizon(), within<R>(digits));
    const auto all = ode::solve_taylor_adjoint<R>(x.field, h, x.last, within<R>(digits));
    Matrix<R> sum = Matrix<R>::Constant(3, 3, R(0));
    for (Eigen::Index j = 0; j < x.h0.cols(); ++j) {
      const Matrix<R> start = x.h0.col(j), last = x.last.col(j);
      const auto alone = ode::solve_taylor<R>(x.field, start, x.horizon(), within<R>(digits));
      const auto adjoint = ode::solve_taylor_adjoint<R>(x.field, alone, last, within<R>(digits));
      EXPECT_LE(alone.accepted, h.accepted);
      EXPECT_LE(error_of<R>(h.curve.at(x.horizon()).col(j), alone.curve.at(x.horizon()), digits), 20);
      EXPECT_LE(error_of<R>(all.lambda.at(R(0)).col(j), adjoint.lambda.at(R(0)), digits), 20);
      sum += adjoint.weight_integral();
    }
    EXPECT_LE(error_of<R>(all.weight_integral(), sum, digits), 50);
  });
}

// ---- how it steps
// -----------------------------------------------------------------------------------------------

TEST(Taylor, TakesTheStepThatAGeometricSeriesAllows) {
  // |y_k| = r^-k: the term K - 2 is the one that binds, r^-k s^k = eps.
  for_each_backend([]<class R>() {
    for (const int r : {1, 3, 1000}) {
      std::vector<Matrix<R>> y(1, matrix<R>(2, 1, {R(1), R(0)}));
      for (int k = 1; k <= 20; ++k) y.push_back(R(R(1) / R(r)) * y.back());
      const double step = ode::log2_step<R>(y, -60, -1000);
      EXPECT_NEAR(step, std::log2(r) - 60.0 / 18, 1e-9);
      // Scaling the state changes nothing; scaling time scales the step.
      for (Matrix<R>& coefficient : y) coefficient *= real::from_double<R>(0x1p300);
      EXPECT_NEAR(ode::log2_step<R>(y, -60, -1000), step, 1e-9);
      EXPECT_NEAR(ode::log2_step<R>(y, -1000, 300 - 60), step, 1e-9) << "the absolute tolerance alone";
      // A second sample of another size, equal in shape, does not bind.
      for (Matrix<R>& coefficient : y) {
        Matrix<R> wider(2, 2);
        wider.col(0) = coefficient.col(0);
        wider.col(1) = real::from_double<R>(0x1p-500) * coefficient.col(0);
        coefficient = wider;
      }
      EXPECT_NEAR(ode::log2_step<R>(y, -60, -2000), step, 1e-9);
    }
    // From zero the slope sets the scale: |y_k| s^k = eps s |y_1| with k = K - 2.
    std::vector<Matrix<R>> y(1, matrix<R>(1, 1, {R(0)}));
    for (int k = 1; k <= 20; ++k) y.push_back(matrix<R>(1, 1, {R(1)}));
    EXPECT_NEAR(ode::log2_step<R>(y, -51, -1000), -51.0 / 17, 1e-9);
    // A series that ends has no bound on its step.
    EXPECT_EQ(ode::log2_step<R>(std::vector<Matrix<R>>(9, matrix<R>(1, 1, {R(0)})), -60, -1000), INFINITY);
  });
}

TEST(Taylor, SizesAreThoseOfTheNumbersNotOfDouble) {
  EXPECT_EQ(ode::log2_largest<double>(matrix<double>(3, 1, {-4, 1, 2}), 0), 2);
  EXPECT_EQ(ode::log2_largest<double>(matrix<double>(2, 1, {0, 0}), 0), -INFINITY);
  EXPECT_EQ(ode::log2_largest<double>(matrix<double>(2, 1, {1, NAN}), 0), INFINITY);
  const Mp50 tiny = real::power(real::ratio<Mp50>(1, 2), 50000U);
  EXPECT_EQ(ode::log2_largest<Mp50>(matrix<Mp50>(2, 1, {tiny, Mp50(0)}), 0), -50000);
  EXPECT_EQ(ode::log2_largest<Mp50>(matrix<Mp50>(2, 1, {tiny, Mp50(1) / tiny}), 0), 50000);
  const real::Precision precision(128);
  const real::Ball third = real::Ball(1) / real::Ball(3);
  EXPECT_NEAR(ode::log2_largest<real::Ball>(matrix<real::Ball>(2, 1, {third, real::scaled(third, -7000)}), 0),
              -std::log2(3.0), 1e-9);
}

TEST(Taylor, OrderIsBetweenTheTwoOptima) {
  for (const double bits : {20.0, 50.0, 150.0, 320.0, 650.0}) {
    const double L = bits * std::log(2.0);
    int last = 0;
    for (const long width : {1L, 4L, 32L, 256L, 100000L}) {
      const int order = ode::taylor_order(bits, width);
      EXPECT_GE(order, L / 2);
      EXPECT_LE(order, L + 4);
      EXPECT_GE(order, last);
      last = order;
      // No other order has a lower cost, as the derivation counts it.
      const auto cost = [&](double K) {
        return (static_cast<double>(width) * K + 1.5 * K * K) * std::exp(L / K);
      };
      const double best = order - 2;
      if (order > 6) {
        EXPECT_LE(cost(best), 1.01 * cost(best - 2)) << bits << ' ' << width;
        EXPECT_LE(cost(best), 1.01 * cost(best + 2)) << bits << ' ' << width;
      }
    }
  }
}

/// What a product count promises: one product an order and step, none where nothing moves.
TEST(Taylor, CountsProducts) {
  const Instance<double> x("tanh", 3);
  const auto h = ode::solve_taylor<double>(x.field, x.h0, 1, within<double>(10));
  EXPECT_EQ(h.rejected, 0);
  EXPECT_EQ(h.evaluations, h.accepted * h.order + 1);
  const auto adjoint = ode::solve_taylor_adjoint<double>(x.field, h, x.last, within<double>(10));
  EXPECT_GE(adjoint.evaluations, adjoint.accepted * h.order);
  EXPECT_LE(adjoint.evaluations, 2 * adjoint.accepted * h.order);
}

TEST(Taylor, HugeStatesForceNoTinySteps) {
  // phi = identity commutes with scaling: the same steps for a state 2^200 times as large.
  const Instance<double> x("identity", 8);
  const auto small = ode::solve_taylor<double>(x.field, x.h0, 2, within<double>(12));
  const auto large = ode::solve_taylor<double>(x.field, 0x1p200 * x.h0, 2, within<double>(12));
  EXPECT_EQ(small.accepted, large.accepted);
  EXPECT_LE(error_of<double>(Matrix<double>(0x1p200 * small.curve.at(2.0)), large.curve.at(2.0), 13), 1);
  // Saturated: tanh is constant to all digits, and the solution a straight line.
  const HiddenField<double> field{activation::find("tanh"), matrix<double>(1, 1, {1})};
  const auto line = ode::solve_taylor<double>(field, matrix<double>(1, 1, {1000}), 50, within<double>(12));
  EXPECT_LE(line.accepted, 2);
  EXPECT_DOUBLE_EQ(line.curve.at(50.0)(0, 0), 1050);
}

/// h_1 = t, h_2' = 1 + h_1^12, h_3 = 0: between t and t^13/13 the series of h_2 has no terms, and at order 8
/// the step rule sees nothing that would bound a step. The defect at its end does.
TEST(Taylor, AGapInTheSeriesDoesNotDeceive) {
  for_each_backend([]<class R>() {
    const HiddenField<R> field{
        activation::find("polynomial:1,0,0,0,0,0,0,0,0,0,0,0,1"),
        matrix<R>(3, 3, {R(0), R(1), R(0), R(0), R(0), R(0), R(1), R(0), R(0)})};  // by columns
    const Matrix<R> h0 = Matrix<R>::Constant(3, 1, R(0));
    const auto h = ode::solve_taylor<R>(field, h0, R(2), within<R>(8, 8));
    EXPECT_GT(h.rejected, 0);
    const Matrix<R> exact = matrix<R>(3, 1, {R(2), R(2) + R(8192) / R(13), R(0)});
    EXPECT_LE(error_of<R>(h.curve.at(R(2)), exact, 8), 10);
  });
}

/// h_1' = tanh(h_2), h_2 = const: h and lambda are straight lines, and only the series of phi(h) bounds the
/// steps of the adjoint, whose weight integral has the entry lambda_1 integral of tanh(h_1) = lambda_1 [log
/// cosh h_1]/c.
TEST(Taylor, TheWeightIntegralResolvesPhiWhereTheStateIsALine) {
  for_each_backend([]<class R>() {
    using std::cosh, std::log, std::tanh;
    const int digits = tolerances<R>().back();
    const HiddenField<R> field{activation::find("tanh"), matrix<R>(2, 2, {R(0), R(0), R(1), R(0)})};
    const R T(5), second = real::ratio<R>(3, 4), c = tanh(second), first = real::ratio<R>(1, 3);
    const auto h = ode::solve_taylor<R>(field, matrix<R>(2, 1, {first, second}), T, within<R>(digits));
    EXPECT_EQ(h.accepted, 1);
    const auto adjoint =
        ode::solve_taylor_adjoint<R>(field, h, matrix<R>(2, 1, {R(2), R(0)}), within<R>(digits));
    const Matrix<R> exact = matrix<R>(1, 1, {R(R(2) * log(R(cosh(R(first + c * T)) / cosh(first))) / c)});
    const Matrix<R> computed = adjoint.weight_integral().topLeftCorner(1, 1);
    EXPECT_LE(error_of<R>(computed, exact, digits), 5);
  });
}

TEST(Taylor, StaysWhereNothingMoves) {
  for_each_backend([]<class R>() {
    Instance<R> x("softplus", 9);
    const int digits = tolerances<R>()[0];
    // No time.
    const auto point = ode::solve_taylor<R>(x.field, x.h0, R(0), within<R>(digits));
    EXPECT_EQ(point.curve.at(R(0)), x.h0);
    const auto adjoint = ode::solve_taylor_adjoint<R>(x.field, point, x.last, within<R>(digits));
    EXPECT_EQ(adjoint.lambda.at(R(0)), x.last);
    EXPECT_EQ(adjoint.weight_integral(), Matrix<R>::Constant(3, 3, R(0)));
    // No field.
    x.field.A = Matrix<R>::Constant(3, 3, R(0));
    const auto still = ode::solve_taylor<R>(x.field, x.h0, R(5), within<R>(digits));
    EXPECT_EQ(still.accepted, 1);
    EXPECT_EQ(still.curve.at(R(3)), x.h0);
    // An equilibrium, and zero for an odd phi.
    const HiddenField<R> odd{activation::find("tanh"), matrix<R>(1, 1, {R(3)})};
    const auto zero = ode::solve_taylor<R>(odd, matrix<R>(1, 1, {R(0)}), R(5), within<R>(digits));
    EXPECT_EQ(zero.curve.at(R(4))(0, 0), R(0));
    // A start at zero from which phi(0) != 0 leads away: h' = softplus(h), checked by coming back.
    const HiddenField<R> away{activation::find("softplus"), matrix<R>(1, 1, {R(1)})};
    const HiddenField<R> home{activation::find("softplus"), matrix<R>(1, 1, {R(-1)})};
    const auto out = ode::solve_taylor<R>(away, matrix<R>(1, 1, {R(0)}), R(1), within<R>(digits));
    const auto back = ode::solve_taylor<R>(home, out.curve.at(R(1)), R(1), within<R>(digits));
    using std::abs;
    EXPECT_LE(abs(back.curve.at(R(1))(0, 0)), R(20) * tenth_to<R>(digits));
  });
}

TEST(Taylor, RandomNetworksReachTheTolerance) {
  const std::vector<std::string> names = smooth_activations();
  const int cases = repetitions(60);
  for (int k = 0; k < cases; ++k) {
    const std::uint64_t seed = 20250900U + static_cast<unsigned>(k);
    Random random(seed);
    const std::string& name = names[static_cast<std::size_t>(random.below(static_cast<int>(names.size())))];
    const Sizes sizes{1 + random.below(6), 1 + random.below(3)};
    const Instance<double> x(name, seed, sizes);
    const Instance<Mp50> fine(name, seed, sizes);
    const int digits = 4 + random.below(9);
    SCOPED_TRACE(name + ", seed " + std::to_string(seed) + ", 1e-" + std::to_string(digits));
    const auto h = ode::solve_taylor<double>(x.field, x.h0, x.horizon(), within<double>(digits));
    const auto reference = ode::solve_taylor<Mp50>(fine.field, fine.h0, fine.horizon(), within<Mp50>(25));
    const auto lambda = ode::solve_taylor_adjoint<double>(x.field, h, x.last, within<double>(digits));
    const auto exact = ode::solve_taylor_adjoint<Mp50>(fine.field, reference, fine.last, within<Mp50>(25));
    const auto off = [&](const Matrix<double>& a, const Matrix<Mp50>& b) {
      return error_of<Mp50>(linalg::from_exact<Mp50>(a), b, digits);
    };
    EXPECT_LE(off(h.curve.at(x.horizon()), reference.curve.at(fine.horizon())), 20);
    EXPECT_LE(off(lambda.lambda.at(0.0), exact.lambda.at(Mp50(0))), 50);
    EXPECT_LE(off(lambda.weight_integral(), exact.weight_integral()), 50);
  }
}

TEST(Taylor, SaysWhenASolutionBlowsUpOrCannotBeKept) {
  for_each_backend([]<class R>() {
    const HiddenField<R> square{activation::find("polynomial:0,0,1"), matrix<R>(1, 1, {R(1)})};
    const Matrix<R> one = matrix<R>(1, 1, {R(1)});
    EXPECT_THROW(ode::solve_taylor<R>(square, one, R(2), within<R>(10)), ode::BlowUp);
    TaylorControl<R> poor = within<R>(10);
    poor.budget = 20;
    EXPECT_THROW(ode::solve_taylor<R>(square, one, real::ratio<R>(9, 10), poor), ode::StepCollapse);
    const auto h = ode::solve_taylor<R>(square, one, real::ratio<R>(9, 10), within<R>(10));
    EXPECT_THROW(ode::solve_taylor_adjoint<R>(square, h, one, poor), ode::StepCollapse);
    const HiddenField<R> linear{activation::find("identity"), matrix<R>(1, 1, {R(1000)})};
    EXPECT_THROW(ode::solve_taylor<R>(linear, one, R(10), within<R>(10)), ode::BlowUp);
  });
}

TEST(Taylor, RefusesBadArguments) {
  const Instance<double> x("tanh", 1);
  const auto solve = [&](const HiddenField<double>& field, const Matrix<double>& h0, double horizon,
                         const TaylorControl<double>& control) {
    return ode::solve_taylor<double>(field, h0, horizon, control);
  };
  const TaylorControl<double> good = within<double>(8);
  EXPECT_THROW(solve({activation::find("relu"), x.field.A}, x.h0, 1, good), DomainError);
  EXPECT_THROW(solve({x.field.phi, Matrix<double>::Zero(3, 2)}, x.h0, 1, good), DomainError);
  EXPECT_THROW(solve(x.field, Matrix<double>::Zero(2, 2), 1, good), DomainError);
  EXPECT_THROW(solve(x.field, Matrix<double>::Constant(3, 1, NAN), 1, good), DomainError);
  EXPECT_THROW(solve(x.field, x.h0, -1, good), DomainError);
  EXPECT_THROW(solve(x.field, x.h0, INFINITY, good), DomainError);
  EXPECT_THROW(solve(x.field, x.h0, 1, within<double>(0, 1)), DomainError);
  EXPECT_THROW(solve(x.field, x.h0, 1, within<double>(17)), PrecisionError);
  TaylorControl<double> none;
  EXPECT_THROW(solve(x.field, x.h0, 1, none), DomainError);
  none.rtol = -1;
  EXPECT_THROW(solve(x.field, x.h0, 1, none), DomainError);
  const auto h = solve(x.field, x.h0, 1, good);
  EXPECT_THROW(ode::solve_taylor_adjoint<double>(x.field, h, x.last.col(0), good), DomainError);
  EXPECT_THROW(h.curve.at(1.5), DomainError);
  EXPECT_THROW(h.curve.at(-0.5), DomainError);
  EXPECT_THROW(h.curve.at(NAN), DomainError);
}

}  // namespace
}  // namespace gronwall::test
