#pragma once

#include <Eigen/Core>

namespace gronwall::linalg::detail {

/// Whether `narrow_product` is ahead of a library's general product on this processor (bench/linalg): a
/// matrix that does not lie in the first cache, on about as many columns as two vectors have lanes. A general
/// product first copies the matrix into an order that its kernel likes, which for so few columns costs as
/// much as the product itself.
bool narrow_is_faster(Eigen::Index rows, Eigen::Index cols, Eigen::Index width);

/// out = factor A B + keep out, or factor A^T B + keep out: A is rows x cols, B has `width` columns, all
/// stored by columns; keep is 1 or 0 (whatever was there is gone, be it NaN). Every entry is one sum in the
/// order of the inner index, so that the result does not depend on the width; it is within n u |A||B|, n the
/// inner dimension, as for any order.
void narrow_product(double* out, double factor, const double* a, Eigen::Index rows, Eigen::Index cols,
                    bool transposed, const double* b, Eigen::Index width, double keep);

/// The same for B and the result by rows of `columns_of_rows()` numbers: what the above does inside. Both at
/// a multiple of a vector's size.
void product_of_rows(double* out, const double* a, Eigen::Index rows, Eigen::Index cols, bool transposed,
                     const double* b);
/// Twice the lanes of a vector.
Eigen::Index columns_of_rows();

}  // namespace gronwall::linalg::detail
