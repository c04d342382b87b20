#include "verify/engine/story.hpp"

#include <algorithm>
#include <map>

#include <gtest/gtest.h>

#include "verify/formats/format.hpp"
#include "verify/test/formats_sample.hpp"

namespace gronwall::verify {
namespace {

using Words = std::vector<std::string>;

ClaimResult claim(const std::string& id, Verdict verdict, const Ids& uses = {}, const Ids& repairs = {},
                  const std::string& source = "Slide \"S\", Lemma 1") {
  ClaimResult made;
  made.about.id = id;
  made.about.source = source;
  made.about.uses = uses;
  made.about.repairs = repairs;
  made.verdict = verdict;
  return made;
}

ClaimResult with_ratio(ClaimResult made, double ratio) {
  made.tightest = Finding();
  made.tightest->judgement.ratio = ratio;
  return made;
}

Report report(std::vector<ClaimResult> claims) {
  Report made;
  made.claims = std::move(claims);
  return made;
}

Words ids(const std::vector<const ClaimResult*>& claims) {
  Words found;
  for (const ClaimResult* claim : claims) found.push_back(claim->about.id);
  return found;
}

Words names(const std::vector<Chapter>& chapters) {
  Words found;
  for (const Chapter& chapter : chapters) found.push_back(chapter.name);
  return found;
}

/// "a <- b" where b serves in the place of a, "a <-" where nothing does.
Words words(const std::vector<Loss>& losses) {
  Words found;
  for (const Loss& loss : losses)
    found.push_back(loss.fallen->about.id + " <-" +
                    (loss.serves != nullptr ? " " + loss.serves->about.id : ""));
  return found;
}

/// Story of one report without a ledger, and its footing by id.
struct Told {
  explicit Told(std::vector<ClaimResult> claims) : of(report(std::move(claims))), story(of, Ledger()) {}
  Footing footing(const std::string& id) const { return story.footing(find(id)); }
  Words losses(const std::string& id) const { return words(story.losses(find(id))); }
  const ClaimResult& find(const std::string& id) const {
    return *std::find_if(of.claims.begin(), of.claims.end(),
                         [&id](const ClaimResult& c) { return c.about.id == id; });
  }
  /// The only result.
  const Chapter& result() const {
    EXPECT_EQ(story.results().size(), 1U);
    return story.results().at(0);
  }
  Report of;
  Story story;
};

std::string chapter_of(const std::string& source) {
  About about;
  about.source = source;
  return chapter(about);
}

TEST(Story, ChaptersAreNamedBySources) {
  EXPECT_EQ(chapter_of("Slide \"Lemma 17\", (4)"), "Lemma 17");
  EXPECT_EQ(chapter_of("Slide \"Building Blocks\", Step 1: Width Convergence (Proposition 4)"),
            "Proposition 4");
  EXPECT_EQ(chapter_of("Slide \"Theorem 2: Double Limit\"; see Lemma 2"), "Theorem 2");
  EXPECT_EQ(chapter_of("Assumption 1"), "Assumption 1");
  EXPECT_EQ(chapter_of("Corollary 12, proof"), "Corollary 12");
  // A word without a number names no result.
  EXPECT_EQ(chapter_of("Slide \"Step 3: Moore-Osgood Theorem \", Lemma "), "Step 3: Moore-Osgood Theorem ");
  EXPECT_EQ(chapter_of("Slide \"Closed\", first display"), "Closed");
  EXPECT_EQ(chapter_of("The mission: polynomials fail"), "The mission");
  EXPECT_EQ(chapter_of("a \" alone, and more"), "a \" alone");
  EXPECT_EQ(chapter_of(""), "");
  EXPECT_TRUE(is_numbered("Lemma 17"));
  for (const char* text : {"", "Lemma", "Lemma ", "Lemma x", "Lemma 1b", "lemma 1", "Closed"})
    EXPECT_FALSE(is_numbered(text)) << text;
}

TEST(Story, RepairsAndInstrumentsAreTold) {
  About about;
  about.id = "a.b.as-stated";
  EXPECT_FALSE(is_repair(about));
  about.id = "a.b.repaired-general";
  EXPECT_TRUE(is_repair(about));
  about.id = "a.b.repaired.family";
  EXPECT_TRUE(is_repair(about));
  about.id = "a.unrepaired";
  EXPECT_FALSE(is_repair(about));
  about.repairs = "a.c";
  EXPECT_TRUE(is_repair(about));
  EXPECT_FALSE(beside_the_paper(about));
  about.source = "Not in the paper: an instrument";
  EXPECT_TRUE(beside_the_paper(about));
}

TEST(Story, OneVerdictOneStanding) {
  const std::map<Verdict, Standing> standings{
      {Verdict::proved, Standing::stands},   {Verdict::holds, Standing::stands},
      {Verdict::observed, Standing::stands}, {Verdict::assumed, Standing::stands},
      {Verdict::refuted, Standing::fallen},  {Verdict::contradicted, Standing::fallen},
      {Verdict::suspect, Standing::open},    {Verdict::undecided, Standing::open},
      {Verdict::vacuous, Standing::open}};
  for (const auto& [verdict, standing] : standings) {
    const Told told({claim("a.x", verdict)});
    ASSERT_EQ(told.result().written.size(), 1U);
    EXPECT_EQ(told.result().written[0].standing, standing) << name(verdict);
    EXPECT_EQ(told.result().standing, standing) << name(verdict);
  }
}

TEST(Story, OnlyARepairThatStandsSaves) {
  for (Verdict verdict : {Verdict::refuted, Verdict::suspect, Verdict::undecided, Verdict::vacuous}) {
    const Told told({claim("a.x", Verdict::refuted), claim("a.y", verdict, {}, "a.x")});
    EXPECT_EQ(told.result().standing, Standing::fallen) << name(verdict);
    EXPECT_TRUE(told.result().written[0].saved_by.empty());
  }
  for (Verdict verdict : {Verdict::proved, Verdict::holds, Verdict::observed, Verdict::assumed}) {
    const Told told({claim("a.x", Verdict::contradicted), claim("a.y", verdict, {}, {"a.z", "a.x"})});
    EXPECT_EQ(told.result().standing, Standing::saved) << name(verdict);
    EXPECT_EQ(ids(told.result().written[0].saved_by), Words{"a.y"});
    EXPECT_EQ(ids(told.result().repairs), Words{"a.y"});
  }
}

TEST(Story, TheBestRepairStandsFirst) {
  const auto identity = [](ClaimResult made) {
    made.about.kind = Kind::identity;
    return with_ratio(std::move(made), 0.99);
  };
  const Told by_name({claim("b.x.as-stated", Verdict::refuted),
                      with_ratio(claim("b.x.more.repaired", Verdict::holds, {}, "b.x.as-stated"), 0.9),
                      with_ratio(claim("b.x.repaired", Verdict::holds, {}, "b.x.as-stated"), 0.1),
                      identity(claim("b.x.repaired.how", Verdict::holds, {}, "b.x.as-stated"))});
  EXPECT_EQ(ids(by_name.result().written[0].saved_by),
            (Words{"b.x.repaired", "b.x.more.repaired", "b.x.repaired.how"}));
  const Told told({claim("a.x", Verdict::refuted), claim("a.q", Verdict::refuted),
                   claim("a.r1", Verdict::holds, {}, "a.x"),
                   with_ratio(claim("a.r2", Verdict::holds, {}, "a.x"), 0.5),
                   with_ratio(claim("a.r3", Verdict::holds, {}, "a.x"), 0.9),
                   with_ratio(claim("a.r4", Verdict::holds, "a.q", "a.x"), 1)});
  EXPECT_EQ(ids(told.result().written[1].saved_by), (Words{"a.r3", "a.r2", "a.r1", "a.r4"}));
}

TEST(Story, AChapterIsAsBadAsItsWorstPart) {
  const ClaimResult good = claim("a.good", Verdict::holds), open = claim("a.open", Verdict::suspect),
                    bad = claim("a.bad", Verdict::refuted),
                    repair = claim("a.r", Verdict::holds, {}, "a.bad");
  EXPECT_EQ(Told({good}).result().standing, Standing::stands);
  EXPECT_EQ(Told({good, bad, repair}).result().standing, Standing::saved);
  EXPECT_EQ(Told({good, bad, repair, open}).result().standing, Standing::open);
  EXPECT_EQ(Told({good, bad, open}).result().standing, Standing::fallen);
  EXPECT_EQ(Told({repair}).result().standing, Standing::absent);
}

TEST(Story, FootingIsLostThroughWhatStands) {
  // top -> middle -> bottom, and only bottom falls.
  const auto tower = [](Verdict bottom, std::vector<ClaimResult> more) {
    more.push_back(claim("top", Verdict::holds, "middle"));
    more.push_back(claim("middle", Verdict::holds, {"side", "bottom"}));
    more.push_back(claim("side", Verdict::proved));
    more.push_back(claim("bottom", bottom));
    return Told(more);
  };
  EXPECT_EQ(tower(Verdict::holds, {}).footing("top"), Footing::firm);
  EXPECT_EQ(tower(Verdict::undecided, {}).footing("top"), Footing::open);
  const Told lost = tower(Verdict::refuted, {});
  EXPECT_EQ(lost.footing("top"), Footing::lost);
  EXPECT_EQ(lost.footing("middle"), Footing::lost);
  EXPECT_EQ(lost.footing("side"), Footing::firm);
  EXPECT_EQ(lost.footing("bottom"), Footing::firm) << "itself it rests on nothing";
  EXPECT_EQ(lost.losses("top"), Words{"bottom <-"});
  const Told regained = tower(Verdict::refuted, {claim("repair", Verdict::holds, "side", "bottom")});
  EXPECT_EQ(regained.footing("top"), Footing::regained);
  EXPECT_EQ(regained.losses("top"), Words{"bottom <- repair"});
  const Told in_vain = tower(Verdict::refuted, {claim("repair", Verdict::suspect, "side", "bottom")});
  EXPECT_EQ(in_vain.footing("top"), Footing::lost);
}

TEST(Story, ARepairServesOnlyOnGroundOfItsOwn) {
  const auto footing = [](Verdict ground, const Ids& repair_uses) {
    return Told({claim("top", Verdict::holds, "fallen"), claim("fallen", Verdict::refuted),
                 claim("repair", Verdict::holds, repair_uses, "fallen"), claim("ground", ground),
                 claim("mended", Verdict::holds, {}, "broken"), claim("broken", Verdict::refuted)})
        .footing("top");
  };
  EXPECT_EQ(footing(Verdict::holds, "ground"), Footing::regained);
  EXPECT_EQ(footing(Verdict::refuted, "ground"), Footing::lost);
  EXPECT_EQ(footing(Verdict::suspect, "ground"), Footing::lost);
  EXPECT_EQ(footing(Verdict::holds, "broken"), Footing::regained) << "what is mended below serves too";
  // Its own help is none: directly, and by way of what rests on it.
  EXPECT_EQ(footing(Verdict::holds, "fallen"), Footing::lost);
  EXPECT_EQ(footing(Verdict::holds, "top"), Footing::lost);
  EXPECT_EQ(footing(Verdict::holds, {"ground", "absent"}), Footing::lost);
}

TEST(Story, WhatFellIsReplacedWithAllThatItRestedOn) {
  // The fallen lemma rested on something worse; its repair does not.
  const Told told({claim("top", Verdict::holds, "lemma"), claim("lemma", Verdict::refuted, "worse"),
                   claim("worse", Verdict::refuted), claim("repair", Verdict::holds, "mended", "lemma"),
                   claim("mended", Verdict::refuted), claim("mend", Verdict::holds, {}, "mended")});
  EXPECT_EQ(told.footing("top"), Footing::regained);
  EXPECT_EQ(told.footing("lemma"), Footing::lost);
  EXPECT_EQ(told.losses("top"), (Words{"lemma <- repair", "mended <- mend"}));
}

TEST(Story, CirclesEndAndAreNoGround) {
  const Told told({claim("a", Verdict::holds, {"b", "firm"}), claim("b", Verdict::holds, "a"),
                   claim("self", Verdict::holds, "self"), claim("firm", Verdict::holds),
                   claim("on-both", Verdict::holds, {"firm", "a"})});
  for (const char* id : {"a", "b", "self", "on-both"}) EXPECT_EQ(told.footing(id), Footing::lost) << id;
  EXPECT_EQ(told.footing("firm"), Footing::firm);
  EXPECT_TRUE(told.losses("a").empty());
}

TEST(Story, WhatIsNotInThisRunIsSaid) {
  const Told told({claim("top", Verdict::holds, {"gone", "middle"}),
                   claim("middle", Verdict::holds, "gone-too"), claim("other", Verdict::holds, "gone")});
  EXPECT_EQ(told.footing("top"), Footing::open);
  EXPECT_EQ(told.result().footing, Footing::open);
  EXPECT_EQ(told.result().missing, (Words{"gone-too", "gone"}));
  EXPECT_TRUE(told.result().losses.empty());
}

TEST(Story, AChapterTellsWhatFellUnderIt) {
  const std::string second = "Lemma 2";
  const Told told({claim("l1.a", Verdict::refuted), claim("l1.a.repaired", Verdict::holds, {}, "l1.a"),
                   claim("l2.a", Verdict::refuted, "l1.a", {}, second),
                   claim("l2.b", Verdict::holds, {"l1.a", "l2.a"}, {}, second),
                   claim("l2.a.repaired", Verdict::holds, "l1.a.repaired", "l2.a", second),
                   claim("tool", Verdict::refuted, {}, {}, "Not in the paper: a tool")});
  ASSERT_EQ(names(told.story.results()), (Words{"Lemma 1", "Lemma 2"}));
  const Chapter& lemma = told.story.results()[1];
  EXPECT_EQ(lemma.standing, Standing::saved);
  EXPECT_EQ(lemma.footing, Footing::regained);
  EXPECT_EQ(words(lemma.losses), (Words{"l1.a <- l1.a.repaired", "l2.a <- l2.a.repaired"}));
  EXPECT_EQ(lemma.written.size(), 2U);
  EXPECT_TRUE(told.story.statements().empty()) << "what is beside the paper is no part of its story";
}

Ledger small_ledger() {
  return {{{"t.z", "First", "bound"},
           {"t.a", "Second", "bound"},
           {"t.a.b", "Third", "bound"},
           {"t.none", "Fourth", "bound"}}};
}

TEST(Story, TheLedgerGivesRowsAndOrder) {
  const Ledger ledger = small_ledger();
  EXPECT_EQ(ledger.of("t.a.as-stated")->id, "t.a");
  EXPECT_EQ(ledger.of("t.a.b.as-stated")->id, "t.a.b") << "the longest";
  EXPECT_EQ(ledger.of("t.a.b")->id, "t.a.b");
  EXPECT_EQ(ledger.of("t.ab"), nullptr);
  EXPECT_EQ(ledger.of("t"), nullptr);
  const Report of = report({claim("t.a.as-stated", Verdict::holds, {}, {}, "Lemma 1"),
                            claim("t.b", Verdict::holds, {}, {}, "Lemma 0"),
                            claim("t.a.b.as-stated", Verdict::refuted, {}, {}, "Slide \"A\""),
                            claim("t.z.repaired", Verdict::holds, {}, {}, "Lemma 2")});
  const Story story(of, ledger);
  const Report two = report({claim("t.a.as-stated", Verdict::holds), claim("t.z.as-stated", Verdict::holds)});
  EXPECT_EQ(Story(two, ledger).results().at(0).written.at(0).claim->about.id, "t.z.as-stated");
  EXPECT_EQ(names(story.results()), (Words{"Lemma 2", "Lemma 1", "Lemma 0"}));
  EXPECT_EQ(names(story.statements()), Words{"A"});
  ASSERT_EQ(names(story.rows()), (Words{"t.z", "t.a", "t.a.b", "t.none"}));
  const std::vector<Standing> standings{Standing::absent, Standing::stands, Standing::fallen,
                                        Standing::absent};
  for (std::size_t i = 0; i < standings.size(); ++i) EXPECT_EQ(story.rows()[i].standing, standings[i]) << i;
  EXPECT_EQ(ids(story.rows()[0].repairs), Words{"t.z.repaired"});
}

TEST(Story, TheSentenceCounts) {
  EXPECT_EQ(Told({}).story.sentence(), "No numbered result of a paper is in this run.");
  EXPECT_EQ(Told({claim("a", Verdict::holds)}).story.sentence(),
            "Of 1 numbered result, 1 stands as written.");
  const auto lemma = [](int number) { return "Lemma " + std::to_string(number); };
  const Told told(
      {claim("a1", Verdict::holds, {}, {}, lemma(1)), claim("a2", Verdict::observed, "b1", {}, lemma(2)),
       claim("b1", Verdict::refuted, {}, {}, lemma(3)),
       claim("b1.repaired", Verdict::holds, {}, "b1", lemma(3)),
       claim("c1", Verdict::refuted, {}, {}, lemma(4)), claim("d1", Verdict::suspect, "c1", {}, lemma(5)),
       claim("e1.repaired", Verdict::holds, {}, {}, lemma(6))});
  EXPECT_EQ(
      told.story.sentence(),
      "Of 6 numbered results, 2 stand as written, 1 stands only repaired, 1 falls, 1 is open, 1 is here only "
      "repaired; 2 rest on something that fell, and for 1 of them a repair serves in its place.");
}

TEST(Story, TheSampleHasOne) {
  const Report of = test::sample_report();
  const Story story(of, ledger());
  EXPECT_EQ(names(story.results()), Words{"Lemma 17"});
  EXPECT_EQ(story.results()[0].footing, Footing::open);
}

std::vector<About> abouts(const std::vector<ClaimResult>& claims) {
  std::vector<About> found;
  for (const ClaimResult& claim : claims) found.push_back(claim.about);
  return found;
}

TEST(References, FaultsNameTheClaim) {
  const Verdict any = Verdict::holds;
  EXPECT_TRUE(faulty_references({}).empty());
  EXPECT_TRUE(
      faulty_references(abouts({claim("a", any, "b", "c"), claim("b", any, "c"), claim("c", any)})).empty());
  EXPECT_EQ(faulty_references(abouts({claim("a", any, {"b", "c"}, "d"), claim("b", any)})),
            (Words{"a uses \"c\", which is no claim", "a repairs \"d\", which is no claim"}));
  EXPECT_EQ(faulty_references(abouts({claim("a", any, {"a", "b", "b"}, "a"), claim("b", any)})),
            (Words{"a uses itself", "a uses b twice", "a repairs itself"}));
}

TEST(References, CirclesAreFaultsAndAreToldOnce) {
  const Verdict any = Verdict::holds;
  EXPECT_EQ(faulty_references(abouts({claim("a", any, "b"), claim("b", any, "c"), claim("c", any, "b"),
                                      claim("d", any, {"a", "c"})})),
            Words{"b, c use each other in a circle"});
  // Two ways to one place are no circle.
  EXPECT_TRUE(faulty_references(abouts({claim("a", any, {"b", "c"}), claim("b", any, "d"),
                                        claim("c", any, "d"), claim("d", any)}))
                  .empty());
}

TEST(LedgerFile, IsReadAndChecked) {
  const auto complaint = [](const std::string& text) -> std::string {
    try {
      read_ledger(text, "here");
    } catch (const FormatError& error) {
      return error.what();
    }
    return "";
  };
  const std::string head = R"({"schema": "gronwall-ledger/1", "rows": [)";
  const std::string row = R"({"id": "a", "slide": "S", "kind": "rate, bound"})";
  EXPECT_EQ(complaint(head + row + "]}"), "");
  const Ledger read = read_ledger(head + row + "]}", "here");
  ASSERT_EQ(read.rows.size(), 1U);
  EXPECT_EQ(read.rows[0].slide, "S");
  EXPECT_EQ(complaint("[]"), "here: the field schema should be \"gronwall-ledger/1\"");
  EXPECT_EQ(complaint(R"({"schema": "gronwall-ledger/1"})"), "here: the field rows should be an array");
  EXPECT_EQ(complaint(head + row + ", " + row + "]}"), "here: the field rows[1].id is \"a\" a second time");
  EXPECT_EQ(complaint(head + R"({"id": "a", "slide": "S"}]})"),
            "here: the field rows[0].kind should be a string");
  EXPECT_EQ(complaint(head + R"({"id": "a", "slide": "S", "kind": "rate,bound"}]})"),
            "here: the field rows[0].kind is \"rate,bound\"");
  EXPECT_EQ(complaint(head + R"({"id": "", "slide": "S", "kind": "rate"}]})"),
            "here: the field rows[0].id is empty");
}

}  // namespace
}  // namespace gronwall::verify
