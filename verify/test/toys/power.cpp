#include <type_traits>

#include "verify/engine/claim.hpp"
#include "verify/engine/terms.hpp"

// Claims with marked parts, whose mutants are known to die or to live.
namespace gronwall::verify {
namespace {

About toy(const std::string& id, const std::string& title, int cases = 60) {
  About about;
  about.id = "toy.power." + id;
  about.title = title;
  about.states = "\\text{" + title + "}";
  about.source = "verify/test/toys";
  about.cases = cases;
  return about;
}

/// Every kind of mark, in a bound that is attained at every input.
const auto sharp =
    claim(toy("sharp", "x^k |x| e^t + y is at most itself"), []<Real R>(Any<R>& any) -> Judgement {
      const long n = any.integer("n", 2, 5), k = any.integer("k", 1, 3);
      const Quantity<R> x(any.number("x", -4, 4)), y(any.number("y", 0.5, 4)), t(any.number("t", 0, 2));
      any.suppose("x is positive", less(Quantity<R>(0), x));
      const Quantity<R> count(static_cast<int>(n));
      const auto power = [&x](long e) { return real::power(x, static_cast<unsigned>(e)); };
      const Quantity<R> size = factor<R>("n", count) / divisor<R>("n below", count) *
                               norm_or<R>("|x|", x, x / Quantity<R>(2)) * power(index("k", k)) *
                               exp(exponent<R>("t", t));
      return at_most<R>(power(k) * abs(x) * exp(t) + y, size + summand<R>("y", y));
    });

const auto slack = claim(toy("slack", "x is at most 2 x"), []<Real R>(Any<R>& any) -> Judgement {
  const Quantity<R> x(any.number("x", 1, 4));
  return at_most<R>(x, factor<R>("2", Quantity<R>(2)) * x);
});

const auto equivalent = claim(toy("equivalent", "x is at most 2 x, explained"),
                              []<Real R>(Any<R>& any) -> Judgement {
                                const Quantity<R> x(any.number("x", 1, 4));
                                any.suppose("x is at least 1", leq(Quantity<R>(1), x));
                                return at_most<R>(x, factor<R>("2", Quantity<R>(2)) * x);
                              },
                              {{"drop 2", "x <= x"},
                               {"scale 2", "1.8 is above 1"},
                               {"exponent 2", "so is the root of 2"},
                               {"without x is at least 1", "the generator draws no other x"}});

/// One explanation is wrong, and one is of nothing.
const auto wrongly_explained =
    claim(toy("wrongly-explained", "x is at most x"),
          []<Real R>(Any<R>& any) -> Judgement {
            const Quantity<R> x(any.number("x", 1, 4));
            return at_most<R>(x, factor<R>("x", x) / divisor<R>("1", Quantity<R>(1)));
          },
          {{"scale x", "nobody minds a tenth"}, {"drop y", "there is no y"}});

const auto idle = claim(toy("idle", "x is at most x, with an explanation of nothing"),
                        []<Real R>(Any<R>& any) -> Judgement {
                          const Quantity<R> x(any.number("x", 2, 4));
                          return at_most<R>(x, factor<R>("x", x));
                        },
                        {{"drop y", "there is no y"}});

const auto identity = claim(toy("identity", "x + 1 is x + 1"), []<Real R>(Any<R>& any) -> Judgement {
  const Quantity<R> x = Quantity<R>(any.number("x", 0, 4)) + Quantity<R>(1);
  return equals<R>(x, x, real::ratio<R>(1, 1000000));
});
/// A tolerance that passes anything.
const auto loose = claim(toy("loose", "x + 1 is x + 2, up to 100"), []<Real R>(Any<R>& any) -> Judgement {
  const Quantity<R> x = Quantity<R>(any.number("x", 0, 4)) + Quantity<R>(1);
  return near<R>(x, x + Quantity<R>(1), R(100));
});

const auto fallen = claim(toy("fallen", "x is at most x/2"), []<Real R>(Any<R>& any) -> Judgement {
  const Quantity<R> x(any.number("x", 1, 4));
  return at_most<R>(x, factor<R>("x", x) / Quantity<R>(2));
});

const auto in_doubles =
    claim(toy("in-doubles", "An experiment in doubles alone"), []<Real R>(Any<R>& any) -> Judgement {
      const Quantity<R> x(any.number("x", 1, 4));
      if (!std::is_same_v<R, double>) throw Abstention{"this is an experiment in doubles"};
      Judgement said = at_most<R>(x, Quantity<R>(R(R(1) / R(1024))) + factor<R>("x", x));
      said.proof = false;
      return said;
    });

/// Violated in double by less than an enclosure that is too wide can tell.
const auto open_in_balls = claim(toy("open", "x is at most x + 1/8"), []<Real R>(Any<R>& any) -> Judgement {
  const R x = any.number("x", 2, 4);
  const Quantity<R> left = real::Enclosing<R> ? Quantity<R>(x, R(1)) : Quantity<R>(x);
  return at_most<R>(left, factor<R>("x", Quantity<R>(x)) + real::ratio<R>(1, 8));
});

const auto throws = claim(toy("throws", "The first of three"), []<Real R>(Any<R>& any) -> Judgement {
  const std::vector<int> three = {1, 2, 3};
  any.integer("k", 0, 2);
  return exactly(three.at(static_cast<std::size_t>(index("0", 0, Shift::fewer))) == 1, "=", "1", "1");
});

/// A bound that serves a claim without being what it states.
template <Real R>
Quantity<R> shared(const Quantity<R>& x, Role role = Role::serves) {
  const Unmarked unless_stated(role);
  return factor<R>("shared", x);
}
const auto serves = claim(toy("serves", "x is at most what serves"), []<Real R>(Any<R>& any) -> Judgement {
  const Quantity<R> x(any.number("x", 1, 4));
  return at_most<R>(x, shared<R>(x));
});
const auto states = claim(toy("states", "x is at most what is stated"), []<Real R>(Any<R>& any) -> Judgement {
  const Quantity<R> x(any.number("x", 2, 4));
  return at_most<R>(x, shared<R>(x, Role::stated));
});

}  // namespace
}  // namespace gronwall::verify
