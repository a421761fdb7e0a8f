#include <algorithm>

#include <doctest/doctest.h>

#include "cli/messages.hpp"
#include "cli_helpers.hpp"

namespace tfevents::cli {
namespace {

// What Messages writes while `speak` uses it.
template <class Speak>
std::string said(Speak speak, Messages::Options options = {}) {
  const test::Capture err;
  Messages messages(err.descriptor(), nullptr);
  messages.configure(options);
  speak(messages);
  return err.text();
}

Problem damage(const char* path, std::uint64_t offset) {
  return {.rule = "data-crc",
          .run = "a",
          .path = path,
          .offset = offset,
          .message = "payload checksum mismatch"};
}

TEST_CASE("fatal errors: path, offset, message, hint") {
  const Error error{.code = ErrorCode::kIo,
                    .message = "no space",
                    .path = "runs/a",
                    .offset = 40,
                    .hint = "make room"};
  const auto fatal = [&](Messages& messages) { messages.fatal(error, ExitCode::kFailed); };
  CHECK(said(fatal) == "tfevents: runs/a@40: no space\nhint: make room\n");
  CHECK(said(fatal, {.quiet = true}) == "tfevents: runs/a@40: no space\nhint: make room\n");
  CHECK(said([](Messages& messages) {
          messages.fatal({.code = ErrorCode::kUsage, .message = "bad"}, ExitCode::kFailed);
        }) == "tfevents: bad\n");
}

TEST_CASE("fatal errors: the place stands below the message, for people alone") {
  const Error error{.code = ErrorCode::kUsage,
                    .message = "bad at character 3",
                    .hint = "write and",
                    .excerpt = "a && b\n  ^"};
  CHECK(said([&](Messages& messages) { messages.fatal(error, ExitCode::kFailed); }) ==
        "tfevents: bad at character 3\n    a && b\n      ^\nhint: write and\n");
  const auto text = said([&](Messages& messages) {
    messages.use_json(true);
    messages.fatal(error, ExitCode::kFailed);
  });
  CHECK(text.find("&&") == std::string::npos);
}

TEST_CASE("fatal errors under machine formats are one line of JSON") {
  const auto text = said([](Messages& messages) {
    messages.use_json(true);
    messages.fatal({.code = ErrorCode::kIo, .message = "no", .path = "a\xff", .offset = 40},
                   ExitCode::kFailed);
  });
  CHECK(text == R"({"schema":"tfevents.error/1","code":"io","message":"no","path":"a)"
                "\xEF\xBF\xBD"
                R"(","path_base64":"Yf8=","offset":40,"hint":null,"exit":2})"
                "\n");
}

TEST_CASE("a bug asks for a report") {
  const auto text = said([](Messages& messages) {
    messages.fatal({.code = ErrorCode::kInternal, .message = "oops"}, ExitCode::kBug);
  });
  CHECK(text.find("please report") != std::string::npos);
}

TEST_CASE("nothing from a file reaches the terminal raw") {
  const auto text = said([](Messages& messages) {
    messages.fatal({.code = ErrorCode::kIo,
                    .message = "a\nb\x1b[2J",
                    .path = "x\xe2\x80\xaey",
                    .hint = "c\x07"},
                   ExitCode::kFailed);
    messages.say("d\re", "f\x9b");
  });
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find('\r') == std::string::npos);
  CHECK(text.find("\xe2\x80\xae") == std::string::npos);
  CHECK(std::count(text.begin(), text.end(), '\n') == 4);
}

TEST_CASE("many alike problems are a few lines and a count") {
  std::vector<Problem> problems;
  for (std::uint64_t i = 0; i < 40; ++i) problems.push_back(damage(i % 2 == 0 ? "x" : "y", i));
  problems.front().hint = "fsck it";
  const auto text = said([&](Messages& messages) { messages.problems(problems, 0); });
  CHECK(text ==
        "tfevents: x@0: payload checksum mismatch\n"
        "tfevents: y@1: payload checksum mismatch\n"
        "tfevents: x@2: payload checksum mismatch\n"
        "tfevents: 37 more like it in 2 files\n"
        "hint: fsck it\n");
  const auto all =
      said([&](Messages& messages) { messages.problems(problems, 5); }, {.verbose = true});
  CHECK(std::count(all.begin(), all.end(), '\n') == 42);
  CHECK(all.find("5 further problems") != std::string::npos);
  CHECK(said([&](Messages& messages) { messages.problems(problems, 0); }, {.quiet = true}).empty());
}

TEST_CASE("notes are for those who want them") {
  Problem note = damage("x", 1);
  note.severity = Severity::kNote;
  const std::vector<Problem> problems{note};
  CHECK(said([&](Messages& messages) { messages.problems(problems, 0); }).empty());
  CHECK_FALSE(
      said([&](Messages& messages) { messages.problems(problems, 0); }, {.verbose = true}).empty());
}

TEST_CASE("dropped points: a line a run, many summed up") {
  std::vector<ops::Dropped> runs{{"a", 0, 814}, {"b", 1, 0}, {"c", 2, 1}};
  CHECK(said([&](Messages& messages) { messages.dropped(runs); }) ==
        "tfevents: a: 814 points of a restart dropped\n"
        "tfevents: b: 1 duplicate dropped\n"
        "tfevents: c: 1 point of a restart and 2 duplicates dropped\n"
        "hint: --view raw shows them\n");
  runs.push_back({"d", 1, 1});
  runs.push_back({"e", 1, 1});
  const auto text = said([&](Messages& messages) { messages.dropped(runs); });
  CHECK(text.find("2 points of a restart and 2 duplicates dropped in 2 more runs") !=
        std::string::npos);
  CHECK(said([&](Messages& messages) { messages.dropped({}); }).empty());
}

}  // namespace
}  // namespace tfevents::cli
