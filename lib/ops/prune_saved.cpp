#include "ops/prune_saved.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/text.hpp"

namespace tfevents::ops {
namespace {

using nlohmann::json;

constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 30;

Error no_plan(const std::string& path, std::string what) {
  return {.code = ErrorCode::kFormat,
          .message = std::move(what),
          .path = path,
          .hint = "tfevents prune … --plan FILE writes plans"};
}

Result<std::string> read_text(Sys& sys, const std::string& path) {
  TFEVENTS_TRY(const std::unique_ptr<OpenFile> file, sys.open_read(path));
  TFEVENTS_TRY(const FileInfo info, file->info());
  if (info.type != FileType::kRegular) return no_plan(path, "is no regular file");
  if (info.size > kMostBytes) {
    return Error{.code = ErrorCode::kLimit, .message = "a plan above 1 GiB", .path = path};
  }
  std::string text(static_cast<std::size_t>(info.size), '\0');
  std::size_t have = 0;
  while (have < text.size()) {
    TFEVENTS_TRY(const std::size_t n, file->read({reinterpret_cast<std::byte*>(text.data()) + have,
                                                  text.size() - have}));
    if (n == 0) break;
    have += n;
  }
  text.resize(have);
  return text;
}

const json* member(const json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

const std::string* text_field(const json& object, const char* name) {
  const json* value = member(object, name);
  return value == nullptr ? nullptr : value->get_ptr<const json::string_t*>();
}

template <class T>
bool read_integer(const json& object, const char* name, T& into) {
  const json* value = member(object, name);
  if (value == nullptr || !value->is_number_integer()) return false;
  if (!value->is_number_unsigned() && !std::is_signed_v<T>) return false;
  into = value->get<T>();
  return true;
}

}  // namespace

/// Takes a document apart. Throws nothing: nlohmann is asked only for what is there.
class SavedPlanReader {
 public:
  SavedPlanReader(const std::string& path, std::string_view operand)
      : path_(path), operand_(operand) {}

  Result<SavedPlan> read(const std::string& text) {
    const json document = json::parse(text, nullptr, false);
    if (document.is_discarded()) return no_plan(path_, "is no JSON");
    const std::string* schema = text_field(document, "schema");
    if (schema == nullptr || *schema != "tfevents.prune/1")
      return no_plan(path_, "is no plan of prune");
    TFEVENTS_CHECK(check_operand(document));
    const std::string* what = text_field(document, "what");
    if (what == nullptr || (*what != "events" && *what != "dir"))
      return no_plan(path_, "does not say what of a trial goes");
    plan_.what_ = *what == "dir" ? rewrite::What::kDirectory : rewrite::What::kEvents;
    if (const std::string* id = text_field(document, "plan")) plan_.id_ = *id;
    const json* rows = member(document, "rows");
    if (rows == nullptr || !rows->is_array()) return no_plan(path_, "has no rows");
    for (const json& row : *rows) TFEVENTS_CHECK(add(row));
    return std::move(plan_);
  }

 private:
  Status check_operand(const json& document) {
    const json* operands = member(document, "operands");
    if (operands == nullptr || !operands->is_array() || operands->size() != 1 ||
        !operands->front().is_string())
      return no_plan(path_, "does not say for which directory it is");
    const auto& planned = operands->front().get_ref<const std::string&>();
    if (planned == operand_) return ok_status();
    return Error{.code = ErrorCode::kUsage,
                 .message = "is a plan for " + printable(planned),
                 .path = path_,
                 .hint = "name the directory as it was named for the plan"};
  }

  Status add(const json& row) {
    const std::string* action = text_field(row, "action");
    if (action == nullptr) return no_plan(path_, "has a row without an action");
    if (*action != "remove") return ok_status();
    const std::string* trial = text_field(row, "trial");
    const json* files = member(row, "files");
    if (trial == nullptr || files == nullptr || !files->is_array())
      return no_plan(path_, "has a row without a trial, or without its files");
    SavedPlan::Trial saved{.text = *trial, .last_event = {}, .files = {}};
    if (const json* time = member(row, "last_event_time"); time != nullptr && time->is_number())
      saved.last_event = time->get<double>();
    for (const json& entry : *files) {
      SavedPlan::File file;
      if (!read_integer(entry, "dev", file.device) || !read_integer(entry, "ino", file.inode) ||
          !read_integer(entry, "bytes", file.bytes) ||
          !read_integer(entry, "mtime_ns", file.mtime_ns))
        return no_plan(path_, "has a file without device, inode, size or time");
      saved.files.insert(file);
    }
    const std::string* base64 = text_field(row, "trial_base64");
    std::string key = base64 != nullptr ? "b:" + *base64 : "t:" + *trial;
    plan_.trials_.insert_or_assign(std::move(key), std::move(saved));
    return ok_status();
  }

  const std::string& path_;
  std::string_view operand_;
  SavedPlan plan_;
};

Result<SavedPlan> SavedPlan::read(Sys& sys, const std::string& path, std::string_view operand) {
  TFEVENTS_TRY(const std::string text, read_text(sys, path));
  return SavedPlanReader(path, operand).read(text);
}

std::string SavedPlan::key_of(std::string_view trial) {
  return is_valid_utf8(trial) ? "t:" + std::string(trial) : "b:" + to_base64(trial);
}

bool SavedPlan::removes(std::string_view trial) const {
  return trials_.contains(key_of(trial));
}

std::string SavedPlan::difference(std::string_view trial, std::optional<double> last_event,
                                  const std::vector<rewrite::PlannedFile>& files) const {
  const Trial& saved = trials_.at(key_of(trial));
  if (saved.last_event != last_event) return "its last event is another one than in the plan";
  std::set<File> now;
  for (const rewrite::PlannedFile& file : files) {
    now.insert({file.info.id.device, file.info.id.inode, file.info.size, file.info.mtime_ns});
  }
  return now == saved.files ? "" : "its files are not those of the plan any more";
}

std::vector<std::string> SavedPlan::missing(const std::set<std::string>& keys) const {
  std::vector<std::string> names;
  for (const auto& [key, trial] : trials_) {
    if (!keys.contains(key)) names.push_back(trial.text);
  }
  return names;
}

}  // namespace tfevents::ops
