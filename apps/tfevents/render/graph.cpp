#include "graph.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.hpp"
#include "envelope.hpp"

namespace tfevents::render {
namespace {

// Of a Keras model the sum over what is known of its layers.
std::optional<std::uint64_t> parameters_of(const ops::GraphRow& row) {
  if (!row.model) return row.graph.parameters;
  if (row.model->parameters == 0 && row.model->unknown_layers != 0) return std::nullopt;
  return row.model->parameters;
}

// A Keras model has layers, and nothing to count otherwise.
std::optional<std::uint64_t> counted(const ops::GraphRow& row, std::uint64_t count) {
  return row.model ? std::nullopt : std::optional(count);
}

struct Count {
  const char* key;
  std::uint64_t value;
};
std::vector<Count> counts_of(const Graph& graph) {
  return {{"nodes", graph.nodes},
          {"edges", graph.edges},
          {"control_edges", graph.control_edges},
          {"inputs", graph.inputs},
          {"outputs", graph.outputs},
          {"missing_inputs", graph.missing_inputs},
          {"duplicate_names", graph.duplicate_names},
          {"graphs", graph.extras.parts},
          {"functions", graph.extras.functions},
          {"function_nodes", graph.extras.function_nodes},
          {"unread_nodes", graph.extras.unread_nodes},
          {"variables", graph.variables},
          {"slots", graph.slots},
          {"unsized_variables", graph.unsized_variables}};
}

void write_shape(JsonWriter& json, const std::optional<LayerShape>& shape) {
  json.key("output_shape");
  if (!shape) {
    json.null();
    return;
  }
  json.begin_array();
  for (const std::int64_t size : *shape) {
    if (size < 0) {
      json.null();
    } else {
      json.number(size);
    }
  }
  json.end_array();
}

void write_model(JsonWriter& json, const KerasModel& model) {
  json.begin_object();
  name_fields(json, "name", model.name);
  name_fields(json, "class", model.class_name);
  name_fields(json, "keras_version", model.keras_version);
  name_fields(json, "backend", model.backend);
  json.field("unknown_layers", model.unknown_layers).key("layers").begin_array();
  for (const KerasLayer& layer : model.layers) {
    json.begin_object();
    name_fields(json, "name", layer.name);
    name_fields(json, "class", layer.class_name);
    json.field("depth", layer.depth).field("model", layer.model).key("inputs").begin_array();
    for (const std::string& input : layer.inputs) json.string(input);
    json.end_array();
    write_shape(json, layer.output);
    json.field("parameters", layer.parameters).field("trainable", layer.trainable).end_object();
  }
  json.end_array().end_object();
}

void write_row(JsonWriter& json, const ops::GraphRow& row) {
  json.begin_object();
  name_fields(json, "run", row.run);
  name_fields(json, "path", row.path);
  name_fields(json, "tag", row.tag);
  name_fields(json, "kind", row.kind);
  json.field("form", to_string(row.form)).field("step", row.step);
  json.field("wall_time", row.wall_time);
  name_fields(json, "file", row.file);
  json.field("offset", row.offset).field("bytes", row.bytes);
  for (const Count& count : counts_of(row.graph)) json.field(count.key, counted(row, count.value));
  json.field("parameters", parameters_of(row)).key("ops").begin_object();
  for (const auto& [op, nodes] : sorted_ops(row.graph)) json.field(op, nodes);
  json.end_object().key("scopes").begin_array();
  for (const ops::GraphScope& scope : row.scopes) {
    json.begin_object();
    name_fields(json, "scope", scope.name);
    json.field("depth", scope.depth).field("nodes", scope.nodes);
    json.field("folded_nodes", scope.folded_nodes);
    json.field("parameters", scope.parameters).end_object();
  }
  json.end_array().key("devices").begin_array();
  for (const GraphExtras::Device& device : row.graph.extras.devices) {
    json.begin_object();
    name_fields(json, "device", device.name);
    json.field("nodes", device.nodes);
    json.field("node_seconds", static_cast<double>(device.micros) / 1e6).end_object();
  }
  json.end_array().key("model");
  if (row.model) {
    write_model(json, *row.model);
  } else {
    json.null();
  }
  json.end_object();
}

Column machine(std::string key) {
  return {.key = std::move(key), .people = false};
}

}  // namespace

std::vector<std::pair<std::string, std::uint64_t>> sorted_ops(const Graph& graph) {
  // Two names may be written alike: keys of a JSON object are there once.
  std::map<std::string, std::uint64_t> written;
  for (const auto& [op, nodes] : graph.ops) written[escape_invalid_utf8(op)] += nodes;
  std::vector<std::pair<std::string, std::uint64_t>> sorted(written.begin(), written.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return sorted;
}

std::string shape_text(const std::optional<LayerShape>& shape) {
  if (!shape) return "?";
  std::string text;
  for (const std::int64_t size : *shape)
    text += (text.empty() ? "" : ", ") + (size < 0 ? std::string("null") : std::to_string(size));
  return "(" + text + ")";
}

LazyTable graph_table(const ops::GraphReport& report) {
  std::vector<Column> columns = {machine("run"),
                                 machine("path"),
                                 name_column({}, "RUN"),
                                 name_column("tag", "TAG"),
                                 machine("kind"),
                                 {.key = "form", .header = "FORM"},
                                 {.key = "step", .header = "STEP"},
                                 machine("wall_time"),
                                 machine("file"),
                                 machine("offset"),
                                 {.key = "bytes", .header = "SIZE", .align = Align::kRight}};
  for (const Count& count : counts_of({})) {
    Column column = machine(count.key);
    if (column.key == "nodes" || column.key == "edges") {
      column.header = column.key == "nodes" ? "NODES" : "EDGES";
      column.people = true;
    }
    columns.push_back(std::move(column));
  }
  columns.push_back({.key = "layers", .header = "LAYERS"});
  columns.push_back({.key = "parameters", .header = "PARAMETERS"});
  const auto pass = [&report](const RowSource::Visit& visit) -> Status {
    for (const ops::GraphRow& row : report.rows) {
      std::vector<Cell> cells = {
          Cell::text(row.run),     Cell::text(row.path),      Cell::text(row.shown),
          Cell::text(row.tag),     Cell::text(row.kind),      Cell::text(to_string(row.form)),
          Cell::integer(row.step), Cell::time(row.wall_time), Cell::text(row.file),
          Cell::count(row.offset), Cell::bytes(row.bytes)};
      for (const Count& count : counts_of(row.graph))
        cells.push_back(Cell::count(counted(row, count.value)));
      cells.push_back(row.model ? Cell::count(std::uint64_t{row.model->layers.size()}) : Cell());
      cells.push_back(Cell::count(parameters_of(row)));
      TFEVENTS_CHECK(visit(cells));
    }
    return ok_status();
  };
  return {std::move(columns), pass};
}

LazyTable graph_ops_table(const ops::GraphReport& report) {
  std::vector<Column> columns = {machine("run"),
                                 name_column({}, "RUN"),
                                 name_column("tag", "TAG"),
                                 {.key = "step", .header = "STEP", .minor = true},
                                 name_column("op", "OP"),
                                 {.key = "nodes", .header = "NODES", .keep = true}};
  const auto pass = [&report](const RowSource::Visit& visit) -> Status {
    for (const ops::GraphRow& row : report.rows) {
      for (const auto& [op, nodes] : sorted_ops(row.graph)) {
        const Cell cells[] = {Cell::text(row.run),     Cell::text(row.shown), Cell::text(row.tag),
                              Cell::integer(row.step), Cell::text(op),        Cell::count(nodes)};
        TFEVENTS_CHECK(visit(cells));
      }
    }
    return ok_status();
  };
  return {std::move(columns), pass};
}

Status graph_json(const ops::GraphReport& report, View view, std::string_view version, Sink& sink) {
  return write_envelope(
      sink,
      {.command = "graph",
       .version = version,
       .now = report.now,
       .operands = report.operands,
       .view = view,
       .complete = report.outcome.complete},
      [&](JsonWriter& json) -> Status {
        for (const ops::GraphRow& row : report.rows) {
          write_row(json, row);
          TFEVENTS_CHECK(sink.drain());
        }
        return ok_status();
      },
      [&](JsonWriter& json) {
        std::set<std::string_view> runs;
        for (const ops::GraphRow& row : report.rows) runs.insert(row.path);
        json.field("graphs", report.rows.size()).field("runs", runs.size());
      },
      report.outcome.problems);
}

Status graph_jsonl(const ops::GraphReport& report, Sink& sink) {
  JsonWriter json(sink.out());
  for (const ops::GraphRow& row : report.rows) {
    write_row(json, row);
    json.end_line();
    TFEVENTS_CHECK(sink.drain());
  }
  return ok_status();
}

}  // namespace tfevents::render
