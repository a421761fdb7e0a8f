#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "event/encode.hpp"
#include "support/damage.hpp"
#include "support/fault_sys.hpp"
#include "support/resident_bytes.hpp"
#include "unit/ops/extract_world.hpp"

// dump --extract: what becomes which file, under which name, and what can go wrong.

namespace tfevents {
namespace {

using namespace test;
using namespace std::string_literals;  // NOLINT(google-build-using-namespace)
using Names = std::vector<std::string>;

const std::string kGif = "GIF89a\x02" + std::string(1, '\0') + "\x03" + std::string(4, '\0') + ";";

SummaryMetadata plugin(std::string name, std::string content = "") {
  SummaryMetadata metadata;
  metadata.plugin = std::move(name);
  metadata.content = std::move(content);
  return metadata;
}

std::string floats(std::initializer_list<float> numbers, const Shape& shape) {
  std::string bytes;
  for (const float number : numbers) wire::Encoder(bytes).raw_fixed(number);
  return content_tensor(DType::kFloat32, bytes, shape);
}

TEST_CASE("extract: each kind becomes its file, and the index says which") {
  ExtractWorld world;
  world.run("a", [](RunBuilder& r) {
    const std::string_view two[] = {kGif, kGif};
    const std::string_view table[] = {"h1", "h2", "a\tb", "c\nd\\"};
    r.scalar("loss", {{0, 1}}).histogram("h", 0).image("old", 3, kGif).text("note", -5, "# *hi*\n");
    r.event(7, [&](SummaryBuilder& s) {
      s.image_tensor("new", 2, 3, two)
          .tensor("table", string_tensor(table, {2, 2}), plugin("text"));
      s.tensor("raw", floats({1.5F, 2.5F}, {2}), plugin("tensor"));
    });
    r.audio("sound", 1, "fLaC");
    r.graph("\x0A\x06\x0A\x01n\x12\x01O");
    r.with([](EventWriter& w, double at) { w.run_metadata({3, at}, "step1", "metadata"); });
    r.event(9, [&](SummaryBuilder& s) {
      const std::string_view keras[] = {R"({"class_name":"Sequential","config":{}})"};
      s.tensor("keras", string_tensor(keras, {}), plugin("graph_keras_model", "1"));
    });
  });
  const ops::ExtractReport report = world.extracted();
  CHECK(world.files() == Names{"a/__run_graph__/0.pbtxt", "a/keras/9.json", "a/new/7_0.gif",
                               "a/new/7_1.gif", "a/note/neg5.md", "a/old/3.gif", "a/raw/7.npy",
                               "a/sound/1.flac", "a/step1/3.pb", "a/table/7.txt"});
  CHECK(report.files == 10);
  CHECK(report.others == 2);  // The number and the histogram.
  CHECK(report.outcome.complete);
  CHECK(world.bytes("a/old/3.gif") == kGif);
  CHECK(world.bytes("a/note/neg5.md") == "# *hi*\n");
  CHECK(world.bytes("a/table/7.txt") == "h1\th2\na\\tb\tc\\nd\\\\\n");
  CHECK(world.bytes("a/step1/3.pb") == "metadata");
  CHECK(world.bytes("a/__run_graph__/0.pbtxt").find("name: \"n\"") != std::string::npos);
  CHECK(world.bytes("a/keras/9.json").find("Sequential") != std::string::npos);
  const std::string npy = world.bytes("a/raw/7.npy");
  CHECK(npy.size() == 128 + 8);
  CHECK(
      npy.substr(10, 58).starts_with("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }"));
  CHECK(npy[127] == '\n');
  const std::string index = world.bytes("index.json");
  CHECK(index.starts_with("begin\na|old|images|3|0|a/old/3.gif|image/gif|14\n"));
  CHECK(index.find("a|new|images|7|1|a/new/7_1.gif|image/gif|14\n") != std::string::npos);
  CHECK(index.ends_with("end 10\n"));
}

TEST_CASE("extract: no name from a file becomes a path, an option or a hidden file") {
  ExtractWorld world;
  const std::vector<std::string> tags{"..",
                                      ".",
                                      "../../etc/passwd",
                                      "/abs",
                                      "-rf",
                                      "a/b",
                                      "a_b",
                                      "A_B",
                                      "x\n\x1b[0m",
                                      "\xff",
                                      "\u202egnp",
                                      "index.json",
                                      std::string(3000, 'l') + "1",
                                      std::string(3000, 'l') + "2"};
  world.run("..hidden", [&](RunBuilder& r) {
    for (const std::string& tag : tags) r.image(tag, 0, kGif);
  });
  world.run("index.json", [&](RunBuilder& r) { r.image("i", 0, kGif); });
  world.run("INDEX.JSON", [&](RunBuilder& r) { r.image("i", 0, kGif); });
  CHECK(world.extracted().files == tags.size() + 2);
  const Names files = world.files();
  CHECK(files.size() == tags.size() + 2);
  for (const std::string& file : files) {
    CAPTURE(file);
    std::size_t parts = 0;
    for (const auto& part : std::filesystem::path(file)) {
      ++parts;
      const std::string name = part;
      CHECK(name.front() != '.');
      CHECK(name.front() != '-');
      CHECK(name.size() < 230);
    }
    CHECK(parts == 3);
  }
  CHECK(std::count(files.begin(), files.end(), "_.hidden/a_b/0.gif") == 1);
  CHECK(std::count(files.begin(), files.end(), "_.hidden/a_b~2/0.gif") == 1);
  CHECK(std::count(files.begin(), files.end(), "_.hidden/A_B~3/0.gif") == 1);
  CHECK(std::count(files.begin(), files.end(), "index.json~3/i/0.gif") == 1);
}

TEST_CASE("extract: repeats of a step are numbered, and the clean view has one of them") {
  const auto fill = [](RunBuilder& r) {
    for (int i = 0; i < 25; ++i) r.image("i", 5, kGif + std::to_string(i) + ";");
    r.image("i", 6, kGif).next_file().image("i", 5, kGif).image("i", 7, kGif);
  };
  ExtractWorld raw;
  raw.run("a", fill);
  CHECK(raw.extracted().files == 28);
  CHECK(raw.bytes("a/i/5.gif") == kGif + "0;");
  CHECK(raw.bytes("a/i/5.24.gif") == kGif + "24;");
  CHECK(raw.bytes("a/i/5.25.gif") == kGif);
  ExtractWorld clean;
  clean.options.select.view = View::kClean;
  clean.run("a", fill);
  const ops::ExtractReport report = clean.extracted();
  CHECK(clean.files() == Names{"a/i/5.gif", "a/i/7.gif"});
  CHECK(clean.bytes("a/i/5.gif") == kGif);
  REQUIRE(report.outcome.dropped.size() == 1);
  CHECK(report.outcome.dropped[0].restart + report.outcome.dropped[0].duplicates == 26);
}

TEST_CASE("extract: tags, kinds, steps and the last points are chosen as ever") {
  const auto files = [](const std::function<void(Selection&)>& choose) {
    ExtractWorld world;
    choose(world.options.select);
    world.run("a", [](RunBuilder& r) {
      for (int i = 0; i < 4; ++i) r.image("i", i, kGif).text("t", i, "x");
    });
    world.extracted();
    return world.files();
  };
  CHECK(files([](Selection& s) {
          s.kinds = {"text"};
          s.last = 2;
        }) == Names{"a/t/2.md", "a/t/3.md"});
  CHECK(files([](Selection& s) {
          s.tags = {*Pattern::parse("i", Pattern::Scope::kName)};
          s.first_step = s.last_step = 1;
        }) == Names{"a/i/1.gif"});
}

TEST_CASE("extract: what is damaged is written as it is, and said") {
  ExtractWorld world;
  world.run("a", [](RunBuilder& r) {
    r.image("cut", 0, kGif.substr(0, 10)).image("odd", 0, "????").image("empty", 0, "");
    r.image("png", 0, std::string("\x89PNG\r\n\x1A\n") + "....")
        .audio("wav", 0, "RIFF\xFF\xFF\0\0WAVE");
    r.graph("\xFF\xFF\xFF");
  });
  const ops::ExtractReport report = world.extracted();
  CHECK(world.files() == Names{"a/__run_graph__/0.pb", "a/cut/0.gif", "a/empty/0.bin",
                               "a/odd/0.bin", "a/png/0.png", "a/wav/0.bin"});
  CHECK(world.bytes("a/cut/0.gif") == kGif.substr(0, 10));
  CHECK(world.bytes("a/__run_graph__/0.pb") == "\xFF\xFF\xFF");
  CHECK(report.outcome.complete);  // Nothing was left out.
  std::vector<std::string> said;
  for (const Problem& problem : report.outcome.problems)
    said.push_back(problem.rule + " " + *problem.tag + ": " + problem.message);
  std::sort(said.begin(), said.end());
  REQUIRE(said.size() == 6);
  CHECK(said[0] == "damaged-media cut: no end of image/gif after 10 bytes");
  CHECK(said[1] == "damaged-media empty: it has no bytes");
  CHECK(said[2] == "damaged-media odd: no format that is known, 4 bytes");
  CHECK(said[5].starts_with("undecodable-value __run_graph__: written as it is: "));
}

TEST_CASE("extract: a value that is not what it says is left out, and the answer incomplete") {
  ExtractWorld world;
  world.run("a", [](RunBuilder& r) {
    const std::string_view wrong[] = {"wide", "high", kGif};
    r.event(0, [&](SummaryBuilder& s) {
      s.tensor("i", string_tensor(wrong, {3}), plugin("images"));
      s.tensor("lies", floats({1, 2, 3}, {1000, 1000}), plugin("tensor"));
    });
    r.image("good", 0, kGif);
  });
  const ops::ExtractReport report = world.extracted();
  CHECK(!report.outcome.complete);
  CHECK(world.files() == Names{"a/good/0.gif", "a/lies/0.npy"});
  // Never believed: three numbers, as a list.
  CHECK(world.bytes("a/lies/0.npy")
            .substr(10)
            .starts_with("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }"));
}

TEST_CASE("extract: vertices, faces and colours of one step are one mesh") {
  ExtractWorld world;
  world.run("a", [](RunBuilder& r) {
    for (int step = 0; step < 2; ++step) {
      r.event(step, [&](SummaryBuilder& s) {
        s.tensor("m_VERTEX", floats({0, 0, 0, 1, 0, 0, 0, 1, 0}, {1, 3, 3}), plugin("mesh"));
        s.tensor("m_FACE", floats({0, 1, 2}, {1, 1, 3}), plugin("mesh"));
        s.tensor("m_COLOR", floats({255, 0, 0, 300, -1, 7, 1, 2, 3}, {1, 3, 3}), plugin("mesh"));
        s.tensor("two_VERTEX", floats({1, 2, 3, 4, 5, 6}, {2, 1, 3}), plugin("mesh"));
        s.tensor("lonely_FACE", floats({0, 1, 2}, {1, 1, 3}), plugin("mesh"));
        s.tensor("flat_VERTEX", floats({0, 1}, {2}), plugin("mesh"));
      });
    }
  });
  const ops::ExtractReport report = world.extracted();
  CHECK(world.files() == Names{"a/flat_VERTEX/0.npy", "a/flat_VERTEX/1.npy", "a/m_VERTEX/0.ply",
                               "a/m_VERTEX/1.ply", "a/two_VERTEX/0_0.ply", "a/two_VERTEX/0_1.ply",
                               "a/two_VERTEX/1_0.ply", "a/two_VERTEX/1_1.ply"});
  std::string body = "end_header\n";
  const auto vertex = [&](float x, float y, float z, std::string_view rgb) {
    wire::Encoder(body).raw_fixed(x).raw_fixed(y).raw_fixed(z);
    body += rgb;
  };
  vertex(0, 0, 0, std::string_view("\xFF\0\0", 3));
  vertex(1, 0, 0, std::string_view("\xFF\0\7", 3));
  vertex(0, 1, 0, "\1\2\3");
  body += '\3';
  wire::Encoder(body).raw_fixed(0).raw_fixed(1).raw_fixed(2);
  const std::string ply = world.bytes("a/m_VERTEX/1.ply");
  CHECK(ply.starts_with("ply\nformat binary_little_endian 1.0\nelement vertex 3\n"));
  CHECK(ply.ends_with(body));
  CHECK(world.bytes("a/two_VERTEX/0_1.ply").find("red") == std::string::npos);
  std::size_t lonely = 0;
  for (const Problem& problem : report.outcome.problems)
    lonely += problem.message == "a mesh without vertices is not written" ? 1U : 0U;
  CHECK(lonely == 2);
}

TEST_CASE("extract: tensors of types that numpy has no name for, and of shapes that are none") {
  ExtractWorld world;
  world.run("a", [](RunBuilder& r) {
    const auto put = [&](std::string_view tag, DType dtype, std::string_view bytes, Shape shape) {
      r.event(0, [&](SummaryBuilder& s) {
        s.tensor(tag, content_tensor(dtype, bytes, shape), plugin("tensor"));
      });
    };
    put("bfloat", DType::kBfloat16, "\xC0\x3F\0\xC0"s, {2});
    put("bool", DType::kBool, "\x07\0"s, {1, 2});
    put("complex", DType::kComplex64, "\0\0\x80\x3F\0\0\0\x40"s, {1, 1, 1});
    put("half", DType::kFloat16, "\0\x3E\0\xC0"s, {2});
    put("nothing", DType::kInt64, "", {0, 3});
    put("torn", DType::kInt32, "\1\0\0\0\2\0\0\0\3"s, {2});
    put("unknown", DType::kResource, "abc", {3});
    r.event(0, [](SummaryBuilder& s) {
      s.tensor("typed", element_tensor(DType::kUint8, 200, TensorLayout::kTyped, Shape{3}),
               plugin("my_plugin"));
    });
  });
  const ops::ExtractReport report = world.extracted();
  const auto npy = [&](const std::string& tag) {
    const std::string bytes = world.bytes("a/" + tag + "/0.npy");
    const std::size_t header = 10 + static_cast<std::uint8_t>(bytes[8]);
    CHECK(bytes.starts_with("\x93NUMPY\x01\0"s));
    CHECK(header % 64 == 0);
    return bytes.substr(10, bytes.find(" }") - 10) + "|" + bytes.substr(header);
  };
  const auto expected = [](const char* descr, const char* shape, std::string_view bytes) {
    return std::string("{'descr': '") + descr + "', 'fortran_order': False, 'shape': " + shape +
           ",|" + std::string(bytes);
  };
  CHECK(npy("bfloat") == expected("<f4", "(2,)", "\0\0\xC0\x3F\0\0\0\xC0"s));
  CHECK(npy("bool") == expected("|b1", "(1, 2)", "\1\0"s));
  CHECK(npy("complex") == expected("<c8", "(1, 1, 1)", "\0\0\x80\x3F\0\0\0\x40"s));
  CHECK(npy("half") == expected("<f2", "(2,)", "\0\x3E\0\xC0"s));
  CHECK(npy("nothing") == expected("<i8", "(0, 3)", ""));
  CHECK(npy("torn") == expected("<i4", "(2,)", "\1\0\0\0\2\0\0\0"s));
  CHECK(npy("typed") == expected("|u1", "(3,)", "\xC8\xC8\xC8"));
  CHECK(!world.temp.exists("out/a/unknown"));
  std::string rules;
  for (const Problem& problem : report.outcome.problems)
    rules += problem.rule + " " + *problem.tag + "; ";
  CHECK(rules == "inconsistent-value torn; no-file unknown; ");
  CHECK(report.outcome.complete);
}

TEST_CASE("extract: the directory is new, empty, outside of the runs, and no link") {
  const auto refused = [](ExtractWorld& world) {
    world.run("a", [](RunBuilder& r) { r.image("i", 0, kGif); });
    const auto report = world.extract();
    REQUIRE(!report.ok());
    return report.error().message;
  };
  ExtractWorld full, inside, within, link, file;
  full.temp.write("out/x", "mine");
  CHECK(refused(full) == "the directory is not empty, and nothing in it is overwritten");
  CHECK(full.files() == Names{"x"});
  inside.options.directory = inside.temp / "logs/a/out";
  CHECK(refused(inside) == "the directory for the files lies in the run a");
  CHECK(!inside.temp.exists("logs/a/out"));
  within.temp.make_directory("logs/a/deep");
  within.options.directory = within.temp / "logs/a/deep/er/";
  within.temp.make_directory("logs/a/deep/er");
  CHECK(refused(within) == "the directory for the files lies in the run a");
  link.temp.make_directory("elsewhere");
  link.temp.make_link("out", "elsewhere");
  CHECK(!refused(link).empty());
  file.temp.write("out", "mine");
  CHECK(refused(file) == "not a directory");
  // Beside the runs is fine: nothing of a run lies there.
  ExtractWorld beside;
  beside.options.directory = beside.temp / "logs/out";
  beside.run("a", [](RunBuilder& r) { r.image("i", 0, kGif); });
  CHECK(beside.extracted().files == 1);
}

TEST_CASE("extract: a selection without files leaves no directory") {
  ExtractWorld world;
  world.run("a", [](RunBuilder& r) { r.scalar("loss", {{0, 1}}).histogram("h", 1); });
  const ops::ExtractReport report = world.extracted();
  CHECK(report.outcome.matched_nothing);
  CHECK(report.outcome.nothing == "2 selected points are of kinds that become no files");
  CHECK(!world.temp.exists("out"));
}

TEST_CASE("extract: the same files and index for any number of workers") {
  const auto all = [](unsigned jobs) {
    ExtractWorld world;
    world.jobs = jobs;
    for (int run = 0; run < 12; ++run) {
      world.run("r" + std::to_string(run), [&](RunBuilder& r) {
        for (int i = 0; i < 20; ++i)
          r.image("i", i, kGif).text("t/" + std::to_string(i % 3), i, "x");
      });
    }
    world.extracted();
    std::string out = world.bytes("index.json");
    for (const std::string& file : world.files()) out += file + "\n" + world.bytes(file) + "\n";
    return out;
  };
  CHECK(all(1) == all(8));
}

TEST_CASE("extract: trouble at any call ends with whole files or none, and is said") {
  std::uint64_t failed = 0;
  for (std::uint64_t n = 0;; ++n) {
    ExtractWorld world;
    world.options.select.view = View::kClean;
    world.run("a", [](RunBuilder& r) {
      r.image("i", 1, kGif).image("i", 1, kGif).text("t", 1, "text");
      r.event(2, [&](SummaryBuilder& s) {
        s.tensor("m_VERTEX", floats({1, 2, 3}, {1, 1, 3}), plugin("mesh"));
      });
    });
    FaultSys faults(real_sys());
    faults.fail_at(n, ENOSPC);
    world.sys = &faults;
    const auto report = world.extract();
    const Names files = world.files();
    for (const std::string& file : files) {
      CAPTURE(n);
      CAPTURE(file);
      // What has a name is whole; what has none was taken away again.
      if (file.ends_with(".gif")) CHECK(world.bytes(file) == kGif);
      if (file.ends_with(".md")) CHECK(world.bytes(file) == "text");
      CHECK((report.ok() || file.find(".tfe-") == std::string::npos || faults.fired()));
    }
    if (!faults.fired()) {
      CHECK(report->files == 3);
      break;
    }
    if (report.ok()) {
      CHECK((report->files == 3 || !report->outcome.complete || !report->outcome.problems.empty() ||
             report->outcome.matched_nothing));
      continue;
    }
    ++failed;
    CHECK(!world.temp.exists("out/index.json"));
  }
  CHECK(failed > 10);
}

TEST_CASE("extract: a full disk says what is complete") {
  ExtractWorld world;
  world.run("a", [](RunBuilder& r) {
    for (int i = 0; i < 100; ++i) r.image("i", i, kGif + std::string(1000, 'x') + ";");
  });
  FaultSys faults(real_sys());
  faults.fill_disk_after(20'000);
  world.sys = &faults;
  const auto report = world.extract();
  REQUIRE(!report.ok());
  CHECK(report.error().code == ErrorCode::kIo);
  const Names files = world.files();
  CHECK(!files.empty());
  CHECK(files.size() < 20);
  CHECK(report.error().hint.starts_with(std::to_string(files.size()) + " files are complete in "));
}

}  // namespace
}  // namespace tfevents
