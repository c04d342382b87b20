#include <algorithm>

#include <fmt/core.h>

#include "verify/formats/html_parts.hpp"
#include "verify/formats/svg.hpp"

namespace gronwall::verify::html {

namespace {

/// Claims of one cell that are written out; a link to the row says how many more there are.
constexpr std::size_t most_shown = 2;

std::string anchor(const ClaimResult& claim, const std::string& text) {
  return fmt::format("<a href=\"#{}\">{}</a>", escape_html(claim.about.id), text);
}

bool falls_somewhere(const Chapter& chapter) { return as_written(chapter).rfind("falls", 0) == 0; }

std::string_view colour(const Chapter& chapter) {
  if (falls_somewhere(chapter)) return "bad";
  return chapter.standing == Standing::stands ? "good" : "open";
}

/// The claim of the chapter that a reader should see first: the worst that is written, else a repair.
const ClaimResult* first(const Chapter& chapter) {
  const auto worst = std::max_element(chapter.written.begin(), chapter.written.end(),
                                      [](const Part& a, const Part& b) { return a.standing < b.standing; });
  if (worst != chapter.written.end()) return worst->claim;
  return chapter.repairs.empty() ? nullptr : chapter.repairs.front();
}

std::string verdict_in_words(const ClaimResult& claim) {
  const std::string sharp = sharpness(claim);
  return verdict(claim.verdict) + (sharp.empty() ? "" : ", " + escape_html(sharp));
}

/// What saves the parts that fell, and what nothing saves.
std::string saved(const Chapter& chapter) {
  std::string out;
  const auto line = [&out](const std::string& text) { out += (out.empty() ? "" : "<br>") + text; };
  for (const Part& part : chapter.written)
    if (part.standing == Standing::fallen)
      line("<b class=\"bad\">nothing saves</b> " +
           anchor(*part.claim, "<code>" + escape_html(part.claim->about.id) + "</code>"));
  const std::vector<const ClaimResult*> claims = saviours(chapter);
  const std::size_t shown = claims.size() <= most_shown + 1 ? claims.size() : most_shown;
  for (std::size_t i = 0; i < shown; ++i) line(link(*claims[i]) + " " + verdict_in_words(*claims[i]));
  if (shown < claims.size()) {
    std::string more;
    for (std::size_t i = shown; i < claims.size(); ++i)
      more += (more.empty() ? "" : ", ") + anchor(*claims[i], fmt::format("{}", i - shown + 1));
    line(fmt::format("<span class=\"soft\">and {} more: {}</span>", claims.size() - shown, more));
  }
  return out;
}

std::string fallen_links(const std::vector<Fallen>& fallen, bool served) {
  std::string out;
  for (const Fallen& one : fallen)
    if (one.served == served)
      out += (out.empty() ? "" : ", ") + anchor(*one.claim, escape_html(chapter_in_words(one.chapter)));
  return out;
}

std::string footing(const Chapter& chapter) {
  const std::vector<Fallen> fallen = fallen_chapters(chapter.losses);
  const std::string lost = fallen_links(fallen, false), regained = fallen_links(fallen, true);
  std::string out;
  if (chapter.footing == Footing::lost)
    out = "<b class=\"bad\">lost</b>" + (lost.empty() ? "" : " with " + lost);
  if (chapter.footing == Footing::open)
    out = chapter.missing.empty() ? "<b class=\"open\">open</b>, as what it rests on"
                                  : "<span class=\"soft\">on claims that are not in this run</span>";
  if (chapter.footing == Footing::firm) return "<b class=\"good\">firm</b>";
  if (!regained.empty())
    out += (out.empty() ? "" : "; ") + ("<b class=\"good\">regained</b> from the repairs of " + regained);
  return out;
}

std::string row(const Chapter& chapter) {
  const ClaimResult* claim = first(chapter);
  const std::string name = escape_html(chapter.name), repairs = saved(chapter);
  return fmt::format(
      "<tr><th scope=\"row\">{}</th><td data-label=\"as written\"><b class=\"{}\">{}</b></td>"
      "<td{}>{}</td><td data-label=\"footing\">{}</td></tr>\n",
      claim != nullptr ? anchor(*claim, name) : name, colour(chapter), as_written(chapter),
      repairs.empty() ? " class=\"nothing\"" : " data-label=\"saved by\"", repairs, footing(chapter));
}

/// "2 of 3 fall" for "falls in part (2 of 3)".
std::string briefly(const Chapter& chapter) {
  const std::string words = as_written(chapter);
  const std::size_t open = words.find('(');
  if (!falls_somewhere(chapter) || open == std::string::npos) return words;
  const std::string part = words.substr(open + 1, words.size() - open - 2);
  return part + (part.rfind("1 of", 0) == 0 ? " falls" : " fall");
}

std::string in_a_line(const Chapter& chapter) {
  const ClaimResult* claim = first(chapter);
  std::string out = fmt::format("{} <b class=\"{}\">{}</b>", anchor(*claim, escape_html(chapter.name)),
                                colour(chapter), briefly(chapter));
  if (chapter.standing == Standing::saved) out += "; repaired";
  if (chapter.standing == Standing::fallen) out += "; <b class=\"bad\">not repaired</b>";
  if (chapter.standing == Standing::open && falls_somewhere(chapter))
    out += "; some <b class=\"open\">open</b>";
  return "<li>" + out + "</li>\n";
}

}  // namespace

std::string story(const Story& story) {
  std::string out;
  if (!story.results().empty()) {
    std::string rows;
    for (const Chapter& chapter : story.results()) rows += row(chapter);
    out +=
        "<div class=\"scroll\"><table class=\"full story\"><thead><tr><th scope=\"col\">result</th><th "
        "scope=\"col\">as "
        "written</th><th scope=\"col\">saved by</th><th scope=\"col\">footing of its "
        "proof</th></tr></thead><tbody>\n" +
        rows + "</tbody></table></div>\n";
  }
  if (!story.statements().empty()) {
    out += "<h3 class=\"between\">The other statements, by slide</h3>\n<ul class=\"between\">\n";
    for (const Chapter& chapter : story.statements()) out += in_a_line(chapter);
    out += "</ul>\n";
  }
  return out.empty()
             ? ""
             : "<section class=\"front\" aria-label=\"The story of the paper\">\n" + out + "</section>\n";
}

std::string ledger(const Story& story, const Ledger& ledger) {
  if (ledger.rows.empty()) return "";
  std::string rows;
  for (std::size_t i = 0; i < ledger.rows.size(); ++i) {
    const Chapter& told = story.rows()[i];
    std::string claims;
    for (const Part& part : told.written)
      claims += (claims.empty() ? "" : "<br>") + link(*part.claim) + " " + verdict(part.claim->verdict);
    for (const ClaimResult* repair : told.repairs)
      claims += (claims.empty() ? "" : "<br>") + link(*repair) + " " + verdict_in_words(*repair);
    rows += fmt::format(
        "<tr><td class=\"claim-name\">{}<br><span class=\"soft\">{}, {}</span></td><td data-label=\"as "
        "written\"><b class=\"{}\">{}</b></td>"
        "<td>{}</td></tr>\n",
        escape_html(told.name), escape_html(ledger.rows[i].slide), escape_html(ledger.rows[i].kind),
        colour(told), as_written(told), claims);
  }
  return "<section aria-labelledby=\"ledger\">\n<h2 id=\"ledger\">Row by "
         "row</h2>\n<details><summary>everything that the "
         "paper says, in its order, with its claims</summary>\n<div class=\"scroll\"><table "
         "class=\"full\"><thead><tr><th "
         "scope=\"col\">row</th><th scope=\"col\">as written</th><th "
         "scope=\"col\">claims</th></tr></thead><tbody>\n" +
         rows + "</tbody></table></div></details>\n</section>\n";
}

}  // namespace gronwall::verify::html
