#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "verify/checker/exact.hpp"

/// What a certificate says, read strictly.
namespace gronwall::checker {

/// One side of the relation: an enclosure, an exact number, or words about an exact object ("rank 3").
struct Side {
  std::optional<std::pair<Endpoint, Endpoint>> bounds;
  std::optional<mpq_class> exact;
  std::string text;

  bool is_number() const { return bounds || exact; }
  /// The enclosure, at the working precision.
  Interval interval() const;
};

using Input = std::variant<long, std::string, Matrix>;

struct Certificate {
  std::string claim, statement, verdict, relation, arithmetic, producer;
  std::vector<std::pair<std::string, Input>> inputs;
  Side lhs;
  std::optional<Side> rhs;
  std::optional<mpq_class> tolerance;
  long precision = 0;

  bool refuted() const { return verdict == "refuted"; }
};

constexpr const char* certificate_schema = "gronwall-certificate/1";

/// The certificate in the text of a file. Throws NotConfirmed, saying what is wrong, for text that is no JSON
/// or cut off, another schema, fields that are missing, unknown, given twice or of the wrong type, a hash
/// that is not that of the content, words that are none of those allowed, numbers that are NaN, infinite or
/// out of order, and numbers that the precision which the certificate names cannot have given:
///  - "exact" has precision 0 and no enclosures, "ball" a precision from 64 to 1024 and enclosures;
///  - an end of an enclosure has at most 64 significant bits more than the precision;
///  - an enclosure is narrower than 2^(-precision/32) of the larger side. That is generous: a solution loses
///  bits on its
///    way, but whoever raised the precision had to get something for it.
Certificate read_certificate(const std::string& text);

/// "sha256:..." of the object without its field "hash", written without spaces and with sorted keys.
std::string certificate_hash(const nlohmann::json& json);

/// The inputs of a certificate, taken one by one in the order in which the claim draws them. Every complaint
/// is a NotConfirmed that names the input.
class Inputs {
 public:
  explicit Inputs(const Certificate& certificate)
      : inputs_(certificate.inputs), taken_(certificate.inputs.size(), false) {}

  /// In [low, high], else it is out of the domain.
  long integer(const std::string& name, long low, long high);
  std::string one_of(const std::string& name, const std::vector<std::string>& names);
  Matrix matrix(const std::string& name, long rows, long cols);
  mpq_class number(const std::string& name);
  mpq_class number(const std::string& name, const mpq_class& low);
  mpq_class number(const std::string& name, const mpq_class& low, const mpq_class& high);
  /// Throws if one was not taken.
  void finish() const;

 private:
  const Input& next(const std::string& name);

  const std::vector<std::pair<std::string, Input>>& inputs_;
  std::vector<bool> taken_;
};

}  // namespace gronwall::checker
