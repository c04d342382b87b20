#include "verify/engine/certificate.hpp"

#include <array>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include "gronwall_build_info.hpp"
#include "verify/formats/json.hpp"

namespace gronwall::verify {

namespace {

/// An integer or a fraction.
bool is_rational(const std::string& text) {
  const auto is_natural = [](std::string_view digits) {
    return !digits.empty() && digits.find_first_not_of("0123456789") == std::string_view::npos;
  };
  std::string_view rest = text;
  if (!rest.empty() && rest.front() == '-') rest.remove_prefix(1);
  const std::size_t slash = rest.find('/');
  return is_natural(rest.substr(0, slash)) &&
         (slash == std::string_view::npos || is_natural(rest.substr(slash + 1)));
}

Json side(const Bounds& bounds, const std::string& exact) {
  if (bounds.lower.empty()) return {{is_rational(exact) ? "exact" : "text", exact}};
  return {{"lower", bounds.lower}, {"upper", bounds.upper}};
}

/// Sorted keys, no spaces.
std::string canonical(const Json& json) { return nlohmann::json::parse(to_line(json)).dump(); }

std::string hash_of(Json certificate) {
  certificate.erase("hash");
  return sha256(canonical(certificate));
}

std::string text(const Json& json, const char* field) {
  if (!json.contains(field) || !json[field].is_string())
    throw FormatError(fmt::format("the field {} should be a text", field));
  return json[field].get<std::string>();
}

Certificate from_json(const Json& json) {
  if (text(json, "schema") != certificate_schema)
    throw FormatError(fmt::format("the field schema should be \"{}\"", certificate_schema));
  if (text(json, "hash") != hash_of(json))
    throw FormatError("its hash is not that of its contents: it was changed after it was written");
  Certificate out;
  out.claim = text(json, "claim");
  out.statement = text(json, "statement");
  const std::string verdict = text(json, "verdict");
  if (verdict != name(Verdict::refuted) && verdict != name(Verdict::holds))
    throw FormatError("the field verdict should be \"refuted\" or \"holds\"");
  out.verdict = verdict == name(Verdict::refuted) ? Verdict::refuted : Verdict::holds;
  if (!json.contains("inputs")) throw FormatError("the field inputs is missing");
  out.inputs = case_from_json(json["inputs"]);
  return out;
}

}  // namespace

std::string sha256(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
    throw Error("OpenSSL could not compute a hash.");
  std::string out = "sha256:";
  for (unsigned int i = 0; i < size; ++i) out += fmt::format("{:02x}", digest[i]);
  return out;
}

static bool readable_side(const Bounds& bounds, const std::string& exact) {
  return !bounds.lower.empty() || !exact.empty();
}

static bool certifies(const std::optional<Finding>& finding, Truth truth) {
  if (!finding) return false;
  const Judgement& judged = finding->judgement;
  return judged.proof && !judged.family && judged.truth == truth &&
         readable_side(judged.lhs_bounds, judged.lhs_exact);
}

const Finding* certified(const ClaimResult& result) {
  if (certifies(result.counterexample, Truth::no)) return &*result.counterexample;
  if (result.verdict == Verdict::holds && certifies(result.tightest, Truth::yes)) return &*result.tightest;
  return nullptr;
}

std::string certificate_text(const About& about, const Finding& finding) {
  const Judgement& judged = finding.judgement;
  const bool enclosed = !judged.lhs_bounds.lower.empty();
  Json json{{"schema", certificate_schema},
            {"claim", about.id},
            {"statement", about.states},
            {"verdict", name(judged.truth == Truth::no ? Verdict::refuted : Verdict::holds)},
            {"inputs", to_json(finding.inputs)},
            {"relation", judged.relation},
            {"lhs", side(judged.lhs_bounds, judged.lhs_exact)}};
  if (readable_side(judged.rhs_bounds, judged.rhs_exact))
    json["rhs"] = side(judged.rhs_bounds, judged.rhs_exact);
  if (!judged.tolerance.empty()) json["tolerance"] = judged.tolerance;
  json["arithmetic"] = enclosed ? "ball" : "exact";
  json["precision"] = enclosed ? judged.bits : 0;
  json["producer"] = fmt::format("gronwall {}", build_info::version);
  json["hash"] = hash_of(json);
  return to_text(json);
}

Certificate read_certificate(const std::string& path) {
  const Json json = parse_json(read_file(path), path);
  try {
    return from_json(json);
  } catch (const FormatError& error) {
    throw FormatError(path + ": " + error.what());
  }
}

}  // namespace gronwall::verify
