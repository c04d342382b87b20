#include <algorithm>
#include <map>
#include <utility>

#include <gronwall/gaussian/expectation.hpp>
#include <gronwall/kernel/singular.hpp>
#include <gronwall/real/error.hpp>

namespace gronwall::kernel {

using activation::Activation;
using activation::Parity;
using linalg::RationalMatrix;
using Points = std::vector<RationalVector>;

std::string name(Part part) {
  switch (part) {
    case Part::nngp:
      return "Sigma*";
    case Part::v:
      return "K^v";
    case Part::W:
      return "K^W";
    case Part::U:
      return "K^U";
    case Part::all:
      break;
  }
  return "K";
}

namespace {

Rational product(const RationalVector& x, const RationalVector& y) {
  Rational sum = 0;
  for (std::size_t k = 0; k < x.size(); ++k) sum += x[k] * y[k];
  return sum;
}

bool is_zero(const RationalVector& x) {
  return std::all_of(x.begin(), x.end(), [](const Rational& entry) { return entry == 0; });
}

/// The square root of a rational, if it is rational.
std::optional<Rational> exact_root(const Rational& x) {
  const real::Integer p = numerator(x), q = denominator(x);
  const real::Integer p_root = sqrt(p), q_root = sqrt(q);
  if (p_root * p_root != p || q_root * q_root != q) return std::nullopt;
  return Rational(p_root, q_root);
}

bool opposite(const RationalVector& x, const RationalVector& y) {
  for (std::size_t k = 0; k < x.size(); ++k)
    if (x[k] != -y[k]) return false;
  return true;
}

RationalVector unit(std::size_t count, std::size_t i) {
  RationalVector c(count, 0);
  c[i] = 1;
  return c;
}

RationalVector pair_vector(std::size_t count, const Pair& pair, int at_second) {
  RationalVector c = unit(count, static_cast<std::size_t>(pair.first));
  c[static_cast<std::size_t>(pair.second)] = at_second;
  return c;
}

/// Some c != 0 with sum_i c_i x_i = 0 and, if asked, sum_i c_i = 0.
std::optional<RationalVector> dependence(const Points& x, bool affinely) {
  const auto d = static_cast<Eigen::Index>(x.front().size());
  RationalMatrix a(d + (affinely ? 1 : 0), static_cast<Eigen::Index>(x.size()));
  for (Eigen::Index j = 0; j < a.cols(); ++j) {
    for (Eigen::Index i = 0; i < d; ++i)
      a(i, j) = x[static_cast<std::size_t>(j)][static_cast<std::size_t>(i)];
    if (affinely) a(d, j) = 1;
  }
  return linalg::null_vector(a);
}

/// phi(x) = a + b x.
std::optional<Singularity> singular_by_affinity(const Polynomial& phi, const Inputs& inputs) {
  const std::size_t count = inputs.points.size();
  const bool slope = phi.size() > 1, constant = phi.front() != 0;
  if (!slope) {
    if (!constant) return Singularity{"phi is 0, and so is the network.", unit(count, 0)};
    if (count < 2) return std::nullopt;
    return Singularity{"phi is constant, and so is the network.", pair_vector(count, {0, 1}, -1)};
  }
  const std::string reason = std::string("phi is ") + (constant ? "affine" : "linear") +
                             ", so the network is " + (constant ? "affine" : "linear") +
                             " in its input, and the inputs are " + (constant ? "affinely" : "linearly") +
                             " dependent.";
  if (const auto points = exact_points(inputs)) {
    if (const auto c = dependence(*points, constant)) return Singularity{reason, c};
    return std::nullopt;
  }
  // Norms are irrational. Linear dependence does not see them.
  if (!constant && dependence(inputs.points, false)) return Singularity{reason, std::nullopt};
  if (inputs.count() > inputs.dimension() + 1) return Singularity{reason, std::nullopt};
  return std::nullopt;
}

/// Equal inputs, opposite inputs, and a network that does not see its input.
std::optional<Singularity> singular_by_pairs(const Limit<Ball>& limit, const Inputs& inputs, bool frozen) {
  const std::size_t count = inputs.points.size();
  const Parity parity = limit.phi.traits().parity;
  if (const auto same = inputs.duplicates(); !same.empty())
    return Singularity{"The inputs at " + inputs.place(same.front()) + " are equal.",
                       pair_vector(count, same.front(), -1)};
  if (limit.input_scale.is_zero() && count > 1)
    return Singularity{"sigma_u is 0: the network does not see its input.", pair_vector(count, {0, 1}, -1)};
  const auto opposite = inputs.opposite_pairs();
  if (opposite.empty()) return std::nullopt;
  const Pair& pair = opposite.front();
  if (parity == Parity::odd)
    return Singularity{"phi is odd, and the inputs at " + inputs.place(pair) + " are opposite.",
                       pair_vector(count, pair, 1)};
  if (parity == Parity::even && frozen)
    return Singularity{"phi is even, h_T = U x, and the inputs at " + inputs.place(pair) + " are opposite.",
                       pair_vector(count, pair, -1)};
  return std::nullopt;
}

/// What concerns single parts.
std::optional<Singularity> singular_by_zeros(const Limit<Ball>& limit, const Inputs& inputs, Part part,
                                             bool frozen) {
  const std::size_t count = inputs.points.size();
  if (part != Part::nngp && limit.sigma_v.is_zero())
    return Singularity{"sigma_v is 0, and so is " + name(part) + ".", unit(count, 0)};
  if (part == Part::W && frozen) return Singularity{"sigma_w T is 0, and so is K^W.", unit(count, 0)};
  if (part == Part::U && limit.input_scale.is_zero())
    return Singularity{"sigma_u is 0, and so is K^U.", unit(count, 0)};
  const bool vanishes = limit.phi.in<Ball>().value(Ball(0)).is_zero();
  for (std::size_t i = 0; i < count; ++i)
    if (is_zero(inputs.points[i]) && (vanishes || part == Part::U))
      return Singularity{"The input at " + inputs.place(static_cast<long>(i)) + " is 0" +
                             (vanishes ? ", and phi(0) = 0." : "."),
                         unit(count, i)};
  return std::nullopt;
}

bool on_unit_sphere(const Points& points) {
  return std::all_of(points.begin(), points.end(),
                     [](const RationalVector& x) { return product(x, x) == 1; });
}

/// E[p(<x_i, w>) p(<x_j, w>)], w standard Gaussian; none where it would take too long.
std::optional<RationalMatrix> polynomial_kernel(const Polynomial& p, const Points& points) {
  if (points.size() * p.size() > 2000) return std::nullopt;
  RationalMatrix g = linalg::gram(points);
  if (on_unit_sphere(points)) return gaussian::exact_kernel(p, g);
  if (p.size() > 13) return std::nullopt;
  RationalMatrix out(g.rows(), g.cols());
  for (Eigen::Index j = 0; j < g.cols(); ++j)
    for (Eigen::Index i = j; i < g.rows(); ++i)
      out(i, j) = out(j, i) = gaussian::gaussian_mean(p, p, g(i, i), g(j, j), g(i, j));
  return out;
}

std::optional<RationalVector> polynomial_null_vector(const Polynomial& p, const Points& points) {
  const auto kernel = polynomial_kernel(p, points);
  return kernel ? linalg::null_vector(*kernel) : std::nullopt;
}

/// With c_k at x_k and sign c_k at -x_k.
std::optional<RationalVector> paired_null_vector(const Polynomial& part, int sign, const Points& points) {
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  Points half;
  for (std::size_t i = 0; i < points.size(); ++i)
    for (std::size_t j = i + 1; j < points.size(); ++j)
      if (!is_zero(points[i]) && opposite(points[i], points[j])) {
        pairs.emplace_back(i, j);
        half.push_back(points[i]);
      }
  if (pairs.empty()) return std::nullopt;
  const auto c = polynomial_null_vector(part, half);
  if (!c) return std::nullopt;
  RationalVector all(points.size(), 0);
  for (std::size_t k = 0; k < pairs.size(); ++k) {
    all[pairs[k].first] += (*c)[k];
    all[pairs[k].second] += sign * (*c)[k];
  }
  return all;
}

}  // namespace

std::optional<std::vector<RationalVector>> exact_points(const Inputs& inputs) {
  if (!inputs.normalised) return inputs.points;
  Points out;
  for (const RationalVector& x : inputs.points) {
    const auto norm = exact_root(product(x, x));
    if (!norm || *norm == 0) return std::nullopt;
    RationalVector unit;
    for (const Rational& entry : x) unit.push_back(Rational(entry / *norm));
    out.push_back(std::move(unit));
  }
  return out;
}

ParityParts parity_parts(const Activation& phi) {
  if (const auto& p = phi.traits().polynomial) {
    ParityParts out{Polynomial(p->size(), 0), Polynomial(p->size(), 0)};
    for (std::size_t k = 0; k < p->size(); ++k) (k % 2 == 0 ? *out.even : *out.odd)[k] = (*p)[k];
    return out;
  }
  if (phi.traits().parity == Parity::odd) return {Polynomial{0}, std::nullopt};
  if (phi.traits().parity == Parity::even) return {std::nullopt, Polynomial{0}};
  static const std::map<std::string, ParityParts> known{
      {"softplus", {std::nullopt, Polynomial{0, Rational(1, 2)}}},
      {"gelu", {std::nullopt, Polynomial{0, Rational(1, 2)}}},
      {"silu", {std::nullopt, Polynomial{0, Rational(1, 2)}}},
      {"sigmoid", {Polynomial{Rational(1, 2)}, std::nullopt}},
  };
  const auto found = known.find(phi.name());
  return found == known.end() ? ParityParts{} : found->second;
}

std::optional<RationalVector> frozen_null_vector(const Activation& phi, const Points& points) {
  if (const auto& p = phi.traits().polynomial) return polynomial_null_vector(*p, points);
  const ParityParts parts = parity_parts(phi);
  if (parts.odd)
    if (const auto c = paired_null_vector(*parts.odd, -1, points)) return c;
  if (parts.even)
    if (const auto c = paired_null_vector(*parts.even, 1, points)) return c;
  return std::nullopt;
}

std::optional<Singularity> singular(const Limit<Ball>& limit, const Inputs& inputs, Part part) {
  inputs.check();
  const bool frozen = limit.sigma_w.is_zero() || limit.horizon.is_zero();
  if (auto found = singular_by_pairs(limit, inputs, frozen)) return found;
  if (auto found = singular_by_zeros(limit, inputs, part, frozen)) return found;
  const std::optional<Polynomial>& p = limit.phi.traits().polynomial;
  if (p && p->size() <= 2)
    if (auto found = singular_by_affinity(*p, inputs)) return found;
  if (!frozen) return std::nullopt;
  const auto points = exact_points(inputs);
  if (!points) return std::nullopt;
  const auto c = frozen_null_vector(limit.phi, *points);
  if (!c) return std::nullopt;
  return Singularity{"h_T = U x, and a combination of the functions phi(<x_i, w>) of w is 0.", c};
}

}  // namespace gronwall::kernel
