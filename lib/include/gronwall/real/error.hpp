#pragma once

#include <stdexcept>

namespace gronwall {

/// Root of every exception that Gronwall's library throws. `what()` is one sentence for a person.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// An argument outside the domain that the function documents (a width below 1, a negative horizon, ...).
class DomainError : public Error {
 public:
  using Error::Error;
};

/// A name that no registry knows (a backend, an activation, an integrator, ...).
class UnknownName : public Error {
 public:
  using Error::Error;
};

/// The accuracy asked for is beyond the precision of the backend.
class PrecisionError : public Error {
 public:
  using Error::Error;
};

}  // namespace gronwall
