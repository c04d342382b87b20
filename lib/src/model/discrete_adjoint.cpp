#include "discrete_adjoint.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <gronwall/linalg/columns.hpp>
#include <gronwall/ode/integrator.hpp>
#include <gronwall/ode/stepper.hpp>
#include <gronwall/real/backends.hpp>
#include <gronwall/real/error.hpp>

#include "../linalg/aligned.hpp"

namespace gronwall::model::detail {

namespace {

using Eigen::Index;

/// A tableau rounded to the backend.
template <Real R>
struct Coefficients {
  explicit Coefficients(const ode::Tableau& exact)
      : order(exact.order), needed(exact.needed()), reuses_last(exact.first_same_as_last()) {
    const auto rounded = [](const std::vector<real::Rational>& row) {
      std::vector<R> out;
      for (const real::Rational& x : row) out.push_back(real::from_rational<R>(x));
      return out;
    };
    for (const auto& row : exact.a) a.push_back(rounded(row));
    b = rounded(exact.b);
    error = rounded(exact.error);
  }

  int order;
  std::vector<std::vector<R>> a;
  std::vector<R> b, error;
  std::vector<std::size_t> needed;
  bool reuses_last;
};

template <Real R>
std::vector<R> times(const R& h, const std::vector<R>& row) {
  std::vector<R> out;
  for (const R& x : row) out.push_back(R(h * x));
  return out;
}

/// Numbers in a row, of which there may become more; what was there stays, and what comes is not set.
template <Real R>
class Row {
 public:
  Index size() const { return numbers_.size(); }
  R* data() { return numbers_.data(); }
  const R* data() const { return numbers_.data(); }
  void grow(Index /*used*/, Index size) { numbers_.conservativeResize(size, 1); }

 private:
  Matrix<R> numbers_;
};

/// In double, memory is dearer than what is computed in it, and is taken from what the last run gave back.
template <>
class Row<double> {
 public:
  Index size() const { return numbers_ ? numbers_->size() : 0; }
  double* data() { return numbers_ ? numbers_->data() : nullptr; }
  const double* data() const { return numbers_ ? numbers_->data() : nullptr; }
  void grow(Index used, Index size) {
    linalg::detail::AlignedDoubles larger(size);
    if (used > 0) std::copy_n(data(), used, larger.data());
    numbers_.emplace(std::move(larger));
  }

 private:
  std::optional<linalg::detail::AlignedDoubles> numbers_;
};

/// The steps forwards, and what they leave behind. The stages that count lie side by side in `active_` and
/// `slope_`, followed by one more block for the others; where the last stage is the next step's first, it so
/// lies in its place.
template <Real R>
class Tape {
 public:
  Tape(const Network<R>& network, const Coefficients<R>& method, const Matrix<R>& start)
      : network_(network),
        method_(method),
        phi_(network.phi.template in<R>()),
        scale_(network.hidden_scale()),
        samples_(start.cols()),
        state_(start),
        next_(start),
        stage_(start),
        error_(start) {
    slopes_.grow(0, static_cast<Index>(method.b.size()) * start.size());
  }

  void run(const Stepping<R>& stepping) {
    if (!(network_.horizon > R(0))) return;
    if (stepping.steps)
      run_fixed(*stepping.steps);
    else
      run_adaptive(stepping.rtol);
  }

  const Matrix<R>& state() const { return state_; }
  const std::vector<R>& steps() const { return steps_; }
  long products() const { return products_; }
  Index block() const { return samples_; }
  Index blocks_a_step() const { return static_cast<Index>(method_.needed.size()); }
  /// phi(Y) and phi'(Y) of the stages that count.
  linalg::Columns<R> active(Index block, Index blocks) const {
    return {active_.data() + block * state_.size(), state_.rows(), blocks * samples_};
  }
  const R* slope(Index block) const { return slope_.data() + block * state_.size(); }
  Index stages() const { return static_cast<Index>(steps_.size()) * blocks_a_step(); }

 private:
  void run_fixed(long steps) {
    const R h = network_.horizon / R(static_cast<double>(steps));
    expect(static_cast<double>(steps));
    for (long k = 0; k < steps; ++k) {
      attempt(h);
      if (out_of_range(next_)) throw_blow_up(R(static_cast<double>(k + 1)) * h);
      accept(h);
    }
  }

  void run_adaptive(const R& rtol) {
    using std::ceil;
    using std::pow;
    if (method_.error.empty())
      throw DomainError("This Runge-Kutta method estimates no error: give it a number of steps.");
    const R end = network_.horizon, first_size = ode::largest_entry<R>(state_);
    const R floor = R(4) * real::Backend<R>::unit_roundoff() * end;
    R t(0), largest(0), proposed = first_step(rtol);
    bool overflowed = false;
    while (t < end) {
      const R remaining = end - t;
      // Equal steps for the rest of the way: no last step of next to nothing.
      const R share = remaining / proposed;
      const bool last = !(share > R(1));
      const R h = last ? remaining : R(remaining / ceil(share));
      const R growth = ode::largest_entry<R>(state_) / std::max<R>(first_size, R(1));
      if (growth > R(1 << 30) && h * R(1 << 30) < largest) throw_blow_up(t);
      if (!last && !(h > floor)) {
        if (overflowed) throw_blow_up(t);
        throw ode::StepCollapse(fmt::format(
            "The step size collapsed at t = {:.6g}: the tolerance cannot be kept in this precision.",
            real::to_double<R>(t)));
      }
      expect(last ? 1 : std::ceil(real::to_double<R>(share)));
      attempt(h);
      overflowed = out_of_range(next_);
      const R excess = overflowed ? R(0) : estimate(h, rtol);
      if (overflowed || !(excess <= R(1))) {
        proposed = overflowed || !real::Backend<R>::finite(excess) ? R(h / R(8)) : R(h * change(excess));
        continue;
      }
      accept(h);
      t = last ? end : R(t + h);
      largest = std::max<R>(largest, h);
      proposed = h * change(excess);
    }
  }

  /// By what the error relative to the tolerance says: 0.9 excess^(-1/order), between 1/5 and 5.
  R change(const R& excess) const {
    using std::pow;
    if (!(excess > R(0))) return R(5);
    const R factor = real::ratio<R>(9, 10) * pow(excess, R(R(-1) / R(method_.order)));
    return std::min<R>(R(5), std::max<R>(R(1) / R(5), factor));
  }

  /// 2/5 of the step at which (a h)^(p+1)/(p+1)! meets the tolerance, a = |h'|/|h|, which is what a linear
  /// equation would ask for: a first step that is rejected costs more than one that is short.
  R first_step(const R& rtol) {
    using std::pow;
    reserve();
    evaluate(0, state_, 0);
    const R size = ode::largest_entry<R>(state_), rate = largest_of(0);
    started_ = true;
    if (!real::Backend<R>::finite(rate)) throw_blow_up(R(0));
    if (!(size > R(0)) || !(rate > R(0))) return network_.horizon;
    R factorial(1);
    for (int k = 2; k <= method_.order + 1; ++k) factorial *= R(k);
    const R step = size / rate * pow(R(rtol * factorial), R(R(1) / R(method_.order + 1)));
    return std::min<R>(network_.horizon, R(real::ratio<R>(2, 5) * step));
  }

  /// phi and phi' at y into a block, and the slope s W phi(y).
  void evaluate(Index block, const Matrix<R>& y, std::size_t stage) {
    const Index size = y.size();
    phi_.value_and_derivative(y.data(), active_.data() + block * size, slope_.data() + block * size, size);
    linalg::multiply_columns<R>(slope_of(stage), scale_, network_.theta.W, active(block, 1));
    ++products_;
  }

  /// The stages of a step of size h from state_; next_ is where it leads.
  void attempt(const R& h) {
    reserve();
    const Index base = stages(), beyond = base + blocks_a_step();
    Index place = base;
    for (std::size_t i = 0; i < method_.b.size(); ++i) {
      const bool counts = std::binary_search(method_.needed.begin(), method_.needed.end(), i);
      const Index block = counts ? place++ : beyond;
      if (i == 0) {
        if (!started_) evaluate(block, state_, 0);
        started_ = true;
        continue;
      }
      stage_ = state_;
      const std::vector<R> factors = times<R>(h, method_.a[i]);
      add_slopes(stage_, factors);
      evaluate(block, stage_, i);
    }
    if (method_.reuses_last) {
      next_ = stage_;
    } else {
      next_ = state_;
      add_slopes(next_, times<R>(h, method_.b));
    }
  }

  void accept(const R& h) {
    steps_.push_back(h);
    state_.swap(next_);
    started_ = method_.reuses_last;
    if (started_) std::copy_n(slope_of(method_.b.size() - 1).data, state_.size(), slopes_.data());
  }

  /// The estimate relative to what is allowed, the largest over all columns.
  R estimate(const R& h, const R& rtol) {
    using std::abs;
    error_.setConstant(R(0));
    add_slopes(error_, times<R>(h, method_.error));
    const Index n = state_.rows();
    const R share = rtol / R(static_cast<int>(n));
    R worst(0);
    for (Index j = 0; j < samples_; ++j) {
      const R allowed = rtol * (largest(state_.data() + j * n, n) + h * largest(slopes_.data() + j * n, n)) +
                        share * whole_;
      const R error = largest(error_.data() + j * n, n);
      if (!real::Backend<R>::finite(error)) return error;
      if (error > R(0)) worst = std::max<R>(worst, R(error / allowed));
    }
    return worst;
  }

  void add_slopes(Matrix<R>& to, const std::vector<R>& factors) const {
    linalg::add_combination<R>({to.data(), to.rows(), to.cols()}, slopes_.data(), factors.data(),
                               static_cast<Index>(factors.size()));
  }

  /// That so many steps are still to come, as far as is known: room for them is made at once, because what
  /// lies there already is copied each time. Not for more than eight times the steps so far, since the first
  /// ones say little.
  void expect(double steps) {
    const double most = 8 * static_cast<double>(steps_.size() + 1);
    expected_ = static_cast<Index>(std::min(steps, most));
  }

  /// Room for the blocks of the steps that are expected, and of one at least.
  void reserve() {
    const auto with = [this](Index steps) {
      return (stages() + steps * blocks_a_step() + 1) * state_.size();
    };
    const Index wanted = with(1);
    if (wanted <= std::min(active_.size(), slope_.size())) return;
    if (wanted > most_numbers)
      throw ode::StepCollapse(
          fmt::format("The stages of {} steps do not fit into memory: the tolerance is too tight "
                      "for a gradient of the discretised model.",
                      steps_.size()));
    const Index size = std::max(wanted, std::min(with(expected_), most_numbers));
    // The block behind the stages may be the next step's first.
    const Index used = std::min(with(0), std::min(active_.size(), slope_.size()));
    active_.grow(used, size);
    slope_.grow(used, size);
  }

  linalg::MutableColumns<R> slope_of(std::size_t stage) {
    return {slopes_.data() + static_cast<Index>(stage) * state_.size(), state_.rows(), samples_};
  }
  R largest_of(std::size_t stage) { return largest(slope_of(stage).data, state_.size()); }

  /// Largest modulus; infinity where there is one that is no finite number.
  static R largest(const R* x, Index size) {
    using std::abs;
    R top(0);
    for (Index k = 0; k < size; ++k) {
      const R modulus = abs(x[k]);
      if (!(modulus <= top)) top = modulus;
    }
    return real::Backend<R>::finite(top) ? top : R(R(1) / R(0));
  }
  static bool out_of_range(const Matrix<R>& y) {
    return !(largest(y.data(), y.size()) <= real::from_double<R>(0x1p1000));
  }
  [[noreturn]] static void throw_blow_up(const R& t) {
    throw ode::BlowUp(
        fmt::format("The solution of the ODE blows up near t = {:.6g}.", real::to_double<R>(t)));
  }

  static constexpr Index most_numbers = Index(1) << 28;

  const Network<R>& network_;
  const Coefficients<R>& method_;
  const activation::Functions<R>& phi_;
  R scale_;
  Index samples_;
  Matrix<R> state_, next_, stage_, error_;
  Row<R> slopes_;          ///< K_1, ..., K_s of one step, one after the other
  Row<R> active_, slope_;  ///< phi(Y) and phi'(Y), block after block
  std::vector<R> steps_;
  Index expected_ = 1;    ///< steps still to come
  bool started_ = false;  ///< the first stage of the step from state_ is known
  long products_ = 0;
  R whole_ = linalg::frobenius_norm<R>(state_).value();
};

/// The same steps backwards from lambda_T.
template <Real R>
class Backward {
 public:
  Backward(const Network<R>& network, const Coefficients<R>& method, const Tape<R>& tape,
           const Matrix<R>& last)
      : network_(network), method_(method), tape_(tape), rows_(last.rows()), size_(last.size()) {
    const Index q = tape.blocks_a_step();
    derivatives_.grow(0, (q + 1) * size_);
    std::copy_n(last.data(), size_, derivative(q).data);
    factors_.resize(static_cast<std::size_t>(q) + 1);
  }

  /// `use(k, kappa)` for each step k from the last to the first, with the kappas of its stages, block by
  /// block, in kappa_of(k).
  template <class Place, class Use>
  void run(const Place& kappa_of, const Use& use) {
    for (std::size_t k = tape_.steps().size(); k-- > 0;) {
      R* const kappa = kappa_of(static_cast<Index>(k));
      step(k, kappa);
      use(static_cast<Index>(k), linalg::Columns<R>{kappa, rows_, tape_.blocks_a_step() * tape_.block()});
    }
  }
  Matrix<R> lambda() const {
    Matrix<R> out(rows_, tape_.block());
    std::copy_n(derivatives_.data() + tape_.blocks_a_step() * size_, size_, out.data());
    return out;
  }

  long products = 0;

 private:
  void step(std::size_t k, R* kappa) {
    const std::vector<std::size_t>& stages = method_.needed;
    const Index q = tape_.blocks_a_step();
    const R& h = tape_.steps()[k];
    for (Index p = q; p-- > 0;) {
      const std::size_t i = stages[static_cast<std::size_t>(p)];
      for (Index r = p + 1; r < q; ++r)
        factors_[static_cast<std::size_t>(r)] = h * method_.a[stages[static_cast<std::size_t>(r)]][i];
      factors_[static_cast<std::size_t>(q)] = h * method_.b[i];
      differentiate({kappa + p * size_, rows_, tape_.block()}, p, tape_.slope(static_cast<Index>(k) * q + p));
    }
    std::fill(factors_.begin(), factors_.end(), R(1));
    linalg::add_combination<R>(derivative(q), derivatives_.data(), factors_.data(), q);
  }

  /// kappa of stage p from the derivatives behind it, and mu from kappa.
  void differentiate(linalg::MutableColumns<R> kappa, Index p, const R* slope) {
    const Index q = tape_.blocks_a_step();
    std::fill_n(kappa.data, size_, R(0));
    linalg::add_combination<R>(kappa, derivatives_.data() + (p + 1) * size_, factors_.data() + p + 1, q - p);
    const linalg::MutableColumns<R> mu = derivative(p);
    linalg::transpose_multiply_columns<R>(mu, network_.hidden_scale(), network_.theta.W, kappa);
    ++products;
    for (Index e = 0; e < size_; ++e) mu.data[e] *= slope[e];
  }

  linalg::MutableColumns<R> derivative(Index p) {
    return {derivatives_.data() + p * size_, rows_, tape_.block()};
  }

  const Network<R>& network_;
  const Coefficients<R>& method_;
  const Tape<R>& tape_;
  Index rows_, size_;
  Row<R> derivatives_;  ///< mu of the stages of one step, and lambda as the last
  std::vector<R> factors_;
};

}  // namespace

template <real::Floating R>
StageFactors<R> differentiate_stages(const Network<R>& network, const ode::Tableau& method,
                                     const Stepping<R>& stepping, const Matrix<R>& start,
                                     const Matrix<R>& c) {
  const Coefficients<R> rounded(method);
  Tape<R> tape(network, rounded, start);
  tape.run(stepping);
  Backward<R> back(network, rounded, tape, final_adjoint<R>(network, tape.state(), c));
  StageFactors<R> out;
  const Index cols = tape.stages() * tape.block(), a_step = tape.blocks_a_step() * start.size();
  out.left.resize(start.rows(), cols);
  out.right.resize(start.rows(), cols);
  std::copy_n(tape.active(0, tape.stages()).data, out.right.size(), out.right.data());
  back.run([&](Index k) { return out.left.data() + k * a_step; }, [](Index, linalg::Columns<R>) {});
  out.ends = {tape.state(), back.lambda(), tape.products(), back.products};
  return out;
}

StageSum sum_stages(const Network<double>& network, const ode::Tableau& method,
                    const Stepping<double>& stepping, const Matrix<double>& start, const Matrix<double>& c) {
  const Coefficients<double> rounded(method);
  Tape<double> tape(network, rounded, start);
  tape.run(stepping);
  Backward<double> back(network, rounded, tape, final_adjoint<double>(network, tape.state(), c));
  StageSum out;
  out.W.setZero(start.rows(), start.rows());
  const Index blocks = tape.blocks_a_step();
  Row<double> kappa;
  kappa.grow(0, blocks * start.size());
  back.run([&](Index) { return kappa.data(); },
           [&](Index k, linalg::Columns<double> left) {
             linalg::add_multiply_transpose<double>(out.W, network.hidden_scale(), left,
                                                    tape.active(k * blocks, blocks));
           });
  out.ends = {tape.state(), back.lambda(), tape.products(), back.products};
  return out;
}

#define GRONWALL_INSTANTIATE(...)                                                     \
  template StageFactors<__VA_ARGS__> differentiate_stages<__VA_ARGS__>(               \
      const Network<__VA_ARGS__>&, const ode::Tableau&, const Stepping<__VA_ARGS__>&, \
      const Matrix<__VA_ARGS__>&, const Matrix<__VA_ARGS__>&);
GRONWALL_FOR_EACH_FLOATING(GRONWALL_INSTANTIATE)

}  // namespace gronwall::model::detail
