#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "expr/expression.hpp"

// Any text: it is an expression or an error that can be printed; names and series of every kind of
// value give an evaluation, whose reasons stand inside the text.

using namespace tfevents;

namespace {

struct AnyFacts final : Facts {
  std::uint8_t seed = 0;
  SeriesValue series(std::size_t index) const override {
    SeriesValue value = SeriesValue::missing(static_cast<Absence>((seed + index) % 5));
    if (value.absence == Absence::kNone) value.value = index % 3 == 2 ? 0.0 : 1e308;
    value.nonfinite = index % 2;
    return value;
  }
  Value name(std::size_t index) const override {
    const Value values[] = {{}, true, 0.5, "adam"};
    return values[(seed + index) % 4];
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto items = split_items(text); items.ok() && items->empty()) std::abort();
  const auto expression = Expression::parse(text);
  if (!expression.ok()) return expression.error().message.empty() ? std::abort(), 1 : 0;
  for (AnyFacts facts; facts.seed < 20; ++facts.seed) {
    for (const Trouble& trouble : expression->evaluate(facts).troubles) {
      if (trouble.at >= size || point_at(text, trouble.at).empty()) std::abort();
    }
  }
  return 0;
}
