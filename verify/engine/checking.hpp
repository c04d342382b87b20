#pragma once

#include <optional>
#include <string>

#include "verify/engine/result.hpp"

/// The checker, verify-check, is a program of its own that shares no code with this one: what it does not
/// confirm is not refuted.
namespace gronwall::verify {

/// `given` if it is a program that can be run, else UnknownName. Without it: verify-check beside this
/// program, or where the build tree and an installation have it (checker/, ../checker/, ../bin/); nothing
/// where it is at none of these.
std::optional<std::string> find_checker(const std::optional<std::string>& given);

/// Runs the checker on the certificate and waits for `time_limit` seconds at most. Its exit code counts (0
/// confirmed, 1 not confirmed, 2 not decided), and for `confirmed` its first word as well; anything else is
/// `failed`. The checker sees the file by its name, from the directory that it lies in, so that what it says
/// does not depend on where that is.
Check check(const std::string& checker, const std::string& certificate, double time_limit);

/// What the checker's answer makes of a claim with a counterexample that is proved: refuted if it is
/// confirmed, else suspect; the reason says which.
void rule_on(ClaimResult& result, const Check& check);

}  // namespace gronwall::verify
