#pragma once

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ops/prune.hpp"
#include "support/child.hpp"
#include "support/hparams_content.hpp"
#include "support/logdir_builder.hpp"
#include "support/trash_world.hpp"
#include "unit/rewrite/population.hpp"

namespace tfevents::test {

/// A real tree of runs with ages, `prune` upon it, and a procfs of its own in which nobody has
/// anything open.
///
/// `PruneWorld w; w.run("a", 9 * kDays); w.rules().older_than_seconds = kDays; w.lines();`
struct PruneWorld : TrashWorld {
  ops::PruneOptions options;
  std::unique_ptr<StopFlag> stop = std::make_unique<StopFlag>();
  double clock = now;             ///< What the operations take for now.
  double lock_wait = 0;           ///< Seconds.
  double waited = 0;              ///< Seconds that apply() asked to wait.
  std::vector<std::string> told;  ///< `trial result` of each row, as it came.

  PruneWorld() {
    options.operand = operand;
    options.uid = ::geteuid();
    options.proc = dir / "proc";
    dir.make_directory("proc/1/fd");
  }

  [[nodiscard]] rewrite::PolicyRules& rules() { return options.rules; }

  /// A run whose last event and files are of this age in seconds. `fill` writes two events, or sees
  /// to it itself; else it is `loss` at steps 0 and 10.
  void run(const std::string& name, double age,
           const std::function<void(RunBuilder&)>& fill = {}) const {
    LogdirBuilder tree;
    tree.run(name, [&](RunBuilder& r) {
      r.at(now - age - 2);
      if (fill) {
        fill(r);
      } else {
        r.scalar("loss", {{0, 1}, {10, 0.5F}});
      }
    });
    tree.write(operand);
    for (const auto& [path, bytes] : tree.files()) touch(path, age);
  }
  /// As run, with a last value of a tag.
  void metric(const std::string& name, double age, std::string_view tag, float value) const {
    run(name, age, [&](RunBuilder& r) { r.scalar(tag, {{0, 0}, {10, value}}); });
  }
  /// Any other file, of that age.
  void file(const std::string& name, std::string_view bytes, double age) const {
    write(name, bytes);
    touch(name, age);
  }
  /// Sets the modification time of an entry, links not followed.
  void touch(const std::string& name, double age) const {
    const timespec time{.tv_sec = static_cast<std::time_t>(now - age), .tv_nsec = 0};
    const timespec times[2] = {time, time};
    REQUIRE(::utimensat(AT_FDCWD, at(name).c_str(), times, AT_SYMLINK_NOFOLLOW) == 0);
  }
  /// The only event file (or one of them) of a run, relative to the operand.
  [[nodiscard]] std::string event_file_of(const std::string& run, std::size_t which = 0) const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(at(run))) {
      const std::string name = entry.path().filename().string();
      if (name.find("tfevents") != std::string::npos) names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    REQUIRE(which < names.size());
    return run == "." ? names[which] : run + "/" + names[which];
  }
  /// From now on a process of this number has the file open.
  void open_in(std::int64_t process, const std::string& name) const {
    dir.make_link("proc/" + std::to_string(process) + "/fd/3", at(name));
  }

  template <class Use>
  auto with_context(Sys& sys, Use use) const {
    const FixedClock fixed(clock);
    return use(ops::OpContext{.sys = sys, .clock = fixed, .stop = *stop});
  }
  [[nodiscard]] Result<ops::PruneReport> try_plan(Sys& sys = real_sys()) const {
    return with_context(sys, [&](const ops::OpContext& c) { return ops::plan_prune(options, c); });
  }
  [[nodiscard]] ops::PruneReport plan(Sys& sys = real_sys()) const {
    auto report = try_plan(sys);
    REQUIRE_MESSAGE(report.ok(), report.error().message);
    return std::move(report).value();
  }
  /// `trial action: reasons` of each row (unit/rewrite/population.hpp), ages left out.
  [[nodiscard]] static Lines lines_of(const ops::PruneReport& report) {
    Lines lines;
    for (const ops::PruneRow& row : report.rows) {
      std::string text = row.trial + " " + to_string(row.decision.action) + ":";
      for (rewrite::Reason reason : row.decision.reasons) {
        reason.seconds = 0;
        text += " " + word(reason);
      }
      lines.push_back(std::move(text));
    }
    return lines;
  }
  [[nodiscard]] Lines lines() const { return lines_of(plan()); }
  /// Names of the trials that go.
  [[nodiscard]] std::string removed() const {
    std::string names;
    for (const ops::PruneRow& row : plan().rows) {
      if (row.decision.action == rewrite::Action::kRemove)
        names += (names.empty() ? "" : " ") + row.trial;
    }
    return names;
  }
  [[nodiscard]] Error refusal() const {
    auto report = try_plan();
    REQUIRE_FALSE(report.ok());
    return report.error();
  }

  [[nodiscard]] Status apply(ops::PruneReport& report, Sys& sys = real_sys()) {
    const ops::PruneDoing doing{
        .actor = actor(),
        .lock_wait_seconds = lock_wait,
        .wait = [this](double seconds) { waited += seconds; },
        .proc = options.proc,
        .on_row =
            [this](const ops::PruneRow& row) {
              told.push_back(row.trial + " " + (row.result ? to_string(*row.result) : "?"));
            }};
    return with_context(
        sys, [&](const ops::OpContext& c) { return ops::apply_prune(report, doing, c); });
  }
  /// Plans, applies, and demands that nothing went wrong.
  ops::PruneReport prune() {
    ops::PruneReport report = plan();
    const Status done = apply(report);
    REQUIRE_MESSAGE(done.ok(), done.error().message);
    CHECK(report.failures.empty());
    return report;
  }
  [[nodiscard]] std::string restore() const {
    const Status done = restore_or_empty(real_sys(), *this, true);
    return done.ok() ? "" : done.error().message;
  }
};

/// Three old trials, two of them in a directory of their own with a young one beside.
inline void add_three_old(PruneWorld& w) {
  w.run("a", 9 * kDays);
  w.run("b/c", 9 * kDays);
  w.run("b/d/train", 9 * kDays);
  w.run("b/d/validation", 9 * kDays);
  w.run("young", kDays);
  w.rules().older_than_seconds = 7 * kDays;
  w.options.policy_text = "--older-than 7d";
}

inline const ops::PruneRow& row_of(const ops::PruneReport& report, std::string_view trial) {
  for (const ops::PruneRow& row : report.rows) {
    if (row.trial == trial) return row;
  }
  FAIL("no row of " << std::string(trial));
  return report.rows.front();
}

/// `result: error` of a row; `-` where it has none.
inline std::string result_of(const ops::PruneReport& report, std::string_view trial) {
  const ops::PruneRow& row = row_of(report, trial);
  std::string text = row.result ? to_string(*row.result) : "-";
  return row.error ? text + ": " + *row.error : text;
}

inline Expression condition(std::string_view text) {
  auto parsed = Expression::parse(text);
  REQUIRE_MESSAGE(parsed.ok(), parsed.error().message);
  return std::move(parsed).value();
}

inline Pattern tree_pattern(const std::string& text) {
  return Pattern::parse_or_name(text, Pattern::Scope::kTree);
}

}  // namespace tfevents::test
