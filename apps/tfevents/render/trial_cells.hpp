#pragma once

#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "event/hparams.hpp"
#include "expr/value.hpp"
#include "format/cell.hpp"
#include "format/json_writer.hpp"
#include "ops/differing.hpp"
#include "ops/trial_table.hpp"

namespace tfevents::render {

using ops::differing_hparams;

// What commands that work on trials show alike: values of items and hyperparameters.

/// Digits of numbers that nobody logged: means, results of arithmetic.
inline constexpr int kComputedDigits = 6;

/// Null is a null cell.
[[nodiscard]] Cell value_cell(const Value& value);
/// The hyperparameter of this name (raw bytes); null where there is none.
[[nodiscard]] Cell hparam_cell(const HparamMap& hparams, std::string_view name);

/// Whether a column of `-c`, `lr` or `hp.lr`, is the hyperparameter of this name.
[[nodiscard]] bool names_hparam(std::string_view label, std::string_view name);

void write_value(JsonWriter& json, const Value& value);

/// The METRIC object of tfevents-output(5): the value with its step, or why there is none. Step,
/// time and number of points are null where an expression stands for several series or for none.
void write_metric(JsonWriter& json, const ops::ItemValue& item);
/// Its members alone, for objects that say more.
void write_metric_fields(JsonWriter& json, const ops::ItemValue& item);

/// The object of all hyperparameters, `{"lr":0.001}`; invalid bytes of names as `\xHH`.
void write_hparams(JsonWriter& json, const HparamMap& hparams);

/// Names for the columns that labels become in CSV, each of them given once.
class ColumnNames {
 public:
  explicit ColumnNames(std::vector<std::string_view> taken) : taken_(taken.begin(), taken.end()) {}

  /// The label with invalid bytes as `\xHH`, after `tag:` where the name, or the name with one of
  /// the suffixes that are columns beside it, is taken.
  std::string add(std::string_view label, std::initializer_list<std::string_view> suffixes = {});

 private:
  std::set<std::string, std::less<>> taken_;
};

}  // namespace tfevents::render
