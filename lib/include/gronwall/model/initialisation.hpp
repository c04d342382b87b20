#pragma once

#include <cstdint>

#include <gronwall/model/network.hpp>

namespace gronwall::model {

/// theta with independent standard Gaussian entries: v (n x 1), W (n x n), U (n x d), the initialisation of
/// the slide "Neural ODE Definition". The same numbers on every platform, and exact: each is an odd multiple
/// of 2^-32 below 10 in modulus, so every backend holds it.
///
/// Method: Karney, Sampling exactly from the normal distribution, ACM Trans. Math. Softw. 42 (2016),
/// Algorithm N, in 64-bit integers alone. No logarithm is taken, so no C library can differ in its last
/// place. With Y = |z|, k its integer part and x its fraction,
///   1. k = 0, 1, 2, ... with probability proportional to e^{-k^2/2} (a table);
///   2. x uniform in (0, 1), here an odd multiple of 2^-32;
///   3. accepted with probability e^{-k x} e^{-x^2/2}, k + 1 factors that each cost about e^x uniform
///      numbers (von Neumann); otherwise from 1 on again. The sign is a bit.
/// The probabilities are off by a few 2^-64.
///
/// v, W and U have a stream each, that of std::mt19937_64 started from a hash (splitmix64) of the seed and
/// the part; v and U are filled row by row, W column by column. So with the same seed a wider network has the
/// v and the U of the narrower one in its first n rows, and the input dimension changes nothing but U. W
/// itself is another one for each n.
///
/// Throws DomainError unless n >= 1 and d >= 1.
Parameters<double> gaussian_parameters(long n, long d, std::uint64_t seed);

}  // namespace gronwall::model
