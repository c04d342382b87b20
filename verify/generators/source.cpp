#include "verify/generators/source.hpp"

#include <rapidcheck.h>

namespace gronwall::verify {

rc::Gen<Input> Generator::Source::gen() const {
  const std::shared_ptr<const Source> self = shared_from_this();
  const auto shrink = [self](const Input& input) { return rc::seq::fromContainer(self->shrinks(input)); };
  return [self, shrink](const rc::Random& random, int size) {
    return rc::shrinkable::shrinkRecur(self->generate(random, size), shrink);
  };
}

long Dice::between(long low, long high) {
  const std::uint64_t count = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) + 1;
  if (count == 0) return static_cast<long>(random_.next());
  // What lies above the last multiple of `count` would make small numbers more likely.
  const std::uint64_t surplus = (~std::uint64_t{0} - count + 1) % count;
  std::uint64_t x = random_.next();
  while (x > ~std::uint64_t{0} - surplus) x = random_.next();
  return static_cast<long>(static_cast<std::uint64_t>(low) + x % count);
}

}  // namespace gronwall::verify
