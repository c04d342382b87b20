#pragma once

#include <algorithm>
#include <concepts>
#include <functional>
#include <initializer_list>
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

/// Ids of claims. One alone needs no braces, and "" is none: `.repairs = "a"`, `.repairs = {"a", "b"}`.
struct Ids : std::vector<std::string> {
  Ids() = default;
  Ids(const char* id) : Ids(std::string(id)) {}  // NOLINT: a text is an id
  Ids(std::string id) {                          // NOLINT: the same
    if (!id.empty()) push_back(std::move(id));
  }
  Ids(std::initializer_list<std::string> ids) : std::vector<std::string>(ids) {}
  Ids(std::vector<std::string> ids)  // NOLINT: the same
      : std::vector<std::string>(std::move(ids)) {}
  bool name(const std::string& id) const { return std::find(begin(), end(), id) != end(); }
};

/// What a person reads of a claim.
struct About {
  std::string id;  ///< "growth.lemma-17.state.as-stated": topic first, reading last
  Kind kind = Kind::bound;
  std::string title;   ///< a few words: "Lemma 17: growth of the state"
  std::string states;  ///< TeX of the statement
  /// Where it stands in the paper: slide and equation. It also says which result of the paper the claim
  /// belongs to (`chapter`, story.hpp): the first "Lemma 17" or the like in it, otherwise the slide.
  std::string source;
  std::string reading{};  ///< how the words were read: hypotheses, norms, constants (TeX in $...$)
  Ids uses{};     ///< the claims that its proof rests on: of a claim as stated the paper's, of others ours
  Ids repairs{};  ///< the claims as stated that this one repairs
  std::string proof{};  ///< for a repair: a short proof (TeX in $...$)
  int cases = 300;      ///< inputs judged in the default profile
  /// The part of the judged cases that may stay undecided; beyond it the claim is undecided.
  double most_undecided = 0.1;
};

/// A mutant of a claim (power.hpp) that is still true, and why.
struct Equivalent {
  std::string mutant;  ///< its name: "without the points are distinct", "scale |h_0|"
  std::string why;
};

/// A claim: what it says, and how one case of it is judged in each backend that referees.
struct Claim {
  About about;
  std::map<std::string, std::function<Judgement(Draws&)>, std::less<>> judges;
  std::vector<Equivalent> equivalent;
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
Registration claim(About about, Statement statement, std::vector<Equivalent> equivalent = {}) {
  Claim made{std::move(about), {}, std::move(equivalent)};
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
