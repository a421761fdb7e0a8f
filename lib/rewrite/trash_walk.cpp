#include "rewrite/trash_walk.hpp"

#include <utility>

namespace tfevents::rewrite {

Result<Directory*> TrashWalk::open(std::string_view path) {
  std::size_t depth = 0;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    std::string name(path.substr(0, slash));
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
    if (depth < chain_.size() && chain_[depth].name != name) chain_.resize(depth);
    if (depth == chain_.size()) {
      Directory& above = depth == 0 ? *root_ : *chain_.back().directory;
      TFEVENTS_TRY(std::unique_ptr<Directory> directory, above.open_directory(name));
      chain_.push_back({std::move(name), std::move(directory)});
    }
    ++depth;
  }
  chain_.resize(depth);
  return depth == 0 ? root_ : chain_.back().directory.get();
}

SplitPath split_path(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {{}, std::string(path)};
  return {path.substr(0, slash), std::string(path.substr(slash + 1))};
}

}  // namespace tfevents::rewrite
