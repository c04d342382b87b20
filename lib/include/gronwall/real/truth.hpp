#pragma once

#include <string_view>

namespace gronwall::real {

/// The answer to a question about numbers that are known only up to an error: Kleene's strong
/// three-valued logic (Kleene, Introduction to Metamathematics, 1952, §64).
enum class Truth { no, unknown, yes };

/// yes only if both are yes; no as soon as one is no.
constexpr Truth operator&&(Truth a, Truth b) { return a < b ? a : b; }
/// yes as soon as one is yes; no only if both are no.
constexpr Truth operator||(Truth a, Truth b) { return a < b ? b : a; }
/// unknown stays unknown.
constexpr Truth operator!(Truth a) {
  return a == Truth::yes ? Truth::no : a == Truth::no ? Truth::yes : Truth::unknown;
}
constexpr Truth truth(bool b) { return b ? Truth::yes : Truth::no; }

constexpr std::string_view name(Truth t) {
  return t == Truth::yes ? "yes" : t == Truth::no ? "no" : "unknown";
}

}  // namespace gronwall::real
