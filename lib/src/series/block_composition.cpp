#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include <gronwall/real/backends.hpp>
#include <gronwall/real/error.hpp>
#include <gronwall/series/block_composition.hpp>

#include "block_kernels.hpp"

namespace gronwall::series {

using kernels::chunk;

namespace {

constexpr int limb_bits = Block::limb_bits;

/// The smallest e with x <= 2^e, x >= 1.
long log2_above(std::int64_t x) {
  long e = 0;
  while ((std::int64_t{1} << e) < x) ++e;
  return e;
}

/// That a combination may have, one less for what it is added to.
constexpr std::size_t most_terms = 7;

/// An integer |x| <= 2^(28 m - 1) has m balanced digits, of which the highest is at most 2^27.
int digits_of(long log2_size, long log2_unit, int most) {
  const long bits = log2_size - log2_unit + 1;
  return static_cast<int>(std::clamp<long>((bits + limb_bits - 1) / limb_bits, 0, most));
}

/// log2 of a bound of a column: its leading two limbs that are not zeros, taken apart. -infinity's stand-in
/// where all are.
long log2_bound(const Block& a, Block::Index column, long none) {
  const auto largest = [&](int l) {
    std::int32_t out = 0;
    const std::int32_t* const digit = a.limb(l, column);
    for (Block::Index i = 0; i < a.rows(); ++i) out = std::max(out, std::abs(digit[i]));
    return std::int64_t{out};
  };
  for (int top = a.limbs(); top-- > 0;) {
    std::int64_t size = largest(top);
    if (size == 0) continue;
    size = (size << limb_bits) + (top > 0 ? largest(top - 1) : 0) + 1;
    return log2_above(size) + a.exponent(column) + static_cast<long>(limb_bits) * (top - 1 - a.limbs());
  }
  return none;
}

int digits(int limbs, int more) { return (limbs + more) * static_cast<int>(chunk); }

}  // namespace

template <real::Floating R>
FixedMatrix::FixedMatrix(const Matrix<R>& w, int limbs) : rows_(w.rows()), limbs_(limbs) {
  if (w.rows() != w.cols()) throw DomainError("A matrix of a field is not square.");
  Matrix<R> flat = w;
  flat.resize(w.size(), 1);
  const Block entries(flat, limbs);
  exponent_ = entries.exponent(0);
  const Block::Index chunks = (rows_ + chunk - 1) / chunk;
  digits_.resize(static_cast<std::size_t>(chunks * chunk_step()));
  for (Block::Index j = 0; j < rows_; ++j)
    for (Block::Index i = 0; i < rows_; ++i)
      for (int l = 0; l < limbs; ++l)
        digits_[static_cast<std::size_t>(at(i / chunk, j, l) - digits_.data() + i % chunk)] =
            entries.limb(l, 0)[j * rows_ + i];
}

const std::int32_t* FixedMatrix::at(Block::Index rows_of, Block::Index column, int l) const {
  return digits_.data() + rows_of * chunk_step() + column * column_step() + l * chunk;
}

std::ptrdiff_t FixedMatrix::column_step() const { return digits(limbs_, 0); }

BlockComposition::BlockComposition(const activation::Activation& phi, Index rows, Index cols, int most_orders,
                                   int limbs)
    : phi_(phi),
      plan_(phi, 0),
      rows_(rows),
      cols_(cols),
      chunks_((rows + chunk - 1) / chunk),
      orders_(most_orders),
      limbs_(limbs),
      one_(1, 1) {
  if (rows < 1 || cols < 1 || most_orders < 1 || limbs < 1 || limbs > most_limbs)
    throw DomainError(fmt::format("A composition of {} x {} components, {} orders and {} limbs cannot be.",
                                  rows, cols, most_orders, limbs));
  digits_.resize(offset(plan_.count, 0, 0));
  exponents_.resize(static_cast<std::size_t>(plan_.count * cols));
  raised_.resize(exponents_.size());
  wide_.resize(static_cast<std::size_t>(chunks_ * chunk * (limbs + 2)));
  extents_.resize(static_cast<std::size_t>(plan_.count * cols * most_orders));
  pairs_.resize(static_cast<std::size_t>(most_orders) + 1);
  group_ends_.resize(static_cast<std::size_t>(limbs) + 1);
  reciprocals_.emplace_back(0, limbs + 1);
  for (int k = 1; k < most_orders; ++k) reciprocals_.push_back(FixedScalar::reciprocal(k, limbs + 1));
  for (const Plan::Sum& sum : plan_.sums) {
    std::vector<FixedScalar>& of = factors_.emplace_back();
    of.emplace_back(sum.constant, limbs + 1);
    for (const Plan::Term& term : sum.terms) of.emplace_back(term.coefficient, limbs + 1);
  }
}

std::size_t BlockComposition::offset(int series, int order, Index column) const {
  return static_cast<std::size_t>((series * cols_ + column) * chunks_ * chunk_step() +
                                  static_cast<Index>(order) * digits(limbs_, 0));
}

std::ptrdiff_t BlockComposition::chunk_step() const {
  return static_cast<std::ptrdiff_t>(orders_) * digits(limbs_, 0);
}

template <real::Floating R>
void BlockComposition::start(const Matrix<R>& x) {
  if (x.rows() != rows_ || x.cols() != cols_)
    throw DomainError(fmt::format("A composition of {} x {} components was started with {} x {}.", rows_,
                                  cols_, x.rows(), x.cols()));
  const auto& f = phi_.in<R>();
  std::vector<Matrix<R>> u(static_cast<std::size_t>(plan_.variables()) - 1, Matrix<R>(rows_, cols_));
  std::vector<R> values;
  for (Index e = 0; e < x.size(); ++e) {
    f.start(x.data()[e], values);
    for (std::size_t i = 0; i < u.size(); ++i) u[i].data()[e] = values[i];
  }
  start_.assign(1, Block(x, limbs_));
  for (const Matrix<R>& function : u) start_.emplace_back(function, limbs_);
  restart();
}

void BlockComposition::start(const BlockComposition& other) {
  if (other.rows_ != rows_ || other.cols_ != cols_ || other.limbs_ != limbs_ ||
      other.phi_.name() != phi_.name())
    throw DomainError("A composition was started like one of another kind.");
  start_ = other.start_;
  restart();
}

void BlockComposition::restart() {
  if (start_.empty()) throw DomainError("A composition cannot restart before its start.");
  std::fill(exponents_.begin(), exponents_.end(), unset);
  std::fill(raised_.begin(), raised_.end(), 0);
  bits_raised_ = 0;
  for (std::size_t v = 0; v < start_.size(); ++v) begin(static_cast<int>(v), start_[v]);
  known_ = 1;
  ended_ = false;
  algebra(0);
}

void BlockComposition::begin(int series, const Block& from) {
  for (Index j = 0; j < cols_; ++j) {
    std::int32_t* const to = at(series, 0, j);
    for (Index c = 0; c < chunks_; ++c)
      for (int l = 0; l < limbs_; ++l)
        std::copy_n(from.limb(l, j) + c * chunk, chunk, to + c * chunk_step() + l * chunk);
    repeat_first_row(series, 0, j);
    const long size = log2_bound(from, j, unset);
    exponent(series, j) = size == unset ? unset : from.exponent(j);
    extent(series, 0, j) = {size, size == unset ? 0 : limbs_};
  }
}

/// Entries beyond the last row repeat the first, so that they have its size.
void BlockComposition::repeat_first_row(int series, int order, Index column) {
  std::int32_t* const first = at(series, order, column);
  for (Index i = rows_; i < chunks_ * chunk; ++i)
    for (int l = 0; l < limbs_; ++l)
      first[i / chunk * chunk_step() + l * chunk + i % chunk] = first[l * chunk];
}

void BlockComposition::read(int series, int order, Block& out) const {
  out.resize(rows_, cols_, limbs_);
  for (Index j = 0; j < cols_; ++j) {
    const std::int32_t* const from = at(series, order, j);
    for (Index c = 0; c < chunks_; ++c)
      for (int l = 0; l < limbs_; ++l)
        std::copy_n(from + c * chunk_step() + l * chunk, chunk, out.limb(l, j) + c * chunk);
    out.set_exponent(j, exponent(series, j) == unset ? 0 : exponent(series, j));
  }
}

double BlockComposition::log2_largest(int series, int order, Index column) const {
  const std::int32_t* const from = at(series, order, column);
  constexpr double place = 0x1p-28;
  for (int top = extent(series, order, column).used; top-- > 0;) {
    double largest = 0;
    for (Index c = 0; c < chunks_; ++c) {
      const std::int32_t* const leading = from + c * chunk_step() + top * chunk;
      for (Index i = 0; i < chunk; ++i) {
        const double next = top > 0 ? leading[i - chunk] : 0, third = top > 1 ? leading[i - 2 * chunk] : 0;
        largest = std::max(largest, std::abs(leading[i] + place * (next + place * third)));
      }
    }
    // Below 1 the digit was 0 everywhere or all but cancelled by the next: that one is then looked at again.
    if (largest >= 1 || (largest > 0 && top == 0))
      return std::log2(largest) +
             static_cast<double>(exponent(series, column) + static_cast<long>(limb_bits) * (top - limbs_));
  }
  return -std::numeric_limits<double>::infinity();
}

/// Exponents grow by a bit more than needed, for the orders that follow.
void BlockComposition::make_room(int series, int order, Index column, long log2_size) {
  long& e = exponent(series, column);
  if (e > log2_size) return;
  const long raised = e == unset ? log2_size + 1 : log2_size + 2;
  if (e != unset && order > 0) {
    const FixedScalar shift = one_.shifted(e - raised);
    for (int k = 0; k < order; ++k) {
      std::int32_t* const to = at(series, k, column);
      const kernels::Scaled old{to,          chunk_step(),        chunk,
                                limbs_,      shift.digits.data(), static_cast<int>(shift.digits.size()),
                                -shift.place};
      kernels::combine(to, {&old, 1, chunk_step(), chunk, static_cast<int>(chunks_), limbs_, limbs_});
    }
  }
  if (e != unset && order > 1) {
    long& bits = raised_[static_cast<std::size_t>(series * cols_ + column)];
    bits += raised - e;
    bits_raised_ = std::max(bits_raised_, bits);
  }
  e = raised;
}

void BlockComposition::store(int series, int order, Index column, const std::vector<Source>& sources) {
  long size = unset;
  for (const Source& source : sources) size = std::max(size, source.log2_size + source.factor->log2_above());
  if (sources.empty()) {
    extent(series, order, column) = {};
    return add_up(series, order, column, {}, false);
  }
  size += log2_above(static_cast<std::int64_t>(sources.size()));
  make_room(series, order, column, size);
  extent(series, order, column) = {
      size, digits_of(size, exponent(series, column) - static_cast<long>(limb_bits) * limbs_, limbs_)};
  for (std::size_t i = 0; i < sources.size(); i += most_terms)
    add_up(series, order, column, std::span(sources).subspan(i, std::min(most_terms, sources.size() - i)),
           i > 0);
}

/// The sum of a few sources, and of what stands there already if there is `more`.
void BlockComposition::add_up(int series, int order, Index column, std::span<const Source> sources,
                              bool more) {
  std::int32_t* const to = at(series, order, column);
  boost::container::static_vector<FixedScalar, most_terms> factors;
  boost::container::static_vector<kernels::Scaled, most_terms + 1> terms;
  for (const Source& source : sources) {
    factors.push_back(source.factor->shifted(source.exponent - exponent(series, column)));
    const FixedScalar& factor = factors.back();
    terms.push_back({source.digits, source.chunk_step, source.limb_step, source.width, factor.digits.data(),
                     static_cast<int>(factor.digits.size()), source.origin - limbs_ - factor.place});
  }
  if (more) terms.push_back({to, chunk_step(), chunk, limbs_, one_.digits.data(), 1, 0});
  kernels::combine(to, {terms.data(), static_cast<int>(terms.size()), chunk_step(), chunk,
                        static_cast<int>(chunks_), extent(series, order, column).used, limbs_});
}

void BlockComposition::multiply(const FixedMatrix& w, int order, Block& out) {
  if (w.rows() != rows_ || w.limbs() != limbs_)
    throw DomainError(fmt::format("{} rows of {} limbs were to be multiplied by a matrix of {} and {}.",
                                  rows_, limbs_, w.rows(), w.limbs()));
  const int series = plan_.outputs[0];
  out.resize(rows_, cols_, limbs_);
  for (Index j = 0; j < cols_; ++j) {
    const int used = extent(series, order, j).used, width = used + 2;
    out.set_exponent(j, 0);
    std::int64_t size = 0;
    if (used > 0)
      size = kernels::multiply(
          wide_.data(), {w.at(0, 0, limbs_ - used), w.column_step(), w.chunk_step(), static_cast<int>(rows_),
                         at(series, order, j), chunk_step(), used, static_cast<int>(chunks_), width});
    const long e = w.exponent() + exponent(series, j);
    const long log2_size = e + static_cast<long>(limb_bits) * (width - 3 - limbs_) + log2_above(size + 1);
    if (used > 0) out.set_exponent(j, log2_size + 1);
    const FixedScalar shift = one_.shifted(used > 0 ? e - out.exponent(j) : 0);
    const kernels::Scaled product{wide_.data(),   chunk * width,       chunk,
                                  width,          shift.digits.data(), static_cast<int>(shift.digits.size()),
                                  1 - shift.place};
    kernels::combine(out.limb(0, j), {&product, used > 0 ? 1 : 0, chunk, out.plane(),
                                      static_cast<int>(chunks_), used > 0 ? limbs_ : 0, limbs_});
  }
}

std::size_t BlockComposition::bytes_of_column(const activation::Activation& phi, Index rows, int most_orders,
                                              int limbs) {
  const Index chunks = (rows + chunk - 1) / chunk;
  return sizeof(std::int32_t) * static_cast<std::size_t>(Plan(phi, 0).count * chunks * most_orders) *
         static_cast<std::size_t>(digits(limbs, 0));
}

BlockComposition::Source BlockComposition::series_source(int series, int order, Index column,
                                                         const FixedScalar& factor) const {
  const long e = exponent(series, column);
  const Extent& known = extent(series, order, column);
  return {at(series, order, column), chunk_step(), chunk, known.used, e, limbs_, known.log2_size, &factor};
}

void BlockComposition::push(const Block& slope, const FixedScalar& unit) {
  push_argument(slope, unit);
  const int order = known_ - 1;
  for (const Plan::Integral& u : plan_.integrals)
    convolve(u.out, plan_.velocity, u.slope, order, order - 1, reciprocals_[static_cast<std::size_t>(order)]);
  algebra(order);
}

void BlockComposition::push_last(const Block& slope, const FixedScalar& unit) {
  push_argument(slope, unit);
  ended_ = true;
}

void BlockComposition::push_argument(const Block& slope, const FixedScalar& unit) {
  if (known_ == 0 || ended_)
    throw DomainError("A composition was continued before its start or behind its end.");
  if (known_ >= orders_) throw DomainError(fmt::format("A composition of {} orders has no more.", orders_));
  if (slope.rows() != rows_ || slope.cols() != cols_)
    throw DomainError("A composition was continued with another shape.");
  const int order = known_++;
  for (Index j = 0; j < cols_; ++j) {
    sources_.clear();
    const long size = log2_bound(slope, j, unset);
    if (size != unset)
      sources_.push_back({slope.limb(0, j), chunk, slope.plane(), slope.limbs(), slope.exponent(j),
                          slope.limbs(), size, &unit});
    store(plan_.velocity, order - 1, j, sources_);
    repeat_first_row(plan_.velocity, order - 1, j);
    sources_.clear();
    if (size != unset)
      sources_.push_back(
          series_source(plan_.velocity, order - 1, j, reciprocals_[static_cast<std::size_t>(order)]));
    store(0, order, j, sources_);
  }
}

void BlockComposition::algebra(int order) {
  for (const Plan::Product& p : plan_.products) convolve(p.out, p.left, p.right, order, order, one_);
  for (std::size_t s = 0; s < plan_.sums.size(); ++s) add(plan_.sums[s], s, order);
}

/// Coefficient `out_order` of a series is factor * sum_{i=0}^{order} left_i right_{order-i}.
void BlockComposition::convolve(int out, int left, int right, int out_order, int order,
                                const FixedScalar& factor) {
  for (Index j = 0; j < cols_; ++j) {
    convolve_column(left, right, order, j);
    for (Source& source : sources_) source.factor = &factor;
    store(out, out_order, j, sources_);
  }
}

/// The convolution into wide_, which becomes the only source, if any of it counts. A square is
/// sum_{i<j} 2 a_i a_j + a_{order/2}^2.
///
/// Of factors with `used` limbs a and b, only products of digits l + m >= limbs_ - 1 count, l < a and m < b:
/// the triangle of the leading T = a + b - limbs_ digits. The others, if all limbs were in use, are those
/// that the kernel drops too.
void BlockComposition::convolve_column(int left, int right, int order, Index column) {
  sources_.clear();
  const bool square = left == right;
  const int last = square ? (order + 1) / 2 - 1 : order;
  const auto triangle = [&](int i) {
    return std::max(0, extent(left, i, column).used + extent(right, order - i, column).used - limbs_);
  };
  const auto pair = [&](int i) {
    const auto at_limb = [&](int k, int l) {
      return static_cast<std::int32_t>(digits(limbs_, 0) * k + chunk * l);
    };
    return kernels::Pair{at_limb(i, limbs_ - extent(right, order - i, column).used),
                         at_limb(order - i, limbs_ - extent(left, i, column).used)};
  };
  // Pairs in groups of equal T.
  std::fill(group_ends_.begin(), group_ends_.end(), 0);
  for (int i = 0; i <= last; ++i) ++group_ends_[static_cast<std::size_t>(triangle(i))];
  kernels::Group groups[most_limbs + 1];
  int count = 0, placed = 0;
  for (int t = limbs_; t > 0; --t) {
    const int in_group = std::exchange(group_ends_[static_cast<std::size_t>(t)], placed);
    placed += in_group;
    if (in_group > 0) groups[count++] = {t, placed};
  }
  for (int i = 0; i <= last; ++i)
    if (const int t = triangle(i); t > 0)
      pairs_[static_cast<std::size_t>(group_ends_[static_cast<std::size_t>(t)]++)] = pair(i);
  kernels::Group middle{0, placed};
  if (square && order % 2 == 0) {
    middle.limbs = triangle(order / 2);
    pairs_[static_cast<std::size_t>(placed)] = pair(order / 2);
  }
  const int highest = std::max(count > 0 ? groups[0].limbs : 0, middle.limbs), width = highest + 2;
  if (highest == 0) return;
  const std::int64_t size = kernels::convolve(
      wide_.data(), {at(left, 0, column), at(right, 0, column), pairs_.data(), groups, count, square, middle,
                     chunk_step(), static_cast<int>(chunks_), width});
  const long e = exponent(left, column) + exponent(right, column);
  // The leading digits stand for the number to within one unit of the lower of them.
  sources_.push_back({wide_.data(), chunk * width, chunk, width, e, limbs_ + 1,
                      e + static_cast<long>(limb_bits) * (width - 3 - limbs_) + log2_above(size + 1),
                      nullptr});
}

void BlockComposition::add(const Plan::Sum& sum, std::size_t number, int order) {
  static constexpr auto ones = [] {
    std::array<std::int32_t, chunk> all{};
    all.fill(1);
    return all;
  }();
  for (Index j = 0; j < cols_; ++j) {
    sources_.clear();
    if (order == 0 && sum.constant != 0)
      sources_.push_back({ones.data(), 0, chunk, 1, 0, 0, 0, &factors_[number][0]});
    for (std::size_t i = 0; i < sum.terms.size(); ++i)
      if (extent(sum.terms[i].series, order, j).used > 0)
        sources_.push_back(series_source(sum.terms[i].series, order, j, factors_[number][i + 1]));
    store(sum.out, order, j, sources_);
  }
}

void BlockComposition::evaluate(int series, int known, const FixedScalar& tau, Block& out) const {
  const int width = limbs_ + 1;
  const std::ptrdiff_t step = digits(limbs_, 1);
  Digits here(static_cast<std::size_t>(chunks_ * step)), there(here.size());
  out.resize(rows_, cols_, width);
  for (Index j = 0; j < cols_; ++j) {
    int used = 0;  // digits of the sum: it is less than 2^28 times its largest term
    std::fill(here.begin(), here.end(), 0);
    for (int k = known; k-- > 0;) {
      const int in_use = extent(series, k, j).used;
      const kernels::Scaled terms[] = {
          {at(series, k, j), chunk_step(), chunk, in_use, one_.digits.data(), 1, 0},
          {here.data(), step, chunk, used, tau.digits.data(), static_cast<int>(tau.digits.size()),
           -tau.place}};
      used = std::max(used, in_use + 1);
      kernels::combine(there.data(), {terms, 2, step, chunk, static_cast<int>(chunks_), used, width});
      std::swap(here, there);
    }
    for (Index c = 0; c < chunks_; ++c)
      for (int l = 0; l < width; ++l)
        std::copy_n(here.data() + c * step + l * chunk, chunk, out.limb(l, j) + c * chunk);
    out.set_exponent(j, exponent(series, j) == unset ? 0 : exponent(series, j) + limb_bits);
  }
}

long BlockComposition::log2_unit(Index column) const {
  return exponent(0, column) - static_cast<long>(limb_bits) * limbs_;
}

long BlockComposition::log2_noise(Index column) const {
  const auto series = static_cast<std::size_t>(plan_.count);
  std::vector<long> size(series), noise(series);
  for (std::size_t s = 0; s < series; ++s) size[s] = noise[s] = exponent(static_cast<int>(s), column);
  const auto product = [&](int a, int b) {
    const auto left = static_cast<std::size_t>(a), right = static_cast<std::size_t>(b);
    return std::max(size[left] + noise[right], noise[left] + size[right]);
  };
  for (int pass = 0; pass < 2; ++pass) {  // integrals come first, but need the sums
    for (const Plan::Integral& u : plan_.integrals) {
      long& to = noise[static_cast<std::size_t>(u.out)];
      to = std::max(to, product(plan_.velocity, u.slope));
    }
    for (const Plan::Product& p : plan_.products) {
      long& to = noise[static_cast<std::size_t>(p.out)];
      to = std::max(to, product(p.left, p.right));
    }
    for (std::size_t i = 0; i < plan_.sums.size(); ++i)
      for (std::size_t t = 0; t < plan_.sums[i].terms.size(); ++t) {
        long& to = noise[static_cast<std::size_t>(plan_.sums[i].out)];
        to = std::max(to, noise[static_cast<std::size_t>(plan_.sums[i].terms[t].series)] +
                              factors_[i][t + 1].log2_above());
      }
  }
  return noise[static_cast<std::size_t>(plan_.outputs[0])] - static_cast<long>(limb_bits) * limbs_;
}

#define GRONWALL_INSTANTIATE(...)                                           \
  template FixedMatrix::FixedMatrix(const Matrix<__VA_ARGS__>&, int limbs); \
  template void BlockComposition::start<__VA_ARGS__>(const Matrix<__VA_ARGS__>&);
GRONWALL_FOR_EACH_FLOATING(GRONWALL_INSTANTIATE)
#undef GRONWALL_INSTANTIATE

}  // namespace gronwall::series
