#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include <gronwall/activation/activation.hpp>
#include <gronwall/linalg/block.hpp>

namespace gronwall::series {

/// phi, phi' or a function u_j of phi's differential system on blocks, entry by entry, in some 40 nanoseconds
/// an entry at 50 digits, where a loop over MPFR numbers takes microseconds.
///
/// **How.** Let f be the function and 2^{e-1} bound a column. Around the nodes m 2^-s stand the Taylor
/// coefficients of f, rounded to the unit of the result; an entry is shifted to its nearest node, and
/// Horner's rule runs in all lanes of a vector at once, each with the coefficients of its node, in a
/// precision that falls with the order. Coefficients come from `Composition` in balls, so that each is
/// proved, and the remainder from the composition on the whole neighbourhood of the node (Lagrange's form).
/// Columns with |x| < 2^-s have one node, 0, so that what vanishes at 0 keeps its relative accuracy.
///
/// **Error.** |out(i, j) - f(x(i, j))| <= error_units() 2^{out.log2_unit(j)}, with x as it stands in the
/// block. The unit is relative to the column's largest value: 2^{out.exponent(j)} is at most 2^29 times that
/// one (where all are smaller, the column is computed the slow way) and mostly two to four times the supremum
/// of |f| over |x| <= 2^k, the power of two above the column's largest entry. Columns of zeros have exponent
/// 0. Errors are one or two units mostly, a quarter of their bound.
///
/// **The slow way,** entry by entry in balls with precision raised until it is enough, is taken for whole
/// columns with entries beyond 2^7, with too small values or of zeros alone, for activations without a
/// differential system (relu) and for nodes whose coefficients could not be proved: microseconds an entry,
/// errors of at most one unit, the exponent the smallest that is possible, and exact where values are short
/// (relu).
///
/// **Tables** belong to the process: every object of the same function and limbs shares them, and any number
/// of threads may call (each calls flint_cleanup() at its end, as all that compute with balls). A node is
/// computed when an entry first needs it (about 40 us at 6 limbs, 500 us at 26), so first calls are dear: 20
/// ms for 4096 normal numbers at 6 limbs, as much as ten times MPFR's tanh of them. A panel of nodes, one for
/// each power of two (one together for 1, ..., 8 where that changes no unit), has at most 2^14 nodes of about
/// 280 bytes at 6 limbs and 4 KB at 26, of which only those in use take memory. The last 64 panels of the 24
/// functions used last are kept.
class BlockFunction {
 public:
  /// phi (derivative 0) or phi' (derivative 1), for blocks of `limbs` limbs. Throws DomainError unless
  /// derivative is 0 or 1 and 2 <= limbs <= 128.
  BlockFunction(const activation::Activation& phi, int derivative, int limbs);
  /// u_j of phi's differential system, j = 1, 2, ... Throws DomainError where there is none.
  static BlockFunction auxiliary(const activation::Activation& phi, int j, int limbs);

  /// f entry by entry; out is resized to the shape and limbs of x and may not be x. At a kink phi' is the
  /// limit from the right (on a ball that is a little to its right, exact where phi is piecewise linear).
  /// Throws DomainError where x has other limbs, is out itself, or has a value with an exponent beyond 2^60,
  /// and PrecisionError where 65536 bits do not enclose a value (sin at 2^65536, formulas that balls cannot
  /// do).
  void operator()(const linalg::Block& x, linalg::Block& out) const;

  int limbs() const;
  /// The bound of the error of each entry in units of its column.
  double error_units() const { return error_units(limbs()); }
  static double error_units(int limbs) { return 2.5 + 0.53 * limbs; }
  /// Bytes of the coefficients that this function's tables hold at the moment.
  std::size_t table_bytes() const;

 private:
  class Tables;
  class Panel;
  class Expansion;
  struct Part;
  explicit BlockFunction(std::shared_ptr<Tables> tables);
  static std::shared_ptr<Tables> shared_tables(const Part& part, int limbs);
  static std::optional<real::Ball> bound_of_values(const Part& part, long exponent);

  std::shared_ptr<Tables> tables_;
};

}  // namespace gronwall::series
