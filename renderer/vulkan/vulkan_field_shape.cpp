#include "renderer/vulkan/vulkan_field_shape.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace volpress::renderer {
namespace {

constexpr float kSmallestStep = 1.7320508F / 1024;
constexpr float kLargestStep = 1.7320508F;

layout::FieldLayers layersOf(const FieldNetwork& network) {
  return {network.inputs, network.neurons, network.hiddenLayers, network.outputs};
}

/// As StepSchedule of the software renderer.
void fillSchedule(unsigned aabbScale, layout::FieldConstants& constants) {
  if (aabbScale <= 1) {
    return;
  }
  const float cone = 1.0F / 256;
  const float log = std::log1p(cone);
  const float nearN = (std::log(kSmallestStep) - std::log(log)) / log;
  const float farN = (std::log(kLargestStep) - std::log(log)) / log;
  const std::array<float, 4> first{cone, log, nearN, std::exp(nearN * log)};
  std::copy(first.begin(), first.end(), constants.schedule);
  constants.scheduleFar[0] = farN;
  constants.scheduleFar[1] = std::exp(farN * log);
}

std::uint32_t interpolationCode(GridInterpolation interpolation) {
  switch (interpolation) {
    case GridInterpolation::Linear: return VP_INTERPOLATE_LINEAR;
    case GridInterpolation::Smoothstep: return VP_INTERPOLATE_SMOOTHSTEP;
    case GridInterpolation::Nearest: return VP_INTERPOLATE_NEAREST;
  }
  return VP_INTERPOLATE_LINEAR;
}

}  // namespace

layout::FieldConstants fieldConstants(const HashGridField& shape) {
  layout::FieldConstants constants{};
  constants.position[3] = 0.5F - 0.5F * static_cast<float>(shape.aabbScale);
  fillSchedule(shape.aabbScale, constants);
  constants.scheduleFar[2] = std::exp2(shape.exposure);
  constants.density = layersOf(shape.density);
  constants.color = layersOf(shape.color);
  constants.cascades = shape.cascades();
  constants.skipsEmpty = 1;
  constants.levels = shape.grid.levels;
  constants.features = shape.grid.features;
  constants.interpolation = interpolationCode(shape.grid.interpolation);
  constants.extraInputs = shape.extraInputs;
  constants.isHdr = shape.isHdr ? 1 : 0;
  const std::vector<GridLevel> levels = gridLevels(shape.grid);
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const std::uint32_t kind = levels[i].hashed ? VP_LEVEL_HASHED : VP_LEVEL_DENSE;
    constants.level[i] = {levels[i].scale,
                          levels[i].resolution,
                          static_cast<std::uint32_t>(levels[i].entries),
                          static_cast<std::uint32_t>(levels[i].first),
                          kind,
                          0,
                          0,
                          0};
  }
  return constants;
}

Result<void> checkFieldWidths(const HashGridField& field) {
  for (const FieldNetwork* network : {&field.density, &field.color}) {
    const unsigned widest = std::max({network->inputs, network->neurons, network->outputs});
    if (widest > VP_FIELD_WIDTH) {
      return fail(ErrorCode::InvalidParameter,
                  "a network {} wide; the Vulkan path draws up to {}, the software one all", widest,
                  VP_FIELD_WIDTH);
    }
  }
  return {};
}

}  // namespace volpress::renderer
