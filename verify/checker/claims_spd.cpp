#include "verify/checker/claims.hpp"
#include "verify/checker/gaussian.hpp"
#include "verify/checker/outcome.hpp"
#include "verify/checker/points.hpp"

/// Theorem 11.
namespace gronwall::checker {
namespace {

/// Is Sigma*_ij = E[phi(<x_i, w>) phi(<x_j, w>)] positive definite?
///
/// It is the Gram matrix of the functions w -> phi(<x_i, w>), so c^T Sigma* c = 0 where sum_i c_i phi(<x_i,
/// w>) = 0 for all w. For tanh, which is odd, c = 1 at x and at -x does it. softplus and gelu satisfy phi(s)
/// - phi(-s) = s (log(1 + e^s) - log(1 + e^{-s}) = s; s Phi(s) + s Phi(-s) = s), so that c_k at x_k and -c_k
/// at -x_k gives <sum_k c_k x_k, w>, which is 0 for each linear dependence of the x_k.
Finding definite(const Certificate& certificate, const std::vector<std::string>& activations) {
  Inputs in(certificate);
  const std::string phi = in.one_of("phi", activations);
  const Points x = any_points(in);
  in.finish();
  x.suppose_distinct();
  const auto pairs = opposite_pairs(x);
  Matrix c(static_cast<long>(x.all.size()), 1);
  if (phi == "tanh" && !pairs.empty()) {
    c(static_cast<long>(pairs[0].first), 0) = c(static_cast<long>(pairs[0].second), 0) = 1;
  } else if (phi != "tanh" && !pairs.empty()) {
    Matrix half(x.dimension, static_cast<long>(pairs.size()));
    for (long k = 0; k < half.cols(); ++k)
      for (long i = 0; i < half.rows(); ++i)
        half(i, k) = x.all[pairs[static_cast<std::size_t>(k)].first](i, 0);
    if (const auto dependence = null_vector(half))
      for (long k = 0; k < half.cols(); ++k) {
        c(static_cast<long>(pairs[static_cast<std::size_t>(k)].first), 0) = (*dependence)(k, 0);
        c(static_cast<long>(pairs[static_cast<std::size_t>(k)].second), 0) = -(*dependence)(k, 0);
      }
  }
  if (square_sum(c) == 0) throw NotDecided("no vector of the known kind makes the kernel singular here");
  return {false, "> 0", Interval(0), std::nullopt, "c^T Sigma* c = 0 for c = " + text(c)};
}

/// E[p(u_i) p(u_j)] for variances 1 and the correlations of the points.
Matrix polynomial_kernel(const std::vector<mpq_class>& p, const Points& x) {
  const long count = static_cast<long>(x.all.size());
  Matrix kernel(count, count);
  for (long i = 0; i < count; ++i)
    for (long j = 0; j < count; ++j) {
      const mpq_class rho = x.correlation(static_cast<std::size_t>(i), static_cast<std::size_t>(j));
      kernel(i, j) = PairMoments(1, 1, rho).mean(p, p);
    }
  return kernel;
}

/// Is the kernel of the polynomial with coefficients c_0, c_1, ... at N points of the circle not positive
/// definite?
Finding fixed_data(const Certificate& certificate) {
  Inputs in(certificate);
  const std::vector<mpq_class> p = any_polynomial(in);
  Points x;
  const long count = in.integer("N", 2, 16);
  for (long i = 1; i <= count; ++i) x.all.push_back(any_point(in, "x" + std::to_string(i), 2));
  in.finish();
  x.suppose_distinct();
  const Matrix kernel = polynomial_kernel(p, x);
  const bool definite = positive_definite(kernel);
  // A Gram matrix has no negative eigenvalues, and as many positive ones as its rank says.
  return {!definite, "<", Interval(rank(kernel)), Interval(count),
          "the kernel of the polynomial is " + std::string(definite ? "" : "not ") +
              "positive definite at the " + std::to_string(count) + " points"};
}

/// Is the kernel of the polynomial singular at points of the circle, one more than e + o + 2, with e and o
/// the largest even and odd n with a_n = E[p(z) He_n(z)] != 0 (n + 1 left out where there is none)? The
/// points are those over (j - 26)/5 with j = a + 3i + (b + 1) i^2 modulo 53.
Finding all_data(const Certificate& certificate) {
  Inputs in(certificate);
  const std::vector<mpq_class> p = any_polynomial(in);
  const long a = in.integer("a", 0, largest_code), b = in.integer("b", 0, largest_code);
  in.finish();
  long count = 1;
  PairMoments moments(1, 1, 1);
  for (const unsigned parity : {0U, 1U}) {
    long largest = -1;
    for (unsigned n = parity; n < p.size(); n += 2)
      if (moments.mean(p, hermite_polynomial(n)) != 0) largest = n;
    count += largest + 1;
  }
  const Points x = scattered(count, 2, a, b);
  x.suppose_distinct();
  const long found = rank(polynomial_kernel(p, x));
  return {found < count, "<", Interval(found), Interval(count),
          "the kernel has rank " + std::to_string(found) + " at " + std::to_string(count) + " points"};
}

/// Does c^T rho^{on} c = 0 for all odd n (all even n, all n) imply c = 0?
///
/// No where x and -x are among the points and n has one parity: rho(x, y)^n = +-rho(-x, y)^n for all y. Else
/// yes once one of the forms, or the sum of one odd and one even, is positive definite; it is for large n,
/// since the entries off the diagonal tend to 0 or, at opposite points, to +-1 and cancel.
Finding proof_step(const Certificate& certificate, bool repaired) {
  Inputs in(certificate);
  const std::string parity = in.one_of("n", {"odd", "even", "all"});
  const Points x = any_points(in);
  in.finish();
  x.suppose_distinct();
  const auto pairs = opposite_pairs(x);
  if (repaired && parity != "all" && !pairs.empty())
    throw NotConfirmed(
        "the hypothesis \"no two points are opposite, or n of both parities occur\" is not met");
  const long count = static_cast<long>(x.all.size());
  if (parity != "all" && !pairs.empty()) {
    Matrix c(count, 1);
    c(static_cast<long>(pairs[0].first), 0) = 1;
    c(static_cast<long>(pairs[0].second), 0) = parity == "odd" ? 1 : -1;
    return {false, "=", Interval(square_sum(c)), Interval(0),
            "c = " + text(c) + " satisfies every constraint"};
  }
  for (unsigned n = 2; n <= 4096; n *= 2) {
    Matrix form(count, count);
    for (long i = 0; i < count; ++i)
      for (long j = 0; j < count; ++j) {
        const mpq_class rho = x.correlation(static_cast<std::size_t>(i), static_cast<std::size_t>(j));
        mpq_class even = 1;
        for (unsigned k = 0; k < n; ++k) even *= rho;
        form(i, j) = (parity == "odd" ? mpq_class(0) : even) + (parity == "even" ? mpq_class(0) : even * rho);
      }
    if (!positive_definite(form)) continue;
    return {true, "=", Interval(count), Interval(count),
            "the constraints at n = " + std::to_string(n) + " or " + std::to_string(n + 1) +
                " admit c = 0 alone"};
  }
  throw NotDecided("the exponents that would decide are too large for this checker");
}

}  // namespace

void add_spd(std::map<std::string, Known>& claims) {
  const std::string definite_statement =
      R"(a_n \ne 0 \text{ for infinitely many } n \implies \Sigma^* \text{ is strictly positive definite})";
  claims.emplace("spd.theorem-11.if.as-stated", Known{definite_statement, {"> 0"}, [](const Certificate& c) {
                                                        return definite(c, {"tanh", "softplus", "gelu"});
                                                      }});
  claims.emplace("spd.theorem-11.if.not-odd.as-stated",
                 Known{definite_statement, {"> 0"}, [](const Certificate& c) {
                         return definite(c, {"softplus", "gelu"});
                       }});
  claims.emplace(
      "spd.theorem-11.only-if.fixed-data.as-stated",
      Known{
          R"(\Sigma^* \text{ strictly positive definite} \implies a_n \ne 0 \text{ for infinitely many } n)",
          {"<"},
          fixed_data});
  claims.emplace(
      "spd.theorem-11.only-if.all-data.as-stated",
      Known{
          R"(\Sigma^* \text{ strictly positive definite for all data} \implies a_n \ne 0 \text{ for infinitely many } n)",
          {"<"},
          all_data});
  claims.emplace("spd.theorem-11.proof-step.as-stated",
                 Known{R"(c^\top \rho^{\circ n} c = 0 \text{ for infinitely many } n \implies c = 0)",
                       {"="},
                       [](const Certificate& c) { return proof_step(c, false); }});
  claims.emplace("spd.theorem-11.proof-step.repaired",
                 Known{R"(c^\top \rho^{\circ n} c = 0 \text{ for infinitely many } n \implies c = 0, \quad
\text{if } |\rho_{ij}| < 1 \text{ for } i \ne j, \text{ or if infinitely many even and odd } n \text{ are among them})",
                       {"="},
                       [](const Certificate& c) { return proof_step(c, true); }});
}

}  // namespace gronwall::checker
