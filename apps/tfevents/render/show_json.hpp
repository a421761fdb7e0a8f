#pragma once

#include <string_view>

#include "format/sink.hpp"
#include "logdir/selection.hpp"
#include "ops/show.hpp"

namespace tfevents::render {

/// The whole envelope.
Status show_json(const ops::ShowReport& report, View view, std::string_view version, Sink& sink);

/// The rows alone, one a line.
Status show_jsonl(const ops::ShowReport& report, Sink& sink);

}  // namespace tfevents::render
