#include "trial_cells.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"

namespace tfevents::render {

Cell value_cell(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return Cell::text(*text);
  if (const auto* number = std::get_if<double>(&value)) return Cell::real(*number);
  if (const auto* truth = std::get_if<bool>(&value)) return Cell::boolean(*truth);
  return {};
}

Cell hparam_cell(const HparamMap& hparams, std::string_view name) {
  const auto found = hparams.find(name);
  return found == hparams.end() ? Cell() : value_cell(found->second);
}

bool names_hparam(std::string_view label, std::string_view name) {
  constexpr std::string_view kPrefix = "hp.";
  if (label == name) return true;
  return label.starts_with(kPrefix) && label.substr(kPrefix.size()) == name;
}

void write_value(JsonWriter& json, const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    json.string(*text);
  } else if (const auto* number = std::get_if<double>(&value)) {
    json.number(*number);
  } else if (const auto* truth = std::get_if<bool>(&value)) {
    json.boolean(*truth);
  } else {
    json.null();
  }
}

void write_metric_fields(JsonWriter& json, const ops::ItemValue& item) {
  write_value(json.key("value"), item.value);
  if (is_null(item.value)) {
    json.field("reason", ops::missing_reason(item));
    return;
  }
  json.field("step", item.series.step).field("wall_time", item.series.wall_time);
  json.field("n", item.series.value ? std::optional(item.series.n) : std::nullopt);
}

void write_metric(JsonWriter& json, const ops::ItemValue& item) {
  json.begin_object();
  write_metric_fields(json, item);
  json.end_object();
}

void write_hparams(JsonWriter& json, const HparamMap& hparams) {
  json.begin_object();
  for (const auto& [name, value] : hparams) write_value(json.key(escape_invalid_utf8(name)), value);
  json.end_object();
}

std::string ColumnNames::add(std::string_view label,
                             std::initializer_list<std::string_view> suffixes) {
  std::string name = escape_invalid_utf8(label);
  const auto taken = [&] {
    return taken_.contains(name) ||
           std::any_of(suffixes.begin(), suffixes.end(), [&](std::string_view suffix) {
             return taken_.contains(name + std::string(suffix));
           });
  };
  while (taken()) name.insert(0, "tag:");
  taken_.insert(name);
  for (const std::string_view suffix : suffixes) taken_.insert(name + std::string(suffix));
  return name;
}

}  // namespace tfevents::render
