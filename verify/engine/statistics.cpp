#include "verify/engine/statistics.hpp"

#include <cmath>

#include <gronwall/real/error.hpp>

namespace gronwall::verify {

namespace {

/// P(|t| < s), with theta = arctan(s/sqrt(degrees)).
double student_inside(double s, long degrees) {
  const double theta = std::atan(s / std::sqrt(static_cast<double>(degrees)));
  const double cosine = std::cos(theta), sine = std::sin(theta);
  const bool odd = degrees % 2 == 1;
  double term = odd ? cosine : 1, sum = 0;
  for (long k = odd ? 1 : 0; k <= degrees - 2; k += 2) {
    sum += term;
    term *= static_cast<double>(k + 1) / static_cast<double>(k + 2) * cosine * cosine;
  }
  return odd ? (theta + sine * sum) / std::acos(0.0) : sine * sum;
}

/// Where the falling function `outside_of` takes the value `outside`.
template <class Function>
double bisect(double outside, const Function& outside_of) {
  double low = 0, high = 1;
  while (outside_of(high) > outside && high < 1e300) high *= 2;
  for (int k = 0; k < 200; ++k) {
    const double middle = (low + high) / 2;
    (outside_of(middle) > outside ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace

double student_quantile(double outside, long degrees) {
  if (!(outside > 0 && outside < 1) || degrees < 1) throw Error("This quantile does not exist.");
  return bisect(outside, [degrees](double s) { return 1 - student_inside(s, degrees); });
}

double normal_quantile(double outside) {
  if (!(outside > 0 && outside < 1)) throw Error("This quantile does not exist.");
  return bisect(outside, [](double s) { return std::erfc(s / std::sqrt(2.0)); });
}

Line fit(const std::vector<double>& x, const std::vector<double>& y, double confidence) {
  if (x.size() < 3 || x.size() != y.size()) throw Error("A line is fitted to three points at least.");
  const double n = static_cast<double>(x.size());
  double x_mean = 0, y_mean = 0, xx = 0, xy = 0, squares = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    x_mean += x[i] / n;
    y_mean += y[i] / n;
  }
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - x_mean) * (x[i] - x_mean);
    xy += (x[i] - x_mean) * (y[i] - y_mean);
  }
  if (!(xx > 0)) throw Error("A line is fitted to points that are not above each other.");
  Line line;
  line.slope = xy / xx;
  line.intercept = y_mean - line.slope * x_mean;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double residual = y[i] - line.intercept - line.slope * x[i];
    squares += residual * residual;
  }
  line.half_width =
      student_quantile(1 - confidence, static_cast<long>(x.size()) - 2) * std::sqrt(squares / (n - 2) / xx);
  return line;
}

Moments moments(const std::vector<double>& values) {
  if (values.size() < 2) throw Error("A deviation is that of two numbers at least.");
  const double m = static_cast<double>(values.size());
  Moments out;
  for (const double value : values) out.mean += value / m;
  double second = 0, fourth = 0;
  for (const double value : values) {
    const double square = (value - out.mean) * (value - out.mean);
    second += square;
    fourth += square * square;
  }
  out.deviation = std::sqrt(second / (m - 1));
  if (second > 0) out.kurtosis = m * fourth / (second * second);
  return out;
}

}  // namespace gronwall::verify
