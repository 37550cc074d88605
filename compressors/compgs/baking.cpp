#include "compressors/compgs/baking.hpp"

#include <algorithm>
#include <cmath>

#include <Eigen/Dense>

#include "scene/types/spherical_harmonics.hpp"

namespace volpress::compressors::compgs {
namespace {

constexpr std::size_t kAnchorsAtOnce = 256;
/// How much an eye counts that does not see an anchor, and one to which a primitive is transparent.
constexpr float kUnseenWeight = 0.02F;
constexpr float kTransparentWeight = 0.02F;
/// Pull of a band's coefficients to 0, against eyes of weight 1, times the band.
constexpr double kBandPull = 0.01;
constexpr float kLeastShown = 0.5F / 255;

float weightOf(const Eye& eye, const float* mean) {
  std::array<float, 3> way{};
  float along = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    way[c] = mean[c] - eye.position[c];
    along += way[c] * eye.forward[c];
  }
  const float length = std::hypot(way[0], way[1], way[2]);
  return along >= eye.cosine * length ? 1 : kUnseenWeight;
}

/// Some of the anchors, as each eye sees them.
struct Batch {
  std::size_t first, count;
  Primitives primitives;  ///< places, from anywhere
  std::array<Primitives, kMostEyes> looks;
  std::array<std::vector<float>, kMostEyes> weights;  ///< an anchor each
};

LatentRows cut(const LatentRows& rows, std::size_t first, std::size_t count) {
  const auto part = [&](const FloatArray& from, std::size_t width) {
    const auto begin = from.begin() + static_cast<std::ptrdiff_t>(first * width);
    return FloatArray(begin, begin + static_cast<std::ptrdiff_t>(count * width));
  };
  return {part(rows.reference, kReferenceWidth), part(rows.residual, kResiduals),
          part(rows.scales, kScaleWidth)};
}

/// SH of a primitive, by weighted least squares over the eyes.
void bakeColor(const AnchorScene& scene, const Batch& part, std::size_t i, const float* mean,
               float* dc, float* rest) {
  const std::size_t bands = shRestCount(scene.shDegree) + 1;
  const auto size = static_cast<Eigen::Index>(bands);
  Eigen::MatrixXd normal = Eigen::MatrixXd::Zero(size, size);
  Eigen::MatrixXd wanted = Eigen::MatrixXd::Zero(size, 3);
  Eigen::VectorXd row(size);
  for (std::size_t e = 0; e < scene.eyes.size(); ++e) {
    std::array<float, kMaxShBasis> basis{};
    evaluateShBasis(scene.shDegree, mean, scene.eyes[e].position, basis);
    const float opacity = std::max(0.0F, std::tanh(part.looks[e].openness[i]));
    const auto weight =
        static_cast<double>(part.weights[e][i / kPrimitives] * (kTransparentWeight + opacity));
    for (Eigen::Index k = 0; k < size; ++k) {
      row[k] = static_cast<double>(basis[static_cast<std::size_t>(k)]);
    }
    normal += weight * row * row.transpose();
    for (Eigen::Index c = 0; c < 3; ++c) {
      const float color = part.looks[e].colors[3 * i + static_cast<std::size_t>(c)] - 0.5F;
      wanted.col(c) += weight * static_cast<double>(color) * row;
    }
  }
  const double mass = normal(0, 0);
  for (Eigen::Index k = 0; k < size; ++k) {
    const auto band = static_cast<double>(static_cast<int>(std::sqrt(static_cast<double>(k))));
    normal(k, k) += mass * (1e-9 + kBandPull * band);
  }
  const Eigen::MatrixXd found = normal.ldlt().solve(wanted);
  for (std::size_t k = 0; k < bands; ++k) {
    for (std::size_t c = 0; c < 3; ++c) {
      (k == 0 ? dc : rest + 3 * (k - 1))[c] =
          static_cast<float>(found(static_cast<Eigen::Index>(k), static_cast<Eigen::Index>(c)));
    }
  }
}

}  // namespace

std::vector<Eye> chooseEyes(std::span<const Camera> cameras, std::size_t most) {
  std::vector<Eye> eyes;
  const std::size_t count = std::min(most, cameras.size());
  for (std::size_t i = 0; i < count; ++i) {
    const Camera& camera = cameras[i * cameras.size() / count];
    const float across =
        std::max(camera.cx, static_cast<float>(camera.width) - camera.cx) / camera.fx;
    const float down =
        std::max(camera.cy, static_cast<float>(camera.height) - camera.cy) / camera.fy;
    eyes.push_back({camera.position,
                    {camera.rotation[6], camera.rotation[7], camera.rotation[8]},
                    1 / std::sqrt(1 + across * across + down * down)});
  }
  return eyes;
}

Result<GaussianCloud> bake(const AnchorScene& scene, const std::stop_token& stop,
                           TaskRunner& runner) {
  const std::size_t all = scene.anchors.count();
  const std::size_t rest = 3 * shRestCount(scene.shDegree);
  GaussianCloud cloud;
  resizeCloud(cloud, all * kPrimitives, scene.shDegree);
  std::vector<std::uint32_t> shown;
  std::size_t clearest = 0;  ///< of those that do not show
  Batch part;
  for (std::size_t first = 0; first < all; first += kAnchorsAtOnce) {
    if (stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "baking was cancelled");
    }
    part.first = first;
    part.count = std::min(kAnchorsAtOnce, all - first);
    const LatentRows rows = cut(scene.latents, part.first, part.count);
    const std::span<const float> means =
        std::span<const float>(scene.anchors.means).subspan(3 * first, 3 * part.count);
    for (std::size_t e = 0; e < scene.eyes.size(); ++e) {
      const Eye& eye = scene.eyes[e];
      const SeenAnchors seen{means, rows, eye.position, scene.unit};
      if (e == 0) {
        decodePrimitives(scene.networks, seen, part.primitives, runner);
        part.looks[e] = part.primitives;
      } else {
        decodeLooks(scene.networks, seen, part.looks[e], runner);
      }
      part.weights[e].resize(part.count);
      for (std::size_t i = 0; i < part.count; ++i) {
        part.weights[e][i] = weightOf(eye, means.data() + 3 * i);
      }
    }
    const std::size_t at = first * kPrimitives;
    const std::size_t size = part.count * kPrimitives;
    const auto copy = [&](const FloatArray& from, FloatArray& to, std::size_t width) {
      std::copy(from.begin(), from.end(), to.begin() + static_cast<std::ptrdiff_t>(width * at));
    };
    copy(part.primitives.means, cloud.means, 3);
    copy(part.primitives.logScales, cloud.logScales, 3);
    copy(part.primitives.rotations, cloud.rotations, 4);
    runner.parallelFor(size, 256, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        float sum = 0;
        float mass = 0;
        for (std::size_t e = 0; e < scene.eyes.size(); ++e) {
          const float weight = part.weights[e][i / kPrimitives];
          sum += weight * std::max(0.0F, std::tanh(part.looks[e].openness[i]));
          mass += weight;
        }
        const float opacity = std::clamp(sum / mass, 1e-8F, 1 - 1e-6F);
        cloud.opacityLogits[at + i] = std::log(opacity / (1 - opacity));
        if (opacity >= kLeastShown) {
          bakeColor(scene, part, i, cloud.means.data() + 3 * (at + i),
                    cloud.shDc.data() + 3 * (at + i), cloud.shRest.data() + rest * (at + i));
        } else {
          std::fill_n(cloud.shDc.data() + 3 * (at + i), 3, 0.0F);
          std::fill_n(cloud.shRest.data() + rest * (at + i), rest, 0.0F);
        }
      }
    });
    for (std::size_t i = at; i < at + size; ++i) {
      if (cloud.opacityLogits[i] >= std::log(kLeastShown / (1 - kLeastShown))) {
        shown.push_back(static_cast<std::uint32_t>(i));
      } else if (cloud.opacityLogits[i] > cloud.opacityLogits[clearest]) {
        clearest = i;
      }
    }
  }
  if (shown.empty()) {
    shown.push_back(static_cast<std::uint32_t>(clearest));
  }
  return gatherSplats(cloud, shown);
}

}  // namespace volpress::compressors::compgs
