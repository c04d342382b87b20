#pragma once

#include <cctype>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/effort.hpp"
#include "support/random.hpp"

namespace gronwall::test {

/// Where formulas break: zero, subnormal, tiny, the zeros and extrema of the library's derivatives, where
/// exponentials and squares leave the range of double, multiples of pi, and the ends of the range.
inline std::vector<double> special_arguments() {
  const double positive[] = {0x1p-1074,
                             0x1p-1022,
                             1e-300,
                             1e-160,
                             1e-20,
                             1e-8,
                             1e-5,
                             1.0 / 16,
                             1.0 / 3,
                             0.5,
                             0.5773502691896258,
                             0.7071067811865476,
                             0.7517915246935645,
                             1,
                             1.2784645427610738,
                             1.3,
                             1.4142135623730951,
                             1.5434046384182085,
                             1.5707963267948966,
                             1.7320508075688772,
                             2,
                             2.399357280515468,
                             3.141592653589793,
                             4,
                             5.5,
                             6.283185307179586,
                             10,
                             19.5,
                             20,
                             26.5,
                             27.3,
                             36.5,
                             37.5,
                             38.4,
                             38.6,
                             40,
                             100,
                             355,
                             372.5,
                             374,
                             700,
                             709.5,
                             711,
                             744,
                             746,
                             800,
                             1e4,
                             1e10,
                             1e15,
                             1e77,
                             1e100,
                             1e103,
                             1e154,
                             1e155,
                             1e200,
                             1e308,
                             std::numeric_limits<double>::max()};
  std::vector<double> all{0.0};
  for (const double x : positive) {
    all.push_back(x);
    all.push_back(-x);
  }
  return all;
}

/// The special arguments, and random ones of every digit of R: near 1, and of all moderate sizes.
template <class R>
std::vector<R> arguments(std::uint64_t seed) {
  std::vector<R> all;
  for (const double x : special_arguments()) all.push_back(real::from_double<R>(x));
  Random random(seed);
  for (int k = repetitions(150); k > 0; --k) all.push_back(random.full<R>(-1, 4));
  for (int k = repetitions(100); k > 0; --k) all.push_back(random.full<R>(-60, 11));
  return all;
}

/// Moderate arguments, where series and differences are taken.
inline std::vector<double> moderate_arguments(std::uint64_t seed) {
  std::vector<double> all{0, 0.5, -0.5, 1, -1, 1.4142135623730951, -2, 3, -7.25, 12, -20, 30, -30};
  Random random(seed);
  for (int k = repetitions(20); k > 0; --k) all.push_back(random.spread(-3, 4));
  return all;
}

/// Names a test of the registry after its activation.
inline std::string test_name(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  for (char& c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  return std::to_string(info.index) + "_" + name;
}

}  // namespace gronwall::test
