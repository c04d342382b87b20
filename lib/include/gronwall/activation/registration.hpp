#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gronwall/activation/activation.hpp>
#include <gronwall/activation/shape.hpp>
#include <gronwall/real/error.hpp>
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
///
/// **Balls.** R may be `real::Ball`, which has no < and no ==: a formula without branches is an enclosure as
/// it stands, `shape.hpp` (monotone, by_sign, ...) says how to branch and how to stay tight on wide balls,
/// and `if constexpr (real::Enclosing<R>)` gives balls a formula of their own. One that cannot do balls
/// writes `template <real::Floating R>` before its members instead: then nothing about it is known in balls,
/// and nothing can be proved of it.
///
/// **Speed in double**: a formula may offer
///
///     void values(const double* x, double* out, Eigen::Index size) const;       // phi, entry by entry
///     void derivatives(const double* x, double* out, Eigen::Index size) const;  // phi'
///     void values_and_derivatives(const double* x, double* value, double* derivative, Eigen::Index size)
///     const;
///
/// made of the vectorised functions of lib/src/activation/vector.hpp, say. They then stand for `value` and
/// `derivative` in double, of single numbers too, so that a number's result never depends on who asks.
///
/// **Taylor arithmetic and certified solutions** need more, and do without an activation that does not give
/// it:
///
///  - `Traits::system`, filled in by `traits()` (polynomials get theirs by themselves);
///  - `template <class R> void start(const R& x, std::vector<R>& u) const`, the values u_1(x), ..., u_k(x),
///  unless k = 0;
///  - `std::optional<DiscBounds<Ball>> disc_bounds(const Ball& c, const Ball& rho) const`, see `Functions`.
namespace gronwall::activation {

// So that formulas read like mathematics in every backend: erf(x), never std::erf(x).
using real::abs;
using real::atan;
using real::Ball;
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

/// sup of an unbounded function; in balls one that is not `known`.
template <Real R>
R infinity() {
  return R(1) / R(0);
}

/// Whether the formula gives the values of its system's functions u.
template <class Formula, class R>
concept has_start = requires(const Formula& phi, const R& x, std::vector<R>& u) {
  phi.template start<R>(x, u);
};

/// Whether the formula has a loop of its own for rows of doubles.
template <class Formula, class R>
concept has_values = std::same_as<R, double> && requires(const Formula& phi, const double* x, double* out) {
  phi.values(x, out, Eigen::Index(1));
};
template <class Formula, class R>
concept has_derivatives = std::same_as<R, double> &&
    requires(const Formula& phi, const double* x, double* out) {
  phi.derivatives(x, out, Eigen::Index(1));
};
template <class Formula, class R>
concept has_both = std::same_as<R, double> && requires(const Formula& phi, const double* x, double* out) {
  phi.values_and_derivatives(x, out, out, Eigen::Index(1));
};

/// A formula compiled for one backend. The calls of the formula are direct, so the loops over a matrix inline
/// it.
template <class Formula, Real R>
class Wrapped final : public Functions<R> {
 public:
  Wrapped(std::shared_ptr<const Formula> formula, bool has_system)
      : formula_(std::move(formula)), has_system_(has_system) {}

  // A formula for floating point only: everything is enclosed by the whole line.
  static constexpr bool available = requires(const Formula& phi, const R& x) { phi.template value<R>(x); };

  R value(const R& x) const override {
    if constexpr (has_values<Formula, R>) {
      R out;
      formula_->values(&x, &out, 1);
      return out;
    } else if constexpr (available)
      return formula_->template value<R>(x);
    else
      return infinity<R>();
  }
  R derivative(const R& x) const override {
    if constexpr (has_derivatives<Formula, R>) {
      R out;
      formula_->derivatives(&x, &out, 1);
      return out;
    } else if constexpr (available)
      return formula_->template derivative<R>(x);
    else
      return infinity<R>();
  }
  R second_derivative(const R& x) const override {
    if constexpr (available)
      return formula_->template second_derivative<R>(x);
    else
      return infinity<R>();
  }

  void value(const Matrix<R>& x, Matrix<R>& out) const override {
    out.resize(x.rows(), x.cols());
    values(x.data(), out.data(), x.size());
  }
  void derivative(const Matrix<R>& x, Matrix<R>& out) const override {
    out.resize(x.rows(), x.cols());
    derivatives(x.data(), out.data(), x.size());
  }
  void second_derivative(const Matrix<R>& x, Matrix<R>& out) const override {
    out.resize(x.rows(), x.cols());
    each(x.data(), out.data(), x.size(),
         [this](const R& entry) { return Wrapped::second_derivative(entry); });
  }
  void value_and_derivative(const R* x, R* value, R* derivative, Eigen::Index size) const override {
    if constexpr (has_both<Formula, R>) {
      formula_->values_and_derivatives(x, value, derivative, size);
    } else {
      values(x, value, size);
      derivatives(x, derivative, size);
    }
  }

  R lipschitz() const override {
    if constexpr (available)
      return formula_->template lipschitz<R>();
    else
      return infinity<R>();
  }
  R derivative_lipschitz() const override {
    if constexpr (available)
      return formula_->template derivative_lipschitz<R>();
    else
      return infinity<R>();
  }
  R strip() const override {
    if constexpr (available)
      return formula_->template strip<R>();
    else
      return infinity<R>();
  }

  void start(const R& x, std::vector<R>& u) const override {
    if (!has_system_) throw DomainError("This activation has no differential system.");
    if constexpr (has_start<Formula, R>)
      formula_->template start<R>(x, u);
    else
      u.clear();
  }

  std::optional<DiscBounds<R>> disc_bounds(const R& c, const R& rho) const override {
    if constexpr (requires(const Formula& phi) {
                    { phi.disc_bounds(c, rho) } -> std::same_as<std::optional<DiscBounds<R>>>;
                  })
      return formula_->disc_bounds(c, rho);
    else
      return std::nullopt;
  }

 private:
  template <class F>
  static void each(const R* x, R* out, Eigen::Index size, F f) {
    for (Eigen::Index k = 0; k < size; ++k) out[k] = f(x[k]);
  }
  void values(const R* x, R* out, Eigen::Index size) const {
    if constexpr (has_values<Formula, R>)
      formula_->values(x, out, size);
    else
      each(x, out, size, [this](const R& entry) { return Wrapped::value(entry); });
  }
  void derivatives(const R* x, R* out, Eigen::Index size) const {
    if constexpr (has_derivatives<Formula, R>)
      formula_->derivatives(x, out, size);
    else
      each(x, out, size, [this](const R& entry) { return Wrapped::derivative(entry); });
  }

  std::shared_ptr<const Formula> formula_;
  bool has_system_;
};

template <class R>
using FunctionsPointer = std::unique_ptr<Functions<R>>;

struct Activation::Parts {
  real::PerBackend<FunctionsPointer> functions;
};

/// What the formula says of itself. Polynomials without a system get the one without functions u. Throws
/// Error for a system that does not fit: a monomial with the wrong number of powers or a negative one.
Traits checked(Traits traits);

/// The formula, wrapped for every backend. Throws Error as `checked` does, and where the formula has a system
/// with functions u but does not start them.
template <class Formula>
Activation make(Formula formula) {
  const auto shared = std::make_shared<const Formula>(std::move(formula));
  const auto traits = std::make_shared<const Traits>(checked(shared->traits()));
  const auto& system = traits->system;
  if (system && !system->derivatives.empty() && !has_start<Formula, double>)
    throw Error("The activation '" + traits->name +
                "' has a differential system, but its formula has no start.");
  const auto parts = std::make_shared<Activation::Parts>();
  parts->functions.for_each([&]<class R>(FunctionsPointer<R>& slot) {
    slot = std::make_unique<Wrapped<Formula, R>>(shared, system.has_value());
  });
  Activation out;
  out.traits_ = traits;
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
  /// The i-th as it was written.
  const std::string& text(std::size_t i) const { return texts_.at(i); }
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
