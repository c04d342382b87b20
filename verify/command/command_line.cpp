#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <gronwall/kernel/inputs.hpp>
#include <gronwall/real/simd.hpp>
#include <gronwall/real/threads.hpp>

#include "gronwall_build_info.hpp"
#include "verify/command/command.hpp"
#include "verify/engine/select.hpp"
#include "verify/formats/format.hpp"

namespace gronwall::verify {

namespace {

const char* const filter_help =
    "ids of claims, topics (growth, growth.lemma-17) or patterns with * and ?; all claims without one";

/// CLI11 lets -1 wrap around and cuts what is too large.
CLI::Validator seed_range() {
  return {[](std::string& text) {
            const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
            const bool fits = text.size() < 20 || (text.size() == 20 && text <= "18446744073709551615");
            return digits && fits ? std::string()
                                  : fmt::format("must be an integer from 0 to 2^64 - 1, not {}", text);
          },
          "", "seed"};
}

/// "antipodal:<pairs>,<d>[,<seed>], circle:<N>, ...".
std::string generators() {
  std::string out;
  for (const kernel::InputGenerator& generator : kernel::input_generators())
    out += (out.empty() ? "" : ", ") + generator.syntax;
  return out;
}

void add_list(CLI::App& app, int& status) {
  auto* command = app.add_subcommand("list", "list the claims");
  auto filters = std::make_shared<std::vector<std::string>>();
  auto json = std::make_shared<bool>(false);
  command->add_option("filter", *filters, filter_help);
  command->add_flag("--json", *json, "as JSON");
  command->callback([&status, filters, json] { status = list(*filters, *json); });
}

void add_run(CLI::App& app, int& status) {
  auto* command = app.add_subcommand("run", "check claims and write the report");
  auto o = std::make_shared<RunOptions>();
  command->add_option("filter", o->filters, filter_help);
  command->add_option("--seed", o->seed, "seed of all random inputs, 0 to 2^64 - 1")
      ->check(seed_range())
      ->capture_default_str();
  command->add_option("--cases", o->cases,
                      "inputs for every claim; otherwise each claim says how many it needs");
  command->add_option("--jobs", o->jobs, "processes; otherwise one for each processor");
  command->add_option("--backend", o->backend, "judge in this precision alone: double, mpfr50 or ball");
  command
      ->add_option(
          "--profile", o->profile,
          "default; or thorough: after the cases of the default profile go on hunting, as long as the "
          "budget lasts")
      ->capture_default_str();
  command->add_option(
      "--budget", o->budget,
      "time for the whole run, such as 90s, 15m or 2h, that bounds the hunting; the cases are all "
      "judged. Otherwise no bound in the default profile, and 10m in a thorough one");
  command->add_option("--time-limit", o->time_limit, "seconds for each claim, after which it is undecided")
      ->capture_default_str();
  command->add_option("--output", o->output, "directory of the report, made if it is missing")
      ->capture_default_str();
  command->add_option(
      "-r,--reporter", o->reporters,
      "FORMAT or FORMAT::out=FILE, more than once; otherwise every format into the output directory");
  command->add_option("--expected", o->expected,
                      "compare the verdicts with this file; exit with 1 where they differ");
  command->add_option("--write-expected", o->write_expected,
                      "record the verdicts in this file; verdicts of claims that did not run stay");
  command->add_option("--checker", o->checker,
                      "the program that checks refutations again; otherwise verify-check beside this one");
  command->add_flag("--no-color", o->no_color, "no colours (also: the environment variable NO_COLOR)");
  for (auto* option : command->get_options())
    if (option->get_lnames() != std::vector<std::string>{"reporter"} && !option->get_positional())
      option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  command->callback([&status, o] { status = run_claims(*o); });
}

void add_power(CLI::App& app, int& status) {
  auto* command =
      app.add_subcommand("power", "change true claims in one place at a time and see what is noticed");
  auto o = std::make_shared<PowerOptions>();
  command->add_option("filter", o->filters, filter_help);
  command->add_option("--seed", o->seed, "seed of all random inputs, 0 to 2^64 - 1")
      ->check(seed_range())
      ->capture_default_str();
  command->add_option("--cases", o->cases,
                      "inputs for every mutant; otherwise as many as its claim asks for");
  command->add_option("--jobs", o->jobs, "processes; otherwise one for each processor");
  command->add_option("--time-limit", o->time_limit, "seconds for each mutant, after which it has failed")
      ->capture_default_str();
  command->add_option("--output", o->output, "directory of power.json, made if it is missing")
      ->capture_default_str();
  for (auto* option : command->get_options())
    if (!option->get_positional()) option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  command->callback([&status, o] { status = power_of_claims(*o); });
}

void add_explain(CLI::App& app, int& status) {
  auto* command = app.add_subcommand("explain", "tell everything about a claim");
  auto id = std::make_shared<std::string>();
  command->add_option("id", *id, "id of the claim")->required();
  command->callback([&status, id] { status = explain(*id); });
}

void add_replay(CLI::App& app, int& status) {
  auto* command = app.add_subcommand("replay", "judge a recorded case again");
  auto o = std::make_shared<ReplayOptions>();
  command
      ->add_option("file", o->file,
                   "a counterexample or certificate that `run` wrote, or a report.json with --claim")
      ->required();
  command->add_option("--claim", o->claim, "the claim whose case is taken from a report");
  command->add_option("--backend", o->backend, "judge in this precision alone");
  command->callback([&status, o] { status = replay(*o); });
}

void add_solve(CLI::App& app, int& status) {
  auto* command = app.add_subcommand("solve", "solve one random Neural ODE and its ResNet");
  auto o = std::make_shared<SolveOptions>();
  const auto add = [command](const std::string& name, auto& value, const std::string& help) {
    return command->add_option(name, value, help)->capture_default_str();
  };
  add("--activation", o->activation, "as tanh, leaky-relu:1/16 or polynomial:0,0,1");
  add("--width", o->width, "n");
  add("--inputs", o->inputs, "d");
  add("--samples", o->samples, "N");
  add("--depth", o->depth, "L of the ResNet");
  add("--horizon", o->horizon, "T; 0 has no dynamics");
  add("--backend", o->backend, "precision");
  add("--seed", o->seed, "seed of the parameters and inputs")->check(seed_range());
  command->add_option("--method", o->method, "integrator; otherwise the default of the precision");
  command->add_option("--tolerance", o->tolerance,
                      "relative local error; otherwise the default of the precision");
  command->callback([&status, o] { status = solve(*o); });
}

void add_kernel(CLI::App& app, int& status) {
  auto* command =
      app.add_subcommand("kernel", "print the tangent kernel of a data set and what is known of it");
  auto o = std::make_shared<KernelOptions>();
  const auto add = [command](const std::string& name, auto& value, const std::string& help) {
    return command->add_option(name, value, help)->capture_default_str();
  };
  add("--activation", o->activation, "as tanh, leaky-relu:1/16 or polynomial:0,0,1");
  command->add_option("--data", o->data, "CSV file, one input a row");
  command->add_option("--points", o->points, "inputs by a generator instead of a file: " + generators());
  command->add_flag("--normalise", o->normalise, "divide each input by its norm");
  add("--horizon", o->horizon, "T; 0 has no dynamics");
  add("--sigma-v", o->sigma_v, "scale of the output weights");
  add("--sigma-w", o->sigma_w, "scale of the hidden weights");
  add("--sigma-u", o->sigma_u, "scale of the input weights");
  command->add_option("--depth", o->depth, "L of a ResNet instead of the Neural ODE");
  command->add_option("--width", o->width, "n of one random network instead of infinite width");
  command->add_option("--seed", o->seed, "seed of its parameters, 1 if it is left out")->check(seed_range());
  add("--backend", o->backend, "precision to begin with");
  add("--highest", o->highest, "precision up to which it is raised where the sign of an eigenvalue needs it");
  command->add_option("--digits", o->digits,
                      "significant digits that are printed; otherwise 6, and all of them as JSON");
  add("--format", o->format, "text or json");
  command->callback([&status, o] { status = kernel_of_data(*o); });
}

int complain(const std::string& sentence, int code) {
  std::cerr << "verify: " << sentence << '\n';
  return code;
}

/// CLI11 says "--cases: 1x" or "The following arguments were not expected: x"; it ends without a full stop.
std::string sentence(std::string text) {
  if (!text.empty() && text.back() != '.') text += '.';
  return text;
}

int parse_and_run(int argc, const char* const* argv) {
  int status = as_expected;
  CLI::App app("Gronwall, a referee for the theory of Neural ODEs: checks the claims of a paper, one by one.",
               "verify");
  app.set_version_flag("--version", fmt::format("gronwall {}", build_info::version));
  app.require_subcommand(0, 1);  // none is complained of below, so that a misspelt one is named instead
  app.footer(
      "Exit codes: 0 as expected, 1 not as expected, 2 interrupted, 3 internal error, 4 wrong usage,\n"
      "5 nothing selected.");
  add_list(app, status);
  add_run(app, status);
  add_power(app, status);
  add_explain(app, status);
  add_replay(app, status);
  add_solve(app, status);
  add_kernel(app, status);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error, std::cout, std::cerr);
    return complain(sentence(error.what()) + " See verify --help.", wrong_usage);
  }
  if (app.get_subcommands().empty())
    return complain("A subcommand is required. See verify --help.", wrong_usage);
  return status;
}

}  // namespace

int command_line(int argc, const char* const* argv) noexcept {
  try {
    real::limit_simd_by_environment();
    real::set_threads_by_environment();
    return parse_and_run(argc, argv);
  } catch (const NothingSelected& error) {
    return complain(error.what(), nothing_selected);
  } catch (const UsageError& error) {
    return complain(sentence(error.what()), wrong_usage);
  } catch (const FormatError& error) {
    return complain(sentence(error.what()), wrong_usage);
  } catch (const UnknownName& error) {
    return complain(sentence(error.what()), wrong_usage);
  } catch (const std::exception& error) {
    return complain(sentence(error.what()), internal_error);
  }
}

}  // namespace gronwall::verify
