#include <algorithm>
#include <cmath>

#include <gronwall/real/error.hpp>

#include "verify/generators/source.hpp"

namespace gronwall::verify {

double shortened(double x, int bits) {
  if (x == 0) return 0;
  int exponent = 0;
  const double m = std::frexp(x, &exponent);
  return std::ldexp(std::trunc(std::ldexp(m, bits)), exponent - bits);
}

double complexity(double x) {
  if (x == 0) return 0;
  int exponent = 0;
  double m = std::frexp(std::abs(x), &exponent);  // in [1/2, 1)
  int bits = 0;
  for (; m != 0; ++bits) m = 2 * m - std::trunc(2 * m);
  const int integer_bits = std::max(exponent, 0), fraction_bits = std::max(bits - exponent, 0);
  return integer_bits + 2 * fraction_bits + (x < 0 ? 0.5 : 0);
}

std::vector<double> simpler_numbers(double x, double low, double high) {
  std::vector<double> out;
  const double limit = complexity(x);
  const auto offer = [&](double y) {
    if (low <= y && y <= high && complexity(y) < limit && std::find(out.begin(), out.end(), y) == out.end())
      out.push_back(y);
  };
  for (const double y : {0.0, 1.0, -1.0, 2.0, -2.0, 3.0, -3.0, 0.5, -0.5}) offer(y);
  offer(-x);
  offer(std::trunc(x));
  offer(x > 0 ? std::ceil(x) : std::floor(x));
  for (const int bits : {1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48}) offer(shortened(x, bits));
  offer(x / 2);
  if (std::abs(x) > 1) offer(x - std::copysign(1.0, x));
  offer(low);
  offer(high);
  return out;
}

double nudged(Dice& dice, double x, double move) {
  if (move == 0 || !std::isfinite(move)) return x;
  const double far = move * static_cast<double>(dice.between(1, 8)) / 4;
  const double y = dice.one_in(2) ? x + far : x - far;
  const double unit = std::ldexp(1.0, std::ilogb(move) - 3);
  const double short_y = dice.one_in(4) ? y : std::nearbyint(y / unit) * unit;
  return std::abs(short_y) < 0x1p-80 ? 0 : short_y;
}

double any_number(Dice& dice, int size, double low, double high) {
  static const std::vector<double> simple = {0,   1, -1, 0.5, -0.5, 2,  -2,  0.25, 0.75,
                                             1.5, 3, -3, 4,   8,    10, -10, 100};
  // Reflected where that helps: in [0, 2] the negative ones would all become 0, and half of all networks
  // would have no dynamics.
  const auto inside = [&](double x) {
    const bool reflected = (x < low || x > high) && low <= -x && -x <= high;
    return std::clamp(reflected ? -x : x, low, high) + 0.0;  // + 0.0: no negative zero
  };
  const double span = high - low;
  switch (dice.between(0, 7)) {
    case 0:
      return inside(dice.one_in(2) ? low : high);
    case 1:
    case 2:
      return inside(dice.pick(simple));
    case 3: {  // tiny, or barely inside
      const double tiny =
          std::ldexp(static_cast<double>(dice.between(1, 3)), -static_cast<int>(dice.between(10, 40)));
      if (dice.one_in(2)) return inside(dice.one_in(2) ? low + span * tiny : high - span * tiny);
      return inside(dice.one_in(2) ? tiny : -tiny);
    }
    case 4: {  // any magnitude up to the largest in range
      const double largest = std::max(std::abs(low), std::abs(high));
      if (largest == 0) return 0;
      const int top = std::ilogb(largest);
      const double x = std::ldexp(static_cast<double>(dice.between(8, 15)),
                                  top - 3 - static_cast<int>(dice.between(0, 12)));
      return inside(dice.one_in(2) ? x : -x);
    }
    case 5:
    case 6: {  // an eighth of the range, or of one
      if (dice.one_in(2)) return inside(low + span * static_cast<double>(dice.between(0, 8)) / 8);
      return inside(static_cast<double>(dice.between(-16, 16)) / 8);
    }
    default: {  // anywhere; longer numbers in larger cases
      const long parts = 1L << (4 + size / 10);
      return inside(low + span * (static_cast<double>(dice.between(0, parts)) / static_cast<double>(parts)));
    }
  }
}

namespace {

linalg::ExactMatrix as_input(double x) { return linalg::ExactMatrix::Constant(1, 1, x); }

class Numbers final : public Generator::Source {
 public:
  Numbers(double low, double high) : low_(low), high_(high) {
    if (!std::isfinite(low) || !std::isfinite(high) || low > high)
      throw DomainError("A claim asks for a number from an empty or infinite range.");
  }

  Input generate(rc::Random random, int size) const override {
    Dice dice(random);
    return as_input(any_number(dice, size, low_, high_));
  }
  std::vector<Input> shrinks(const Input& input) const override {
    std::vector<Input> out;
    for (const double x : simpler_numbers(std::get<linalg::ExactMatrix>(input)(0, 0), low_, high_))
      out.emplace_back(as_input(x));
    return out;
  }
  Input simplest() const override { return as_input(std::clamp(0.0, low_, high_)); }
  bool accepts(const Input& input) const override {
    const auto* x = std::get_if<linalg::ExactMatrix>(&input);
    return x != nullptr && x->rows() == 1 && x->cols() == 1 && low_ <= (*x)(0, 0) && (*x)(0, 0) <= high_;
  }
  std::string wanted() const override {
    return "a number from " + std::to_string(low_) + " to " + std::to_string(high_);
  }
  Input vary(const Input& input, rc::Random random, double step) const override {
    Dice dice(random);
    const double x = std::get<linalg::ExactMatrix>(input)(0, 0);
    return as_input(std::clamp(beside(dice, x, step), low_, high_) + 0.0);
  }
  Input fit(const Input& input, long) const override {
    const auto* x = std::get_if<linalg::ExactMatrix>(&input);
    if (x == nullptr || x->size() == 0) return simplest();
    return as_input(std::clamp((*x)(0, 0), low_, high_));
  }

 private:
  double beside(Dice& dice, double x, double step) const {
    const double end = dice.one_in(2) ? low_ : high_;
    switch (dice.between(0, 9)) {
      case 0:
        return end;
      case 1:
        return nudged(dice, end, step * (high_ - low_) / 4);
      case 2:
        return dice.one_in(2) ? x * 2 : x / 2;
      case 3:
        return any_number(dice, 50, low_, high_);
      case 4:
      case 5:
      case 6:
        return nudged(dice, x, step * (high_ - low_) / 4);
      default:
        return nudged(dice, x, step * std::abs(x));
    }
  }

  double low_, high_;
};

}  // namespace

Generator numbers(double low, double high) { return Generator(std::make_shared<const Numbers>(low, high)); }

}  // namespace gronwall::verify
