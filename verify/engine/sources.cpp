#include "verify/engine/sources.hpp"

#include <rapidcheck.h>

#include <gronwall/real/error.hpp>

#include "verify/engine/seed.hpp"
#include "verify/generators/source.hpp"

namespace gronwall::verify {

Input RandomDraws::produce(const std::string&, const Generator& generator) {
  return *rc::gen::resize(size_, generator.source().gen());
}

Input ReplayedDraws::produce(const std::string& name, const Generator& generator) {
  const Input* input = from_.find(name);
  if (input == nullptr) throw Error("The case has no input '" + name + "', which the claim draws.");
  if (!generator.source().accepts(*input))
    throw Error("The input '" + name + "' of the case is not " + generator.source().wanted() + ".");
  return *input;
}

Input DrawnAgain::produce(const std::string& name, const Generator& generator) {
  const Input* input = first_.drawn().find(name);
  return input == nullptr ? first_.next(name, generator) : *input;
}

Input FittedDraws::produce(const std::string& name, const Generator& generator) {
  const std::size_t index = generators_.size();
  generators_.push_back(generator);
  if (fitting_.redrawn && index >= fitting_.redrawn->first)
    return generator.source().generate(rc::Random(derived_seed(fitting_.redrawn->second, name, index)), 20);
  const Input* input = from_.find(name);
  return input == nullptr ? generator.source().simplest() : generator.source().fit(*input, fitting_.dropped);
}

}  // namespace gronwall::verify
