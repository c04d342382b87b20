#include <map>

#include <gronwall/activation/system.hpp>

namespace gronwall::activation {

namespace {

using Collected = std::map<std::vector<int>, real::Rational>;

/// Adds d/dv of the monomial times the polynomial `inner` to the sum, v the variable with that index.
void add_partial(Collected& sum, const Monomial& m, std::size_t variable, const SystemPolynomial& inner) {
  const int power = m.powers[variable];
  if (power == 0) return;
  for (const Monomial& p : inner) {
    std::vector<int> powers = m.powers;
    --powers[variable];
    for (std::size_t i = 0; i < powers.size(); ++i) powers[i] += p.powers[i];
    sum[powers] += m.coefficient * p.coefficient * power;
  }
}

}  // namespace

SystemPolynomial differentiated(const DifferentialSystem& system, const SystemPolynomial& q) {
  const SystemPolynomial one{{1, std::vector<int>(system.derivatives.size() + 1, 0)}};
  Collected sum;
  for (const Monomial& m : q) {
    add_partial(sum, m, 0, one);
    for (std::size_t j = 0; j < system.derivatives.size(); ++j)
      add_partial(sum, m, j + 1, system.derivatives[j]);
  }
  SystemPolynomial out;
  for (const auto& [powers, coefficient] : sum)
    if (coefficient != 0) out.push_back({coefficient, powers});
  return out;
}

}  // namespace gronwall::activation
