#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/stop.hpp"
#include "io/directory.hpp"
#include "logdir/run.hpp"
#include "rewrite/inventory.hpp"

namespace tfevents::ops {

/// One taker of stock for each thread that asks for one, each with its own handle of the operand.
/// Thread-safe; `runs` must outlive it.
class Takers {
 public:
  Takers(Sys& sys, std::string operand, FileId id, rewrite::What what, const std::vector<Run>& runs)
      : sys_(sys), operand_(std::move(operand)), id_(id), what_(what), runs_(runs) {}

  class Taker {
   public:
    Taker(std::unique_ptr<Directory> operand, rewrite::What what, const std::vector<Run>& runs)
        : operand_(std::move(operand)), taker_(*operand_, what, runs) {}
    Result<rewrite::Inventory> take(const std::string& trial,
                                    const std::vector<std::size_t>& members, const StopFlag& stop) {
      return taker_.take(trial, members, stop);
    }

   private:
    std::unique_ptr<Directory> operand_;
    rewrite::InventoryTaker taker_;
  };

  /// Errors: those of opening the operand; kRefused where another directory has its name by now.
  Result<std::unique_ptr<Taker>> borrow() {
    {
      const std::lock_guard lock(mutex_);
      if (!free_.empty()) {
        auto taker = std::move(free_.back());
        free_.pop_back();
        return taker;
      }
    }
    TFEVENTS_TRY(auto operand, sys_.open_directory(operand_));
    TFEVENTS_TRY(const EntryInfo info, operand->info());
    if (info.file.id != id_)
      return Error{.code = ErrorCode::kRefused,
                   .message = "is another directory than a moment ago",
                   .path = operand_,
                   .hint = "try again"};
    return std::make_unique<Taker>(std::move(operand), what_, runs_);
  }
  void give_back(std::unique_ptr<Taker> taker) {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(taker));
  }

 private:
  Sys& sys_;
  std::string operand_;
  FileId id_;
  rewrite::What what_;
  const std::vector<Run>& runs_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Taker>> free_;
};

}  // namespace tfevents::ops
