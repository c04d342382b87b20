#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include <gronwall/gaussian/dual.hpp>
#include <gronwall/real/per_backend.hpp>

/// What one file needs that adds the closed form of an activation's dual. In lib/src/gaussian/dual/ (or in a
/// project outside) write
///
///     template <Real R>
///     class Dual_ final : public CheckedDual<R> {
///       Dual<R> formula(const Covariance<R>& x) const override { return {F, dF/dc}; }
///     };
///     const DualRegistration registration(
///         "name", []<Real R>(const Activation&) { return std::make_unique<Dual_<R>>(); });
///
/// The suite of lib/test/gaussian then tests it in every precision against quadrature, finite differences
/// and balls.
namespace gronwall::gaussian {

/// A covariance matrix that exists: q, qbar >= 0 and c^2 <= q qbar.
template <Real R>
struct Covariance {
  R q, qbar, c;
  R determinant;  ///< q qbar - c^2 >= 0, with a relative error of 2u (floating point) if c was not moved
};

/// The matrix with these entries, or the nearest c that there is: see `ClosedDual::at`.
///
/// In floating point q qbar - c^2 is (q qbar - w) - (c^2 - w) with w = c^2 rounded, each difference with one
/// rounding and the second exact (Kahan; Jeannerod, Louvet and Muller, Math. Comp. 82 (2013), give 2u).
template <Real R>
Covariance<R> possible_covariance(const R& q, const R& qbar, const R& c);

/// A dual whose formula sees possible covariances only.
template <Real R>
class CheckedDual : public ClosedDual<R> {
 public:
  Dual<R> at(const R& q, const R& qbar, const R& c) const final {
    return formula(possible_covariance<R>(q, qbar, c));
  }

 protected:
  virtual Dual<R> formula(const Covariance<R>& x) const = 0;
};

template <class R>
using DualFactory = std::function<std::unique_ptr<ClosedDual<R>>(const Activation&)>;

/// A namespace-scope object of this type makes known the closed form of a family of activations: the name
/// before the colon ("leaky-relu"), or "polynomial" for all of them. Throws Error when it has one already.
class DualRegistration {
 public:
  /// make.template operator()<R>(phi) gives a std::unique_ptr to a ClosedDual<R>.
  template <class Make>
  DualRegistration(const std::string& family, Make make) {
    real::PerBackend<DualFactory> factories;
    factories.for_each([&make]<class R>(DualFactory<R>& slot) {
      slot = [make](const Activation& phi) { return make.template operator()<R>(phi); };
    });
    add(family, std::move(factories));
  }

 private:
  static void add(const std::string& family, real::PerBackend<DualFactory> factories);
};

}  // namespace gronwall::gaussian
