#include "dump.hpp"

#include "dump_points.hpp"
#include "dump_records.hpp"

namespace tfevents::render {
namespace {

class RenderedDump final : public ops::DumpFormat {
 public:
  RenderedDump(cli::Format format, const Screen& screen) : format_(format), screen_(screen) {}

  std::unique_ptr<ops::PointWriter> points_of(const Run& run) override {
    switch (format_) {
      case cli::Format::kTable: return table_points(run, screen_);
      case cli::Format::kJson: return json_points(run, true);
      case cli::Format::kJsonl: return json_points(run, false);
      case cli::Format::kCsv: return csv_points(run);
      case cli::Format::kMarkdown: return markdown_points(run);
    }
    return json_points(run, false);
  }
  std::unique_ptr<ops::RecordWriter> records_of(const Run&) override {
    switch (format_) {
      case cli::Format::kTable: return table_records(screen_);
      case cli::Format::kJson: return json_records(true);
      case cli::Format::kJsonl: return json_records(false);
      case cli::Format::kCsv: return csv_records();
      case cli::Format::kMarkdown: return markdown_records();
    }
    return json_records(false);
  }

 private:
  cli::Format format_;
  Screen screen_;
};

}  // namespace

std::unique_ptr<ops::DumpFormat> dump_format(cli::Format format, const Screen& screen) {
  return std::make_unique<RenderedDump>(format, screen);
}

std::string dump_header(cli::Format format, bool records) {
  if (format == cli::Format::kCsv) {
    return records ? "type,path,offset,length,length_crc,data_crc,wall_time,step,event,end,damage,"
                     "detail,have,need\n"
                   : "run,tag,kind,step,wall_time,value\n";
  }
  if (format != cli::Format::kMarkdown) return "";
  return records ? "| path | offset | length | step | time | what |\n| --- | ---: | ---: | ---: | "
                   "--- | --- |\n"
                 : "| run | tag | step | time | value |\n| --- | --- | ---: | --- | ---: |\n";
}

}  // namespace tfevents::render
