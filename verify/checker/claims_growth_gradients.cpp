#include "verify/checker/network.hpp"

/// The sizes of the gradients, slides "Closed".
namespace gronwall::checker {
namespace {

struct Drawn {
  Network f;
  Matrix x;
  Interval sigma_T() const { return Interval(mpq_class(f.sigma_w * f.horizon)); }
  /// e^{sigma T ||W||/sqrt n}.
  Interval grown() const { return exp(f.growth() * Interval(f.horizon)); }
};

/// A normalised network with a 1-Lipschitz activation among these, and an input.
Drawn drawn(Inputs& in, const std::vector<std::string>& among) {
  const Activation phi = any_activation(in, among);
  suppose_one_lipschitz(phi);
  const Network f = any_normalised_network(in, phi);
  return {f, in.matrix("x", f.d, 1)};
}

/// The least C with ||v||, ||W||, ||U|| <= C sqrt n.
Interval least_constant(const Network& f) {
  return max(max(frobenius_norm(f.v), spectral_norm(f.W)), spectral_norm(f.U)) / f.root_n();
}

Sides closed_W(const Drawn& given) {
  const Interval C = least_constant(given.f);
  return {gradient(given.f, given.x).spectral_W,
          given.sigma_T() * C * exp(C * given.sigma_T()) * frobenius_norm(given.x)};
}

}  // namespace

void add_growth_gradients(std::map<std::string, Known>& claims) {
  add_bound(
      claims, "growth.gradient-v.norms.as-stated",
      R"(\Bigl\|\frac{\partial f_\theta}{\partial v}\Bigr\| \le \frac{1}{\sqrt n}\|U\|\,\|x\|\,e^{\sigma T\|W\|/\sqrt n})",
      [](Inputs& in) {
        const Drawn given = drawn(in, named_by_the_paper);
        return Sides{norm(gradient(given.f, given.x).v),
                     spectral_norm(given.f.U) / given.f.root_n() * frobenius_norm(given.x) * given.grown()};
      });
  add_bound(
      claims, "growth.gradient-v.closed.as-stated",
      R"(\|v\|, \|W\|, \|U\| \le C\sqrt n \implies \Bigl\|\frac{\partial f_\theta}{\partial v}\Bigr\| \le C e^{C\sigma T}\|x\|)",
      [](Inputs& in) {
        const Drawn given = drawn(in, named_by_the_paper);
        const Interval C = least_constant(given.f);
        return Sides{norm(gradient(given.f, given.x).v),
                     C * exp(C * given.sigma_T()) * frobenius_norm(given.x)};
      });
  add_bound(
      claims, "growth.gradient-W.norms.as-stated",
      R"(\Bigl\|\frac{\partial f_\theta}{\partial W}\Bigr\| \le (\sigma T)\frac{\|U\|}{\sqrt n}\frac{\|v\|}{\sqrt n}\|x\|\,
e^{\sigma T\|W\|/\sqrt n})",
      [](Inputs& in) {
        const Drawn given = drawn(in, named_by_the_paper);
        return Sides{gradient(given.f, given.x).spectral_W,
                     given.sigma_T() * spectral_norm(given.f.U) * frobenius_norm(given.f.v) /
                         Interval(given.f.n) * frobenius_norm(given.x) * given.grown()};
      });
  add_bound(claims, "growth.gradient-W.closed.as-stated",
            R"(\|v\|, \|W\|, \|U\| \le C\sqrt n \implies
\Bigl\|\frac{\partial f_\theta}{\partial W}\Bigr\| \le (\sigma T)Ce^{C\sigma T}\|x\|)",
            [](Inputs& in) { return closed_W(drawn(in, named_by_the_paper)); });
  add_bound(claims, "growth.gradient-W.closed.one-constant.as-stated",
            R"(\phi(0) = 0,\ \|v\|, \|W\|, \|U\| \le C\sqrt n \implies
\Bigl\|\frac{\partial f_\theta}{\partial W}\Bigr\| \le (\sigma T)Ce^{C\sigma T}\|x\|)",
            [](Inputs& in) { return closed_W(drawn(in, {"tanh"})); });
}

}  // namespace gronwall::checker
