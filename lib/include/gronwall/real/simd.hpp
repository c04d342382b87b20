#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gronwall::real {

/// The vector instructions that the kernels of this process may choose from, best first, under Highway's
/// names
/// ("AVX3_DL", "AVX3" (AVX-512), "AVX2", "SSE4", "SSSE3", ... on x86): those that the processor has and this
/// build has code for. Never empty.
std::vector<std::string> simd_targets();

/// From now on no kernel uses better vector instructions than these; only ever narrows the choice. For
/// looking for a fault and for measuring what a lesser processor would do: results in fixed point and of
/// elementary functions do not depend on it, sums of doubles (products, norms) do in their last bits, since
/// OpenBLAS and we sum as many numbers at a time as fit. OpenBLAS chooses for itself (OPENBLAS_CORETYPE, its
/// own variable). Not while another thread computes. Throws UnknownName for what is not in simd_targets().
void limit_simd(std::string_view target);

/// limit_simd() with the value of the environment variable GRONWALL_SIMD, if it is set and not empty.
/// Programs call it first thing; the library never does.
void limit_simd_by_environment();

}  // namespace gronwall::real
