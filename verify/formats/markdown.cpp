#include <cmath>
#include <ostream>

#include <fmt/core.h>

#include "verify/formats/format.hpp"
#include "verify/formats/text.hpp"

namespace gronwall::verify {

namespace {

/// Plain text: nothing in it is markup. Line breaks become spaces, since it may stand in a table.
std::string plain(const std::string& text) {
  std::string out;
  for (char c : text) {
    if (c == '\n' || c == '\r') c = ' ';
    if (std::string_view("\\`*_<>[]|#~$&").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

/// TeX that may stand in a table: there a bar ends the cell, and "\|" would lose its backslash.
std::string cell_tex(const std::string& tex) {
  std::string out;
  for (std::size_t i = 0; i < tex.size(); ++i) {
    if (tex[i] == '\\' && i + 1 < tex.size()) {
      ++i;
      out += tex[i] == '|' ? std::string("\\Vert ") : std::string{'\\', tex[i]};
    } else if (tex[i] == '|') {
      out += "\\vert ";
    } else {
      out += tex[i] == '\n' ? ' ' : tex[i];
    }
  }
  return "$" + out + "$";
}

/// Text with TeX between dollar signs.
std::string with_tex(const std::string& text) {
  std::string out;
  for (const Piece& piece : pieces(text)) out += piece.tex ? "$" + piece.text + "$" : plain(piece.text);
  return out;
}

/// The same in a table.
std::string cell(const std::string& text) {
  std::string out;
  for (const Piece& piece : pieces(text)) out += piece.tex ? cell_tex(piece.text) : plain(piece.text);
  return out;
}

std::string code(const std::string& text) {
  // A code span cannot hold the run of backquotes that opens it.
  std::string fence = "`";
  while (text.find(fence) != std::string::npos) fence += '`';
  return fence.size() == 1 ? fence + text + fence : fence + " " + text + " " + fence;
}

std::string link(const ClaimResult& claim) {
  return fmt::format("[{}](#{}) ({})", code(claim.about.id), claim.about.id, name(claim.verdict));
}

std::string links(const std::vector<const ClaimResult*>& claims) {
  std::string out;
  for (const ClaimResult* claim : claims) out += (out.empty() ? "" : ", ") + link(*claim);
  return out;
}

std::string or_none(const std::string& text) { return text.empty() ? "none in this run" : text; }

/// A claim's verdict, and how near a bound is to being attained.
std::string with_sharpness(const ClaimResult& claim) {
  const std::string sharp = sharpness(claim);
  return fmt::format("[{}](#{}) ({}{}{})", code(claim.about.id), claim.about.id, name(claim.verdict),
                     sharp.empty() ? "" : ", ", sharp);
}

std::string saved_by(const Chapter& chapter) {
  std::string out;
  const auto add = [&out](const std::string& text) { out += (out.empty() ? "" : ", ") + text; };
  for (const Part& part : chapter.written)
    if (part.standing == Standing::fallen) add("**nothing saves** " + link(*part.claim));
  for (const ClaimResult* claim : saviours(chapter)) add(with_sharpness(*claim));
  return out;
}

std::string footing(const Chapter& chapter) {
  std::string out(name(chapter.footing));
  std::string separator = ": ";
  for (const Fallen& fallen : fallen_chapters(chapter.losses)) {
    out += fmt::format("{}[{}](#{}) {}", separator, plain(chapter_in_words(fallen.chapter)),
                       fallen.claim->about.id, fallen.served ? "fell, its repair serves" : "fell");
    separator = "; ";
  }
  if (chapter.footing == Footing::open && !chapter.missing.empty())
    out += separator + "it rests on claims that are not in this run";
  return out;
}

void write_chapters(std::string_view first, const std::vector<Chapter>& chapters, std::ostream& out) {
  if (chapters.empty()) return;
  out << "\n| " << first << " | as written | saved by | footing of its proof |\n| --- | --- | --- | --- |\n";
  for (const Chapter& chapter : chapters)
    out << "| " << plain(chapter.name) << " | **" << as_written(chapter) << "** | " << saved_by(chapter)
        << " | " << footing(chapter) << " |\n";
}

void write_ledger(const Story& story, std::ostream& out) {
  out << "\n## Row by row\n\n| row | slide | kind | as written | claims |\n| --- | --- | --- | --- | --- |\n";
  for (std::size_t i = 0; i < story.rows().size(); ++i) {
    const Chapter& told = story.rows()[i];
    std::string claims;
    const auto add = [&claims](const ClaimResult& claim) {
      claims += (claims.empty() ? "" : ", ") + with_sharpness(claim);
    };
    for (const Part& part : told.written) add(*part.claim);
    for (const ClaimResult* repair : told.repairs) add(*repair);
    out << "| " << plain(told.name) << " | " << plain(ledger().rows[i].slide) << " | "
        << ledger().rows[i].kind << " | " << as_written(told) << " | " << claims << " |\n";
  }
}

void write_front(const Report& report, const Overview& overview, const Story& story, std::ostream& out) {
  out << "# Claims report\n\n"
      << story.sentence() << "\n\n"
      << overview.sentence() << " Tried on " << inputs_tried(report) << ".\n";
  write_chapters("result", story.results(), out);
  write_chapters("statements of the slide", story.statements(), out);
  out << "\n## What the verdicts mean\n\n| verdict | claims | means |\n| --- | ---: | --- |\n";
  for (const auto& [verdict, count] : overview.counts())
    out << "| " << name(verdict) << " | " << count << " | " << meaning(verdict) << " |\n";
  if (!overview.failing().empty()) {
    out << "\n## Fails as written\n\n| claim | verdict | repaired by |\n| --- | --- | --- |\n";
    for (const ClaimResult* claim : overview.failing())
      out << "| [" << code(claim->about.id) << "](#" << claim->about.id << ") " << plain(claim->about.title)
          << " | " << name(claim->verdict) << " | " << or_none(links(overview.repairs_of(claim->about.id)))
          << " |\n";
  }
  write_ledger(story, out);
  out << "\n## All claims\n\n| claim | title | verdict | cases | proved | refuted |\n"
         "| --- | --- | --- | ---: | ---: | ---: |\n";
  for (const ClaimResult& claim : report.claims)
    out << "| [" << code(claim.about.id) << "](#" << claim.about.id << ") | " << plain(claim.about.title)
        << " | " << name(claim.verdict) << " | " << claim.cases << " | " << claim.proved << " | "
        << claim.refuted << " |\n";
}

void write_side_by_side(const Report& report, const Overview& overview, std::ostream& out) {
  bool first = true;
  for (const ClaimResult& claim : report.claims)
    for (const ClaimResult* repair : overview.repairs_of(claim.about.id)) {
      if (first) out << "\n## As stated and repaired\n\n| as stated | repaired |\n| --- | --- |\n";
      first = false;
      out << "| " << link(claim) << ": " << cell_tex(claim.about.states) << " | " << link(*repair) << ": "
          << cell_tex(repair->about.states) << " |\n";
    }
}

void write_finding(const std::string& heading, const Finding& finding, std::ostream& out) {
  out << "\n#### " << heading << "\n\n";
  for (const auto& [name, value] : finding.inputs.inputs) out << "- $" << tex_input(name, value) << "$\n";
  const Judgement& judged = finding.judgement;
  out << "\nJudged in " << finding.backend << ": " << answer(judged);
  if (const std::string sides = compared(judged); !sides.empty()) out << ", " << code(sides);
  if (!std::isnan(judged.ratio)) out << ", ratio " << measured(judged.ratio);
  out << ".";
  if (!judged.note.empty()) out << " " << with_tex(sentence(judged.note));
  out << "\n";
  if (!finding.in_each_backend.empty()) {
    out << "\n| backend | answer | sides | errors |\n| --- | --- | --- | --- |\n";
    for (const auto& [backend, each] : finding.in_each_backend)
      out << "| " << plain(backend) << " | " << answer(each) << " | " << plain(compared(each)) << " | "
          << measured(each.lhs_error) << ", " << measured(each.rhs_error) << " |\n";
  }
  out << "\nExactly:\n\n~~~text\n";
  for (const auto& [name, value] : finding.inputs.inputs) out << hexadecimal_input(name, value) << "\n";
  out << exact_sides(judged) << "~~~\n";
}

void write_evidence(const ClaimResult& claim, std::ostream& out) {
  out << "\n" << claim.cases << " cases judged, " << claim.discarded << " discarded";
  if (claim.dismissed > 0)
    out << ", " << claim.dismissed << " violations in double dismissed by a finer backend";
  out << ". " << decided(claim);
  for (const std::string& more : {decided_at(claim), hunt(claim)})
    if (!more.empty()) out << " " << more;
  out << "\n";
  if (!claim.backends.empty()) {
    out << "\n| backend | yes | no | unknown |\n| --- | ---: | ---: | ---: |\n";
    for (const BackendCount& count : claim.backends)
      out << "| " << plain(count.backend) << " | " << count.yes << " | " << count.no << " | " << count.unknown
          << " |\n";
  }
  if (!claim.hypotheses.empty()) {
    out << "\n| hypothesis | met | needed? |\n| --- | ---: | --- |\n";
    for (const HypothesisCount& count : claim.hypotheses)
      out << "| " << cell(count.name) << " | " << count.met << " of " << count.asked << " | "
          << need_in_words(count.need) << " |\n";
  }
}

void write_certificate(const ClaimResult& claim, std::ostream& out) {
  const std::string said = plain(checked(claim));
  if (!claim.certificate.empty())
    out << "\nCertificate: [" << code(claim.certificate) << "](" << claim.certificate << ")."
        << (said.empty() ? "" : " ") << said << "\n";
  else if (!said.empty())
    out << "\n" << said << "\n";
}

void write_plot(const Plot& plot, std::ostream& out) {
  out << "\n#### " << with_tex(plot.title) << "\n\n" << with_tex(sentence(plot.caption)) << "\n";
  for (const Series& series : plot.series) {
    out << "\n| " << plain(plot.x_label) << " | " << plain(plot.y_label + " (" + series.name + ")")
        << " |\n| ---: | ---: |\n";
    for (std::size_t i = 0; i < std::min(series.x.size(), series.y.size()); ++i)
      out << "| " << measured(series.x[i]) << " | " << measured(series.y[i]) << " |\n";
  }
}

void write_ids(std::string_view what, const Ids& ids, const Overview& overview, std::ostream& out) {
  std::string listed;
  for (const std::string& id : ids) {
    const ClaimResult* claim = overview.find(id);
    listed +=
        (listed.empty() ? "" : ", ") + (claim != nullptr ? link(*claim) : code(id) + " (not in this run)");
  }
  if (!listed.empty()) out << "\n\n" << what << " " << listed << ".";
}

/// What fell under the claim, and what serves in its place.
void write_footing(const Story& story, const ClaimResult& claim, std::ostream& out) {
  const Footing footing = story.footing(claim);
  if (footing == Footing::firm) return;
  out << "\n\nFooting: " << name(footing);
  std::string separator = ": ";
  for (const Loss& loss : story.losses(claim)) {
    out << separator << link(*loss.fallen) << ", "
        << (loss.serves != nullptr ? "in its place " + link(*loss.serves) : "nothing in its place");
    separator = "; ";
  }
  out << ".";
}

void write_claim(const Report& report, const Overview& overview, const Story& story, const ClaimResult& claim,
                 std::ostream& out) {
  const About& about = claim.about;
  out << "\n<a id=\"" << about.id << "\"></a>\n\n### " << plain(about.title.empty() ? about.id : about.title)
      << "\n\n"
      << code(about.id) << ": **" << name(claim.verdict) << "**. " << with_tex(sentence(claim.reason))
      << "\n";
  out << "\n$$\n"
      << about.states << "\n$$\n\nSource: " << with_tex(about.source) << ". Kind: " << name(about.kind)
      << ".";
  if (!about.reading.empty()) out << "\n\nReading: " << with_tex(about.reading);
  write_ids("Repairs", about.repairs, overview, out);
  if (fails(claim.verdict))
    out << "\n\nRepaired by: " << or_none(links(overview.repairs_of(about.id))) << ".";
  write_ids("Rests on", about.uses, overview, out);
  write_footing(story, claim, out);
  if (!about.proof.empty()) out << "\n\nProof. " << with_tex(about.proof);
  out << "\n";
  write_evidence(claim, out);
  if (!claim.note.empty()) out << "\n" << with_tex(sentence(claim.note)) << "\n";
  if (claim.counterexample) write_finding("Smallest counterexample", *claim.counterexample, out);
  if (claim.tightest) write_finding(std::string(tightest_heading(*claim.tightest)), *claim.tightest, out);
  write_certificate(claim, out);
  for (const Plot& plot : claim.plots) write_plot(plot, out);
  out << "\nAgain: " << code(reproduction(report, claim)) << "\n";
}

void write_provenance(const Provenance& from, std::ostream& out) {
  out << "\n## Provenance\n\n| | |\n| --- | --- |\n";
  const auto row = [&out](const std::string& what, const std::string& value) {
    if (!value.empty()) out << "| " << what << " | " << plain(value) << " |\n";
  };
  std::string backends;
  for (const std::string& backend : from.backends) backends += (backends.empty() ? "" : ", ") + backend;
  row("version", from.version);
  row("commit", from.commit);
  row("compiler", from.compiler);
  row("flags", from.flags);
  for (const auto& [library, version] : from.libraries) row(plain(library), version);
  row("processor", from.processor);
  row("system", from.system);
  row("seed", from.seed);
  row("profile", from.profile);
  row("filter", from.filter);
  row("backends", backends);
  row("started", from.started);
}

class Markdown : public Format {
  std::string_view name() const override { return "markdown"; }
  std::string_view file_name() const override { return "report.md"; }
  std::string_view description() const override {
    return "for a repository: tables, and a section for each claim";
  }
  void write(const Report& report, std::ostream& out) const override {
    const Overview overview(report);
    const Story story(report, ledger());
    write_front(report, overview, story, out);
    write_side_by_side(report, overview, out);
    for (const auto& [topic, claims] : overview.topics()) {
      out << "\n## " << plain(topic_title(topic)) << "\n";
      for (const ClaimResult* claim : claims) write_claim(report, overview, story, *claim, out);
    }
    write_provenance(report.provenance, out);
  }
};

const FormatRegistration registered(std::make_unique<Markdown>());

}  // namespace

}  // namespace gronwall::verify
