#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace tfevents {

// Graphs of operations, as they lie serialized in events and in tensors of strings. Sources:
// tensorflow/core/framework/{graph,node_def,attr_value,function}.proto,
// tensorflow/core/protobuf/{config,meta_graph}.proto, and FORMAT 4.10.

/// Which message the bytes of a graph are.
enum class GraphForm : std::uint8_t {
  kGraph,        ///< `GraphDef`.
  kMetaGraph,    ///< `MetaGraphDef`.
  kRunMetadata,  ///< `RunMetadata`: the graphs of traced functions, or of a session's devices.
  kKeras,        ///< A Keras model as JSON; see keras_model.hpp.
};
/// `graph_def`, `meta_graph_def`, `run_metadata` or `keras_model`.
[[nodiscard]] const char* to_string(GraphForm form) noexcept;

/// What the tensors of a plugin hold; nothing for a plugin that keeps no graphs.
/// Source: tensorboard/plugins/graph/metadata.py.
[[nodiscard]] std::optional<GraphForm> graph_form_of_plugin(std::string_view plugin) noexcept;

/// Graphs above this are not loaded: it is protobuf's own limit halved, and nobody looks at one.
inline constexpr std::uint64_t kMaxGraphBytes = std::uint64_t{1} << 30;
/// A node above this, which is a constant then, is not looked into: only its name, operation,
/// device and inputs are read, and the text format leaves its attributes out.
inline constexpr std::uint64_t kMaxNodeBytes = std::uint64_t{16} << 20;

/// One operation of a graph. Names are raw bytes; all views live during the call.
struct GraphNode {
  std::string_view name, op, device;
  /// As written: `node`, `node:output`, `^node`.
  std::span<const std::string_view> inputs;
  /// Which graph it belongs to, from 0 on, where a message holds several.
  std::uint32_t part = 0;
  /// It holds state: a variable. Placed with another one it is a slot, as optimizers keep them.
  bool variable = false, slot = false;
  /// Elements of a variable; nothing where its shape is not known.
  std::optional<std::uint64_t> elements;
};

/// What an input refers to: `^` says that it only waits, `:k` that it takes output k.
struct GraphInput {
  std::string_view node;  ///< Without both.
  bool control = false;
};
[[nodiscard]] GraphInput parse_input(std::string_view input) noexcept;

/// What a message holds besides its nodes.
struct GraphExtras {
  /// Graphs of nodes: more than 1 where several functions were traced or several devices used.
  std::uint32_t parts = 0;
  std::uint64_t functions = 0;       ///< Of the library.
  std::uint64_t function_nodes = 0;  ///< In their bodies; not given to the visitor.
  std::uint64_t unread_nodes = 0;    ///< Above kMaxNodeBytes.
  /// Of run metadata: a device and what ran on it.
  struct Device {
    std::string name;
    std::uint64_t nodes = 0;
    std::uint64_t micros = 0;  ///< Summed over the nodes; they may run at the same time.
  };
  std::vector<Device> devices;  ///< The first kMaxDevices.
  static constexpr std::size_t kMaxDevices = 1000;
};

using NodeVisit = std::function<void(const GraphNode&)>;

/// Gives the nodes in the order they are written, one decoded at a time: memory is that of the
/// largest node, whatever the bytes claim. Nodes of function bodies are only counted. Run metadata
/// gives the graphs of traced functions before they were optimized, as TensorBoard shows it; where
/// there are none, those of the devices.
///
/// Errors: kFormat (no such message, or nested deeper than protobuf reads; `offset` is that within
/// the bytes); kUnsupported for Keras models.
[[nodiscard]] Result<GraphExtras> walk_graph(Bytes serialized, GraphForm form,
                                             const NodeVisit& visit);

/// Counts of one graph.
struct Graph {
  GraphExtras extras;
  std::uint64_t nodes = 0;
  std::uint64_t edges = 0, control_edges = 0;
  std::uint64_t inputs = 0;   ///< Placeholders and arguments.
  std::uint64_t outputs = 0;  ///< Nodes that are returned; most graphs of TensorFlow do not say.
  std::uint64_t missing_inputs = 0;   ///< Edges from nodes that are not there.
  std::uint64_t duplicate_names = 0;  ///< Nodes of the name of an earlier one.
  std::uint64_t variables = 0;        ///< Slots among them.
  std::uint64_t slots = 0;
  std::uint64_t unsized_variables = 0;  ///< Of those that are no slots: of unknown shape.
  /// Elements of all variables that are no slots and have a known shape; nothing where there are
  /// none.
  std::optional<std::uint64_t> parameters;
  std::map<std::string, std::uint64_t, std::less<>> ops;  ///< Nodes by operation, raw bytes.
};

/// Adds up a graph node by node. Memory: 8 bytes a node, 16 an edge, 100 an operation.
class GraphCounter {
 public:
  void add(const GraphNode& node);
  /// Once, after the last node.
  [[nodiscard]] Graph finish(GraphExtras extras);

 private:
  struct Reference {
    std::uint64_t whole, stripped;  // Hashes of an input with and without its `:k`.
  };
  Graph graph_;
  std::vector<std::uint64_t> names_;  // Hashes.
  std::vector<Reference> references_;
};

/// walk_graph, counted. Errors: as there.
[[nodiscard]] Result<Graph> parse_graph(Bytes serialized, GraphForm form);

/// Takes text as it comes; an error ends the writing.
using TextVisit = std::function<Status(std::string_view)>;

/// The message in protobuf's text format, under upstream's names, a piece at a time: memory is that
/// of the largest node. Other protobuf tools read it. Fields that proto/tensorboard/graph.proto
/// does not name are left out. Errors: as walk_graph; those of `write`.
Status write_pbtxt(Bytes serialized, GraphForm form, const TextVisit& write);
/// The same as one string, several times as long as the bytes.
[[nodiscard]] Result<std::string> to_pbtxt(Bytes serialized, GraphForm form);

/// A Keras model's JSON, indented, with a line end: what one writes to a file. Errors: kFormat.
[[nodiscard]] Result<std::string> keras_json(Bytes json);

}  // namespace tfevents
