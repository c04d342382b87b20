#include <cmath>

#include <gtest/gtest.h>

#include <gronwall/kernel/tangent.hpp>
#include <gronwall/real/backends.hpp>
#include <gronwall/training/record.hpp>

#include "support/backends.hpp"
#include "training/problems.hpp"

namespace gronwall::training {
namespace {

template <class R>
R norm_of(const Matrix<R>& a) {
  return linalg::frobenius_norm<R>(a).value();
}

template <class R>
struct Setting {
  Problem<R> problem;
  Schedule<R> schedule;
};

template <class R>
std::vector<Setting<R>> settings() {
  std::vector<Setting<R>> out;
  for (const std::optional<long> depth : {std::optional<long>{}, std::optional<long>{3}})
    for (const bool at_start : {false, true}) {
      Setting<R> one{test::some_problem<R>("tanh", 4, at_start ? 2 : 3, depth), {}};
      one.problem.labels_at_start = at_start;
      one.schedule.steps = 6;
      out.push_back(one);
    }
  return out;
}

TEST(Train, AgreesWithTheDescentThatHasErrors) {
  const auto check = []<class R>() {
    const R many = R(1000);
    for (const Setting<R>& one : settings<R>()) {
      const Training<R> t = train<R>(one.problem, one.schedule);
      const Descent<R> d = descend<R>(one.problem, one.schedule.steps);
      ASSERT_EQ(t.records.size(), 7U);
      EXPECT_FALSE(t.ended);
      for (std::size_t k = 0; k < t.records.size(); ++k) {
        const Record<R>& seen = t.records[k];
        const Iterate<R>& there = d.iterates[k];
        const auto near = [&](const R& a, const R& b, const R& error) {
          using std::abs;
          EXPECT_LE(abs(R(a - b)), error + many * real::Backend<R>::unit_roundoff() * (R(1) + abs(b)));
        };
        EXPECT_EQ(seen.step, static_cast<long>(k));
        near(seen.residual, norm_of<R>(there.residual.value), there.residual.error);
        near(seen.loss, R(seen.residual * seen.residual / R(2)), R(0));
        near(seen.v, norm_of<R>(there.v.value), there.v.error);
        near(seen.W, norm_of<R>(there.W.value), there.W.error);
        near(seen.U, norm_of<R>(there.U.value), there.U.error);
        const model::Parameters<R>& from = one.problem.start.theta;
        near(seen.moved_v, norm_of<R>(there.v.value - from.v), there.v.error);
        near(seen.moved_W, norm_of<R>(there.W.value - from.W), there.W.error);
        near(seen.moved_U, norm_of<R>(there.U.value - from.U), there.U.error);
        const R spectral = linalg::spectral_norm<R>(there.W.value).value();
        EXPECT_LE(seen.spectral_W, spectral * (R(1) + real::ratio<R>(1, 1000000)));
        EXPECT_GE(seen.spectral_W, spectral * real::ratio<R>(98, 100));
      }
      EXPECT_LE(norm_of<R>(t.last.W - d.iterates.back().W.value), d.iterates.back().W.error);
    }
  };
  check.template operator()<double>();
  check.template operator()<real::Mpfr<50>>();
}

TEST(Train, SpectraAreThoseOfTheGradientsOfTheSamples) {
  for (Setting<double> one : settings<double>()) {
    one.schedule.steps = 4;
    one.schedule.every = 4;
    const Training<double> t = train<double>(one.problem, one.schedule);
    ASSERT_EQ(t.records.size(), 2U);
    Network<double> f = one.problem.start;
    f.theta = t.last;
    // J J^T with J put together from N gradients, and its singular values.
    const Eigen::Index N = one.problem.X.cols(), n = f.width();
    Matrix<double> J(N, n + n * n + n * f.inputs()), outputs(N, n);
    for (Eigen::Index j = 0; j < N; ++j) {
      const Matrix<double> x = one.problem.X.col(j), unit = Matrix<double>::Ones(1, 1);
      const model::Gradient<double> g = one.problem.depth
                                            ? model::ResNet<double>(f, *one.problem.depth).gradient(x, unit)
                                            : model::NeuralOde<double>(f).gradient(x, unit);
      J.row(j) << g.v.value.transpose(), g.W.value.reshaped().transpose(), g.U.value.reshaped().transpose();
      outputs.row(j) = g.v.value.transpose();
    }
    const auto squares = [](const Matrix<double>& a) {
      return linalg::symmetric_eigenvalues<double>(Matrix<double>(a * a.transpose()));
    };
    const Spectrum<double>& s = *t.records[1].spectrum;
    EXPECT_NEAR(s.kernel, squares(J)(0), 1e-9);
    EXPECT_NEAR(s.largest, squares(J)(N - 1), 1e-9);
    EXPECT_NEAR(s.output_part, squares(outputs)(0), 1e-9);
    EXPECT_NEAR(s.jacobian * s.jacobian, s.kernel, 1e-12);
    EXPECT_NEAR(s.alpha * s.alpha, s.output_part, 1e-12);
  }
}

TEST(Train, RecordsWhatTheScheduleAsksFor) {
  Setting<double> one = settings<double>().front();
  one.schedule.steps = 7;
  one.schedule.every = 3;
  one.schedule.spectra = false;
  const Training<double> sparse = train<double>(one.problem, one.schedule);
  std::vector<long> steps;
  for (const Record<double>& r : sparse.records) {
    steps.push_back(r.step);
    EXPECT_FALSE(r.spectrum);
  }
  EXPECT_EQ(steps, (std::vector<long>{0, 3, 6, 7}));
  one.schedule.every = 1;
  const Training<double> dense = train<double>(one.problem, one.schedule);
  EXPECT_EQ(dense.records.size(), 8U);
  EXPECT_EQ(dense.records[6].residual, sparse.records[2].residual);
}

TEST(Train, EveryMethodGoesTheSameWay) {
  const Setting<double> one = settings<double>().front();
  const double reference = train<double>(one.problem, one.schedule).records.back().residual;
  for (const std::string& method : model::method_names()) {
    if (method == "euler") continue;  // order 1: 64 steps are not enough
    Schedule<double> schedule = one.schedule;
    schedule.accuracy.method = method;
    if (method != "taylor") schedule.accuracy.steps = 64;
    EXPECT_NEAR(train<double>(one.problem, schedule).records.back().residual, reference, 1e-4) << method;
  }
}

TEST(Train, DivergenceIsRecorded) {
  for (Setting<double> one : settings<double>()) {
    one.problem.eta = 0x1p20;
    one.schedule.steps = 80;
    one.schedule.spectra = false;
    const Training<double> t = train<double>(one.problem, one.schedule);
    ASSERT_TRUE(t.ended);
    EXPECT_GT(t.ended->step, 2);
    EXPECT_LT(t.ended->step, 80);
    EXPECT_FALSE(t.ended->why.empty());
    EXPECT_EQ(t.records.back().step, t.ended->step - 1);
    EXPECT_TRUE(linalg::all_finite<double>(t.last.v));
    EXPECT_GT(t.records.back().residual, 1e6 * t.records.front().residual);
  }
}

TEST(Train, RefusesWhatIsNoSchedule) {
  Setting<double> one = settings<double>().front();
  one.schedule.steps = -1;
  EXPECT_THROW(train<double>(one.problem, one.schedule), DomainError);
  one.schedule.steps = 1;
  one.schedule.every = 0;
  EXPECT_THROW(train<double>(one.problem, one.schedule), DomainError);
  one.schedule.every = 1;
  one.schedule.accuracy.method = "no-such-method";
  EXPECT_THROW(train<double>(one.problem, one.schedule), UnknownName);
}

}  // namespace
}  // namespace gronwall::training
