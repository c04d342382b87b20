#include "tangent_lanes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include <gronwall/activation/activation.hpp>
#include <gronwall/linalg/product.hpp>
#include <gronwall/real/threads.hpp>

#include "../linalg/aligned.hpp"
#include "../linalg/lanes.hpp"

namespace gronwall::kernel::detail {

namespace {

namespace lanes = linalg::lanes;
using Eigen::Index;
using linalg::detail::AlignedDoubles;
constexpr double roundoff = std::numeric_limits<double>::epsilon() / 2;

/// Numbers from whose squares sums can be taken, and a norm from them.
struct OutOfRange {};
double root(double squares) {
  if (!(squares < 1e300) || (squares > 0 && squares < 1e-240)) throw OutOfRange();
  return std::sqrt(squares);
}

/// Samples by blocks of lanes.
struct Shape {
  Index n, samples, chunk, blocks, depth;

  Shape(const model::ResNet<double>& model, Index N)
      : n(model.network().width()),
        samples(N),
        chunk(lanes::chunk()),
        blocks((N + chunk - 1) / chunk),
        depth(model.depth()) {}

  Index block() const { return n * chunk; }
  /// From one block to the next: not a power of 2 for the caches' sake.
  Index stride() const { return block() + chunk; }
  Index lanes_of(Index c) const { return std::min(chunk, samples - c * chunk); }
};

/// The blocks of all layers: `of(c, l)`.
class Layers {
 public:
  Layers(double* numbers, const Shape& shape, Index terms)
      : numbers_(numbers), shape_(shape), terms_(terms) {}
  static Index size(const Shape& shape, Index terms) { return shape.blocks * terms * shape.stride(); }

  double* of(Index c, Index l) const { return numbers_ + (c * terms_ + l) * shape_.stride(); }
  Index terms() const { return terms_; }

 private:
  double* numbers_;
  Shape shape_;
  Index terms_;
};

/// Sums over the samples there are, of what a kernel gives lane by lane.
template <class Kernel>
double sum_of_lanes(const Shape& shape, Index c, const Kernel& kernel) {
  double lane[lanes::longest_chunk];
  kernel(lane);
  double sum = 0;
  for (Index j = 0; j < shape.lanes_of(c); ++j) sum += lane[j];
  return sum;
}
double squares(const Shape& shape, Index c, const double* x) {
  return sum_of_lanes(shape, c, [&](double* sums) { lanes::squares(x, shape.n, sums); });
}
double top(const Shape& shape, Index c, const double* x) {
  double lane[lanes::longest_chunk];
  lanes::tops(x, shape.n, lane);
  return *std::max_element(lane, lane + shape.lanes_of(c));
}

/// As model/resnet.cpp has it.
double layer_rounding(long n) { return roundoff * static_cast<double>(n + 8); }

/// Both passes, and what they leave behind.
class Passes {
 public:
  Passes(const model::ResNet<double>& model, const Matrix<double>& X, const Shape& shape)
      : model_(model),
        network_(model.network()),
        shape_(shape),
        phi_(network_.phi.in<double>()),
        step_(network_.horizon / static_cast<double>(shape.depth) * network_.hidden_scale()),
        rounding_(layer_rounding(network_.width())),
        numbers_(2 * Layers::size(shape, shape.depth) + 4 * shape.blocks * shape.stride()),
        left_(numbers_.data(), shape, shape.depth),
        right_(numbers_.data() + Layers::size(shape, shape.depth), shape, shape.depth),
        state_(right_.of(shape.blocks, 0), shape, 1),
        adjoint_(state_.of(shape.blocks, 0), shape, 1),
        active_(adjoint_.of(shape.blocks, 0), shape, 1),
        change_(active_.of(shape.blocks, 0)) {
    forwards(X);
    backwards();
  }

  const Layers& left() const { return left_; }    ///< lambda^1, ..., lambda^L
  const Layers& right() const { return right_; }  ///< phi(h^0), ..., phi(h^{L-1})
  const Layers& active() const { return active_; }
  const Layers& adjoint() const { return adjoint_; }
  double active_error() const { return active_error_; }
  double adjoint_error() const { return adjoint_error_; }
  double factor_error() const { return factor_error_; }
  double scale_W() const { return step_; }

 private:
  struct Layer {
    double error = 0;   ///< of h^l
    double slope = 0;   ///< the largest |phi'(h^l)|
    double active = 0;  ///< the norm of phi(h^l)
  };

  void activate(double* h, double* active, double* slope) const {
    constexpr Index together = 4096;
    real::for_each_piece(shape_.block(), together, [&](Index first, Index count) {
      phi_.value_and_derivative(h + first, active + first, slope + first, count);
    });
  }
  double growth(const Layer& layer) const { return 1 + std::abs(step_) * model_.weight_norm() * layer.slope; }

  void forwards(const Matrix<double>& X) {
    const Matrix<double> start = model::initial_state<double>(network_, X);
    double size = 0;
    for (Index c = 0; c < shape_.blocks; ++c) {
      lanes::from_columns(state_.of(c, 0), start.data(), shape_.n, shape_.samples, c * shape_.chunk);
      size += squares(shape_, c, state_.of(c, 0));
    }
    layers_.resize(static_cast<std::size_t>(shape_.depth) + 1);
    layers_[0].error = layer_rounding(network_.inputs()) * network_.input_scale() *
                       linalg::frobenius_norm<double>(network_.theta.U).value() *
                       linalg::frobenius_norm<double>(X).value();
    for (Index l = 0; l < shape_.depth; ++l) size = layer(l, root(size));
    size = 0;
    Layer& last = layers_.back();
    for (Index c = 0; c < shape_.blocks; ++c) {
      activate(state_.of(c, 0), active_.of(c, 0), adjoint_.of(c, 0));
      measure(last, c, active_.of(c, 0), adjoint_.of(c, 0), size);
    }
    last.active = root(size);
    active_error_ = last.slope * last.error + layer_rounding(0) * last.active;
  }

  void measure(Layer& layer, Index c, const double* active, const double* slope, double& size) const {
    layer.slope = std::max(layer.slope, top(shape_, c, slope));
    size += squares(shape_, c, active);
  }

  /// From h^l, of norm `size`, to h^{l+1}; its squares.
  double layer(Index l, double size) {
    Layer& here = layers_[static_cast<std::size_t>(l)];
    double squares_of_active = 0, next = 0;
    for (Index c = 0; c < shape_.blocks; ++c) {
      double* const h = state_.of(c, 0);
      // The slope stays where the adjoint will be.
      activate(h, right_.of(c, l), left_.of(c, l));
      measure(here, c, right_.of(c, l), left_.of(c, l), squares_of_active);
      lanes::product(change_, network_.theta.W.data(), shape_.n, shape_.n, false, right_.of(c, l));
      next += sum_of_lanes(shape_, c,
                           [&](double* sums) { lanes::step_forwards(h, change_, step_, shape_.n, sums); });
    }
    here.active = root(squares_of_active);
    layers_[static_cast<std::size_t>(l) + 1].error =
        here.error * growth(here) +
        rounding_ * (size / 8 + std::abs(step_) * model_.weight_frobenius_norm() * here.active);
    return next;
  }

  void backwards() {
    const double curvature = phi_.derivative_lipschitz(), last_error = layers_.back().error;
    double largest_v = 0, size = 0;
    for (Index i = 0; i < shape_.n; ++i) largest_v = std::max(largest_v, std::abs(network_.theta.v(i, 0)));
    for (Index c = 0; c < shape_.blocks; ++c) {
      start(c);
      size += squares(shape_, c, adjoint_.of(c, 0));
    }
    double norm = root(size);
    double error = rounding_ * norm + std::abs(network_.output_scale()) * largest_v * curvature * last_error;
    for (Index l = shape_.depth; l-- > 0;) {
      const Layer& below = layers_[static_cast<std::size_t>(l)];
      const double active_error = below.slope * below.error + layer_rounding(0) * below.active;
      factor_error_ += error * below.active + norm * active_error;
      const double reach = std::abs(step_) * model_.weight_norm() * norm;
      error = error * growth(below) + reach * curvature * below.error +
              rounding_ * (norm / 8 + std::abs(step_) * model_.weight_frobenius_norm() * norm * below.slope);
      size = 0;
      for (Index c = 0; c < shape_.blocks; ++c) {
        double* const lambda = adjoint_.of(c, 0);
        lanes::product(change_, network_.theta.W.data(), shape_.n, shape_.n, true, lambda);
        size += sum_of_lanes(shape_, c, [&](double* sums) {
          lanes::step_backwards(lambda, change_, left_.of(c, l), step_, shape_.n, sums);
        });
      }
      norm = root(size);
    }
    adjoint_error_ = error;
  }

  /// lambda^L out of phi'(h^L), which is in its place; 0 where there is no sample.
  void start(Index c) const {
    double* const lambda = adjoint_.of(c, 0);
    const double scale = network_.output_scale();
    for (Index i = 0; i < shape_.n; ++i) {
      const double v = scale * network_.theta.v(i, 0);
      double* const row = lambda + i * shape_.chunk;
      for (Index j = 0; j < shape_.chunk; ++j) row[j] = j < shape_.lanes_of(c) ? row[j] * v : 0;
    }
  }

  const model::ResNet<double>& model_;
  const model::Network<double>& network_;
  Shape shape_;
  const activation::Functions<double>& phi_;
  double step_, rounding_;
  AlignedDoubles numbers_;  ///< of all that follow: taken and given back in one piece
  Layers left_, right_, state_, adjoint_, active_;
  double* change_;
  std::vector<Layer> layers_;
  double active_error_ = 0, adjoint_error_ = 0, factor_error_ = 0;
};

// --- K^W from the layers

/// Polynomials of degree < count on L points, orthonormal to a few roundings: each is the one before times l,
/// made orthogonal to all before it, twice. Row by row.
std::vector<double> orthonormal_polynomials(Index terms, Index count) {
  Matrix<double> rows(terms, count);
  rows.col(0).setConstant(1 / std::sqrt(static_cast<double>(terms)));
  const double middle = static_cast<double>(terms - 1) / 2;
  for (Index p = 1; p < count; ++p) {
    for (Index l = 0; l < terms; ++l)
      rows(l, p) = rows(l, p - 1) * (static_cast<double>(l) - middle) / middle;
    for (int pass = 0; pass < 2; ++pass) {
      for (Index q = 0; q < p; ++q) {
        const double along = rows.col(q).dot(rows.col(p));
        rows.col(p) -= along * rows.col(q);
      }
      rows.col(p) /= rows.col(p).norm();
    }
  }
  return {rows.data(), rows.data() + rows.size()};
}

/// sum_l |x_l|^2 of each sample.
std::vector<double> squares_by_sample(const Shape& shape, const Layers& x) {
  std::vector<double> out(static_cast<std::size_t>(shape.blocks * shape.chunk));
  double lane[lanes::longest_chunk];
  for (Index c = 0; c < shape.blocks; ++c)
    for (Index l = 0; l < x.terms(); ++l) {
      lanes::squares(x.of(c, l), shape.n, lane);
      for (Index j = 0; j < shape.chunk; ++j) out[static_cast<std::size_t>(c * shape.chunk + j)] += lane[j];
    }
  return out;
}

/// Factors Lambda Q and Phi Q in the place of Lambda and Phi.
struct Shortened {
  AlignedDoubles numbers;
  Layers left, right;
  double error;  ///< the root of the sum over samples of the squared errors of G_i
};

std::vector<double> transform(const Shape& shape, const Layers& from, const Layers& to,
                              const std::vector<double>& weights) {
  // The same pieces for any number of threads, since each sums its rest.
  constexpr Index together = 128;
  const Index pieces = (shape.n + together - 1) / together, chunk = shape.chunk;
  std::vector<double> rest(static_cast<std::size_t>(shape.blocks * chunk));
  for (Index c = 0; c < shape.blocks; ++c) {
    std::vector<double> rests(static_cast<std::size_t>(pieces * chunk));
    real::for_each_index(pieces, [&](Index k) {
      const Index first = k * together;
      lanes::transform(to.of(c, 0) + first * chunk, from.of(c, 0) + first * chunk, weights.data(),
                       from.terms(), to.terms(), std::min(together, shape.n - first), shape.stride(),
                       rests.data() + k * chunk);
    });
    for (Index k = 0; k < pieces * chunk; ++k)
      rest[static_cast<std::size_t>(c * chunk + k % chunk)] += rests[static_cast<std::size_t>(k)];
  }
  return rest;
}

Shortened shorten(const Shape& shape, const Passes& passes, const std::vector<double>& weights) {
  const Index count = static_cast<Index>(weights.size()) / shape.depth;
  const Index size = Layers::size(shape, count);
  AlignedDoubles numbers(2 * size);
  const Layers left(numbers.data(), shape, count), right(numbers.data() + size, shape, count);
  const std::vector<double> l = transform(shape, passes.left(), left, weights),
                            r = transform(shape, passes.right(), right, weights);
  const std::vector<double> all_l = squares_by_sample(shape, passes.left()),
                            all_r = squares_by_sample(shape, passes.right());
  // y_p = X q_p is off by L u |X|, all p by its root of p times as much; and with Q^T Q = I + E, |E| below
  // (L + 8) u, the product of the rests differs from what is left out by |E| |Lambda| |Phi|.
  const double rounded =
      roundoff * (2 * std::sqrt(static_cast<double>(count)) + 4) * static_cast<double>(shape.depth + 8);
  double squares_of_errors = 0;
  for (Index j = 0; j < shape.samples; ++j) {
    const std::size_t k = static_cast<std::size_t>(j);
    const double error = root(l[k]) * root(r[k]) + rounded * root(all_l[k]) * root(all_r[k]);
    squares_of_errors += error * error;
  }
  return {std::move(numbers), left, right, root(squares_of_errors)};
}

/// The first `count` of them.
std::vector<double> first_of(const std::vector<double>& weights, Index terms, Index count) {
  return {weights.begin(), weights.begin() + terms * count};
}

double sum_of(const std::vector<double>& x) { return std::accumulate(x.begin(), x.end(), 0.0); }

/// Every so manieth neuron of all layers.
void look(const Shape& shape, const Layers& from, const Shape& few, const Layers& to) {
  const Index apart = shape.n / few.n;
  for (Index c = 0; c < shape.blocks; ++c)
    for (Index l = 0; l < from.terms(); ++l)
      for (Index i = 0; i < few.n; ++i)
        std::copy_n(from.of(c, l) + i * apart * shape.chunk, shape.chunk, to.of(c, l) + i * shape.chunk);
}

/// With how many polynomials nothing is lost beyond rounding, by a look at a few neurons; none where that
/// saves too little. Only a guess: `shorten` measures what is lost.
std::vector<double> enough_polynomials(const Shape& shape, const Passes& passes) {
  const Index L = shape.depth, most = std::min<Index>(L / 2, 32);
  if (most < 6) return {};
  Shape few = shape;
  few.n = 32;
  const Index size = Layers::size(few, L);
  const AlignedDoubles numbers(4 * size);
  const Layers left(numbers.data(), few, L), right(numbers.data() + size, few, L);
  look(shape, passes.left(), few, left);
  look(shape, passes.right(), few, right);
  const double whole =
      root(sum_of(squares_by_sample(few, left))) * root(sum_of(squares_by_sample(few, right)));
  const std::vector<double> all = orthonormal_polynomials(L, most);
  for (Index count = 6; count <= most; count += 2) {
    const std::vector<double> weights = first_of(all, L, count);
    const Layers room(numbers.data() + 2 * size, few, count);
    const double l = sum_of(transform(few, left, room, weights)),
                 r = sum_of(transform(few, right, room, weights));
    if (std::sqrt(l * r) <= roundoff * whole) return weights;
  }
  return {};
}

/// Sums of terms l, m for two blocks of samples. For the same samples the second order of two different terms
/// is the first, transposed: such pairs are summed once, in `other`.
struct Tiles {
  std::vector<double> equal, other;

  explicit Tiles(Index chunk) : equal(static_cast<std::size_t>(chunk * chunk)), other(equal) {}
  void operator+=(const Tiles& more) {
    for (std::size_t k = 0; k < equal.size(); ++k) {
      equal[k] += more.equal[k];
      other[k] += more.other[k];
    }
  }
};

/// sum_{l,m} <left_l, left_m> <right_l, right_m> for all pairs of samples.
Matrix<double> contract(const Shape& shape, const Layers& left, const Layers& right) {
  const Index chunk = shape.chunk, M = left.terms(), all = shape.blocks * chunk;
  Matrix<double> K = Matrix<double>::Zero(all, all);
  for (Index c = 0; c < shape.blocks; ++c)
    for (Index d = c; d < shape.blocks; ++d) {
      std::vector<Tiles> of_term(static_cast<std::size_t>(M), Tiles(chunk));
      real::for_each_index(M, [&](Index l) {
        Tiles& tiles = of_term[static_cast<std::size_t>(l)];
        for (Index m = c == d ? l : 0; m < M; ++m)
          lanes::add_product_of_grams(c == d && l < m ? tiles.other.data() : tiles.equal.data(),
                                      left.of(c, l), left.of(d, m), right.of(c, l), right.of(d, m), shape.n);
      });
      Tiles sum(chunk);
      for (const Tiles& tiles : of_term) sum += tiles;
      const std::vector<double>&equal = sum.equal, &other = sum.other;
      for (Index i = 0; i < chunk; ++i)
        for (Index j = 0; j < chunk; ++j) {
          const auto at = [chunk](Index a, Index b) { return static_cast<std::size_t>(a * chunk + b); };
          K(c * chunk + i, d * chunk + j) = equal[at(i, j)] + (other[at(i, j)] + other[at(j, i)]);
        }
    }
  return K;
}

/// The upper triangle of what there is of samples, mirrored.
Matrix<double> symmetric(const Matrix<double>& K, Index samples) {
  Matrix<double> out(samples, samples);
  for (Index j = 0; j < samples; ++j)
    for (Index i = 0; i <= j; ++i) out(i, j) = out(j, i) = K(i, j);
  return out;
}

/// <x_i, x_j>.
Matrix<double> gram(const Shape& shape, const Layers& x) {
  const Index chunk = shape.chunk, all = shape.blocks * chunk;
  Matrix<double> K(all, all);
  std::vector<double> tile(static_cast<std::size_t>(chunk * chunk));
  for (Index c = 0; c < shape.blocks; ++c)
    for (Index d = c; d < shape.blocks; ++d) {
      std::fill(tile.begin(), tile.end(), 0.0);
      lanes::add_gram(tile.data(), x.of(c, 0), x.of(d, 0), shape.n);
      for (Index i = 0; i < chunk; ++i)
        for (Index j = 0; j < chunk; ++j)
          K(c * chunk + i, d * chunk + j) = tile[static_cast<std::size_t>(i * chunk + j)];
    }
  return symmetric(K, shape.samples);
}

double of_inner_products(double error, double size) { return 2 * error * size + error * error; }
double roundings(double count) { return roundoff * count; }

/// sum_j (sum_m |l_m| |r_m|)^2 over samples j.
double squares_of_sizes(const Shape& shape, const Layers& left, const Layers& right) {
  std::vector<double> sizes(static_cast<std::size_t>(shape.samples));
  double l[lanes::longest_chunk], r[lanes::longest_chunk];
  for (Index c = 0; c < shape.blocks; ++c)
    for (Index m = 0; m < left.terms(); ++m) {
      lanes::squares(left.of(c, m), shape.n, l);
      lanes::squares(right.of(c, m), shape.n, r);
      for (Index j = 0; j < shape.lanes_of(c); ++j)
        sizes[static_cast<std::size_t>(c * shape.chunk + j)] += std::sqrt(l[j]) * std::sqrt(r[j]);
    }
  double sum = 0;
  for (const double size : sizes) sum += size * size;
  return sum;
}

Approximation<double> output_part(const Shape& shape, const Passes& passes, double scale) {
  const Matrix<double> K = gram(shape, passes.active());
  const double square = scale * scale, size = root(K.trace());
  const double rounded = size * size * roundings(static_cast<double>(shape.n) + 16);
  return {K * square, square * (of_inner_products(passes.active_error(), size) + rounded)};
}

Approximation<double> input_part(const Shape& shape, const Passes& passes, const Matrix<double>& X,
                                 double scale) {
  Matrix<double> K = gram(shape, passes.adjoint());
  const Matrix<double> inputs = linalg::transpose_multiply<double>(X, X);
  const double longest = root(inputs.diagonal().maxCoeff());
  const double square = scale * scale, size = root(K.trace()) * longest;
  const double rounded = size * size * roundings(static_cast<double>(shape.n + X.rows()) + 16);
  K.array() *= square * symmetric(inputs, shape.samples).array();
  return {K, square * (of_inner_products(passes.adjoint_error() * longest, size) + rounded)};
}

Approximation<double> hidden_part(const Shape& shape, const Passes& passes) {
  const auto of_factors = [&](const Layers& left, const Layers& right, double factor_error) {
    Approximation<double> W{symmetric(contract(shape, left, right), shape.samples), 0};
    W.error = squares_of_sizes(shape, left, right) *
              roundings(2 * static_cast<double>(shape.n) + 2 * static_cast<double>(left.terms()) + 8);
    const double trace = std::max(W.value.trace(), 0.0) + static_cast<double>(shape.samples) * W.error;
    const double square = passes.scale_W() * passes.scale_W();
    W.error = square * (W.error + of_inner_products(factor_error, root(trace)));
    W.value *= square;
    return W;
  };
  const std::vector<double> polynomials = enough_polynomials(shape, passes);
  if (polynomials.empty()) return of_factors(passes.left(), passes.right(), passes.factor_error());
  const Shortened shortened = shorten(shape, passes, polynomials);
  return of_factors(shortened.left, shortened.right, passes.factor_error() + shortened.error);
}

bool applies(const model::ResNet<double>& model, const Matrix<double>& X) {
  const Index n = model.network().width(), chunk = lanes::chunk();
  return chunk >= 8 && n >= 192 && 4 * X.cols() >= 3 * chunk &&
         std::isfinite(model.network().phi.in<double>().derivative_lipschitz());
}

}  // namespace

std::optional<TangentKernel<double>> tangent_kernel_in_lanes(const model::ResNet<double>& model,
                                                             const Matrix<double>& X) {
  model.network().check_inputs(X);
  if (!applies(model, X)) return {};
  try {
    const Shape shape(model, X.cols());
    const Passes passes(model, X, shape);
    const model::Network<double>& f = model.network();
    return TangentKernel<double>{output_part(shape, passes, f.output_scale()), hidden_part(shape, passes),
                                 input_part(shape, passes, X, f.input_scale())};
  } catch (const OutOfRange&) {
    return {};
  }
}

}  // namespace gronwall::kernel::detail
