#pragma once

#include <vector>

#include "verify/claims/growth/bounds.hpp"

/// The layers of a ResNet, neuron by neuron, in numbers that carry their errors: nothing of `model::ResNet`
/// is used, so that the two can be compared. For few neurons and layers: errors grow as those of boxes do.
namespace gronwall::verify {

/// One number a neuron.
template <Real R>
using Column = std::vector<Quantity<R>>;

/// phi(q).
template <Real R>
Quantity<R> value_at(const activation::Activation& phi, const Quantity<R>& q) {
  const auto& functions = phi.template in<R>();
  if constexpr (real::Enclosing<R>)
    return functions.value(q);
  else
    return few_ulp<R>(functions.value(q.value())) + Quantity<R>(R(0), R(functions.lipschitz() * q.error()));
}

/// phi'(q).
template <Real R>
Quantity<R> slope_at(const activation::Activation& phi, const Quantity<R>& q) {
  const auto& functions = phi.template in<R>();
  if constexpr (real::Enclosing<R>)
    return functions.derivative(q);
  else
    return few_ulp<R>(functions.derivative(q.value())) +
           Quantity<R>(R(0), R(functions.derivative_lipschitz() * q.error()));
}

/// M x for M given by entry(i, k).
template <Real R, class Entry>
Column<R> multiplied(const Entry& entry, const Column<R>& x) {
  Column<R> out(x.size(), Quantity<R>(0));
  for (std::size_t i = 0; i < x.size(); ++i)
    for (std::size_t k = 0; k < x.size(); ++k)
      out[i] += entry(static_cast<long>(i), static_cast<long>(k)) * x[k];
  return out;
}

/// h^0, ..., h^L for h^{l+1} = h^l + M phi(h^l).
template <Real R, class Entry>
std::vector<Column<R>> layers(const activation::Activation& phi, const Entry& entry, const Column<R>& start,
                              long L) {
  std::vector<Column<R>> h{start};
  for (long l = 0; l < L; ++l) {
    Column<R> active;
    for (const Quantity<R>& q : h.back()) active.push_back(value_at<R>(phi, q));
    Column<R> next = multiplied<R>(entry, active);
    for (std::size_t i = 0; i < next.size(); ++i) next[i] += h.back()[i];
    h.push_back(std::move(next));
  }
  return h;
}

/// (sigma_u/sqrt d) U x.
template <Real R>
Column<R> first_layer(const Network<R>& f, const Matrix<R>& x) {
  Column<R> out;
  for (long i = 0; i < f.width(); ++i) {
    Quantity<R> sum(0);
    for (long j = 0; j < f.inputs(); ++j) sum += Quantity<R>(f.theta.U(i, j)) * Quantity<R>(x(j, 0));
    out.push_back(Quantity<R>(f.sigma_u) / root<R>(f.inputs()) * sum);
  }
  return out;
}

}  // namespace gronwall::verify
