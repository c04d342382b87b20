#include <numeric>

#include "../points.hpp"

namespace gronwall::kernel {
namespace {

/// All (k_1, ..., k_{d-1}, q) without a common factor, k_i >= 0, q >= 1, q^2 <= |k|^2, of a given sum of
/// squares, in lexicographic order from the last coordinate on, until there are enough.
class Tuples {
 public:
  Tuples(std::size_t d, std::size_t enough) : tuple_(d, 0), enough_(enough) {}

  void of(long squares) {
    for (long q = 1; 2 * q * q <= squares; ++q) {
      tuple_.back() = q;
      choose(tuple_.size() - 1, squares - q * q);
    }
  }
  bool full() const { return points.size() >= enough_; }

  std::vector<RationalVector> points;

 private:
  /// Chooses k_1, ..., k_i with `left` for the sum of their squares; zeros are skipped in one go.
  void choose(std::size_t i, long left) {
    if (full()) return;
    if (left == 0) return accept();
    for (std::size_t at = i; at-- > 0;)
      for (long k = 1; k * k <= left; ++k) {
        tuple_[at] = k;
        choose(at, left - k * k);
        tuple_[at] = 0;
        if (full()) return;
      }
  }
  void accept() {
    long factor = 0;
    for (const long entry : tuple_) factor = std::gcd(factor, entry);
    if (factor != 1) return;
    RationalVector m;
    for (std::size_t k = 0; k + 1 < tuple_.size(); ++k) m.emplace_back(tuple_[k], tuple_.back());
    points.push_back(linalg::rational_unit_vector(m));
  }

  std::vector<long> tuple_;
  std::size_t enough_;
};

/// The stereographic projections of k/q by growing |k|^2 + q^2, which is a multiple of the denominator.
/// Different tuples without common factor give different points, and no coordinate is negative, so none are
/// opposite.
Inputs pythagorean(const InputArguments& arguments) {
  Tuples tuples(static_cast<std::size_t>(arguments.integer(1)),
                static_cast<std::size_t>(arguments.integer(0)));
  for (long squares = 2; !tuples.full(); ++squares) tuples.of(squares);
  return {tuples.points};
}

InputParameter plane() {
  InputParameter d = dimension();
  d.otherwise = 2;
  return d;
}

const InputRegistration registration("pythagorean",
                                     "N rational points of R^d with small denominators and no negative "
                                     "coordinate: (1, 0), (4/5, 3/5), (3/5, 4/5), "
                                     "(12/13, 5/13), ...",
                                     {count(), plane()}, pythagorean, "6,3");

}  // namespace
}  // namespace gronwall::kernel
