#include "verify/engine/result.hpp"

namespace gronwall::verify {

std::string_view name(Verdict verdict) {
  switch (verdict) {
    case Verdict::proved:
      return "proved";
    case Verdict::holds:
      return "holds";
    case Verdict::observed:
      return "observed";
    case Verdict::refuted:
      return "refuted";
    case Verdict::contradicted:
      return "contradicted";
    case Verdict::suspect:
      return "suspect";
    case Verdict::undecided:
      return "undecided";
    case Verdict::vacuous:
      return "vacuous";
    case Verdict::assumed:
      return "assumed";
  }
  return "";
}

std::string_view name(Check::Answer answer) {
  switch (answer) {
    case Check::Answer::none:
      return "none";
    case Check::Answer::confirmed:
      return "confirmed";
    case Check::Answer::not_confirmed:
      return "not-confirmed";
    case Check::Answer::not_decided:
      return "not-decided";
    case Check::Answer::failed:
      return "failed";
  }
  return "";
}

}  // namespace gronwall::verify
