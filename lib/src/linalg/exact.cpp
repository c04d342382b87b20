#include <gronwall/linalg/exact.hpp>
#include <gronwall/real/error.hpp>

namespace gronwall::linalg {

namespace {

using boost::multiprecision::denominator;
using boost::multiprecision::numerator;
using real::Integer;
using real::Rational;
using Index = Eigen::Index;

using Grid = std::vector<std::vector<Integer>>;

Integer common_denominator(const RationalMatrix& a, Index row) {
  Integer m = 1;
  for (Index j = 0; j < a.cols(); ++j) m = lcm(m, Integer(denominator(a(row, j))));
  return m;
}

/// Each row times its scale, which must clear its denominators.
Grid integers(const RationalMatrix& a, const std::vector<Integer>& scales) {
  Grid g(static_cast<std::size_t>(a.rows()));
  for (Index i = 0; i < a.rows(); ++i)
    for (Index j = 0; j < a.cols(); ++j) {
      const Rational scaled = a(i, j) * Rational(scales[static_cast<std::size_t>(i)]);
      g[static_cast<std::size_t>(i)].push_back(Integer(numerator(scaled)));
    }
  return g;
}

std::vector<Integer> row_scales(const RationalMatrix& a) {
  std::vector<Integer> scales;
  for (Index i = 0; i < a.rows(); ++i) scales.push_back(common_denominator(a, i));
  return scales;
}

void require_square(const RationalMatrix& a) {
  if (a.rows() != a.cols())
    throw DomainError("A determinant or inertia was asked of a matrix that is not square.");
}

/// What fraction-free elimination leaves: an echelon form, its pivot columns, and the sign of the row
/// exchanges.
struct Echelon {
  Grid rows;
  std::vector<std::size_t> pivots;
  int sign = 1;
};

/// Bareiss's step: g_ij <- (pivot g_ij - g_ic g_rj) / (previous pivot), exact because both are minors.
Echelon eliminate(Grid g, std::size_t columns) {
  Echelon out;
  Integer previous = 1;
  std::size_t r = 0;
  for (std::size_t c = 0; c < columns && r < g.size(); ++c) {
    std::size_t p = r;
    while (p < g.size() && g[p][c] == 0) ++p;
    if (p == g.size()) continue;
    if (p != r) {
      std::swap(g[p], g[r]);
      out.sign = -out.sign;
    }
    for (std::size_t i = r + 1; i < g.size(); ++i) {
      for (std::size_t j = c + 1; j < columns; ++j)
        g[i][j] = Integer(g[r][c] * g[i][j] - g[i][c] * g[r][j]) / previous;
      g[i][c] = 0;
    }
    previous = g[r][c];
    out.pivots.push_back(c);
    ++r;
  }
  out.rows = std::move(g);
  return out;
}

Echelon eliminate(const RationalMatrix& a) {
  return eliminate(integers(a, row_scales(a)), static_cast<std::size_t>(a.cols()));
}

/// Adds row and column `from` to row and column `to`: a congruence, which keeps the inertia.
void add_symmetrically(Grid& g, std::size_t to, std::size_t from) {
  for (std::size_t j = 0; j < g.size(); ++j) g[to][j] += g[from][j];
  for (std::size_t i = 0; i < g.size(); ++i) g[i][to] += g[i][from];
}

void exchange_symmetrically(Grid& g, std::size_t i, std::size_t j) {
  std::swap(g[i], g[j]);
  for (std::vector<Integer>& row : g) std::swap(row[i], row[j]);
}

/// Brings a non-zero number to g_rr by a congruence of what is left from r on; false if nothing is left but
/// zeros.
bool bring_pivot(Grid& g, std::size_t r) {
  for (std::size_t i = r; i < g.size(); ++i)
    if (g[i][i] != 0) {
      exchange_symmetrically(g, r, i);
      return true;
    }
  for (std::size_t i = r; i < g.size(); ++i)
    for (std::size_t j = i + 1; j < g.size(); ++j)
      if (g[i][j] != 0) {
        add_symmetrically(g, i, j);  // the diagonal is zero: g_ii becomes 2 g_ij
        exchange_symmetrically(g, r, i);
        return true;
      }
  return false;
}

}  // namespace

long exact_rank(const RationalMatrix& a) { return static_cast<long>(eliminate(a).pivots.size()); }

Rational exact_determinant(const RationalMatrix& a) {
  require_square(a);
  if (a.rows() == 0) return 1;
  const Echelon e = eliminate(a);
  if (e.pivots.size() < static_cast<std::size_t>(a.rows())) return 0;
  Integer scale = e.sign;
  for (const Integer& s : row_scales(a)) scale *= s;
  return Rational(e.rows.back().back(), scale);
}

Inertia exact_inertia(const RationalMatrix& a) {
  require_square(a);
  for (Index i = 0; i < a.rows(); ++i)
    for (Index j = 0; j < i; ++j)
      if (a(i, j) != a(j, i))
        throw DomainError("The inertia of a matrix that is not symmetric was asked for.");
  // One positive scale for all rows keeps the matrix symmetric and every sign.
  Integer common = 1;
  for (const Integer& s : row_scales(a)) common = lcm(common, s);
  Grid g = integers(a, std::vector<Integer>(static_cast<std::size_t>(a.rows()), common));
  Inertia out;
  Integer previous = 1;
  for (std::size_t r = 0; r < g.size(); ++r) {
    if (!bring_pivot(g, r)) {
      out.zero = static_cast<long>(g.size() - r);
      return out;
    }
    // The pivots are leading minors of a congruent matrix: the sign of an eigenvalue is that of their ratio.
    const Integer pivot = g[r][r];
    ((pivot > 0) == (previous > 0) ? out.positive : out.negative) += 1;
    for (std::size_t i = r + 1; i < g.size(); ++i)
      for (std::size_t j = r + 1; j < g.size(); ++j)
        g[i][j] = Integer(pivot * g[i][j] - g[i][r] * g[r][j]) / previous;
    for (std::size_t i = r + 1; i < g.size(); ++i) g[i][r] = g[r][i] = 0;
    previous = pivot;
  }
  return out;
}

bool exactly_positive_definite(const RationalMatrix& a) { return exact_inertia(a).positive == a.rows(); }

std::optional<RationalVector> null_vector(const RationalMatrix& a) {
  const std::size_t columns = static_cast<std::size_t>(a.cols());
  const Echelon e = eliminate(a);
  if (e.pivots.size() == columns) return std::nullopt;
  // The first column without a pivot is a free unknown, put to 1; the unknowns after it to 0.
  std::size_t free = 0;
  while (free < e.pivots.size() && e.pivots[free] == free) ++free;
  RationalVector c(columns, 0);
  c[free] = 1;
  for (std::size_t r = free; r-- > 0;) {
    Rational sum = 0;
    for (std::size_t j = r + 1; j <= free; ++j) sum += Rational(e.rows[r][j]) * c[j];
    c[r] = -sum / Rational(e.rows[r][r]);
  }
  Integer scale = 1, divisor = 0;
  for (const Rational& x : c) scale = lcm(scale, Integer(denominator(x)));
  for (Rational& x : c) {
    x *= Rational(scale);
    divisor = gcd(divisor, Integer(numerator(x)));
  }
  for (Rational& x : c) x /= Rational(divisor);
  return c;
}

Rational quadratic_form(const RationalMatrix& a, const RationalVector& c) {
  if (a.rows() != a.cols() || static_cast<std::size_t>(a.rows()) != c.size())
    throw DomainError("A quadratic form needs a square matrix and a vector of its size.");
  Rational sum = 0;
  for (Index i = 0; i < a.rows(); ++i)
    for (Index j = 0; j < a.cols(); ++j)
      sum += c[static_cast<std::size_t>(i)] * a(i, j) * c[static_cast<std::size_t>(j)];
  return sum;
}

RationalVector rational_unit_vector(const RationalVector& m) {
  Rational square = 0;
  for (const Rational& x : m) square += x * x;
  const Rational below = square + 1;
  RationalVector point;
  for (const Rational& x : m) point.push_back(Rational(2 * x / below));
  point.push_back(Rational((square - 1) / below));
  return point;
}

RationalMatrix gram(const std::vector<RationalVector>& points) {
  const Index n = static_cast<Index>(points.size());
  RationalMatrix g(n, n);
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j < n; ++j) {
      const RationalVector& x = points[static_cast<std::size_t>(i)];
      const RationalVector& y = points[static_cast<std::size_t>(j)];
      if (x.size() != y.size()) throw DomainError("Inner products need vectors of one length.");
      Rational sum = 0;
      for (std::size_t k = 0; k < x.size(); ++k) sum += x[k] * y[k];
      g(i, j) = sum;
    }
  return g;
}

}  // namespace gronwall::linalg
