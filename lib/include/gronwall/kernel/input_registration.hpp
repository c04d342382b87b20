#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <gronwall/kernel/inputs.hpp>

/// What one file needs that adds a generator of inputs. In lib/src/kernel/inputs/ (or in a project outside)
/// write
///
///     Inputs axes(const InputArguments& arguments);   // points of norm 1, all different
///     const InputRegistration registration("axes", "The first N coordinate vectors of R^d.",
///                                          {count(), dimension()}, axes, "3,4");
///
/// and lib/test/kernel/inputs_test.cpp tests it by its example. The file must reach the linker as an object,
/// or nothing registers.
namespace gronwall::kernel {

/// One parameter behind the colon.
struct InputParameter {
  std::string called;  ///< in the syntax that a person reads: "N"
  Rational low, high;
  bool integer = true;
  std::optional<Rational> otherwise{};  ///< if it is left out, as those after it must then be
};

/// N, 1 to 4096.
InputParameter count();
/// d, 2 to 4096.
InputParameter dimension();
/// 0 to 2^64 - 1; 1 if it is left out.
InputParameter seed();

/// The parameters as they were given, each read exactly and in its range.
class InputArguments {
 public:
  /// Throws DomainError for a text that does not fit the parameters, and names the one that is wrong.
  InputArguments(const std::string& generator, const std::vector<InputParameter>& parameters,
                 const std::vector<std::string>& texts);

  const Rational& number(std::size_t i) const { return values_.at(i); }
  long integer(std::size_t i) const;
  std::uint64_t seed(std::size_t i) const;

 private:
  std::vector<Rational> values_;
};

/// A namespace-scope object of this type makes a generator known to `find_inputs` before main begins,
/// whatever the order in which files are initialised. Throws Error (which ends the program at its start) when
/// the name is taken.
class InputRegistration {
 public:
  /// `makes` is one sentence; `example` is parameters that the generator takes.
  InputRegistration(const std::string& name, const std::string& makes, std::vector<InputParameter> parameters,
                    std::function<Inputs(const InputArguments&)> generate, const std::string& example);
};

}  // namespace gronwall::kernel
