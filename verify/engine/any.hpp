#pragma once

#include <string>
#include <vector>

#include <gronwall/activation/activation.hpp>
#include <gronwall/linalg/matrix.hpp>

#include "verify/engine/draws.hpp"
#include "verify/generators/generator.hpp"

namespace gronwall::verify {

using real::Real;

/// "For any ...": how a claim asks for its inputs, in the precision R in which it is judged.
template <Real R>
class Any {
 public:
  explicit Any(Draws& draws) : draws_(draws) {}

  /// An integer in [low, high], small ones more often.
  long integer(const std::string& name, long low, long high) {
    return std::get<long>(draws_.next(name, integers(low, high)));
  }
  /// One of the names, each as likely; it shrinks towards the first.
  std::string one_of(const std::string& name, const std::vector<std::string>& names) {
    return std::get<std::string>(draws_.next(name, choices(names)));
  }
  activation::Activation activation(const std::string& name, const std::vector<std::string>& among) {
    return activation::find(one_of(name, among));
  }
  /// A dyadic number in [low, high]; ends, zero and simple fractions come often.
  R number(const std::string& name, double low, double high) {
    return real::from_double<R>(std::get<linalg::ExactMatrix>(draws_.next(name, numbers(low, high)))(0, 0));
  }
  /// A matrix of dyadic numbers, from the adversarial shapes of the generator (zero, rank one, spiked, ...).
  /// Entries are at most `largest` in modulus.
  linalg::Matrix<R> matrix(const std::string& name, long rows, long cols, double largest = 1048576) {
    return drawn_matrix(name, matrices(rows, cols, largest));
  }
  linalg::Vector<R> vector(const std::string& name, long n) { return matrix(name, n, 1).col(0); }
  /// A matrix from any generator of matrices.
  linalg::Matrix<R> drawn_matrix(const std::string& name, const Generator& generator) {
    return linalg::from_exact<R>(std::get<linalg::ExactMatrix>(draws_.next(name, generator)));
  }

  /// Only cases that meet the hypothesis count; the engine reports how many did.
  /// A `Truth` is certain where numbers enclose. A `bool` is taken for exact: balls do not compare to one, so
  /// what compiles for them decides by integers, rationals or names.
  void suppose(const std::string& hypothesis, real::Truth met) {
    draws_.suppose(hypothesis, met, real::Enclosing<R>);
  }
  void suppose(const std::string& hypothesis, bool met) {
    draws_.suppose(hypothesis, real::truth(met), true);
  }

  Draws& draws() { return draws_; }

 private:
  Draws& draws_;
};

}  // namespace gronwall::verify
