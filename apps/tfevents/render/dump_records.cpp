#include "dump_records.hpp"

#include <string>

#include "base/number.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "dump_layout.hpp"
#include "format/csv_writer.hpp"
#include "format/json_writer.hpp"
#include "format/paint.hpp"

namespace tfevents::render {
namespace {

using ops::RecordRow;

class JsonRecords final : public ops::RecordWriter {
 public:
  explicit JsonRecords(bool in_array) : in_array_(in_array) {}

  void on_row(const RecordRow& row) override {
    if (in_array_) text_ += ',';
    JsonWriter json(text_);
    json.begin_object().field("type", type_of(row));
    name_fields(json, "path", row.path);
    json.field("offset", row.offset);
    switch (row.type) {
      case RecordRow::Type::kRecord: write_record(json, row); break;
      case RecordRow::Type::kDamage:
        json.field("end", row.end).field("damage", row.damage).field("detail", row.detail);
        break;
      case RecordRow::Type::kTail: json.field("have", row.have).field("need", row.need); break;
    }
    json.end_object();
    if (!in_array_) text_ += '\n';
  }
  std::string& text() noexcept override { return text_; }

  static const char* type_of(const RecordRow& row) {
    switch (row.type) {
      case RecordRow::Type::kRecord: return "record";
      case RecordRow::Type::kDamage: return "damage";
      case RecordRow::Type::kTail: return "tail";
    }
    return "record";
  }

 private:
  static void write_record(JsonWriter& json, const RecordRow& row) {
    json.field("length", row.length)
        .field("length_crc", "ok")
        .field("data_crc", row.data_ok ? "ok" : "bad");
    json.field("wall_time", row.wall_time).field("step", row.step).key("event");
    if (row.event != nullptr) {
      json.string(row.event);
    } else {
      json.null();
    }
    json.key("values").begin_array();
    for (const ops::RecordValue& value : row.values) {
      json.begin_object();
      name_fields(json, "tag", value.tag);
      json.key("kind");
      if (value.kind.empty()) {
        json.null();
      } else {
        json.string(value.kind);
      }
      json.field("bytes", value.bytes).end_object();
    }
    json.end_array();
  }

  bool in_array_;
  std::string text_;
};

class CsvRecords final : public ops::RecordWriter {
 public:
  void on_row(const RecordRow& row) override {
    CsvWriter csv(text_);
    csv.text(JsonRecords::type_of(row)).text(row.path).value(row.offset);
    if (row.type == RecordRow::Type::kRecord) {
      csv.value(row.length)
          .text("ok")
          .text(row.data_ok ? "ok" : "bad")
          .value(row.wall_time)
          .value(row.step);
      csv.text(row.event == nullptr ? "" : row.event);
    } else {
      for (int i = 0; i < 6; ++i) csv.absent();
    }
    if (row.type == RecordRow::Type::kDamage) {
      csv.value(row.end).text(row.damage).text(row.detail);
    } else {
      csv.absent().absent().absent();
    }
    if (row.type == RecordRow::Type::kTail) {
      csv.value(row.have).value(row.need);
    } else {
      csv.absent().absent();
    }
    csv.end_row();
  }
  std::string& text() noexcept override { return text_; }

 private:
  std::string text_;
};

/// For people: the file's name, then a line a record.
class PeopleRecords : public ops::RecordWriter {
 public:
  std::string& text() noexcept override { return text_; }

 protected:
  static std::string what(const RecordRow& row) {
    if (row.type == RecordRow::Type::kTail) {
      const std::string have = to_text(row.have);
      return row.need ? have + " of " + to_text(*row.need) + " bytes of an unfinished record"
                      : have + " NUL bytes to the end";
    }
    if (row.type == RecordRow::Type::kDamage)
      return std::string("damaged: ") + row.damage + ", " + row.detail;
    if (!row.data_ok) return "payload checksum mismatch";
    if (row.event == nullptr) return "no event";
    std::string out = row.event;
    if (row.values.empty()) return out;
    out.clear();
    for (const ops::RecordValue& value : row.values) {
      if (!out.empty()) out += ", ";
      out += printable(value.tag);
      if (out.size() > 400) return out + ", …";
    }
    return out;
  }
  std::string text_;
};

class TableRecords final : public PeopleRecords {
 public:
  explicit TableRecords(const Screen& screen)
      : screen_(screen), time_(screen, kOffset + kLength + kStep + 6) {}

  void on_row(const RecordRow& row) override {
    if (row.path != path_) {
      path_ = row.path;
      add("", printable(row.path), Role::kStrong);
      const std::string head = padded("OFFSET", kOffset) + "  " + padded("LENGTH", kLength) + "  " +
                               padded("STEP", kStep) + "  " + time_.header() + "WHAT";
      add("", head, Role::kDim);
    }
    const bool record = row.type == RecordRow::Type::kRecord;
    const std::string front =
        padded("@" + human_integer(static_cast<std::int64_t>(row.offset)), kOffset) + "  " +
        padded(record ? human_integer(static_cast<std::int64_t>(row.length)) : "", kLength) + "  " +
        padded(row.step ? human_integer(*row.step) : "", kStep) + "  " +
        time_.cell(row.wall_time ? &*row.wall_time : nullptr);
    const bool sound = record && row.data_ok && row.event != nullptr;
    add(front, what(row), sound || row.type == RecordRow::Type::kTail ? Role::kPlain : Role::kBad);
  }

 private:
  static constexpr std::size_t kOffset = 12, kLength = 8, kStep = 12;

  void add(const std::string& front, const std::string& last, Role role) {
    text_ += paint(time_.finish(front, last), role, screen_.color) + "\n";
  }

  Screen screen_;
  TimeLayout time_;
  std::string path_;
};

class MarkdownRecords final : public PeopleRecords {
 public:
  void on_row(const RecordRow& row) override {
    std::string cells[] = {printable(row.path),
                           to_text(row.offset),
                           row.type == RecordRow::Type::kRecord ? to_text(row.length) : "",
                           row.step ? to_text(*row.step) : "",
                           row.wall_time ? precise_time(*row.wall_time) : "",
                           what(row)};
    text_ += '|';
    for (const std::string& cell : cells) {
      text_ += ' ' + markdown_cell(cell) + " |";
    }
    text_ += '\n';
  }
};

}  // namespace

std::unique_ptr<ops::RecordWriter> json_records(bool in_array) {
  return std::make_unique<JsonRecords>(in_array);
}
std::unique_ptr<ops::RecordWriter> csv_records() {
  return std::make_unique<CsvRecords>();
}
std::unique_ptr<ops::RecordWriter> table_records(const Screen& screen) {
  return std::make_unique<TableRecords>(screen);
}
std::unique_ptr<ops::RecordWriter> markdown_records() {
  return std::make_unique<MarkdownRecords>();
}

}  // namespace tfevents::render
