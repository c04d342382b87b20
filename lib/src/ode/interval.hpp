#pragma once

#include <string>
#include <vector>

#include <gronwall/ode/stepper.hpp>

namespace gronwall::ode {

/// Throws what Integrator::integrate documents for bad arguments.
template <Real R>
void check_arguments(const Matrix<R>& y0, const R& t0, const std::vector<R>& times,
                     const Control<R>& control);

/// True if an entry is no number, or beyond 2^1000: the range of double, in every backend, so that all of
/// them call the same solutions blown up.
template <Real R>
bool out_of_range(const Matrix<R>& y);

/// "0.25": a time for a message.
template <Real R>
std::string readable(const R& t);

template <Real R>
[[noreturn]] void throw_blow_up(const R& t);

/// The first step of an adaptive run of a method of that order (Hairer, Norsett, Wanner, Solving ODEs I, 2nd
/// ed., §II.4, p. 169): two evaluations of f. Between 0 and `length`, exclusive of 0.
template <Real R>
R first_step(const System<R>& f, const Matrix<R>& y0, const R& t0, const R& length, int order,
             const Control<R>& control);

}  // namespace gronwall::ode
