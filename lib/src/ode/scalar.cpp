#include <cmath>

#include <gronwall/ode/scalar.hpp>
#include <gronwall/real/backends.hpp>
#include <gronwall/real/functions.hpp>

#include "in_place.hpp"

namespace gronwall::ode {

template <real::Real R>
Scalar<R>::Scalar() : value_(0) {}
template <real::Real R>
Scalar<R>::Scalar(const R& value) : value_(value) {}
template <real::Real R>
Scalar<R>::Scalar(double value, int) : value_(real::from_double<R>(value)) {}
template <real::Real R>
Scalar<R>::Scalar(long long value, int) : value_(static_cast<R>(value)) {}
template <real::Real R>
Scalar<R>::Scalar(const Scalar& x) = default;
template <real::Real R>
Scalar<R>& Scalar<R>::operator=(const Scalar& x) = default;
template <real::Real R>
Scalar<R>::~Scalar() = default;

template <real::Real R>
Scalar<R>& Scalar<R>::operator+=(const Scalar& x) {
  value_ += x.value_;
  return *this;
}
template <real::Real R>
Scalar<R>& Scalar<R>::operator-=(const Scalar& x) {
  value_ -= x.value_;
  return *this;
}
template <real::Real R>
Scalar<R>& Scalar<R>::operator*=(const Scalar& x) {
  value_ *= x.value_;
  return *this;
}
template <real::Real R>
Scalar<R>& Scalar<R>::operator/=(const Scalar& x) {
  value_ /= x.value_;
  return *this;
}
template <real::Real R>
Scalar<R> Scalar<R>::times(const Scalar& x) const {
  Scalar out;
  set_product<R>(out.value_, value_, x.value_);
  return out;
}
template <real::Real R>
Scalar<R> Scalar<R>::operator-() const {
  return Scalar(R(-value_));
}
template <real::Real R>
bool Scalar<R>::equals(const Scalar& x) const {
  return value_ == x.value_;
}
template <real::Real R>
bool Scalar<R>::below(const Scalar& x) const {
  return value_ < x.value_;
}
template <real::Real R>
Scalar<R> Scalar<R>::modulus() const {
  using real::abs;
  return Scalar(R(abs(value_)));
}
template <real::Real R>
Scalar<R> Scalar<R>::to_the(const Scalar& x) const {
  using std::pow;
  return Scalar(R(pow(value_, x.value_)));
}

#define GRONWALL_INSTANTIATE(...) template class Scalar<__VA_ARGS__>;
GRONWALL_FOR_EACH_FLOATING(GRONWALL_INSTANTIATE)

}  // namespace gronwall::ode
