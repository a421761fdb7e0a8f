#include "ops/show_files.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "event/scanner.hpp"
#include "record/reader.hpp"

namespace tfevents::ops {
namespace {

// TensorBoard ignores longer ones. Source: tensorboard/backend/event_processing/event_util.py.
constexpr std::size_t kMaxWriter = 128;

// Of the first intact event, which writers make to say what the file is.
void read_head(RunReading& state, std::size_t at, ShownFile& file) {
  auto source = state.input.open(at);
  if (!source.ok()) return;
  RecordReader records(std::move(*source), {.temp_directory = state.input.temp_directory()});
  const RecordStep step = records.next();
  if (step != RecordStep::kRecord && step != RecordStep::kBigRecord) return;
  const RecordView& record = records.record();
  EventScanner scanner;
  const bool scanned =
      record.payload == nullptr
          ? scanner.scan_stream(record.length, records.payload_fetcher())
          : scanner.scan({record.payload, static_cast<std::size_t>(record.length)});
  if (!scanned) return;
  const EventView& event = scanner.event();
  if (std::isfinite(event.wall_time)) file.start_time = event.wall_time;
  if (event.writer.size() <= kMaxWriter) file.writer = event.writer;
}

bool is_digits(std::string_view text) noexcept {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_checkpoint(std::string_view name) noexcept {
  static constexpr std::string_view kEndings[] = {".ckpt", ".pt",    ".pth",    ".safetensors",
                                                  ".h5",   ".keras", ".msgpack"};
  if (name == "checkpoint" || name.starts_with("model.ckpt") || name.starts_with("ckpt-"))
    return true;
  return std::any_of(std::begin(kEndings), std::end(kEndings),
                     [&](std::string_view ending) { return name.ends_with(ending); });
}

// torch's add_embedding: NNNNN/TAG/tensors.tsv, with a step of five digits, and files beside it.
bool is_embedding(std::string_view below, std::string_view name) noexcept {
  const std::size_t slash = below.find('/');
  if (slash != 5 || !is_digits(below.substr(0, slash))) return false;
  return name == "tensors.tsv" || name == "metadata.tsv" || name == "sprite.png" ||
         name == "tensors.bytes";
}

}  // namespace

const char* to_string(Tail::Kind kind) noexcept {
  switch (kind) {
    case Tail::Kind::kClean: return "clean";
    case Tail::Kind::kTruncated: return "truncated";
    case Tail::Kind::kNul: return "nul";
  }
  return "clean";
}

std::vector<ShownFile> shown_files(RunReading& state) {
  const Run& run = state.input.run();
  std::vector<ShownFile> files;
  files.reserve(run.files.size());
  for (std::size_t i = 0; i < run.files.size() && i < state.files.size(); ++i) {
    const FileFindings& findings = state.files[i];
    ShownFile file{.path = run.path_of(i),
                   .bytes = run.files[i].size,
                   .records = findings.records,
                   .tail = findings.tail.kind};
    if (run.standard_input) file.bytes = findings.tail.offset + findings.tail.have;
    if (findings.records != 0) read_head(state, i, file);
    files.push_back(std::move(file));
  }
  return files;
}

std::string_view side_kind(std::string_view below) noexcept {
  const std::string_view name = below.substr(below.rfind('/') + 1);
  constexpr std::string_view kPlugins = "plugins/";
  if (name == "projector_config.pbtxt") return "projector";
  if (below.starts_with(kPlugins)) {
    const std::string_view rest = below.substr(kPlugins.size());
    const std::size_t slash = rest.find('/');
    if (slash != std::string_view::npos && slash != 0) {
      const std::string_view plugin = rest.substr(0, slash);
      return plugin == "org_tensorflow_tensorboard_projector" ? "projector" : plugin;
    }
  }
  if (name.ends_with(".pt.trace.json") || name.ends_with(".pt.trace.json.gz")) return "profile";
  if (is_embedding(below, name)) return "projector";
  return is_checkpoint(name) ? "checkpoints" : "";
}

SideFiles find_side_files(const Run& run, Sys& sys, const StopFlag& stop) {
  SideFiles side;
  // The directory was listed when the run was found: there is nothing else in it.
  if (run.bare) return side;
  std::map<std::string, FileCensus, std::less<>> census;
  side.problems = visit_foreign(run, sys, stop, [&](std::string_view below, const FileInfo& file) {
    const std::string_view kind = side_kind(below);
    auto found = census.find(kind);
    if (found == census.end()) found = census.emplace(kind, FileCensus{}).first;
    found->second.add(file);
  });
  for (auto& [kind, files] : census) {
    if (kind.empty()) {
      side.foreign = files.sum();
    } else {
      side.plugins.emplace(kind, files.sum());
    }
  }
  return side;
}

std::vector<std::string> find_aliases(const Run& run, Sys& sys) {
  std::vector<std::string> aliases;
  if (run.is_file || run.standard_input) return aliases;
  const std::string path = without_trailing_slashes(run.path);
  const std::size_t slash = path.rfind('/');
  const std::string own = path.substr(slash == std::string::npos ? 0 : slash + 1);
  if (own.empty() || own == "." || own == "..") return aliases;
  const std::string parent = slash == std::string::npos ? "."
                             : slash == 0               ? "/"
                                                        : path.substr(0, slash);
  const auto here = sys.stat(path);
  const auto listing = sys.list(parent);
  if (!here.ok() || !listing.ok()) return aliases;
  for (const DirEntry& entry : listing->entries) {
    if (entry.name == own || (entry.type && *entry.type != FileType::kSymlink)) continue;
    std::string other = slash == std::string::npos ? entry.name : join_path(parent, entry.name);
    if (!entry.type) {
      const auto link = sys.lstat(other);
      if (!link.ok() || link->type != FileType::kSymlink) continue;
    }
    const auto there = sys.stat(other);
    if (there.ok() && there->id == here->id) aliases.push_back(std::move(other));
  }
  return aliases;
}

}  // namespace tfevents::ops
