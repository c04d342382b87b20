#include "verify/engine/judgement.hpp"

#include <algorithm>
#include <cmath>

namespace gronwall::verify {

/// b is worse than a: smaller in truth, or the only one of two refutations that is proved, or as true and
/// closer to breaking.
static bool worse(const Judgement& b, const Judgement& a) {
  if (b.truth != a.truth) return b.truth < a.truth;
  if (b.truth == Truth::no && b.proof != a.proof) return b.proof;
  return b.ratio > a.ratio || (std::isnan(a.ratio) && !std::isnan(b.ratio));
}

Judgement operator&&(const Judgement& a, const Judgement& b) {
  const bool second = worse(b, a);
  Judgement both = second ? b : a;
  const Judgement& other = second ? a : b;
  if (!both.plot) both.plot = other.plot;
  both.tie = both.tie && (other.truth != Truth::unknown || other.tie);
  if (both.truth == Truth::yes) {
    both.proof = a.proof && b.proof;
    both.bits = std::max(a.bits, b.bits);
  }
  return both;
}

}  // namespace gronwall::verify
