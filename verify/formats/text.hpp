#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "verify/engine/result.hpp"
#include "verify/engine/story.hpp"

/// What the formats for people have in common: which claims belong together, and how numbers are written.
namespace gronwall::verify {

/// Every verdict, in the order of DESIGN §6.
inline constexpr std::array all_verdicts{Verdict::proved,    Verdict::holds,        Verdict::observed,
                                         Verdict::refuted,   Verdict::contradicted, Verdict::suspect,
                                         Verdict::undecided, Verdict::vacuous,      Verdict::assumed};

/// One sentence: what the verdict means.
std::string_view meaning(Verdict verdict);
/// True if the run speaks against the claim: refuted, contradicted or suspect.
bool fails(Verdict verdict);

/// The first part of a claim's id, "growth" of "growth.lemma-17.state.as-stated", and what it is about.
std::string topic(const About& about);
std::string topic_title(const std::string& topic);

/// How the claims of a report hang together. The report must outlive it.
class Overview {
 public:
  explicit Overview(const Report& report);

  std::size_t claims() const { return by_id_.size(); }
  /// The verdicts that were given, in the order of DESIGN §6, with how often.
  const std::vector<std::pair<Verdict, int>>& counts() const { return counts_; }
  /// "5 claims: 3 observed, 2 suspect."
  std::string sentence() const;
  /// The claims that fail, sorted by id.
  const std::vector<const ClaimResult*>& failing() const { return failing_; }
  /// Topics, sorted, with their claims sorted by id.
  const std::map<std::string, std::vector<const ClaimResult*>>& topics() const { return topics_; }
  /// The claim; nullptr if the run did not select it.
  const ClaimResult* find(const std::string& id) const;
  /// The claims that repair it, that rest on it directly.
  std::vector<const ClaimResult*> repairs_of(const std::string& id) const;
  std::vector<const ClaimResult*> resting_on(const std::string& id) const;

 private:
  std::map<std::string, const ClaimResult*> by_id_;
  std::vector<std::pair<Verdict, int>> counts_;
  std::vector<const ClaimResult*> failing_;
  std::map<std::string, std::vector<const ClaimResult*>> topics_;
};

/// Text with TeX between dollar signs, in pieces. A lone last dollar sign is text.
struct Piece {
  bool tex;
  std::string text;
};
std::vector<Piece> pieces(const std::string& text);

/// The text as a sentence: its first letter a capital, a full stop at its end. Empty text stays empty.
std::string sentence(std::string text);

/// A measured number, six significant digits: "0.0123457", "1.5e-30"; "infinity"; a dash for NaN.
std::string measured(double x);
/// An exact number: all its digits where there are at most ten, else six and an ellipsis.
std::string exact_decimal(double x);
/// The same in TeX, powers of ten as such.
std::string tex_decimal(const std::string& decimal);
/// The name of an input in TeX: "phi" is \phi, "Wbar" is \bar{W}, "sigma_w" is \sigma_{w}.
std::string tex_name(const std::string& name);

/// Matrices of at most 8 x 8 are written out for people.
bool written_out(const linalg::ExactMatrix& a);
/// The input as TeX, "W = \begin{bmatrix}..."; a large matrix as its shape.
std::string tex_input(const std::string& name, const Input& value);
/// Each matrix with its entries as exact hexadecimal floats, row by row: "W = [0x1p+0 0x0p+0; ...]".
std::string hexadecimal_input(const std::string& name, const Input& value);

/// "lhs <= rhs" with numbers in place of the sides, "1.2 <= 0.9"; empty where the sides are no numbers.
std::string compared(const Judgement& judgement);

/// How to draw the inputs of a claim again: "verify run ID --seed S".
std::string reproduction(const Report& report, const ClaimResult& claim);

/// "57 proved, 0 refuted, 3 undecided, 40 ties."
std::string decided(const ClaimResult& claim);
/// "Decided at 64 bits: 50, at 128 bits: 7, exactly: 3." Empty where nothing was proved.
std::string decided_at(const ClaimResult& claim);
/// What the checker said: "verify-check confirms it", with its words; empty where it was not asked.
std::string checked(const ClaimResult& claim);
/// "no, proved at 128 bits".
std::string answer(const Judgement& judgement);
/// Both sides in full, a line each: "left side from 0x... to 0x...".
std::string exact_sides(const Judgement& judgement);
/// "Tightest case", or what it is where the claim has no ratio.
std::string_view tightest_heading(const Finding& tightest);

/// What is known about whether the claim needs a hypothesis, in a few words.
std::string_view need_in_words(HypothesisCount::Need need);

/// How near a bound is to being attained, by its tightest case: "attained", "within 0.021 % of its bound",
/// "up to 0.07 of its bound"; empty for what is no bound, and where there is no case.
std::string sharpness(const ClaimResult& claim);
/// "Climbed from ratio 0.71 to 0.998 (240 inputs)." and what else was tried beyond the cases; empty if
/// nothing was.
std::string hunt(const ClaimResult& claim);
/// Inputs that all claims were tried on, in words: "12 345 inputs".
std::string inputs_tried(const Report& report);

/// A chapter as it is written, in the reader's words: "stands", "falls", "falls in part (2 of 3)", "open (1
/// of 2)", "not in this run".
std::string as_written(const Chapter& chapter);
/// The chapters that fell under another, each once, by the first of its claims that did, in the order of the
/// losses.
struct Fallen {
  std::string chapter;
  const ClaimResult* claim;
  bool served;  ///< every claim of it that fell has one that serves in its place
};
std::vector<Fallen> fallen_chapters(const std::vector<Loss>& losses);
/// A chapter's name within a sentence: a slide's in quotation marks.
std::string chapter_in_words(const std::string& name);
/// The best claim that saves each part that fell, each once; those that nothing saves are left out.
std::vector<const ClaimResult*> saviours(const Chapter& chapter);

}  // namespace gronwall::verify
