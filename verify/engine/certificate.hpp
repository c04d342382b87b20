#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "verify/engine/result.hpp"

namespace gronwall::verify {

inline constexpr std::string_view certificate_schema = "gronwall-certificate/1";

/// What was proved on one input, for a program that shares no code with this one to decide again:
///
///     {"schema": "gronwall-certificate/1", "claim": "growth.lemma-17...", "statement": TeX,
///      "verdict": "refuted" | "holds", "inputs": as in report.json, "relation": "<=",
///      "lhs": {"lower": "0x...", "upper": "0x..."} | {"exact": "3/2"} | {"text": "rank 3"},
///      "rhs": likewise (not of "> 0"),
///      "tolerance": "0x..." (only of an identity that is judged up to one),
///      "arithmetic": "ball" | "exact", "precision": bits (0 of "exact"), "producer": "gronwall 0.1.0",
///      "hash": "sha256:..."}
///
/// The hash is that of the object without it, written without spaces and with its keys sorted.
struct Certificate {
  std::string claim, statement;
  Verdict verdict = Verdict::refuted;  ///< refuted or holds: what the input shows
  Case inputs;
};

/// What the result gives a certificate of: its counterexample, where that is proved; the tightest case of a
/// claim that holds, where that is. nullptr if there is none, or no side that a program could read.
const Finding* certified(const ClaimResult& result);

/// The certificate's file, as text.
std::string certificate_text(const About& about, const Finding& finding);

/// Throws FormatError, which names the file and what is wrong with it: a field, or a hash that is not of its
/// contents.
Certificate read_certificate(const std::string& path);

/// "sha256:" and 64 hexadecimal digits.
std::string sha256(std::string_view text);

}  // namespace gronwall::verify
