#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "format/csv_writer.hpp"
#include "format/json_writer.hpp"
#include "format/terminal_safe.hpp"

using tfevents::csv_for_terminal;
using tfevents::json_for_terminal;

namespace {

std::string json_string(std::string_view text) {
  std::string out;
  tfevents::append_json_string(out, text);
  return out;
}

// Acts on a terminal, reorders, or is invisible; a character beyond U+FFFF among them.
constexpr char kHostile[] =
    "a\x1b[31m\x7f\u009b\u202e\u200b\u2028\ufeff\U000e0001 \"\\\té\U0001f600";

}  // namespace

TEST_CASE("JSON on a terminal has the same value, and nothing that acts") {
  const std::string raw = json_string(kHostile);
  const std::string shown = json_for_terminal(raw);
  CHECK(nlohmann::json::parse(shown) == nlohmann::json::parse(raw));
  CHECK(tfevents::printable(shown) == shown);
  CHECK(json_for_terminal("\u202e\U000e0001") == "\\u202e\\udb40\\udc01");
  CHECK(json_for_terminal("\x7f") == "\\u007f");
}

TEST_CASE("JSON without such characters stays as it is") {
  for (const std::string text : {"", "{\"a\":\"é\U0001f600\"}\n[1]\n", "\"\\u202e\\\"\""}) {
    CHECK(json_for_terminal(text) == text);
  }
}

TEST_CASE("CSV on a terminal is escaped as tables are, its line ends kept") {
  std::string raw;
  tfevents::append_csv_field(raw, kHostile);
  const std::string shown = csv_for_terminal(raw + "\n1,2\n");
  CHECK(shown == tfevents::printable(raw) + "\n1,2\n");
  CHECK(csv_for_terminal("a\r\n") == "a\\r\n");
}
