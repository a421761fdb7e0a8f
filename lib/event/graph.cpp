#include "event/graph.hpp"

#include <array>
#include <limits>
#include <utility>

#include "event/graph_wire.hpp"
#include "tensorboard/graph.pb.h"

namespace tfevents {
namespace {

constexpr std::array<std::string_view, 5> kVariableOps{"VariableV2", "Variable", "VarHandleOp",
                                                       "AutoReloadVariable", "TemporaryVariable"};

bool is_variable(std::string_view op) noexcept {
  for (const std::string_view known : kVariableOps) {
    if (op == known) return true;
  }
  return false;
}

// Nothing where a dimension is not known, or the product is beyond any tensor.
std::optional<std::uint64_t> elements_of(const pb::TensorShape& shape) {
  if (shape.unknown_rank()) return std::nullopt;
  std::uint64_t elements = 1;
  bool beyond = false;
  for (const auto& dim : shape.dim()) {
    if (dim.size() < 0) return std::nullopt;
    const auto size = static_cast<std::uint64_t>(dim.size());
    if (size == 0) return 0;
    beyond = beyond || elements > std::numeric_limits<std::int64_t>::max() / size;
    if (!beyond) elements *= size;
  }
  if (beyond) return std::nullopt;
  return elements;
}

/// Reads one NodeDef after the other into the same places.
class NodeReader {
 public:
  // False: it is none. `depth`: how deep the node lies.
  bool read(Bytes bytes, GraphNode& node) {
    inputs_.clear();
    if (bytes.size() > kMaxNodeBytes) return read_outside(bytes, node);
    if (!message_.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return false;
    inputs_.assign(message_.input().begin(), message_.input().end());
    node.name = message_.name();
    node.op = message_.op();
    node.device = message_.device();
    node.inputs = inputs_;
    node.variable = is_variable(node.op);
    node.slot = false;
    node.elements.reset();
    if (node.variable) look_into(node);
    return true;
  }
  // What grew for a large node is given back.
  void forget(std::size_t bytes) {
    constexpr std::size_t kKept = 64 * 1024;
    if (bytes > kKept) message_ = {};
  }

 private:
  void look_into(GraphNode& node) {
    constexpr std::string_view kPlace = "loc:@";
    for (const auto& attr : message_.attr()) {
      if (attr.key() == "shape" && attr.value().has_shape()) {
        node.elements = elements_of(attr.value().shape());
      } else if (attr.key() == "_class") {
        for (const std::string& place : attr.value().list().s()) {
          if (place.starts_with(kPlace) && place.substr(kPlace.size()) != node.name)
            node.slot = true;
        }
      }
    }
  }

  // Of a node that is too large to be decoded.
  bool read_outside(Bytes bytes, GraphNode& node) {
    const std::uint32_t part = node.part;
    node = GraphNode();
    node.part = part;
    const bool read = wire::for_each_field(bytes, [&](const wire::Field& field) {
      if (field.type != wire::Type::kBytes) return true;
      const std::string_view text = as_text(field.bytes);
      switch (field.number) {
        case 1: node.name = text; break;
        case 2: node.op = text; break;
        case 3: inputs_.push_back(text); break;
        case 4: node.device = text; break;
        default: break;
      }
      return true;
    });
    node.inputs = inputs_;
    node.variable = is_variable(node.op);
    return read;
  }

  pb::NodeDef message_;
  std::vector<std::string_view> inputs_;
};

/// Walks a message down to its nodes.
class Walk {
 public:
  Walk(Bytes all, const NodeVisit& visit) : all_(all), visit_(visit) {}

  bool meta_graph(Bytes bytes) {
    return fields(
        bytes, [&](const wire::Field& field) { return field.is(2) ? graph(field.bytes) : true; });
  }

  // A GraphDef that comes in several pieces is one: `more` says that nodes of it were given.
  bool graph(Bytes bytes) {
    extras.parts = std::max(extras.parts, 1U);
    return fields(bytes, [&](const wire::Field& field) {
      if (field.is(1)) return node(field.bytes);
      return field.is(2) ? library(field.bytes) : true;
    });
  }

  bool run_metadata(Bytes bytes) {
    bool traced = false;
    const bool read = fields(bytes, [&](const wire::Field& field) {
      if (field.is(1)) return step_stats(field.bytes);
      if (!field.is(4)) return true;
      return fields(field.bytes, [&](const wire::Field& graphs) {
        traced = traced || graphs.is(2);
        return true;
      });
    });
    if (!read) return false;
    return fields(bytes, [&](const wire::Field& field) {
      if (field.is(3) && !traced) return next_graph(field.bytes);
      if (!field.is(4) || !traced) return true;
      const std::uint32_t before = extras.parts;
      return fields(field.bytes, [&](const wire::Field& graphs) {
        if (!graphs.is(2)) return true;
        part_ = before;
        extras.parts = before + 1;
        return graph(graphs.bytes);
      });
    });
  }

  GraphExtras extras;
  std::uint64_t failed_at = 0;  // Offset within all bytes.

 private:
  // As wire::for_each_field, but the first failure is remembered with its place.
  template <class Visit>
  bool fields(Bytes bytes, Visit visit) {
    bool failed_below = false;
    const bool read = wire::for_each_field(bytes, [&](const wire::Field& field) {
      if (visit(field)) return true;
      failed_below = true;
      return false;
    });
    if (!read && !failed_below) fail(bytes);
    return read;
  }
  bool fail(Bytes at) {
    failed_at = static_cast<std::uint64_t>(at.data() - all_.data());
    return false;
  }

  bool next_graph(Bytes bytes) {
    part_ = extras.parts++;
    return graph(bytes);
  }

  bool node(Bytes bytes) {
    GraphNode node;
    node.part = part_;
    if (!reader_.read(bytes, node)) return fail(bytes);
    extras.unread_nodes += bytes.size() > kMaxNodeBytes ? 1U : 0U;
    visit_(node);
    reader_.forget(bytes.size());
    return true;
  }

  bool library(Bytes bytes) {
    return fields(bytes, [&](const wire::Field& field) {
      if (!field.is(1)) return true;
      ++extras.functions;
      return fields(field.bytes, [&](const wire::Field& part) {
        if (!part.is(3)) return true;
        ++extras.function_nodes;
        GraphNode node;
        if (!reader_.read(part.bytes, node)) return fail(part.bytes);
        reader_.forget(part.bytes.size());
        return true;
      });
    });
  }

  bool step_stats(Bytes bytes) {
    return fields(bytes, [&](const wire::Field& field) {
      if (!field.is(1)) return true;
      GraphExtras::Device device;
      const bool read = fields(field.bytes, [&](const wire::Field& part) {
        if (part.is(1)) device.name = as_text(part.bytes);
        return part.is(2) ? node_stats(part.bytes, device) : true;
      });
      if (read && extras.devices.size() < GraphExtras::kMaxDevices)
        extras.devices.push_back(std::move(device));
      return read;
    });
  }

  bool node_stats(Bytes bytes, GraphExtras::Device& device) {
    std::int64_t micros = 0;
    const bool read = fields(bytes, [&](const wire::Field& field) {
      if (field.number == 5 && field.type == wire::Type::kVarint)
        micros = static_cast<std::int64_t>(field.number_value);
      return true;
    });
    ++device.nodes;
    // Nobody waits for a century: a number beyond is none.
    constexpr std::int64_t kMost = std::int64_t{1} << 52;
    if (micros > 0 && micros < kMost) device.micros += static_cast<std::uint64_t>(micros);
    return read;
  }

  Bytes all_;
  const NodeVisit& visit_;
  NodeReader reader_;
  std::uint32_t part_ = 0;
};

}  // namespace

const char* to_string(GraphForm form) noexcept {
  switch (form) {
    case GraphForm::kGraph: return "graph_def";
    case GraphForm::kMetaGraph: return "meta_graph_def";
    case GraphForm::kRunMetadata: return "run_metadata";
    case GraphForm::kKeras: return "keras_model";
  }
  return "graph_def";
}

std::optional<GraphForm> graph_form_of_plugin(std::string_view plugin) noexcept {
  if (plugin == "graphs") return GraphForm::kGraph;
  if (plugin == "graph_keras_model") return GraphForm::kKeras;
  if (plugin == "graph_run_metadata" || plugin == "graph_run_metadata_graph" ||
      plugin == "graph_tagged_run_metadata")
    return GraphForm::kRunMetadata;
  return std::nullopt;
}

GraphInput parse_input(std::string_view input) noexcept {
  GraphInput parsed;
  parsed.control = input.starts_with('^');
  if (parsed.control) input.remove_prefix(1);
  parsed.node = input;
  const std::size_t colon = input.rfind(':');
  if (colon == std::string_view::npos || colon + 1 == input.size()) return parsed;
  if (input.find_first_not_of("0123456789", colon + 1) != std::string_view::npos) return parsed;
  parsed.node = input.substr(0, colon);
  return parsed;
}

Result<GraphExtras> walk_graph(Bytes serialized, GraphForm form, const NodeVisit& visit) {
  Walk walk(serialized, visit);
  bool read = false;
  switch (form) {
    case GraphForm::kGraph: read = walk.graph(serialized); break;
    case GraphForm::kMetaGraph: read = walk.meta_graph(serialized); break;
    case GraphForm::kRunMetadata: read = walk.run_metadata(serialized); break;
    case GraphForm::kKeras:
      return Error{.code = ErrorCode::kUnsupported, .message = "a Keras model has no operations"};
  }
  if (!read) return wire::not_decodable(form, walk.failed_at);
  return std::move(walk.extras);
}

}  // namespace tfevents
