#pragma once

#include <string>

#include <gronwall/real/backend.hpp>

namespace gronwall::real {

/// An exact input: a finite number m 2^e with |m| < 2^53, so that every backend holds it without
/// rounding. Inputs of claims are dyadic, so a finding in one backend replays in every other.
class Dyadic {
 public:
  Dyadic() = default;
  /// Throws DomainError unless x is finite.
  explicit Dyadic(double x);
  /// m 2^e; throws DomainError where that is no finite double.
  static Dyadic scaled(long m, int e);

  template <Real R>
  R as() const {
    return Backend<R>::from_double(value_);
  }
  double value() const { return value_; }
  /// Exact hexadecimal text, "0x1.8p+1" for 3.
  std::string to_hex() const;
  /// The exact inverse of `to_hex`; throws DomainError on anything but a finite number, and
  /// PrecisionError where the text does not fit.
  static Dyadic from_hex(const std::string& text);

  friend bool operator==(const Dyadic&, const Dyadic&) = default;

 private:
  double value_ = 0;
};

}  // namespace gronwall::real
