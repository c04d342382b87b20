// The order conditions of one-step methods, by rooted trees, read off the running stepper.
//
// Let each vertex v of a tree have a component with y_v' = product of y_c over its children c, y(0) = 0. One
// step of size 1 of a Runge-Kutta method gives the root the elementary weight Phi(tree) = sum_i b_i Phi_i
// exactly, since the system is triangular; the exact solution at 1 is 1/gamma(tree), gamma the product of the
// sizes of all subtrees. The method is of order p if and only if they agree for all trees of at most p
// vertices (Hairer, Norsett, Wanner, Solving ODEs I, 2nd ed., §II.2, Theorem 2.13; Butcher's own proof of
// independence is by such systems, Exercise 4 there). A leaf below the root may be replaced by the time
// itself: then the nodes c_i are tested, too.
//
// Coefficients are compared at 100 digits, so a slip in any digit of any coefficient shows.
#include <algorithm>
#include <map>

#include "problems.hpp"

namespace gronwall::test {
namespace {

using R = real::Mpfr<100>;

/// A rooted tree: its subtrees, sorted, so that equal trees are equal texts: "[]" is a vertex, "[[][]]" a
/// cherry.
using Tree = std::string;

std::vector<Tree> subtrees(const Tree& tree) {
  std::vector<Tree> out;
  int depth = 0;
  std::size_t start = 1;
  for (std::size_t i = 1; i + 1 < tree.size(); ++i) {
    depth += tree[i] == '[' ? 1 : -1;
    if (depth == 0) {
      out.push_back(tree.substr(start, i + 1 - start));
      start = i + 1;
    }
  }
  return out;
}

Tree planted(std::vector<Tree> children) {
  std::sort(children.begin(), children.end());
  Tree out(1, '[');
  for (const Tree& child : children) out += child;
  out += ']';
  return out;
}

/// All trees of 1, ..., most vertices: each tree with one more vertex arises by hanging a leaf somewhere.
void grow(const Tree& tree, std::map<Tree, bool>& out) {
  auto children = subtrees(tree);
  auto with_leaf = children;
  with_leaf.push_back("[]");
  out[planted(with_leaf)] = true;
  for (std::size_t k = 0; k < children.size(); ++k) {
    std::map<Tree, bool> grown;
    grow(children[k], grown);
    for (const auto& [child, unused] : grown) {
      auto changed = children;
      changed[k] = child;
      out[planted(changed)] = true;
    }
  }
}

std::vector<std::vector<Tree>> trees_up_to(int most) {
  std::vector<std::vector<Tree>> all{{"[]"}};
  while (static_cast<int>(all.size()) < most) {
    std::map<Tree, bool> next;
    for (const Tree& tree : all.back()) grow(tree, next);
    all.emplace_back();
    for (const auto& [tree, unused] : next) all.back().push_back(tree);
  }
  return all;
}

long size_of(const Tree& tree) { return static_cast<long>(tree.size() / 2); }

R gamma(const Tree& tree) {
  R out(static_cast<double>(size_of(tree)));
  for (const Tree& child : subtrees(tree)) out *= gamma(child);
  return out;
}

/// The vertices in an order where children precede parents; children[v] lists components, -1 stands for the
/// time.
int plant(const Tree& tree, bool time_for_leaves, std::vector<std::vector<int>>& children) {
  std::vector<int> below;
  for (const Tree& child : subtrees(tree))
    below.push_back(time_for_leaves && child == "[]" ? -1 : plant(child, time_for_leaves, children));
  children.push_back(below);
  return static_cast<int>(children.size()) - 1;
}

R weight_of(const ode::Integrator<R>& integrator, const Tree& tree, bool time_for_leaves) {
  std::vector<std::vector<int>> children;
  const int root = plant(tree, time_for_leaves, children);
  const ode::RightHandSide<R> f = [&children](const Matrix<R>& y, Matrix<R>& dy, const R& t) {
    for (std::size_t v = 0; v < children.size(); ++v) {
      R product(1);
      for (const int c : children[v]) product *= c < 0 ? t : y(c, 0);
      dy(static_cast<Eigen::Index>(v), 0) = product;
    }
  };
  Matrix<R> y0(static_cast<Eigen::Index>(children.size()), 1);
  for (Eigen::Index i = 0; i < y0.size(); ++i) y0(i, 0) = R(0);
  ode::Control<R> control;
  control.steps = 1;
  return integrator.integrate(f, y0, R(0), {R(1)}, control).states[0](root, 0);
}

TEST(RootedTrees, AreAllThere) {
  // 1, 1, 2, 4, 9, 20, 48, 115, 286: Hairer, Norsett, Wanner, §II.2, Table 2.1 and Exercise 7.
  const std::size_t numbers[] = {1, 1, 2, 4, 9, 20, 48, 115, 286};
  const auto trees = trees_up_to(9);
  for (std::size_t k = 0; k < trees.size(); ++k) EXPECT_EQ(trees[k].size(), numbers[k]) << k + 1;
  EXPECT_EQ(gamma("[[][]]"), R(3));
  EXPECT_EQ(gamma("[[[]]]"), R(6));
}

class OrderConditions : public EveryIntegrator {};

TEST_P(OrderConditions, HoldUpToTheOrderAndNotBeyond) {
  using std::abs;
  const auto& method = integrator<R>();
  const int order = method.method().order;
  const auto trees = trees_up_to(order + 1);
  const R small = R(1000) * real::Backend<R>::unit_roundoff();
  int broken_beyond = 0;
  for (const auto& of_one_size : trees)
    for (const Tree& tree : of_one_size) {
      for (const bool time : {false, true}) {
        const R defect = abs(R(weight_of(method, tree, time) * gamma(tree) - R(1)));
        if (size_of(tree) <= order)
          EXPECT_LE(defect, small) << tree << (time ? " with the time for leaves" : "");
        else if (defect > small)
          ++broken_beyond;
      }
    }
  // A first step of a multistep method is its starter's, which may be better.
  EXPECT_GT(broken_beyond, 0);
}

INSTANTIATE_TEST_SUITE_P(Ode, OrderConditions, ::testing::ValuesIn(ode::integrator_names()), method_name);

}  // namespace
}  // namespace gronwall::test
