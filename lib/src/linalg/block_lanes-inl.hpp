// Digits of blocks in vector lanes: what the kernels on linalg::Block share. Included once per instruction
// set, inside Highway's foreach_target (see product of blocks for how), hence the unusual guard.
#if defined(GRONWALL_LINALG_BLOCK_LANES_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef GRONWALL_LINALG_BLOCK_LANES_INL
#undef GRONWALL_LINALG_BLOCK_LANES_INL
#else
#define GRONWALL_LINALG_BLOCK_LANES_INL
#endif

#include <cstdint>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace gronwall::linalg::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Wide = hn::ScalableTag<std::int64_t>;     ///< sums of products of digits
using Narrow = hn::Rebind<std::int32_t, Wide>;  ///< as many digits as a `Wide` has lanes
using WideVector = hn::Vec<Wide>;

/// Digits of as many consecutive entries as a `Wide` vector has lanes.
HWY_INLINE WideVector load_digits(const std::int32_t* from) {
  return hn::PromoteTo(Wide(), hn::LoadU(Narrow(), from));
}
HWY_INLINE void store_digits(WideVector digits, std::int32_t* to) {
  const hn::RebindToUnsigned<Narrow> narrow;
  const hn::RebindToUnsigned<Wide> wide;
  hn::StoreU(hn::BitCast(Narrow(), hn::TruncateTo(narrow, hn::BitCast(wide, digits))), Narrow(), to);
}

/// Exact products of digits: both are within 2^31.
HWY_INLINE WideVector multiply_digits(WideVector a, WideVector b) {
#if HWY_TARGET == HWY_SCALAR
  return hn::Set(Wide(), hn::GetLane(a) * hn::GetLane(b));
#else
  const hn::Repartition<std::int32_t, Wide> halves;
  return hn::MulEven(hn::BitCast(halves, a), hn::BitCast(halves, b));
#endif
}

/// sum = digit + 2^28 carry with -2^27 <= digit < 2^27, for |sum| < 2^63 - 2^27.
HWY_INLINE WideVector take_digit(WideVector sum, WideVector& carry) {
  carry = hn::ShiftRight<28>(hn::Add(sum, hn::Set(Wide(), std::int64_t{1} << 27)));
  return hn::Sub(sum, hn::ShiftLeft<28>(carry));
}

}  // namespace gronwall::linalg::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
