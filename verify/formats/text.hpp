#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "verify/engine/result.hpp"

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
/// True if the run, or a citation, speaks for it: proved, holds, observed or assumed.
bool stands(Verdict verdict);

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
  /// The failing claims that it rests on, directly or not, sorted by id.
  std::vector<const ClaimResult*> fallen_below(const ClaimResult& claim) const;
  /// The claims that do not fail and rest on one that does, sorted by id.
  std::vector<const ClaimResult*> without_footing() const;

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

}  // namespace gronwall::verify
