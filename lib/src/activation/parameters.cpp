#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <gronwall/activation/registration.hpp>
#include <gronwall/real/error.hpp>

namespace gronwall::activation {

Parameters::Parameters(std::string family, const std::string& text) : family_(std::move(family)) {
  if (text.empty()) return;
  std::size_t start = 0;
  for (std::size_t comma = text.find(','); comma != std::string::npos; comma = text.find(',', start)) {
    texts_.push_back(text.substr(start, comma - start));
    start = comma + 1;
  }
  texts_.push_back(text.substr(start));
}

void Parameters::require(const std::vector<std::string>& called) const {
  if (texts_.size() == called.size()) return;
  throw DomainError(fmt::format("The activation '{}' needs {} parameter{} ({}); {} {} given.", family_,
                                called.size(), called.size() == 1 ? "" : "s", fmt::join(called, ", "),
                                texts_.size(), texts_.size() == 1 ? "was" : "were"));
}

Rational Parameters::number(std::size_t i, const std::string& called) const {
  Rational x;
  try {
    x = real::parse_rational(texts_.at(i));
  } catch (const DomainError& error) {
    refuse(called, error.what());
  }
  if (!std::isfinite(real::from_rational<double>(x))) refuse(called, "It is beyond the range of a double.");
  return x;
}

int Parameters::integer(std::size_t i, const std::string& called, int low, int high) const {
  const Rational x = number(i, called);
  if (boost::multiprecision::denominator(x) != 1 || x < low || x > high)
    refuse(called, fmt::format("It must be an integer from {} to {}; '{}' was given.", low, high, texts_[i]));
  return boost::multiprecision::numerator(x).convert_to<int>();
}

void Parameters::refuse(const std::string& called, const std::string& why) const {
  throw DomainError(fmt::format("Parameter {} of the activation '{}': {}", called, family_, why));
}

}  // namespace gronwall::activation
