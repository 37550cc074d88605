#include "compressors/intra/intra_frame.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "compressors/coding/canonical_rotation.hpp"
#include "compressors/coding/luma_chroma.hpp"
#include "compressors/coding/neighbours.hpp"
#include "compressors/coding/octree_positions.hpp"
#include "compressors/coding/quantise.hpp"
#include "compressors/coding/symbol_coder.hpp"

namespace volpress::compressors::intra {
namespace {

using coding::SymbolArray;
using coding::SymbolLayout;
using coding::UniformQuantiser;

constexpr std::int32_t kTurnLevels = 127;
constexpr std::int32_t kOpacityLevels = 255;
constexpr float kScaleStep = 0.08F;  // of log scales
constexpr float kColorStep = 0.03F;  // of DC coefficients, luma and chroma
constexpr float kRestStep = 0.04F;   // of the orders above
constexpr double kRestDeadZone = 0.6;
constexpr float kMostLogScale = 20;
constexpr float kFar = 1e12F;

enum Part : std::size_t { kScales, kTurns, kOpacities, kColors, kParts };
constexpr std::array<std::size_t, kParts> kChannels{3, 4, 1, 3};

std::size_t orderNumbers(unsigned order) { return 3 * (2 * std::size_t{order} + 1); }

SymbolLayout layoutOf(std::size_t rows, std::size_t channels, std::size_t chain,
                      std::span<const std::uint32_t> near) {
  SymbolLayout layout;
  layout.rows = rows;
  layout.channels = channels;
  layout.chain = chain;
  layout.neighbours = near;
  return layout;
}

void writePart(ByteWriter& out, const Bytes& part) {
  out.write(static_cast<std::uint32_t>(part.size()));
  out.append(part);
}

Result<ByteView> readPart(ByteReader& reader, const char* field) {
  VOLPRESS_TRY(const auto size, reader.read<std::uint32_t>(field));
  return reader.take(size, field);
}

Result<float> readStep(ByteReader& reader, const char* field) {
  VOLPRESS_TRY(const auto step, reader.read<float>(field));
  if (!(step > 0 && step < kFar)) {
    return fail(ErrorCode::CorruptData, "a {} of {}", field, step);
  }
  return step;
}

SymbolArray partSymbols(const GaussianCloud& cloud, Part part, float scaleStep, float colorStep) {
  SymbolArray symbols(cloud.count * kChannels[part]);
  const UniformQuantiser scales{scaleStep, 0}, colors{colorStep, 0};
  for (std::size_t i = 0; i < cloud.count; ++i) {
    std::int32_t* row = &symbols[i * kChannels[part]];
    if (part == kScales) {
      for (std::size_t k = 0; k < 3; ++k) {
        row[k] = scales.quantise(cloud.logScales[3 * i + k]);
      }
    } else if (part == kTurns) {
      const auto packed = coding::SmallestThree::quantise(&cloud.rotations[4 * i], kTurnLevels);
      row[0] = packed.largest;
      std::copy(packed.parts.begin(), packed.parts.end(), row + 1);
    } else if (part == kOpacities) {
      const double opacity = 1 / (1 + std::exp(-static_cast<double>(cloud.opacityLogits[i])));
      row[0] = static_cast<std::int32_t>(std::lround(opacity * kOpacityLevels));
    } else {
      std::array<float, 3> color{};
      coding::toLumaChroma(&cloud.shDc[3 * i], color.data());
      for (std::size_t k = 0; k < 3; ++k) {
        row[k] = colors.quantise(color[k]);
      }
    }
  }
  return symbols;
}

void takePart(const SymbolArray& symbols, Part part, float scaleStep, float colorStep,
              GaussianCloud& cloud) {
  const UniformQuantiser scales{scaleStep, 0}, colors{colorStep, 0};
  for (std::size_t i = 0; i < cloud.count; ++i) {
    const std::int32_t* row = &symbols[i * kChannels[part]];
    if (part == kScales) {
      for (std::size_t k = 0; k < 3; ++k) {
        cloud.logScales[3 * i + k] =
            std::clamp(scales.value(row[k]), -kMostLogScale, kMostLogScale);
      }
    } else if (part == kTurns) {
      coding::SmallestThree packed;
      packed.largest = static_cast<std::uint8_t>(row[0] & 3);
      for (std::size_t k = 0; k < 3; ++k) {
        packed.parts[k] = std::clamp(row[1 + k], -kTurnLevels, kTurnLevels);
      }
      const std::array<float, 4> wxyz = packed.value(kTurnLevels);
      std::copy(wxyz.begin(), wxyz.end(), &cloud.rotations[4 * i]);
    } else if (part == kOpacities) {
      // The ends stand for a quarter of a level inside them.
      const double level = std::clamp(static_cast<double>(row[0]), 0.25, kOpacityLevels - 0.25);
      cloud.opacityLogits[i] = static_cast<float>(std::log(level / (kOpacityLevels - level)));
    } else {
      std::array<float, 3> color{};
      for (std::size_t k = 0; k < 3; ++k) {
        color[k] = colors.value(row[k]);
      }
      coding::fromLumaChroma(color.data(), &cloud.shDc[3 * i]);
    }
  }
}

}  // namespace

Result<std::vector<Bytes>> packFrame(const GaussianCloud& cloud, const FrameSettings& settings,
                                     RunContext& context) {
  const auto grid = coding::PositionGrid::over(cloud.means, settings.positionBits);
  std::vector<coding::GridPoint> points(cloud.count);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    points[i] = grid.quantise(&cloud.means[3 * i]);
  }
  VOLPRESS_TRY(const coding::EncodedPositions coded,
               coding::encodePositions(points, grid.bits, context.stop));
  GaussianCloud sorted = gatherSplats(cloud, coded.order);
  coding::canonicalise(sorted, context.runner);
  std::vector<coding::GridPoint> places(cloud.count);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    places[i] = points[coded.order[i]];
  }
  const auto near = coding::nearestEarlier(places, context.runner);
  const auto coarse = static_cast<float>(settings.coarseness);
  ByteWriter base;
  base.write(grid.origin);
  base.write(grid.cell);
  base.write(static_cast<std::uint8_t>(grid.bits));
  base.write(kScaleStep * coarse);
  base.write(kColorStep * coarse);
  writePart(base, coded.bytes);
  for (const Part part : {kScales, kTurns, kOpacities, kColors}) {
    const SymbolArray symbols = partSymbols(sorted, part, kScaleStep * coarse, kColorStep * coarse);
    VOLPRESS_TRY(const Bytes bytes,
                 coding::encodeSymbols(
                     symbols, layoutOf(cloud.count, kChannels[part], kChannels[part], near),
                     context.runner, context.stop));
    writePart(base, bytes);
  }
  std::vector<Bytes> layers{std::move(base).take()};
  const std::size_t rest = 3 * shRestCount(cloud.shDegree);
  const UniformQuantiser quantiser{kRestStep * coarse, 0};
  for (unsigned order = 1; order <= cloud.shDegree; ++order) {
    const std::size_t numbers = orderNumbers(order);
    const std::size_t first = 3 * shRestCount(order - 1);
    SymbolArray symbols(cloud.count * numbers);
    for (std::size_t i = 0; i < cloud.count; ++i) {
      for (std::size_t k = 0; k < numbers; k += 3) {
        std::array<float, 3> color{};
        coding::toLumaChroma(&sorted.shRest[rest * i + first + k], color.data());
        for (std::size_t c = 0; c < 3; ++c) {
          symbols[numbers * i + k + c] = quantiser.quantiseWithDeadZone(color[c], kRestDeadZone);
        }
      }
    }
    VOLPRESS_TRY(const Bytes bytes,
                 coding::encodeSymbols(symbols, layoutOf(cloud.count, numbers, 3, near),
                                       context.runner, context.stop));
    ByteWriter layer;
    layer.write(quantiser.step);
    layer.append(bytes);
    layers.push_back(std::move(layer).take());
  }
  return layers;
}

Result<GaussianCloud> unpackFrame(std::span<const ByteView> layers, const ClipInfo& info,
                                  RunContext& context) {
  ByteReader reader(layers[0]);
  coding::PositionGrid grid;
  using Corner = std::array<float, 3>;
  VOLPRESS_TRY(grid.origin, reader.read<Corner>("grid origin"));
  VOLPRESS_TRY(grid.cell, readStep(reader, "grid cell"));
  VOLPRESS_TRY(const auto bits, reader.read<std::uint8_t>("grid bits"));
  VOLPRESS_TRY(const float scaleStep, readStep(reader, "scale step"));
  VOLPRESS_TRY(const float colorStep, readStep(reader, "colour step"));
  grid.bits = bits;
  const bool isNear = std::all_of(grid.origin.begin(), grid.origin.end(),
                                  [](float value) { return std::abs(value) < kFar; });
  if (bits < 1 || bits > coding::kMaxGridBits || !isNear) {
    return fail(ErrorCode::CorruptData, "a grid of {} bits from {}", bits, grid.origin[0]);
  }
  VOLPRESS_TRY(const ByteView positionBytes, readPart(reader, "positions"));
  VOLPRESS_TRY(const auto points, coding::decodePositions(positionBytes, context.stop));
  if (points.empty() || points.size() > info.maxSplats) {
    return fail(ErrorCode::CorruptData, "a frame of {} splats; 1 to {} are allowed", points.size(),
                info.maxSplats);
  }
  GaussianCloud cloud;
  resizeCloud(cloud, points.size(), info.shDegree);
  cloud.frame = info.frame;
  cloud.filter = info.filter;
  for (std::size_t i = 0; i < cloud.count; ++i) {
    const std::array<float, 3> place = grid.position(points[i]);
    std::copy(place.begin(), place.end(), &cloud.means[3 * i]);
  }
  const auto near = coding::nearestEarlier(points, context.runner);
  for (const Part part : {kScales, kTurns, kOpacities, kColors}) {
    VOLPRESS_TRY(const ByteView bytes, readPart(reader, "part of a frame"));
    VOLPRESS_TRY(
        const SymbolArray symbols,
        coding::decodeSymbols(bytes, layoutOf(cloud.count, kChannels[part], kChannels[part], near),
                              context.runner, context.stop));
    takePart(symbols, part, scaleStep, colorStep, cloud);
  }
  if (reader.remaining() != 0) {
    return fail(ErrorCode::CorruptData, "{} bytes are left behind a frame", reader.remaining());
  }
  std::fill(cloud.shRest.begin(), cloud.shRest.end(), 0.0F);
  const std::size_t rest = 3 * shRestCount(info.shDegree);
  for (unsigned order = 1; order <= info.shDegree && order < layers.size(); ++order) {
    ByteReader layer(layers[order]);
    VOLPRESS_TRY(const float step, readStep(layer, "colour step"));
    const UniformQuantiser quantiser{step, 0};
    const std::size_t numbers = orderNumbers(order);
    const std::size_t first = 3 * shRestCount(order - 1);
    VOLPRESS_TRY(const SymbolArray symbols,
                 coding::decodeSymbols(layer.rest(), layoutOf(cloud.count, numbers, 3, near),
                                       context.runner, context.stop));
    for (std::size_t i = 0; i < cloud.count; ++i) {
      for (std::size_t k = 0; k < numbers; k += 3) {
        std::array<float, 3> color{};
        for (std::size_t c = 0; c < 3; ++c) {
          color[c] = quantiser.value(symbols[numbers * i + k + c]);
        }
        coding::fromLumaChroma(color.data(), &cloud.shRest[rest * i + first + k]);
      }
    }
  }
  VOLPRESS_CHECK(validate(cloud));
  return cloud;
}

}  // namespace volpress::compressors::intra
