#include "verify/checker/network.hpp"

/// Lemmas 17 and 18.
namespace gronwall::checker {
namespace {

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

}  // namespace

void add_growth(std::map<std::string, Known>& claims) {
  add_bound(claims, "growth.lemma-17.state.as-stated",
            R"(\|h_t\| \le \|U\|\,\|x\|\,\exp\Bigl(\frac{\sigma t}{\sqrt n}\|W\|\Bigr))", [](Inputs& in) {
              const Activation phi = any_activation(in, named_by_the_paper);
              suppose_one_lipschitz(phi);
              const Network f = any_normalised_network(in, phi);
              const Matrix x = in.matrix("x", f.d, 1);
              const mpq_class t = any_time(in, f);
              return Sides{norm(hidden(f, x, t)),
                           spectral_norm(f.U) * frobenius_norm(x) * exp(f.growth() * Interval(t))};
            });
  add_bound(claims, "growth.lemma-17.state.repaired",
            R"(\|h_t\| \le e^{a L_1 t}\|h_0\| + \frac{|\phi(0)|\sqrt n}{L_1}\bigl(e^{a L_1 t} - 1\bigr),
\qquad a = \frac{\sigma_w\|W\|}{\sqrt n})",
            [](Inputs& in) {
              const Network f = any_network(in, any_activation(in, all_activations));
              const Matrix x = in.matrix("x", f.d, 1);
              const mpq_class t = any_time(in, f);
              const Interval grown = exp(f.growth() * f.L1() * Interval(t));
              return Sides{norm(hidden(f, x, t)), grown * norm(initial_state(f, x)) +
                                                      f.norm_at_zero() / f.L1() * (grown - Interval(1))};
            });
  add_bound(claims, "growth.lemma-17.adjoint.as-stated",
            R"(\|\lambda_t\| \le \frac{\|v\|}{\sqrt n}\exp\Bigl(\frac{\sigma (T - t)}{\sqrt n}\|W\|\Bigr))",
            [](Inputs& in) {
              const Activation phi = any_activation(in, named_by_the_paper);
              suppose_one_lipschitz(phi);
              const Network f = any_normalised_network(in, phi);
              const Matrix x = in.matrix("x", f.d, 1);
              const mpq_class t = any_time(in, f);
              return Sides{norm(adjoint(f, x, t)), frobenius_norm(f.v) / f.root_n() *
                                                       exp(f.growth() * Interval(mpq_class(f.horizon - t)))};
            });
  add_bound(claims, "growth.lemma-17.adjoint.repaired",
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
  add_bound(claims, "growth.lemma-17.intuition.as-stated",
            R"(s \le t \implies \|\lambda_s\| \le \|\lambda_t\|)", [](Inputs& in) {
              const Network f = any_normalised_network(in, any_activation(in, named_by_the_paper));
              const Matrix x = in.matrix("x", f.d, 1);
              return Sides{norm(adjoint(f, x, 0)), norm(adjoint(f, x, f.horizon))};
            });
  add_bound(claims, "growth.lemma-18.state.as-stated",
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
  add_bound(
      claims, "growth.lemma-18.state.repaired",
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
  add_bound(
      claims, "growth.lemma-18.state.repaired-general",
      R"(\|h_t - \bar h_t\| \le e^{L_1 t\max(a, \bar a)}\Bigl[\|h_0 - \bar h_0\| + \frac{\sigma_w t}{\sqrt n}
\|W - \bar W\|\bigl(L_1\|\bar h_0\| + |\phi(0)|\sqrt n\bigr)\Bigr])",
      [](Inputs& in) {
        const Network f = any_network(in, any_activation(in, all_activations)), bar = any_other(in, f);
        const Matrix x = in.matrix("x", f.d, 1);
        const mpq_class t = any_time(in, f);
        return Sides{norm(difference(hidden(f, x, t), hidden(bar, x, t))),
                     state_difference_bound(f, bar, x, t)};
      });
  add_bound(claims, "growth.lemma-18.adjoint.as-stated",
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
  add_bound(
      claims, "growth.lemma-18.adjoint.repaired",
      R"(\|\lambda_t - \bar\lambda_t\| \le \frac{e^{\sigma(T - t)m}}{\sqrt n}\Bigl[\|v - \bar v\| + L_2 B D_T
+ \sigma(T - t)\Bigl(\|W - \bar W\|\frac{\|v\|}{\sqrt n} + L_2 B D_T\Bigr)\Bigr])",
      [](Inputs& in) {
        const Activation phi = any_activation(in, all_activations);
        suppose_one_lipschitz(phi);
        const Network f = any_normalised_network(in, phi), bar = any_other(in, f);
        const Matrix x = in.matrix("x", f.d, 1);
        const mpq_class t = any_time(in, f);
        const mpq_class remaining = f.horizon - t;
        const Interval B = max(largest_entry(f.v), largest_pull(f, x));
        const Interval curved =
            derivative_lipschitz(f.phi) * B * state_difference_bound(f, bar, x, f.horizon);
        const Interval drive = spectral_norm(f.W - bar.W) * frobenius_norm(f.v) / f.root_n();
        return Sides{norm(difference(adjoint(f, x, t), adjoint(bar, x, t))),
                     exp(max(f.growth(), bar.growth()) * Interval(remaining)) / f.root_n() *
                         (frobenius_norm(f.v - bar.v) + curved +
                          Interval(mpq_class(f.sigma_w * remaining)) * (drive + curved))};
      });
  add_bound(
      claims, "growth.lemma-18.adjoint.repaired-general",
      R"(\|\lambda_t - \bar\lambda_t\| \le e^{L_1(T - t)\max(a, \bar a)}\Bigl[\frac{\sigma_v}{\sqrt n}\bigl(L_1\|v - \bar v\|
+ L_2 D_T\max_i|v_i|\bigr) + \frac{\sigma_w(T - t)}{\sqrt n}\Lambda\bigl(L_1\|W - \bar W\| + L_2 D_T\max_i\|W e_i\|\bigr)\Bigr],
\qquad \Lambda = \frac{\sigma_v}{\sqrt n}L_1\|v\|)",
      [](Inputs& in) {
        const Network f = any_network(in, any_activation(in, all_activations)), bar = any_other(in, f);
        const Matrix x = in.matrix("x", f.d, 1);
        const mpq_class t = any_time(in, f);
        const mpq_class remaining = f.horizon - t;
        const Interval L1 = f.L1(),
                       curved = derivative_lipschitz(f.phi) * state_difference_bound(f, bar, x, f.horizon);
        const Interval end = Interval(f.sigma_v) / f.root_n() *
                             (L1 * frobenius_norm(f.v - bar.v) + curved * largest_entry(f.v));
        const Interval drive = Interval(mpq_class(f.sigma_w * remaining)) / f.root_n() * Interval(f.sigma_v) /
                               f.root_n() * L1 * frobenius_norm(f.v) *
                               (L1 * spectral_norm(f.W - bar.W) + curved * largest_column(f.W));
        return Sides{norm(difference(adjoint(f, x, t), adjoint(bar, x, t))),
                     exp(max(f.growth(), bar.growth()) * L1 * Interval(remaining)) * (end + drive)};
      });
}

}  // namespace gronwall::checker
