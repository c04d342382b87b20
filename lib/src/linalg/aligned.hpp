#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include <Eigen/Core>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace gronwall::linalg::detail {

/// The size of a large page, and from where on it is asked for: a block product reads tens of megabytes from
/// start to end, and with pages of 4 kB its time doubles or not as the system happens to place them.
constexpr std::size_t large_page = std::size_t(1) << 21;

inline std::align_val_t alignment_of(std::size_t bytes) {
  return std::align_val_t{bytes >= 2 * large_page ? large_page : 64};
}

/// Memory at a multiple of 64 bytes, the longest vectors' size; where there is much of it in large pages, if
/// the system has any. To be given back by `free_aligned` with the same size.
inline void* allocate_aligned(std::size_t bytes) {
  void* const out = ::operator new(bytes, alignment_of(bytes));
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  // Advice alone: nothing depends on whether it is taken.
  if (bytes >= 2 * large_page) (void)::madvise(out, bytes / large_page * large_page, MADV_HUGEPAGE);
#endif
  return out;
}
inline void free_aligned(void* p, std::size_t bytes) { ::operator delete(p, alignment_of(bytes)); }

/// For containers.
template <class T>
struct AlignedAllocator {
  using value_type = T;
  AlignedAllocator() = default;
  template <class U>
  explicit AlignedAllocator(const AlignedAllocator<U>&) {}

  T* allocate(std::size_t count) { return static_cast<T*>(allocate_aligned(count * sizeof(T))); }
  void deallocate(T* p, std::size_t count) { free_aligned(p, count * sizeof(T)); }
  friend bool operator==(const AlignedAllocator&, const AlignedAllocator&) { return true; }
};

template <class T>
using Aligned = std::vector<T, AlignedAllocator<T>>;

/// So many doubles, not set to anything, at a multiple of 64 bytes: of the longest vectors. What one thread
/// gives back it gets again if it is enough (five pieces of at most 32 MB each): pages fresh from the system
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
    const std::size_t bytes = static_cast<std::size_t>(size) * sizeof(double);
    numbers_ = {static_cast<double*>(allocate_aligned(bytes)), Free{bytes}};
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
  /// At least what was asked for.
  Eigen::Index size() const { return size_; }

 private:
  static constexpr int pieces = 5;
  static constexpr Eigen::Index largest_kept = Eigen::Index(1) << 22;

  struct Free {
    std::size_t bytes;
    void operator()(double* p) const { free_aligned(p, bytes); }
  };

  struct ForSpares {};
  explicit AlignedDoubles(ForSpares) : spare_(true) {}
  using Spares = AlignedDoubles[pieces];
  static Spares& spares() {
    thread_local Spares kept{AlignedDoubles(ForSpares{}), AlignedDoubles(ForSpares{}),
                             AlignedDoubles(ForSpares{}), AlignedDoubles(ForSpares{}),
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
