#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace gronwall::bench {

using Json = nlohmann::ordered_json;

/// A benchmark's name, KIND/BACKEND/METHOD/n=N/SETTING, without what Google Benchmark adds to it.
struct Name {
  std::string kind, backend, method, width, setting;

  /// Throws std::runtime_error for a name of another shape.
  explicit Name(const std::string& text);
  std::string text() const;
  /// The number that a variable has: n of WIDTH, `digits` of the backend (16 for double), `accuracy` for D of
  /// tol=1e-D, or one of SETTING ("N=16,L=32"). Nothing where it has none.
  std::optional<double> number(const std::string& variable) const;
  /// Whether each part fits that of a pattern, in which * stands for anything within its part.
  bool fits(const Name& pattern) const;
};

/// "50 digits" for mpfr50, which is what readers know; others as they are.
std::string called(const std::string& backend);

/// What one benchmark gave, all its repetitions together.
struct Measurement {
  Name name;
  std::vector<double> milliseconds;        ///< one a repetition; none where it was left out
  std::map<std::string, double> counters;  ///< of the last repetition
  std::string left_out;                    ///< why there is nothing

  double median() const;  ///< milliseconds
  /// What is known of the accuracy: a radius that was proved, else an error that was reached, a difference
  /// from another route, or an estimate.
  std::optional<double> accuracy() const;
  std::optional<double> counter(const std::string& key) const;
};

/// What all programs wrote, as one: Google Benchmark's format, with the context of the first program.
class Results {
 public:
  /// Throws std::runtime_error for a file that cannot be read, and what nlohmann::json throws for one that is
  /// no result.
  explicit Results(const std::vector<std::string>& paths);

  Json& record() { return record_; }
  const std::vector<Measurement>& measurements() const { return measurements_; }
  /// Nothing where no benchmark of that name ran.
  const Measurement* find(const std::string& name) const;
  /// The fields of what the programs declared under a key of their context ("target", "curve").
  std::vector<std::vector<std::string>> declared(const std::string& what) const;

 private:
  void take_context(const Json& context);
  void take_run(const Json& run);

  Json record_;
  std::vector<Measurement> measurements_;
  std::vector<std::pair<std::string, std::vector<std::string>>> declared_;
};

}  // namespace gronwall::bench
