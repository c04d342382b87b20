#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace gronwall::verify {

/// What a program said and how it ended.
struct Ended {
  int code = -1;
  std::string out, err;
};

inline std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// A directory of its own, removed at the end.
class Scratch {
 public:
  Scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "gronwall-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// Where a program stands that was built beside the tests.
inline std::string program_path(const std::string& name) {
  const char* directory = std::getenv("GRONWALL_TEST_PROGRAMS");
  if (directory == nullptr) {
    ADD_FAILURE() << "GRONWALL_TEST_PROGRAMS does not name the programs' directory: run the tests by ctest";
    return "false";
  }
  return (std::filesystem::path(directory) / name).string();
}

/// Runs the program with these arguments, as a shell would, in `scratch`.
inline Ended run_program(const std::string& name, const std::string& arguments, const Scratch& scratch) {
  const std::string out = (scratch / "out").string(), err = (scratch / "err").string();
  const std::string command = "cd '" + (scratch / "").string() + "' && '" + program_path(name) + "' " +
                              arguments + " >'" + out + "' 2>'" + err + "'";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, contents(out), contents(err)};
}

}  // namespace gronwall::verify
