#include <cmath>
#include <csignal>
#include <thread>

#include <gronwall/linalg/norm.hpp>
#include <gronwall/ode/integrator.hpp>
#include <gronwall/real/dyadic.hpp>

#include "verify/engine/claim.hpp"
#include "verify/engine/studies.hpp"

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

template <Real R>
Quantity<R> largest_entry(const linalg::Matrix<R>& W) {
  Quantity<R> largest(0);
  for (Eigen::Index k = 0; k < W.size(); ++k) largest = max(largest, abs(exact<R>(W.data()[k])));
  return largest;
}

const auto true_bound = claim(toy("true-bound", "The largest entry is at most the Frobenius norm"),
                              []<Real R>(Any<R>& any) -> Judgement {
                                const long n = any.integer("n", 1, 5);
                                const linalg::Matrix<R> W = any.matrix("W", n, n);
                                return at_most<R>(largest_entry<R>(W), linalg::frobenius_norm<R>(W));
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
            return at_most<R>(largest_entry<R>(W), exact<R>(R(0)));
          });

/// The larger the width, the smaller the entry that breaks it: principal submatrices never do.
const auto false_elsewhere =
    claim(toy("false-elsewhere", "The first entry times n stays out of [4, 5)", 300),
          []<Real R>(Any<R>& any) -> Judgement {
            const long n = any.integer("n", 1, 5);
            const double x = real::to_double<R>(any.matrix("W", n, n, 8)(0, 0)) * n;
            return exactly(!(x >= 4 && x < 5), "not in", real::Dyadic(x).to_hex(), "[4, 5)");
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
      any.suppose("x is above 9", less(exact<R>(R(9)), exact<R>(any.number("x", 0, 8))));
      return exactly(false, "is", "x", "prime");
    });

const auto ties =
    claim(toy("ties", "One is at most one, known to three digits"), []<Real R>(Any<R>& any) -> Judgement {
      any.number("x", 0, 1);
      return at_most<R>(Quantity<R>(R(1), real::ratio<R>(1, 1000)), exact<R>(R(1)));
    });

/// An exact number with an error of 10^-15 in floating point; in balls at the working precision, as a square
/// root has.
template <Real R>
Quantity<R> rounded(const R& x) {
  if constexpr (real::Enclosing<R>)
    return Quantity<R>(x, real::Backend<R>::unit_roundoff());
  else
    return Quantity<R>(x, real::power(real::ratio<R>(1, 10), 15));
}

const auto attained =
    claim(toy("attained", "x is at most max(x, 1), to all digits"), []<Real R>(Any<R>& any) -> Judgement {
      if (any.integer("k", 0, 1) == 0) return at_most<R>(exact<R>(real::ratio<R>(1, 2)), exact<R>(R(1)));
      return at_most<R>(rounded<R>(R(1)), exact<R>(R(1)));
    });

const auto mostly_attained =
    claim(toy("mostly-attained", "As attained, in nearly every case"), []<Real R>(Any<R>& any) -> Judgement {
      if (any.integer("k", 1, 20) == 3) return at_most<R>(exact<R>(real::ratio<R>(1, 2)), exact<R>(R(1)));
      return at_most<R>(rounded<R>(R(1)), exact<R>(R(1)));
    });

const auto attained_at_zero =
    claim(toy("attained-at-zero", "0 is at most 0, as a square root"), []<Real R>(Any<R>& any) -> Judgement {
      if (any.integer("k", 0, 1) == 0) return at_most<R>(exact<R>(R(0)), exact<R>(R(1)));
      const Quantity<R> nothing = rounded<R>(R(0));
      return at_most<R>(sqrt(abs(nothing * nothing * nothing)), exact<R>(R(0)));
    });

const auto rare_ties =
    claim(toy("rare-ties", "Undecided in one case of twenty"), []<Real R>(Any<R>& any) -> Judgement {
      if (any.integer("k", 1, 20) != 3) return exactly(true, "=", "1", "1");
      return at_most<R>(Quantity<R>(R(1), real::ratio<R>(1, 1000)), exact<R>(R(1)));
    });

About with_ceiling(About about, double most_undecided) {
  about.most_undecided = most_undecided;
  return about;
}
const auto too_rare =
    with_ceiling(toy("often-undecided", "More undecided cases than this claim may have"), 0.01);
const auto often_undecided = claim(too_rare, []<Real R>(Any<R>& any) -> Judgement {
  if (any.integer("k", 1, 20) != 3) return exactly(true, "=", "1", "1");
  return at_most<R>(Quantity<R>(R(1), real::ratio<R>(1, 1000)), exact<R>(R(1)));
});

/// 2^-k: what has to be kept beside 1, and needs more than k bits.
template <Real R>
Quantity<R> power_of_half(long k) {
  return real::power(Quantity<R>(exact<R>(real::ratio<R>(1, 2))), static_cast<unsigned>(k));
}

const auto needs_bits =
    claim(toy("needs-bits", "(1 + 2^-200) - 1 is positive", 20), []<Real R>(Any<R>& any) -> Judgement {
      any.number("x", 0, 8);
      return positive<R>(Quantity<R>(exact<R>(R(1)) + power_of_half<R>(200)) - exact<R>(R(1)));
    });

const auto needs_too_many_bits = claim(
    toy("needs-too-many-bits", "(1 + 2^-2000) - 1 is positive", 20), []<Real R>(Any<R>& any) -> Judgement {
      any.number("x", 0, 8);
      return positive<R>(Quantity<R>(exact<R>(R(1)) + power_of_half<R>(2000)) - exact<R>(R(1)));
    });

const auto hypothesis_needs_bits =
    claim(toy("hypothesis-needs-bits", "Of what is only known to be positive at 128 bits", 40),
          []<Real R>(Any<R>& any) -> Judgement {
            const R x = any.number("x", 1, 8);
            // In floating point all is well; balls see it at 128 bits.
            if constexpr (real::Enclosing<R>)
              any.suppose("1 + 2^-100 is above 1",
                          less(exact<R>(R(1)), Quantity<R>(exact<R>(R(1)) + power_of_half<R>(100))));
            else
              any.suppose("1 + 2^-100 is above 1", Truth::yes);
            // Drawn behind the hypothesis: at 64 bits nothing has asked for it.
            const R y = any.number("y", 1, 8);
            return at_most<R>(exact<R>(x), Quantity<R>(exact<R>(x) + exact<R>(y)));
          });

const auto hypothesis_never_known =
    claim(toy("hypothesis-never-known", "Of what no precision shows to be positive", 20),
          []<Real R>(Any<R>& any) -> Judgement {
            const R x = any.number("x", 1, 8);
            any.suppose("0 is positive", real::Enclosing<R> ? Truth::unknown : Truth::yes);
            return at_most<R>(exact<R>(x), exact<R>(R(8)));
          });

/// Violated in floating point by more than its error estimate says; the enclosure contains the whole truth.
const auto never_decided = claim(toy("never-decided", "x is at most x, if floating point forgets a term"),
                                 []<Real R>(Any<R>& any) -> Judgement {
                                   const R x = any.number("x", 1, 8);
                                   if constexpr (real::Enclosing<R>)
                                     return at_most<R>(Quantity<R>(x, R(1)), exact<R>(x));
                                   else
                                     return at_most<R>(exact<R>(R(x + R(1))), exact<R>(x));
                                 });

const auto wide_enclosures =
    claim(toy("wide-enclosures", "Floating point is sure, enclosures are too wide"),
          []<Real R>(Any<R>& any) -> Judgement {
            const R x = any.number("x", 1, 8);
            return at_most<R>(Quantity<R>(x, R(real::Enclosing<R> ? 2 : 0)), exact<R>(R(x + R(1))));
          });

/// A throw that a higher precision may be spared.
const auto precision_throws = claim(toy("precision-throws", "Balls of less than 200 bits do not do", 20),
                                    []<Real R>(Any<R>& any) -> Judgement {
                                      const R x = any.number("x", 1, 8);
                                      if constexpr (real::Enclosing<R>)
                                        if (real::working_bits() < 200)
                                          throw PrecisionError("200 bits are needed.");
                                      return at_most<R>(exact<R>(x), exact<R>(R(8)));
                                    });

const auto hypotheses =
    claim(toy("hypotheses", "-x <= 0 for positive x"), []<Real R>(Any<R>& any) -> Judgement {
      const Quantity<R> x = exact<R>(any.number("x", -8, 8));
      any.suppose("x is positive", less(exact<R>(R(0)), x));
      any.suppose("x is at most 9", leq(x, exact<R>(R(9))));
      any.suppose("x is not 1", !equal(x, exact<R>(R(1)), R(0)));
      return at_most<R>(-x, exact<R>(R(0)));
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

template <Real R>
RateStudy<R> rate_study(const R& c, bool bounded, int bound) {
  RateStudy<R> study(1);
  for (const long L : {16, 32, 64, 128, 256}) {
    const Quantity<R> error = exact<R>(c) / exact<R>(R(static_cast<int>(L)));
    if (bounded)
      study.add(L, error, exact<R>(R(R(bound) * c)) / exact<R>(R(static_cast<int>(8 * L))));
    else
      study.add(L, error);
  }
  return study;
}

const auto rate = claim(toy("rate", "1/L is of order 1", 20), []<Real R>(Any<R>& any) -> Judgement {
  return rate_study<R>(any.number("c", 1, 8), true, 16).judge("error of a toy");
});

const auto broken_rate =
    claim(toy("broken-rate", "1/L is below 7/(8 L)", 20), []<Real R>(Any<R>& any) -> Judgement {
      return rate_study<R>(any.number("c", 1, 8), true, 7).judge("error of a toy");
    });

const auto slow_rate = claim(toy("slow-rate", "1/L is of order 2", 20), []<Real R>(Any<R>& any) -> Judgement {
  const R c = any.number("c", 1, 8);
  RateStudy<R> study(2);
  for (const long L : {16, 32, 64, 128, 256}) study.add(L, exact<R>(c) / exact<R>(R(static_cast<int>(L))));
  return study.judge("error of a toy");
});

/// c n^(k/2) at n = 4, 16, 64, 256.
template <Real R>
Judgement family(const R& c, unsigned k) {
  FamilyStudy<R> study;
  for (const int root : {2, 4, 8, 16})
    study.add(root * root, exact<R>(c) * real::power(exact<R>(R(root)), k));
  return study.judge("constant of a toy");
}
const auto grows =
    claim(toy("family-grows", "sqrt n is below one C for all n", 20),
          []<Real R>(Any<R>& any) -> Judgement { return family<R>(any.number("c", 1, 8), 1); });
const auto bounded =
    claim(toy("family-bounded", "1 is below one C for all n", 20),
          []<Real R>(Any<R>& any) -> Judgement { return family<R>(any.number("c", 1, 8), 0); });

/// Judged in doubles alone; the others would say something else.
template <Real R>
Judgement in_doubles_alone(const Judgement& said) {
  if constexpr (std::is_same_v<R, double>)
    return said;
  else
    throw Abstention{"this is an experiment in doubles"};
}
const auto experiment = claim(toy("experiment", "An experiment in doubles that comes out", 20),
                              []<Real R>(Any<R>& any) -> Judgement {
                                const double x = real::to_double<R>(any.number("x", 0, 8));
                                Judgement said;
                                said.truth = real::truth(x <= 8);
                                said.ratio = x / 8;
                                return in_doubles_alone<R>(said);
                              });
const auto failing_experiment = claim(toy("failing-experiment", "An experiment in doubles that fails", 20),
                                      []<Real R>(Any<R>& any) -> Judgement {
                                        any.number("x", 0, 8);
                                        Judgement said;
                                        said.truth = Truth::no;
                                        return in_doubles_alone<R>(said);
                                      });

const auto false_exactly =
    claim(toy("false-exactly", "No integer is above 7"), []<Real R>(Any<R>& any) -> Judgement {
      const long k = any.integer("k", 0, 20);
      return exactly(k <= 7, "<=", std::to_string(k), "7");
    });

/// 1/(1 + |(x, y) - (325/16, -507/16)|^2/100): a hill in the square of width 128.
template <Real R>
Quantity<R> hill(Any<R>& any) {
  const Quantity<R> x = exact<R>(any.number("x", -64, 64)) - exact<R>(real::ratio<R>(325, 16));
  const Quantity<R> y = exact<R>(any.number("y", -64, 64)) + exact<R>(real::ratio<R>(507, 16));
  return exact<R>(R(1)) / (exact<R>(R(1)) + (x * x + y * y) / exact<R>(R(100)));
}
const auto narrow =
    claim(toy("false-on-a-hill", "The hill is no higher than 0.9999: false within 1/10 of its top"),
          []<Real R>(Any<R>& any) -> Judgement {
            return at_most<R>(hill<R>(any), exact<R>(real::ratio<R>(9999, 10000)));
          });
const auto peak =
    claim(toy("true-on-a-hill", "The hill is no higher than 1"),
          []<Real R>(Any<R>& any) -> Judgement { return at_most<R>(hill<R>(any), exact<R>(R(1))); });

/// What is attained in one direction, which is not among those that generators like.
const auto sharp = claim(toy("sharp", "The inequality of Cauchy and Schwarz for (1, 2, 5, -3)"),
                         []<Real R>(Any<R>& any) -> Judgement {
                           const linalg::Matrix<R> x = any.matrix("x", 4, 1, 64);
                           Quantity<R> product(0), square(0);
                           const int a[] = {1, 2, 5, -3};
                           for (int i = 0; i < 4; ++i) {
                             product = product + exact<R>(R(R(a[i]) * x(i, 0)));
                             square = square + exact<R>(x(i, 0)) * exact<R>(x(i, 0));
                           }
                           return at_most<R>(product * product, exact<R>(R(39)) * square);
                         });

/// Where x + y is above 32, double is mistaken about the right side.
const auto wrong_beyond =
    claim(toy("false-in-double-beyond", "x + y is at most 33, which double takes for 32 from there on"),
          []<Real R>(Any<R>& any) -> Judgement {
            const R x = any.number("x", 0, 32);
            const R y = any.number("y", 0, 1);
            const bool spoilt = std::is_same_v<R, double> && real::to_double<R>(R(x + y)) > 32;
            return at_most<R>(exact<R>(R(x + y)), exact<R>(R(spoilt ? 32 : 33)));
          });

const auto rare =
    claim(toy("false-once", "No integer up to 5000 is 4321"), []<Real R>(Any<R>& any) -> Judgement {
      const long k = any.integer("k", 0, 5000);
      return exactly(k != 4321, "is not", std::to_string(k), "4321");
    });

/// Long after the cases of the default profile.
const auto hangs_later = claim(toy("hangs-later", "Hangs when it is judged for the thousandth time", 20),
                               []<Real R>(Any<R>& any) -> Judgement {
                                 static int judged = 0;
                                 const R x = any.number("x", 0, 8);
                                 if (++judged >= 1000) std::this_thread::sleep_for(std::chrono::hours(1));
                                 return at_most<R>(exact<R>(x), exact<R>(R(8)));
                               });

const auto exact_under_hypothesis =
    claim(toy("exact-under-hypothesis", "An integer is itself, where a number is positive"),
          []<Real R>(Any<R>& any) -> Judgement {
            any.suppose("x is positive", less(exact<R>(R(0)), exact<R>(any.number("x", 1, 8))));
            return exactly(true, "=", "1", "1");
          });

}  // namespace
}  // namespace gronwall::verify
