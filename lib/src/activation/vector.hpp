#pragma once

#include <array>

#include <Eigen/Core>

/// Elementary functions in double on numbers in a row: out[k] = f(x[k]) for k < size; x and out are one, or
/// do not overlap. By SLEEF with eight lanes of AVX-512 or four of AVX2, whichever the processor has at run
/// time (Highway says; hwy::DisableTargets takes them away); both give the same results, bit for bit.
/// Elsewhere by the C library.
///
/// SLEEF (Shibata and Petrogalli, IEEE Transactions on Parallel and Distributed Systems 31 (2020)) errs
/// by 1.0 ulp at most, 1.5 in erfc. A number's result does not depend on where in the row it stands.
/// The activations made of them are within 2 ulp of the correctly rounded value (gelu 2.5, silu 3), and their
/// derivatives within 4 (silu 5), wherever nothing they are summed of cancels
/// (lib/test/activation/vector_test.cpp; that of each function here: vector_kernel_test.cpp).
namespace gronwall::activation::vector {

using Index = Eigen::Index;

void tanh(const double* x, double* out, Index size);
void exp(const double* x, double* out, Index size);
void log1p(const double* x, double* out, Index size);
void erf(const double* x, double* out, Index size);
void erfc(const double* x, double* out, Index size);
void sin(const double* x, double* out, Index size);
void cos(const double* x, double* out, Index size);
void atan(const double* x, double* out, Index size);
/// out[k] = x[k] y[k] - z[k] with one rounding.
void multiply_subtract(const double* x, const double* y, const double* z, double* out, Index size);

/// distribution[k] = Phi(x[k]) of the normal distribution, within 2 ulp, and bell[k] = e^{-x[k]^2/2}, within
/// 1 (normal_vector.cpp; two more without vectors). The two results do not overlap.
void normal(const double* x, double* distribution, double* bell, Index size);

/// f(offset, length) for pieces of a row that are short enough for a few of them to stay in the nearest
/// cache: a formula of several passes then costs its arithmetic.
constexpr Index piece = 256;
/// Working memory for one piece. Filling it would cost a single number more than its formula does; one entry
/// is set because compilers want to see something written.
struct Row : std::array<double, piece> {
  Row() { front() = 0; }
};
/// f(offset, length) for the pieces of a row.
template <class F>
void in_pieces(Index size, const F& f) {
  for (Index k = 0; k < size; k += piece) f(k, size - k < piece ? size - k : piece);
}

}  // namespace gronwall::activation::vector
