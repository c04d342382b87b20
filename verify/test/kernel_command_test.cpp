#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "verify/formats/json.hpp"
#include "verify/test/program.hpp"

namespace gronwall::verify {
namespace {

namespace fs = std::filesystem;

class KernelCommand : public testing::Test {
 protected:
  Ended kernel(const std::string& arguments) const {
    return run_program("gronwall_verify_toys", "kernel " + arguments, scratch);
  }

  void file(const std::string& name, const std::string& text) const { std::ofstream(scratch / name) << text; }

  /// What it prints as JSON.
  Json json(const std::string& arguments) const {
    SCOPED_TRACE(arguments);
    const Ended ended = kernel(arguments + " --format json");
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_EQ(ended.err, "");
    return parse_json(ended.out, "kernel");
  }

  void says(const std::string& arguments, const std::vector<std::string>& texts) const {
    SCOPED_TRACE(arguments);
    const Ended ended = kernel(arguments);
    EXPECT_EQ(ended.code, 0) << ended.err;
    for (const std::string& text : texts)
      EXPECT_NE(ended.out.find(text), std::string::npos) << text << "\nis not in\n" << ended.out;
  }

  /// It ends with 4, and its complaint is one sentence that contains the text.
  void complains(const std::string& arguments, const std::string& text) const {
    SCOPED_TRACE(arguments);
    const Ended ended = kernel(arguments);
    EXPECT_EQ(ended.code, 4) << ended.err;
    EXPECT_EQ(ended.out, "");
    EXPECT_NE(ended.err.find(text), std::string::npos) << ended.err;
    EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
    EXPECT_EQ(ended.err.find("..\n"), std::string::npos) << ended.err;
  }

  Scratch scratch;
};

double entry(const Json& report, const std::string& matrix, int i, int j) {
  return std::stod(
      report["matrices"][matrix]["entries"][static_cast<std::size_t>(i)][static_cast<std::size_t>(j)]
          .get<std::string>());
}
const Json& smallest(const Json& report, const std::string& matrix) {
  return report["matrices"][matrix]["smallest_eigenvalue"];
}

/// For phi(x) = x: s0 sigma_v^2 rho [2 I_0(2 sigma_w T) + sigma_w T I_1(2 sigma_w T)].
TEST_F(KernelCommand, OfTheIdentityIsTheClosedForm) {
  file("points.csv", "1,0\n0.6,0.8\n");
  const Json r =
      json("--activation identity --data points.csv --horizon 1/2 --sigma-w 3 --sigma-v 0.5 --sigma-u 1.25");
  const double s0 = 1.25 * 1.25 / 2, a = 1.5;
  const double at_one = s0 * 0.25 * (2 * std::cyl_bessel_i(0.0, 2 * a) + a * std::cyl_bessel_i(1.0, 2 * a));
  const auto error = r["matrices"]["K"]["error"].get<double>();
  EXPECT_LT(error, 1e-8);
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 2; ++j) EXPECT_NEAR(entry(r, "K", i, j), at_one * (i == j ? 1 : 0.6), error);
  EXPECT_NEAR(std::stod(smallest(r, "K")["value"].get<std::string>()), 0.4 * at_one, 2 * error);
}

TEST_F(KernelCommand, IsTheSumOfItsParts) {
  const Json r = json("--activation softplus --points random:4,3,2 --horizon 1");
  for (int i = 0; i < 4; ++i)
    for (int j = 0; j < 4; ++j) {
      EXPECT_NEAR(entry(r, "K", i, j), entry(r, "K^v", i, j) + entry(r, "K^W", i, j) + entry(r, "K^U", i, j),
                  1e-13);
      EXPECT_NEAR(entry(r, "K^v", i, j), entry(r, "Sigma*", i, j), 1e-13);
      EXPECT_EQ(entry(r, "K", i, j), entry(r, "K", j, i));
    }
}

TEST_F(KernelCommand, TellsAPersonEverything) {
  file("points.csv", "# of the sphere\nx,y,z\n1,0,0\n3/5,4/5,0\n\n0,0,-1\n");
  says("--activation tanh --data points.csv --horizon 1",
       {"Neural ODE, infinite width\n", "phi = tanh, T = 1, sigma_v = 1, sigma_w = 1, sigma_u = 1\n",
        "3 inputs of dimension 3 from points.csv\n", "computed in double with ",
        "K = K^v + K^W + K^U (error ", "            line 3    line 4    line 6\n",
        "K^v = sigma_v^2 Sigma* (error ", "K^W, gradients in W (error ", "K^U, gradients in U (error ",
        "Sigma* = E[phi(h_T(x_i)) phi(h_T(x_j))] (error ", "\nsmallest eigenvalues\n",
        "positive, proved: at least 0.", "\nAssumption 1 holds\n",
        "  yes  the inputs lie on the unit sphere: every norm is exactly 1\n",
        "  yes  phi and phi' are Lipschitz: L1 = 1, L2 = 0.7698\n",
        "\nCorollary 1, repaired, K of the Neural ODE of infinite width is positive definite: every "
        "hypothesis holds\n",
        "phi is odd, but no two inputs are opposite\n"});
}

TEST_F(KernelCommand, WideTablesAreBroken) {
  const Ended ended = kernel("--activation tanh --points random:20,5 --digits 12");
  EXPECT_EQ(ended.code, 0) << ended.err;
  int last_columns = 0;
  std::istringstream lines(ended.out.substr(0, ended.out.find("smallest eigenvalues")));
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 110U) << line;
    last_columns += line.size() > 20 && line.ends_with(" 20") ? 1 : 0;
  }
  EXPECT_EQ(last_columns, 5);  // each table is printed to its end
}

TEST_F(KernelCommand, DuplicatesBreakAssumption1) {
  file("points.csv", "x,y\n1,0\n0,1\n1,1\n\n2,2\n");
  says("--data points.csv --normalise --activation softplus",
       {"from points.csv, normalised to the unit sphere\n", "Assumption 1 does not hold\n",
        "  no   the inputs are distinct: lines 4 and 6 are equal after normalisation: duplicate rows break "
        "Assumption 1\n",
        "exactly 0: ", "K c = 0 for c = 1 at line 4, -1 at line 6\n",
        "is singular: equal inputs have equal rows"});
  const Json r = json("--data points.csv --normalise --activation softplus");
  EXPECT_EQ(r["inputs"]["lines"], (std::vector<int>{2, 3, 4, 6}));
  EXPECT_EQ(r["inputs"]["points"][3], (std::vector<std::string>{"2", "2"}));
  EXPECT_EQ(smallest(r, "K")["sign"], "zero");
  EXPECT_EQ(smallest(r, "K")["proved"], true);
  EXPECT_EQ(smallest(r, "K")["null_vector"], (std::vector<std::string>{"0", "0", "1", "-1"}));
  EXPECT_EQ(r["assumption_1"]["holds"], false);
  EXPECT_EQ(r["corollary_1"]["conclusion"], "singular");
  // Not normalised they differ, and are off the sphere.
  says("--data points.csv --activation identity",
       {"  no   the inputs lie on the unit sphere: the norm is not exactly 1 at line 4, line 6; inputs can "
        "be normalised\n",
        "  yes  the inputs are distinct: no two are equal\n", "Corollary 1, repaired, says nothing here: "});
}

TEST_F(KernelCommand, OppositeInputsOfAnOddActivationAreExactlySingular) {
  const Json r = json("--activation erf --points circle:6");
  for (const char* part : {"K", "K^v", "K^W", "K^U", "Sigma*"}) {
    EXPECT_EQ(smallest(r, part)["sign"], "zero") << part;
    EXPECT_EQ(smallest(r, part)["null_vector"], (std::vector<std::string>{"1", "0", "0", "1", "0", "0"}))
        << part;
    EXPECT_LT(std::abs(std::stod(smallest(r, part)["value"].get<std::string>())),
              smallest(r, part)["error"].get<double>());
  }
  EXPECT_EQ(r["corollary_1"]["conclusion"], "singular");
  EXPECT_EQ(r["assumption_1"]["holds"], true);  // as the slides state it
  const Json even = json("--activation softplus --points circle:6");
  EXPECT_EQ(smallest(even, "K")["sign"], "positive");
  EXPECT_EQ(smallest(even, "K")["proved"], true);
  EXPECT_GT(smallest(even, "K")["at_least"].get<double>(), 0);
}

TEST_F(KernelCommand, WhatDoubleDoesNotSeeIsProved) {
  const Json r = json("--activation gelu --points nearly-parallel:3,3,1e-9");
  const Json& found = smallest(r, "K");
  EXPECT_LT(std::stod(found["value"].get<std::string>()), found["error"].get<double>());
  EXPECT_EQ(found["sign"], "positive");
  EXPECT_EQ(found["proved"], true);
  EXPECT_LT(found["at_least"].get<double>(), 1e-17);
  EXPECT_GT(found["at_least"].get<double>(), 0);
  says("--activation tanh --points nearly-parallel:2,2,1e-9", {"; double does not tell it from 0\n"});
}

TEST_F(KernelCommand, KinksAreEstimatedAndNotProved) {
  const Json r = json("--activation relu --points pythagorean:3");
  EXPECT_EQ(smallest(r, "K")["sign"], "positive");
  EXPECT_EQ(smallest(r, "K")["proved"], false);
  EXPECT_EQ(smallest(r, "K")["at_least"], nullptr);
  EXPECT_NE(smallest(r, "K")["reason"].get<std::string>(), "");
  EXPECT_EQ(r["corollary_1"]["conclusion"], "nothing");
  says("--activation relu --points pythagorean:3", {"positive by the estimate of its error; not proved: "});
}

TEST_F(KernelCommand, ManyDifferentNormsAreNotBounded) {
  std::string rows;
  for (int k = 1; k <= 17; ++k) rows += std::to_string(k) + ",1\n";
  file("points.csv", rows);
  const Json r = json("--activation square --horizon 1/10000 --data points.csv --highest double");
  EXPECT_EQ(smallest(r, "K^v")["proved"], false);
  EXPECT_EQ(smallest(r, "K^v")["reason"], "no bound is sought for inputs of more than 16 different norms");
}

TEST_F(KernelCommand, OfAResNetConvergesToThatOfTheNeuralOde) {
  const std::string points = "--activation tanh --points random:3,3 ";
  const Json ode = json(points), coarse = json(points + "--depth 4"), fine = json(points + "--depth 16");
  EXPECT_EQ(ode["model"]["depth"], "infinite");
  EXPECT_EQ(fine["model"]["depth"], 16);
  EXPECT_EQ(fine["model"]["width"], "infinite");
  const double far = std::abs(entry(coarse, "K", 0, 1) - entry(ode, "K", 0, 1));
  const double near = std::abs(entry(fine, "K", 0, 1) - entry(ode, "K", 0, 1));
  EXPECT_NEAR(far / near, 4, 0.7);  // of order 1/L
  says(points + "--depth 65", {"not proved: no bound is sought for more than 64 layers"});
  says(points + "--depth 4", {"ResNet of depth 4, infinite width\n", "positive, proved: "});
}

TEST_F(KernelCommand, OfARandomNetworkComesCloseToThatOfInfiniteWidth) {
  const std::string points = "--activation tanh --points random:3,4 ";
  const Json infinite = json(points), wide = json(points + "--width 512"),
             again = json(points + "--width 512 --seed 1"), other = json(points + "--width 512 --seed 2");
  EXPECT_EQ(wide, again);
  EXPECT_NE(wide["matrices"], other["matrices"]);
  EXPECT_EQ(wide["model"]["width"], 512);
  EXPECT_EQ(wide["model"]["seed"], 1);
  EXPECT_FALSE(wide["matrices"].contains("Sigma*"));
  for (const char* part : {"K", "K^v", "K^W", "K^U"})
    for (int i = 0; i < 3; ++i)
      for (int j = 0; j < 3; ++j) {
        EXPECT_NEAR(entry(wide, part, i, j), entry(infinite, part, i, j), 10 / std::sqrt(512.0)) << part;
        EXPECT_NE(entry(wide, part, i, j), entry(infinite, part, i, j)) << part;
      }
  says(points + "--width 8 --depth 4 --seed 7",
       {"ResNet of depth 4, width 8, random parameters of seed 7\n"});
  // Singular whatever the parameters are, and singular for want of them.
  says("--activation tanh --points circle:4 --width 8",
       {"exactly 0: phi is odd, and the inputs at points 1 and 3 are opposite"});
  says("--activation softplus --points circle:5 --width 4",
       {"exactly 0: its rank is at most 4, the number of parameters\n"});
}

TEST_F(KernelCommand, ThePrecisionIsRaisedUntilASignIsCertain) {
  const std::string close = "--activation tanh --points nearly-parallel:3,3,1e-9 --width 4 ";
  const Json r = json(close);
  EXPECT_EQ(r["backend"], "mpfr50");
  EXPECT_EQ(r["not_certain_in"], std::vector<std::string>{"double"});
  EXPECT_EQ(smallest(r, "K")["sign"], "positive");
  EXPECT_EQ(smallest(r, "K")["proved"], false);
  says(close, {"; the sign of an eigenvalue was not certain in double\n"});
  says(close + "--highest double", {"computed in double", "not certain: it lies within its error in double"});
  EXPECT_EQ(smallest(json(close + "--highest double"), "K")["sign"], "unknown");
}

TEST_F(KernelCommand, DigitsAreThoseAskedFor) {
  const std::string points = "--activation identity --points pythagorean:2 --horizon 1/4 ";
  const std::string fine = json(points + "--backend mpfr50 --digits 40")["matrices"]["K"]["entries"][0][0];
  EXPECT_EQ(fine.size(), 41U) << fine;
  EXPECT_EQ(json(points + "--backend mpfr")["backend"], "mpfr50");
  EXPECT_EQ(json(points + "--digits 4")["matrices"]["K"]["entries"][0][0].get<std::string>().size(), 5U);
  // a = 1/4: 1/2 (2 I_0(1/2) + I_1(1/2)/4), to 40 digits.
  EXPECT_EQ(
      fine.substr(0, 17),
      fmt::format("{:.17f}", std::cyl_bessel_i(0.0, 0.5) + std::cyl_bessel_i(1.0, 0.5) / 8).substr(0, 17));
}

TEST_F(KernelCommand, BadUsageIsFour) {
  complains("", "exactly one of --data FILE and --points GENERATOR has to be given.");
  complains("--points circle:3 --data x.csv",
            "exactly one of --data FILE and --points GENERATOR has to be given.");
  complains("--points square:3", "No inputs are called 'square'; there are: antipodal:");
  complains("--points circle:0",
            "Parameter N of the inputs 'circle' must be an integer from 1 to 4096; '0' was given.");
  complains("--points circle:2000", "--points: 2000 inputs are too many; at most 1024 are taken.");
  complains("--points circle:3 --activation tan", "No activation is called 'tan'");
  complains("--points circle:3 --activation polynomial:x", "polynomial");
  complains("--points circle:3 --horizon -1", "--horizon must not be negative, but is -1.");
  complains("--points circle:3 --horizon soon", "--horizon: 'soon' is not a number");
  complains("--points circle:3 --sigma-v -1/2", "--sigma-v must not be negative, but is -1/2.");
  complains("--points circle:3 --sigma-w x", "--sigma-w: 'x' is not a number");
  complains("--points circle:3 --sigma-u nan", "--sigma-u: 'nan' is not a number");
  complains("--points circle:3 --horizon 1e999", "T");
  complains("--points circle:3 --depth 0", "--depth must be from 1 to 4096, not 0.");
  complains("--points circle:3 --depth deep", "--depth");
  complains("--points circle:3 --width 5000", "--width must be from 1 to 4096, not 5000.");
  complains("--points circle:3 --seed 3", "--seed needs --width: at infinite width nothing is random.");
  complains("--points circle:3 --width 3 --seed -3", "--seed");
  complains("--points circle:3 --backend quad", "No precision backend is called 'quad'");
  complains("--points circle:3 --backend ball", "--backend: kernel shows numbers of a fixed precision");
  complains("--points circle:3 --highest ball", "--highest: kernel shows numbers of a fixed precision");
  complains("--points circle:3 --digits 0", "--digits must be from 1 to 15 in double, not 0.");
  complains("--points circle:3 --digits 16", "--digits must be from 1 to 15 in double, not 16.");
  complains("--points circle:3 --format xml", "--format must be text or json, not xml.");
  complains("--points circle:3 --colour", "--colour");
  complains("circle:3", "circle:3");
}

TEST_F(KernelCommand, BadFilesAreNamedWithTheirLines) {
  fs::create_directory(scratch / "directory");
  complains("--data missing.csv", "missing.csv cannot be read: No such file or directory.");
  complains("--data directory", "directory is a directory, not a file of numbers.");
  struct {
    const char* text;
    const char* says;
  } const cases[] = {
      {"", "points.csv has no row of numbers."},
      {"x,y\n", "points.csv has a header in line 1, but no row of numbers."},
      {"1,2\n3,abc\n", "points.csv, line 2, field 2: 'abc' is not a number"},
      {"1,2\n\n3\n", "points.csv, line 3 has 1 field, but line 1 has 2."},
      {"1,2\n3,inf\n", "points.csv, line 2, field 2: 'inf' is not a number"},
      {"1,2\n3,\n", "points.csv, line 2, field 2 is empty."},
  };
  for (const auto& [text, says] : cases) {
    file("points.csv", text);
    complains("--data points.csv", says);
  }
  file("points.csv", "1,2\n# a zero\n0,0\n");
  complains("--data points.csv --normalise", "points.csv, line 3 is 0, which has no direction to normalise.");
  EXPECT_EQ(kernel("--data points.csv").code, 0);
}

TEST_F(KernelCommand, ABlowUpIsSaid) {
  complains("--activation polynomial:0,0,1 --points circle:3 --horizon 2",
            "The covariance of the states of polynomial:0,0,1 ");
}

}  // namespace
}  // namespace gronwall::verify
