#include "verify/checker/layers.hpp"
#include "verify/checker/network.hpp"

/// The two ResNets of the slides "What is Neural ODE?" and "This Paper's Strategy".
namespace gronwall::checker {

void add_model(std::map<std::string, Known>& claims) {
  // The limit of h^{l+1} = h^l + (1/L) W phi(h^l) is the solution of h' = W phi(h) at time 1 (Euler's
  // method).
  add_identity(
      claims, "model.scaling.horizon.as-stated",
      R"(h^{\ell+1} = h^\ell + \frac1LW\phi(h^\ell),\ \dot h_t = W\phi(h_t),\ h^0 = h_0:\qquad \lim_{L \to \infty}h^L = h_T)",
      [](Inputs& in) {
        const Activation phi = any_activation(in, named_by_the_paper);
        const long n = in.integer("n", 1, 8);
        const Matrix W = in.matrix("W", n, n), start = in.matrix("h0", n, 1);
        const mpq_class T = in.number("T", mpq_class(1, 2), 2);
        const std::size_t i = static_cast<std::size_t>(in.integer("i", 1, n) - 1);
        const Field field(phi, n, intervals(W));
        return Sides{solve(field, intervals(start), 1)[i], solve(field, intervals(start), T)[i]};
      });
  add_identity(
      claims, "model.scaling.training.as-stated",
      R"(\tilde W = \frac{T\sigma_w}{\sqrt n}W \implies \tilde W - \eta\,\partial_{\tilde W}\ell = \frac{T\sigma_w}{\sqrt n}\,(W - \eta\,\partial_W\ell))",
      [](Inputs& in) {
        const Network f = any_network(in, any_activation(in, named_by_the_paper));
        const Matrix x = in.matrix("x", f.d, 1);
        const long L = in.integer("L", 1, 6);
        const mpq_class eta = in.number("eta", 0, 1), r = in.number("r");
        const long i = in.integer("i", 1, f.n) - 1, k = in.integer("k", 1, f.n) - 1;
        const Interval c = Interval(mpq_class(f.horizon * f.sigma_w)) / f.root_n(), w(f.W(i, k));
        // The second model: steps M = (T/L)(sigma_w/sqrt n) W, so that dM_ik/dW_ik = c/L; the first: 1/L.
        const Layers net(f, L);
        const Interval slope = net.derivative_in_step(initial_state(f, x), i, k) / Interval(L);
        const Interval rate = Interval(mpq_class(eta * r));
        return Sides{c * w - rate * slope, c * (w - rate * c * slope)};
      });
}

}  // namespace gronwall::checker
