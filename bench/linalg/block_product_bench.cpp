// The product of a fixed n x n matrix with n x N blocks in high precision: through residues, and as one would
// write it otherwise. Below that, where it pays to go through blocks for a single product of MPFR matrices.
#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <string_view>

#if __has_include(<flint/arb_mat.h>)
#include <flint/arb_mat.h>
#else
#include <arb_mat.h>
#endif
#include <benchmark/benchmark.h>
#include <boost/multiprecision/mpfr.hpp>
#include <fmt/format.h>

#include <gronwall/linalg/block_product.hpp>
#include <gronwall/linalg/product.hpp>
#include <gronwall/real/backends.hpp>
#include <gronwall/real/threads.hpp>

#include "support/memory.hpp"
#include "support/network.hpp"
#include "support/profile.hpp"
#include "support/target.hpp"

namespace {
/// The numbers one gets who asks Boost for MPFR and nothing else.
template <unsigned Digits>
using Heap = boost::multiprecision::number<boost::multiprecision::mpfr_float_backend<Digits>>;
}  // namespace

namespace Eigen {
template <unsigned Digits>
struct NumTraits<Heap<Digits>> : GenericNumTraits<Heap<Digits>> {
  using Real = Heap<Digits>;
  using NonInteger = Real;
  using Nested = Real;
  using Literal = Real;
  enum {
    IsComplex = 0,
    IsInteger = 0,
    IsSigned = 1,
    RequireInitialization = 1,
    ReadCost = 10,
    AddCost = 20,
    MulCost = 40
  };
};
}  // namespace Eigen

namespace gronwall::bench {
namespace {

using linalg::Block;
using linalg::BlockMatrix;

struct Size {
  int n;
  int N;
};

template <unsigned Digits>
constexpr std::string_view name_of = real::Backend<real::Mpfr<Digits>>::name;

/// All digits drawn, close to normal.
template <unsigned Digits>
Matrix<real::Mpfr<Digits>> drawn(Draws& draws, int rows, int cols) {
  using R = real::Mpfr<Digits>;
  Matrix<R> out = Matrix<R>::Zero(rows, cols);
  for (unsigned digits = 0; digits < Digits; digits += 6) {
    const linalg::ExactMatrix more = draws.normal(rows, cols);
    for (Eigen::Index i = 0; i < out.size(); ++i)
      out.data()[i] = out.data()[i] * R(0x1p-20) + R(more.data()[i]);
  }
  return out;
}

/// The operands W and X.
template <unsigned Digits>
struct Operands {
  using R = real::Mpfr<Digits>;

  explicit Operands(Size size) {
    Draws draws(static_cast<std::uint64_t>(size.n));
    W = drawn<Digits>(draws, size.n, size.n);
    X = drawn<Digits>(draws, size.n, size.N);
  }
  /// The precision of R and at least twelve bits more.
  static int limbs() { return Block::limbs_for(static_cast<long>(std::ceil(Digits * std::log2(10.0))) + 14); }

  Matrix<R> W, X;
};

/// Made anew only where the size changes: benchmarks of one size follow each other.
template <unsigned Digits>
const Operands<Digits>& operands(Size size) {
  static Size made{};
  static std::unique_ptr<Operands<Digits>> last;
  if (!last || made.n != size.n || made.N != size.N)
    last = std::make_unique<Operands<Digits>>(size), made = size;
  return *last;
}

/// The largest |Y - W X|_ij / (|W_i| |X_j|) over the first rows: of Y's error, in units of 1.
template <unsigned Digits>
double error_of(const Operands<Digits>& given, const Matrix<real::Mpfr<Digits>>& Y) {
  double largest = 0;
  for (Eigen::Index j = 0; j < Y.cols(); ++j)
    for (Eigen::Index i = 0; i < std::min<Eigen::Index>(Y.rows(), 4); ++i) {
      mpfr_t sum, term;
      mpfr_init2(sum, 3000), mpfr_init2(term, 3000);
      mpfr_set_zero(sum, 0);
      double row = 0, column = 0;
      for (Eigen::Index k = 0; k < given.X.rows(); ++k) {
        mpfr_mul(term, given.W(i, k).backend().data(), given.X(k, j).backend().data(), MPFR_RNDN);
        mpfr_add(sum, sum, term, MPFR_RNDN);
        row = std::hypot(row, static_cast<double>(given.W(i, k)));
        column = std::hypot(column, static_cast<double>(given.X(k, j)));
      }
      mpfr_sub(sum, sum, Y(i, j).backend().data(), MPFR_RNDN);
      largest = std::max(largest, std::abs(mpfr_get_d(sum, MPFR_RNDN)) / (row * column));
      mpfr_clear(sum), mpfr_clear(term);
    }
  return largest;
}

template <unsigned Digits>
void through_blocks(benchmark::State& state, const Operands<Digits>& given) {
  const BlockMatrix W(given.W, given.limbs());
  const Block X(given.X, given.limbs());
  Block Y;
  const PeakMemory memory;
  for (auto _ : state) {
    linalg::multiply_into(Y, W, X);
    benchmark::DoNotOptimize(Y.limb(0, 0));
  }
  memory.report(state);
  state.counters["products"] = 1;
  state.counters["error"] = error_of<Digits>(given, Y.template as<real::Mpfr<Digits>>());
}

template <unsigned Digits>
void through_loop(benchmark::State& state, const Operands<Digits>& given) {
  using R = real::Mpfr<Digits>;
  Matrix<R> Y(given.W.rows(), given.X.cols());
  const PeakMemory memory;
  for (auto _ : state) {
    for (Eigen::Index j = 0; j < Y.cols(); ++j)
      for (Eigen::Index i = 0; i < Y.rows(); ++i) {
        R sum(0), term;
        for (Eigen::Index k = 0; k < given.X.rows(); ++k) {
          term = given.W(i, k);
          term *= given.X(k, j);
          sum += term;
        }
        Y(i, j) = sum;
      }
    benchmark::DoNotOptimize(Y.data());
  }
  memory.report(state);
  state.counters["products"] = 1;
  state.counters["error"] = error_of<Digits>(given, Y);
}

template <unsigned Digits>
void through_eigen(benchmark::State& state, const Operands<Digits>& given) {
  using R = Heap<Digits>;
  using HeapMatrix = Eigen::Matrix<R, Eigen::Dynamic, Eigen::Dynamic>;
  const auto copy = [](const Matrix<real::Mpfr<Digits>>& from) {
    HeapMatrix out(from.rows(), from.cols());
    for (Eigen::Index i = 0; i < from.size(); ++i)
      mpfr_set(out.data()[i].backend().data(), from.data()[i].backend().data(), MPFR_RNDN);
    return out;
  };
  const HeapMatrix W = copy(given.W), X = copy(given.X);
  HeapMatrix Y(W.rows(), X.cols());
  const PeakMemory memory;
  for (auto _ : state) {
    Y.noalias() = W * X;
    benchmark::DoNotOptimize(Y.data());
  }
  memory.report(state);
  Matrix<real::Mpfr<Digits>> back(Y.rows(), Y.cols());
  for (Eigen::Index i = 0; i < Y.size(); ++i)
    mpfr_set(back.data()[i].backend().data(), Y.data()[i].backend().data(), MPFR_RNDN);
  state.counters["products"] = 1;
  state.counters["error"] = error_of<Digits>(given, back);
}

/// An Arb matrix of numbers without radii.
class Arb {
 public:
  Arb(long rows, long cols) { arb_mat_init(m_, rows, cols); }
  template <class R>
  explicit Arb(const Matrix<R>& from) : Arb(from.rows(), from.cols()) {
    for (long j = 0; j < from.cols(); ++j)
      for (long i = 0; i < from.rows(); ++i)
        arf_set_mpfr(arb_midref(arb_mat_entry(m_, i, j)), from(i, j).backend().data());
  }
  Arb(const Arb&) = delete;
  Arb& operator=(const Arb&) = delete;
  ~Arb() { arb_mat_clear(m_); }
  arb_mat_struct* raw() { return m_; }

 private:
  arb_mat_t m_;
};

template <unsigned Digits>
void through_arb(benchmark::State& state, const Operands<Digits>& given) {
  using R = real::Mpfr<Digits>;
  Arb W(given.W), X(given.X), Y(given.W.rows(), given.X.cols());
  const long bits = mpfr_get_prec(given.W(0, 0).backend().data());
  const PeakMemory memory;
  for (auto _ : state) {
    arb_mat_approx_mul(Y.raw(), W.raw(), X.raw(), bits);
    benchmark::DoNotOptimize(Y.raw());
  }
  memory.report(state);
  Matrix<R> back(given.W.rows(), given.X.cols());
  for (Eigen::Index j = 0; j < back.cols(); ++j)
    for (Eigen::Index i = 0; i < back.rows(); ++i)
      arf_get_mpfr(back(i, j).backend().data(), arb_midref(arb_mat_entry(Y.raw(), i, j)), MPFR_RNDN);
  state.counters["products"] = 1;
  state.counters["error"] = error_of<Digits>(given, back);
}

/// What linalg::multiply_into does for a single product: loop or blocks, conversions included.
template <unsigned Digits>
void through_library(benchmark::State& state, const Operands<Digits>& given) {
  Matrix<real::Mpfr<Digits>> Y;
  const PeakMemory memory;
  for (auto _ : state) {
    linalg::multiply_into<real::Mpfr<Digits>>(Y, given.W, given.X);
    benchmark::DoNotOptimize(Y.data());
  }
  memory.report(state);
  state.counters["products"] = 1;
  state.counters["error"] = error_of<Digits>(given, Y);
}

template <unsigned Digits>
using Method = void (*)(benchmark::State&, const Operands<Digits>&);

std::string name(std::string_view kind, std::string_view backend, std::string_view method, Size size) {
  return fmt::format("{}/{}/{}/n={}/N={}", kind, backend, method, size.n, size.N);
}

template <unsigned Digits>
void enter(const char* kind, const char* method, Size size, Method<Digits> run, bool once) {
  auto* entry =
      benchmark::RegisterBenchmark(name(kind, name_of<Digits>, method, size).c_str(),
                                   [=](benchmark::State& state) { run(state, operands<Digits>(size)); });
  once ? dear(entry) : cheap(entry);
}

/// The same by so many threads.
template <unsigned Digits>
void enter_threads(Size size, int threads) {
  const std::string of_one = name("product", name_of<Digits>, "block", size);
  cheap(benchmark::RegisterBenchmark(fmt::format("{},threads={}", of_one, threads).c_str(),
                                     [=](benchmark::State& state) {
                                       const int before = real::threads();
                                       real::set_threads(threads);
                                       through_blocks<Digits>(state, operands<Digits>(size));
                                       real::set_threads(before);
                                     })
            ->UseRealTime());
}

template <unsigned Digits>
void require(Size size, double over_eigen, double over_arb) {
  const std::string row = fmt::format("product, n = {}, N = {}, {} digits", size.n, size.N, Digits);
  const std::string ours = name("product", name_of<Digits>, "block", size);
  declare({.row = row,
           .against = "Eigen with Boost mpfr (heap)",
           .ours = ours,
           .baseline = name("product", name_of<Digits>, "eigen-heap", size),
           .at_least = over_eigen});
  declare({.row = row,
           .against = "Arb (arb_mat_approx_mul)",
           .ours = ours,
           .baseline = name("product", name_of<Digits>, "arb", size),
           .at_least = over_arb});
}

template <unsigned Digits>
void measure(Size size) {
  const bool once = size.n >= 512 && !smoke();
  enter<Digits>("product", "block", size, through_blocks<Digits>, false);
  enter<Digits>("product", "arb", size, through_arb<Digits>, once);
  enter<Digits>("product", "loop", size, through_loop<Digits>, once);
  enter<Digits>("product", "eigen-heap", size, through_eigen<Digits>, once);
}

template <unsigned Digits>
void all(double over_eigen) {
  measure<Digits>({smoke() ? 8 : 64, samples});
  if (!smoke())
    for (const int n : {256, 512}) {
      measure<Digits>({n, samples});
      require<Digits>({n, samples}, over_eigen, 30);
    }
  if (full()) {
    for (const int n : {64, 256, 512}) measure<Digits>({n, 1});
    if (Digits == 50)
      for (const int n : {16, 32, 128, 1024}) measure<Digits>({n, samples});
    if (Digits == 50)
      for (const int threads : {1, 2}) enter_threads<Digits>({512, samples}, threads);
  }
  // A single product of matrices that were not prepared: where the library changes from loops to blocks.
  for (const int n : {4, 8, 16, 32, 64})
    for (const int N : {1, 4, 16}) {
      if (!full() && (N == 4 || n == 4 || n == 16)) continue;
      enter<Digits>("single-product", "library", {n, N}, through_library<Digits>, false);
      enter<Digits>("single-product", "loop", {n, N}, through_loop<Digits>, false);
    }
}

const bool registered = [] {
  all<50>(200);
  all<100>(120);
  all<200>(70);
  require<50>({64, samples}, 100, 30);
  draw({.title = "Product W B at 50 digits, N = 16",
        .variable = "n",
        .names = "product/mpfr50/*/n=*/N=16",
        .file = "product"});
  draw({.title = "Product W B, n = 256, N = 16",
        .variable = "digits",
        .names = "product/mpfr*/*/n=256/N=16",
        .file = "product"});
  return draw({.title = "Blocks over Eigen with Boost mpfr, N = 16",
               .variable = "n",
               .names = "product/*/block/n=*/N=16",
               .over = "product/*/eigen-heap/n=*/N=16",
               .file = "product"});
}();

}  // namespace
}  // namespace gronwall::bench
