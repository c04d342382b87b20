#include <cstdint>
#include <cstdlib>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <hwy/targets.h>

#include <gronwall/real/error.hpp>
#include <gronwall/real/simd.hpp>

namespace gronwall::real {

std::vector<std::string> simd_targets() {
  std::vector<std::string> names;
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets())
    names.emplace_back(hwy::TargetName(target));
  return names;
}

void limit_simd(std::string_view name) {
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets())
    if (name == hwy::TargetName(target)) {
      // Of Highway's bits the lower ones stand for the better targets. What was chosen before is chosen anew.
      hwy::DisableTargets(target - 1);
      hwy::GetChosenTarget().Update(hwy::SupportedTargets());
      return;
    }
  throw UnknownName(fmt::format("There are no vector instructions '{}' here; there are {}.", name,
                                fmt::join(simd_targets(), ", ")));
}

void limit_simd_by_environment() {
  const char* name = std::getenv("GRONWALL_SIMD");
  if (name == nullptr || *name == '\0') return;
  try {
    limit_simd(name);
  } catch (const UnknownName& error) {
    throw UnknownName(fmt::format("GRONWALL_SIMD: {}", error.what()));
  }
}

}  // namespace gronwall::real
