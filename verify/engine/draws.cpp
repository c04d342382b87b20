#include "verify/engine/draws.hpp"

#include <gronwall/real/error.hpp>

namespace gronwall::verify {

Input Draws::next(const std::string& name, const Generator& generator) {
  if (drawn_.find(name) != nullptr) throw Error("The claim draws two inputs that are called '" + name + "'.");
  Input input = produce(name, generator);
  drawn_.inputs.emplace_back(name, input);
  return input;
}

void Draws::suppose(const std::string& hypothesis, real::Truth met, bool certain) {
  asked_.push_back({hypothesis, met, certain});
  if (met != real::Truth::yes && ignored.count(hypothesis) == 0) throw HypothesisNotMet{hypothesis, met};
}

}  // namespace gronwall::verify
