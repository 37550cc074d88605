#include "compressors/hifi4g/key_frame.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "compressors/coding/quantise.hpp"
#include "compressors/coding/symbol_coder.hpp"
#include "compressors/hifi4g/residual_block.hpp"

namespace volpress::compressors::hifi4g {
namespace {

constexpr std::size_t kLeastNodes = 200, kUsualMostNodes = 4000, kSplatsPerNode = 100;
constexpr float kSeenLogit = -2.1972246F;  // an opacity of 0.1
constexpr double kCell = 0.5;              // median smallest scales
constexpr double kRotationLevels = 511;    // 10 bits a part
constexpr double kLeastLevels = 63, kMostLevels = 2047;
constexpr unsigned kPaperGridBits = 16;  // in which splats are sorted when positions are floats
constexpr double kTail = 0.0001;
constexpr std::uint32_t kKeyLevels = 512;
constexpr float kFar = 1e12F;
constexpr float kMostLogScale = 20;

void setMeans(KeyFrame& key) {
  key.means.resize(3 * key.count());
  for (std::size_t i = 0; i < key.count(); ++i) {
    const std::array<float, 3> place = key.grid.position(key.points[i]);
    std::copy(place.begin(), place.end(), &key.means[3 * i]);
  }
}

void bind(KeyFrame& key, TaskRunner& runner) {
  key.binding = coding::bindToJoints(key.points, key.nodes,
                                     weightFall(static_cast<double>(key.spacing)), runner);
}

coding::SymbolLayout layoutOf(std::size_t rows, std::size_t channels,
                              std::span<const std::uint32_t> near) {
  coding::SymbolLayout layout;
  layout.rows = rows;
  layout.channels = channels;
  layout.chain = channels;
  layout.neighbours = near;
  return layout;
}

}  // namespace

Result<KeyFrame> makeKey(const GaussianCloud& cloud, double unit, const KeySettings& settings,
                         TaskRunner& runner, const std::stop_token& stop) {
  KeyFrame key;
  key.paper = settings.paper;
  const auto usual = coding::PositionGrid::over(cloud.means, kPaperGridBits);
  const double wanted = kCell * unit * settings.coarseness;
  const double bits =
      static_cast<double>(kPaperGridBits) + std::log2(static_cast<double>(usual.cell) / wanted);
  key.grid = settings.paper ? usual
                            : coding::PositionGrid::between(
                                  cloud.means,
                                  std::clamp(bits, 8.0, static_cast<double>(coding::kMaxGridBits)));
  key.rotationLevels = static_cast<std::uint16_t>(
      std::clamp(std::round(kRotationLevels / settings.coarseness), kLeastLevels, kMostLevels));
  std::vector<coding::GridPoint> points(cloud.count);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    points[i] = key.grid.quantise(&cloud.means[3 * i]);
  }
  VOLPRESS_TRY(const coding::EncodedPositions coded,
               coding::encodePositions(points, key.grid.bits, stop));
  key.order = coded.order;
  key.points.resize(cloud.count);
  key.rotations.resize(4 * cloud.count);
  std::vector<std::uint32_t> seen;
  for (std::size_t i = 0; i < cloud.count; ++i) {
    const std::size_t row = key.order[i];
    key.points[i] = points[row];
    const float* own = &cloud.rotations[4 * row];
    if (settings.paper) {
      const Quaternion unitLength =
          normalised({static_cast<double>(own[0]), static_cast<double>(own[1]),
                      static_cast<double>(own[2]), static_cast<double>(own[3])});
      std::transform(unitLength.begin(), unitLength.end(), &key.rotations[4 * i],
                     [](double part) { return static_cast<float>(part); });
    } else {
      const auto wxyz =
          coding::SmallestThree::quantise(own, key.rotationLevels).value(key.rotationLevels);
      std::copy(wxyz.begin(), wxyz.end(), &key.rotations[4 * i]);
    }
    if (cloud.opacityLogits[row] > kSeenLogit) {
      seen.push_back(static_cast<std::uint32_t>(i));
    }
  }
  setMeans(key);
  for (std::size_t i = 0; settings.paper && i < cloud.count; ++i) {
    std::copy_n(&cloud.means[3 * std::size_t{key.order[i]}], 3, &key.means[3 * i]);
  }
  if (seen.empty()) {
    seen.resize(cloud.count);
    std::iota(seen.begin(), seen.end(), 0U);
  }
  const std::size_t nodes =
      settings.nodes != 0 ? settings.nodes
                          : std::clamp(cloud.count / kSplatsPerNode, kLeastNodes, kUsualMostNodes);
  key.nodes = pickNodes(key.points, seen, std::min(nodes, kMostNodes));
  key.spacing = static_cast<float>(coding::medianJointDistance(key.points, key.nodes));
  bind(key, runner);
  return key;
}

Result<void> writeKey(ByteWriter& out, const KeyFrame& key, TaskRunner& runner,
                      const std::stop_token& stop) {
  out.write(static_cast<std::uint8_t>(key.paper ? 1 : 0));
  out.write(key.grid.origin);
  out.write(key.grid.cell);
  out.write(static_cast<std::uint8_t>(key.grid.bits));
  out.write(key.rotationLevels);
  out.write(key.spacing);
  out.write(static_cast<std::uint32_t>(key.nodes.size()));
  VOLPRESS_TRY(const coding::EncodedPositions coded,
               coding::encodePositions(key.points, key.grid.bits, stop));
  writeChecked(out, coded.bytes);
  if (key.paper) {
    ByteWriter floats;
    floats.append(viewBytes(std::span<const float>(key.means)));
    floats.append(viewBytes(std::span<const float>(key.rotations)));
    writeChecked(out, floats.bytes());
  } else {
    coding::SymbolArray parts(4 * key.count());
    for (std::size_t i = 0; i < key.count(); ++i) {
      const auto packed =
          coding::SmallestThree::quantise(&key.rotations[4 * i], key.rotationLevels);
      parts[4 * i] = packed.largest;
      std::copy(packed.parts.begin(), packed.parts.end(), &parts[4 * i + 1]);
    }
    const auto near = coding::nearestEarlier(key.points, runner);
    VOLPRESS_TRY(const Bytes rotations,
                 coding::encodeSymbols(parts, layoutOf(key.count(), 4, near), runner, stop));
    writeChecked(out, rotations);
  }
  std::vector<std::int32_t> gaps;
  gaps.reserve(key.nodes.size());
  std::uint32_t last = 0;
  for (const std::uint32_t node : key.nodes) {
    gaps.push_back(coding::foldUnsigned(node - last));
    last = node;
  }
  writeChecked(
      out, coding::encodeRans(gaps, std::vector<std::uint8_t>(gaps.size(), std::uint8_t{0}), 1));
  return {};
}

namespace {

Result<void> readRotations(ByteView bytes, KeyFrame& key, TaskRunner& runner,
                           const std::stop_token& stop) {
  const auto near = coding::nearestEarlier(key.points, runner);
  VOLPRESS_TRY(const coding::SymbolArray symbols,
               coding::decodeSymbols(bytes, layoutOf(key.count(), 4, near), runner, stop));
  const std::int32_t levels = key.rotationLevels;
  key.rotations.resize(4 * key.count());
  for (std::size_t i = 0; i < key.count(); ++i) {
    coding::SmallestThree packed;
    packed.largest = static_cast<std::uint8_t>(symbols[4 * i] & 3);
    for (std::size_t k = 0; k < 3; ++k) {
      packed.parts[k] = std::clamp(symbols[4 * i + 1 + k], -levels, levels);
    }
    const std::array<float, 4> wxyz = packed.value(levels);
    std::copy(wxyz.begin(), wxyz.end(), &key.rotations[4 * i]);
  }
  return {};
}

Result<void> readFloats(ByteView bytes, KeyFrame& key) {
  if (bytes.size() != 28 * key.count()) {
    return fail(ErrorCode::CorruptData, "{} bytes of positions and rotations for {} splats",
                bytes.size(), key.count());
  }
  key.rotations.resize(4 * key.count());
  std::memcpy(key.means.data(), bytes.data(), 12 * key.count());
  std::memcpy(key.rotations.data(), bytes.data() + 12 * key.count(), 16 * key.count());
  const auto near = [](float value) { return std::abs(value) < kFar; };
  if (!std::all_of(key.means.begin(), key.means.end(), near) ||
      !std::all_of(key.rotations.begin(), key.rotations.end(), near)) {
    return fail(ErrorCode::CorruptData, "a position or rotation of the key frame is not finite");
  }
  return {};
}

Result<void> readNodes(ByteView bytes, std::uint32_t count, KeyFrame& key) {
  VOLPRESS_TRY(coding::RansDecoder gaps, coding::RansDecoder::open(bytes, count, 1));
  std::uint64_t node = 0;
  for (std::uint32_t j = 0; j < count; ++j) {
    const std::uint32_t gap = coding::unfoldUnsigned(gaps.decode(0));
    node += gap;
    if (node >= key.count() || (j > 0 && gap == 0)) {
      return fail(ErrorCode::CorruptData, "node {} is splat {} of {}", j, node, key.count());
    }
    key.nodes.push_back(static_cast<std::uint32_t>(node));
  }
  return gaps.finish();
}

}  // namespace

Result<KeyFrame> readKey(ByteReader& reader, std::size_t most, TaskRunner& runner,
                         const std::stop_token& stop) {
  KeyFrame key;
  VOLPRESS_TRY(const auto flags, reader.read<std::uint8_t>("flags"));
  using Corner = std::array<float, 3>;
  VOLPRESS_TRY(key.grid.origin, reader.read<Corner>("grid origin"));
  VOLPRESS_TRY(key.grid.cell, reader.read<float>("grid cell"));
  VOLPRESS_TRY(const auto bits, reader.read<std::uint8_t>("grid bits"));
  VOLPRESS_TRY(key.rotationLevels, reader.read<std::uint16_t>("rotation levels"));
  VOLPRESS_TRY(key.spacing, reader.read<float>("node spacing"));
  VOLPRESS_TRY(const auto nodes, reader.read<std::uint32_t>("node count"));
  const bool isNear = std::all_of(key.grid.origin.begin(), key.grid.origin.end(),
                                  [](float value) { return std::abs(value) < kFar; });
  if (flags > 1 || bits < 1 || bits > coding::kMaxGridBits || !isNear ||
      !(key.grid.cell > 0 && key.grid.cell < kFar) || key.rotationLevels < 1 ||
      !(key.spacing >= 0 && key.spacing < kFar)) {
    return fail(ErrorCode::CorruptData,
                "a key frame with flags {}, a grid of {} bits and cells of {}, {} rotation levels "
                "and nodes {} apart",
                flags, bits, key.grid.cell, key.rotationLevels, key.spacing);
  }
  key.paper = flags == 1;
  key.grid.bits = bits;
  VOLPRESS_TRY(const CheckedPart positionPart, readChecked(reader, "positions"));
  VOLPRESS_TRY(const CheckedPart rotationPart, readChecked(reader, "rotations"));
  VOLPRESS_TRY(const CheckedPart nodePart, readChecked(reader, "nodes"));
  VOLPRESS_TRY(const ByteView positionBytes, checkedBytes(positionPart, "the part of positions"));
  VOLPRESS_TRY(key.points, coding::decodePositions(positionBytes, stop));
  if (key.points.empty() || key.points.size() > most || nodes == 0 ||
      nodes > std::min(key.points.size(), kMostNodes)) {
    return fail(ErrorCode::CorruptData,
                "{} splats and {} nodes; 1 to {} splats and at most {} nodes are allowed",
                key.points.size(), nodes, most, kMostNodes);
  }
  setMeans(key);
  VOLPRESS_TRY(const ByteView rotationBytes, checkedBytes(rotationPart, "the part of rotations"));
  if (key.paper) {
    VOLPRESS_CHECK(readFloats(rotationBytes, key));
  } else {
    VOLPRESS_CHECK(readRotations(rotationBytes, key, runner, stop));
  }
  VOLPRESS_TRY(const ByteView nodeBytes, checkedBytes(nodePart, "the part of nodes"));
  VOLPRESS_CHECK(readNodes(nodeBytes, nodes, key));
  bind(key, runner);
  return key;
}

FloatArray gatherBlock(const GaussianCloud& cloud, std::span<const std::uint32_t> rows,
                       unsigned order) {
  const std::size_t count = rows.size();
  FloatArray values(blockChannels(order) * count);
  const std::size_t rest = 3 * shRestCount(cloud.shDegree);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t row = rows[i];
    if (order == 0) {
      values[i] = cloud.opacityLogits[row];
      for (std::size_t k = 0; k < 3; ++k) {
        values[(1 + k) * count + i] = cloud.logScales[3 * row + k];
        values[(4 + k) * count + i] = cloud.shDc[3 * row + k];
      }
    } else {
      const float* from = &cloud.shRest[rest * row + 3 * shRestCount(order - 1)];
      for (std::size_t k = 0; k < blockChannels(order); ++k) {
        values[k * count + i] = from[k];
      }
    }
  }
  return values;
}

void scatterBlock(std::span<const float> values, unsigned order, GaussianCloud& cloud) {
  const std::size_t count = cloud.count;
  const std::size_t rest = 3 * shRestCount(cloud.shDegree);
  for (std::size_t i = 0; i < count; ++i) {
    if (order == 0) {
      cloud.opacityLogits[i] = values[i];
      for (std::size_t k = 0; k < 3; ++k) {
        cloud.logScales[3 * i + k] =
            std::clamp(values[(1 + k) * count + i], -kMostLogScale, kMostLogScale);
        cloud.shDc[3 * i + k] = values[(4 + k) * count + i];
      }
    } else {
      float* to = &cloud.shRest[rest * i + 3 * shRestCount(order - 1)];
      for (std::size_t k = 0; k < blockChannels(order); ++k) {
        to[k] = values[k * count + i];
      }
    }
  }
}

Result<KeyBlock> writeKeyBlock(ByteWriter& out, const FloatArray& values, const KeyFrame& key,
                               unsigned order, std::span<const double> leastStep,
                               TaskRunner& runner, const std::stop_token& stop) {
  const std::size_t rows = key.count(), channels = blockChannels(order);
  KeyBlock block;
  block.values.resize(values.size());
  coding::SymbolArray symbols(values.size());
  for (std::size_t c = 0; c < channels; ++c) {
    std::vector<float> sorted(&values[c * rows], &values[c * rows] + rows);
    const auto at = [&sorted](double share) {
      const auto place = sorted.begin() + static_cast<std::ptrdiff_t>(
                                              share * static_cast<double>(sorted.size() - 1));
      std::nth_element(sorted.begin(), place, sorted.end());
      return *place;
    };
    const float low = at(kTail);
    auto quantiser = coding::UniformQuantiser::fromRange(low, at(1 - kTail), kKeyLevels);
    quantiser.step = std::max(quantiser.step, static_cast<float>(leastStep[c]));
    block.low.push_back(quantiser.offset);
    block.step.push_back(quantiser.step);
    for (std::size_t i = 0; i < rows; ++i) {
      const std::int32_t level = quantiser.quantise(values[c * rows + i]);
      symbols[i * channels + c] = level;
      block.values[c * rows + i] = quantiser.value(level);
    }
  }
  const auto near = coding::nearestEarlier(key.points, runner);
  VOLPRESS_TRY(const Bytes bytes,
               coding::encodeSymbols(symbols, layoutOf(rows, channels, near), runner, stop));
  for (std::size_t c = 0; c < channels; ++c) {
    out.write(block.low[c]);
    out.write(block.step[c]);
  }
  writeChecked(out, bytes);
  return block;
}

Result<KeyBlock> readKeyBlock(ByteReader& reader, const KeyFrame& key, unsigned order,
                              TaskRunner& runner, const std::stop_token& stop) {
  constexpr float kMost = 1e6F;
  const std::size_t rows = key.count(), channels = blockChannels(order);
  KeyBlock block;
  for (std::size_t c = 0; c < channels; ++c) {
    VOLPRESS_TRY(const auto low, reader.read<float>("range of a channel"));
    VOLPRESS_TRY(const auto step, reader.read<float>("range of a channel"));
    if (!(std::abs(low) < kMost && step > 0 && step < kMost)) {
      return fail(ErrorCode::CorruptData, "a channel of the key frame from {} in steps of {}", low,
                  step);
    }
    block.low.push_back(low);
    block.step.push_back(step);
  }
  VOLPRESS_TRY(const CheckedPart part, readChecked(reader, "key appearance"));
  VOLPRESS_TRY(const ByteView bytes, checkedBytes(part, "the key frame's appearance"));
  const auto near = coding::nearestEarlier(key.points, runner);
  VOLPRESS_TRY(const coding::SymbolArray symbols,
               coding::decodeSymbols(bytes, layoutOf(rows, channels, near), runner, stop));
  block.values.resize(rows * channels);
  for (std::size_t c = 0; c < channels; ++c) {
    const coding::UniformQuantiser quantiser{block.step[c], block.low[c]};
    for (std::size_t i = 0; i < rows; ++i) {
      const std::int32_t level =
          std::clamp(symbols[i * channels + c], -coding::UniformQuantiser::kMaxLevel,
                     coding::UniformQuantiser::kMaxLevel);
      block.values[c * rows + i] = quantiser.value(level);
    }
  }
  return block;
}

}  // namespace volpress::compressors::hifi4g
