#include <cctype>
#include <cstdlib>
#include <type_traits>

#include <gronwall/real/backends.hpp>
#include <gronwall/real/error.hpp>
#include <gronwall/real/rational.hpp>

namespace gronwall::real {

template <Real R>
R from_rational(const Rational& x) {
  if constexpr (std::is_same_v<R, double>) {
    return mpq_get_d(x.backend().data());
  } else if constexpr (Enclosing<R>) {
    fmpq_t exact;
    fmpq_init(exact);
    fmpq_set_mpq(exact, x.backend().data());
    R out;
    arb_set_fmpq(out.raw(), exact, working_bits());
    fmpq_clear(exact);
    return out;
  } else {
    R out;
    mpfr_set_q(out.backend().data(), x.backend().data(), MPFR_RNDN);
    return out;
  }
}

namespace {

[[noreturn]] void refuse(const std::string& text) {
  throw DomainError("'" + text + "' is not a number (write -3, 1/3, 0.1, 1e-3 or 0x1.8p+1).");
}

/// base^e of an exponent that the caller has bounded.
Rational scale(int base, long e) {
  const Integer size = boost::multiprecision::pow(Integer(base), static_cast<unsigned>(std::labs(e)));
  return e < 0 ? Rational(Integer(1), size) : Rational(size);
}

bool is_digit(char c, int base) {
  const auto byte = static_cast<unsigned char>(c);
  return base == 16 ? std::isxdigit(byte) != 0 : std::isdigit(byte) != 0;
}

/// Reads text from left to right.
class Reader {
 public:
  explicit Reader(const std::string& text) : text_(text) {}
  bool at_end() const { return next_ == text_.size(); }
  bool skip(char c) {
    if (at_end() || std::tolower(static_cast<unsigned char>(text_[next_])) != c) return false;
    ++next_;
    return true;
  }
  bool sign() { return skip('-') || (skip('+') && false); }
  bool skip_hexadecimal_prefix() {
    const std::size_t start = next_;
    if (skip('0') && skip('x')) return true;
    next_ = start;
    return false;
  }
  std::string digits(int base) {
    const std::size_t start = next_;
    while (!at_end() && is_digit(text_[next_], base)) ++next_;
    return text_.substr(start, next_ - start);
  }

 private:
  const std::string& text_;
  std::size_t next_ = 0;
};

/// The base is given outright: left to itself, GMP takes a leading 0 for octal.
Integer integer(const std::string& digits, int base) {
  Integer out;
  mpz_set_str(out.backend().data(), digits.c_str(), base);
  return out;
}

long exponent(Reader& in, const std::string& text) {
  const bool negative = in.sign();
  const std::string digits = in.digits(10);
  if (digits.empty()) refuse(text);
  const Integer e = integer(digits, 10);
  if (e > 5000) throw DomainError("'" + text + "' has an exponent beyond 5000.");
  return negative ? -e.convert_to<long>() : e.convert_to<long>();
}

}  // namespace

Rational parse_rational(const std::string& text) {
  Reader in(text);
  const bool negative = in.sign();
  const int base = in.skip_hexadecimal_prefix() ? 16 : 10;
  const std::string whole = in.digits(base);
  const std::string part = in.skip('.') ? in.digits(base) : "";
  if (whole.empty() && part.empty()) refuse(text);
  if (part.size() > 5000) throw DomainError("A number of more than 5000 digits was given.");
  Rational x(integer(whole + part, base));
  x *= scale(base, -static_cast<long>(part.size()));
  if (in.skip(base == 16 ? 'p' : 'e')) x *= scale(base == 16 ? 2 : 10, exponent(in, text));
  if (in.skip('/')) {
    const std::string below = in.digits(10);
    if (below.empty() || base != 10) refuse(text);
    const Integer denominator = integer(below, 10);
    if (denominator == 0) throw DomainError("'" + text + "' has the denominator 0.");
    x /= Rational(denominator);
  }
  if (!in.at_end()) refuse(text);
  return negative ? Rational(-x) : x;
}

std::string to_string(const Rational& x) { return x.str(); }

#define GRONWALL_INSTANTIATE(...) template __VA_ARGS__ from_rational<__VA_ARGS__>(const Rational&);
GRONWALL_FOR_EACH_BACKEND(GRONWALL_INSTANTIATE)

}  // namespace gronwall::real
