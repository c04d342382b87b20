#include "verify/formats/format.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gronwall::verify {

namespace {

/// A function, so that it exists before the first registration, whatever the order of the files.
std::vector<std::unique_ptr<const Format>>& registry() {
  static std::vector<std::unique_ptr<const Format>> formats;
  return formats;
}

[[noreturn]] void fail(const std::string& verb, const std::string& path, int error) {
  throw FormatError("cannot " + verb + " " + path + ": " + std::strerror(error));
}

/// An empty file beside `path` with a name of its own, closed and removed again unless it is renamed.
class Temporary {
 public:
  explicit Temporary(const std::string& path) : path_(path), name_(path + ".XXXXXX") {
    struct stat existing {};
    if (stat(path.c_str(), &existing) == 0) {
      if (S_ISDIR(existing.st_mode)) fail("write", path, EISDIR);
      if (access(path.c_str(), W_OK) != 0) fail("write", path, errno);
    }
    file_ = mkstemp(name_.data());
    if (file_ < 0) fail("write", path, errno);
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() {
    if (file_ >= 0) close(file_);
    if (!renamed_) unlink(name_.c_str());
  }

  void write(std::string_view text) {
    while (!text.empty()) {
      const ssize_t written = ::write(file_, text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail("write", path_, errno);
      text.remove_prefix(static_cast<std::size_t>(written));
    }
  }

  void rename_to_path() {
    // mkstemp makes files that only their owner reads; a report is an ordinary file.
    const mode_t mask = umask(0);
    umask(mask);
    if (fchmod(file_, 0666 & ~mask) != 0 || fsync(file_) != 0) fail("write", path_, errno);
    const int closed = close(file_);
    file_ = -1;
    if (closed != 0 || std::rename(name_.c_str(), path_.c_str()) != 0) fail("write", path_, errno);
    renamed_ = true;
  }

 private:
  std::string path_, name_;
  int file_ = -1;
  bool renamed_ = false;
};

}  // namespace

FormatRegistration::FormatRegistration(std::unique_ptr<const Format> format) {
  for (const auto& known : registry())
    if (known->name() == format->name()) {
      std::cerr << "two report formats are called \"" << format->name() << "\"\n";
      std::abort();
    }
  registry().push_back(std::move(format));
}

std::vector<const Format*> all_formats() {
  std::vector<const Format*> formats;
  for (const auto& format : registry()) formats.push_back(format.get());
  std::sort(formats.begin(), formats.end(),
            [](const Format* a, const Format* b) { return a->name() < b->name(); });
  return formats;
}

const Format& find_format(std::string_view name) {
  std::string known;
  for (const Format* format : all_formats()) {
    if (format->name() == name) return *format;
    known += (known.empty() ? "" : ", ") + std::string(format->name());
  }
  throw UnknownName("there is no report format \"" + std::string(name) + "\"; the formats are " + known);
}

std::string render(const Format& format, const Report& report) {
  std::ostringstream out;
  format.write(report, out);
  return out.str();
}

void write_file(const std::string& path, std::string_view text) {
  Temporary temporary(path);
  temporary.write(text);
  temporary.rename_to_path();
}

void require_writable(const std::string& path) { Temporary temporary(path); }

std::string read_file(const std::string& path) {
  struct stat existing {};
  if (stat(path.c_str(), &existing) != 0) fail("read", path, errno);
  if (S_ISDIR(existing.st_mode)) fail("read", path, EISDIR);
  std::ifstream in(path, std::ios::binary);
  if (!in) fail("read", path, errno);
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (in.bad()) fail("read", path, EIO);
  return text;
}

}  // namespace gronwall::verify
