#include "logdir/hparams_found.hpp"

#include <utility>

namespace tfevents {
namespace {

// Keeps a message of the type that the tag stands for.
template <class T>
bool keep(std::optional<T>& place, HparamsData& data) {
  T* const found = std::get_if<T>(&data);
  if (found == nullptr) return false;
  place = std::move(*found);
  return true;
}

}  // namespace

bool HparamsFound::wants(std::string_view tag) const noexcept {
  if (tag == kHparamsSessionEndTag) return true;
  if (tag == kHparamsSessionStartTag) return !session_start;
  return tag == kHparamsExperimentTag && !experiment;
}

bool HparamsFound::take(std::string_view tag, Bytes content) {
  auto data = parse_hparams(content);
  if (!data.ok() && data.error().code == ErrorCode::kLimit) return false;
  const bool kept = data.ok() && (tag == kHparamsSessionEndTag     ? keep(session_end, *data)
                                  : tag == kHparamsSessionStartTag ? keep(session_start, *data)
                                                                   : keep(experiment, *data));
  if (!kept) ++unreadable;
  return true;
}

}  // namespace tfevents
