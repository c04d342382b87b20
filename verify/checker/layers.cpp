#include "verify/checker/layers.hpp"

namespace gronwall::checker {

Vector intervals(const Matrix& a) {
  Vector out;
  for (const mpq_class& entry : a.entries()) out.emplace_back(entry);
  return out;
}

Layers::Layers(const Network& f, long depth) : f_(f), depth_(depth) {
  for (const mpq_class& w : f.W.entries())
    m_.push_back(Interval(mpq_class(f.horizon * f.sigma_w * w / depth)) / f.root_n());
}

Vector Layers::product(const Vector& x) const {
  const std::size_t n = x.size();
  Vector out(n);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t k = 0; k < n; ++k) out[i] += m_[i * n + k] * x[k];
  return out;
}

std::vector<Vector> Layers::states(const Vector& start) const {
  std::vector<Vector> h{start};
  for (long l = 0; l < depth_; ++l) {
    Vector active;
    for (const Interval& q : h.back()) active.push_back(value(f_.phi, q));
    Vector next = product(active);
    for (std::size_t i = 0; i < next.size(); ++i) next[i] += h.back()[i];
    h.push_back(std::move(next));
  }
  return h;
}

Interval Layers::read_out(const Vector& last, const Vector& xi) const {
  Interval sum;
  for (std::size_t i = 0; i < last.size(); ++i)
    sum += Interval(f_.v(static_cast<long>(i), 0)) * derivative(f_.phi, last[i]) * xi[i];
  return Interval(f_.sigma_v) / f_.root_n() * sum;
}

/// xi + M diag(phi'(h)) xi.
static Vector carried(const Layers& net, Activation phi, const Vector& h, const Vector& xi) {
  Vector turned;
  for (std::size_t i = 0; i < h.size(); ++i) turned.push_back(derivative(phi, h[i]) * xi[i]);
  Vector out = net.product(turned);
  for (std::size_t i = 0; i < h.size(); ++i) out[i] += xi[i];
  return out;
}

Interval Layers::derivative_in_state(const Vector& start, long l, long i) const {
  const std::vector<Vector> h = states(start);
  Vector xi(start.size());
  xi[static_cast<std::size_t>(i)] = 1;
  for (std::size_t m = static_cast<std::size_t>(l); m + 1 < h.size(); ++m)
    xi = carried(*this, f_.phi, h[m], xi);
  return read_out(h.back(), xi);
}

Interval Layers::derivative_in_step(const Vector& start, long i, long k) const {
  const std::vector<Vector> h = states(start);
  Vector xi(start.size());
  for (std::size_t m = 0; m + 1 < h.size(); ++m) {
    xi = carried(*this, f_.phi, h[m], xi);
    xi[static_cast<std::size_t>(i)] += value(f_.phi, h[m][static_cast<std::size_t>(k)]);
  }
  return read_out(h.back(), xi);
}

}  // namespace gronwall::checker
