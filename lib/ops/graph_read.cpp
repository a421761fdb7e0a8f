#include "ops/graph_read.hpp"

#include <iterator>
#include <memory>
#include <utility>

#include "base/text.hpp"
#include "event/outline.hpp"
#include "ops/view_passes.hpp"

namespace tfevents::ops {
namespace {

bool is_graph(Kind kind) noexcept {
  return kind == Kind::kGraphs || kind == Kind::kRunMetadata;
}

/// A graph in its message: where it lies in the stored value.
struct Place {
  GraphForm form = GraphForm::kGraph;
  Part part;
};

// Of a value that is a tensor of strings: the first of them.
Result<Place> place_in(const StoredValue& value, std::string_view plugin) {
  const auto form = graph_form_of_plugin(plugin);
  TFEVENTS_TRY(const ValueOutline outline, outline_of(value));
  if (!form || outline.payload != Payload::kTensor || outline.tensor.dtype != DType::kString ||
      outline.tensor.strings.empty()) {
    return Error{.code = ErrorCode::kFormat, .message = "the value holds no graph"};
  }
  return Place{*form, outline.tensor.strings.front()};
}

Result<Place> place_of(const StoredValue& value, std::string_view plugin) {
  switch (value.form()) {
    case StoredForm::kValue: return place_in(value, plugin);
    case StoredForm::kGraph: return Place{GraphForm::kGraph, {0, value.size()}};
    case StoredForm::kMetaGraph: return Place{GraphForm::kMetaGraph, {0, value.size()}};
    case StoredForm::kRunMetadata: return Place{GraphForm::kRunMetadata, {0, value.size()}};
  }
  return Error{.code = ErrorCode::kInternal, .message = "a form that is none"};
}

Result<Bytes> load(const StoredValue& value, const Part& part, std::vector<std::byte>& room) {
  if (part.size > kMaxGraphBytes) {
    return Error{.code = ErrorCode::kLimit,
                 .message = "a graph of " + std::to_string(part.size) +
                            " bytes, above the 1 GiB that are read"};
  }
  if (value.in_memory())
    return value.bytes().subspan(static_cast<std::size_t>(part.offset),
                                 static_cast<std::size_t>(part.size));
  room.resize(static_cast<std::size_t>(part.size));
  TFEVENTS_TRY(const std::size_t read, value.read(part.offset, room));
  if (read != room.size()) {
    return Error{.code = ErrorCode::kChanged,
                 .message = "the file became shorter while it was read"};
  }
  return Bytes(room);
}

Status parse_into(GraphRow& row, Bytes bytes, std::uint32_t depth) {
  if (row.form == GraphForm::kKeras) {
    TFEVENTS_TRY(row.model, parse_keras_model(bytes));
    return ok_status();
  }
  GraphCounter counter;
  ScopeCounter scopes(depth);
  TFEVENTS_TRY(GraphExtras extras, walk_graph(bytes, row.form, [&](const GraphNode& node) {
                 counter.add(node);
                 scopes.add(node);
               }));
  row.graph = counter.finish(std::move(extras));
  row.scopes = scopes.finish();
  return ok_status();
}

/// Decodes selected graphs, and keeps all of them or the last of each series.
class GraphSink {
 public:
  using Kept = std::unique_ptr<GraphRow>;

  GraphSink(RunReading& reading, const GraphOptions& options, bool last_only)
      : reading_(reading), options_(options), last_only_(last_only) {}

  void on_series(SeriesId /*series*/) {}
  void on_float(SeriesId, std::int64_t, double, float, std::uint64_t) {}
  void on_scalar(SeriesId, std::int64_t, double, Scalar, std::uint64_t) {}
  void on_stored(SeriesId series, std::int64_t step, double wall, const StoredValue& value) {
    const SeriesInfo& info = reading_.tags.info(series);
    if (!info.selected || !is_graph(info.kind)) return;
    take(series, decode(series, step, wall, value));
  }
  Kept keep(SeriesId series, std::int64_t step, double wall, const StoredValue& value) {
    return is_graph(reading_.tags.info(series).kind) ? decode(series, step, wall, value) : nullptr;
  }
  void on_kept(SeriesId series, std::int64_t /*step*/, double /*wall*/, Kept row) {
    take(series, std::move(row));
  }
  [[nodiscard]] static bool stopped() noexcept { return false; }

  std::vector<GraphRow> finish() {
    std::vector<GraphRow> rows;
    for (auto& [series, found] : rows_) {
      std::move(found.begin(), found.end(), std::back_inserter(rows));
    }
    return rows;
  }

 private:
  void take(SeriesId series, Kept row) {
    // A last graph that does not decode is a problem, and the one before is not the answer.
    std::vector<GraphRow>& rows = rows_[series];
    if (last_only_) rows.clear();
    if (row == nullptr) return;
    if (options_.keep_bytes) keep_best(*row);
    rows.push_back(std::move(*row));
  }

  // One graph's bytes are held at a time.
  void keep_best(GraphRow& row) {
    const int value = worth(row, options_.keras);
    int best = 0;
    for (const auto& [series, found] : rows_) {
      for (const GraphRow& other : found) {
        if (!other.serialized.empty()) best = worth(other, options_.keras);
      }
    }
    if (value == 0 || value < best) {
      row.serialized = {};
      return;
    }
    for (auto& [series, found] : rows_) {
      for (GraphRow& other : found) other.serialized = {};
    }
  }

  // Nothing, and a problem, where it is no graph.
  Kept decode(SeriesId series, std::int64_t step, double wall, const StoredValue& value) {
    const Run& run = reading_.input.run();
    const TagId tag = reading_.tags.info(series).tag;
    auto row = std::make_unique<GraphRow>();
    row->run = run.name;
    row->shown = run.people_name();
    row->path = run.path;
    row->tag = reading_.tags.name(tag);
    row->kind = reading_.tags.kind_name(series);
    row->step = step;
    row->wall_time = wall;
    row->file = run.path_of(value.file());
    row->offset = value.record_offset();
    const Status status = fill(*row, value, reading_.tags.plugin(tag));
    if (status.ok()) return row;
    reading_.findings.add({.severity = Severity::kError,
                           .rule = "undecodable-value",
                           .path = row->file,
                           .offset = row->offset,
                           .tag = row->tag,
                           .step = step,
                           .message = status.error().message,
                           .lost_data = true});
    return nullptr;
  }

  Status fill(GraphRow& row, const StoredValue& value, std::string_view plugin) const {
    TFEVENTS_TRY(const Place place, place_of(value, plugin));
    row.form = place.form;
    row.bytes = place.part.size;
    std::vector<std::byte> room;
    TFEVENTS_TRY(const Bytes bytes, load(value, place.part, room));
    TFEVENTS_CHECK(parse_into(row, bytes, options_.depth));
    if (options_.keep_bytes) {
      row.serialized =
          room.empty() ? std::vector<std::byte>(bytes.begin(), bytes.end()) : std::move(room);
    }
    return ok_status();
  }

  RunReading& reading_;
  const GraphOptions& options_;
  bool last_only_;
  std::map<SeriesId, std::vector<GraphRow>> rows_;
};

/// Reads the graphs of a view; in one pass where of each series the last point is wanted, which
/// every view keeps.
class GraphRead {
 public:
  GraphRead(const Run& run, const GraphOptions& options, const SeriesSelector& selector,
            const OpContext& context)
      : run_(run),
        options_(options),
        selector_(selector),
        context_(context),
        last_only_(!options.select.last && PointFilter(options.select).empty()) {}

  Result<RunGraphs> read() {
    return try_three_times([this] { return last_only_ ? read_last() : read_view(); },
                           [this](const Error& error) -> Result<RunGraphs> {
                             RunReading reading(context_.sys, run_, input_options(context_, false));
                             reading.findings.on_changed(error, Findings::Changed::kAtEveryTry);
                             return finished(reading, {}, {});
                           });
  }

 private:
  Result<RunGraphs> read_last() {
    RunReading reading(context_.sys, run_, input_options(context_, false));
    GraphSink graphs(reading, options_, true);
    const PointReaderOptions options{.max_series = options_.select.max_series,
                                     .selector = &selector_,
                                     .stop = &context_.stop,
                                     .on_bytes = progress_of(context_)};
    TFEVENTS_CHECK(PointReader(reading, graphs, options).read_all());
    return finished(reading, graphs.finish(), {});
  }

  Result<RunGraphs> read_view() {
    ViewPasses passes(run_, options_.select, selector_, context_);
    GraphSink graphs(passes.reading(), options_, false);
    TFEVENTS_TRY(const bool selected, passes.prepare());
    if (selected) {
      TFEVENTS_CHECK(
          passes.give(graphs, [](const SeriesInfo& info) { return is_graph(info.kind); }));
    }
    return finished(passes.reading(), graphs.finish(), passes.dropped());
  }

  RunGraphs finished(RunReading& reading, std::vector<GraphRow> rows, const Dropped& dropped) {
    constexpr std::size_t kMaxTags = 1000;
    RunGraphs graphs;
    graphs.outcome.life = judge_life(run_, reading, context_.clock.now());
    if (passes_activity(options_.select, graphs.outcome.life)) graphs.rows = std::move(rows);
    for (SeriesId id = 0; id < reading.tags.series_count(); ++id) {
      const SeriesInfo& info = reading.tags.info(id);
      ++graphs.kinds[std::string(reading.tags.kind_name(id))];
      if (is_graph(info.kind) && graphs.tags.size() < kMaxTags)
        graphs.tags.insert(printable(reading.tags.name(info.tag)));
    }
    graphs.outcome.dropped = dropped;
    graphs.outcome.take(run_, reading);
    return graphs;
  }

  const Run& run_;
  const GraphOptions& options_;
  const SeriesSelector& selector_;
  const OpContext& context_;
  bool last_only_;
};

}  // namespace

int worth(const GraphRow& row, bool keras) noexcept {
  switch (row.form) {
    case GraphForm::kGraph: return row.graph.nodes != 0 ? 4 : 0;
    case GraphForm::kMetaGraph: return row.graph.nodes != 0 ? 3 : 0;
    case GraphForm::kRunMetadata: return row.graph.nodes != 0 ? 2 : 0;
    case GraphForm::kKeras: return keras && row.model && !row.model->layers.empty() ? 1 : 0;
  }
  return 0;
}

Result<RunGraphs> read_run_graphs(const Run& run, const GraphOptions& options,
                                  const SeriesSelector& selector, const OpContext& context) {
  return GraphRead(run, options, selector, context).read();
}

}  // namespace tfevents::ops
