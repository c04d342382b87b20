#include "support/summary/rows.hpp"

#include <stdexcept>

#include <fmt/format.h>

namespace gronwall::bench {
namespace {

Target target_of(const std::vector<std::string>& fields) {
  if (fields.size() != 9) throw std::runtime_error("A row of the table has not nine fields.");
  return {fields[0],
          fields[1],
          fields[2],
          fields[3],
          std::stod(fields[4]),
          std::stod(fields[5]),
          std::stod(fields[6]),
          std::stod(fields[7]),
          fields[8]};
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
  if (*reached()) return "reached";
  std::string out = "not reached";
  if (target.error > 0 && !(accuracy && *accuracy <= target.error))
    out += accuracy ? fmt::format(", the error is {:.1e}", *accuracy) : ", the error is unknown";
  return target.limit.empty() ? out : out + ": " + target.limit;
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
                   {"error_at_most", t.error > 0 ? Json(t.error) : Json()},
                   {"ms_at_most", t.within_ms > 0 ? Json(t.within_ms) : Json()},
                   {"accuracy", or_null(row.accuracy)},
                   {"reached", or_null(row.reached())},
                   {"verdict", row.verdict()}});
  }
  return out;
}

std::string summary(const std::vector<Row>& rows) {
  long reached = 0, short_of = 0, open = 0;
  for (const Row& row : rows) ++(!row.reached() ? open : *row.reached() ? reached : short_of);
  std::string out = fmt::format("{} of {} rows reached", reached, rows.size());
  if (short_of > 0) out += fmt::format(", {} not reached", short_of);
  if (open > 0) out += fmt::format(", {} not measured", open);
  return out + "\n";
}

std::string as_text(const std::vector<Row>& rows) {
  std::string out = fmt::format("{:<56} {:>10} {:>10}  {}\n", "what", "ratio", "at least", "stands");
  for (const Row& row : rows) {
    const Target& t = row.target;
    out += fmt::format("{:<56} {:>10} {:>10}  {}\n", t.row, ratio_text(row), three_digits(t.at_least) + " x",
                       row.verdict());
    out +=
        fmt::format("    {} : {}, against {}", time_text(row.baseline_ms), time_text(row.ours_ms), t.against);
    if (t.error > 0)
      out += fmt::format("; error {} of {:.0e}", row.accuracy ? fmt::format("{:.1e}", *row.accuracy) : "?",
                         t.error);
    if (t.within_ms > 0) out += fmt::format("; {} ms at most", three_digits(t.within_ms));
    out += '\n';
  }
  return out + summary(rows);
}

std::string as_markdown(const std::vector<Row>& rows) {
  std::string out =
      "| what | baseline | baseline's time | ours | ratio | at least | stands "
      "|\n|---|---|--:|--:|--:|--:|---|\n";
  for (const Row& row : rows)
    out += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", row.target.row, row.target.against,
                       time_text(row.baseline_ms), time_text(row.ours_ms), ratio_text(row),
                       demand(row.target), row.verdict());
  return out + "\n" + summary(rows);
}

}  // namespace gronwall::bench
