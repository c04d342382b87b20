#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <gronwall/real/backends.hpp>
#include <gronwall/real/error.hpp>

namespace gronwall::real {

/// The names of all precision backends, in the order of their digits.
std::vector<std::string> backend_names();

/// Throws UnknownName, with the names that exist.
[[noreturn]] void throw_unknown_backend(std::string_view name);

/// Calls `f.template operator()<R>()` with the backend of that name; "mpfr" is "mpfr50". Throws UnknownName
/// for a name that is none.
template <class F>
auto with_backend(std::string_view name, F&& f) {
  if (name == "mpfr") name = "mpfr50";
#define GRONWALL_TRY(...) \
  if (name == Backend<__VA_ARGS__>::name) return f.template operator()<__VA_ARGS__>();
  GRONWALL_FOR_EACH_BACKEND(GRONWALL_TRY)
#undef GRONWALL_TRY
  throw_unknown_backend(name);
}

}  // namespace gronwall::real
