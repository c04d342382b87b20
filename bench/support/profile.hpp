#pragma once

#include <cstdlib>
#include <string_view>

namespace gronwall::bench {

/// GRONWALL_BENCH_PROFILE=full measures everything, for half an hour or more; the default leaves out what
/// takes more than a few seconds each.
inline bool full() {
  const char* profile = std::getenv("GRONWALL_BENCH_PROFILE");
  return profile != nullptr && std::string_view(profile) == "full";
}

}  // namespace gronwall::bench
