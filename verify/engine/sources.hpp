#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "verify/engine/draws.hpp"
#include "verify/generators/generator.hpp"

namespace gronwall::verify {

/// Draws from RapidCheck's current stream: only inside a property that RapidCheck runs.
class RandomDraws final : public Draws {
 public:
  explicit RandomDraws(int size) : size_(size) {}

 private:
  Input produce(const std::string& name, const Generator& generator) override;
  int size_;
};

/// The very inputs of a case. Throws Error, which names the input, where the claim draws one that the case
/// lacks or that the claim's generator could not have drawn.
class ReplayedDraws final : public Draws {
 public:
  explicit ReplayedDraws(Case from) : from_(std::move(from)) {}

 private:
  Input produce(const std::string& name, const Generator& generator) override;
  Case from_;
};

/// The same case judged once more: what `first` has drawn, and from `first` what it has not, where a
/// hypothesis ended the first judging early.
class DrawnAgain final : public Draws {
 public:
  explicit DrawnAgain(Draws& first) : first_(first) { ignored = first.ignored; }

 private:
  Input produce(const std::string& name, const Generator& generator) override;
  Draws& first_;
};

/// How the inputs that a case holds are made to serve a claim that now asks for other shapes.
struct Fitting {
  /// Matrices that have a row or column too many lose this one; the last if it is negative.
  long dropped = -1;
  /// From this input on (in the order of drawing) inputs are drawn anew at random, from this seed.
  std::optional<std::pair<std::size_t, std::uint64_t>> redrawn;
};

/// The inputs of a case, fitted to what the claim asks for: what shrinking tries. What was drawn is again a
/// case, and replays. Inputs that the case lacks are as simple as can be.
class FittedDraws final : public Draws {
 public:
  explicit FittedDraws(Case from, Fitting fitting = {}) : from_(std::move(from)), fitting_(fitting) {}
  /// The generators of drawn().inputs, in the same order.
  const std::vector<Generator>& generators() const { return generators_; }

 private:
  Input produce(const std::string& name, const Generator& generator) override;
  Case from_;
  Fitting fitting_;
  std::vector<Generator> generators_;
};

}  // namespace gronwall::verify
