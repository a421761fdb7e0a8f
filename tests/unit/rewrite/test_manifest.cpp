#include <algorithm>
#include <cerrno>

#include <doctest/doctest.h>

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "rewrite/manifest.hpp"
#include "support/resident_bytes.hpp"

namespace tfevents::rewrite {
namespace {

/// A file in memory that gives so many bytes at once, and fails at an offset.
class TextFile final : public OpenFile {
 public:
  explicit TextFile(std::string text, std::size_t at_once = 1 << 20)
      : text_(std::move(text)), at_once_(at_once) {}
  void fail_at(std::size_t offset) { fail_at_ = offset; }

  Result<std::size_t> read(std::span<std::byte> into) override {
    if (position_ >= fail_at_) return system_error(EIO, "manifest.jsonl");
    const std::size_t count = std::min({into.size(), at_once_, text_.size() - position_});
    std::copy_n(as_bytes(text_).begin() + static_cast<std::ptrdiff_t>(position_), count,
                into.begin());
    position_ += count;
    return count;
  }
  Result<std::size_t> read_at(std::uint64_t, std::span<std::byte>) override {
    return system_error(ESPIPE, "");
  }
  Result<FileInfo> info() override { return FileInfo(); }

 private:
  std::string text_;
  std::size_t at_once_;
  std::size_t position_ = 0;
  std::size_t fail_at_ = static_cast<std::size_t>(-1);
};

ManifestHeader a_header() {
  return {.batch = "20261123-030001",
          .time = 1795000000.25,
          .device = 66,
          .who = {.uid = 1000, .user = "ann", .host = "node", .pid = 4711, .command = "tfevents"},
          .policy = "--older-than 7d"};
}

ManifestFile a_file(std::uint64_t number, std::string path = "a/events") {
  ManifestFile entry;
  entry.number = number;
  entry.file = {.path = std::move(path), .trial = "a", .run = "a/b", .info = {}};
  entry.file.info.type = FileType::kRegular;
  entry.file.info.id = {.device = 66, .inode = 18446744073709551615U};
  entry.file.info.size = 9223372036854775808U;
  entry.file.info.mtime_ns = -1234567890123456789;
  return entry;
}

PlannedDirectory a_directory(std::string path = "a") {
  PlannedDirectory directory;
  directory.path = std::move(path);
  directory.info.file.type = FileType::kDirectory;
  directory.info.file.id = {.device = 66, .inode = 3};
  directory.info.file.size = 4096;
  directory.info.file.mtime_ns = 5;
  directory.info.atime_ns = -6;
  directory.info.mode = 02750;
  directory.info.owner = 4294967294;
  directory.info.group = 7;
  return directory;
}

/// A whole manifest.
std::string whole() {
  return to_manifest_line(a_header()) + to_manifest_line(a_directory()) +
         to_manifest_line(a_file(1)) + to_manifest_line(ManifestSeal{1, 1});
}

/// Number of lines that were read, or what is wrong.
std::string read(const std::string& text, std::size_t at_once = 1 << 20) {
  TextFile file(text, at_once);
  ManifestReader reader(file, "m");
  std::size_t lines = 0;
  while (true) {
    const auto line = reader.next();
    if (!line.ok()) {
      CHECK(line.error().code == ErrorCode::kFormat);
      CHECK(line.error().path == "m");
      CHECK_FALSE(reader.next().ok());
      return line.error().message;
    }
    if (!*line) return std::to_string(lines);
    ++lines;
  }
}

TEST_CASE("every line comes back as it was written") {
  const auto again = [](const ManifestLine& line) {
    const std::string text = to_manifest_line(line);
    CHECK(is_valid_utf8(text));
    CHECK(text.size() < kMaxManifestLine);
    CHECK(std::count(text.begin(), text.end(), '\n') == 1);
    const auto parsed = parse_manifest_line(text.substr(0, text.size() - 1));
    REQUIRE_MESSAGE(parsed.ok(), text);
    CHECK(parsed->index() == line.index());
    CHECK(to_manifest_line(*parsed) == text);
    return *parsed;
  };
  CHECK(std::get<ManifestHeader>(again(a_header())) == a_header());
  CHECK(std::get<ManifestSeal>(again(ManifestSeal{7, 8})) == ManifestSeal{7, 8});
  CHECK(std::get<ManifestGone>(again(ManifestGone{"a/b"})) == ManifestGone{"a/b"});
  const ManifestTouched touched{.path = "a", .inode = 9, .mtime_ns = -3, .made = true};
  CHECK(std::get<ManifestTouched>(again(touched)) == touched);

  const auto directory = std::get<PlannedDirectory>(again(a_directory()));
  CHECK(directory.info.mode == 02750);
  CHECK(directory.info.owner == 4294967294);
  CHECK(directory.info.atime_ns == -6);
  ManifestFile entry = a_file(3);
  entry.stray = true;
  for (const FileType type :
       {FileType::kRegular, FileType::kDirectory, FileType::kSymlink, FileType::kOther}) {
    entry.file.info.type = type;
    const auto file = std::get<ManifestFile>(again(entry));
    CHECK(file.stray);
    CHECK(file.number == 3);
    CHECK(file.file.info.type == type);
    CHECK(file.file.info.id == entry.file.info.id);
    CHECK(file.file.info.size == entry.file.info.size);
    CHECK(file.file.info.mtime_ns == entry.file.info.mtime_ns);
  }
}

TEST_CASE("names of any bytes and of the greatest length come back") {
  std::string bytes;
  for (int c = 1; c < 256; ++c) {
    if (c != '/') bytes += static_cast<char>(c);
  }
  std::string longest;
  while (longest.size() + 256 < kMaxManifestPath) longest += bytes + "/";
  longest += "x";
  for (const std::string& name : {bytes, longest, bytes.substr(127), std::string(255, '\x01'),
                                  std::string("\xff"), std::string("\xc3\xa9")}) {
    ManifestFile entry = a_file(1, name);
    entry.file.trial = entry.file.run = name;
    const std::string text = to_manifest_line(entry);
    CHECK(text.size() < kMaxManifestLine);
    CHECK((text.find("path_base64") == std::string::npos) == is_valid_utf8(name));
    const auto parsed = parse_manifest_line(text);
    REQUIRE(parsed.ok());
    CHECK(std::get<ManifestFile>(*parsed).file.path == name);
    CHECK(std::get<ManifestFile>(*parsed).file.run == name);
  }
  ManifestHeader header = a_header();
  header.policy = header.who.command = header.who.user = header.who.host =
      std::string(100000, '\x01') + "\xff";
  CHECK(to_manifest_line(header).size() < kMaxManifestLine);
  header.policy = std::string(8191, 'x') + "\xc3\xa9";  // cut in the middle of a character
  CHECK(to_manifest_line(header).find("policy_base64") == std::string::npos);
}

TEST_CASE("paths and ids have rules") {
  for (const char* path : {"a", "a/b", "...", "a/..b", ".tfe", "tfe-x/.tf", " ", "a\nb"}) {
    CAPTURE(path);
    CHECK(is_manifest_path(path));
  }
  for (const std::string& path :
       {std::string(), std::string("/"), std::string("/a"), std::string("a/"), std::string("a//b"),
        std::string("."), std::string(".."), std::string("a/../b"), std::string("a/."),
        std::string("./a"), std::string("../a"), std::string(".tfe-trash"),
        std::string("a/.tfe-x/b"), std::string("a\0b", 3), std::string(256, 'x'),
        std::string(2048, '/'), [] {
          std::string deep;
          while (deep.size() <= kMaxManifestPath) deep += "a/";
          return deep + "a";
        }()}) {
    CAPTURE(path);
    CHECK_FALSE(is_manifest_path(path));
    ManifestFile entry = a_file(1, path);
    CHECK_FALSE(parse_manifest_line(to_manifest_line(entry)).ok());
    CHECK_FALSE(parse_manifest_line(to_manifest_line(a_directory(path))).ok());
    CHECK_FALSE(parse_manifest_line(to_manifest_line(ManifestGone{path})).ok());
    CHECK_FALSE(parse_manifest_line(to_manifest_line(ManifestTouched{.path = path})).ok());
  }
  for (const char* id : {"20261123-030001", "20261123-030001-2", "99999999-999999-9999"}) {
    CHECK(is_batch_id(id));
  }
  for (const char* id : {"", "20261123", "20261123-030001-", "20261123-030001-12345", "x",
                         "20261123-03000x", "20261123_030001", "20261123-0300012", "../../etc",
                         "20261123-030001-2-3", "-2026112-030001"}) {
    CAPTURE(id);
    CHECK_FALSE(is_batch_id(id));
  }
}

/// `text` with the first `from` replaced.
std::string with(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  REQUIRE_MESSAGE(at != std::string::npos, from);
  return text.replace(at, from.size(), to);
}

TEST_CASE("members that are missing, of another type or out of range are refused") {
  const std::string file = to_manifest_line(a_file(1));
  const std::string directory = to_manifest_line(a_directory());
  const std::string header = to_manifest_line(a_header());
  const auto wrong = [](const std::string& text) {
    const auto parsed = parse_manifest_line(text);
    CHECK_MESSAGE(!parsed.ok(), text);
    return parsed.ok() ? std::string() : parsed.error().message;
  };
  CHECK(wrong(with(file, "\"number\":1", "\"number\":0")) == "no usable \"number\"");
  CHECK(wrong(with(file, "\"number\":1", "\"number\":-1")) == "no usable \"number\"");
  CHECK(wrong(with(file, "\"number\":1", "\"number\":1.0")) == "no usable \"number\"");
  CHECK(wrong(with(file, "\"number\":1", "\"number\":\"1\"")) == "no usable \"number\"");
  CHECK(wrong(with(file, "\"number\":1", "\"number\":1e3")) == "no usable \"number\"");
  CHECK(wrong(with(file, "\"number\":1", "\"number\":18446744073709551616")) ==
        "no usable \"number\"");
  CHECK(wrong(with(file, "\"number\":1,", "")) == "no usable \"number\"");
  CHECK(wrong(with(file, "\"ino\":1", "\"ino\":-1")) == "no usable \"ino\"");
  CHECK(wrong(with(file, "\"regular\"", "\"directory\"")) == "no usable \"kind\"");
  CHECK(wrong(with(file, "\"regular\"", "\"socket\"")) == "no usable \"kind\"");
  CHECK(wrong(with(file, "\"a/events\"", "null")) == "no usable \"path\"");
  CHECK(wrong(with(file, "\"a/events\"", "\"a/events\",\"path_base64\":\"Li4=\"")) ==
        "no usable \"path\"");
  CHECK(wrong(with(file, "\"trial\":\"a\"", "\"trial\":[\"a\"]")) == "no usable \"trial\"");
  CHECK(wrong(with(file, "}", ",\"stray\":1}")) == "no usable \"stray\"");
  for (const char* code :
       {"A", "AA=A", "A===", "====", "AA A", "QUJ\\n", "YQ", "YQ=", "\xc3\xa9="}) {
    CAPTURE(code);
    CHECK(wrong(with(file, "\"a/events\"",
                     "\"x\",\"path_base64\":\"" + std::string(code) + "\"")) != "");
  }
  CHECK(wrong(with(directory, "\"mode\":1512", "\"mode\":4096")) == "no usable \"mode\"");
  CHECK(wrong(with(directory, "\"gid\":7", "\"gid\":4294967296")) == "no usable \"gid\"");
  CHECK(wrong(with(header, "tfevents.trash/1", "tfevents.trash/2")) == "no usable \"schema\"");
  CHECK(wrong(with(header, "20261123-030001", "../20261123")) == "no usable \"batch\"");
  CHECK(wrong(with(header, "\"time\":1795000000.25", "\"time\":1e999")) != "");
  CHECK(wrong(with(header, "\"time\":1795000000.25", "\"time\":\"NaN\"")) == "no usable \"time\"");
  CHECK(wrong("{}") == "no usable \"type\"");
  CHECK(wrong("{\"type\":\"bomb\"}") == "no usable \"type\"");
  for (const std::string& text :
       {std::string(), std::string("null"), std::string("[]"), std::string("{"),
        std::string("\xff"), std::string(100000, '['), file + "x"}) {
    CHECK(parse_manifest_line(text).error().code == ErrorCode::kUnsupported);
  }
  // Members of later versions are no trouble.
  CHECK(parse_manifest_line(with(file, "}", ",\"new\":{\"a\":[1]}}")).ok());
}

TEST_CASE("a manifest is read in any pieces, and has one shape") {
  const std::string text = whole();
  for (const std::size_t at_once : {1U, 2U, 7U, 100U, 100000U}) CHECK(read(text, at_once) == "4");
  const std::string header = to_manifest_line(a_header());
  const std::string file = to_manifest_line(a_file(1));
  const std::string seal = to_manifest_line(ManifestSeal{1, 0});
  CHECK(read(header + to_manifest_line(ManifestSeal{})) == "2");
  CHECK(read("").find("ends before its seal") != std::string::npos);
  CHECK(read(header + file) == "damaged manifest, line 2: ends before its seal");
  CHECK(read(text.substr(0, text.size() - 3)) == "damaged manifest, line 4: no JSON object");
  CHECK(read(file + seal) == "damaged manifest, line 1: no header");
  CHECK(read(header + header + file + seal) == "damaged manifest, line 2: a second header");
  CHECK(read(header + file + file + seal).find("do not increase") != std::string::npos);
  CHECK(read(header + file + seal + seal) == "damaged manifest, line 4: a second seal");
  CHECK(read(header + seal).find("counts otherwise") != std::string::npos);
  CHECK(read(header + file + seal + to_manifest_line(a_file(2))).find("wrong side") !=
        std::string::npos);
  CHECK(read(header + file + seal + to_manifest_line(a_directory())).find("behind the seal") !=
        std::string::npos);
  CHECK(read(header + to_manifest_line(ManifestGone{"a"}) + file + seal).find("before the seal") !=
        std::string::npos);
  CHECK(read(header + "\n" + file + seal) == "damaged manifest, line 2: no JSON object");

  ManifestFile stray = a_file(2);
  stray.stray = true;
  CHECK(read(header + to_manifest_line(stray) + seal).find("wrong side") != std::string::npos);
  CHECK(read(whole() + to_manifest_line(stray)) == "5");
  stray.number = 1;
  CHECK(read(whole() + to_manifest_line(stray)).find("do not increase") != std::string::npos);
}

TEST_CASE("what a crash tore behind the seal was never done") {
  const std::string gone = to_manifest_line(ManifestGone{"a"});
  for (std::size_t cut = 0; cut < gone.size() - 1; ++cut) {
    CHECK(read(whole() + gone.substr(0, cut)) == "4");
    CHECK(read(whole() + gone.substr(0, cut) + "\n" + gone) == "5");
  }
  CHECK(read(whole() + gone.substr(0, gone.size() - 1)) == "5");
  CHECK(read(whole() + std::string(5000, '\0')) == "4");
  // A whole line that says something impossible is no torn one.
  CHECK(read(whole() + "{\"type\":\"gone\",\"path\":\"..\"}\n").find("path") != std::string::npos);
}

TEST_CASE("a line has an end") {
  CHECK(read(std::string(kMaxManifestLine * 4, 'x')) == "damaged manifest, line 1: too long");
  CHECK(read(whole() + std::string(kMaxManifestLine, ' ') + "\n") ==
        "damaged manifest, line 5: too long");
}

TEST_CASE("errors of reading are passed on, and last") {
  TextFile file(whole(), 50);
  file.fail_at(300);
  ManifestReader reader(file, "m");
  auto line = reader.next();
  while (line.ok()) line = reader.next();
  CHECK(line.error().code == ErrorCode::kIo);
  CHECK(reader.next().error().code == ErrorCode::kIo);
}

/// A manifest of so many files that nobody has to hold.
class EndlessFile final : public OpenFile {
 public:
  explicit EndlessFile(std::uint64_t files) : files_(files) {}
  Result<std::size_t> read(std::span<std::byte> into) override {
    while (buffer_.size() < into.size() && next_ <= files_ + 1) {
      buffer_ += next_ == 0        ? to_manifest_line(a_header())
                 : next_ <= files_ ? to_manifest_line(a_file(next_))
                                   : to_manifest_line(ManifestSeal{files_, 0});
      ++next_;
    }
    const std::size_t count = std::min(into.size(), buffer_.size());
    std::copy_n(as_bytes(buffer_).begin(), count, into.begin());
    buffer_.erase(0, count);
    return count;
  }
  Result<std::size_t> read_at(std::uint64_t, std::span<std::byte>) override {
    return system_error(ESPIPE, "");
  }
  Result<FileInfo> info() override { return FileInfo(); }

 private:
  std::uint64_t files_;
  std::uint64_t next_ = 0;
  std::string buffer_;
};

TEST_CASE("a big manifest takes the memory of a line") {
  constexpr std::uint64_t kFiles = 100'000;
  EndlessFile file(kFiles);
  ManifestReader reader(file, "m");
  REQUIRE(reader.next().ok());
  const std::size_t before = test::resident_bytes();
  std::uint64_t lines = 1;
  while (true) {
    const auto line = reader.next();
    REQUIRE(line.ok());
    if (!*line) break;
    ++lines;
  }
  CHECK(lines == kFiles + 2);
  if (test::kMemoryCounts) CHECK(test::resident_bytes() < before + (4U << 20U));
}

TEST_CASE("what was trashed is known again, also where devices got other numbers") {
  const FileInfo file = a_file(1).file.info;
  CHECK(same_object(file, 66, file, 66));
  FileInfo found = file;
  found.id.device = 70;
  CHECK(same_object(file, 66, found, 70));
  CHECK_FALSE(same_object(file, 66, found, 66));
  CHECK_FALSE(same_object(file, 66, file, 70));
  // A file that had a device of its own keeps it.
  CHECK(same_object(file, 5, file, 7));
  CHECK_FALSE(same_object(file, 5, found, 7));

  for (const bool grown : {true, false}) {
    found = file;
    (grown ? found.size : found.id.inode) += 1;
    CHECK_FALSE(same_object(file, 66, found, 66));
    CHECK(same_inode(file, 66, found, 66) == grown);
  }
  found = file;
  found.mtime_ns += 1;
  CHECK_FALSE(same_object(file, 66, found, 66));
  CHECK(same_inode(file, 66, found, 66));
  found = file;
  found.type = FileType::kSymlink;
  CHECK_FALSE(same_inode(file, 66, found, 66));
}

}  // namespace
}  // namespace tfevents::rewrite
