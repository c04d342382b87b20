// Names, parameters, registration from a file outside the library, and what must not compile.
#include <algorithm>

#include <gtest/gtest.h>

#include <gronwall/activation/registration.hpp>
#include <gronwall/real/error.hpp>

namespace {

using namespace gronwall;
using activation::Functions;
using real::Mpfr;

/// An activation added by one file, this one: x/sqrt(1 + x^2). It passes through the law suite as well.
struct Isru {
  activation::Traits traits() const {
    activation::Traits t;
    t.name = "test-isru";
    t.formula = R"(x/\sqrt{1 + x^2})";
    t.parity = activation::Parity::odd;
    t.lipschitz_source = "phi' = (1 + x^2)^{-3/2}, 1 at 0";
    t.derivative_lipschitz_source = "|phi''| = 3|x|(1 + x^2)^{-5/2} is largest where 1 + x^2 = 5x^2, x = 1/2";
    return t;
  }
  template <class R>
  static R shrink(const R& x) {
    return activation::monotone_in_modulus(x, [](const R& size) {
      const bool small = activation::leans_left(R(size - 1));
      return R(small ? R(1 / sqrt(R(1 + size * size)))
                     : R(R(1 / size) / sqrt(R(1 + R(1 / size) * R(1 / size)))));
    });
  }
  template <class R>
  R value(const R& x) const {
    return x * shrink<R>(x);
  }
  template <class R>
  R derivative(const R& x) const {
    const R s = shrink<R>(x);
    return s * s * s;
  }
  template <class R>
  R second_derivative(const R& x) const {
    const R s = shrink<R>(x);
    return -3 * (x * s) * s * s * s * s;
  }
  template <class R>
  R lipschitz() const {
    return R(1);
  }
  template <class R>
  R derivative_lipschitz() const {
    return 48 / (25 * sqrt(R(5)));
  }
  template <class R>
  R strip() const {
    return R(1);
  }
};

const activation::Registration registration("test-isru", [] { return activation::make(Isru{}); });

TEST(Registry, KnowsTheLibraryAndTheNewcomer) {
  const std::vector<std::string> names = activation::names();
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  for (const char* name : {"softplus", "tanh", "gelu", "sigmoid", "silu", "erf", "sin", "cos", "arctan",
                           "gaussian", "relu", "identity", "square", "cube", "test-isru"})
    EXPECT_EQ(std::count(names.begin(), names.end(), name), 1) << name;
}

TEST(Registry, ReadsParametersExactly) {
  using real::Rational;
  EXPECT_EQ(activation::find("leaky-relu:0.0625").name(), "leaky-relu:1/16");
  EXPECT_EQ(activation::find("leaky-relu:0x1p-4").name(), "leaky-relu:1/16");
  EXPECT_EQ(activation::find("polynomial:2/4,-0,0.10,0").name(), "polynomial:1/2,0,1/10");
  EXPECT_EQ(*activation::find("affine:1,2").traits().polynomial, (std::vector<Rational>{1, 2}));
  EXPECT_EQ(activation::find("polynomial:0,0").degree(), 0);
  EXPECT_EQ(activation::find("hermite:2").traits().formula, R"(\mathrm{He}_{2}(x))");
  EXPECT_EQ(activation::find("polynomial:-1,1,-3/2").traits().formula, R"(-1 + x - \tfrac{3}{2}\,x^{2})");
}

TEST(Registry, RescalesAnotherActivation) {
  const activation::Activation phi = activation::find("rescaled:tanh,0.5,2,0,1/4"),
                               tanh = activation::find("tanh");
  EXPECT_EQ(phi.name(), "rescaled:tanh,1/2,2,0,1/4");
  EXPECT_EQ(phi.traits().parity, activation::Parity::neither);
  EXPECT_EQ(activation::find("rescaled:tanh,-1,2,0,0").traits().parity, activation::Parity::odd);
  EXPECT_EQ(activation::find("rescaled:cos,-1,2,0,3").traits().parity, activation::Parity::even);
  EXPECT_EQ(activation::find("rescaled:cos,-1,2,1,0").traits().parity, activation::Parity::neither);
  const auto& f = phi.in<double>();
  EXPECT_DOUBLE_EQ(f.value(0.375), std::tanh(0.75) / 2 + 0.25);
  EXPECT_DOUBLE_EQ(f.lipschitz(), 1);
  EXPECT_DOUBLE_EQ(f.derivative_lipschitz(), 2 * tanh.in<double>().derivative_lipschitz());
  EXPECT_DOUBLE_EQ(f.strip(), std::atan(1.0));
  // The tail of softplus(x - 1) is e^(x - 1): what is rounded in x - 1 counts.
  const double x = -767.0 / 3;  // across a power of two, so that x - 1 is rounded
  EXPECT_DOUBLE_EQ(activation::find("rescaled:softplus,1,1,-1,0").in<double>().value(x),
                   real::to_double<real::Mpfr<50>>(exp(real::Mpfr<50>(real::Mpfr<50>(x) - 1))));
}

/// The message names what is wrong.
template <class E>
void expect_refused(const std::string& name, const std::string& because) {
  try {
    activation::find(name);
    FAIL() << name << " was accepted";
  } catch (const E& error) {
    EXPECT_NE(std::string(error.what()).find(because), std::string::npos) << name << ": " << error.what();
  }
}

TEST(Registry, RefusesBadNamesAndParameters) {
  expect_refused<UnknownName>("relu6", "softplus");
  expect_refused<UnknownName>("", "tanh");
  expect_refused<UnknownName>("Tanh", "'Tanh'");
  expect_refused<DomainError>("tanh:", "no parameters");
  expect_refused<DomainError>("tanh:1", "no parameters");
  expect_refused<DomainError>("leaky-relu", "leaky-relu:<slope>");
  expect_refused<DomainError>("leaky-relu:", "leaky-relu:<slope>");
  expect_refused<DomainError>("leaky-relu:1", "slope");
  expect_refused<DomainError>("leaky-relu:a", "slope");
  expect_refused<DomainError>("leaky-relu:nan", "slope");
  expect_refused<DomainError>("leaky-relu:inf", "slope");
  expect_refused<DomainError>("leaky-relu:1/0", "denominator 0");
  expect_refused<DomainError>("leaky-relu:0.1,2", "1 parameter (slope)");
  expect_refused<DomainError>("rescaled:tanh,1,1,0", "5 parameters");
  expect_refused<DomainError>("rescaled:relu,1,1,0,0", "Parameter phi");
  expect_refused<DomainError>("rescaled:identity,1,1,0,0", "Parameter phi");
  expect_refused<UnknownName>("rescaled:Tanh,1,1,0,0", "'Tanh'");
  expect_refused<DomainError>("rescaled:tanh,0,1,0,0", "alpha");
  expect_refused<DomainError>("rescaled:tanh,1,1/3,0,0", "dyadic");
  expect_refused<DomainError>("rescaled:tanh,1,1,1e101,0", "gamma");
  expect_refused<DomainError>("rescaled:sigmoid,2,4,0,-1", "odd");
  expect_refused<DomainError>("affine:1", "2 parameters (a, b)");
  expect_refused<DomainError>("affine:1,x", "Parameter b");
  expect_refused<DomainError>("polynomial:1,,2", "c_1");
  expect_refused<DomainError>("polynomial:1,2,", "c_2");
  expect_refused<DomainError>("polynomial:1 ", "c_0");
  expect_refused<DomainError>("polynomial:1e400", "range of a double");
  expect_refused<DomainError>("polynomial:1e999999999", "exponent");
  expect_refused<DomainError>("hermite:-1", "from 0 to 100");
  expect_refused<DomainError>("hermite:101", "from 0 to 100");
  expect_refused<DomainError>("hermite:1.5", "Parameter k");
}

TEST(Registry, RefusesANameThatIsTaken) {
  EXPECT_THROW(activation::Registration("tanh", [] { return activation::make(Isru{}); }), Error);
  EXPECT_THROW(activation::Registration("a:b", [] { return activation::make(Isru{}); }), Error);
  EXPECT_THROW(activation::Registration(
                   "a", "<b>", [](const activation::Parameters&) { return activation::make(Isru{}); }, {}),
               Error);
}

TEST(Registry, AnUnchosenActivationSaysSo) {
  const activation::Activation none;
  EXPECT_THROW(none.traits(), Error);
  EXPECT_THROW(none.degree(), Error);
  EXPECT_THROW(none.in<double>(), Error);
}

template <class R, class X>
concept AcceptsScalar = requires(const Functions<R>& f, const X& x) {
  f.value(x);
};
// No silent way down in precision. (Matrices of two backends do not mix either, but Eigen says so by an
// assertion inside its constructor, which a requirement cannot see.)
static_assert(AcceptsScalar<double, double>);
static_assert(AcceptsScalar<Mpfr<50>, Mpfr<50>>);
static_assert(!AcceptsScalar<double, Mpfr<50>>);
static_assert(!AcceptsScalar<Mpfr<50>, Mpfr<100>>);

}  // namespace
