#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/text_format.h>

#include "event/graph.hpp"
#include "event/graph_wire.hpp"
#include "tensorboard/graph.pb.h"

namespace tfevents {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;

// A message in pieces: a singular sub-message that is written twice is one, the pieces behind each
// other.
using Pieces = std::vector<Bytes>;

/// Prints a message field by field, in the order of their numbers as protobuf does, and only what
/// holds no graphs as a whole.
class TextPrinter {
 public:
  TextPrinter(Bytes all, GraphForm form, const TextVisit& write)
      : all_(all), form_(form), write_(write) {
    printer_.SetHideUnknownFields(true);
  }

  Status print() {
    TFEVENTS_CHECK(message(top(), {all_}, 0));
    return flush(0);
  }

 private:
  [[nodiscard]] const Descriptor* top() const {
    switch (form_) {
      case GraphForm::kMetaGraph: return pb::MetaGraphDef::descriptor();
      case GraphForm::kRunMetadata: return pb::RunMetadata::descriptor();
      default: return pb::GraphDef::descriptor();
    }
  }

  // Messages that hold many others.
  static bool holds_many(const Descriptor* type) {
    return type == pb::GraphDef::descriptor() || type == pb::FunctionDefLibrary::descriptor() ||
           type == pb::FunctionDef::descriptor() ||
           type == pb::RunMetadata::FunctionGraphs::descriptor() ||
           type == pb::StepStats::descriptor() ||
           type == pb::StepStats::DeviceStepStats::descriptor();
  }

  Status message(const Descriptor* type, const Pieces& pieces, int depth) {
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor* const field = type->field(i);
      const bool is_message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
      if (is_message && field->is_repeated()) {
        TFEVENTS_CHECK(each(*field, pieces, depth));
      } else if (is_message && holds_many(field->message_type())) {
        TFEVENTS_CHECK(merged(*field, pieces, depth));
      } else {
        TFEVENTS_CHECK(plain(*field, pieces, depth));
      }
    }
    return ok_status();
  }

  // Elements of a repeated message, one by one.
  Status each(const FieldDescriptor& field, const Pieces& pieces, int depth) {
    return each_field(pieces, field, [&](const wire::Field& found) -> Status {
      begin(field, depth);
      if (holds_many(field.message_type())) {
        TFEVENTS_CHECK(message(field.message_type(), {found.bytes}, depth + 1));
      } else {
        TFEVENTS_CHECK(leaf(field.message_type(), found.bytes, depth + 1));
      }
      end(depth);
      return flush(kBlock);
    });
  }

  Status merged(const FieldDescriptor& field, const Pieces& pieces, int depth) {
    Pieces inner;
    TFEVENTS_CHECK(each_field(pieces, field, [&](const wire::Field& found) {
      inner.push_back(found.bytes);
      return ok_status();
    }));
    if (inner.empty()) return ok_status();
    begin(field, depth);
    TFEVENTS_CHECK(message(field.message_type(), inner, depth + 1));
    end(depth);
    return ok_status();
  }

  // Numbers, strings and small messages: what protobuf makes of all of them together.
  Status plain(const FieldDescriptor& field, const Pieces& pieces, int depth) {
    std::string found_all;
    TFEVENTS_CHECK(each_field(pieces, field, [&](const wire::Field& found) -> Status {
      if (found_all.size() + found.whole.size() > kMaxNodeBytes)
        return wire::not_decodable(form_, offset_of(found.whole));
      found_all += as_text(found.whole);
      return ok_status();
    }));
    if (found_all.empty()) return ok_status();
    return parsed(field.containing_type(), as_bytes(found_all), offset_of(pieces.front()), depth);
  }

  // One message that is printed whole. A node too large for that loses its attributes.
  Status leaf(const Descriptor* type, Bytes bytes, int depth) {
    if (bytes.size() <= kMaxNodeBytes) return parsed(type, bytes, offset_of(bytes), depth);
    std::string front;
    const bool read = wire::for_each_field(bytes, [&](const wire::Field& field) {
      const bool fits = front.size() + field.whole.size() <= kMaxNodeBytes;
      if (fits && type == pb::NodeDef::descriptor() && field.number < 5)
        front += as_text(field.whole);
      return true;
    });
    if (!read) return wire::not_decodable(form_, offset_of(bytes));
    return parsed(type, as_bytes(front), offset_of(bytes), depth);
  }

  Status parsed(const Descriptor* type, Bytes bytes, std::uint64_t offset, int depth) {
    const std::unique_ptr<Message> message(
        MessageFactory::generated_factory()->GetPrototype(type)->New());
    if (!message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
      return wire::not_decodable(form_, offset);
    printer_.SetInitialIndentLevel(depth);
    std::string text;
    printer_.PrintToString(*message, &text);
    text_ += text;
    return ok_status();
  }

  template <class Visit>
  Status each_field(const Pieces& pieces, const FieldDescriptor& field, Visit visit) {
    Status status = ok_status();
    for (const Bytes piece : pieces) {
      const bool read = wire::for_each_field(piece, [&](const wire::Field& found) {
        if (found.number != static_cast<std::uint32_t>(field.number())) return true;
        // A message's number under another wire type is no field of it.
        if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
            found.type != wire::Type::kBytes)
          return true;
        status = visit(found);
        return status.ok();
      });
      if (!status.ok()) return status;
      if (!read) return wire::not_decodable(form_, offset_of(piece));
    }
    return status;
  }

  void begin(const FieldDescriptor& field, int depth) {
    text_.append(static_cast<std::size_t>(depth) * 2, ' ').append(field.name()).append(" {\n");
  }
  void end(int depth) { text_.append(static_cast<std::size_t>(depth) * 2, ' ').append("}\n"); }

  Status flush(std::size_t above) {
    if (text_.size() <= above) return ok_status();
    Status written = write_(text_);
    text_.clear();
    return written;
  }

  [[nodiscard]] std::uint64_t offset_of(Bytes part) const {
    return static_cast<std::uint64_t>(part.data() - all_.data());
  }

  static constexpr std::size_t kBlock = 64 * 1024;
  Bytes all_;
  GraphForm form_;
  const TextVisit& write_;
  google::protobuf::TextFormat::Printer printer_;
  std::string text_;
};

}  // namespace

Status write_pbtxt(Bytes serialized, GraphForm form, const TextVisit& write) {
  if (form == GraphForm::kKeras) {
    return Error{.code = ErrorCode::kUnsupported,
                 .message = "a Keras model is JSON, and no protobuf message"};
  }
  return TextPrinter(serialized, form, write).print();
}

Result<std::string> to_pbtxt(Bytes serialized, GraphForm form) {
  std::string text;
  TFEVENTS_CHECK(write_pbtxt(serialized, form, [&](std::string_view part) {
    text += part;
    return ok_status();
  }));
  return text;
}

}  // namespace tfevents
