#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/problem.hpp"
#include "base/result.hpp"
#include "ops/context.hpp"
#include "ops/trash.hpp"
#include "rewrite/trash.hpp"

/// What the .cpp files of `trash` share; not for others.
namespace tfevents::ops {

/// An open trash and the report about it that is being made.
class TrashDesk {
 public:
  /// Both must outlive it.
  TrashDesk(const TrashOptions& options, const OpContext& context);

  /// False: there is none. Errors: those of plan_trash.
  Result<bool> open();

  [[nodiscard]] const TrashOptions& options() const noexcept { return options_; }
  [[nodiscard]] const OpContext& context() const noexcept { return context_; }
  [[nodiscard]] rewrite::Trash& trash() noexcept { return *trash_; }
  [[nodiscard]] TrashReport& report() noexcept { return report_; }

  [[nodiscard]] bool asks_for_all() const { return asks_for("all"); }
  [[nodiscard]] bool asks_for(std::string_view batch) const;

  /// Why there is nothing in the report.
  void set_nothing(std::string text, std::string hint = {});
  /// `others`: there are batches, but none is old enough.
  void set_trash_empty(bool others = false);
  /// A batch that was asked for and is not there.
  void set_unknown(const std::string& id);

  /// A row about a batch as a whole, with what its name says.
  [[nodiscard]] TrashRow row_of(const std::string& batch) const;
  /// Of a run, with what its name says or, where that could be no path, the directory of one of its
  /// files, relative to the operand.
  [[nodiscard]] std::string run_path(const std::string& run, std::string_view directory) const;
  void add_problem(Problem problem);

 private:
  const TrashOptions& options_;
  const OpContext& context_;
  std::unique_ptr<rewrite::Trash> trash_;
  TrashReport report_;
};

}  // namespace tfevents::ops
