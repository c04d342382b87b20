#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "verify/formats/asset.hpp"
#include "verify/formats/json.hpp"
#include "verify/test/formats_sample.hpp"

namespace gronwall::verify {
namespace {

Json document_of_the_schema() { return parse_json(asset("report.schema.json"), "report.schema.json"); }

struct Parsed {
  valijson::Schema schema;
  Parsed() {
    const nlohmann::json document = nlohmann::json::parse(document_of_the_schema().dump());
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(document), schema);
  }
};

bool valid(const Json& report) {
  static const Parsed parsed;
  const nlohmann::json document = nlohmann::json::parse(report.dump());
  valijson::Validator validator(valijson::Validator::kStrongTypes);
  return validator.validate(parsed.schema, valijson::adapters::NlohmannJsonAdapter(document), nullptr);
}

bool readable(const Json& report) {
  try {
    report_from_json(report);
    return true;
  } catch (const FormatError&) {
    return false;
  }
}

using Pointer = Json::json_pointer;

/// Every place in the document.
void collect(const Json& value, const Pointer& here, std::vector<Pointer>& places) {
  if (!here.empty()) places.push_back(here);
  if (value.is_object())
    for (const auto& [key, inner] : value.items()) collect(inner, here / key, places);
  // The first elements of an array stand for all of it.
  if (value.is_array())
    for (std::size_t i = 0; i < std::min<std::size_t>(value.size(), 3); ++i)
      collect(value[i], here / i, places);
}

/// A report of one claim, with every field.
Json small() {
  Report report = test::sample_report();
  report.claims.resize(1);
  report.claims[0].plots.resize(1);
  report.claims[0].tightest.reset();
  return to_json(report);
}

/// Keys of these objects are names that the run chose.
bool is_free_key(const Pointer& place) {
  const std::string parent = place.parent_pointer().empty() ? "" : place.parent_pointer().back();
  return parent == "libraries" || parent == "in_each_backend";
}

TEST(FormatsSchema, EveryReportIsValid) {
  EXPECT_TRUE(valid(to_json(test::sample_report())));
  EXPECT_TRUE(valid(to_json(Report{test::sample_report().provenance, {}})));
}

TEST(FormatsSchema, AMissingFieldIsNeitherValidNorReadable) {
  const Json good = small();
  std::vector<Pointer> places;
  collect(good, Pointer(), places);
  int removed = 0;
  for (const Pointer& place : places) {
    if (!good.at(place.parent_pointer()).is_object() || is_free_key(place)) continue;
    Json bad = good;
    bad.at(place.parent_pointer()).erase(place.back());
    EXPECT_FALSE(valid(bad)) << place.to_string();
    if (place.back() != "decimal") {
      EXPECT_FALSE(readable(bad)) << place.to_string();
    }
    ++removed;
  }
  EXPECT_GT(removed, 140);
}

TEST(FormatsSchema, AnUnknownFieldIsNotValid) {
  const Json good = small();
  std::vector<Pointer> places;
  collect(good, Pointer(), places);
  for (const Pointer& place : places) {
    if (!good.at(place).is_object() || place.back() == "libraries" || place.back() == "in_each_backend")
      continue;
    Json bad = good;
    bad.at(place)["unheard-of"] = 1;
    EXPECT_FALSE(valid(bad)) << place.to_string();
  }
}

TEST(FormatsSchema, AFieldOfTheWrongTypeIsNeitherValidNorReadable) {
  const Json good = small();
  std::vector<Pointer> places;
  collect(good, Pointer(), places);
  for (const Pointer& place : places) {
    Json bad = good;
    bad.at(place) = {{"wrong", true}};
    EXPECT_FALSE(valid(bad)) << place.to_string();
    if (place.to_string().find("/decimal") == std::string::npos) {
      EXPECT_FALSE(readable(bad)) << place.to_string();
    }
  }
}

TEST(FormatsSchema, UnknownNamesAndImpossibleNumbersAreNotValid) {
  const std::vector<std::pair<std::string, Json>> mutations{
      {"/schema", "gronwall-report/4"},
      {"/claims/0/verdict", "splendid"},
      {"/claims/0/about/kind", "opinion"},
      {"/claims/0/about/id", "two words"},
      {"/claims/0/hypotheses/0/need", "perhaps"},
      {"/claims/0/counterexample/judgement/truth", "maybe"},
      {"/claims/0/counterexample/judgement/lhs", "NaN"},
      {"/claims/0/counterexample/inputs/3/value/hex/0/0", "1.5"},
      {"/claims/0/counterexample/inputs/0/value", 1.5},
      {"/claims/0/cases", -1},
      {"/claims/0/proved", -1},
      {"/claims/0/check/answer", "perhaps"},
      {"/claims/0/decided_at/0/bits", -64},
      {"/claims/0/plots/0/series/0/y/0", "much"},
      {"/provenance/seed", "-1"},
      {"/provenance/jobs", 0}};
  for (const auto& [place, value] : mutations) {
    Json bad = small();
    bad.at(Pointer(place)) = value;
    EXPECT_FALSE(valid(bad)) << place;
  }
}

TEST(FormatsSchema, StrippingLeavesWhatTwoRunsShare) {
  const Report one = test::sample_report();
  Report other = one;
  other.provenance.started = "2030-01-01T00:00:00Z";
  other.provenance.seconds = 1;
  other.provenance.jobs = 7;
  other.claims[0].seconds = 1000;
  const Json stripped = strip_volatile(to_json(one), document_of_the_schema());
  EXPECT_NE(to_text(to_json(one)), to_text(to_json(other)));
  EXPECT_EQ(to_text(stripped), to_text(strip_volatile(to_json(other), document_of_the_schema())));

  // Nothing else went: what is missing is exactly these.
  Json expected = to_json(one);
  for (const char* field : {"started", "seconds", "jobs"}) expected["provenance"].erase(field);
  for (Json& claim : expected["claims"]) claim.erase("seconds");
  EXPECT_EQ(to_text(stripped), to_text(expected));
}

TEST(FormatsSchema, StrippingFollowsEveryKindOfSchema) {
  const Json schema = Json::parse(R"({
    "definitions": {"time": {"type": "number", "x-volatile": true}},
    "properties": {
      "map": {"additionalProperties": {"$ref": "#/definitions/time"}},
      "list": {"items": {"anyOf": [{"type": "null"}, {"properties": {"t": {"x-volatile": true}}}]}},
      "kept": {"type": "object"}
    }})");
  const Json report =
      Json::parse(R"({"map": {"a": 1, "b": 2}, "list": [null, {"t": 1, "u": 2}], "kept": {"t": 1}})");
  EXPECT_EQ(strip_volatile(report, schema).dump(), R"({"map":{},"list":[null,{"u":2}],"kept":{"t":1}})");
}

}  // namespace
}  // namespace gronwall::verify
