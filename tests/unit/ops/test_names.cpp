// -r, -x and -t that are no patterns: names, or else the usage error.
#include "unit/ops/world.hpp"

namespace tfevents::test {
namespace {

using Texts = std::vector<std::string>;

std::vector<Pattern> patterns(const Texts& texts, Pattern::Scope scope) {
  std::vector<Pattern> all;
  for (const std::string& text : texts) all.push_back(Pattern::parse_or_name(text, scope));
  return all;
}

/// Runs `a[b/one`, `a[b/two` and `plain`, each with the tags `x[!y]` and `loss`.
struct OddNames : World {
  Texts runs, exclude, tags;

  OddNames() {
    for (const char* name : {"a[b/one", "a[b/two", "plain"}) {
      run(name, [](RunBuilder& r) {
        r.scalar("x[!y]", {{0, 1}, {1, 2}}).scalar("loss", {{0, 3}});
      });
    }
  }

  /// The selection as another process has it: no name was met so far.
  OddNames& afresh() {
    select.runs = patterns(runs, Pattern::Scope::kTree);
    select.exclude = patterns(exclude, Pattern::Scope::kTree);
    select.tags = patterns(tags, Pattern::Scope::kName);
    return *this;
  }
  /// What every command says; all say the same.
  std::string refusal() {
    select.view = View::kRaw;
    const auto listed = afresh().try_ls();
    const std::string message = listed.ok() ? "" : listed.error().message;
    if (!listed.ok()) CHECK(listed.error().code == ErrorCode::kUsage);
    for (const auto what : {ops::DumpOptions::What::kPoints, ops::DumpOptions::What::kRecords,
                            ops::DumpOptions::What::kBytes}) {
      ops::DumpOptions options;
      options.what = what;
      CHECK(said(afresh().dump(options).report) == message);
    }
    ops::DumpOptions following;
    following.follow = true;
    following.wait = [] { return false; };
    CHECK(said(afresh().dump(following).report) == message);
    select.view = View::kClean;
    CHECK(said(afresh().dump().report) == message);
    return message;
  }
  template <class T>
  static std::string said(const Result<T>& result) {
    return result.ok() ? "" : result.error().message;
  }
};

TEST_CASE("a run or the directory above it is meant where it is named so") {
  OddNames w;
  w.runs = {"a[b"};
  CHECK(w.refusal().empty());
  CHECK(w.afresh().ls().rows.size() == 2);
  CHECK(w.afresh().fsck().files == 2);
  w.runs = {"a[b/two/"};
  CHECK(w.afresh().ls().rows.size() == 1);
  w.runs = {};
  w.exclude = {"a[b"};
  CHECK(w.refusal().empty());
  CHECK(w.afresh().ls().rows.size() == 1);
}

TEST_CASE("a bad pattern that names no run is refused, whatever else matches") {
  OddNames w;
  w.runs = {"plain", "a[c"};
  CHECK(w.refusal() == "--run: bad pattern 'a[c': '[' without ']' at position 2");
  w.runs = {"two["};
  CHECK_FALSE(w.refusal().empty());
  w.runs = {"plain"};
  w.exclude = {"re:("};
  CHECK(w.refusal().starts_with("--exclude: bad pattern 're:('"));
  // A run that -r did not choose is one that -x can name.
  w.exclude = {"a[b"};
  CHECK(w.refusal().empty());
}

TEST_CASE("of a tree without runs nothing can have the name") {
  OddNames w;
  w.memory.directory("/empty");
  w.select.operands = {"/empty"};
  w.runs = {"a[b"};
  CHECK_FALSE(w.afresh().try_ls().ok());
}

TEST_CASE("names that people read and names of the tree are both names") {
  OddNames w;
  w.select.operands = {"/logs/a[b", "/logs/plain"};
  w.runs = {"**", "/logs/a[b/one"};
  CHECK(w.afresh().ls().rows.size() == 3);
}

TEST_CASE("a tag is meant where it is named so") {
  OddNames w;
  w.tags = {"x[!y]"};
  CHECK(w.refusal().empty());
  w.select.view = View::kRaw;
  CHECK(w.afresh().dump().points.size() == 6);
  w.tags = {"**", "x[!y]"};
  CHECK(w.refusal().empty());
  CHECK(w.afresh().series("plain", "x[!y]").points == 2);
}

TEST_CASE("a bad pattern that names no tag is refused at the end, though others matched") {
  for (const unsigned jobs : {1U, 8U}) {
    OddNames w;
    w.jobs = jobs;
    w.tags = {"loss", "re:("};
    CHECK(w.refusal() == "--tag: bad pattern 're:(': missing ): ( at position 4");
    w.tags = {"x[!z]"};
    CHECK(w.refusal().find("cannot be negated at position 3") != std::string::npos);
  }
}

TEST_CASE("a tag in a run that -r leaves out is not there") {
  OddNames w;
  w.run("other", [](RunBuilder& r) { r.scalar("q[", {{0, 1}}); });
  w.tags = {"q["};
  CHECK(w.refusal().empty());
  w.runs = {"plain"};
  CHECK_FALSE(w.refusal().empty());
}

TEST_CASE("a damaged file hides a name only with the records that held it") {
  OddNames w;
  const std::string file = event_file([](RunBuilder& r) { r.scalar("d[", {{0, 1}, {1, 2}}); });
  const std::vector<std::size_t> at = record_offsets(file);
  w.memory.file("/logs/plain/z.tfevents", flip_byte(file, at[1] + 14, 1));
  w.tags = {"d["};
  CHECK(w.refusal().empty());
  CHECK_FALSE(w.afresh().ls().outcome.complete);
  w.memory.file("/logs/plain/z.tfevents", truncate_to(file, at[1] + 3));
  CHECK_FALSE(w.refusal().empty());
}

TEST_CASE("who stops a command is not told that a name is missing") {
  OddNames w;
  w.runs = {"a[c"};
  w.tags = {"re:("};
  w.stop.request();
  const auto listed = w.afresh().try_ls();
  REQUIRE_FALSE(listed.ok());
  CHECK(listed.error().code == ErrorCode::kCancelled);
}

}  // namespace
}  // namespace tfevents::test
