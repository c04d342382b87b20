#include "verify/formats/json.hpp"

#include <cmath>
#include <ostream>

#include <nlohmann/json.hpp>

#include <gronwall/real/dyadic.hpp>

// Each to_json takes its struct apart by a structured binding: a field that is added to the struct and
// forgotten here does not compile.
namespace gronwall::verify {

namespace {

Json number(double x) {
  if (std::isnan(x)) return nullptr;
  if (std::isinf(x)) return x > 0 ? "inf" : "-inf";
  return x;
}

Json numbers(const std::vector<double>& xs) {
  Json array = Json::array();
  for (double x : xs) array.push_back(number(x));
  return array;
}

Json matrix(const linalg::ExactMatrix& a) {
  Json hex = Json::array(), decimal = Json::array();
  for (Eigen::Index i = 0; i < a.rows(); ++i) {
    Json hex_row = Json::array(), decimal_row = Json::array();
    for (Eigen::Index j = 0; j < a.cols(); ++j) {
      hex_row.push_back(real::Dyadic(a(i, j)).to_hex());
      decimal_row.push_back(a(i, j));
    }
    hex.push_back(hex_row);
    decimal.push_back(decimal_row);
  }
  return {{"rows", a.rows()}, {"cols", a.cols()}, {"hex", hex}, {"decimal", decimal}};
}

std::string_view need_name(HypothesisCount::Need need) {
  switch (need) {
    case HypothesisCount::Need::untested:
      return "untested";
    case HypothesisCount::Need::not_seen:
      return "not-seen";
    case HypothesisCount::Need::needed:
      return "needed";
  }
  return "untested";
}

template <class T>
Json array_of(const std::vector<T>& items) {
  Json array = Json::array();
  for (const T& item : items) array.push_back(to_json(item));
  return array;
}

template <class T>
Json or_null(const std::optional<T>& item) {
  return item ? to_json(*item) : Json(nullptr);
}

}  // namespace

static Json to_json(const Input& input) {
  if (const long* integer = std::get_if<long>(&input)) return *integer;
  if (const std::string* text = std::get_if<std::string>(&input)) return *text;
  return matrix(std::get<linalg::ExactMatrix>(input));
}

static Json to_json(const Series& series) {
  const auto& [name, x, y, line] = series;
  return {{"name", name}, {"line", line}, {"x", numbers(x)}, {"y", numbers(y)}};
}

static Json to_json(const Plot& plot) {
  const auto& [title, caption, x_label, y_label, log_x, log_y, series] = plot;
  return {{"title", title}, {"caption", caption}, {"x_label", x_label},        {"y_label", y_label},
          {"log_x", log_x}, {"log_y", log_y},     {"series", array_of(series)}};
}

static Json to_json(const HypothesisCount& count) {
  const auto& [name, asked, met, need] = count;
  return {{"name", name}, {"asked", asked}, {"met", met}, {"need", need_name(need)}};
}

static Json to_json(const BackendCount& count) {
  const auto& [backend, yes, no, unknown] = count;
  return {{"backend", backend}, {"yes", yes}, {"no", no}, {"unknown", unknown}};
}

static Json to_json(const About& about) {
  const auto& [id, kind, title, states, source, reading, uses, repairs, proof, cases, most_undecided] = about;
  return {{"id", id},
          {"kind", verify::name(kind)},
          {"title", title},
          {"states", states},
          {"source", source},
          {"reading", reading},
          {"uses", uses},
          {"repairs", repairs},
          {"proof", proof},
          {"cases", cases},
          {"most_undecided", number(most_undecided)}};
}

static Json to_json(const Provenance& provenance) {
  const auto& [version, commit, compiler, flags, processor, system, libraries, seed, profile, budget, filter,
               backends, started, seconds, jobs] = provenance;
  return {{"version", version},
          {"commit", commit},
          {"compiler", compiler},
          {"flags", flags},
          {"processor", processor},
          {"system", system},
          {"libraries", libraries},
          {"seed", seed},
          {"profile", profile},
          {"budget", number(budget)},
          {"filter", filter},
          {"backends", backends},
          {"started", started},
          {"seconds", number(seconds)},
          {"jobs", jobs}};
}

Json to_json(const Case& inputs) {
  Json array = Json::array();
  for (const auto& [name, value] : inputs.inputs)
    array.push_back({{"name", name}, {"value", to_json(value)}});
  return array;
}

static Json to_json(const Bounds& bounds) {
  const auto& [lower, upper] = bounds;
  return {{"lower", lower}, {"upper", upper}};
}

Json to_json(const Judgement& judgement) {
  const auto& [truth, relation, lhs, rhs, lhs_error, rhs_error, lhs_exact, rhs_exact, lhs_bounds, rhs_bounds,
               tolerance, proof, family, bits, ratio, tie, note, plot] = judgement;
  return {{"truth", real::name(truth)},
          {"relation", relation},
          {"lhs", number(lhs)},
          {"rhs", number(rhs)},
          {"lhs_error", number(lhs_error)},
          {"rhs_error", number(rhs_error)},
          {"lhs_exact", lhs_exact},
          {"rhs_exact", rhs_exact},
          {"lhs_bounds", to_json(lhs_bounds)},
          {"rhs_bounds", to_json(rhs_bounds)},
          {"tolerance", tolerance},
          {"proof", proof},
          {"family", family},
          {"bits", bits},
          {"ratio", number(ratio)},
          {"tie", tie},
          {"note", note},
          {"plot", or_null(plot)}};
}

Json to_json(const Finding& finding) {
  const auto& [inputs, backend, judgement, in_each_backend] = finding;
  Json each = Json::object();
  for (const auto& [name, judged] : in_each_backend) each[name] = to_json(judged);
  return {{"inputs", to_json(inputs)},
          {"backend", backend},
          {"judgement", to_json(judgement)},
          {"in_each_backend", each}};
}

static Json to_json(const Check& check) {
  const auto& [answer, says] = check;
  return {{"answer", verify::name(answer)}, {"says", says}};
}

Json to_json(const ClaimResult& result) {
  const auto& [about, verdict, reason, cases, discarded, dismissed, proved, refuted, undecided, ties, climbed,
               hunted, hunted_proved, decided_at, backends, hypotheses, counterexample, tightest,
               ratio_before_climb, check, certificate, plots, note, seconds] = result;
  Json at = Json::array();
  for (const auto& [bits, count] : decided_at) at.push_back({{"bits", bits}, {"cases", count}});
  return {{"about", to_json(about)},
          {"verdict", verify::name(verdict)},
          {"reason", reason},
          {"cases", cases},
          {"discarded", discarded},
          {"dismissed", dismissed},
          {"proved", proved},
          {"refuted", refuted},
          {"undecided", undecided},
          {"ties", ties},
          {"climbed", climbed},
          {"hunted", hunted},
          {"hunted_proved", hunted_proved},
          {"decided_at", at},
          {"backends", array_of(backends)},
          {"hypotheses", array_of(hypotheses)},
          {"counterexample", or_null(counterexample)},
          {"tightest", or_null(tightest)},
          {"ratio_before_climb", number(ratio_before_climb)},
          {"check", to_json(check)},
          {"certificate", certificate},
          {"plots", array_of(plots)},
          {"note", note},
          {"seconds", number(seconds)}};
}

Json to_json(const Report& report) {
  const auto& [provenance, claims] = report;
  return {{"schema", report_schema}, {"provenance", to_json(provenance)}, {"claims", array_of(claims)}};
}

namespace {

void write_value(const Json& json, std::size_t indent, std::string& out) {
  const std::string inner(indent + 2, ' ');
  if (json.is_object() && !json.empty()) {
    std::string separator = "{\n";
    for (const auto& [key, value] : json.items()) {
      out += separator + inner + to_line(key) + ": ";
      write_value(value, indent + 2, out);
      separator = ",\n";
    }
    out += "\n" + std::string(indent, ' ') + "}";
    return;
  }
  bool flat = true;
  if (json.is_array())
    for (const Json& item : json) flat = flat && item.is_primitive();
  if (json.is_array() && !flat) {
    std::string separator = "[\n";
    for (const Json& item : json) {
      out += separator + inner;
      write_value(item, indent + 2, out);
      separator = ",\n";
    }
    out += "\n" + std::string(indent, ' ') + "]";
  } else if (json.is_array()) {
    std::string separator = "[";
    for (const Json& item : json) {
      out += separator + to_line(item);
      separator = ", ";
    }
    out += json.empty() ? "[]" : "]";
  } else {
    out += to_line(json);
  }
}

class JsonFormat : public Format {
  std::string_view name() const override { return "json"; }
  std::string_view file_name() const override { return "report.json"; }
  std::string_view description() const override {
    return "everything the run found, by the schema reports/report.schema.json";
  }
  void write(const Report& report, std::ostream& out) const override { out << to_text(to_json(report)); }
};

const FormatRegistration registered(std::make_unique<JsonFormat>());

}  // namespace

std::string to_text(const Json& json) {
  std::string out;
  write_value(json, 0, out);
  return out + "\n";
}

std::string to_line(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace gronwall::verify
