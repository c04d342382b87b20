#include "verify/checker/network.hpp"
#include "verify/checker/outcome.hpp"

/// First steps of gradient descent: whether a loss falls, a residual shrinks, norms stay.
namespace gronwall::checker {
namespace {

/// theta after a step, matrices row by row.
struct Stepped {
  Vector v, W, U;
};

Vector moved(const Matrix& part, const Interval& factor, const std::vector<Vector>& gradients,
             const Vector& residual) {
  Vector out;
  for (std::size_t k = 0; k < part.entries().size(); ++k) {
    Interval entry(part.entries()[k]);
    for (std::size_t j = 0; j < residual.size(); ++j) entry -= factor * residual[j] * gradients[j][k];
    out.push_back(entry);
  }
  return out;
}

/// theta - eta sum_j r_j grad f(x_j).
Stepped step(const Network& f, const std::vector<Matrix>& x, const Vector& residual, const Interval& eta) {
  std::vector<Vector> v, W, U;
  for (const Matrix& input : x) {
    const Gradient g = gradient(f, input);
    v.push_back(g.v), W.push_back(g.W), U.push_back(g.U);
  }
  return {moved(f.v, eta, v, residual), moved(f.W, eta, W, residual), moved(f.U, eta, U, residual)};
}

Interval read_out(const Network& f, const Vector& v, const Vector& h) {
  Interval sum;
  for (std::size_t i = 0; i < h.size(); ++i) sum += v[i] * value(f.phi, h[i]);
  return Interval(f.sigma_v) / f.root_n() * sum;
}

Vector intervals(const Matrix& a) {
  Vector out;
  for (const mpq_class& entry : a.entries()) out.push_back(Interval(entry));
  return out;
}

Interval output(const Network& f, const Matrix& x) {
  return read_out(f, intervals(f.v), hidden(f, x, f.horizon));
}

/// f(x) with theta in place of the network's parameters.
Interval output(const Network& f, const Stepped& theta, const Matrix& x) {
  const std::size_t n = static_cast<std::size_t>(f.n), d = static_cast<std::size_t>(f.d);
  Vector m, h(n);
  for (const Interval& w : theta.W) m.push_back(Interval(f.sigma_w) / f.root_n() * w);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < d; ++k) h[i] += theta.U[i * d + k] * Interval(x(static_cast<long>(k), 0));
    h[i] *= f.input_scale();
  }
  return read_out(f, theta.v, solve(Field(f.phi, f.n, std::move(m)), h, f.horizon));
}

Interval square_sum(const Vector& a) {
  Interval sum;
  for (const Interval& entry : a) sum += sqr(entry);
  return sum;
}

std::vector<Matrix> columns(const Matrix& X) {
  std::vector<Matrix> out;
  for (long j = 0; j < X.cols(); ++j) {
    out.emplace_back(X.rows(), 1);
    for (long i = 0; i < X.rows(); ++i) out.back()(i, 0) = X(i, j);
  }
  return out;
}

/// Where one of these is 0 there are no dynamics, or K_infinity is singular.
void require_dynamics(const Network& f) {
  for (const mpq_class& one : {f.sigma_v, f.sigma_w, f.sigma_u.value_or(1), f.horizon})
    if (one < mpq_class(1, 4))
      throw NotConfirmed("a scale or T is below 1/4, which is none of the claim's inputs");
}

// --- Theorem 3

/// ||u^1 - y||^2 and ||u^0 - y||^2 for inputs e_1, ..., e_N.
Sides loss(Inputs& in) {
  const Interval eta(in.number("eta", 0, 16));
  const Network f = any_network(in, any_activation(in, named_by_the_paper));
  require_dynamics(f);
  const long N = in.integer("N", 1, f.d);
  Matrix X(f.d, N);
  for (long j = 0; j < N; ++j) X(j, j) = 1;
  const Matrix y = in.matrix("y", N, 1);
  for (const mpq_class& label : y.entries())
    if (abs(label) > 1) throw NotConfirmed("a label is not of order one");
  const std::vector<Matrix> x = columns(X);
  Vector before, after;
  for (long j = 0; j < N; ++j)
    before.push_back(output(f, x[static_cast<std::size_t>(j)]) - Interval(y(j, 0)));
  const Stepped theta = step(f, x, before, eta);
  for (long j = 0; j < N; ++j)
    after.push_back(output(f, theta, x[static_cast<std::size_t>(j)]) - Interval(y(j, 0)));
  return {square_sum(after), square_sum(before)};
}

// --- the proof slides: one input x = 1, u^0 - y as drawn

struct FirstStep {
  Network f;
  Matrix x{1, 1};
  mpq_class residual, eta;
  Interval C, sigma_T, alpha_0_squared;

  explicit FirstStep(Inputs& in) {
    const Activation phi = any_activation(in, named_by_the_paper);
    suppose_one_lipschitz(phi);
    f = any_normalised_network(in, phi);
    require_dynamics(f);
    if (f.d != 1) throw NotConfirmed("the claim is one on a single input dimension");
    x(0, 0) = 1;
    residual = in.number("u^0 - y", -1, 1);
    const long halvings = in.integer("halvings of u^0 - y", 0, 12);
    residual /= mpq_class(1L << halvings);
    eta = in.number("eta", 0, 1);
    C = max(max(frobenius_norm(f.v), spectral_norm(f.W)), spectral_norm(f.U)) / f.root_n();
    sigma_T = Interval(mpq_class(f.sigma_w * f.horizon));
    for (const Interval& state : hidden(f, x, f.horizon)) alpha_0_squared += sqr(value(f.phi, state));
    alpha_0_squared /= Interval(f.n);
    suppose("alpha_0 > 0", surely_less(0, alpha_0_squared), surely_at_most(alpha_0_squared, 0));
  }

  /// Throws unless the hypothesis is met for certain.
  static void suppose(const std::string& hypothesis, bool met, bool broken) {
    if (broken) throw NotConfirmed("the hypothesis \"" + hypothesis + "\" is not met");
    if (!met) throw NotDecided("the hypothesis \"" + hypothesis + "\" is too close to call");
  }
  static void suppose_at_most(const std::string& hypothesis, const Interval& a, const Interval& b) {
    suppose(hypothesis, surely_at_most(a, b), surely_less(b, a));
  }
  Interval start() const { return abs(Interval(residual)); }
  Stepped stepped() const { return step(f, {x}, {Interval(residual)}, Interval(eta)); }
};

Sides norms(Inputs& in) {
  const FirstStep first(in);
  const Network& f = first.f;
  FirstStep::suppose("C > 0", surely_less(0, first.C), surely_at_most(first.C, 0));
  // Both sides of the hypothesis have the factor C > 0.
  const Interval way = exp(first.C * first.sigma_T) * first.start() / first.alpha_0_squared;
  const std::string small = "C e^{C sigma T} ||X|| |u^0 - y|/alpha_0^2 <= C sqrt n";
  FirstStep::suppose_at_most(small, way, f.root_n());
  FirstStep::suppose_at_most(small, first.sigma_T * way, f.root_n());
  const Stepped theta = first.stepped();
  return {max(max(norm(theta.v), spectral_norm(theta.W, f.n)), norm(theta.U)), first.C * f.root_n()};
}

Sides contraction(Inputs& in) {
  const FirstStep first(in);
  const Network& f = first.f;
  const Interval eta_square = Interval(first.eta) * first.alpha_0_squared;
  FirstStep::suppose_at_most("eta alpha_0^2 <= 1", eta_square, 1);
  const Interval grown =
      first.C * sqr(first.sigma_T) * exp(first.C * first.sigma_T) * first.start() / first.alpha_0_squared;
  FirstStep::suppose_at_most("sqrt n >= 8 C (sigma T)^3 e^{C sigma T} ||X||^3 |u^0 - y|/alpha_0^2",
                             Interval(8) * first.sigma_T * grown, f.root_n());
  FirstStep::suppose_at_most("sqrt n >= C (sigma T)^2 e^{C sigma T} ||X||^2 |u^0 - y|/alpha_0^3",
                             grown / sqrt(first.alpha_0_squared), f.root_n());
  const Interval change = output(f, first.stepped(), first.x) - output(f, first.x);
  return {abs(change + Interval(first.residual)), (Interval(1) - eta_square / Interval(8)) * first.start()};
}

// --- the movement of one step

struct Pulled {
  Network f;
  std::vector<Matrix> x;
  Matrix X, r;

  explicit Pulled(Inputs& in) {
    const Activation phi = any_activation(in, named_by_the_paper);
    suppose_one_lipschitz(phi);
    f = any_normalised_network(in, phi);
    const long N = in.integer("N", 1, 3);
    X = in.matrix("X", f.d, N);
    r = in.matrix("u - y", N, 1);
    x = columns(X);
  }
  /// sum_j r_j of that part of grad f(x_j).
  Vector pull(Vector Gradient::*part) const {
    Vector sum;
    for (std::size_t j = 0; j < x.size(); ++j) {
      const Gradient g = gradient(f, x[j]);
      sum.resize((g.*part).size());
      for (std::size_t k = 0; k < sum.size(); ++k)
        sum[k] += Interval(r(static_cast<long>(j), 0)) * (g.*part)[k];
    }
    return sum;
  }
  Interval sigma_T() const { return Interval(mpq_class(f.sigma_w * f.horizon)); }
  Interval claimed() const {
    const Interval C = max(max(frobenius_norm(f.v), spectral_norm(f.W)), spectral_norm(f.U)) / f.root_n();
    return C * exp(C * sigma_T()) * spectral_norm(X) * frobenius_norm(r);
  }
};

}  // namespace

void add_training_runs(std::map<std::string, Known>& claims) {
  add_bound(
      claims, "training.theorem-3.loss.as-stated",
      R"(L(\theta^k) \le \Bigl(1 - \frac{\eta\lambda_0}{16}\Bigr)^kL(\theta^0), \qquad \lambda_0 = \lambda_{\min}(K_\infty) > 0)",
      loss);
  add_bound(
      claims, "training.hypothesis-norms.as-stated",
      R"(\|v^0\|, \|W^0\|, \|U^0\| \le C\sqrt n \implies \|v^{k+1}\|, \|W^{k+1}\|, \|U^{k+1}\| \le C\sqrt n)",
      norms);
  add_bound(claims, "training.contraction.as-stated",
            R"(\|u^{k+1} - y\| \le \Bigl[1 - \frac{\eta\alpha_0^2}8\Bigr]\|u^k - y\|)", contraction);
  add_bound(claims, "training.movement-v.as-stated",
            R"(\Bigl\|\frac{\partial L(\theta^i)}{\partial v}\Bigr\| \le Ce^{C\sigma T}\,\|X\|\,\|u^i - y\|)",
            [](Inputs& in) {
              const Pulled at(in);
              return Sides{norm(at.pull(&Gradient::v)), at.claimed()};
            });
  add_bound(
      claims, "training.movement-W.as-stated",
      R"(\Bigl\|\frac{\partial L(\theta^i)}{\partial W}\Bigr\| \le (\sigma T)\,Ce^{C\sigma T}\,\|X\|\,\|u^i - y\|)",
      [](Inputs& in) {
        const Pulled at(in);
        return Sides{spectral_norm(at.pull(&Gradient::W), at.f.n), at.sigma_T() * at.claimed()};
      });
}

}  // namespace gronwall::checker
