#include <cmath>

#include <fmt/core.h>

#include "verify/formats/html_parts.hpp"
#include "verify/formats/svg.hpp"

namespace gronwall::verify::html {

std::string inline_tex(const std::string& tex) {
  return "<span class=\"tex\">" + escape_html(tex) + "</span>";
}
std::string display(const std::string& tex) {
  return "<div class=\"tex display\">" + escape_html(tex) + "</div>";
}

std::string statement(const std::string& tex) {
  return "<div class=\"tex display breaks\">" + escape_html(tex) + "</div>";
}

std::string with_tex(const std::string& text) {
  std::string out;
  for (const Piece& piece : pieces(text)) out += piece.tex ? inline_tex(piece.text) : escape_html(piece.text);
  return out;
}

std::string verdict(Verdict given) {
  return fmt::format("<span class=\"verdict {0}\">{0}</span>", name(given));
}

std::string link(const ClaimResult& claim) {
  return fmt::format("<a href=\"#{0}\"><code>{0}</code></a>", escape_html(claim.about.id));
}

namespace {

std::string entry(std::string_view term, const std::string& text) {
  return text.empty() ? "" : fmt::format("<dt>{}</dt><dd>{}</dd>\n", term, text);
}

std::string listed(const std::vector<const ClaimResult*>& claims) {
  std::string out;
  for (const ClaimResult* claim : claims)
    out += (out.empty() ? "" : ", ") + link(*claim) + " " + verdict(claim->verdict);
  return out;
}

std::string by_id(const Overview& overview, const std::string& id) {
  const ClaimResult* claim = overview.find(id);
  if (claim == nullptr)
    return "<code>" + escape_html(id) + "</code> <span class=\"soft\">not in this run</span>";
  return link(*claim) + " " + verdict(claim->verdict);
}

/// What fell under the claim, and what serves in its place.
std::string ground(const Story& story, const ClaimResult& claim) {
  const Footing footing = story.footing(claim);
  if (footing == Footing::firm || footing == Footing::open) return footing == Footing::firm ? "" : "open";
  std::string out(name(footing));
  std::string separator = ": ";
  for (const Loss& loss : story.losses(claim)) {
    out += separator + link(*loss.fallen) + " " + verdict(loss.fallen->verdict);
    out += loss.serves != nullptr ? ", in its place " + link(*loss.serves) : ", nothing in its place";
    separator = "; ";
  }
  return out;
}

std::string particulars(const Overview& overview, const Story& story, const ClaimResult& claim) {
  const About& about = claim.about;
  const auto by_ids = [&overview](const Ids& ids) {
    std::string out;
    for (const std::string& id : ids) out += (out.empty() ? "" : ", ") + by_id(overview, id);
    return out;
  };
  std::string repaired = listed(overview.repairs_of(about.id));
  if (repaired.empty() && fails(claim.verdict)) repaired = "<span class=\"soft\">nothing in this run</span>";
  return "<dl>\n" + entry("source", with_tex(about.source)) + entry("kind", std::string(name(about.kind))) +
         entry("reading", with_tex(about.reading)) + entry("repairs", by_ids(about.repairs)) +
         entry("repaired by", repaired) + entry("rests on", by_ids(about.uses)) +
         entry("footing", ground(story, claim)) +
         entry("relied on by", listed(overview.resting_on(about.id))) + "</dl>\n";
}

std::string cell(long number) { return fmt::format("<td class=\"number\">{}</td>", number); }

std::string evidence(const ClaimResult& claim) {
  std::string out = fmt::format("<p>{} cases judged, {} discarded", claim.cases, claim.discarded);
  if (claim.dismissed > 0)
    out += fmt::format(", {} violations in double dismissed by a finer backend", claim.dismissed);
  out += ". " + decided(claim) + " " + decided_at(claim) + " " + hunt(claim) + "</p>\n";
  if (!claim.backends.empty()) {
    out +=
        "<div class=\"scroll\"><table><thead><tr><th scope=\"col\">backend</th><th scope=\"col\" "
        "class=\"number\">yes"
        "</th><th scope=\"col\" class=\"number\">no</th><th scope=\"col\" "
        "class=\"number\">unknown</th></tr></thead><tbody>\n";
    for (const BackendCount& count : claim.backends)
      out += "<tr><td>" + escape_html(count.backend) + "</td>" + cell(count.yes) + cell(count.no) +
             cell(count.unknown) + "</tr>\n";
    out += "</tbody></table></div>\n";
  }
  if (!claim.hypotheses.empty()) {
    out +=
        "<div class=\"scroll\"><table><thead><tr><th scope=\"col\">hypothesis</th><th scope=\"col\">met</th>"
        "<th scope=\"col\">needed?</th></tr></thead><tbody>\n";
    for (const HypothesisCount& count : claim.hypotheses)
      out += fmt::format("<tr><td>{}</td><td>{} of {}</td><td>{}</td></tr>\n", with_tex(count.name),
                         count.met, count.asked, need_in_words(count.need));
    out += "</tbody></table></div>\n";
  }
  return out;
}

std::string sides(const Judgement& judged) {
  std::string out = answer(judged);
  if (const std::string numbers = compared(judged); !numbers.empty())
    out += ": <span class=\"numbers\">" + escape_html(numbers) + "</span>";
  if (!std::isnan(judged.ratio)) out += ", ratio " + measured(judged.ratio);
  return out;
}

std::string finding(const Finding& found) {
  std::string out = "<ul class=\"inputs\">\n";
  for (const auto& [name, value] : found.inputs.inputs)
    out += "<li>" + display(tex_input(name, value)) + "</li>\n";
  out += "</ul>\n<p>Judged in " + escape_html(found.backend) + ": " + sides(found.judgement) + ".";
  if (!found.judgement.note.empty()) out += " " + with_tex(sentence(found.judgement.note));
  out += "</p>\n";
  if (!found.in_each_backend.empty()) {
    out +=
        "<div class=\"scroll\"><table><thead><tr><th scope=\"col\">backend</th><th scope=\"col\">answer</th>"
        "<th scope=\"col\">error of each side</th></tr></thead><tbody>\n";
    for (const auto& [backend, judged] : found.in_each_backend)
      out += fmt::format("<tr><td>{}</td><td>{}</td><td>{}, {}</td></tr>\n", escape_html(backend),
                         sides(judged), measured(judged.lhs_error), measured(judged.rhs_error));
    out += "</tbody></table></div>\n";
  }
  std::string exact;
  for (const auto& [name, value] : found.inputs.inputs) exact += hexadecimal_input(name, value) + "\n";
  exact += exact_sides(found.judgement);
  return out + "<details><summary>exact numbers</summary><pre><code>" + escape_html(exact) +
         "</code></pre></details>\n";
}

std::string certificate(const ClaimResult& claim) {
  std::string text = escape_html(checked(claim));
  if (!claim.certificate.empty())
    text =
        fmt::format("Certificate: <a href=\"{0}\"><code>{0}</code></a>. ", escape_html(claim.certificate)) +
        text;
  return text.empty() ? "" : "<p>" + text + "</p>\n";
}

std::string numbers_of(const Plot& plot) {
  std::string out;
  for (const Series& series : plot.series) {
    out += fmt::format(
        "<div class=\"scroll\"><table><caption>{}</caption><thead><tr><th scope=\"col\">{}</th>"
        "<th scope=\"col\">{}</th></tr></thead><tbody>\n",
        escape_html(series.name), escape_html(plot.x_label), escape_html(plot.y_label));
    for (std::size_t i = 0; i < std::min(series.x.size(), series.y.size()); ++i)
      out += "<tr><td>" + measured(series.x[i]) + "</td><td>" + measured(series.y[i]) + "</td></tr>\n";
    out += "</tbody></table></div>\n";
  }
  return out;
}

std::string figure(const Plot& plot, int number) {
  const std::optional<std::string> svg = draw(plot, "plot-" + std::to_string(number));
  std::string out = fmt::format("<figure>\n<figcaption><b>{}</b> {}</figcaption>\n",
                                with_tex(sentence(plot.title)), with_tex(sentence(plot.caption)));
  if (svg)
    out += *svg;
  else
    out +=
        "<p class=\"soft\">No picture: gnuplot was not at hand when this page was written, or there was no "
        "point to "
        "draw.</p>\n";
  out += fmt::format("<details{}><summary>the numbers</summary>\n", svg ? "" : " open");
  return out + numbers_of(plot) + "</details>\n</figure>\n";
}

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

}  // namespace

std::string claim(const Report& report, const Overview& overview, const Story& story,
                  const ClaimResult& result, int& drawn) {
  const About& about = result.about;
  const std::string id = escape_html(about.id);
  const std::string words =
      lower(about.id + " " + about.title + " " + about.source + " " + std::string(name(about.kind)));
  std::string out = fmt::format(
      "<article class=\"claim\" id=\"{0}\" aria-labelledby=\"{0}-title\" data-verdict=\"{1}\" "
      "data-topic=\"{2}\" "
      "data-words=\"{3}\">\n<header><h4 id=\"{0}-title\">{4}</h4>\n<p>{5} <a class=\"soft\" "
      "href=\"#{0}\"><code>{0}</code></a>"
      "</p></header>\n",
      id, name(result.verdict), escape_html(topic(about)), escape_html(words),
      escape_html(about.title.empty() ? about.id : about.title), verdict(result.verdict));
  out += "<div class=\"statement\">" + statement(about.states) + "</div>\n<p>" +
         with_tex(sentence(result.reason)) + "</p>\n";
  out += particulars(overview, story, result);
  if (!about.proof.empty())
    out += "<details><summary>proof</summary><p>" + with_tex(about.proof) + "</p></details>\n";
  out += "<h5>Evidence</h5>\n" + evidence(result);
  if (!result.note.empty()) out += "<p>" + with_tex(sentence(result.note)) + "</p>\n";
  if (result.counterexample) out += "<h5>Smallest counterexample</h5>\n" + finding(*result.counterexample);
  if (result.tightest) {
    const double ratio = result.tightest->judgement.ratio;
    out += fmt::format("<details><summary>{}{}</summary>\n",
                       lower(std::string(tightest_heading(*result.tightest))),
                       std::isnan(ratio) ? "" : ", ratio " + measured(ratio));
    out += finding(*result.tightest) + "</details>\n";
  }
  out += certificate(result);
  for (const Plot& plot : result.plots) out += figure(plot, ++drawn);
  out += "<p class=\"soft\">Again: <code>" + escape_html(reproduction(report, result)) + "</code></p>\n";
  return out + "</article>\n";
}

}  // namespace gronwall::verify::html
