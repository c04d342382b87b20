#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <gronwall/real/error.hpp>
#include <gronwall/series/plan.hpp>

namespace gronwall::series {

using activation::DifferentialSystem;
using activation::Monomial;
using activation::SystemPolynomial;
using real::Rational;

namespace {

using Powers = std::vector<int>;

int degree(const Powers& powers) { return std::accumulate(powers.begin(), powers.end(), 0); }

/// Hands out the numbers of the series.
class Planner {
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
  std::vector<Plan::Product> products;
  std::vector<Plan::Sum> sums;

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
    Plan::Sum sum{{}, 0, count_++};
    for (const auto& entry : p) {
      if (degree(entry.first) == 0)
        sum.constant = entry.second;
      else
        sum.terms.push_back({monomial(entry.first), entry.second});
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

}  // namespace

Plan::Plan(const activation::Activation& phi, int derivatives) {
  const auto& system = phi.traits().system;
  if (!system)
    throw DomainError(
        fmt::format("The activation '{}' has no Taylor series: it has no differential system.", phi.name()));
  if (derivatives < 0 || derivatives > 2)
    throw DomainError(fmt::format("A composition with {} derivatives cannot be.", derivatives));
  Planner plan(*system);
  velocity = plan.variables();
  for (int j = 1; j < plan.variables(); ++j)
    integrals.push_back({plan.polynomial(system->derivatives[static_cast<std::size_t>(j) - 1]), j});
  SystemPolynomial q = system->value;
  for (int d = 0; d <= 2; ++d) {
    if (d <= derivatives) outputs.push_back(plan.polynomial(q));
    if (const auto series = plan.existing(q)) known_at_start.push_back({d, *series});
    q = activation::differentiated(*system, q);
  }
  count = plan.count();
  products = std::move(plan.products);
  sums = std::move(plan.sums);
}

}  // namespace gronwall::series
