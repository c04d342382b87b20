#include <algorithm>

#include <gronwall/real/error.hpp>

#include "verify/generators/source.hpp"

namespace gronwall::verify {

namespace {

class Choices final : public Generator::Source {
 public:
  explicit Choices(std::vector<std::string> names) : names_(std::move(names)) {
    if (names_.empty()) throw DomainError("A claim asks for one of no names.");
  }

  Input generate(rc::Random random, int) const override {
    Dice dice(random);
    return dice.pick(names_);
  }
  std::vector<Input> shrinks(const Input& input) const override {
    return {names_.begin(), std::find(names_.begin(), names_.end(), std::get<std::string>(input))};
  }
  Input simplest() const override { return names_.front(); }
  bool accepts(const Input& input) const override {
    const std::string* name = std::get_if<std::string>(&input);
    return name != nullptr && std::find(names_.begin(), names_.end(), *name) != names_.end();
  }
  std::string wanted() const override {
    std::string all = "one of ";
    for (const std::string& name : names_) all += (&name == &names_.front() ? "'" : ", '") + name + "'";
    return all;
  }
  Input vary(const Input& input, rc::Random random, double) const override {
    std::vector<std::string> others;
    for (const std::string& name : names_)
      if (name != std::get<std::string>(input)) others.push_back(name);
    if (others.empty()) return input;
    Dice dice(random);
    return dice.pick(others);
  }
  Input fit(const Input& input, long) const override { return accepts(input) ? input : simplest(); }

 private:
  std::vector<std::string> names_;
};

}  // namespace

Generator choices(std::vector<std::string> names) {
  return Generator(std::make_shared<const Choices>(std::move(names)));
}

}  // namespace gronwall::verify
