// The tangent kernel in double is the same, bit for bit, for any number of threads.
#include <array>

#include <gtest/gtest.h>

#include <gronwall/kernel/tangent.hpp>

#include "model/networks.hpp"
#include "support/threads.hpp"

namespace gronwall::test {
namespace {

using kernel::tangent_kernel;
using kernel::TangentKernel;
using linalg::Approximation;
using linalg::Matrix;

void expect_same(const Approximation<double>& a, const Approximation<double>& b, const char* part) {
  EXPECT_EQ(a.value, b.value) << part;
  EXPECT_EQ(a.error, b.error) << part;
}

TEST(TangentOfThreads, IsTheSame) {
  // One block of samples and several, widths that pieces do not divide, projected onto polynomials and not.
  for (const auto& [n, N, depth, size] :
       {std::array{512, 16, 32, 2}, {700, 12, 10, 1}, {530, 37, 16, 2}, {400, 16, 24, 24}}) {
    SCOPED_TRACE(testing::Message() << "n = " << n << ", N = " << N << ", L = " << depth);
    for (const char* phi : {"tanh", "gelu", "relu"}) {
      model::Network<double> f = some_network<double>(phi, n, 3, 5);
      f.sigma_w = size / 4.0;
      const model::ResNet<double> net(f, depth);
      const Matrix<double> X = some_inputs<double>(3, N, 5);
      const auto kernel_of = [&](int count) {
        const Threads threads(count);
        return tangent_kernel(net, X);
      };
      const TangentKernel<double> alone = kernel_of(1);
      for (const int count : thread_counts) {
        SCOPED_TRACE(testing::Message() << phi << ", " << count << " threads");
        const TangentKernel<double> K = kernel_of(count);
        expect_same(K.v, alone.v, "v");
        expect_same(K.W, alone.W, "W");
        expect_same(K.U, alone.U, "U");
      }
    }
  }
}

}  // namespace
}  // namespace gronwall::test
