#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <utility>

#include <Eigen/Core>

namespace gronwall::linalg::detail {

/// So many doubles, not set to anything, at a multiple of 64 bytes: of the longest vectors. What one thread
/// gives back it gets again if it is enough (three pieces of at most 32 MB each): pages fresh from the system
/// may cost more than what is computed in them.
class AlignedDoubles {
 public:
  explicit AlignedDoubles(Eigen::Index size) {
    AlignedDoubles* best = nullptr;
    for (AlignedDoubles& spare : spares())
      if (spare.size_ >= size && (best == nullptr || spare.size_ < best->size_)) best = &spare;
    if (best != nullptr) {
      swap(*best);
      return;
    }
    numbers_.reset(
        static_cast<double*>(::operator new(static_cast<std::size_t>(size) * sizeof(double), alignment)));
    size_ = size;
  }
  AlignedDoubles(AlignedDoubles&& other) noexcept { swap(other); }
  AlignedDoubles& operator=(AlignedDoubles&&) = delete;
  ~AlignedDoubles() {
    if (!numbers_ || size_ > largest_kept || spare_) return;
    AlignedDoubles* smallest = spares();
    for (AlignedDoubles* spare = spares(); spare != spares() + pieces; ++spare)
      if (spare->size_ < smallest->size_) smallest = spare;
    if (smallest->size_ < size_) swap(*smallest);
  }

  double* data() const { return numbers_.get(); }

 private:
  static constexpr std::align_val_t alignment{64};
  static constexpr int pieces = 3;
  static constexpr Eigen::Index largest_kept = Eigen::Index(1) << 22;

  struct Free {
    void operator()(double* p) const { ::operator delete(p, alignment); }
  };

  struct ForSpares {};
  explicit AlignedDoubles(ForSpares) : spare_(true) {}
  using Spares = AlignedDoubles[pieces];
  static Spares& spares() {
    thread_local Spares kept{AlignedDoubles(ForSpares{}), AlignedDoubles(ForSpares{}),
                             AlignedDoubles(ForSpares{})};
    return kept;
  }
  void swap(AlignedDoubles& other) {
    std::swap(numbers_, other.numbers_);
    std::swap(size_, other.size_);
  }

  std::unique_ptr<double[], Free> numbers_;
  Eigen::Index size_ = 0;
  bool spare_ = false;  ///< one of those that are kept: it gives nothing back
};

}  // namespace gronwall::linalg::detail
