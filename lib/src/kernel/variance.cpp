#include <cmath>
#include <utility>

#include <gronwall/gaussian/expectation.hpp>
#include <gronwall/gaussian/strip_bound.hpp>
#include <gronwall/kernel/variance.hpp>
#include <gronwall/real/bound.hpp>
#include <gronwall/real/error.hpp>

namespace gronwall::kernel {

using activation::Activation;
using gaussian::Expansion;
using gaussian::Polynomial;
using real::Bound;
using real::Truth;

namespace {

constexpr unsigned projection_count = 16;

void require_non_negative(const Ball& x, const char* called) {
  if (!x.known() || real::leq(Ball(0), x) != Truth::yes)
    throw DomainError(std::string(called) + " must be finite and not negative.");
}

void require(const Limit<Ball>& limit, const Ball& square_norm) {
  require_non_negative(limit.input_scale, "s0");
  require_non_negative(limit.horizon, "The horizon T");
  require_non_negative(square_norm, "|x|^2");
  if (!limit.sigma_w.known()) throw DomainError("sigma_w must be finite.");
  if (!limit.phi.smooth())
    throw DomainError("No bound is known for the kernels of '" + limit.phi.name() + "', which has kinks.");
}

/// Gaussian variables u_0, u_1, ... with u_0 = sqrt(s_0) g and u_n = u_base + tau sigma_w Z_from, where
/// Cov(Z_i, Z_k) = F_ik = E[phi(u_i) phi(u_k)]: what explicit methods make of a deep network at infinite
/// width. Covariances are sums without cancellation: with V_ki = Cov(u_k - u_0, Z_i)/sigma_w,
///   V_ni = V_{base,i} + tau F_{from,i},   c_nk = c_{base,k} + sigma_w^2 tau V_{k,from}.
class Chain {
 public:
  Chain(const Limit<Ball>& limit, const Ball& square_norm, unsigned coefficients)
      : phi_(limit.phi), sigma_squared_(limit.sigma_w * limit.sigma_w), coefficients_(coefficients) {
    c_.push_back({limit.input_scale * square_norm});
    v_.emplace_back();
    links_.push_back({0, 0, Ball(0)});
    projections_.emplace_back(projection_count, Ball(0));
  }

  /// u_n = u_base + tau sigma_w Z_from; `from` has been excited.
  std::size_t add(std::size_t base, std::size_t from, const Ball& tau) {
    const std::size_t n = c_.size();
    std::vector<Ball> v;
    for (std::size_t i = 0; i < f_.size(); ++i) v.push_back(v_[base][i] + tau * f(from, i));
    v_.push_back(std::move(v));
    const Ball factor = sigma_squared_ * tau;
    std::vector<Ball> row;
    for (std::size_t k = 0; k < n; ++k) row.push_back(c(base, k) + factor * v_[k][from]);
    row.push_back(not_negative(row[base] + factor * v_[n][from]));
    c_.push_back(std::move(row));
    links_.push_back({base, from, tau});
    projections_.push_back(projections_[base]);
    for (std::size_t m = 0; m < projection_count; ++m) projections_[n][m] += tau * projected(from, m);
    return n;
  }

  /// Z_n of the last variable: its covariances with all that were excited before. Variables are excited in
  /// the order in which they were added.
  void excite() {
    const std::size_t n = f_.size();
    expansions_.push_back(gaussian::expand<Ball>(phi_, c(n, n), coefficients_));
    std::vector<Ball> row;
    for (std::size_t k = 0; k < n; ++k) row.push_back(mean(n, k));
    row.push_back(expansions_[n].second_moment);
    f_.push_back(std::move(row));
    v_[0].emplace_back(0);
    for (std::size_t k = 1; k <= n; ++k)
      v_[k].push_back(v_[links_[k].base][n] + links_[k].tau * f(links_[k].from, n));
  }

  const Ball& c(std::size_t i, std::size_t k) const { return i < k ? c_[k][i] : c_[i][k]; }
  const Ball& f(std::size_t i, std::size_t k) const { return i < k ? f_[k][i] : f_[i][k]; }
  const Ball& variance(std::size_t i) const { return c_[i][i]; }
  /// <u_n - u_0, h_m(g)> / sigma_w.
  const std::vector<Ball>& projections(std::size_t n) const { return projections_[n]; }
  long excited() const { return static_cast<long>(f_.size()); }

 private:
  struct Link {
    std::size_t base, from;
    Ball tau;
  };

  /// A variance, known to be at least 0.
  static Ball not_negative(const Ball& x) {
    return leq(Ball(0), x) == Truth::yes ? x : Ball(0).hull(real::max(Ball(0), x.upper()));
  }
  Ball correlation(std::size_t i, std::size_t k) const { return c(i, k) / sqrt(variance(i) * variance(k)); }
  Ball mean(std::size_t i, std::size_t k) const {
    const Expansion<Ball>&a = expansions_[i], &b = expansions_[k];
    // A constant is uncorrelated with everything.
    if (variance(i).is_zero() || variance(k).is_zero()) return a.coefficients[0] * b.coefficients[0];
    const Ball rho = correlation(i, k);
    if (rho.known()) return gaussian::mehler<Ball>(a, b, rho);
    // A variance may be 0. By Cauchy and Schwarz:
    return Bound(real::sqrt(a.second_moment * b.second_moment)).around_zero();
  }
  /// E[phi(u_i) h_m(g)] = a_m(q_i) Corr(u_i, g)^m.
  Ball projected(std::size_t i, std::size_t m) const {
    const std::vector<Ball>& a = expansions_[i].coefficients;
    if (m >= a.size() || (m > 0 && variance(0).is_zero())) return Ball(0);
    if (m == 0) return a[0];
    const Ball rho = sqrt(variance(0) / variance(i));
    if (!rho.known()) return Bound(real::sqrt(expansions_[i].second_moment)).around_zero();
    return a[m] * real::power<Ball>(rho, static_cast<unsigned>(m));
  }

  Activation phi_;
  Ball sigma_squared_;
  unsigned coefficients_;
  std::vector<std::vector<Ball>> c_, f_, v_;
  std::vector<Link> links_;
  std::vector<Expansion<Ball>> expansions_;
  std::vector<std::vector<Ball>> projections_;
};

/// ||z^k||_{L^p} for even p: ((p k - 1)!!)^{1/p}, p = 2 or 4.
Bound power_norm(unsigned k, unsigned p) {
  Bound product(1.0);
  for (unsigned i = 1; i < p * k; i += 2) product *= Bound(static_cast<double>(i));
  product = sqrt(product);
  return p == 4 ? sqrt(product) : product;
}

/// sum_k |c_k| q^k ||z^k||_p >= ||p(s z)||_p for all s <= q.
Bound polynomial_norm(const Polynomial& c, const Bound& q, unsigned p) {
  Bound sum, power(1.0);
  for (unsigned k = 0; k < c.size(); ++k) {
    sum += Bound(real::from_rational<Ball>(c[k])) * power * power_norm(k, p);
    power *= q;
  }
  return sum;
}

Bound root(const Ball& x) { return Bound(real::sqrt(x)); }

/// The numbers S, L and B of the proof in variance.hpp; each grows with Q. Infinite where none is known.
class Sizes {
 public:
  explicit Sizes(const Activation& phi) : polynomial_(phi.traits().polynomial) {
    const activation::Functions<Ball>& f = phi.in<Ball>();
    at_zero_ = Bound(f.value(Ball(0)));
    lipschitz_ = Bound(f.lipschitz());
    curvature_ = Bound(f.derivative_lipschitz()) * root(Ball(3));
    if (!polynomial_) majorant_ = gaussian::strip_majorant(phi, gaussian::Of::value, Ball(0));
    if (polynomial_) {
      first_ = gaussian::derivative(*polynomial_);
      second_ = gaussian::derivative(first_);
    }
  }

  /// S(Q) >= ||phi(s z)||, s <= Q.
  Bound size(const Bound& q) const {
    Bound out = at_zero_ + lipschitz_ * q;
    if (polynomial_) out = real::min(out, polynomial_norm(*polynomial_, q, 2));
    if (majorant_) out = real::min(out, Bound(majorant_->mean(Ball(0), q.ball())));
    return out;
  }
  Bound lipschitz(const Bound& q) const {
    if (!polynomial_) return lipschitz_;
    return real::min(lipschitz_, sqrt(root(Ball(3))) * polynomial_norm(first_, q, 4));
  }
  Bound curvature(const Bound& q) const {
    if (!polynomial_) return curvature_;
    return real::min(curvature_, sqrt(root(Ball(105))) * polynomial_norm(second_, q, 4));
  }

 private:
  std::optional<Polynomial> polynomial_;
  std::optional<gaussian::Majorant> majorant_;
  Polynomial first_, second_;
  Bound at_zero_, lipschitz_, curvature_;
};

/// D, carried along the steps.
class Distance {
 public:
  Distance(const Limit<Ball>& limit, const Ball& h)
      : sizes_(limit.phi), sigma_(limit.sigma_w), h_(h), h_squared_(h * h), h_cubed_(h * h * h) {}

  /// One step from u_begin over u_middle. Throws PrecisionError where Q is not found.
  void step(const Chain& chain, std::size_t begin, std::size_t middle) {
    const Bound start = root(chain.variance(begin)) + sigma_ * d_;
    Bound q = a_priori(start);
    const Bound largest = sizes_.size(q);
    q = real::max(q, root(chain.variance(middle)));
    const Bound l = sizes_.lipschitz(q);
    // ||psi_s|| <= ||psi~_begin|| + L ||u_s - u~_begin||.
    const Bound from_start = root(chain.f(begin, begin)) + l * sigma_ * (d_ + h_ * largest);
    const Bound a = real::min(largest, from_start);
    const Bound first = l * sigma_ * a;
    const Bound second = sigma_ * sigma_ * (sizes_.curvature(q) * a * a + l * l * a);
    const Bound half = Bound(0.5) * h_ * l * sigma_;
    const Bound middle_distance = d_ + half * d_ + Bound(0.125) * h_squared_ * first;
    d_ += h_ * l * sigma_ * middle_distance + Bound(Ball(1) / Ball(24)) * h_cubed_ * second;
  }
  const Bound& value() const { return d_; }

 private:
  /// Some Q with start + h sigma S(Q) < Q.
  Bound a_priori(const Bound& start) const {
    const auto reached = [&](const Bound& q) { return start + h_ * sigma_ * sizes_.size(q); };
    Bound q = reached(start);
    for (int attempt = 0; attempt < 40 && q.finite(); ++attempt) {
      q *= Bound(1.0625);
      q += Bound(0x1p-60);
      const Bound next = reached(q);
      if (next < q) return q;
      q = real::max(q, next);
    }
    throw PrecisionError("The infinite-width process was not bounded on a step of this length.");
  }

  Sizes sizes_;
  Bound sigma_, h_, h_squared_, h_cubed_, d_;
};

/// [(x - r)^+, x + r]^2 with x = sqrt(q), and no less than `least`.
Ball widened(const Ball& q, const Ball& r, const Ball& least) {
  const Ball x = real::sqrt(q);
  const Ball low = real::max(Ball(0), (x - r).lower()), high = (x + r).upper();
  const Ball below = real::max((low * low).lower(), least.lower()), above = (high * high).upper();
  return below.hull(above);
}

HiddenLaw law(const Chain& chain, std::size_t last, const Bound& d, const Bound& sigma) {
  HiddenLaw out;
  out.distance = (sigma * d).ball();
  out.nodes = chain.excited();
  const Ball& q = chain.variance(last);
  out.variance = d.is_zero() ? q : widened(q, out.distance, chain.variance(0));
  for (const Ball& b : chain.projections(last)) out.projections.push_back(b + d.around_zero());
  return out;
}

}  // namespace

HiddenLaw hidden_law_ode(const Limit<Ball>& limit, const Ball& square_norm, long steps,
                         unsigned coefficients) {
  require(limit, square_norm);
  if (steps < 1) throw DomainError("The midpoint rule needs at least one step.");
  Chain chain(limit, square_norm, coefficients);
  const Ball h = limit.horizon / Ball(static_cast<int>(steps));
  Distance distance(limit, h);
  std::size_t begin = 0;
  for (long l = 0; l < steps && !h.is_zero(); ++l) {
    chain.excite();
    const std::size_t middle = chain.add(begin, begin, real::scaled(h, -1));
    chain.excite();
    distance.step(chain, begin, middle);
    begin = chain.add(begin, middle, h);
  }
  return law(chain, begin, distance.value(), Bound(limit.sigma_w));
}

HiddenLaw hidden_law_resnet(const Limit<Ball>& limit, const Ball& square_norm, long depth,
                            unsigned coefficients) {
  require(limit, square_norm);
  if (depth < 1) throw DomainError("A ResNet needs at least one layer.");
  Chain chain(limit, square_norm, coefficients);
  const Ball kappa = limit.horizon / Ball(static_cast<int>(depth));
  std::size_t last = 0;
  for (long l = 0; l < depth && !kappa.is_zero(); ++l) {
    chain.excite();
    last = chain.add(last, last, kappa);
  }
  return law(chain, last, Bound(), Bound());
}

namespace {

/// Orders of the Taylor expansion in the variance.
constexpr unsigned taylor_orders = 10;

/// sqrt(n! / m!), n >= m.
Ball factorial_root(unsigned n, unsigned m) {
  Ball product(1);
  for (unsigned i = m + 1; i <= n; ++i) product *= Ball(static_cast<int>(i));
  return sqrt(product);
}

bool vanishes(activation::Parity parity, unsigned m) {
  return parity == activation::Parity::even ? m % 2 == 1 : parity == activation::Parity::odd && m % 2 == 0;
}

/// sup of sqrt(E[phi(sqrt(r) z)^2]) over r in q.
Ball size_over(const Activation& phi, const Ball& q) { return Sizes(phi).size(root(q)).ball(); }

}  // namespace

std::vector<Ball> covariance_coefficients(const Activation& phi, const Ball& q, unsigned count) {
  if (!q.known() || real::less(Ball(0), q) != Truth::yes)
    throw DomainError("Coefficients in the covariance need a variance above 0.");
  const Ball middle = q.midpoint(), delta = q - middle;
  const unsigned orders = delta.is_zero() ? 1 : taylor_orders;
  const Expansion<Ball> e = gaussian::expand<Ball>(phi, middle, count + 2 * orders);
  const auto degree = phi.degree();
  const Ball size = delta.is_zero() ? Ball(0) : size_over(phi, q);
  const Ball root_middle = sqrt(middle), root_low = sqrt(q.lower());
  const Ball half = real::scaled(delta, -1);
  std::vector<Ball> out;
  for (unsigned m = 0; m < count; ++m) {
    if (vanishes(phi.traits().parity, m)) {
      out.emplace_back(0);
      continue;
    }
    Ball sum, factor(1);  // (delta/2)^j / j!
    for (unsigned j = 0; j < orders; ++j) {
      const unsigned k = m + 2 * j;
      sum += factor * e.coefficients[k] * factorial_root(k, m) / real::power<Ball>(root_middle, k);
      factor *= half / Ball(static_cast<int>(j) + 1);
    }
    const unsigned k = m + 2 * orders;
    const bool complete = degree && static_cast<unsigned>(*degree) < k;
    if (!complete && !delta.is_zero())
      sum += Bound(Ball(factor * size * factorial_root(k, m) / real::power<Ball>(root_low, k))).around_zero();
    out.push_back(sum);
  }
  return out;
}

}  // namespace gronwall::kernel
