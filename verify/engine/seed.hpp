#pragma once

#include <cstdint>
#include <string_view>

namespace gronwall::verify {

/// A seed of its own for every (seed, what, index): FNV-1a over their bytes, mixed by the finaliser of
/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). With `what` the id of a claim and `index` the number of a
/// case it depends on nothing else, so neither filters nor jobs nor the number of cases change an input.
std::uint64_t derived_seed(std::uint64_t seed, std::string_view what, std::uint64_t index);

/// Sizes 0, 50, 25, 75, ...: the van der Corput sequence on [0, 100], so that the first N cases, for any N,
/// are spread over all sizes, and a case has the same size whatever N is.
int case_size(std::uint64_t index);

}  // namespace gronwall::verify
