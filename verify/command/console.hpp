#pragma once

#include <string>

#include "verify/engine/result.hpp"

namespace gronwall::verify {

/// Whether standard output takes colours: a terminal, neither --no-color nor NO_COLOR.
bool colours(bool no_color);

/// One line for each claim (verdict, id, cases, how many of them are decided by a proof, largest ratio,
/// reason) and how many there are of each verdict; then the counterexamples.
std::string summary(const Report& report, bool colour);

/// A progress line on standard error, if that is a terminal.
class Progress {
 public:
  Progress();
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void show(const std::string& finished, std::size_t done, std::size_t all);

 private:
  bool shown_;
};

/// A case on one line: "n = 2, phi = tanh, W = [1 0; 0.5 -1]".
std::string one_line(const Case& inputs);

/// A case, one input a line: "  W = [1 0; 0.5 -1]".
std::string readable(const Case& inputs);

/// A number for a person: at most six digits; "-" for NaN.
std::string readable(double x);

}  // namespace gronwall::verify
