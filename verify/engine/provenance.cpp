#include "verify/engine/provenance.hpp"

#include <ctime>
#include <fstream>

#include <boost/version.hpp>
#include <fmt/core.h>
#include <gmp.h>
#include <nlohmann/json.hpp>
#include <openssl/crypto.h>
#include <sys/utsname.h>

#include <gronwall/real/ball.hpp>

#include "gronwall_build_info.hpp"

namespace gronwall::verify {

namespace {

/// What stands behind `key` and a separator in a file of such lines; "unknown" if nothing does.
std::string value_in(const char* path, const std::string& key, char separator) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.rfind(key, 0) != 0) continue;
    std::size_t from = line.find(separator);
    if (from == std::string::npos) continue;
    from = line.find_first_not_of(" \t\"", from + 1);
    if (from == std::string::npos) continue;
    return line.substr(from, line.find_last_not_of(" \t\"") + 1 - from);
  }
  return "unknown";
}

std::string operating_system() {
  const std::string distribution = value_in("/etc/os-release", "PRETTY_NAME", '=');
  utsname kernel{};
  if (uname(&kernel) != 0) return distribution;
  return fmt::format("{}, {} {}", distribution, kernel.sysname, kernel.machine);
}

std::string now() {
  const std::time_t time = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&time, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

}  // namespace

Provenance provenance() {
  Provenance out;
  out.version = build_info::version;
  out.commit = build_info::commit;
  out.compiler = build_info::compiler;
  out.flags = build_info::flags;
  out.processor = value_in("/proc/cpuinfo", "model name", ':');
  out.system = operating_system();
  out.libraries = {
      {"Boost",
       fmt::format("{}.{}.{}", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100)},
      {"Eigen", fmt::format("{}.{}.{}", EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION)},
      {"MPFR", mpfr_get_version()},
      {"GMP", gmp_version},
      {"fmt", fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)},
      {"nlohmann-json", fmt::format("{}.{}.{}", NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR,
                                    NLOHMANN_JSON_VERSION_PATCH)},
      {"FLINT", FLINT_VERSION},
      {"Arb", arb_version},
      {"OpenSSL", OpenSSL_version(OPENSSL_VERSION_STRING)},
      {"RapidCheck", build_info::rapidcheck}};
  out.started = now();
  return out;
}

}  // namespace gronwall::verify
