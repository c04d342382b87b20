#include <algorithm>

#include <gronwall/real/error.hpp>

#include "verify/generators/source.hpp"

namespace gronwall::verify {

namespace {

class Integers final : public Generator::Source {
 public:
  Integers(long low, long high) : low_(low), high_(high) {
    if (low > high) throw DomainError("A claim asks for an integer from an empty range.");
  }

  Input generate(rc::Random random, int size) const override {
    Dice dice(random);
    if (dice.one_in(8)) return dice.one_in(2) ? low_ : high_;
    // The range opens with the size; its end is open from half the largest size on.
    const long span = high_ - low_;
    const long open = size >= 50 ? span : static_cast<long>(static_cast<double>(span) * (size + 1) / 50);
    const long x = low_ + dice.between(0, std::min(span, std::max(open, 1L)));
    // The smaller of two: small ones more often.
    return dice.one_in(2) ? x : std::min(x, low_ + dice.between(0, span));
  }

  std::vector<Input> shrinks(const Input& input) const override {
    const long x = std::get<long>(input);
    std::vector<Input> out;
    for (long step = x - low_; step > 0; step /= 2) out.emplace_back(x - step);
    return out;
  }

  Input simplest() const override { return low_; }
  bool accepts(const Input& input) const override {
    const long* x = std::get_if<long>(&input);
    return x != nullptr && low_ <= *x && *x <= high_;
  }
  std::string wanted() const override {
    return "an integer from " + std::to_string(low_) + " to " + std::to_string(high_);
  }
  Input vary(const Input& input, rc::Random random, double) const override {
    Dice dice(random);
    const long x = std::get<long>(input);
    if (dice.one_in(6)) return dice.between(low_, high_);
    return std::clamp(dice.one_in(2) ? x - 1 : x + 1, low_, high_);
  }
  Input fit(const Input& input, long) const override {
    const long* x = std::get_if<long>(&input);
    return x == nullptr ? low_ : std::clamp(*x, low_, high_);
  }

 private:
  long low_, high_;
};

}  // namespace

Generator integers(long low, long high) { return Generator(std::make_shared<const Integers>(low, high)); }

}  // namespace gronwall::verify
