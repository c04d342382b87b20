#pragma once

#include <tuple>

#include <gronwall/real/backends.hpp>

namespace gronwall::real {

namespace detail {
template <template <class...> class List, class, class... Types>
struct Without {
  using type = List<Types...>;
};
}  // namespace detail

/// List<double, Mpfr<50>, ...> over every precision backend: a tuple's or a typed test's types.
#define GRONWALL_NEXT(...) , __VA_ARGS__
template <template <class...> class List>
using BackendList = typename detail::Without<List, void GRONWALL_FOR_EACH_BACKEND(GRONWALL_NEXT)>::type;
/// The same over those whose numbers are rounded and ordered.
template <template <class...> class List>
using FloatingList = typename detail::Without<List, void GRONWALL_FOR_EACH_FLOATING(GRONWALL_NEXT)>::type;
#undef GRONWALL_NEXT

/// One T<R> for every backend R, each found by its type: what a precision-independent object holds when it
/// is prepared once for all precisions.
template <template <class> class T>
class PerBackend {
 public:
  template <Real R>
  T<R>& in() {
    return std::get<Slot<R>>(slots_).content;
  }
  template <Real R>
  const T<R>& in() const {
    return std::get<Slot<R>>(slots_).content;
  }
  /// Calls f.template operator()<R>(slot of R) for every backend.
  template <class F>
  void for_each(F&& f) {
    std::apply([&f](auto&... slot) { (visit(f, slot), ...); }, slots_);
  }

 private:
  // Wrapped, so that two backends whose T coincide keep a slot each.
  template <class R>
  struct Slot {
    T<R> content{};
  };
  template <class F, class R>
  static void visit(F& f, Slot<R>& slot) {
    f.template operator()<R>(slot.content);
  }
  template <class... Rs>
  using Slots = std::tuple<Slot<Rs>...>;
  BackendList<Slots> slots_;
};

}  // namespace gronwall::real
