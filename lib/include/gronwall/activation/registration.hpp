#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gronwall/activation/activation.hpp>
#include <gronwall/real/functions.hpp>
#include <gronwall/real/per_backend.hpp>

/// What one file needs that adds an activation. In lib/src/activation/ (or in a project outside) write
///
///     struct Cubed {
///       Traits traits() const;                                        // name, formula, parity, ...
///       template <class R> R value(const R& x) const;                 // phi
///       template <class R> R derivative(const R& x) const;            // phi'
///       template <class R> R second_derivative(const R& x) const;     // phi''
///       template <class R> R lipschitz() const;                       // sup |phi'|
///       template <class R> R derivative_lipschitz() const;            // Lipschitz constant of phi'
///       template <class R> R strip() const;                           // half-width of analyticity
///     };
///     const Registration registration("cubed", [] { return make(Cubed{}); });
///
/// and the law suite of lib/test/activation tests it in every precision. The file must reach the linker as an
/// object (an OBJECT library or a source of the program), or nothing registers.
namespace gronwall::activation {

// So that formulas read like mathematics in every backend: erf(x), never std::erf(x).
using real::abs;
using real::atan;
using real::cos;
using real::erf;
using real::erfc;
using real::exp;
using real::expm1;
using real::log1p;
using real::pi;
using real::ratio;
using real::Rational;
using real::sin;
using real::sqrt;
using real::tanh;

/// sup of an unbounded function.
template <Real R>
R infinity() {
  return R(1) / R(0);
}

/// A formula compiled for one backend. The calls of the formula are direct, so the loops over a matrix inline
/// it.
template <class Formula, Real R>
class Wrapped final : public Functions<R> {
 public:
  explicit Wrapped(std::shared_ptr<const Formula> formula) : formula_(std::move(formula)) {}

  R value(const R& x) const override { return formula_->template value<R>(x); }
  R derivative(const R& x) const override { return formula_->template derivative<R>(x); }
  R second_derivative(const R& x) const override { return formula_->template second_derivative<R>(x); }

  void value(const Matrix<R>& x, Matrix<R>& out) const override {
    const Formula& phi = *formula_;
    each(x, out, [&phi](const R& entry) { return phi.template value<R>(entry); });
  }
  void derivative(const Matrix<R>& x, Matrix<R>& out) const override {
    const Formula& phi = *formula_;
    each(x, out, [&phi](const R& entry) { return phi.template derivative<R>(entry); });
  }
  void second_derivative(const Matrix<R>& x, Matrix<R>& out) const override {
    const Formula& phi = *formula_;
    each(x, out, [&phi](const R& entry) { return phi.template second_derivative<R>(entry); });
  }

  R lipschitz() const override { return formula_->template lipschitz<R>(); }
  R derivative_lipschitz() const override { return formula_->template derivative_lipschitz<R>(); }
  R strip() const override { return formula_->template strip<R>(); }

 private:
  template <class F>
  static void each(const Matrix<R>& x, Matrix<R>& out, F f) {
    out.resize(x.rows(), x.cols());
    const R* from = x.data();
    R* to = out.data();
    for (Eigen::Index k = 0; k < x.size(); ++k) to[k] = f(from[k]);
  }

  std::shared_ptr<const Formula> formula_;
};

template <class R>
using FunctionsPointer = std::unique_ptr<Functions<R>>;

struct Activation::Parts {
  real::PerBackend<FunctionsPointer> functions;
};

/// The formula, wrapped for every backend.
template <class Formula>
Activation make(Formula formula) {
  const auto shared = std::make_shared<const Formula>(std::move(formula));
  const auto parts = std::make_shared<Activation::Parts>();
  parts->functions.for_each([&shared]<class R>(FunctionsPointer<R>& slot) {
    slot = std::make_unique<Wrapped<Formula, R>>(shared);
  });
  Activation out;
  out.traits_ = std::make_shared<const Traits>(shared->traits());
  out.parts_ = parts;
  return out;
}

/// What stands behind the colon of a name, split at the commas. Every complaint is a DomainError that names
/// the activation and the parameter.
class Parameters {
 public:
  Parameters(std::string family, const std::string& text);

  std::size_t size() const { return texts_.size(); }
  const std::string& family() const { return family_; }
  /// Exactly so many, called so: "affine needs 2 parameters (a, b); 3 were given".
  void require(const std::vector<std::string>& called) const;
  /// The i-th, exactly; finite in every backend (DomainError beyond the range of a double).
  Rational number(std::size_t i, const std::string& called) const;
  /// The i-th, an integer from low to high.
  int integer(std::size_t i, const std::string& called, int low, int high) const;
  [[noreturn]] void refuse(const std::string& called, const std::string& why) const;

 private:
  std::string family_;
  std::vector<std::string> texts_;
};

/// A namespace-scope object of this type makes a family known to `find` and `names` before main begins,
/// whatever the order in which files are initialised. The factories run later, on `find`. Throws Error (which
/// ends the program at its start) when a name is taken.
class Registration {
 public:
  /// One activation without parameters.
  Registration(const std::string& name, std::function<Activation()> factory);
  /// A family with parameters: `syntax` as it is shown to a person ("<slope>"), and examples for the law
  /// suite.
  Registration(const std::string& name, const std::string& syntax,
               std::function<Activation(const Parameters&)> factory, std::vector<std::string> examples);
};

}  // namespace gronwall::activation
