#include <map>

#include <fmt/format.h>

#include <gronwall/kernel/input_registration.hpp>
#include <gronwall/real/error.hpp>

namespace gronwall::kernel {

namespace {

struct Entry {
  std::string makes;
  std::vector<InputParameter> parameters;
  std::function<Inputs(const InputArguments&)> generate;
  std::string example;
};

using Registry = std::map<std::string, Entry, std::less<>>;

/// Local to a function: the registrations of other files may run before this one is initialised.
Registry& registry() {
  static Registry generators;
  return generators;
}

/// "random:<N>,<d>[,<seed>]".
std::string syntax(const std::string& name, const std::vector<InputParameter>& parameters) {
  std::string out = name, tail;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (parameters[i].otherwise) {
      out += '[';
      tail += ']';
    }
    out += fmt::format("{}<{}>", i == 0 ? ":" : ",", parameters[i].called);
  }
  return out + tail;
}

std::string known_names() {
  std::string out;
  for (const auto& [name, entry] : registry())
    out += (out.empty() ? "" : ", ") + syntax(name, entry.parameters);
  return out;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> out;
  for (std::size_t comma = text.find(','); comma != std::string_view::npos; comma = text.find(',')) {
    out.emplace_back(text.substr(0, comma));
    text.remove_prefix(comma + 1);
  }
  out.emplace_back(text);
  return out;
}

Rational two_to_the_64() { return Rational(real::Integer(1) << 64); }

}  // namespace

InputParameter count() { return {"N", 1, 4096}; }
InputParameter dimension() { return {"d", 2, 4096}; }
InputParameter seed() { return {"seed", 0, Rational(two_to_the_64() - 1), true, Rational(1)}; }

InputArguments::InputArguments(const std::string& generator, const std::vector<InputParameter>& parameters,
                               const std::vector<std::string>& texts) {
  if (texts.size() > parameters.size())
    throw DomainError(fmt::format("The inputs '{}' take {} parameter{}: {}; {} were given.", generator,
                                  parameters.size(), parameters.size() == 1 ? "" : "s",
                                  syntax(generator, parameters), texts.size()));
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const InputParameter& p = parameters[i];
    if (i >= texts.size()) {
      if (!p.otherwise)
        throw DomainError(fmt::format("The inputs '{}' need their parameter {}: {}.", generator, p.called,
                                      syntax(generator, parameters)));
      values_.push_back(*p.otherwise);
      continue;
    }
    Rational value;
    try {
      value = real::parse_rational(texts[i]);
    } catch (const DomainError& error) {
      throw DomainError(
          fmt::format("Parameter {} of the inputs '{}': {}", p.called, generator, error.what()));
    }
    if (value < p.low || value > p.high || (p.integer && boost::multiprecision::denominator(value) != 1))
      throw DomainError(fmt::format(
          "Parameter {} of the inputs '{}' must be {} from {} to {}; '{}' was given.", p.called, generator,
          p.integer ? "an integer" : "a number", real::to_string(p.low), real::to_string(p.high), texts[i]));
    values_.push_back(value);
  }
}

long InputArguments::integer(std::size_t i) const {
  return boost::multiprecision::numerator(number(i)).convert_to<long>();
}

std::uint64_t InputArguments::seed(std::size_t i) const {
  return boost::multiprecision::numerator(number(i)).convert_to<std::uint64_t>();
}

InputRegistration::InputRegistration(const std::string& name, const std::string& makes,
                                     std::vector<InputParameter> parameters,
                                     std::function<Inputs(const InputArguments&)> generate,
                                     const std::string& example) {
  if (name.empty() || name.find_first_of(":, ") != std::string::npos || parameters.empty())
    throw Error(fmt::format("'{}' cannot be the name of a generator of inputs.", name));
  if (!registry().emplace(name, Entry{makes, std::move(parameters), std::move(generate), example}).second)
    throw Error(fmt::format("Two generators of inputs are called '{}'.", name));
}

Inputs find_inputs(std::string_view name) {
  const std::size_t colon = name.find(':');
  const std::string generator(name.substr(0, colon));
  const auto found = registry().find(generator);
  if (found == registry().end())
    throw UnknownName(fmt::format("No inputs are called '{}'; there are: {}.", generator, known_names()));
  const Entry& entry = found->second;
  if (colon == std::string_view::npos || colon + 1 == name.size())
    throw DomainError(fmt::format("The inputs '{}' need their parameters: {}.", generator,
                                  syntax(generator, entry.parameters)));
  return entry.generate(InputArguments(generator, entry.parameters, split(name.substr(colon + 1))));
}

std::vector<InputGenerator> input_generators() {
  std::vector<InputGenerator> out;
  for (const auto& [name, entry] : registry())
    out.push_back({name, syntax(name, entry.parameters), entry.makes, name + ":" + entry.example});
  return out;
}

}  // namespace gronwall::kernel
