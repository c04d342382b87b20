#pragma once

#include <memory>
#include <tuple>
#include <utility>

#include <boost/numeric/odeint/stepper/controlled_step_result.hpp>
#include <boost/numeric/odeint/util/copy.hpp>
#include <boost/numeric/odeint/util/is_resizeable.hpp>
#include <boost/numeric/odeint/util/resize.hpp>
#include <boost/numeric/odeint/util/same_size.hpp>

#include <gronwall/ode/scalar.hpp>
#include <gronwall/ode/stepper.hpp>

/// Boost.Odeint on our matrices. odeint's own header for Eigen goes through expression templates and all of
/// Eigen/Dense; plain loops over the entries compile several times faster and allocate nothing.
namespace boost::numeric::odeint {

template <class R>
struct is_resizeable<Eigen::Matrix<R, Eigen::Dynamic, Eigen::Dynamic>> {
  using type = boost::true_type;
  static const bool value = true;
};
template <class R>
struct same_size_impl<Eigen::Matrix<R, Eigen::Dynamic, Eigen::Dynamic>,
                      Eigen::Matrix<R, Eigen::Dynamic, Eigen::Dynamic>> {
  using State = Eigen::Matrix<R, Eigen::Dynamic, Eigen::Dynamic>;
  static bool same_size(const State& a, const State& b) {
    return a.rows() == b.rows() && a.cols() == b.cols();
  }
};
template <class R>
struct resize_impl<Eigen::Matrix<R, Eigen::Dynamic, Eigen::Dynamic>,
                   Eigen::Matrix<R, Eigen::Dynamic, Eigen::Dynamic>> {
  using State = Eigen::Matrix<R, Eigen::Dynamic, Eigen::Dynamic>;
  static void resize(State& a, const State& b) { a.resize(b.rows(), b.cols()); }
};
// Since Eigen 3.4 a matrix looks like a range to odeint, which would copy it entry by entry without resizing.
template <class R>
struct copy_impl<Eigen::Matrix<R, Eigen::Dynamic, Eigen::Dynamic>,
                 Eigen::Matrix<R, Eigen::Dynamic, Eigen::Dynamic>> {
  using State = Eigen::Matrix<R, Eigen::Dynamic, Eigen::Dynamic>;
  static void copy(const State& from, State& to) { to = from; }
};

}  // namespace boost::numeric::odeint

namespace gronwall::ode {

/// out[i] = sum_k factors[k] in[k][i] for `size` entries; `out` may be one of the inputs. Terms with factor 0
/// are left out (a third of Fehlberg's). Neither allocates nor copies. Compiled once per backend: odeint's
/// own operations would be compiled, and inlined, in every stepper anew.
template <Real R>
void combine(R* out, const R* const* in, const Scalar<R>* factors, int terms, Eigen::Index size);

/// error_ij / (atol + y_factor |y|_j + dydt_factor |dydt|_j), in place.
template <Real R>
void relative(Matrix<R>& error, const Matrix<R>& y, const Matrix<R>& dydt, const R& atol, const R& y_factor,
              const R& dydt_factor);

/// A linear combination of N states, as odeint's steppers ask for it; S is a Scalar.
template <class S, int N>
struct Sum {
  template <class... Factors>
  explicit Sum(const Factors&... all) : factors{S(all)...} {
    static_assert(sizeof...(Factors) == N);
  }
  S factors[N];
};

/// odeint's operations.
struct Operations {
// scale_sum1<F1>, scale_sum2<F1, F2>, ...: odeint names the types of the factors, which are all numbers of
// one kind.
#define GRONWALL_SCALE_SUM(k)       \
  template <class S, class...>      \
  struct scale_sum##k : Sum<S, k> { \
    using Sum<S, k>::Sum;           \
  };
  GRONWALL_SCALE_SUM(1)
  GRONWALL_SCALE_SUM(2)
  GRONWALL_SCALE_SUM(3)
  GRONWALL_SCALE_SUM(4)
  GRONWALL_SCALE_SUM(5)
  GRONWALL_SCALE_SUM(6)
  GRONWALL_SCALE_SUM(7)
  GRONWALL_SCALE_SUM(8)
  GRONWALL_SCALE_SUM(9)
  GRONWALL_SCALE_SUM(10)
  GRONWALL_SCALE_SUM(11)
  GRONWALL_SCALE_SUM(12)
  GRONWALL_SCALE_SUM(13)
  GRONWALL_SCALE_SUM(14)
#undef GRONWALL_SCALE_SUM
  /// x = factor x.
  template <class S>
  struct scale : Sum<S, 1> {
    using Sum<S, 1>::Sum;
  };
  /// (x, y) = (a y + b z, x), for arguments x, y, z.
  template <class S, class...>
  struct scale_sum_swap2 : Sum<S, 2> {
    using Sum<S, 2>::Sum;
  };
  /// The local error relative to what is allowed: see Entries::for_each3.
  template <class S>
  struct rel_error {
    S atol, rtol, weight_of_y, weight_of_dydt;
    rel_error(const S& a, const S& r, const S& y, const S& dydt)
        : atol(a), rtol(r), weight_of_y(y), weight_of_dydt(dydt) {}
  };
};

/// odeint's algebra: operations on all entries of the states.
struct Entries {
  template <class R>
  static void for_each1(Matrix<R>& x, const Operations::scale<Scalar<R>>& op) {
    const R* const in[] = {x.data()};
    combine<R>(x.data(), in, op.factors, 1, x.size());
  }
  /// error_ij / (atol + rtol (|y|_j + dt |y'|_j)) with |y|_j the largest entry of column j, one sample. An
  /// entry that passes through zero, or starts there, so needs no atol, and the samples of a batch do not
  /// weigh on each other. No error is no error, even where nothing is allowed.
  template <class R>
  static void for_each3(Matrix<R>& error, const Matrix<R>& y, const Matrix<R>& dydt,
                        const Operations::rel_error<Scalar<R>>& op) {
    relative<R>(error, y, dydt, op.atol.value(), (op.rtol * op.weight_of_y).value(),
                (op.rtol * op.weight_of_dydt).value());
  }
  template <class R>
  static void for_each3(Matrix<R>& x, Matrix<R>& y, const Matrix<R>& z,
                        const Operations::scale_sum_swap2<Scalar<R>, Scalar<R>>& op) {
    const R* const in[] = {y.data(), z.data()};
    combine<R>(y.data(), in, op.factors, 2, y.size());
    x.swap(y);
  }
// for_each3(out, in1, in2, sum) and so on: the operation is the last argument.
#define GRONWALL_FOR_EACH(k)                                               \
  template <class R, class... Arguments>                                   \
  static void for_each##k(Matrix<R>& out, const Arguments&... arguments) { \
    sum<R, (k)-1>(out, arguments...);                                      \
  }
  GRONWALL_FOR_EACH(2)
  GRONWALL_FOR_EACH(3)
  GRONWALL_FOR_EACH(4)
  GRONWALL_FOR_EACH(5)
  GRONWALL_FOR_EACH(6)
  GRONWALL_FOR_EACH(7)
  GRONWALL_FOR_EACH(8)
  GRONWALL_FOR_EACH(9)
  GRONWALL_FOR_EACH(10)
  GRONWALL_FOR_EACH(11)
  GRONWALL_FOR_EACH(12)
  GRONWALL_FOR_EACH(13)
  GRONWALL_FOR_EACH(14)
  GRONWALL_FOR_EACH(15)
#undef GRONWALL_FOR_EACH

  /// Largest modulus; infinity as soon as one entry is not a number, so that no comparison takes it for
  /// small.
  template <class R>
  static Scalar<R> norm_inf(const Matrix<R>& a) {
    return largest_entry<R>(a);
  }

 private:
  template <class R>
  static const R* data(const Matrix<R>& a) {
    return a.data();
  }
  template <class R, int N>
  static const R* data(const Sum<Scalar<R>, N>&) {
    return nullptr;
  }
  template <class R, int N, class... Arguments>
  static void sum(Matrix<R>& out, const Arguments&... arguments) {
    const R* const in[] = {data<R>(arguments)...};
    const Sum<Scalar<R>, N>& op = std::get<N>(std::tie(arguments...));
    combine<R>(out.data(), in, op.factors, N, out.size());
  }
};

/// The right-hand side, with odeint's kind of time.
template <Real R>
struct Called {
  const System<R>& f;
  void operator()(const Matrix<R>& y, Matrix<R>& dydt, const Scalar<R>& t) const { f(y, dydt, t.value()); }
};

/// An odeint stepper on our matrices.
template <template <class...> class OdeintStepper, class R>
using OnMatrices = OdeintStepper<Matrix<R>, Scalar<R>, Matrix<R>, Scalar<R>, Entries, Operations>;

/// An odeint stepper behind our interface. It steps from one state to another: odeint's
/// extrapolation_stepper, asked to step in place, overwrites the state it still needs, and is then of order
/// 0.
template <class OdeintStepper, Real R>
class PlainStepper final : public Stepper<R> {
 public:
  void step(const System<R>& f, Matrix<R>& y, const R& t, const R& dt) override {
    next_.resize(y.rows(), y.cols());
    stepper_.do_step(Called<R>{f}, y, Scalar<R>(t), next_, Scalar<R>(dt));
    next_.swap(y);
  }
  void restart() override {
    if constexpr (requires { stepper_.reset(); }) stepper_.reset();
  }

 private:
  OdeintStepper stepper_;
  Matrix<R> next_;
};

}  // namespace gronwall::ode
