// Puts the results of the benchmark programs together.
//
// usage: gronwall_bench_summary DIRECTORY RESULT...
//   RESULT     what a benchmark program wrote with --benchmark_out
//   DIRECTORY  where record.json (Google Benchmark's format, with the table and the fits), record.md and the
//   gnuplot script
//              plot.gp go; plot.gp draws its diagrams into the directory in which it runs
// All that was measured, the fits and the table go to standard output.
#include <algorithm>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "support/summary/canvas.hpp"
#include "support/summary/growth.hpp"
#include "support/summary/measurement.hpp"
#include "support/summary/rows.hpp"

namespace gronwall::bench {
namespace {

void write(const std::string& path, const std::string& text) {
  std::ofstream out(path);
  out << text;
  if (!out.flush()) throw std::runtime_error("'" + path + "' cannot be written.");
}

std::string all_measurements(const Results& results) {
  std::string out = fmt::format("{:<20} {:<8} {:<24} {:>5} {:<16} {:>12} {:>8} {:>10} {:>9}\n", "kind",
                                "backend", "method", "n", "setting", "ms", "products", "error", "peak kB");
  for (const Measurement& m : results.measurements()) {
    out += fmt::format("{:<20} {:<8} {:<24} {:>5} {:<16} ", m.name.kind, m.name.backend, m.name.method,
                       m.name.width.substr(2), m.name.setting);
    if (m.milliseconds.empty()) {
      out += fmt::format("{:>12} {}\n", "-", m.left_out);
      continue;
    }
    const auto text = [](const std::optional<double>& value, const char* format) {
      return value ? fmt::format(fmt::runtime(format), *value) : std::string("-");
    };
    const auto products = m.counter("products") ? m.counter("products") : m.counter("right_hand_sides");
    out += fmt::format("{:>12.4g} {:>8} {:>10} {:>9}\n", m.median(), text(products, "{:.0f}"),
                       text(m.accuracy(), "{:.2e}"), text(m.counter("peak_kb"), "{:.0f}"));
  }
  return out;
}

template <class T>
std::size_t place(std::vector<T>& list, const T& item) {
  const auto found = std::find(list.begin(), list.end(), item);
  if (found != list.end()) return static_cast<std::size_t>(found - list.begin());
  list.push_back(item);
  return list.size() - 1;
}

bool has_errors(const Measurement& m, const std::string& kind) {
  const auto error = m.counter("error");
  return m.name.kind == kind && !m.milliseconds.empty() && !m.counter("radius") && error && *error > 0;
}

/// Time against the error that was reached, of one kind: a row of panels for each backend, a column for each
/// width, a line for each method. What was proved (a radius) has no place in it.
Canvas work_and_precision(const Results& results, const std::string& kind) {
  std::vector<std::string> backends, methods;
  std::set<int> widths;
  for (const Measurement& m : results.measurements())
    if (has_errors(m, kind)) {
      place(backends, m.name.backend), place(methods, m.name.method);
      widths.insert(std::stoi(m.name.width.substr(2)));
    }
  Canvas canvas{"Work and precision, " + kind, {}, widths.size(), {}};
  std::map<std::size_t, Panel> panels;
  for (const Measurement& m : results.measurements()) {
    if (!has_errors(m, kind)) continue;
    const auto column = std::distance(widths.begin(), widths.find(std::stoi(m.name.width.substr(2))));
    const std::size_t cell =
        place(backends, m.name.backend) * widths.size() + static_cast<std::size_t>(column);
    const std::size_t method = place(methods, m.name.method);
    Panel& panel = panels
                       .try_emplace(cell, Panel{fmt::format("{}, {}", m.name.backend, m.name.width),
                                                "relative error",
                                                "milliseconds",
                                                {},
                                                true,
                                                cell})
                       .first->second;
    auto line = std::find_if(panel.lines.begin(), panel.lines.end(),
                             [&](const PlotLine& l) { return l.style == method; });
    if (line == panel.lines.end()) line = panel.lines.insert(line, {m.name.method, method, {}});
    line->points.emplace_back(*m.counter("error"), m.median());
  }
  for (auto& [cell, panel] : panels) {
    for (PlotLine& line : panel.lines) std::sort(line.points.begin(), line.points.end());
    canvas.panels.push_back(std::move(panel));
  }
  for (std::size_t k = 0; k < methods.size(); ++k) canvas.shared.push_back({methods[k], k, {}});
  return canvas;
}

/// The kinds that are measured against a tolerance.
std::vector<std::string> kinds_with_tolerances(const Results& results) {
  std::vector<std::string> out;
  for (const Measurement& m : results.measurements())
    if (has_errors(m, m.name.kind) && m.name.number("tol")) place(out, m.name.kind);
  return out;
}

Panel panel_of(const Growth& growth) {
  Panel out{growth.curve.title,
            growth.curve.variable,
            growth.curve.over.empty() ? "milliseconds" : "times faster",
            {},
            false};
  for (const Line& line : growth.lines)
    out.lines.push_back(
        {line.label +
             (line.exponent ? fmt::format("  ~ {}^{:.2f}", growth.curve.variable, *line.exponent) : ""),
         out.lines.size(), line.points});
  return out;
}

/// The row, and its baseline where another row is called the same.
std::string label_of(const Row& row, const std::vector<Row>& table) {
  const auto same = std::count_if(table.begin(), table.end(),
                                  [&row](const Row& other) { return other.target.row == row.target.row; });
  return same == 1 ? row.target.row : row.target.row + ", against " + row.target.against;
}

std::string plots(const Results& results, const std::vector<Row>& table, const std::vector<Growth>& growths) {
  std::string out;
  for (const std::string& kind : kinds_with_tolerances(results)) {
    const Canvas canvas = work_and_precision(results, kind);
    if (!canvas.panels.empty()) out += script(canvas, "work-precision-" + kind);
  }
  Canvas all{"How times grow", {}, 3, {}};
  for (const Growth& growth : growths) {
    if (growth.lines.empty()) continue;
    Panel panel = panel_of(growth);
    if (!growth.curve.file.empty()) out += script(Canvas{"", {panel}, 1, {}}, growth.curve.file);
    panel.place = all.panels.size();
    all.panels.push_back(std::move(panel));
  }
  all.across = std::min<std::size_t>(3, all.panels.size());
  if (!all.panels.empty()) out += script(all, "growth");
  std::vector<Bar> bars;
  for (const Row& row : table)
    if (row.ratio())
      bars.push_back(
          {label_of(row, table), *row.ratio(), row.target.at_least, row.reached().value_or(false)});
  if (!bars.empty())
    out += script("How many times faster than the baseline", "ratio of times", bars, "targets");
  return out;
}

std::string markdown(const Results& results, const Json& context, const std::vector<Row>& table,
                     const std::vector<Growth>& growths) {
  const auto said = [&context](const char* key) { return context.value(key, std::string("unknown")); };
  std::string out = fmt::format(
      "# Benchmarks\n\nWritten by `./run bench` ({} profile, {} measurements). {}, {} processors; {}; `{}`; "
      "commit {}; {}.\n\n",
      said("profile"), results.measurements().size(), said("cpu"), context.value("num_cpus", 0),
      said("compiler"), said("flags"), said("commit"), said("date"));
  out +=
      "Each row was measured in one run, the baseline in the same program; times are medians where a "
      "benchmark ran more "
      "than once.\n\n";
  out += as_markdown(table);
  if (!growths.empty()) out += "\n## How times grow\n\n```\n" + as_text(growths) + "```\n";
  return out;
}

void summarise(const std::string& directory, const std::vector<std::string>& paths) {
  Results results(paths);
  if (results.measurements().empty()) throw std::runtime_error("Nothing was measured.");
  const std::vector<Row> table = rows(results);
  const std::vector<Growth> growth = growths(results);
  Json& record = results.record();
  record["table"] = as_json(table);
  record["growth"] = as_json(growth);
  write(directory + "/record.json", record.dump(1) + "\n");
  write(directory + "/record.md", markdown(results, record["context"], table, growth));
  write(directory + "/plot.gp", plots(results, table, growth));
  std::cout << all_measurements(results) << "\n== How times grow\n"
            << as_text(growth) << "\n== The table\n"
            << as_text(table);
}

}  // namespace
}  // namespace gronwall::bench

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: gronwall_bench_summary DIRECTORY RESULT...\n";
    return 4;
  }
  try {
    gronwall::bench::summarise(argv[1], {argv + 2, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 3;
  }
}
