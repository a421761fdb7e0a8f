#include <algorithm>
#include <array>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/bytes.hpp"
#include "io/sys.hpp"
#include "support/temp_dir.hpp"

namespace tfevents {
namespace {

using test::TempDir;

std::string read_some(OpenFile& file, std::size_t size = 100) {
  std::vector<std::byte> buffer(size);
  const Result<std::size_t> count = file.read(buffer);
  return count.ok() ? std::string(as_text(Bytes(buffer).first(*count))) : "error";
}

/// Of the descriptors that this process has on a file.
bool closes_on_exec(const std::string& path) {
  const FileId id = real_sys().stat(path)->id;
  bool found = false;
  for (int number = 0; number < 256; ++number) {
    struct stat info {};
    if (::fstat(number, &info) != 0 || FileId{info.st_dev, info.st_ino} != id) continue;
    if ((::fcntl(number, F_GETFD) & FD_CLOEXEC) == 0) return false;
    found = true;
  }
  return found;
}

TEST_CASE("without_trailing_slashes and lies_below") {
  CHECK(without_trailing_slashes("runs//") == "runs");
  CHECK(without_trailing_slashes("/") == "/");
  CHECK(without_trailing_slashes("//") == "/");
  CHECK(without_trailing_slashes("").empty());
  CHECK(lies_below("a/b", "a"));
  CHECK(lies_below("a", "."));
  for (const auto& [name, directory] :
       {std::pair("a", "a"), {"a-b", "a"}, {"a", "a/b"}, {".", "."}, {"b/a", "a"}}) {
    CAPTURE(name);
    CHECK_FALSE(lies_below(name, directory));
  }
}

TEST_CASE("join_path") {
  CHECK(join_path("a", "b") == "a/b");
  CHECK(join_path("a/", "b") == "a/b");
  CHECK(join_path("/", "b") == "/b");
  CHECK(join_path(".", "b") == "./b");
  CHECK(join_path("..", "-x") == "../-x");
  CHECK(join_path("a", "\xff\n") == "a/\xff\n");
}

TEST_CASE("system_error") {
  const Error missing = system_error(ENOENT, "/p");
  CHECK(missing.code == ErrorCode::kNotFound);
  CHECK(missing.message == "no such file or directory");
  CHECK(missing.path == "/p");
  CHECK(system_error(ENOTDIR, "").code == ErrorCode::kNotFound);
  CHECK(system_error(EIO, "").code == ErrorCode::kIo);
  CHECK(system_error(EIO, "").message == "input/output error");
  CHECK(system_error(EACCES, "/etc/hostname").message == "permission denied");
  CHECK(system_error(EACCES, "/").hint.starts_with("it belongs to user 0 with mode 0755"));
  CHECK(system_error(EACCES, "/no/such").hint.starts_with("a directory on the way"));
  CHECK(system_error(EMFILE, "").hint.find("ulimit -n") != std::string::npos);
  CHECK(system_error(987654, "").message == "error 987654");
  CHECK(is_link_loop(system_error(ELOOP, "")));
  CHECK_FALSE(is_link_loop(system_error(EIO, "")));
}

TEST_CASE("an open file reads, reads again, grows, and survives its name") {
  const TempDir dir;
  const std::string path = dir.write("f", "hello");
  Result<std::unique_ptr<OpenFile>> file = real_sys().open_read(path);
  REQUIRE(file.ok());
  CHECK(read_some(**file, 2) == "he");
  CHECK(read_some(**file) == "llo");
  CHECK(read_some(**file).empty());
  dir.append("f", "!");
  CHECK(read_some(**file) == "!");
  std::array<std::byte, 4> again{};
  CHECK((*file)->read_at(1, again).value() == 4);
  CHECK(as_text(again) == "ello");
  CHECK((*file)->read_at(100, again).value() == 0);
  CHECK((*file)->read_at(~std::uint64_t{0}, again).value() == 0);
  CHECK((*file)->info()->size == 6);
  CHECK((*file)->info()->id == real_sys().stat(path)->id);
  CHECK(closes_on_exec(path));
  ::unlink(path.c_str());
  CHECK((*file)->info()->size == 6);
}

TEST_CASE("errors of opening carry path and words") {
  const TempDir dir;
  const std::string file = dir.write("f", "x");
  const Error missing = real_sys().open_read(dir / "nope").error();
  CHECK(missing.code == ErrorCode::kNotFound);
  CHECK(missing.path == dir / "nope");
  CHECK(real_sys().open_read(file + "/below").error().message == "not a directory");
  CHECK(real_sys().stat(dir / "nope").error().code == ErrorCode::kNotFound);
  CHECK(real_sys().list(file).error().message == "not a directory");
  CHECK(real_sys().list(dir / "nope").error().code == ErrorCode::kNotFound);
  CHECK(real_sys().list("").error().code == ErrorCode::kNotFound);
  CHECK(real_sys().stat(dir / std::string(300, 'x')).error().message == "file name too long");
  dir.make_link("self", "self");
  CHECK(is_link_loop(real_sys().stat(dir / "self").error()));
  CHECK(real_sys().lstat(dir / "self")->type == FileType::kSymlink);
  // A directory opens; it cannot be read.
  Result<std::unique_ptr<OpenFile>> opened = real_sys().open_read(dir.path());
  REQUIRE(opened.ok());
  std::array<std::byte, 4> room{};
  CHECK((*opened)->read(room).error().message == "is a directory");
}

TEST_CASE("stat tells size, time to the nanosecond, type and identity") {
  const TempDir dir;
  const std::string path = dir.write("f", "12345");
  const timespec times[2] = {{0, 0}, {1'700'000'000, 123'456'789}};
  REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
  dir.make_link("l", "f");
  const FileInfo info = real_sys().stat(dir / "l").value();
  CHECK(info.type == FileType::kRegular);
  CHECK(info.size == 5);
  CHECK(info.mtime_ns == 1'700'000'000'123'456'789);
  CHECK(info.id == real_sys().lstat(path)->id);
  CHECK(real_sys().stat(dir.path())->type == FileType::kDirectory);
  CHECK(real_sys().stat("/dev/null")->type == FileType::kOther);
}

TEST_CASE("a listing has every name as it is, sorted by bytes, with its type") {
  const TempDir dir;
  for (const char* name : {"-dash", "new\nline", "\xff\xfe", " blank ", "b", "a", "\u202e"}) {
    dir.write(name, "");
  }
  dir.make_directory("d.tfevents");
  dir.make_fifo("fifo");
  dir.make_link("dangling", "nowhere");
  const Result<Listing> listing = real_sys().list(dir.path());
  REQUIRE(listing.ok());
  CHECK(listing->info.id == real_sys().stat(dir.path())->id);
  std::vector<std::string> names;
  for (const DirEntry& entry : listing->entries) names.push_back(entry.name);
  const std::vector<std::string> expected = {" blank ",    "-dash",    "a",    "b",
                                             "d.tfevents", "dangling", "fifo", "new\nline",
                                             "\u202e",     "\xff\xfe"};
  CHECK(names == expected);
  CHECK(listing->entries[0].type == FileType::kRegular);
  CHECK(listing->entries[4].type == FileType::kDirectory);
  CHECK(listing->entries[5].type == FileType::kSymlink);
  CHECK(listing->entries[6].type == FileType::kOther);
}

TEST_CASE("a FIFO without a writer is an end, not a wait") {
  const TempDir dir;
  const std::string path = dir.make_fifo("events.out.tfevents.1");
  Result<std::unique_ptr<OpenFile>> file = real_sys().open_read(path);
  REQUIRE(file.ok());
  CHECK((*file)->info()->type == FileType::kOther);
  CHECK(read_some(**file).empty());
  std::array<std::byte, 4> room{};
  CHECK((*file)->read_at(0, room).error().code == ErrorCode::kUnsupported);
}

TEST_CASE("real_path") {
  const TempDir dir;
  dir.write("d/f", "");
  dir.make_link("l", "d");
  CHECK(real_sys().real_path(dir / "l/../l/./f").value() == dir / "d/f");
  CHECK(real_sys().real_path(dir / "no").error().code == ErrorCode::kNotFound);
  dir.make_link("self", "self");
  CHECK_FALSE(real_sys().real_path(dir / "self").ok());
}

TEST_CASE("real_path where the working directory is gone") {
  const int before = ::open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  {
    const TempDir dir;
    REQUIRE(::chdir(dir.path().c_str()) == 0);
  }
  CHECK_FALSE(real_sys().real_path("x").ok());
  CHECK_FALSE(real_sys().real_path(".").ok());
  REQUIRE(::fchdir(before) == 0);
  ::close(before);
}

}  // namespace
}  // namespace tfevents
