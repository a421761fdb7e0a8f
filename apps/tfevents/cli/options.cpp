#include "options.hpp"

#include <charconv>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

namespace tfevents::cli {
namespace {

template <class Integer>
Result<Integer> parse_integer(std::string_view text, std::string_view what) {
  Integer value{};
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem == std::errc::result_out_of_range) {
    return usage(fmt::format("'{}' is out of range", printable(text)));
  }
  if (problem != std::errc() || end != text.data() + text.size()) {
    return usage(fmt::format("'{}' is not {}", printable(text), what));
  }
  return value;
}

}  // namespace

std::string_view OptionSpec::short_name() const noexcept {
  if (names.size() < 2 || names[0] != '-' || names[1] == '-') return {};
  return names.substr(0, 2);
}

std::string_view OptionSpec::long_name() const noexcept {
  const auto at = names.find("--");
  return at == std::string_view::npos ? std::string_view{} : names.substr(at);
}

std::string_view OptionSpec::name() const noexcept {
  if (const auto name = long_name(); !name.empty()) return name;
  return names;
}

Result<double> TimePoint::at(double now) const {
  return parse_time(text, now);
}

void OptionAdder::add(const OptionSpec& spec, Option::Arity arity,
                      std::function<Status(std::string_view)> apply) {
  options_.push_back({.spec = spec, .arity = arity, .apply = std::move(apply)});
}

void OptionAdder::flag(const OptionSpec& spec, bool& target) {
  flag(spec, target, true);
}

void OptionAdder::list(const OptionSpec& spec, std::vector<std::string>& target) {
  add(spec, Option::Arity::kList, [&target](std::string_view text) {
    target.emplace_back(text);
    return ok_status();
  });
}

void OptionAdder::positionals(const OptionSpec& spec, std::vector<std::string>& target,
                              std::size_t max_count) {
  add(spec, Option::Arity::kPositional, [&target](std::string_view text) {
    target.emplace_back(text);
    return ok_status();
  });
  options_.back().max_count = max_count;
}

Result<std::string> OptionAdder::parse(std::string_view text, const std::string*) {
  return std::string(text);
}

Result<std::int64_t> OptionAdder::parse(std::string_view text, const std::int64_t*) {
  return parse_integer<std::int64_t>(text, "a whole number");
}

Result<std::uint64_t> OptionAdder::parse(std::string_view text, const std::uint64_t*) {
  return parse_integer<std::uint64_t>(text, "a whole number of 0 or more");
}

Result<double> OptionAdder::parse(std::string_view text, const double*) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && std::isfinite(value))
    return value;
  return usage(fmt::format("'{}' is not a number", printable(text)));
}

Result<Duration> OptionAdder::parse(std::string_view text, const Duration*) {
  TFEVENTS_TRY(const double seconds, parse_duration(text));
  return Duration{seconds};
}

Result<TimePoint> OptionAdder::parse(std::string_view text, const TimePoint*) {
  // Whether the text is a time does not depend on now; what it means does.
  TFEVENTS_TRY([[maybe_unused]] const double tried, parse_time(text, 0));
  return TimePoint{std::string(text)};
}

Result<ByteSize> OptionAdder::parse(std::string_view text, const ByteSize*) {
  TFEVENTS_TRY(const std::uint64_t bytes, parse_size(text));
  return ByteSize{bytes};
}

Result<std::size_t> OptionAdder::choice_index(std::string_view text,
                                              std::span<const std::string_view> choices) {
  std::vector<std::string> names(choices.begin(), choices.end());
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == text) return i;
  }
  const auto meant = nearest(text, names);
  return usage(fmt::format("'{}' is none of {}", printable(text), fmt::join(names, ", ")),
               meant ? fmt::format("did you mean {}?", *meant) : "");
}

}  // namespace tfevents::cli
