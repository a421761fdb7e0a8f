#include "commands/graph.hpp"

#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/answer.hpp"
#include "cli/env.hpp"
#include "cli/version.hpp"
#include "ops/graph_dot.hpp"
#include "render/graph.hpp"

namespace tfevents::cli {
namespace {

constexpr std::uint32_t kDefaultDepth = 2, kMaxDepth = 64;

// What makes no sense together. Nothing is silently ignored.
Status check(const GraphArguments& arguments) {
  if (arguments.depth.value_or(0) > kMaxDepth)
    return usage(fmt::format("--depth: at most {}", kMaxDepth));
  const int shapes = int{arguments.ops} + int{arguments.dot} + int{arguments.pbtxt};
  if (shapes > 1) return usage("--ops, --dot and --pbtxt exclude each other");
  if (arguments.dot || arguments.pbtxt) {
    const char* const name = arguments.dot ? "--dot" : "--pbtxt";
    if (arguments.output.format)
      return usage(std::string(name) + " is a format of its own: it goes with no other");
  }
  if (arguments.pbtxt && arguments.depth)
    return usage("--pbtxt writes every node: it goes with no --depth");
  const Format format = arguments.output.format.value_or(Format::kTable);
  if (arguments.ops && (format == Format::kJson || format == Format::kJsonl))
    return usage("--ops goes with tables: JSON has the operations of every graph anyway");
  return ok_status();
}

Status write_answer(const GraphArguments& arguments, const ops::GraphReport& report, View view,
                    const render::Screen& screen, Sink& sink) {
  const Format format = arguments.output.format.value_or(Format::kTable);
  if (format == Format::kJson) return render::graph_json(report, view, version_number(), sink);
  if (format == Format::kJsonl) return render::graph_jsonl(report, sink);
  if (!arguments.ops && format == Format::kTable)
    return render::graph_screen(report, screen, arguments.all, sink);
  const LazyTable table =
      arguments.ops ? render::graph_ops_table(report) : render::graph_table(report);
  if (format == Format::kCsv) return render_csv(table, sink);
  if (format == Format::kMarkdown) return render_markdown(table, sink);
  TFEVENTS_TRY(const std::size_t dropped, render_table(table, screen.table_style(), sink));
  sink.out() += render::more_columns(dropped, false);
  return ok_status();
}

// The one graph that --dot or --pbtxt writes.
Result<const ops::GraphRow*> chosen_row(const ops::GraphReport& report, const char* option) {
  if (report.exported) return &report.rows[*report.exported];
  if (report.exportable_runs > 1) {
    return usage(
        fmt::format("{} writes one graph, and {} runs have some", option, report.exportable_runs),
        "choose a run, as with -r");
  }
  return nullptr;
}

Status write_graph(const GraphArguments& arguments, const ops::GraphRow& row, Sink& sink) {
  const TextVisit write = [&sink](std::string_view text) {
    sink.out() += text;
    return sink.drain();
  };
  if (arguments.pbtxt) return write_pbtxt(row.serialized, row.form, write);
  std::optional<std::uint32_t> depth;
  if (arguments.depth) depth = static_cast<std::uint32_t>(*arguments.depth);
  return ops::write_dot(row, depth, write);
}

}  // namespace

GraphCommand::GraphCommand(OptionAdder& add) {
  add.flag({"--ops", "", "Listing", "List operations and their nodes", ""}, arguments.ops);
  add.value({"--depth", "N", "Listing", "Tell name scopes apart down to level N [2]",
             "Scopes below are counted with the one they are in; 0 shows none. With --dot all "
             "nodes of a scope of that level are one box; there every node has a box of its own "
             "where --depth is not given.",
             ValueKind::kCount},
            arguments.depth);
  add.flag({"--all", "", "Listing", "Cut no list short on a terminal", ""}, arguments.all);
  add.flag({"--dot", "", "Output", "Write one graph for Graphviz",
            "Of several graphs a graph is taken rather than a meta graph, that rather than a "
            "traced function, that rather than a Keras model, and of equals the last; standard "
            "error says which, and -t chooses another.",
            ValueKind::kNone},
           arguments.dot);
  add.flag({"--pbtxt", "", "Output", "Write one graph as protobuf text",
            "Under the names of tensorflow/core/framework/graph.proto, so that other tools read "
            "it. The graph is chosen as with --dot.",
            ValueKind::kNone},
           arguments.pbtxt);
  add_run_options(add, arguments.runs);
  add_scalar_options(add, arguments.points);
  add_output_options(add, arguments.output);
  add_strict_option(add, arguments.strict);
}

Result<ops::GraphOptions> GraphCommand::options(const Env& env) const {
  TFEVENTS_CHECK(check(arguments));
  ops::GraphOptions options;
  TFEVENTS_TRY(options.select,
               make_selection(arguments.runs, &arguments.points, View::kClean, env));
  options.select.kinds = {"graphs", "run_metadata"};
  options.depth = static_cast<std::uint32_t>(arguments.depth.value_or(kDefaultDepth));
  options.keep_bytes = arguments.dot || arguments.pbtxt;
  options.keras = !arguments.pbtxt;
  return options;
}

Result<ExitCode> GraphCommand::run(Env& env) {
  TFEVENTS_TRY(const ops::GraphOptions chosen, options(env));
  TFEVENTS_TRY(const auto output,
               open_output(arguments.output, env,
                           {.inputs = arguments.runs.operands, .format = asked_format()}));
  TFEVENTS_TRY(ops::GraphReport report, ops::read_graphs(chosen, env.context()));
  env.progress().finish();
  Sink sink = sink_of(*output);
  if (chosen.keep_bytes) {
    TFEVENTS_TRY(const ops::GraphRow* const row,
                 chosen_row(report, arguments.dot ? "--dot" : "--pbtxt"));
    if (row != nullptr) {
      TFEVENTS_CHECK(write_graph(arguments, *row, sink));
    } else if (!report.rows.empty()) {
      report.outcome.matched_nothing = true;
      report.outcome.nothing = arguments.pbtxt ? "no graph of operations to write, only others"
                                               : "no graph to draw: all that there are are empty";
    }
    TFEVENTS_CHECK(finish_output(*output, report.outcome, arguments.strict, env));
    if (row != nullptr && report.rows.size() > 1) {
      env.messages().say(fmt::format("wrote {} of step {}, of {} graphs (-t chooses)",
                                     printable(row->tag), row->step, report.rows.size()));
    }
    return report_outcome(report.outcome, arguments.strict, env);
  }
  TFEVENTS_CHECK(
      write_answer(arguments, report, chosen.select.view, screen_of(*output, env), sink));
  TFEVENTS_CHECK(finish_output(*output, report.outcome, arguments.strict, env));
  return report_outcome(report.outcome, arguments.strict, env);
}

}  // namespace tfevents::cli
