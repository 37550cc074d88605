#include "compressors/streamrf/importance.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace volpress::compressors::streamrf {
namespace {

/// Half of the directions; each is marched both ways.
constexpr std::array<std::array<int, 3>, 7> kDirections{
    {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, 1, 1}, {1, 1, -1}, {1, -1, 1}, {1, -1, -1}}};

struct Place {
  int x, y, z;
};

std::vector<Place> placesOf(const VoxelGrid& grid) {
  std::vector<Place> places;
  places.reserve(grid.mask.count());
  for (const std::uint32_t vertex : grid.mask.vertices()) {
    const std::uint32_t xy = vertex / grid.resolution[2];
    places.push_back({static_cast<int>(xy / grid.resolution[1]),
                      static_cast<int>(xy % grid.resolution[1]),
                      static_cast<int>(vertex % grid.resolution[2])});
  }
  return places;
}

/// Marches along one direction. Rows in C order come along each line one after the other, since
/// every direction's first part that is not 0 is positive; backwards in the reverse order.
std::vector<float> march(const VoxelGrid& grid, const std::vector<Place>& places,
                         const std::array<int, 3>& direction, bool backwards) {
  const auto rx = grid.resolution[0];
  const auto ry = grid.resolution[1];
  const auto rz = grid.resolution[2];
  float square = 0;
  const auto scale = grid.scale();
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const float part = static_cast<float>(direction[axis]) / scale[axis];
    square += part * part;
  }
  const float length = std::sqrt(square);
  // A line is told by where it meets the plane across its first part that is not 0.
  const auto width = static_cast<std::size_t>(direction[0] != 0 ? rx + rz : rz);
  const std::size_t height = direction[0] != 0 ? rx + ry : direction[1] != 0 ? rx : rx * ry;
  const auto lineOf = [&](const Place& at) -> std::size_t {
    if (direction[0] != 0) {
      const int y = direction[1] > 0   ? at.y - at.x + static_cast<int>(rx)
                    : direction[1] < 0 ? at.y + at.x
                                       : at.y;
      const int z = direction[2] > 0   ? at.z - at.x + static_cast<int>(rx)
                    : direction[2] < 0 ? at.z + at.x
                                       : at.z;
      return static_cast<std::size_t>(y) * width + static_cast<std::size_t>(z);
    }
    return direction[1] != 0
               ? static_cast<std::size_t>(at.x) * width + static_cast<std::size_t>(at.z)
               : static_cast<std::size_t>(at.x) * ry + static_cast<std::size_t>(at.y);
  };
  std::vector<float> transmittance(direction[2] != 0 && direction[0] == 0 ? height : width * height,
                                   1.0F);
  std::vector<float> result(places.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    const std::size_t row = backwards ? places.size() - 1 - i : i;
    const float sigma = grid.density[row];
    if (sigma > 0) {
      float& left = transmittance[lineOf(places[row])];
      const float passes = std::exp(-sigma * length);
      result[row] = left * (1 - passes);
      left *= passes;
    }
  }
  return result;
}

}  // namespace

std::vector<float> vertexImportance(const VoxelGrid& grid, TaskRunner& runner) {
  const std::vector<Place> places = placesOf(grid);
  std::array<std::vector<float>, 2 * kDirections.size()> parts;
  runner.parallelFor(parts.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      parts[i] = march(grid, places, kDirections[i / 2], i % 2 != 0);
    }
  });
  std::vector<float> own(places.size());
  for (const std::vector<float>& part : parts) {
    std::transform(own.begin(), own.end(), part.begin(), own.begin(),
                   [](float a, float b) { return std::max(a, b); });
  }
  std::vector<float> result(places.size());
  constexpr std::size_t kGrain = 4096;
  runner.parallelFor(places.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      const Place& at = places[row];
      float most = 0;
      for (int x = std::max(at.x - 1, 0);
           x <= std::min(at.x + 1, static_cast<int>(grid.resolution[0]) - 1); ++x) {
        for (int y = std::max(at.y - 1, 0);
             y <= std::min(at.y + 1, static_cast<int>(grid.resolution[1]) - 1); ++y) {
          for (int z = std::max(at.z - 1, 0);
               z <= std::min(at.z + 1, static_cast<int>(grid.resolution[2]) - 1); ++z) {
            const std::size_t vertex =
                grid.vertexAt(static_cast<std::size_t>(x), static_cast<std::size_t>(y),
                              static_cast<std::size_t>(z));
            if (grid.mask.test(vertex)) {
              most = std::max(most, own[grid.mask.row(vertex)]);
            }
          }
        }
      }
      result[row] = most;
    }
  });
  return result;
}

}  // namespace volpress::compressors::streamrf
