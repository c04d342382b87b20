#include "verify/command/kernel_report.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <gronwall/real/error.hpp>

namespace gronwall::verify {

namespace {

using kernel::Hypothesis;
using kernel::Part;
using real::Rational;
using real::Truth;

constexpr std::size_t line_width = 110;

std::string plural(long count, const std::string& what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

/// What each matrix is.
std::string meaning(Part part, bool infinite) {
  switch (part) {
    case Part::all:
      return "K = K^v + K^W + K^U";
    case Part::v:
      return infinite ? "K^v = sigma_v^2 Sigma*" : "K^v, gradients in v";
    case Part::W:
      return "K^W, gradients in W";
    case Part::U:
      return "K^U, gradients in U";
    case Part::nngp:
      return "Sigma* = E[phi(h_T(x_i)) phi(h_T(x_j))]";
  }
  return "";
}

std::string setting(const KernelReport& r) {
  const kernel::Scales& s = r.scales;
  const auto text = [](const Rational& x) { return real::to_string(x); };
  std::string model = r.depth ? fmt::format("ResNet of depth {}", *r.depth) : "Neural ODE";
  model += r.width ? fmt::format(", width {}, random parameters of seed {}", *r.width, r.seed)
                   : ", infinite width";
  std::string out =
      fmt::format("{}\nphi = {}, T = {}, sigma_v = {}, sigma_w = {}, sigma_u = {}\n", model, r.activation,
                  text(s.horizon), text(s.sigma_v), text(s.sigma_w), text(s.sigma_u));
  out +=
      fmt::format("{} of dimension {} from {}{}\n", plural(r.inputs.count(), "input"), r.inputs.dimension(),
                  r.source, r.inputs.normalised ? ", normalised to the unit sphere" : "");
  out += "computed in " + r.backend;
  if (!r.width && !r.depth) out += fmt::format(" with {} time nodes", r.nodes);
  if (r.coefficients > 0)
    out += fmt::format("{} {} Hermite coefficients", r.depth ? " with" : ",", r.coefficients);
  if (!r.tried.empty())
    out += fmt::format("; the sign of an eigenvalue was not certain in {}", fmt::join(r.tried, ", "));
  return out + "\n";
}

/// The short name of an input beside a row: "line 7" or "7".
std::string label(const kernel::Inputs& inputs, std::size_t i) {
  return inputs.lines.empty() ? std::to_string(i + 1) : inputs.place(static_cast<long>(i));
}

/// Aligned columns, as many beside each other as a line holds.
std::string table(const kernel::Inputs& inputs, const std::vector<std::vector<std::string>>& entries) {
  const std::size_t n = entries.size();
  std::size_t first = 0, width = 0;
  for (std::size_t i = 0; i < n; ++i) {
    first = std::max(first, label(inputs, i).size());
    width = std::max(width, label(inputs, i).size());
    for (const std::string& entry : entries[i]) width = std::max(width, entry.size());
  }
  const std::size_t columns = std::max<std::size_t>(1, (line_width - first - 2) / (width + 2));
  std::string out;
  for (std::size_t from = 0; from < n; from += columns) {
    const std::size_t to = std::min(n, from + columns);
    out += fmt::format("  {:{}}", "", first);
    for (std::size_t j = from; j < to; ++j) out += fmt::format("  {:>{}}", label(inputs, j), width);
    out += '\n';
    for (std::size_t i = 0; i < n; ++i) {
      out += fmt::format("  {:>{}}", label(inputs, i), first);
      for (std::size_t j = from; j < to; ++j) out += fmt::format("  {:>{}}", entries[i][j], width);
      out += '\n';
    }
  }
  return out;
}

/// "1 at line 3, -1 at line 7".
std::string combination(const kernel::Inputs& inputs, const linalg::RationalVector& c) {
  constexpr int most = 6;
  std::string out;
  int shown = 0, all = 0;
  for (std::size_t i = 0; i < c.size(); ++i) {
    if (c[i] == 0) continue;
    if (++all > most) continue;
    out += fmt::format("{}{} at {}", shown++ == 0 ? "" : ", ", real::to_string(c[i]),
                       inputs.place(static_cast<long>(i)));
  }
  if (all > most) out += fmt::format(", and {} more", all - most);
  return out;
}

/// Without the full stop, to stand in a sentence.
std::string clause(std::string sentence) {
  if (!sentence.empty() && sentence.back() == '.') sentence.pop_back();
  return sentence;
}

/// The sign, and how it is known.
std::string sign(const KernelReport& r, const KernelMatrix& m) {
  const kernel::Definiteness& p = m.proved;
  if (p.definite == Truth::no) {
    std::string out = fmt::format("exactly 0: {}", clause(p.reason));
    if (p.null_vector)
      out +=
          fmt::format("; {} c = 0 for c = {}", kernel::name(m.part), combination(r.inputs, *p.null_vector));
    return out;
  }
  if (p.definite == Truth::yes)
    return fmt::format(
        "positive, proved: at least {:.4g}{}", real::to_double<real::Ball>(p.below),
        m.positive == Truth::yes ? "" : fmt::format("; {} does not tell it from 0", r.backend));
  const std::string why = p.reason.empty() ? "" : fmt::format("; not proved: {}", clause(p.reason));
  if (m.positive == Truth::yes) return "positive by the estimate of its error" + why;
  return fmt::format("not certain: it lies within its error in {}{}", r.backend, why);
}

std::string hypotheses(const std::vector<Hypothesis>& parts) {
  std::string out;
  for (const Hypothesis& part : parts)
    out += fmt::format("  {:3}  {}: {}\n", part.holds ? "yes" : "no", part.states, part.reason);
  return out;
}

std::string_view name(kernel::Conclusion conclusion) {
  switch (conclusion) {
    case kernel::Conclusion::positive_definite:
      return "positive definite";
    case kernel::Conclusion::singular:
      return "singular";
    case kernel::Conclusion::nothing:
      break;
  }
  return "nothing";
}

std::string consequence(const kernel::Corollary1& c) {
  if (c.conclusion == kernel::Conclusion::nothing) return "says nothing here: " + c.reason;
  return fmt::format("K of the Neural ODE of infinite width is {}: {}", name(c.conclusion), c.reason);
}

}  // namespace

std::string to_text(const KernelReport& r) {
  std::string out = setting(r);
  for (const KernelMatrix& m : r.matrices)
    out += fmt::format("\n{} (error {:.1e})\n{}", meaning(m.part, !r.width), m.error,
                       table(r.inputs, m.entries));
  out += "\nsmallest eigenvalues\n";
  for (const KernelMatrix& m : r.matrices)
    out += fmt::format("  {:6}  {} (error {:.1e})\n          {}\n", kernel::name(m.part), m.smallest,
                       m.smallest_error, sign(r, m));
  out += fmt::format("\nAssumption 1 {}\n{}", r.assumption.holds() ? "holds" : "does not hold",
                     hypotheses(r.assumption.parts()));
  out += fmt::format("\nCorollary 1, repaired, {}\n{}", consequence(r.corollary),
                     hypotheses(r.corollary.parts()));
  return out;
}

namespace {

Json json(const std::vector<Hypothesis>& parts) {
  Json out = Json::array();
  for (const Hypothesis& part : parts)
    out.push_back({{"states", part.states}, {"holds", part.holds}, {"reason", part.reason}});
  return out;
}

Json json(const linalg::RationalVector& x) {
  Json out = Json::array();
  for (const Rational& entry : x) out.push_back(real::to_string(entry));
  return out;
}

Json json(const kernel::Inputs& inputs, const std::string& source) {
  Json points = Json::array();
  for (const linalg::RationalVector& x : inputs.points) points.push_back(json(x));
  return {{"source", source},
          {"count", inputs.count()},
          {"dimension", inputs.dimension()},
          {"normalised", inputs.normalised},
          {"lines", inputs.lines},
          {"points", points}};
}

std::string_view sign_word(const KernelMatrix& m) {
  if (m.proved.definite == Truth::no) return "zero";
  return m.decided() ? "positive" : "unknown";
}

Json eigenvalue(const KernelMatrix& m) {
  const kernel::Definiteness& p = m.proved;
  const bool proved = p.definite != Truth::unknown;
  return {{"value", m.smallest},
          {"error", m.smallest_error},
          {"sign", sign_word(m)},
          {"proved", proved},
          {"at_least", p.definite == Truth::yes ? Json(real::to_double<real::Ball>(p.below)) : Json()},
          {"reason", p.reason},
          {"null_vector", p.null_vector ? json(*p.null_vector) : Json()}};
}

template <class T>
Json or_infinite(const std::optional<T>& x) {
  return x ? Json(*x) : Json("infinite");
}

}  // namespace

Json to_json(const KernelReport& r) {
  const auto text = [](const Rational& x) { return real::to_string(x); };
  Json matrices = Json::object();
  for (const KernelMatrix& m : r.matrices)
    matrices[kernel::name(m.part)] = {
        {"entries", m.entries}, {"error", m.error}, {"smallest_eigenvalue", eigenvalue(m)}};
  return {{"schema", "gronwall-kernel/1"},
          {"model",
           {{"activation", r.activation},
            {"width", or_infinite(r.width)},
            {"depth", or_infinite(r.depth)},
            {"seed", r.width ? Json(r.seed) : Json()},
            {"horizon", text(r.scales.horizon)},
            {"sigma_v", text(r.scales.sigma_v)},
            {"sigma_w", text(r.scales.sigma_w)},
            {"sigma_u", text(r.scales.sigma_u)}}},
          {"inputs", json(r.inputs, r.source)},
          {"backend", r.backend},
          {"not_certain_in", r.tried},
          {"nodes", r.nodes},
          {"coefficients", r.coefficients},
          {"matrices", matrices},
          {"assumption_1", {{"holds", r.assumption.holds()}, {"parts", json(r.assumption.parts())}}},
          {"corollary_1",
           {{"holds", r.corollary.holds()},
            {"conclusion", name(r.corollary.conclusion)},
            {"reason", r.corollary.reason},
            {"parts", json(r.corollary.parts())}}}};
}

}  // namespace gronwall::verify
