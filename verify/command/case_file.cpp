#include "verify/command/case_file.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "verify/engine/certificate.hpp"
#include "verify/formats/json.hpp"

namespace gronwall::verify {

static constexpr std::string_view schema = "gronwall-case/1";

void write_case(const CaseFile& file, const std::string& path) {
  write_file(path,
             to_text(Json{{"schema", schema}, {"claim", file.claim}, {"finding", to_json(file.finding)}}));
}

static CaseFile from_report(const Report& report, const std::string& path,
                            const std::optional<std::string>& claim) {
  if (!claim) throw FormatError(path + " is a report of many claims: say which with --claim ID");
  for (const ClaimResult& result : report.claims) {
    if (result.about.id != *claim) continue;
    if (result.counterexample) return {*claim, *result.counterexample, {}, {}};
    if (result.tightest) return {*claim, *result.tightest, {}, {}};
    throw FormatError(fmt::format("{} records no case of {}", path, *claim));
  }
  throw FormatError(fmt::format("{} says nothing of a claim '{}'", path, *claim));
}

static CaseFile from_certificate(const std::string& path) {
  Certificate certificate = read_certificate(path);
  CaseFile file{certificate.claim, {}, certificate.verdict, certificate.statement};
  file.finding.inputs = std::move(certificate.inputs);
  return file;
}

CaseFile read_case(const std::string& path, const std::optional<std::string>& claim) {
  const Json json = parse_json(read_file(path), path);
  const std::string found = json.is_object() && json.contains("schema") && json["schema"].is_string()
                                ? json["schema"].get<std::string>()
                                : "";
  if (found == report_schema) return from_report(read_report(path), path, claim);
  if (found == certificate_schema) {
    CaseFile file = from_certificate(path);
    if (claim && *claim != file.claim)
      throw FormatError(fmt::format("{}: it is a certificate of {}, not of {}", path, file.claim, *claim));
    return file;
  }
  if (found != schema)
    throw FormatError(fmt::format("{}: the field schema should be \"{}\", \"{}\" or \"{}\"", path, schema,
                                  certificate_schema, report_schema));
  try {
    if (!json.contains("claim") || !json["claim"].is_string())
      throw FormatError("the field claim should be a text");
    if (!json.contains("finding")) throw FormatError("the field finding is missing");
    const std::string id = json["claim"].get<std::string>();
    if (claim && *claim != id) throw FormatError(fmt::format("it holds a case of {}, not of {}", id, *claim));
    return {id, finding_from_json(json["finding"]), {}, {}};
  } catch (const FormatError& error) {
    throw FormatError(path + ": " + error.what());
  }
}

}  // namespace gronwall::verify
