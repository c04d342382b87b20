#pragma once

#include <string>
#include <type_traits>

#include <gtest/gtest.h>

#include <gronwall/real/per_backend.hpp>

namespace gronwall::test {

/// Every floating-point backend, for TYPED_TEST_SUITE(Suite, BackendTypes, BackendNames): a new one is tested
/// without a line written for it. Balls have laws of their own (lib/test/real/ball_test.cpp): a result that
/// is rounded is compared with a better one, an enclosure has to contain it.
using BackendTypes = real::FloatingList<::testing::Types>;

/// Names typed tests after their backend.
struct BackendNames {
  template <class R>
  static std::string GetName(int) {
    return std::string(real::Backend<R>::name);
  }
};

namespace detail {
template <class R, class... All>
struct Finer {
  using type = void;  // the finest
};
/// The coarsest of the backends with more digits than R.
template <class R, class First, class... Rest>
struct Finer<R, First, Rest...> {
  using Other = typename Finer<R, Rest...>::type;
  static constexpr bool finer = real::Backend<First>::digits > real::Backend<R>::digits;
  static constexpr bool closer() {
    if constexpr (std::is_void_v<Other>)
      return finer;
    else
      return finer && real::Backend<First>::digits < real::Backend<Other>::digits;
  }
  using type = std::conditional_t<closer(), First, Other>;
};
template <class... All>
struct Backends {
  template <class R>
  using FinerThan = typename Finer<R, All...>::type;
  template <class F>
  static void for_each(F&& f) {
    const auto one = [&f]<class R>() {
      SCOPED_TRACE(std::string(real::Backend<R>::name));
      f.template operator()<R>();
    };
    (one.template operator()<All>(), ...);
  }
};
}  // namespace detail

/// The next finer backend, void for the finest.
template <class R>
using FinerThan = typename real::FloatingList<detail::Backends>::template FinerThan<R>;

/// Calls f.template operator()<R>() for every floating-point backend, and says in failures which one it was.
template <class F>
void for_each_backend(F&& f) {
  real::FloatingList<detail::Backends>::for_each(f);
}

/// The same number in a finer backend, exactly.
template <class F, class R>
F widen(const R& x) {
  if constexpr (std::is_same_v<R, F>) {
    return x;
  } else if constexpr (std::is_same_v<R, double>) {
    return real::from_double<F>(x);
  } else {
    return real::Backend<F>::from_hex(real::Backend<R>::to_hex(x));
  }
}

/// |x - y| in units of u |scale|, as a double.
template <class R>
double error_in_units(const R& x, const R& y, const R& scale, const R& unit) {
  using std::abs;
  const R difference = abs(R(x - y));
  if (difference == 0) return 0;
  return real::to_double<R>(R(difference / R(unit * scale)));
}

}  // namespace gronwall::test
