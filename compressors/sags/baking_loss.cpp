#include "compressors/sags/baking_loss.hpp"

#include <algorithm>
#include <memory>

#include "renderer/metrics/metrics.hpp"

namespace volpress::compressors::sags {

Result<BakingLoss> measureBaking(const Points& points, const StoredScene& exact,
                                 std::span<const learning::TeacherView> views,
                                 RunContext& context) {
  const PointDecoder decoder(exact.shape);
  Weights rounded;
  roundWeights(exact.steps, exact.weights, rounded);
  const auto draw = [&](const std::array<float, 3>* eye, const Camera& camera) -> Result<Image> {
    Tape tape;
    tape.eye = eye;
    auto cloud = std::make_shared<GaussianCloud>();
    FloatArray colors;
    decoder.decode(points, rounded, tape, *cloud, colors, context.runner);
    VOLPRESS_TRY(const auto prepared, context.rasterizer->prepare(cloud));
    renderer::RenderOptions options;
    options.directColors = colors;
    options.stop = context.stop;
    VOLPRESS_TRY(renderer::RenderResult drawn,
                 context.rasterizer->render(*prepared, camera, options));
    return std::move(drawn.color);
  };
  BakingLoss loss;
  const double share = 1 / static_cast<double>(views.size());
  const auto add = [&](const Image& a, const Image& b, double& to) -> Result<void> {
    VOLPRESS_TRY(const double error, metrics::meanSquaredError(a, b));
    constexpr double kLeastError = 1e-12;  // 120 dB: equal pictures would make the mean infinite
    to += share * metrics::psnrFromError(std::max(error, kLeastError));
    return {};
  };
  for (const learning::TeacherView& view : views) {
    VOLPRESS_TRY(const Image asSeen, draw(&view.camera.position, view.camera));
    VOLPRESS_TRY(const Image baked, draw(nullptr, view.camera));
    VOLPRESS_CHECK(add(view.picture, asSeen, loss.asSeenPsnr));
    VOLPRESS_CHECK(add(view.picture, baked, loss.bakedPsnr));
    VOLPRESS_CHECK(add(asSeen, baked, loss.betweenPsnr));
  }
  return loss;
}

}  // namespace volpress::compressors::sags
