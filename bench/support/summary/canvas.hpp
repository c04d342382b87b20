#pragma once

#include <string>
#include <utility>
#include <vector>

namespace gronwall::bench {

/// One line of a panel.
struct PlotLine {
  std::string label;
  std::size_t style;  ///< lines that mean the same thing have the same style in all panels
  std::vector<std::pair<double, double>> points;
};

/// A diagram with two logarithmic axes.
struct Panel {
  std::string title, x, y;
  std::vector<PlotLine> lines;
  bool falling = false;   ///< the largest x on the left
  std::size_t place = 0;  ///< cells are counted row by row; no two panels in one
};

/// Panels in rows of `across`, with the legend below each of them, or, if `shared` names all lines, once
/// below them all.
struct Canvas {
  std::string title;
  std::vector<Panel> panels;
  std::size_t across = 3;
  std::vector<PlotLine> shared;  ///< without points
};

/// A gnuplot script that draws IMAGE.ENDING, svg or png.
std::string script(const Canvas& canvas, const std::string& image, const std::string& ending);

/// A bar of a horizontal bar chart with a logarithmic axis, and the mark that it is to reach.
struct Bar {
  std::string label, against, number;  ///< two lines on the left, and what stands at the bar's end
  double value, mark;
  bool reached;
};

/// The same for bars.
std::string script(const std::string& title, const std::string& x, const std::vector<Bar>& bars,
                   const std::string& image, const std::string& ending);

}  // namespace gronwall::bench
