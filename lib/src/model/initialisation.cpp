#include <array>
#include <cstddef>

#include <fmt/format.h>

#include <gronwall/model/initialisation.hpp>
#include <gronwall/real/error.hpp>

namespace gronwall::model {

namespace {

using Word = std::uint64_t;

/// Vigna's splitmix64, one step: neighbouring seeds become unrelated ones.
Word hash(Word z) {
  z += 0x9e3779b97f4a7c15U;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

/// floor(2^64 P(K <= k)), P(K = k) = e^{-k^2/2}/sum_j e^{-j^2/2}. Beyond 9 there is less than 2^-72.
constexpr std::array<Word, 9> integer_part{0x92025b19482ce72bU, 0xea91798547a0ef93U, 0xfe5415c6e9da4baeU,
                                           0xfff3523319908c11U, 0xffffdc31b8ef5942U, 0xffffffdaa2d72344U,
                                           0xfffffffff1a20da4U, 0xfffffffffffdf76cU, 0xffffffffffffffe4U};

/// The words of std::mt19937_64, bit for bit (Matsumoto and Nishimura, ACM Trans. Model. Comput. Simul. 8,
/// 1998; 64 bits: Nishimura 2000), 312 at a time: loops without branches, which compilers vectorise.
class Words {
 public:
  explicit Words(Word seed) {
    state_[0] = seed;
    for (std::size_t i = 1; i < size; ++i)
      state_[i] = 6364136223846793005U * (state_[i - 1] ^ (state_[i - 1] >> 62)) + i;
  }

  Word operator()() {
    if (next_ == size) refill();
    return words_[next_++];
  }

 private:
  static constexpr std::size_t size = 312, middle = 156;

  static Word twisted(Word high, Word low, Word far) {
    constexpr Word lower = (Word{1} << 31) - 1;
    const Word y = (high & ~lower) | (low & lower);
    return far ^ (y >> 1) ^ ((Word{0} - (y & 1U)) & 0xb5026f5aa96619e9U);
  }

  void refill() {
    for (std::size_t i = 0; i < middle; ++i)
      state_[i] = twisted(state_[i], state_[i + 1], state_[i + middle]);
    for (std::size_t i = middle; i + 1 < size; ++i)
      state_[i] = twisted(state_[i], state_[i + 1], state_[i - middle]);
    state_[size - 1] = twisted(state_[size - 1], state_[0], state_[middle - 1]);
    for (std::size_t i = 0; i < size; ++i) {
      Word z = state_[i];
      z ^= (z >> 29) & 0x5555555555555555U;
      z ^= (z << 17) & 0x71d67fffeda60000U;
      z ^= (z << 37) & 0xfff7eee000000000U;
      words_[i] = z ^ (z >> 43);
    }
    next_ = 0;
  }

  std::array<Word, size> state_{}, words_{};
  std::size_t next_ = size;
};

/// One stream of standard Gaussian numbers.
class Stream {
 public:
  Stream(Word seed, Word part) : words_(hash(hash(seed) + part)) {}

  double next() {
    for (;;) {
      const int k = draw_integer_part();
      const Word word = words_();
      const Word x = (word >> 33 << 1) | 1U;  // the fraction, in units of 2^-32
      if (!accepts(k, x)) continue;
      const double size = k + static_cast<double>(x) * 0x1p-32;
      return (word & 1U) != 0 ? -size : size;
    }
  }

  /// Row by row.
  Matrix<double> rows(long rows, long cols) {
    Matrix<double> out(rows, cols);
    for (Eigen::Index i = 0; i < rows; ++i)
      for (Eigen::Index j = 0; j < cols; ++j) out(i, j) = next();
    return out;
  }
  /// Column by column, as it lies in memory.
  Matrix<double> columns(long rows, long cols) {
    Matrix<double> out(rows, cols);
    for (Eigen::Index k = 0; k < out.size(); ++k) out.data()[k] = next();
    return out;
  }

 private:
  int draw_integer_part() {
    const Word u = words_();
    int k = 0;
    for (const Word bound : integer_part) k += u >= bound ? 1 : 0;
    return k;
  }

  bool accepts(int k, Word x) {
    for (int factor = 0; factor < k; ++factor)
      if (!exponential(x << 32)) return false;
    return exponential(x * x >> 1);
  }

  /// Yes with probability e^-p, p in units of 2^-64: a run p > u_1 > u_2 > ... of uniform numbers has length
  /// at least m with probability p^m/m!, hence even length with probability sum_m (-p)^m/m!.
  bool exponential(Word p) {
    bool even = true;
    for (Word u = words_(); u < p; u = words_()) {
      p = u;
      even = !even;
    }
    return even;
  }

  Words words_;
};

}  // namespace

Parameters<double> gaussian_parameters(long n, long d, std::uint64_t seed) {
  if (n < 1) throw DomainError(fmt::format("The width n must be at least 1, not {}.", n));
  if (d < 1) throw DomainError(fmt::format("The input dimension d must be at least 1, not {}.", d));
  enum : Word { output = 1, hidden = 2, input = 3 };
  return {Stream(seed, output).rows(n, 1), Stream(seed, hidden).columns(n, n),
          Stream(seed, input).rows(n, d)};
}

}  // namespace gronwall::model
