#pragma once

#include <vector>

/// The little statistics that studies need: lines through points and quantiles.
namespace gronwall::verify {

/// s with P(|t| > s) = outside for Student's t with `degrees` >= 1 degrees of freedom, 0 < outside < 1. From
/// the finite sums for P(|t| < s) (Abramowitz and Stegun, 26.7.3 and 26.7.4) by bisection; relative error
/// about 1e-15/outside.
double student_quantile(double outside, long degrees);
/// s with P(|z| > s) = outside for a standard Gaussian z.
double normal_quantile(double outside);

/// The least-squares line through points (x_i, y_i), and the half-width of the confidence interval of its
/// slope by Student's t with (number of points) - 2 degrees of freedom: exact if the y_i scatter about a line
/// independently, Gaussian, with one variance.
struct Line {
  double slope = 0, intercept = 0, half_width = 0;
};
/// Throws Error unless there are three points or more, as many x as y, with two different x.
Line fit(const std::vector<double>& x, const std::vector<double>& y, double confidence = 0.95);

/// Mean, standard deviation (of m - 1 degrees of freedom) and kurtosis (3 for a Gaussian) of m numbers, m >=
/// 2.
struct Moments {
  double mean = 0, deviation = 0, kurtosis = 3;
};
Moments moments(const std::vector<double>& values);

}  // namespace gronwall::verify
