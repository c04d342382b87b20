#pragma once

#include <optional>

#include <gronwall/kernel/tangent.hpp>

namespace gronwall::kernel::detail {

/// The tangent kernel of a wide ResNet in double, faster: samples lie in the lanes of vectors from the first
/// layer to the last (linalg/lanes.hpp), so that nothing is transposed, copied or kept twice.
///
/// Of K^W = sum over l, m of <lambda^l_i, lambda^m_j> <phi(h^{l-1}_i), phi(h^{m-1}_j)> most is saved by
/// Q, L x p, of orthonormal columns, polynomials of degree < p in l: G_i = sum_l lambda^l_i phi_i^T is
/// (Lambda_i Q)(Phi_i Q)^T + (Lambda_i - Lambda_i Q Q^T) (Phi_i - Phi_i Q Q^T)^T. States and adjoints are
/// smooth in time, so that for p well below L both factors of the last product are small, about the root of
/// the unit roundoff: it is left out, and its norm, at most the product of their norms, is computed and added
/// to the error. Where the layers are not smooth p is L, and Q is not used.
///
/// Errors as in tangent_kernel. Nothing for few samples, narrow networks, an activation whose phi'' is
/// unbounded, or where norms leave the range of double: there the general way knows what to do.
std::optional<TangentKernel<double>> tangent_kernel_in_lanes(const model::ResNet<double>& model,
                                                             const Matrix<double>& X);

}  // namespace gronwall::kernel::detail
