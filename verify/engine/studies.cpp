#include "verify/engine/studies.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <gronwall/real/backends.hpp>
#include <gronwall/real/error.hpp>

#include "verify/engine/statistics.hpp"

namespace gronwall::verify {

namespace {

constexpr std::size_t least_widths = 4;
constexpr std::size_t least_networks = 8;

/// c is known to three digits.
template <Real R>
bool known_to_three_digits(const Quantity<R>& c) {
  const Quantity<R> size = abs(Quantity<R>(c.value()));
  if constexpr (real::Enclosing<R>)
    return c.known() &&
           leq(Quantity<R>(c.radius()) * Quantity<R>(1000), Quantity<R>(c.midpoint())) == Truth::yes;
  else
    return c.known() && leq(Quantity<R>(c.error()) * Quantity<R>(1000), size) == Truth::yes;
}

Plot log_plot(const std::string& what, const std::string& against) {
  Plot plot;
  plot.title = what;
  plot.x_label = against;
  plot.y_label = what;
  plot.log_x = plot.log_y = true;
  return plot;
}

/// c x^exponent through the last point of the series, at its first and last x.
Series power_line(const std::string& name, const Series& points, double exponent) {
  Series line{name, {}, {}, true};
  for (const double x : {points.x.front(), points.x.back()}) {
    line.x.push_back(x);
    line.y.push_back(points.y.back() * std::pow(x / points.x.back(), exponent));
  }
  return line;
}

}  // namespace

template <Real R>
void FamilyStudy<R>::add(long n, const Quantity<R>& constant) {
  if (!points_.empty() && n <= points_.back().n) throw Error("A family is studied at growing widths.");
  points_.push_back({n, constant});
}

template <Real R>
Judgement FamilyStudy<R>::judge(const std::string& what) const {
  if (points_.size() < least_widths) throw Error("A study of a family needs at least four widths.");
  Judgement out;
  out.family = true;
  out.relation = "<=";
  out.rhs = least_growth;
  if constexpr (real::Enclosing<R>) out.bits = real::working_bits();

  bool sharp = true, rises = true;
  std::vector<double> x, y;
  Series constants{what, {}, {}, false};
  for (std::size_t i = 0; i < points_.size(); ++i) {
    const Point& point = points_[i];
    sharp = sharp && known_to_three_digits<R>(point.constant) &&
            less(Quantity<R>(0), point.constant) == Truth::yes;
    rises = rises && (i == 0 || less(points_[i - 1].constant, point.constant) == Truth::yes);
    if (!sharp) break;
    constants.x.push_back(static_cast<double>(point.n));
    constants.y.push_back(real::to_double<R>(point.constant.value()));
    x.push_back(std::log(constants.x.back()));
    y.push_back(std::log(constants.y.back()));
  }
  if (!sharp) {
    out.note = "a constant of the family is not known to three digits";
    return out;
  }

  const Line line = fit(x, y);
  out.lhs = line.slope;
  out.lhs_error = line.half_width;
  out.ratio = constants.y.back() / constants.y.front();
  const bool falls = leq(points_.back().constant, points_.front().constant) == Truth::yes;
  if (rises && line.slope - line.half_width > least_growth)
    out.truth = Truth::no;
  else if (falls || line.slope + line.half_width < least_growth)
    out.truth = Truth::yes;
  out.proof = real::Enclosing<R> && out.truth == Truth::no;
  const bool plain = parameter_.find_first_of(" /+-*") == std::string::npos;
  const std::string base = plain ? parameter_ : "(" + parameter_ + ")";
  out.note =
      fmt::format("from {0:.4g} at {1} = {2} to {3:.4g} at {1} = {4}, as {5}^({6:.3f} ± {7:.3f}) (95 %)",
                  constants.y.front(), parameter_, points_.front().n, constants.y.back(), points_.back().n,
                  base, line.slope, line.half_width);
  Plot plot = log_plot(what, parameter_);
  plot.caption = what + " along the family: " + out.note + ".";
  plot.series = {constants, power_line(fmt::format("{}^{:.2f}", base, line.slope), constants, line.slope)};
  out.plot = plot;
  return out;
}

void LimitStudy::add(long n, std::vector<double> deviations, double error) {
  if (!points_.empty() && n <= points_.back().n) throw Error("A limit is studied at growing widths.");
  if (deviations.size() < least_networks)
    throw Error("A study of a limit needs at least eight networks at each width.");
  points_.push_back({n, std::move(deviations), error});
}

Judgement LimitStudy::judge_limit() const {
  // Least squares for a + b x, x = 1/n, with weights 1/(standard error)^2: a = sum_i w_i (s2 - s1 x_i)/det
  // D_i.
  double s0 = 0, s1 = 0, s2 = 0;
  std::vector<double> x, weight, mean;
  long degrees = static_cast<long>(points_.back().deviations.size()) - 1;
  for (std::size_t i = 1; i < points_.size(); ++i) {
    const Moments found = moments(points_[i].deviations);
    const double size = static_cast<double>(points_[i].deviations.size());
    x.push_back(1 / static_cast<double>(points_[i].n));
    weight.push_back(size / (found.deviation * found.deviation));
    mean.push_back(found.mean);
    s0 += weight.back();
    s1 += weight.back() * x.back();
    s2 += weight.back() * x.back() * x.back();
    degrees = std::min(degrees, static_cast<long>(points_[i].deviations.size()) - 1);
  }
  const double determinant = s0 * s2 - s1 * s1, standard = std::sqrt(s2 / determinant);
  double extrapolated = 0, errors = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double share = weight[i] * (s2 - s1 * x[i]) / determinant;
    extrapolated += share * mean[i];
    errors += std::abs(share) * points_[i + 1].error;
  }
  const double band = student_quantile(false_alarm_ / 2, degrees) * standard + errors;
  Judgement out;
  out.relation = "<=";
  out.lhs = std::abs(extrapolated);
  out.rhs = band;
  out.ratio = band > 0 ? out.lhs / band : out.lhs > 0 ? HUGE_VAL : 0;
  if (std::isfinite(extrapolated) && std::isfinite(band))
    out.truth = real::truth(std::abs(extrapolated) <= band);
  out.note = fmt::format(
      "mean deviation {:.3g} at n = {}, extrapolated to {:.3g} ± {:.3g} (confidence 1 - {:.0e}, Student's t, "
      "{} degrees of freedom)",
      mean.back(), points_.back().n, extrapolated, band, false_alarm_ / 2, degrees);
  return out;
}

Judgement LimitStudy::judge_order() const {
  const double count = static_cast<double>(points_.size());
  double x_mean = 0, xx = 0, slope = 0, variance = 0;
  std::vector<double> x, y, of_y;
  for (const Point& point : points_) {
    const Moments found = moments(point.deviations);
    x.push_back(std::log(static_cast<double>(point.n)));
    y.push_back(std::log(found.deviation));
    of_y.push_back((std::max(found.kurtosis, 3.0) - 1) / (4 * static_cast<double>(point.deviations.size())));
    x_mean += x.back() / count;
  }
  for (const double at : x) xx += (at - x_mean) * (at - x_mean);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double weight = (x[i] - x_mean) / xx;
    slope += weight * y[i];
    variance += weight * weight * of_y[i];
  }
  const double width = normal_quantile(false_alarm_ / 2) * std::sqrt(variance);
  Judgement out;
  out.relation = "=";
  out.lhs = slope;
  out.lhs_error = width;
  out.rhs = -order_;
  const double allowed = width + finite_width;
  out.ratio = std::abs(slope + order_) / allowed;
  if (!std::isfinite(slope))
    out.note = "a fluctuation is 0 or not known";
  else
    out.note = fmt::format("fluctuations of order n^({:.3f} ± {:.3f}) (confidence 1 - {:.0e})", slope, width,
                           false_alarm_ / 2);
  if (std::abs(slope + order_) > allowed)
    out.truth = Truth::no;
  else if (slope + width < 0)
    out.truth = Truth::yes;
  return out;
}

Judgement LimitStudy::judge(const std::string& what) const {
  if (points_.size() < least_widths) throw Error("A study of a limit needs at least four widths.");
  const Judgement limit = judge_limit(), order = judge_order();
  Judgement out = limit && order;
  out.note = limit.note + "; " + order.note;
  out.proof = false;
  Series fluctuations{"standard deviation", {}, {}, false}, means{"|mean deviation|", {}, {}, false};
  for (const Point& point : points_) {
    const Moments found = moments(point.deviations);
    fluctuations.x.push_back(static_cast<double>(point.n));
    means.x.push_back(static_cast<double>(point.n));
    fluctuations.y.push_back(found.deviation);
    means.y.push_back(std::abs(found.mean));
  }
  Plot plot = log_plot(what, "n");
  plot.caption = what + " against n: " + out.note + ".";
  plot.series = {fluctuations, means, power_line(fmt::format("n^{:g}", -order_), fluctuations, -order_)};
  out.plot = plot;
  return out;
}

#define GRONWALL_INSTANTIATE(...) template class FamilyStudy<__VA_ARGS__>;
GRONWALL_FOR_EACH_BACKEND(GRONWALL_INSTANTIATE)

}  // namespace gronwall::verify
