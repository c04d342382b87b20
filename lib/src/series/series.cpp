#include <fmt/format.h>

#include <gronwall/real/error.hpp>
#include <gronwall/real/functions.hpp>
#include <gronwall/series/series.hpp>

namespace gronwall::series {

namespace {

using Index = std::size_t;

/// sum_{i=first}^{last} weight_i x_i y_{k-i}, weight_i = i or 1.
template <Real R>
R convolution(const std::vector<R>& x, const std::vector<R>& y, Index k, Index first, Index last,
              bool weighted) {
  R sum(0);
  for (Index i = first; i <= last; ++i) {
    const R term = x[i] * y[k - i];
    sum += weighted ? R(R(static_cast<int>(i)) * term) : term;
  }
  return sum;
}

template <Real R>
void require_same(const Series<R>& x, const Series<R>& y) {
  if (x.orders() != y.orders())
    throw DomainError(
        fmt::format("Series of {} and of {} orders do not go together.", x.orders(), y.orders()));
}

template <Real R>
Index orders(const Series<R>& x) {
  return static_cast<Index>(x.orders());
}

/// (1/k) sum_{i=1}^{k} i x_i p_{k-i}: coefficient k of the integral of p x'.
template <Real R>
R integrated(const std::vector<R>& x, const std::vector<R>& p, Index k) {
  return convolution<R>(x, p, k, 1, k, true) / R(static_cast<int>(k));
}

/// Both at once: s' = c x', c' = -s x'.
template <Real R>
void sine_and_cosine(const std::vector<R>& x, std::vector<R>& s, std::vector<R>& c) {
  using real::cos;
  using real::sin;
  s.assign(1, R(sin(x[0])));
  c.assign(1, R(cos(x[0])));
  for (Index k = 1; k < x.size(); ++k) {
    const R next = integrated<R>(x, c, k);
    c.push_back(-integrated<R>(x, s, k));
    s.push_back(next);
  }
}

/// y_0 + the integral of p x'.
template <Real R>
Series<R> primitive(const Series<R>& p, const Series<R>& x, const R& start) {
  std::vector<R> y{start};
  for (Index k = 1; k < orders(x); ++k) y.push_back(integrated<R>(x.coefficients(), p.coefficients(), k));
  return Series<R>(y);
}

}  // namespace

template <Real R>
Series<R>::Series(std::vector<R> coefficients) : x_(std::move(coefficients)) {
  if (x_.empty()) throw DomainError("A Taylor series has one coefficient at least.");
}

template <Real R>
Series<R> Series<R>::constant(const R& c, int orders) {
  if (orders < 1) throw DomainError("A Taylor series has one coefficient at least.");
  std::vector<R> x(static_cast<Index>(orders), R(0));
  x[0] = c;
  return Series(std::move(x));
}

template <Real R>
Series<R> Series<R>::variable(const R& at, int orders) {
  Series out = constant(at, orders);
  if (orders > 1) out.x_[1] = R(1);
  return out;
}

template <Real R>
R Series<R>::at(const R& t) const {
  R sum = x_.back();
  for (Index k = x_.size() - 1; k-- > 0;) sum = sum * t + x_[k];
  return sum;
}

template <Real R>
Series<R> Series<R>::derivative() const {
  std::vector<R> y;
  for (Index k = 1; k < x_.size(); ++k) y.push_back(R(static_cast<int>(k)) * x_[k]);
  return Series(std::move(y));
}

template <Real R>
Series<R> Series<R>::integral(const R& constant) const {
  std::vector<R> y{constant};
  for (Index k = 0; k < x_.size(); ++k) y.push_back(x_[k] / R(static_cast<int>(k) + 1));
  return Series(std::move(y));
}

template <Real R>
Series<R> Series<R>::operator-() const {
  std::vector<R> y;
  for (const R& x : x_) y.push_back(-x);
  return Series(std::move(y));
}

template <Real R>
Series<R>& Series<R>::operator+=(const Series& y) {
  require_same(*this, y);
  for (Index k = 0; k < x_.size(); ++k) x_[k] += y.x_[k];
  return *this;
}

template <Real R>
Series<R>& Series<R>::operator-=(const Series& y) {
  require_same(*this, y);
  for (Index k = 0; k < x_.size(); ++k) x_[k] -= y.x_[k];
  return *this;
}

template <Real R>
Series<R> Series<R>::product(const Series& x, const Series& y) {
  require_same(x, y);
  std::vector<R> z;
  for (Index k = 0; k < x.x_.size(); ++k) z.push_back(convolution<R>(x.x_, y.x_, k, 0, k, false));
  return Series(std::move(z));
}

/// z_k = (x_k - sum_{i<k} z_i y_{k-i})/y_0.
template <Real R>
Series<R> Series<R>::quotient(const Series& x, const Series& y) {
  require_same(x, y);
  std::vector<R> z{x.x_[0] / y.x_[0]};
  for (Index k = 1; k < x.x_.size(); ++k)
    z.push_back((x.x_[k] - convolution<R>(z, y.x_, k, 0, k - 1, false)) / y.x_[0]);
  return Series(std::move(z));
}

template <Real R>
void Series<R>::scale(const R& c) {
  for (R& x : x_) x = x * c;
}

/// y' = y x'.
template <Real R>
Series<R> exp(const Series<R>& x) {
  using real::exp;
  std::vector<R> y{R(exp(x[0]))};
  for (Index k = 1; k < orders(x); ++k) y.push_back(integrated<R>(x.coefficients(), y, k));
  return Series<R>(std::move(y));
}

/// x y' = x': k y_k x_0 = k x_k - sum_{i=1}^{k-1} i y_i x_{k-i}.
template <Real R>
Series<R> log(const Series<R>& x) {
  using real::log;
  std::vector<R> y{R(log(x[0]))};
  for (Index k = 1; k < orders(x); ++k) {
    const R sum = convolution<R>(y, x.coefficients(), k, 1, k - 1, true) / R(static_cast<int>(k));
    y.push_back((x.coefficients()[k] - sum) / x[0]);
  }
  return Series<R>(std::move(y));
}

/// y^2 = x: 2 y_0 y_k = x_k - sum_{i=1}^{k-1} y_i y_{k-i}.
template <Real R>
Series<R> sqrt(const Series<R>& x) {
  using real::sqrt;
  std::vector<R> y{R(sqrt(x[0]))};
  for (Index k = 1; k < orders(x); ++k) {
    const R rest = x.coefficients()[k] - convolution<R>(y, y, k, 1, k - 1, false);
    y.push_back(rest / (R(2) * y[0]));
  }
  return Series<R>(std::move(y));
}

template <Real R>
Series<R> sin(const Series<R>& x) {
  std::vector<R> s, c;
  sine_and_cosine<R>(x.coefficients(), s, c);
  return Series<R>(std::move(s));
}

template <Real R>
Series<R> cos(const Series<R>& x) {
  std::vector<R> s, c;
  sine_and_cosine<R>(x.coefficients(), s, c);
  return Series<R>(std::move(c));
}

/// y' = (1 - y^2) x'.
template <Real R>
Series<R> tanh(const Series<R>& x) {
  using real::tanh;
  std::vector<R> y{R(tanh(x[0]))}, slope{R(R(1) - y[0] * y[0])};
  for (Index k = 1; k < orders(x); ++k) {
    y.push_back(integrated<R>(x.coefficients(), slope, k));
    slope.push_back(-convolution<R>(y, y, k, 0, k, false));
  }
  return Series<R>(std::move(y));
}

/// y' = x'/(1 + x^2).
template <Real R>
Series<R> atan(const Series<R>& x) {
  using real::atan;
  const Series<R> one = Series<R>::constant(R(1), x.orders());
  return primitive<R>(one / (one + x * x), x, R(atan(x[0])));
}

/// y' = (2/sqrt pi) e^{-x^2} x'.
template <Real R>
Series<R> erf(const Series<R>& x) {
  using real::erf;
  using real::sqrt;
  const R scale = R(2) / R(sqrt(real::pi<R>()));
  return primitive<R>(exp<R>(-(x * x)) * scale, x, R(erf(x[0])));
}

template <Real R>
Series<R> power(const Series<R>& x, unsigned k) {
  Series<R> y = Series<R>::constant(R(1), x.orders()), square = x;
  for (; k != 0; k >>= 1) {
    if ((k & 1U) != 0) y = y * square;
    if (k > 1) square = square * square;
  }
  return y;
}

#define GRONWALL_INSTANTIATE(...)                                             \
  template class Series<__VA_ARGS__>;                                         \
  template Series<__VA_ARGS__> exp<__VA_ARGS__>(const Series<__VA_ARGS__>&);  \
  template Series<__VA_ARGS__> log<__VA_ARGS__>(const Series<__VA_ARGS__>&);  \
  template Series<__VA_ARGS__> sqrt<__VA_ARGS__>(const Series<__VA_ARGS__>&); \
  template Series<__VA_ARGS__> sin<__VA_ARGS__>(const Series<__VA_ARGS__>&);  \
  template Series<__VA_ARGS__> cos<__VA_ARGS__>(const Series<__VA_ARGS__>&);  \
  template Series<__VA_ARGS__> tanh<__VA_ARGS__>(const Series<__VA_ARGS__>&); \
  template Series<__VA_ARGS__> atan<__VA_ARGS__>(const Series<__VA_ARGS__>&); \
  template Series<__VA_ARGS__> erf<__VA_ARGS__>(const Series<__VA_ARGS__>&);  \
  template Series<__VA_ARGS__> power<__VA_ARGS__>(const Series<__VA_ARGS__>&, unsigned);
GRONWALL_FOR_EACH_BACKEND(GRONWALL_INSTANTIATE)

}  // namespace gronwall::series
