#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gronwall/real/backend.hpp>
#include <gronwall/real/estimated.hpp>

/// Marks on the parts of a statement, for `verify power`, which changes one of them at a time and looks
/// whether the suite notices. In a run they return what they are given.
///
/// Mark in true claims, and only what makes the claim false if it is changed: a part of a bound that is
/// attained, or nearly so. Names are unique within a claim; a mark that is met twice under one name is one
/// part of the statement, and is changed in both places.
///
///     at_most<R>(norm(h), exp(exponent<R>("a L1 t", a * L1 * t)) * factor<R>("|h_0|", h0) +
///     summand<R>("drift", ...))
namespace gronwall::verify {

using real::Quantity;
using real::Real;

/// How a part of a statement can be changed.
enum class Operator {
  drop,        ///< a factor becomes 1, a summand 0
  scale,       ///< a factor or an exponent is multiplied by 9/10, a divisor by 10/9
  exponent,    ///< the square root of a factor that is above 1, the square of one below; half of an exponent
  sign,        ///< of a summand or an exponent
  norm,        ///< a norm is taken for another one
  fewer,       ///< an index, a count, a degree is one less
  more,        ///< or one more
  hypothesis,  ///< a hypothesis is dropped
  equality     ///< the left sides of all identities of the claim are multiplied by 1 + 2^-10
};
std::string_view name(Operator op);

/// A part of a statement and a way to change it.
struct Mutation {
  std::string term;  ///< its name; that of a hypothesis; "=" for the identities
  Operator op = Operator::drop;
  /// "drop |h_0|", "without phi(0) = 0", "scaled identities": what a claim calls it where it explains why it
  /// is still true (`About::equivalent`).
  std::string name() const;
};
bool operator==(const Mutation& a, const Mutation& b);

/// While it lives, this mutation is made by every mark that it concerns, and by the identities. A hypothesis
/// is dropped by `Draws::ignored`, not here. Statements are judged in one thread; one at a time.
class Mutating {
 public:
  explicit Mutating(const Mutation& mutation);
  ~Mutating();
  Mutating(const Mutating&) = delete;
  Mutating& operator=(const Mutating&) = delete;
};

/// While it lives, it takes down what could be changed in what is judged, in the order in which it is met.
class Recording {
 public:
  Recording();
  ~Recording();
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;
  const std::vector<Mutation>& found() const;
};

/// What an expression is to a claim that several claims share: what the claim states, or what only serves it,
/// where it is not attained (or where what is computed rests on it: a proved error, say).
enum class Role { serves, stated };

/// While it lives, marks are not there; but for `stated`. The first line of a shared bound:
///
///     template <Real R>
///     Quantity<R> state_bound(..., Role role = Role::serves) {
///       const Unmarked unless_stated(role);
class Unmarked {
 public:
  explicit Unmarked(Role role = Role::serves);
  ~Unmarked();
  Unmarked(const Unmarked&) = delete;
  Unmarked& operator=(const Unmarked&) = delete;

 private:
  bool quiet_;
};

namespace marks {

/// Whether `op` is what is done to the term now. Takes down that it could be.
bool changes(std::string_view term, Operator op);

template <Real R>
Quantity<R> nine_tenths(const Quantity<R>& value) {
  return value * Quantity<R>(9) / Quantity<R>(10);
}
template <Real R>
Quantity<R> larger(const Quantity<R>& a, const Quantity<R>& b) {
  return max(a, b);
}
template <Real R>
Quantity<R> smaller(const Quantity<R>& a, const Quantity<R>& b) {
  return -larger<R>(-a, -b);
}

/// The left side of an identity.
template <Real R>
Quantity<R> equality(const Quantity<R>& lhs) {
  if (changes("=", Operator::equality)) return lhs * Quantity<R>(1025) / Quantity<R>(1024);
  return lhs;
}

}  // namespace marks

/// A positive factor of the larger side of a bound (or of either side of an identity): dropped, scaled by
/// 9/10, its exponent changed. The name is the formula.
template <Real R>
Quantity<R> factor(std::string_view name, const Quantity<R>& value) {
  if (marks::changes(name, Operator::drop)) return Quantity<R>(1);
  if (marks::changes(name, Operator::scale)) return marks::nine_tenths<R>(value);
  if (marks::changes(name, Operator::exponent)) return marks::smaller<R>(sqrt(value), value * value);
  return value;
}

/// A divisor of the larger side that is at least 1 (sqrt n, n!), so that a bound without it is a weaker one:
/// scaled by 10/9, its exponent changed (its square).
template <Real R>
Quantity<R> divisor(std::string_view name, const Quantity<R>& value) {
  if (marks::changes(name, Operator::scale)) return value * Quantity<R>(10) / Quantity<R>(9);
  if (marks::changes(name, Operator::exponent)) return value * value;
  return value;
}

/// A factor of the larger side that is at most 1, where the bound is nearly attained at least, so that a
/// bound without it is a weaker one: scaled by 9/10, its exponent changed (its square).
template <Real R>
Quantity<R> fraction(std::string_view name, const Quantity<R>& value) {
  if (marks::changes(name, Operator::scale)) return marks::nine_tenths<R>(value);
  if (marks::changes(name, Operator::exponent)) return value * value;
  return value;
}

/// The same where nothing comes within 9/10 of it: its exponent changed.
template <Real R>
Quantity<R> rough_fraction(std::string_view name, const Quantity<R>& value) {
  return marks::changes(name, Operator::exponent) ? value * value : value;
}

/// A factor of at least 1 that is only wrong when it is missing or too small by its form, since nothing comes
/// within 9/10 of it: dropped, its exponent changed.
template <Real R>
Quantity<R> rough_factor(std::string_view name, const Quantity<R>& value) {
  if (marks::changes(name, Operator::drop)) return Quantity<R>(1);
  if (marks::changes(name, Operator::exponent)) return marks::smaller<R>(sqrt(value), value * value);
  return value;
}

/// A summand of the larger side of a bound that is not negative (or any of an identity): dropped, scaled by
/// 9/10, its sign changed.
template <Real R>
Quantity<R> summand(std::string_view name, const Quantity<R>& value) {
  if (marks::changes(name, Operator::drop)) return Quantity<R>(0);
  if (marks::changes(name, Operator::scale)) return marks::nine_tenths<R>(value);
  if (marks::changes(name, Operator::sign)) return -value;
  return value;
}

/// A summand that is only wrong when it is missing, since nothing comes within a tenth of it: dropped, its
/// sign changed.
template <Real R>
Quantity<R> rough_summand(std::string_view name, const Quantity<R>& value) {
  if (marks::changes(name, Operator::drop)) return Quantity<R>(0);
  if (marks::changes(name, Operator::sign)) return -value;
  return value;
}

/// What stands in exp(...), not negative: scaled by 9/10, halved (the square root of the exponential), its
/// sign changed. (Without it the exponential is a factor that is dropped.)
template <Real R>
Quantity<R> exponent(std::string_view name, const Quantity<R>& value) {
  if (marks::changes(name, Operator::drop)) return Quantity<R>(0);
  if (marks::changes(name, Operator::scale)) return marks::nine_tenths<R>(value);
  if (marks::changes(name, Operator::exponent)) return value / Quantity<R>(2);
  if (marks::changes(name, Operator::sign)) return -value;
  return value;
}

/// A norm, and another one that a careless reader takes for it.
template <Real R>
Quantity<R> norm_or(std::string_view name, const Quantity<R>& value, const Quantity<R>& careless) {
  return marks::changes(name, Operator::norm) ? careless : value;
}

/// An index, a count, a degree, an integer exponent: one less, one more; or one of both, where the other
/// makes the claim a weaker one.
enum class Shift { both, fewer, more };
inline long index(std::string_view name, long value, Shift shift = Shift::both) {
  if (shift != Shift::more && marks::changes(name, Operator::fewer)) return value - 1;
  if (shift != Shift::fewer && marks::changes(name, Operator::more)) return value + 1;
  return value;
}

}  // namespace gronwall::verify
