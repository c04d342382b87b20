// Activations on blocks against loops: over MPFR's own functions, over the library's, and over Arb's.
#include <ctime>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <gronwall/linalg/exact.hpp>
#include <gronwall/model/initialisation.hpp>
#include <gronwall/series/block_function.hpp>

#include "support/memory.hpp"
#include "support/profile.hpp"
#include "support/target.hpp"

namespace gronwall::bench {
namespace {

using linalg::Block;
using linalg::Matrix;
using real::Mpfr;

/// So many limbs that the bound of the error is below 10^-digits of the column's largest value.
int limbs_for(int digits) { return digits == 50 ? 7 : digits == 100 ? 13 : 25; }

/// What a user would write with MPFR's functions for phi: out and in may be one number.
using InMpfr = std::function<void(mpfr_ptr)>;
InMpfr in_mpfr(const std::string& phi) {
  if (phi == "tanh") return [](mpfr_ptr x) { mpfr_tanh(x, x, MPFR_RNDN); };
  if (phi == "sin") return [](mpfr_ptr x) { mpfr_sin(x, x, MPFR_RNDN); };
  if (phi == "erf") return [](mpfr_ptr x) { mpfr_erf(x, x, MPFR_RNDN); };
  if (phi == "softplus")
    return [](mpfr_ptr x) {
      mpfr_exp(x, x, MPFR_RNDN);
      mpfr_log1p(x, x, MPFR_RNDN);
    };
  if (phi == "sigmoid")
    return [](mpfr_ptr x) {
      mpfr_neg(x, x, MPFR_RNDN);
      mpfr_exp(x, x, MPFR_RNDN);
      mpfr_add_ui(x, x, 1, MPFR_RNDN);
      mpfr_ui_div(x, 1, x, MPFR_RNDN);
    };
  return [](mpfr_ptr x) {  // gelu
    mpfr_t root, tail;
    mpfr_inits2(mpfr_get_prec(x), root, tail, static_cast<mpfr_ptr>(nullptr));
    mpfr_sqrt_ui(root, 2, MPFR_RNDN);
    mpfr_div(tail, x, root, MPFR_RNDN);
    mpfr_neg(tail, tail, MPFR_RNDN);
    mpfr_erfc(tail, tail, MPFR_RNDN);
    mpfr_mul(x, x, tail, MPFR_RNDN);
    mpfr_div_2ui(x, x, 1, MPFR_RNDN);
    mpfr_clears(root, tail, static_cast<mpfr_ptr>(nullptr));
  };
}

/// The same with Arb's.
using InArb = std::function<void(arb_ptr, slong)>;
InArb in_arb(const std::string& phi) {
  if (phi == "tanh") return [](arb_ptr x, slong bits) { arb_tanh(x, x, bits); };
  if (phi == "sin") return [](arb_ptr x, slong bits) { arb_sin(x, x, bits); };
  if (phi == "erf") return [](arb_ptr x, slong bits) { arb_hypgeom_erf(x, x, bits); };
  if (phi == "softplus")
    return [](arb_ptr x, slong bits) {
      arb_exp(x, x, bits);
      arb_log1p(x, x, bits);
    };
  if (phi == "sigmoid")
    return [](arb_ptr x, slong bits) {
      arb_neg(x, x);
      arb_exp(x, x, bits);
      arb_add_ui(x, x, 1, bits);
      arb_ui_div(x, 1, x, bits);
    };
  return [](arb_ptr x, slong bits) {  // gelu
    arb_t root;
    arb_init(root);
    arb_sqrt_ui(root, 2, bits);
    arb_div(root, x, root, bits);
    arb_neg(root, root);
    arb_hypgeom_erfc(root, root, bits);
    arb_mul(x, x, root, bits);
    arb_mul_2exp_si(x, x, -1);
    arb_clear(root);
  };
}

/// Independent normal numbers, up to 5 or so, with all digits of R.
template <class R>
Matrix<R> gaussian(long n, long N) {
  Matrix<R> x = Matrix<R>::Zero(n, N);
  R weight(1);
  for (unsigned seed = 1; weight > real::Backend<R>::unit_roundoff(); ++seed, weight /= 1L << 32)
    x += weight * linalg::from_exact<R>(model::gaussian_parameters(N, n, seed).U.transpose());
  return x;
}

template <class R>
void enter(const std::string& phi, long n, long N) {
  const int digits = real::Backend<R>::digits;
  const auto name = [&](const std::string& method) {
    return fmt::format("{}/{}/{}/n={}/N={}", phi, real::Backend<R>::name, method, n, N);
  };
  const auto measure = [&](const std::string& method, auto&& prepare) {
    cheap(benchmark::RegisterBenchmark(name(method).c_str(), [prepare, n, N](benchmark::State& state) {
      const auto compute = prepare(state);
      const PeakMemory memory;
      for (auto _ : state) compute();
      memory.report(state);
      state.counters["per_entry"] =
          benchmark::Counter(static_cast<double>(n * N),
                             benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
    }));
  };

  measure("block", [=, label = name("block")](benchmark::State& state) {
    const series::BlockFunction f(activation::find(phi), 0, limbs_for(digits));
    const auto x = std::make_shared<Block>(gaussian<R>(n, N), f.limbs());
    const auto out = std::make_shared<Block>();
    static std::map<std::string, double> first_ms;  // with the tables; later calls find them
    const std::clock_t begin = std::clock();
    f(*x, *out);
    const double took = 1e3 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    first_ms.emplace(label, took);
    state.counters["first_ms"] = first_ms.at(label);
    state.counters["table_kb"] = static_cast<double>(f.table_bytes()) / 1024;
    Matrix<Mpfr<200>> exact;
    const Matrix<Mpfr<200>> at = x->template as<Mpfr<200>>();
    activation::find(phi).in<Mpfr<200>>().value(at, exact);
    const Mpfr<200> error =
        (out->template as<Mpfr<200>>() - exact).cwiseAbs().maxCoeff() / exact.cwiseAbs().maxCoeff();
    state.counters["error"] = error.template convert_to<double>();
    return [=] {
      f(*x, *out);
      benchmark::DoNotOptimize(out->limb(0, 0));
    };
  });
  measure("loop", [=](benchmark::State&) {
    const auto x = std::make_shared<Matrix<R>>(gaussian<R>(n, N));
    const auto out = std::make_shared<Matrix<R>>();
    return [=, f = activation::find(phi)] { f.in<R>().value(*x, *out); };
  });
  measure("mpfr", [=](benchmark::State&) {
    const auto x = std::make_shared<Matrix<R>>(gaussian<R>(n, N));
    const auto out = std::make_shared<Matrix<R>>(n, N);
    return [=, f = in_mpfr(phi)] {
      *out = *x;
      for (long i = 0; i < n * N; ++i) f(out->data()[i].backend().data());
    };
  });
  measure("arb", [=](benchmark::State&) {
    const Matrix<R> x = gaussian<R>(n, N);
    std::vector<real::Ball> balls(static_cast<std::size_t>(n * N));
    for (std::size_t i = 0; i < balls.size(); ++i)
      arf_set_mpfr(arb_midref(balls[i].raw()), x.data()[i].backend().data());
    const slong bits = mpfr_get_prec(x.data()[0].backend().data());
    return [=, f = in_arb(phi), out = std::make_shared<std::vector<real::Ball>>(balls)] {
      *out = balls;
      for (real::Ball& y : *out) f(y.raw(), bits);
    };
  });
  const bool claimed = digits == 50 && (phi == "tanh" || phi == "softplus" || phi == "gelu");
  if (claimed)
    declare({.row = fmt::format("{} on a block, n = {}, N = {}, 50 digits", phi, n, N),
             .against = "MPFR's functions in a loop",
             .ours = name("block"),
             .baseline = name("mpfr"),
             .at_least = 25,
             .error = 1e-50});
}

const bool registered = [] {
  for (const char* phi : {"tanh", "softplus", "gelu", "sigmoid", "erf", "sin"}) {
    enter<Mpfr<50>>(phi, 256, 16);
    if (smoke()) continue;
    enter<Mpfr<100>>(phi, 256, 16);
    if (full()) enter<Mpfr<200>>(phi, 256, 16);
  }
  return true;
}();

}  // namespace
}  // namespace gronwall::bench
