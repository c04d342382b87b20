#include "verify/engine/ledger.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "verify/engine/claim.hpp"
#include "verify/formats/asset.hpp"
#include "verify/formats/json.hpp"

namespace gronwall::verify {

static constexpr std::string_view schema = "gronwall-ledger/1";

const Row* Ledger::of(std::string_view claim_id) const {
  const Row* found = nullptr;
  for (const Row& row : rows) {
    const bool begins = claim_id.substr(0, row.id.size()) == row.id;
    if (begins && (claim_id.size() == row.id.size() || claim_id[row.id.size()] == '.') &&
        (found == nullptr || row.id.size() > found->id.size()))
      found = &row;
  }
  return found;
}

static bool is_kind(const std::string& text) {
  for (int i = 0; i <= static_cast<int>(Kind::uniformity); ++i)
    if (text == name(static_cast<Kind>(i))) return true;
  return false;
}

static bool are_kinds(const std::string& text) {
  for (std::size_t begin = 0;;) {
    const std::size_t comma = text.find(", ", begin);
    if (!is_kind(text.substr(begin, comma == std::string::npos ? comma : comma - begin))) return false;
    if (comma == std::string::npos) return true;
    begin = comma + 2;
  }
}

Ledger read_ledger(std::string_view text, const std::string& origin) {
  const Json json = parse_json(text, origin);
  const auto fail = [&origin](const std::string& complaint) { throw FormatError(origin + ": " + complaint); };
  if (!json.is_object() || json.value("schema", Json()) != schema)
    fail(fmt::format("the field schema should be \"{}\"", schema));
  if (!json.contains("rows") || !json["rows"].is_array()) fail("the field rows should be an array");
  Ledger ledger;
  for (const Json& item : json["rows"]) {
    const std::string place = fmt::format("rows[{}]", ledger.rows.size());
    const auto word = [&](const char* field) {
      if (!item.is_object() || !item.contains(field) || !item[field].is_string())
        fail(fmt::format("the field {}.{} should be a string", place, field));
      return item[field].get<std::string>();
    };
    const Row row{word("id"), word("slide"), word("kind")};
    if (row.id.empty()) fail(fmt::format("the field {}.id is empty", place));
    for (const Row& other : ledger.rows)
      if (other.id == row.id) fail(fmt::format("the field {}.id is \"{}\" a second time", place, row.id));
    if (!are_kinds(row.kind)) fail(fmt::format("the field {}.kind is \"{}\"", place, row.kind));
    ledger.rows.push_back(row);
  }
  return ledger;
}

const Ledger& ledger() {
  static const Ledger read = read_ledger(asset("ledger.json"), "reports/ledger.json");
  return read;
}

}  // namespace gronwall::verify
