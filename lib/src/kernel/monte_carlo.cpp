#include <cmath>
#include <utility>

#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <fmt/format.h>

#include <gronwall/kernel/monte_carlo.hpp>
#include <gronwall/model/initialisation.hpp>
#include <gronwall/real/error.hpp>

namespace gronwall::kernel {

namespace {

/// Mean and sum of squared deviations, one sample at a time (Welford; Higham, Accuracy and Stability, 2nd
/// ed., §1.9): no cancellation where the spread is small against the mean.
class Moments {
 public:
  void add(const Matrix<double>& x) {
    ++count_;
    if (count_ == 1) {
      mean_ = x;
      squares_ = Matrix<double>::Zero(x.rows(), x.cols());
      return;
    }
    const Matrix<double> before = x - mean_;
    mean_ += before / static_cast<double>(count_);
    squares_ += before.cwiseProduct(x - mean_);
  }

  Spread spread(double quantile) const {
    const double S = static_cast<double>(count_);
    Spread out{mean_, (squares_ / (S - 1)).cwiseSqrt(), Matrix<double>()};
    out.half_width = out.deviation * (quantile / std::sqrt(S));
    return out;
  }

 private:
  long count_ = 0;
  Matrix<double> mean_, squares_;
};

TangentKernel<double> kernel_of(const Sampling& s, std::uint64_t seed) {
  model::Network<double> f{s.phi, model::gaussian_parameters(s.width, static_cast<long>(s.X.rows()), seed)};
  f.sigma_v = s.sigma_v;
  f.sigma_w = s.sigma_w;
  f.sigma_u = s.sigma_u;
  f.horizon = s.horizon;
  if (s.depth) return tangent_kernel(model::ResNet<double>(std::move(f), *s.depth), s.X);
  model::Accuracy<double> accuracy;
  // The fewest products with W for such a tolerance on wide networks (bench/kernel).
  accuracy.method = "dormand-prince-5";
  accuracy.tolerance = s.tolerance;
  return tangent_kernel_run(model::NeuralOde<double>(std::move(f), accuracy), s.X);
}

/// The two-sided quantile of Student's t.
double student(double confidence, long seeds) {
  const boost::math::students_t distribution(static_cast<double>(seeds - 1));
  return boost::math::quantile(boost::math::complement(distribution, (1 - confidence) / 2));
}

double normal(double confidence) {
  const boost::math::normal distribution;
  return boost::math::quantile(boost::math::complement(distribution, (1 - confidence) / 2));
}

}  // namespace

void Sampling::check() const {
  if (width < 1) throw DomainError(fmt::format("The width n must be at least 1, not {}.", width));
  if (seeds < 2) throw DomainError(fmt::format("A spread needs at least 2 seeds, not {}.", seeds));
  if (!(confidence > 0) || !(confidence < 1))
    throw DomainError(fmt::format("The confidence must lie between 0 and 1: it is {}.", confidence));
  if (X.rows() < 1) throw DomainError("The input dimension d must be at least 1.");
}

MonteCarlo monte_carlo(const Sampling& sampling) {
  sampling.check();
  Moments v, W, U, sum;
  for (long k = 0; k < sampling.seeds; ++k) {
    const TangentKernel<double> K = kernel_of(sampling, sampling.first_seed + static_cast<std::uint64_t>(k));
    v.add(K.v.value);
    W.add(K.W.value);
    U.add(K.U.value);
    sum.add(K.sum().value);
  }
  const double quantile = student(sampling.confidence, sampling.seeds);
  return {v.spread(quantile), W.spread(quantile), U.spread(quantile), sum.spread(quantile), sampling.seeds};
}

WidthStudy fluctuation_by_width(Sampling sampling, const std::vector<long>& widths) {
  WidthStudy out;
  double mean_x = 0, mean_y = 0;
  for (const long n : widths) {
    sampling.width = n;
    const MonteCarlo found = monte_carlo(sampling);
    sampling.first_seed += static_cast<std::uint64_t>(sampling.seeds);
    const double size = found.sum.deviation.norm() / static_cast<double>(sampling.X.cols());
    if (!(size > 0)) throw DomainError(fmt::format("The kernel does not fluctuate at width {}.", n));
    out.widths.push_back(n);
    out.fluctuation.push_back(size);
    mean_x += std::log(static_cast<double>(n));
    mean_y += std::log(size);
  }
  const double count = static_cast<double>(widths.size());
  mean_x /= count;
  mean_y /= count;
  double xx = 0, xy = 0;
  for (std::size_t k = 0; k < widths.size(); ++k) {
    const double x = std::log(static_cast<double>(widths[k])) - mean_x;
    xx += x * x;
    xy += x * (std::log(out.fluctuation[k]) - mean_y);
  }
  if (!(xx > 0)) throw DomainError("The order of a fluctuation needs at least two different widths.");
  out.order = xy / xx;
  const double error = 1 / std::sqrt(2.0 * static_cast<double>(sampling.seeds - 1));
  out.half_width = normal(sampling.confidence) * error / std::sqrt(xx);
  return out;
}

}  // namespace gronwall::kernel
