#include <algorithm>

#include "verify/checker/network.hpp"
#include "verify/checker/outcome.hpp"

/// The proof of Lemma 16, step by step: one step of gradient descent, and the arithmetic of the induction.
///
/// Gradients are carried forwards in time: with p a parameter, xi = dh/dp obeys xi' = M diag(phi'(h)) xi +
/// dM/dp phi(h), M = (sigma_w/sqrt n) W. Parameters after a step are intervals.
namespace gronwall::checker {
namespace {

/// theta = (v, W, U), matrices row by row; also a direction in the space of all theta, or a gradient.
struct Tuple {
  Vector v, W, U;
};

Vector entries(const Matrix& a) {
  Vector out;
  for (const mpq_class& entry : a.entries()) out.push_back(Interval(entry));
  return out;
}
Tuple parameters(const Network& f) { return {entries(f.v), entries(f.W), entries(f.U)}; }

/// a + c b.
Vector sum(const Vector& a, const Interval& c, const Vector& b) {
  Vector out;
  for (std::size_t i = 0; i < a.size(); ++i) out.push_back(a[i] + c * b[i]);
  return out;
}
Tuple sum(const Tuple& a, const Interval& c, const Tuple& b) {
  return {sum(a.v, c, b.v), sum(a.W, c, b.W), sum(a.U, c, b.U)};
}
Interval inner_product(const Tuple& a, const Tuple& b) {
  return inner_product(a.v, b.v) + inner_product(a.W, b.W) + inner_product(a.U, b.U);
}

/// The network f with its parameters replaced by intervals, at one input x.
class At {
 public:
  At(const Network& f, const Tuple& theta, const Matrix& x)
      : f_(f), theta_(theta), x_(x), n_(static_cast<std::size_t>(f.n)), d_(static_cast<std::size_t>(f.d)) {}

  Interval output() const { return read_out(solve(field(), start(theta_.U), f_.horizon), theta_.v); }

  /// Columns of Y: n for the initial state (Y_0 = I), then one for each entry of W.
  Tuple gradient() const {
    Field driven = field();
    Vector state = start(theta_.U);
    for (std::size_t j = 0; j < n_; ++j)
      for (std::size_t i = 0; i < n_; ++i) state.push_back(i == j ? 1 : 0);
    for (std::size_t i = 0; i < n_; ++i)
      for (std::size_t k = 0; k < n_; ++k) driven.driven({n_ + i * n_ + k, i, k, hidden_scale()});
    state.resize(n_ + n_ * n_ + n_ * n_ * n_);
    state = solve(driven, state, f_.horizon);
    Tuple out;
    for (std::size_t i = 0; i < n_; ++i) out.v.push_back(output_scale() * value(f_.phi, state[i]));
    for (std::size_t i = 0; i < n_; ++i)
      for (std::size_t j = 0; j < d_; ++j)
        out.U.push_back(pulled(state, i) * f_.input_scale() * Interval(x_(static_cast<long>(j), 0)));
    for (std::size_t c = 0; c < n_ * n_; ++c) out.W.push_back(pulled(state, n_ + c));
    return out;
  }

  /// <grad f, delta>, by one column.
  Interval along(const Tuple& delta) const {
    Field driven = field();
    Vector state = start(theta_.U);
    for (const Interval& entry : start(delta.U)) state.push_back(entry);
    for (std::size_t i = 0; i < n_; ++i)
      for (std::size_t k = 0; k < n_; ++k) driven.driven({0, i, k, hidden_scale() * delta.W[i * n_ + k]});
    state = solve(driven, state, f_.horizon);
    return read_out(state, delta.v) + pulled(state, 0);
  }

 private:
  Interval output_scale() const { return Interval(f_.sigma_v) / f_.root_n(); }
  Interval hidden_scale() const { return Interval(f_.sigma_w) / f_.root_n(); }
  Field field() const {
    Vector m;
    for (const Interval& w : theta_.W) m.push_back(hidden_scale() * w);
    return Field(f_.phi, f_.n, std::move(m));
  }
  /// (sigma_u/sqrt d) U x.
  Vector start(const Vector& U) const {
    Vector h(n_);
    for (std::size_t i = 0; i < n_; ++i)
      for (std::size_t j = 0; j < d_; ++j)
        h[i] += f_.input_scale() * U[i * d_ + j] * Interval(x_(static_cast<long>(j), 0));
    return h;
  }
  /// (sigma_v/sqrt n) v^T phi(h).
  Interval read_out(const Vector& h, const Vector& v) const {
    Interval out;
    for (std::size_t i = 0; i < n_; ++i) out += v[i] * value(f_.phi, h[i]);
    return output_scale() * out;
  }
  /// (sigma_v/sqrt n) v^T (phi'(h) * column c of Y).
  Interval pulled(const Vector& state, std::size_t c) const {
    Interval out;
    for (std::size_t i = 0; i < n_; ++i)
      out += theta_.v[i] * derivative(f_.phi, state[i]) * state[n_ + c * n_ + i];
    return output_scale() * out;
  }

  const Network& f_;
  const Tuple& theta_;
  const Matrix& x_;
  std::size_t n_, d_;
};

/// A network, its samples, and the step size.
struct Setting {
  Network f;
  std::vector<Matrix> x;
  Matrix y;
  mpq_class eta;
};

/// I - eta X^T X has no negative eigenvalue, for one or two samples: exactly.
bool small_step(const Matrix& X, const mpq_class& eta) {
  const Matrix square = transposed(X) * X;
  const auto entry = [&](long i, long j) { return mpq_class((i == j ? 1 : 0) - eta * square(i, j)); };
  if (X.cols() == 1) return entry(0, 0) >= 0;
  return entry(0, 0) >= 0 && entry(1, 1) >= 0 && entry(0, 0) * entry(1, 1) >= entry(0, 1) * entry(1, 0);
}

Setting any_setting(Inputs& in, long least) {
  Setting s;
  s.f = any_network(in, any_activation(in, named_by_the_paper));
  if (s.f.n > 4) throw NotDecided("the network is wider than this checker can train");
  const long count = in.integer("N", least, 2);
  const Matrix X = in.matrix("X", s.f.d, count);
  s.y = in.matrix("y", count, 1);
  s.eta = in.number("eta", 0, 1);
  if (!small_step(X, s.eta)) throw NotConfirmed("the hypothesis \"eta <= 1/||X||^2\" is not met");
  for (long m = 0; m < count; ++m) {
    s.x.emplace_back(s.f.d, 1);
    for (long j = 0; j < s.f.d; ++j) s.x.back()(j, 0) = X(j, m);
  }
  return s;
}

/// One step of gradient descent.
struct Step {
  Tuple start, end, delta;  ///< theta^k, theta^{k+1}, theta^{k+1} - theta^k
  std::vector<Tuple> gradients;
  Vector residual;

  explicit Step(const Setting& s) : start(parameters(s.f)) {
    for (std::size_t m = 0; m < s.x.size(); ++m) {
      const At at(s.f, start, s.x[m]);
      residual.push_back(at.output() - Interval(s.y(static_cast<long>(m), 0)));
      gradients.push_back(at.gradient());
    }
    delta = {Vector(start.v.size()), Vector(start.W.size()), Vector(start.U.size())};
    for (std::size_t m = 0; m < s.x.size(); ++m)
      delta = sum(delta, -Interval(s.eta) * residual[m], gradients[m]);
    end = sum(start, 1, delta);
  }
};

Sides linearised(Inputs& in) {
  const Setting s = any_setting(in, 1);
  const auto i = static_cast<std::size_t>(in.integer("sample", 1, static_cast<long>(s.x.size())) - 1);
  const Step step(s);
  Interval linear = step.residual[i];
  for (std::size_t j = 0; j < s.x.size(); ++j)
    linear -= Interval(s.eta) * inner_product(step.gradients[i], step.gradients[j]) * step.residual[j];
  return {At(s.f, step.end, s.x[i]).output() - Interval(s.y(static_cast<long>(i), 0)), linear};
}

/// min over alpha in [0, 1] of max_i |<grad f_i(theta^k + alpha Delta), Delta> - (u_i^{k+1} - u_i^k)|, by
/// bisection. On a piece alpha is an interval. The piece with the least lower end is cut until some number of
/// pieces is reached, or the enclosure is narrow.
Sides mean_value(Inputs& in) {
  const Setting s = any_setting(in, 2);
  const Step step(s);
  Vector change;
  for (std::size_t i = 0; i < s.x.size(); ++i)
    change.push_back(At(s.f, step.end, s.x[i]).output() - step.residual[i] -
                     Interval(s.y(static_cast<long>(i), 0)));
  const auto gap = [&](const Interval& alpha) {
    const Tuple theta = sum(step.start, alpha, step.delta);
    Interval top;
    for (std::size_t i = 0; i < s.x.size(); ++i)
      top = max(top, abs(At(s.f, theta, s.x[i]).along(step.delta) - change[i]));
    return top;
  };
  struct Piece {
    mpq_class from, to;
    Endpoint low;
  };
  const auto piece = [&gap](const mpq_class& from, const mpq_class& to) {
    return Piece{from, to, gap(hull(Interval(from), Interval(to))).lower()};
  };
  constexpr int most = 64;
  Endpoint reached = gap(Interval(mpq_class(1, 2))).upper();
  std::vector<Piece> pieces{piece(0, mpq_class(1, 2)), piece(mpq_class(1, 2), 1)};
  for (int cuts = 0;; ++cuts) {
    const auto least = std::min_element(pieces.begin(), pieces.end(),
                                        [](const Piece& a, const Piece& b) { return a.low < b.low; });
    const Interval found = Interval::between(least->low, reached);
    if (cuts == most ||
        surely_at_most(Interval::between(reached, reached),
                       Interval::between(least->low, least->low) * Interval(mpq_class(17, 16))))
      return {found, 0};
    const Piece cut = *least;
    const mpq_class middle = (cut.from + cut.to) / 2;
    const Endpoint here = gap(Interval(middle)).upper();
    if (here < reached) reached = here;
    *least = piece(cut.from, middle);
    pieces.push_back(piece(middle, cut.to));
  }
}

Sides rate(Inputs& in) {
  const Network f = any_network(in, any_activation(in, named_by_the_paper));
  if (f.n > 4) throw NotDecided("the network is wider than this checker can train");
  const Matrix x = in.matrix("x", f.d, 1);
  const Interval eighth = Interval(in.number("eta", mpq_class(1, 1024), 1)) / Interval(8);
  const Tuple theta = parameters(f), g = At(f, theta, x).gradient();
  return {Interval(1) - eighth * inner_product(g.v, g.v), Interval(1) - eighth * inner_product(g, g)};
}

mpq_class power(const mpq_class& x, long k) {
  mpq_class out = 1;
  for (long i = 0; i < k; ++i) out *= x;
  return out;
}
/// (1 - x^k)/(1 - x) = sum_{i < k} x^i.
mpq_class geometric(const mpq_class& x, long k) {
  return x == 1 ? mpq_class(k) : mpq_class((1 - power(x, k)) / (1 - x));
}

mpq_class any_rate(Inputs& in, const std::string& name, const mpq_class& high) {
  return in.number(name, mpq_class(1, 1024), high);
}

using Exact = std::pair<mpq_class, mpq_class>;

/// lhs <= rhs for rational numbers; the certificate has to give the very same ones.
void add_exact(std::map<std::string, Known>& claims, const std::string& id, const std::string& statement,
               const std::function<Exact(Inputs&)>& sides) {
  claims.emplace(id, Known{statement, {"<="}, [sides](const Certificate& c) {
                             Inputs in(c);
                             const auto [lhs, rhs] = sides(in);
                             in.finish();
                             if (!c.lhs.exact || !c.rhs || !c.rhs->exact)
                               throw NotConfirmed("the sides are not exact");
                             if (*c.lhs.exact != lhs)
                               throw NotConfirmed("the left side is " + lhs.get_str() + " by this checker");
                             if (*c.rhs->exact != rhs)
                               throw NotConfirmed("the right side is " + rhs.get_str() + " by this checker");
                             return Finding{lhs <= rhs, "<=", Interval(lhs), Interval(rhs),
                                            lhs.get_str() + (lhs <= rhs ? " <= " : " > ") + rhs.get_str()};
                           }});
}

}  // namespace

void add_training(std::map<std::string, Known>& claims) {
  add_identity(
      claims, "training.linearised.as-stated",
      R"(u^{k+1} - y = (I - \eta H^k)(u^k - y), \qquad H^k_{ij} = \langle\nabla_\theta f(x_i), \nabla_\theta f(x_j)\rangle)",
      linearised);
  add_bound(
      claims, "training.mean-value.as-stated",
      R"(\exists\,\alpha \in [0, 1]:\quad u^{k+1} - u^k = \Bigl(\frac{\partial u}{\partial\theta}(\tilde\theta)\Bigr)^{\!\top}(\theta^{k+1} - \theta^k),
\quad \tilde\theta = \alpha\theta^k + (1 - \alpha)\theta^{k+1})",
      mean_value);
  add_bound(
      claims, "training.induction.rate.as-stated",
      R"(1 - \frac{\eta\alpha_0^2}8 \le 1 - \frac{\eta\lambda_0}8,\qquad \alpha_0 = \sigma_{\min}\Bigl(\frac{\sigma_v}{\sqrt n}\Phi^0\Bigr),\ \lambda_0 = \lambda_{\min}(K_{\theta^0}))",
      rate);
  add_exact(
      claims, "training.jacobian-from-start.decay.as-stated",
      R"(\|u^i - y\| \le (1 - \eta\alpha_0^2)^i\|u^0 - y\|\ (i < k) \implies \sum_{i=0}^{k-1}\|u^i - y\| \le \sum_{i=0}^{k-1}(1 - \eta\alpha_0^2)\|u^0 - y\|)",
      [](Inputs& in) {
        const mpq_class q = any_rate(in, "q", 1);
        const long k = in.integer("k", 1, 20);
        return Exact{geometric(1 - q, k), k * (1 - q)};
      });
  add_exact(claims, "training.jacobian-from-start.geometric.as-stated",
            R"(\eta\sum_{i=0}^{k-1}(1 - \eta\alpha_0^2)^i \le \frac{\eta}{\alpha_0^2})", [](Inputs& in) {
              const mpq_class eta = any_rate(in, "eta", 1), alpha = any_rate(in, "alpha_0", 4);
              const long k = in.integer("k", 1, 20);
              const mpq_class q = eta * alpha * alpha;
              if (q > 1) throw NotConfirmed("the hypothesis \"eta alpha_0^2 <= 1\" is not met");
              return Exact{eta * geometric(1 - q, k), eta / (alpha * alpha)};
            });
  add_exact(
      claims, "training.jacobian-from-start.half.as-stated",
      R"(\sqrt n \ge \frac{A}{\alpha_0^3} \implies \frac{\eta A}{\sqrt n\,\alpha_0^2} \le \frac{\alpha_0}2,\qquad A = C(\sigma T)^2e^{C\sigma T}\|X\|^2\|u^0 - y\|)",
      [](Inputs& in) {
        const mpq_class eta = any_rate(in, "eta", 1), alpha = any_rate(in, "alpha_0", 4),
                        A = any_rate(in, "A", 16), s = in.number("s", 1, 4);
        const mpq_class width = s * A / (alpha * alpha * alpha);
        return Exact{eta * A / (width * alpha * alpha), alpha / 2};
      });
  add_exact(
      claims, "training.induction.hypothesis.as-stated",
      R"(\|u^k - y\| \le (1 - q)^k\|u^0 - y\|,\ \|u^{k+1} - y\| \le (1 - \tfrac q8)\|u^k - y\| \implies \|u^{k+1} - y\| \le (1 - q)^{k+1}\|u^0 - y\|,\qquad q = \eta\alpha_0^2)",
      [](Inputs& in) {
        const mpq_class q = any_rate(in, "q", 1);
        const long k = in.integer("k", 0, 12);
        return Exact{(1 - q / 8) * power(1 - q, k), power(1 - q, k + 1)};
      });
  add_exact(
      claims, "training.induction.index.as-stated",
      R"(\|u^{k+1} - y\| \le (1 - p)^k\|u^0 - y\| \implies \|u^{k+1} - y\| \le (1 - p)^{k+1}\|u^0 - y\|,\qquad p = \frac{\eta\lambda_0}8)",
      [](Inputs& in) {
        const mpq_class p = any_rate(in, "p", 1);
        const long k = in.integer("k", 0, 12);
        return Exact{power(1 - p, k), power(1 - p, k + 1)};
      });
  add_exact(claims, "training.induction.norms.as-stated",
            R"(\|v^{k+1} - v^0\| \le C\sqrt n,\ \|v^0\| \le C\sqrt n \implies \|v^{k+1}\| \le C\sqrt n)",
            [](Inputs& in) {
              const mpq_class C = any_rate(in, "C", 16), s = in.number("s", -1, 1);
              const long m = in.integer("m", 1, 32);
              return Exact{C * m * (1 + s), C * m};
            });
}

}  // namespace gronwall::checker
