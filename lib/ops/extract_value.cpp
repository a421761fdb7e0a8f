#include "ops/extract_value.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "event/graph.hpp"
#include "event/outline.hpp"
#include "event/plugins.hpp"
#include "ops/extract_media.hpp"
#include "ops/npy.hpp"

namespace tfevents::ops {
namespace {

constexpr std::size_t kBlock = std::size_t{64} * 1024;

/// One value on its way to files.
class ValueStage {
 public:
  ValueStage(const StoredValue& stored, const ValuePlace& place, RunFiles& files)
      : stored_(stored), place_(place), files_(files) {
    staged_.series = place.series;
  }

  Result<StagedValue> stage() {
    TFEVENTS_CHECK(stage_parts());
    return std::move(staged_);
  }

 private:
  Status stage_parts() {
    if (stored_.form() != StoredForm::kValue) return graph({0, stored_.size()}, form_of_event());
    TFEVENTS_TRY(outline_, outline_of(stored_));
    switch (place_.kind) {
      case Kind::kImages: return images();
      case Kind::kAudio: return clips();
      case Kind::kGraphs:
      case Kind::kRunMetadata: return graph_of_tensor();
      case Kind::kMesh: return mesh();
      default: break;
    }
    if (outline_.payload != Payload::kTensor) return format_error("no tensor is in it");
    return outline_.tensor.dtype == DType::kString ? text() : array();
  }

  [[nodiscard]] Error format_error(std::string message) const {
    return {.code = ErrorCode::kFormat,
            .message = std::move(message),
            .offset = stored_.record_offset()};
  }
  void note(std::string rule, std::string message) {
    staged_.notes.push_back({Severity::kWarn, std::move(rule), std::move(message), false});
  }
  void note_problem(const std::string& problem) {
    if (!problem.empty()) note("inconsistent-value", problem);
  }

  [[nodiscard]] ExtractedFile row(std::string mime) const {
    ExtractedFile row;
    row.tag = place_.tag;
    row.kind = place_.kind_name;
    row.step = place_.step;
    row.wall_time = place_.wall_time;
    row.mime = std::move(mime);
    return row;
  }
  StagedPart& add(StagedFile file, std::string extension, ExtractedFile row) {
    row.bytes = file.bytes();
    file.close();
    staged_.parts.push_back({std::move(file), "", std::move(extension), std::move(row)});
    return staged_.parts.back();
  }
  Result<StagedFile> copied(const Part& part) {
    TFEVENTS_TRY(StagedFile file, files_.stage());
    TFEVENTS_CHECK(files_.copy(stored_, part, file));
    return file;
  }
  /// Several files of one value are numbered.
  void number_parts() {
    if (staged_.parts.size() < 2) return;
    for (std::size_t i = 0; i < staged_.parts.size(); ++i) {
      staged_.parts[i].suffix = "_" + std::to_string(i);
      staged_.parts[i].row.index = i;
    }
  }

  Status images() {
    TFEVENTS_TRY(const Images found, find_images(stored_, outline_));
    note_problem(found.problem);
    for (const Part& part : found.parts) {
      TFEVENTS_TRY(const MediaLook look, look_at_media(stored_, part));
      if (!look.damage.empty()) note("damaged-media", look.damage);
      TFEVENTS_TRY(StagedFile file, copied(part));
      ExtractedFile image = row(std::string(look.type.mime));
      image.width = look.size ? look.size->first : found.width;
      image.height = look.size ? look.size->second : found.height;
      add(std::move(file), "." + std::string(look.type.extension), std::move(image));
    }
    number_parts();
    return ok_status();
  }

  Status clips() {
    TFEVENTS_TRY(const Clips found, find_clips(stored_, outline_));
    note_problem(found.problem);
    for (std::size_t i = 0; i < found.parts.size(); ++i) {
      TFEVENTS_TRY(const MediaLook look, look_at_media(stored_, found.parts[i]));
      if (!look.damage.empty()) note("damaged-media", look.damage);
      TFEVENTS_TRY(StagedFile file, copied(found.parts[i]));
      ExtractedFile clip = row(look.known ? std::string(look.type.mime) : found.mime);
      clip.sample_rate = found.sample_rate;
      clip.channels = found.channels;
      clip.frames = found.frames;
      if (i < found.labels.size()) clip.label = found.labels[i];
      add(std::move(file), "." + std::string(look.type.extension), std::move(clip));
    }
    number_parts();
    return ok_status();
  }

  /// One string is a text as it is; several are lines, those of a table with tabs between them.
  Status text() {
    const TensorOutline& tensor = outline_.tensor;
    if (tensor.strings.size() == 1 && tensor.counts[TensorInfo::kString] == 1) {
      TFEVENTS_TRY(StagedFile file, copied(tensor.strings.front()));
      add(std::move(file), ".md", row("text/markdown"));
      return ok_status();
    }
    if (tensor.strings.size() < tensor.counts[TensorInfo::kString]) {
      note("inconsistent-value",
           fmt::format("{} strings, of which the first {} are written",
                       tensor.counts[TensorInfo::kString], tensor.strings.size()));
    }
    const bool table = tensor.shape.size() == 2 && tensor.shape[1] > 0;
    const std::uint64_t columns = table ? static_cast<std::uint64_t>(tensor.shape[1]) : 1;
    TFEVENTS_TRY(StagedFile file, files_.stage());
    std::string out;
    for (std::size_t i = 0; i < tensor.strings.size(); ++i) {
      if (i != 0) out += i % columns == 0 ? '\n' : '\t';
      TFEVENTS_CHECK(escape(tensor.strings[i], out, file));
    }
    if (!tensor.strings.empty()) out += '\n';
    TFEVENTS_CHECK(file.write(out));
    add(std::move(file), ".txt", row(table ? "text/tab-separated-values" : "text/plain"));
    return ok_status();
  }

  // Line ends and tabs of an element would be those of the table.
  Status escape(const Part& part, std::string& out, StagedFile& file) {
    std::array<std::byte, 4096> piece;
    for (std::uint64_t done = 0; done < part.size;) {
      const auto wanted =
          static_cast<std::size_t>(std::min<std::uint64_t>(part.size - done, piece.size()));
      TFEVENTS_TRY(const std::size_t read,
                   stored_.read(part.offset + done, std::span(piece).first(wanted)));
      if (read == 0) return format_error("the file became shorter while it was read");
      for (const char c : as_text(Bytes(piece).first(read))) {
        switch (c) {
          case '\n': out += "\\n"; break;
          case '\r': out += "\\r"; break;
          case '\t': out += "\\t"; break;
          case '\\': out += "\\\\"; break;
          default: out += c;
        }
      }
      done += read;
      if (out.size() < kBlock) continue;
      TFEVENTS_CHECK(file.write(out));
      out.clear();
    }
    return ok_status();
  }

  [[nodiscard]] std::optional<GraphForm> form_of_event() const {
    switch (stored_.form()) {
      case StoredForm::kGraph: return GraphForm::kGraph;
      case StoredForm::kMetaGraph: return GraphForm::kMetaGraph;
      default: return GraphForm::kRunMetadata;
    }
  }

  Status graph_of_tensor() {
    if (outline_.tensor.strings.empty()) return format_error("no graph is in it");
    return graph(outline_.tensor.strings.front(), graph_form_of_plugin(place_.plugin));
  }

  /// Graphs as text and models as indented JSON; what is too large or no graph, as it is.
  Status graph(const Part& part, std::optional<GraphForm> form) {
    const bool keras = form == GraphForm::kKeras;
    const bool text = keras || form == GraphForm::kGraph || form == GraphForm::kMetaGraph;
    if (text && part.size <= kConvertedBytes) {
      const Status converted = convert(part, *form);
      if (converted.ok() || files_.failed()) return converted;
      if (converted.error().code != ErrorCode::kFormat) return converted;
      note("undecodable-value", "written as it is: " + converted.error().message);
    } else if (text) {
      note("too-large", fmt::format("written as it is: {} bytes", part.size));
    }
    TFEVENTS_TRY(StagedFile file, copied(part));
    add(std::move(file), keras ? ".json" : ".pb",
        row(keras ? "application/json" : "application/x-protobuf"));
    return ok_status();
  }

  Status convert(const Part& part, GraphForm form) {
    std::vector<std::byte> bytes(static_cast<std::size_t>(part.size));
    TFEVENTS_TRY(const std::size_t read, stored_.read(part.offset, bytes));
    if (read != bytes.size()) {
      return Error{.code = ErrorCode::kChanged,
                   .message = "the file became shorter while it was read",
                   .offset = stored_.record_offset()};
    }
    TFEVENTS_TRY(StagedFile file, files_.stage());
    if (form == GraphForm::kKeras) {
      TFEVENTS_TRY(const std::string json, keras_json(bytes));
      TFEVENTS_CHECK(file.write(json));
      add(std::move(file), ".json", row("application/json"));
      return ok_status();
    }
    std::string block;
    const auto write = [&](std::string_view text) -> Status {
      block += text;
      if (block.size() < kBlock) return ok_status();
      Status written = file.write(block);
      block.clear();
      return written;
    };
    TFEVENTS_CHECK(write_pbtxt(bytes, form, write));
    TFEVENTS_CHECK(file.write(block));
    add(std::move(file), ".pbtxt", row("text/x-protobuf"));
    return ok_status();
  }

  Result<Tensor> load() {
    const std::uint64_t bytes = stored_bytes(outline_.tensor);
    if (bytes <= kConvertedBytes) return load_tensor(stored_, outline_.tensor);
    return Error{
        .code = ErrorCode::kLimit,
        .message = fmt::format("a tensor of {} bytes, above the 64 MiB that are converted", bytes),
        .offset = stored_.record_offset()};
  }

  [[nodiscard]] ExtractedFile array_row(const Shape& shape) const {
    ExtractedFile array = row("application/x-npy");
    array.dtype = to_string(outline_.tensor.dtype);
    array.shape = shape;
    return array;
  }

  Status array() {
    const TensorOutline& tensor = outline_.tensor;
    const NpyType type = npy_type(tensor.dtype);
    if (type.descr.empty()) {
      note("no-file", fmt::format("tensors of {} become no file", to_string(tensor.dtype)));
      return ok_status();
    }
    if (type.same && is_plain(tensor, type)) {
      TFEVENTS_TRY(StagedFile file, files_.stage());
      TFEVENTS_CHECK(file.write(npy_header(type, tensor.shape)));
      TFEVENTS_CHECK(files_.copy(stored_, tensor.content, file));
      add(std::move(file), ".npy", array_row(tensor.shape));
      return ok_status();
    }
    TFEVENTS_TRY(const Tensor loaded, load());
    return array(loaded, type);
  }

  /// As many bytes as the shape asks for: they can be copied.
  [[nodiscard]] static bool is_plain(const TensorOutline& tensor, const NpyType& type) {
    std::uint64_t elements = 1;
    for (const std::int64_t size : tensor.shape) {
      if (size < 0 || elements > tensor.content.size) return false;
      if (size != 0 && static_cast<std::uint64_t>(size) > tensor.content.size) return false;
      elements *= static_cast<std::uint64_t>(size);
    }
    return tensor.content.size != 0 && tensor.content.size % type.bytes == 0 &&
           tensor.content.size / type.bytes == elements && !tensor.unknown_rank;
  }

  Status array(const Tensor& tensor, const NpyType& type) {
    note_problem(tensor.problem());
    // Elements that do not fill the shape are a list.
    const Shape shape =
        fits(tensor) ? tensor.shape() : Shape{static_cast<std::int64_t>(tensor.size())};
    TFEVENTS_TRY(StagedFile file, files_.stage());
    std::string block = npy_header(type, shape);
    for (std::uint64_t i = 0; i < tensor.size(); ++i) {
      append_npy(block, type, tensor, i);
      if (block.size() < kBlock) continue;
      TFEVENTS_CHECK(file.write(block));
      block.clear();
    }
    TFEVENTS_CHECK(file.write(block));
    add(std::move(file), ".npy", array_row(shape));
    return ok_status();
  }

  [[nodiscard]] static bool fits(const Tensor& tensor) {
    std::uint64_t elements = 1;
    for (const std::int64_t size : tensor.shape()) {
      if (size < 0) return false;
      if (size == 0) return tensor.size() == 0;
      if (elements > tensor.size()) return false;
      if (static_cast<std::uint64_t>(size) > tensor.size()) return false;
      elements *= static_cast<std::uint64_t>(size);
    }
    return elements == tensor.size();
  }

  /// A component waits for the others; what is no list of points in space is a tensor.
  Status mesh() {
    if (outline_.payload != Payload::kTensor) return format_error("no tensor is in it");
    std::vector<std::byte> content(
        static_cast<std::size_t>(std::min<std::uint64_t>(outline_.plugin_content.size, kBlock)));
    TFEVENTS_TRY(const std::size_t read, stored_.read(outline_.plugin_content.offset, content));
    const MeshMetadata metadata = mesh_metadata(Bytes(content).first(read), place_.tag);
    TFEVENTS_TRY(const Tensor tensor, load());
    const Shape& shape = tensor.shape();
    const bool points = (shape.size() == 2 || shape.size() == 3) && shape.back() == 3 &&
                        tensor.element() == Tensor::Element::kNumber && fits(tensor);
    if (!points || metadata.content == MeshContent::kUndefined) {
      note("inconsistent-value",
           "no vertices, faces or colours of three numbers: written as a tensor");
      const NpyType type = npy_type(tensor.dtype());
      if (type.descr.empty()) return format_error("the mesh is no table of numbers");
      return array(tensor, type);
    }
    note_problem(tensor.problem());
    TFEVENTS_TRY(StagedFile file, files_.stage());
    std::string block;
    for (std::uint64_t i = 0; i < tensor.size(); ++i) {
      append_component(block, metadata.content, tensor.number(i).as_double());
      if (block.size() < kBlock) continue;
      TFEVENTS_CHECK(file.write(block));
      block.clear();
    }
    TFEVENTS_CHECK(file.write(block));
    file.close();  // Of each series one may wait.
    const bool batched = shape.size() == 3;
    // Tags of one mesh differ in their ends, and only the first value need have the name.
    std::string name(place_.tag.substr(0, place_.tag.rfind('_')));
    staged_.component = MeshComponent{metadata.content,
                                      std::move(name),
                                      place_.series,
                                      row("model/ply"),
                                      batched ? static_cast<std::uint64_t>(shape[0]) : 1,
                                      static_cast<std::uint64_t>(shape[shape.size() - 2]),
                                      std::move(file)};
    return ok_status();
  }

  static void append_component(std::string& out, MeshContent content, double number) {
    char bytes[4];
    if (content == MeshContent::kColor) {
      out += static_cast<char>(static_cast<std::uint8_t>(number > 255 ? 255
                                                         : number > 0 ? std::lround(number)
                                                                      : 0));
      return;
    }
    if (content == MeshContent::kFace) {
      const bool whole = number > -2147483648.0 && number < 2147483648.0;
      store_le(bytes, whole ? static_cast<std::int32_t>(number) : -1);
    } else {
      store_le(bytes, static_cast<float>(number));
    }
    out.append(bytes, sizeof bytes);
  }

  const StoredValue& stored_;
  const ValuePlace& place_;
  RunFiles& files_;
  ValueOutline outline_;
  StagedValue staged_;
};

}  // namespace

bool becomes_files(Kind kind) noexcept {
  switch (kind) {
    case Kind::kScalars:
    case Kind::kHistograms:
    case Kind::kHparams:
    case Kind::kCustomScalars: return false;
    default: return true;
  }
}

Result<StagedValue> stage_value(const StoredValue& stored, const ValuePlace& place,
                                RunFiles& files) {
  return ValueStage(stored, place, files).stage();
}

}  // namespace tfevents::ops
