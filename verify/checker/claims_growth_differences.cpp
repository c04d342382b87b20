#include "verify/checker/network.hpp"

/// The gradients at two parameter tuples, slides "Consistently decreases".
namespace gronwall::checker {
namespace {

struct Pair {
  Network f, bar;
  Matrix x;
  Interval sigma_T() const { return Interval(mpq_class(f.sigma_w * f.horizon)); }
};

/// A normalised pair with a 1-Lipschitz activation that the paper names, and an input.
Pair drawn(Inputs& in) {
  const Activation phi = any_activation(in, named_by_the_paper);
  suppose_one_lipschitz(phi);
  const Network f = any_normalised_network(in, phi), bar = any_other(in, f);
  return {f, bar, in.matrix("x", f.d, 1)};
}

/// One input dimension, and U alone differs.
Pair drawn_curved(Inputs& in) {
  const Activation phi = any_activation(in, named_by_the_paper);
  suppose_one_lipschitz(phi);
  Network f;
  f.phi = phi;
  f.n = in.integer("n", 1, 8);
  f.d = 1;
  f.v = in.matrix("v", f.n, 1);
  f.W = in.matrix("W", f.n, f.n);
  f.U = in.matrix("U", f.n, 1);
  f.sigma_w = in.number("sigma", 0);
  f.horizon = in.number("T", 0);
  Network bar = f;
  bar.U = in.matrix("Ubar", f.n, 1);
  return {f, bar, in.matrix("x", 1, 1)};
}

struct Norms {
  Interval v, W, U, spectral_W;
};

/// Of the differences of the parts.
Norms apart(const Pair& pair) {
  const Gradient a = gradient(pair.f, pair.x), b = gradient(pair.bar, pair.x);
  const Vector W = difference(a.W, b.W);
  return {norm(difference(a.v, b.v)), norm(W), norm(difference(a.U, b.U)), spectral_norm(W, pair.f.n)};
}

/// The least C >= 1 with ||v||, ||W||, ||U|| <= C sqrt n at both tuples.
Interval common_constant(const Pair& pair) {
  Interval C = 1;
  for (const Network* f : {&pair.f, &pair.bar})
    for (const Interval& norm : {frobenius_norm(f->v), spectral_norm(f->W), spectral_norm(f->U)})
      C = max(C, norm / f->root_n());
  return C;
}

/// (C/sqrt n) ||theta - thetabar|| e^{C sigma T} ||x||.
Interval closed(const Pair& pair) {
  const Interval C = common_constant(pair);
  return C / pair.f.root_n() * distance(pair.f, pair.bar) * exp(C * pair.sigma_T()) * frobenius_norm(pair.x);
}

Interval whole(const Norms& n) { return sqrt(sqr(n.v) + sqr(n.W) + sqr(n.U)); }

/// int_0^T g dt, g = ||h - hbar|| ||lambda|| + ||hbar|| ||lambda - lambdabar||, between lower and upper sums
/// over a few cells. What moves does so no faster than by Lipschitz constants that follow from the norms of
/// the parameters: with Phi, Lambda (and barred) bounds of ||phi(h)|| and ||lambda|| at all times, ||h'|| <=
/// a Phi and
/// ||lambda'|| <= a L1 Lambda; for the differences the sum of both.
Interval norms_integral(const Pair& pair) {
  const Network &f = pair.f, &bar = pair.bar;
  const auto state_speed = [&pair](const Network& of) {
    const Interval grown = exp(of.growth() * of.L1() * Interval(of.horizon));
    return of.growth() * grown * (of.L1() * norm(initial_state(of, pair.x)) + of.norm_at_zero());
  };
  const auto adjoint_speed = [](const Network& of) { return of.growth() * of.L1() * adjoint_bound(of); };
  const Interval h_speed = state_speed(f), bar_speed = state_speed(bar);
  const Interval lambda_speed = adjoint_speed(f), lambda_bar_speed = adjoint_speed(bar);
  constexpr long cells = 8;
  const mpq_class cell = f.horizon / cells;
  const Interval reach = Interval(cell) / Interval(2);
  const auto around = [&reach](const Interval& size, const Interval& speed) {
    const Interval off = speed * reach;
    return max(size + hull(-off, off), 0);
  };
  Interval sum;
  for (long k = 0; k < cells; ++k) {
    const mpq_class t = cell * mpq_class(2 * k + 1, 2);
    const Vector h = hidden(f, pair.x, t), h_bar = hidden(bar, pair.x, t);
    const Vector lambda = adjoint(f, pair.x, t), lambda_bar = adjoint(bar, pair.x, t);
    sum += Interval(cell) *
           (around(norm(difference(h, h_bar)), h_speed + bar_speed) * around(norm(lambda), lambda_speed) +
            around(norm(h_bar), bar_speed) *
                around(norm(difference(lambda, lambda_bar)), lambda_speed + lambda_bar_speed));
  }
  return sum;
}

}  // namespace

void add_growth_differences(std::map<std::string, Known>& claims) {
  add_bound(claims, "growth.gradient-difference-v.closed.as-stated",
            R"(\|v\|, \|W\|, \|U\| \le C\sqrt n \implies
\Bigl\|\frac{\partial f}{\partial v} - \frac{\partial\bar f}{\partial v}\Bigr\| \le
\frac{C}{\sqrt n}\|\theta - \bar\theta\|e^{C\sigma T}\|x\|)",
            [](Inputs& in) {
              const Pair pair = drawn(in);
              return Sides{apart(pair).v, closed(pair)};
            });
  add_bound(claims, "growth.gradient-difference-U.closed.as-stated",
            R"(\|v\|, \|W\|, \|U\| \le C\sqrt n \implies
\Bigl\|\frac{\partial f}{\partial U} - \frac{\partial\bar f}{\partial U}\Bigr\| \le
\frac{C}{\sqrt n}\|\theta - \bar\theta\|e^{C\sigma T}\|x\|)",
            [](Inputs& in) {
              const Pair pair = drawn_curved(in);
              return Sides{apart(pair).U, closed(pair)};
            });
  add_bound(
      claims, "growth.gradient-difference-W.step.as-stated",
      R"(\Bigl\|\frac{\partial f}{\partial W} - \frac{\partial\bar f}{\partial W}\Bigr\| \le \frac{\sigma}{\sqrt n}
\int_0^T\bigl(\|h_t - \bar h_t\|\|\lambda_t\| + \|\bar h_t\|\|\lambda_t - \bar\lambda_t\|\bigr)dt)",
      [](Inputs& in) {
        const Pair pair = drawn(in);
        return Sides{apart(pair).spectral_W,
                     Interval(pair.f.sigma_w) / pair.f.root_n() * norms_integral(pair)};
      });
  add_bound(claims, "growth.gradient-difference-W.closed.as-stated",
            R"(\|v\|, \|W\|, \|U\| \le C\sqrt n \implies
\Bigl\|\frac{\partial f}{\partial W} - \frac{\partial\bar f}{\partial W}\Bigr\| \le C\frac{\sigma}{\sqrt n}
\int_0^T\|\theta - \bar\theta\|e^{C\sigma t}\|x\| \cdot e^{C\sigma(T - t)}dt =
(\sigma T)\frac{C}{\sqrt n}\|\theta - \bar\theta\|e^{C\sigma T}\|x\|)",
            [](Inputs& in) {
              const Pair pair = drawn(in);
              return Sides{apart(pair).spectral_W, pair.sigma_T() * closed(pair)};
            });
  add_identity(claims, "growth.gradient-difference-all.sum.as-stated",
               R"(\Bigl\|\frac{\partial f}{\partial\theta} - \frac{\partial\bar f}{\partial\theta}\Bigr\| =
\Bigl\|\frac{\partial f}{\partial v} - \frac{\partial\bar f}{\partial v}\Bigr\| +
\Bigl\|\frac{\partial f}{\partial W} - \frac{\partial\bar f}{\partial W}\Bigr\| +
\Bigl\|\frac{\partial f}{\partial U} - \frac{\partial\bar f}{\partial U}\Bigr\|)",
               [](Inputs& in) {
                 const Norms parts = apart(drawn(in));
                 return Sides{whole(parts), parts.v + parts.W + parts.U};
               });
  add_bound(claims, "growth.gradient-difference-all.closed.as-stated",
            R"(\|v\|, \|W\|, \|U\| \le C\sqrt n \implies
\Bigl\|\frac{\partial f}{\partial\theta} - \frac{\partial\bar f}{\partial\theta}\Bigr\| \le
(\sigma T)\frac{C}{\sqrt n}\|\theta - \bar\theta\|e^{C\sigma T}\|x\|)",
            [](Inputs& in) {
              const Pair pair = drawn(in);
              return Sides{whole(apart(pair)), pair.sigma_T() * closed(pair)};
            });
}

}  // namespace gronwall::checker
