#include "compressors/volpress/sensitivity.hpp"

#include <cmath>
#include <memory>

#include <gtest/gtest.h>

#include "compressors/volpress/rotation_coder.hpp"
#include "compressors/volpress/selection.hpp"
#include "renderer/software/software_rasterizer.hpp"

namespace volpress::compressors::own {
namespace {

/// Two splats before a camera, one half behind the other.
GaussianCloud pair() {
  GaussianCloud cloud;
  resizeCloud(cloud, 2, 1);
  cloud.means = {0.1F, 0, 0, -0.2F, 0.1F, 1};
  cloud.logScales = {-1.2F, -1.7F, -2.2F, -1.0F, -1.4F, -1.5F};
  cloud.rotations = {0.9F, 0.1F, 0.3F, 0.3F, 1, 0, 0, 0};
  for (std::size_t i = 0; i < 2; ++i) {
    double squares = 0;
    for (std::size_t c = 0; c < 4; ++c) {
      squares += static_cast<double>(cloud.rotations[4 * i + c]) *
                 static_cast<double>(cloud.rotations[4 * i + c]);
    }
    for (std::size_t c = 0; c < 4; ++c) {
      cloud.rotations[4 * i + c] /= static_cast<float>(std::sqrt(squares));
    }
  }
  cloud.opacityLogits = {0.4F, 1.0F};
  cloud.shDc = {1.0F, 0.2F, -0.4F, -0.5F, 0.8F, 0.3F};
  cloud.shRest.assign(18, 0.05F);
  return cloud;
}

class SensitivityTest : public ::testing::Test {
protected:
  double meanSquare(const GaussianCloud& a, const GaussianCloud& b) {
    const auto draw = [&](const GaussianCloud& cloud) {
      const auto prepared = m_rasterizer->prepare(std::make_shared<GaussianCloud>(cloud)).value();
      return m_rasterizer->render(*prepared, m_camera, {}).value().color;
    };
    const Image first = draw(a);
    const Image second = draw(b);
    double sum = 0;
    for (std::size_t i = 0; i < first.pixels.size(); ++i) {
      const double d = static_cast<double>(first.pixels[i]) - static_cast<double>(second.pixels[i]);
      sum += d * d;
    }
    return sum / static_cast<double>(first.pixels.size());
  }

  SerialRunner m_runner;
  std::unique_ptr<renderer::Rasterizer> m_rasterizer = renderer::makeSoftwareRasterizer(m_runner);
  Camera m_camera = lookAt({0, 0, -4}, {0, 0, 0}, {0, 1, 0}, 0.8F, 64, 48);
};

TEST_F(SensitivityTest, PredictsTheErrorOfSmallChanges) {
  const GaussianCloud cloud = pair();
  Progress progress;
  RunContext context{m_runner, progress, {}, m_rasterizer.get()};
  const std::vector<Camera> cameras{m_camera};
  // The estimate of one probe scatters by about its own size; 400 leave some 7 %.
  const Sensitivities show = measureSensitivities(cloud, cameras, 400, context).value();
  const auto expectPredicted = [&](const GaussianCloud& changed, double change, float shown,
                                   const char* what) {
    const double error = meanSquare(cloud, changed);
    EXPECT_NEAR(static_cast<double>(shown) * change * change / error, 1, 0.3) << what;
  };
  for (std::size_t i = 0; i < 2; ++i) {
    GaussianCloud changed = cloud;
    changed.opacityLogits[i] += 0.02F;
    const auto opacity = [](float logit) {
      return 1 / (1 + std::exp(-static_cast<double>(logit)));
    };
    expectPredicted(changed, opacity(changed.opacityLogits[i]) - opacity(cloud.opacityLogits[i]),
                    show.opacities[i], "opacity");
    changed = cloud;
    changed.logScales[3 * i] += 0.01F;
    expectPredicted(changed, 0.01, show.logScales[3 * i], "scale");
    // Luma: all channels by 1 / sqrt 3.
    changed = cloud;
    for (std::size_t c = 0; c < 3; ++c) {
      changed.shDc[3 * i + c] += 0.02F / std::sqrt(3.0F);
    }
    expectPredicted(changed, 0.02, show.colors[3 * i], "luma");
    // Along the splat's own second axis.
    std::array<double, 4> q{};
    for (std::size_t c = 0; c < 4; ++c) {
      q[c] = static_cast<double>(cloud.rotations[4 * i + c]);
    }
    const Axes axes = axesOfQuaternion(q);
    changed = cloud;
    for (std::size_t c = 0; c < 3; ++c) {
      changed.means[3 * i + c] += static_cast<float>(0.004 * axes[1][c]);
    }
    expectPredicted(changed, 0.004, show.positions[3 * i + 1], "position");
    // A small turn about the own third axis.
    changed = cloud;
    const double half = 0.01;
    const std::array<double, 4> turned{q[0] - half * q[3], q[1] + half * q[2], q[2] - half * q[1],
                                       q[3] + half * q[0]};
    for (std::size_t c = 0; c < 4; ++c) {
      changed.rotations[4 * i + c] = static_cast<float>(turned[c]);
    }
    expectPredicted(changed, 2 * half, show.turns[3 * i + 2], "turn");
  }
}

TEST_F(SensitivityTest, PredictsTheErrorOfRemoval) {
  const GaussianCloud cloud = pair();
  Progress progress;
  RunContext context{m_runner, progress, {}, m_rasterizer.get()};
  const std::vector<Camera> cameras{m_camera};
  const Sensitivities show = measureSensitivities(cloud, cameras, 400, context).value();
  const std::vector<double> errors = removalErrors(cloud, show);
  for (std::uint32_t i = 0; i < 2; ++i) {
    const std::vector<std::uint32_t> rest{1 - i};
    EXPECT_NEAR(errors[i] / meanSquare(cloud, gatherSplats(cloud, rest)), 1, 0.3) << i;
  }
}

TEST(RateModel, FindsTheSlopeOfAWantedError) {
  std::vector<double> errors;
  errors.reserve(1000);
  for (int i = 0; i < 1000; ++i) {
    errors.push_back(std::pow(10.0, -4.0 - 0.006 * i));
  }
  const RateModel model(errors, 40, 11);
  for (const double wanted : {1e-6, 1e-5, 1e-4}) {
    EXPECT_NEAR(model.error(model.slopeFor(wanted)) / wanted, 1, 0.05);
  }
  EXPECT_LT(model.slopeFor(1e-6), model.slopeFor(1e-5));
}

}  // namespace
}  // namespace volpress::compressors::own
