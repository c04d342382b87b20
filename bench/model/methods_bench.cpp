// The gradient of a Neural ODE in all its parameters: every method x {double, mpfr50, mpfr100} x width x
// tolerance (or number of steps, where a method estimates no error), by the continuous adjoint and, where the
// method has one, by the discrete one; and, as the baseline, the exact backward pass of the ResNet (Euler's
// method).
#include <cmath>
#include <ctime>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <gronwall/model/neural_ode.hpp>
#include <gronwall/model/resnet.hpp>
#include <gronwall/ode/tableau.hpp>
#include <gronwall/real/backends.hpp>

#include "ode/forward.hpp"
#include "support/target.hpp"

namespace gronwall::bench {
namespace {

using real::Backend;

template <class R>
Matrix<R> ones() {
  return linalg::from_exact<R>(linalg::ExactMatrix::Ones(samples, 1));
}

/// The W-gradient by Taylor series of the precision's own accuracy; in double to 13 digits.
template <class R>
const Matrix<R>& reference(int n) {
  static std::map<int, Matrix<R>> all;
  Matrix<R>& entry = all[n];
  if (entry.size() == 0) {
    constexpr int digits = std::is_same_v<R, double> ? 13 : Backend<R>::digits - 1;
    const char* method = std::is_same_v<R, double> ? "fehlberg-78" : "taylor";
    const model::NeuralOde<R> model(Setting(n).template network<R>(),
                                    {method, power_of_ten<R>(digits), {}, {}});
    entry = model.gradient_run(Setting(n).template inputs<R>(), ones<R>()).W;
  }
  return entry;
}

/// Up to 11 digits the reference in double does: inputs are the same numbers in all precisions.
template <class R>
double error_of(const Matrix<R>& W, int n, int digits) {
  if (std::is_same_v<R, double> || digits <= 11)
    return relative_error(linalg::to_double<R>(W), reference<double>(n));
  const Matrix<R> apart = W - reference<R>(n);
  return real::to_double<R>(
      R(linalg::frobenius_norm<R>(apart).value() / linalg::frobenius_norm<R>(reference<R>(n)).value()));
}

struct Way {
  std::string method;
  model::Adjoint adjoint = model::Adjoint::continuous;
  int order = 0;       ///< 0: Taylor series, whose cost grows with the digits alone
  bool steps = false;  ///< so many equal steps in place of a tolerance
  int n = 0;
  int asked = 0;  ///< digits or steps
  double seconds = 0;

  std::string name() const { return (adjoint == model::Adjoint::discrete ? "discrete-" : "") + method; }
};

/// What the looser tolerances of a way took, and so which ones are spared.
class Afford {
 public:
  bool allows(const Way& way) const {
    if (seconds_ == 0) return true;
    const double more = way.steps        ? static_cast<double>(way.asked) / asked_
                        : way.order == 0 ? std::pow(static_cast<double>(way.asked) / asked_, 2)
                                         : std::pow(10.0, 0.5 * (way.asked - asked_) / way.order);
    return seconds_ * more <= way.seconds;
  }
  void took(const Way& way, double seconds) { asked_ = way.asked, seconds_ = seconds; }

 private:
  int asked_ = 0;
  double seconds_ = 0;
};

template <class R>
void gradient(benchmark::State& state, const Way& way) {
  static std::map<std::tuple<std::string, int>, Afford> all;
  if (late(60, 450)) return state.SkipWithError("the time of the profile is over");
  Afford& afford = all[{way.name(), way.n}];
  const std::string why = fmt::format("needs more than {:g} s", way.seconds);
  // A gradient takes a hundred right-hand sides at the least.
  if (!afford.allows(way) ||
      (way.order > 0 && right_hand_sides_in<R>(way.seconds, problem<R>(way.n, samples)) < 100))
    return state.SkipWithError(why.c_str());
  const Setting setting(way.n);
  model::Accuracy<R> accuracy;
  accuracy.method = way.method;
  accuracy.adjoint = way.adjoint;
  if (way.steps)
    accuracy.steps = way.asked;
  else
    accuracy.tolerance = power_of_ten<R>(way.asked);
  const model::NeuralOde<R> model(setting.network<R>(), accuracy);
  const Matrix<R> X = setting.inputs<R>(), c = ones<R>();
  model::GradientRun<R> run;
  double seconds = HUGE_VAL;
  const PeakMemory memory;
  for (auto _ : state) {
    const std::clock_t start = std::clock();
    try {
      run = model.gradient_run(X, c);
    } catch (const Error& error) {
      afford.took(way, HUGE_VAL);
      state.SkipWithError(error.what());
      return;
    }
    benchmark::DoNotOptimize(run.W.data());
    seconds = std::min(seconds, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  }
  memory.report(state);
  afford.took(way, seconds);
  state.counters["right_hand_sides"] =
      static_cast<double>(run.forward_evaluations + run.backward_evaluations);
  state.counters["forward"] = static_cast<double>(run.forward_evaluations);
  state.counters["backward"] = static_cast<double>(run.backward_evaluations);
  state.counters["error"] = error_of<R>(run.W, way.n, way.steps ? 0 : way.asked);
}

void resnet(benchmark::State& state, int n, int depth) {
  const Setting setting(n);
  const model::ResNet<double> model(setting.network<double>(), depth);
  const Matrix<double> X = setting.inputs<double>(), c = ones<double>();
  model::Gradient<double> out;
  const PeakMemory memory;
  for (auto _ : state) {
    out = model.gradient(X, c);
    benchmark::DoNotOptimize(out.W.value.data());
  }
  memory.report(state);
  state.counters["right_hand_sides"] = 2.0 * depth;
  state.counters["forward"] = depth;
  state.counters["backward"] = depth;
  state.counters["error"] = relative_error(out.W.value, reference<double>(n));
}

template <class R>
void enter(const Way& way, void (*often)(benchmark::internal::Benchmark*)) {
  often(benchmark::RegisterBenchmark(fmt::format("gradient/{}/{}/n={}/{}{}", Backend<R>::name, way.name(),
                                                 way.n, way.steps ? "steps=" : "tol=1e-", way.asked)
                                         .c_str(),
                                     [=](benchmark::State& state) { gradient<R>(state, way); }));
}

/// What is measured for one width.
struct Range {
  int n;
  std::vector<int> digits;  ///< from loose to tight
  double seconds;           ///< after which a way is given up
};

/// All methods; those without an error estimate by numbers of steps.
template <class R>
void enter_all(const Range& range, void (*often)(benchmark::internal::Benchmark*)) {
  for (const std::string& method : model::method_names()) {
    Way way{method, model::Adjoint::continuous, 0, false, range.n, 0, range.seconds};
    if (method != "taylor") {
      const ode::Method& about = ode::integrator<R>(method).method();
      way.order = about.order;
      way.steps = !about.adaptive;
    }
    const bool has_tableau = [&] {
      for (const std::string& name : ode::tableau_names())
        if (name == method) return true;
      return false;
    }();
    for (const int asked : way.steps ? std::vector<int>{8, 32, 128, 512} : range.digits) {
      way.asked = asked;
      for (const model::Adjoint adjoint : {model::Adjoint::continuous, model::Adjoint::discrete}) {
        way.adjoint = adjoint;
        if (adjoint == model::Adjoint::continuous || has_tableau) enter<R>(way, often);
      }
    }
  }
}

const bool registered = [] {
  using Mp50 = real::Mpfr<50>;
  using Mp100 = real::Mpfr<100>;
  for (const int n : {16, 64, 256})
    for (const int depth : {16, 64, 256})
      cheap(
          benchmark::RegisterBenchmark(fmt::format("gradient/double/resnet/n={}/depth={}", n, depth).c_str(),
                                       [=](benchmark::State& state) { resnet(state, n, depth); }));
  if (full()) {
    // What is wanted most comes first: gradient() stops when the time of the profile is over.
    for (const int n : {16, 64, 256}) enter_all<double>({n, {3, 5, 7, 9, 11}, 0.4}, cheap);
    enter_all<double>({1024, {3, 5, 7, 9, 11}, 3}, dear);
    enter_all<Mp50>({16, {3, 6, 9, 12, 20, 30, 45}, 1}, dear);
    enter_all<Mp50>({64, {3, 6, 9, 12, 20, 30, 45}, 2}, dear);
    enter_all<Mp50>({256, {3, 6, 11, 20, 45}, 5}, dear);
    enter_all<Mp100>({16, {3, 6, 11, 20, 40, 60, 95}, 1}, dear);
    enter_all<Mp100>({64, {3, 6, 11, 20, 40, 60, 95}, 2}, dear);
    enter_all<Mp50>({1024, {3, 6}, 30}, dear);
    enter_all<Mp100>({256, {3, 6, 11, 45}, 5}, dear);
    enter_all<Mp100>({1024, {3}, 30}, dear);
  } else {
    for (const int n : {16, 64, 256}) enter_all<double>({n, {3, 6, 9}, 0.1}, cheap);
    enter_all<Mp50>({16, {3, 6, 12, 20, 45}, 0.3}, dear);
  }
  const int drawn = full() ? 7 : 6;
  draw({.title = fmt::format("Gradient, double, tolerance 1e-{}, N = 16", drawn),
        .variable = "n",
        .names = fmt::format("gradient/double/*/n=*/tol=1e-{}", drawn)});
  draw({.title = "Gradient by Taylor series, n = 16, N = 16",
        .variable = "accuracy",
        .names = "gradient/*/taylor/n=16/tol=*"});
  return draw({.title = "Gradient of a ResNet, double, n = 256, N = 16",
               .variable = "depth",
               .names = "gradient/double/resnet/n=256/depth=*"});
}();

}  // namespace
}  // namespace gronwall::bench
