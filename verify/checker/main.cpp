#include <cstring>
#include <iostream>

#include "verify/checker/check.hpp"

namespace {

constexpr const char* usage =
    "Usage: verify-check CERTIFICATE...\n"
    "\n"
    "Decides the statement of each certificate again, by other means than the program that wrote it.\n"
    "One line for each file: confirmed, not confirmed or not decided, and why; with the file's name before "
    "it\n"
    "where there are several.\n"
    "\n"
    "Exit codes: 0 all confirmed, 1 some not confirmed, 2 else some not decided, 3 internal error, 4 wrong "
    "usage.\n";

}  // namespace

int main(int argc, char** argv) {
  using gronwall::checker::Answer;
  bool only_files = false, failed = false, rejected = false, open = false;
  int files = 0;
  for (int i = 1; i < argc; ++i) {
    const char* argument = argv[i];
    if (!only_files && std::strcmp(argument, "--") == 0) {
      only_files = true;
      continue;
    }
    if (!only_files && (std::strcmp(argument, "-h") == 0 || std::strcmp(argument, "--help") == 0)) {
      std::cout << usage;
      return 0;
    }
    if (!only_files && argument[0] == '-') {
      std::cerr << "verify-check: there is no option " << argument << "\n" << usage;
      return 4;
    }
    argv[++files] = argv[i];
  }
  if (files == 0) {
    std::cerr << "verify-check: no certificate is given\n" << usage;
    return 4;
  }
  for (int i = 1; i <= files; ++i) {
    const gronwall::checker::Outcome outcome = gronwall::checker::check_file(argv[i]);
    if (files > 1) std::cout << argv[i] << ": ";
    std::cout << name(outcome.answer) << ": " << outcome.message << std::endl;
    failed = failed || outcome.answer == Answer::internal_error;
    rejected = rejected || outcome.answer == Answer::not_confirmed;
    open = open || outcome.answer == Answer::not_decided;
  }
  return failed ? 3 : rejected ? 1 : open ? 2 : 0;
}
