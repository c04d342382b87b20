#pragma once

#include <concepts>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gronwall/real/backends.hpp>

#include "verify/engine/any.hpp"
#include "verify/engine/relations.hpp"

namespace gronwall::verify {

/// What sort of statement a claim is (CLAIMS: "Kinds").
enum class Kind { identity, bound, rate, limit, spectrum, trajectory, uniformity };
std::string_view name(Kind kind);

/// What a person reads of a claim.
struct About {
  std::string id;  ///< "growth.lemma-17.state.as-stated": topic first, reading last
  Kind kind = Kind::bound;
  std::string title;                ///< a few words: "Lemma 17: growth of the state"
  std::string states;               ///< TeX of the statement
  std::string source;               ///< where it stands in the paper: slide and equation
  std::string reading{};            ///< how the words were read: hypotheses, norms, constants (TeX in $...$)
  std::vector<std::string> uses{};  ///< ids of claims that it rests on
  std::string repairs{};            ///< id of the claim as stated that this one repairs; empty otherwise
  std::string proof{};              ///< for a repair: a short proof (TeX in $...$)
  int cases = 300;                  ///< inputs judged in the default profile
  /// The part of the judged cases that may stay undecided; beyond it the claim is undecided.
  double most_undecided = 0.1;
};

/// A claim: what it says, and how one case of it is judged in each backend that referees.
struct Claim {
  About about;
  std::map<std::string, std::function<Judgement(Draws&)>, std::less<>> judges;
};

/// All registered claims, sorted by id.
const std::vector<const Claim*>& all_claims();

/// Registers a claim for the life of the program; ends the program on a second claim of the same id.
class Registration {
 public:
  explicit Registration(Claim claim);
};

/// `statement` is a generic callable, `[]<Real R>(Any<R>& any) -> Judgement`.
template <class Statement>
Registration claim(About about, Statement statement) {
  Claim made{std::move(about), {}};
#define GRONWALL_JUDGE(...)                                                       \
  if constexpr (real::Backend<__VA_ARGS__>::referees)                             \
    made.judges.emplace(real::Backend<__VA_ARGS__>::name, [statement](Draws& d) { \
      Any<__VA_ARGS__> any(d);                                                    \
      return Judgement(statement(any));                                           \
    });
  GRONWALL_FOR_EACH_BACKEND(GRONWALL_JUDGE)
#undef GRONWALL_JUDGE
  return Registration(std::move(made));
}

}  // namespace gronwall::verify
