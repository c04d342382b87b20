#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "verify/checker/certificate.hpp"

/// What the checker knows of each claim: its words, its relation, and how to decide it again.
namespace gronwall::checker {

/// What the checker found of a claim at the inputs of a certificate.
struct Finding {
  bool holds = false;
  std::string relation;
  /// Both sides where they are numbers; exact ones have no width where they can be written in binary.
  std::optional<Interval> lhs, rhs;
  std::string said;  ///< for a person: what was found
};

struct Known {
  std::string statement;               ///< TeX, word for word that of the claim
  std::vector<std::string> relations;  ///< that a certificate may have
  /// Decides the claim at the certificate's inputs. Throws NotConfirmed for inputs that are none of the
  /// claim's or do not meet its hypotheses and for sides that differ from the certificate's, NotDecided where
  /// it cannot decide.
  std::function<Finding(const Certificate&)> decide;
};

/// By id.
const std::map<std::string, Known>& known_claims();

// Each topic in a file of its own; see claims_*.cpp.
void add_gradient(std::map<std::string, Known>& claims);
void add_growth(std::map<std::string, Known>& claims);
void add_growth_gradients(std::map<std::string, Known>& claims);
void add_growth_differences(std::map<std::string, Known>& claims);
void add_growth_normalisation(std::map<std::string, Known>& claims);
void add_hermite(std::map<std::string, Known>& claims);
void add_kernel(std::map<std::string, Known>& claims);
void add_model(std::map<std::string, Known>& claims);
void add_spd(std::map<std::string, Known>& claims);
void add_training(std::map<std::string, Known>& claims);
void add_training_runs(std::map<std::string, Known>& claims);

/// Throws NotConfirmed if the enclosure that the certificate gives of a side has no number in common with
/// `own`. Sides that are words say nothing that could be compared.
void compare_side(const std::string& name, const std::optional<Side>& given, const Interval& own);

}  // namespace gronwall::checker
