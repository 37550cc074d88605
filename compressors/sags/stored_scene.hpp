// A scene as its file holds it (FORMAT.md).
#pragma once

#include <array>
#include <cstdint>
#include <stop_token>
#include <vector>

#include "compressors/container/container.hpp"
#include "compressors/container/scene_header.hpp"
#include "compressors/sags/point_decoder.hpp"

namespace volpress::compressors::sags {

/// What is stored: every point, or key points between which mid-points are interpolated.
enum class Layout : std::uint8_t { Full, Lite };

/// How finely everything is stored.
struct Steps {
  std::vector<float> features;  ///< of each dimension
  float sizes = 0.25F;          ///< of a natural logarithm
  float grid = 0.01F;           ///< of numbers of the hash grid
};

struct StoredScene {
  Layout layout = Layout::Lite;
  DecoderShape shape;
  coding::PositionGrid grid;
  std::vector<coding::GridPoint> keys;                ///< distinct, in Morton order
  std::vector<std::array<std::uint32_t, 2>> parents;  ///< of mid-points, sorted; candidates only
  Steps steps;
  Weights weights;
};

/// The weights as a decoder will see them.
void roundWeights(const Steps& steps, const Weights& exact, Weights& rounded);

[[nodiscard]] Result<std::vector<Chunk>> writeScene(const SceneHeader& header,
                                                    const StoredScene& scene,
                                                    const std::stop_token& stop,
                                                    TaskRunner& runner);

/// Reads what `writeScene` wrote, from chunk "scene" on. Untrusted.
[[nodiscard]] Result<StoredScene> readScene(const Container& container, const SceneHeader& header,
                                            ByteReader reader, const std::stop_token& stop,
                                            TaskRunner& runner);

/// The splats of a scene whose weights are rounded, as seen from all around.
[[nodiscard]] Result<GaussianCloud> bakeScene(const StoredScene& scene, const std::stop_token& stop,
                                              TaskRunner& runner);

/// CorruptData when a file of so many bytes cannot hold so many key points.
[[nodiscard]] Result<void> checkKeyCount(const SceneHeader& header, std::uint64_t fileBytes);

}  // namespace volpress::compressors::sags
