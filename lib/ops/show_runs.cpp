#include "ops/show_runs.hpp"

#include <algorithm>
#include <string_view>

#include "base/number.hpp"
#include "base/text.hpp"
#include "event/scanner.hpp"
#include "io/sys.hpp"
#include "logdir/hparams_found.hpp"
#include "logdir/run_input.hpp"
#include "logdir/trials.hpp"
#include "ops/runs.hpp"
#include "record/reader.hpp"

namespace tfevents::ops {
namespace {

constexpr std::size_t kMostPeeked = 64;
// A session's start stands behind the file's version and the experiment.
constexpr int kPeekedRecords = 8;

bool chooses_runs(const Selection& select) {
  return !select.runs.empty() || !select.exclude.empty() || select.filters_activity();
}

/// A run below an operand.
struct Below {
  std::size_t run = 0;
  std::string_view relative;  ///< `.` for the operand itself.
};

bool is_part(std::string_view relative, std::string_view of) {
  if (of != ".") {
    if (relative == of) return true;
    if (!lies_below(relative, of)) return false;
    relative.remove_prefix(of.size() + 1);
  }
  for (;;) {
    const std::size_t slash = relative.find('/');
    if (!is_role(relative.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    relative.remove_prefix(slash + 1);
  }
}

// The directory that two relative names share; `.` for none.
std::string_view common_directory(std::string_view a, std::string_view b) {
  std::size_t end = 0;
  for (std::size_t i = 0; i <= a.size() && i <= b.size(); ++i) {
    const bool ends_a = i == a.size() || a[i] == '/', ends_b = i == b.size() || b[i] == '/';
    if (ends_a && ends_b) end = i;
    if (i == a.size() || i == b.size() || a[i] != b[i]) break;
  }
  return end == 0 ? std::string_view(".") : a.substr(0, end);
}

class Chooser {
 public:
  Chooser(const Selection& select, const Discovery& found) : select_(select), found_(found) {
    taken_.resize(found.runs.size());
  }

  Result<std::vector<ChosenRun>> choose() {
    if (chooses_runs(select_)) {
      for (std::size_t i = 0; i < found_.runs.size(); ++i) take({.run = i});
      return std::move(chosen_);
    }
    for (const std::string& operand : found_.operands) TFEVENTS_CHECK(add(operand));
    std::sort(chosen_.begin(), chosen_.end(),
              [](const ChosenRun& a, const ChosenRun& b) { return a.run < b.run; });
    return std::move(chosen_);
  }

 private:
  void take(ChosenRun run) {
    if (taken_[run.run]) return;
    taken_[run.run] = true;
    chosen_.push_back(run);
  }

  [[nodiscard]] std::vector<Below> below(const std::string& operand) const {
    std::vector<Below> runs;
    const std::string prefix = operand == "-" ? operand : without_trailing_slashes(operand);
    for (std::size_t i = 0; i < found_.runs.size(); ++i) {
      const std::string_view name = found_.runs[i].name;
      if (found_.operands.size() == 1) {
        runs.push_back({i, name == "-" ? "." : name});
      } else if (name == prefix) {
        runs.push_back({i, "."});
      } else if (lies_below(name, prefix)) {
        runs.push_back({i, name.substr(prefix == "/" ? 1 : prefix.size() + 1)});
      }
    }
    return runs;
  }

  Status add(const std::string& operand) {
    const std::vector<Below> runs = below(operand);
    if (runs.empty()) return ok_status();
    const auto own = std::find_if(runs.begin(), runs.end(),
                                  [](const Below& one) { return one.relative == "."; });
    if (own == runs.end()) return add_only(operand, runs);
    std::uint64_t others = 0;
    for (const Below& one : runs) {
      if (one.relative == ".") continue;
      if (is_part(one.relative, ".")) {
        take({.run = one.run, .base = own->run});
      } else {
        ++others;
      }
    }
    take({.run = own->run, .below = others});
    return ok_status();
  }

  // An operand that is no run.
  Status add_only(const std::string& operand, const std::vector<Below>& runs) {
    std::string_view base = runs.front().relative;
    for (const Below& one : runs) base = common_directory(base, one.relative);
    const bool parts = std::all_of(runs.begin(), runs.end(),
                                   [&](const Below& one) { return is_part(one.relative, base); });
    if (runs.size() > 1 && !parts) {
      const std::string name = printable(operand);
      return Error{
          .code = ErrorCode::kUsage,
          .message = "no run itself: " + human_integer(static_cast<std::int64_t>(runs.size())) +
                     " runs lie below it",
          .path = operand,
          .hint = "tfevents ls " + name + " lists them; name some, or choose with -r"};
    }
    std::optional<std::size_t> owner;
    for (const Below& one : runs) {
      if (one.relative == base) owner = one.run;
    }
    for (const Below& one : runs)
      take({.run = one.run, .base = owner == one.run ? std::nullopt : owner});
    return ok_status();
  }

  const Selection& select_;
  const Discovery& found_;
  std::vector<bool> taken_;
  std::vector<ChosenRun> chosen_;
};

// Of the first records of a run.
HparamsFound peek(const Run& run, const OpContext& context) {
  HparamsFound hparams;
  RunInput input(context.sys, run, input_options(context, false));
  auto source = input.open(0);
  if (!source.ok()) return hparams;
  RecordReader records(std::move(*source), {.temp_directory = context.temp_directory});
  EventScanner scanner;
  for (int i = 0; i < kPeekedRecords; ++i) {
    const RecordStep step = records.next();
    if (step == RecordStep::kEnd || step == RecordStep::kError) break;
    if (step != RecordStep::kRecord) continue;
    const RecordView& record = records.record();
    if (!scanner.scan({record.payload, static_cast<std::size_t>(record.length)})) continue;
    const auto look = [&](const ValueView& value) {
      const BytesPlace& content = value.metadata.content;
      if (!value.has_metadata || value.metadata.plugin != kHparamsPlugin ||
          content.data == nullptr || !hparams.wants(value.tag))
        return;
      hparams.take(value.tag, {content.data, static_cast<std::size_t>(content.size)});
    };
    for (const FastValue& value : scanner.event().fast) {
      if (value.metadata != nullptr) look(to_value_view(value));
    }
    for (const ValueView& value : scanner.event().values) look(value);
  }
  return hparams;
}

}  // namespace

Result<std::vector<ChosenRun>> choose_runs(const Selection& select, const Discovery& found) {
  return Chooser(select, found).choose();
}

std::optional<std::pair<std::size_t, HparamMap>> hparams_below(const Discovery& found,
                                                               std::size_t run,
                                                               const OpContext& context) {
  std::optional<std::pair<std::size_t, HparamMap>> best;
  const Run& above = found.runs[run];
  if (above.is_file || above.standard_input) return best;
  std::int64_t newest = 0;
  std::size_t peeked = 0;
  for (std::size_t i = 0; i < found.runs.size() && peeked < kMostPeeked; ++i) {
    const Run& sub = found.runs[i];
    std::string_view relative = sub.name;
    if (i == run || sub.files.empty() || sub.is_file || sub.standard_input) continue;
    if (above.name != ".") {
      if (!lies_below(relative, above.name)) continue;
      relative.remove_prefix(above.name.size() + 1);
    }
    if (relative.find('/') != std::string_view::npos || is_role(relative)) continue;
    ++peeked;
    HparamsFound hparams = peek(sub, context);
    // A run of its own that has hyperparameters announces no experiment beside its session.
    if (!hparams.session_start || !hparams.experiment) continue;
    if (best && sub.files.front().mtime_ns <= newest) continue;
    newest = sub.files.front().mtime_ns;
    best.emplace(i, std::move(hparams.session_start->values));
  }
  return best;
}

}  // namespace tfevents::ops
