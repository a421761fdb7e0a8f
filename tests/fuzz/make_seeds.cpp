#include <filesystem>
#include <fstream>
#include <string>

#include "event/encode.hpp"
#include "event/wire.hpp"
#include "record/reader.hpp"
#include "support/damage.hpp"
#include "support/graph_content.hpp"
#include "support/logdir_builder.hpp"

// make_seeds DIRECTORY: writes DIRECTORY/record/* (files, whole and damaged), DIRECTORY/event/*
// (payloads), DIRECTORY/value/*, DIRECTORY/hparams/*, DIRECTORY/logdir/* (trees in few bytes),
// DIRECTORY/expr/*, DIRECTORY/graph/* and DIRECTORY/manifest/* for the fuzz targets to begin with.

using namespace tfevents;
using namespace tfevents::test;

namespace {

std::string all_kinds() {
  return event_file([](RunBuilder& r) {
    const HistogramBucket buckets[] = {{0, 1, 2}, {1, 2, 3}};
    const std::string_view parts[] = {"one", "two"};
    r.written_by("seeds").scalar("loss", {{0, 1.0F}, {1000, 0.5F}, {-5, 2.0F}});
    r.number("half", 1, Scalar::of(1.5, DType::kFloat16));
    r.number("int", 1, Scalar::of(std::int64_t{-3}), ScalarForm::kTensorTyped, {1, 1});
    r.text("note", 3, "hello").histogram("h", 4).image("i", 5).audio("a", 6);
    r.hparams("_hparams_/experiment", "abc").graph("graph").session(SessionStatus::kStart, 5);
    r.event(9, [&](SummaryBuilder& s) {
      s.scalar("a", 1)
          .scalar("b", 2)
          .histogram_tensor("ht", buckets)
          .image_tensor("it", 4, 3, parts);
    });
    r.with([](EventWriter& w, double at) { w.run_metadata({3, at}, "step1", "metadata"); });
  });
}

void write(const std::filesystem::path& path, std::string_view bytes) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::filesystem::path directory(argv[1]);
  const std::string file = all_kinds(), small = framed("one") + framed("two") + framed("three");
  write(directory / "record/whole", file);
  write(directory / "record/small", small);
  write(directory / "record/flipped", flip_byte(small, 20));
  write(directory / "record/length", flip_byte(small, 22));
  write(directory / "record/cut", truncate_to(small, 50));
  write(directory / "record/missing", remove_range(small, 32, 1));
  write(directory / "record/garbage", insert_garbage(small, 19, noise(30, 1)));
  write(directory / "record/zeros", append_nul(flip_byte(small, 51), 100));
  write(directory / "record/beyond", insert_garbage(small, 19, header_claiming(1000)));
  write(directory / "record/nested", framed(small) + header_claiming(30) + small);
  RecordReader reader(memory_source(as_bytes(file)));
  std::string tree, restart;  // See fuzz_logdir.cpp.
  for (int i = 0; reader.next() == RecordStep::kRecord; ++i) {
    const RecordView& record = reader.record();
    const std::string_view payload =
        as_text({record.payload, static_cast<std::size_t>(record.length)});
    write(directory / "event" / std::to_string(i), payload);
    // The values of a summary, for fuzz_value.
    wire::SpanReader in(as_bytes(payload));
    for (wire::Tag tag; !in.done() && wire::read_tag(in, tag);) {
      std::uint64_t length = 0;
      if (tag.field != 5 && !wire::skip_field(in, tag, wire::kMaxDepth)) break;
      if (tag.field == 5 && wire::read_length(in, length) && wire::read_tag(in, tag) &&
          wire::read_length(in, length)) {
        write(directory / "value" / std::to_string(i),
              as_text({in.data(), static_cast<std::size_t>(length)}));
        break;
      }
    }
    const std::string piece = char(payload.size()) + std::string(payload);
    tree += char(i % 4) + piece + char(2) + piece;
    restart += char(i % 5) + piece;
  }
  // A session of one number and one truth, its end, and an experiment that announces both.
  const auto field = [](std::uint32_t number, const std::string& bytes) {
    std::string out;
    wire::Encoder(out).bytes(number, bytes);
    return out;
  };
  const std::string half("\x11\0\0\0\0\0\0\xE0\x3F", 9), truth = "\x20\x01";
  write(directory / "hparams/start", field(3, field(1, field(1, "lr") + field(2, half)) +
                                                  field(1, field(1, "bn") + field(2, truth))));
  write(directory / "hparams/end", field(4, "\x08\x01" + half));
  write(directory / "hparams/experiment",
        field(2, field(4, field(1, "lr") + "\x20\x03" + field(5, field(1, truth))) +
                     field(5, field(1, field(2, "acc")))));
  write(directory / "graph/graph", small_graph());
  write(directory / "graph/meta", inside(2, small_graph()) + inside(1, "info"));
  write(directory / "graph/traced", inside(4, inside(2, small_graph())) +
                                        inside(1, inside(1, inside(1, "cpu") + inside(2, ""))));
  write(directory / "graph/functions",
        small_graph() +
            inside(2, inside(1, inside(1, "") + inside(3, deep_node(9)) + inside(4, ""))));
  write(directory / "graph/deep", inside(1, deep_node(200)));
  write(
      directory / "graph/keras",
      R"({"class_name":"Functional","config":{"layers":[{"class_name":"InputLayer","name":"i",)"
      R"("config":{"batch_shape":[null,4,4,1]}},{"class_name":"Conv2D","name":"c","config":{)"
      R"("filters":2,"kernel_size":[3,3],"padding":"same","x":NaN},"inbound_nodes":[[["i",0,0]]]},)"
      R"({"class_name":"Sequential","name":"s","config":{"layers":[{"class_name":"Bidirectional",)"
      R"("config":{"layer":{"class_name":"LSTM","config":{"units":3}}}}]}}]}})");
  write(directory / "logdir/tree", tree);
  write(directory / "logdir/again", restart + restart + tree + restart);
  write(directory / "expr/logic", R"(not (hp."x y" > -1e-3 or a = true) and run.name ~ "a|b")");
  write(directory / "expr/calls",
        "p99.9(m(B)[0], -5:) - at(\"a\\\"\",5) < mean(x, step=1:2) / abs(lr)");
  write(directory / "expr/reached",
        "first_step(loss<0.3) <= 2G and ratio(a != 5, :-7) in (1, \"b\")");
  write(directory / "expr/best",
        "at_best(lr, max(val/acc)) + at_best(b, loss) != layout.a * 1d12h");
  // A batch of the trash: announced, then what happened on the way.
  write(
      directory / "manifest/whole",
      R"({"type":"batch","schema":"tfevents.trash/1","batch":"20261123-030001","time":1795402801.5,)"
      R"("dev":66,"uid":0,"user":"root","host":"n","pid":7,"command":"c","policy":"p"})"
      "\n"
      R"({"type":"directory","path":"a","dev":66,"ino":2,"bytes":9,"mtime_ns":-5,"atime_ns":6,)"
      R"("mode":493,"uid":1,"gid":2})"
      "\n"
      R"({"type":"file","number":1,"path":"a/\ufffd","path_base64":"YS//","trial":"a","run":"a",)"
      R"("kind":"regular","dev":66,"ino":18446744073709551615,"bytes":3,"mtime_ns":4})"
      "\n"
      R"({"type":"sealed","files":1,"directories":1})"
      "\n"
      R"({"type":"file","number":2,"path":"a/b","trial":"a","run":"a","kind":"link","dev":66,)"
      R"("ino":3,"bytes":1,"mtime_ns":0,"stray":true})"
      "\n{\"torn\n"
      R"({"type":"gone","path":"a"})"
      "\n"
      R"({"type":"touched","path":"a","ino":8,"mtime_ns":1,"made":true})"
      "\n");
}
