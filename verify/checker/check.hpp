#pragma once

#include <string>

#include "verify/checker/outcome.hpp"

namespace gronwall::checker {

/// Decides the certificate in this text again. Never throws.
///
/// In this order: the text is a certificate (read_certificate); the claim is known, else it is not decided;
/// statement and relation are the claim's; the certificate's own sides show its verdict; the inputs are of
/// the claim's domain and meet its hypotheses; the sides as this checker finds them meet the certificate's;
/// and by themselves they decide the relation as the verdict says.
Outcome check_text(const std::string& text);

/// The same for a file.
Outcome check_file(const std::string& path);

}  // namespace gronwall::checker
