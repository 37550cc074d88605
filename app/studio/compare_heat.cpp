#include "app/studio/compare_heat.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/core.h>

#include "renderer/metrics/metrics.hpp"

namespace volpress::studio {
namespace {

constexpr std::size_t kShades = 256;
using Shades = std::array<HeatColor, kShades>;

std::uint8_t byteOf(float value) {
  return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0F, 1.0F) * 255.0F));
}

/// The map of the metrics, so that reports and window look alike.
Shades magmaShades() {
  Image ramp = makeImage(kShades, 1, 1);
  for (std::size_t i = 0; i < kShades; ++i) {
    ramp.pixels[i] = static_cast<float>(i) / static_cast<float>(kShades - 1);
  }
  const Image colors = metrics::colorizeError(ramp);
  Shades shades;
  for (std::size_t i = 0; i < kShades; ++i) {
    shades[i] = {byteOf(colors.pixels[3 * i]), byteOf(colors.pixels[3 * i + 1]),
                 byteOf(colors.pixels[3 * i + 2])};
  }
  return shades;
}

using Stops = std::array<std::array<float, 3>, 5>;

/// Evenly from stop to stop.
Shades betweenStops(const Stops& stops) {
  Shades shades;
  for (std::size_t i = 0; i < kShades; ++i) {
    const float place = static_cast<float>(i) / static_cast<float>(kShades - 1) *
                        static_cast<float>(stops.size() - 1);
    const std::size_t low = std::min(static_cast<std::size_t>(place), stops.size() - 2);
    const float share = place - static_cast<float>(low);
    const auto mixed = [&](std::size_t channel) {
      return byteOf(stops[low][channel] + share * (stops[low + 1][channel] - stops[low][channel]));
    };
    shades[i] = {mixed(0), mixed(1), mixed(2)};
  }
  return shades;
}

/// Dark grey in the middle; towards both ends brightness rises evenly, so that the size of an
/// error reads the same on either side, and blue against orange tells the sides to colour-blind
/// eyes too.
Shades signedShades() {
  return betweenStops({{{0.55F, 0.80F, 1.00F},
                        {0.14F, 0.42F, 0.78F},
                        {0.09F, 0.09F, 0.09F},
                        {0.78F, 0.36F, 0.06F},
                        {1.00F, 0.80F, 0.45F}}});
}

/// From a bright, quiet blue, so that the shape of what has no error is seen, over white to red.
Shades surfaceShades() {
  return betweenStops({{{0.35F, 0.51F, 0.72F},
                        {0.62F, 0.78F, 0.86F},
                        {0.98F, 0.92F, 0.70F},
                        {0.96F, 0.58F, 0.22F},
                        {0.80F, 0.08F, 0.16F}}});
}

const Shades& shadesOf(HeatKind kind) {
  static const Shades magma = magmaShades();
  static const Shades twoSided = signedShades();
  static const Shades surface = surfaceShades();
  return kind == HeatKind::Signed ? twoSided : kind == HeatKind::Surface ? surface : magma;
}

std::size_t shadeAt(HeatKind kind, float place) {
  const float unit = kind == HeatKind::Signed ? 0.5F + 0.5F * place : place;
  const float held = unit > 0.0F ? std::min(unit, 1.0F) : 0.0F;  // not a number: the low end
  return static_cast<std::size_t>(std::lround(held * static_cast<float>(kShades - 1)));
}

}  // namespace

float defaultHeatRange(HeatKind kind) {
  switch (kind) {
    case HeatKind::Flip: return 0.5F;
    case HeatKind::Surface: return 0.02F;
    case HeatKind::None:
    case HeatKind::Absolute:
    case HeatKind::Signed:
    case HeatKind::Splats: break;
  }
  return 0.1F;
}

HeatView::HeatView() {
  for (std::size_t i = 0; i < kHeatKinds; ++i) {
    ranges[i] = defaultHeatRange(static_cast<HeatKind>(i));
  }
}

void HeatView::setRange(float range) {
  ranges[static_cast<std::size_t>(kind)] = std::clamp(range, kMinHeatRange, 1.0F);
}

HeatKind nextDifference(HeatKind kind) {
  switch (kind) {
    case HeatKind::None:
    case HeatKind::Splats:
    case HeatKind::Surface: return HeatKind::Absolute;
    case HeatKind::Absolute: return HeatKind::Flip;
    case HeatKind::Flip: return HeatKind::Signed;
    case HeatKind::Signed: break;
  }
  return HeatKind::None;
}

std::string heatTitle(HeatKind kind) {
  switch (kind) {
    case HeatKind::Absolute: return "Absolute difference";
    case HeatKind::Flip: return "FLIP error";
    case HeatKind::Signed: return "Darker or brighter than A";
    case HeatKind::Splats: return "Error seen through each splat";
    case HeatKind::Surface: return "Distance to A, % of its diagonal";
    case HeatKind::None: break;
  }
  return {};
}

HeatColor heatColor(HeatKind kind, float place) { return shadesOf(kind)[shadeAt(kind, place)]; }

Result<Image> errorField(HeatKind kind, const Image& reference, const Image& test,
                         TaskRunner& runner) {
  if (kind == HeatKind::None || isPainted(kind)) {
    return fail(ErrorCode::InvalidParameter, "this heat map is not one of two pictures");
  }
  if (kind == HeatKind::Flip) {
    VOLPRESS_TRY(metrics::FlipResult flip, metrics::flip(reference, test, runner));
    return std::move(flip.error);
  }
  if (reference.width != test.width || reference.height != test.height || reference.channels != 3 ||
      test.channels != 3) {
    return fail(ErrorCode::InvalidParameter, "pictures of {} x {} and {} x {} cannot be compared",
                reference.width, reference.height, test.width, test.height);
  }
  Image field = makeImage(reference.width, reference.height, 1);
  const bool isSigned = kind == HeatKind::Signed;
  runner.parallelFor(field.height, 32, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin * field.width; i < end * field.width; ++i) {
      float sum = 0;
      for (std::size_t channel = 0; channel < 3; ++channel) {
        const float difference = std::clamp(test.pixels[3 * i + channel], 0.0F, 1.0F) -
                                 std::clamp(reference.pixels[3 * i + channel], 0.0F, 1.0F);
        sum += isSigned ? difference : std::abs(difference);
      }
      field.pixels[i] = sum / 3;
    }
  });
  return field;
}

std::vector<std::uint8_t> heatPixels(HeatKind kind, const Image& field, float range,
                                     TaskRunner& runner) {
  std::vector<std::uint8_t> rgba(field.pixels.size() * 4);
  const Shades& shades = shadesOf(kind);
  runner.parallelFor(field.height, 32, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin * field.width; i < end * field.width; ++i) {
      const HeatColor color = shades[shadeAt(kind, field.pixels[i] / range)];
      rgba[4 * i] = color.red;
      rgba[4 * i + 1] = color.green;
      rgba[4 * i + 2] = color.blue;
      rgba[4 * i + 3] = 255;
    }
  });
  return rgba;
}

std::string heatNumber(float value) {
  std::string text = fmt::format("{:.2g}", std::abs(value));
  return value < 0 ? "−" + text : text;
}

}  // namespace volpress::studio
