#include "series/direction.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace tfevents {
namespace {

using namespace std::literals;

constexpr std::array kLess = {"loss"sv, "err"sv, "error"sv,      "mse"sv, "mae"sv, "rmse"sv,
                              "nll"sv,  "ppl"sv, "perplexity"sv, "wer"sv, "cer"sv, "fid"sv};
constexpr std::array kMore = {"acc"sv,     "accuracy"sv, "f1"sv,    "auc"sv,       "auroc"sv,
                              "map"sv,     "bleu"sv,     "iou"sv,   "dice"sv,      "reward"sv,
                              "rew"sv,     "return"sv,   "score"sv, "precision"sv, "recall"sv,
                              "success"sv, "psnr"sv,     "ssim"sv};
constexpr std::array kSpread = {"std"sv, "stddev"sv, "var"sv, "variance"sv};
constexpr std::array kRoles = {"train"sv, "training"sv, "learn"sv, "validation"sv, "valid"sv,
                               "val"sv,   "dev"sv,      "eval"sv,  "evaluation"sv, "test"sv};

constexpr std::size_t kLongestWord = 10;

template <class Words>
bool has(const Words& words, std::string_view word) noexcept {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_upper(char c) noexcept {
  return c >= 'A' && c <= 'Z';
}
bool is_lower(char c) noexcept {
  return c >= 'a' && c <= 'z';
}
bool is_letter(char c) noexcept {
  return is_upper(c) || is_lower(c);
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (is_upper(c)) c = static_cast<char>(c + ('a' - 'A'));
  }
  return out;
}

// Where a word may begin in a run of letters: `valLoss` val Loss, `IOUScore` IOU Score.
bool begins_word(std::string_view run, std::size_t at) noexcept {
  if (at == 0) return true;
  if (!is_upper(run[at])) return false;
  return is_lower(run[at - 1]) || (at + 1 < run.size() && is_lower(run[at + 1]));
}

// The words of a run of letters, the last one first. Where capitals say nothing sure (mAP, IoU,
// mIoU) longer pieces come before the shorter ones that end at the same place.
void append_words(std::vector<std::string>& words, std::string_view run, bool one_follows) {
  for (std::size_t end = run.size(); end > 0; --end) {
    if (end != run.size() && !begins_word(run, end)) continue;
    for (std::size_t start = 0; start < end; ++start) {
      const bool whole = start == 0 && end == run.size();
      if (!begins_word(run, start) || (end - start > kLongestWord && !whole)) continue;
      std::string word = lower(run.substr(start, end - start));
      // The one known word with a digit in it.
      if (word == "f" && one_follows && end == run.size()) word = "f1";
      words.push_back(std::move(word));
    }
  }
}

// The words of a path part, from its end.
std::vector<std::string> words_of(std::string_view part) {
  std::vector<std::string> words;
  std::size_t end = part.size();
  while (end > 0) {
    if (!is_letter(part[end - 1])) {
      --end;
      continue;
    }
    std::size_t start = end;
    while (start > 0 && is_letter(part[start - 1])) --start;
    const auto digit_at = [&](std::size_t at) {
      return at < part.size() && part[at] >= '0' && part[at] <= '9';
    };
    const bool one_follows = digit_at(end) && part[end] == '1' && !digit_at(end + 1);
    append_words(words, part.substr(start, end - start), one_follows);
    end = start;
  }
  return words;
}

}  // namespace

std::optional<Direction> infer_direction(std::string_view tag) {
  // Nobody's tags are longer; it bounds the work that a hostile one makes.
  constexpr std::size_t kMaxBytes = 1024;
  if (tag.size() > kMaxBytes) tag.remove_prefix(tag.size() - kMaxBytes);
  while (!tag.empty()) {
    const std::size_t slash = tag.rfind('/');
    const std::string_view part = slash == std::string_view::npos ? tag : tag.substr(slash + 1);
    tag = tag.substr(0, slash == std::string_view::npos ? 0 : slash);
    const std::vector<std::string> words = words_of(part);
    const bool only_roles = std::all_of(words.begin(), words.end(),
                                        [](const std::string& word) { return has(kRoles, word); });
    if (only_roles && (part.empty() || !words.empty())) continue;
    if (std::any_of(words.begin(), words.end(),
                    [](const std::string& word) { return has(kSpread, word); }))
      return std::nullopt;
    for (const std::string& word : words) {
      if (has(kLess, word)) return Direction::kMin;
      if (has(kMore, word)) return Direction::kMax;
    }
    return std::nullopt;
  }
  return std::nullopt;
}

const char* to_string(Direction direction) noexcept {
  return direction == Direction::kMax ? "max" : "min";
}

bool better(double a, double b, Direction direction) noexcept {
  return direction == Direction::kMax ? a > b : a < b;
}

}  // namespace tfevents
