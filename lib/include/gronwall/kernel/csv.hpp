#pragma once

#include <iosfwd>
#include <string>

#include <gronwall/kernel/inputs.hpp>

namespace gronwall::kernel {

/// What of a file is taken.
struct CsvOptions {
  bool normalised = false;  ///< rows stand for x/|x|; a row of zeros is then an error
  long most_rows = 4096;
  long most_columns = 4096;
  long most_bytes = 64L << 20;
};

/// The rows of a file of comma-separated numbers, one input a row, and the lines on which they stand.
///
/// A number is an integer, a fraction 1/3, a decimal or a hexadecimal float, read exactly: 0.1 is one tenth.
/// It has to lie in the range of a double. Spaces and tabs around it and quotes ("0.1") do not matter. Blank
/// lines are passed over, and so is what follows a #. The first line may be a header: it is one if no field
/// of it looks like a number. Lines may end as on Windows, the last one need not end, and a UTF-8 byte order
/// mark is skipped.
///
/// Throws DomainError, which names the file, the line and the field, for everything else: "points.csv, line
/// 3, field 2: 'abc' is not a number ...", rows of different lengths, no rows at all, NaN and infinity, more
/// than the options allow, a directory, a file that cannot be read. Rows that are equal are no error here:
/// `Inputs::duplicates`.
Inputs read_csv(const std::string& path, const CsvOptions& options = {});

/// The same from a stream; `name` stands for the file in what is thrown.
Inputs parse_csv(std::istream& in, const std::string& name, const CsvOptions& options = {});

}  // namespace gronwall::kernel
