#include "findings.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "envelope.hpp"
#include "lines.hpp"

namespace tfevents::render {

Role role_of(Severity severity) noexcept {
  switch (severity) {
    case Severity::kNote: return Role::kDim;
    case Severity::kWarn: return Role::kWarn;
    case Severity::kError: return Role::kBad;
  }
  return Role::kBad;
}

LazyTable findings_table(const std::vector<Problem>& rows, About about) {
  const bool files = about == About::kFiles;
  Column run = name_column("run", "RUN"), path = name_column("path", "PATH");
  run.people = !files;
  path.people = files;
  std::vector<Column> columns = {{.key = "severity", .header = "SEVERITY"},
                                 {.key = "rule", .header = "RULE"},
                                 std::move(run),
                                 std::move(path),
                                 {.key = "offset", .header = "OFFSET", .people = files},
                                 {.key = "end", .header = "END", .people = files},
                                 {.key = "tag", .header = "TAG", .people = !files},
                                 {.key = "step", .header = "STEP", .people = !files},
                                 {.key = "message", .header = "MESSAGE", .elide = Elide::kEnd},
                                 {.key = "hint", .header = "HINT", .people = false}};
  const auto pass = [&rows](const RowSource::Visit& visit) -> Status {
    for (const Problem& row : rows) {
      const Cell cells[] = {Cell::text(to_string(row.severity)).role(role_of(row.severity)),
                            Cell::text(row.rule),
                            Cell::text(row.run),
                            Cell::text(row.path),
                            Cell::count(row.offset),
                            Cell::count(row.end),
                            Cell::text(row.tag),
                            Cell::integer(row.step),
                            Cell::text(row.message),
                            Cell::text(row.hint)};
      TFEVENTS_CHECK(visit(cells));
    }
    return ok_status();
  };
  return {std::move(columns), pass};
}

Status write_findings(const std::vector<Problem>& rows, JsonWriter& json, Sink& sink) {
  for (const Problem& row : rows) {
    write_problem(json, row);
    TFEVENTS_CHECK(sink.drain());
  }
  return ok_status();
}

Status findings_jsonl(const std::vector<Problem>& rows, Sink& sink) {
  JsonWriter json(sink.out());
  for (const Problem& row : rows) {
    write_problem(json, row);
    json.end_line();
    TFEVENTS_CHECK(sink.drain());
  }
  return ok_status();
}

bool has_room_beside(std::size_t subject, std::size_t message, const Screen& screen) {
  constexpr std::size_t kIndentAndSeverity = 2 + 5, kGaps = 2 + 2;
  return !screen.terminal || kIndentAndSeverity + subject + message + kGaps <= screen.width;
}

void write_message_below(std::string& out, const std::string& message, const Screen& screen) {
  constexpr std::size_t kIndent = 4;
  for (const std::string& line :
       broken_into_lines(printable(message), screen.width - std::min(screen.width, kIndent)))
    out += std::string(kIndent, ' ') + line + '\n';
}

void write_verdict(std::string& out, std::string_view verdict, const FindingCounts& counts,
                   const Screen& screen) {
  if (counts.left_out > 0) {
    out += fmt::format("… {}, only counted\n",
                       count_of(counts.left_out, "more finding", "more findings"));
  }
  const Role role = counts.errors > 0     ? Role::kBad
                    : counts.warnings > 0 ? Role::kWarn
                                          : Role::kGood;
  const std::size_t width = screen.terminal ? screen.width : verdict.size();
  for (const std::string& line : broken_into_lines(verdict, width))
    out += paint(line, role, screen.color) + '\n';
}

}  // namespace tfevents::render
