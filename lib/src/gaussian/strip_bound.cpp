#include <functional>
#include <map>
#include <string>

#include <gronwall/gaussian/strip_bound.hpp>
#include <gronwall/real/error.hpp>
#include <gronwall/real/functions.hpp>

namespace gronwall::gaussian {

namespace {

/// c_0 and c_1.
Majorant linear(const Ball& constant, const Ball& slope = Ball(0)) {
  return Majorant({constant.upper(), slope.upper()});
}

Majorant nothing_known() { return Majorant({Ball(std::numeric_limits<double>::quiet_NaN())}); }

/// (|x| + b) factor + constant, which bounds |z| factor + constant.
Majorant times_argument(const Ball& factor, const Ball& b, const Ball& constant = Ball(0)) {
  return linear(factor * b + constant, factor);
}

/// |cosh(x+iy)|^2 = sinh^2 x + cos^2 y >= cos^2 b for |y| <= b < pi/2.
Ball one_over_squared_cosine(const Ball& b) {
  const Ball c = cos(b);
  return Ball(1) / (c * c);
}

/// |tanh(x+iy)|^2 = (sinh^2 x + sin^2 y)/(sinh^2 x + cos^2 y) lies between 1 and its value tan^2 y at x = 0.
Majorant tanh_bound(Of of, const Ball& b) {
  return linear(of == Of::value ? max(Ball(1), tan(b)) : one_over_squared_cosine(b));
}

/// The logistic function s(z) = (1 + tanh(z/2))/2.
Ball logistic(const Ball& b) { return scaled(Ball(1) + max(Ball(1), tan(scaled(b, -1))), -1); }
/// s'(z) = 1/(4 cosh^2(z/2)).
Ball logistic_slope(const Ball& b) { return scaled(one_over_squared_cosine(scaled(b, -1)), -2); }

Majorant sigmoid_bound(Of of, const Ball& b) {
  return linear(of == Of::value ? logistic(b) : logistic_slope(b));
}

/// 0 < softplus(x) <= |x| + log 2, and from x to x + iy the derivative s is at most logistic(b).
Majorant softplus_bound(Of of, const Ball& b) {
  if (of == Of::derivative) return linear(logistic(b));
  return linear(real::log(Ball(2)) + b * logistic(b), Ball(1));
}

/// z s(z) and s(z) + z s'(z).
Majorant silu_bound(Of of, const Ball& b) {
  if (of == Of::value) return times_argument(logistic(b), b);
  return times_argument(logistic_slope(b), b, logistic(b));
}

/// |e^{-z^2/c}| = e^{(y^2 - x^2)/c} <= e^{b^2/c}.
Ball bell(const Ball& b, int c) { return exp(b * b / Ball(c)); }

/// From x to x + iy the derivative (2/sqrt pi) e^{-z^2} is at most 2/sqrt(pi) e^{b^2}.
Majorant erf_bound(Of of, const Ball& b) {
  const Ball slope = Ball(2) / sqrt(real::ball_pi()) * bell(b, 1);
  return linear(of == Of::value ? Ball(1) + b * slope : slope);
}

Majorant gaussian_bound(Of of, const Ball& b) {
  return of == Of::value ? linear(bell(b, 2)) : times_argument(bell(b, 2), b);
}

/// z Phi(z) and Phi(z) + z p(z); |p| <= e^{b^2/2}/sqrt(2 pi), and |Phi| <= 1 + b sup |p|.
Majorant gelu_bound(Of of, const Ball& b) {
  const Ball density = bell(b, 2) / sqrt(scaled(real::ball_pi(), 1));
  const Ball distribution = Ball(1) + b * density;
  return of == Of::value ? times_argument(distribution, b) : times_argument(density, b, distribution);
}

/// |sin(x+iy)|^2 = sin^2 x + sinh^2 y and |cos(x+iy)|^2 = cos^2 x + sinh^2 y are at most cosh^2 y.
Majorant circular_bound(Of, const Ball& b) { return linear(cosh(b)); }

/// |1 + z^2| = |z - i| |z + i| >= (1 - y)(1 + y) = 1 - y^2. |arctan x| < pi/2 on the real line, and from x to
/// x + iy the derivative adds at most the integral of 1/(1 - t^2) over [0, b], log((1 + b)/(1 - b))/2.
Majorant arctan_bound(Of of, const Ball& b) {
  const Ball up = Ball(1) + b, down = Ball(1) - b;
  if (of == Of::derivative) return linear(Ball(1) / (up * down));
  return linear(scaled(real::ball_pi() + real::log(up / down), -1));
}

/// |p(z)| <= sum_k |c_k| (|x| + b)^k, multiplied out.
Majorant polynomial_bound(const Polynomial& p, const Ball& b) {
  std::vector<Ball> out(p.size());
  for (unsigned k = 0; k < p.size(); ++k) {
    const Ball size = real::from_rational<Ball>(Rational(abs(p[k])));
    for (unsigned j = 0; j <= k; ++j)
      out[j] += size * real::from_rational<Ball>(Rational(binomial(k, j))) * real::power<Ball>(b, k - j);
  }
  for (Ball& c : out) c = c.upper();
  return Majorant(std::move(out));
}

struct Known {
  std::function<Majorant(Of, const Ball&)> bound;
  std::function<Ball()> half_width;  ///< of the strip of analyticity; empty for entire functions
};

const std::map<std::string, Known>& known_bounds() {
  const auto pi = [] { return real::ball_pi(); };
  const auto half_pi = [] { return scaled(real::ball_pi(), -1); };
  static const std::map<std::string, Known> known{
      {"tanh", {tanh_bound, half_pi}},    {"sigmoid", {sigmoid_bound, pi}},
      {"softplus", {softplus_bound, pi}}, {"silu", {silu_bound, pi}},
      {"erf", {erf_bound, {}}},           {"gaussian", {gaussian_bound, {}}},
      {"gelu", {gelu_bound, {}}},         {"sin", {circular_bound, {}}},
      {"cos", {circular_bound, {}}},      {"arctan", {arctan_bound, [] { return Ball(1); }}},
  };
  return known;
}

}  // namespace

Ball Majorant::operator()(const Ball& x) const {
  Ball sum;
  for (std::size_t k = c_.size(); k-- > 0;) sum = sum * x + c_[k];
  return sum;
}

Ball Majorant::mean(const Ball& alpha, const Ball& beta) const {
  return (*this)(alpha + beta * sqrt(Ball(degree())));
}

bool Majorant::known() const {
  for (const Ball& c : c_)
    if (!c.known()) return false;
  return true;
}

Majorant strip_majorant(const Activation& phi, Of of, const Ball& b) {
  if (const auto& p = phi.traits().polynomial)
    return polynomial_bound(of == Of::value ? *p : derivative(*p), b);
  const auto found = known_bounds().find(phi.name());
  if (found == known_bounds().end())
    throw DomainError(phi.smooth() ? "Gaussian expectations of '" + phi.name() +
                                         "' cannot be enclosed: how it grows off the real line is not known."
                                   : "Gaussian expectations of '" + phi.name() +
                                         "' cannot be enclosed: it has a kink, and the quadrature's error "
                                         "bound needs an analytic function.");
  const Known& it = found->second;
  if (it.half_width && less(b, it.half_width()) != real::Truth::yes) return nothing_known();
  return it.bound(of, b);
}

}  // namespace gronwall::gaussian
