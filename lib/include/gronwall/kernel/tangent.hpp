#pragma once

#include <gronwall/model/neural_ode.hpp>
#include <gronwall/model/resnet.hpp>

/// Tangent kernels at finite width (slide "Step 1: NTK Decomposition").
namespace gronwall::kernel {

using linalg::Approximation;
using linalg::Matrix;
using real::Real;

/// K(x_i, x_j) = <grad f(x_i), grad f(x_j)> = K^v + K^W + K^U on N inputs: the inner products of the parts of
/// the gradient. Each is N x N, symmetric, with an error in the Frobenius norm.
template <Real R>
struct TangentKernel {
  Approximation<R> v;  ///< K^v_ij = (sigma_v^2/n) <phi(h_T(x_i)), phi(h_T(x_j))>
  Approximation<R> W;  ///< K^W_ij = (sigma_w^2/n) int int <lambda_t, lambdabar_s> <phi(h_t), phi(hbar_s)>
  Approximation<R> U;  ///< K^U_ij = (sigma_u^2/d) <x_i, x_j> <lambda_0(x_i), lambda_0(x_j)>

  /// K.
  Approximation<R> sum() const;
};

/// How K^W is put together from G_i = sum_{m <= M} l_{i,m} r_{i,m}^T, the W-gradients of N samples in factors
/// (model/factored_gradient.hpp); both ways give the same matrix but for rounding.
enum class Contraction {
  /// `cheaper_contraction`; for a wide ResNet in double, from n = 192 and a block of samples on (12 on a
  /// processor with AVX-512), neither: there the samples lie in the lanes of vectors all the way, and the M
  /// terms are first projected onto polynomials in the layer's number, as many as lose nothing
  /// (src/kernel/tangent_lanes.hpp). Rounding as with `grams`, and what is left out is measured and part of
  /// the error.
  automatic,
  /// K_ij = sum_{m,m'} <l_{i,m}, l_{j,m'}> <r_{i,m}, r_{j,m'}>: two M x M matrices for each pair of samples.
  /// Memory 2 N M^2. Rounding, relative to the sizes of the terms: (2n + 2M) u.
  grams,
  /// G_i by panels of p rows, for all i at once, and the inner products of the panels. Never more than N p n
  /// numbers at a time, p n about 2^16. Rounding: (2M + p n + n/p) u.
  panels
};

/// Multiply-adds of one way: N (N + 1) M^2 n, or n^2 N M + n^2 N (N + 1)/2.
double multiply_adds(Contraction way, long width, long samples, long terms);
/// The way with fewer multiply-adds: `panels` as soon as M (N + 1) > n (1 + (N + 1)/(2M)), so for many layers
/// and samples on a narrow network.
Contraction cheaper_contraction(long width, long samples, long terms);

/// The kernel of a ResNet on N inputs X: d x N. Two passes, forwards and backwards, for all samples
/// together, and no n x n gradient of any sample. Errors: those of the states and adjoints, which enter each
/// inner product by Cauchy's inequality, and rounding.
///
/// In balls the gradient of each sample is enclosed by itself (ResNet<Ball>::gradient), the inner products of
/// these are taken, and what the gradients' errors e add is e_i ||G_j|| + ||G_i|| e_j + e_i e_j: all of it in
/// the entries, so that `error` is 0. There `way` has no say.
///
/// Throws DomainError for inputs that do not fit, ode::BlowUp where a layer leaves the range of numbers.
template <Real R>
TangentKernel<R> tangent_kernel(const model::ResNet<R>& model, const Matrix<R>& X,
                                Contraction way = Contraction::automatic);
/// The kernel of a Neural ODE. Errors by two runs (see model/neural_ode.hpp), twice what these say, since K
/// is quadratic in the gradient, and the rounding of the contraction. In balls as above, by
/// NeuralOde<Ball>::gradient. Throws also what the solvers throw.
template <Real R>
TangentKernel<R> tangent_kernel(const model::NeuralOde<R>& model, const Matrix<R>& X,
                                Contraction way = Contraction::automatic);

/// One run of a Neural ODE at the accuracy set, half the work: the errors are those of the contraction alone.
template <real::Floating R>
TangentKernel<R> tangent_kernel_run(const model::NeuralOde<R>& model, const Matrix<R>& X,
                                    Contraction way = Contraction::automatic);

/// The same kernels from the gradients of the samples, one call of `gradient` and n^2 numbers each: the
/// independent check, N times the work and the memory. In balls by `gradient` on all samples with unit
/// vectors as weights, so that here, too, the two routes differ.
template <Real R>
TangentKernel<R> tangent_kernel_by_gradients(const model::ResNet<R>& model, const Matrix<R>& X);
template <Real R>
TangentKernel<R> tangent_kernel_by_gradients(const model::NeuralOde<R>& model, const Matrix<R>& X);

}  // namespace gronwall::kernel
