#include "../points.hpp"

namespace gronwall::kernel {
namespace {

/// Fractional bits that resolve the spread.
unsigned bits_for(const Rational& spread) {
  const Integer ratio = boost::multiprecision::denominator(spread) / boost::multiprecision::numerator(spread);
  return usual_bits + static_cast<unsigned>(msb(ratio));
}

/// Centre plus spread times noise of the same size, in integers: q g + p g' for the spread p/q.
Inputs clustered(const InputArguments& arguments) {
  const long n = arguments.integer(0), d = arguments.integer(1), clusters = arguments.integer(2);
  const Rational& spread = arguments.number(3);
  const Integer p(boost::multiprecision::numerator(spread)), q(boost::multiprecision::denominator(spread));
  Draws draws(arguments.seed(4));
  std::vector<Direction> centres;
  for (long k = 0; k < clusters; ++k) centres.push_back(draws.direction(d));
  DistinctPoints out;
  const auto draw = [&](const Direction& centre) {
    Direction g;
    do {
      g = draws.direction(d);
      for (std::size_t k = 0; k < g.size(); ++k) g[k] = q * centre[k] + p * g[k];
    } while (is_zero(g));
    return on_sphere(g, bits_for(spread));
  };
  for (long i = 0; i < n; ++i) out.add([&] { return draw(centres[static_cast<std::size_t>(i % clusters)]); });
  return {out.points()};
}

const InputRegistration registration("clustered",
                                     "N random points of R^d, the i-th near the centre of cluster i modulo "
                                     "their number; spread is their distance.",
                                     {count(),
                                      dimension(),
                                      {"clusters", 1, 4096},
                                      {"spread", Rational(real::Integer(1), real::Integer(1) << 200), 1,
                                       false},
                                      seed()},
                                     clustered, "9,4,3,0.01,1");

}  // namespace
}  // namespace gronwall::kernel
