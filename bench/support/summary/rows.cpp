#include "support/summary/rows.hpp"

#include <stdexcept>

#include <fmt/format.h>

namespace gronwall::bench {
namespace {

Target target_of(const std::vector<std::string>& fields) {
  if (fields.size() != 8) throw std::runtime_error("A row of the table has not eight fields.");
  return {fields[0],
          fields[1],
          fields[2],
          fields[3],
          std::stod(fields[4]),
          std::stod(fields[5]),
          std::stod(fields[6]),
          std::stod(fields[7])};
}

/// The time of one side; without it, `missing` says why.
std::optional<double> time_of(const Results& results, const std::string& name, const char* side,
                              std::string& missing) {
  const Measurement* found = results.find(name);
  if (found != nullptr && !found->milliseconds.empty()) return found->median();
  missing += fmt::format("{}{} {}", missing.empty() ? "" : "; ", side,
                         found == nullptr ? "did not run" : found->left_out);
  return std::nullopt;
}

Row judged(const Results& results, const Target& target) {
  Row row{target, {}, {}, {}, {}};
  row.ours_ms = time_of(results, target.ours, "ours", row.missing);
  if (target.baseline.empty())
    row.baseline_ms = target.recorded_ms;
  else
    row.baseline_ms = time_of(results, target.baseline, "baseline", row.missing);
  if (row.ours_ms) row.accuracy = results.find(target.ours)->accuracy();
  return row;
}

std::string time_text(const std::optional<double>& ms) { return ms ? three_digits(*ms) + " ms" : "-"; }

std::string demand(const Target& t) {
  std::string out = three_digits(t.at_least) + " x";
  if (t.within_ms > 0) out += fmt::format(", {} ms", three_digits(t.within_ms));
  if (t.error > 0) out += fmt::format(", error {:.0e}", t.error);
  return out;
}

std::string ratio_text(const Row& row) { return row.ratio() ? three_digits(*row.ratio()) + " x" : "-"; }

}  // namespace

std::string three_digits(double value) {
  if (value != 0 && (value < 0.001 || value >= 1e6)) return fmt::format("{:.2e}", value);
  const int decimals = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : value >= 0.1 ? 3 : 4;
  const std::string fixed = fmt::format("{:.{}f}", value, decimals);
  const std::size_t end =
      fixed.find('.') == std::string::npos ? fixed.size() : fixed.find_last_not_of('0') + 1;
  return fixed.substr(0, fixed[end - 1] == '.' ? end - 1 : end);
}

std::optional<double> Row::ratio() const {
  if (!baseline_ms || !ours_ms) return std::nullopt;
  return *baseline_ms / *ours_ms;
}

std::optional<bool> Row::reached() const {
  if (!ratio()) return std::nullopt;
  if (target.within_ms > 0 && !(*ours_ms <= target.within_ms)) return false;
  if (target.error > 0 && !(accuracy && *accuracy <= target.error)) return false;
  return *ratio() >= target.at_least;
}

std::string Row::verdict() const {
  if (!reached()) return "not measured: " + missing;
  if (*reached()) return "yes";
  if (target.error > 0 && !(accuracy && *accuracy <= target.error))
    return accuracy ? fmt::format("no, the error is {:.1e}", *accuracy) : "no, the error is unknown";
  return "no";
}

std::vector<Row> rows(const Results& results) {
  std::vector<Row> out;
  for (const auto& fields : results.declared("target")) out.push_back(judged(results, target_of(fields)));
  return out;
}

Json as_json(const std::vector<Row>& rows) {
  const auto or_null = [](const auto& value) { return value ? Json(*value) : Json(); };
  Json out = Json::array();
  for (const Row& row : rows) {
    const Target& t = row.target;
    out.push_back({{"row", t.row},
                   {"against", t.against},
                   {"ours", t.ours},
                   {"baseline", t.baseline},
                   {"baseline_ms", or_null(row.baseline_ms)},
                   {"ours_ms", or_null(row.ours_ms)},
                   {"ratio", or_null(row.ratio())},
                   {"at_least", t.at_least},
                   {"accuracy", or_null(row.accuracy)},
                   {"reached", or_null(row.reached())},
                   {"verdict", row.verdict()}});
  }
  return out;
}

std::string as_text(const std::vector<Row>& rows) {
  std::string out;
  for (const Row& row : rows)
    out += fmt::format("{}\n    against {}\n    {:>11} : {:>11} = {:>9}   at least {}   reached: {}\n",
                       row.target.row, row.target.against, time_text(row.baseline_ms), time_text(row.ours_ms),
                       ratio_text(row), demand(row.target), row.verdict());
  return out;
}

std::string as_markdown(const std::vector<Row>& rows) {
  std::string out =
      "| what | baseline | baseline's time | ours | ratio | at least | reached "
      "|\n|---|---|--:|--:|--:|--:|---|\n";
  for (const Row& row : rows)
    out += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", row.target.row, row.target.against,
                       time_text(row.baseline_ms), time_text(row.ours_ms), ratio_text(row),
                       demand(row.target), row.verdict());
  return out;
}

}  // namespace gronwall::bench
