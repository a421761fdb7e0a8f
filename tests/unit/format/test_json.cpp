#include <limits>
#include <random>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "format/json_writer.hpp"

using tfevents::JsonWriter;

namespace {

std::string quoted(std::string_view text) {
  std::string out;
  tfevents::append_json_string(out, text);
  return out;
}

/// Writes a random value and returns what a reader should find.
nlohmann::json write_random(JsonWriter& writer, std::mt19937& random, int depth) {
  switch (random() % (depth > 0 ? 9 : 7)) {
    case 0: writer.null(); return nullptr;
    case 1: writer.boolean(true); return true;
    case 2: writer.number(std::int64_t{-5}); return -5;
    case 3: writer.number(~std::uint64_t{0}); return ~std::uint64_t{0};
    case 4: writer.number(0.1); return 0.1;
    case 5: writer.raw("[1]"); return nlohmann::json::array({1});
    case 6: {
      std::string text;
      for (std::size_t i = random() % 9; i > 0; --i) text += static_cast<char>(random() & 0xFFU);
      writer.string(text);
      return tfevents::to_valid_utf8(text);
    }
    case 7: {
      auto array = nlohmann::json::array();
      writer.begin_array();
      for (std::size_t i = random() % 4; i > 0; --i)
        array.push_back(write_random(writer, random, depth - 1));
      writer.end_array();
      return array;
    }
    default: {
      auto object = nlohmann::json::object();
      writer.begin_object();
      for (std::size_t i = random() % 4; i > 0; --i) {
        const std::string key = "k\"" + std::to_string(i);
        writer.key(key);
        object[key] = write_random(writer, random, depth - 1);
      }
      writer.end_object();
      return object;
    }
  }
}

}  // namespace

TEST_CASE("strings are escaped as RFC 8259 asks, and no more") {
  CHECK(quoted("") == "\"\"");
  CHECK(quoted("val/acc") == "\"val/acc\"");
  CHECK(quoted("a\"b\\c") == "\"a\\\"b\\\\c\"");
  CHECK(quoted("\n\r\t") == "\"\\n\\r\\t\"");
  CHECK(quoted(std::string_view("\0\x01\x1f", 3)) == "\"\\u0000\\u0001\\u001f\"");
  CHECK(quoted("é日😀\u2028\x7f/") == "\"é日😀\u2028\x7f/\"");
  CHECK(quoted("a\xff\xe2\x82z") == "\"a\ufffd\ufffdz\"");
}

TEST_CASE("objects are compact and values keep their type") {
  std::string out;
  JsonWriter writer(out);
  writer.begin_object().field("run", "a").field("step", 3).field("share", 0.5).field("value", 0.1F);
  writer.field("live", true).field("n", std::size_t{7}).field("none", std::optional<double>());
  writer.field("some", std::optional<std::int64_t>(-1)).field("text", std::string("x"));
  writer.key("list").begin_array().number(1.0).null().begin_object().end_object().end_array();
  writer.key("nan").number(std::numeric_limits<float>::quiet_NaN());
  writer.key("inf").number(-std::numeric_limits<double>::infinity());
  writer.end_object();
  CHECK(out ==
        "{\"run\":\"a\",\"step\":3,\"share\":0.5,\"value\":0.1,\"live\":true,\"n\":7,\"none\":null,"
        "\"some\":-1,"
        "\"text\":\"x\",\"list\":[1,null,{}],\"nan\":\"NaN\",\"inf\":\"-Infinity\"}");
}

TEST_CASE("lines") {
  std::string out;
  JsonWriter writer(out);
  writer.begin_object().field("a", 1).end_object().end_line();
  writer.begin_object().end_object().end_line();
  CHECK(out == "{\"a\":1}\n{}\n");
}

TEST_CASE("names that are no UTF-8 bring their bytes along") {
  std::string out;
  JsonWriter writer(out);
  writer.begin_object();
  tfevents::name_fields(writer, "run", "a/b");
  tfevents::name_fields(writer, "tag", std::string("caf\xe9"));
  tfevents::name_fields(writer, "path", std::optional<std::string>());
  tfevents::name_fields(writer, "x", std::optional<std::string>("\xff"));
  writer.end_object();
  CHECK(out ==
        "{\"run\":\"a/b\",\"tag\":\"caf\ufffd\",\"tag_base64\":\"Y2Fm6Q==\",\"path\":null,"
        "\"x\":\"\ufffd\",\"x_base64\":\"/w==\"}");
}

TEST_CASE("random documents are read back by a strict parser") {
  std::mt19937 random(99);
  for (int round = 0; round < 3000; ++round) {
    std::string out;
    JsonWriter writer(out);
    const nlohmann::json expected = write_random(writer, random, 4);
    REQUIRE(nlohmann::json::accept(out));
    CHECK(nlohmann::json::parse(out) == expected);
  }
}
