#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "verify/formats/format.hpp"

/// report.json, the report that all others derive from. reports/report.schema.json describes it field by
/// field.
///
/// Exact inputs are hexadecimal floats. Doubles for people and plots are JSON numbers, which read back as the
/// same double; JSON has no number for the others, so infinities are the strings "inf" and "-inf", NaN is
/// null.
namespace gronwall::verify {

/// Keeps the order in which keys are written, so that one report gives the same bytes everywhere.
using Json = nlohmann::ordered_json;

/// The value of the field "schema".
inline constexpr std::string_view report_schema = "gronwall-report/3";

Json to_json(const Case& inputs);
Json to_json(const Judgement& judgement);
Json to_json(const Finding& finding);
Json to_json(const ClaimResult& result);
Json to_json(const Report& report);

/// The exact inverses. Each throws FormatError, which names the field that is missing, of the wrong type, or
/// holds a name that this version does not know. Fields that are not known are passed over.
Case case_from_json(const Json& json);
Judgement judgement_from_json(const Json& json);
Finding finding_from_json(const Json& json);
ClaimResult claim_result_from_json(const Json& json);
Report report_from_json(const Json& json);

/// Parses JSON text. Throws FormatError, which begins with `origin` (the file's name, say) and tells line and
/// column.
Json parse_json(std::string_view text, const std::string& origin);

/// The report in a file. Throws FormatError, which names the file and the field.
Report read_report(const std::string& path);

/// Two spaces of indentation, arrays without objects or arrays in them on one line, a final newline. Bytes
/// that are no UTF-8 become U+FFFD.
std::string to_text(const Json& json);
/// The same value on one line, without a newline: for a pipe between processes.
std::string to_line(const Json& json);

/// `report` without the fields that `schema` (JSON Schema, draft 7) marks by "x-volatile": true, that is,
/// those that may differ between two runs with one seed. Follows properties, additionalProperties, items,
/// anyOf, oneOf, allOf and local references.
Json strip_volatile(Json report, const Json& schema);

}  // namespace gronwall::verify
