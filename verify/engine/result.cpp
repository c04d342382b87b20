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

}  // namespace gronwall::verify
