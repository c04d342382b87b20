#include "verify/engine/case.hpp"

#include <algorithm>

namespace gronwall::verify {

const Input* Case::find(std::string_view name) const {
  const auto found =
      std::find_if(inputs.begin(), inputs.end(), [name](const auto& input) { return input.first == name; });
  return found == inputs.end() ? nullptr : &found->second;
}

static bool same(const Input& a, const Input& b) {
  const linalg::ExactMatrix* x = std::get_if<linalg::ExactMatrix>(&a);
  const linalg::ExactMatrix* y = std::get_if<linalg::ExactMatrix>(&b);
  if (x == nullptr || y == nullptr) return x == nullptr && y == nullptr && a == b;
  // Eigen compares matrices of one shape only.
  return x->rows() == y->rows() && x->cols() == y->cols() && *x == *y;
}

bool operator==(const Case& a, const Case& b) {
  return std::equal(
      a.inputs.begin(), a.inputs.end(), b.inputs.begin(), b.inputs.end(),
      [](const auto& x, const auto& y) { return x.first == y.first && same(x.second, y.second); });
}

}  // namespace gronwall::verify
