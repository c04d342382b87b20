#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "verify/engine/ledger.hpp"
#include "verify/engine/result.hpp"

/// The story of the paper, from the claims of one report: which of its results stand as they are written,
/// which only repaired, which fall, and which rest on something that fell. Everything here follows from ids,
/// sources, `uses`, `repairs` and verdicts; nothing is looked up in a table of what should come out.
namespace gronwall::verify {

/// True if the run, or a citation, speaks for the claim: proved, holds, observed or assumed.
bool stands(Verdict verdict);
/// True if the claim is broken by proof: refuted or contradicted. What neither stands nor falls is open.
bool falls(Verdict verdict);

/// The part of the paper that a claim belongs to, by its source: the first of "Lemma 17", "Proposition 2",
/// "Theorem 3", "Corollary 1", "Assumption 1" in it. Where none is named, the slide, which is the first text
/// between double quotes; where nothing is quoted, what stands before the first colon, comma or full stop.
std::string chapter(const About& about);
/// True for "Lemma 17", false for a slide.
bool is_numbered(std::string_view chapter);
/// A claim of the suite about itself: its source begins with "Not in the paper".
bool beside_the_paper(const About& about);
/// A claim that is there to save another: it repairs one, or a part of its id begins with "repaired".
bool is_repair(const About& about);

/// What becomes of a claim that is written in the paper, and of the whole of several.
enum class Standing {
  stands,  ///< as it is written; of several: all do
  saved,  ///< it falls, and a claim that repairs it stands; of several: some fall, and each of these is saved
  open,   ///< neither; of several: none falls, or those are saved, and one is open
  fallen,  ///< it falls, and no claim of this run that stands repairs it; of several: one does
  absent   ///< not in this run
};
/// "stands", "stands repaired", "open", "falls", "not in this run".
std::string_view name(Standing standing);

/// What a claim's proof, as its `uses` tell it, stands on. With g the worst (firm < regained < open < lost)
/// over the claims u that it uses, and firm for none:
///
/// - u stands: g(u);
/// - u falls: regained, if a claim that repairs u stands and is itself neither open nor lost; lost otherwise;
/// - u is open, or not in this run: open.
///
/// Circles: only what can be derived in finitely many steps is regained (a repair cannot serve by way of
/// itself).
enum class Footing { firm, regained, open, lost };
/// "firm", "regained", "open", "lost".
std::string_view name(Footing footing);

/// A claim that fell under others, and the one that serves in its place; nullptr if none does.
struct Loss {
  const ClaimResult* fallen;
  const ClaimResult* serves;
  bool operator==(const Loss& other) const { return fallen == other.fallen && serves == other.serves; }
};

/// A claim of the paper as it is written.
struct Part {
  const ClaimResult* claim;
  Standing standing;
  /// The claims of this run that repair it and stand, the best first: with the firmest footing; then
  /// "a.b.repaired" for "a.b.as-stated"; then the bound with the larger tightest ratio; then by id.
  std::vector<const ClaimResult*> saved_by;
};

/// One result of the paper, or one row of the ledger.
struct Chapter {
  std::string name;
  std::vector<Part> written;  ///< as the ledger has them, then by id; a claim is written if it is neither a
                              ///< repair nor beside the paper
  std::vector<const ClaimResult*> repairs;  ///< the others, by id
  Standing standing = Standing::absent;
  Footing footing = Footing::firm;   ///< the worst of the written claims
  std::vector<Loss> losses;          ///< what fell under the written claims, by the id of the fallen
  std::vector<std::string> missing;  ///< ids that the written claims rest on, and that are not in this run
};

class Story {
 public:
  /// `ledger` gives the rows and the order of everything. The report must outlive the story.
  Story(const Report& report, const Ledger& ledger);

  /// The numbered results of the paper, and its other statements by slide: in the order of the ledger's rows,
  /// and after them what has no row, by name. Only those of which a claim is in this run.
  const std::vector<Chapter>& results() const { return results_; }
  const std::vector<Chapter>& statements() const { return statements_; }
  /// Every row of the ledger, those that are not in this run too.
  const std::vector<Chapter>& rows() const { return rows_; }

  Footing footing(const ClaimResult& claim) const;
  /// What fell under the claim, directly or by way of claims that stand or serve; by the fallen claim's id.
  std::vector<Loss> losses(const ClaimResult& claim) const;
  std::vector<const ClaimResult*> repairs_of(const std::string& id) const;

  /// "Of the paper's 10 numbered results in this run, 2 stand as written, 7 stand only repaired and 1 falls;
  /// 3 lost their footing, 2 of them regained it."
  std::string sentence() const;

 private:
  Chapter told(const std::string& name, const std::vector<const ClaimResult*>& claims) const;
  void find_footings();
  Footing worst_below(const ClaimResult& claim) const;
  const ClaimResult* serving(const ClaimResult& fallen) const;
  /// Of two claims that repair `id`.
  bool is_better(const ClaimResult& a, const ClaimResult& b, const std::string& id) const;

  std::map<std::string, const ClaimResult*> by_id_;
  std::map<std::string, Footing> footing_;
  std::vector<Chapter> results_, statements_, rows_;
};

/// What is wrong with the references between claims, a sentence each, naming the claim: an id in `uses` or
/// `repairs` that is no claim, or its own; ids that are there twice; circles of `uses`; a repair of a claim
/// that is a repair itself. For the whole registry, not for a run of a part of it.
std::vector<std::string> faulty_references(const std::vector<About>& claims);

}  // namespace gronwall::verify
