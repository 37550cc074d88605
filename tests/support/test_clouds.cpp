#include "tests/support/test_clouds.hpp"

#include <algorithm>
#include <cmath>
#include <random>

namespace volpress::testing {
namespace {

// std:: distributions differ between libraries; these do not.
class Random {
public:
  explicit Random(std::uint64_t seed) : m_engine(seed) {}
  float uniform(float low, float high) {
    const double unit = static_cast<double>(m_engine() >> 11) * 0x1p-53;
    return low + (high - low) * static_cast<float>(unit);
  }
  float normal() {
    float sum = 0;
    for (int i = 0; i < 12; ++i) {
      sum += uniform(0, 1);
    }
    return sum - 6;
  }

private:
  std::mt19937_64 m_engine;
};

}  // namespace

GaussianCloud randomCloud(std::size_t count, unsigned shDegree, std::uint64_t seed) {
  GaussianCloud cloud;
  resizeCloud(cloud, count, shDegree);
  Random random(seed);
  const std::size_t rest = shRestCount(shDegree);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      cloud.means[3 * i + c] = random.uniform(-1.1F, 1.1F) + 0.1F * random.normal();
      cloud.logScales[3 * i + c] = -4.0F + 0.7F * random.normal();
      cloud.shDc[3 * i + c] = 1.2F * std::sin(2 * cloud.means[3 * i + c]) + 0.2F * random.normal();
    }
    float length2 = 0;
    for (std::size_t c = 0; c < 4; ++c) {
      cloud.rotations[4 * i + c] = random.normal();
      length2 += cloud.rotations[4 * i + c] * cloud.rotations[4 * i + c];
    }
    if (length2 < 1e-6F) {
      cloud.rotations[4 * i] = 1;
      length2 += 1;
    }
    for (std::size_t c = 0; c < 4; ++c) {
      cloud.rotations[4 * i + c] /= std::sqrt(length2);
    }
    cloud.opacityLogits[i] = 2.5F * random.normal();
    for (std::size_t k = 0; k < rest; ++k) {
      const float spread = 0.15F / std::sqrt(static_cast<float>(k + 1));
      for (std::size_t c = 0; c < 3; ++c) {
        cloud.shRest[(i * rest + k) * 3 + c] = spread * random.normal();
      }
    }
  }
  return cloud;
}

GaussianCloud sharedShCloud(std::size_t count, unsigned shDegree, std::size_t values,
                            std::uint64_t seed) {
  GaussianCloud cloud = randomCloud(count, shDegree, seed);
  const std::size_t width = 3 * shRestCount(shDegree);
  for (std::size_t i = values; i < count; ++i) {
    std::copy_n(&cloud.shRest[width * (i % values)], width, &cloud.shRest[width * i]);
  }
  return cloud;
}

GaussianCloud extremeCloud(std::size_t count, unsigned shDegree, std::uint64_t seed) {
  GaussianCloud cloud = randomCloud(count, shDegree, seed);
  for (std::size_t i = 0; i < count; ++i) {
    switch (i % 8) {
      case 0: cloud.opacityLogits[i] = 20; break;
      case 1: cloud.opacityLogits[i] = -20; break;
      case 2: cloud.logScales[3 * i] = -15; break;
      case 3: cloud.logScales[3 * i + 1] = 4; break;
      case 4: cloud.means[3 * i] = i % 16 == 4 ? 900.0F : -900.0F; break;
      case 5:
        for (std::size_t c = 0; c < 3; ++c) {
          cloud.means[3 * i + c] = 0.25F;
          cloud.shDc[3 * i + c] = c == 0 ? 3.0F : -3.0F;
        }
        break;
      case 6:
        for (std::size_t c = 0; c < 4; ++c) {
          cloud.rotations[4 * i + c] = c == (i / 8) % 4 ? -7.0F : 0.0F;
        }
        break;
      default: {
        const std::size_t width = 3 * shRestCount(shDegree);
        for (std::size_t k = 0; k < width; ++k) {
          cloud.shRest[i * width + k] = k % 2 == 0 ? 1.0F : -1.0F;
        }
      }
    }
  }
  return cloud;
}

}  // namespace volpress::testing
