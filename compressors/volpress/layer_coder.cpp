#include <algorithm>
#include <cmath>
#include <cstring>

#include "compressors/volpress/band_coder.hpp"
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
  std::array<SymbolArray, kPlanes> levels, means;  ///< of planes, for those that are coded later
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
      context.known.push_back({layer.planes[k], work.means[k]});
    }
  }
  context.precision = layer.models.precision[plane];
  context.features = featuresBefore(layer, plane);
  for (std::size_t k = 0; k < 2 && k < plane; ++k) {
    context.levelsBefore[k] = work.levels[plane - 1 - k];
  }
  context.roundingBias = work.options.roundingBias;
  codePlane(side, context, rows, {layer.planes[plane], work.levels[plane], work.means[plane]});
}

template <typename Side>
void codeRotations(Side& side, LayerWork& work, RowRange rows) {
  Layer& layer = work.layer;
  const FeaturePlanes features = featuresOf(layer);
  const LayerModels& models = layer.models;
  for (std::size_t row = rows.begin; row < rows.end; ++row) {
    work.distinct[row] = static_cast<std::uint8_t>(distinctAxis(
        layer.planes[kScale1][row], layer.planes[kScale2][row], layer.planes[kScale3][row]));
    const bool isDisc = work.distinct[row] != 0;
    const auto bitsOf = [&](Precision ofNeedles, Precision ofDiscs) {
      return static_cast<std::uint8_t>(
          cellBits(finenessOf(models.precision[isDisc ? ofDiscs : ofNeedles], features, row)));
    };
    work.turnBits[row] = {bitsOf(kDirections, kDiscDirections), bitsOf(kTurns, kDiscTurns)};
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

template <typename Side>
void codeShBands(Side& side, LayerWork& work, RowRange rows) {
  Layer& layer = work.layer;
  if (layer.shDegree == 0) {
    return;
  }
  const FeaturePlanes features = featuresOf(layer);
  std::vector<std::uint8_t> fineness(rows.end - rows.begin);
  for (std::size_t i = 0; i < fineness.size(); ++i) {
    fineness[i] = static_cast<std::uint8_t>(
        finenessOf(layer.models.precision[kBands], features, rows.begin + i));
  }
  if constexpr (!std::is_same_v<Side, coding::BitReadSide>) {  // version 1 has no palettes
    if (layer.palette.count != 0) {
      codeLabels(side, layer.palette, fineness, work.near, rows);
      const std::size_t channels = 3 * shRestCount(layer.shDegree);
      for (std::size_t row = rows.begin; row < rows.end; ++row) {
        std::copy_n(&layer.palette.entries[channels * layer.palette.labels[row]], channels,
                    &layer.bands[channels * row]);
      }
      return;
    }
  }
  codeBands(
      side,
      {layer.shDegree, layer.models.bandFineness, fineness, &work.near, work.options.bandBias},
      rows, layer.bands);
}

/// The streams that hold a block's rows, in the order in which they can be read: those of the first
/// step before all others.
constexpr std::size_t kSteps = 2;
constexpr std::array<std::size_t, kSteps + 1> kStepStreams{kGradeStream, kRotationStream,
                                                           kBlockStreams};

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
    default: codeShBands(side, work, rows); break;
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

LayerWork makeWork(Layer& layer, const WritingOptions& options, unsigned version,
                   TaskRunner& runner) {
  const std::size_t count = layer.points.size();
  LayerWork work{layer, options, blocksOf(count, version), {}, {}, {}, {}, {}};
  work.near = findNearRows(layer.points, work.blocks, runner);
  for (std::size_t plane = 0; plane < kPlanes; ++plane) {
    work.levels[plane].resize(count);
    work.means[plane].resize(count);
  }
  work.distinct.resize(count);
  work.turnBits.resize(count);
  return work;
}

/// The blocks of a stream: their lengths, then they.
Result<std::vector<ByteView>> splitBlocks(ByteView stream, std::size_t count) {
  ByteReader reader(stream);
  std::vector<std::uint32_t> lengths(count);
  for (std::uint32_t& length : lengths) {
    VOLPRESS_TRY(length, reader.read<std::uint32_t>("block length"));
  }
  std::vector<ByteView> blocks(count);
  for (std::size_t block = 0; block < count; ++block) {
    VOLPRESS_TRY(blocks[block], reader.take(lengths[block], "block"));
  }
  if (reader.remaining() != 0) {
    return fail(ErrorCode::CorruptData, "{} bytes follow the last block", reader.remaining());
  }
  return blocks;
}

Result<void> readPositions(Layer& layer, std::size_t count, ByteView stream, unsigned version,
                           TaskRunner& runner, const std::stop_token& stop) {
  // Version 1 has no blocks here.
  std::vector<RowRange> blocks{{0, count}};
  std::vector<ByteView> views{stream};
  if (version != 1) {
    blocks = blocksOf(count);
    VOLPRESS_TRY(views, splitBlocks(stream, blocks.size()));
  }
  std::vector<Result<std::vector<coding::GridPoint>>> parts(blocks.size());
  runner.parallelFor(blocks.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t block = begin; block < end; ++block) {
      parts[block] = coding::decodePositions(views[block], stop);
    }
  });
  layer.points.clear();
  for (std::size_t block = 0; block < blocks.size(); ++block) {
    VOLPRESS_TRY(const std::vector<coding::GridPoint> points, std::move(parts[block]));
    if (points.size() != blocks[block].end - blocks[block].begin) {
      return fail(ErrorCode::CorruptData, "block {} has {} positions, expected are {}", block,
                  points.size(), blocks[block].end - blocks[block].begin);
    }
    layer.points.insert(layer.points.end(), points.begin(), points.end());
  }
  return {};
}

}  // namespace

bool hasStream(const Layer& layer, std::size_t stream) noexcept {
  switch (stream) {
    case kBandStream: return layer.shDegree != 0;
    case kPaletteStream: return layer.palette.count != 0;
    default: return true;
  }
}

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
  LayerWork work = makeWork(layer, options, kVolpressVersion, runner);
  if (hasStream(layer, kPaletteStream)) {
    coding::RansWriteSide side;
    codePalette(side, layer.palette, layer.shDegree, layer.models.bandFineness);
    streams[kPaletteStream] = side.finish();
  }
  std::vector<std::array<Bytes, kBlockStreams>> parts(work.blocks.size());
  for (std::size_t block = 0; block < parts.size(); ++block) {
    const RowRange rows = work.blocks[block];
    const std::span<const coding::GridPoint> points(layer.points);
    VOLPRESS_TRY(auto positions,
                 coding::encodePositions(points.subspan(rows.begin, rows.end - rows.begin),
                                         layer.grid.bits, stop));
    parts[block][kPositionStream] = std::move(positions.bytes);
  }
  forEachStream(work.blocks.size(), runner, [&](std::size_t stream, std::size_t block) {
    if (!stop.stop_requested() && hasStream(layer, stream)) {
      coding::RansWriteSide side;
      codeStream(side, work, stream, work.blocks[block]);
      parts[block][stream] = side.finish();
    }
  });
  if (stop.stop_requested()) {
    return fail(ErrorCode::Cancelled, "cancelled");
  }
  for (std::size_t stream = 0; stream < kBlockStreams; ++stream) {
    if (!hasStream(layer, stream)) {
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
                       const std::array<ByteView, kStreams>& streams, unsigned version,
                       TaskRunner& runner, const std::stop_token& stop) {
  VOLPRESS_CHECK(readPositions(layer, count, streams[kPositionStream], version, runner, stop));
  for (SymbolArray& plane : layer.planes) {
    plane.resize(count);
  }
  layer.axes.resize(count);
  layer.offsets.resize(3 * count);
  layer.bands.resize(3 * shRestCount(layer.shDegree) * count);
  const WritingOptions options;
  LayerWork work = makeWork(layer, options, version, runner);
  if (hasStream(layer, kPaletteStream)) {
    layer.palette.entries.resize(3 * shRestCount(layer.shDegree) * layer.palette.count);
    layer.palette.labels.resize(count);
    coding::RansReadSide side(streams[kPaletteStream]);
    codePalette(side, layer.palette, layer.shDegree, layer.models.bandFineness);
    if (!side.atEnd()) {
      return fail(ErrorCode::CorruptData, "the palette does not end with its last value");
    }
  }
  std::vector<std::array<ByteView, kBlockStreams>> parts(work.blocks.size());
  for (std::size_t stream = kGradeStream; stream < kBlockStreams; ++stream) {
    if (!hasStream(layer, stream)) {
      continue;
    }
    VOLPRESS_TRY(const std::vector<ByteView> views,
                 splitBlocks(streams[stream], work.blocks.size()));
    for (std::size_t block = 0; block < views.size(); ++block) {
      parts[block][stream] = views[block];
    }
  }
  std::vector<std::array<std::uint8_t, kBlockStreams>> good(work.blocks.size());
  forEachStream(work.blocks.size(), runner, [&](std::size_t stream, std::size_t block) {
    if (stop.stop_requested() || !hasStream(layer, stream)) {
      good[block][stream] = 1;
      return;
    }
    // A block after a damaged one is not read: its numbers were never set.
    for (std::size_t before = kGradeStream; before < kStepStreams[1] && before < stream; ++before) {
      if (good[block][before] == 0) {
        return;
      }
    }
    const auto read = [&](auto side) {
      codeStream(side, work, stream, work.blocks[block]);
      good[block][stream] = side.atEnd() ? 1 : 0;
    };
    const ByteView part = parts[block][stream];
    version == 1 ? read(coding::BitReadSide(part)) : read(coding::RansReadSide(part));
  });
  if (stop.stop_requested()) {
    return fail(ErrorCode::Cancelled, "cancelled");
  }
  for (std::size_t block = 0; block < good.size(); ++block) {
    for (std::size_t stream = kGradeStream; stream < kBlockStreams; ++stream) {
      if (good[block][stream] == 0) {
        return fail(ErrorCode::CorruptData,
                    "block {} of stream {} does not end with its last value", block, stream);
      }
    }
  }
  return {};
}

}  // namespace volpress::compressors::own
