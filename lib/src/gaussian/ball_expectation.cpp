#include <algorithm>
#include <cmath>
#include <numbers>

#include <gronwall/gaussian/expectation.hpp>
#include <gronwall/real/error.hpp>

#include "ball_rule.hpp"

// Expectations over pairs that are enclosed. The formulas are those of expectation.hpp.
namespace gronwall::gaussian {

using linalg::Approximation;
using linalg::Matrix;
using real::Precision;
using real::Truth;
using real::working_bits;

namespace {

void require_correlation(const Ball& rho) {
  if (!rho.known() || leq(abs(rho), Ball(1)) == Truth::no)
    throw DomainError("A correlation must lie in [-1, 1].");
}

/// An upper bound of sum_{k >= from} a_k^2.
Ball mass_from(const Expansion<Ball>& phi, std::size_t from) {
  Ball sum = phi.tail;
  for (std::size_t k = from; k < phi.coefficients.size(); ++k)
    sum += phi.coefficients[k] * phi.coefficients[k];
  return sum.upper();
}

/// sum_k c_k rho^k, and |rho|^K `rest` as a radius.
Ball sum_powers(const std::vector<Ball>& c, const Ball& rho, const Ball& rest) {
  Ball sum, power(1);
  for (const Ball& term : c) {
    sum += term * power;
    power *= rho;
  }
  if (rest.is_zero()) return sum;
  // rho is in [-1, 1], even if its ball reaches beyond.
  return Ball(sum, min(Ball(1), power.largest_modulus()) * rest);
}

std::vector<Ball> squares(const Expansion<Ball>& phi) {
  std::vector<Ball> out;
  for (const Ball& a : phi.coefficients) out.push_back(a * a);
  return out;
}

bool is_exactly(const Ball& x, int value) { return x.exact() && (x - Ball(value)).is_zero(); }

Ball kernel_entry(const Expansion<Ball>& phi, const std::vector<Ball>& c, const Ball& rest, const Ball& rho) {
  require_correlation(rho);
  if (is_exactly(rho, 1)) return phi.second_moment;
  if (is_exactly(rho, -1)) return phi.antipodal;
  return sum_powers(c, rho, rest);
}

void require_square(Eigen::Index rows, Eigen::Index cols) {
  if (rows != cols) throw DomainError("A kernel matrix needs a square matrix of correlations.");
}

}  // namespace

template <>
Ball mehler<Ball>(const Expansion<Ball>& phi, const Expansion<Ball>& psi, const Ball& rho) {
  require_correlation(rho);
  const std::size_t count = std::min(phi.coefficients.size(), psi.coefficients.size());
  std::vector<Ball> products;
  for (std::size_t k = 0; k < count; ++k) products.push_back(phi.coefficients[k] * psi.coefficients[k]);
  return sum_powers(products, rho, sqrt(mass_from(phi, count) * mass_from(psi, count)).upper());
}

template <>
Ball kernel<Ball>(const Expansion<Ball>& phi, const Ball& rho) {
  return kernel_entry(phi, squares(phi), mass_from(phi, phi.coefficients.size()), rho);
}

template <>
Approximation<Ball> kernel<Ball>(const Expansion<Ball>& phi, const Approximation<Ball>& correlations) {
  require_square(correlations.rows(), correlations.cols());
  const Eigen::Index n = correlations.rows();
  const std::vector<Ball> c = squares(phi);
  const Ball rest = mass_from(phi, phi.coefficients.size());
  Approximation<Ball> out{Matrix<Ball>(n, n), Ball(0)};
  for (Eigen::Index j = 0; j < n; ++j)
    for (Eigen::Index i = j; i < n; ++i)
      out.value(i, j) = out.value(j, i) = kernel_entry(phi, c, rest, correlations.value(i, j));
  if (!correlations.error.is_zero()) out.error = (phi.slope * correlations.error).upper();
  return out;
}

Matrix<Ball> kernel_below(const Expansion<Ball>& phi, const Matrix<Ball>& correlations) {
  require_square(correlations.rows(), correlations.cols());
  const Eigen::Index n = correlations.rows();
  const std::vector<Ball> c = squares(phi);
  Matrix<Ball> out(n, n);
  for (Eigen::Index j = 0; j < n; ++j)
    for (Eigen::Index i = j; i < n; ++i) {
      require_correlation(correlations(i, j));
      out(i, j) = out(j, i) = sum_powers(c, correlations(i, j), Ball(0));
    }
  return out;
}

namespace {

/// Accuracies are measured by this power of 2.
double log2_scale(const activation::Functions<Ball>& f, const Ball& deviation) {
  const Ball size = abs(f.value(deviation)) + abs(f.value(-deviation)) + abs(f.value(Ball(0)));
  return std::clamp(log2_size(size), -1000.0, 1000.0);
}

int parity(const Activation& phi) {
  const activation::Parity p = phi.traits().parity;
  return p == activation::Parity::even ? 1 : p == activation::Parity::odd ? -1 : 0;
}

double widest_strip(const Activation& phi, const Ball& factor) {
  const double width = phi.in<double>().strip(), scale = real::to_double<Ball>(factor);
  return scale == 0 || std::isinf(width) ? HUGE_VAL : width / scale;
}

/// E[phi(s z_1) psi(alpha z_1 + beta z_2)] for independent standard Gaussian z_1, z_2; s, beta >= 0.
///
/// As an iterated sum. Write T_1, T_2 for the trapezoidal rules in z_1 and z_2 on the whole line, and m_b for
/// the majorants on |Im| <= b. Then E - T_1 T_2 = (E - T_1 E_{z_2}) + T_1 (E_{z_2} - T_2), where
///  - for each real z_2, z_1 -> phi(s z_1) psi(alpha z_1 + beta z_2) omega(z_1) on |Im z_1| <= a is at most
///    e^{a^2/2} m_{sa}(s|x|) m_{|alpha|a}(|alpha||x| + beta|z_2|) omega(x). Integrated over x and z_2 with
///    omega: at most e^{a^2/2} m_{sa}.mean(0, s) m_{|alpha|a}.mean(0, |alpha| + beta) by Cauchy and Schwarz;
///  - for each node z_1, z_2 -> psi(alpha z_1 + beta z_2) omega(z_2) on |Im z_2| <= a is at most e^{a^2/2}
///    m_{beta a}(|alpha z_1| + beta|x|) omega(x), whose integral is at most e^{a^2/2} m_{beta a}.mean(|alpha
///    z_1|, beta). This goes into the ball of the inner sum at that node.
/// Nodes left out: in z_2, at most plain_tail of m_0(|alpha z_1| + beta z) in the inner sum; in z_1, at most
/// plain_tail of m_0(s z) m_0(|alpha| z + beta sqrt D), because E|psi(alpha z_1 + beta z_2)| is at most
/// m_0.mean(|alpha z_1|, beta).
class BallExpectation {
  /// The parts of the error have different sizes, by so many bits: the rules' own the smallest, then the
  /// outer cut-off's, then the inner one's. Were they alike, one could be forgotten and the others would
  /// cover for it in every test.
  static constexpr long outer_share = 3, inner_share = 12;

 public:
  /// To about 2^-bits of the size of phi and psi.
  BallExpectation(const Activation& phi, const Ball& s, const Activation& psi, const Ball& alpha,
                  const Ball& beta, long bits)
      : phi_(phi),
        psi_(psi),
        s_(s),
        alpha_(alpha),
        beta_(beta),
        phi_line_(strip_majorant(phi, Of::value, Ball(0))),
        psi_line_(strip_majorant(psi, Of::value, Ball(0))) {
    const Ball size = hypotenuse();
    phi_scale_ = log2_scale(phi.in<Ball>(), s);
    psi_scale_ = log2_scale(psi.in<Ball>(), size);
    bits_ = bits + inner_share - static_cast<long>(phi_scale_ + psi_scale_);
    inner_bits_ = bits + inner_share - static_cast<long>(psi_scale_);
  }

  Ball value() const {
    const Ball slope = abs(alpha_);
    const auto& phi = phi_.in<Ball>();
    const double widest = std::min(widest_strip(phi_, s_), widest_strip(psi_, slope));
    const BallStep step = ball_step(widest, bits_, [&](const Ball& a) {
      return exp(scaled(a * a, -1)) * strip_majorant(phi_, Of::value, (s_ * a).upper()).mean(Ball(0), s_) *
             strip_majorant(psi_, Of::value, (slope * a).upper()).mean(Ball(0), slope + beta_);
    });
    const auto tail = [&](const Ball& z) {
      return plain_tail(phi_line_(s_ * z) * psi_line_.mean(slope * z, beta_), z);
    };
    const long last =
        last_node(step.h, bits_ - outer_share, std::max(phi_line_.degree(), psi_line_.degree()), tail);
    const Ball h(step.h);
    const Inner inner(*this, h * Ball(static_cast<int>(last)));
    Ball sum;
    for (long j = 0; j <= last; ++j) {
      const Ball z = h * Ball(static_cast<int>(j)), x = s_ * z;
      const Ball w = j == 0 ? scaled(node_weight(h, z), -1) : node_weight(h, z);
      const Ball plus = inner(z);
      const Ball minus = parity(psi_) == 0 ? inner(-z) : parity(psi_) > 0 ? plus : -plus;
      sum += w * (phi.value(x) * plus + phi.value(-x) * minus);
    }
    return Ball(sum, step.error + tail(h * Ball(static_cast<int>(last))));
  }

 private:
  /// E[psi(alpha z_1 + beta z_2)] over z_2, enclosed for each z_1 with |z_1| <= furthest. The step and the
  /// cut-off are the same for all z_1; what they leave out is bounded at the furthest, once.
  class Inner {
   public:
    Inner(const BallExpectation& of, const Ball& furthest) : of_(of) {
      if (of.beta_.is_zero()) return;
      const Ball shift = (abs(of.alpha_) * furthest).upper();
      const BallStep step = ball_step(widest_strip(of.psi_, of.beta_), of.inner_bits_, [&](const Ball& a) {
        return exp(scaled(a * a, -1)) *
               strip_majorant(of.psi_, Of::value, (of.beta_ * a).upper()).mean(shift, of.beta_);
      });
      const auto tail = [&](const Ball& z) { return plain_tail(of.psi_line_(shift + of.beta_ * z), z); };
      const long last = last_node(step.h, of.inner_bits_ - inner_share, of.psi_line_.degree(), tail);
      const Ball h(step.h);
      error_ = step.error + tail(h * Ball(static_cast<int>(last)));
      for (long k = 0; k <= last; ++k) {
        const Ball z = h * Ball(static_cast<int>(k));
        nodes_.push_back(of.beta_ * z);
        weights_.push_back(k == 0 ? scaled(node_weight(h, z), -1) : node_weight(h, z));
      }
    }

    Ball operator()(const Ball& z) const {
      const auto& psi = of_.psi_.in<Ball>();
      const Ball shift = of_.alpha_ * z;
      if (of_.beta_.is_zero()) return psi.value(shift);
      Ball sum;
      for (std::size_t k = 0; k < nodes_.size(); ++k)
        sum += weights_[k] * (psi.value(shift + nodes_[k]) + psi.value(shift - nodes_[k]));
      return Ball(sum, error_);
    }

   private:
    const BallExpectation& of_;
    std::vector<Ball> nodes_, weights_;
    Ball error_;
  };

  Ball hypotenuse() const { return sqrt(alpha_ * alpha_ + beta_ * beta_); }

  Activation phi_, psi_;
  Ball s_, alpha_, beta_;
  Majorant phi_line_, psi_line_;
  double phi_scale_ = 0, psi_scale_ = 0;
  long bits_ = 0, inner_bits_ = 0;
};

}  // namespace

template <>
Ball expectation_by_quadrature<Ball>(const Activation& phi, const Ball& q, const Activation& psi,
                                     const Ball& qbar, const Ball& rho, int digits) {
  if (leq(Ball(0), q) != Truth::yes || leq(Ball(0), qbar) != Truth::yes)
    throw DomainError("A Gaussian needs a finite variance of at least 0.");
  require_correlation(rho);
  const double asked = digits <= 0 ? HUGE_VAL : digits * std::numbers::ln10 / std::numbers::ln2 + 3;
  const long bits = std::min<long>(working_bits(), static_cast<long>(std::min(asked, 1e9)));
  Ball out;
  {
    const Precision guard(bits + 36);
    const Ball s = sqrt(q), t = sqrt(qbar);
    // 1 - rho^2 is not negative, even if its ball reaches below 0.
    const Ball tau = sqrt(max(Ball(0), (Ball(1) - rho) * (Ball(1) + rho)));
    out = BallExpectation(phi, s, psi, t * rho, t * tau, bits + 4).value();
  }
  return rounded(out);
}

}  // namespace gronwall::gaussian
