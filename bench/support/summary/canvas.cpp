#include "support/summary/canvas.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

namespace gronwall::bench {
namespace {

// In pixels. Every panel has a margin of its own, so that nothing ever lies on anything else.
constexpr double panel_wide = 440, plot_high = 270, left = 88, right = 20, above = 40, below = 58;
constexpr double heading = 50, entry_high = 19, entry_wide = 320, foot = 12;

/// Colours that colour-blind readers tell apart (Okabe and Ito), then the same dashed.
std::string style(std::size_t k) {
  static const char* const colours[]{"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                     "#E69F00", "#56B4E9", "#000000", "#8C6D31"};
  static const int points[]{7, 5, 9, 11, 13, 4, 6, 8};
  return fmt::format("lc rgb '{}' dt {} pt {} ps 0.7 lw 1.6", colours[k % 8], 1 + k / 8,
                     points[(k + k / 8) % 8]);
}

/// For gnuplot's single quotes, with its markup off.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += c;
    out += c;
  }
  return out + "'";
}

/// Never in double quotes, in which gnuplot lets a shell run what stands between backticks.
std::string two_lines(const std::string& first, const std::string& second) {
  return quoted(first) + ".\"\\n\"." + quoted(second);
}

std::string terminal(const std::string& ending, double wide, double high) {
  return fmt::format("set terminal {} size {:.0f},{:.0f} font 'sans,12'{}\n",
                     ending == "svg" ? "svg dynamic" : "pngcairo", wide, high,
                     ending == "svg" ? " background rgb 'white'" : "");
}

std::size_t columns_of_legend(double wide) {
  return std::max<std::size_t>(1, static_cast<std::size_t>(wide / entry_wide));
}

double legend_high(std::size_t entries, double wide) {
  const std::size_t columns = columns_of_legend(wide), lines = (entries + columns - 1) / columns;
  return 18 + entry_high * static_cast<double>(lines);
}

/// A box of the picture, in its fractions.
std::string margins(double x0, double x1, double y0, double y1) {
  return fmt::format(
      "set lmargin at screen {:.5f}\nset rmargin at screen {:.5f}\nset bmargin at screen {:.5f}\n"
      "set tmargin at screen {:.5f}\n",
      x0, x1, y0, y1);
}

/// A legend in the box that was set, by a plot that is empty otherwise.
std::string legend(const std::vector<PlotLine>& lines, double wide) {
  std::string out = fmt::format(
      "unset border\nunset tics\nunset title\nunset xlabel\nunset ylabel\nset xrange [1:10]\nset yrange "
      "[1:10]\n"
      "set key noenhanced inside center center horizontal Left reverse maxcols {} width 1 samplen 2.5 font "
      "',11'\n"
      "plot NaN notitle",
      columns_of_legend(wide));
  for (const PlotLine& line : lines)
    out += fmt::format(", keyentry with linespoints {} title {}", style(line.style), quoted(line.label));
  return out + "\nset border\nset tics font ',10'\nunset key\n";
}

std::pair<double, double> range(const Panel& panel, double std::pair<double, double>::*axis) {
  double least = HUGE_VAL, most = 0;
  for (const PlotLine& line : panel.lines)
    for (const auto& point : line.points)
      least = std::min(least, point.*axis), most = std::max(most, point.*axis);
  const double widened = most < 10 * least ? std::sqrt(10 * least / most) : 1;
  const double margin = 1.15 * std::pow(most / least, 0.04) * widened;
  return {least / margin, most * margin};
}

std::string axis_format(const std::pair<double, double>& range) {
  return range.first >= 1e-3 && range.second < 2e5 ? "%g" : "10^{%T}";
}

/// Ticks at powers of ten, six or so, or, on an axis of less than two of them, at 1, 2 and 5 as well.
std::string ticks(const char* axis, const std::pair<double, double>& range) {
  const double decades = std::log10(range.second / range.first);
  const int step = std::max(1, static_cast<int>(std::lround(decades / 6)));
  std::string places;
  for (int power = static_cast<int>(std::floor(std::log10(range.first))); power <= std::log10(range.second);
       ++power)
    for (const int digit : {1, 2, 5})
      if (power % step == 0 && (digit == 1 || (decades < 2 && axis_format(range) == "%g")))
        places += fmt::format("{}{}e{}", places.empty() ? "" : ", ", digit, power);
  return fmt::format("set {}tics ({})\n", axis, places);
}

/// Ticks where the points are, if these are few.
std::string ticks_at_points(const Panel& panel, const std::pair<double, double>& range) {
  std::set<double> places;
  for (const PlotLine& line : panel.lines)
    for (const auto& point : line.points) places.insert(point.first);
  if (places.size() > 7) return ticks("x", range);
  std::string list;
  for (const double place : places) list += fmt::format("{}{:g}", list.empty() ? "" : ", ", place);
  return fmt::format("set xtics ({})\n", list);
}

std::string plot(const Panel& panel) {
  const auto x = range(panel, &std::pair<double, double>::first),
             y = range(panel, &std::pair<double, double>::second);
  std::string out =
      fmt::format("set title {} noenhanced font ',{}' offset 0,-0.4\nset xlabel {}\nset ylabel {}\n",
                  quoted(panel.title), panel.title.size() > 46 ? 9 : 12, quoted(panel.x), quoted(panel.y));
  out += fmt::format("set xrange [{:g}:{:g}]\nset yrange [{:g}:{:g}]\n", panel.falling ? x.second : x.first,
                     panel.falling ? x.first : x.second, y.first, y.second);
  out += fmt::format("set format x '{}'\nset format y '{}'\n", axis_format(x), axis_format(y));
  out += (panel.falling ? ticks("x", x) : ticks_at_points(panel, x)) + ticks("y", y);
  std::string blocks, list;
  for (const PlotLine& line : panel.lines) {
    const std::string block = fmt::format("$d{}", &line - panel.lines.data());
    blocks += block + " << EOD\n";
    for (const auto& [at, value] : line.points) blocks += fmt::format("{:.6g} {:.6g}\n", at, value);
    blocks += "EOD\n";
    list +=
        fmt::format("{}{} with linespoints {} notitle", list.empty() ? "" : ", ", block, style(line.style));
  }
  return blocks + out + "plot " + list;
}

}  // namespace

std::string script(const Canvas& canvas, const std::string& image, const std::string& ending) {
  std::vector<std::size_t> lines;  // of the fullest panel, row by row
  for (const Panel& panel : canvas.panels) {
    const std::size_t row = panel.place / canvas.across;
    lines.resize(std::max(lines.size(), row + 1));
    lines[row] = std::max(lines[row], panel.lines.size());
  }
  const bool shared = !canvas.shared.empty();
  const double wide = panel_wide * static_cast<double>(canvas.across);
  std::vector<double> tops{0};  // of the rows, downwards from the first
  for (const std::size_t count : lines)
    tops.push_back(tops.back() + above + plot_high + below +
                   (shared ? 0 : legend_high(count, panel_wide - left - right)));
  const double shared_high = shared ? legend_high(canvas.shared.size(), wide) : 0;
  const double head = canvas.title.empty() ? 8 : heading;
  const double high = head + tops.back() + shared_high + foot;
  std::string out;
  out += terminal(ending, wide, high) + fmt::format("set output '{}.{}'\n", image, ending);
  out +=
      "set logscale xy\nset tics font ',10'\nset grid lt 1 lw 0.8 lc rgb '#c8c8c8'\nunset key\nset "
      "multiplot\n";
  out += fmt::format("set label 1 {} noenhanced at screen 0.5,{:.4f} center font ',15'\n",
                     quoted(canvas.title), 1 - heading / 2 / high);
  for (const Panel& panel : canvas.panels) {
    const std::size_t row = panel.place / canvas.across;
    const double x0 = panel_wide * static_cast<double>(panel.place % canvas.across) + left;
    const double x1 = x0 - left + panel_wide - right;
    const double y1 = high - head - tops[row] - above;
    const double y0 = y1 - plot_high;
    out += margins(x0 / wide, x1 / wide, y0 / high, y1 / high) + plot(panel) + "\nunset label 1\n";
    if (!shared) {
      const double top = y0 - below;
      out +=
          margins(x0 / wide, x1 / wide, (top - legend_high(panel.lines.size(), x1 - x0)) / high, top / high);
      out += legend(panel.lines, x1 - x0);
    }
  }
  if (shared)
    out += margins(0, 1, foot / 2 / high, (foot / 2 + shared_high) / high) + legend(canvas.shared, wide);
  out += "unset multiplot\nset output\nreset\n";
  return out;
}

std::string script(const std::string& title, const std::string& x, const std::vector<Bar>& bars,
                   const std::string& image, const std::string& ending) {
  constexpr double bar_high = 38, labels = 500, wide = 1080, top = 80, bottom = 60;
  const double high = top + bottom + bar_high * static_cast<double>(bars.size());
  double most = 10, least = 1;
  for (const Bar& bar : bars)
    most = std::max({most, bar.value, bar.mark}), least = std::min(least, bar.value);
  least = std::max(0.5 * least, 0.01);
  std::string data, names, numbers;
  for (std::size_t k = 0; k < bars.size(); ++k) {
    const Bar& bar = bars[k];
    const double at = static_cast<double>(bars.size() - k), value = std::max(bar.value, least);
    data += fmt::format("{:g} {:g} {:g} {}\n", at, value, bar.mark, bar.reached ? 1 : 0);
    names += fmt::format("{}{} {:g}", k == 0 ? "" : ", ", two_lines(bar.label, bar.against), at);
    numbers += fmt::format("set label {} {} at {:g},{:g} left offset 0.6,0 font ',11'\n", k + 1,
                           quoted(bar.number), std::max(value, bar.mark), at);
  }
  std::string out = "$bars << EOD\n" + data + "EOD\n";
  out += terminal(ending, wide, high) + fmt::format("set output '{}.{}'\n", image, ending);
  out += fmt::format(
      "set title {} noenhanced font ',15' offset 0,1.2\nset xlabel {}\nset logscale x\n"
      "set xrange [{:g}:{:g}]\nset format x '%g'\n",
      quoted(title), quoted(x), least, most * 6);
  out += fmt::format(
      "set yrange [0.4:{:g}]\nset ytics noenhanced scale 0 font ',10' ({})\n"
      "set grid x lt 1 lw 0.8 lc rgb '#c8c8c8'\n",
      static_cast<double>(bars.size()) + 0.6, names);
  out += fmt::format(
      "set lmargin at screen {:.4f}\nset rmargin at screen 0.98\nset tmargin at screen {:.4f}\n"
      "set bmargin at screen {:.4f}\n",
      labels / wide, 1 - top / high, bottom / high);
  out += fmt::format("set key at screen {:.4f},{:.4f} center top horizontal font ',11'\n",
                     (1 + labels / wide) / 2 - 0.01, 1 - 42 / high);
  out += "set style fill solid 0.8 noborder\n" + numbers;
  const std::string bar = fmt::format(
      "$bars using ({0:g}):1:({0:g}):($4 == {{}} ? $2 : 1/0):($1-0.3):($1+0.3) with boxxyerror lc rgb '{{}}' "
      "title '{{}}'",
      least);
  out += "plot " + fmt::format(fmt::runtime(bar), 1, "#009E73", "reached") + ", " +
         fmt::format(fmt::runtime(bar), 0, "#D55E00", "not reached") +
         ", $bars using 3:($1-0.38):(0):(0.76) with vectors nohead lc rgb 'black' lw 2.5 title 'at least'\n";
  return out + "set output\nreset\n";
}

}  // namespace gronwall::bench
