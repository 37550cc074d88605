#include "compressors/gaussianimage/quantiser.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace volpress::gaussianimage {
namespace {

constexpr std::size_t kGrain = 256;
constexpr std::size_t kTried = 4;

float squaredDistance(const float* a, const float* b) {
  const float x = a[0] - b[0];
  const float y = a[1] - b[1];
  const float z = a[2] - b[2];
  return x * x + y * y + z * z;
}

struct Nearest {
  float distance = std::numeric_limits<float>::infinity();
  std::size_t entry = 0;
};

/// The nearest entries, nearest first.
std::array<Nearest, kTried> nearestOf(const float* color, const FloatArray& book) {
  std::array<Nearest, kTried> best;
  for (std::size_t entry = 0; entry < book.size() / 3; ++entry) {
    Nearest one{squaredDistance(color, book.data() + 3 * entry), entry};
    for (Nearest& place : best) {
      if (one.distance < place.distance) {
        std::swap(one, place);
      }
    }
  }
  return best;
}

}  // namespace

renderer::GaussianPicture decodeCodes(const PictureCodes& codes) {
  renderer::GaussianPicture picture{codes.width, codes.height, {}, {}, {}};
  const std::size_t count = codes.places.size();
  picture.centres.resize(2 * count);
  picture.shapes.resize(3 * count);
  picture.colors.resize(3 * count);
  constexpr auto kCells = static_cast<float>(1U << kPlaceBits);
  const float cellX = static_cast<float>(codes.width) / kCells;
  const float cellY = static_cast<float>(codes.height) / kCells;
  std::array<std::array<float, kMostShapeCode + 1>, 3> lengths{};
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t code = 0; code < lengths[c].size(); ++code) {
      lengths[c][code] = std::sinh(static_cast<float>(code) * codes.quantiser.steps[c] +
                                   codes.quantiser.offsets[c]);
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    picture.centres[2 * i] = (static_cast<float>(codes.places[i].x) + 0.5F) * cellX - 0.5F;
    picture.centres[2 * i + 1] = (static_cast<float>(codes.places[i].y) + 0.5F) * cellY - 0.5F;
    for (std::size_t c = 0; c < 3; ++c) {
      picture.shapes[3 * i + c] = lengths[c][codes.shapes[3 * i + c]];
      picture.colors[3 * i + c] =
          codes.quantiser.books[0][3 * std::size_t{codes.colors[2 * i]} + c] +
          codes.quantiser.books[1][3 * std::size_t{codes.colors[2 * i + 1]} + c];
    }
  }
  return picture;
}

coding::GridPoint placeOf(const float* centre, std::size_t width, std::size_t height) {
  constexpr auto kCells = static_cast<float>(1U << kPlaceBits);
  const auto cell = [](float at, std::size_t side) {
    const float place = (at + 0.5F) * kCells / static_cast<float>(side);
    return static_cast<std::uint32_t>(std::clamp(place, 0.0F, kCells - 1));
  };
  return {cell(centre[0], width), cell(centre[1], height), 0};
}

std::uint8_t shapeCode(float companded, float step, float offset) {
  return static_cast<std::uint8_t>(std::clamp(std::round((companded - offset) / step), 0.0F,
                                              static_cast<float>(kMostShapeCode)));
}

std::vector<std::uint8_t> nearestEntries(const FloatArray& colors,
                                         const std::array<FloatArray, 2>& books,
                                         TaskRunner& runner) {
  const std::size_t count = colors.size() / 3;
  std::vector<std::uint8_t> entries(2 * count);
  runner.parallelFor(count, kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const float* const color = colors.data() + 3 * i;
      float least = std::numeric_limits<float>::infinity();
      for (const Nearest& first : nearestOf(color, books[0])) {
        if (first.distance == std::numeric_limits<float>::infinity()) {
          break;  // fewer entries than are tried
        }
        const float* const base = books[0].data() + 3 * first.entry;
        const std::array<float, 3> rest{color[0] - base[0], color[1] - base[1], color[2] - base[2]};
        const Nearest second = nearestOf(rest.data(), books[1]).front();
        if (second.distance < least) {
          least = second.distance;
          entries[2 * i] = static_cast<std::uint8_t>(first.entry);
          entries[2 * i + 1] = static_cast<std::uint8_t>(second.entry);
        }
      }
    }
  });
  return entries;
}

void sortBooks(PictureCodes& codes) {
  for (std::size_t stage = 0; stage < 2; ++stage) {
    FloatArray& book = codes.quantiser.books[stage];
    const auto luma = [&](std::size_t entry) {
      return 0.299F * book[3 * entry] + 0.587F * book[3 * entry + 1] + 0.114F * book[3 * entry + 2];
    };
    std::vector<std::size_t> order(book.size() / 3);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return luma(a) < luma(b); });
    std::vector<std::uint8_t> place(order.size());
    FloatArray sorted(book.size());
    for (std::size_t k = 0; k < order.size(); ++k) {
      place[order[k]] = static_cast<std::uint8_t>(k);
      std::copy_n(book.data() + 3 * order[k], 3, sorted.data() + 3 * k);
    }
    book = std::move(sorted);
    for (std::size_t i = stage; i < codes.colors.size(); i += 2) {
      codes.colors[i] = place[codes.colors[i]];
    }
  }
}

}  // namespace volpress::gaussianimage
