#include <cmath>
#include <string>

#include <doctest/doctest.h>

#include "series/direction.hpp"

namespace tfevents {
namespace {

std::string direction_of(std::string_view tag) {
  const auto direction = infer_direction(tag);
  return direction ? to_string(*direction) : "refused";
}

TEST_CASE("which way a metric is better, from its name") {
  struct Row {
    const char* tag;
    const char* direction;
  };
  for (const Row row : {
           Row{"loss", "min"},
           Row{"epoch_loss", "min"},
           Row{"train/loss", "min"},
           Row{"train_loss_step", "min"},
           Row{"evaluation_loss_vs_iterations", "min"},
           Row{"top5_error", "min"},
           Row{"val/RMSE", "min"},
           Row{"test/wer", "min"},
           Row{"eval_accuracy", "max"},
           Row{"val/acc@1", "max"},
           Row{"acc_1", "max"},
           Row{"rollout/ep_rew_mean", "max"},
           Row{"metrics/precision(B)", "max"},
           Row{"metrics/mAP50-95(B)", "max"},
           Row{"mAP", "max"},
           Row{"SSIM", "max"},
           // A part that only says on which data is passed over.
           Row{"loss/train", "min"},
           Row{"loss/Validation", "min"},
           Row{"accuracy/eval_1", "max"},
           Row{"loss/val/test", "min"},
           Row{"loss/", "min"},
           Row{"loss/total", "refused"},
           Row{"loss/0", "refused"},
           Row{"train", "refused"},
           Row{"train/val", "refused"},
           // The word nearest to the end decides.
           Row{"accuracy_loss", "min"},
           Row{"loss_accuracy", "max"},
           Row{"loss/accuracy", "max"},
           // Capitals begin words.
           Row{"valLoss", "min"},
           Row{"Eval_AverageReturn", "max"},
           Row{"ValidationMAE", "min"},
           Row{"MeanIoU", "max"},
           Row{"mIoU", "max"},
           Row{"IOUScore", "max"},
           Row{"LossPerToken", "min"},
           // The one word with a digit.
           Row{"val/F1", "max"},
           Row{"f1_macro", "max"},
           Row{"macroF1", "max"},
           Row{"val/f10", "refused"},
           Row{"f/1", "refused"},
           Row{"elf1", "refused"},
           // Deviations say nothing.
           Row{"rollout/rew_std", "refused"},
           Row{"Eval_StdReturn", "refused"},
           Row{"loss_variance", "refused"},
           Row{"stddev_acc/val", "refused"},
           Row{"std/loss", "min"},
           // Words inside of others are not these words.
           Row{"time/fps", "refused"},
           Row{"lr", "refused"},
           Row{"lossless", "refused"},
           Row{"heatmap", "refused"},
           Row{"cerebro", "refused"},
           Row{"MACC", "refused"},
           Row{"", "refused"},
           Row{"/", "refused"},
           Row{"///", "refused"},
           Row{"\xff\xfe", "refused"},
           Row{"损失/loss", "min"},
       }) {
    CAPTURE(row.tag);
    CHECK(direction_of(row.tag) == row.direction);
  }
}

TEST_CASE("hostile names take no time to speak of") {
  std::string capitals;
  for (int i = 0; i < 1'000'000; ++i) capitals += i % 2 == 0 ? 'a' : 'B';
  CHECK(direction_of(capitals) == "refused");
  CHECK(direction_of(capitals + "/loss") == "min");
  CHECK(direction_of(std::string(1'000'000, '/')) == "refused");
}

TEST_CASE("better") {
  CHECK(better(2, 1, Direction::kMax));
  CHECK(better(1, 2, Direction::kMin));
  CHECK(!better(1, 1, Direction::kMin));
  CHECK(!better(std::nan(""), 1, Direction::kMax));
  CHECK(!better(std::nan(""), 1, Direction::kMin));
}

}  // namespace
}  // namespace tfevents
