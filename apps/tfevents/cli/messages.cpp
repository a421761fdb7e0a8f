#include "messages.hpp"

#include <algorithm>
#include <cerrno>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "base/number.hpp"
#include "base/text.hpp"
#include "format/json_writer.hpp"
#include "format/paint.hpp"
#include "format/terminal_safe.hpp"
#include "progress.hpp"

namespace tfevents::cli {
namespace {

constexpr std::size_t kShownProblems = 3;  // Of each rule.
constexpr std::size_t kShownHints = 2;
constexpr std::size_t kShownRuns = 3;

std::string plural(std::uint64_t n, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", human_integer(static_cast<std::int64_t>(n)), n == 1 ? one : many);
}

// Problems of one rule, in the order in which they came.
struct Group {
  std::vector<const Problem*> members;
};

std::vector<Group> group_by_rule(std::span<const Problem> problems, bool notes) {
  std::vector<Group> groups;
  for (const Problem& problem : problems) {
    if (problem.severity == Severity::kNote && !notes) continue;
    const auto same = std::find_if(groups.begin(), groups.end(), [&](const Group& group) {
      return group.members.front()->rule == problem.rule;
    });
    if (same == groups.end()) {
      groups.push_back({{&problem}});
    } else {
      same->members.push_back(&problem);
    }
  }
  return groups;
}

// "37 more like it in 2 files"
std::string summarize(std::span<const Problem* const> rest) {
  std::set<std::string_view> places;
  bool files = true;
  for (const Problem* problem : rest) {
    if (problem->path) places.insert(*problem->path);
    files = files && problem->path.has_value();
  }
  if (!files || places.empty()) return fmt::format("{} more like it", rest.size());
  return fmt::format("{} more like it in {}", human_integer(static_cast<std::int64_t>(rest.size())),
                     plural(places.size(), "file", "files"));
}

std::string describe(const ops::Dropped& dropped) {
  std::string text;
  if (dropped.restart > 0)
    text = plural(dropped.restart, "point of a restart", "points of a restart");
  if (dropped.duplicates > 0) {
    if (!text.empty()) text += " and ";
    text += plural(dropped.duplicates, "duplicate", "duplicates");
  }
  return text + " dropped";
}

/// The lines that show the place of an error, set apart from the messages around them.
std::string indented(std::string_view excerpt) {
  std::string text;
  while (!excerpt.empty()) {
    const std::size_t end = std::min(excerpt.find('\n'), excerpt.size());
    text += fmt::format("    {}\n", excerpt.substr(0, end));
    excerpt.remove_prefix(std::min(end + 1, excerpt.size()));
  }
  return text;
}

}  // namespace

void Messages::put(std::string_view lines) {
  if (progress_ != nullptr) progress_->erase();
  // There is nobody left to tell when standard error itself fails.
  while (!lines.empty()) {
    const auto written = ::write(descriptor_, lines.data(), lines.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    lines.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::string Messages::line(std::string_view path, const std::uint64_t* offset,
                           std::string_view message, bool fatal) const {
  std::string text = paint("tfevents:", fatal ? Role::kBad : Role::kWarn, options_.color);
  text += ' ';
  if (!path.empty()) {
    text += printable(path);
    if (offset != nullptr) text += fmt::format("@{}", *offset);
    text += ": ";
  }
  return text + printable(message) + '\n';
}

std::string Messages::hint_line(std::string_view hint) const {
  if (hint.empty()) return {};
  return fmt::format("{} {}\n", paint("hint:", Role::kStrong, options_.color), printable(hint));
}

void Messages::fatal(const Error& error, ExitCode exit) {
  const std::string hint =
      exit == ExitCode::kBug && error.hint.empty()
          ? "this is a bug in tfevents; please report it with the command that shows it"
          : error.hint;
  if (!json_) {
    put(line(error.path, error.offset ? &*error.offset : nullptr, error.message, true) +
        indented(error.excerpt) + hint_line(hint));
    return;
  }
  std::string text;
  JsonWriter json(text);
  const auto optional = [](const std::string& value) {
    return value.empty() ? std::optional<std::string>{} : std::optional(value);
  };
  json.begin_object().field("schema", "tfevents.error/1").field("code", to_string(error.code));
  json.field("message", error.message);
  name_fields(json, "path", optional(error.path));
  json.field("offset", error.offset)
      .field("hint", optional(hint))
      .field("exit", to_int(exit))
      .end_object();
  json.end_line();
  put(json_for_terminal(text));
}

void Messages::say(std::string_view text, std::string_view hint) {
  if (!options_.quiet) put(line({}, nullptr, text, false) + hint_line(hint));
}

void Messages::hint(std::string_view text) {
  if (!options_.quiet) put(hint_line(text));
}

void Messages::lines(std::string_view text) {
  if (!options_.quiet && !text.empty()) put(text);
}

void Messages::problems(std::span<const Problem> problems, std::uint64_t more) {
  if (options_.quiet) return;
  std::string text;
  std::vector<std::string_view> hints;
  for (const Group& group : group_by_rule(problems, options_.verbose)) {
    const std::span<const Problem* const> members(group.members);
    const std::size_t shown =
        options_.verbose ? members.size() : std::min(members.size(), kShownProblems);
    for (const Problem* problem : members.first(shown)) {
      const std::string_view path = problem->path  ? *problem->path
                                    : problem->run ? *problem->run
                                                   : std::string_view{};
      text += line(path, problem->offset ? &*problem->offset : nullptr, problem->message, false);
      const bool new_hint =
          problem->hint && std::find(hints.begin(), hints.end(), *problem->hint) == hints.end();
      if (new_hint) hints.push_back(*problem->hint);
    }
    if (shown < members.size()) text += line({}, nullptr, summarize(members.subspan(shown)), false);
  }
  if (more > 0)
    text += line({}, nullptr, plural(more, "further problem", "further problems"), false);
  for (std::size_t i = 0; i < std::min(hints.size(), kShownHints); ++i) text += hint_line(hints[i]);
  if (!text.empty()) put(text);
}

void Messages::dropped(std::span<const ops::Dropped> runs) {
  if (options_.quiet || runs.empty()) return;
  std::string text;
  // One line more costs no more room than the line that would sum it up.
  std::size_t shown = options_.verbose || runs.size() <= kShownRuns + 1 ? runs.size() : kShownRuns;
  for (const ops::Dropped& run : runs.first(shown))
    text += line(run.run, nullptr, describe(run), false);
  if (shown < runs.size()) {
    ops::Dropped sum;
    for (const ops::Dropped& run : runs.subspan(shown)) {
      sum.duplicates += run.duplicates;
      sum.restart += run.restart;
    }
    const auto count = runs.size() - shown;
    text += line({}, nullptr, fmt::format("{} in {} more runs", describe(sum), count), false);
  }
  put(text + hint_line("--view raw shows them"));
}

}  // namespace tfevents::cli
