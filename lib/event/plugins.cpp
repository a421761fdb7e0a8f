#include "event/plugins.hpp"

#include <array>
#include <optional>
#include <span>
#include <utility>

#include "event/wire.hpp"
#include "tensorboard/plugins/custom_scalar.pb.h"
#include "tensorboard/plugins/mesh.pb.h"

namespace tfevents {
namespace {

MeshContent to_content(std::int32_t raw) noexcept {
  return raw < 0 || raw > 3 ? MeshContent::kUndefined : static_cast<MeshContent>(raw);
}

MeshContent content_of_tag(std::string_view tag) noexcept {
  struct Ending {
    std::string_view text;
    MeshContent content;
  };
  static constexpr std::array<Ending, 6> kEndings{{{"_VERTEX", MeshContent::kVertex},
                                                   {"_FACE", MeshContent::kFace},
                                                   {"_COLOR", MeshContent::kColor},
                                                   {"_1", MeshContent::kVertex},
                                                   {"_2", MeshContent::kFace},
                                                   {"_3", MeshContent::kColor}}};
  for (const Ending& ending : kEndings) {
    if (tag.ends_with(ending.text)) return ending.content;
  }
  return MeshContent::kUndefined;
}

/// Counts fields along a path of field numbers, the last of which is what is counted.
template <class Reader>
bool count_fields(Reader& in, std::span<const std::uint32_t> path, std::uint64_t& count) {
  while (!in.done()) {
    wire::Tag tag;
    if (!wire::read_tag(in, tag)) return false;
    if (tag.type != wire::Type::kBytes || tag.field != path.front()) {
      if (!wire::skip_field(in, tag, wire::kMaxDepth)) return false;
      continue;
    }
    std::uint64_t length = 0;
    if (!wire::read_length(in, length)) return false;
    if (path.size() == 1) {
      ++count;
      if (!in.skip(length)) return false;
      continue;
    }
    typename Reader::Limit outer{};
    if (!in.enter(length, outer) || !count_fields(in, path.subspan(1), count)) return false;
    in.leave(outer);
  }
  return true;
}

Result<std::uint64_t> count_along(const StoredValue& value, const Part& part,
                                  std::span<const std::uint32_t> path) {
  std::uint64_t count = 0;
  bool ok = false;
  std::optional<Error> error;
  if (value.in_memory()) {
    wire::SpanReader in(value.bytes().subspan(static_cast<std::size_t>(part.offset),
                                              static_cast<std::size_t>(part.size)));
    ok = count_fields(in, path, count);
  } else {
    wire::StreamReader in(part.size, [&](std::uint64_t from, std::span<std::byte> into) {
      const Result<std::size_t> read = value.read(part.offset + from, into);
      if (!read.ok()) error = read.error();
      return read.ok() ? *read : std::size_t{0};
    });
    ok = count_fields(in, path, count);
  }
  if (error) return *error;
  if (ok) return count;
  return Error{.code = ErrorCode::kFormat,
               .message = "the graph is not what its record says it is",
               .offset = value.record_offset()};
}

}  // namespace

Result<PrCurves> to_pr_curves(Tensor tensor) {
  const Shape& shape = tensor.shape();
  const std::uint64_t thresholds = tensor.size() / PrCurves::kRows;
  if (tensor.element() != Tensor::Element::kNumber || shape.size() != 2 ||
      shape[0] != PrCurves::kRows || shape[1] < 0 ||
      static_cast<std::uint64_t>(shape[1]) != thresholds) {
    return Error{.code = ErrorCode::kFormat,
                 .message = "the curves are no table of six rows of numbers"};
  }
  return PrCurves{std::move(tensor), thresholds};
}

const char* to_string(MeshContent content) noexcept {
  switch (content) {
    case MeshContent::kVertex: return "vertex";
    case MeshContent::kFace: return "face";
    case MeshContent::kColor: return "color";
    case MeshContent::kUndefined: break;
  }
  return "undefined";
}

MeshMetadata mesh_metadata(Bytes content, std::string_view tag) {
  MeshMetadata metadata;
  pb::MeshPluginData message;
  if (content.size() <= INT32_MAX &&
      message.ParseFromArray(content.data(), static_cast<int>(content.size()))) {
    metadata.name = message.name();
    metadata.content = to_content(message.content_type());
  }
  if (metadata.content == MeshContent::kUndefined) metadata.content = content_of_tag(tag);
  return metadata;
}

Result<CustomScalarLayout> parse_layout(Bytes serialized) {
  pb::CustomScalarLayout message;
  if (serialized.size() > INT32_MAX ||
      !message.ParseFromArray(serialized.data(), static_cast<int>(serialized.size()))) {
    return Error{.code = ErrorCode::kFormat, .message = "the layout is no layout of charts"};
  }
  CustomScalarLayout layout;
  for (const auto& category : message.category()) {
    CustomScalarLayout::Category& to = layout.categories.emplace_back();
    to.title = category.title();
    to.closed = category.closed();
    for (const auto& chart : category.chart()) {
      CustomScalarLayout::Chart& drawn = to.charts.emplace_back();
      drawn.title = chart.title();
      drawn.multiline.assign(chart.multiline().tag().begin(), chart.multiline().tag().end());
      for (const auto& series : chart.margin().series())
        drawn.margins.push_back({series.value(), series.lower(), series.upper()});
    }
  }
  return layout;
}

Result<std::uint64_t> count_nodes(const StoredValue& value, StoredForm form, const Part& part) {
  // GraphDef.node 1; MetaGraphDef.graph_def 2; RunMetadata.function_graphs 4
  // .pre_optimization_graph 2, .partition_graphs 3.
  static constexpr std::array<std::uint32_t, 1> kGraph{1};
  static constexpr std::array<std::uint32_t, 2> kMetaGraph{2, 1};
  static constexpr std::array<std::uint32_t, 3> kFunctions{4, 2, 1};
  static constexpr std::array<std::uint32_t, 2> kPartitions{3, 1};
  if (form == StoredForm::kGraph) return count_along(value, part, kGraph);
  if (form == StoredForm::kMetaGraph) return count_along(value, part, kMetaGraph);
  TFEVENTS_TRY(const std::uint64_t functions, count_along(value, part, kFunctions));
  if (functions != 0) return functions;
  return count_along(value, part, kPartitions);
}

}  // namespace tfevents
