#include "compressors/mesongs/channel_weights.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <random>

#include "compressors/coding/octree_positions.hpp"
#include "compressors/mesongs/voxels.hpp"
#include "renderer/metrics/metrics.hpp"

namespace volpress::compressors::mesongs {
namespace {

constexpr std::size_t kMaxViews = 5;
constexpr std::size_t kMaxHeight = 360;
/// Root mean square of the first noise that is tried, and how far from it tries may go.
constexpr std::array<double, kChannels> kNoise{0.1,  0.03, 0.03, 0.03, 0.03,
                                               0.03, 0.03, 0.05, 0.05, 0.05};
constexpr double kWidestNoise = 16;
constexpr unsigned kRounds = 3;
constexpr double kFirstDepth = 12;
constexpr double kLeastProbeDepth = 6;
constexpr double kMostProbeDepth = 16;

/// A few cameras, evenly picked, with pictures that are not too large.
std::vector<Camera> probeCameras(std::span<const Camera> cameras) {
  std::vector<Camera> result;
  const std::size_t count = std::min(kMaxViews, cameras.size());
  for (std::size_t i = 0; i < count; ++i) {
    const Camera& camera = cameras[i * cameras.size() / count];
    const std::size_t height = std::min(kMaxHeight, camera.height);
    const std::size_t width = std::max<std::size_t>(1, camera.width * height / camera.height);
    result.push_back(resized(camera, width, height));
  }
  return result;
}

/// Adds uniform noise of a root mean square of `deviation` to one channel.
void disturb(GaussianCloud& cloud, std::size_t channel, double deviation) {
  std::mt19937_64 random(channel + 1);
  const auto noise = [&] {
    const double unit = std::ldexp(static_cast<double>(random() >> 11), -52) - 1;
    return static_cast<float>(unit * deviation * std::numbers::sqrt3);
  };
  const TransformStyle style;
  for (std::size_t i = 0; i < cloud.count; ++i) {
    std::array<float, kChannels> row = attributeRow(cloud, i, style);
    row[channel] += noise();
    writeAttributeRow(row, style, cloud, i);
  }
}

/// Draws clouds from a few cameras and tells how far they are from the first one.
class Probe {
public:
  Probe(std::span<const Camera> cameras, RunContext& context)
      : m_cameras(probeCameras(cameras)), m_context(context) {}

  Result<void> start(const GaussianCloud& original) {
    VOLPRESS_TRY(m_originals, draw(original));
    return {};
  }

  /// Mean squared error over pixels, channels and views.
  Result<double> error(const GaussianCloud& disturbed) {
    VOLPRESS_TRY(const std::vector<Image> pictures, draw(disturbed));
    double sum = 0;
    for (std::size_t i = 0; i < pictures.size(); ++i) {
      VOLPRESS_TRY(const double error, metrics::meanSquaredError(m_originals[i], pictures[i]));
      sum += error;
    }
    return sum / static_cast<double>(pictures.size());
  }

private:
  Result<std::vector<Image>> draw(const GaussianCloud& cloud) {
    renderer::RenderOptions options;
    options.stop = m_context.stop;
    const std::shared_ptr<const GaussianCloud> alias(std::shared_ptr<void>(), &cloud);
    VOLPRESS_TRY(const auto prepared, m_context.rasterizer->prepare(alias));
    std::vector<Image> pictures;
    for (const Camera& camera : m_cameras) {
      VOLPRESS_TRY(auto result, m_context.rasterizer->render(*prepared, camera, options));
      pictures.push_back(std::move(result.color));
    }
    return pictures;
  }

  std::vector<Camera> m_cameras;
  RunContext& m_context;
  std::vector<Image> m_originals;
};

/// Views that miss the scene say nothing; attributes that they do not show still cost something.
double bounded(double measured, double typical) {
  return std::clamp(measured, 1e-3 * typical, 1e3 * typical);
}

}  // namespace

double sceneSize(const GaussianCloud& cloud) {
  constexpr unsigned kPrecision = 10;
  const auto grid = coding::PositionGrid::over(cloud.means, kPrecision);
  return std::ldexp(static_cast<double>(grid.cell), kPrecision);
}

double positionVariance(const ChannelWeights& weights, double price) {
  return 3 * price / (2 * std::numbers::ln2 * weights.position);
}

Result<ChannelWeights> measureWeights(const GaussianCloud& cloud,
                                      std::span<const double> significance,
                                      std::span<const Camera> cameras, double price,
                                      RunContext& context) {
  Probe probe(cameras, context);
  VOLPRESS_CHECK(probe.start(cloud));
  const ChannelWeights typical = typicalWeights();
  // At the optimum one more bit removes as much error as it costs: 2 ln 2 * error = price.
  const double target = price / (2 * std::numbers::ln2);
  ChannelWeights weights;
  for (std::size_t channel = 0; channel < kChannels; ++channel) {
    double deviation = kNoise[channel];
    for (unsigned round = 0; round < kRounds; ++round) {
      GaussianCloud disturbed = cloud;
      disturb(disturbed, channel, deviation);
      VOLPRESS_TRY(const double error, probe.error(disturbed));
      weights.channels[channel] =
          bounded(error / (deviation * deviation), typical.channels[channel]);
      deviation = std::clamp(std::sqrt(target / weights.channels[channel]),
                             kNoise[channel] / kWidestNoise, kNoise[channel] * kWidestNoise);
    }
    context.progress.report(static_cast<double>(channel + 1) / (kChannels + 1));
  }
  // Positions are tried on grids, since splats that meet in a voxel are lost.
  const double size = sceneSize(cloud);
  double depth = kFirstDepth;
  for (unsigned round = 0; round < kRounds; ++round) {
    const VoxelGrid grid = VoxelGrid::cubes(cloud.means, depth);
    VOLPRESS_TRY(const VoxelCloud voxels, voxelise(cloud, significance, grid, false, context.stop));
    VOLPRESS_TRY(const double error, probe.error(voxels.cloud));
    const double cell = static_cast<double>(grid.cell[0]) / size;
    weights.position = bounded(error / (cell * cell / 12), typical.position);
    depth = std::clamp(-std::log2(12 * positionVariance(weights, price)) / 2, kLeastProbeDepth,
                       kMostProbeDepth);
  }
  return weights;
}

ChannelWeights typicalWeights() {
  return {{1e-4, 3e-4, 3e-4, 3e-4, 3e-3, 3e-3, 3e-3, 5e-4, 5e-4, 1e-4}, 1e3};
}

}  // namespace volpress::compressors::mesongs
