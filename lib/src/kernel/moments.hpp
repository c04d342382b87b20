#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <gronwall/gaussian/dual.hpp>
#include <gronwall/gaussian/expansion.hpp>
#include <gronwall/kernel/infinite.hpp>

/// E[phi(u_t) phi(ubar_s)] and E[phi'(u_t) phi'(ubar_s)] for all times t, s of two classes of inputs.
namespace gronwall::kernel {

/// phi or phi' under the Gaussians of one class of inputs: one row for each node of time.
template <Real R>
struct Coefficients {
  Matrix<R> a;            ///< nodes x M: E[phi(sqrt(q_t) z) h_m(z)]
  std::vector<R> second;  ///< E[phi(sqrt(q_t) z)^2]
  std::vector<R> tail;    ///< bound on sum_{m >= M} a_m^2
  int parity = 0;         ///< +1: odd coefficients vanish; -1: even ones do
};

/// One class of inputs at every node of time.
template <Real R>
struct Moments {
  std::vector<R> variance, root;  ///< q_t and sqrt(q_t)
  Coefficients<R> value, slope;   ///< of phi and of phi'; without rows where closed forms are used
};

/// Tables of nodes that serve a range of variances; balls have none.
template <Real R>
struct Tables {};
template <real::Floating R>
struct Tables<R> {
  struct Table {
    R least, most;
    unsigned count;
    gaussian::Expander<R> expander;
  };
  std::optional<Table> value, slope;
};

/// How expectations are computed, for one activation.
template <Real R>
class Expectations {
 public:
  /// Throws DomainError for a route that the activation does not have.
  Expectations(const activation::Activation& phi, Route route);

  /// Moments at the given variances.
  Moments<R> at(const std::vector<R>& variances);
  /// The same for phi alone, without phi': what a fixed-point iteration needs.
  Moments<R> values_at(const std::vector<R>& variances);

  /// out[s - first] = E[phi(u_t) phi(ubar_s)] for s = first, ..., first + count - 1, given the covariances
  /// c[s - first] of u_t and ubar_s.
  void value(const Moments<R>& x, std::size_t t, const Moments<R>& y, std::size_t first, std::size_t count,
             const R* c, R* out) const;
  /// The same with phi' for phi.
  void slope(const Moments<R>& x, std::size_t t, const Moments<R>& y, std::size_t first, std::size_t count,
             const R* c, R* out) const;
  /// E[phi(u_t)^2] and E[phi'(u_t)^2].
  R value_at(const Moments<R>& x, std::size_t t) const;
  R slope_at(const Moments<R>& x, std::size_t t) const;

  /// The largest variance that is followed: where phi takes a series, its coefficients and the nodes of its
  /// quadrature grow with the variance, to gigabytes beyond 2^12.
  R most_variance() const;
  /// Hermite coefficients a node; 0 for closed forms.
  unsigned coefficients() const { return closed_ ? 0 : count_; }
  /// Estimate of the largest error of an expectation, of phi and of phi' alike, relative to the second
  /// moments: what the series leave out where the correlation is 1, and rounding. In balls 0: they enclose.
  R relative_error() const { return error_; }

 private:
  Coefficients<R> expand(const std::vector<R>& variances, gaussian::Of of);
  std::vector<gaussian::Expansion<R>> expansions(const std::vector<R>& variances, gaussian::Of of);
  void choose_count(const std::vector<R>& variances);
  unsigned needed_of(gaussian::Of of) const;
  void series(const Coefficients<R>& x, const R& root, std::size_t t, const Coefficients<R>& y,
              const std::vector<R>& roots, std::size_t first, std::size_t count, const R* c, R* out) const;

  activation::Activation phi_;
  std::unique_ptr<gaussian::ClosedDual<R>> closed_;
  unsigned count_ = 0;
  R reached_ = R(0);  ///< the largest variance that `count_` was chosen for
  R error_ = R(0);
  Tables<R> tables_;
};

}  // namespace gronwall::kernel
