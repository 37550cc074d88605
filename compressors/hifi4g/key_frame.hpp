// What a segment's frames refer to: its first frame, as the decoder has it, and the deformation
// graph upon it.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "compressors/coding/octree_positions.hpp"
#include "compressors/hifi4g/deformation_graph.hpp"
#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"

namespace volpress::compressors::hifi4g {

inline constexpr std::size_t kMostNodes = 16384;
/// Of what `writeKey` writes before its parts.
inline constexpr std::size_t kKeyHeaderBytes = 28;

struct KeySettings {
  bool paper = false;     ///< positions and rotations as floats
  double coarseness = 1;  ///< times the usual steps
  std::size_t nodes = 0;  ///< 0: a hundredth of the splats, 200 to 4,000
};

/// Places and rotations of the key frame, and the graph. `order[i]` is the splat of the frames that
/// row i is; the encoder alone knows it.
struct KeyFrame {
  bool paper = false;
  coding::PositionGrid grid;
  std::vector<coding::GridPoint> points;  ///< Morton order
  std::uint16_t rotationLevels = 511;
  FloatArray means;                  ///< 3n, as the decoder has them
  FloatArray rotations;              ///< 4n, unit
  std::vector<std::uint32_t> nodes;  ///< rows that are nodes, ascending
  float spacing = 1;                 ///< of nodes, grid units
  coding::JointBinding binding;
  std::vector<std::uint32_t> order;

  [[nodiscard]] std::size_t count() const noexcept { return points.size(); }
};

/// `unit` is the median smallest scale, scene units.
[[nodiscard]] Result<KeyFrame> makeKey(const GaussianCloud& cloud, double unit,
                                       const KeySettings& settings, TaskRunner& runner,
                                       const std::stop_token& stop);
[[nodiscard]] Result<void> writeKey(ByteWriter& out, const KeyFrame& key, TaskRunner& runner,
                                    const std::stop_token& stop);
/// From untrusted bytes; at most `most` splats and kMostNodes nodes.
[[nodiscard]] Result<KeyFrame> readKey(ByteReader& reader, std::size_t most, TaskRunner& runner,
                                       const std::stop_token& stop);

/// One block's numbers of the key frame (BlockKind::Base for SH order 0, BlockKind::Order above),
/// as the decoder has them.
struct KeyBlock {
  std::vector<float> low, step;  ///< of each channel
  FloatArray values;             ///< [channel][row]
};

/// The numbers of rows `order` of a cloud that belong to block `order`: [channel][row].
[[nodiscard]] FloatArray gatherBlock(const GaussianCloud& cloud,
                                     std::span<const std::uint32_t> rows, unsigned order);
/// Puts them into rows 0, 1, ... of a cloud that has been sized; keeps log scales drawable.
void scatterBlock(std::span<const float> values, unsigned order, GaussianCloud& cloud);

/// Nine bits over the range of a channel but for 0.01 % on each side, or `leastStep[channel]` when
/// that is larger. Writes the block and gives what the decoder will have.
[[nodiscard]] Result<KeyBlock> writeKeyBlock(ByteWriter& out, const FloatArray& values,
                                             const KeyFrame& key, unsigned order,
                                             std::span<const double> leastStep, TaskRunner& runner,
                                             const std::stop_token& stop);
[[nodiscard]] Result<KeyBlock> readKeyBlock(ByteReader& reader, const KeyFrame& key, unsigned order,
                                            TaskRunner& runner, const std::stop_token& stop);

}  // namespace volpress::compressors::hifi4g
