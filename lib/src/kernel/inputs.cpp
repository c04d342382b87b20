#include <algorithm>
#include <map>
#include <type_traits>

#include <fmt/format.h>

#include <gronwall/kernel/inputs.hpp>
#include <gronwall/real/error.hpp>

namespace gronwall::kernel {

namespace {

using boost::multiprecision::denominator;
using boost::multiprecision::numerator;
using real::Integer;
using Direction = std::vector<Integer>;

/// x = entries/scale with integer entries and scale > 0, in lowest terms: inner products of integers cost a
/// tenth of those of fractions.
struct Scaled {
  Direction entries;
  Integer scale = 1;
};

Scaled scaled(const RationalVector& x) {
  Scaled out;
  for (const Rational& entry : x) out.scale = lcm(out.scale, Integer(denominator(entry)));
  for (const Rational& entry : x)
    out.entries.push_back(Integer(numerator(entry)) * Integer(out.scale / Integer(denominator(entry))));
  return out;
}

std::vector<Scaled> scaled(const std::vector<RationalVector>& points) {
  std::vector<Scaled> out;
  for (const RationalVector& x : points) out.push_back(scaled(x));
  return out;
}

Integer inner(const Direction& x, const Direction& y) {
  Integer sum = 0;
  for (std::size_t k = 0; k < x.size(); ++k) sum += x[k] * y[k];
  return sum;
}

bool is_zero(const Direction& x) {
  for (const Integer& entry : x)
    if (entry != 0) return false;
  return true;
}

Direction negative(Direction x) {
  for (Integer& entry : x) entry = -entry;
  return x;
}

/// What is equal for equal points, and only for them. Where only the direction counts: the integer vector
/// without a common factor in that direction. Otherwise the scale is one more entry (positive, and put in
/// front so that `negative` of the rest is simple).
Direction key(const RationalVector& x, bool direction_only) {
  Scaled s = scaled(x);
  Integer factor = 0;
  for (const Integer& entry : s.entries) factor = gcd(factor, entry);
  if (direction_only && factor != 0)
    for (Integer& entry : s.entries) entry /= factor;
  if (!direction_only) s.entries.insert(s.entries.begin(), s.scale);
  return s.entries;
}
Direction opposite_key(const RationalVector& x, bool direction_only) {
  Direction out = negative(key(x, direction_only));
  if (!direction_only) out.front() = -out.front();
  return out;
}

/// sign(a) sqrt(square), where `square` is rational; the root of a square of a rational is that rational.
struct Root {
  int sign = 0;
  Rational square;

  std::optional<Rational> rational() const {
    const Integer above(numerator(square)), below(denominator(square));
    if (mpz_perfect_square_p(above.backend().data()) == 0 ||
        mpz_perfect_square_p(below.backend().data()) == 0)
      return std::nullopt;
    return Rational(sign * Integer(sqrt(above)), Integer(sqrt(below)));
  }
};

/// <x, y>/(|x| |y|).
Root correlation(const Direction& x, const Direction& y, const Integer& x_square, const Integer& y_square) {
  const Integer product = inner(x, y);
  return {product.sign(), Rational(Integer(product * product), Integer(x_square * y_square))};
}

void store(mpfr_srcptr x, double& out) { out = mpfr_get_d(x, MPFR_RNDN); }
template <unsigned Digits>
void store(mpfr_srcptr x, real::Mpfr<Digits>& out) {
  mpfr_set(out.backend().data(), x, MPFR_RNDN);
}

/// Rounded to nearest: `real::from_rational` truncates to double.
template <Real R>
R nearest(const Rational& x) {
  if constexpr (std::is_same_v<R, double>) {
    mpfr_t rounded;
    mpfr_init2(rounded, 53);
    mpfr_set_q(rounded, x.backend().data(), MPFR_RNDN);
    const double out = mpfr_get_d(rounded, MPFR_RNDN);
    mpfr_clear(rounded);
    return out;
  } else {
    return real::from_rational<R>(x);
  }
}

/// In floating point computed with at least 64 bits more than R has and then rounded: the two roundings
/// before the last one leave an error of 2^-63 u.
template <Real R>
R evaluated(const Root& root) {
  if (const std::optional<Rational> exact = root.rational()) return nearest<R>(*exact);
  if constexpr (real::Enclosing<R>) {
    const R size = sqrt(real::from_rational<R>(root.square));
    return root.sign < 0 ? R(-size) : size;
  } else {
    mpfr_t x;
    mpfr_init2(x, 4 * real::Backend<R>::digits + 80);  // a decimal digit is 3.33 bits
    mpfr_set_q(x, root.square.backend().data(), MPFR_RNDN);
    mpfr_sqrt(x, x, MPFR_RNDN);
    R size;
    store(x, size);
    mpfr_clear(x);
    return root.sign < 0 ? R(-size) : size;
  }
}

/// (first point with the key that `sought` gives for i, i) for every i that has one before it.
template <class Sought>
std::vector<Pair> earlier(const Inputs& inputs, Sought sought) {
  std::map<Direction, long> first;
  std::vector<Pair> out;
  for (long i = 0; i < inputs.count(); ++i) {
    const RationalVector& x = inputs.points[static_cast<std::size_t>(i)];
    const auto found = first.find(sought(x));
    if (found != first.end()) out.emplace_back(found->second, i);
    first.emplace(key(x, inputs.normalised), i);
  }
  return out;
}

}  // namespace

template <Real R>
Matrix<R> Inputs::matrix() const {
  check();
  Matrix<R> out(dimension(), count());
  for (long i = 0; i < count(); ++i) {
    const RationalVector& x = points[static_cast<std::size_t>(i)];
    const Direction direction = normalised ? scaled(x).entries : Direction();
    const Integer square = inner(direction, direction);
    for (long k = 0; k < dimension(); ++k) {
      const std::size_t at = static_cast<std::size_t>(k);
      out(k, i) =
          normalised
              ? evaluated<R>({direction[at].sign(), Rational(Integer(direction[at] * direction[at]), square)})
              : nearest<R>(x[at]);
    }
  }
  return out;
}

template <Real R>
Matrix<R> Inputs::gram() const {
  check();
  const std::vector<Scaled> x = scaled(points);
  std::vector<Integer> squares;
  for (const Scaled& s : x) squares.push_back(inner(s.entries, s.entries));
  Matrix<R> out(count(), count());
  for (std::size_t i = 0; i < x.size(); ++i)
    for (std::size_t j = 0; j <= i; ++j) {
      const R entry =
          normalised
              ? evaluated<R>(correlation(x[i].entries, x[j].entries, squares[i], squares[j]))
              : nearest<R>(Rational(inner(x[i].entries, x[j].entries), Integer(x[i].scale * x[j].scale)));
      const auto row = static_cast<Eigen::Index>(i), col = static_cast<Eigen::Index>(j);
      out(row, col) = entry;
      out(col, row) = entry;
    }
  return out;
}

std::optional<linalg::RationalMatrix> Inputs::exact_gram() const {
  check();
  if (!normalised) return linalg::gram(points);
  const std::vector<Scaled> x = scaled(points);
  linalg::RationalMatrix out(count(), count());
  for (std::size_t i = 0; i < x.size(); ++i)
    for (std::size_t j = 0; j <= i; ++j) {
      const Direction &a = x[i].entries, &b = x[j].entries;
      const std::optional<Rational> entry = correlation(a, b, inner(a, a), inner(b, b)).rational();
      if (!entry) return std::nullopt;
      const auto row = static_cast<Eigen::Index>(i), col = static_cast<Eigen::Index>(j);
      out(row, col) = *entry;
      out(col, row) = *entry;
    }
  return out;
}

std::vector<long> Inputs::zeros() const {
  std::vector<long> out;
  for (long i = 0; i < count(); ++i)
    if (is_zero(scaled(points[static_cast<std::size_t>(i)]).entries)) out.push_back(i);
  return out;
}

std::vector<long> Inputs::off_sphere() const {
  if (normalised) return zeros();
  std::vector<long> out;
  for (long i = 0; i < count(); ++i) {
    const Scaled x = scaled(points[static_cast<std::size_t>(i)]);
    if (inner(x.entries, x.entries) != x.scale * x.scale) out.push_back(i);
  }
  return out;
}

std::vector<Pair> Inputs::duplicates() const {
  return earlier(*this, [this](const RationalVector& x) { return key(x, normalised); });
}

std::vector<Pair> Inputs::opposite_pairs() const {
  return earlier(*this, [this](const RationalVector& x) {
    // No key is empty, so nothing is opposite to 0.
    return is_zero(scaled(x).entries) ? Direction() : opposite_key(x, normalised);
  });
}

void Inputs::check() const {
  if (points.empty()) throw DomainError("A kernel needs at least one input point; there is none.");
  if (dimension() < 1) throw DomainError("Input points need at least one coordinate.");
  for (long i = 0; i < count(); ++i) {
    const std::size_t size = points[static_cast<std::size_t>(i)].size();
    if (size != points.front().size())
      throw DomainError(fmt::format("The input of {} has dimension {}, that of {} dimension {}.", place(0),
                                    points.front().size(), place(i), size));
  }
  if (!lines.empty() && lines.size() != points.size())
    throw DomainError(
        fmt::format("There are {} input points, but {} line numbers.", points.size(), lines.size()));
  if (!normalised) return;
  if (const std::vector<long> zero = zeros(); !zero.empty())
    throw DomainError(
        fmt::format("The input of {} is 0, which has no direction to normalise.", place(zero.front())));
}

std::string Inputs::place(long i) const {
  const std::size_t at = static_cast<std::size_t>(i);
  return at < lines.size() ? fmt::format("line {}", lines[at]) : fmt::format("point {}", i + 1);
}

std::string Inputs::place(const Pair& pair) const {
  const std::size_t first = static_cast<std::size_t>(pair.first),
                    second = static_cast<std::size_t>(pair.second);
  return std::max(first, second) < lines.size()
             ? fmt::format("lines {} and {}", lines[first], lines[second])
             : fmt::format("points {} and {}", pair.first + 1, pair.second + 1);
}

#define GRONWALL_INSTANTIATE(...)                      \
  template Matrix<__VA_ARGS__> Inputs::matrix() const; \
  template Matrix<__VA_ARGS__> Inputs::gram() const;
GRONWALL_FOR_EACH_BACKEND(GRONWALL_INSTANTIATE)

}  // namespace gronwall::kernel
