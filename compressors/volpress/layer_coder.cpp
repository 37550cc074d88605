#include <algorithm>
#include <cmath>
#include <cstring>

#include "compressors/volpress/layer.hpp"

namespace volpress::compressors::own {
namespace {

/// Bits of a cell whose range is kUnit, for a step of this fineness.
unsigned cellBits(std::size_t fineness) noexcept {
  constexpr std::size_t kWhole = 4 * 10 + 2;  // kUnit is 2^10; half a bit more, to the nearest
  return fineness >= kWhole
             ? 0U
             : std::min(static_cast<unsigned>((kWhole - fineness) / 4), kMaxTurnBits);
}

/// What all blocks of a layer share.
struct LayerWork {
  Layer& layer;
  const WritingOptions& options;
  std::vector<RowRange> blocks;
  NearRows near;
  std::array<SymbolArray, kPlanes> levels;
  std::vector<std::uint8_t> distinct;
  std::vector<TurnBits> turnBits;
};

FeaturePlanes featuresBefore(const Layer& layer, std::size_t plane) noexcept {
  FeaturePlanes features = featuresOf(layer);
  for (std::size_t k = plane; k < features.size(); ++k) {
    features[k] = {};
  }
  return features;
}

template <typename Side>
void codeOnePlane(Side& side, LayerWork& work, std::size_t plane, RowRange rows) {
  Layer& layer = work.layer;
  PlaneContext context;
  context.near = &work.near;
  context.prediction = layer.models.prediction[plane];
  // A plane is predicted from all before it, but colours do not follow from each other's geometry
  // in more than grade and opacity.
  for (std::size_t k = 0; k < plane; ++k) {
    if (plane < kLuma || k >= kLuma || k < kScale2) {
      context.known.emplace_back(layer.planes[k]);
    }
  }
  context.precision = layer.models.precision[plane];
  context.features = featuresBefore(layer, plane);
  for (std::size_t k = 0; k < 2 && k < plane; ++k) {
    context.levelsBefore[k] = work.levels[plane - 1 - k];
  }
  context.roundingBias = work.options.roundingBias;
  codePlane(side, context, rows, layer.planes[plane], work.levels[plane]);
}

template <typename Side>
void codeRotations(Side& side, LayerWork& work, RowRange rows) {
  Layer& layer = work.layer;
  const FeaturePlanes features = featuresOf(layer);
  const LayerModels& models = layer.models;
  for (std::size_t row = rows.begin; row < rows.end; ++row) {
    work.distinct[row] = static_cast<std::uint8_t>(distinctAxis(
        layer.planes[kScale1][row], layer.planes[kScale2][row], layer.planes[kScale3][row]));
    work.turnBits[row] = {
        static_cast<std::uint8_t>(
            cellBits(finenessOf(models.precision[kDirections], features, row))),
        static_cast<std::uint8_t>(cellBits(finenessOf(models.precision[kTurns], features, row)))};
  }
  codeTurns(side, work.near, rows, work.distinct, work.turnBits, layer.axes);
}

/// Where in their coarse cells splats are: as good as random, so nothing is modelled.
template <typename Side>
void codeOffsets(Side& side, LayerWork& work, RowRange rows) {
  Layer& layer = work.layer;
  const FeaturePlanes features = featuresOf(layer);
  for (std::size_t row = rows.begin; row < rows.end; ++row) {
    const unsigned bits = cellBits(finenessOf(layer.models.precision[kPositions], features, row));
    for (std::size_t c = 0; c < 3; ++c) {
      std::int32_t& offset = layer.offsets[3 * row + c];
      const std::uint32_t cell = side.plain(
          static_cast<std::uint32_t>(std::clamp(offset, 0, kOffsetUnit - 1)) << bits >> kOffsetBits,
          bits);
      offset = static_cast<std::int32_t>(((2 * cell + 1) << kOffsetBits) >> (bits + 1));
    }
  }
}

/// SH above band 0: a flag says whether a splat has any, then each band whether it has, then the
/// levels of its coefficients.
class BandModels {
public:
  explicit BandModels(unsigned degree)
      : m_flags(1 + degree, {3 * 3 * 3, 24 * 3}),
        m_levels({static_cast<std::uint32_t>(3 * shRestCount(degree)) * 3, 5 * 5 * 3,
                  3 * 3 * 3 * 5 * 3}) {}

  coding::MixedBits<2> m_flags;
  coding::ValueCoder<3> m_levels;
};

template <typename Side>
void codeBands(Side& side, LayerWork& work, RowRange rows) {
  Layer& layer = work.layer;
  const std::size_t channels = 3 * shRestCount(layer.shDegree);
  if (channels == 0) {
    return;
  }
  const FeaturePlanes features = featuresOf(layer);
  BandModels models(layer.shDegree);
  std::vector<std::uint8_t> counts(rows.end - rows.begin);  // non-zero levels of a row, up to 2
  std::vector<std::int32_t> levels(channels);
  std::vector<std::int32_t> steps(channels / 3);
  for (std::size_t row = rows.begin; row < rows.end && !side.overran(); ++row) {
    std::int32_t* values = &layer.bands[channels * row];
    const std::size_t fineness = finenessOf(layer.models.precision[kBands], features, row);
    for (std::size_t k = 0; k < steps.size(); ++k) {
      const auto own = static_cast<std::ptrdiff_t>(fineness) + layer.models.bandFineness[k];
      steps[k] = stepOf(static_cast<std::size_t>(
          std::clamp<std::ptrdiff_t>(own, 0, static_cast<std::ptrdiff_t>(kFinenesses) - 1)));
    }
    bool any = false;
    if constexpr (Side::kWrites) {
      for (std::size_t i = 0; i < channels; ++i) {
        const double scaled = std::abs(static_cast<double>(values[i])) / steps[i / 3];
        const auto level =
            static_cast<std::int32_t>(std::floor(scaled + 0.5 - work.options.bandBias));
        levels[i] = values[i] < 0 ? -level : level;
        any = any || level != 0;
      }
    }
    const std::uint32_t* near = &work.near.rows[kNeighbours * row];
    const bool alone = near[0] == row;
    std::uint32_t around = 0;
    for (std::size_t k = 0; k < kNeighbours && !alone; ++k) {
      around = 3 * around + counts[near[k] - rows.begin];
    }
    const auto band24 = static_cast<std::uint32_t>(std::min<std::size_t>(fineness / 4, 23));
    std::uint32_t coded = 0;
    if (!models.m_flags.code(side, 0, {around, band24 * 3}, any)) {
      std::fill_n(values, channels, 0);
      counts[row - rows.begin] = 0;
      continue;
    }
    std::size_t first = 0;
    for (unsigned degree = 1; degree <= layer.shDegree; ++degree) {
      const std::size_t end = 3 * shRestCount(degree);
      const bool wanted = std::any_of(levels.begin() + static_cast<std::ptrdiff_t>(first),
                                      levels.begin() + static_cast<std::ptrdiff_t>(end),
                                      [](std::int32_t level) { return level != 0; });
      const bool has =
          models.m_flags.code(side, degree, {around, band24 * 3 + std::min(coded, 2U)}, wanted);
      for (std::size_t i = first; i < end; ++i) {
        if (!has) {
          levels[i] = 0;
          values[i] = 0;
          continue;
        }
        const std::size_t channel = i % 3;
        const auto bounded = [&](std::size_t at) {
          return static_cast<std::uint32_t>(std::min(std::abs(levels[at]), 2));
        };
        std::uint32_t likeness = 12;
        if (!alone) {
          const std::int32_t step = steps[i / 3];
          const auto sign = [&](std::uint32_t other) {
            const std::int32_t value = layer.bands[channels * other + i];
            const std::int32_t size = std::abs(value);
            const std::int32_t grade = size * 2 < step ? 0 : size < 2 * step ? 1 : 2;
            return static_cast<std::uint32_t>(2 + (value < 0 ? -grade : grade));
          };
          likeness = sign(near[0]) * 5 + sign(near[1]);
        }
        const std::uint32_t same = channel != 0 ? bounded(i - 1) : 0;
        const std::uint32_t luma = channel == 2 ? bounded(i - 2) : 0;
        const std::uint32_t before = i >= first + 3 ? bounded(i - 3) : 0;
        const std::int32_t level =
            models.m_levels.code(side,
                                 {static_cast<std::uint32_t>(i) * 3 + std::min(coded / 2, 2U),
                                  likeness * 3 + static_cast<std::uint32_t>(channel),
                                  (((same * 3 + luma) * 3 + before) * 5 + degree) * 3 +
                                      static_cast<std::uint32_t>(channel)},
                                 levels[i]);
        levels[i] = level;
        values[i] = static_cast<std::int32_t>(
            std::clamp<std::int64_t>(std::int64_t{level} * steps[i / 3], -kMaxFixed, kMaxFixed));
        coded += level != 0 ? 1U : 0U;
      }
      first = end;
    }
    counts[row - rows.begin] = static_cast<std::uint8_t>(coded == 0 ? 0 : coded < 4 ? 1 : 2);
  }
}

/// The streams that hold a block's rows, in the order in which they can be read: those of the first
/// step before all others.
constexpr std::size_t kSteps = 2;
constexpr std::array<std::size_t, kSteps + 1> kStepStreams{kGradeStream, kRotationStream, kStreams};

template <typename Side>
void codeStream(Side& side, LayerWork& work, std::size_t stream, RowRange rows) {
  switch (stream) {
    case kGradeStream: codeOnePlane(side, work, kGrade, rows); break;
    case kOpacityStream: codeOnePlane(side, work, kOpacity, rows); break;
    case kScaleStream:
      for (std::size_t plane = kScale1; plane <= kScale3; ++plane) {
        codeOnePlane(side, work, plane, rows);
      }
      break;
    case kRotationStream: codeRotations(side, work, rows); break;
    case kColorStream:
      for (std::size_t plane = kLuma; plane < kPlanes; ++plane) {
        codeOnePlane(side, work, plane, rows);
      }
      break;
    case kOffsetStream: codeOffsets(side, work, rows); break;
    default: codeBands(side, work, rows); break;
  }
}

/// Runs `code(stream, block)` for all streams of all blocks: those of a block's first step in
/// order, then the others at once.
template <typename CodeStream>
void forEachStream(std::size_t blocks, TaskRunner& runner, const CodeStream& code) {
  runner.parallelFor(blocks, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t block = begin; block < end; ++block) {
      for (std::size_t stream = kStepStreams[0]; stream < kStepStreams[1]; ++stream) {
        code(stream, block);
      }
    }
  });
  const std::size_t rest = kStepStreams[2] - kStepStreams[1];
  runner.parallelFor(blocks * rest, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      code(kStepStreams[1] + i % rest, i / rest);
    }
  });
}

LayerWork makeWork(Layer& layer, const WritingOptions& options, TaskRunner& runner) {
  const std::size_t count = layer.points.size();
  LayerWork work{layer, options, blocksOf(count), {}, {}, {}, {}};
  work.near = findNearRows(layer.points, work.blocks, runner);
  for (SymbolArray& plane : work.levels) {
    plane.resize(count);
  }
  work.distinct.resize(count);
  work.turnBits.resize(count);
  return work;
}

}  // namespace

FeaturePlanes featuresOf(const Layer& layer) noexcept {
  FeaturePlanes features;
  for (std::size_t k = 0; k < features.size(); ++k) {
    features[k] = layer.planes[k];
  }
  return features;
}

// A stream is the lengths of its blocks and the blocks.
Result<LayerStreams> writeLayer(Layer& layer, const WritingOptions& options, TaskRunner& runner,
                                const std::stop_token& stop) {
  LayerStreams streams;
  VOLPRESS_TRY(auto positions, coding::encodePositions(layer.points, layer.grid.bits, stop));
  streams[kPositionStream] = std::move(positions.bytes);
  LayerWork work = makeWork(layer, options, runner);
  std::vector<std::array<Bytes, kStreams>> parts(work.blocks.size());
  forEachStream(work.blocks.size(), runner, [&](std::size_t stream, std::size_t block) {
    if (!stop.stop_requested() && (stream != kBandStream || layer.shDegree != 0)) {
      coding::BitWriteSide side;
      codeStream(side, work, stream, work.blocks[block]);
      parts[block][stream] = side.finish();
    }
  });
  if (stop.stop_requested()) {
    return fail(ErrorCode::Cancelled, "cancelled");
  }
  for (std::size_t stream = kGradeStream; stream < kStreams; ++stream) {
    if (stream == kBandStream && layer.shDegree == 0) {
      continue;
    }
    ByteWriter writer;
    for (const auto& part : parts) {
      writer.write(static_cast<std::uint32_t>(part[stream].size()));
    }
    for (const auto& part : parts) {
      writer.append(part[stream]);
    }
    streams[stream] = std::move(writer).take();
  }
  return streams;
}

Result<void> readLayer(Layer& layer, std::size_t count,
                       const std::array<ByteView, kStreams>& streams, TaskRunner& runner,
                       const std::stop_token& stop) {
  VOLPRESS_TRY(layer.points, coding::decodePositions(streams[kPositionStream], stop));
  if (layer.points.size() != count) {
    return fail(ErrorCode::CorruptData, "{} positions for {} splats", layer.points.size(), count);
  }
  for (SymbolArray& plane : layer.planes) {
    plane.resize(count);
  }
  layer.axes.resize(count);
  layer.offsets.resize(3 * count);
  layer.bands.resize(3 * shRestCount(layer.shDegree) * count);
  const WritingOptions options;
  LayerWork work = makeWork(layer, options, runner);
  std::vector<std::array<ByteView, kStreams>> parts(work.blocks.size());
  for (std::size_t stream = kGradeStream; stream < kStreams; ++stream) {
    if (stream == kBandStream && layer.shDegree == 0) {
      continue;
    }
    ByteReader reader(streams[stream]);
    std::vector<std::uint32_t> lengths(work.blocks.size());
    for (std::uint32_t& length : lengths) {
      VOLPRESS_TRY(length, reader.read<std::uint32_t>("block length"));
    }
    for (std::size_t block = 0; block < lengths.size(); ++block) {
      VOLPRESS_TRY(parts[block][stream], reader.take(lengths[block], "block"));
    }
    if (reader.remaining() != 0) {
      return fail(ErrorCode::CorruptData, "{} bytes follow the last block", reader.remaining());
    }
  }
  std::vector<std::array<std::uint8_t, kStreams>> good(work.blocks.size());
  forEachStream(work.blocks.size(), runner, [&](std::size_t stream, std::size_t block) {
    if (stop.stop_requested() || (stream == kBandStream && layer.shDegree == 0)) {
      good[block][stream] = 1;
      return;
    }
    // A block after a damaged one is not read: its numbers were never set.
    for (std::size_t before = kGradeStream; before < kStepStreams[1] && before < stream; ++before) {
      if (good[block][before] == 0) {
        return;
      }
    }
    coding::BitReadSide side(parts[block][stream]);
    codeStream(side, work, stream, work.blocks[block]);
    good[block][stream] = side.atEnd() ? 1 : 0;
  });
  if (stop.stop_requested()) {
    return fail(ErrorCode::Cancelled, "cancelled");
  }
  for (std::size_t block = 0; block < good.size(); ++block) {
    for (std::size_t stream = kGradeStream; stream < kStreams; ++stream) {
      if (good[block][stream] == 0) {
        return fail(ErrorCode::CorruptData,
                    "block {} of stream {} does not end with its last value", block, stream);
      }
    }
  }
  return {};
}

}  // namespace volpress::compressors::own
