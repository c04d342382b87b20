#include "verify/checker/network.hpp"
#include "verify/checker/outcome.hpp"

/// "Without loss of generality": what becomes of the tangent kernel.
namespace gronwall::checker {
namespace {

const std::vector<std::string> rescalable{"tanh", "softplus", "gelu",   "sin",      "cos",
                                          "silu", "sigmoid",  "arctan", "gaussian", "erf"};

/// The parts of K(x, xbar).
struct Parts {
  Interval v, W, U;
  Interval sum() const { return v + W + U; }
};

struct Drawn {
  Network f;
  Parts kernel;
};

Drawn drawn(Inputs& in, Activation phi) {
  const Network f = any_network(in, phi);
  const Matrix x = in.matrix("x", f.d, 1), xbar = in.matrix("xbar", f.d, 1);
  const Gradient a = gradient(f, x), b = gradient(f, xbar);
  return {f, {inner_product(a.v, b.v), inner_product(a.W, b.W), inner_product(a.U, b.U)}};
}

/// 2^k for the input k from -2 to 2.
Interval power_of_two(long k) { return scaled(Interval(1), k); }

}  // namespace

/// Every normalised network g has the states of f, or a multiple of them, so that the parts of its kernel
/// follow from those of f by what its definition says of them:
void add_growth_normalisation(std::map<std::string, Known>& claims) {
  // (1/sqrt n) phi(h_T) is the derivative in v' = sigma_v v; and lambda_T = (1/sqrt n) phi'(h_T) * v' as
  // before.
  add_identity(claims, "growth.normalisation.sigma-v.kernel.as-stated",
               R"(K_f(x, \bar x) = K_g(x, \bar x), \quad g: v' = \sigma_vv)", [](Inputs& in) {
                 Network f = any_network(in, any_activation(in, all_activations));
                 const Matrix x = in.matrix("x", f.d, 1), xbar = in.matrix("xbar", f.d, 1);
                 const auto kernel = [&x, &xbar](const Network& of) {
                   const Gradient a = gradient(of, x), b = gradient(of, xbar);
                   return inner_product(a.v, b.v) + inner_product(a.W, b.W) + inner_product(a.U, b.U);
                 };
                 const Interval of_f = kernel(f);
                 for (long i = 0; i < f.n; ++i) f.v(i, 0) *= f.sigma_v;
                 f.sigma_v = 1;
                 return Sides{of_f, kernel(f)};
               });
  // h_0 = U' x is the same vector, and the derivative in U' is lambda_0 x^T without sigma_u/sqrt d.
  add_identity(claims, "growth.normalisation.sigma-u.kernel.as-stated",
               R"(K_f(x, \bar x) = K_g(x, \bar x), \quad g: U' = \frac{\sigma_u}{\sqrt d}U)", [](Inputs& in) {
                 Network f = any_network(in, any_activation(in, all_activations));
                 const Matrix x = in.matrix("x", f.d, 1), xbar = in.matrix("xbar", f.d, 1);
                 const Gradient a = gradient(f, x), b = gradient(f, xbar);
                 const auto inputs_apart = [](const Vector& lambda, const Matrix& at) {
                   Vector out;
                   for (const Interval& entry : lambda)
                     for (const mpq_class& input : at.entries()) out.push_back(entry * Interval(input));
                   return out;
                 };
                 const Interval same = inner_product(a.v, b.v) + inner_product(a.W, b.W);
                 return Sides{same + inner_product(a.U, b.U),
                              same + inner_product(inputs_apart(adjoint(f, x, 0), x),
                                                   inputs_apart(adjoint(f, xbar, 0), xbar))};
               });
  // h' = (c sigma_w/sqrt n) W (phi/c)(h) is the same equation and lambda_T = (1/sqrt n)(phi'/c)(h_T) * (c v)
  // the same vector; the derivative in v' is (sigma_v/sqrt n)(phi/c)(h_T), that in W has c sigma_w and phi/c.
  add_identity(
      claims, "growth.normalisation.L1.kernel.as-stated",
      R"(K_f(x, \bar x) = K_g(x, \bar x), \quad g: \phi' = \tfrac1c\phi,\ \sigma_w' = c\sigma_w,\ v' = cv)",
      [](Inputs& in) {
        const Activation phi = any_activation(in, rescalable);
        const Interval c = power_of_two(in.integer("k", -2, 2));
        const Parts k = drawn(in, phi).kernel;
        return Sides{k.sum(), k.v / sqr(c) + k.W + k.U};
      });
  // The state is beta h, phi_beta(beta h) = beta phi(h), phi_beta'(beta h) = phi'(h), so lambda_T has v/beta
  // for v and lambda is that of f over beta: the derivative in v' is beta times, in W once, in U' 1/beta
  // times that of f.
  add_identity(
      claims, "growth.normalisation.L2.kernel.as-stated",
      R"(K_f(x, \bar x) = K_g(x, \bar x), \quad g: \phi_\beta(z) = \beta\phi(z/\beta),\ U' = \beta U,\ v' = v/\beta)",
      [](Inputs& in) {
        const Activation phi = any_activation(in, rescalable);
        const Interval beta = power_of_two(in.integer("k", -2, 2));
        const Parts k = drawn(in, phi).kernel;
        return Sides{k.sum(), k.v * sqr(beta) + k.W + k.U / sqr(beta)};
      });
  add_bound(claims, "growth.normalisation.named.as-stated",
            R"(\phi \in \{\tanh, \mathrm{softplus}, \mathrm{GELU}\} \implies \max(L_1, L_2) \le 1)",
            [](Inputs& in) {
              const Activation phi = any_activation(in, named_by_the_paper);
              return Sides{max(lipschitz(phi), derivative_lipschitz(phi)), 1};
            });
}

}  // namespace gronwall::checker
