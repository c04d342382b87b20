// The Neural ODE and the ResNet in balls: they contain what 50 digits compute, agree with each other's
// limits, and are tight.
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <gronwall/linalg/escalation.hpp>
#include <gronwall/model/neural_ode.hpp>
#include <gronwall/model/resnet.hpp>
#include <gronwall/real/bound.hpp>

#include "support/effort.hpp"
#include "support/random.hpp"

namespace {

using namespace gronwall;
using linalg::Approximation;
using linalg::Matrix;
using model::Network;
using real::Ball;
using real::Bound;
using real::Precision;
using real::Truth;
using test::Random;
using Sharp = real::Mpfr<50>;

const std::vector<std::string> smooth = {"tanh", "softplus", "gelu",     "sigmoid", "silu",    "erf",
                                         "sin",  "arctan",   "gaussian", "cos",     "identity"};

/// Everything drawn exactly, so that every precision holds the same network.
struct Drawn {
  std::string phi;
  linalg::ExactMatrix v, W, U, X, c;
  double sigma_v, sigma_w, sigma_u, horizon;

  Drawn(Random& random, std::string activation, int n, int d, int samples) : phi(std::move(activation)) {
    const auto draw = [&random](int rows, int cols, double size) {
      linalg::ExactMatrix out(rows, cols);
      for (Eigen::Index k = 0; k < out.size(); ++k) out.data()[k] = size * random.symmetric();
      return out;
    };
    v = draw(n, 1, 2), W = draw(n, n, 2), U = draw(n, d, 2), X = draw(d, samples, 1), c = draw(samples, 1, 1);
    sigma_v = 1.25, sigma_w = 0.5 + std::abs(random.symmetric()), sigma_u = 0.75, horizon = 1.25;
  }

  template <real::Real R>
  Network<R> network() const {
    Network<R> f{activation::find(phi),
                 {linalg::from_exact<R>(v), linalg::from_exact<R>(W), linalg::from_exact<R>(U)}};
    f.sigma_v = real::from_double<R>(sigma_v), f.sigma_w = real::from_double<R>(sigma_w);
    f.sigma_u = real::from_double<R>(sigma_u), f.horizon = real::from_double<R>(horizon);
    return f;
  }
};

Ball widened(const Sharp& x) { return real::Backend<Ball>::from_hex(real::Backend<Sharp>::to_hex(x)); }

Matrix<Ball> widened(const Matrix<Sharp>& a) {
  return a.unaryExpr([](const Sharp& x) { return widened(x); });
}

Bound radius(const Approximation<Ball>& a) {
  Bound squares;
  for (Eigen::Index k = 0; k < a.value.size(); ++k) {
    const Bound one(a.value.data()[k].radius());
    squares.add_product(one, one);
  }
  return Bound(a.error) + real::sqrt(squares);
}

/// The two agree within the estimate of the one and the proof of the other, and the proof is tight.
void expect_agreement(const Approximation<Ball>& a, const Approximation<Sharp>& b, double bits,
                      const std::string& where) {
  const Matrix<Ball> apart = a.value - widened(b.value);
  const Ball distance = linalg::frobenius_norm<Ball>(apart);
  EXPECT_NE(less(a.error + widened(b.error), distance), Truth::yes)
      << where << ": apart by " << real::to_double<Ball>(distance);
  EXPECT_LE(radius(a).log2() - real::norm_bound(a.value.data(), a.value.size()).log2(), -bits) << where;
}

TEST(CertifiedModel, NeuralOdeContainsFiftyDigits) {
  Random random(81);
  for (const std::string& phi : smooth)
    for (int k = test::repetitions(1); k > 0; --k) {
      const Precision precision(192);
      const Drawn drawn(random, phi, 3, 2, 2);
      const model::NeuralOde<Ball> f(drawn.network<Ball>());
      const model::NeuralOde<Sharp> g(drawn.network<Sharp>());
      const Matrix<Ball> X = linalg::from_exact<Ball>(drawn.X), c = linalg::from_exact<Ball>(drawn.c);
      const Matrix<Sharp> Y = linalg::from_exact<Sharp>(drawn.X), w = linalg::from_exact<Sharp>(drawn.c);
      constexpr double bits = 150;
      expect_agreement(f.hidden(X, Ball(0.75)), g.hidden(Y, Sharp(0.75)), bits, phi + ", state");
      expect_agreement(f.output(X), g.output(Y), bits, phi + ", output");
      expect_agreement(f.adjoint(X, Ball(0.25)), g.adjoint(Y, Sharp(0.25)), bits, phi + ", adjoint");
      const model::Gradient<Ball> df = f.gradient(X, c);
      const model::Gradient<Sharp> dg = g.gradient(Y, w);
      expect_agreement(df.v, dg.v, bits, phi + ", gradient of v");
      expect_agreement(df.W, dg.W, bits, phi + ", gradient of W");
      expect_agreement(df.U, dg.U, bits, phi + ", gradient of U");
    }
}

TEST(CertifiedModel, ResNetContainsFiftyDigits) {
  Random random(82);
  for (const std::string& phi : smooth)
    for (const long depth : {1L, 7L, 40L}) {
      const Precision precision(256);
      const Drawn drawn(random, phi, 3, 2, 2);
      const model::ResNet<Ball> f(drawn.network<Ball>(), depth);
      const model::ResNet<Sharp> g(drawn.network<Sharp>(), depth);
      const Matrix<Ball> X = linalg::from_exact<Ball>(drawn.X), c = linalg::from_exact<Ball>(drawn.c);
      const Matrix<Sharp> Y = linalg::from_exact<Sharp>(drawn.X), w = linalg::from_exact<Sharp>(drawn.c);
      constexpr double bits = 220;
      expect_agreement(f.hidden(X).back(), g.hidden(Y).back(), bits, phi + ", state");
      expect_agreement(f.output(X), g.output(Y), bits, phi + ", output");
      expect_agreement(f.adjoint(X).front(), g.adjoint(Y).front(), bits, phi + ", adjoint");
      const model::Gradient<Ball> df = f.gradient(X, c);
      const model::Gradient<Sharp> dg = g.gradient(Y, w);
      expect_agreement(df.v, dg.v, bits, phi + ", gradient of v");
      expect_agreement(df.W, dg.W, bits, phi + ", gradient of W");
      expect_agreement(df.U, dg.U, bits, phi + ", gradient of U");
    }
}

/// The gradient of n = 1, phi = x in closed form: f = v e^{sW T} U x for all scales 1.
TEST(CertifiedModel, LinearGradientInClosedForm) {
  const Precision precision(128);
  Network<Ball> f{activation::find("identity"),
                  {Matrix<Ball>::Constant(1, 1, Ball(3)), Matrix<Ball>::Constant(1, 1, Ball(0.5)),
                   Matrix<Ball>::Constant(1, 1, Ball(-2))}};
  f.horizon = Ball(2);
  const Matrix<Ball> one = Matrix<Ball>::Constant(1, 1, Ball(1));
  const model::Gradient<Ball> d = model::NeuralOde<Ball>(f).gradient(one, one);
  const Ball e = exp(Ball(1));
  const auto value = [](const Approximation<Ball>& a) { return Ball(a.value(0, 0), a.error); };
  EXPECT_TRUE(value(d.v).overlaps(Ball(-2) * e));
  EXPECT_TRUE(value(d.U).overlaps(Ball(3) * e));
  EXPECT_TRUE(value(d.W).overlaps(Ball(-12) * e));
  for (const Approximation<Ball>* part : {&d.v, &d.U, &d.W}) EXPECT_GE(value(*part).relative_bits(), 110);
}

void expect_meets(const Approximation<Ball>& wide, const Approximation<Ball>& one, double bits,
                  const std::string& where) {
  const Matrix<Ball> apart = wide.value - one.value;
  EXPECT_NE(less(wide.error + one.error, linalg::frobenius_norm<Ball>(apart)), Truth::yes) << where;
  EXPECT_LT(radius(wide).log2(), -bits) << where << ": tight";
}

/// An enclosure of h_0 that is wide: whatever follows from a corner lies in what follows from all of it.
template <class Model>
void expect_corners(const Model& model, Random& random, const std::string& what) {
  const Precision precision(96);
  const Ball d = scaled(Ball(1), -12);
  for (const std::string phi : {"tanh", "gelu", "softplus", "sin"}) {
    const Drawn drawn(random, phi, 3, 1, 1);
    const Matrix<Ball> X = linalg::from_exact<Ball>(drawn.X), one = Matrix<Ball>::Constant(1, 1, Ball(1));
    Network<Ball> wide = drawn.network<Ball>();
    for (Eigen::Index i = 0; i < 3; ++i) wide.theta.U(i, 0) = Ball(wide.theta.U(i, 0), d);
    const auto all = model(wide);
    const Approximation<Ball> state = all.state(X), output = all.f.output(X), adjoint = all.adjoint(X);
    const model::Gradient<Ball> gradient = all.f.gradient(X, one);
    for (int corner = 0; corner < 8; ++corner) {
      Network<Ball> exact = drawn.network<Ball>();
      for (Eigen::Index i = 0; i < 3; ++i) exact.theta.U(i, 0) += Ball((corner >> i & 1) != 0 ? 1 : -1) * d;
      const auto here = model(exact);
      const std::string where = what + ", " + phi + ", corner " + std::to_string(corner);
      expect_meets(state, here.state(X), 2, where + ", state");
      expect_meets(output, here.f.output(X), 2, where + ", output");
      expect_meets(adjoint, here.adjoint(X), 2, where + ", adjoint");
      const model::Gradient<Ball> df = here.f.gradient(X, one);
      expect_meets(gradient.v, df.v, 2, where + ", gradient of v");
      expect_meets(gradient.W, df.W, 2, where + ", gradient of W");
      expect_meets(gradient.U, df.U, 2, where + ", gradient of U");
    }
  }
}

struct Continuous {
  model::NeuralOde<Ball> f;
  explicit Continuous(const Network<Ball>& network) : f(network) {}
  Approximation<Ball> state(const Matrix<Ball>& X) const { return f.hidden(X, f.network().horizon); }
  Approximation<Ball> adjoint(const Matrix<Ball>& X) const { return f.adjoint(X, Ball(0)); }
};

struct Layered {
  model::ResNet<Ball> f;
  explicit Layered(const Network<Ball>& network) : f(network, 12) {}
  Approximation<Ball> state(const Matrix<Ball>& X) const { return f.hidden(X).back(); }
  Approximation<Ball> adjoint(const Matrix<Ball>& X) const { return f.adjoint(X).front(); }
};

TEST(CertifiedModel, WideParametersContainTheirCorners) {
  Random random(83);
  for (int k = test::repetitions(2); k > 0; --k) {
    expect_corners([](const Network<Ball>& network) { return Continuous(network); }, random, "Neural ODE");
    expect_corners([](const Network<Ball>& network) { return Layered(network); }, random, "ResNet");
  }
}

/// One question to one network at one input, and what all of it depends on.
struct Question {
  Network<Ball> network;
  Matrix<Ball> X, c;
  Ball t;
  long bits;
  int what;

  std::vector<Approximation<Ball>> answer() const {
    const Precision precision(bits);
    const model::NeuralOde<Ball> f(network);
    switch (what) {
      case 0:
        return {f.hidden(X, t)};
      case 1:
        return {f.output(X)};
      case 2:
        return f.adjoint(X, std::vector<Ball>{t, Ball(0)});
      default: {
        const model::Gradient<Ball> g = f.gradient(X, c);
        return {g.v, g.W, g.U};
      }
    }
  }

  /// As a thread gives it that has solved nothing before.
  std::vector<Approximation<Ball>> answer_of_a_new_thread() const {
    std::vector<Approximation<Ball>> out;
    std::thread([&] { out = answer(); }).join();
    return out;
  }
};

bool same(const Ball& a, const Ball& b) { return arb_equal(a.raw(), b.raw()) != 0; }

void expect_same(const std::vector<Approximation<Ball>>& a, const std::vector<Approximation<Ball>>& b,
                 const std::string& where) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t k = 0; k < a.size(); ++k) {
    EXPECT_TRUE(same(a[k].error, b[k].error)) << where;
    ASSERT_EQ(a[k].value.size(), b[k].value.size());
    for (Eigen::Index i = 0; i < a[k].value.size(); ++i)
      EXPECT_TRUE(same(a[k].value.data()[i], b[k].value.data()[i])) << where;
  }
}

/// The next question differs from one of those before in as little as can be.
void change(Question& question, Random& random) {
  const Ball trifle = scaled(Ball(1), -50);
  model::Parameters<Ball>& theta = question.network.theta;
  switch (random.below(13)) {
    case 0:
      theta.W(1, 0) += trifle;
      return;
    case 1:
      theta.W(0, 1) = Ball(theta.W(0, 1), trifle);  // the radius alone
      return;
    case 2:
      theta.U(1, 0) += trifle;
      return;
    case 3:
      theta.v(0, 0) += trifle;
      return;
    case 4:
      question.network.sigma_w += trifle;
      return;
    case 5:
      question.network.sigma_u += trifle;
      return;
    case 6:
      question.network.horizon += trifle;
      return;
    case 7:
      question.network.phi = activation::find(random.below(2) == 0 ? "rescaled:tanh,1,1,0,0" : "tanh");
      return;
    case 8:
      question.X(0, 0) += trifle;
      return;
    case 9:
      question.bits = question.bits == 64 ? 80 : 64;
      return;
    case 10:
      // With weights 1 the gradient rests on the adjoint that is asked for by itself.
      question.c = Matrix<Ball>::Constant(question.c.rows(), 1, Ball(1));
      if (random.below(2) == 0) question.c(0, 0) += trifle;
      return;
    case 11:
      question.t = random.below(2) == 0 ? Ball(0.5) : Ball(0.25);
      return;
    default:  // asked once more
      return;
  }
}

/// Solutions are kept between questions, of which nothing may be seen.
TEST(CertifiedModel, WhoWasAskedBeforeAnswersAlike) {
  Random random(86);
  for (int k = test::repetitions(4); k > 0; --k) {
    const Drawn drawn(random, "tanh", 2, 2, 2);
    std::vector<Question> asked{{drawn.network<Ball>(), linalg::from_exact<Ball>(drawn.X),
                                 linalg::from_exact<Ball>(drawn.c), Ball(0.5), 64, 0}};
    for (int step = 0; step < 60; ++step) {
      Question next = asked[static_cast<std::size_t>(random.below(static_cast<long>(asked.size())))];
      change(next, random);
      next.what = static_cast<int>(random.below(4));
      expect_same(next.answer(), next.answer_of_a_new_thread(), "step " + std::to_string(step));
      asked.push_back(next);
      if (asked.size() > 4) asked.erase(asked.begin());
    }
  }
  // Numbers so short that nothing but the precision tells the two apart.
  Network<Ball> short_one = Drawn(random, "tanh", 1, 1, 1).network<Ball>();
  short_one.theta.W(0, 0) = short_one.theta.U(0, 0) = short_one.sigma_w = short_one.sigma_u = Ball(1);
  Question question{
      short_one, Matrix<Ball>::Constant(1, 1, Ball(1)), Matrix<Ball>::Constant(1, 1, Ball(1)), Ball(0.5), 64,
      0};
  for (const long bits : {64, 80, 64}) {
    question.bits = bits;
    expect_same(question.answer(), question.answer_of_a_new_thread(), std::to_string(bits) + " bits");
  }
  // The adjoint first, then the gradient along it.
  for (const int what : {2, 3, 2}) {
    question.what = what;
    expect_same(question.answer(), question.answer_of_a_new_thread(), "question " + std::to_string(what));
  }
  // What blows up does so again, and disturbs no one.
  Question wild{Drawn(random, "polynomial:0,0,1", 1, 1, 1).network<Ball>(),
                Matrix<Ball>::Constant(1, 1, Ball(8)),
                Matrix<Ball>::Constant(1, 1, Ball(1)),
                Ball(0.5),
                64,
                1};
  wild.network.theta.U(0, 0) = wild.network.theta.W(0, 0) = Ball(4);
  for (int time = 0; time < 2; ++time) EXPECT_THROW(wild.answer(), Error);
}

TEST(CertifiedModel, ReachesTheRelativeRadiusThatIsAskedFor) {
  Random random(85);
  for (const std::string phi : {"tanh", "softplus"}) {
    const Drawn drawn(random, phi, 4, 2, 1);
    const auto gradient = [&drawn] {
      const Matrix<Ball> one = Matrix<Ball>::Constant(1, 1, Ball(1));
      return model::NeuralOde<Ball>(drawn.network<Ball>()).gradient(linalg::from_exact<Ball>(drawn.X), one);
    };
    const auto part_W = [](const model::Gradient<Ball>& g) -> const Approximation<Ball>& { return g.W; };
    for (const double wanted : {1e-10, 1e-30, 1e-100}) {
      const model::Gradient<Ball> g = linalg::to_relative_radius(wanted, gradient, part_W);
      EXPECT_LE(radius(g.W).log2() - real::norm_bound(g.W.value.data(), g.W.value.size()).log2(),
                std::log2(wanted));
    }
  }
  // A radius of 0 is enough for anything; one around 0 for nothing.
  const auto nothing = [] { return Approximation<Ball>{Matrix<Ball>::Constant(1, 1, Ball(0)), Ball(0)}; };
  EXPECT_NO_THROW(linalg::to_relative_radius(0, nothing));
  const auto around = [] { return Approximation<Ball>{Matrix<Ball>::Constant(1, 1, Ball(0)), Ball(1)}; };
  EXPECT_THROW(linalg::to_relative_radius(1, around), PrecisionError);
}

TEST(CertifiedModel, ComplaintsAreClear) {
  Random random(84);
  const Drawn drawn(random, "tanh", 2, 1, 1);
  Network<Ball> f = drawn.network<Ball>();
  f.horizon = Ball(1) / Ball(3);
  EXPECT_THROW(model::NeuralOde<Ball>{f}, DomainError);
  f.horizon = Ball(-1);
  EXPECT_THROW(model::NeuralOde<Ball>{f}, DomainError);
  f.horizon = Ball(1);
  EXPECT_THROW((model::ResNet<Ball>{f, 0}), DomainError);
  const Matrix<Ball> two = Matrix<Ball>::Constant(2, 1, Ball(1));
  EXPECT_THROW(model::NeuralOde<Ball>(f).output(two), DomainError);
}

}  // namespace
