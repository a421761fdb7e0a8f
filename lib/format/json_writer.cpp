#include "format/json_writer.hpp"

#include <array>
#include <cassert>

#include "base/number.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"

namespace tfevents {
namespace {

/// Bytes that a JSON string holds as they are, without a look at their neighbours.
constexpr std::array<bool, 256> make_plain() {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0x20; c < 0x80; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}
constexpr std::array<bool, 256> kPlain = make_plain();

void append_escape(std::string& out, unsigned char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  out += "\\u00";
  out += kHex[c >> 4U];
  out += kHex[c & 0xFU];
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    std::size_t run = 0;
    while (run < text.size() && kPlain[static_cast<unsigned char>(text[run])]) ++run;
    out += text.substr(0, run);
    text.remove_prefix(run);
    if (text.empty()) break;
    const Utf8Step step = next_utf8(text);
    if (!step.valid) {
      out += "\xEF\xBF\xBD";
    } else if (step.size == 1) {
      append_escape(out, static_cast<unsigned char>(text.front()));
    } else {
      out += text.substr(0, step.size);
    }
    text.remove_prefix(step.size);
  }
  out += '"';
}

void JsonWriter::separate() {
  if (needs_comma_) *out_ += ',';
  needs_comma_ = true;
}

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  *out_ += bracket;
  needs_comma_ = false;
  ++depth_;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  assert(depth_ > 0);
  --depth_;
  *out_ += bracket;
  needs_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::begin_object() {
  return open('{');
}
JsonWriter& JsonWriter::end_object() {
  return close('}');
}
JsonWriter& JsonWriter::begin_array() {
  return open('[');
}
JsonWriter& JsonWriter::end_array() {
  return close(']');
}

JsonWriter& JsonWriter::key(std::string_view name) {
  assert(depth_ > 0);
  separate();
  append_json_string(*out_, name);
  *out_ += ':';
  needs_comma_ = false;
  return *this;
}

template <class T>
JsonWriter& JsonWriter::write(T value) {
  separate();
  char room[kNumberRoom];
  const char* end = nullptr;
  if constexpr (std::floating_point<T>) {
    end = write_json_number(room, value);
  } else {
    end = write_number(room, value);
  }
  out_->append(room, static_cast<std::size_t>(end - room));
  return *this;
}

JsonWriter& JsonWriter::number(std::int64_t value) {
  return write(value);
}
JsonWriter& JsonWriter::number(std::uint64_t value) {
  return write(value);
}
JsonWriter& JsonWriter::number(double value) {
  return write(value);
}
JsonWriter& JsonWriter::number(float value) {
  return write(value);
}

JsonWriter& JsonWriter::string(std::string_view text) {
  separate();
  append_json_string(*out_, text);
  return *this;
}

JsonWriter& JsonWriter::boolean(bool value) {
  return raw(value ? "true" : "false");
}
JsonWriter& JsonWriter::null() {
  return raw("null");
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  *out_ += json;
  return *this;
}

JsonWriter& JsonWriter::end_line() {
  assert(depth_ == 0);
  *out_ += '\n';
  needs_comma_ = false;
  return *this;
}

void name_fields(JsonWriter& writer, std::string_view name, std::string_view bytes) {
  writer.key(name).string(bytes);
  if (!is_valid_utf8(bytes)) {
    writer.key(std::string(name) + "_base64").string(to_base64(bytes));
  }
}

}  // namespace tfevents
