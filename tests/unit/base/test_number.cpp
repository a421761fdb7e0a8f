#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/number.hpp"

using tfevents::to_text;

namespace {

template <class T>
std::string json_text(T value) {
  char room[tfevents::kNumberRoom];
  return {room, tfevents::write_json_number(room, value)};
}

float parse(const std::string& text, float) {
  return std::strtof(text.c_str(), nullptr);
}
double parse(const std::string& text, double) {
  return std::strtod(text.c_str(), nullptr);
}

int significant_digits(const std::string& text) {
  std::string digits;
  for (const char c : text.substr(0, text.find('e'))) {
    if (c >= '0' && c <= '9') digits += c;
  }
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  while (!digits.empty() && digits.back() == '0') digits.pop_back();
  return static_cast<int>(digits.size());
}

template <class T>
void check_shortest(T value) {
  const std::string text = to_text(value);
  CHECK(text.size() < tfevents::kNumberRoom);
  if (parse(text, T{}) != value) FAIL_CHECK(text << " does not round-trip");
  // One digit less does not bring the value back, so no shorter text exists.
  const int digits = significant_digits(text);
  if (digits > 1) {
    char shorter[64];
    std::snprintf(shorter, sizeof shorter, "%.*e", digits - 2, static_cast<double>(value));
    if (parse(shorter, T{}) == value) FAIL_CHECK(text << " is longer than " << shorter);
  }
  const bool exponent = text.find('e') != std::string::npos;
  const double size = std::fabs(static_cast<double>(value));
  if (exponent != (size != 0 && (size < 9.9999999e-5 || size >= 1e16)))
    FAIL_CHECK(text << " has the wrong notation");
  CHECK(nlohmann::json::accept(json_text(value)));
}

template <class T, class Bits>
void check_random_bits() {
  std::mt19937_64 random(42);
  for (int i = 0; i < 20000; ++i) {
    const Bits bits = static_cast<Bits>(random());
    T value;
    std::memcpy(&value, &bits, sizeof value);
    if (std::isfinite(value)) check_shortest(value);
    // Everyday magnitudes, which random bits hardly hit.
    check_shortest(static_cast<T>(
        std::ldexp(static_cast<double>(random() >> 11U), -static_cast<int>(random() % 80))));
  }
}

}  // namespace

TEST_CASE("floats print as what was stored") {
  CHECK(to_text(0.1F) == "0.1");
  CHECK(to_text(0.9F) == "0.9");
  CHECK(to_text(0.1) == "0.1");
  CHECK(to_text(static_cast<double>(0.1F)) == "0.10000000149011612");
  CHECK(to_text(1.0) == "1");
  CHECK(to_text(-0.0) == "-0");
  CHECK(to_text(-0.0F) == "-0");
  CHECK(to_text(16777216.0F) == "16777216");
}

TEST_CASE("exponents only for the very small and the very large") {
  CHECK(to_text(1700000000.0) == "1700000000");
  CHECK(to_text(1700000000.5) == "1700000000.5");
  CHECK(to_text(1.7e9F) == "1700000000");
  CHECK(to_text(1e7F) == "10000000");
  CHECK(to_text(1e15) == "1000000000000000");
  CHECK(to_text(1e15F) == "1000000000000000");
  CHECK(to_text(1e16) == "1e+16");
  CHECK(to_text(1e16F) == "1e+16");
  CHECK(to_text(1e-4) == "0.0001");
  CHECK(to_text(1e-4F) == "0.0001");
  CHECK(to_text(1e-5) == "1e-05");
  CHECK(to_text(1.25e-5F) == "1.25e-05");
  CHECK(to_text(1e20) == "1e+20");
  CHECK(to_text(5e-324) == "5e-324");
  CHECK(to_text(-std::numeric_limits<double>::max()) == "-1.7976931348623157e+308");
}

TEST_CASE("what is not finite has names") {
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(to_text(infinity) == "inf");
  CHECK(to_text(-infinity) == "-inf");
  CHECK(to_text(-std::numeric_limits<double>::quiet_NaN()) == "nan");
  CHECK(to_text(std::numeric_limits<float>::quiet_NaN()) == "nan");
  CHECK(json_text(infinity) == "\"Infinity\"");
  CHECK(json_text(-std::numeric_limits<float>::infinity()) == "\"-Infinity\"");
  CHECK(json_text(std::numeric_limits<double>::quiet_NaN()) == "\"NaN\"");
}

TEST_CASE("integers are exact") {
  CHECK(to_text(std::int64_t{0}) == "0");
  CHECK(to_text(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
  CHECK(to_text(std::numeric_limits<std::int64_t>::max()) == "9223372036854775807");
  CHECK(to_text(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
}

TEST_CASE("groups for people") {
  CHECK(tfevents::human_integer(0) == "0");
  CHECK(tfevents::human_integer(999) == "999");
  CHECK(tfevents::human_integer(9999) == "9 999");
  CHECK(tfevents::human_integer(-9999) == "-9 999");
  CHECK(tfevents::human_integer(10000) == "10 000");
  CHECK(tfevents::human_integer(55100) == "55 100");
  CHECK(tfevents::human_integer(-1048576) == "-1 048 576");
  CHECK(tfevents::human_integer(std::numeric_limits<std::int64_t>::min()) ==
        "-9 223 372 036 854 775 808");
}

TEST_CASE("wall times take a faster way to the same digits") {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> epoch(1073741824.0, 2147483648.0);
  const auto check = [](double value) {
    const std::string text = tfevents::to_text(value);
    if (text != fmt::format("{}", value)) FAIL_CHECK(fmt::format("{} printed as {}", value, text));
  };
  for (int i = 0; i < 300'000; ++i) {
    const double any = epoch(random);
    check(any);
    check(std::floor(any * 1e3) / 1e3);
    check(std::floor(any * 1e6) / 1e6);
    check(std::floor(any) + static_cast<double>(random() % 512) / 512);  // Ties of the last digit.
    check(std::nextafter(std::floor(any), 0.0));
    check(std::nextafter(std::floor(any), 3e9));
  }
  for (const double edge :
       {1073741824.0, std::nextafter(1073741824.0, 0.0), std::nextafter(1073741824.0, 2e9),
        std::nextafter(2147483648.0, 0.0), 2147483648.0}) {
    check(edge);
  }
}

TEST_CASE("random floats are shortest and round-trip") {
  check_random_bits<float, std::uint32_t>();
}
TEST_CASE("random doubles are shortest and round-trip") {
  check_random_bits<double, std::uint64_t>();
}
