#include "verify/checker/network.hpp"

#include "verify/checker/outcome.hpp"

namespace gronwall::checker {

const std::vector<std::string> named_by_the_paper{"tanh", "softplus", "gelu"};
const std::vector<std::string> all_activations{"tanh", "softplus", "gelu",   "identity", "sin", "cos",
                                               "silu", "sigmoid",  "arctan", "gaussian", "erf"};

namespace {

/// Wider networks take minutes.
constexpr long widest = 8;

}  // namespace

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

namespace {

Field field(const Network& f) {
  Vector m;
  for (const mpq_class& w : f.W.entries()) m.push_back(Interval(f.sigma_w * w) / f.root_n());
  return Field(f.phi, f.n, std::move(m));
}

}  // namespace

Vector initial_state(const Network& f, const Matrix& x) {
  Vector h;
  const Matrix product = f.U * x;
  for (const mpq_class& entry : product.entries()) h.push_back(f.input_scale() * Interval(entry));
  return h;
}

Vector hidden(const Network& f, const Matrix& x, const mpq_class& t) {
  return solve(field(f), initial_state(f, x), t);
}

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

namespace {

/// The middle of the interval.
mpq_class middle(const Interval& x) {
  return (x.lower().rational("an entry") + x.upper().rational("an entry")) / 2;
}

}  // namespace

Interval spectral_norm(const Vector& a, long n) {
  Matrix m(n, n);
  Interval rest;
  for (long i = 0; i < n; ++i)
    for (long j = 0; j < n; ++j) {
      const Interval& entry = a[static_cast<std::size_t>(i * n + j)];
      if (!entry.bounded()) throw NotDecided("the enclosure of the gradient gets too wide");
      m(i, j) = middle(entry);
      rest += sqr(entry - Interval(m(i, j)));
    }
  const Interval off = sqrt(rest), of_middle = spectral_norm(m);
  return hull(max(of_middle - off, 0), of_middle + off);
}

namespace {

Vector weight_gradient(const Network& f, const Matrix& x) {
  const std::size_t n = static_cast<std::size_t>(f.n);
  Field driven = field(f);
  const Interval scale = Interval(f.sigma_w) / f.root_n();
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t k = 0; k < n; ++k) driven.driven({i * n + k, i, k, scale});
  Vector state = initial_state(f, x);
  state.resize(n + n * n * n, Interval(0));
  state = solve(driven, state, f.horizon);
  Vector out;
  for (std::size_t column = 0; column < n * n; ++column) {
    Interval sum;
    for (std::size_t j = 0; j < n; ++j)
      sum += Interval(f.v(static_cast<long>(j), 0)) * derivative(f.phi, state[j]) * state[n + column * n + j];
    out.push_back(Interval(f.sigma_v) / f.root_n() * sum);
  }
  return out;
}

}  // namespace

Gradient gradient(const Network& f, const Matrix& x) {
  Gradient out;
  for (const Interval& state : hidden(f, x, f.horizon))
    out.v.push_back(Interval(f.sigma_v) / f.root_n() * value(f.phi, state));
  for (const Interval& entry : adjoint(f, x, 0))
    for (const mpq_class& input : x.entries()) out.U.push_back(f.input_scale() * entry * Interval(input));
  out.W = weight_gradient(f, x);
  out.spectral_W = spectral_norm(out.W, f.n);
  return out;
}

Interval norm(const Vector& x) {
  Interval sum;
  for (const Interval& entry : x) sum += sqr(entry);
  return sqrt(sum);
}
Interval inner_product(const Vector& a, const Vector& b) {
  Interval sum;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}
Vector difference(const Vector& a, const Vector& b) {
  Vector out;
  for (std::size_t i = 0; i < a.size(); ++i) out.push_back(a[i] - b[i]);
  return out;
}

Interval distance(const Network& f, const Network& bar) {
  return sqrt(Interval(square_sum(f.v - bar.v) + square_sum(f.W - bar.W) + square_sum(f.U - bar.U)));
}

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
Interval largest_column(const Matrix& W) {
  Interval top;
  for (long j = 0; j < W.cols(); ++j) {
    Matrix column(W.rows(), 1);
    for (long i = 0; i < W.rows(); ++i) column(i, 0) = W(i, j);
    top = max(top, frobenius_norm(column));
  }
  return top;
}

Interval adjoint_bound(const Network& f) {
  return Interval(f.sigma_v) / f.root_n() * f.L1() * frobenius_norm(f.v) *
         exp(f.growth() * f.L1() * Interval(f.horizon));
}

namespace {

/// Looks at both sides at growing precision until `decided` says whether lhs and rhs are as claimed.
Finding compare(const Certificate& certificate, const std::string& relation, const std::string& otherwise,
                const Evaluate& evaluate, const std::function<std::optional<bool>(const Sides&)>& decided) {
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
    if (const std::optional<bool> holds = decided(*sides))
      return {*holds, relation, sides->lhs, sides->rhs,
              sides->lhs.text() + " " + (*holds ? relation : otherwise) + " " + sides->rhs.text()};
  }
  throw NotDecided(reason);
}

std::optional<bool> at_most(const Sides& s) {
  if (surely_at_most(s.lhs, s.rhs)) return true;
  if (surely_less(s.rhs, s.lhs)) return false;
  return std::nullopt;
}

}  // namespace

void add_bound(std::map<std::string, Known>& claims, const std::string& id, const std::string& statement,
               const Evaluate& evaluate) {
  claims.emplace(id, Known{statement, {"<="}, [evaluate](const Certificate& c) {
                             return compare(c, "<=", ">", evaluate, at_most);
                           }});
}

void add_identity(std::map<std::string, Known>& claims, const std::string& id, const std::string& statement,
                  const Evaluate& evaluate) {
  claims.emplace(id, Known{statement, {"="}, [evaluate](const Certificate& c) {
                             if (!c.tolerance) throw NotConfirmed("an identity needs a tolerance");
                             const mpq_class& tolerance = *c.tolerance;
                             return compare(c, "=", "!=", evaluate,
                                            [&tolerance](const Sides& s) -> std::optional<bool> {
                                              const Interval apart = abs(s.lhs - s.rhs);
                                              if (surely_less(Interval(tolerance), apart)) return false;
                                              if (surely_at_most(apart, Interval(tolerance))) return true;
                                              return std::nullopt;
                                            });
                           }});
}

}  // namespace gronwall::checker
