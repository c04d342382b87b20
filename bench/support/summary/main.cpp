// Puts the results of the benchmark programs together.
//
// usage: gronwall_bench_summary DIRECTORY RESULT...
//   RESULT     what a benchmark program wrote with --benchmark_out
//   DIRECTORY  where record.json (Google Benchmark's format, with the table and the fits), record.md and the
//              gnuplot scripts svg.gp and png.gp go, which draw into the directory in which they run
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

/// Whether a measurement belongs into the diagram of its kind. What was measured for an error (error=1e-6) is
/// drawn by a curve of its own.
bool has_errors(const Measurement& m, const std::string& kind) {
  const auto error = m.counter("error");
  return m.name.kind == kind && !m.milliseconds.empty() && !m.counter("radius") && error && *error > 0 &&
         m.name.setting.rfind("error=", 0) != 0;
}

/// "Forward solve, 16 samples" for samples-16.
std::string title_of(const std::string& kind) {
  if (kind == "forward") return "Forward solve of 16 samples";
  if (kind == "gradient") return "Gradient in all parameters, 16 samples";
  if (kind.rfind("samples-", 0) == 0)
    return "Forward solve, " + kind.substr(8) + (kind == "samples-1" ? " sample" : " samples");
  return "Work and precision, " + kind;
}

/// Time against the error that was reached, of one kind: a row of panels for each backend, a column for each
/// width (one row alone where there is one width), a line for each method, dashed for its discrete gradient.
/// What was proved (a radius) has no place in it.
Canvas work_and_precision(const Results& results, const std::string& kind) {
  constexpr std::size_t dashed = 16;
  const std::string discrete = "discrete-";
  std::vector<std::string> backends, methods, families;
  std::set<int> widths;
  for (const Measurement& m : results.measurements())
    if (has_errors(m, kind)) {
      place(backends, m.name.backend), place(methods, m.name.method);
      widths.insert(std::stoi(m.name.width.substr(2)));
    }
  const auto style_of = [&](const std::string& method) {
    const bool is_discrete = method.rfind(discrete, 0) == 0;
    return place(families, is_discrete ? method.substr(discrete.size()) : method) +
           (is_discrete ? dashed : 0);
  };
  Canvas canvas{title_of(kind), {}, widths.size() == 1 ? backends.size() : widths.size(), {}};
  for (const std::string& method : methods) canvas.shared.push_back({method, style_of(method), {}});
  std::map<std::size_t, Panel> panels;
  for (const Measurement& m : results.measurements()) {
    if (!has_errors(m, kind)) continue;
    const int n = std::stoi(m.name.width.substr(2));
    const std::size_t cell = place(backends, m.name.backend) * widths.size() +
                             static_cast<std::size_t>(std::distance(widths.begin(), widths.find(n)));
    const std::size_t style = style_of(m.name.method);
    Panel& panel = panels
                       .try_emplace(cell, Panel{fmt::format("{}, n = {}", called(m.name.backend), n),
                                                "relative error",
                                                "milliseconds",
                                                {},
                                                true,
                                                cell})
                       .first->second;
    auto line = std::find_if(panel.lines.begin(), panel.lines.end(),
                             [&](const PlotLine& l) { return l.style == style; });
    if (line == panel.lines.end()) line = panel.lines.insert(line, {m.name.method, style, {}});
    line->points.emplace_back(*m.counter("error"), m.median());
  }
  for (auto& [cell, panel] : panels) {
    for (PlotLine& line : panel.lines) std::sort(line.points.begin(), line.points.end());
    canvas.panels.push_back(std::move(panel));
  }
  return canvas;
}

/// The kinds that are measured against a tolerance.
std::vector<std::string> kinds_with_tolerances(const Results& results) {
  std::vector<std::string> out;
  for (const Measurement& m : results.measurements())
    if (has_errors(m, m.name.kind) && m.name.number("tol")) place(out, m.name.kind);
  return out;
}

/// What an axis says of a variable.
std::string axis(const std::string& variable) {
  static const std::map<std::string, std::string> known{{"n", "n, the width"},
                                                        {"N", "N, the number of samples"},
                                                        {"L", "L, the number of layers"},
                                                        {"depth", "L, the number of layers"},
                                                        {"digits", "decimal digits of the numbers"},
                                                        {"accuracy", "decimal digits asked for"},
                                                        {"D", "decimal digits asked for"},
                                                        {"error", "relative error reached"}};
  const auto found = known.find(variable);
  return found == known.end() ? variable : found->second;
}

Panel panel_of(const Growth& growth) {
  const bool falling = growth.curve.variable == "error";
  Panel out{growth.curve.title,
            axis(growth.curve.variable),
            growth.curve.over.empty() ? "milliseconds" : "times faster",
            {},
            falling};
  for (const Line& line : growth.lines)
    out.lines.push_back(
        {line.label + (line.exponent ? "  ~ " + power(growth.curve.variable, *line.exponent) : ""),
         out.lines.size(), line.points});
  return out;
}

/// The diagrams of one file beside each other: those of `file`, or, where it is empty, all that have none.
Canvas canvas_of(const std::vector<Growth>& growths, const std::string& file) {
  Canvas canvas{file.empty() ? "How times grow" : "", {}, 3, {}};
  for (const Growth& growth : growths) {
    if (growth.lines.empty() || growth.curve.file != file) continue;
    Panel panel = panel_of(growth);
    panel.place = canvas.panels.size();
    canvas.panels.push_back(std::move(panel));
  }
  canvas.across = std::min<std::size_t>(3, canvas.panels.size());
  return canvas;
}

/// A gnuplot script for all diagrams, as images of one kind: svg or png.
std::string plots(const Results& results, const std::vector<Row>& table, const std::vector<Growth>& growths,
                  const std::string& ending) {
  std::string out;
  for (const std::string& kind : kinds_with_tolerances(results)) {
    const Canvas canvas = work_and_precision(results, kind);
    if (!canvas.panels.empty()) out += script(canvas, "work-precision-" + kind, ending);
  }
  std::set<std::string> files{""};
  for (const Growth& growth : growths) files.insert(growth.curve.file);
  for (const std::string& file : files) {
    const Canvas canvas = canvas_of(growths, file);
    if (!canvas.panels.empty()) out += script(canvas, file.empty() ? "growth" : file, ending);
  }
  std::vector<Bar> bars;
  for (const Row& row : table)
    if (row.ratio())
      bars.push_back({row.target.row, "against " + row.target.against, three_digits(*row.ratio()) + " x",
                      *row.ratio(), row.target.at_least, row.reached().value_or(false)});
  if (!bars.empty())
    out += script("How many times faster than the baseline", "ratio of times", bars, "targets", ending);
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

/// JSON with each measurement, row and curve on a line of its own: two records can be compared by eye too.
std::string one_a_line(const Json& record) {
  std::string out = "{\n";
  for (const auto& [key, value] : record.items()) {
    out += (out.size() > 2 ? ",\n" : "") + Json(key).dump() + ": ";
    if (!value.is_array()) {
      out += value.dump(1);
      continue;
    }
    for (const Json& item : value) out += (&item == &value.front() ? "[\n " : ",\n ") + item.dump();
    out += value.empty() ? "[]" : "\n]";
  }
  return out + "\n}\n";
}

void summarise(const std::string& directory, const std::vector<std::string>& paths) {
  Results results(paths);
  if (results.measurements().empty()) throw std::runtime_error("Nothing was measured.");
  const std::vector<Row> table = rows(results);
  const std::vector<Growth> growth = growths(results);
  Json& record = results.record();
  record["table"] = as_json(table);
  record["growth"] = as_json(growth);
  write(directory + "/record.json", one_a_line(record));
  write(directory + "/record.md", markdown(results, record["context"], table, growth));
  for (const std::string ending : {"svg", "png"})
    write(directory + '/' + ending + ".gp", plots(results, table, growth, ending));
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
