#pragma once

#include <memory>
#include <string>
#include <vector>

#include "verify/engine/case.hpp"

namespace gronwall::verify {

/// A source of exact inputs with shrinking. Its RapidCheck generator stays behind this handle,
/// so that claims compile without RapidCheck's headers.
class Generator {
 public:
  class Source;  ///< holds an rc::Gen<Input>; see source.hpp
  explicit Generator(std::shared_ptr<const Source> source) : source_(std::move(source)) {}
  const Source& source() const { return *source_; }

 private:
  std::shared_ptr<const Source> source_;
};

/// Integers in [low, high]: the ends first, then growing with the size of the case; shrinks towards low.
Generator integers(long low, long high);
/// One of the names; shrinks towards the first.
Generator choices(std::vector<std::string> names);
/// Numbers in [low, high] as 1 x 1 matrices: ends, 0, 1, simple fractions, huge and tiny ones in range,
/// random ones; shrinks towards 0 (or the end nearest to it), integers, then short dyadics.
Generator numbers(double low, double high);
/// rows x cols matrices of dyadic numbers: zero, one-sided, huge, tiny, rank one, spiked, all equal, opposite
/// pairs, nearly parallel columns, orthogonal, nilpotent, non-normal, random; shrinks entries towards 0,
/// integers, short dyadics (the shape is an input of its own and shrinks first). Entries are at most
/// `largest` in modulus.
Generator matrices(long rows, long cols, double largest = 1048576);

}  // namespace gronwall::verify
