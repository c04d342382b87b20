#include "verify/formats/svg.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <memory>
#include <vector>

#include <fcntl.h>
#include <fmt/core.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace gronwall::verify {

namespace {

// Colours that gnuplot writes and the page replaces: text and axes, grid.
constexpr std::string_view ink = "#010203", grid = "#040506";
// Between 3:1 and 5:1 in contrast on white as well as on near-black; points differ in shape as well.
constexpr std::array<std::string_view, 6> colours{"#3f7fd1", "#c8722a", "#2e9468",
                                                  "#9b6bc9", "#d2535e", "#7f858c"};
constexpr std::array<int, 6> shapes{7, 5, 9, 13, 6, 4};

/// A string in gnuplot's single quotes.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (char c : text) {
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
    out += c;
    if (c == '\'') out += c;
  }
  return out + "'";
}

bool shows(double value, bool logarithmic) { return std::isfinite(value) && (!logarithmic || value > 0); }

struct Extent {
  double low = 0, high = 0;
  bool powers_of_two = true;
};

/// The points that both axes can show, as gnuplot reads them.
std::vector<std::string> data_blocks(const Plot& plot, Extent& x_extent, Extent& y_extent) {
  std::vector<std::string> blocks;
  bool first = true;
  const auto extend = [&first](Extent& extent, double value) {
    extent.low = first ? value : std::min(extent.low, value);
    extent.high = first ? value : std::max(extent.high, value);
    int exponent = 0;
    extent.powers_of_two = extent.powers_of_two && value > 0 && std::frexp(value, &exponent) == 0.5;
  };
  for (const Series& series : plot.series) {
    blocks.emplace_back();
    for (std::size_t i = 0; i < std::min(series.x.size(), series.y.size()); ++i) {
      if (!shows(series.x[i], plot.log_x) || !shows(series.y[i], plot.log_y)) continue;
      blocks.back() += fmt::format("{:.17g} {:.17g}\n", series.x[i], series.y[i]);
      extend(x_extent, series.x[i]);
      extend(y_extent, series.y[i]);
      first = false;
    }
  }
  return blocks;
}

std::string logarithmic_axis(char axis, const Extent& extent) {
  // Depths and widths mostly double: then the ticks are the points themselves.
  if (extent.powers_of_two && extent.low >= 1)
    return fmt::format("set logscale {} 2\nset format {} '%g'\n", axis, axis);
  // Within one decade the ticks are no powers of ten.
  const bool decades = extent.high >= 10 * extent.low && (extent.low < 0.01 || extent.high > 1000);
  return fmt::format("set logscale {} 10\nset format {} {}\n", axis, axis, decades ? "'10^{%L}'" : "'%g'");
}

/// The largest size, up to that of the other texts, in which the label fits along an axis of 250 pixels.
int fitting_size(const std::string& label) {
  const double width_of_a_letter = 0.5;
  // In UTF-8 the bytes 10xxxxxx go on with a letter.
  const auto letters = static_cast<double>(std::count_if(
      label.begin(), label.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
  return static_cast<int>(std::clamp(250 / (width_of_a_letter * std::max(letters, 1.0)), 9.0, 16.0));
}

/// Empty if there is nothing to draw.
std::string script(const Plot& plot) {
  Extent x_extent, y_extent;
  const std::vector<std::string> blocks = data_blocks(plot, x_extent, y_extent);
  std::string curves;
  std::string data;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (blocks[i].empty()) continue;
    const Series& series = plot.series[i];
    data += fmt::format("$data{} << END\n{}END\n", i, blocks[i]);
    const std::string_view style = !series.line ? "points" : series.x.size() > 60 ? "lines" : "linespoints";
    curves += fmt::format(
        "{}$data{} using 1:2 {} noenhanced with {} lc rgb '{}' {}", curves.empty() ? "" : ", ", i,
        series.name.empty() ? "title ''" : "title " + quoted(series.name), style, colours[i % colours.size()],
        style == "lines" ? "lw 2" : fmt::format("lw 2 pt {} ps 0.75", shapes[i % shapes.size()]));
  }
  if (curves.empty()) return "";
  std::string text = "set terminal svg size 480,360 dynamic enhanced font 'KaTeX_Main,serif,16' name 'gp'\n";
  text += "set encoding utf8\n";
  if (plot.log_x) text += logarithmic_axis('x', x_extent);
  if (plot.log_y) text += logarithmic_axis('y', y_extent);
  text += fmt::format("set xlabel {} noenhanced textcolor rgb '{}'\n", quoted(plot.x_label), ink);
  text += fmt::format("set ylabel {} noenhanced font ',{}' textcolor rgb '{}'\n", quoted(plot.y_label),
                      fitting_size(plot.y_label), ink);
  text += fmt::format("set border 3 lc rgb '{}'\nset tics nomirror scale 0.6 textcolor rgb '{}'\n", ink, ink);
  text += fmt::format(
      "set grid lc rgb '{}' lw 1 dt 1\nset key above left Left reverse noenhanced textcolor rgb '{}'\n", grid,
      ink);
  text += "set offsets graph 0.04, graph 0.04, graph 0.06, graph 0.06\n";
  return text + data + "plot " + curves + "\n";
}

/// What gnuplot writes to standard output; nothing if it cannot be run or fails.
std::optional<std::string> run_gnuplot(const std::string& commands) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> input(std::tmpfile(), &std::fclose);
  if (!input || std::fwrite(commands.data(), 1, commands.size(), input.get()) != commands.size() ||
      std::fflush(input.get()) != 0 || std::fseek(input.get(), 0, SEEK_SET) != 0)
    return std::nullopt;
  std::array<int, 2> output{};
  if (pipe2(output.data(), O_CLOEXEC) != 0) return std::nullopt;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, fileno(input.get()), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  std::string program = "gnuplot", defaults = "-d";
  std::array<char*, 3> arguments{program.data(), defaults.data(), nullptr};
  pid_t process = 0;
  const int error = posix_spawnp(&process, "gnuplot", &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(output[1]);
  std::string text;
  std::array<char, 65536> buffer{};
  ssize_t got = 0;
  while (error == 0 &&
         ((got = read(output[0], buffer.data(), buffer.size())) > 0 || (got < 0 && errno == EINTR)))
    if (got > 0) text.append(buffer.data(), static_cast<std::size_t>(got));
  close(output[0]);
  if (error != 0) return std::nullopt;
  int status = 0;
  while (waitpid(process, &status, 0) < 0)
    if (errno != EINTR) return std::nullopt;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return std::nullopt;
  return text;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

/// Removes whatever stands from `begin` to the next `end`, both included.
void remove_all(std::string& text, std::string_view begin, std::string_view end) {
  for (std::size_t at = text.find(begin); at != std::string::npos; at = text.find(begin, at)) {
    const std::size_t stop = text.find(end, at + begin.size());
    if (stop == std::string::npos) return;
    text.erase(at, stop + end.size() - at);
  }
}

/// Groups that hold nothing: gnuplot opens one at each change of its pen.
void remove_empty_groups(std::string& text) {
  const std::string_view empty = ">\n</g>\n";
  for (std::size_t at = text.find(empty); at != std::string::npos; at = text.find(empty, at)) {
    const std::size_t begin = text.rfind('<', at);
    if (text.compare(begin, 2, "<g") != 0) {  // the end of a group that holds something
      ++at;
      continue;
    }
    text.erase(begin, at + empty.size() - begin);
    at = begin;
  }
}

/// gnuplot's drawing made fit for a page: its own head goes, colours of ink come from the page.
std::string fitted(std::string svg, const Plot& plot, const std::string& id) {
  const std::size_t begin = svg.find("<g id=\"gnuplot_canvas\">"), end = svg.rfind("</svg>");
  if (begin == std::string::npos || end == std::string::npos) return "";
  svg = svg.substr(begin, end - begin);
  replace_all(svg, "<g id=\"gnuplot_canvas\">", "<g>");
  remove_all(svg, "\t<filter ", "</filter>\n");
  // The legend names the curves; gnuplot's copies of the names as tooltips are not needed.
  for (std::size_t at = svg.find("\t<g id=\"gp_plot_"); at != std::string::npos;
       at = svg.find("\t<g id=\"gp_plot_", at))
    svg.replace(at, svg.find('\n', at) - at, "\t<g>");
  remove_empty_groups(svg);
  for (std::string_view quote : {"'", "\""}) {
    const std::string q(quote);
    for (std::string_view written : {"rgb(  1,   2,   3)", "rgb(1,2,3)", "black"}) {
      for (std::string_view attribute : {"stroke=", "fill=", "color="})
        replace_all(svg, fmt::format(" {}{}{}{}", attribute, q, written, q),
                    fmt::format(" {}{}currentColor{}", attribute, q, q));
    }
    replace_all(svg, fmt::format("{}rgb(  4,   5,   6){}", q, q),
                fmt::format("{}currentColor{} stroke-opacity={}0.18{}", q, q, q, q));
  }
  replace_all(svg, "id='gp", "id='" + id + "-gp");
  replace_all(svg, "href='#gp", "href='#" + id + "-gp");
  return fmt::format(
      "<svg viewBox=\"0 0 480 360\" role=\"img\" aria-labelledby=\"{0}-title {0}-desc\"><title "
      "id=\"{0}-title\">{1}</title>"
      "<desc id=\"{0}-desc\">{2}</desc>\n{3}</svg>\n",
      id, escape_html(plot.title), escape_html(plot.caption), svg);
}

}  // namespace

std::optional<std::string> draw(const Plot& plot, const std::string& id) {
  const std::string commands = script(plot);
  if (commands.empty()) return std::nullopt;
  const std::optional<std::string> drawn = run_gnuplot(commands);
  if (!drawn) return std::nullopt;
  const std::string svg = fitted(*drawn, plot, id);
  if (svg.empty()) return std::nullopt;
  return svg;
}

std::string escape_html(const std::string& text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\t' ? ' ' : c;
    }
  }
  return out;
}

}  // namespace gronwall::verify
