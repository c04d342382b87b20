#include "verify/engine/claim.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <memory>

namespace gronwall::verify {

namespace {

/// A function, so that it exists before the first registration, whatever the order of the files.
std::vector<std::unique_ptr<const Claim>>& registry() {
  static std::vector<std::unique_ptr<const Claim>> claims;
  return claims;
}

}  // namespace

std::string_view name(Kind kind) {
  switch (kind) {
    case Kind::identity:
      return "identity";
    case Kind::bound:
      return "bound";
    case Kind::rate:
      return "rate";
    case Kind::limit:
      return "limit";
    case Kind::spectrum:
      return "spectrum";
    case Kind::trajectory:
      return "trajectory";
    case Kind::uniformity:
      return "uniformity";
  }
  return "";
}

Registration::Registration(Claim claim) {
  for (const auto& known : registry())
    if (known->about.id == claim.about.id) {
      std::cerr << "two claims are called \"" << claim.about.id << "\"\n";
      std::abort();
    }
  registry().push_back(std::make_unique<const Claim>(std::move(claim)));
}

const std::vector<const Claim*>& all_claims() {
  // Static objects register before main and nobody after it: the first call may sort once and for all.
  static const std::vector<const Claim*> sorted = [] {
    std::vector<const Claim*> claims;
    for (const auto& claim : registry()) claims.push_back(claim.get());
    std::sort(claims.begin(), claims.end(),
              [](const Claim* a, const Claim* b) { return a->about.id < b->about.id; });
    return claims;
  }();
  return sorted;
}

}  // namespace gronwall::verify
