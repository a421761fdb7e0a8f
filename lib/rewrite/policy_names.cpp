#include "rewrite/policy.hpp"

namespace tfevents::rewrite {

const char* to_string(Rule rule) noexcept {
  switch (rule) {
    case Rule::kOlderThan: return "older-than";
    case Rule::kMinSteps: return "min-steps";
    case Rule::kEmpty: return "empty";
    case Rule::kMaxSize: return "max-size";
    case Rule::kRemoveIf: return "remove-if";
    case Rule::kNotKept: return "not-kept";
    case Rule::kKeepLast: return "keep-last";
    case Rule::kKeepWithin: return "keep-within";
    case Rule::kKeepBest: return "keep-best";
    case Rule::kKeep: return "keep";
    case Rule::kKeepIf: return "keep-if";
    case Rule::kLive: return "live";
    case Rule::kOpen: return "open";
    case Rule::kRecent: return "recent";
    case Rule::kNotVisible: return "not-visible";
    case Rule::kFileChanged: return "file-changed";
    case Rule::kBelow: return "below";
    case Rule::kFuture: return "future";
    case Rule::kNoTime: return "no-time";
    case Rule::kTrouble: return "trouble";
    case Rule::kNotNominated: return "not-nominated";
  }
  return "";
}

const char* to_string(Action action) noexcept {
  switch (action) {
    case Action::kKeep: return "keep";
    case Action::kRemove: return "remove";
    case Action::kSkip: return "skip";
  }
  return "";
}

const char* to_string(OpenFiles open_files) noexcept {
  switch (open_files) {
    case OpenFiles::kNone: return "none";
    case OpenFiles::kSeen: return "seen";
    case OpenFiles::kNotVisible: return "not-visible";
  }
  return "";
}

}  // namespace tfevents::rewrite
