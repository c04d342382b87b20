#include "verify/claims/kernel/sampling.hpp"

#include <cmath>
#include <utility>

#include <gronwall/kernel/tangent.hpp>
#include <gronwall/model/initialisation.hpp>

#include "verify/engine/seed.hpp"

namespace gronwall::verify {

model::Network<double> random_network(const Experiment& from, long n, std::uint64_t number) {
  const long d = static_cast<long>(from.X.rows());
  // Networks of different widths must be independent: a seed gives wider ones the v and U of narrower ones.
  const std::uint64_t seed =
      derived_seed(static_cast<std::uint64_t>(from.seed), "width " + std::to_string(n), number);
  model::Network<double> f{from.limit.phi, model::gaussian_parameters(n, d, seed)};
  f.sigma_v = from.limit.sigma_v;
  f.sigma_w = from.limit.sigma_w;
  f.sigma_u = std::sqrt(from.limit.input_scale * static_cast<double>(d));
  f.horizon = from.limit.horizon;
  return f;
}

kernel::TangentKernel<double> kernel_of(const Experiment& from, model::Network<double> f, long depth) {
  if (depth > 0) return kernel::tangent_kernel(model::ResNet<double>(std::move(f), depth), from.X);
  // One run of the discretised model: hundreds of networks are solved, and their scatter is far above what a
  // second run would tell. Its gradient is off by a few tens of times the tolerance (model::Adjoint).
  model::Accuracy<double> accuracy;
  accuracy.adjoint = model::Adjoint::discrete;
  accuracy.tolerance = 1e-7;
  kernel::TangentKernel<double> K =
      kernel::tangent_kernel_run(model::NeuralOde<double>(std::move(f), accuracy), from.X);
  for (linalg::Approximation<double>* part : {&K.v, &K.W, &K.U})
    part->error += 100 * accuracy.tolerance * part->value.norm();
  return K;
}

kernel::TangentKernel<double> random_kernel(const Experiment& from, long n, long depth,
                                            std::uint64_t number) {
  return kernel_of(from, random_network(from, n, number), depth);
}

}  // namespace gronwall::verify
