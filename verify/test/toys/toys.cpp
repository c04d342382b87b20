#include <cmath>
#include <csignal>
#include <thread>

#include <gronwall/linalg/norm.hpp>
#include <gronwall/ode/integrator.hpp>

#include "verify/engine/claim.hpp"

// Claims whose verdicts are known, to see what the engine makes of them.
namespace gronwall::verify {
namespace {

About toy(const std::string& id, const std::string& title, int cases = 100) {
  About about;
  about.id = "toy." + id;
  about.title = title;
  about.states = "\\text{" + title + "}";
  about.source = "verify/test/toys";
  about.cases = cases;
  return about;
}

template <Real R>
Quantity<R> exact(const R& x) {
  return Quantity<R>(x);
}

const auto true_bound = claim(toy("true-bound", "The largest entry is at most the Frobenius norm"),
                              []<Real R>(Any<R>& any) -> Judgement {
                                const long n = any.integer("n", 1, 5);
                                const linalg::Matrix<R> W = any.matrix("W", n, n);
                                const R largest = W.cwiseAbs().maxCoeff();
                                return at_most<R>(exact<R>(largest), linalg::frobenius_norm<R>(W));
                              });

const auto false_bound = claim(toy("false-bound", "The Frobenius norm is at most 2, for any width"),
                               []<Real R>(Any<R>& any) -> Judgement {
                                 const auto phi = any.one_of("phi", {"tanh", "softplus", "gelu"});
                                 const long n = any.integer("n", 1, 5);
                                 const long d = any.integer("d", 1, 4);
                                 const linalg::Matrix<R> W = any.matrix("W", n, n);
                                 any.matrix("U", n, d);
                                 return at_most<R>(linalg::frobenius_norm<R>(W), exact<R>(R(2)));
                               });

const auto false_bound_above_one =
    claim(toy("false-above-one", "Off the diagonal there is nothing: false from n = 2 on"),
          []<Real R>(Any<R>& any) -> Judgement {
            const long n = any.integer("n", 1, 5);
            linalg::Matrix<R> W = any.matrix("W", n, n);
            for (long i = 0; i < n; ++i) W(i, i) = R(0);
            return at_most<R>(exact<R>(R(W.cwiseAbs().maxCoeff())), exact<R>(R(0)));
          });

/// The larger the width, the smaller the entry that breaks it: principal submatrices never do.
const auto false_elsewhere = claim(toy("false-elsewhere", "The first entry times n stays out of [4, 5)", 300),
                                   []<Real R>(Any<R>& any) -> Judgement {
                                     const long n = any.integer("n", 1, 5);
                                     const R x = any.matrix("W", n, n, 8)(0, 0) * R(static_cast<int>(n));
                                     return exactly(!(x >= R(4) && x < R(5)), "not in", "x", "[4, 5)");
                                   });

/// x 2^-60, which 1 + ... loses in double and keeps in mpfr.
template <Real R>
R small_number(Any<R>& any) {
  return any.number("x", 1, 3) * real::from_double<R>(std::ldexp(1.0, -60));
}
const auto false_in_double = claim(toy("false-in-double", "What is added to 1 can be taken off again"),
                                   []<Real R>(Any<R>& any) -> Judgement {
                                     const R tiny = small_number<R>(any);
                                     return at_most<R>(exact<R>(tiny), exact<R>(R(R(R(1) + tiny) - R(1))));
                                   });
const auto true_in_double =
    claim(toy("true-in-double", "What is added to 1 is lost"), []<Real R>(Any<R>& any) -> Judgement {
      const R tiny = small_number<R>(any);
      return at_most<R>(exact<R>(R(R(R(1) + tiny) - R(1))), exact<R>(R(0)));
    });

const auto vacuous =
    claim(toy("vacuous", "Numbers up to 8 that are above 9 are prime"), []<Real R>(Any<R>& any) -> Judgement {
      any.suppose("x is above 9", any.number("x", 0, 8) > R(9));
      return exactly(false, "is", "x", "prime");
    });

const auto ties =
    claim(toy("ties", "One is at most one, known to three digits"), []<Real R>(Any<R>& any) -> Judgement {
      any.number("x", 0, 1);
      return at_most<R>(Quantity<R>(R(1), real::ratio<R>(1, 1000)), exact<R>(R(1)));
    });

const auto attained =
    claim(toy("attained", "x is at most max(x, 1), to twenty digits"), []<Real R>(Any<R>& any) -> Judgement {
      if (any.integer("k", 0, 1) == 0) return at_most<R>(exact<R>(real::ratio<R>(1, 2)), exact<R>(R(1)));
      return at_most<R>(Quantity<R>(R(1), real::power(real::ratio<R>(1, 10), 15)), exact<R>(R(1)));
    });

const auto rare_ties =
    claim(toy("rare-ties", "Undecided in one case of twenty"), []<Real R>(Any<R>& any) -> Judgement {
      if (any.integer("k", 1, 20) != 3) return exactly(true, "=", "1", "1");
      return at_most<R>(Quantity<R>(R(1), real::ratio<R>(1, 1000)), exact<R>(R(1)));
    });

const auto hypotheses =
    claim(toy("hypotheses", "-x <= 0 for positive x"), []<Real R>(Any<R>& any) -> Judgement {
      const R x = any.number("x", -8, 8);
      any.suppose("x is positive", x > R(0));
      any.suppose("x is at most 9", x <= R(9));
      any.suppose("x is not 1", x != R(1));
      return at_most<R>(exact<R>(R(-x)), exact<R>(R(0)));
    });

const auto throws = claim(toy("throws", "Throws on some inputs"), []<Real R>(Any<R>& any) -> Judgement {
  if (any.integer("k", 1, 50) > 25) throw DomainError("k is beyond what this toy can do.");
  return exactly(true, "=", "1", "1");
});

const auto crashes = claim(toy("crashes", "Crashes"), []<Real R>(Any<R>& any) -> Judgement {
  any.integer("k", 1, 50);
  std::raise(SIGSEGV);
  return exactly(true, "=", "1", "1");
});

const auto hangs = claim(toy("hangs", "Hangs"), []<Real R>(Any<R>& any) -> Judgement {
  any.integer("k", 1, 50);
  for (;;) std::this_thread::sleep_for(std::chrono::seconds(1));
});

const auto blows_up = claim(toy("blows-up", "Blows up"), []<Real R>(Any<R>& any) -> Judgement {
  any.integer("k", 1, 50);
  throw ode::BlowUp("The solution left the range of numbers at t = 1/2.");
});

const auto rate = claim(toy("rate", "1/L is of order 1", 20), []<Real R>(Any<R>& any) -> Judgement {
  const R c = any.number("c", 1, 8);
  RateStudy<R> study(1);
  for (const long L : {16, 32, 64, 128, 256})
    study.add(L, Quantity<R>(c) / Quantity<R>(static_cast<int>(L)),
              Quantity<R>(R(2 * c)) / Quantity<R>(static_cast<int>(L)));
  return study.judge("error of a toy");
});

}  // namespace
}  // namespace gronwall::verify
