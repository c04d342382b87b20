// The Taylor integrator on blocks against the plain one in a finer precision, for samples and matrices of
// very different sizes.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <gronwall/ode/block_taylor.hpp>
#include <gronwall/real/error.hpp>

#include "support/effort.hpp"
#include "support/random.hpp"

namespace {

using namespace gronwall;
using linalg::Matrix;
using ode::HiddenField;
using ode::TaylorControl;
using Mp50 = real::Mpfr<50>;
using Mp100 = real::Mpfr<100>;
using Mp200 = real::Mpfr<200>;

template <class R>
R tenth_to(int digits) {
  return real::power(real::ratio<R>(1, 10), static_cast<unsigned>(digits));
}

template <class R>
TaylorControl<R> within(int digits) {
  TaylorControl<R> control;
  control.rtol = tenth_to<R>(digits);
  return control;
}

struct Case {
  std::string activation;
  int n = 5, N = 1;
  double norm = 1;  ///< about that of A
  double horizon = 1;
  bool sizes = false;  ///< samples from 1e-20 to 1e3
};

/// The same numbers in every precision.
template <class R>
struct Instance {
  Instance(const Case& c, std::uint64_t seed) : horizon(real::from_double<R>(c.horizon)) {
    test::Random random(seed);
    field.phi = activation::find(c.activation);
    field.A.resize(c.n, c.n);
    const double scale = c.norm / std::sqrt(c.n);
    for (Eigen::Index e = 0; e < field.A.size(); ++e)
      field.A.data()[e] = real::from_double<R>(scale * random.symmetric());
    h0.resize(c.n, c.N);
    for (Eigen::Index j = 0; j < c.N; ++j) {
      const double size = c.sizes ? std::pow(10.0, -20 + 23.0 * static_cast<double>(j) / (c.N - 1)) : 1;
      for (Eigen::Index i = 0; i < c.n; ++i) h0(i, j) = real::from_double<R>(size * random.symmetric());
    }
  }
  HiddenField<R> field;
  Matrix<R> h0;
  R horizon;
};

template <class F, class R>
Matrix<F> widened(const Matrix<R>& a) {
  Matrix<F> out(a.rows(), a.cols());
  for (Eigen::Index e = 0; e < a.size(); ++e) out.data()[e] = F(a.data()[e]);
  return out;
}

/// The largest error of a column in units of 10^-digits times its largest entry, or that of h0's where more.
template <class R, class F>
double error_of(const Matrix<R>& h, const Matrix<F>& exact, const Matrix<R>& h0, int digits) {
  const Matrix<F> wide = widened<F, R>(h), start = widened<F, R>(h0);
  double worst = 0;
  for (Eigen::Index j = 0; j < h.cols(); ++j) {
    F apart(0), size(0);
    for (Eigen::Index i = 0; i < h.rows(); ++i) {
      apart = std::max(apart, F(abs(F(wide(i, j) - exact(i, j)))));
      size = std::max({size, F(abs(exact(i, j))), F(abs(start(i, j)))});
    }
    worst = std::max(worst, real::to_double<F>(F(apart / (size * tenth_to<F>(digits)))));
  }
  return worst;
}

const std::vector<Case> cases = {
    {"tanh", 5, 1, 2},
    {"tanh", 17, 3, 4},
    {"tanh", 5, 8, 1, 1, true},
    {"tanh", 5, 16, 1, 1, true},
    {"tanh", 4, 8, 0.01, 2, true},
    {"tanh", 4, 3, 20, 0.5},
    {"softplus", 5, 8, 1, 1, true},
    {"gelu", 5, 8, 1, 1, true},
    {"sigmoid", 5, 8, 1, 1, true},
    {"sigmoid", 4, 2, 20, 0.5},
    {"sin", 4, 8, 0.5, 0.5, true},
    {"erf", 5, 8, 1, 1, true},
    {"arctan", 5, 2, 3},
    {"polynomial:1,0,-1/3", 4, 2, 1, 0.5},
    {"identity", 4, 8, 1, 2, true},
    {"rescaled:tanh,2,1/2,1/4,1", 5, 8, 1, 1, true},
};

/// Against the plain method in F.
template <class R, class F>
void keeps_its_tolerance(int digits, std::size_t every) {
  for (std::size_t i = 0; i<cases.size(); i += test::multiplier()> 1 ? 1 : every) {
    const Case& c = cases[i];
    SCOPED_TRACE(c.activation + ", N = " + std::to_string(c.N) + ", norm " + std::to_string(c.norm));
    const Instance<R> x(c, 3);
    const Instance<F> fine(c, 3);
    TaylorControl<F> tighter = within<F>(digits + 6);
    tighter.order = ode::taylor_order((digits + 6) * std::log2(10.0), c.n) * 5 / 4;
    const Matrix<F> exact =
        ode::solve_taylor_plain<F>(fine.field, fine.h0, fine.horizon, tighter).curve.at(fine.horizon);
    const Matrix<R> plain =
        ode::solve_taylor_plain<R>(x.field, x.h0, x.horizon, within<R>(digits)).curve.at(x.horizon);
    const auto blocks =
        ode::solve_taylor_blocks<R>(x.field, x.h0, x.horizon, within<R>(digits), ode::Keep::end);
    // What one error may grow to on the way is in the plain method's error too, where it is not by luck
    // small.
    const double of_plain = error_of<R, F>(plain, exact, x.h0, digits);
    EXPECT_LE((error_of<R, F>(blocks.end, exact, x.h0, digits)), std::max(30.0, 30 * of_plain));
    EXPECT_GT(blocks.accepted, 0);
  }
}

TEST(BlockTaylor, KeepsItsToleranceOf15Digits) { keeps_its_tolerance<Mp50, Mp50>(15, 1); }
TEST(BlockTaylor, KeepsItsToleranceOf45Digits) { keeps_its_tolerance<Mp50, Mp100>(45, 1); }
TEST(BlockTaylor, KeepsItsToleranceOf95Digits) { keeps_its_tolerance<Mp100, Mp200>(95, 5); }
TEST(BlockTaylor, KeepsItsToleranceInDouble) { keeps_its_tolerance<double, Mp50>(9, 1); }

/// The limbs are those of the tolerance, not whatever makes every defect vanish.
TEST(BlockTaylor, NeedsFewLimbs) {
  for (const Case& c : cases) {
    const Instance<Mp50> x(c, 4);
    const auto h = ode::solve_taylor_blocks<Mp50>(x.field, x.h0, x.horizon, within<Mp50>(45), ode::Keep::end);
    EXPECT_LE(h.limbs, c.sizes ? 9 : 7) << c.activation << " " << c.norm;
  }
}

TEST(BlockTaylor, SamplesDoNotWeighOnEachOther) {
  const Instance<Mp50> x({"tanh", 6, 8, 1, 1, true}, 5);
  const auto all = ode::solve_taylor_blocks<Mp50>(x.field, x.h0, x.horizon, within<Mp50>(40), ode::Keep::end);
  for (Eigen::Index j = 0; j < 8; ++j) {
    const Matrix<Mp50> one = x.h0.col(j);
    const auto alone =
        ode::solve_taylor_blocks<Mp50>(x.field, one, x.horizon, within<Mp50>(40), ode::Keep::end);
    EXPECT_LE((error_of<Mp50, Mp200>(alone.end, widened<Mp200, Mp50>(all.end.col(j)), one, 40)), 30) << j;
  }
}

TEST(BlockTaylor, ItsPolynomialsAreTheSolution) {
  const Instance<Mp50> x({"gelu", 20, 3, 3}, 6);  // as residues and digits agree, below
  const auto blocks = ode::solve_taylor_blocks<Mp50>(x.field, x.h0, x.horizon, within<Mp50>(40));
  const auto numbers = blocks.in_numbers();
  EXPECT_EQ(static_cast<long>(numbers.curve.pieces().size()), blocks.accepted);
  EXPECT_EQ(numbers.curve.end(), x.horizon);
  const Matrix<Mp50> end = numbers.curve.at(x.horizon);
  EXPECT_LE((error_of<Mp50, Mp200>(end, widened<Mp200, Mp50>(blocks.end), x.h0, 45)), 100);
  const auto plain = ode::solve_taylor_plain<Mp50>(x.field, x.h0, x.horizon, within<Mp50>(44));
  for (int k = 0; k <= 12; ++k) {
    const Mp50 t = x.horizon * Mp50(k) / Mp50(12);
    const Matrix<Mp50> there = numbers.curve.at(t);
    EXPECT_LE((error_of<Mp50, Mp200>(there, widened<Mp200, Mp50>(plain.curve.at(t)), x.h0, 40)), 100) << k;
  }
  const auto ended =
      ode::solve_taylor_blocks<Mp50>(x.field, x.h0, x.horizon, within<Mp50>(40), ode::Keep::end);
  EXPECT_EQ(ended.end, blocks.end);
  EXPECT_THROW(ended.in_numbers(), DomainError);
}

/// Products by residues, for more rows than are multiplied digit by digit.
TEST(BlockTaylor, WideFieldsToo) {
  const Instance<Mp50> x({"tanh", 70, 2, 1, 0.25}, 7);
  const auto blocks =
      ode::solve_taylor_blocks<Mp50>(x.field, x.h0, x.horizon, within<Mp50>(30), ode::Keep::end);
  const auto plain = ode::solve_taylor_plain<Mp50>(x.field, x.h0, x.horizon, within<Mp50>(34));
  EXPECT_LE((error_of<Mp50, Mp200>(blocks.end, widened<Mp200, Mp50>(plain.curve.at(x.horizon)), x.h0, 30)),
            30);
}

/// h' = h^2 from 1/5 exists until t = 5.
TEST(BlockTaylor, SeesBlowUps) {
  HiddenField<Mp50> field{activation::find("polynomial:0,0,1"), Matrix<Mp50>::Constant(1, 1, Mp50(1))};
  const Matrix<Mp50> h0 = Matrix<Mp50>::Constant(1, 1, real::ratio<Mp50>(1, 5));
  EXPECT_THROW(ode::solve_taylor_blocks<Mp50>(field, h0, Mp50(6), within<Mp50>(30)), ode::BlowUp);
  const auto before = ode::solve_taylor_blocks<Mp50>(field, h0, Mp50(4), within<Mp50>(30));
  EXPECT_LE((error_of<Mp50, Mp200>(before.end, Matrix<Mp200>::Constant(1, 1, Mp200(1)), h0, 30)), 100);
}

/// h_1 = t, h_2' = 1 + h_1^12, h_3 = 0: at order 8 the step rule sees nothing that would bound a step.
TEST(BlockTaylor, AGapInTheSeriesDoesNotDeceive) {
  HiddenField<Mp50> field{activation::find("polynomial:1,0,0,0,0,0,0,0,0,0,0,0,1"),
                          Matrix<Mp50>::Constant(3, 3, Mp50(0))};
  field.A(1, 0) = field.A(0, 2) = Mp50(1);
  const Matrix<Mp50> h0 = Matrix<Mp50>::Constant(3, 1, Mp50(0));
  TaylorControl<Mp50> control = within<Mp50>(8);
  control.order = 8;
  const auto h = ode::solve_taylor_blocks<Mp50>(field, h0, Mp50(2), control, ode::Keep::end);
  EXPECT_GT(h.rejected, 0);
  Matrix<Mp200> exact = Matrix<Mp200>::Constant(3, 1, Mp200(0));
  exact(0, 0) = Mp200(2);
  exact(1, 0) = Mp200(2) + Mp200(8192) / Mp200(13);
  EXPECT_LE((error_of<Mp50, Mp200>(h.end, exact, h0, 8)), 10);
}

TEST(BlockTaylor, ZerosAndLinesAreExact) {
  HiddenField<Mp50> field{activation::find("tanh"), Matrix<Mp50>::Constant(3, 3, Mp50(1))};
  const Matrix<Mp50> zero = Matrix<Mp50>::Constant(3, 2, Mp50(0));
  EXPECT_EQ(ode::solve_taylor_blocks<Mp50>(field, zero, Mp50(3), within<Mp50>(40)).end, zero);
  field.phi = activation::find("polynomial:2");  // h' = 6
  const auto line = ode::solve_taylor_blocks<Mp50>(field, zero, Mp50(3), within<Mp50>(40));
  EXPECT_EQ(line.end, Matrix<Mp50>(Matrix<Mp50>::Constant(3, 2, Mp50(18))));
}

TEST(BlockTaylor, Refuses) {
  HiddenField<Mp50> field{activation::find("tanh"), Matrix<Mp50>::Constant(2, 2, Mp50(1))};
  const Matrix<Mp50> h0 = Matrix<Mp50>::Constant(2, 1, Mp50(1));
  const auto run = [&](const Mp50& horizon, const TaylorControl<Mp50>& control) {
    return ode::solve_taylor_blocks<Mp50>(field, h0, horizon, control);
  };
  EXPECT_EQ(run(Mp50(0), within<Mp50>(30)).end, h0);
  EXPECT_EQ(run(Mp50(0), within<Mp50>(30)).in_numbers().curve.at(Mp50(0)), h0);
  EXPECT_THROW(run(Mp50(-1), within<Mp50>(30)), DomainError);
  EXPECT_THROW(run(Mp50(1), within<Mp50>(60)), PrecisionError);
  EXPECT_THROW(run(Mp50(1), TaylorControl<Mp50>()), DomainError);
  TaylorControl<Mp50> little = within<Mp50>(40);
  little.budget = 10;
  EXPECT_THROW(run(Mp50(1), little), ode::StepCollapse);
  field.phi = activation::find("relu");
  EXPECT_THROW(run(Mp50(1), within<Mp50>(30)), DomainError);
}

}  // namespace
