#include "verify/claims/spd/points.hpp"

#include <algorithm>

namespace gronwall::verify {

using real::Rational;

Rational half_integer(long code) {
  const long size = (code + 1) / 2;
  return Rational(code % 2 == 1 ? size : -size, 2);
}

RationalVector grid_point(const std::vector<long>& codes) {
  RationalVector m;
  for (const long code : codes) m.push_back(half_integer(code));
  return linalg::rational_unit_vector(m);
}

RationalVector opposite(const RationalVector& x) {
  RationalVector out;
  for (const Rational& entry : x) out.push_back(Rational(-entry));
  return out;
}

std::string numbered(std::string name, long i) { return name.append(std::to_string(i)); }

bool distinct(const Points& x) {
  for (std::size_t i = 0; i < x.size(); ++i)
    if (std::find(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(i), x[i]) !=
        x.begin() + static_cast<std::ptrdiff_t>(i))
      return false;
  return true;
}

std::optional<RationalVector> equal_points(const Points& x) {
  for (std::size_t i = 0; i < x.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (x[i] == x[j]) {
        RationalVector c(x.size(), 0);
        c[i] = 1;
        c[j] = -1;
        return c;
      }
  return std::nullopt;
}

bool pairwise_independent(const Points& x) {
  Points both = x;
  for (const RationalVector& point : x) both.push_back(opposite(point));
  return distinct(both);
}

std::string text(const RationalVector& x) {
  std::string out = "(";
  for (const Rational& entry : x) out += (out.size() > 1 ? ", " : "") + entry.str();
  return out + ")";
}

std::string text(const Points& x) {
  std::string out;
  for (const RationalVector& point : x) out += (out.empty() ? "" : ", ") + text(point);
  return out;
}

}  // namespace gronwall::verify
