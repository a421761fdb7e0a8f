#include "env.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace tfevents::cli {
namespace {

constexpr std::string_view kVariables[] = {
    "TFEVENTS_LOGDIR", "NO_COLOR",       "CLICOLOR_FORCE",      "FORCE_COLOR", "TERM", "COLUMNS",
    "TMPDIR",          "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "LOGNAME",     "HOME"};
constexpr unsigned kMaxJobs = 1024;

std::string_view variable(const Variables& variables, std::string_view name) {
  const auto found = variables.find(name);
  return found == variables.end() ? std::string_view{} : std::string_view(found->second);
}

unsigned count_processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return 1;
  return static_cast<unsigned>(std::max(1, CPU_COUNT(&set)));
}

}  // namespace

Surroundings Surroundings::of_process(const char* const* environment) {
  Surroundings found;
  found.in_tty = isatty(found.in) == 1;
  found.out_tty = isatty(found.out) == 1;
  found.err_tty = isatty(found.err) == 1;
  winsize size{};
  if (found.out_tty && ioctl(found.out, TIOCGWINSZ, &size) == 0) found.terminal_width = size.ws_col;
  found.processors = count_processors();
  for (; *environment != nullptr; ++environment) {
    const std::string_view entry(*environment);
    const auto equals = entry.find('=');
    if (equals == std::string_view::npos) continue;
    const auto name = entry.substr(0, equals);
    if (std::find(std::begin(kVariables), std::end(kVariables), name) == std::end(kVariables))
      continue;
    found.variables.emplace(name, entry.substr(equals + 1));
  }
  return found;
}

bool decide_color(When flag, bool tty, const Variables& variables) {
  if (flag != When::kAuto) return flag == When::kAlways;
  if (!variable(variables, "NO_COLOR").empty()) return false;
  for (const std::string_view name : {"CLICOLOR_FORCE", "FORCE_COLOR"}) {
    const auto value = variable(variables, name);
    if (!value.empty() && value != "0") return true;
  }
  return tty && variable(variables, "TERM") != "dumb";
}

unsigned decide_width(unsigned terminal_width, const Variables& variables) {
  if (terminal_width > 0) return terminal_width;
  const auto columns = variable(variables, "COLUMNS");
  unsigned width = 0;
  const auto [end, problem] =
      std::from_chars(columns.data(), columns.data() + columns.size(), width);
  if (problem == std::errc() && end == columns.data() + columns.size() && width > 0) return width;
  return 80;
}

Env::Env(Surroundings surroundings, Sys& sys, const StopFlag& stop)
    : surroundings_(std::move(surroundings)),
      sys_(sys),
      stop_(stop),
      clock_(std::make_unique<SystemClock>()),
      progress_(surroundings_.err),
      messages_(surroundings_.err, &progress_) {}

Status Env::apply(const GlobalOptions& global) {
  global_ = global;
  if (global.now) {
    TFEVENTS_TRY(const double now, global.now->at(clock_->now()));
    clock_ = std::make_unique<FixedClock>(now);
  }
  if (global.jobs.value_or(1) > kMaxJobs) {
    return Error{.code = ErrorCode::kUsage, .message = fmt::format("--jobs: {} at most", kMaxJobs)};
  }
  jobs_ = static_cast<unsigned>(global.jobs.value_or(0));
  if (jobs_ == 0) jobs_ = surroundings_.processors;

  width_ = decide_width(surroundings_.terminal_width, surroundings_.variables);
  color_out_ = decide_color(global.color, surroundings_.out_tty, surroundings_.variables);
  messages_.configure(
      {.quiet = global.quiet,
       .verbose = global.verbose,
       .color = decide_color(global.color, surroundings_.err_tty, surroundings_.variables)});
  const bool dumb = variable(surroundings_.variables, "TERM") == "dumb";
  const bool wanted =
      global.progress == When::kAlways ||
      (global.progress == When::kAuto && surroundings_.err_tty && !dumb && !global.quiet);
  progress_.enable(wanted);
  return ok_status();
}

std::string Env::logdir() const {
  if (global_.logdir) return *global_.logdir;
  const auto given = variable(surroundings_.variables, "TFEVENTS_LOGDIR");
  return given.empty() ? "." : std::string(given);
}

ops::OpContext Env::context() {
  const auto directory = variable(surroundings_.variables, "TMPDIR");
  return {.sys = sys_,
          .clock = *clock_,
          .stop = stop_,
          .progress = &progress_,
          .jobs = jobs_,
          .standard_input = surroundings_.in,
          .temp_directory = directory.empty() ? "/tmp" : std::string(directory)};
}

}  // namespace tfevents::cli
