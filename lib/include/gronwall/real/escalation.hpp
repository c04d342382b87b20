#pragma once

#include <array>

namespace gronwall::real {

/// The working precisions at which a question is asked in balls, one after the other until it is decided.
inline constexpr std::array<long, 5> escalation{64, 128, 256, 512, 1024};

}  // namespace gronwall::real
