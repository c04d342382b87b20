#include "verify/generators/shapes.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace gronwall::verify {

namespace {

using linalg::ExactMatrix;
using linalg::ExactVector;

double sign(Dice& dice) { return dice.one_in(2) ? 1 : -1; }
double small_integer(Dice& dice) { return static_cast<double>(dice.between(-3, 3)); }
double power_of_two(Dice& dice, long low, long high) {
  return std::ldexp(1.0, static_cast<int>(dice.between(low, high)));
}

template <class Entry>
ExactMatrix filled(long rows, long cols, Entry entry) {
  ExactMatrix a(rows, cols);
  for (long j = 0; j < cols; ++j)
    for (long i = 0; i < rows; ++i) a(i, j) = entry(i, j);
  return a;
}

std::vector<long> permutation(Dice& dice, long n) {
  std::vector<long> p(static_cast<std::size_t>(n));
  std::iota(p.begin(), p.end(), 0);
  for (long i = n - 1; i > 0; --i)
    std::swap(p[static_cast<std::size_t>(i)], p[static_cast<std::size_t>(dice.between(0, i))]);
  return p;
}

/// A column that is not zero.
ExactMatrix direction(Dice& dice, long rows) {
  ExactMatrix a = filled(rows, 1, [&](long, long) { return small_integer(dice); });
  if ((a.array() == 0).all()) a(dice.between(0, rows - 1), 0) = sign(dice);
  return a;
}

ExactMatrix zero(Dice&, int, long rows, long cols) { return ExactMatrix::Zero(rows, cols); }

ExactMatrix one_sided(Dice& dice, int, long rows, long cols) {
  const double side = sign(dice);
  return filled(rows, cols, [&](long, long) { return side * static_cast<double>(dice.between(1, 16)) / 4; });
}

ExactMatrix huge(Dice& dice, int, long rows, long cols) {
  return filled(rows, cols, [&](long, long) {
    return sign(dice) * std::ldexp(static_cast<double>(dice.between(3, 4)), 500);
  });
}

ExactMatrix tiny(Dice& dice, int, long rows, long cols) {
  const double unit = power_of_two(dice, -40, -12);
  return filled(rows, cols,
                [&](long, long) { return sign(dice) * static_cast<double>(dice.between(1, 4)) * unit; });
}

ExactMatrix all_equal(Dice& dice, int size, long rows, long cols) {
  return ExactMatrix::Constant(rows, cols, any_number(dice, size, -8, 8));
}

ExactMatrix rank_one(Dice& dice, int, long rows, long cols) {
  const ExactMatrix left = direction(dice, rows), right = direction(dice, cols);
  const double scale = power_of_two(dice, -2, 2);
  return filled(rows, cols, [&](long i, long j) { return scale * left(i, 0) * right(j, 0); });
}

/// One entry, row or column far above the rest.
ExactMatrix spiked(Dice& dice, int, long rows, long cols) {
  ExactMatrix a = filled(rows, cols, [&](long, long) { return small_integer(dice) / 8; });
  const double spike = sign(dice) * power_of_two(dice, 3, 8);
  const long i = dice.between(0, rows - 1), j = dice.between(0, cols - 1);
  switch (dice.between(0, 2)) {
    case 0:
      a(i, j) = spike;
      break;
    case 1:
      a.row(i).setConstant(spike);
      break;
    default:
      a.col(j).setConstant(spike);
  }
  return a;
}

ExactMatrix single_entry(Dice& dice, int, long rows, long cols) {
  ExactMatrix a = ExactMatrix::Zero(rows, cols);
  a(dice.between(0, rows - 1), dice.between(0, cols - 1)) = sign(dice) * power_of_two(dice, -3, 4);
  return a;
}

/// Columns x, -x, y, -y, ...; in a single column the entries come so.
ExactMatrix opposite(Dice& dice, int size, long rows, long cols) {
  if (cols == 1) {
    const double x = any_number(dice, size, -4, 4);
    return filled(rows, cols, [&](long i, long) { return i % 2 == 0 ? x : -x; });
  }
  ExactMatrix a(rows, cols);
  for (long j = 0; j < cols; ++j) a.col(j) = j % 2 == 0 ? direction(dice, rows) : ExactMatrix(-a.col(j - 1));
  return a;
}

/// Columns that differ in the last bits only; in a single column, entries that do.
ExactMatrix nearly_parallel(Dice& dice, int, long rows, long cols) {
  const double step = power_of_two(dice, -30, -6);
  const ExactMatrix base = cols == 1 ? ExactMatrix::Ones(rows, 1) : direction(dice, rows);
  return filled(rows, cols, [&](long i, long j) {
    return base(i, 0) + step * static_cast<double>(dice.between(-1, 1) + j % 2);
  });
}

/// A scaled permutation with signs: orthogonal up to the scale where it is square.
ExactMatrix signed_permutation(Dice& dice, int, long rows, long cols) {
  ExactMatrix a = ExactMatrix::Zero(rows, cols);
  const std::vector<long> p = permutation(dice, std::max(rows, cols));
  const double scale = power_of_two(dice, -2, 3);
  long i = 0;
  for (const long j : p) {
    if (i < rows && j < cols) a(i, j) = sign(dice) * scale;
    ++i;
  }
  return a;
}

ExactMatrix scaled_identity(Dice& dice, int, long rows, long cols) {
  return ExactMatrix::Identity(rows, cols) * (sign(dice) * power_of_two(dice, -2, 3));
}

/// Orthogonal up to a scale and not a permutation: blocks [[a, -b], [b, a]] on the diagonal, a^2 + b^2 the
/// same Pythagorean number in each.
ExactMatrix orthogonal(Dice& dice, int, long rows, long cols) {
  static const std::vector<std::vector<double>> triples = {{3, 4, 5}, {4, 3, 5}, {5, 12, 13}};
  const std::vector<double>& t = dice.pick(triples);
  const double scale = power_of_two(dice, -3, 0);
  ExactMatrix a = ExactMatrix::Zero(rows, cols);
  for (long k = 0; k < std::min(rows, cols); k += 2) {
    if (k + 1 == std::min(rows, cols)) {
      a(k, k) = t[2];
      break;
    }
    const double turn = sign(dice);
    a(k, k) = a(k + 1, k + 1) = t[0];
    a(k, k + 1) = -turn * t[1];
    a(k + 1, k) = turn * t[1];
  }
  return a * scale;
}

/// Strictly above the diagonal (or below): with rows = cols some power of it is 0.
ExactMatrix nilpotent(Dice& dice, int, long rows, long cols) {
  const bool upper = dice.one_in(2), jordan = dice.one_in(2);
  const double scale = power_of_two(dice, 0, 4);
  return filled(rows, cols, [&](long i, long j) {
    const long above = upper ? j - i : i - j;
    if (above < 1 || (jordan && above != 1)) return 0.0;
    return scale * (jordan ? 1 : small_integer(dice));
  });
}

/// Small on the diagonal, large above it: eigenvalues say nothing about how far it stretches.
ExactMatrix non_normal(Dice& dice, int, long rows, long cols) {
  const double diagonal = small_integer(dice) / 2, off = sign(dice) * power_of_two(dice, 2, 6);
  return filled(rows, cols, [&](long i, long j) { return i == j ? diagonal : j == i + 1 ? off : 0.0; });
}

ExactMatrix skew(Dice& dice, int, long rows, long cols) {
  ExactMatrix a = filled(rows, cols, [&](long, long) { return small_integer(dice); });
  for (long j = 0; j < cols; ++j)
    for (long i = j; i < rows; ++i)
      if (i < cols && j < rows) a(i, j) = i == j ? 0 : -a(j, i);
  return a;
}

ExactMatrix small_integers(Dice& dice, int, long rows, long cols) {
  return filled(rows, cols, [&](long, long) { return small_integer(dice); });
}

ExactMatrix eighths(Dice& dice, int size, long rows, long cols) {
  const long reach = 8 + size / 4;
  return filled(rows, cols, [&](long, long) { return static_cast<double>(dice.between(-reach, reach)) / 8; });
}

ExactMatrix gaussian(Dice& dice, int size, long rows, long cols) {
  const double scale = power_of_two(dice, -1, 1 + size / 50);
  return filled(rows, cols, [&](long, long) { return scale * nearly_gaussian(dice, 6); });
}

ExactMatrix mixed(Dice& dice, int size, long rows, long cols) {
  return filled(rows, cols, [&](long, long) { return any_number(dice, size, -16, 16); });
}

}  // namespace

double nearly_gaussian(Dice& dice, int bits) {
  const long parts = 1L << bits;
  long sum = 0;
  for (int i = 0; i < 12; ++i) sum += dice.between(0, parts - 1);
  return static_cast<double>(sum - 6 * (parts - 1)) / static_cast<double>(parts);
}

const std::vector<Shape>& adversarial_shapes() {
  static const std::vector<Shape> shapes = {{"zero", zero},
                                            {"one-sided", one_sided},
                                            {"huge", huge},
                                            {"tiny", tiny},
                                            {"all equal", all_equal},
                                            {"rank one", rank_one},
                                            {"spiked", spiked},
                                            {"single entry", single_entry},
                                            {"opposite", opposite},
                                            {"nearly parallel", nearly_parallel},
                                            {"skew", skew},
                                            {"signed permutation", signed_permutation},
                                            {"orthogonal", orthogonal},
                                            {"scaled identity", scaled_identity},
                                            {"nilpotent", nilpotent},
                                            {"non-normal", non_normal}};
  return shapes;
}

const std::vector<Shape>& plain_shapes() {
  static const std::vector<Shape> shapes = {
      {"small integers", small_integers}, {"eighths", eighths}, {"gaussian", gaussian}, {"mixed", mixed}};
  return shapes;
}

}  // namespace gronwall::verify
