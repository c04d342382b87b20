// Products of matrices of balls as the library takes them, against Arb's two ways: where blocks pay.
#include <algorithm>
#include <functional>
#include <string>

#if __has_include(<flint/arb_mat.h>)
#include <flint/arb_mat.h>
#else
#include <arb_mat.h>
#endif
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <gronwall/linalg/product.hpp>

#include "support/memory.hpp"
#include "support/network.hpp"
#include "support/profile.hpp"
#include "support/target.hpp"

namespace gronwall::bench {
namespace {

using real::Ball;
using BallMatrix = Matrix<Ball>;

struct Case {
  int n, N;
  long bits;
};

/// Midpoints of so many bits, close to normal, and radii of some units in the last place.
BallMatrix drawn(Draws& draws, int rows, int cols, long bits) {
  BallMatrix out = BallMatrix::Constant(rows, cols, Ball(0));
  for (long done = 0; done < bits; done += 50) {
    const linalg::ExactMatrix more = draws.normal(rows, cols);
    for (Eigen::Index e = 0; e < out.size(); ++e)
      out.data()[e] += real::scaled(Ball(more.data()[e]), -std::min(done, bits - 50));
  }
  for (Eigen::Index e = 0; e < out.size(); ++e)
    out.data()[e] = Ball(out.data()[e].midpoint(), real::scaled(Ball(1), 4 - bits));
  return out;
}

using Method = void (*)(BallMatrix& out, const BallMatrix& a, const BallMatrix& b);

void library(BallMatrix& out, const BallMatrix& a, const BallMatrix& b) {
  linalg::multiply_into<Ball>(out, a, b);
}

void arb_dots(BallMatrix& out, const BallMatrix& a, const BallMatrix& b) {
  for (Eigen::Index j = 0; j < b.cols(); ++j)
    for (Eigen::Index i = 0; i < a.rows(); ++i)
      arb_dot(out(i, j).raw(), nullptr, 0, a(i, 0).raw(), a.rows(), b(0, j).raw(), 1, b.rows(),
              real::working_bits());
}

/// Entries are lent to Arb's matrices, and taken back.
void arb_blocks(BallMatrix& out, const BallMatrix& a, const BallMatrix& b) {
  const auto exchange = [](arb_mat_struct* m, const BallMatrix& with) {
    for (long j = 0; j < with.cols(); ++j)
      for (long i = 0; i < with.rows(); ++i)
        std::swap(*arb_mat_entry(m, i, j), *const_cast<arb_struct*>(with(i, j).raw()));
  };
  arb_mat_t left, right, product;
  arb_mat_init(left, a.rows(), a.cols());
  arb_mat_init(right, b.rows(), b.cols());
  arb_mat_init(product, out.rows(), out.cols());
  exchange(left, a), exchange(right, b);
  arb_mat_mul(product, left, right, real::working_bits());
  exchange(left, a), exchange(right, b), exchange(product, out);
  arb_mat_clear(left), arb_mat_clear(right), arb_mat_clear(product);
}

void run(benchmark::State& state, Method multiply, const Case& c) {
  const real::Precision precision(c.bits);
  Draws draws(static_cast<std::uint64_t>(c.n));
  const BallMatrix A = drawn(draws, c.n, c.n, c.bits), B = drawn(draws, c.n, c.N, c.bits);
  BallMatrix C(c.n, c.N);
  const PeakMemory memory;
  for (auto _ : state) {
    multiply(C, A, B);
    benchmark::DoNotOptimize(C.data());
  }
  memory.report(state);
  double radius = 0;
  for (Eigen::Index e = 0; e < C.size(); ++e)
    radius = std::max(radius, real::Backend<Ball>::to_double(C.data()[e].radius()));
  state.counters["products"] = 1;
  state.counters["radius"] = radius;
}

std::string name(const char* method, const Case& c) {
  return fmt::format("ball-product/ball/{}/n={}/N={},bits={}", method, c.n, c.N, c.bits);
}

void measure(const Case& c) {
  const auto enter = [&](const char* method, Method multiply) {
    cheap(benchmark::RegisterBenchmark(name(method, c).c_str(),
                                       [=](benchmark::State& state) { run(state, multiply, c); }));
  };
  enter("library", library);
  enter("arb-dot", arb_dots);
  enter("arb-block", arb_blocks);
}

const bool registered = [] {
  if (smoke()) {
    measure({8, 2, 64});
    return true;
  }
  for (const long bits : full() ? std::vector<long>{64, 128, 256, 512} : std::vector<long>{128})
    for (const int n : {8, 16, 32, 64, 256})
      for (const int N : {1, 4, 16, n}) {
        if ((N == n && n < 32) || (n == 256 && bits > 256)) continue;
        if (!full() && (n == 8 || N == 4)) continue;
        measure({n, N, bits});
      }
  for (const int N : {16, 256})
    for (const char* method : {"arb-dot", "arb-block"})
      declare({.row = fmt::format("product of balls, n = 256, N = {}, 128 bits", N),
               .against = method == std::string("arb-dot") ? "Arb's dot products" : "Arb's block product",
               .ours = name("library", {256, N, 128}),
               .baseline = name(method, {256, N, 128}),
               // With few columns our radii, a product of doubles each, are no longer cheap beside Arb's.
               .at_least = N == 16 && method == std::string("arb-dot") ? 1.5 : 2.5});
  return draw({.title = "Products of balls at 128 bits, N = 16: the library over Arb's dot products",
               .variable = "n",
               .names = "ball-product/ball/library/n=*/N=16,bits=128",
               .over = "ball-product/ball/arb-dot/n=*/N=16,bits=128"});
}();

}  // namespace
}  // namespace gronwall::bench
