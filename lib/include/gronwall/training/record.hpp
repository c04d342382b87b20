#pragma once

#include <gronwall/training/descent.hpp>

/// Gradient descent on wide networks, watched: no errors (training/descent.hpp has those), one pass forwards
/// and one backwards and one n x n product a step.
namespace gronwall::training {

/// Smallest eigenvalues at one step, of the N x N kernels of theta^k. Rounding and the solver may make one
/// that is 0 a little negative: then the roots are 0.
template <real::Floating R>
struct Spectrum {
  R kernel;       ///< lambda_min(K_theta), K = J J^T with J the N x P Jacobian du/dtheta
  R jacobian;     ///< sigma_min(J) = sqrt(lambda_min(K))
  R output_part;  ///< lambda_min(K^v), K^v = (sigma_v^2/n) Phi^T Phi with Phi = phi(h_T): n x N
  R alpha;        ///< sigma_min((sigma_v/sqrt n) Phi), the alpha_0 of the slide "Preliminaries and notation"
  R largest;      ///< lambda_max(K): linear dynamics diverge for eta > 2/lambda_max
};

/// What is seen of theta^k.
template <real::Floating R>
struct Record {
  long step = 0;     ///< k
  Matrix<R> output;  ///< u^k: N x 1
  R residual;        ///< ||u^k - y||
  R loss;            ///< ||u^k - y||^2 / 2
  R v, W, U;         ///< ||v||, ||W||_F, ||U||_F
  R spectral_W;      ///< ||W|| from below, by 30 steps of power iteration on W^T W: seldom 2 % too small
  R moved_v, moved_W, moved_U;          ///< ||v^k - v^0||, ||W^k - W^0||_F, ||U^k - U^0||_F
  std::optional<Spectrum<R>> spectrum;  ///< where the schedule asks for it

  /// ||theta^k - theta^0||.
  R moved() const;
};

template <real::Floating R>
struct Schedule {
  long steps = 0;
  long every = 1;       ///< steps 0, every, 2 every, ... and the last one are recorded
  bool spectra = true;  ///< costs two more passes and the contraction of N (N + 1)/2 entries a record
  model::Accuracy<R> accuracy{};  ///< of the Neural ODE; a ResNet needs none
};

template <real::Floating R>
struct Training {
  std::vector<Record<R>> records;  ///< of steps that exist, ascending; that of theta^0 is always here
  model::Parameters<R> last;       ///< the last theta that is finite and has a finite residual
  /// Divergence is a result: the step that could not be taken or recorded, and why (numbers that leave the
  /// range, a solution that blows up, a tolerance that cannot be kept any more).
  struct End {
    long step;
    std::string why;
  };
  std::optional<End> ended;
};

/// theta^0, ..., theta^steps by gradient descent with the problem's step size. A Neural ODE is solved by any
/// method of model::method_names() and differentiated as model::NeuralOde does; on wide networks a few equal
/// steps of "dormand-prince-5" or a tolerance far above the default are the point of this function.
///
/// Throws DomainError for a problem that is none (Problem::check) and a schedule that is none (steps < 0,
/// every < 1), what NeuralOde's constructor throws, and what the solver throws at theta^0.
template <real::Floating R>
Training<R> train(const Problem<R>& problem, const Schedule<R>& schedule);

}  // namespace gronwall::training
