#include "support/summary/measurement.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <stdexcept>
#include <string_view>

namespace gronwall::bench {
namespace {

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == at)
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

std::optional<double> parsed(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool fits_part(std::string_view text, std::string_view pattern) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() != '*')
    return !text.empty() && text.front() == pattern.front() && fits_part(text.substr(1), pattern.substr(1));
  for (std::size_t skipped = 0; skipped <= text.size(); ++skipped)
    if (fits_part(text.substr(skipped), pattern.substr(1))) return true;
  return false;
}

double milliseconds(const Json& run) {
  const std::string unit = run.at("time_unit");
  const double factor = unit == "ns" ? 1e-6 : unit == "us" ? 1e-3 : unit == "ms" ? 1 : 1e3;
  return factor * run.at("real_time").get<double>();
}

/// The results of one program. Google Benchmark's statistics of a counter that is always zero are NaN, which
/// JSON does not have.
Json read(const std::string& path) {
  std::ifstream in(path);
  if (!in) throw std::runtime_error("'" + path + "' cannot be read.");
  std::string text, line;
  while (std::getline(in, line)) {
    const std::size_t at = line.find(": NaN");
    text += at == std::string::npos ? line : line.replace(at, 5, ": null");
    text += '\n';
  }
  return Json::parse(text);
}

/// What Google Benchmark says of every run; all other numbers are counters.
bool is_bookkeeping(const std::string& key) {
  static const std::vector<std::string> known{"family_index", "per_family_instance_index",
                                              "repetitions",  "repetition_index",
                                              "threads",      "iterations",
                                              "real_time",    "cpu_time"};
  return std::find(known.begin(), known.end(), key) != known.end();
}

}  // namespace

Name::Name(const std::string& text) {
  const std::vector<std::string> parts = split(text, '/');
  if (parts.size() < 5)
    throw std::runtime_error("The benchmark '" + text + "' is not named KIND/BACKEND/METHOD/n=N/SETTING.");
  kind = parts[0], backend = parts[1], method = parts[2], width = parts[3], setting = parts[4];
}

std::string Name::text() const { return kind + '/' + backend + '/' + method + '/' + width + '/' + setting; }

std::optional<double> Name::number(const std::string& variable) const {
  if (variable == "digits") {
    if (backend == "double") return 16;
    return backend.rfind("mpfr", 0) == 0 ? parsed(std::string_view(backend).substr(4)) : std::nullopt;
  }
  if (variable == "accuracy")
    return setting.rfind("tol=1e-", 0) == 0 ? parsed(std::string_view(setting).substr(7)) : std::nullopt;
  for (const std::string& equation : split(width + ',' + setting, ','))
    if (equation.rfind(variable + '=', 0) == 0)
      return parsed(std::string_view(equation).substr(variable.size() + 1));
  return std::nullopt;
}

bool Name::fits(const Name& pattern) const {
  for (std::string Name::*part : {&Name::kind, &Name::backend, &Name::method, &Name::width, &Name::setting})
    if (!fits_part(this->*part, pattern.*part)) return false;
  return true;
}

std::string called(const std::string& backend) {
  return backend.rfind("mpfr", 0) == 0 ? backend.substr(4) + " digits" : backend;
}

double Measurement::median() const {
  std::vector<double> sorted = milliseconds;
  std::sort(sorted.begin(), sorted.end());
  const std::size_t half = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

std::optional<double> Measurement::accuracy() const {
  for (const char* key : {"radius", "error", "difference", "estimate"})
    if (const auto value = counter(key)) return value;
  return std::nullopt;
}

std::optional<double> Measurement::counter(const std::string& key) const {
  const auto found = counters.find(key);
  if (found == counters.end()) return std::nullopt;
  return found->second;
}

Results::Results(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    const Json result = read(path);
    take_context(result.at("context"));
    for (const Json& run : result.at("benchmarks")) take_run(run);
  }
}

void Results::take_context(const Json& context) {
  const bool first = !record_.contains("context");
  for (const auto& [key, value] : context.items()) {
    const std::string what = key.substr(0, key.find(' '));
    if (what == "target" || what == "curve")
      declared_.emplace_back(what, split(value.get<std::string>(), '\t'));
    // What names the machine is nobody's business.
    else if (first && key != "host_name" && key != "executable")
      record_["context"][key] = value;
  }
  if (!record_.contains("benchmarks")) record_["benchmarks"] = Json::array();
}

void Results::take_run(const Json& run) {
  if (run.value("run_type", "iteration") != "iteration") return;
  Json kept = run;
  for (const char* key : {"family_index", "per_family_instance_index", "threads"}) kept.erase(key);
  record_["benchmarks"].push_back(std::move(kept));
  const Name name(run.at("name"));
  auto found = std::find_if(measurements_.begin(), measurements_.end(),
                            [&](const Measurement& m) { return m.name.text() == name.text(); });
  if (found == measurements_.end()) found = measurements_.insert(found, Measurement{name, {}, {}, {}});
  if (run.value("error_occurred", false)) {
    found->left_out = run.at("error_message");
    return;
  }
  found->milliseconds.push_back(milliseconds(run));
  for (const auto& [key, value] : run.items())
    if (value.is_number() && !is_bookkeeping(key)) found->counters[key] = value.get<double>();
}

const Measurement* Results::find(const std::string& name) const {
  const auto found = std::find_if(measurements_.begin(), measurements_.end(),
                                  [&](const Measurement& m) { return m.name.text() == name; });
  return found == measurements_.end() ? nullptr : &*found;
}

std::vector<std::vector<std::string>> Results::declared(const std::string& what) const {
  std::vector<std::vector<std::string>> out;
  for (const auto& [kind, fields] : declared_)
    if (kind == what) out.push_back(fields);
  return out;
}

}  // namespace gronwall::bench
