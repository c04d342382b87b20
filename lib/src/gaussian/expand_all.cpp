#include <algorithm>
#include <cmath>

#include <gronwall/gaussian/expansion.hpp>
#include <gronwall/linalg/product.hpp>
#include <gronwall/real/error.hpp>

#include "expansion_quadrature.hpp"
#include "polynomial_expansion.hpp"

namespace gronwall::gaussian {

using linalg::Matrix;
using real::Backend;

namespace {

/// The values of the Hermite polynomials at some nodes of a rule; one row a node, columns h_0, h_2, ... and
/// h_1, h_3, ...; no columns where the coefficients vanish by parity.
template <Real R>
struct Values {
  std::vector<R> z, w;
  Matrix<R> even, odd;
};

/// Where the sums of many variances over some nodes go; one column a variance.
template <Real R>
struct ManySums {
  Matrix<R> even, odd;
  std::vector<R> second, antipodal;
};

template <Real R>
Values<R> values_at(const Rule<R>& rule, bool coarse, unsigned count, int parity) {
  Values<R> out;
  for (std::size_t i = 0; i < rule.size(); ++i) {
    if ((rule.coarse[i] != 0) != coarse) continue;
    out.z.push_back(rule.z[i]);
    out.w.push_back(rule.w[i]);
  }
  const Eigen::Index nodes = static_cast<Eigen::Index>(out.z.size());
  const Eigen::Index evens = (count + 1) / 2, odds = count / 2;
  out.even.resize(nodes, parity < 0 ? 0 : evens);
  out.odd.resize(nodes, parity > 0 ? 0 : odds);
  const HermiteRecurrence<R> recurrence(count);
  std::vector<R> hermite(count);
  for (Eigen::Index i = 0; i < nodes; ++i) {
    normalised_hermites_into<R>(hermite.data(), recurrence, out.z[static_cast<std::size_t>(i)]);
    for (Eigen::Index j = 0; j < out.even.cols(); ++j)
      out.even(i, j) = hermite[static_cast<std::size_t>(2 * j)];
    for (Eigen::Index j = 0; j < out.odd.cols(); ++j)
      out.odd(i, j) = hermite[static_cast<std::size_t>(2 * j + 1)];
  }
  return out;
}

template <Real R>
ManySums<R> sum(const Values<R>& at, const Integrand<R>& f, const std::vector<R>& deviations) {
  const int parity = f.parity();
  const Eigen::Index nodes = static_cast<Eigen::Index>(at.z.size());
  const Eigen::Index many = static_cast<Eigen::Index>(deviations.size());
  Matrix<R> even(nodes, many), odd(nodes, many);
  ManySums<R> out;
  for (Eigen::Index v = 0; v < many; ++v) {
    R second(0), antipodal(0);
    for (Eigen::Index i = 0; i < nodes; ++i) {
      const std::size_t node = static_cast<std::size_t>(i);
      const R x = deviations[static_cast<std::size_t>(v)] * at.z[node];
      const R& weight = at.w[node];
      const R plus = f(x);
      const R minus = parity == 0 ? f(R(-x)) : parity > 0 ? plus : R(-plus);
      even(i, v) = weight * (plus + minus);
      odd(i, v) = weight * (plus - minus);
      second += weight * (plus * plus + minus * minus);
      antipodal += R(2) * weight * plus * minus;
    }
    out.second.push_back(second);
    out.antipodal.push_back(antipodal);
  }
  if (at.even.cols() > 0) linalg::transpose_multiply_into<R>(out.even, at.even, even);
  if (at.odd.cols() > 0) linalg::transpose_multiply_into<R>(out.odd, at.odd, odd);
  return out;
}

/// The sums of variance v, times a factor.
template <Real R>
void add_to(Sums<R>& sums, const ManySums<R>& all, std::size_t v, int factor) {
  const Eigen::Index column = static_cast<Eigen::Index>(v);
  const auto add = [&](const Matrix<R>& from, std::size_t first) {
    for (Eigen::Index j = 0; j < from.rows(); ++j)
      sums.coefficients[first + 2 * static_cast<std::size_t>(j)] += R(factor) * from(j, column);
  };
  add(all.even, 0);
  add(all.odd, 1);
  sums.second += R(factor) * all.second[v];
  sums.antipodal += R(factor) * all.antipodal[v];
}

/// One rule for all variances needs kinks that do not move with them.
template <Real R>
bool kinks_stay(const Integrand<R>& f) {
  return std::all_of(f.kinks().begin(), f.kinks().end(), [](double kink) { return kink == 0; });
}

}  // namespace

/// The nodes of the rule of doubled step and, apart, those between them.
template <real::Floating R>
struct Expander<R>::Table {
  Values<R> coarse, between;
  unsigned count;
  int power;
  double reach;

  Table(const Integrand<R>& f, const Plan& plan, unsigned coefficients)
      : count(coefficients), power(plan.power), reach(plan.reach) {
    const Rule<R> rule = plan.broken ? broken_rule<R>(plan.step, reach, {}, log_accuracy(Backend<R>::digits))
                                     : trapezoid_rule<R>(plan.step, reach);
    coarse = values_at<R>(rule, true, count, f.parity());
    between = values_at<R>(rule, false, count, f.parity());
  }

  std::vector<Judged<R>> integrate(const Integrand<R>& f, const std::vector<R>& deviations) const {
    const ManySums<R> on_coarse = sum<R>(coarse, f, deviations), on_rest = sum<R>(between, f, deviations);
    std::vector<Judged<R>> out;
    for (std::size_t v = 0; v < deviations.size(); ++v) {
      Sums<R> fine(count), half(count);
      add_to<R>(half, on_coarse, v, 2);
      add_to<R>(fine, on_coarse, v, 1);
      add_to<R>(fine, on_rest, v, 1);
      out.push_back(judge<R>(std::move(fine), half, power, coarse.z.size() + between.z.size()));
      out.back().good = out.back().good && reaches(f, deviations[v], out.back().sums.second);
    }
    return out;
  }

  /// Nothing beyond the cut-off matters. Two more units of the logarithm are half of what the accuracy is
  /// better than u.
  bool reaches(const Integrand<R>& f, const R& deviation, const R& second) const {
    using std::sqrt;
    const R x = deviation * real::from_double<R>(reach);
    const double last =
        std::max({std::abs(real::to_double<R>(f(x))), std::abs(real::to_double<R>(f(R(-x)))), 1e-300});
    const double size = std::max(real::to_double<R>(R(sqrt(second))), 1e-300);
    return std::log(last / size) <= growth_covered<R>(reach, count) + 2;
  }
};

template <real::Floating R>
Expander<R>::Expander(const Activation& phi, const R& least, const R& most, unsigned count, Of of)
    : phi_(phi), least_(least), most_(most), count_(count), of_(of) {
  using std::sqrt;
  require_variance<R>(least);
  require_variance<R>(most);
  if (most < least) throw DomainError("A range of variances must not end below its beginning.");
  const Integrand<R> f(phi_, of);
  if (phi_.traits().polynomial || !kinks_stay<R>(f)) return;
  const std::vector<R> ends{R(sqrt(least)), R(sqrt(most))};
  // The strip is narrowest, in z, and growth fastest at the largest variance; what phi gains on its size at 1
  // until the cut-off may be largest at either end.
  Plan plan = plan_quadrature<R>(f, ends[1], count);
  plan.reach = std::max(plan.reach, plan_quadrature<R>(f, ends[0], count).reach);
  for (int halvings = 0;; ++halvings, plan.step /= 2) {
    const auto table = std::make_shared<const Table>(f, plan, count);
    table_ = table;
    const std::vector<Judged<R>> found = table->integrate(f, ends);
    if ((found[0].good && found[1].good) || halvings == 4) return;
  }
}

template <real::Floating R>
std::vector<Expansion<R>> Expander<R>::operator()(const std::vector<R>& variances) const {
  using std::sqrt;
  for (const R& q : variances)
    if (!(q >= least_ && q <= most_))
      throw DomainError("A variance lies outside the range that was prepared for.");
  std::vector<Expansion<R>> out;
  if (!table_) {
    for (const R& q : variances) out.push_back(expand<R>(phi_, q, count_, of_));
    return out;
  }
  const Integrand<R> f(phi_, of_);
  std::vector<R> deviations;
  for (const R& q : variances) deviations.push_back(R(sqrt(q)));
  const std::vector<Judged<R>> found = table_->integrate(f, deviations);
  for (std::size_t v = 0; v < variances.size(); ++v)
    out.push_back(found[v].good ? finished<R>(phi_, f, variances[v], found[v])
                                : expand<R>(phi_, variances[v], count_, of_));
  return out;
}

template <real::Floating R>
std::vector<Expansion<R>> expand_all(const Activation& phi, const std::vector<R>& variances, unsigned count,
                                     Of of) {
  if (variances.empty()) return {};
  for (const R& q : variances) require_variance<R>(q);
  const auto [least, most] = std::minmax_element(variances.begin(), variances.end());
  return Expander<R>(phi, *least, *most, count, of)(variances);
}

#define GRONWALL_INSTANTIATE(...)                                       \
  template class Expander<__VA_ARGS__>;                                 \
  template std::vector<Expansion<__VA_ARGS__>> expand_all<__VA_ARGS__>( \
      const Activation&, const std::vector<__VA_ARGS__>&, unsigned, Of);
GRONWALL_FOR_EACH_FLOATING(GRONWALL_INSTANTIATE)

}  // namespace gronwall::gaussian
