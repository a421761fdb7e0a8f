#pragma once

#include <atomic>
#include <cerrno>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/glob.hpp"
#include "io/directory.hpp"
#include "ops/compare.hpp"
#include "ops/trial_table.hpp"
#include "support/hparams_content.hpp"
#include "unit/ops/world.hpp"

namespace tfevents::test {

using Lines = std::vector<std::string>;

/// A Sys that counts the bytes that are read from files, and opens none of some of them.
class ReadingSys final : public Sys {
 public:
  explicit ReadingSys(Sys& inner) : inner_(inner) {}

  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
  /// Files of this folder are seen, but not opened.
  void refuse(std::string folder) { refused_ = std::move(folder); }

  Result<std::unique_ptr<OpenFile>> open_read(const std::string& path) override {
    if (!refused_.empty() && path.starts_with(refused_)) return system_error(EACCES, path);
    TFEVENTS_TRY(std::unique_ptr<OpenFile> file, inner_.open_read(path));
    return std::unique_ptr<OpenFile>(std::make_unique<File>(std::move(file), bytes_));
  }
  Result<FileInfo> stat(const std::string& path) override { return inner_.stat(path); }
  Result<FileInfo> lstat(const std::string& path) override { return inner_.lstat(path); }
  Result<Listing> list(const std::string& path) override { return inner_.list(path); }
  Result<std::string> real_path(const std::string& path) override { return inner_.real_path(path); }
  Result<std::unique_ptr<Directory>> open_directory(const std::string& path) override {
    return inner_.open_directory(path);
  }

 private:
  class File final : public OpenFile {
   public:
    File(std::unique_ptr<OpenFile> inner, std::atomic<std::uint64_t>& bytes)
        : inner_(std::move(inner)), bytes_(bytes) {}
    Result<std::size_t> read(std::span<std::byte> into) override {
      return counted(inner_->read(into));
    }
    Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
      return counted(inner_->read_at(offset, into));
    }
    Result<FileInfo> info() override { return inner_->info(); }

   private:
    Result<std::size_t> counted(Result<std::size_t> read) {
      if (read.ok()) bytes_ += *read;
      return read;
    }
    std::unique_ptr<OpenFile> inner_;
    std::atomic<std::uint64_t>& bytes_;
  };

  Sys& inner_;
  std::string refused_;
  std::atomic<std::uint64_t> bytes_{0};
};

/// A tree and the table of its trials.
struct TrialWorld : World {
  ops::TrialQuery query;  ///< But for `select` and `where`.
  std::string where;
  ops::CallPlan plan;  ///< What the next reading asks, then empty again.

  /// The table refers to its plan and surroundings, which stay as long as the world.
  Result<ops::TrialTable> try_read() {
    Kept& kept = *kept_.emplace_back(std::make_unique<Kept>(now));
    if (!where.empty()) kept.where.emplace(plan.add(Expression::parse(where).value()));
    kept.plan = std::exchange(plan, {});
    kept.context =
        std::unique_ptr<ops::OpContext>(new ops::OpContext{.sys = *sys,
                                                           .clock = kept.clock,
                                                           .stop = stop,
                                                           .jobs = jobs,
                                                           .standard_input = standard_input,
                                                           .temp_directory = temp_directory});
    ops::TrialQuery asked{.select = selection(), .fold = query.fold, .layout = query.layout};
    asked.where = kept.where;
    return ops::TrialTable::read(std::move(asked), kept.plan, *kept.context);
  }
  ops::TrialTable read() {
    auto table = try_read();
    REQUIRE_MESSAGE(table.ok(), table.error().message);
    return std::move(table).value();
  }

  /// `trial=value` of each trial, the reason where there is none, `trial=value@step` for a call.
  Lines ask(const std::string& text) {
    auto expression = Expression::parse(text);
    REQUIRE_MESSAGE(expression.ok(), expression.error().message);
    const auto single = expression->single_call();
    const ops::PlannedExpression planned = plan.add(std::move(expression).value());
    const ops::TrialTable table = read();
    Lines lines;
    for (std::size_t row = 0; row < table.rows().size(); ++row) {
      const Evaluation got = table.evaluate(row, planned);
      std::string line = table.rows()[row].people_name() + "=";
      if (is_null(got.value)) {
        line += got.troubles.empty() ? "null" : ops::reason_of(got.troubles.front().kind);
      } else {
        line += ops::text_of(got.value);
      }
      if (single) {
        const SeriesValue series = table.value(row, planned.calls[*single]);
        if (series.step) line += "@" + std::to_string(*series.step);
      }
      lines.push_back(std::move(line));
    }
    return lines;
  }
  /// Of the only trial, without its name.
  std::string ask_one(const std::string& text) {
    const Lines lines = ask(text);
    REQUIRE(lines.size() == 1);
    return lines[0].substr(lines[0].find('=') + 1);
  }
  Lines names() {
    const ops::TrialTable table = read();
    Lines lines;
    for (const ops::TrialRow& row : table.rows()) lines.push_back(row.people_name());
    return lines;
  }
  /// How many times the bytes of the tree are read for this expression.
  double passes(const std::string& text) {
    std::uint64_t size = 0;
    for (const ops::LsRow& row : ls().rows) size += row.bytes;
    ReadingSys reading(memory);
    sys = &reading;
    (void)ask(text);
    sys = &memory;
    return static_cast<double>(reading.bytes()) / static_cast<double>(size);
  }

  void only(const std::string& pattern) { select.runs.push_back(tree_pattern(pattern)); }
  void without(const std::string& pattern) { select.exclude.push_back(tree_pattern(pattern)); }
  void tags(const std::string& pattern) {
    select.tags.push_back(Pattern::parse_or_name(pattern, Pattern::Scope::kName));
  }

 private:
  struct Kept {
    explicit Kept(double now) : clock(now) {}

    FixedClock clock;
    ops::CallPlan plan;
    std::optional<ops::PlannedExpression> where;
    std::unique_ptr<ops::OpContext> context;
  };

  static Pattern tree_pattern(const std::string& text) {
    return Pattern::parse_or_name(text, Pattern::Scope::kTree);
  }

  std::vector<std::unique_ptr<Kept>> kept_;
};

/// A run `train` and a run `validation`, as Keras writes them.
inline void keras_job(World& w, const std::string& name, float train, float validation) {
  w.run(name + "/train", [&](RunBuilder& r) {
    r.scalar("epoch_loss", {{0, train}, {1, train / 2}}).scalar("lr", {{0, 0.5F}});
  });
  w.run(name + "/validation", [&](RunBuilder& r) {
    r.scalar("epoch_loss", {{0, validation}, {1, validation / 2}});
  });
}

/// A run with a sub-run of `add_hparams`, as torch writes them.
inline void torch_job(World& w, const std::string& name, const std::string& sub, double lr,
                      float metric) {
  w.run(name, [](RunBuilder& r) { r.scalar("loss", {{0, 2}, {1, 1}}); });
  w.run(name + "/" + sub, [&](RunBuilder& r) {
    r.hparams(std::string(kHparamsExperimentTag), "");
    with_hparams(r, {{"lr", lr}, {"optimizer", std::string("adam")}});
    r.scalar("hparam/acc", {{0, metric}});
  });
}

}  // namespace tfevents::test
