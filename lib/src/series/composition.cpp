#include <map>
#include <numeric>
#include <optional>

#include <fmt/format.h>

#include <gronwall/real/error.hpp>
#include <gronwall/series/composition.hpp>

namespace gronwall::series {

using activation::DifferentialSystem;
using activation::Monomial;
using activation::SystemPolynomial;
using real::Ball;
using real::Rational;

namespace {

using Powers = std::vector<int>;

int degree(const Powers& powers) { return std::accumulate(powers.begin(), powers.end(), 0); }

/// sum += x y.
template <Real R>
void add_product(R& sum, const R& x, const R& y) {
  sum += x * y;
}
[[maybe_unused]] void add_product(Ball& sum, const Ball& x, const Ball& y) {
  arb_addmul(sum.raw(), x.raw(), y.raw(), real::working_bits());
}

/// k x; exact of a ball.
template <Real R>
R times(const R& x, int k) {
  return x * R(k);
}
[[maybe_unused]] Ball times(const Ball& x, int k) {
  Ball z;
  arb_mul_si(z.raw(), x.raw(), k, ARF_PREC_EXACT);
  return z;
}

}  // namespace

/// Lays out the series: number 0 is x, 1 to k are u_1 to u_k, k + 1 is x', then products and sums as they are
/// needed.
template <Real R>
class Composition<R>::Planner {
 public:
  explicit Planner(const DifferentialSystem& system)
      : variables_(static_cast<int>(system.derivatives.size()) + 1) {
    for (int v = 0; v < variables_; ++v) {
      Powers one(static_cast<std::size_t>(variables_), 0);
      one[static_cast<std::size_t>(v)] = 1;
      monomials_.emplace(one, v);
    }
    count_ = variables_ + 1;
  }

  /// The series that stands for a polynomial.
  int polynomial(const SystemPolynomial& p) {
    const std::map<Powers, Rational> collected = collected_from(p);
    const auto known = polynomials_.find(collected);
    if (known != polynomials_.end()) return known->second;
    const int out = laid_out(collected);
    polynomials_.emplace(collected, out);
    return out;
  }

  /// The series that stands for the polynomial already, if one does.
  std::optional<int> existing(const SystemPolynomial& p) const {
    const auto known = polynomials_.find(collected_from(p));
    return known == polynomials_.end() ? std::nullopt : std::optional<int>(known->second);
  }

  int count() const { return count_; }
  int variables() const { return variables_; }
  std::vector<Product> products;
  std::vector<Sum> sums;

 private:
  static std::map<Powers, Rational> collected_from(const SystemPolynomial& p) {
    std::map<Powers, Rational> collected;
    for (const Monomial& m : p) collected[m.powers] += m.coefficient;
    std::erase_if(collected, [](const auto& entry) { return entry.second == 0; });
    return collected;
  }

  int laid_out(const std::map<Powers, Rational>& p) {
    // Products of low degree first: those of higher degree are made of them.
    std::vector<Powers> order;
    for (const auto& entry : p)
      if (degree(entry.first) > 0) order.push_back(entry.first);
    std::sort(order.begin(), order.end(), [](const Powers& a, const Powers& b) {
      return degree(a) != degree(b) ? degree(a) < degree(b) : a < b;
    });
    for (const Powers& powers : order) monomial(powers);
    if (p.size() == 1 && p.begin()->second == 1 && degree(p.begin()->first) > 0)
      return monomial(p.begin()->first);
    Sum sum{{}, R(0), count_++};
    for (const auto& entry : p) {
      const R c = real::from_rational<R>(entry.second);
      if (degree(entry.first) == 0)
        sum.constant = c;
      else
        sum.terms.push_back({monomial(entry.first), entry.second == 1 ? 1 : entry.second == -1 ? -1 : 0, c});
    }
    sums.push_back(sum);
    return sum.out;
  }

  /// The series of a monomial of degree >= 1: the product of two that exist already, or of its halves.
  int monomial(const Powers& powers) {
    const auto known = monomials_.find(powers);
    if (known != monomials_.end()) return known->second;
    Powers left(powers.size()), right(powers.size());
    if (const auto pair = existing_pair(powers)) {
      left = pair->first, right = pair->second;
    } else {
      bool up = false;  // odd powers go to either half in turn, so that neither is empty
      for (std::size_t i = 0; i < powers.size(); ++i) {
        left[i] = (powers[i] + (up ? 1 : 0)) / 2;
        right[i] = powers[i] - left[i];
        if (powers[i] % 2 != 0) up = !up;
      }
    }
    const int a = monomial(left), b = monomial(right), out = count_++;
    products.push_back({a, b, out});
    monomials_.emplace(powers, out);
    return out;
  }

  std::optional<std::pair<Powers, Powers>> existing_pair(const Powers& powers) const {
    std::optional<std::pair<Powers, Powers>> found;
    for (const auto& entry : monomials_) {
      Powers rest(powers.size());
      for (std::size_t i = 0; i < powers.size(); ++i) rest[i] = powers[i] - entry.first[i];
      // A square costs half a product.
      if (monomials_.count(rest) != 0 && (!found || rest == entry.first)) found = {entry.first, rest};
    }
    return found;
  }

  int variables_;
  int count_;
  std::map<Powers, int> monomials_;
  std::map<std::map<Powers, Rational>, int> polynomials_;
};

template <Real R>
Composition<R>::Composition(const activation::Activation& phi, long components, int derivatives,
                            int most_orders)
    : phi_(phi), components_(components), orders_(most_orders) {
  const auto& system = phi.traits().system;
  if (!system)
    throw DomainError(
        fmt::format("The activation '{}' has no Taylor series: it has no differential system.", phi.name()));
  if (components < 0 || derivatives < 0 || derivatives > 2 || most_orders < 1)
    throw DomainError(fmt::format("A composition of {} components, {} derivatives and {} orders cannot be.",
                                  components, derivatives, most_orders));
  Planner plan(*system);
  velocity_ = plan.variables();
  for (int j = 1; j < plan.variables(); ++j)
    integrals_.push_back({plan.polynomial(system->derivatives[static_cast<std::size_t>(j) - 1]), j});
  SystemPolynomial q = system->value;
  for (int d = 0; d <= 2; ++d) {
    if (d <= derivatives) outputs_.push_back(plan.polynomial(q));
    if (const auto series = plan.existing(q)) known_at_start_.push_back({d, *series});
    q = activation::differentiated(*system, q);
  }
  products_ = std::move(plan.products);
  sums_ = std::move(plan.sums);
  coefficients_.resize(static_cast<std::size_t>(plan.count()) * static_cast<std::size_t>(orders_) *
                       static_cast<std::size_t>(components_));
}

template <Real R>
int Composition<R>::products() const {
  return static_cast<int>(products_.size() + integrals_.size());
}

template <Real R>
void Composition<R>::start(const R* x) {
  const auto& f = phi_.in<R>();
  std::vector<R> u;
  for (long c = 0; c < components_; ++c) {
    at(0, 0)[c] = x[c];
    f.start(x[c], u);
    for (std::size_t j = 0; j < u.size(); ++j) at(static_cast<int>(j) + 1, 0)[c] = u[j];
  }
  known_ = 1;
  algebra(0);
  // 1 - u^2 cancels where tanh' is small; the formulas of phi' and phi'' do not, and then nor do the
  // following coefficients, which are all multiples of it.
  for (const KnownAtStart& known : known_at_start_)
    for (long c = 0; c < components_; ++c) {
      R& out = at(known.series, 0)[c];
      out = known.derivative == 0   ? f.value(x[c])
            : known.derivative == 1 ? f.derivative(x[c])
                                    : f.second_derivative(x[c]);
    }
}

template <Real R>
void Composition<R>::push(const R* x) {
  if (known_ == 0) throw DomainError("A composition needs coefficient 0 before the others.");
  if (known_ >= orders_) throw DomainError(fmt::format("A composition of {} orders has no more.", orders_));
  const int order = known_++;
  for (long c = 0; c < components_; ++c) {
    at(0, order)[c] = x[c];
    at(velocity_, order - 1)[c] = times(x[c], order);
  }
  for (const Integral& u : integrals_) integrate(u, order);
  algebra(order);
}

template <Real R>
void Composition<R>::algebra(int order) {
  for (const Product& p : products_) multiply(p, order);
  for (const Sum& sum : sums_) add(sum, order);
}

/// out = sum_{i=0}^{order} left_i right_{order-i}.
template <Real R>
void Composition<R>::convolve(R* out, int left, int right, int order) {
  if constexpr (std::is_same_v<R, Ball>) {
    for (long c = 0; c < components_; ++c)
      arb_dot(out[c].raw(), nullptr, 0, (at(left, 0) + c)->raw(), components_, (at(right, order) + c)->raw(),
              -components_, order + 1, real::working_bits());
  } else {
    for (long c = 0; c < components_; ++c) out[c] = R(0);
    for (int i = 0; i <= order; ++i) {
      const R* a = at(left, i);
      const R* b = at(right, order - i);
      for (long c = 0; c < components_; ++c) add_product(out[c], a[c], b[c]);
    }
  }
}

template <Real R>
void Composition<R>::integrate(const Integral& u, int order) {
  R* out = at(u.out, order);
  convolve(out, velocity_, u.slope, order - 1);
  for (long c = 0; c < components_; ++c) out[c] /= R(order);
}

template <Real R>
void Composition<R>::multiply(const Product& p, int order) {
  R* out = at(p.out, order);
  if (p.left != p.right || order == 0) return convolve(out, p.left, p.right, order);
  // A square: sum_{i<j} 2 a_i a_j + a_{order/2}^2.
  const int pairs = (order + 1) / 2;
  if constexpr (std::is_same_v<R, Ball>) {
    for (long c = 0; c < components_; ++c) {
      arb_ptr sum = out[c].raw();
      arb_dot(sum, nullptr, 0, (at(p.left, 0) + c)->raw(), components_, (at(p.left, order) + c)->raw(),
              -components_, pairs, real::working_bits());
      arb_mul_2exp_si(sum, sum, 1);
      arb_srcptr middle = (at(p.left, order / 2) + c)->raw();
      if (order % 2 == 0) arb_addmul(sum, middle, middle, real::working_bits());
    }
  } else {
    for (long c = 0; c < components_; ++c) out[c] = R(0);
    for (int i = 0; i < pairs; ++i) {
      const R* a = at(p.left, i);
      const R* b = at(p.left, order - i);
      for (long c = 0; c < components_; ++c) add_product(out[c], a[c], b[c]);
    }
    for (long c = 0; c < components_; ++c) out[c] += out[c];
    if (order % 2 != 0) return;
    const R* a = at(p.left, order / 2);
    for (long c = 0; c < components_; ++c) add_product(out[c], a[c], a[c]);
  }
}

template <Real R>
void Composition<R>::add(const Sum& sum, int order) {
  R* out = at(sum.out, order);
  for (long c = 0; c < components_; ++c) out[c] = order == 0 ? sum.constant : R(0);
  for (const Term& term : sum.terms) {
    const R* a = at(term.series, order);
    for (long c = 0; c < components_; ++c) {
      if (term.sign == 1)
        out[c] += a[c];
      else if (term.sign == -1)
        out[c] -= a[c];
      else
        add_product(out[c], term.coefficient, a[c]);
    }
  }
}

#define GRONWALL_INSTANTIATE(...) template class Composition<__VA_ARGS__>;
GRONWALL_FOR_EACH_BACKEND(GRONWALL_INSTANTIATE)

}  // namespace gronwall::series
