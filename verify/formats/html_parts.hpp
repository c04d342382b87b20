#pragma once

#include <map>
#include <string>
#include <string_view>

#include "verify/formats/text.hpp"

/// The pieces of the HTML report. Everything that comes from the report is escaped here.
namespace gronwall::verify::html {

/// Text with TeX between dollar signs; the page's script typesets the .tex elements.
std::string with_tex(const std::string& text);
/// TeX on a line of its own, or within a line.
std::string display(const std::string& tex);
/// The same for a statement, which the page may break at its relations where it is too wide.
std::string statement(const std::string& tex);
std::string inline_tex(const std::string& tex);
/// The verdict's word in its colour.
std::string verdict(Verdict given);
/// A link to the claim, by its id.
std::string link(const ClaimResult& claim);

/// The story of the paper: a table of its numbered results, and a list of its other statements.
std::string story(const Story& story);
/// Every row of the ledger with its claims.
std::string ledger(const Story& story, const Ledger& ledger);

/// One claim as an <article>. `drawn` counts the plots of the page, so that each has ids of its own.
std::string claim(const Report& report, const Overview& overview, const Story& story,
                  const ClaimResult& result, int& drawn);

/// The template with each "{{name}}" replaced by its value. Throws FormatError on a name without a value.
std::string fill(std::string_view page, const std::map<std::string, std::string>& values);
/// A script fit to stand in a page: anything but the end of its own element.
std::string script(std::string_view source);
/// KaTeX's style with its woff2 fonts inside as data URIs, and no other address.
std::string self_contained_style(std::string_view style);
/// Base 64 (RFC 4648, section 4).
std::string base64(std::string_view bytes);

}  // namespace gronwall::verify::html
