#include "ops/columns.hpp"

#include <utility>

#include "base/suggest.hpp"
#include "base/text.hpp"

namespace tfevents::ops {

Result<bool> settle_item(const PlannedItem& item, const TrialTable& table) {
  if (table.is_tag(item.text)) return true;
  if (item.expression) return false;
  // A plain word that is no expression was meant to be a tag.
  if (!item.error) return true;
  Error error = *item.error;
  if (const auto near = nearest(item.text, table.all_tags())) {
    error.hint = "did you mean the tag " + printable(*near) + "?";
  }
  return error;
}

std::optional<Unknown> unknown_to_all(const PlannedItem& item, bool as_tag,
                                      const TrialTable& table) {
  std::optional<Unknown> unknown;
  for (std::size_t row = 0; row < table.rows().size(); ++row) {
    const ItemValue value = table.value(row, item, as_tag);
    if (as_tag && value.series.absence != Absence::kMissingTag) return std::nullopt;
    if (!as_tag && !is_null(value.value)) return std::nullopt;
    if (as_tag || unknown) continue;
    for (const Trouble& trouble : value.troubles) {
      if (trouble.kind != Trouble::Kind::kMissingTag && trouble.kind != Trouble::Kind::kMissingName)
        continue;
      auto [message, hint] = table.explain(row, *item.expression, trouble);
      unknown = Unknown{message + " in any trial", std::move(hint)};
      break;
    }
    if (!unknown) return std::nullopt;  // It has no value for another reason.
  }
  if (table.rows().empty()) return std::nullopt;
  // What looks like a tag and is none is explained as one.
  const auto near = nearest(item.text, table.all_tags());
  const bool looks_like_tag = item.text.find('/') != std::string::npos &&
                              item.text.find_first_of(" ()\"") == std::string::npos;
  if (as_tag || looks_like_tag) {
    unknown = Unknown{"no trial has " + printable(item.text),
                      near && *near != item.text ? "did you mean " + *near + "?" : ""};
  }
  return unknown;
}

Result<Columns> Columns::plan(std::string_view list, std::optional<SeriesCall> as_tag,
                              CallPlan& into) {
  Columns columns;
  if (list.empty()) return columns;
  TFEVENTS_TRY(const std::vector<std::string> items, split_items(list));
  for (const std::string& item : items) columns.items_.push_back(into.add_item(item, as_tag));
  return columns;
}

Status Columns::settle(const TrialTable& table) {
  tags_.clear();
  for (const PlannedItem& item : items_) {
    TFEVENTS_TRY(const bool tag, settle_item(item, table));
    tags_.push_back(tag ? 1 : 0);
    if (tag && !item.call) continue;  // Looked up later.
    if (const auto unknown = unknown_to_all(item, tag, table)) {
      warnings_.push_back(unknown->message + (unknown->hint.empty() ? "" : ": " + unknown->hint));
    }
  }
  return ok_status();
}

}  // namespace tfevents::ops
