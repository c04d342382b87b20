#include <algorithm>
#include <map>

#include <fmt/format.h>

#include <gronwall/activation/registration.hpp>
#include <gronwall/real/error.hpp>

namespace gronwall::activation {

namespace {

struct Family {
  std::string syntax;  // empty: takes no parameters
  std::function<Activation(const Parameters&)> factory;
  std::vector<std::string> examples;
};

using Registry = std::map<std::string, Family, std::less<>>;

/// Local to a function: the registrations of other files may run before this one is initialised.
Registry& registry() {
  static Registry families;
  return families;
}

void enter(const std::string& name, Family family) {
  if (name.empty() || name.find_first_of(":, ") != std::string::npos)
    throw Error(fmt::format("'{}' cannot be the name of an activation.", name));
  if (!registry().emplace(name, std::move(family)).second)
    throw Error(fmt::format("Two activations are called '{}'.", name));
}

std::string known_names() {
  std::string out;
  for (const auto& [name, family] : registry())
    out += (out.empty() ? "" : ", ") + name + (family.syntax.empty() ? "" : ":" + family.syntax);
  return out;
}

}  // namespace

Registration::Registration(const std::string& name, std::function<Activation()> factory) {
  enter(name, {"", [make = std::move(factory)](const Parameters&) { return make(); }, {}});
}

Registration::Registration(const std::string& name, const std::string& syntax,
                           std::function<Activation(const Parameters&)> factory,
                           std::vector<std::string> examples) {
  if (syntax.empty() || examples.empty())
    throw Error(
        fmt::format("The activation '{}' has parameters, but no syntax or no example for them.", name));
  enter(name, {syntax, std::move(factory), std::move(examples)});
}

Activation find(std::string_view name) {
  const std::size_t colon = name.find(':');
  const std::string family(name.substr(0, colon));
  const auto found = registry().find(family);
  if (found == registry().end())
    throw UnknownName(fmt::format("No activation is called '{}'; there are: {}.", family, known_names()));
  const Family& it = found->second;
  if (it.syntax.empty() && colon != std::string_view::npos)
    throw DomainError(fmt::format("The activation '{}' takes no parameters; '{}' was given.", family, name));
  if (!it.syntax.empty() && (colon == std::string_view::npos || colon + 1 == name.size()))
    throw DomainError(fmt::format("The activation '{0}' needs its parameters: {0}:{1}.", family, it.syntax));
  return it.factory(
      Parameters(family, colon == std::string_view::npos ? "" : std::string(name.substr(colon + 1))));
}

std::vector<std::string> names() {
  std::vector<std::string> out;
  for (const auto& [name, family] : registry()) {
    if (family.syntax.empty()) out.push_back(name);
    for (const std::string& example : family.examples) out.push_back(name + ":" + example);
  }
  std::sort(out.begin(), out.end());
  return out;
}

namespace {

void check(const std::string& name, const SystemPolynomial& p, std::size_t variables) {
  for (const Monomial& m : p)
    if (m.powers.size() != variables ||
        std::any_of(m.powers.begin(), m.powers.end(), [](int k) { return k < 0; }))
      throw Error(
          fmt::format("The differential system of the activation '{}' has a monomial with {} powers, or "
                      "a negative one; it has {} variables.",
                      name, m.powers.size(), variables));
}

}  // namespace

Traits checked(Traits traits) {
  if (!traits.system && traits.polynomial) {
    traits.system.emplace();
    for (std::size_t k = 0; k < traits.polynomial->size(); ++k) {
      const Rational& c = (*traits.polynomial)[k];
      if (c != 0) traits.system->value.push_back({c, {static_cast<int>(k)}});
    }
  }
  if (!traits.system) return traits;
  const std::size_t variables = traits.system->derivatives.size() + 1;
  for (const SystemPolynomial& p : traits.system->derivatives) check(traits.name, p, variables);
  check(traits.name, traits.system->value, variables);
  return traits;
}

const Traits& Activation::traits() const {
  if (!traits_) throw Error("An activation was used before one was chosen.");
  return *traits_;
}

std::optional<int> Activation::degree() const {
  const auto& coefficients = traits().polynomial;
  if (!coefficients) return std::nullopt;
  return static_cast<int>(coefficients->size()) - 1;
}

template <Real R>
const Functions<R>& Activation::in() const {
  if (!parts_) throw Error("An activation was used before one was chosen.");
  return *parts_->functions.template in<R>();
}

#define GRONWALL_INSTANTIATE(...) template const Functions<__VA_ARGS__>& Activation::in<__VA_ARGS__>() const;
GRONWALL_FOR_EACH_BACKEND(GRONWALL_INSTANTIATE)

}  // namespace gronwall::activation
