#include "verify/checker/layers.hpp"
#include "verify/checker/network.hpp"
#include "verify/checker/outcome.hpp"

/// Derivatives of the output in the parameters, carried forwards in time: with p the parameter, xi = dh/dp
/// obeys xi' = M diag(phi'(h)) xi + dM/dp phi(h), M = (sigma_w/sqrt n) W, and df/dp = (sigma_v/sqrt n) sum_i
/// v_i phi'(h_{T,i}) xi_{T,i}. No adjoint is solved.
namespace gronwall::checker {
namespace {

/// (sigma_v/sqrt n) sum_i v_i phi'(h_i) xi_i for the state (h, xi) at T.
Interval read_out(const Network& f, const Vector& state) {
  Interval sum;
  const std::size_t n = static_cast<std::size_t>(f.n);
  for (std::size_t i = 0; i < n; ++i)
    sum += Interval(f.v(static_cast<long>(i), 0)) * derivative(f.phi, state[i]) * state[n + i];
  return Interval(f.sigma_v) / f.root_n() * sum;
}

Field field(const Network& f) {
  Vector m;
  for (const mpq_class& w : f.W.entries()) m.push_back(Interval(mpq_class(f.sigma_w * w)) / f.root_n());
  return Field(f.phi, f.n, std::move(m));
}

Interval derivative_in_W(const Network& f, const Matrix& x, long i, long k) {
  Field driven = field(f);
  driven.driven(
      {0, static_cast<std::size_t>(i), static_cast<std::size_t>(k), Interval(f.sigma_w) / f.root_n()});
  Vector state = initial_state(f, x);
  state.resize(2 * state.size());
  return read_out(f, solve(driven, state, f.horizon));
}

Interval derivative_in_U(const Network& f, const Matrix& x, long i, long j) {
  Vector state = initial_state(f, x);
  state.resize(2 * state.size());
  state[static_cast<std::size_t>(f.n + i)] = f.input_scale() * Interval(x(j, 0));
  return read_out(f, solve(field(f), state, f.horizon));
}

/// Entry (i, k) of int (sigma_w/sqrt n) phi(h) lambda^T dt: the derivative in W_ki, by variation of the
/// constants; and it must meet what the integral itself gives.
Interval slide_in_W(const Network& f, const Matrix& x, long i, long k) {
  const Interval entry = derivative_in_W(f, x, k, i);
  if (!meet(entry, gradient(f, x).W[static_cast<std::size_t>(k * f.n + i)]))
    throw NotDecided("the integral does not meet the derivative");
  return entry;
}

/// Entry (i, j) of (sigma_u/sqrt d) x lambda(0)^T, for n = d.
Interval slide_in_U(const Network& f, const Matrix& x, long i, long j) {
  return f.input_scale() * Interval(x(i, 0)) * adjoint(f, x, 0)[static_cast<std::size_t>(j)];
}

/// A network with n = d, as the claims of the input's derivative draw it.
Network any_square_network(Inputs& in) {
  Network f;
  f.phi = any_activation(in, named_by_the_paper);
  f.n = f.d = in.integer("n", 1, 8);
  f.W = in.matrix("W", f.n, f.n);
  f.U = in.matrix("U", f.n, f.n);
  f.v = in.matrix("v", f.n, 1);
  f.sigma_w = in.number("sigma", 0);
  f.horizon = in.number("T", 0);
  f.sigma_v = in.number("sigma_v", 0);
  f.sigma_u = in.number("sigma_u", 0);
  return f;
}

/// N samples: the columns of X, and y.
struct Samples {
  std::vector<Matrix> x;
  Matrix y;
};
Samples any_samples(Inputs& in, long d) {
  const long count = in.integer("N", 1, 64);
  const Matrix X = in.matrix("X", d, count);
  Samples out{std::vector<Matrix>(static_cast<std::size_t>(count), Matrix(d, 1)), in.matrix("y", count, 1)};
  for (long m = 0; m < count; ++m)
    for (long j = 0; j < d; ++j) out.x[static_cast<std::size_t>(m)](j, 0) = X(j, m);
  return out;
}

Interval output(const Network& f, const Matrix& x) {
  const Vector h = hidden(f, x, f.horizon);
  Interval sum;
  for (long i = 0; i < f.n; ++i) sum += Interval(f.v(i, 0)) * value(f.phi, h[static_cast<std::size_t>(i)]);
  return Interval(f.sigma_v) / f.root_n() * sum;
}

/// sum_m (f(x_m) - y_m) g(x_m).
template <class G>
Interval over_samples(const Network& f, const Samples& data, const G& g) {
  Interval sum;
  for (std::size_t m = 0; m < data.x.size(); ++m)
    sum += (output(f, data.x[m]) - Interval(data.y(static_cast<long>(m), 0))) * g(data.x[m]);
  return sum;
}

/// lambda^l of the slide's recursion, without the factor sigma_w/sqrt n.
Vector slide_backward(const Network& f, const std::vector<Vector>& h, long l) {
  const std::size_t n = static_cast<std::size_t>(f.n);
  const long depth = static_cast<long>(h.size()) - 1;
  Vector lambda;
  for (std::size_t i = 0; i < n; ++i)
    lambda.push_back(Interval(f.sigma_v) / f.root_n() * Interval(f.v(static_cast<long>(i), 0)) *
                     derivative(f.phi, h.back()[i]));
  for (long m = depth; m > l; --m) {
    Vector next = lambda;
    for (std::size_t i = 0; i < n; ++i) {
      Interval pulled;
      for (std::size_t k = 0; k < n; ++k)
        pulled += Interval(f.W(static_cast<long>(k), static_cast<long>(i))) * lambda[k];
      next[i] += Interval(mpq_class(f.horizon / depth)) *
                 derivative(f.phi, h[static_cast<std::size_t>(m - 1)][i]) * pulled;
    }
    lambda = std::move(next);
  }
  return lambda;
}

}  // namespace

void add_gradient(std::map<std::string, Known>& claims) {
  add_identity(
      claims, "gradient.hidden.as-stated",
      R"(\partial_Wf_\theta(x) = \int_0^T\frac{\sigma_w}{\sqrt n}\,(\phi(h_t) \otimes \lambda_t)\,dt, \qquad (a \otimes b)_{ik} = a_ib_k)",
      [](Inputs& in) {
        const Network f = any_network(in, any_activation(in, named_by_the_paper));
        const Matrix x = in.matrix("x", f.d, 1);
        const long i = in.integer("i", 1, f.n) - 1, k = in.integer("k", 1, f.n) - 1;
        return Sides{derivative_in_W(f, x, i, k), slide_in_W(f, x, i, k)};
      });
  add_identity(
      claims, "gradient.input.as-stated",
      R"(\partial_Uf_\theta(x) = \frac{\sigma_u}{\sqrt d}\,[x \otimes \lambda(0)], \qquad (a \otimes b)_{ij} = a_ib_j)",
      [](Inputs& in) {
        const Network f = any_square_network(in);
        const Matrix x = in.matrix("x", f.n, 1);
        const long i = in.integer("i", 1, f.n) - 1, j = in.integer("j", 1, f.n) - 1;
        return Sides{derivative_in_U(f, x, i, j), slide_in_U(f, x, i, j)};
      });
  add_identity(
      claims, "gradient.loss.W.as-stated",
      R"(\frac{\partial L(\theta)}{\partial W} = \sum_{i=1}^N\Bigl[\int_0^T\frac{\sigma_w}{\sqrt n}\,(\phi(h_t(x_i)) \otimes \lambda_t(x_i))\,dt\Bigr](f_\theta(x_i) - y_i),
\qquad (a \otimes b)_{jk} = a_jb_k)",
      [](Inputs& in) {
        const Network f = any_network(in, any_activation(in, named_by_the_paper));
        const Samples data = any_samples(in, f.d);
        const long i = in.integer("i", 1, f.n) - 1, k = in.integer("k", 1, f.n) - 1;
        return Sides{over_samples(f, data, [&](const Matrix& x) { return derivative_in_W(f, x, i, k); }),
                     over_samples(f, data, [&](const Matrix& x) { return slide_in_W(f, x, i, k); })};
      });
  add_identity(
      claims, "gradient.loss.U.as-stated",
      R"(\frac{\partial L(\theta)}{\partial U} = \sum_{i=1}^N\frac{\sigma_u}{\sqrt d}\,[x_i \otimes \lambda(0)(x_i)]\,(f_\theta(x_i) - y_i), \qquad (a \otimes b)_{jk} = a_jb_k)",
      [](Inputs& in) {
        const Network f = any_square_network(in);
        const Samples data = any_samples(in, f.n);
        const long j = in.integer("j", 1, f.n) - 1, k = in.integer("k", 1, f.n) - 1;
        return Sides{over_samples(f, data, [&](const Matrix& x) { return derivative_in_U(f, x, j, k); }),
                     over_samples(f, data, [&](const Matrix& x) { return slide_in_U(f, x, j, k); })};
      });
  add_identity(
      claims, "gradient.resnet-backward.as-stated",
      R"(\frac{\partial f^L}{\partial h^\ell} = \lambda^\ell \text{ for } \lambda^{\ell-1} = \lambda^\ell + \frac TL\,\mathrm{diag}(\phi'(h^{\ell-1}))\,W^\top\lambda^\ell)",
      [](Inputs& in) {
        const Network f = any_network(in, any_activation(in, named_by_the_paper));
        const Matrix x = in.matrix("x", f.d, 1);
        const long L = in.integer("L", 1, 64), l = in.integer("l", 0, L - 1), i = in.integer("i", 1, f.n) - 1;
        const Layers net(f, L);
        const Vector start = initial_state(f, x);
        return Sides{net.derivative_in_state(start, l, i),
                     slide_backward(f, net.states(start), l)[static_cast<std::size_t>(i)]};
      });
}

}  // namespace gronwall::checker
