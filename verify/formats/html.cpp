#include <ostream>

#include <fmt/core.h>

#include "verify/formats/asset.hpp"
#include "verify/formats/html_parts.hpp"
#include "verify/formats/svg.hpp"

namespace gronwall::verify {

namespace {

/// "71 holds, 14 refuted on 12 345 inputs"
std::string counts(const Report& report, const Overview& overview) {
  std::string out;
  for (const auto& [verdict, count] : overview.counts())
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", count, html::verdict(verdict));
  return fmt::format("{} claim{}, tried on {}: {}.", overview.claims(), overview.claims() == 1 ? "" : "s",
                     inputs_tried(report), out);
}

std::string meanings(const Overview& overview) {
  std::string rows;
  for (const auto& [verdict, count] : overview.counts())
    rows += fmt::format("<tr><td>{}</td><td class=\"number\">{}</td><td class=\"soft\">{}</td></tr>\n",
                        html::verdict(verdict), count, meaning(verdict));
  return "<section aria-labelledby=\"verdicts\">\n<h2 id=\"verdicts\">What the verdicts mean</h2>\n"
         "<div class=\"scroll\"><table><thead><tr><th scope=\"col\">verdict</th><th scope=\"col\" "
         "class=\"number\">claims"
         "</th><th scope=\"col\">means</th></tr></thead><tbody>\n" +
         rows + "</tbody></table></div>\n</section>\n";
}

std::string listed(const std::vector<const ClaimResult*>& claims) {
  std::string out;
  for (const ClaimResult* claim : claims)
    out += (out.empty() ? "" : "<br>") + html::link(*claim) + " " + html::verdict(claim->verdict);
  return out;
}

std::string claim_cell(const ClaimResult& claim) {
  return fmt::format("<td class=\"claim-name\">{}<br>{}</td>", escape_html(claim.about.title),
                     html::link(claim));
}

std::string failing(const Overview& overview) {
  if (overview.failing().empty()) return "";
  std::string rows;
  for (const ClaimResult* claim : overview.failing()) {
    const std::string repairs = listed(overview.repairs_of(claim->about.id));
    rows += fmt::format("<tr>{}<td>{}</td><td data-label=\"repaired by\">{}</td></tr>\n", claim_cell(*claim),
                        html::verdict(claim->verdict),
                        repairs.empty() ? "<span class=\"soft\">none in this run</span>" : repairs);
  }
  return "<section aria-labelledby=\"failing\">\n<h2 id=\"failing\">Fails as written</h2>\n"
         "<div class=\"scroll\"><table class=\"full\"><thead><tr><th scope=\"col\">claim</th><th "
         "scope=\"col\">verdict</th>"
         "<th scope=\"col\">repaired by</th></tr></thead><tbody>\n" +
         rows + "</tbody></table></div>\n</section>\n";
}

std::string half_of_pair(std::string_view heading, const ClaimResult& claim) {
  return fmt::format("<div><p><span class=\"soft\">{}</span> {}<br>{}</p>{}</div>\n", heading,
                     html::verdict(claim.verdict), html::link(claim), html::statement(claim.about.states));
}

std::string side_by_side(const Report& report, const Overview& overview) {
  std::string pairs;
  for (const ClaimResult& claim : report.claims) {
    std::string repairs;
    for (const ClaimResult* repair : overview.repairs_of(claim.about.id))
      repairs += half_of_pair("repaired:", *repair);
    if (!repairs.empty())
      pairs += "<div class=\"pair\">\n" + half_of_pair("as stated:", claim) + "<div>" + repairs +
               "</div>\n</div>\n";
  }
  if (pairs.empty()) return "";
  return "<section aria-labelledby=\"pairs\">\n<h2 id=\"pairs\">As stated and repaired</h2>\n" + pairs +
         "</section>\n";
}

std::string claims_by_topic(const Report& report, const Overview& overview, const Story& story) {
  std::string out;
  int drawn = 0;
  for (const auto& [topic, claims] : overview.topics()) {
    const std::string id = escape_html("topic-" + topic);
    out += fmt::format("<section class=\"topic\" aria-labelledby=\"{0}\">\n<h3 id=\"{0}\">{1}</h3>\n", id,
                       escape_html(topic_title(topic)));
    for (const ClaimResult* claim : claims) out += html::claim(report, overview, story, *claim, drawn);
    out += "</section>\n";
  }
  return out;
}

std::string option(const std::string& value, const std::string& text) {
  return fmt::format("<option value=\"{}\">{}</option>", escape_html(value), escape_html(text));
}

std::string provenance(const Provenance& from) {
  std::string rows;
  const auto row = [&rows](const std::string& what, const std::string& value) {
    if (!value.empty())
      rows += fmt::format("<dt>{}</dt><dd>{}</dd>\n", escape_html(what), escape_html(value));
  };
  std::string backends, libraries;
  for (const std::string& backend : from.backends) backends += (backends.empty() ? "" : ", ") + backend;
  for (const auto& [library, version] : from.libraries)
    libraries += (libraries.empty() ? "" : ", ") + library + " " + version;
  row("version", from.version);
  row("commit", from.commit);
  row("seed", from.seed);
  row("profile", from.profile);
  row("filter", from.filter);
  row("backends", backends);
  row("compiler", from.compiler);
  row("flags", from.flags);
  row("libraries", libraries);
  row("processor", from.processor);
  row("system", from.system);
  row("started", from.started);
  return "<h2>Provenance</h2>\n<dl>\n" + rows + "</dl>\n";
}

class Html : public Format {
  std::string_view name() const override { return "html"; }
  std::string_view file_name() const override { return "report.html"; }
  std::string_view description() const override {
    return "one page that needs no network: statements typeset, plots, filters";
  }
  void write(const Report& report, std::ostream& out) const override {
    const Overview overview(report);
    const Story story(report, ledger());
    std::string verdicts, topics;
    for (const auto& [given, count] : overview.counts()) {
      const std::string word(verify::name(given));
      verdicts += option(word, word + fmt::format(" ({})", count));
    }
    for (const auto& [topic, claims] : overview.topics())
      topics += option(topic, topic_title(topic) + fmt::format(" ({})", claims.size()));
    out << html::fill(asset("page.html"),
                      {{"licence", std::string(asset("katex-licence.txt"))},
                       {"katex-style", html::self_contained_style(asset("katex.min.css"))},
                       {"style", std::string(asset("style.css"))},
                       {"sentence", escape_html(story.sentence())},
                       {"counts", counts(report, overview)},
                       {"story", html::story(story)},
                       {"front", meanings(overview) + failing(overview) + html::ledger(story, ledger()) +
                                     side_by_side(report, overview)},
                       {"verdict-options", verdicts},
                       {"topic-options", topics},
                       {"claims", claims_by_topic(report, overview, story)},
                       {"provenance", provenance(report.provenance)},
                       {"katex-script", html::script(asset("katex.min.js"))},
                       {"script", html::script(asset("script.js"))}});
  }
};

const FormatRegistration registered(std::make_unique<Html>());

}  // namespace

namespace html {

std::string script(std::string_view source) {
  std::string text(source);
  for (std::size_t at = text.find("</script"); at != std::string::npos; at = text.find("</script", at))
    text.replace(at, 2, "<\\/");
  return text;
}

std::string fill(std::string_view page, const std::map<std::string, std::string>& values) {
  std::string out;
  while (true) {
    const std::size_t begin = page.find("{{");
    const std::size_t end = begin == page.npos ? begin : page.find("}}", begin);
    if (end == page.npos) return out.append(page);
    out.append(page.substr(0, begin));
    const std::string name(page.substr(begin + 2, end - begin - 2));
    const auto value = values.find(name);
    if (value == values.end()) throw FormatError("the page asks for \"" + name + "\", which nobody writes");
    out += value->second;
    page.remove_prefix(end + 2);
  }
}

std::string base64(std::string_view bytes) {
  static constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t present = std::min<std::size_t>(3, bytes.size() - i);
    unsigned long group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (k < present ? static_cast<unsigned char>(bytes[i + k]) : 0UL);
    for (std::size_t k = 0; k < 4; ++k) out += k <= present ? alphabet[group >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

std::string self_contained_style(std::string_view style) {
  static constexpr std::string_view source = "src:", folder = "fonts/", kind = ".woff2";
  std::string out;
  while (true) {
    const std::size_t begin = style.find(source);
    if (begin == style.npos) return out.append(style);
    const std::size_t end = std::min(style.find_first_of(";}", begin), style.size());
    const std::string_view sources = style.substr(begin, end - begin);
    const std::size_t name = sources.find(folder), dot = sources.find(kind);
    if (name == sources.npos || dot == sources.npos || dot < name)
      throw FormatError("KaTeX's style names a font without a woff2 file");
    const std::string_view file =
        sources.substr(name + folder.size(), dot + kind.size() - name - folder.size());
    out.append(style.substr(0, begin));
    out += "src:url(data:font/woff2;base64," + base64(asset(file)) + ") format('woff2')";
    style.remove_prefix(end);
  }
}

}  // namespace html

}  // namespace gronwall::verify
