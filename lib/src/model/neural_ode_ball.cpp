#include <algorithm>
#include <array>
#include <iterator>
#include <memory>

#include <gronwall/model/neural_ode.hpp>

#include "enclosure.hpp"

namespace gronwall::model {

namespace {

/// The same midpoint and the same radius: made in the same way from the same numbers.
bool same(const Ball& a, const Ball& b) { return arb_equal(a.raw(), b.raw()) != 0; }
bool same(const Matrix<Ball>& a, const Matrix<Ball>& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() &&
         std::equal(a.data(), a.data() + a.size(), b.data(),
                    [](const Ball& x, const Ball& y) { return same(x, y); });
}
bool same(const Approximation<Ball>& a, const Approximation<Ball>& b) {
  return same(a.value, b.value) && same(a.error, b.error);
}

/// All that a certified solution depends on.
struct Problem {
  ode::CertifiedField field;
  Approximation<Ball> initial;
  Ball horizon;
  long bits;

  bool operator==(const Problem& other) const {
    // Copies of an activation share its functions, and those live as long as one of the copies.
    return bits == other.bits && &field.phi.in<Ball>() == &other.field.phi.in<Ball>() &&
           same(field.s, other.field.s) && same(horizon, other.horizon) && same(initial, other.initial) &&
           same(field.W, other.field.W);
  }
};

/// A solution and the adjoint that was solved last along it.
class Solved {
 public:
  explicit Solved(Problem problem)
      : problem_(std::move(problem)), forward_(problem_.field, problem_.initial, problem_.horizon) {}

  const Problem& problem() const { return problem_; }
  const ode::CertifiedSolution& forward() const { return forward_; }
  /// h_T.
  const Approximation<Ball>& last() {
    if (!last_) last_ = forward_.at(problem_.horizon);
    return *last_;
  }
  /// Along this solution, from lambda_T = `final`. One with the gradient serves those who want none.
  const ode::CertifiedAdjoint& adjoint(const Approximation<Ball>& final, bool gradient) {
    if (adjoint_ && (with_gradient_ || !gradient) && same(final, final_)) return *adjoint_;
    adjoint_.reset();
    adjoint_ = std::make_unique<ode::CertifiedAdjoint>(forward_, final, gradient);
    final_ = final;
    with_gradient_ = gradient;
    return *adjoint_;
  }

 private:
  const Problem problem_;
  const ode::CertifiedSolution forward_;
  std::optional<Approximation<Ball>> last_;
  Approximation<Ball> final_;
  bool with_gradient_ = false;
  std::unique_ptr<ode::CertifiedAdjoint> adjoint_;
};

/// Solutions of more numbers than this are not kept: their memory would count.
constexpr Eigen::Index most_kept = 64;

/// The solution for X: d x N. Who examines a network asks for its state, its output, its adjoint at one time
/// and another, its gradient, and each of these solves the same equation: so the last few small solutions
/// are kept, in each thread. What they are for is compared bit by bit, the precision too, and an equation has
/// one solution for each: nobody can tell whether it was solved again.
std::shared_ptr<Solved> solved(const Network<Ball>& network, const Matrix<Ball>& X) {
  network.check_inputs(X);
  Problem problem{{network.phi, network.theta.W, network.hidden_scale()},
                  initial_state_with_error<Ball>(network, X),
                  network.horizon,
                  real::working_bits()};
  if (problem.initial.value.size() > most_kept) return std::make_shared<Solved>(std::move(problem));

  thread_local std::array<std::shared_ptr<Solved>, 4> kept;  // the last one that was asked for comes first
  auto place = std::find_if(kept.begin(), kept.end(), [&](const std::shared_ptr<Solved>& one) {
    return one && one->problem() == problem;
  });
  if (place == kept.end()) {
    auto fresh = std::make_shared<Solved>(std::move(problem));
    kept.back() = std::move(fresh);
    place = std::prev(kept.end());
  }
  std::rotate(kept.begin(), place, place + 1);
  return kept.front();
}

}  // namespace

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
  const std::shared_ptr<Solved> h = solved(network_, X);
  std::vector<Approximation<Ball>> out;
  out.reserve(times.size());
  for (const Ball& t : times) out.push_back(h->forward().at(t));
  return out;
}

Approximation<Ball> NeuralOde<Ball>::hidden(const Matrix<Ball>& X, const Ball& t) const {
  return hidden(X, std::vector<Ball>{t}).front();
}

Approximation<Ball> NeuralOde<Ball>::output(const Matrix<Ball>& X) const {
  return enclosed_output(network_, solved(network_, X)->last());
}

std::vector<Approximation<Ball>> NeuralOde<Ball>::adjoint(const Matrix<Ball>& X,
                                                          const std::vector<Ball>& times) const {
  const std::shared_ptr<Solved> h = solved(network_, X);
  const Matrix<Ball> ones = Matrix<Ball>::Constant(X.cols(), 1, Ball(1));
  const ode::CertifiedAdjoint& lambda = h->adjoint(enclosed_final_adjoint(network_, h->last(), ones), false);
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
  const std::shared_ptr<Solved> h = solved(network_, X);
  const Approximation<Ball>& last = h->last();
  const ode::CertifiedAdjoint& lambda = h->adjoint(enclosed_final_adjoint(network_, last, c), true);
  return {enclosed_gradient_v(network_, last, c), lambda.weight_gradient(),
          enclosed_gradient_U(network_, lambda.at(Ball(0)), X)};
}

}  // namespace gronwall::model
