#include <array>
#include <limits>
#include <set>

#include <nlohmann/json.hpp>

#include <gronwall/real/dyadic.hpp>

#include "verify/formats/json.hpp"

namespace gronwall::verify {

namespace {

/// A value and where it stands, so that a complaint can name the field.
class Field {
 public:
  Field(const Json& json, std::string path) : json_(json), path_(std::move(path)) {}

  [[noreturn]] void fail(const std::string& complaint) const {
    throw FormatError((path_.empty() ? "the document" : "the field " + path_) + " " + complaint);
  }

  Field at(const std::string& key) const {
    if (!json_.is_object()) fail("should be an object");
    const std::string path = path_.empty() ? key : path_ + "." + key;
    const auto found = json_.find(key);
    if (found == json_.end()) throw FormatError("the field " + path + " is missing");
    return Field(*found, path);
  }
  std::vector<Field> items() const {
    if (!json_.is_array()) fail("should be an array");
    std::vector<Field> fields;
    for (const Json& item : json_)
      fields.emplace_back(item, path_ + "[" + std::to_string(fields.size()) + "]");
    return fields;
  }
  std::vector<std::pair<std::string, Field>> entries() const {
    if (!json_.is_object()) fail("should be an object");
    std::vector<std::pair<std::string, Field>> fields;
    for (const auto& [key, value] : json_.items()) fields.emplace_back(key, Field(value, path_ + "." + key));
    return fields;
  }

  bool is_null() const { return json_.is_null(); }
  bool is_integer() const { return json_.is_number_integer(); }
  bool is_text() const { return json_.is_string(); }

  std::string text() const {
    if (!json_.is_string()) fail("should be a string");
    return json_.get<std::string>();
  }
  bool flag() const {
    if (!json_.is_boolean()) fail("should be true or false");
    return json_.get<bool>();
  }
  long integer() const {
    if (!json_.is_number_integer()) fail("should be an integer");
    if (json_.is_number_unsigned() &&
        json_.get<unsigned long>() > static_cast<unsigned long>(std::numeric_limits<long>::max()))
      fail("is an integer beyond 64 bits");
    return json_.get<long>();
  }
  int small_integer() const {
    const long value = integer();
    if (value < std::numeric_limits<int>::min() || value > std::numeric_limits<int>::max())
      fail("is an integer beyond 32 bits");
    return static_cast<int>(value);
  }
  double number() const {
    if (json_.is_null()) return std::numeric_limits<double>::quiet_NaN();
    if (json_ == "inf") return std::numeric_limits<double>::infinity();
    if (json_ == "-inf") return -std::numeric_limits<double>::infinity();
    if (!json_.is_number()) fail("should be a number, null, \"inf\" or \"-inf\"");
    return json_.get<double>();
  }
  /// The value among `values` whose name this is.
  template <class T, std::size_t n, class Name>
  T one_of(const std::array<T, n>& values, Name name_of) const {
    const std::string given = text();
    for (T value : values)
      if (name_of(value) == given) return value;
    fail("holds the unknown name \"" + given + "\"");
  }

 private:
  const Json& json_;
  std::string path_;
};

template <class Read>
auto list(const Field& field, Read read) {
  std::vector<decltype(read(field))> values;
  for (const Field& item : field.items()) values.push_back(read(item));
  return values;
}

template <class Read>
auto maybe(const Field& field, Read read) {
  return field.is_null() ? std::optional<decltype(read(field))>() : read(field);
}

std::string text(const Field& field) { return field.text(); }
double number(const Field& field) { return field.number(); }

double exact(const Field& field) {
  const std::string hex = field.text();
  try {
    return real::Dyadic::from_hex(hex).value();
  } catch (const Error&) {
    field.fail("holds \"" + hex + "\", which is no hexadecimal float of at most 53 bits");
  }
}

linalg::ExactMatrix matrix(const Field& field) {
  const long rows = field.at("rows").integer(), cols = field.at("cols").integer();
  const Field hex = field.at("hex");
  const std::vector<Field> lines = hex.items();
  if (rows < 0 || static_cast<std::size_t>(rows) != lines.size()) hex.fail("has not as many rows as it says");
  linalg::ExactMatrix a(rows, std::max(cols, 0L));
  for (long i = 0; i < rows; ++i) {
    const std::vector<Field> entries = lines[static_cast<std::size_t>(i)].items();
    if (cols < 0 || static_cast<std::size_t>(cols) != entries.size())
      lines[static_cast<std::size_t>(i)].fail("has not as many columns as it says");
    for (long j = 0; j < cols; ++j) a(i, j) = exact(entries[static_cast<std::size_t>(j)]);
  }
  return a;
}

Input input(const Field& field) {
  if (field.is_integer()) return field.integer();
  if (field.is_text()) return field.text();
  return matrix(field);
}

Case inputs(const Field& field) {
  Case read;
  for (const Field& item : field.items())
    read.inputs.emplace_back(item.at("name").text(), input(item.at("value")));
  return read;
}

Series series(const Field& field) {
  Series read;
  read.name = field.at("name").text();
  read.x = list(field.at("x"), number);
  read.y = list(field.at("y"), number);
  read.line = field.at("line").flag();
  if (read.x.size() != read.y.size()) field.fail("has not as many x as y");
  return read;
}

Plot plot(const Field& field) {
  Plot read;
  read.title = field.at("title").text();
  read.caption = field.at("caption").text();
  read.x_label = field.at("x_label").text();
  read.y_label = field.at("y_label").text();
  read.log_x = field.at("log_x").flag();
  read.log_y = field.at("log_y").flag();
  read.series = list(field.at("series"), series);
  return read;
}

Bounds bounds(const Field& field) { return {field.at("lower").text(), field.at("upper").text()}; }

Judgement judgement(const Field& field) {
  static constexpr std::array truths{Truth::no, Truth::unknown, Truth::yes};
  Judgement read;
  read.truth = field.at("truth").one_of(truths, [](Truth t) { return real::name(t); });
  read.relation = field.at("relation").text();
  read.lhs = field.at("lhs").number();
  read.rhs = field.at("rhs").number();
  read.lhs_error = field.at("lhs_error").number();
  read.rhs_error = field.at("rhs_error").number();
  read.lhs_exact = field.at("lhs_exact").text();
  read.rhs_exact = field.at("rhs_exact").text();
  read.lhs_bounds = bounds(field.at("lhs_bounds"));
  read.rhs_bounds = bounds(field.at("rhs_bounds"));
  read.tolerance = field.at("tolerance").text();
  read.proof = field.at("proof").flag();
  read.family = field.at("family").flag();
  read.bits = field.at("bits").integer();
  read.ratio = field.at("ratio").number();
  read.tie = field.at("tie").flag();
  read.note = field.at("note").text();
  read.plot = maybe(field.at("plot"), plot);
  return read;
}

Finding finding(const Field& field) {
  Finding read;
  read.inputs = inputs(field.at("inputs"));
  read.backend = field.at("backend").text();
  read.judgement = judgement(field.at("judgement"));
  for (const auto& [name, judged] : field.at("in_each_backend").entries())
    read.in_each_backend.emplace(name, judgement(judged));
  return read;
}

About about(const Field& field) {
  static constexpr std::array kinds{Kind::identity, Kind::bound,      Kind::rate,      Kind::limit,
                                    Kind::spectrum, Kind::trajectory, Kind::uniformity};
  About read;
  read.id = field.at("id").text();
  read.kind = field.at("kind").one_of(kinds, [](Kind k) { return verify::name(k); });
  read.title = field.at("title").text();
  read.states = field.at("states").text();
  read.source = field.at("source").text();
  read.reading = field.at("reading").text();
  read.uses = list(field.at("uses"), text);
  read.repairs = list(field.at("repairs"), text);
  read.proof = field.at("proof").text();
  read.cases = field.at("cases").small_integer();
  read.most_undecided = field.at("most_undecided").number();
  return read;
}

BackendCount backend_count(const Field& field) {
  BackendCount read;
  read.backend = field.at("backend").text();
  read.yes = field.at("yes").integer();
  read.no = field.at("no").integer();
  read.unknown = field.at("unknown").integer();
  return read;
}

HypothesisCount hypothesis_count(const Field& field) {
  using Need = HypothesisCount::Need;
  HypothesisCount read;
  read.name = field.at("name").text();
  read.asked = field.at("asked").integer();
  read.met = field.at("met").integer();
  const Field need = field.at("need");
  const std::string name = need.text();
  if (name == "untested")
    read.need = Need::untested;
  else if (name == "not-seen")
    read.need = Need::not_seen;
  else if (name == "needed")
    read.need = Need::needed;
  else
    need.fail("holds the unknown name \"" + name + "\"");
  return read;
}

Check check(const Field& field) {
  using Answer = Check::Answer;
  static constexpr std::array answers{Answer::none, Answer::confirmed, Answer::not_confirmed,
                                      Answer::not_decided, Answer::failed};
  Check read;
  read.answer = field.at("answer").one_of(answers, [](Answer a) { return verify::name(a); });
  read.says = field.at("says").text();
  return read;
}

ClaimResult claim_result(const Field& field) {
  static constexpr std::array verdicts{Verdict::proved,    Verdict::holds,        Verdict::observed,
                                       Verdict::refuted,   Verdict::contradicted, Verdict::suspect,
                                       Verdict::undecided, Verdict::vacuous,      Verdict::assumed};
  ClaimResult read;
  read.about = about(field.at("about"));
  read.verdict = field.at("verdict").one_of(verdicts, [](Verdict v) { return verify::name(v); });
  read.reason = field.at("reason").text();
  read.cases = field.at("cases").integer();
  read.discarded = field.at("discarded").integer();
  read.dismissed = field.at("dismissed").integer();
  read.proved = field.at("proved").integer();
  read.refuted = field.at("refuted").integer();
  read.undecided = field.at("undecided").integer();
  read.ties = field.at("ties").integer();
  read.climbed = field.at("climbed").integer();
  read.hunted = field.at("hunted").integer();
  read.hunted_proved = field.at("hunted_proved").integer();
  for (const Field& at : field.at("decided_at").items())
    read.decided_at[at.at("bits").integer()] = at.at("cases").integer();
  read.backends = list(field.at("backends"), backend_count);
  read.hypotheses = list(field.at("hypotheses"), hypothesis_count);
  read.counterexample = maybe(field.at("counterexample"), finding);
  read.tightest = maybe(field.at("tightest"), finding);
  read.ratio_before_climb = field.at("ratio_before_climb").number();
  read.check = check(field.at("check"));
  read.certificate = field.at("certificate").text();
  read.plots = list(field.at("plots"), plot);
  read.note = field.at("note").text();
  read.seconds = field.at("seconds").number();
  return read;
}

Provenance provenance(const Field& field) {
  Provenance read;
  read.version = field.at("version").text();
  read.commit = field.at("commit").text();
  read.compiler = field.at("compiler").text();
  read.flags = field.at("flags").text();
  read.processor = field.at("processor").text();
  read.system = field.at("system").text();
  for (const auto& [name, version] : field.at("libraries").entries())
    read.libraries.emplace(name, version.text());
  read.seed = field.at("seed").text();
  read.profile = field.at("profile").text();
  read.budget = field.at("budget").number();
  read.filter = field.at("filter").text();
  read.backends = list(field.at("backends"), text);
  read.started = field.at("started").text();
  read.seconds = field.at("seconds").number();
  read.jobs = field.at("jobs").small_integer();
  return read;
}

const Json* referred(const Json& schema, const Json& root) {
  const auto reference = schema.find("$ref");
  if (reference == schema.end()) return &schema;
  return &root.at(Json::json_pointer(reference->get<std::string>().substr(1)));
}

void strip(Json& value, const Json& schema_or_reference, const Json& root) {
  const Json& schema = *referred(schema_or_reference, root);
  if (!schema.is_object()) return;
  for (const char* combination : {"anyOf", "oneOf", "allOf"})
    if (const auto found = schema.find(combination); found != schema.end())
      for (const Json& part : *found) strip(value, part, root);
  if (value.is_array()) {
    if (const auto items = schema.find("items"); items != schema.end())
      for (Json& item : value) strip(item, *items, root);
  }
  if (!value.is_object()) return;
  const Json none = Json::object();
  const Json& properties = schema.contains("properties") ? schema.at("properties") : none;
  const Json& others = schema.contains("additionalProperties") ? schema.at("additionalProperties") : none;
  std::set<std::string> gone;
  for (auto& [key, inner] : value.items()) {
    const Json& described = properties.contains(key) ? properties.at(key) : others;
    const bool is_volatile = described.is_object() && (described.value("x-volatile", false) ||
                                                       referred(described, root)->value("x-volatile", false));
    if (is_volatile)
      gone.insert(key);
    else
      strip(inner, described, root);
  }
  for (const std::string& key : gone) value.erase(key);
}

}  // namespace

Case case_from_json(const Json& json) { return inputs(Field(json, "")); }
Judgement judgement_from_json(const Json& json) { return judgement(Field(json, "")); }
Finding finding_from_json(const Json& json) { return finding(Field(json, "")); }
ClaimResult claim_result_from_json(const Json& json) { return claim_result(Field(json, "")); }

Report report_from_json(const Json& json) {
  const Field field(json, "");
  const std::string schema = field.at("schema").text();
  if (schema != report_schema)
    field.at("schema").fail("is \"" + schema + "\", and this version reads \"" + std::string(report_schema) +
                            "\"");
  Report read;
  read.provenance = provenance(field.at("provenance"));
  read.claims = list(field.at("claims"), claim_result);
  return read;
}

Json parse_json(std::string_view text, const std::string& origin) {
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    const std::size_t end = std::min(error.byte > 0 ? error.byte - 1 : 0, text.size());
    std::size_t line = 1, column = 1;
    for (char c : text.substr(0, end)) {
      column = c == '\n' ? 1 : column + 1;
      line += c == '\n';
    }
    throw FormatError(origin + " is no JSON: error at line " + std::to_string(line) + ", column " +
                      std::to_string(column));
  }
}

Report read_report(const std::string& path) {
  const Json json = parse_json(read_file(path), path);
  try {
    return report_from_json(json);
  } catch (const FormatError& error) {
    throw FormatError(path + ": " + error.what());
  }
}

Json strip_volatile(Json report, const Json& schema) {
  strip(report, schema, schema);
  return report;
}

}  // namespace gronwall::verify
