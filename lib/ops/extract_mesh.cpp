#include "ops/extract_mesh.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace tfevents::ops {
namespace {

constexpr std::size_t kVertexBytes = 12, kFaceBytes = 12, kColorBytes = 3;
constexpr std::uint64_t kMeshRowsAtOnce = 8192;

/// The rows of one mesh of a batch, block by block.
class Rows {
 public:
  Rows(OpenFile* file, std::uint64_t first, std::size_t row_bytes)
      : file_(file), at_(first * row_bytes), row_bytes_(row_bytes) {}

  Result<std::string_view> read(std::uint64_t rows) {
    block_.resize(static_cast<std::size_t>(rows) * row_bytes_);
    for (std::size_t have = 0; have < block_.size();) {
      TFEVENTS_TRY(const std::size_t read,
                   file_->read_at(at_, std::as_writable_bytes(std::span(block_)).subspan(have)));
      if (read == 0) {
        return Error{.code = ErrorCode::kChanged,
                     .message = "a file that was just written became shorter"};
      }
      have += read;
      at_ += read;
    }
    return std::string_view(block_);
  }

 private:
  OpenFile* file_;
  std::uint64_t at_;
  std::size_t row_bytes_;
  std::string block_;
};

std::string ply_header(std::uint64_t vertices, bool colors, std::uint64_t faces) {
  std::string out = fmt::format(
      "ply\nformat binary_little_endian 1.0\nelement vertex {}\n"
      "property float x\nproperty float y\nproperty float z\n",
      vertices);
  if (colors) out += "property uchar red\nproperty uchar green\nproperty uchar blue\n";
  if (faces != 0)
    out += fmt::format("element face {}\nproperty list uchar int vertex_indices\n", faces);
  return out + "end_header\n";
}

}  // namespace

std::string name_of_step(std::int64_t step) {
  if (step >= 0) return std::to_string(step);
  return "neg" + std::to_string(std::uint64_t{0} - static_cast<std::uint64_t>(step));
}

Status MeshJoin::add(MeshComponent component) {
  component.file.close();
  Waiting& waiting = waiting_[component.name];
  std::optional<MeshComponent> Waiting::*const place =
      component.content == MeshContent::kVertex ? &Waiting::vertex
      : component.content == MeshContent::kFace ? &Waiting::face
                                                : &Waiting::color;
  const MeshComponent* const before = waiting.any();
  if (before != nullptr && (before->row.step != component.row.step || waiting.*place)) {
    TFEVENTS_CHECK(write(std::exchange(waiting, {})));
  }
  waiting.*place = std::move(component);
  return ok_status();
}

Status MeshJoin::finish() {
  for (auto& [name, waiting] : std::exchange(waiting_, {}))
    TFEVENTS_CHECK(write(std::move(waiting)));
  return ok_status();
}

Status MeshJoin::write(Waiting waiting) {
  const MeshComponent* const any = waiting.any();
  if (any == nullptr) return ok_status();
  if (!waiting.vertex) {
    on_problem_(any->row, "a mesh without vertices is not written");
    return ok_status();
  }
  const MeshComponent& vertex = *waiting.vertex;
  if (waiting.color &&
      (waiting.color->rows != vertex.rows || waiting.color->batch != vertex.batch)) {
    on_problem_(waiting.color->row, fmt::format("{} colours for {} vertices are left out",
                                                waiting.color->rows, vertex.rows));
    waiting.color.reset();
  }
  if (waiting.face && waiting.face->batch != vertex.batch) {
    on_problem_(waiting.face->row,
                fmt::format("the faces of {} meshes for the vertices of {} are left out",
                            waiting.face->batch, vertex.batch));
    waiting.face.reset();
  }
  for (std::uint64_t i = 0; i < vertex.batch; ++i) TFEVENTS_CHECK(write_one(waiting, i));
  return ok_status();
}

Status MeshJoin::write_one(const Waiting& waiting, std::uint64_t index) {
  const MeshComponent& vertex = *waiting.vertex;
  const std::uint64_t faces = waiting.face ? waiting.face->rows : 0;
  TFEVENTS_TRY(StagedFile out, files_.stage());
  TFEVENTS_CHECK(out.write(ply_header(vertex.rows, waiting.color.has_value(), faces)));

  TFEVENTS_TRY(const auto vertex_file, files_.open(vertex.file));
  std::unique_ptr<OpenFile> color_file, face_file;
  if (waiting.color) {
    TFEVENTS_TRY(color_file, files_.open(waiting.color->file));
  }
  Rows points(vertex_file.get(), index * vertex.rows, kVertexBytes);
  Rows colors(color_file.get(), index * vertex.rows, kColorBytes);
  std::string text;
  for (std::uint64_t left = vertex.rows; left != 0;) {
    const std::uint64_t rows = std::min(left, kMeshRowsAtOnce);
    TFEVENTS_TRY(const std::string_view xyz, points.read(rows));
    if (!waiting.color) {
      TFEVENTS_CHECK(out.write(xyz));
    } else {
      TFEVENTS_TRY(const std::string_view rgb, colors.read(rows));
      text.clear();
      for (std::size_t i = 0; i < rows; ++i) {
        text += xyz.substr(i * kVertexBytes, kVertexBytes);
        text += rgb.substr(i * kColorBytes, kColorBytes);
      }
      TFEVENTS_CHECK(out.write(text));
    }
    left -= rows;
  }
  if (faces != 0) {
    TFEVENTS_TRY(face_file, files_.open(waiting.face->file));
  }
  Rows corners(face_file.get(), index * faces, kFaceBytes);
  for (std::uint64_t left = faces; left != 0;) {
    const std::uint64_t rows = std::min(left, kMeshRowsAtOnce);
    TFEVENTS_TRY(const std::string_view three, corners.read(rows));
    text.clear();
    for (std::size_t i = 0; i < rows; ++i) {
      text += '\x03';
      text += three.substr(i * kFaceBytes, kFaceBytes);
    }
    TFEVENTS_CHECK(out.write(text));
    left -= rows;
  }

  ExtractedFile row = vertex.row;
  row.index = index;
  row.mime = "model/ply";
  row.bytes = out.bytes();
  row.vertices = vertex.rows;
  row.faces = faces;
  const std::string name =
      name_of_step(row.step) + (vertex.batch > 1 ? "_" + std::to_string(index) : "");
  TFEVENTS_TRY(row.file, files_.place(std::move(out), vertex.series, row.tag, name, ".ply"));
  on_file_(std::move(row));
  return ok_status();
}

}  // namespace tfevents::ops
