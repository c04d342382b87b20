// Puts the results of the benchmark programs together: one JSON record, a table on standard output, and a
// gnuplot script of the work-precision diagrams.
//
// usage: gronwall_bench_summary RECORD PLOT IMAGE RESULT...
//   RECORD  the JSON record to write; PLOT the gnuplot script to write, which draws IMAGE.svg and IMAGE.png;
//   RESULT  what a benchmark program wrote with --benchmark_out.
#include <algorithm>
#include <exception>
#include <fstream>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace {

using Json = nlohmann::ordered_json;

/// "forward/double/dormand-prince-5/n=16/tol=1e-6/...": kind, backend, method, width, setting.
struct Name {
  std::string kind, backend, method, width, setting;
};

Name split(const std::string& text) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == '/')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  if (parts.size() < 5)
    throw std::runtime_error("The benchmark '" + text + "' is not named KIND/BACKEND/METHOD/n=N/SETTING.");
  return {parts[0], parts[1], parts[2], parts[3], parts[4]};
}

double milliseconds(const Json& run) {
  const std::string unit = run.at("time_unit");
  const double factor = unit == "ns" ? 1e-6 : unit == "us" ? 1e-3 : unit == "ms" ? 1 : 1e3;
  return factor * run.at("real_time").get<double>();
}

Json read(const std::string& path) {
  std::ifstream in(path);
  if (!in) throw std::runtime_error("'" + path + "' cannot be read.");
  return Json::parse(in);
}

void write(const std::string& path, const std::string& text) {
  std::ofstream out(path);
  out << text;
  if (!out.flush()) throw std::runtime_error("'" + path + "' cannot be written.");
}

/// One record: the context of the first program, and every measurement, its name in parts.
Json merge(const std::vector<std::string>& paths) {
  Json record;
  record["format"] = "gronwall-bench-record";
  record["version"] = 1;
  record["measurements"] = Json::array();
  for (const std::string& path : paths) {
    const Json result = read(path);
    if (!record.contains("context")) {
      record["context"] = result.at("context");
      // What names the machine is nobody's business.
      for (const char* key : {"host_name", "executable"}) record["context"].erase(key);
    }
    for (const Json& run : result.at("benchmarks")) {
      const Name name = split(run.at("name"));
      Json out = {{"kind", name.kind},
                  {"backend", name.backend},
                  {"method", name.method},
                  {"width", std::stoi(name.width.substr(2))},
                  {"setting", name.setting}};
      if (run.value("error_occurred", false)) {
        out["left_out"] = run.at("error_message");
      } else {
        out["milliseconds"] = milliseconds(run);
        for (const char* key :
             {"right_hand_sides", "steps", "rejected", "forward", "backward", "error", "radius",
              "ns_per_n2_step", "difference", "estimate", "multiply_adds", "nodes", "coefficients"})
          if (run.contains(key)) out[key] = run.at(key);
      }
      record["measurements"].push_back(out);
    }
  }
  return record;
}

double number(const Json& measurement, const char* key) { return measurement.at(key).get<double>(); }

/// What is known of the accuracy: an error that was reached; of a certified solution, the radius that was
/// proved; of a kernel, its difference from another route's, or its own estimate.
double accuracy(const Json& measurement) {
  for (const char* key : {"radius", "error", "difference"})
    if (measurement.contains(key)) return number(measurement, key);
  return number(measurement, "estimate");
}

void print_table(const Json& record) {
  fmt::print("{:<18} {:<8} {:<24} {:>5} {:<14} {:>12} {:>8} {:>10}\n", "kind", "backend", "method", "n",
             "setting", "ms", "f calls", "error");
  for (const Json& m : record.at("measurements")) {
    const auto text = [&m](const char* key) { return m.at(key).get<std::string>(); };
    fmt::print("{:<18} {:<8} {:<24} {:>5} {:<14} ", text("kind"), text("backend"), text("method"),
               m.at("width").get<int>(), text("setting"));
    if (m.contains("left_out")) {
      fmt::print("{:>12} {}\n", "-", text("left_out"));
      continue;
    }
    const std::string calls =
        m.contains("right_hand_sides") ? fmt::format("{:.0f}", number(m, "right_hand_sides")) : "-";
    fmt::print("{:>12.4g} {:>8} {:>10.2e}\n", number(m, "milliseconds"), calls, accuracy(m));
  }
}

/// Of the errors that were reached; what was proved has no place in it. Panels by kind and backend (down) and
/// width (across); a curve a method, error against time.
std::string plot(const Json& record, const std::string& image) {
  using Curves = std::map<std::string, std::string>;
  std::map<std::pair<std::string, int>, Curves> panels;
  std::vector<std::string> rows, methods;
  std::vector<int> widths;
  const auto remember = [](auto& list, const auto& item) {
    for (const auto& known : list)
      if (known == item) return;
    list.push_back(item);
  };
  for (const Json& m : record.at("measurements")) {
    if (m.contains("left_out") || !m.contains("error") || m.contains("radius") ||
        !(m.at("error").get<double>() > 0))
      continue;
    const std::string row = m.at("kind").get<std::string>() + ", " + m.at("backend").get<std::string>();
    const std::string method = m.at("method");
    remember(rows, row);
    remember(methods, method);
    remember(widths, m.at("width").get<int>());
    panels[{row, m.at("width").get<int>()}][method] +=
        fmt::format("{:.6g} {:.6g}\n", m.at("error").get<double>(), m.at("milliseconds").get<double>());
  }
  std::string out;
  int block = 0;
  std::map<std::pair<std::string, std::string>, int> blocks;
  for (const auto& [place, curves] : panels)
    for (const auto& [method, points] : curves) {
      out += fmt::format("$d{} << EOD\n{}EOD\n", ++block, points);
      blocks[{fmt::format("{}/{}", place.first, place.second), method}] = block;
    }
  std::string key;  // one entry a method, below the last panel
  for (std::size_t k = 0; k < methods.size(); ++k)
    key += fmt::format(", keyentry with linespoints lt {} pt {} lw 1.5 title '{}'", k + 1, k + 4, methods[k]);
  // The panels that have something to compare, row by row.
  std::vector<std::pair<std::string, int>> shown;
  for (const std::string& row : rows)
    for (const int width : widths) {
      const auto panel = panels.find({row, width});
      if (panel == panels.end()) continue;
      std::size_t points = 0;
      for (const auto& [method, lines] : panel->second)
        points += static_cast<std::size_t>(std::count(lines.begin(), lines.end(), '\n'));
      if (points > 1) shown.emplace_back(row, width);
    }
  if (shown.empty())
    return fmt::format(
        "set terminal svg\nset output '{0}.svg'\nset title 'No two methods reached an error.'\n"
        "plot [0:1] [0:1] -1 notitle\nset terminal pngcairo\nset output '{0}.png'\nreplot\n",
        image);
  const std::size_t across = std::min<std::size_t>(3, shown.size()),
                    down = (shown.size() + across - 1) / across;
  const std::size_t wide = 420 * across + 40, high = 360 * down + 190;
  const double bottom = 170.0 / static_cast<double>(high), top = 1 - 80.0 / static_cast<double>(high);
  for (const std::string ending : {"svg", "png"}) {
    out += fmt::format("set terminal {} size {},{} font 'sans,12'{}\n",
                       ending == "svg" ? "svg dynamic" : "pngcairo", wide, high,
                       ending == "svg" ? " background rgb 'white'" : "");
    out += fmt::format("set output '{}.{}'\n", image, ending);
    out +=
        "set logscale xy\nset xrange [*:*] reverse\nset format xy '10^{%T}'\nset tics font ',10'\n"
        "set grid lc rgb '#dddddd'\nunset key\n";
    out += fmt::format(
        "set multiplot layout {},{} margins 0.07,0.98,{:.3f},{:.3f} spacing 0.08,{:.3f} "
        "title 'Work and precision: time against the error reached'\n",
        down, across, bottom, top, 108.0 / static_cast<double>(high));
    for (const auto& panel : shown) {
      const bool last = &panel == &shown.back();
      out += fmt::format("set title '{}, n = {}'\nset xlabel 'relative error'\nset ylabel 'milliseconds'\n",
                         panel.first, panel.second);
      if (last) out += "set key at screen 0.5,0.01 bottom center maxrows 4\n";
      out += "plot ";
      std::string separator;
      for (std::size_t k = 0; k < methods.size(); ++k) {
        const auto found = blocks.find({fmt::format("{}/{}", panel.first, panel.second), methods[k]});
        if (found == blocks.end()) continue;
        out += fmt::format("{}$d{} with linespoints lt {} pt {} lw 1.5 notitle", separator, found->second,
                           k + 1, k + 4);
        separator = ", ";
      }
      out += (last ? key : "") + "\n";
    }
    out += "unset multiplot\nset output\nreset\n";
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) {
    std::cerr << "usage: gronwall_bench_summary RECORD PLOT IMAGE RESULT...\n";
    return 4;
  }
  try {
    const Json record = merge({argv + 4, argv + argc});
    if (record.at("measurements").empty()) throw std::runtime_error("Nothing was measured.");
    write(argv[1], record.dump(1) + "\n");
    write(argv[2], plot(record, argv[3]));
    print_table(record);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 3;
  }
}
