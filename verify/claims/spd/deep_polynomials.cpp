#include "verify/claims/spd/deep_polynomials.hpp"

#include <algorithm>

namespace gronwall::verify {

using real::Rational;

namespace {

Polynomial& operator+=(Polynomial& a, const Polynomial& b) {
  if (a.size() < b.size()) a.resize(b.size(), 0);
  for (std::size_t k = 0; k < b.size(); ++k) a[k] += b[k];
  return a;
}
Polynomial& operator-=(Polynomial& a, const Polynomial& b) {
  if (a.size() < b.size()) a.resize(b.size(), 0);
  for (std::size_t k = 0; k < b.size(); ++k) a[k] -= b[k];
  return a;
}

Polynomial times(const Polynomial& a, const Polynomial& b) {
  if (a.empty() || b.empty()) return {};
  Polynomial out(a.size() + b.size() - 1, 0);
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = 0; j < b.size(); ++j) out[i + j] += a[i] * b[j];
  return out;
}
Polynomial times(const Rational& a, Polynomial b) {
  for (Rational& coefficient : b) coefficient *= a;
  return b;
}

Rational at_one(const Polynomial& f) {
  Rational sum = 0;
  for (const Rational& coefficient : f) sum += coefficient;
  return sum;
}

/// E[phi phi] and its derivative in the covariance, for a covariance that is a polynomial in rho.
struct Duals {
  Polynomial value, slope;
};
Duals duals(const std::vector<Rational>& of_u, const std::vector<Rational>& of_ubar, const Polynomial& c) {
  Duals out;
  Polynomial power{1}, before;  // c^m/m!, c^{m-1}/(m-1)!
  for (std::size_t m = 0; m < of_u.size(); ++m) {
    const Rational weight = of_u[m] * of_ubar[m];
    out.value += times(weight, power);
    out.slope += times(weight, before);
    before = power;
    power = times(Rational(1, static_cast<long>(m) + 1), times(power, c));
  }
  return out;
}

using Grid = std::vector<std::vector<Polynomial>>;
Grid grid(std::size_t size) { return Grid(size, std::vector<Polynomial>(size)); }

}  // namespace

std::vector<Rational> mean_derivatives(const Polynomial& p, const Rational& q) {
  std::vector<Rational> out;
  Polynomial derivative = p;
  while (!derivative.empty()) {
    Rational mean = 0, moment = 1;  // E[(sqrt(q) z)^k]
    for (std::size_t k = 0; k < derivative.size(); k += 2) {
      mean += derivative[k] * moment;
      moment *= q * static_cast<long>(k + 1);
    }
    out.push_back(mean);
    for (std::size_t k = 1; k < derivative.size(); ++k)
      derivative[k - 1] = derivative[k] * static_cast<long>(k);
    derivative.pop_back();
  }
  return out;
}

Polynomial DeepKernel::sum() const {
  Polynomial out = v;
  out += W;
  out += U;
  return out;
}

DeepKernel exact_resnet(const Polynomial& p, const ExactLimit& limit, long depth) {
  const auto last = static_cast<std::size_t>(depth);
  const Rational scale = limit.horizon * limit.sigma_w / depth, step = scale * scale;
  const Rational output = limit.sigma_v * limit.sigma_v;
  const Polynomial input{0, limit.input_scale};
  Grid c = grid(last + 1), value = grid(last + 1), slope = grid(last + 1);
  std::vector<std::vector<Rational>> means(last + 1);
  for (std::size_t l = 0; l <= last; ++l) {
    for (std::size_t k = 0; k <= l; ++k) {
      Polynomial here = input;
      if (k > 0) {
        here = c[l][k - 1];
        here += c[l - 1][k];
        here -= c[l - 1][k - 1];
        here += times(step, value[l - 1][k - 1]);
      }
      c[l][k] = c[k][l] = here;
    }
    means[l] = mean_derivatives(p, at_one(c[l][l]));
    for (std::size_t k = 0; k <= l; ++k) {
      const Duals found = duals(means[l], means[k], c[l][k]);
      value[l][k] = value[k][l] = found.value;
      slope[l][k] = slope[k][l] = found.slope;
    }
  }
  Grid b = grid(last + 1);
  const Polynomial final = times(output, slope[last][last]);
  DeepKernel out;
  out.v = times(output, value[last][last]);
  for (std::size_t l = last + 1; l-- > 0;)
    for (std::size_t k = last + 1; k-- > 0;) {
      b[l][k] = final;
      if (l == last || k == last) continue;
      const Polynomial passed = times(slope[l][k], b[l + 1][k + 1]);
      b[l][k] = b[l + 1][k];
      b[l][k] += b[l][k + 1];
      b[l][k] -= b[l + 1][k + 1];
      b[l][k] += times(step, passed);
      out.W += times(step, times(value[l][k], b[l + 1][k + 1]));
    }
  out.U = times(input, b[0][0]);
  return out;
}

RationalMatrix entrywise(const Polynomial& f, const RationalMatrix& rho) {
  RationalMatrix out(rho.rows(), rho.cols());
  for (Eigen::Index j = 0; j < rho.cols(); ++j)
    for (Eigen::Index i = j; i < rho.rows(); ++i) {
      Rational sum = 0;
      for (std::size_t k = f.size(); k-- > 0;) sum = Rational(sum * rho(i, j) + f[k]);
      out(i, j) = out(j, i) = sum;
    }
  return out;
}

LargestDegrees largest_powers(const Polynomial& f) {
  LargestDegrees out;
  for (std::size_t k = 0; k < f.size(); ++k)
    if (f[k] != 0) (k % 2 == 0 ? out.even : out.odd) = static_cast<long>(k);
  return out;
}

}  // namespace gronwall::verify
