#include <algorithm>
#include <functional>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <gronwall/ode/tableau.hpp>
#include <gronwall/real/error.hpp>

namespace gronwall::ode {

namespace {

using Row = std::vector<real::Rational>;

Row row(const std::vector<const char*>& texts) {
  Row out;
  for (const char* text : texts) out.push_back(real::parse_rational(text));
  return out;
}

Row difference(const Row& x, const Row& y) {
  Row out;
  for (std::size_t i = 0; i < x.size(); ++i) out.push_back(x[i] - y[i]);
  return out;
}

// The sources stand in lib/src/ode/method, in the file of the integrator.
using All = std::map<std::string, Tableau, std::less<>>;
All make() {
  All all;
  all["euler"] = {1, {{}}, row({"1"}), {}};
  all["modified-midpoint"] = {2, {{}, row({"1/2"}), row({"0", "1"})}, row({"1/4", "1/2", "1/4"}), {}};
  all["runge-kutta-4"] = {
      4, {{}, row({"1/2"}), row({"0", "1/2"}), row({"0", "0", "1"})}, row({"1/6", "1/3", "1/3", "1/6"}), {}};

  Tableau& cash_karp = all["cash-karp-54"];
  cash_karp.order = 5;
  cash_karp.a = {{},
                 row({"1/5"}),
                 row({"3/40", "9/40"}),
                 row({"3/10", "-9/10", "6/5"}),
                 row({"-11/54", "5/2", "-70/27", "35/27"}),
                 row({"1631/55296", "175/512", "575/13824", "44275/110592", "253/4096"})};
  cash_karp.b = row({"37/378", "0", "250/621", "125/594", "0", "512/1771"});
  cash_karp.error =
      difference(cash_karp.b, row({"2825/27648", "0", "18575/48384", "13525/55296", "277/14336", "1/4"}));

  Tableau& dormand_prince = all["dormand-prince-5"];
  dormand_prince.order = 5;
  dormand_prince.a = {{},
                      row({"1/5"}),
                      row({"3/40", "9/40"}),
                      row({"44/45", "-56/15", "32/9"}),
                      row({"19372/6561", "-25360/2187", "64448/6561", "-212/729"}),
                      row({"9017/3168", "-355/33", "46732/5247", "49/176", "-5103/18656"}),
                      row({"35/384", "0", "500/1113", "125/192", "-2187/6784", "11/84"})};
  dormand_prince.b = row({"35/384", "0", "500/1113", "125/192", "-2187/6784", "11/84", "0"});
  dormand_prince.error =
      difference(dormand_prince.b,
                 row({"5179/57600", "0", "7571/16695", "393/640", "-92097/339200", "187/2100", "1/40"}));

  Tableau& fehlberg = all["fehlberg-78"];
  fehlberg.order = 8;
  fehlberg.a = {{},
                row({"2/27"}),
                row({"1/36", "1/12"}),
                row({"1/24", "0", "1/8"}),
                row({"5/12", "0", "-25/16", "25/16"}),
                row({"1/20", "0", "0", "1/4", "1/5"}),
                row({"-25/108", "0", "0", "125/108", "-65/27", "125/54"}),
                row({"31/300", "0", "0", "0", "61/225", "-2/9", "13/900"}),
                row({"2", "0", "0", "-53/6", "704/45", "-107/9", "67/90", "3"}),
                row({"-91/108", "0", "0", "23/108", "-976/135", "311/54", "-19/60", "17/6", "-1/12"}),
                row({"2383/4100", "0", "0", "-341/164", "4496/1025", "-301/82", "2133/4100", "45/82",
                     "45/164", "18/41"}),
                row({"3/205", "0", "0", "0", "0", "-6/41", "-3/205", "-3/41", "3/41", "6/41", "0"}),
                row({"-1777/4100", "0", "0", "-341/164", "4496/1025", "-289/82", "2193/4100", "51/82",
                     "33/164", "12/41", "0", "1"})};
  fehlberg.b =
      row({"0", "0", "0", "0", "0", "34/105", "9/35", "9/35", "9/280", "9/280", "0", "41/840", "41/840"});
  fehlberg.error =
      row({"-41/840", "0", "0", "0", "0", "0", "0", "0", "0", "0", "-41/840", "41/840", "41/840"});
  return all;
}

const All& tableaux() {
  static const All all = make();
  return all;
}

}  // namespace

bool Tableau::first_same_as_last() const {
  return stages() > 1 && b.back() == 0 && std::equal(a.back().begin(), a.back().end(), b.begin());
}

std::vector<std::size_t> Tableau::needed() const {
  std::vector<std::size_t> out;
  for (std::size_t i = stages(); i-- > 0;) {
    const bool used =
        b[i] != 0 || std::any_of(out.begin(), out.end(), [&](std::size_t later) { return a[later][i] != 0; });
    if (used) out.insert(out.begin(), i);
  }
  return out;
}

const Tableau& tableau(std::string_view name) {
  const auto found = tableaux().find(name);
  if (found == tableaux().end())
    throw UnknownName(
        fmt::format("'{}' is no explicit Runge-Kutta method whose stages are known; these are: {}.", name,
                    fmt::join(tableau_names(), ", ")));
  return found->second;
}

std::vector<std::string> tableau_names() {
  std::vector<std::string> out;
  for (const auto& [name, unused] : tableaux()) out.push_back(name);
  return out;
}

}  // namespace gronwall::ode
