#include <algorithm>
#include <cctype>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <limits>
#include <system_error>

#include <fmt/format.h>

#include <gronwall/kernel/csv.hpp>
#include <gronwall/real/error.hpp>

namespace gronwall::kernel {

namespace {

/// A field may not be longer: no number that anybody means is.
constexpr std::size_t most_characters = 1000;

bool is_space(char c) { return c == ' ' || c == '\t'; }

std::string trimmed(const std::string& text) {
  const auto inside = [](char c) { return !is_space(c); };
  const auto first = std::find_if(text.begin(), text.end(), inside);
  const auto last = std::find_if(text.rbegin(), std::make_reverse_iterator(first), inside).base();
  return {first, last};
}

/// For a message on one line: short, and without what a terminal would not show.
std::string shown(std::string text) {
  constexpr std::size_t most = 40;
  const bool long_one = text.size() > most;
  if (long_one) text.resize(most);
  for (char& c : text)
    if (std::isprint(static_cast<unsigned char>(c)) == 0) c = '?';
  return long_one ? text + "..." : text;
}

/// Whether a person would take it for a number, though perhaps a misspelt or an infinite one.
bool looks_like_a_number(const std::string& field) {
  std::string rest = field.substr(std::min(field.find_first_not_of("+-."), field.size()));
  std::transform(rest.begin(), rest.end(), rest.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return rest.empty() || std::isdigit(static_cast<unsigned char>(rest.front())) != 0 || rest == "nan" ||
         rest == "inf" || rest == "infinity";
}

class Reader {
 public:
  Reader(std::istream& in, const std::string& name, const CsvOptions& options)
      : in_(in), name_(name), options_(options) {}

  Inputs read() {
    inputs_.normalised = options_.normalised;
    std::string text;
    while (next(text)) {
      const std::vector<std::string> fields = split(text);
      if (fields.size() == 1 && fields.front().empty()) continue;
      if (first_ == 0) {
        first_ = line_;
        columns_ = fields.size();
        if (static_cast<long>(columns_) > options_.most_columns)
          refuse(fmt::format("has {} fields; at most {} are read", columns_, options_.most_columns));
        if (std::none_of(fields.begin(), fields.end(), looks_like_a_number)) {
          header_ = true;
          continue;
        }
      }
      add(fields);
    }
    if (inputs_.points.empty())
      throw DomainError(header_
                            ? fmt::format("{} has a header in line {}, but no row of numbers.", name_, first_)
                            : fmt::format("{} has no row of numbers.", name_));
    return std::move(inputs_);
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const {
    throw DomainError(fmt::format("{}, line {} {}.", name_, line_, what));
  }
  [[noreturn]] void refuse(std::size_t field, const std::string& what) const {
    throw DomainError(fmt::format("{}, line {}, field {}{}", name_, line_, field + 1, what));
  }

  /// The next line, without its end. Reads no more than the options allow, whatever the file is.
  bool next(std::string& text) {
    text.clear();
    using Traits = std::char_traits<char>;
    bool something = false;
    for (Traits::int_type c = in_.rdbuf()->sbumpc(); !Traits::eq_int_type(c, Traits::eof());
         c = in_.rdbuf()->sbumpc()) {
      something = true;
      if (++bytes_ > options_.most_bytes)
        throw DomainError(
            fmt::format("{} is longer than {} bytes, the most that is read.", name_, options_.most_bytes));
      if (c == '\n') break;
      text += Traits::to_char_type(c);
    }
    if (!something) return false;
    ++line_;
    if (!text.empty() && text.back() == '\r') text.pop_back();
    if (line_ == 1) skip_mark(text);
    return true;
  }

  void skip_mark(std::string& text) const {
    if (text.rfind("\xEF\xBB\xBF", 0) == 0) text.erase(0, 3);
    if (text.rfind("\xFF\xFE", 0) == 0 || text.rfind("\xFE\xFF", 0) == 0)
      throw DomainError(fmt::format("{} is written in UTF-16; it has to be plain text or UTF-8.", name_));
  }

  /// The fields up to the end or a #, without spaces and quotes around them.
  std::vector<std::string> split(const std::string& text) const {
    std::vector<std::string> fields(1);
    bool quoted = false;
    for (const char c : text) {
      if (c == '#' && !quoted) break;
      if (c == '"') quoted = !quoted;
      if (c == ',' && !quoted)
        fields.emplace_back();
      else
        fields.back() += c;
    }
    if (quoted) refuse("has a quotation mark that is not closed");
    for (std::string& field : fields) {
      field = trimmed(field);
      if (field.size() >= 2 && field.front() == '"' && field.back() == '"')
        field = trimmed(field.substr(1, field.size() - 2));
    }
    return fields;
  }

  void add(const std::vector<std::string>& fields) {
    if (static_cast<long>(inputs_.points.size()) == options_.most_rows)
      throw DomainError(
          fmt::format("{} has more than {} rows, the most that is read.", name_, options_.most_rows));
    if (fields.size() != columns_)
      refuse(fmt::format("has {} field{}, but line {} has {}", fields.size(), fields.size() == 1 ? "" : "s",
                         first_, columns_));
    RationalVector x;
    for (std::size_t k = 0; k < fields.size(); ++k) x.push_back(number(k, fields[k]));
    if (options_.normalised &&
        std::all_of(x.begin(), x.end(), [](const Rational& entry) { return entry == 0; }))
      refuse("is 0, which has no direction to normalise");
    inputs_.points.push_back(std::move(x));
    inputs_.lines.push_back(line_);
  }

  Rational number(std::size_t k, const std::string& field) const {
    if (field.empty()) refuse(k, " is empty.");
    if (field.size() > most_characters)
      refuse(k, fmt::format(" has {} characters; at most {} are read.", field.size(), most_characters));
    Rational x;
    try {
      x = real::parse_rational(field);
    } catch (const DomainError& error) {
      refuse(k, shown(field) == field ? fmt::format(": {}", error.what())
                                      : fmt::format(": '{}' is not a number.", shown(field)));
    }
    static const Rational largest(std::numeric_limits<double>::max());
    static const Rational smallest(std::numeric_limits<double>::min());
    const Rational size = abs(x);
    if (size != 0 && (size > largest || size < smallest))
      refuse(k, fmt::format(": '{}' is beyond the range of a double.", shown(field)));
    return x;
  }

  std::istream& in_;
  const std::string& name_;
  const CsvOptions& options_;
  Inputs inputs_;
  long line_ = 0, bytes_ = 0;
  long first_ = 0;  ///< the line that is not blank and says how many columns there are
  std::size_t columns_ = 0;
  bool header_ = false;
};

}  // namespace

Inputs parse_csv(std::istream& in, const std::string& name, const CsvOptions& options) {
  return Reader(in, name, options).read();
}

Inputs read_csv(const std::string& path, const CsvOptions& options) {
  const auto refuse = [&path](int error) {
    throw DomainError(fmt::format("{} cannot be read: {}.", path,
                                  std::generic_category().message(error != 0 ? error : EIO)));
  };
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    throw DomainError(fmt::format("{} is a directory, not a file of numbers.", path));
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) refuse(errno);
  try {
    return parse_csv(file, path, options);
  } catch (const std::ios_base::failure&) {
    refuse(errno);
    throw;
  }
}

}  // namespace gronwall::kernel
