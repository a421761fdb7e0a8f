#include <array>
#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/utf8.hpp"
#include "rewrite/manifest.hpp"
#include "rewrite/trash_json.hpp"

namespace tfevents::rewrite {
namespace {

using nlohmann::json;

constexpr std::string_view kSchema = "tfevents.trash/1";
/// Of the texts of a header: with every byte escaped they still fit into a line.
constexpr std::size_t kMaxText = 8 * 1024;

/// In the order of FileType.
constexpr std::array<std::string_view, 4> kTypes = {"regular", "directory", "link", "other"};

std::string_view cut(std::string_view text) {
  if (text.size() <= kMaxText) return text;
  text = text.substr(0, kMaxText);
  // Not through a character: that would make base64 of a text.
  for (int i = 0; i < 3 && !is_valid_utf8(text); ++i) text.remove_suffix(1);
  return text;
}

JsonLine begin(std::string_view type) {
  JsonLine line;
  line.text("type", type);
  return line;
}

void add_file_info(JsonLine& line, const FileInfo& info) {
  line.number("dev", info.id.device).number("ino", info.id.inode);
  line.number("bytes", info.size).number("mtime_ns", info.mtime_ns);
}

std::string to_line(const ManifestHeader& header) {
  return begin("batch")
      .text("schema", kSchema)
      .text("batch", header.batch)
      .number("time", header.time)
      .number("dev", header.device)
      .number("uid", std::uint64_t{header.who.uid})
      .text("user", cut(header.who.user))
      .text("host", cut(header.who.host))
      .number("pid", header.who.pid)
      .text("command", cut(header.who.command))
      .text("policy", cut(header.policy))
      .end();
}

std::string to_line(const PlannedDirectory& directory) {
  JsonLine line = begin("directory");
  line.text("path", directory.path);
  add_file_info(line, directory.info.file);
  line.number("atime_ns", directory.info.atime_ns);
  line.number("mode", std::uint64_t{directory.info.mode});
  line.number("uid", std::uint64_t{directory.info.owner});
  line.number("gid", std::uint64_t{directory.info.group});
  return line.end();
}

std::string to_line(const ManifestFile& entry) {
  JsonLine line = begin("file");
  line.number("number", entry.number);
  line.text("path", entry.file.path);
  line.text("trial", entry.file.trial).text("run", entry.file.run);
  line.text("kind", kTypes[static_cast<std::size_t>(entry.file.info.type)]);
  add_file_info(line, entry.file.info);
  if (entry.stray) line.yes("stray");
  return line.end();
}

std::string to_line(const ManifestSeal& seal) {
  return begin("sealed").number("files", seal.files).number("directories", seal.directories).end();
}

std::string to_line(const ManifestGone& gone) {
  return begin("gone").text("path", gone.path).end();
}

std::string to_line(const ManifestTouched& touched) {
  JsonLine line = begin("touched");
  line.text("path", touched.path).number("ino", touched.inode);
  line.number("mtime_ns", touched.mtime_ns);
  if (touched.made) line.yes("made");
  return line.end();
}

std::optional<std::string> from_base64(std::string_view text) {
  const auto digit = [](char c) -> int {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+') return 62;
    return c == '/' ? 63 : -1;
  };
  if (text.size() % 4 != 0) return {};
  std::string bytes;
  while (!text.empty()) {
    const bool last = text.size() == 4;
    const std::size_t padding = !last ? 0 : text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    unsigned group = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const int value = i < 4 - padding ? digit(text[i]) : 0;
      if (value < 0) return {};
      group = (group << 6U) | static_cast<unsigned>(value);
    }
    for (std::size_t i = 0; i < 3 - padding; ++i) {
      bytes += static_cast<char>((group >> (16 - 8 * i)) & 0xFFU);
    }
    text.remove_prefix(4);
  }
  return bytes;
}

/// Takes members of one object and remembers the first that is wrong.
class Members {
 public:
  explicit Members(const json& object) : object_(object) {}

  std::string text(const char* name) {
    const auto coded = object_.find(std::string(name) + "_base64");
    if (coded != object_.end()) {
      if (coded->is_string()) {
        if (auto bytes = from_base64(coded->get_ref<const std::string&>())) return *bytes;
      }
      return wrong(name), std::string();
    }
    const auto found = object_.find(name);
    if (found == object_.end() || !found->is_string()) return wrong(name), std::string();
    return found->get_ref<const std::string&>();
  }
  std::string path(const char* name = "path") {
    std::string path = text(name);
    if (!is_manifest_path(path)) wrong(name);
    return path;
  }
  /// The name of a trial or a run.
  std::string label(const char* name) {
    std::string label = text(name);
    if (label.size() > kMaxManifestPath) wrong(name);
    return label;
  }
  template <class T>
  T number(const char* name, T most = std::numeric_limits<T>::max()) {
    const auto found = object_.find(name);
    if (found == object_.end() || !found->is_number_integer()) return wrong(name), T{};
    if (found->is_number_unsigned()) {
      const auto value = found->get<std::uint64_t>();
      if (value <= static_cast<std::uint64_t>(most)) return static_cast<T>(value);
    } else if constexpr (std::is_signed_v<T>) {
      return found->get<std::int64_t>();  // Negative: `most` does not matter.
    }
    return wrong(name), T{};
  }
  double real(const char* name) {
    const auto found = object_.find(name);
    if (found == object_.end() || !found->is_number()) return wrong(name), 0;
    const double value = found->get<double>();
    if (!std::isfinite(value)) wrong(name);
    return value;
  }
  bool yes(const char* name) {
    const auto found = object_.find(name);
    if (found == object_.end()) return false;
    if (!found->is_boolean()) return wrong(name), false;
    return found->get<bool>();
  }
  void wrong(const char* name) {
    if (wrong_ == nullptr) wrong_ = name;
  }

  FileInfo file_info(FileType type) {
    FileInfo info;
    info.type = type;
    info.id.device = number<std::uint64_t>("dev");
    info.id.inode = number<std::uint64_t>("ino");
    info.size = number<std::uint64_t>("bytes");
    info.mtime_ns = number<std::int64_t>("mtime_ns");
    return info;
  }

  Result<ManifestLine> or_error(ManifestLine line) const {
    if (wrong_ == nullptr) return line;
    return Error{.code = ErrorCode::kFormat,
                 .message = "no usable \"" + std::string(wrong_) + "\""};
  }

 private:
  const json& object_;
  const char* wrong_ = nullptr;
};

ManifestHeader header_of(Members& members) {
  ManifestHeader header;
  if (members.text("schema") != kSchema) members.wrong("schema");
  header.batch = members.text("batch");
  if (!is_batch_id(header.batch)) members.wrong("batch");
  header.time = members.real("time");
  header.device = members.number<std::uint64_t>("dev");
  header.who.uid = members.number<std::uint32_t>("uid");
  header.who.user = members.text("user");
  header.who.host = members.text("host");
  header.who.pid = members.number<std::int64_t>("pid");
  header.who.command = members.text("command");
  header.policy = members.text("policy");
  return header;
}

PlannedDirectory directory_of(Members& members) {
  PlannedDirectory directory{.path = members.path(), .info = {}};
  directory.info.file = members.file_info(FileType::kDirectory);
  directory.info.atime_ns = members.number<std::int64_t>("atime_ns");
  directory.info.mode = members.number<std::uint32_t>("mode", 07777);
  directory.info.owner = members.number<std::uint32_t>("uid");
  directory.info.group = members.number<std::uint32_t>("gid");
  return directory;
}

ManifestFile file_of(Members& members) {
  ManifestFile entry;
  entry.number = members.number<std::uint64_t>("number");
  if (entry.number == 0) members.wrong("number");
  entry.file.path = members.path();
  entry.file.trial = members.label("trial");
  entry.file.run = members.label("run");
  entry.stray = members.yes("stray");
  const std::string kind = members.text("kind");
  std::size_t type = 0;
  while (type < kTypes.size() && kTypes[type] != kind) ++type;
  if (type == kTypes.size()) members.wrong("kind");
  entry.file.info = members.file_info(static_cast<FileType>(type));
  // A directory is never planned as an object: it can only have come instead of one.
  if (entry.file.info.type == FileType::kDirectory && !entry.stray) members.wrong("kind");
  return entry;
}

}  // namespace

std::string to_manifest_line(const ManifestLine& line) {
  return std::visit([](const auto& it) { return to_line(it); }, line);
}

Result<ManifestLine> parse_manifest_line(std::string_view line) {
  const json object = json::parse(line.begin(), line.end(), nullptr, false);
  if (!object.is_object()) {
    return Error{.code = ErrorCode::kUnsupported, .message = "no JSON object"};
  }
  Members members(object);
  const std::string type = members.text("type");
  if (type == "file") return members.or_error(file_of(members));
  if (type == "directory") return members.or_error(directory_of(members));
  if (type == "batch") return members.or_error(header_of(members));
  if (type == "sealed") {
    const auto files = members.number<std::uint64_t>("files");
    return members.or_error(ManifestSeal{files, members.number<std::uint64_t>("directories")});
  }
  if (type == "gone") return members.or_error(ManifestGone{members.path()});
  if (type == "touched") {
    ManifestTouched touched;
    touched.path = members.path();
    touched.inode = members.number<std::uint64_t>("ino");
    touched.mtime_ns = members.number<std::int64_t>("mtime_ns");
    touched.made = members.yes("made");
    return members.or_error(std::move(touched));
  }
  members.wrong("type");
  return members.or_error(ManifestSeal{});
}

}  // namespace tfevents::rewrite
