#include "fsck.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/number.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "envelope.hpp"
#include "findings.hpp"
#include "format/paint.hpp"
#include "format/table_writer.hpp"

namespace tfevents::render {
namespace {

constexpr std::size_t kShownOfFile = 20;
constexpr std::size_t kMessageWidth = 60;

// `@1 048 576…1 057 808`
std::string range_text(const Problem& problem) {
  if (!problem.offset) return {};
  if (!problem.end || *problem.end <= *problem.offset) return "@" + whole(*problem.offset);
  return fmt::format("@{}…{}", whole(*problem.offset), whole(*problem.end));
}

const std::string& place(const Problem& problem) {
  static const std::string kNowhere;
  return problem.path ? *problem.path : problem.run ? *problem.run : kNowhere;
}

// Consecutive findings of one file.
struct FileFindings {
  const std::string* path = nullptr;
  std::size_t shown = 0, folded = 0;
};

std::vector<FileFindings> group_by_file(const std::vector<Problem>& rows, bool fold) {
  std::vector<FileFindings> files;
  for (const Problem& row : rows) {
    if (files.empty() || *files.back().path != place(row)) files.push_back({.path = &place(row)});
    FileFindings& file = files.back();
    ++(fold && file.shown >= kShownOfFile ? file.folded : file.shown);
  }
  return files;
}

std::vector<Cell> line_cells(const Problem& row, bool beside) {
  std::vector<Cell> cells = {Cell::text(to_string(row.severity)).role(role_of(row.severity)),
                             Cell::text(range_text(row))};
  if (beside) cells.push_back(Cell::text(row.message));
  cells.push_back(Cell::text(row.rule));
  return cells;
}

// The rule says in a word what the message says in full: on a narrow terminal it goes first.
std::vector<Column> line_columns(bool beside) {
  std::vector<Column> columns = {{.keep = true}, {.keep = true}};
  if (beside) columns.push_back({.elide = Elide::kEnd, .min_width = kMessageWidth, .keep = true});
  columns.push_back({.role = Role::kDim});
  return columns;
}

// Calls `begin(file)`, `line(row)` for each finding that is shown, and `end(file)` for every file.
template <class Begin, class Line, class End>
Status each_shown(const std::vector<Problem>& rows, const std::vector<FileFindings>& files,
                  Begin begin, Line line, End end) {
  auto row = rows.begin();
  for (const FileFindings& file : files) {
    TFEVENTS_CHECK(begin(file));
    for (std::size_t i = 0; i < file.shown; ++i, ++row) TFEVENTS_CHECK(line(*row));
    row += static_cast<std::ptrdiff_t>(file.folded);
    TFEVENTS_CHECK(end(file));
  }
  return ok_status();
}

}  // namespace

LazyTable fsck_table(const ops::FsckReport& report) {
  return findings_table(report.rows, About::kFiles);
}

namespace {

// Pointers of Git LFS, files that end within their gzip and such are no damaged records.
std::string errors_in_words(const ops::FsckReport& report) {
  std::string text;
  if (const std::uint64_t places = report.errors - report.bad_paths; places > 0) {
    text =
        fmt::format("{} in {} of {}",
                    count_of(places, "damaged or unreadable place", "damaged or unreadable places"),
                    whole(report.bad_files), count_of(report.files, "file", "files"));
  }
  if (report.bad_paths > 0) {
    if (!text.empty()) text += " and ";
    text += count_of(report.bad_paths, "path", "paths") + " that cannot be read";
  }
  return text;
}

}  // namespace

std::string fsck_verdict(const ops::FsckReport& report) {
  const std::string size = fmt::format("{}, {}", human_bytes(report.bytes),
                                       count_of(report.records, "record", "records"));
  std::string text;
  if (report.errors == 0) {
    text = fmt::format("{} verified ({})", count_of(report.files, "file", "files"), size);
  } else {
    text = fmt::format("error: {}; everything else verified ({})", errors_in_words(report), size);
  }
  if (report.warnings > 0) text += " · " + count_of(report.warnings, "warning", "warnings");
  if (report.notes > 0) text += " · " + count_of(report.notes, "note", "notes");
  return text;
}

Status fsck_screen(const ops::FsckReport& report, const Screen& screen, bool all, Sink& sink) {
  const auto files = group_by_file(report.rows, screen.terminal && !all);
  TableStyle style = screen.table_style();
  style.header = false;
  style.indent = "  ";
  const auto nothing = [](const FileFindings&) { return ok_status(); };
  std::size_t range = 0, message = 0;
  const auto widen = [&](const Problem& row) {
    range = std::max(range, display_width(range_text(row)));
    message = std::max(message, display_width(printable(row.message)));
    return ok_status();
  };
  TFEVENTS_CHECK(each_shown(report.rows, files, nothing, widen, nothing));
  const bool beside = has_room_beside(range, message, screen);
  const std::vector<Column> columns = line_columns(beside);
  // One table for all files, so that columns are aligned through the whole answer.
  TableWriter table(columns, style);
  const auto measure = [&](const Problem& row) {
    table.measure(line_cells(row, beside));
    return ok_status();
  };
  TFEVENTS_CHECK(each_shown(report.rows, files, nothing, measure, nothing));
  table.lay_out();
  std::string& out = sink.out();
  const auto begin = [&](const FileFindings& file) {
    const std::string path = printable(*file.path);
    out += paint(screen.terminal ? elide_middle(path, screen.width) : path, Role::kStrong,
                 screen.color);
    out += '\n';
    return sink.drain();
  };
  const auto line = [&](const Problem& row) {
    table.write_row(out, line_cells(row, beside));
    if (!beside) write_message_below(out, row.message, screen);
    return sink.drain();
  };
  const auto end = [&](const FileFindings& file) {
    if (file.folded > 0) out += fmt::format("  … {} more (--all)\n", whole(file.folded));
    return sink.drain();
  };
  TFEVENTS_CHECK(each_shown(report.rows, files, begin, line, end));
  write_verdict(out, fsck_verdict(report),
                {report.errors, report.warnings, report.notes, report.rows_left_out}, screen);
  return sink.drain();
}

Status fsck_json(const ops::FsckReport& report, std::string_view version, Sink& sink) {
  return write_envelope(
      sink,
      {.command = "fsck",
       .version = version,
       .now = report.now,
       .operands = report.operands,
       .view = View::kRaw,
       .complete = report.outcome.complete},
      [&](JsonWriter& json) { return write_findings(report.rows, json, sink); },
      [&](JsonWriter& json) {
        json.field("files", report.files)
            .field("bytes", report.bytes)
            .field("records", report.records);
        json.field("records_lost", report.records_lost).field("bytes_lost", report.bytes_lost);
        json.field("errors", report.errors)
            .field("warnings", report.warnings)
            .field("notes", report.notes);
      },
      report.outcome.problems);
}

Status fsck_jsonl(const ops::FsckReport& report, Sink& sink) {
  return findings_jsonl(report.rows, sink);
}

}  // namespace tfevents::render
