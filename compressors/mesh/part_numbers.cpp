#include "compressors/mesh/part_numbers.hpp"

#include <algorithm>
#include <cmath>

namespace volpress::compressors::meshes {
namespace {

Result<std::int32_t> level(double value) {
  const double whole = std::floor(value + 0.5);
  if (!(std::abs(whole) < kMostLevel)) {
    return fail(ErrorCode::InvalidParameter,
                "a value lies {:.0f} steps from the others, allowed are {}; take larger steps",
                std::abs(whole), kMostLevel - 1);
  }
  return static_cast<std::int32_t>(whole);
}

/// Reversible luma and chromas (YCoCg-R).
void toLuma(std::int32_t* rgb) {
  const std::int32_t orange = rgb[0] - rgb[2];
  const std::int32_t t = rgb[2] + (orange >> 1);
  const std::int32_t green = rgb[1] - t;
  rgb[0] = t + (green >> 1);
  rgb[1] = orange;
  rgb[2] = green;
}

void fromLuma(const std::int32_t* luma, std::int32_t* rgb) {
  const std::int32_t t = luma[0] - (luma[2] >> 1);
  rgb[1] = luma[2] + t;
  rgb[2] = t - (luma[1] >> 1);
  rgb[0] = rgb[2] + luma[1];
}

std::array<double, 3> direction(const float* v) { return {v[0], v[1], v[2]}; }

/// Up for what has no length: glTF allows no such normals.
std::array<std::int32_t, 2> octahedral(const float* v, std::int32_t radius) {
  const auto d = direction(v);
  const bool none = d[0] == 0 && d[1] == 0 && d[2] == 0;
  return toOctahedron(none ? std::array<double, 3>{0, 1, 0} : d, radius);
}

/// Joints by falling weight, and weights in steps that add up.
void skinNumbers(const std::uint16_t* joints, const float* weights, std::int32_t steps,
                 std::int32_t* to) {
  std::array<std::size_t, 4> order{0, 1, 2, 3};
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return weights[a] > weights[b]; });
  double sum = 0;
  for (std::size_t k = 0; k < 4; ++k) {
    sum += std::max(0.0, static_cast<double>(weights[k]));
  }
  std::int32_t left = steps;
  for (std::size_t k = 0; k < 4; ++k) {
    const double share =
        sum > 0 ? std::max(0.0, static_cast<double>(weights[order[k]])) / sum : (k == 0 ? 1 : 0);
    to[4 + k] = std::min(left, static_cast<std::int32_t>(std::floor(share * steps + 0.5)));
    left -= to[4 + k];
  }
  to[4] += left;
  for (std::size_t k = 0; k < 4; ++k) {
    to[k] = to[4 + k] > 0 ? static_cast<std::int32_t>(joints[order[k]]) : 0;
  }
}

}  // namespace

std::vector<PartAttribute> attributesOf(const MeshPart& part) {
  std::vector<PartAttribute> attributes;
  if (!part.normals.empty()) {
    attributes.push_back({AttributeKind::Normal, 0, 0, {}});
  }
  if (!part.tangents.empty()) {
    attributes.push_back({AttributeKind::Tangent, 0, 0, {}});
  }
  for (std::uint8_t set = 0; set < 2; ++set) {
    if (!part.uvs.at(set).empty()) {
      attributes.push_back({AttributeKind::Uv, set, 0, {}});
    }
  }
  if (!part.colors.empty()) {
    attributes.push_back({AttributeKind::Color, 0, 0, {}});
  }
  if (!part.joints.empty() && !part.weights.empty()) {
    attributes.push_back({AttributeKind::Skin, 0, 0, {}});
  }
  for (std::size_t t = 0; t < part.morphs.size(); ++t) {
    attributes.push_back({AttributeKind::Morph, 0, t, {}});
    if (!part.morphs[t].normals.empty()) {
      attributes.push_back({AttributeKind::Morph, 1, t, {}});
    }
  }
  return attributes;
}

UvGrid uvGridOf(const FloatArray& uvs, int bits) {
  std::array<float, 2> low{uvs[0], uvs[1]};
  std::array<float, 2> high = low;
  for (std::size_t i = 0; i < uvs.size(); ++i) {
    low.at(i % 2) = std::min(low.at(i % 2), uvs[i]);
    high.at(i % 2) = std::max(high.at(i % 2), uvs[i]);
  }
  const float range = std::max(high[0] - low[0], high[1] - low[1]);
  UvGrid grid;
  grid.origin = low;
  grid.step = range / static_cast<float>((1 << bits) - 1);
  if (!(grid.step > 0) || !std::isfinite(grid.step)) {
    grid.step = 1;
  }
  return grid;
}

Result<std::vector<std::int32_t>> positionNumbers(const MeshPart& part, const Steps& steps) {
  std::vector<std::int32_t> numbers(part.positions.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    VOLPRESS_TRY(numbers[i], level((part.positions[i] - steps.origin.at(i % 3)) / steps.cell));
  }
  return numbers;
}

Result<std::vector<std::int32_t>> attributeNumbers(const MeshPart& part,
                                                   const PartAttribute& attribute,
                                                   const Steps& steps) {
  const std::size_t width = widthOf(attribute.kind);
  const std::size_t count = part.vertexCount();
  std::vector<std::int32_t> numbers(width * count);
  for (std::size_t v = 0; v < count; ++v) {
    std::int32_t* to = &numbers[v * width];
    switch (attribute.kind) {
      case AttributeKind::Normal: {
        const auto uv = octahedral(&part.normals[3 * v], steps.radius);
        std::copy(uv.begin(), uv.end(), to);
        break;
      }
      case AttributeKind::Tangent: {
        const auto uv = octahedral(&part.tangents[4 * v], steps.radius);
        std::copy(uv.begin(), uv.end(), to);
        to[2] = part.tangents[4 * v + 3] < 0 ? 0 : 1;
        break;
      }
      case AttributeKind::Uv: {
        const FloatArray& uvs = part.uvs.at(attribute.set);
        for (std::size_t i = 0; i < 2; ++i) {
          const double from = static_cast<double>(uvs[2 * v + i]) -
                              static_cast<double>(attribute.grid.origin.at(i));
          VOLPRESS_TRY(to[i], level(from / static_cast<double>(attribute.grid.step)));
        }
        break;
      }
      case AttributeKind::Color:
        for (std::size_t i = 0; i < 4; ++i) {
          const double share = std::clamp(static_cast<double>(part.colors[4 * v + i]), 0.0, 1.0);
          to[i] = static_cast<std::int32_t>(std::floor(share * steps.color + 0.5));
        }
        toLuma(to);
        break;
      case AttributeKind::Skin:
        skinNumbers(&part.joints[4 * v], &part.weights[4 * v], steps.weight, to);
        break;
      case AttributeKind::Morph: {
        const MorphTarget& morph = part.morphs[attribute.target];
        const bool normals = attribute.set == 1;
        const FloatArray& values = normals ? morph.normals : morph.positions;
        for (std::size_t i = 0; i < 3; ++i) {
          const double value = static_cast<double>(values[3 * v + i]);
          if (normals) {
            VOLPRESS_TRY(to[i], level(value * steps.radius));
            continue;
          }
          // From cell to cell, so that a whole target moves no further off than the part itself.
          const double own = static_cast<double>(part.positions[3 * v + i]) - steps.origin.at(i);
          VOLPRESS_TRY(const std::int32_t from, level(own / steps.cell));
          VOLPRESS_TRY(const std::int32_t there, level((own + value) / steps.cell));
          to[i] = there - from;
        }
        break;
      }
    }
  }
  return numbers;
}

void resizeAttribute(MeshPart& part, const PartAttribute& attribute, std::size_t vertices) {
  switch (attribute.kind) {
    case AttributeKind::Normal: part.normals.resize(3 * vertices); break;
    case AttributeKind::Tangent: part.tangents.resize(4 * vertices); break;
    case AttributeKind::Uv: part.uvs.at(attribute.set).resize(2 * vertices); break;
    case AttributeKind::Color: part.colors.resize(4 * vertices); break;
    case AttributeKind::Skin:
      part.joints.resize(4 * vertices);
      part.weights.resize(4 * vertices);
      break;
    case AttributeKind::Morph: {
      part.morphs.resize(std::max(part.morphs.size(), attribute.target + 1));
      MorphTarget& morph = part.morphs[attribute.target];
      (attribute.set == 1 ? morph.normals : morph.positions).resize(3 * vertices);
      break;
    }
  }
}

void setAttribute(MeshPart& part, const PartAttribute& attribute, const Steps& steps,
                  std::size_t vertex, const std::int32_t* numbers) {
  switch (attribute.kind) {
    case AttributeKind::Normal: {
      const auto normal = fromOctahedron(numbers[0], numbers[1], steps.radius);
      std::copy(normal.begin(), normal.end(), &part.normals[3 * vertex]);
      break;
    }
    case AttributeKind::Tangent: {
      const auto tangent = fromOctahedron(numbers[0], numbers[1], steps.radius);
      std::copy(tangent.begin(), tangent.end(), &part.tangents[4 * vertex]);
      part.tangents[4 * vertex + 3] = numbers[2] == 0 ? -1.0F : 1.0F;
      break;
    }
    case AttributeKind::Uv:
      for (std::size_t i = 0; i < 2; ++i) {
        part.uvs.at(attribute.set)[2 * vertex + i] =
            static_cast<float>(static_cast<double>(attribute.grid.origin.at(i)) +
                               numbers[i] * static_cast<double>(attribute.grid.step));
      }
      break;
    case AttributeKind::Color: {
      std::array<std::int32_t, 4> rgba{0, 0, 0, numbers[3]};
      fromLuma(numbers, rgba.data());
      for (std::size_t i = 0; i < 4; ++i) {
        part.colors[4 * vertex + i] = static_cast<float>(std::clamp(rgba.at(i), 0, steps.color)) /
                                      static_cast<float>(steps.color);
      }
      break;
    }
    case AttributeKind::Skin:
      for (std::size_t k = 0; k < 4; ++k) {
        part.joints[4 * vertex + k] = static_cast<std::uint16_t>(numbers[k]);
        part.weights[4 * vertex + k] =
            static_cast<float>(numbers[4 + k]) / static_cast<float>(steps.weight);
      }
      break;
    case AttributeKind::Morph: {
      MorphTarget& morph = part.morphs[attribute.target];
      const bool normals = attribute.set == 1;
      FloatArray& values = normals ? morph.normals : morph.positions;
      for (std::size_t i = 0; i < 3; ++i) {
        values[3 * vertex + i] = static_cast<float>(
            normals ? static_cast<double>(numbers[i]) / steps.radius : numbers[i] * steps.cell);
      }
      break;
    }
  }
}

}  // namespace volpress::compressors::meshes
