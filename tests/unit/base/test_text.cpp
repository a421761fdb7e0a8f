#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <utf8proc.h>

#include "base/text.hpp"
#include "base/utf8.hpp"

using namespace std::string_literals;  // NOLINT(google-build-using-namespace)

namespace {

/// Strings of every kind of character and of broken bytes.
std::string random_text(std::mt19937& random, std::size_t most) {
  static const std::vector<std::string> kParts = {
      "a",       "b",      "/",  "0",          "7",    "10",           "é",       "日",
      "e\u0301", "\u202e", "\n", "\x1b",       "\xff", "\xe2\x82",     "😀",       "\u200b",
      "\u0085",  " ",      "\\", "\U000e0001", "한",   "\xed\xa0\x80", "\xc0\x80"};
  std::string text;
  for (std::size_t i = random() % (most + 1); i > 0; --i) text += kParts[random() % kParts.size()];
  return text;
}

}  // namespace

TEST_CASE("UTF-8 is judged as RFC 3629 does") {
  CHECK(tfevents::is_valid_utf8(""));
  CHECK(tfevents::is_valid_utf8("plain ASCII of more than eight bytes"));
  CHECK(tfevents::is_valid_utf8("é日😀\U0010ffff"));
  CHECK(tfevents::is_valid_utf8("a\0b"s));
  for (const char* bad :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82", "aaaaaaaa\xff", "\xc3"}) {
    CHECK_FALSE(tfevents::is_valid_utf8(bad));
  }
}

TEST_CASE("agrees with utf8proc about validity and replaces maximal parts") {
  std::mt19937 random(3);
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (std::size_t i = random() % 6; i > 0; --i) {
      const auto roll = random();
      text += static_cast<char>(roll % 3 == 0   ? 0x80 + roll % 0x40
                                : roll % 3 == 1 ? 0xC0 + roll % 0x40
                                                : roll & 0xFFU);
    }
    const auto* at = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    auto left = static_cast<utf8proc_ssize_t>(text.size());
    bool valid = true;
    while (valid && left > 0) {
      utf8proc_int32_t code = 0;
      const auto used = utf8proc_iterate(at, left, &code);
      valid = used > 0;
      at += used;
      left -= used;
    }
    CHECK(tfevents::is_valid_utf8(text) == valid);
    const std::string repaired = tfevents::to_valid_utf8(text);
    CHECK(tfevents::is_valid_utf8(repaired));
    CHECK((repaired == text) == valid);
    CHECK(tfevents::is_valid_utf8(tfevents::escape_invalid_utf8(text)));
  }
  CHECK(tfevents::to_valid_utf8("a\xe2\x82z") == "a\ufffdz");
  CHECK(tfevents::to_valid_utf8("\xed\xa0\x80") == "\ufffd\ufffd\ufffd");
  CHECK(tfevents::to_valid_utf8("\xf0\x9f\x98") == "\ufffd");
  CHECK(tfevents::escape_invalid_utf8("caf\xe9 é") == "caf\\xe9 é");
}

TEST_CASE("base64 of RFC 4648") {
  CHECK(tfevents::to_base64("").empty());
  CHECK(tfevents::to_base64("f") == "Zg==");
  CHECK(tfevents::to_base64("fo") == "Zm8=");
  CHECK(tfevents::to_base64("foo") == "Zm9v");
  CHECK(tfevents::to_base64("foobar") == "Zm9vYmFy");
  CHECK(tfevents::to_base64("\xfb\xff\xbf") == "+/+/");
}

TEST_CASE("widths are those of terminals") {
  CHECK(tfevents::display_width("loss") == 4);
  CHECK(tfevents::display_width("日本語") == 6);
  CHECK(tfevents::display_width("e\u0301") == 1);
  CHECK(tfevents::display_width("😀") == 2);
  CHECK(tfevents::display_width("…→▲━█⣀±×") == 8);
  CHECK(tfevents::display_width("\xff") == 1);
}

TEST_CASE("printable text acts on nothing") {
  CHECK(tfevents::printable("train/loss é 日 \\ \"") == "train/loss é 日 \\ \"");
  CHECK(tfevents::printable("a\nb\tc\rd\x1b[31m\x7f") == "a\\nb\\tc\\rd\\x1b[31m\\x7f");
  CHECK(tfevents::printable("\0"s) == "\\x00");
  CHECK(tfevents::printable("\u202egpj") == "\\u202egpj");
  CHECK(tfevents::printable("\u2066\u200b\u00ad\u2028\u0085\ufeff") ==
        "\\u2066\\u200b\\u00ad\\u2028\\u0085\\ufeff");
  CHECK(tfevents::printable("\U000e0041") == "\\U000e0041");
  CHECK(tfevents::printable("\xe9") == "\\xe9");
  std::mt19937 random(11);
  for (int round = 0; round < 5000; ++round) {
    const std::string text = tfevents::printable(random_text(random, 12));
    CHECK(tfevents::is_valid_utf8(text));
    for (std::string_view rest = text; !rest.empty();) {
      const tfevents::Utf8Step step = tfevents::next_utf8(rest);
      const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(step.code));
      CHECK(category != UTF8PROC_CATEGORY_CC);
      CHECK(category != UTF8PROC_CATEGORY_CF);
      CHECK(category != UTF8PROC_CATEGORY_ZL);
      CHECK(category != UTF8PROC_CATEGORY_ZP);
      rest.remove_prefix(step.size);
    }
    CHECK(tfevents::printable(text) == text);
  }
}

TEST_CASE("eliding keeps both ends") {
  CHECK(tfevents::elide_middle("vision/vit/seed0", 16) == "vision/vit/seed0");
  CHECK(tfevents::elide_middle("vision/vit/seed0", 10) == "visi…seed0");
  CHECK(tfevents::elide_middle("vision/vit/seed0", 2) == "…0");
  CHECK(tfevents::elide_middle("vision/vit/seed0", 1) == "…");
  CHECK(tfevents::elide_middle("vision/vit/seed0", 0).empty());
  CHECK(tfevents::elide_middle("日本語日本語", 7) == "日本…語");
  CHECK(tfevents::elide_middle("xxxxxe\u0301", 2) == "…e\u0301");
}

TEST_CASE("elided text takes the columns it was given, or one less for a wide character") {
  std::mt19937 random(5);
  for (int round = 0; round < 5000; ++round) {
    const std::string text = tfevents::printable(random_text(random, 20));
    const std::size_t width = tfevents::display_width(text);
    for (std::size_t columns = 0; columns < 24; ++columns) {
      const std::string elided = tfevents::elide_middle(text, columns);
      CHECK(tfevents::is_valid_utf8(elided));
      if (width <= columns) {
        CHECK(elided == text);
      } else {
        CHECK(tfevents::display_width(elided) <= columns);
        CHECK(tfevents::display_width(elided) + 1 >= columns);
      }
    }
  }
  const std::string narrow(100, 'x');
  for (std::size_t columns = 0; columns <= 100; ++columns) {
    CHECK(tfevents::display_width(tfevents::elide_middle(narrow, columns)) == columns);
  }
}

TEST_CASE("natural order") {
  const auto less = [](std::string_view a, std::string_view b) {
    CHECK(tfevents::natural_compare(a, b) == -1);
    CHECK(tfevents::natural_compare(b, a) == 1);
  };
  less("version_2", "version_10");
  less("a", "a/b");
  less("a/b", "a-b");  // Part by part: `a` is before `a-b`.
  less("a", "b");
  less("a1/x", "a2/w");
  less("a01/x2", "a1/x1");  // Ties of a part are decided before the next part.
  less("seed", "seed1");
  less("1", "a");
  less("x9999999999999999999999", "x10000000000000000000000");
  less("", "a");
  less("z", "\xc3\xa9");
  CHECK(tfevents::natural_compare("a/b1", "a/b1") == 0);
}

TEST_CASE("natural order is total") {
  std::mt19937 random(17);
  std::vector<std::string> names;
  for (int i = 0; i < 150; ++i) {
    std::string name;
    for (std::size_t n = random() % 6; n > 0; --n) name += "a/01-2"[random() % 6];
    names.push_back(name);
  }
  for (const auto& a : names) {
    for (const auto& b : names) {
      const int order = tfevents::natural_compare(a, b);
      CHECK(order == -tfevents::natural_compare(b, a));
      CHECK((order == 0) == (a == b));
      if (order > 0) continue;
      for (const auto& c : names) {
        if (tfevents::natural_compare(b, c) <= 0 && tfevents::natural_compare(a, c) > 0) {
          FAIL_CHECK(a << " <= " << b << " <= " << c << " but not " << a << " <= " << c);
        }
      }
    }
  }
}
