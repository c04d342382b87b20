#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <rapidcheck/Gen.h>
#include <rapidcheck/Random.h>

#include "verify/generators/generator.hpp"

namespace gronwall::verify {

/// What one kind of generator knows; one file of verify/generators each. The random stream is RapidCheck's
/// (Threefish, the same on every machine), never a distribution of the standard library.
class Generator::Source : public std::enable_shared_from_this<Generator::Source> {
 public:
  virtual ~Source() = default;

  /// A random input; `size` in [0, 100] says how far from simple it may be.
  virtual Input generate(rc::Random random, int size) const = 0;
  /// Simpler inputs, the simplest first. Finite: following any of them, again and again, ends.
  virtual std::vector<Input> shrinks(const Input& input) const = 0;
  /// The simplest input.
  virtual Input simplest() const = 0;
  /// Whether this generator could have drawn it: type, shape, range.
  virtual bool accepts(const Input& input) const = 0;
  /// What a person reads where an input is not accepted: "a 3 x 2 matrix".
  virtual std::string wanted() const = 0;
  /// An acceptable input beside this one, for the climb. `step` in (0, 1] is the size of most moves, relative
  /// to the numbers that move; a few go further, to an end, to zero or to another class. What moves is
  /// rounded to some bits below the move, most of the time, so that numbers stay short.
  virtual Input vary(const Input& input, rc::Random random, double step) const = 0;
  /// The input made acceptable. Matrices lose row or column `dropped` where they have one too many (the last
  /// ones if it is negative), and gain zeros where they have too few.
  virtual Input fit(const Input& input, long dropped) const = 0;

  /// For RapidCheck: shrinks by `shrinks`.
  rc::Gen<Input> gen() const;
};

/// Random integers of one stream.
class Dice {
 public:
  explicit Dice(rc::Random random) : random_(random) {}
  /// In [low, high], each as likely.
  long between(long low, long high);
  bool one_in(long k) { return between(1, k) == 1; }
  /// For a stream of its own.
  rc::Random split() { return rc::Random(random_.next()); }
  template <class T>
  const T& pick(const std::vector<T>& items) {
    return items[static_cast<std::size_t>(between(0, static_cast<long>(items.size()) - 1))];
  }

 private:
  rc::Random random_;
};

/// How far a number is from one that a person writes down: 0 for 0, else the bits of its integer and
/// fractional part, fractions twice, and a little for a minus sign.
double complexity(double x);

/// Numbers in [low, high] that are simpler than x, the simplest first.
std::vector<double> simpler_numbers(double x, double low, double high);

/// x with at most `bits` significant bits, rounded towards 0.
double shortened(double x, int bits);

/// x moved by about `move`, up or down: rounded to three bits below the move, or, once in four times, not. A
/// number that is left below 2^-80 becomes 0.
double nudged(Dice& dice, double x, double move);

/// A dyadic number in [low, high] from the classes that `numbers` documents.
double any_number(Dice& dice, int size, double low, double high);

}  // namespace gronwall::verify
