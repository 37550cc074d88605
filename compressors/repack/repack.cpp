#include "compressors/repack/repack.hpp"

#include <algorithm>
#include <optional>

#include "compressors/fields/field_container.hpp"
#include "compressors/fields/number_coder.hpp"

namespace volpress::compressors {
namespace {

/// The entries of a level that are coded.
std::vector<std::size_t> codedEntries(const std::vector<std::uint8_t>& flags,
                                      const GridLevel& level) {
  std::vector<std::size_t> entries;
  for (std::size_t e = level.first; e < level.first + level.entries; ++e) {
    if (flags[e] != 0) {
      entries.push_back(e);
    }
  }
  return entries;
}

class Repack final : public FieldContainerCodec {
public:
  Repack() : FieldContainerCodec(makeInfo(), {}) {}

  [[nodiscard]] Result<Bytes> encode(const HashGridField& field, const ParamSet& params,
                                     RunContext& context) const override {
    VOLPRESS_CHECK(check(field, params));
    VOLPRESS_TRY(Container container, begin(field, params));
    addOccupancy(container, field);
    addNetworks(container, field);
    const std::vector<std::uint8_t> flags = touchedEntries(field, context.runner);
    const auto touched = static_cast<std::size_t>(std::count(flags.begin(), flags.end(), 1));
    context.log.push_back(
        fmt::format("{} of {} grid entries can be seen ({:.1f} %)", touched, flags.size(),
                    100 * static_cast<double>(touched) / static_cast<double>(flags.size())));
    context.progress.report(0.3);
    const std::vector<GridLevel> levels = gridLevels(field.grid);
    std::vector<Bytes> streams(levels.size());
    context.runner.parallelFor(levels.size(), 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t l = begin; l < end && !context.stop.stop_requested(); ++l) {
        streams[l] = encodeLevel(field, codedEntries(flags, levels[l]));
      }
    });
    if (context.stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled");
    }
    for (std::size_t l = 0; l < levels.size(); ++l) {
      container.chunks.push_back({levelChunk(l), std::move(streams[l]), Packing::Stored, true});
    }
    return writeContainer(container, context.stop);
  }

  [[nodiscard]] Result<HashGridField> decode(ByteView file, RunContext& context) const override {
    VOLPRESS_TRY(Opened opened, open(file, context));
    VOLPRESS_CHECK(readNetworks(opened));
    HashGridField& field = opened.field;
    const std::vector<std::uint8_t> flags = touchedEntries(field, context.runner);
    const std::vector<GridLevel> levels = gridLevels(field.grid);
    std::vector<ByteView> streams(levels.size());
    for (std::size_t l = 0; l < levels.size(); ++l) {
      VOLPRESS_TRY(streams[l], opened.container.require(levelChunk(l)));
    }
    std::vector<std::optional<Error>> problems(levels.size());
    context.runner.parallelFor(levels.size(), 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t l = begin; l < end; ++l) {
        if (auto done = decodeLevel(streams[l], codedEntries(flags, levels[l]), field); !done) {
          problems[l] = std::move(done).error();
        }
      }
    });
    for (std::size_t l = 0; l < levels.size(); ++l) {
      if (problems[l]) {
        return withContext(*problems[l], levelChunk(l));
      }
    }
    VOLPRESS_CHECK(validate(field));
    return std::move(field);
  }

private:
  static CodecInfo makeInfo() {
    CodecInfo info;
    info.id = "repack";
    info.label = "Repack";
    info.summary =
        "Packs a snapshot without changing a pixel: occupancy as bits, features that no occupied "
        "cell reads dropped, the rest entropy-coded.";
    info.extension = ".vpc";
    info.params = {keepTrainingParam()};
    info.lost =
        "the density grid's values (its bits are kept), features that cannot be seen, and the "
        "training state";
    return info;
  }

  static Bytes encodeLevel(const HashGridField& field, const std::vector<std::size_t>& entries) {
    const std::size_t features = field.grid.features;
    const float* table = field.parameters.data() + field.gridFirst();
    std::vector<float> values;
    values.reserve(entries.size() * features);
    for (const std::size_t entry : entries) {
      values.insert(values.end(), table + entry * features, table + (entry + 1) * features);
    }
    return fields::encodeNumbers(fields::patternsOf(values, field.storesHalf),
                                 fields::layoutOf(field.storesHalf, features));
  }

  static Result<void> decodeLevel(ByteView stream, const std::vector<std::size_t>& entries,
                                  HashGridField& field) {
    const std::size_t features = field.grid.features;
    VOLPRESS_TRY(const std::vector<std::uint32_t> patterns,
                 fields::decodeNumbers(stream, entries.size() * features,
                                       fields::layoutOf(field.storesHalf, features)));
    std::vector<float> values(patterns.size());
    fields::fromPatterns(patterns, field.storesHalf, values);
    float* table = field.parameters.data() + field.gridFirst();
    for (std::size_t i = 0; i < entries.size(); ++i) {
      std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(i * features), features,
                  table + entries[i] * features);
    }
    return {};
  }
};

}  // namespace

const FieldCodec& repackCodec() {
  static const Repack kCodec;
  return kCodec;
}

}  // namespace volpress::compressors
