#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include <gronwall/kernel/assumptions.hpp>
#include <gronwall/kernel/definite.hpp>

#include "verify/formats/json.hpp"

/// What `verify kernel` found, and how it is told.
namespace gronwall::verify {

/// K or one of its parts, as decimal numbers.
struct KernelMatrix {
  kernel::Part part = kernel::Part::all;
  std::vector<std::vector<std::string>> entries;  ///< N x N
  double error = 0;                               ///< of the matrix, in the Frobenius norm
  std::string smallest;                           ///< eigenvalue
  double smallest_value = 0, smallest_error = 0;  ///< the same eigenvalue, and its error
  /// By these numbers: yes if it is above 0 by more than its error.
  real::Truth positive = real::Truth::unknown;
  /// What is proved of it, whatever the numbers above say.
  kernel::Definiteness proved;

  /// Whether its sign is known, in one way or the other.
  bool decided() const { return positive == real::Truth::yes || proved.definite != real::Truth::unknown; }
};

struct KernelReport {
  std::string activation;
  kernel::Scales scales;
  std::optional<long> width, depth;  ///< none: infinite
  std::uint64_t seed = 1;            ///< of the network, where it has a width
  std::string source;                ///< file or generator of the inputs
  kernel::Inputs inputs;
  std::string backend;
  std::vector<std::string> tried;  ///< coarser backends in which a sign was not certain
  long nodes = 0;                  ///< where the width is infinite: see kernel/infinite.hpp
  unsigned coefficients = 0;
  std::vector<KernelMatrix> matrices;
  kernel::Assumption1 assumption;
  kernel::Corollary1 corollary;
};

/// For a person.
std::string to_text(const KernelReport& report);
/// For programs; matrix entries and eigenvalues are strings, so that no digit is lost.
Json to_json(const KernelReport& report);

}  // namespace gronwall::verify
