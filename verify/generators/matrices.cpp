#include <algorithm>
#include <cmath>

#include <gronwall/real/error.hpp>

#include "verify/generators/shapes.hpp"

namespace gronwall::verify {

namespace {

using linalg::ExactMatrix;

double complexity(const ExactMatrix& a) {
  double sum = 0;
  for (Eigen::Index k = 0; k < a.size(); ++k) sum += verify::complexity(a.data()[k]);
  return sum;
}

/// Scaled by a power of two (exactly) until no entry is beyond `largest`; numbers that underflow are not
/// drawn.
ExactMatrix bounded(ExactMatrix a, double largest) {
  const double top = a.cwiseAbs().maxCoeff();
  if (top > largest) a *= std::ldexp(1.0, std::ilogb(largest) - std::ilogb(top));
  if (a.cwiseAbs().maxCoeff() > largest) a /= 2;
  return a.array() + 0.0;  // no negative zeros
}

class Matrices final : public Generator::Source {
 public:
  Matrices(long rows, long cols, double largest) : rows_(rows), cols_(cols), largest_(largest) {
    if (rows < 1 || cols < 1) throw DomainError("A claim asks for an empty matrix.");
    if (!(largest > 0) || !std::isfinite(largest))
      throw DomainError("A claim asks for a matrix without a largest entry.");
  }

  Input generate(rc::Random random, int size) const override {
    Dice dice(random);
    const Shape& shape = dice.pick(dice.one_in(2) ? adversarial_shapes() : plain_shapes());
    return bounded(shape.draw(dice, size, rows_, cols_), largest_);
  }

  std::vector<Input> shrinks(const Input& input) const override {
    const ExactMatrix& a = std::get<ExactMatrix>(input);
    const double limit = complexity(a);
    std::vector<ExactMatrix> found;
    const auto offer = [&](const ExactMatrix& b) {
      if (complexity(b) < limit && b.cwiseAbs().maxCoeff() <= largest_) found.push_back(b);
    };
    offer(ExactMatrix::Zero(rows_, cols_));
    offer(ExactMatrix::Identity(rows_, cols_));
    offer(ExactMatrix::Ones(rows_, cols_));
    for (Eigen::Index k = 0; k < a.size(); ++k) {
      if (a.data()[k] == 0) continue;
      ExactMatrix alone = ExactMatrix::Zero(rows_, cols_);
      alone.data()[k] = 1;
      offer(alone);
      alone.data()[k] = a.data()[k];
      offer(alone);
    }
    for (long i = 0; i < rows_; ++i) {
      ExactMatrix without = a;
      without.row(i).setZero();
      offer(without);
    }
    for (long j = 0; j < cols_; ++j) {
      ExactMatrix without = a;
      without.col(j).setZero();
      offer(without);
    }
    offer(a.unaryExpr([](double x) { return std::trunc(x); }));
    for (const int bits : {1, 3, 8}) offer(a.unaryExpr([bits](double x) { return shortened(x, bits); }));
    offer(a / 2);
    for (Eigen::Index k = 0; k < a.size(); ++k)
      for (const double x : simpler_numbers(a.data()[k], -largest_, largest_)) {
        ExactMatrix b = a;
        b.data()[k] = x;
        offer(b);
      }
    return {found.begin(), found.end()};
  }

  Input simplest() const override { return ExactMatrix(ExactMatrix::Zero(rows_, cols_)); }

  bool accepts(const Input& input) const override {
    const ExactMatrix* a = std::get_if<ExactMatrix>(&input);
    return a != nullptr && a->rows() == rows_ && a->cols() == cols_ && a->allFinite() &&
           a->cwiseAbs().maxCoeff() <= largest_;
  }
  std::string wanted() const override {
    return "a " + std::to_string(rows_) + " x " + std::to_string(cols_) + " matrix with entries of at most " +
           std::to_string(largest_);
  }

  Input vary(const Input& input, rc::Random random, double step) const override {
    Dice dice(random);
    ExactMatrix a = moved(dice, std::get<ExactMatrix>(input), step);
    for (Eigen::Index k = 0; k < a.size(); ++k) {
      double& x = a.data()[k];
      x = std::abs(x) < 0x1p-80 ? 0 : std::clamp(x, -largest_, largest_);
    }
    return a;
  }
  Input fit(const Input& input, long dropped) const override {
    const ExactMatrix* from = std::get_if<ExactMatrix>(&input);
    if (from == nullptr) return simplest();
    const std::vector<long> rows = kept(from->rows(), rows_, dropped),
                            cols = kept(from->cols(), cols_, dropped);
    ExactMatrix a = ExactMatrix::Zero(rows_, cols_);
    for (std::size_t j = 0; j < cols.size(); ++j)
      for (std::size_t i = 0; i < rows.size(); ++i)
        a(static_cast<long>(i), static_cast<long>(j)) =
            std::clamp((*from)(rows[i], cols[j]), -largest_, largest_);
    return a;
  }

 private:
  ExactMatrix moved(Dice& dice, ExactMatrix a, double step) const {
    const double top = a.cwiseAbs().maxCoeff();
    const double scale = top > 0 ? top : std::min(1.0, largest_);
    const long i = dice.between(0, rows_ - 1), j = dice.between(0, cols_ - 1);
    switch (dice.between(0, 11)) {
      case 0:
      case 1:
      case 2:
        a(i, j) = nudged(dice, a(i, j), step * scale);
        break;
      case 3:
        a(i, j) = nudged(dice, a(i, j), step * std::abs(a(i, j)));
        break;
      case 4:
        a(i, j) = dice.one_in(2) ? 0 : -a(i, j);
        break;
      case 5:
        a(i, j) = a(dice.between(0, rows_ - 1), dice.between(0, cols_ - 1));
        break;
      case 6:
        return a * nudged(dice, 1, step);
      case 7:
        return a * (dice.one_in(2) ? 2 : 0.5);
      case 8:
        return with_rank_one(dice, a, step * scale);
      case 9:
        return a.unaryExpr([&](double x) { return nudged(dice, x, step * scale / 4); });
      case 10:
        return line_scaled(dice, std::move(a), i, j, step);
      default:
        if (dice.one_in(4)) return std::get<ExactMatrix>(generate(dice.split(), 50));
        a(i, j) = dice.one_in(2) ? scale : -scale;
    }
    return a;
  }

  /// Plus `size` times signs in the rows and columns of a sparse pattern.
  ExactMatrix with_rank_one(Dice& dice, const ExactMatrix& a, double size) const {
    ExactMatrix left(rows_, 1), right(1, cols_);
    for (long i = 0; i < rows_; ++i) left(i, 0) = static_cast<double>(dice.between(-1, 1));
    for (long j = 0; j < cols_; ++j) right(0, j) = static_cast<double>(dice.between(-1, 1));
    const double unit = std::ldexp(1.0, std::ilogb(size));
    return a + unit * (left * right);
  }

  /// A row or a column longer, shorter or gone.
  ExactMatrix line_scaled(Dice& dice, ExactMatrix a, long i, long j, double step) const {
    const double factor = dice.one_in(4) ? 0 : nudged(dice, 1, step);
    if (rows_ > 1 && dice.one_in(2))
      a.row(i) *= factor;
    else
      a.col(j) *= factor;
    return a;
  }

  /// The indices of `have` that go into `want` places.
  static std::vector<long> kept(long have, long want, long dropped) {
    std::vector<long> indices;
    for (long i = 0; i < have && static_cast<long>(indices.size()) < want; ++i)
      if (have != want + 1 || i != dropped) indices.push_back(i);
    return indices;
  }

  long rows_, cols_;
  double largest_;
};

}  // namespace

Generator matrices(long rows, long cols, double largest) {
  return Generator(std::make_shared<const Matrices>(rows, cols, largest));
}

}  // namespace gronwall::verify
