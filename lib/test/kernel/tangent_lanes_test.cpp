// The tangent kernel of wide ResNets in double, whose samples lie in the lanes of vectors, against the
// general way and against 50 digits.
#include "../../src/kernel/tangent_lanes.hpp"

#include <array>

#include <gtest/gtest.h>

#include <gronwall/kernel/tangent.hpp>
#include <gronwall/ode/integrator.hpp>

#include "../../src/linalg/lanes.hpp"
#include "model/networks.hpp"
#include "support/effort.hpp"

namespace gronwall::test {
namespace {

using kernel::Contraction;
using kernel::tangent_kernel;
using kernel::TangentKernel;
using kernel::detail::tangent_kernel_in_lanes;
using linalg::Approximation;
using linalg::Matrix;
using model::Network;
using model::ResNet;
using Sharp = real::Mpfr<50>;

/// Entries of W of order one over the root of n times `size`: a network as wide ones are.
template <class R>
Network<R> wide_network(const char* phi, int n, int d, unsigned seed, int size) {
  Network<R> f = some_network<R>(phi, n, d, seed);
  f.sigma_w = real::ratio<R>(size, 4);
  return f;
}

/// Whether this processor's vectors are long enough.
bool applies() { return linalg::lanes::chunk() >= 8; }

void expect_close(const Approximation<double>& a, const Approximation<double>& b, const char* part) {
  const double size = b.value.norm();
  EXPECT_EQ(a.value, Matrix<double>(a.value.transpose())) << part;
  EXPECT_LE((a.value - b.value).norm(), 2e-13 * size) << part;
  EXPECT_LE((a.value - b.value).norm(), a.error + b.error) << part;
  EXPECT_NEAR(a.error, b.error, 0.05 * b.error) << part << ": the errors are those of the general way";
}

void expect_close(const TangentKernel<double>& a, const TangentKernel<double>& b) {
  expect_close(a.v, b.v, "v");
  expect_close(a.W, b.W, "W");
  expect_close(a.U, b.U, "U");
}

TEST(TangentInLanes, AgreesWithTheGeneralWay) {
  if (!applies()) GTEST_SKIP();
  for (int k = repetitions(1); k > 0; --k)
    for (const char* phi : {"tanh", "gelu", "sin", "softplus"})
      // One block, blocks that are not full, few layers and many; smooth in time and hardly so.
      for (const auto& [n, N, depth, size] : {std::array{192, 16, 32, 2},
                                              {200, 12, 11, 1},
                                              {193, 37, 33, 4},
                                              {200, 17, 12, 2},
                                              {192, 13, 1, 4},
                                              {256, 16, 96, 1},
                                              {192, 16, 40, 24}}) {
        SCOPED_TRACE(testing::Message() << phi << ", n = " << n << ", N = " << N << ", L = " << depth);
        const ResNet<double> f(wide_network<double>(phi, n, 3, static_cast<unsigned>(k), size), depth);
        const Matrix<double> X = some_inputs<double>(3, N, static_cast<unsigned>(k));
        const auto K = tangent_kernel_in_lanes(f, X);
        ASSERT_TRUE(K.has_value());
        expect_close(*K, tangent_kernel(f, X, Contraction::grams));
        EXPECT_EQ(tangent_kernel(f, X).W.value, K->W.value) << "this is what `automatic` takes";
      }
}

TEST(TangentInLanes, ErrorsContainTheFinerResult) {
  if (!applies()) GTEST_SKIP();
  const ResNet<double> f(wide_network<double>("tanh", 192, 3, 7, 2), 16);
  const ResNet<Sharp> g(wide_network<Sharp>("tanh", 192, 3, 7, 2), 16);
  const auto K = tangent_kernel_in_lanes(f, some_inputs<double>(3, 12, 7));
  ASSERT_TRUE(K.has_value());
  const TangentKernel<Sharp> fine = tangent_kernel(g, some_inputs<Sharp>(3, 12, 7));
  const auto check = [](const Approximation<double>& rough, const Approximation<Sharp>& sharp,
                        const char* part) {
    const double off =
        linalg::to_double<Sharp>(Matrix<Sharp>(linalg::from_exact<Sharp>(rough.value) - sharp.value)).norm();
    EXPECT_LE(off, rough.error) << part;
    EXPECT_LE(off, 2e-14 * rough.value.norm()) << part << ": a few roundings in truth";
  };
  check(K->v, fine.v, "v");
  check(K->W, fine.W, "W");
  check(K->U, fine.U, "U");
}

TEST(TangentInLanes, ThereIsNothingToDoWithoutTimeOrOutput) {
  if (!applies()) GTEST_SKIP();
  Network<double> f = wide_network<double>("tanh", 192, 3, 1, 2);
  const Matrix<double> X = some_inputs<double>(3, 16, 1);
  f.horizon = 0;
  EXPECT_EQ(tangent_kernel_in_lanes(ResNet<double>(f, 20), X)->W.value, (Matrix<double>::Zero(16, 16)));
  f.horizon = 1;
  f.theta.v.setZero();
  const auto K = tangent_kernel_in_lanes(ResNet<double>(f, 20), X);
  EXPECT_EQ(K->W.value, (Matrix<double>::Zero(16, 16)));
  EXPECT_EQ(K->U.value, (Matrix<double>::Zero(16, 16)));
}

/// Where it does not apply, or norms leave the range, the general way has the word.
TEST(TangentInLanes, LeavesTheRestToTheGeneralWay) {
  const Matrix<double> X = some_inputs<double>(3, 16, 1);
  const auto none = [](const ResNet<double>& f, const Matrix<double>& inputs) {
    EXPECT_FALSE(tangent_kernel_in_lanes(f, inputs).has_value());
  };
  none(ResNet<double>(wide_network<double>("relu", 192, 3, 1, 2), 8), X);
  none(ResNet<double>(wide_network<double>("tanh", 100, 3, 1, 2), 8), X);
  none(ResNet<double>(wide_network<double>("tanh", 192, 3, 1, 2), 8), X.leftCols(2));
  Network<double> f = wide_network<double>("identity", 192, 3, 1, 2);
  f.theta.U *= 0x1p600;
  none(ResNet<double>(f, 8), X);
  f.theta.W *= 0x1p400;
  EXPECT_THROW(tangent_kernel(ResNet<double>(f, 8), X), ode::BlowUp);
  EXPECT_THROW(tangent_kernel(ResNet<double>(f, 8), Matrix<double>(X.topRows(2))), DomainError);
}

}  // namespace
}  // namespace gronwall::test
