#include "ops/columns.hpp"

#include <set>
#include <utility>

#include "base/number.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"

namespace tfevents::ops {
namespace {

// A word alone may be a tag or a hyperparameter; `val/acc` could be a quotient of two, but hardly
// is. Where nothing of the name exists it was meant to be a tag.
bool may_be_tag(const PlannedItem& item) {
  if (item.expression) {
    const Expression& expression = item.expression->expression;
    const auto name = expression.single_name();
    if (name && expression.names()[*name].scope == NameRef::Scope::kBare) return true;
  }
  return item.text.find('/') != std::string::npos &&
         item.text.find_first_of(" ()\"") == std::string::npos;
}

bool null_everywhere(const PlannedItem& item, const TrialTable& table) {
  for (std::size_t row = 0; row < table.rows().size(); ++row) {
    if (!is_null(table.value(row, item, false).value)) return false;
  }
  return true;
}

Unknown missing_tag(const PlannedItem& item, const TrialTable& table) {
  std::vector<std::string> known = table.all_tags();
  known.insert(known.end(), table.all_names().begin(), table.all_names().end());
  const auto near = nearest(item.text, known);
  return {std::string("no ") + table.noun() + " has " + printable(item.text),
          near && *near != item.text ? "did you mean " + printable(*near) + "?" : ""};
}

}  // namespace

Result<bool> settle_item(const PlannedItem& item, const TrialTable& table) {
  if (table.is_tag(item.text)) return true;
  if (item.expression) return may_be_tag(item) && null_everywhere(item, table);
  // A name in double quotes alone can only be a tag.
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
      unknown = Unknown{message + " in any " + table.noun(), std::move(hint)};
      break;
    }
    if (!unknown) return std::nullopt;  // It has no value for another reason.
  }
  if (table.rows().empty()) return std::nullopt;
  // What looks like a tag and is none is explained as one.
  if (as_tag || may_be_tag(item)) return missing_tag(item, table);
  return unknown;
}

Result<std::vector<PlannedItem>> plan_groups(const std::vector<std::string>& names,
                                             CallPlan& into) {
  std::vector<PlannedItem> groups;
  std::set<std::string> labels;
  for (const std::string& name : names) {
    PlannedItem item = into.add_item(name, std::nullopt);
    if (!item.expression) {
      Error error = item.error ? *item.error
                               : Error{.code = ErrorCode::kUsage, .message = "not a name: " + name};
      error.message.insert(0, "--by: ");
      return error;
    }
    if (labels.insert(item.text).second) groups.push_back(std::move(item));
  }
  return groups;
}

Status check_groups(const std::vector<PlannedItem>& groups, const TrialTable& table) {
  for (const PlannedItem& item : groups) {
    if (auto unknown = unknown_to_all(item, false, table)) {
      return Error{.code = ErrorCode::kUsage,
                   .message = "--by: " + unknown->message,
                   .hint = std::move(unknown->hint)};
    }
  }
  return ok_status();
}

Result<Columns> Columns::plan(std::string_view list, const std::optional<SeriesCall>& as_tag,
                              CallPlan& into) {
  Columns columns;
  if (list.empty()) return columns;
  TFEVENTS_TRY(const std::vector<std::string> items, split_items(list));
  std::set<std::string> labels;
  for (const std::string& item : items) {
    PlannedItem planned = into.add_item(item, as_tag);
    if (labels.insert(planned.text).second) columns.items_.push_back(std::move(planned));
  }
  return columns;
}

void Columns::substitute(std::size_t column, PlannedExpression expression) {
  items_[column].error.reset();
  items_[column].expression = std::move(expression);
}

Status Columns::settle(const TrialTable& table) {
  constexpr std::size_t kShownUnknowns = 5;
  std::size_t unknowns = 0;
  tags_.clear();
  for (const PlannedItem& item : items_) {
    TFEVENTS_TRY(const bool tag, settle_item(item, table));
    tags_.push_back(tag ? 1 : 0);
    std::optional<Unknown> unknown;
    if (tag && !item.call) {  // Its values are looked up later.
      if (!table.is_tag(item.text)) unknown = missing_tag(item, table);
    } else {
      unknown = unknown_to_all(item, tag, table);
    }
    if (unknown && ++unknowns <= kShownUnknowns) {
      warnings_.push_back(unknown->message + (unknown->hint.empty() ? "" : ": " + unknown->hint));
    }
  }
  if (unknowns > kShownUnknowns)
    warnings_.push_back(to_text(unknowns - kShownUnknowns) + " more columns that nothing has");
  return ok_status();
}

}  // namespace tfevents::ops
