#include <map>

#include <gronwall/ode/registration.hpp>

namespace gronwall::ode {

namespace {

template <Real R>
using Registry = std::map<std::string, std::unique_ptr<Integrator<R>>, std::less<>>;

// Inside a function, so that it exists before the first registration whatever the order of initialisation.
template <Real R>
Registry<R>& registry() {
  static Registry<R> all;
  return all;
}

[[noreturn]] void throw_unknown(std::string_view name) {
  std::string names;
  for (const std::string& known : integrator_names()) names += (names.empty() ? "" : ", ") + known;
  throw UnknownName("There is no integrator '" + std::string(name) + "'; there are " + names + ".");
}

}  // namespace

template <Real R>
void enter(std::unique_ptr<Integrator<R>> integrator) {
  const std::string name = integrator->method().name;
  if (!registry<R>().emplace(name, std::move(integrator)).second)
    throw Error("Two integrators are called '" + name + "'.");
}

template <Real R>
const Integrator<R>& integrator(std::string_view name) {
  const auto found = registry<R>().find(name);
  if (found == registry<R>().end()) throw_unknown(name);
  return *found->second;
}

std::vector<std::string> integrator_names() {
  std::vector<std::string> names;
  for (const auto& [name, integrator] : registry<double>()) names.push_back(name);
  return names;
}

#define GRONWALL_INSTANTIATE(...)                                             \
  template void enter<__VA_ARGS__>(std::unique_ptr<Integrator<__VA_ARGS__>>); \
  template const Integrator<__VA_ARGS__>& integrator<__VA_ARGS__>(std::string_view);
GRONWALL_FOR_EACH_FLOATING(GRONWALL_INSTANTIATE)

}  // namespace gronwall::ode
