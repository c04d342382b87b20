#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <gronwall/real/dispatch.hpp>

namespace gronwall::real {

std::vector<std::string> backend_names() {
  std::vector<std::pair<int, std::string>> found;
#define GRONWALL_COLLECT(...) found.emplace_back(Backend<__VA_ARGS__>::digits, Backend<__VA_ARGS__>::name);
  GRONWALL_FOR_EACH_BACKEND(GRONWALL_COLLECT)
#undef GRONWALL_COLLECT
  std::sort(found.begin(), found.end());
  std::vector<std::string> names;
  for (const auto& [digits, name] : found) names.push_back(name);
  return names;
}

void throw_unknown_backend(std::string_view name) {
  throw UnknownName(fmt::format("No precision backend is called '{}'; there are: {}.", name,
                                fmt::join(backend_names(), ", ")));
}

}  // namespace gronwall::real
