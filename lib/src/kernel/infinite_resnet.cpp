#include <fmt/format.h>

#include <gronwall/kernel/infinite.hpp>
#include <gronwall/ode/integrator.hpp>
#include <gronwall/real/error.hpp>

#include "assemble.hpp"
#include "moments.hpp"
#include "pairs.hpp"

namespace gronwall::kernel {
namespace {

std::size_t at(Eigen::Index l) { return static_cast<std::size_t>(l); }

/// Adds one node of time. A node may need more coefficients than those before it: theirs are then followed by
/// zeros, which they had been cut off as.
template <Real R>
void append(Moments<R>& all, const Moments<R>& one) {
  all.variance.push_back(one.variance[0]);
  all.root.push_back(one.root[0]);
  const Eigen::Index rows = all.value.a.rows(), cols = one.value.a.cols();
  if (cols == 0) return;
  Matrix<R> grown = Matrix<R>::Constant(rows + 1, cols, R(0));
  if (rows > 0) grown.topLeftCorner(rows, all.value.a.cols()) = all.value.a;
  grown.row(rows) = one.value.a.row(0);
  all.value.a = std::move(grown);
  all.value.second.push_back(one.value.second[0]);
  all.value.tail.push_back(one.value.tail[0]);
  all.value.parity = one.value.parity;
}

/// A variance without the negative numbers that rounding may have let into its ball: [0, 2^e] with exact
/// ends.
template <Real R>
R clipped(const R& variance) {
  if constexpr (real::Enclosing<R>) {
    const bool reaches = variance.known() && leq(R(0), variance) == real::Truth::unknown;
    if (!reaches) return variance;
    mag_t size;
    mag_init(size);
    arb_get_mag(size, variance.raw());
    const long e = fmpz_get_si(MAG_EXPREF(size));
    mag_clear(size);
    R out = scaled(R(1), e - 1);
    mag_set_ui_2exp_si(arb_radref(out.raw()), 1, e - 1);  // exact, as adding an error would not be
    return out;
  } else {
    return variance;
  }
}

/// The recursion for one limit and depth.
template <Real R>
class Recursion {
 public:
  Recursion(const Limit<R>& limit, long depth, Route route)
      : limit_(limit), depth_(depth), expectations_(limit.phi, route) {
    const R step = limit.horizon * limit.sigma_w / R(static_cast<int>(depth));
    weight_ = step * step;
  }

  /// The variances q_l = c^{l,l}(x, x), l = 0, ..., L, of inputs of that squared norm. With F_l the row
  /// F_{l,k},
  ///   c^{l+1,k} = c^{l,k} + w sum_{k'<k} F_{l,k'},   c^{l+1,l+1} = c^{l+1,l} + w sum_{k'<=l} F_{l,k'},
  /// w = (kappa sigma_w)^2: the recursion of CLAIMS summed up, and in the last step its symmetry.
  std::vector<R> variances(const R& norm) {
    const Eigen::Index layers = depth_ + 1;
    Matrix<R> c = Matrix<R>::Constant(layers, layers, R(0));  // symmetric; column l is what layer l needs
    c(0, 0) = limit_.input_scale * norm;
    Moments<R> known;
    std::vector<R> row(at(layers));
    for (Eigen::Index l = 0; l < layers; ++l) {
      require_known(c(l, l), l);
      c(l, l) = clipped<R>(c(l, l));
      append<R>(known, expectations_.values_at({c(l, l)}));
      if (l == depth_) break;
      expectations_.value(known, at(l), known, 0, at(l), &c(0, l), row.data());
      row[at(l)] = expectations_.value_at(known, at(l));
      R sum(0);
      for (Eigen::Index k = 0; k <= l; ++k) {
        c(k, l + 1) = c(l + 1, k) = c(k, l) + weight_ * sum;
        sum += row[at(k)];
      }
      c(l + 1, l + 1) = c(l, l + 1) + weight_ * sum;
    }
    return known.variance;
  }

  Moments<R> moments(const std::vector<R>& variances) { return expectations_.at(variances); }

  PairKernel<R> pair(const Moments<R>& x, const Moments<R>& y, const R& product, bool self) const {
    const Eigen::Index L = depth_, layers = L + 1;
    const R start = limit_.input_scale * product;
    Matrix<R> F(layers, layers), slope(layers, layers);  // column l, entry k
    std::vector<R> c(at(layers), start);
    for (Eigen::Index l = 0; l < layers; ++l) {
      expectations_.value(x, at(l), y, 0, at(layers), c.data(), &F(0, l));
      expectations_.slope(x, at(l), y, 0, at(layers), c.data(), &slope(0, l));
      if (self) {
        F(l, l) = expectations_.value_at(x, at(l));
        slope(l, l) = expectations_.slope_at(x, at(l));
      }
      if (l == L) break;
      R sum(0);
      for (Eigen::Index k = 0; k < layers; ++k) {
        c[at(k)] += weight_ * sum;
        sum += F(k, l);
      }
    }
    const R last = limit_.sigma_v * limit_.sigma_v * slope(L, L);
    std::vector<R> b(at(layers), last);  // b^{l+1,k}, then b^{l,k}
    R weights(0);
    for (Eigen::Index l = L; l-- > 0;) {
      R sum(0);
      R inner = b[at(L)];  // b^{l+1,k+1}
      for (Eigen::Index k = L; k-- > 0;) {
        weights += inner * F(k, l);
        sum += slope(k, l) * inner;
        inner = b[at(k)];
        b[at(k)] += weight_ * sum;
      }
    }
    return {limit_.sigma_v * limit_.sigma_v * F(L, L), weight_ * weights, start * b[0], c[at(L)], F(L, L)};
  }

  unsigned coefficients() const { return expectations_.coefficients(); }
  R relative_error() const { return expectations_.relative_error(); }

 private:
  void require_known(const R& variance, Eigen::Index layer) const {
    if (!real::Backend<R>::finite(variance))
      throw ode::BlowUp(
          fmt::format("The variance of the states of {} leaves the range of numbers at layer {} of {}.",
                      limit_.phi.name(), layer, depth_));
  }

  Limit<R> limit_;
  long depth_;
  R weight_;
  Expectations<R> expectations_;
};

}  // namespace

template <Real R>
InfiniteKernel<R> infinite_resnet(const Limit<R>& limit, const Matrix<R>& gram, long depth, Route route) {
  limit.check();
  if (depth < 1) throw DomainError(fmt::format("The depth must be at least 1, not {}.", depth));
  const Pairs<R> pairs(gram);
  Recursion<R> recursion(limit, depth, route);
  std::vector<Moments<R>> moments;
  for (const R& norm : pairs.norms()) moments.push_back(recursion.moments(recursion.variances(norm)));
  std::vector<PairKernel<R>> found;
  for (const auto& pair : pairs.all())
    found.push_back(recursion.pair(moments[pair.a], moments[pair.b], pair.product, pair.self));
  R relative(0);
  if constexpr (real::Floating<R>) relative = recursion.relative_error() * amplification<R>(limit);
  InfiniteKernel<R> out = assemble<R>(pairs, found, relative, {});
  out.nodes = depth;
  out.coefficients = recursion.coefficients();
  return out;
}

#define GRONWALL_INSTANTIATE(...)                                    \
  template InfiniteKernel<__VA_ARGS__> infinite_resnet<__VA_ARGS__>( \
      const Limit<__VA_ARGS__>&, const Matrix<__VA_ARGS__>&, long, Route);
GRONWALL_FOR_EACH_BACKEND(GRONWALL_INSTANTIATE)

}  // namespace gronwall::kernel
