#pragma once

#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "verify/checker/certificate.hpp"
#include "verify/checker/interval.hpp"

/// What the checker's tests share. Nothing of the library's tests is used here: they include the library.
namespace gronwall::checker::test {

using Json = nlohmann::json;

/// `base` repetitions times GRONWALL_TEST_MULTIPLIER, at least one.
inline int repetitions(int base) {
  const char* text = std::getenv("GRONWALL_TEST_MULTIPLIER");
  const double multiplier = text == nullptr ? 1.0 : std::strtod(text, nullptr);
  const double n = multiplier > 0 ? base * multiplier : base;
  return n < 1 ? 1 : static_cast<int>(n);
}

/// Random rationals that are the same on every platform.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  long between(long low, long high) {
    return low + static_cast<long>(engine_() % static_cast<std::uint64_t>(high - low + 1));
  }
  /// A multiple of 1/64 in [-size, size].
  mpq_class dyadic(long size) {
    mpq_class q(between(-64 * size, 64 * size), 64);
    q.canonicalize();
    return q;
  }

 private:
  std::mt19937_64 engine_;
};

inline Interval exactly(long p, long q = 1) {
  mpq_class x(p, q);
  x.canonicalize();
  return Interval(x);
}

/// Is the width at most 2^-bits of the magnitude (of 1, if that is larger)?
inline bool tight(const Interval& x, long bits) {
  return x.bounded() && x.width_exponent() <= std::max(x.magnitude_exponent(), 1L) - bits;
}

/// A matrix as certificates write it.
inline Json matrix(const std::vector<std::vector<double>>& rows) {
  Json hex = Json::array(), decimal = Json::array();
  for (const std::vector<double>& row : rows) {
    Json hex_row = Json::array(), decimal_row = Json::array();
    for (const double x : row) {
      char text[64];
      std::snprintf(text, sizeof text, "%a", x);
      hex_row.push_back(text);
      decimal_row.push_back(x);
    }
    hex.push_back(hex_row);
    decimal.push_back(decimal_row);
  }
  return {{"rows", rows.size()}, {"cols", rows.front().size()}, {"hex", hex}, {"decimal", decimal}};
}
inline Json number(double x) { return matrix({{x}}); }

inline Json inputs(const std::vector<std::pair<std::string, Json>>& named) {
  Json out = Json::array();
  for (const auto& [name, value] : named) out.push_back({{"name", name}, {"value", value}});
  return out;
}

/// [x - margin, x + margin].
inline Json around(double x, double margin) {
  char low[64], high[64];
  std::snprintf(low, sizeof low, "%a", x - margin);
  std::snprintf(high, sizeof high, "%a", x + margin);
  return {{"lower", low}, {"upper", high}};
}

/// The text of a certificate with the hash of its content.
inline std::string hashed(Json json) {
  json["hash"] = certificate_hash(json);
  return json.dump();
}

inline Json certificate(const std::string& claim, const std::string& statement, const std::string& verdict,
                        const Json& drawn, const std::string& relation, const Json& lhs, const Json& rhs,
                        long precision) {
  Json json{{"schema", certificate_schema},
            {"claim", claim},
            {"statement", statement},
            {"verdict", verdict},
            {"inputs", drawn},
            {"relation", relation},
            {"lhs", lhs},
            {"precision", precision},
            {"arithmetic", precision == 0 ? "exact" : "ball"},
            {"producer", "gronwall 0.1.0"}};
  if (!rhs.is_null()) json["rhs"] = rhs;
  return json;
}

}  // namespace gronwall::checker::test
