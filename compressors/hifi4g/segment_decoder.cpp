#include <algorithm>
#include <atomic>
#include <cmath>
#include <utility>

#include "compressors/coding/temporal_plane.hpp"
#include "compressors/hifi4g/segment.hpp"
#include "compressors/stream/crc32c.hpp"

namespace volpress::compressors::hifi4g {
namespace {

constexpr std::size_t kGrain = 2048;
constexpr float kFar = 1e12F;

Result<std::vector<float>> readSteps(ByteReader& reader, std::size_t count, const char* field) {
  std::vector<float> steps(count);
  for (float& step : steps) {
    VOLPRESS_TRY(step, reader.read<float>(field));
    if (!(step >= 0 && step < kFar)) {
      return fail(ErrorCode::CorruptData, "a {} of {}", field, step);
    }
  }
  return steps;
}

Result<std::vector<CheckedPart>> readBlocks(ByteReader& reader, std::size_t count) {
  std::vector<CheckedPart> blocks;
  for (std::size_t k = 0; k < count; ++k) {
    VOLPRESS_TRY(const CheckedPart part, readChecked(reader, "residual block"));
    blocks.push_back(part);
  }
  return blocks;
}

Result<void> checkEnd(const ByteReader& reader) {
  if (reader.remaining() != 0) {
    return fail(ErrorCode::CorruptData, "{} bytes are left behind a layer", reader.remaining());
  }
  return {};
}

}  // namespace

std::vector<DualQuaternion> decodedMotions(const KeyFrame& key,
                                           std::span<const float, kNodeChannels> step,
                                           std::span<const std::vector<std::int32_t>> bins,
                                           std::size_t frame) {
  const std::size_t nodes = key.nodes.size();
  std::vector<coding::JointPose> poses(nodes);
  for (std::size_t j = 0; j < nodes; ++j) {
    const float* rest = &key.means[3 * std::size_t{key.nodes[j]}];
    for (std::size_t c = 0; c < kNodeChannels; ++c) {
      const double value =
          static_cast<double>(step[c]) * static_cast<double>(bins[c][frame * nodes + j]);
      if (c < 3) {
        poses[j].centre[c] = value + static_cast<double>(rest[c]);
      } else {
        poses[j].rotation[c - 3] = value;
      }
    }
  }
  return nodeMotions(key.means, key.nodes, poses);
}

Result<std::unique_ptr<SegmentDecoder>> SegmentDecoder::open(const ClipInfo& info,
                                                             std::size_t frames,
                                                             std::span<const ByteView> layers,
                                                             RunContext& context) {
  auto decoder = std::make_unique<SegmentDecoder>();
  decoder->m_info = &info;
  decoder->m_frames = frames;
  const auto orders = std::min<std::size_t>(layers.size(), info.shDegree + std::size_t{1});
  for (std::size_t k = 0; k < orders; ++k) {
    const auto order = static_cast<unsigned>(k);
    ByteReader reader(layers[k]);
    if (k == 0) {
      VOLPRESS_TRY(decoder->m_key, readKey(reader, info.maxSplats, context.runner, context.stop));
    }
    Layer layer;
    VOLPRESS_TRY(layer.key,
                 readKeyBlock(reader, decoder->m_key, order, context.runner, context.stop));
    if (k == 0) {
      VOLPRESS_CHECK(decoder->openNodes(reader));
    }
    VOLPRESS_TRY(layer.step, readSteps(reader, blockChannels(order), "residual step"));
    VOLPRESS_TRY(layer.blocks, readBlocks(reader, frames - 1));
    VOLPRESS_CHECK(checkEnd(reader));
    decoder->m_layers.push_back(std::move(layer));
  }
  return decoder;
}

Result<void> SegmentDecoder::openNodes(ByteReader& reader) {
  const std::size_t nodes = m_key.nodes.size();
  if (nodes * m_frames > kMostNodeFrames) {
    return fail(ErrorCode::CorruptData, "{} nodes over {} frames; their product is at most {}",
                nodes, m_frames, kMostNodeFrames);
  }
  VOLPRESS_TRY(const std::vector<float> steps, readSteps(reader, kNodeChannels, "node step"));
  std::copy(steps.begin(), steps.end(), m_nodeStep.begin());
  for (std::size_t c = 0; c < kNodeChannels; ++c) {
    VOLPRESS_TRY(const CheckedPart part, readChecked(reader, "node motion"));
    VOLPRESS_TRY(const ByteView bytes, checkedBytes(part, "the motion of nodes"));
    VOLPRESS_TRY(coding::PlaneDecoder plane, coding::PlaneDecoder::open(bytes, nodes, m_frames));
    std::vector<std::int32_t> bins;
    bins.reserve(nodes * m_frames);
    for (std::size_t frame = 0; frame < m_frames; ++frame) {
      const auto values = plane.next();
      bins.insert(bins.end(), values.begin(), values.end());
    }
    VOLPRESS_CHECK(plane.finish());
    m_nodeBins.push_back(std::move(bins));
  }
  VOLPRESS_TRY(m_motionStep, readSteps(reader, motionChannels(m_key), "motion step"));
  VOLPRESS_TRY(m_motion, readBlocks(reader, m_frames - 1));
  return {};
}

Result<std::vector<std::int32_t>> SegmentDecoder::motionBins(std::size_t index) const {
  std::vector<std::int32_t> bins(motionChannels(m_key) * m_key.count());
  VOLPRESS_TRY(const ByteView bytes, checkedBytes(m_motion[index - 1], "a motion block"));
  VOLPRESS_CHECK(decodeBlock(bytes, m_key.count(), BlockKind::Motion, bins));
  return bins;
}

Result<std::vector<std::int32_t>> SegmentDecoder::paintBins(std::size_t index,
                                                            unsigned order) const {
  const Layer& layer = m_layers[order];
  std::vector<std::int32_t> bins(layer.key.values.size());
  VOLPRESS_TRY(const ByteView bytes, checkedBytes(layer.blocks[index - 1], "an appearance block"));
  VOLPRESS_CHECK(
      decodeBlock(bytes, m_key.count(), order == 0 ? BlockKind::Base : BlockKind::Order, bins));
  return bins;
}

std::uint32_t SegmentDecoder::digest(std::size_t index) const {
  ByteWriter sums;
  const auto add = [&sums](const auto& numbers) {
    sums.write(crc32c(std::as_bytes(std::span(numbers))));
  };
  const auto addBins = [&add](const Result<std::vector<std::int32_t>>& bins) {
    if (bins) {
      add(*bins);
    }
    return bins.has_value();
  };
  add(m_key.points);
  add(m_key.nodes);
  for (const auto& channel : m_nodeBins) {
    add(channel);
  }
  if (index > 0 && !addBins(motionBins(index))) {
    return 0;
  }
  for (std::size_t k = 0; k < m_layers.size(); ++k) {
    add(m_layers[k].key.values);
    if (index > 0 && !addBins(paintBins(index, static_cast<unsigned>(k)))) {
      return 0;
    }
  }
  return crc32c(sums.bytes());
}

Result<GaussianCloud> SegmentDecoder::frame(std::size_t index, TaskRunner& runner) const {
  GaussianCloud cloud;
  resizeCloud(cloud, m_key.count(), m_info->shDegree);
  cloud.frame = m_info->frame;
  cloud.filter = m_info->filter;
  std::fill(cloud.shRest.begin(), cloud.shRest.end(), 0.0F);
  VOLPRESS_CHECK(moveSplats(index, runner, cloud));
  for (std::size_t k = 0; k < m_layers.size(); ++k) {
    VOLPRESS_CHECK(paint(index, static_cast<unsigned>(k), cloud));
  }
  return cloud;
}

Result<void> SegmentDecoder::moveSplats(std::size_t index, TaskRunner& runner,
                                        GaussianCloud& cloud) const {
  const std::size_t count = m_key.count();
  if (index == 0) {
    std::copy(m_key.means.begin(), m_key.means.end(), cloud.means.begin());
    std::copy(m_key.rotations.begin(), m_key.rotations.end(), cloud.rotations.begin());
    return {};
  }
  VOLPRESS_TRY(const std::vector<std::int32_t> bins, motionBins(index));
  const auto motions = decodedMotions(m_key, m_nodeStep, m_nodeBins, index);
  std::atomic<bool> finite{true};
  runner.parallelFor(count, kGrain, [&](std::size_t begin, std::size_t end) {
    bool good = true;
    for (std::size_t i = begin; i < end; ++i) {
      const Warp warp = warpPoint(m_key.binding, motions, m_key.means, i);
      const auto left = [&](std::size_t channel) {
        return static_cast<double>(m_motionStep[channel]) *
               static_cast<double>(bins[channel * count + i]);
      };
      for (std::size_t axis = 0; axis < 3; ++axis) {
        cloud.means[3 * i + axis] = static_cast<float>(warp.mean[axis] + left(axis));
        good = good && std::isfinite(cloud.means[3 * i + axis]);
      }
      const float* key = &m_key.rotations[4 * i];
      Quaternion turn = multiply(
          warp.turn, normalised({static_cast<double>(key[0]), static_cast<double>(key[1]),
                                 static_cast<double>(key[2]), static_cast<double>(key[3])}));
      if (m_key.paper) {
        for (std::size_t k = 0; k < 4; ++k) {
          turn[k] += left(3 + k);
        }
      } else {
        const double x = left(3), y = left(4), z = left(5);
        const double real = std::sqrt(std::max(0.0, 1 - x * x - y * y - z * z));
        turn = multiply(turn, {real, x, y, z});
      }
      turn = normalised(turn);
      for (std::size_t k = 0; k < 4; ++k) {
        cloud.rotations[4 * i + k] = static_cast<float>(turn[k]);
      }
    }
    if (!good) {
      finite = false;
    }
  });
  if (!finite) {
    return fail(ErrorCode::CorruptData, "a position of frame {} of a segment is not finite", index);
  }
  return {};
}

Result<void> SegmentDecoder::paint(std::size_t index, unsigned order, GaussianCloud& cloud) const {
  const Layer& layer = m_layers[order];
  FloatArray values = layer.key.values;
  if (index > 0) {
    const std::size_t count = m_key.count();
    VOLPRESS_TRY(const std::vector<std::int32_t> bins, paintBins(index, order));
    for (std::size_t k = 0; k < values.size(); ++k) {
      values[k] = static_cast<float>(static_cast<double>(values[k]) +
                                     static_cast<double>(layer.step[k / count]) *
                                         static_cast<double>(bins[k]));
    }
  }
  scatterBlock(values, order, cloud);
  return {};
}

Result<std::vector<ByteShare>> segmentShares(std::size_t frames, std::span<const ByteView> layers) {
  std::vector<ByteShare> shares;
  for (std::size_t k = 0; k < layers.size(); ++k) {
    ByteReader reader(layers[k]);
    const auto take = [&](const char* name, std::size_t plain, std::size_t parts) -> Result<void> {
      const std::size_t before = reader.offset();
      VOLPRESS_CHECK(reader.take(plain, name));
      for (std::size_t p = 0; p < parts; ++p) {
        VOLPRESS_CHECK(readChecked(reader, name));
      }
      addShare(shares, name, reader.offset() - before);
      return {};
    };
    const std::size_t floats = sizeof(float) * blockChannels(static_cast<unsigned>(k));
    if (k == 0) {
      const bool paper = !layers[k].empty() && layers[k][0] != std::byte{0};
      VOLPRESS_CHECK(take("key frame", kKeyHeaderBytes, 3));
      VOLPRESS_CHECK(take("key frame", 2 * floats, 1));
      VOLPRESS_CHECK(take("graph", sizeof(float) * kNodeChannels, kNodeChannels));
      VOLPRESS_CHECK(take("motion", sizeof(float) * (paper ? 7 : 6), frames - 1));
    } else {
      VOLPRESS_CHECK(take("key frame", 2 * floats, 1));
    }
    VOLPRESS_CHECK(take(k == 0 ? "opacity, scales, sh0" : "shN", floats, frames - 1));
    VOLPRESS_CHECK(checkEnd(reader));
  }
  return shares;
}

}  // namespace volpress::compressors::hifi4g
