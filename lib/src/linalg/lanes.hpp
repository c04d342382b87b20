#pragma once

#include <Eigen/Core>

/// Kernels in double for states of many samples at once, "in lanes": a block is a matrix of n rows of
/// `chunk()` numbers, one for each sample, rows one after the other. So whatever is done to each sample is
/// done to whole vectors, and a product with W reads each entry of it once for all samples.
/// Pointers at a multiple of 64 bytes. Sums are taken row by row: n u times the sum of the moduli.
namespace gronwall::linalg::lanes {

using Index = Eigen::Index;

/// Samples in a block on this processor, twice the lanes of a vector: 16 at most.
Index chunk();
constexpr Index longest_chunk = 16;

/// Of n x m numbers by columns, columns first, ..., first + chunk() - 1 as a block; zeros where there are
/// none.
void from_columns(double* block, const double* columns, Index n, Index m, Index first);
/// out = A b, or A^T b, A being rows x cols, by columns.
void product(double* out, const double* A, Index rows, Index cols, bool transposed, const double* b);

/// sums[j] = sum_i x_ij^2.
void squares(const double* x, Index n, double* sums);
/// tops[j] = max_i |x_ij|.
void tops(const double* x, Index n, double* tops);
/// h += step * change, and squares(h).
void step_forwards(double* h, const double* change, double step, Index n, double* sums);
/// One step of an adjoint, lambda += step * slope * change entry by entry, that leaves the old lambda in the
/// place of slope; and squares(lambda).
void step_backwards(double* lambda, const double* change, double* slope, double step, Index n, double* sums);

/// y_p = sum_l weights[p * terms + l] x_l for p < count, of blocks x_0, x_1, ... that begin `stride` numbers
/// apart, y likewise; and rest[j] += the squares in column j of x_l - sum_p weights[p * terms + l] y_p, over
/// all l. A stride that is no power of 2: the processor's caches would keep few blocks at a time.
void transform(double* y, const double* x, const double* weights, Index terms, Index count, Index n,
               Index stride, double* rest);

/// tile[i * chunk + j] += <l_i, m_j> <r_i, s_j>, of the columns of four blocks.
void add_product_of_grams(double* tile, const double* l, const double* m, const double* r, const double* s,
                          Index n);
/// tile[i * chunk + j] += <l_i, m_j>.
void add_gram(double* tile, const double* l, const double* m, Index n);

}  // namespace gronwall::linalg::lanes
