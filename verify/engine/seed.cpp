#include "verify/engine/seed.hpp"

namespace gronwall::verify {

std::uint64_t derived_seed(std::uint64_t seed, std::string_view what, std::uint64_t index) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  const auto take = [&hash](std::uint64_t byte) { hash = (hash ^ byte) * 0x100000001b3U; };
  for (int shift = 0; shift < 64; shift += 8) take(seed >> shift & 0xffU);
  for (const char c : what) take(static_cast<unsigned char>(c));
  for (int shift = 0; shift < 64; shift += 8) take(index >> shift & 0xffU);
  hash = (hash ^ hash >> 30) * 0xbf58476d1ce4e5b9U;
  hash = (hash ^ hash >> 27) * 0x94d049bb133111ebU;
  return hash ^ hash >> 31;
}

int case_size(std::uint64_t index) {
  int numerator = 0;
  for (int bit = 64; bit != 0 && index != 0; bit /= 2, index >>= 1)
    if ((index & 1U) != 0) numerator += bit;
  return numerator * 100 / 127;
}

}  // namespace gronwall::verify
