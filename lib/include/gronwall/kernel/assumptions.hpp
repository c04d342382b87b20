#pragma once

#include <string>
#include <vector>

#include <gronwall/activation/activation.hpp>
#include <gronwall/kernel/inputs.hpp>

/// What the paper assumes of activation and data, decided exactly for the ones at hand.
namespace gronwall::kernel {

using activation::Activation;

/// One part of an assumption.
struct Hypothesis {
  std::string states;  ///< "the inputs are distinct"
  bool holds = false;
  std::string reason;  ///< why, in one sentence for a person: "lines 3 and 7 are equal: duplicate rows ..."
};

/// Assumption 1 of the paper without its condition on the labels y_i, which no kernel depends on.
struct Assumption1 {
  Hypothesis on_sphere;       ///< |x_i| = 1
  Hypothesis distinct;        ///< x_i != x_j for i != j
  Hypothesis smooth;          ///< phi and phi' are Lipschitz, with L_1 and L_2
  Hypothesis nonlinear;       ///< phi is not affine
  Hypothesis non_polynomial;  ///< phi is no polynomial

  std::vector<Hypothesis> parts() const;
  bool holds() const;
};

/// Polynomials are known as such by their exact coefficients (`activation::Traits::polynomial`), Lipschitz
/// constants by the activation's own proofs. Throws DomainError as `Inputs::check` does.
Assumption1 assumption_1(const Activation& phi, const Inputs& inputs);

/// The scales of a network, exactly.
struct Scales {
  Rational sigma_v = 1, sigma_w = 1, sigma_u = 1;
  Rational horizon = 1;  ///< T
};

/// What can be said of K_infinity without computing it.
enum class Conclusion {
  positive_definite,
  singular,
  nothing,  ///< the corollary's hypotheses do not hold: K_infinity may be either
};

/// Corollary 1, repaired. Let all of sigma_v, sigma_w, sigma_u and T be positive, phi Lipschitz with
/// Lipschitz derivative and not affine, and the inputs distinct on the sphere. Then K_infinity is positive
/// definite if phi is not odd or no two inputs are opposite, and singular if phi is odd and two inputs are
/// opposite.
///
/// Wherever K_infinity exists it is singular if two inputs are equal (two equal rows), or opposite for an odd
/// phi: the output of every network is then an odd function of the input, so the rows of x and -x are
/// opposite.
struct Corollary1 {
  Hypothesis positive_scales;  ///< sigma_v, sigma_w, sigma_u, T > 0
  Hypothesis smooth;           ///< as in Assumption 1
  Hypothesis nonlinear;        ///< as in Assumption 1
  Hypothesis on_sphere;        ///< as in Assumption 1
  Hypothesis distinct;         ///< as in Assumption 1
  Hypothesis not_odd_or_no_opposites;
  Conclusion conclusion = Conclusion::nothing;
  std::string reason;  ///< of the conclusion, in one sentence

  std::vector<Hypothesis> parts() const;
  /// All of them hold.
  bool holds() const;
};

/// Throws DomainError as `Inputs::check` does.
Corollary1 corollary_1(const Activation& phi, const Inputs& inputs, const Scales& scales = {});

}  // namespace gronwall::kernel
