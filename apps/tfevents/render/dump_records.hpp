#pragma once

#include <memory>

#include "ops/dump.hpp"
#include "people.hpp"

namespace tfevents::render {

// `dump --records`: one writer a format and run; see dump.hpp.

[[nodiscard]] std::unique_ptr<ops::RecordWriter> json_records(bool in_array);
[[nodiscard]] std::unique_ptr<ops::RecordWriter> csv_records();
[[nodiscard]] std::unique_ptr<ops::RecordWriter> table_records(const Screen& screen);
[[nodiscard]] std::unique_ptr<ops::RecordWriter> markdown_records();

}  // namespace tfevents::render
