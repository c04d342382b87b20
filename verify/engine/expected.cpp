#include "verify/engine/expected.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "verify/formats/json.hpp"

namespace gronwall::verify {

static constexpr std::string_view schema = "gronwall-expected/1";

static bool is_verdict(const std::string& text) {
  for (int i = 0; i <= static_cast<int>(Verdict::assumed); ++i)
    if (text == name(static_cast<Verdict>(i))) return true;
  return false;
}

Expected Expected::read(const std::string& path) {
  const Json json = parse_json(read_file(path), path);
  const auto fail = [&path](const std::string& complaint) { throw FormatError(path + ": " + complaint); };
  if (!json.is_object() || json.value("schema", Json()) != schema)
    fail(fmt::format("the field schema should be \"{}\"", schema));
  if (!json.contains("verdicts") || !json["verdicts"].is_object())
    fail("the field verdicts should be an object");
  Expected expected;
  for (const auto& [id, verdict] : json["verdicts"].items()) {
    if (!verdict.is_string() || !is_verdict(verdict.get<std::string>()))
      fail(fmt::format("the field verdicts.{} is no verdict", id));
    expected.verdicts_[id] = verdict.get<std::string>();
  }
  return expected;
}

Expected Expected::of(const std::vector<ClaimResult>& results) {
  Expected expected;
  expected.update(results);
  return expected;
}

void Expected::update(const std::vector<ClaimResult>& results) {
  for (const ClaimResult& result : results) verdicts_[result.about.id] = name(result.verdict);
}

void Expected::write(const std::string& path) const {
  Json verdicts = Json::object();
  for (const auto& [id, verdict] : verdicts_) verdicts[id] = verdict;
  write_file(path, to_text(Json{{"schema", schema}, {"verdicts", verdicts}}));
}

std::vector<std::string> Expected::disagreements(const std::vector<ClaimResult>& results,
                                                 bool whole_suite) const {
  std::vector<std::string> out;
  for (const ClaimResult& result : results) {
    const auto expected = verdicts_.find(result.about.id);
    if (expected == verdicts_.end())
      out.push_back(
          fmt::format("{} is {}; no verdict was expected of it.", result.about.id, name(result.verdict)));
    else if (expected->second != name(result.verdict))
      out.push_back(
          fmt::format("{} is {}; {} was expected.", result.about.id, name(result.verdict), expected->second));
  }
  if (whole_suite)
    for (const auto& [id, verdict] : verdicts_)
      if (std::none_of(results.begin(), results.end(),
                       [&id = id](const ClaimResult& r) { return r.about.id == id; }))
        out.push_back(fmt::format("{} was expected to be {}; there is no such claim.", id, verdict));
  return out;
}

}  // namespace gronwall::verify
