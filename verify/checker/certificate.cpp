#include "verify/checker/certificate.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <set>

#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include "verify/checker/outcome.hpp"

namespace gronwall::checker {

namespace {

using Json = nlohmann::json;

[[noreturn]] void reject(const std::string& field, const std::string& complaint) {
  throw NotConfirmed("the field " + field + " " + complaint);
}

Json parsed(const std::string& text) {
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) throw NotConfirmed("the file is empty");
  // The last of two equal keys would win without a word.
  std::vector<std::set<std::string>> keys;
  const auto watch = [&keys](int, Json::parse_event_t event, Json& item) {
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end) keys.pop_back();
    if (event == Json::parse_event_t::key && !keys.back().insert(item.get<std::string>()).second)
      reject(item.get<std::string>(), "is given twice");
    return true;
  };
  try {
    return Json::parse(text, watch);
  } catch (const Json::parse_error& error) {
    const bool ended = std::string(error.what()).find("unexpected end of input") != std::string::npos ||
                       error.byte > text.size();
    if (ended) throw NotConfirmed("the file is truncated: it ends before its JSON does");
    throw NotConfirmed("the file is not JSON: error at byte " + std::to_string(error.byte));
  }
}

/// The object has these fields and no others but the optional ones. `path` is empty for the document.
void only_fields(const Json& object, const std::string& path, const std::set<std::string>& required,
                 const std::set<std::string>& optional = {}) {
  if (!object.is_object())
    throw NotConfirmed(path.empty() ? "the document is no object" : "the field " + path + " is no object");
  const std::string before = path.empty() ? "" : path + ".";
  for (const std::string& key : required)
    if (!object.contains(key)) reject(before + key, "is missing");
  for (const auto& [key, value] : object.items())
    if (required.count(key) == 0 && optional.count(key) == 0) reject(before + key, "is unknown");
}

std::string text_at(const Json& object, const std::string& key, const std::string& path) {
  const Json& value = object.at(key);
  if (!value.is_string()) reject(path + key, "is no string");
  return value.get<std::string>();
}

long integer_at(const Json& object, const std::string& key, const std::string& path) {
  const Json& value = object.at(key);
  if (!value.is_number_integer()) reject(path + key, "is no integer");
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > 1000000000000000000U)
    reject(path + key, "is too large");
  return value.get<long>();
}

/// An entry of a drawn matrix: what a double holds.
mpq_class entry(const Json& hex, const Json& decimal, const std::string& field) {
  if (!hex.is_string()) reject(field, "is no string");
  const Endpoint exact = Endpoint::from_hex(hex.get<std::string>(), field);
  if (exact.bits() > 53) reject(field, "has more than 53 significant bits");
  mpq_class q = exact.rational(field);
  if (!decimal.is_number() || decimal.get<double>() != q.get_d())
    reject(field, "is another number in decimal than in hexadecimal");
  return q;
}

Matrix matrix(const Json& json, const std::string& path) {
  only_fields(json, path, {"rows", "cols", "hex", "decimal"});
  const long rows = integer_at(json, "rows", path + "."), cols = integer_at(json, "cols", path + ".");
  if (rows < 1 || cols < 1 || rows > 1024 || cols > 1024) reject(path, "has no sensible shape");
  for (const char* key : {"hex", "decimal"}) {
    const Json& lines = json.at(key);
    bool fits = lines.is_array() && lines.size() == static_cast<std::size_t>(rows);
    for (std::size_t i = 0; fits && i < lines.size(); ++i)
      fits = lines[i].is_array() && lines[i].size() == static_cast<std::size_t>(cols);
    if (!fits)
      reject(path + "." + key, "is no " + std::to_string(rows) + " x " + std::to_string(cols) + " matrix");
  }
  Matrix out(rows, cols);
  for (long i = 0; i < rows; ++i)
    for (long j = 0; j < cols; ++j) {
      const auto r = static_cast<std::size_t>(i), c = static_cast<std::size_t>(j);
      out(i, j) = entry(json["hex"][r][c], json["decimal"][r][c],
                        path + ".hex[" + std::to_string(i) + "][" + std::to_string(j) + "]");
    }
  return out;
}

Input input(const Json& value, const std::string& path) {
  if (value.is_number_integer()) return integer_at(Json{{"value", value}}, "value", path + ".");
  if (value.is_string()) return value.get<std::string>();
  return matrix(value, path + ".value");
}

std::vector<std::pair<std::string, Input>> inputs(const Json& json) {
  if (!json.is_array()) reject("inputs", "is no array");
  std::vector<std::pair<std::string, Input>> out;
  for (const Json& item : json) {
    const std::string path = "inputs[" + std::to_string(out.size()) + "]";
    only_fields(item, path, {"name", "value"});
    const std::string name = text_at(item, "name", path + ".");
    out.emplace_back(name, input(item.at("value"), path));
  }
  return out;
}

mpq_class rational(const std::string& text, const std::string& field) {
  mpq_class q;
  const bool plain = !text.empty() && text.find_first_not_of("-0123456789/") == std::string::npos;
  if (!plain || q.set_str(text, 10) != 0 || q.get_den() == 0)
    reject(field, "holds \"" + text + "\", which is no fraction");
  q.canonicalize();
  return q;
}

Side side(const Json& json, const std::string& name) {
  Side out;
  if (json.is_object() && json.contains("exact")) {
    only_fields(json, name, {"exact"});
    out.exact = rational(text_at(json, "exact", name + "."), name + ".exact");
  } else if (json.is_object() && json.contains("text")) {
    only_fields(json, name, {"text"});
    out.text = text_at(json, "text", name + ".");
  } else {
    only_fields(json, name, {"lower", "upper"});
    const Endpoint lower = Endpoint::from_hex(text_at(json, "lower", name + "."), name + ".lower");
    const Endpoint upper = Endpoint::from_hex(text_at(json, "upper", name + "."), name + ".upper");
    if (upper < lower) throw NotConfirmed("the field " + name + ".lower is above " + name + ".upper");
    out.bounds.emplace(lower, upper);
  }
  return out;
}

/// The ends of a side that is a number, and how far it reaches, at a precision that rounds neither.
Interval wide_enough(const Side& side) { return side.is_number() ? side.interval() : Interval(0); }

/// Numbers that the arithmetic cannot have given.
void check_precision(const Certificate& c) {
  const bool exact = c.arithmetic == "exact";
  if (!exact && c.arithmetic != "ball") reject("arithmetic", "is neither \"ball\" nor \"exact\"");
  if (exact && c.precision != 0) reject("precision", "is not 0, though the arithmetic is exact");
  if (!exact && (c.precision < 64 || c.precision > 1024)) reject("precision", "is not from 64 to 1024 bits");
  const Precision guard(4096);
  // Sides near 0 that are compared up to a tolerance may be as wide as that.
  const long size = std::max({wide_enough(c.lhs).magnitude_exponent(),
                              (c.rhs ? wide_enough(*c.rhs) : Interval(0)).magnitude_exponent(),
                              Interval(c.tolerance.value_or(0)).magnitude_exponent()});
  for (const auto& [name, given] : {std::pair{"lhs", &c.lhs}, std::pair{"rhs", c.rhs ? &*c.rhs : nullptr}}) {
    if (given == nullptr) continue;
    const std::string bits = std::to_string(c.precision) + " bits of precision";
    if (exact && given->bounds) reject(name, "is an enclosure, though the arithmetic is exact");
    if (!exact && !given->is_number())
      reject(name, "is no enclosure, though the arithmetic is that of balls");
    if (!given->bounds) continue;
    if (std::max(given->bounds->first.bits(), given->bounds->second.bits()) > c.precision + 64)
      reject(name, "has more significant bits than " + bits + " can give");
    if (given->interval().width_exponent() > size - c.precision / 32)
      reject(name, "is wider than " + bits + " let it be");
  }
}

}  // namespace

Interval Side::interval() const {
  if (exact) return Interval(*exact);
  if (bounds) return Interval::between(bounds->first, bounds->second);
  throw std::logic_error("a side that is no number");
}

std::string certificate_hash(const Json& json) {
  Json content = json;
  content.erase("hash");
  const std::string text = content.dump();
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
    throw std::runtime_error("SHA-256 is not available");
  std::string out = "sha256:";
  for (unsigned i = 0; i < size; ++i) {
    out += "0123456789abcdef"[digest[i] / 16];
    out += "0123456789abcdef"[digest[i] % 16];
  }
  return out;
}

Certificate read_certificate(const std::string& text) {
  const Json json = parsed(text);
  if (!json.is_object()) throw NotConfirmed("the document is no object");
  if (!json.contains("schema")) reject("schema", "is missing");
  if (json.at("schema") != certificate_schema)
    reject("schema", "is not \"" + std::string(certificate_schema) + "\"");
  only_fields(json, "",
              {"schema", "claim", "statement", "verdict", "inputs", "relation", "lhs", "arithmetic",
               "precision", "producer", "hash"},
              {"rhs", "tolerance"});
  if (text_at(json, "hash", "") != certificate_hash(json))
    throw NotConfirmed("the hash is not that of the content: the certificate was changed");
  Certificate c;
  c.claim = text_at(json, "claim", "");
  c.statement = text_at(json, "statement", "");
  c.verdict = text_at(json, "verdict", "");
  if (c.verdict != "refuted" && c.verdict != "holds")
    reject("verdict", "is neither \"refuted\" nor \"holds\"");
  c.relation = text_at(json, "relation", "");
  c.producer = text_at(json, "producer", "");
  c.arithmetic = text_at(json, "arithmetic", "");
  c.precision = integer_at(json, "precision", "");
  c.inputs = inputs(json.at("inputs"));
  c.lhs = side(json.at("lhs"), "lhs");
  if (json.contains("rhs")) c.rhs = side(json.at("rhs"), "rhs");
  if (!c.rhs && c.relation != "> 0") reject("rhs", "is missing");
  if (json.contains("tolerance"))
    c.tolerance = Endpoint::from_hex(text_at(json, "tolerance", ""), "tolerance").rational("tolerance");
  if (c.tolerance && *c.tolerance < 0) reject("tolerance", "is negative");
  if (c.tolerance && c.relation != "=") reject("tolerance", "is given, though the relation takes none");
  check_precision(c);
  return c;
}

namespace {

template <class T>
const T& as(const Input& input, const std::string& name, const char* wanted) {
  const T* value = std::get_if<T>(&input);
  if (value == nullptr) throw NotConfirmed("the input \"" + name + "\" is no " + wanted);
  return *value;
}

[[noreturn]] void out_of_domain(const std::string& name) {
  throw NotConfirmed("the input \"" + name + "\" is out of the domain of the claim");
}

}  // namespace

const Input& Inputs::next(const std::string& name) {
  for (std::size_t i = 0; i < inputs_.size(); ++i)
    if (inputs_[i].first == name && !taken_[i]) {
      taken_[i] = true;
      return inputs_[i].second;
    }
  throw NotConfirmed("the input \"" + name + "\" is missing");
}

long Inputs::integer(const std::string& name, long low, long high) {
  const long k = as<long>(next(name), name, "integer");
  if (k < low || k > high) out_of_domain(name);
  return k;
}

std::string Inputs::one_of(const std::string& name, const std::vector<std::string>& names) {
  const std::string& chosen = as<std::string>(next(name), name, "name");
  if (std::find(names.begin(), names.end(), chosen) == names.end()) out_of_domain(name);
  return chosen;
}

Matrix Inputs::matrix(const std::string& name, long rows, long cols) {
  const Matrix& a = as<Matrix>(next(name), name, "matrix");
  if (a.rows() != rows || a.cols() != cols)
    throw NotConfirmed("the input \"" + name + "\" is no " + std::to_string(rows) + " x " +
                       std::to_string(cols) + " matrix");
  return a;
}

mpq_class Inputs::number(const std::string& name) { return matrix(name, 1, 1)(0, 0); }
mpq_class Inputs::number(const std::string& name, const mpq_class& low) {
  const mpq_class x = number(name);
  if (x < low) out_of_domain(name);
  return x;
}
mpq_class Inputs::number(const std::string& name, const mpq_class& low, const mpq_class& high) {
  const mpq_class x = number(name, low);
  if (x > high) out_of_domain(name);
  return x;
}

void Inputs::finish() const {
  for (std::size_t i = 0; i < inputs_.size(); ++i)
    if (!taken_[i]) throw NotConfirmed("the input \"" + inputs_[i].first + "\" is none of the claim's");
}

}  // namespace gronwall::checker
