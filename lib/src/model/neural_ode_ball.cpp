#include <gronwall/model/neural_ode.hpp>

#include "enclosure.hpp"

namespace gronwall::model {

NeuralOde<Ball>::NeuralOde(Network<Ball> network) : network_(std::move(network)) {
  network_.check();
  if (!network_.horizon.exact())
    throw DomainError("The horizon T of a certified solution must be an exact number.");
}

ode::CertifiedSolution NeuralOde<Ball>::solution(const Matrix<Ball>& X) const {
  network_.check_inputs(X);
  return ode::CertifiedSolution({network_.phi, network_.theta.W, network_.hidden_scale()},
                                initial_state_with_error<Ball>(network_, X), network_.horizon);
}

std::vector<Approximation<Ball>> NeuralOde<Ball>::hidden(const Matrix<Ball>& X,
                                                         const std::vector<Ball>& times) const {
  const ode::CertifiedSolution h = solution(X);
  std::vector<Approximation<Ball>> out;
  out.reserve(times.size());
  for (const Ball& t : times) out.push_back(h.at(t));
  return out;
}

Approximation<Ball> NeuralOde<Ball>::hidden(const Matrix<Ball>& X, const Ball& t) const {
  return hidden(X, std::vector<Ball>{t}).front();
}

Approximation<Ball> NeuralOde<Ball>::output(const Matrix<Ball>& X) const {
  return enclosed_output(network_, hidden(X, network_.horizon));
}

std::vector<Approximation<Ball>> NeuralOde<Ball>::adjoint(const Matrix<Ball>& X,
                                                          const std::vector<Ball>& times) const {
  const ode::CertifiedSolution h = solution(X);
  const Matrix<Ball> ones = Matrix<Ball>::Constant(X.cols(), 1, Ball(1));
  const ode::CertifiedAdjoint lambda(h, enclosed_final_adjoint(network_, h.at(network_.horizon), ones),
                                     false);
  std::vector<Approximation<Ball>> out;
  out.reserve(times.size());
  for (const Ball& t : times) out.push_back(lambda.at(t));
  return out;
}

Approximation<Ball> NeuralOde<Ball>::adjoint(const Matrix<Ball>& X, const Ball& t) const {
  return adjoint(X, std::vector<Ball>{t}).front();
}

Gradient<Ball> NeuralOde<Ball>::gradient(const Matrix<Ball>& X, const Matrix<Ball>& c) const {
  check_weights(X, c);
  const ode::CertifiedSolution h = solution(X);
  const Approximation<Ball> last = h.at(network_.horizon);
  const ode::CertifiedAdjoint lambda(h, enclosed_final_adjoint(network_, last, c), true);
  return {enclosed_gradient_v(network_, last, c), lambda.weight_gradient(),
          enclosed_gradient_U(network_, lambda.at(Ball(0)), X)};
}

}  // namespace gronwall::model
