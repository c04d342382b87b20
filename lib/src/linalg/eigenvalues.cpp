#include <Eigen/Eigenvalues>

#include <gronwall/linalg/norm.hpp>
#include <gronwall/real/backends.hpp>
#include <gronwall/real/error.hpp>

// Alone in its file: Eigen's symmetric solver costs more compile time than the rest of the room.
namespace gronwall::linalg {

template <real::Floating R>
Vector<R> symmetric_eigenvalues(const Matrix<R>& a) {
  if (a.rows() != a.cols() || a.size() == 0)
    throw DomainError("Eigenvalues were asked of a matrix that is empty or not square.");
  if (!all_finite<R>(a)) throw DomainError("Eigenvalues were asked of a matrix that is not finite.");
  Eigen::SelfAdjointEigenSolver<Matrix<R>> solver(a, Eigen::EigenvaluesOnly);
  if (solver.info() != Eigen::Success) throw Error("The symmetric eigenvalue iteration did not converge.");
  return solver.eigenvalues();
}

#define GRONWALL_INSTANTIATE(...) \
  template Vector<__VA_ARGS__> symmetric_eigenvalues<__VA_ARGS__>(const Matrix<__VA_ARGS__>&);
GRONWALL_FOR_EACH_FLOATING(GRONWALL_INSTANTIATE)

}  // namespace gronwall::linalg
