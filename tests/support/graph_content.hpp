#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "event/encode.hpp"

namespace tfevents::test {

/// A serialized NodeDef: `NodeBuilder("w", "VariableV2").shape({4, 2}).text()`.
class NodeBuilder {
 public:
  NodeBuilder(std::string_view name, std::string_view op) { out().text(1, name).text(2, op); }

  NodeBuilder& input(std::string_view from) {
    out().bytes(3, from);
    return *this;
  }
  /// An entry of `attr`: a serialized AttrValue.
  NodeBuilder& attr(std::string_view key, std::string_view value) {
    std::string entry;
    wire::Encoder(entry).bytes(1, key).bytes(2, value);
    out().bytes(5, entry);
    return *this;
  }
  NodeBuilder& shape(std::initializer_list<std::int64_t> sizes) {
    std::string shape, value;
    for (const std::int64_t size : sizes)
      wire::Encoder(shape).message(2, [&] { wire::Encoder(shape).varint(1, size); });
    wire::Encoder(value).bytes(7, shape);
    return attr("shape", value);
  }
  /// Placed with another node, as optimizers do with what they keep.
  NodeBuilder& placed_with(std::string_view node) {
    std::string list, value;
    wire::Encoder(list).bytes(2, "loc:@" + std::string(node));
    wire::Encoder(value).bytes(1, list);
    return attr("_class", value);
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  wire::Encoder out() { return wire::Encoder(text_); }
  std::string text_;
};

/// A serialized GraphDef of these nodes.
inline std::string graph_of(const std::vector<NodeBuilder>& nodes) {
  std::string graph;
  for (const NodeBuilder& node : nodes) wire::Encoder(graph).bytes(1, node.text());
  return graph;
}

/// A field that holds a message.
inline std::string inside(std::uint32_t field, std::string_view message) {
  std::string out;
  wire::Encoder(out).bytes(field, message);
  return out;
}

/// x and w into a product: the smallest graph that has a bit of everything.
inline std::string small_graph() {
  return graph_of({NodeBuilder("x", "Placeholder"),
                   NodeBuilder("dense/w", "VariableV2").shape({4, 2}),
                   NodeBuilder("dense/w/Adam", "VariableV2").shape({4, 2}).placed_with("dense/w"),
                   NodeBuilder("dense/MatMul", "MatMul").input("x").input("dense/w:0"),
                   NodeBuilder("init", "NoOp").input("^dense/w")});
}

/// A node whose one attribute is a list of functions with an attribute … `depth` times over.
inline std::string deep_node(int depth) {
  std::string value;
  for (int i = 0; i < depth; ++i) value = inside(10, inside(2, inside(2, value)));
  return NodeBuilder("deep", "Const").attr("f", value).text();
}

}  // namespace tfevents::test
