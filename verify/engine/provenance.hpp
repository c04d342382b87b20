#pragma once

#include "verify/engine/result.hpp"

namespace gronwall::verify {

/// What is known of this build and this machine; what a run adds is left empty, but for the time of the call.
Provenance provenance();

}  // namespace gronwall::verify
