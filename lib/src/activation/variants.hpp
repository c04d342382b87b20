#pragma once

#include <cstddef>
#include <cstdint>

#include <hwy/targets.h>

#include "vector.hpp"

// One loop for several kinds of processors.
namespace gronwall::activation::vector {

#if defined(__x86_64__)
#define GRONWALL_AVX2 __attribute__((target("avx2,fma")))
#define GRONWALL_AVX512 __attribute__((target("avx512f,avx2,fma")))
#endif

/// The same function compiled for several kinds of processors.
template <class Loop>
struct Variants {
  Loop plain, avx2, avx512;

  /// Highway remembers what it has found out about the processor, as an index into its list of targets, best
  /// first.
  Loop best() const {
    hwy::ChosenTarget& chosen = hwy::GetChosenTarget();
    if (!chosen.IsInitialized()) chosen.Update(hwy::SupportedTargets());
    const std::size_t index = chosen.GetIndex();
#if defined(__x86_64__)
    if (index <= index_of(HWY_AVX3)) return avx512;
    if (index <= index_of(HWY_AVX2)) return avx2;
#endif
    return plain;
  }

 private:
  static std::size_t index_of(std::int64_t target) {
    return hwy::Num0BitsBelowLS1Bit_Nonzero64(static_cast<std::uint64_t>(HWY_CHOSEN_TARGET_SHIFT(target)));
  }
};

}  // namespace gronwall::activation::vector
