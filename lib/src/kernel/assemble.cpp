#include "assemble.hpp"

#include <gronwall/real/error.hpp>

namespace gronwall::kernel {
namespace {

template <Real R>
Approximation<R> part(const Pairs<R>& pairs, const std::vector<PairKernel<R>>& found, R PairKernel<R>::*which,
                      const R& relative, const PairKernel<R>& absolute) {
  std::vector<R> values;
  for (const PairKernel<R>& pair : found) values.push_back(pair.*which);
  Approximation<R> out{pairs.spread(values), R(0)};
  if constexpr (real::Floating<R>) {
    using std::abs;
    R largest(0);
    for (const R& x : values) largest = real::maximum<R>(largest, R(abs(x)));
    out.error = R(static_cast<int>(out.rows())) * (relative * largest + absolute.*which);
  }
  return out;
}

template <Real R>
void require(bool met, const char* field) {
  if (!met) throw DomainError(std::string("The infinite-width limit needs ") + field + ".");
}

template <Real R>
bool at_least_zero(const R& x) {
  if constexpr (real::Enclosing<R>)
    return leq(R(0), x) == real::Truth::yes;
  else
    return x >= R(0);
}

}  // namespace

template <Real R>
void Limit<R>::check() const {
  const auto finite = [](const R& x) { return real::Backend<R>::finite(x); };
  require<R>(finite(sigma_v), "a finite sigma_v");
  require<R>(finite(sigma_w), "a finite sigma_w");
  require<R>(finite(input_scale) && at_least_zero<R>(input_scale),
             "a finite scale sigma_u^2/d of at least 0");
  require<R>(finite(horizon) && at_least_zero<R>(horizon), "a finite horizon T of at least 0");
}

template <Real R>
InfiniteKernel<R> assemble(const Pairs<R>& pairs, const std::vector<PairKernel<R>>& found, const R& relative,
                           const PairKernel<R>& absolute) {
  InfiniteKernel<R> out;
  out.kernel.v = part<R>(pairs, found, &PairKernel<R>::v, relative, absolute);
  out.kernel.W = part<R>(pairs, found, &PairKernel<R>::W, relative, absolute);
  out.kernel.U = part<R>(pairs, found, &PairKernel<R>::U, relative, absolute);
  out.covariance = part<R>(pairs, found, &PairKernel<R>::covariance, relative, absolute);
  out.nngp = part<R>(pairs, found, &PairKernel<R>::nngp, relative, absolute);
  return out;
}

template <real::Floating R>
R amplification(const Limit<R>& limit) {
  using std::abs;
  using std::exp;
  const R rate = R(2) * abs(limit.sigma_w) * limit.horizon * limit.phi.template in<R>().lipschitz();
  if (!real::Backend<R>::finite(rate)) return R(1000);
  return exp(rate);
}

#define GRONWALL_INSTANTIATE(...)                                                                 \
  template struct Limit<__VA_ARGS__>;                                                             \
  template InfiniteKernel<__VA_ARGS__> assemble<__VA_ARGS__>(                                     \
      const Pairs<__VA_ARGS__>&, const std::vector<PairKernel<__VA_ARGS__>>&, const __VA_ARGS__&, \
      const PairKernel<__VA_ARGS__>&);
GRONWALL_FOR_EACH_BACKEND(GRONWALL_INSTANTIATE)
#undef GRONWALL_INSTANTIATE
#define GRONWALL_INSTANTIATE(...) template __VA_ARGS__ amplification<__VA_ARGS__>(const Limit<__VA_ARGS__>&);
GRONWALL_FOR_EACH_FLOATING(GRONWALL_INSTANTIATE)

}  // namespace gronwall::kernel
