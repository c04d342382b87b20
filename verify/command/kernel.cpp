#include <algorithm>
#include <cstdio>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <gronwall/kernel/csv.hpp>
#include <gronwall/kernel/infinite.hpp>
#include <gronwall/linalg/norm.hpp>
#include <gronwall/model/initialisation.hpp>
#include <gronwall/real/dispatch.hpp>
#include <gronwall/real/escalation.hpp>

#include "verify/command/kernel_report.hpp"
#include "verify/command/number.hpp"

namespace gronwall::verify {

namespace {

using kernel::Definiteness;
using kernel::Part;
using real::Ball;
using real::Real;
using real::Truth;

constexpr long most = 4096;         // width and depth
constexpr long most_inputs = 1024;  // the work grows with their square
/// A bound needs the law of a hidden coordinate for each norm, at about a second each for each part; for a
/// ResNet the work grows with the square of its depth.
constexpr std::size_t most_norms = 16;
constexpr long most_depth_of_bounds = 64;

kernel::Inputs inputs_of(const KernelOptions& o) {
  if (o.data.has_value() == o.points.has_value())
    throw UsageError("exactly one of --data FILE and --points GENERATOR has to be given");
  kernel::Inputs inputs;
  if (o.data) {
    kernel::CsvOptions options;
    options.normalised = o.normalise;
    inputs = kernel::read_csv(*o.data, options);
  } else {
    inputs = kernel::find_inputs(*o.points);
    inputs.normalised = o.normalise;
  }
  if (inputs.count() > most_inputs)
    throw UsageError(fmt::format("{}: {} inputs are too many; at most {} are taken",
                                 o.data ? "--data" : "--points", inputs.count(), most_inputs));
  return inputs;
}

real::Rational not_negative(const char* option, const std::string& text) {
  const real::Rational x = number(option, text);
  if (x < 0) throw UsageError(fmt::format("{} must not be negative, but is {}", option, text));
  return x;
}

kernel::Scales scales_of(const KernelOptions& o) {
  return {not_negative("--sigma-v", o.sigma_v), not_negative("--sigma-w", o.sigma_w),
          not_negative("--sigma-u", o.sigma_u), not_negative("--horizon", o.horizon)};
}

template <Real R>
kernel::Limit<R> limit_of(const activation::Activation& phi, const KernelReport& r) {
  const kernel::Scales& s = r.scales;
  return {phi, real::from_rational<R>(s.sigma_v), real::from_rational<R>(s.sigma_w),
          real::from_rational<R>(s.sigma_u * s.sigma_u / real::Rational(r.inputs.dimension())),
          real::from_rational<R>(s.horizon)};
}

template <real::Floating R>
KernelMatrix matrix(Part part, const linalg::Approximation<R>& a, int digits) {
  KernelMatrix out;
  out.part = part;
  for (Eigen::Index i = 0; i < a.rows(); ++i) {
    std::vector<std::string>& row = out.entries.emplace_back();
    for (Eigen::Index j = 0; j < a.cols(); ++j) row.push_back(text(a.value(i, j), digits));
  }
  const real::Quantity<R> smallest = linalg::smallest_eigenvalue<R>(a.value, a.error);
  out.error = real::to_double<R>(a.error);
  out.smallest = text(smallest.value(), digits);
  out.smallest_value = real::to_double<R>(smallest.value());
  out.smallest_error = real::to_double<R>(smallest.error());
  out.positive = real::less(real::Quantity<R>(R(0)), smallest);
  // A Gram matrix has no negative eigenvalue.
  if (real::less(smallest, real::Quantity<R>(R(0))) == Truth::yes)
    throw std::logic_error(
        fmt::format("The smallest eigenvalue of {}, {}, is negative beyond its error of {:.1e}",
                    kernel::name(part), out.smallest, out.smallest_error));
  return out;
}

template <real::Floating R>
kernel::TangentKernel<R> random_network_kernel(const activation::Activation& phi, const KernelReport& r) {
  model::Network<R> network;
  network.phi = phi;
  const model::Parameters<double> theta = model::gaussian_parameters(*r.width, r.inputs.dimension(), r.seed);
  network.theta = {linalg::from_exact<R>(theta.v), linalg::from_exact<R>(theta.W),
                   linalg::from_exact<R>(theta.U)};
  network.sigma_v = real::from_rational<R>(r.scales.sigma_v);
  network.sigma_w = real::from_rational<R>(r.scales.sigma_w);
  network.sigma_u = real::from_rational<R>(r.scales.sigma_u);
  network.horizon = real::from_rational<R>(r.scales.horizon);
  const linalg::Matrix<R> X = r.inputs.matrix<R>();
  if (r.depth) return kernel::tangent_kernel<R>(model::ResNet<R>(network, *r.depth), X);
  return kernel::tangent_kernel<R>(model::NeuralOde<R>(network), X);
}

template <real::Floating R>
void add_parts(KernelReport& r, const kernel::TangentKernel<R>& K, int digits) {
  r.matrices.push_back(matrix<R>(Part::all, K.sum(), digits));
  r.matrices.push_back(matrix<R>(Part::v, K.v, digits));
  r.matrices.push_back(matrix<R>(Part::W, K.W, digits));
  r.matrices.push_back(matrix<R>(Part::U, K.U, digits));
}

/// Everything that is rounded, in R.
template <real::Floating R>
void compute(const activation::Activation& phi, KernelReport& r, std::optional<int> wanted_digits) {
  const int digits = wanted_digits.value_or(real::Backend<R>::digits);
  r.backend = real::Backend<R>::name;
  r.matrices.clear();
  if (r.width) return add_parts<R>(r, random_network_kernel<R>(phi, r), digits);
  const kernel::Limit<R> limit = limit_of<R>(phi, r);
  const linalg::Matrix<R> gram = r.inputs.gram<R>();
  const kernel::InfiniteKernel<R> found =
      r.depth ? kernel::infinite_resnet<R>(limit, gram, *r.depth) : kernel::infinite_ode<R>(limit, gram);
  r.nodes = found.nodes;
  r.coefficients = found.coefficients;
  add_parts<R>(r, found.kernel, digits);
  r.matrices.push_back(matrix<R>(Part::nngp, found.nngp, digits));
}

/// The number of parameters that the gradient of a part has: an upper bound of the rank.
long rank_bound(const KernelReport& r, Part part) {
  const long n = *r.width, d = r.inputs.dimension();
  switch (part) {
    case Part::W:
      return n * n;
    case Part::U:
      return n * d;
    case Part::all:
      return n + n * n + n * d;
    default:
      return n;
  }
}

/// Singular for a reason that needs no kernel: exact, and true of every width.
Definiteness singular_or_unknown(const kernel::Limit<Ball>& limit, const KernelReport& r, Part part) {
  Definiteness out;
  if (auto found = kernel::singular(limit, r.inputs, part)) {
    out.definite = Truth::no;
    out.reason = std::move(found->reason);
    out.null_vector = std::move(found->null_vector);
  }
  return out;
}

/// A random network has no more independent gradients than parameters.
Definiteness proved_of_network(const kernel::Limit<Ball>& limit, const KernelReport& r, Part part) {
  Definiteness out = singular_or_unknown(limit, r, part);
  if (out.definite == Truth::unknown && rank_bound(r, part) < r.inputs.count()) {
    out.definite = Truth::no;
    out.reason = fmt::format("its rank is at most {}, the number of parameters.", rank_bound(r, part));
  }
  return out;
}

std::size_t different_norms(const kernel::Inputs& inputs) {
  std::set<real::Rational> squares;
  for (const linalg::RationalVector& x : inputs.points) {
    real::Rational square = 0;
    for (const real::Rational& entry : x) square += entry * entry;
    squares.insert(square);
  }
  return squares.size();
}

/// What can be proved of the kernel of infinite width. The inputs are fit for a kernel, so whatever the
/// library refuses here is a proof that it does not have.
Definiteness proved_of_limit(const kernel::Limit<Ball>& limit, const KernelReport& r, Part part) {
  std::string too_expensive;
  if (!r.inputs.normalised && different_norms(r.inputs) > most_norms)
    too_expensive = fmt::format("no bound is sought for inputs of more than {} different norms", most_norms);
  if (r.depth && *r.depth > most_depth_of_bounds)
    too_expensive = fmt::format("no bound is sought for more than {} layers", most_depth_of_bounds);
  if (!too_expensive.empty()) {
    Definiteness out = singular_or_unknown(limit, r, part);
    if (out.definite == Truth::unknown) out.reason = too_expensive;
    return out;
  }
  try {
    return r.depth ? kernel::kernel_definite(limit, r.inputs, *r.depth, part)
                   : kernel::kernel_definite(limit, r.inputs, part);
  } catch (const Error& error) {
    Definiteness out;
    out.reason = error.what();
    return out;
  }
}

/// One for each part, in the order of the matrices: what is proved does not depend on the backend.
std::vector<Definiteness> proofs(const activation::Activation& phi, const KernelReport& r) {
  const real::Precision precision(real::escalation.back());
  const kernel::Limit<Ball> limit = limit_of<Ball>(phi, r);
  std::vector<Definiteness> out;
  for (const KernelMatrix& m : r.matrices)
    out.push_back(r.width ? proved_of_network(limit, r, m.part) : proved_of_limit(limit, r, m.part));
  return out;
}

/// Estimates and proofs were made in different ways: where they exclude each other one of them is wrong.
void compare(const KernelMatrix& m) {
  const bool contradiction =
      (m.proved.definite == Truth::no && m.positive == Truth::yes) ||
      (m.proved.definite == Truth::yes && m.positive != Truth::unknown &&
       real::to_double<Ball>(m.proved.below) > (m.smallest_value + m.smallest_error) * (1 + 1e-12));
  if (contradiction)
    throw std::logic_error(
        fmt::format("The smallest eigenvalue of {} was computed as {} with an error of {:.1e}, "
                    "which contradicts what is proved of it: {}",
                    kernel::name(m.part), m.smallest, m.smallest_error, m.proved.reason));
}

void compare(const KernelReport& r) {
  for (const KernelMatrix& m : r.matrices) compare(m);
  if (r.width || r.depth) return;
  const Truth definite = r.matrices.front().proved.definite;
  if ((r.corollary.conclusion == kernel::Conclusion::singular && definite == Truth::yes) ||
      (r.corollary.conclusion == kernel::Conclusion::positive_definite && definite == Truth::no))
    throw std::logic_error("Corollary 1, repaired, contradicts what is proved of K");
}

std::string canonical(const std::string& backend) {
  return real::with_backend(backend, []<Real R>() { return std::string(real::Backend<R>::name); });
}

void require_floating(const char* option, const std::string& backend) {
  if (!real::with_backend(backend, []<Real R>() { return real::Floating<R>; }))
    throw UsageError(
        fmt::format("{}: kernel shows numbers of a fixed precision, double or mpfr; what is proved is "
                    "proved in balls besides",
                    option));
}

/// The backends from the one asked for to the highest, in the order of their digits; at least the first.
std::vector<std::string> backends_of(const KernelOptions& o) {
  require_floating("--backend", o.backend);
  require_floating("--highest", o.highest);
  const std::string first = canonical(o.backend), last = canonical(o.highest);
  std::vector<std::string> out;
  for (const std::string& backend : real::backend_names()) {
    const bool floating = real::with_backend(backend, []<Real R>() { return real::Floating<R>; });
    if (floating && (backend == first || !out.empty())) out.push_back(backend);
    if (backend == last) break;
  }
  return out.empty() ? std::vector<std::string>{first} : out;
}

void check_digits(const KernelOptions& o) {
  if (!o.digits) return;
  const int most_digits = real::with_backend(o.backend, []<Real R>() { return real::Backend<R>::digits; });
  if (*o.digits < 1 || *o.digits > most_digits)
    throw UsageError(
        fmt::format("--digits must be from 1 to {} in {}, not {}", most_digits, o.backend, *o.digits));
}

bool all_decided(const std::vector<KernelMatrix>& matrices) {
  return std::all_of(matrices.begin(), matrices.end(), [](const KernelMatrix& m) { return m.decided(); });
}

/// Whether the last precision brought errors down where that matters; if it did not the next one will not.
bool gained(const std::vector<KernelMatrix>& before, const std::vector<KernelMatrix>& now) {
  for (std::size_t k = 0; k < before.size(); ++k)
    if (!now[k].decided() && now[k].smallest_error > before[k].smallest_error / 1000) return false;
  return true;
}

KernelReport computed(const KernelOptions& o, const std::vector<std::string>& backends) {
  KernelReport r;
  const activation::Activation phi = activation::find(o.activation);
  r.activation = phi.name();
  r.scales = scales_of(o);
  r.width = o.width;
  r.depth = o.depth;
  r.seed = o.seed.value_or(1);
  r.inputs = inputs_of(o);
  r.source = o.data ? *o.data : *o.points;
  r.assumption = kernel::assumption_1(phi, r.inputs);
  r.corollary = kernel::corollary_1(phi, r.inputs, r.scales);
  std::optional<int> digits = o.digits;
  if (!digits && o.format == "text") digits = 6;

  std::vector<Definiteness> proved;
  for (const std::string& backend : backends) {
    const std::vector<KernelMatrix> before = std::move(r.matrices);
    real::with_backend(backend, [&]<Real R>() {
      if constexpr (real::Floating<R>) compute<R>(phi, r, digits);
    });
    if (proved.empty()) proved = proofs(phi, r);
    for (std::size_t k = 0; k < r.matrices.size(); ++k) r.matrices[k].proved = proved[k];
    if (all_decided(r.matrices) || backend == backends.back() || !gained(before, r.matrices)) break;
    r.tried.push_back(backend);
    if (isatty(STDERR_FILENO) == 1)
      fmt::print(stderr, "verify: the sign of an eigenvalue is not certain in {}; the precision is raised\n",
                 backend);
  }
  compare(r);
  return r;
}

void check(const KernelOptions& o) {
  if (o.width) require("--width", *o.width, most);
  if (o.depth) require("--depth", *o.depth, most);
  if (o.seed && !o.width) throw UsageError("--seed needs --width: at infinite width nothing is random");
  if (o.format != "text" && o.format != "json")
    throw UsageError(fmt::format("--format must be text or json, not {}", o.format));
  check_digits(o);
}

}  // namespace

int kernel_of_data(const KernelOptions& options) {
  check(options);
  try {
    const KernelReport report = computed(options, backends_of(options));
    fmt::print("{}", options.format == "json" ? to_text(to_json(report)) : to_text(report));
  } catch (const Error& error) {
    // Whatever the library refuses, it refuses because of what was asked for.
    throw UsageError(error.what());
  }
  return as_expected;
}

}  // namespace gronwall::verify
