#include "support/summary/growth.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <set>
#include <stdexcept>

#include <fmt/format.h>

namespace gronwall::bench {
namespace {

Curve curve_of(const std::vector<std::string>& fields) {
  if (fields.size() != 5) throw std::runtime_error("A curve has not five fields.");
  return {fields[0], fields[1], fields[2], fields[3], fields[4]};
}

/// A name with the method, or whatever else the pattern leaves open there, of the baseline that stands beside
/// it: its kind and method are those of `over`, the rest is its own.
std::string beside(Name name, const Name& over) {
  name.kind = over.kind;
  name.method = over.method;
  return name.text();
}

/// What the lines of a curve are told apart by: whichever of backend and method differs.
std::map<std::string, std::vector<std::pair<double, double>>> by_label(const Results& results,
                                                                       const Curve& curve) {
  const Name pattern(curve.names);
  std::set<std::string> backends, methods;
  for (const Measurement& m : results.measurements())
    if (m.name.fits(pattern)) backends.insert(m.name.backend), methods.insert(m.name.method);
  const bool tell_backend = backends.size() > 1 && curve.variable != "digits",
             tell_method = methods.size() > 1;
  std::map<std::string, std::vector<std::pair<double, double>>> out;
  for (const Measurement& m : results.measurements()) {
    const auto x = curve.variable == "error" ? m.counter("error") : m.name.number(curve.variable);
    if (!m.name.fits(pattern) || m.milliseconds.empty() || !x || !(*x > 0)) continue;
    double y = m.median();
    if (!curve.over.empty()) {
      const Measurement* baseline = results.find(beside(m.name, Name(curve.over)));
      if (baseline == nullptr || baseline->milliseconds.empty()) continue;
      y = baseline->median() / y;
    }
    const std::string label = (tell_method || !tell_backend ? m.name.method : "") +
                              (tell_method && tell_backend ? ", " : "") +
                              (tell_backend ? called(m.name.backend) : "");
    out[label].emplace_back(*x, y);
  }
  return out;
}

}  // namespace

double fitted_exponent(const std::vector<std::pair<double, double>>& points) {
  const double count = static_cast<double>(points.size());
  double x = 0, y = 0, xx = 0, xy = 0;
  for (const auto& [at, value] : points) {
    const double u = std::log(at), v = std::log(value);
    x += u, y += v, xx += u * u, xy += u * v;
  }
  return (count * xy - x * y) / (count * xx - x * x);
}

std::string power(const std::string& variable, double exponent) {
  const bool digits = variable == "accuracy" || variable == "D";
  return fmt::format("{}^{:.2f}", digits ? "digits" : variable, exponent);
}

std::vector<Growth> growths(const Results& results) {
  std::vector<Growth> out;
  for (const auto& fields : results.declared("curve")) {
    Growth growth{curve_of(fields), {}};
    for (auto& [label, points] : by_label(results, growth.curve)) {
      std::sort(points.begin(), points.end());
      if (points.size() < 2) continue;
      Line line{label, points, {}};
      if (points.size() > 2 && growth.curve.variable != "error") line.exponent = fitted_exponent(points);
      growth.lines.push_back(std::move(line));
    }
    // "50 digits" before "100 digits".
    std::stable_sort(growth.lines.begin(), growth.lines.end(), [](const Line& a, const Line& b) {
      return std::atoi(a.label.c_str()) < std::atoi(b.label.c_str());
    });
    out.push_back(std::move(growth));
  }
  return out;
}

Json as_json(const std::vector<Growth>& growths) {
  Json out = Json::array();
  for (const Growth& growth : growths) {
    Json lines = Json::array();
    for (const Line& line : growth.lines)
      lines.push_back({{"label", line.label},
                       {"exponent", line.exponent ? Json(*line.exponent) : Json()},
                       {"points", line.points}});
    out.push_back({{"title", growth.curve.title},
                   {"variable", growth.curve.variable},
                   {"measures", growth.curve.over.empty() ? "milliseconds" : "ratio"},
                   {"lines", lines}});
  }
  return out;
}

std::string as_text(const std::vector<Growth>& growths) {
  std::string out;
  for (const Growth& growth : growths) {
    if (growth.lines.empty() || growth.curve.variable == "error") continue;
    out += fmt::format("{}, against {}\n", growth.curve.title, growth.curve.variable);
    for (const Line& line : growth.lines)
      out += fmt::format("    {:<28} {} from {:g} to {:g}\n", line.label,
                         line.exponent ? power(growth.curve.variable, *line.exponent) : "no fit",
                         line.points.front().first, line.points.back().first);
  }
  return out;
}

}  // namespace gronwall::bench
