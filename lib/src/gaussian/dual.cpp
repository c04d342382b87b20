#include <map>

#include <gronwall/gaussian/dual.hpp>
#include <gronwall/gaussian/dual_registration.hpp>
#include <gronwall/real/error.hpp>
#include <gronwall/real/functions.hpp>

namespace gronwall::gaussian {

using real::Backend;
using real::Ball;
using real::Truth;

namespace {

std::map<std::string, real::PerBackend<DualFactory>>& registry() {
  static std::map<std::string, real::PerBackend<DualFactory>> all;
  return all;
}

[[noreturn]] void refuse_variance() {
  throw DomainError("A Gaussian needs a finite variance of at least 0.");
}

template <real::Floating R>
Covariance<R> nearest(const R& q, const R& qbar, const R& c) {
  using std::sqrt;
  for (const R* variance : {&q, &qbar})
    if (!Backend<R>::finite(*variance) || *variance < R(0)) refuse_variance();
  if (!Backend<R>::finite(c)) throw DomainError("A covariance must be finite.");
  const R square = c * c;
  const R below = Backend<R>::multiply_subtract(c, c, square);
  const R determinant = Backend<R>::multiply_subtract(q, qbar, square) - below;
  if (determinant >= R(0)) return {q, qbar, c, determinant};
  const R most = sqrt(R(q * qbar));
  return {q, qbar, c < R(0) ? R(-most) : most, R(0)};
}

Covariance<Ball> nearest(const Ball& q, const Ball& qbar, const Ball& c) {
  for (const Ball* variance : {&q, &qbar})
    if (!variance->known() || leq(Ball(0), *variance) == Truth::no) refuse_variance();
  if (!c.known()) throw DomainError("A covariance must be finite.");
  // Of exact arguments the determinant is nearly exact at twice the precision.
  const real::Precision guard(std::min(2 * real::working_bits() + 32, 100000L));
  const Ball first = max(q, Ball(0)), second = max(qbar, Ball(0)), product = first * second;
  const Ball most = sqrt(product);
  if (less(most, abs(c)) == Truth::yes)
    throw DomainError("A covariance must not exceed the root of the product of the variances.");
  return {first, second, max(min(c, most), -most), max(product - c * c, Ball(0))};
}

}  // namespace

template <Real R>
Covariance<R> possible_covariance(const R& q, const R& qbar, const R& c) {
  return nearest(q, qbar, c);
}

void DualRegistration::add(const std::string& family, real::PerBackend<DualFactory> factories) {
  if (!registry().emplace(family, std::move(factories)).second)
    throw Error("Two closed forms are registered for the activation '" + family + "'.");
}

template <Real R>
std::unique_ptr<ClosedDual<R>> closed_dual(const Activation& phi) {
  const std::string family =
      phi.traits().polynomial ? "polynomial" : phi.name().substr(0, phi.name().find(':'));
  const auto found = registry().find(family);
  return found == registry().end() ? nullptr : found->second.in<R>()(phi);
}

#define GRONWALL_INSTANTIATE(...)                                                                           \
  template Covariance<__VA_ARGS__> possible_covariance<__VA_ARGS__>(const __VA_ARGS__&, const __VA_ARGS__&, \
                                                                    const __VA_ARGS__&);                    \
  template std::unique_ptr<ClosedDual<__VA_ARGS__>> closed_dual<__VA_ARGS__>(const Activation&);
GRONWALL_FOR_EACH_BACKEND(GRONWALL_INSTANTIATE)

}  // namespace gronwall::gaussian
