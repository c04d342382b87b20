#include <cctype>
#include <cstdlib>
#include <set>

#include <gtest/gtest.h>

#include "verify/formats/asset.hpp"
#include "verify/formats/html_parts.hpp"
#include "verify/formats/svg.hpp"
#include "verify/test/formats_sample.hpp"

namespace gronwall::verify {
namespace {

const std::string& page() {
  static const std::string text = render(find_format("html"), test::sample_report());
  return text;
}

const std::string& markdown() {
  static const std::string text = render(find_format("markdown"), test::sample_report());
  return text;
}

/// Without comments and without the insides of scripts and styles.
std::string markup(const std::string& text) {
  std::string out;
  std::size_t at = 0;
  const auto skip = [&](std::string_view begin, std::string_view end, bool keep_ends) {
    if (text.compare(at, begin.size(), begin) != 0) return false;
    const std::size_t stop = text.find(end, at);
    if (stop == std::string::npos) ADD_FAILURE() << begin << " does not end";
    if (keep_ends) out += std::string(begin) + std::string(end);
    at = stop == std::string::npos ? text.size() : stop + end.size();
    return true;
  };
  while (at < text.size())
    if (!skip("<!--", "-->", false) && !skip("<script>", "</script>", true) &&
        !skip("<style>", "</style>", true))
      out += text[at++];
  return out;
}

struct Tags {
  std::vector<std::string> ids, links;
  std::string error;
};

/// Reads the tags: each that opens is closed in turn, attributes are quoted, a bare "<" is nowhere.
Tags read_tags(const std::string& text) {
  static const std::set<std::string> empty{"meta", "br", "input", "!DOCTYPE"};
  Tags tags;
  std::vector<std::string> open;
  std::size_t at = 0;
  while (tags.error.empty()) {
    const std::size_t begin = text.find('<', at);
    if (begin == std::string::npos) break;
    std::size_t end = begin;
    char quote = 0;
    for (++end; end < text.size() && (quote != 0 || text[end] != '>'); ++end) {
      if (quote != 0)
        quote = text[end] == quote ? 0 : quote;
      else if (text[end] == '"' || text[end] == '\'')
        quote = text[end];
      else if (text[end] == '<')
        tags.error = "a bare < near " + text.substr(begin, 60);
    }
    if (end >= text.size()) {
      tags.error = "a tag without end near " + text.substr(begin, 60);
      break;
    }
    std::string tag = text.substr(begin + 1, end - begin - 1);
    at = end + 1;
    const bool closes = tag[0] == '/', alone = tag.back() == '/';
    const std::string name = tag.substr(closes ? 1 : 0, tag.find_first_of(" \n\t", 1) - (closes ? 1 : 0));
    if (closes) {
      if (open.empty() || open.back() != name)
        tags.error = "</" + name + "> closes " + (open.empty() ? "" : open.back());
      else
        open.pop_back();
    } else if (!alone && empty.count(name) == 0) {
      open.push_back(name);
    }
    for (const auto& [attribute, found] : {std::pair(std::string(" id="), &tags.ids),
                                           {" href=", &tags.links},
                                           {" xlink:href=", &tags.links},
                                           {" src=", &tags.links}})
      if (const std::size_t value = tag.find(attribute); value != std::string::npos) {
        const std::size_t start = value + attribute.size() + 1;
        found->push_back(tag.substr(start, tag.find(tag[start - 1], start) - start));
      }
  }
  if (tags.error.empty() && !open.empty()) tags.error = "<" + open.back() + "> stays open";
  return tags;
}

TEST(FormatsHtml, TagsAreBalancedAndIdsUnique) {
  const Tags tags = read_tags(markup(page()));
  EXPECT_EQ(tags.error, "");
  EXPECT_EQ(std::set<std::string>(tags.ids.begin(), tags.ids.end()).size(), tags.ids.size());
}

TEST(FormatsHtml, EveryLinkLeadsToAPlaceOnThePage) {
  const Tags tags = read_tags(markup(page()));
  const std::set<std::string> ids(tags.ids.begin(), tags.ids.end());
  EXPECT_GT(tags.links.size(), 20U);
  int certificates = 0;
  for (const std::string& link : tags.links) {
    // The certificates lie in files beside the report.
    if (link.rfind("certificates/", 0) == 0) {
      ++certificates;
      continue;
    }
    ASSERT_EQ(link.substr(0, 1), "#") << link;
    EXPECT_EQ(ids.count(link.substr(1)), 1U) << link;
  }
  EXPECT_EQ(certificates, 1);
}

TEST(FormatsHtml, WhatIsProvedAndWhatTheCheckerSaysIsThere) {
  for (const char* text :
       {"250 proved, 8 refuted, 11 undecided, 7 ties.",
        "Decided exactly: 3, at 64 bits: 200, at 128 bits: 55.", "no (a tie), proved at 128 bits",
        "Not decided by verify-check: it is too wide &lt;/script&gt;",
        "href=\"certificates/growth.lemma-17.state.as-stated.json\"", "left side from 0x1.9p-4"})
    EXPECT_NE(page().find(text), std::string::npos) << text;
}

Report small_story() {
  Report report;
  const auto add = [&report](const std::string& id, Verdict verdict, const std::string& source,
                             const Ids& uses, const Ids& repairs) {
    ClaimResult claim;
    claim.about.id = id;
    claim.about.title = id;
    claim.about.source = source;
    claim.about.uses = uses;
    claim.about.repairs = repairs;
    claim.verdict = verdict;
    report.claims.push_back(claim);
  };
  add("growth.lemma-17.state.as-stated", Verdict::refuted, "Lemma 17", {}, {});
  add("growth.lemma-17.state.repaired", Verdict::holds, "Lemma 17", {}, "growth.lemma-17.state.as-stated");
  add("growth.lemma-18.state.as-stated", Verdict::refuted, "Lemma 18", "growth.lemma-17.state.as-stated", {});
  add("training.weyl.as-stated", Verdict::holds, "Slide \"Consistently decreases\"",
      "growth.lemma-18.state.as-stated", {});
  report.claims[1].tightest = Finding();
  report.claims[1].tightest->judgement.relation = "<=";
  report.claims[1].tightest->judgement.ratio = 0.9998;
  return report;
}

TEST(FormatsHtml, TheStoryOfThePaperStandsFirst) {
  const std::string text = markup(render(find_format("html"), small_story()));
  EXPECT_EQ(read_tags(text).error, "");
  const std::size_t story = text.find("aria-label=\"The story of the paper\"");
  ASSERT_NE(story, std::string::npos);
  EXPECT_LT(story, text.find("<h2"));
  for (const char* piece :
       {"Of 2 numbered results, 1 stands only repaired, 1 falls; 1 rests on something that fell, in whose "
        "place a "
        "repair serves.",
        "<a href=\"#growth.lemma-17.state.as-stated\">Lemma 17</a></th><td data-label=\"as written\"><b "
        "class=\"bad\">falls</b>",
        "<span class=\"verdict holds\">holds</span>, within 0.02 % of its bound",
        "<b class=\"bad\">nothing saves</b> <a href=\"#growth.lemma-18.state.as-stated\">",
        "<b class=\"good\">regained</b> from the repairs of <a "
        "href=\"#growth.lemma-17.state.as-stated\">Lemma 17</a>",
        "<a href=\"#training.weyl.as-stated\">Consistently decreases</a> <b class=\"good\">stands</b>",
        "<td class=\"claim-name\">training.contraction<br>", "not in this run"})
    EXPECT_NE(text.find(piece), std::string::npos) << piece;
}

TEST(FormatsMarkdown, TheStoryOfThePaperStandsFirst) {
  const std::string text = render(find_format("markdown"), small_story());
  for (const char* piece :
       {"| Lemma 17 | **falls** | [`growth.lemma-17.state.repaired`](#growth.lemma-17.state.repaired) "
        "(holds, within 0.02 "
        "% of its bound) | firm |\n",
        "| regained: [Lemma 17](#growth.lemma-17.state.as-stated) fell, its repair serves |\n",
        "| Consistently decreases | **stands** |  | lost: [Lemma 18](#growth.lemma-18.state.as-stated) fell "
        "|\n",
        "\n## Row by row\n",
        "| training.contraction | Consistently decreases | trajectory | not in this run |  |\n"})
    EXPECT_NE(text.find(piece), std::string::npos) << piece;
  EXPECT_LT(text.find("| Lemma 17 |"), text.find("## "));
}

TEST(FormatsHtml, NothingIsFetched) {
  const std::string& text = page();
  EXPECT_EQ(text.find("@import"), std::string::npos);
  EXPECT_EQ(text.find("<link"), std::string::npos);
  int fonts = 0;
  const std::string address = "url(";
  const std::size_t style_ends = text.rfind("</style>");
  for (std::size_t at = text.find(address); at < style_ends; at = text.find(address, at + 1), ++fonts)
    EXPECT_EQ(text.compare(at + address.size(), 27, "data:font/woff2;base64,d09G"), 0) << text.substr(at, 60);
  EXPECT_EQ(fonts, 20);
  EXPECT_LT(text.size(), 5000000U);
}

TEST(FormatsHtml, EveryClaimAndVerdictIsThere) {
  for (const ClaimResult& claim : test::sample_report().claims) {
    EXPECT_NE(page().find("<article class=\"claim\" id=\"" + claim.about.id + "\""), std::string::npos);
    EXPECT_NE(page().find("data-verdict=\"" + std::string(name(claim.verdict)) + "\""), std::string::npos);
  }
}

TEST(FormatsHtml, WhatTheReportSaysIsNoMarkup) {
  // The page has two scripts of its own, and each ends once.
  std::size_t ends = 0;
  for (std::size_t at = page().find("</script"); at != std::string::npos;
       at = page().find("</script", at + 1))
    ++ends;
  EXPECT_EQ(ends, 2U);
  EXPECT_EQ(page().find("<b>\"it"), std::string::npos);
  EXPECT_NE(page().find("&lt;/script&gt;&lt;b&gt;&quot;it&#39;s&quot; &amp; |"), std::string::npos);
  // A template's field in the report's words is left alone.
  EXPECT_NE(page().find("{{style}} line"), std::string::npos);
}

TEST(FormatsHtml, TextAndTeXAreWhole) {
  EXPECT_NE(page().find("Read with <span class=\"tex\">a \\le b</span> and &lt;/script&gt;"),
            std::string::npos);
  EXPECT_NE(page().find("<dt>source</dt><dd>Lemma 17, (4)</dd>"), std::string::npos);
}

TEST(FormatsHtml, OneReportGivesTheSameBytes) {
  EXPECT_EQ(render(find_format("html"), test::sample_report()), page());
}

TEST(FormatsHtml, Base64OfTheStandard) {
  EXPECT_EQ(html::base64(""), "");
  EXPECT_EQ(html::base64("f"), "Zg==");
  EXPECT_EQ(html::base64("fo"), "Zm8=");
  EXPECT_EQ(html::base64("foo"), "Zm9v");
  EXPECT_EQ(html::base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(html::base64("\xff\xfe\xfd"), "//79");
}

TEST(FormatsHtml, ATemplateIsFilledOnce) {
  EXPECT_EQ(html::fill("a {{x}} b {{y}}.", {{"x", "{{y}}"}, {"y", "1"}}), "a {{y}} b 1.");
  EXPECT_THROW(html::fill("{{z}}", {}), FormatError);
}

TEST(FormatsHtml, AScriptDoesNotEndItself) {
  EXPECT_EQ(html::script("a = '</script>' + '</b>'"), "a = '<\\/script>' + '</b>'");
}

TEST(FormatsHtml, AnUnknownAssetIsAnError) { EXPECT_THROW(asset("style.sss"), FormatError); }

TEST(FormatsSvg, DrawsThePointsThatTheAxesCanShow) {
  const auto svg = draw(test::sample_plot(), "p7");
  ASSERT_TRUE(svg.has_value()) << "gnuplot is needed for this test";
  EXPECT_EQ(read_tags(*svg).error, "");
  EXPECT_NE(svg->find("role=\"img\""), std::string::npos);
  EXPECT_NE(svg->find("depth L, it's &lt;doubling>"), std::string::npos)
      << "the label as it is, without markup";
  EXPECT_EQ(svg->find("black"), std::string::npos);
  EXPECT_EQ(svg->find("rgb(  1,"), std::string::npos);
  EXPECT_EQ(svg->find("gnuplot"), std::string::npos);
  // Two points of the first curve and three of the second can be shown, and each has its sign in the legend.
  std::size_t signs = 0;
  for (std::size_t at = svg->find("<use xlink:href='#p7-gpPt"); at != std::string::npos;
       at = svg->find("<use xlink:href='#p7-gpPt", at + 1))
    signs += svg->compare(svg->find('\'', at + 17) + 2, 9, "transform") == 0 &&
             svg->find("translate", at) < svg->find('\n', at);
  EXPECT_EQ(signs, 7U);
}

TEST(FormatsSvg, NothingToDrawIsNoPicture) {
  Plot plot = test::sample_plot();
  for (Series& series : plot.series) series.y.assign(series.x.size(), -1);
  EXPECT_FALSE(draw(plot, "p").has_value());
  EXPECT_FALSE(draw(Plot(), "p").has_value());
}

TEST(FormatsSvg, WithoutGnuplotTheNumbersAreShown) {
  const char* path = std::getenv("PATH");
  const std::string before = path != nullptr ? path : "";
  setenv("PATH", "/nowhere", 1);
  const bool drawn = draw(test::sample_plot(), "p").has_value();
  const std::string text = render(find_format("html"), test::sample_report());
  setenv("PATH", before.c_str(), 1);
  EXPECT_FALSE(drawn);
  EXPECT_EQ(read_tags(markup(text)).error, "");
  EXPECT_NE(text.find("No picture"), std::string::npos);
  EXPECT_NE(text.find("<details open>"), std::string::npos);
}

TEST(FormatsMarkdown, EveryClaimAndVerdictIsThere) {
  for (const ClaimResult& claim : test::sample_report().claims) {
    EXPECT_NE(markdown().find("<a id=\"" + claim.about.id + "\"></a>"), std::string::npos);
    EXPECT_NE(markdown().find("`" + claim.about.id + "`: **" + std::string(name(claim.verdict)) + "**"),
              std::string::npos);
  }
}

/// Bars that end a cell: a backslash before a bar takes that from it.
std::size_t cells(const std::string& line) {
  std::size_t bars = 0;
  for (std::size_t i = 0; i < line.size(); ++i)
    if (line[i] == '\\')
      ++i;
    else
      bars += line[i] == '|';
  return bars;
}

TEST(FormatsMarkdown, RowsOfATableHaveAsManyCellsAsItsHead) {
  std::size_t head = 0, rows = 0;
  bool fenced = false;
  for (std::size_t at = 0; at < markdown().size();) {
    const std::size_t end = markdown().find('\n', at);
    const std::string line = markdown().substr(at, end - at);
    at = end + 1;
    if (line.substr(0, 3) == "~~~") fenced = !fenced;
    if (fenced || line.empty() || line[0] != '|') {
      head = 0;
      continue;
    }
    if (head == 0) head = cells(line);
    EXPECT_EQ(cells(line), head) << line;
    EXPECT_EQ(line.back(), '|') << line;
    ++rows;
  }
  EXPECT_GT(rows, 40U);
}

TEST(FormatsMarkdown, WhatIsProvedAndWhatTheCheckerSaysIsThere) {
  for (const char* text :
       {"250 proved, 8 refuted, 11 undecided, 7 ties.",
        "Decided exactly: 3, at 64 bits: 200, at 128 bits: 55.", "no (a tie), proved at 128 bits",
        "Not decided by verify-check: it is too wide \\</script\\>",
        "](certificates/growth.lemma-17.state.as-stated.json)", "left side from 0x1.9p-4",
        "tolerance = 0x1p-30"})
    EXPECT_NE(markdown().find(text), std::string::npos) << text;
}

TEST(FormatsMarkdown, TeXInATableHasNoBars) {
  EXPECT_NE(markdown().find("$\\Vert h_t\\Vert  < \\vert x\\vert  \\text{ </script> }$"), std::string::npos);
  EXPECT_NE(markdown().find("$\\Vert x\\Vert  = 1$"), std::string::npos);
}

TEST(FormatsMarkdown, WhatTheReportSaysIsNoMarkup) {
  EXPECT_NE(
      markdown().find(
          "Note of the claim \\</script\\>\\<b\\>\"it's\" \\& \\| \\`code\\` \\$5 \\*x\\* \\_y\\_ \\\\"),
      std::string::npos);
  EXPECT_EQ(markdown().find("\n\n\n"), std::string::npos);
}

}  // namespace
}  // namespace gronwall::verify
