#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <gronwall/kernel/assumptions.hpp>

namespace gronwall::kernel {

namespace {

using activation::Parity;

/// "lines 3 and 7, lines 3 and 9, and 4 more".
template <class Item>
std::string listed(const Inputs& inputs, const std::vector<Item>& items) {
  constexpr std::size_t most = 3;
  std::string out;
  for (std::size_t k = 0; k < std::min(most, items.size()); ++k)
    out += (k == 0 ? "" : ", ") + inputs.place(items[k]);
  if (items.size() > most) out += fmt::format(", and {} more", items.size() - most);
  return out;
}

Hypothesis on_sphere(const Inputs& inputs) {
  const std::string states = "the inputs lie on the unit sphere";
  if (inputs.normalised) return {states, true, "every input is divided by its norm"};
  const std::vector<long> off = inputs.off_sphere();
  if (off.empty()) return {states, true, "every norm is exactly 1"};
  return {states, false,
          fmt::format("the norm is not exactly 1 at {}; inputs can be normalised", listed(inputs, off))};
}

Hypothesis distinct(const Inputs& inputs) {
  const std::string states = "the inputs are distinct";
  const std::vector<Pair> pairs = inputs.duplicates();
  if (pairs.empty()) return {states, true, "no two are equal"};
  return {states, false,
          fmt::format("{} are equal{}: duplicate rows break Assumption 1", listed(inputs, pairs),
                      inputs.normalised ? " after normalisation" : "")};
}

/// The constants are closed forms, so in double they are infinite only where there is none.
Hypothesis smooth(const Activation& phi) {
  const std::string states = "phi and phi' are Lipschitz";
  const double l1 = phi.in<double>().lipschitz(), l2 = phi.in<double>().derivative_lipschitz();
  if (!std::isfinite(l1))
    return {states, false, fmt::format("phi is not ({})", phi.traits().lipschitz_source)};
  if (!std::isfinite(l2))
    return {states, false, fmt::format("phi' is not ({})", phi.traits().derivative_lipschitz_source)};
  return {states, true, fmt::format("L1 = {:.6g}, L2 = {:.6g}", l1, l2)};
}

Hypothesis nonlinear(const Activation& phi) {
  const std::string states = "phi is not affine";
  const std::optional<int> degree = phi.degree();
  if (degree && *degree <= 1)
    return {states, false, fmt::format("phi is a polynomial of degree {}", *degree)};
  return {states, true,
          degree ? fmt::format("phi is a polynomial of degree {}", *degree)
                 : fmt::format("{} is no polynomial", phi.name())};
}

Hypothesis non_polynomial(const Activation& phi) {
  const std::optional<int> degree = phi.degree();
  return {"phi is no polynomial", !degree,
          degree ? fmt::format("its degree is {}", *degree) : fmt::format("{} is none", phi.name())};
}

Hypothesis positive_scales(const Scales& scales) {
  const std::string states = "sigma_v, sigma_w, sigma_u and T are positive";
  const std::pair<const char*, const Rational&> all[] = {{"sigma_v", scales.sigma_v},
                                                         {"sigma_w", scales.sigma_w},
                                                         {"sigma_u", scales.sigma_u},
                                                         {"T", scales.horizon}};
  for (const auto& [name, value] : all)
    if (value <= 0) return {states, false, fmt::format("{} = {}", name, real::to_string(value))};
  return {states, true, "all four are"};
}

Hypothesis not_odd_or_no_opposites(const Activation& phi, const Inputs& inputs) {
  const std::string states = "phi is not odd, or no two inputs are opposite";
  const std::vector<Pair> pairs = inputs.opposite_pairs();
  const bool odd = phi.traits().parity == Parity::odd;
  if (!odd)
    return {states, true,
            pairs.empty() ? "phi is not odd, and no two inputs are opposite"
                          : fmt::format("phi is not odd, so {} may be opposite", listed(inputs, pairs))};
  if (pairs.empty()) return {states, true, "phi is odd, but no two inputs are opposite"};
  return {states, false, fmt::format("phi is odd, and {} are opposite", listed(inputs, pairs))};
}

bool all_hold(const std::vector<Hypothesis>& parts) {
  return std::all_of(parts.begin(), parts.end(), [](const Hypothesis& part) { return part.holds; });
}

}  // namespace

std::vector<Hypothesis> Assumption1::parts() const {
  return {on_sphere, distinct, smooth, nonlinear, non_polynomial};
}
bool Assumption1::holds() const { return all_hold(parts()); }

Assumption1 assumption_1(const Activation& phi, const Inputs& inputs) {
  inputs.check();
  return {kernel::on_sphere(inputs), kernel::distinct(inputs), kernel::smooth(phi), kernel::nonlinear(phi),
          kernel::non_polynomial(phi)};
}

std::vector<Hypothesis> Corollary1::parts() const {
  return {positive_scales, smooth, nonlinear, on_sphere, distinct, not_odd_or_no_opposites};
}
bool Corollary1::holds() const { return all_hold(parts()); }

Corollary1 corollary_1(const Activation& phi, const Inputs& inputs, const Scales& scales) {
  const Assumption1 assumption = assumption_1(phi, inputs);
  Corollary1 out;
  out.positive_scales = kernel::positive_scales(scales);
  out.smooth = assumption.smooth;
  out.nonlinear = assumption.nonlinear;
  out.on_sphere = assumption.on_sphere;
  out.distinct = assumption.distinct;
  out.not_odd_or_no_opposites = kernel::not_odd_or_no_opposites(phi, inputs);
  if (!out.distinct.holds) {
    out.conclusion = Conclusion::singular;
    out.reason = "equal inputs have equal rows in the kernel";
  } else if (!out.not_odd_or_no_opposites.holds) {
    out.conclusion = Conclusion::singular;
    out.reason = "with an odd phi opposite inputs have opposite rows in the kernel";
  } else if (out.holds()) {
    out.conclusion = Conclusion::positive_definite;
    out.reason = "every hypothesis holds";
  } else {
    std::vector<Hypothesis> parts = out.parts();
    const auto broken =
        std::find_if(parts.begin(), parts.end(), [](const Hypothesis& part) { return !part.holds; });
    out.reason = fmt::format("it is not so that {}: {}", broken->states, broken->reason);
  }
  return out;
}

}  // namespace gronwall::kernel
