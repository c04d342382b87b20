#include "verify/engine/terms.hpp"

#include <algorithm>

#include <gronwall/real/error.hpp>

namespace gronwall::verify {

namespace {

// Of the one thread that judges.
std::optional<Mutation> made;
std::optional<std::vector<Mutation>> taken_down;
int unmarked = 0;

}  // namespace

std::string_view name(Operator op) {
  switch (op) {
    case Operator::drop:
      return "drop";
    case Operator::scale:
      return "scale";
    case Operator::exponent:
      return "exponent";
    case Operator::sign:
      return "sign";
    case Operator::norm:
      return "norm";
    case Operator::fewer:
      return "fewer";
    case Operator::more:
      return "more";
    case Operator::hypothesis:
      return "hypothesis";
    case Operator::equality:
      return "equality";
  }
  return "";
}

std::string Mutation::name() const {
  if (op == Operator::hypothesis) return "without " + term;
  if (op == Operator::equality) return "scaled identities";
  return std::string(verify::name(op)) + " " + term;
}

bool operator==(const Mutation& a, const Mutation& b) { return a.op == b.op && a.term == b.term; }

Mutating::Mutating(const Mutation& mutation) {
  if (made) throw Error("A statement is mutated twice.");
  made = mutation;
}
Mutating::~Mutating() { made.reset(); }

Recording::Recording() {
  if (taken_down) throw Error("The parts of a statement are taken down twice.");
  taken_down.emplace();
}
Recording::~Recording() { taken_down.reset(); }
const std::vector<Mutation>& Recording::found() const { return *taken_down; }

Unmarked::Unmarked(Role role) : quiet_(role == Role::serves) {
  if (quiet_) ++unmarked;
}
Unmarked::~Unmarked() {
  if (quiet_) --unmarked;
}

bool marks::changes(std::string_view term, Operator op) {
  if (unmarked > 0) return false;
  if (taken_down) {
    Mutation here{std::string(term), op};
    if (std::find(taken_down->begin(), taken_down->end(), here) == taken_down->end())
      taken_down->push_back(std::move(here));
  }
  return made && made->op == op && made->term == term;
}

}  // namespace gronwall::verify
