#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

/// The command line of `verify`, without its parser: one function for each command, which returns the exit
/// code or throws. Results go to standard output, complaints and progress to standard error.
namespace gronwall::verify {

/// DESIGN §8.
enum ExitCode : int {
  as_expected = 0,
  not_as_expected = 1,
  interrupted = 2,
  internal_error = 3,
  wrong_usage = 4,
  nothing_selected = 5
};

/// What was asked for cannot be done; `what()` is one sentence that names the option or file.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

int list(const std::vector<std::string>& filters, bool json);

int explain(const std::string& id);

struct RunOptions {
  std::vector<std::string> filters;
  std::uint64_t seed = 1;
  std::optional<int> cases;
  std::optional<int> jobs;  ///< none: one for each processor
  std::optional<std::string> backend;
  std::string profile = "default";    ///< or "thorough"
  std::optional<std::string> budget;  ///< "90s", "15m", "2h"
  double time_limit = 600;
  std::string output = "report";
  std::vector<std::string> reporters;  ///< FORMAT or FORMAT::out=FILE; none: every format
  std::optional<std::string> expected, write_expected;
  std::optional<std::string> checker;  ///< none: the one beside this program
  bool no_color = false;
};
int run_claims(const RunOptions& options);

struct PowerOptions {
  std::vector<std::string> filters;
  std::uint64_t seed = 1;
  std::optional<int> cases;
  std::optional<int> jobs;  ///< none: one for each processor
  double time_limit = 120;  ///< for each mutant
  std::string output = "report";
};
/// Mutates the claims that stand and hunts the mutants (engine/power.hpp): prints what became of them, and
/// writes power.json into the output directory.
int power_of_claims(const PowerOptions& options);

struct ReplayOptions {
  std::string file;
  std::optional<std::string> claim, backend;
};
int replay(const ReplayOptions& options);

/// Numbers are texts, so that 1/10 and 1e-30 reach every backend as they were written.
struct SolveOptions {
  std::string activation = "tanh", method, backend = "double", horizon = "1";
  std::optional<std::string> tolerance;
  long width = 4, inputs = 3, samples = 2, depth = 64;
  std::uint64_t seed = 1;
};
/// Solves one random Neural ODE and its ResNet, and prints both outputs and gradients.
int solve(const SolveOptions& options);

struct KernelOptions {
  std::string activation = "tanh", backend = "double", highest = "mpfr100", format = "text", horizon = "1";
  std::string sigma_v = "1", sigma_w = "1", sigma_u = "1";
  std::optional<std::string> data, points;  ///< a CSV file, or a generator (kernel/inputs.hpp)
  bool normalise = false;
  std::optional<long> depth, width;  ///< none: infinite
  std::optional<std::uint64_t> seed;
  std::optional<int> digits;
};
/// Prints the kernel of these inputs, its parts, their smallest eigenvalues and what is proved of them, and
/// whether the paper's assumptions hold.
int kernel_of_data(const KernelOptions& options);

/// Parses the command line and runs the command; prints one sentence for whatever is wrong. Never throws.
int command_line(int argc, const char* const* argv) noexcept;

}  // namespace gronwall::verify
