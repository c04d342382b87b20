#include "verify/checker/points.hpp"

#include <algorithm>

#include "verify/checker/outcome.hpp"

namespace gronwall::checker {

mpq_class half_integer(long code) {
  mpq_class x(code % 2 == 0 ? -(code / 2) : (code + 1) / 2, 2);
  x.canonicalize();
  return x;
}

Matrix stereographic(const std::vector<mpq_class>& m) {
  const long d = static_cast<long>(m.size()) + 1;
  Matrix point(d, 1);
  mpq_class square = 0;
  for (long k = 0; k + 1 < d; ++k) {
    const mpq_class& coordinate = m[static_cast<std::size_t>(k)];
    point(k, 0) = 2 * coordinate;
    square += coordinate * coordinate;
  }
  point(d - 1, 0) = square - 1;
  for (long k = 0; k < d; ++k) point(k, 0) /= square + 1;
  return point;
}

Matrix any_point(Inputs& in, const std::string& name, long d) {
  std::vector<mpq_class> m;
  for (long k = 1; k < d; ++k)
    m.push_back(half_integer(in.integer(name + "." + std::to_string(k), 0, largest_code)));
  return stereographic(m);
}

Matrix opposite(const Matrix& x) { return Matrix(x.rows(), 1) - x; }

void Points::suppose_distinct() const {
  for (auto x = all.begin(); x != all.end(); ++x)
    if (std::find(all.begin(), x, *x) != x)
      throw NotConfirmed("the hypothesis \"the points are distinct\" is not met");
}

Points any_points(Inputs& in) {
  Points x;
  x.dimension = in.integer("d", 1, 16);
  const long pairs = in.integer("antipodal pairs", 0, 32);
  const long singles = in.integer("other points", 0, 32);
  if (pairs + singles == 0)
    throw NotConfirmed("the inputs are out of the domain of the claim: they give no point");
  for (long i = 1; i <= pairs; ++i) {
    x.all.push_back(any_point(in, "p" + std::to_string(i), x.dimension));
    x.all.push_back(opposite(x.all.back()));
  }
  for (long i = 1; i <= singles; ++i) x.all.push_back(any_point(in, "x" + std::to_string(i), x.dimension));
  return x;
}

std::vector<std::pair<std::size_t, std::size_t>> opposite_pairs(const Points& x) {
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  for (std::size_t i = 0; i < x.all.size(); ++i)
    for (std::size_t j = i + 1; j < x.all.size(); ++j)
      if (x.all[j] == opposite(x.all[i])) pairs.emplace_back(i, j);
  return pairs;
}

std::string text(const Matrix& c) {
  std::string out = "(";
  for (const mpq_class& entry : c.entries()) out += (out.size() > 1 ? ", " : "") + entry.get_str();
  return out + ")";
}

Points scattered(long count, long d, long a, long b) {
  Points x;
  x.dimension = d;
  for (long i = 0; i < count; ++i) {
    std::vector<mpq_class> m;
    for (long k = 1; k < d; ++k) {
      m.emplace_back((a + (2 * k + 1) * i + (b + k) * i * i) % 53 - 26, 4 + k);
      m.back().canonicalize();
    }
    x.all.push_back(stereographic(m));
  }
  return x;
}

std::vector<mpq_class> any_polynomial(Inputs& in) {
  const long degree = in.integer("degree", 0, 16);
  std::vector<mpq_class> p;
  for (long k = 0; k <= degree; ++k)
    p.push_back(half_integer(in.integer("c" + std::to_string(k), 0, largest_code)));
  return p;
}

}  // namespace gronwall::checker
