#include "tests/field/reference_field.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "scene/base/morton.hpp"

namespace volpress::testing {
namespace {

std::vector<double> encode(const HashGridField& field, const std::array<double, 3>& place) {
  std::vector<double> out;
  const std::size_t features = field.grid.features;
  for (const GridLevel& level : gridLevels(field.grid)) {
    std::array<double, 3> beyond{};
    std::array<std::uint32_t, 3> corner{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const double q = static_cast<double>(level.scale) * place[axis] + 0.5;
      corner[axis] = static_cast<std::uint32_t>(std::floor(q));
      const double w = q - std::floor(q);
      switch (field.grid.interpolation) {
        case GridInterpolation::Linear: beyond[axis] = w; break;
        case GridInterpolation::Smoothstep: beyond[axis] = w * w * (3 - 2 * w); break;
        case GridInterpolation::Nearest: beyond[axis] = 0; break;
      }
    }
    for (std::size_t f = 0; f < features; ++f) {
      double sum = 0;
      for (std::uint32_t i = 0; i < 8; ++i) {
        double weight = 1;
        for (std::uint32_t axis = 0; axis < 3; ++axis) {
          weight *= (i >> axis & 1) != 0 ? beyond[axis] : 1 - beyond[axis];
        }
        const std::uint32_t index =
            gridIndex(level, corner[0] + (i & 1), corner[1] + (i >> 1 & 1), corner[2] + (i >> 2));
        sum += weight *
               static_cast<double>(
                   field.parameters[field.gridFirst() + (level.first + index) * features + f]);
      }
      out.push_back(sum);
    }
  }
  out.resize(field.density.inputs, 0);
  return out;
}

std::vector<double> run(const FieldNetwork& network, const float* weights, std::vector<double> in) {
  for (unsigned layer = 0; layer <= network.hiddenLayers; ++layer) {
    std::vector<double> out(network.rows(layer), 0);
    for (std::size_t row = 0; row < out.size(); ++row) {
      for (std::size_t column = 0; column < in.size(); ++column) {
        out[row] += static_cast<double>(weights[row * in.size() + column]) * in[column];
      }
      if (layer != network.hiddenLayers) {
        out[row] = std::max(0.0, out[row]);
      }
    }
    weights += out.size() * in.size();
    in = std::move(out);
  }
  return in;
}

std::array<double, 16> harmonics(double x, double y, double z) {
  return {0.28209479,
          -0.48860251 * y,
          0.48860251 * z,
          -0.48860251 * x,
          1.09254843 * x * y,
          -1.09254843 * y * z,
          0.94617470 * z * z - 0.31539157,
          -1.09254843 * x * z,
          0.54627422 * (x * x - y * y),
          0.59004359 * y * (-3 * x * x + y * y),
          2.89061144 * x * y * z,
          0.45704580 * y * (1 - 5 * z * z),
          0.37317633 * z * (5 * z * z - 3),
          0.45704580 * x * (1 - 5 * z * z),
          1.44530572 * z * (x * x - y * y),
          0.59004359 * x * (-x * x + 3 * y * y)};
}

bool isOccupied(const HashGridField& field, const std::array<double, 3>& p) {
  const double farthest =
      std::max({std::fabs(p[0] - 0.5), std::fabs(p[1] - 0.5), std::fabs(p[2] - 0.5)});
  unsigned cascade = 0;
  while (farthest >= 0.5 * std::ldexp(1.0, static_cast<int>(cascade)) &&
         cascade + 1 < field.cascades()) {
    ++cascade;
  }
  std::array<std::uint32_t, 3> cell{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double at = ((p[axis] - 0.5) / std::ldexp(1.0, static_cast<int>(cascade)) + 0.5) * 128;
    if (at < 0 || at >= 128) {
      return false;
    }
    cell[axis] = static_cast<std::uint32_t>(at);
  }
  const std::size_t bit = cascade * kCascadeCells + mortonCode(cell[0], cell[1], cell[2]);
  return (field.occupancy[bit / 8] >> (bit % 8) & 1) != 0;
}

/// The specification's steps, by their number.
double distanceOf(double n, bool cone) {
  const double smallest = std::sqrt(3.0) / 1024;
  const double largest = std::sqrt(3.0);
  if (!cone) {
    return n * smallest;
  }
  const double l = std::log1p(1.0 / 256);
  const double a = (std::log(smallest) - std::log(l)) / l;
  const double b = (std::log(largest) - std::log(l)) / l;
  if (n <= a) {
    return (n - a) * smallest + std::exp(a * l);
  }
  return n <= b ? std::exp(n * l) : (n - b) * largest + std::exp(b * l);
}

double numberOf(double t, bool cone) {
  double low = -1e5;
  double high = 1e5;
  for (int i = 0; i < 80; ++i) {
    const double middle = (low + high) / 2;
    (distanceOf(middle, cone) < t ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace

ReferenceSample referenceSample(const HashGridField& field, const std::array<double, 3>& place,
                                const std::array<double, 3>& direction, double gate) {
  std::vector<double> features = encode(field, place);
  for (double& feature : features) {
    feature *= gate;
  }
  const std::vector<double> density =
      run(field.density, field.parameters.data(), std::move(features));
  std::vector<double> in(density.begin(), density.begin() + field.density.outputs);
  for (const double term : harmonics(direction[0], direction[1], direction[2])) {
    in.push_back(term);
  }
  in.resize(in.size() + field.extraInputs, 0);
  in.resize(field.color.inputs, 1);
  const std::vector<double> color =
      run(field.color, field.parameters.data() + field.colorFirst(), in);
  return {density[0], {color[0], color[1], color[2]}};
}

std::array<double, 4> referenceRay(const HashGridField& field, const std::array<double, 3>& origin,
                                   const std::array<double, 3>& direction) {
  const bool cone = field.aabbScale > 1;
  const double low = 0.5 - 0.5 * field.aabbScale;
  double enter = 0;
  double leave = 1e9;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double a = (low - origin[axis]) / direction[axis];
    const double b = (1 - low - origin[axis]) / direction[axis];
    enter = std::max(enter, std::min(a, b));
    leave = std::min(leave, std::max(a, b));
  }
  std::array<double, 4> result{};
  const double start = enter + 1e-6;
  const double n = numberOf(start, cone);
  double t = start + 0.5 * (distanceOf(n + 1, cone) - start);
  double number = numberOf(t, cone);
  for (; t < leave; ++number, t = distanceOf(number, cone)) {
    std::array<double, 3> p{};
    std::array<double, 3> place{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
      p[axis] = origin[axis] + t * direction[axis];
      place[axis] = (p[axis] - low) / field.aabbScale;
    }
    if (!isOccupied(field, p)) {
      continue;
    }
    const ReferenceSample sample = referenceSample(field, place, direction);
    const double step = distanceOf(number + 1, cone) - t;
    const double weight = (1 - std::exp(-std::exp(sample.logit) * step)) * (1 - result[3]);
    for (std::size_t c = 0; c < 3; ++c) {
      result[c] += weight * (field.isHdr ? std::exp(std::clamp(sample.raw[c], -10.0, 10.0))
                                         : 1 / (1 + std::exp(-sample.raw[c])));
    }
    result[3] += weight;
    if (result[3] > 0.99) {
      for (std::size_t c = 0; c < 3; ++c) {
        result[c] /= result[3];
      }
      result[3] = 1;
      break;
    }
  }
  for (std::size_t c = 0; c < 3; ++c) {
    result[c] += (1 - result[3]) * static_cast<double>(field.background[3] * field.background[c]);
  }
  return result;
}

Image referencePicture(const HashGridField& field, const Camera& camera) {
  Image image = makeImage(camera.width, camera.height);
  for (std::size_t y = 0; y < camera.height; ++y) {
    for (std::size_t x = 0; x < camera.width; ++x) {
      const double right = (static_cast<double>(x) + 0.5 - static_cast<double>(camera.cx)) /
                           static_cast<double>(camera.fx);
      const double down = (static_cast<double>(y) + 0.5 - static_cast<double>(camera.cy)) /
                          static_cast<double>(camera.fy);
      std::array<double, 3> direction{};
      std::array<double, 3> origin{};
      double length = 0;
      for (std::size_t axis = 0; axis < 3; ++axis) {
        direction[axis] = static_cast<double>(camera.rotation[axis]) * right +
                          static_cast<double>(camera.rotation[3 + axis]) * down +
                          static_cast<double>(camera.rotation[6 + axis]);
        origin[axis] = static_cast<double>(camera.position[axis]);
        length += direction[axis] * direction[axis];
      }
      for (double& part : direction) {
        part /= std::sqrt(length);
      }
      const std::array<double, 4> color = referenceRay(field, origin, direction);
      for (std::size_t c = 0; c < 3; ++c) {
        image.pixels[3 * (y * camera.width + x) + c] = static_cast<float>(color[c]);
      }
    }
  }
  return image;
}

}  // namespace volpress::testing
