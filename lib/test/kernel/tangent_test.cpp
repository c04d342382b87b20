// Tangent kernels at finite width: both routes and both contractions against each other in every precision,
// closed forms, the limit of the ResNets, and enclosures in balls.
#include <gtest/gtest.h>

#include <gronwall/kernel/tangent.hpp>
#include <gronwall/linalg/product.hpp>
#include <gronwall/real/bound.hpp>

#include "model/networks.hpp"
#include "support/backends.hpp"
#include "support/effort.hpp"

namespace gronwall::test {
namespace {

using kernel::Contraction;
using kernel::tangent_kernel;
using kernel::tangent_kernel_by_gradients;
using kernel::TangentKernel;
using linalg::Approximation;
using linalg::Matrix;
using model::Network;
using model::NeuralOde;
using model::ResNet;
using real::Ball;
using Sharp = real::Mpfr<50>;

template <class R>
R norm_of(const Matrix<R>& a) {
  return linalg::frobenius_norm<R>(a).value();
}

/// Within the two errors, which are at most `tight` times the size of the whole.
template <class R>
void expect_equal(const Approximation<R>& a, const Approximation<R>& b, const R& tight, const char* part) {
  ASSERT_EQ(a.rows(), b.rows());
  ASSERT_EQ(a.value, Matrix<R>(a.value.transpose())) << part << ": symmetric";
  EXPECT_LE(norm_of<R>(a.value - b.value), R(a.error + b.error)) << part;
  EXPECT_LE(a.error, R(tight * norm_of<R>(a.value))) << part << ": tight";
  EXPECT_LE(b.error, R(tight * norm_of<R>(b.value))) << part << ": tight";
}

template <class R>
void expect_equal(const TangentKernel<R>& a, const TangentKernel<R>& b, const R& tight) {
  expect_equal<R>(a.v, b.v, tight, "v");
  expect_equal<R>(a.W, b.W, tight, "W");
  expect_equal<R>(a.U, b.U, tight, "U");
  expect_equal<R>(a.sum(), b.sum(), tight, "sum");
}

const char* const activations[] = {"tanh", "softplus", "relu", "gelu", "sin", "identity", "square"};

template <class R>
class Tangent : public testing::Test {};
TYPED_TEST_SUITE(Tangent, BackendTypes, BackendNames);

TYPED_TEST(Tangent, RoutesAndContractionsAgreeForResNets) {
  using R = TypeParam;
  const R tight = R(1e6) * real::Backend<R>::unit_roundoff();
  for (int k = repetitions(2); k > 0; --k)
    for (const char* phi : activations) {
      SCOPED_TRACE(phi);
      const unsigned seed = static_cast<unsigned>(k);
      for (const auto& [n, N, depth] : {std::array{1, 3, 4}, {5, 1, 7}, {6, 4, 3}, {3, 5, 11}}) {
        const ResNet<R> f(some_network<R>(phi, n, 2, seed), depth);
        const Matrix<R> X = some_inputs<R>(2, N, seed);
        const TangentKernel<R> K = tangent_kernel(f, X), expected = tangent_kernel_by_gradients(f, X);
        expect_equal<R>(K, expected, tight);
        expect_equal<R>(tangent_kernel(f, X, Contraction::grams), expected, tight);
        expect_equal<R>(tangent_kernel(f, X, Contraction::panels), expected, tight);
      }
    }
}

TYPED_TEST(Tangent, RoutesAndContractionsAgreeForNeuralOdes) {
  using R = TypeParam;
  const R tight = R(1e6) * model::default_tolerance<R>();
  for (const char* phi : {"tanh", "softplus", "sin"}) {
    SCOPED_TRACE(phi);
    const NeuralOde<R> f(some_network<R>(phi, 3, 2, 4));
    const Matrix<R> X = some_inputs<R>(2, 3, 4);
    const TangentKernel<R> expected = tangent_kernel_by_gradients(f, X);
    expect_equal<R>(tangent_kernel(f, X, Contraction::grams), expected, tight);
    expect_equal<R>(tangent_kernel(f, X, Contraction::panels), expected, tight);
  }
}

/// Panels that do not divide the width, and more than one of them.
TEST(TangentKernel, ManyPanels) {
  for (const int n : {700, 1100}) {
    const ResNet<double> f(some_network<double>("tanh", n, 3, 1), 3);
    const Matrix<double> X = some_inputs<double>(3, 4, 1);
    expect_equal<double>(tangent_kernel(f, X, Contraction::panels), tangent_kernel(f, X, Contraction::grams),
                         1e-8);
  }
}

TEST(TangentKernel, MethodsAgree) {
  const Network<double> f = some_network<double>("gelu", 4, 2, 3);
  const Matrix<double> X = some_inputs<double>(2, 3, 3);
  const TangentKernel<double> K = tangent_kernel(NeuralOde<double>(f), X);
  for (const char* method : {"taylor", "bulirsch-stoer", "dormand-prince-5"}) {
    SCOPED_TRACE(method);
    expect_equal<double>(tangent_kernel(NeuralOde<double>(f, {method, 0, {}, {}}), X), K, 1e-7);
  }
  // One run is the finer of the two.
  EXPECT_EQ(kernel::tangent_kernel_run(NeuralOde<double>(f), X).W.value, K.W.value);
}

/// The estimates in double hold against 50 digits.
TEST(TangentKernel, ErrorsContainTheFinerResult) {
  const auto check = [](const Approximation<double>& rough, const Approximation<Sharp>& fine,
                        const char* part) {
    const double off =
        linalg::to_double<Sharp>(Matrix<Sharp>(linalg::from_exact<Sharp>(rough.value) - fine.value)).norm();
    EXPECT_LE(off, rough.error) << part;
  };
  const auto check_all = [&check](const TangentKernel<double>& rough, const TangentKernel<Sharp>& fine) {
    check(rough.v, fine.v, "v");
    check(rough.W, fine.W, "W");
    check(rough.U, fine.U, "U");
    check(rough.sum(), fine.sum(), "sum");
  };
  for (unsigned seed = 0; seed < static_cast<unsigned>(repetitions(8)); ++seed) {
    SCOPED_TRACE(seed);
    const char* const phi = seed % 2 == 0 ? "tanh" : "softplus";
    const Network<double> f = some_network<double>(phi, 4, 2, seed);
    const Network<Sharp> g = some_network<Sharp>(phi, 4, 2, seed);
    const Matrix<double> X = some_inputs<double>(2, 3, seed);
    const Matrix<Sharp> Y = linalg::from_exact<Sharp>(X);
    for (const Contraction way : {Contraction::grams, Contraction::panels}) {
      check_all(tangent_kernel(ResNet<double>(f, 30), X, way), tangent_kernel(ResNet<Sharp>(g, 30), Y));
      check_all(tangent_kernel(NeuralOde<double>(f), X, way), tangent_kernel(NeuralOde<Sharp>(g), Y));
    }
  }
}

/// A flow that stretches: the rounding of the first layers is a thousand times larger in the last, and enters
/// the kernel by the states and adjoints.
TEST(TangentKernel, ErrorsOfTheStatesEnter) {
  int beyond_a_few_roundings = 0;
  for (unsigned seed = 0; seed < 6; ++seed) {
    SCOPED_TRACE(seed);
    Network<double> f = some_network<double>("sin", 4, 2, seed);
    Network<Sharp> g = some_network<Sharp>("sin", 4, 2, seed);
    f.horizon = 12, g.horizon = Sharp(12);
    f.theta.W *= 4.0, g.theta.W *= Sharp(4);
    const Matrix<double> X = some_inputs<double>(2, 3, seed);
    const TangentKernel<double> rough = tangent_kernel(ResNet<double>(f, 40), X, Contraction::grams);
    const TangentKernel<Sharp> fine = tangent_kernel(ResNet<Sharp>(g, 40), linalg::from_exact<Sharp>(X));
    const auto check = [&](const Approximation<double>& a, const Approximation<Sharp>& b, const char* part) {
      const double off =
          linalg::to_double<Sharp>(Matrix<Sharp>(linalg::from_exact<Sharp>(a.value) - b.value)).norm();
      EXPECT_LE(off, a.error) << part;
      if (off > 1e-13 * a.value.norm()) ++beyond_a_few_roundings;
    };
    check(rough.v, fine.v, "v");
    check(rough.W, fine.W, "W");
    check(rough.U, fine.U, "U");
  }
  EXPECT_GE(beyond_a_few_roundings, 5) << "there was something to see";
}

// --- closed forms

Network<Sharp> without_dynamics(const char* phi) {
  Network<Sharp> f = some_network<Sharp>(phi, 4, 2, 8);
  f.theta.W = Matrix<Sharp>::Constant(4, 4, Sharp(0));
  return f;
}

/// W = 0: the state stays h_0 and the adjoint lambda_T, so K^W = (sigma_w T)^2/n <lambda, lambdabar> <phi,
/// phibar>, for the Neural ODE and for every depth.
TEST(TangentKernel, WithoutWeightsHasItsClosedForm) {
  for (const char* phi : {"tanh", "gelu", "softplus"}) {
    SCOPED_TRACE(phi);
    const Network<Sharp> f = without_dynamics(phi);
    const Matrix<Sharp> X = some_inputs<Sharp>(2, 3, 8);
    const Matrix<Sharp> h = model::initial_state<Sharp>(f, X);
    Matrix<Sharp> active, slope;
    f.phi.in<Sharp>().value(h, active);
    f.phi.in<Sharp>().derivative(h, slope);
    const auto expect = [&](const TangentKernel<Sharp>& K) {
      for (Eigen::Index i = 0; i < 3; ++i)
        for (Eigen::Index j = 0; j < 3; ++j) {
          Sharp phis(0), lambdas(0), inputs(0);
          for (Eigen::Index k = 0; k < 4; ++k) {
            phis += active(k, i) * active(k, j);
            lambdas += f.theta.v(k, 0) * f.theta.v(k, 0) * slope(k, i) * slope(k, j);
          }
          for (Eigen::Index k = 0; k < 2; ++k) inputs += X(k, i) * X(k, j);
          const Sharp sv = f.sigma_v * f.sigma_v / Sharp(4), su = f.sigma_u * f.sigma_u / Sharp(2);
          const Sharp sw = f.sigma_w * f.sigma_w * f.horizon * f.horizon / Sharp(4);
          EXPECT_LE(abs(Sharp(K.v.value(i, j) - sv * phis)), K.v.error);
          EXPECT_LE(abs(Sharp(K.W.value(i, j) - sw * sv * lambdas * phis)), K.W.error);
          EXPECT_LE(abs(Sharp(K.U.value(i, j) - su * sv * lambdas * inputs)), K.U.error);
        }
      EXPECT_LE(Sharp(K.v.error + K.W.error + K.U.error), real::power(real::ratio<Sharp>(1, 10), 20));
    };
    expect(tangent_kernel(NeuralOde<Sharp>(f), X));
    expect(tangent_kernel(ResNet<Sharp>(f, 1), X));
    expect(tangent_kernel(ResNet<Sharp>(f, 9), X));
  }
}

TEST(TangentKernel, WithoutTimeIsThatOfTheInputLayer) {
  for_each_backend([]<class R>() {
    Network<R> f = some_network<R>("tanh", 3, 2, 5);
    f.horizon = R(0);
    const Matrix<R> X = some_inputs<R>(2, 2, 5);
    const TangentKernel<R> K = tangent_kernel(NeuralOde<R>(f), X), L = tangent_kernel(ResNet<R>(f, 4), X);
    EXPECT_EQ(K.W.value, (Matrix<R>::Constant(2, 2, R(0))));
    EXPECT_EQ(L.W.value, K.W.value);
    EXPECT_EQ(L.W.error, R(0));
    EXPECT_LE(norm_of<R>(K.v.value - L.v.value), R(K.v.error + L.v.error));
    EXPECT_LE(norm_of<R>(K.U.value - L.U.value), R(K.U.error + L.U.error));
  });
}

/// n = 1, phi(x) = x: f = sigma_v v e^{sigma_w w T} sigma_u u x, so grad f is known, and K = x xbar times its
/// parts.
TEST(TangentKernel, WidthOneHasItsClosedForm) {
  const Network<Sharp> f = some_network<Sharp>("identity", 1, 1, 2);
  const Matrix<Sharp> X = some_inputs<Sharp>(1, 3, 2);
  const Sharp v = f.theta.v(0, 0), w = f.theta.W(0, 0), u = f.theta.U(0, 0);
  const Sharp c = f.sigma_v * f.sigma_u * exp(Sharp(f.sigma_w * w * f.horizon));
  const Sharp dv = c * u, dw = c * v * u * f.sigma_w * f.horizon, du = c * v;
  const auto expect = [&](const Approximation<Sharp>& K, const Sharp& slope) {
    for (Eigen::Index i = 0; i < 3; ++i)
      for (Eigen::Index j = 0; j < 3; ++j)
        EXPECT_LE(abs(Sharp(K.value(i, j) - slope * slope * X(0, i) * X(0, j))), K.error);
    EXPECT_LE(K.error, real::power(real::ratio<Sharp>(1, 10), 20)) << "tight";
  };
  for (const Contraction way : {Contraction::grams, Contraction::panels}) {
    const TangentKernel<Sharp> K = tangent_kernel(NeuralOde<Sharp>(f), X, way);
    expect(K.v, dv);
    expect(K.W, dw);
    expect(K.U, du);
  }
}

/// phi(x) = x and W = Q D Q^T with eigenvalues mu_a: in the eigenbasis, with s = sigma_w/sqrt n, h_t = e^{s
/// mu t} h_0 and lambda_t = e^{s mu (T-t)} lambda_T, so that G = s sum_ab e_a e_b^T lambda_T,a h_0,b I_ab,
/// I_ab = (e^{s mu_a T} - e^{s mu_b T})/(s (mu_a - mu_b)), or T e^{s mu_a T} for equal ones.
TEST(TangentKernel, SymmetricLinearNetworkHasItsClosedForm) {
  Network<Sharp> f = some_network<Sharp>("identity", 2, 2, 6);
  // Q: the rotation (3, 4; -4, 3)/5.
  const Sharp mu[] = {real::ratio<Sharp>(3, 2), real::ratio<Sharp>(-1, 4)};
  const Sharp q[2][2] = {{real::ratio<Sharp>(3, 5), real::ratio<Sharp>(4, 5)},
                         {real::ratio<Sharp>(-4, 5), real::ratio<Sharp>(3, 5)}};
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 2; ++j) f.theta.W(i, j) = q[0][i] * mu[0] * q[0][j] + q[1][i] * mu[1] * q[1][j];
  const Matrix<Sharp> X = some_inputs<Sharp>(2, 3, 6);
  const Sharp s = f.hidden_scale(), T = f.horizon;
  const Matrix<Sharp> h = model::initial_state<Sharp>(f, X);
  const auto coordinate = [&q](const Matrix<Sharp>& a, Eigen::Index j, int k) {
    return Sharp(q[k][0] * a(0, j) + q[k][1] * a(1, j));
  };
  Sharp integral[2][2];
  for (int a = 0; a < 2; ++a)
    for (int b = 0; b < 2; ++b)
      integral[a][b] =
          a == b ? Sharp(T * exp(Sharp(s * mu[a] * T)))
                 : Sharp((exp(Sharp(s * mu[a] * T)) - exp(Sharp(s * mu[b] * T))) / (s * (mu[a] - mu[b])));
  const TangentKernel<Sharp> K = tangent_kernel(NeuralOde<Sharp>(f), X);
  for (Eigen::Index i = 0; i < 3; ++i)
    for (Eigen::Index j = 0; j < 3; ++j) {
      Sharp sum(0);
      for (int a = 0; a < 2; ++a)
        for (int b = 0; b < 2; ++b) {
          const Sharp lambda = f.output_scale() * coordinate(f.theta.v, 0, a);
          sum +=
              lambda * lambda * coordinate(h, i, b) * coordinate(h, j, b) * integral[a][b] * integral[a][b];
        }
      EXPECT_LE(abs(Sharp(K.W.value(i, j) - s * s * sum)), K.W.error);
    }
  EXPECT_LE(K.W.error, real::power(real::ratio<Sharp>(1, 10), 20)) << "tight";
}

// --- laws

TEST(TangentKernel, ResNetsConvergeToTheNeuralOdeLikeOneOverDepth) {
  const Network<double> f = some_network<double>("tanh", 6, 2, 7);
  const Matrix<double> X = some_inputs<double>(2, 4, 7);
  const TangentKernel<double> K = tangent_kernel(NeuralOde<double>(f), X);
  const auto distances = [&](long depth) {
    const TangentKernel<double> L = tangent_kernel(ResNet<double>(f, depth), X);
    return std::array{(L.v.value - K.v.value).norm(), (L.W.value - K.W.value).norm(),
                      (L.U.value - K.U.value).norm()};
  };
  const auto coarse = distances(1000), fine = distances(2000);
  for (std::size_t part = 0; part < 3; ++part) {
    EXPECT_NEAR(coarse[part] / fine[part], 2, 0.02) << part;
    EXPECT_GT(fine[part], 1e-6) << "not better than 1/L";
  }
}

TEST(TangentKernel, PartsArePositiveSemidefinite) {
  for (unsigned seed = 0; seed < 5; ++seed) {
    const Network<double> f = some_network<double>("gelu", 3, 2, seed);
    const Matrix<double> X = some_inputs<double>(2, 7, seed);
    const TangentKernel<double> K = tangent_kernel(ResNet<double>(f, 5), X);
    for (const Approximation<double>& part : {K.v, K.W, K.U, K.sum()}) {
      const real::Quantity<double> least = linalg::smallest_eigenvalue<double>(part.value, part.error);
      EXPECT_GE(least.value(), -least.error());
    }
    // grad_v has 3 entries: with 7 samples K^v has rank 3.
    EXPECT_LE(linalg::smallest_eigenvalue<double>(K.v.value).value(), 1e-12 * K.v.value.norm());
  }
}

TEST(TangentKernel, SamplesDoNotWeighOnEachOther) {
  const Network<Sharp> f = some_network<Sharp>("tanh", 3, 2, 9);
  const Matrix<Sharp> X = some_inputs<Sharp>(2, 4, 9), pair = X.rightCols(2);
  const ResNet<Sharp> g(f, 6);
  const TangentKernel<Sharp> all = tangent_kernel(g, X), two = tangent_kernel(g, pair);
  EXPECT_LE(norm_of<Sharp>(all.W.value.bottomRightCorner(2, 2) - two.W.value),
            Sharp(all.W.error + two.W.error));
}

TEST(TangentKernel, TheCheaperContractionIsTheOneWithFewerOperations) {
  for (const long n : {1L, 10L, 300L, 4096L})
    for (const long N : {1L, 4L, 64L})
      for (const long M : {1L, 20L, 128L, 2000L}) {
        const double grams = multiply_adds(Contraction::grams, n, N, M),
                     panels = multiply_adds(Contraction::panels, n, N, M);
        EXPECT_EQ(kernel::cheaper_contraction(n, N, M),
                  panels < grams ? Contraction::panels : Contraction::grams);
        EXPECT_EQ(multiply_adds(Contraction::automatic, n, N, M), std::min(grams, panels));
      }
  EXPECT_EQ(kernel::cheaper_contraction(4096, 4, 20), Contraction::grams);
  EXPECT_EQ(kernel::cheaper_contraction(64, 64, 128), Contraction::panels);
}

// --- balls

Ball widened(const Sharp& x) { return real::Backend<Ball>::from_hex(real::Backend<Sharp>::to_hex(x)); }

/// The ball and the estimate meet in every entry, and the ball is narrow.
void expect_meets(const Approximation<Ball>& ball, const Approximation<Sharp>& sharp, long bits,
                  const char* part) {
  EXPECT_TRUE(ball.error.is_zero());
  for (Eigen::Index i = 0; i < ball.rows(); ++i)
    for (Eigen::Index j = 0; j < ball.cols(); ++j) {
      const Ball around(widened(sharp.value(i, j)), widened(sharp.error));
      EXPECT_TRUE(ball.value(i, j).overlaps(around)) << part << " " << i << " " << j;
      EXPECT_TRUE(arb_equal(ball.value(i, j).raw(), ball.value(j, i).raw())) << part << ": symmetric";
      const Ball radius = ball.value(i, j).radius();
      EXPECT_LE(real::Bound(radius).log2(), -bits) << part << ": tight";
    }
}

void expect_meets(const TangentKernel<Ball>& ball, const TangentKernel<Sharp>& sharp, long bits) {
  expect_meets(ball.v, sharp.v, bits, "v");
  expect_meets(ball.W, sharp.W, bits, "W");
  expect_meets(ball.U, sharp.U, bits, "U");
}

TEST(TangentKernelInBalls, EnclosesAndIsTight) {
  const real::Precision precision(192);
  for (const char* phi : {"tanh", "softplus", "gelu"})
    for (unsigned seed = 0; seed < static_cast<unsigned>(repetitions(2)); ++seed) {
      SCOPED_TRACE(phi);
      const Network<Ball> f = some_network<Ball>(phi, 3, 2, seed);
      const Network<Sharp> g = some_network<Sharp>(phi, 3, 2, seed);
      const Matrix<Ball> X = some_inputs<Ball>(2, 3, seed);
      const Matrix<Sharp> Y = some_inputs<Sharp>(2, 3, seed);
      const TangentKernel<Sharp> deep = tangent_kernel(ResNet<Sharp>(g, 8), Y),
                                 continuous = tangent_kernel(NeuralOde<Sharp>(g), Y);
      expect_meets(tangent_kernel(ResNet<Ball>(f, 8), X), deep, 160);
      expect_meets(tangent_kernel_by_gradients(ResNet<Ball>(f, 8), X), deep, 160);
      expect_meets(tangent_kernel(NeuralOde<Ball>(f), X), continuous, 140);
      expect_meets(tangent_kernel_by_gradients(NeuralOde<Ball>(f), X), continuous, 140);
    }
}

/// A wide ball around U: the kernel of every network in it is in the kernel's ball.
template <class Model>
void expect_corners(const Model& model) {
  const real::Precision precision(96);
  const Ball d = scaled(Ball(1), -12);
  Network<Ball> wide = some_network<Ball>("tanh", 2, 1, 3);
  const Matrix<Ball> X = some_inputs<Ball>(1, 2, 3);
  const Network<Ball> exact = wide;
  for (Eigen::Index i = 0; i < 2; ++i) wide.theta.U(i, 0) = Ball(wide.theta.U(i, 0), d);
  const TangentKernel<Ball> all = tangent_kernel(model(wide), X);
  for (int corner = 0; corner < 4; ++corner) {
    Network<Ball> one = exact;
    for (Eigen::Index i = 0; i < 2; ++i) one.theta.U(i, 0) += Ball((corner >> i & 1) != 0 ? 1 : -1) * d;
    const TangentKernel<Ball> here = tangent_kernel(model(one), X);
    const auto meets = [](const Approximation<Ball>& a, const Approximation<Ball>& b) {
      for (Eigen::Index k = 0; k < a.value.size(); ++k) {
        EXPECT_TRUE(a.value.data()[k].contains(b.value.data()[k]));
        EXPECT_LT(real::Bound(a.value.data()[k].radius()).log2(), -3) << "tight";
      }
    };
    meets(all.v, here.v);
    meets(all.W, here.W);
    meets(all.U, here.U);
  }
}

TEST(TangentKernelInBalls, WideParametersContainTheirCorners) {
  expect_corners([](const Network<Ball>& f) { return NeuralOde<Ball>(f); });
  expect_corners([](const Network<Ball>& f) { return ResNet<Ball>(f, 6); });
}

TEST(TangentKernel, BadInputIsRefused) {
  const Network<double> f = some_network<double>("tanh", 2, 2, 0);
  const Matrix<double> three = Matrix<double>::Zero(3, 1), none(2, 0);
  EXPECT_THROW(tangent_kernel(ResNet<double>(f, 3), three), DomainError);
  EXPECT_THROW(tangent_kernel(NeuralOde<double>(f), three), DomainError);
  EXPECT_THROW(tangent_kernel(ResNet<double>(f, 3), none), DomainError);
  EXPECT_THROW(tangent_kernel(NeuralOde<double>(f), none), DomainError);
  EXPECT_THROW(tangent_kernel_by_gradients(NeuralOde<double>(f), none), DomainError);
  Network<double> huge = some_network<double>("cube", 2, 2, 0);
  huge.theta.W *= 1e100;
  const Matrix<double> far = Matrix<double>::Constant(2, 1, 1e60);
  EXPECT_THROW(tangent_kernel(ResNet<double>(huge, 30), far), ode::BlowUp);
}

}  // namespace
}  // namespace gronwall::test
