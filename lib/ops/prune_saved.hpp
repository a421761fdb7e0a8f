#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "io/sys.hpp"
#include "rewrite/inventory.hpp"
#include "rewrite/manifest.hpp"

namespace tfevents::ops {

/// A plan that was written by --plan: what may be removed, and nothing else of it is believed.
class SavedPlan {
 public:
  /// Reads a plan file of at most 1 GiB. Errors: kFormat for what is no plan; kUsage for a plan of
  /// another operand; kNotFound, kIo, kLimit.
  static Result<SavedPlan> read(Sys& sys, const std::string& path, std::string_view operand);

  [[nodiscard]] rewrite::What what() const noexcept { return what_; }
  [[nodiscard]] const std::string& id() const noexcept { return id_; }
  [[nodiscard]] std::size_t size() const noexcept { return trials_.size(); }

  /// True where the plan removes a trial of this name.
  [[nodiscard]] bool removes(std::string_view trial) const;
  /// Why the trial is not what was planned; empty: it is, to the last file and event.
  [[nodiscard]] std::string difference(std::string_view trial, std::optional<double> last_event,
                                       const std::vector<rewrite::PlannedFile>& files) const;
  /// Names of planned trials, as text, that are not among these.
  [[nodiscard]] std::vector<std::string> missing(const std::set<std::string>& keys) const;
  /// What tells trials apart: equal for equal names only.
  [[nodiscard]] static std::string key_of(std::string_view trial);

 private:
  struct File {
    std::uint64_t device = 0, inode = 0, bytes = 0;
    std::int64_t mtime_ns = 0;
    friend auto operator<=>(const File&, const File&) = default;
  };
  struct Trial {
    std::string text;
    std::optional<double> last_event;
    std::set<File> files;
  };

  std::map<std::string, Trial> trials_;
  rewrite::What what_ = rewrite::What::kEvents;
  std::string id_;

  friend class SavedPlanReader;
};

}  // namespace tfevents::ops
