#pragma once

#include <map>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "expr/expression.hpp"

namespace tfevents::test {

inline Expression parsed(std::string_view text) {
  auto expression = Expression::parse(text);
  REQUIRE_MESSAGE(expression.ok(), expression.error().message);
  return std::move(expression).value();
}

inline Error refused(std::string_view text) {
  const auto expression = Expression::parse(text);
  REQUIRE_MESSAGE(!expression.ok(), text);
  return expression.error();
}

/// Facts by name: hyperparameters as `hp.lr`, attributes as `run.age`, layout levels as
/// `layout.project`, bare names alone; series by their tag.
class TableFacts final : public Facts {
 public:
  explicit TableFacts(const Expression& expression) : expression_(expression) {}

  std::map<std::string, Value> values;
  std::map<std::string, SeriesValue> tags;

  [[nodiscard]] SeriesValue series(std::size_t index) const override {
    const auto found = tags.find(expression_.calls()[index].tag);
    return found == tags.end() ? SeriesValue::missing(Absence::kMissingTag) : found->second;
  }
  [[nodiscard]] Value name(std::size_t index) const override {
    static constexpr const char* kScopes[] = {"", "hp.", "run.", "layout."};
    const NameRef& name = expression_.names()[index];
    const auto found = values.find(kScopes[static_cast<std::size_t>(name.scope)] + name.name);
    return found == values.end() ? Value() : found->second;
  }

 private:
  const Expression& expression_;
};

inline SeriesValue number(double value) {
  SeriesValue out = SeriesValue::missing(Absence::kNone);
  out.value = value;
  out.step = 1000;
  out.n = 1;
  return out;
}

}  // namespace tfevents::test
