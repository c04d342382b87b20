#include <algorithm>

#include "verify/claims/training/families.hpp"
#include "verify/engine/claim.hpp"
#include "verify/engine/terms.hpp"

namespace gronwall::verify {
namespace {

const std::string slide = "Slide \"Consistently decreases\", Weyl's inequality";

/// The smallest singular value of a matrix with columns whose inner products are these, a wide one's being
/// that of its transpose times itself: sqrt(lambda_min(J^T J)).
template <Real R>
Quantity<R> smallest_singular_value(const Approximation<R>& gram) {
  return sqrt(linalg::smallest_eigenvalue<R>(gram.value, gram.error));
}
/// Of A, with at most as many columns as rows.
template <Real R>
Quantity<R> smallest_singular_value(const Matrix<R>& a) {
  return smallest_singular_value<R>(linalg::multiply_with_error<R>(Matrix<R>(a.transpose()), a));
}

/// sigma_min(J) >= |sigma_min(J^0)| - ||J - J^0||, put as sigma_min(J^0) <= sigma_min(J) + ||J - J^0||.
template <Real R>
Judgement weyl(const Quantity<R>& start, const Quantity<R>& now, const Quantity<R>& apart) {
  return at_most<R>(start, summand<R>("sigma_min(J)", now) + summand<R>("||J - J^0||", apart));
}

const auto matrices = claim(
    {.id = "training.weyl.matrices.as-stated",
     .kind = Kind::bound,
     .title = "Weyl's inequality for singular values",
     .states = R"(\sigma_{\min}(J) \ge \sigma_{\min}(J^0) - \|J - J^0\|)",
     .source = slide,
     .reading = R"(For any two matrices of $P \le 5$ rows and $N \le \min(P, 3)$ columns; spectral norm.)",
     .uses = {},
     .repairs = "",
     .proof =
         R"($\|Jc\| \ge \|J^0c\| - \|J - J^0\|\|c\|$ for the unit vector $c$ at which $\|Jc\|$ is least.)",
     .cases = 120},
    []<Real R>(Any<R>& any) -> Judgement {
      const long rows = any.integer("P", 1, 5), cols = any.integer("N", 1, std::min(rows, 3L));
      const Matrix<R> start = any.matrix("J0", rows, cols, 16), now = any.matrix("J", rows, cols, 16);
      return weyl<R>(smallest_singular_value<R>(start), smallest_singular_value<R>(now),
                     linalg::spectral_norm<R>(linalg::exact<R>(now) - linalg::exact<R>(start)));
    });

const auto as_stated = claim(
    {.id = "training.weyl.as-stated",
     .kind = Kind::bound,
     .title = "The smallest singular value of the Jacobian moves no faster than the Jacobian",
     .states =
         R"(\sigma_{\min}\Bigl(\frac{\partial u^k}{\partial\theta}\Bigr) \ge \sigma_{\min}\Bigl(\frac{\partial u^0}{\partial\theta}\Bigr) - \Bigl\|\frac{\partial u^k}{\partial\theta} - \frac{\partial u^0}{\partial\theta}\Bigr\|)",
     .source = slide,
     .reading =
         R"(For the Jacobians of networks along $k \le 2$ steps of gradient descent, $N \le 2$; the slide's next inequality, $\ge \alpha_0/2$, is then $\sigma_{\min}(\partial u^0/\partial\theta) \ge \alpha_0$
(training.weyl.start.as-stated) and the drift of at most $\alpha_0/2$ (training.jacobian-from-start).)",
     .uses = {"training.weyl.matrices.as-stated", "training.weyl.start.as-stated",
              "training.jacobian-from-start.half.as-stated"},
     .repairs = "",
     .proof = R"(training.weyl.matrices.as-stated.)",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement {
      const Setting<R> s = any_setting<R>(
          any, any_network<R>(any, any.activation("phi", smooth_and_lipschitz), small_network), 1, 2);
      const Run<R> run(s, static_cast<int>(any.integer("k", 1, 2)));
      std::vector<Tuple<R>> apart;
      for (std::size_t i = 0; i < run.at[0].gradients.size(); ++i)
        apart.push_back(run.at.back().gradients[i] - run.at.front().gradients[i]);
      // ||J - J^0||^2 is the largest eigenvalue of the Gram matrix of the differences.
      const Quantity<R> norm = sqrt(linalg::spectral_norm<R>(gram<R>(apart)));
      return at_most<R>(smallest_singular_value<R>(gram<R>(run.at.front().gradients)),
                        smallest_singular_value<R>(gram<R>(run.at.back().gradients)) + norm);
    });

const auto start = claim(
    {.id = "training.weyl.start.as-stated",
     .kind = Kind::bound,
     .title = "alpha_0 bounds the smallest singular value of the whole Jacobian",
     .states =
         R"(\sigma_{\min}\Bigl(\frac{\partial u^0}{\partial\theta}\Bigr) \ge \alpha_0 = \sigma_{\min}\Bigl(\frac{\sigma_v}{\sqrt n}\Phi^0\Bigr))",
     .source = slide + ", and the definition of alpha_0 on the slide \"Preliminaries and notation\"",
     .reading =
         R"($\Phi^0$ has the columns $\phi(h_T(x_i))$: $\alpha_0$ is defined by the part of $v$ alone, and used for all parts. That is right as an inequality; where the proof ends with
$\lambda_0 = \lambda_{\min}(K_{\theta^0})$ for $\alpha_0^2$ it is not (training.induction.rate.as-stated). Any scales, $N \le 2 \le n + nd + n^2$.)",
     .uses = {"kernel.decomposition.order"},
     .repairs = "",
     .proof =
         R"($\sigma_{\min}^2$ are the smallest eigenvalues of $K_{\theta^0} = K^v + K^W + K^U$ and of $K^v$, and $K_{\theta^0} \succeq K^v$. (With $N > n$ the right side is 0.))",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const Network<R> f = any_network<R>(any, any.activation("phi", smooth_and_lipschitz), small_network);
      const long count = any.integer("N", 1, 2);
      const Samples<R> now(f, Tuple<R>(f.theta), any.matrix("X", f.inputs(), count, 2));
      std::vector<Tuple<R>> of_v = now.gradients;
      for (Tuple<R>& one : of_v) {
        one.W = {Matrix<R>::Constant(1, 1, R(0)), R(0)};
        one.U = one.W;
      }
      return at_most<R>(smallest_singular_value<R>(gram<R>(of_v)),
                        smallest_singular_value<R>(gram<R>(now.gradients)));
    });

const auto squared = claim(
    {.id = "training.weyl.square.as-stated",
     .kind = Kind::identity,
     .title = "From the singular value to the eigenvalue",
     .states =
         R"(\sigma_{\min}(J) \ge \frac{\alpha_0}2 \implies \lambda_{\min}(J^\top J) \ge \frac{\alpha_0^2}4)",
     .source = slide + ", last display",
     .reading =
         R"(By $\lambda_{\min}(J^\top J) = \sigma_{\min}(J)^2$, for any $J$ of two columns and at least two rows; $\sigma_{\min}(J) = |\det J|/\sigma_{\max}(J)$ where $J$ has two rows, more rows being rotated to two first
(that is, $|\det J|^2$ is the Gram determinant). To 20 bits.)",
     .uses = {},
     .repairs = "",
     .proof =
         R"(The eigenvalues of $J^\top J$ are the squares of the singular values of $J$; and $s \ge a/2 \ge 0$ implies $s^2 \ge a^2/4$.)",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const long rows = any.integer("P", 2, 5);
      const Matrix<R> J = any.matrix("J", rows, 2, 16);
      const Approximation<R> square = linalg::multiply_with_error<R>(Matrix<R>(J.transpose()), J);
      // The Gram determinant is the sum of the squares of all 2 x 2 minors (Cauchy and Binet).
      Quantity<R> minors(0);
      for (long i = 0; i < rows; ++i)
        for (long j = 0; j < i; ++j) {
          const Quantity<R> minor =
              Quantity<R>(J(i, 0)) * Quantity<R>(J(j, 1)) - Quantity<R>(J(j, 0)) * Quantity<R>(J(i, 1));
          minors = minors + minor * minor;
        }
      const Quantity<R> top = linalg::spectral_norm<R>(J);
      const Quantity<R> least = linalg::smallest_eigenvalue<R>(square.value, square.error);
      const R tolerance = R((R(1) + top.value() * top.value() * top.value() * top.value()) *
                            real::power<R>(real::ratio<R>(1, 2), 20));
      return equals<R>(least * top * top, minors, tolerance);
    });

}  // namespace
}  // namespace gronwall::verify
