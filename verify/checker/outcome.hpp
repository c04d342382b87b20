#pragma once

#include <stdexcept>
#include <string>

/// The independent checker. It decides the statement of a certificate again and shares no code with the
/// library or the referee: what is named alike here (an activation, a norm, a series) was written a second
/// time, by another method and in another arithmetic.
namespace gronwall::checker {

/// The certificate is wrong, or does not show what it says.
class NotConfirmed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Nothing is known to be wrong, but this checker cannot decide the statement.
class NotDecided : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

enum class Answer { confirmed, not_confirmed, not_decided, internal_error };

/// What became of one certificate, with one sentence for a person.
struct Outcome {
  Answer answer = Answer::internal_error;
  std::string message;
};

/// "confirmed", "not confirmed", ...
std::string name(Answer answer);

}  // namespace gronwall::checker
