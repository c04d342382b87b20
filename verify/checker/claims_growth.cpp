#include "verify/checker/claims.hpp"
#include "verify/checker/ode.hpp"
#include "verify/checker/outcome.hpp"

/// Lemmas 17 and 18: h_0 = (sigma_u/sqrt d) U x, h' = (sigma_w/sqrt n) W phi(h), lambda_T = (sigma_v/sqrt n)
/// phi'(h_T)
/// * v and lambda' = -(sigma_w/sqrt n) phi'(h) * W^T lambda. All matrix norms are spectral.
namespace gronwall::checker {
namespace {

/// Wider networks take minutes.
constexpr long widest = 8;

const std::vector<std::string> named_by_the_paper{"tanh", "softplus", "gelu"};
const std::vector<std::string> all_activations{"tanh", "softplus", "gelu",   "identity", "sin", "cos",
                                               "silu", "sigmoid",  "arctan", "gaussian", "erf"};

struct Network {
  Activation phi = Activation::identity;
  long n = 0, d = 0;
  Matrix v, W, U;
  mpq_class sigma_v = 1, sigma_w = 1, horizon;
  /// None stands for sqrt d, the normalisation of the slide "Closed".
  std::optional<mpq_class> sigma_u;

  Interval root_n() const { return sqrt(Interval(n)); }
  /// sigma_u/sqrt d.
  Interval input_scale() const { return sigma_u ? Interval(*sigma_u) / sqrt(Interval(d)) : Interval(1); }
  /// a = sigma_w ||W||/sqrt n.
  Interval growth() const { return Interval(sigma_w) * spectral_norm(W) / root_n(); }
  Interval L1() const { return lipschitz(phi); }
  /// |phi(0)| sqrt n.
  Interval norm_at_zero() const { return abs(value(phi, 0)) * root_n(); }
};

Activation any_activation(Inputs& in, const std::vector<std::string>& among) {
  return *activation(in.one_of("phi", among));
}

void suppose_one_lipschitz(Activation phi) {
  if (!surely_at_most(lipschitz(phi), 1))
    throw NotConfirmed("the hypothesis \"phi is 1-Lipschitz\" is not met");
}
void suppose_zero_at_zero(Activation phi) {
  const Interval at_zero = value(phi, 0);
  if (!(at_zero.lower().sign() == 0 && at_zero.upper().sign() == 0))
    throw NotConfirmed("the hypothesis \"phi(0) = 0\" is not met");
}

Network any_normalised_network(Inputs& in, Activation phi) {
  Network f;
  f.phi = phi;
  f.n = in.integer("n", 1, 1024);
  f.d = in.integer("d", 1, 1024);
  if (f.n > widest) throw NotDecided("the network is wider than this checker can solve");
  f.W = in.matrix("W", f.n, f.n);
  f.U = in.matrix("U", f.n, f.d);
  f.v = in.matrix("v", f.n, 1);
  f.sigma_w = in.number("sigma", 0);
  f.horizon = in.number("T", 0);
  return f;
}

Network any_network(Inputs& in, Activation phi) {
  Network f = any_normalised_network(in, phi);
  f.sigma_v = in.number("sigma_v", 0);
  f.sigma_u = in.number("sigma_u", 0);
  return f;
}

/// The network thetabar, equal to f but for what "differs".
Network any_other(Inputs& in, const Network& f) {
  Network bar = f;
  const std::string differs = in.one_of("differs", {"U", "W", "v", "U, W and v"});
  const bool all = differs == "U, W and v";
  if (all || differs == "U") bar.U = in.matrix("Ubar", f.n, f.d);
  if (all || differs == "W") bar.W = in.matrix("Wbar", f.n, f.n);
  if (all || differs == "v") bar.v = in.matrix("vbar", f.n, 1);
  return bar;
}

mpq_class any_time(Inputs& in, const Network& f) { return in.number("t/T", 0, 1) * f.horizon; }

Field field(const Network& f) {
  Vector m;
  for (const mpq_class& w : f.W.entries()) m.push_back(Interval(f.sigma_w * w) / f.root_n());
  return Field(f.phi, f.n, std::move(m));
}

Vector initial_state(const Network& f, const Matrix& x) {
  Vector h;
  const Matrix product = f.U * x;
  for (const mpq_class& entry : product.entries()) h.push_back(f.input_scale() * Interval(entry));
  return h;
}

Vector hidden(const Network& f, const Matrix& x, const mpq_class& t) {
  return solve(field(f), initial_state(f, x), t);
}

/// lambda_t = Y^T lambda_T, where Y' = (sigma_w/sqrt n) W diag(phi'(h)) Y from Y_t = I: (Y^T lambda)' = 0.
/// Nothing runs backwards.
Vector adjoint(const Network& f, const Matrix& x, const mpq_class& t) {
  const std::size_t n = static_cast<std::size_t>(f.n);
  Vector state = hidden(f, x, t);
  for (std::size_t j = 0; j < n; ++j)
    for (std::size_t i = 0; i < n; ++i) state.push_back(i == j ? 1 : 0);
  state = solve(field(f), state, f.horizon - t);
  Vector lambda;
  for (std::size_t j = 0; j < n; ++j) {
    Interval sum;
    for (std::size_t i = 0; i < n; ++i)
      sum += state[n + j * n + i] * derivative(f.phi, state[i]) * Interval(f.v(static_cast<long>(i), 0));
    lambda.push_back(Interval(f.sigma_v) / f.root_n() * sum);
  }
  return lambda;
}

Interval norm(const Vector& x) {
  Interval sum;
  for (const Interval& entry : x) sum += sqr(entry);
  return sqrt(sum);
}
Vector difference(const Vector& a, const Vector& b) {
  Vector out;
  for (std::size_t i = 0; i < a.size(); ++i) out.push_back(a[i] - b[i]);
  return out;
}

Interval distance(const Network& f, const Network& bar) {
  return sqrt(Interval(square_sum(f.v - bar.v) + square_sum(f.W - bar.W) + square_sum(f.U - bar.U)));
}

/// The repaired (6): e^{m L1 t} [||h_0 - hbar_0|| + (sigma_w t/sqrt n) ||W - Wbar|| (L1 ||hbar_0|| + |phi(0)|
/// sqrt n)].
Interval state_difference_bound(const Network& f, const Network& bar, const Matrix& x, const mpq_class& t) {
  const Interval start = f.input_scale() * frobenius_norm((f.U - bar.U) * x);
  const Interval drive = Interval(f.sigma_w * t) / f.root_n() * spectral_norm(f.W - bar.W) *
                         (f.L1() * norm(initial_state(bar, x)) + f.norm_at_zero());
  return exp(max(f.growth(), bar.growth()) * f.L1() * Interval(t)) * (start + drive);
}

Interval largest_entry(const Matrix& a) {
  Interval top;
  for (const mpq_class& entry : a.entries()) top = max(top, abs(Interval(entry)));
  return top;
}
/// max_j ||W e_j||.
Interval largest_column(const Matrix& W) {
  Interval top;
  for (long j = 0; j < W.cols(); ++j) {
    Matrix column(W.rows(), 1);
    for (long i = 0; i < W.rows(); ++i) column(i, 0) = W(i, j);
    top = max(top, frobenius_norm(column));
  }
  return top;
}

/// The repaired (5) at t = 0: a bound of ||lambda_t|| for all t.
Interval adjoint_bound(const Network& f) {
  return Interval(f.sigma_v) / f.root_n() * f.L1() * frobenius_norm(f.v) *
         exp(f.growth() * f.L1() * Interval(f.horizon));
}

/// sup_t max_i |(W^T lambda_t)_i|: at least its largest value at a few times, at most the largest column
/// times the bound of ||lambda||.
Interval largest_pull(const Network& f, const Matrix& x) {
  constexpr int gaps = 4;
  Interval reached;
  for (int k = 0; k <= gaps; ++k) {
    const Vector lambda = adjoint(f, x, f.horizon * mpq_class(k, gaps));
    for (long i = 0; i < f.n; ++i) {
      Interval pull;
      for (long j = 0; j < f.n; ++j) pull += Interval(f.W(j, i)) * lambda[static_cast<std::size_t>(j)];
      reached = max(reached, abs(pull));
    }
  }
  return hull(reached, largest_column(f.W) * adjoint_bound(f));
}

struct Sides {
  Interval lhs, rhs;
};
using Evaluate = std::function<Sides(Inputs&)>;

/// lhs <= rhs, decided by the checker's own enclosures at growing precision.
Finding at_most(const Certificate& certificate, const Evaluate& evaluate) {
  std::string reason = "both sides are too close for this checker";
  for (const long bits : {128, 256, 512}) {
    const Precision guard(bits);
    Inputs in(certificate);
    std::optional<Sides> sides;
    try {
      sides = evaluate(in);
      in.finish();
      compare_side("left", certificate.lhs, sides->lhs);
      compare_side("right", certificate.rhs, sides->rhs);
    } catch (const NotDecided& undecided) {
      reason = undecided.what();
      continue;
    }
    const bool holds = surely_at_most(sides->lhs, sides->rhs), broken = surely_less(sides->rhs, sides->lhs);
    if (!holds && !broken) continue;
    return {holds, "<=", sides->lhs, sides->rhs,
            sides->lhs.text() + (holds ? " <= " : " > ") + sides->rhs.text()};
  }
  throw NotDecided(reason);
}

void add(std::map<std::string, Known>& claims, const std::string& id, const std::string& statement,
         const Evaluate& evaluate) {
  claims.emplace(id,
                 Known{statement, {"<="}, [evaluate](const Certificate& c) { return at_most(c, evaluate); }});
}

}  // namespace

void add_growth(std::map<std::string, Known>& claims) {
  add(claims, "growth.lemma-17.state.as-stated",
      R"(\|h_t\| \le \|U\|\,\|x\|\,\exp\Bigl(\frac{\sigma t}{\sqrt n}\|W\|\Bigr))", [](Inputs& in) {
        const Activation phi = any_activation(in, named_by_the_paper);
        suppose_one_lipschitz(phi);
        const Network f = any_normalised_network(in, phi);
        const Matrix x = in.matrix("x", f.d, 1);
        const mpq_class t = any_time(in, f);
        return Sides{norm(hidden(f, x, t)),
                     spectral_norm(f.U) * frobenius_norm(x) * exp(f.growth() * Interval(t))};
      });
  add(claims, "growth.lemma-17.state.repaired",
      R"(\|h_t\| \le e^{a L_1 t}\|h_0\| + \frac{|\phi(0)|\sqrt n}{L_1}\bigl(e^{a L_1 t} - 1\bigr),
\qquad a = \frac{\sigma_w\|W\|}{\sqrt n})",
      [](Inputs& in) {
        const Network f = any_network(in, any_activation(in, all_activations));
        const Matrix x = in.matrix("x", f.d, 1);
        const mpq_class t = any_time(in, f);
        const Interval grown = exp(f.growth() * f.L1() * Interval(t));
        return Sides{norm(hidden(f, x, t)),
                     grown * norm(initial_state(f, x)) + f.norm_at_zero() / f.L1() * (grown - Interval(1))};
      });
  add(claims, "growth.lemma-17.adjoint.as-stated",
      R"(\|\lambda_t\| \le \frac{\|v\|}{\sqrt n}\exp\Bigl(\frac{\sigma (T - t)}{\sqrt n}\|W\|\Bigr))",
      [](Inputs& in) {
        const Activation phi = any_activation(in, named_by_the_paper);
        suppose_one_lipschitz(phi);
        const Network f = any_normalised_network(in, phi);
        const Matrix x = in.matrix("x", f.d, 1);
        const mpq_class t = any_time(in, f);
        return Sides{norm(adjoint(f, x, t)),
                     frobenius_norm(f.v) / f.root_n() * exp(f.growth() * Interval(mpq_class(f.horizon - t)))};
      });
  add(claims, "growth.lemma-17.adjoint.repaired",
      R"(\|\lambda_t\| \le \frac{\sigma_v L_1\|v\|}{\sqrt n}\,e^{a L_1 (T - t)},
\qquad a = \frac{\sigma_w\|W\|}{\sqrt n})",
      [](Inputs& in) {
        const Network f = any_network(in, any_activation(in, all_activations));
        const Matrix x = in.matrix("x", f.d, 1);
        const mpq_class t = any_time(in, f);
        return Sides{norm(adjoint(f, x, t)),
                     Interval(f.sigma_v) * f.L1() * frobenius_norm(f.v) / f.root_n() *
                         exp(f.growth() * f.L1() * Interval(mpq_class(f.horizon - t)))};
      });
  add(claims, "growth.lemma-17.intuition.as-stated", R"(s \le t \implies \|\lambda_s\| \le \|\lambda_t\|)",
      [](Inputs& in) {
        const Network f = any_normalised_network(in, any_activation(in, named_by_the_paper));
        const Matrix x = in.matrix("x", f.d, 1);
        return Sides{norm(adjoint(f, x, 0)), norm(adjoint(f, x, f.horizon))};
      });
  add(claims, "growth.lemma-18.state.as-stated",
      R"(\|h_t - \bar h_t\| \le \|\theta - \bar\theta\|\,\|U\|\,\|W\|\,
\exp\Bigl(\frac{\sigma t(\|W\| + \|\bar W\|)}{\sqrt n}\Bigr)\|x\|)",
      [](Inputs& in) {
        const Activation phi = any_activation(in, named_by_the_paper);
        suppose_one_lipschitz(phi);
        const Network f = any_normalised_network(in, phi), bar = any_other(in, f);
        const Matrix x = in.matrix("x", f.d, 1);
        const mpq_class t = any_time(in, f);
        return Sides{norm(difference(hidden(f, x, t), hidden(bar, x, t))),
                     distance(f, bar) * spectral_norm(f.U) * spectral_norm(f.W) * frobenius_norm(x) *
                         exp((f.growth() + bar.growth()) * Interval(t))};
      });
  add(claims, "growth.lemma-18.state.repaired",
      R"(\|h_t - \bar h_t\| \le \Bigl[\|U - \bar U\| + \frac{\sigma t}{\sqrt n}\|W - \bar W\|\,\|\bar U\|\Bigr]
e^{t\max(a, \bar a)}\,\|x\|, \qquad a = \frac{\sigma\|W\|}{\sqrt n})",
      [](Inputs& in) {
        const Activation phi =
            any_activation(in, {"tanh", "identity", "sin", "arctan", "erf", "gelu", "softplus"});
        suppose_one_lipschitz(phi);
        suppose_zero_at_zero(phi);
        const Network f = any_normalised_network(in, phi), bar = any_other(in, f);
        const Matrix x = in.matrix("x", f.d, 1);
        const mpq_class t = any_time(in, f);
        const Interval drive =
            Interval(f.sigma_w * t) / f.root_n() * spectral_norm(f.W - bar.W) * spectral_norm(bar.U);
        return Sides{norm(difference(hidden(f, x, t), hidden(bar, x, t))),
                     (spectral_norm(f.U - bar.U) + drive) * exp(max(f.growth(), bar.growth()) * Interval(t)) *
                         frobenius_norm(x)};
      });
  add(claims, "growth.lemma-18.state.repaired-general",
      R"(\|h_t - \bar h_t\| \le e^{L_1 t\max(a, \bar a)}\Bigl[\|h_0 - \bar h_0\| + \frac{\sigma_w t}{\sqrt n}
\|W - \bar W\|\bigl(L_1\|\bar h_0\| + |\phi(0)|\sqrt n\bigr)\Bigr])",
      [](Inputs& in) {
        const Network f = any_network(in, any_activation(in, all_activations)), bar = any_other(in, f);
        const Matrix x = in.matrix("x", f.d, 1);
        const mpq_class t = any_time(in, f);
        return Sides{norm(difference(hidden(f, x, t), hidden(bar, x, t))),
                     state_difference_bound(f, bar, x, t)};
      });
  add(claims, "growth.lemma-18.adjoint.as-stated",
      R"(\|\lambda_t - \bar\lambda_t\| \le \|\theta - \bar\theta\|\cdot\frac{\|v\|\,\|W\|}{\sqrt n}
\exp\Bigl(\frac{\sigma(T - t)(\|W\| + \|\bar W\|)}{\sqrt n}\Bigr))",
      [](Inputs& in) {
        const Activation phi = any_activation(in, named_by_the_paper);
        suppose_one_lipschitz(phi);
        const Network f = any_normalised_network(in, phi), bar = any_other(in, f);
        const Matrix x = in.matrix("x", f.d, 1);
        const mpq_class t = any_time(in, f);
        return Sides{norm(difference(adjoint(f, x, t), adjoint(bar, x, t))),
                     distance(f, bar) * frobenius_norm(f.v) * spectral_norm(f.W) / f.root_n() *
                         exp((f.growth() + bar.growth()) * Interval(mpq_class(f.horizon - t)))};
      });
  add(claims, "growth.lemma-18.adjoint.repaired",
      R"(\|\lambda_t - \bar\lambda_t\| \le \frac{e^{\sigma(T - t)m}}{\sqrt n}\Bigl[\|v - \bar v\| + L_2 B D_T
+ \sigma(T - t)\Bigl(\|W - \bar W\|\frac{\|v\|}{\sqrt n}e^{\sigma T\|W\|/\sqrt n} + L_2 B D_T\Bigr)\Bigr])",
      [](Inputs& in) {
        const Activation phi = any_activation(in, {"tanh", "identity", "sin", "arctan", "softplus"});
        suppose_one_lipschitz(phi);
        suppose_zero_at_zero(phi);
        const Network f = any_normalised_network(in, phi), bar = any_other(in, f);
        const Matrix x = in.matrix("x", f.d, 1);
        const mpq_class t = any_time(in, f);
        const mpq_class remaining = f.horizon - t;
        const Interval B = max(largest_entry(f.v), largest_pull(f, x));
        const Interval curved =
            derivative_lipschitz(f.phi) * B * state_difference_bound(f, bar, x, f.horizon);
        const Interval drive = spectral_norm(f.W - bar.W) * frobenius_norm(f.v) / f.root_n() *
                               exp(f.growth() * Interval(f.horizon));
        return Sides{norm(difference(adjoint(f, x, t), adjoint(bar, x, t))),
                     exp(max(f.growth(), bar.growth()) * Interval(remaining)) / f.root_n() *
                         (frobenius_norm(f.v - bar.v) + curved +
                          Interval(mpq_class(f.sigma_w * remaining)) * (drive + curved))};
      });
  add(claims, "growth.lemma-18.adjoint.repaired-general",
      R"(\|\lambda_t - \bar\lambda_t\| \le e^{L_1(T - t)\max(a, \bar a)}\Bigl[\frac{\sigma_v}{\sqrt n}\bigl(L_1\|v - \bar v\|
+ L_2 D_T\max_i|v_i|\bigr) + \frac{\sigma_w(T - t)}{\sqrt n}\Lambda\bigl(L_1\|W - \bar W\| + L_2 D_T\max_i\|W e_i\|\bigr)\Bigr])",
      [](Inputs& in) {
        const Network f = any_network(in, any_activation(in, all_activations)), bar = any_other(in, f);
        const Matrix x = in.matrix("x", f.d, 1);
        const mpq_class t = any_time(in, f);
        const mpq_class remaining = f.horizon - t;
        const Interval L1 = f.L1(),
                       curved = derivative_lipschitz(f.phi) * state_difference_bound(f, bar, x, f.horizon);
        const Interval end = Interval(f.sigma_v) / f.root_n() *
                             (L1 * frobenius_norm(f.v - bar.v) + curved * largest_entry(f.v));
        const Interval drive = Interval(mpq_class(f.sigma_w * remaining)) / f.root_n() * adjoint_bound(f) *
                               (L1 * spectral_norm(f.W - bar.W) + curved * largest_column(f.W));
        return Sides{norm(difference(adjoint(f, x, t), adjoint(bar, x, t))),
                     exp(max(f.growth(), bar.growth()) * L1 * Interval(remaining)) * (end + drive)};
      });
}

}  // namespace gronwall::checker
