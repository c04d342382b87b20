#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include <gronwall/gaussian/expectation.hpp>
#include <gronwall/kernel/definite.hpp>
#include <gronwall/linalg/certified.hpp>
#include <gronwall/real/error.hpp>
#include <gronwall/real/escalation.hpp>

namespace gronwall::kernel {

using activation::Activation;
using Eigen::Index;
using real::Precision;

namespace {

Rational product(const RationalVector& x, const RationalVector& y) {
  Rational sum = 0;
  for (std::size_t k = 0; k < x.size(); ++k) sum += x[k] * y[k];
  return sum;
}

/// A number >= 0 that multiplies a positive semidefinite matrix, replaced by the least that it may be.
Ball least(const Ball& x) { return real::max(Ball(0), x.lower()); }

/// Both sums of the documentation: the terms of one entry.
struct Sums {
  Ball value, slope;
};

/// What multiplies C^m in entry (i, j), and what multiplies cos^m in C'.
struct Weights {
  std::vector<Ball> covariance, projection;
};

/// For all pairs, if all inputs have one law: lower ends of squares.
Weights squares(const std::vector<Ball>& a, const std::vector<Ball>& b) {
  const auto square = [](const Ball& x) {
    const Ball size = x.least_modulus();
    return (size * size).lower();
  };
  Weights out;
  std::transform(a.begin(), a.end(), std::back_inserter(out.covariance), square);
  std::transform(b.begin(), b.end(), std::back_inserter(out.projection), square);
  return out;
}

Weights products(const std::vector<Ball>& a, const std::vector<Ball>& a_bar, const std::vector<Ball>& b,
                 const std::vector<Ball>& b_bar) {
  const auto times = [](const Ball& x, const Ball& y) { return x * y; };
  Weights out;
  std::transform(a.begin(), a.end(), a_bar.begin(), std::back_inserter(out.covariance), times);
  std::transform(b.begin(), b.end(), b_bar.begin(), std::back_inserter(out.projection), times);
  return out;
}

Ball evaluate(const std::vector<Ball>& c, const Ball& x) {
  Ball sum;
  for (std::size_t k = c.size(); k-- > 0;) sum = sum * x + c[k];
  return sum;
}

Sums sums(const std::vector<Ball>& w, const Ball& c) {
  Sums out;
  Ball power(1), below(0);  // c^m and m c^{m-1}
  for (const Ball& weight : w) {
    if (!weight.is_zero()) {
      out.value += weight * power;
      out.slope += weight * below;
    }
    below = below * c + power;
    power *= c;
  }
  return out;
}

/// a_m(q_T) of one input.
std::vector<Ball> coefficients(const Activation& phi, const HiddenLaw& law, unsigned terms) {
  if (less(Ball(0), law.variance) == Truth::yes) return covariance_coefficients(phi, law.variance, terms);
  if (!law.variance.is_zero()) throw PrecisionError("The variance of h_T was not separated from 0.");
  // u_T = 0: phi(u_T) is the constant phi(0), and all of its covariances are 0.
  std::vector<Ball> out(terms, Ball(0));
  if (terms > 0) out[0] = phi.in<Ball>().value(Ball(0));
  return out;
}

}  // namespace

linalg::Matrix<Ball> loewner_below(const Limit<Ball>& limit, const linalg::Matrix<Ball>& gram,
                                   const std::vector<HiddenLaw>& laws, Part part, unsigned terms) {
  const Index n = gram.rows();
  const bool one_law = laws.size() == 1;
  if (gram.cols() != n || (!one_law && static_cast<Index>(laws.size()) != n))
    throw DomainError("A lower bound needs a square Gram matrix and one law, or one for each input.");
  std::vector<std::vector<Ball>> a;
  for (const HiddenLaw& law : laws) a.push_back(coefficients(limit.phi, law, terms));
  const Ball s0 = least(limit.input_scale), sigma = least(limit.sigma_w * limit.sigma_w),
             output = part == Part::nngp ? Ball(1) : least(limit.sigma_v * limit.sigma_v);
  Weights w;
  if (one_law) w = squares(a[0], laws[0].projections);
  linalg::Matrix<Ball> out(n, n);
  for (Index j = 0; j < n; ++j)
    for (Index i = j; i < n; ++i) {
      const auto at = static_cast<std::size_t>(i), bar = static_cast<std::size_t>(j);
      if (!one_law) w = products(a[at], a[bar], laws[at].projections, laws[bar].projections);
      const Ball norms = one_law || i == j ? gram(i, i) : real::sqrt(gram(i, i) * gram(j, j));
      // The direction of an input 0 is not defined, and its projections with m > 0 are 0.
      const Ball cosine = i == j ? Ball(1) : norms.is_zero() ? Ball(0) : gram(i, j) / norms;
      const Ball from_input = s0 * gram(i, j);
      const Ball from_layers = sigma * evaluate(w.projection, cosine);
      const Ball c = from_input + from_layers;
      const Sums s = sums(w.covariance, c);
      Ball entry;
      switch (part) {
        case Part::nngp:
        case Part::v:
          entry = s.value;
          break;
        case Part::W:
          entry = from_layers * s.slope;
          break;
        case Part::U:
          entry = from_input * s.slope;
          break;
        case Part::all:
          entry = s.value + c * s.slope;
          break;
      }
      out(i, j) = out(j, i) = output * entry;
    }
  return out;
}

Ball gershgorin_below(const std::vector<Ball>& weights, long count, const Ball& r) {
  if (count < 1 || leq(Ball(0), r) != Truth::yes || leq(r, Ball(1)) != Truth::yes)
    throw DomainError("Gershgorin's bound needs N >= 1 and correlations of at most 1.");
  Ball sum, power(1);
  for (const Ball& w : weights) {
    if (leq(Ball(0), w) != Truth::yes) throw DomainError("Gershgorin's bound needs weights >= 0.");
    const Ball factor = (Ball(1) - Ball(static_cast<int>(count) - 1) * power).lower();
    sum += (w * real::max(Ball(0), factor)).lower();
    power *= r;
  }
  return sum.lower();
}

namespace {

/// How hard each round tries, one for each working precision.
struct Effort {
  long steps;
  unsigned coefficients, terms;
  long law_bits;  ///< to which q_T should be known
};
constexpr std::array<Effort, real::escalation.size()> efforts{
    {{16, 64, 48, 8}, {32, 96, 96, 10}, {64, 128, 192, 12}, {128, 192, 320, 14}, {128, 256, 480, 16}}};

using Law = std::function<HiddenLaw(const Limit<Ball>&, const Ball& square_norm, const Effort&)>;
/// The whole matrix, enclosed, if it can be had.
using Whole =
    std::function<linalg::Approximation<Ball>(const Limit<Ball>&, const linalg::Matrix<Ball>& gram, Part)>;
using LimitAtPrecision = std::function<Limit<Ball>()>;

/// The laws of the distinct norms, computed again only where they are too wide for what is asked.
class Laws {
 public:
  Laws(Law law, const Inputs& inputs) : law_(std::move(law)) {
    for (const RationalVector& x : inputs.points) {
      const Rational square = inputs.normalised ? Rational(1) : product(x, x);
      const auto found = std::find(squares_.begin(), squares_.end(), square);
      which_.push_back(static_cast<std::size_t>(found - squares_.begin()));
      if (found == squares_.end()) squares_.push_back(square);
    }
    known_.resize(squares_.size());
  }

  std::size_t count() const { return squares_.size(); }
  /// One law, or one for each input.
  std::vector<HiddenLaw> at(const Limit<Ball>& limit, std::size_t round) {
    for (std::size_t k = 0; k < squares_.size(); ++k) {
      if (known_[k] && known_[k]->variance.relative_bits() >= efforts[round].law_bits) continue;
      // No more than 16 bits are wanted of a law, and the midpoint rule gives few more.
      const Precision guard(40);
      known_[k] = law_(limit, real::from_rational<Ball>(squares_[k]), efforts[round]);
    }
    if (known_.size() == 1) return {*known_.front()};
    std::vector<HiddenLaw> out;
    for (const std::size_t k : which_) out.push_back(*known_[k]);
    return out;
  }

 private:
  Law law_;
  std::vector<Rational> squares_;
  std::vector<std::size_t> which_;
  std::vector<std::optional<HiddenLaw>> known_;
};

Ball unknown() { return Ball(1) / Ball(0); }

/// h_T = U x.
bool is_frozen(const Limit<Ball>& limit) { return limit.sigma_w.is_zero() || limit.horizon.is_zero(); }

/// From the test vector that `smallest_eigenvalue` finds; none where the enclosure is too wide to say
/// anything.
Ball above(const linalg::Approximation<Ball>& whole) {
  return linalg::smallest_eigenvalue<Ball>(whole.value, whole.error).upper();
}

/// A polynomial's series ends, and with it the gain from more precision. With several laws the radii of q_T
/// are what limits the bound, and each law costs the same again.
std::size_t rounds(const Activation& phi, std::size_t norms) {
  if (phi.degree() || norms > 1) return norms > 8 ? 2 : 3;
  return efforts.size();
}

Definiteness decide(const LimitAtPrecision& limit_now, const Inputs& inputs, Part part, const Law& law,
                    const Whole& whole) {
  Definiteness out;
  out.above = unknown();
  limit_now().check();
  if (auto found = singular(limit_now(), inputs, part)) {
    out.definite = Truth::no;
    out.reason = std::move(found->reason);
    out.null_vector = std::move(found->null_vector);
    out.above = Ball(0);
    return out;
  }
  if (!limit_now().phi.smooth()) {
    out.reason = fmt::format("No lower bound is known for the kernels of {}, which has kinks.",
                             limit_now().phi.name());
    return out;
  }
  Laws laws(law, inputs);
  const std::size_t last = rounds(limit_now().phi, laws.count());
  for (std::size_t round = 0; round < last; ++round) {
    const Precision precision(out.bits = real::escalation[round]);
    const Limit<Ball> limit = limit_now();
    try {
      const std::vector<HiddenLaw> known = laws.at(limit, round);
      const linalg::Matrix<Ball> gram = inputs.gram<Ball>();
      const unsigned terms = efforts[round].terms + 2 * static_cast<unsigned>(std::min(inputs.count(), 200L));
      const Ball smallest = linalg::smallest_eigenvalue<Ball>(loewner_below(limit, gram, known, part, terms));
      if (smallest.known()) out.below = real::max(out.below, smallest.lower());
      if (less(Ball(0), out.below) == Truth::yes) {
        out.definite = Truth::yes;
        out.reason = fmt::format(
            "{} Hermite terms bound the smallest eigenvalue of {} from below by {:.4g} ({} bits).", terms,
            name(part), real::to_double<Ball>(out.below), out.bits);
        if (whole) out.above = above(whole(limit, gram, part));
        return out;
      }
      out.reason =
          fmt::format("No positive lower bound of the smallest eigenvalue of {} was found.", name(part));
    } catch (const PrecisionError& error) {
      out.reason = error.what();
    }
  }
  return out;
}

Law ode_law() {
  return [](const Limit<Ball>& limit, const Ball& square_norm, const Effort& effort) {
    return hidden_law_ode(limit, square_norm, effort.steps, effort.coefficients);
  };
}

Law resnet_law(long depth) {
  return [depth](const Limit<Ball>& limit, const Ball& square_norm, const Effort& effort) {
    return hidden_law_resnet(limit, square_norm, depth, effort.coefficients);
  };
}

/// The recursion over layers. Where h_T = U x, one layer says all.
Whole recursion(const Limit<Ball>& limit, const Inputs& inputs, std::optional<long> depth) {
  if (is_frozen(limit)) depth = 1;
  constexpr long most = 20000;  // pairs of inputs and pairs of layers
  if (!depth || *depth > 100 || inputs.count() > 100 ||
      *depth * *depth * inputs.count() * inputs.count() > most)
    return {};
  return [depth](const Limit<Ball>& now, const linalg::Matrix<Ball>& gram, Part part) {
    const InfiniteKernel<Ball> found = infinite_resnet<Ball>(now, gram, *depth);
    switch (part) {
      case Part::nngp:
        return found.nngp;
      case Part::v:
        return found.kernel.v;
      case Part::W:
        return found.kernel.W;
      case Part::U:
        return found.kernel.U;
      case Part::all:
        break;
    }
    return found.kernel.sum();
  };
}

}  // namespace

Definiteness kernel_definite(const Limit<Ball>& limit, const Inputs& inputs, Part part) {
  return decide([&] { return limit; }, inputs, part, ode_law(), recursion(limit, inputs, std::nullopt));
}

Definiteness kernel_definite(const Limit<Ball>& limit, const Inputs& inputs, long depth, Part part) {
  return decide([&] { return limit; }, inputs, part, resnet_law(depth), recursion(limit, inputs, depth));
}

Definiteness sigma_star_definite(const Activation& phi, const Rational& variance, const Inputs& inputs) {
  const auto limit = [&] {
    return Limit<Ball>{phi, Ball(1), Ball(1), real::from_rational<Ball>(variance), Ball(0)};
  };
  return decide(limit, inputs, Part::nngp, ode_law(), recursion(limit(), inputs, std::nullopt));
}

}  // namespace gronwall::kernel
