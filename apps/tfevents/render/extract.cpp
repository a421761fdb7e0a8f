#include "extract.hpp"

#include "base/text.hpp"
#include "envelope.hpp"
#include "format/json_writer.hpp"

namespace tfevents::render {
namespace {

class Index final : public ops::ExtractFormat {
 public:
  Index(std::string_view version, View view) : version_(version), view_(view) {}

  std::string begin(const ops::ExtractReport& report) override {
    std::string out;
    JsonWriter json(out);
    begin_stream_envelope(json, {.command = "extract",
                                 .version = version_,
                                 .now = report.now,
                                 .operands = report.operands,
                                 .view = view_});
    return out;
  }

  void row(std::string& out, const Run& run, const ops::ExtractedFile& file) override {
    out += ',';
    JsonWriter json(out);
    json.begin_object();
    name_fields(json, "run", run.name);
    name_fields(json, "tag", file.tag);
    json.field("kind", to_valid_utf8(file.kind))
        .field("step", file.step)
        .field("wall_time", file.wall_time)
        .field("index", file.index)
        .field("file", file.file)
        .field("mime", to_valid_utf8(file.mime))
        .field("bytes", file.bytes);
    // What the kind has.
    if (file.width) json.field("width", file.width).field("height", file.height);
    if (file.kind == "audio") {
      json.field("sample_rate", file.sample_rate)
          .field("channels", file.channels)
          .field("frames", file.frames);
      json.key("label");
      if (file.label) {
        json.string(to_valid_utf8(*file.label));
      } else {
        json.null();
      }
    }
    if (file.dtype) {
      json.field("dtype", *file.dtype).key("shape").begin_array();
      for (const std::int64_t size : *file.shape) json.value(size);
      json.end_array();
    }
    if (file.vertices) json.field("vertices", file.vertices).field("faces", file.faces);
    json.end_object();
  }

  // A stream knows only at its end whether it is complete.
  std::string end(const ops::ExtractReport& report) override {
    std::string out = "],\"complete\":";
    out += report.outcome.complete ? "true" : "false";
    out += ",\"summary\":";
    JsonWriter summary(out);
    summary.begin_object()
        .field("runs", report.runs)
        .field("files", report.files)
        .field("bytes", report.bytes)
        .field("others", report.others)
        .end_object();
    out += ',';
    std::string rest;
    JsonWriter tail(rest);
    tail.begin_object();
    end_envelope(tail, report.outcome.problems);
    return out + rest.substr(1);
  }

 private:
  std::string version_;
  View view_;
};

}  // namespace

std::unique_ptr<ops::ExtractFormat> extract_index(std::string_view version, View view) {
  return std::make_unique<Index>(version, view);
}

}  // namespace tfevents::render
