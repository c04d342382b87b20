#pragma once

#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gronwall/real/error.hpp>

#include "verify/engine/result.hpp"

namespace gronwall::verify {

/// A report that cannot be read or written. `what()` names the file, and the field if there is one.
class FormatError : public Error {
 public:
  using Error::Error;
};

/// A way to write a report down. One format is one .cpp file in verify/formats, which derives from this class
/// and registers one object of it:
///
///     const FormatRegistration registered(std::make_unique<Json>());
class Format {
 public:
  virtual ~Format() = default;
  /// How the command line calls it: "json".
  virtual std::string_view name() const = 0;
  /// The file that it is written to where no other is given: "report.json".
  virtual std::string_view file_name() const = 0;
  /// One line for `--help`.
  virtual std::string_view description() const = 0;
  /// The same report gives the same bytes. Throws FormatError where the report cannot be rendered.
  virtual void write(const Report& report, std::ostream& out) const = 0;
};

/// Registers a format for the life of the program; ends the program on a second one of the same name.
class FormatRegistration {
 public:
  explicit FormatRegistration(std::unique_ptr<const Format> format);
};

/// Every registered format, sorted by name.
std::vector<const Format*> all_formats();

/// Throws UnknownName, which lists the names that there are.
const Format& find_format(std::string_view name);

/// The report as `format` writes it.
std::string render(const Format& format, const Report& report);

/// Writes the whole text or nothing: into a temporary file beside `path`, to disk, then renamed over `path`.
/// Throws FormatError, which names `path` and the reason, and leaves no temporary file and an older `path` as
/// it was. The directory must exist.
void write_file(const std::string& path, std::string_view text);

/// Throws the FormatError that `write_file` would throw now, without touching `path`: to be called before a
/// long run, not after it.
void require_writable(const std::string& path);

/// The whole file. Throws FormatError, which names `path` and the reason.
std::string read_file(const std::string& path);

}  // namespace gronwall::verify
