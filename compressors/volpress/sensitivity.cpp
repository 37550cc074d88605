#include "compressors/volpress/sensitivity.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numbers>

#include "compressors/coding/luma_chroma.hpp"

namespace volpress::compressors::own {
namespace {

constexpr std::size_t kSplatGrain = 4096;
/// Squared difference of colour between a splat and what is behind it, on real scenes.
constexpr double kContrast = 0.05;

/// A pseudo-random 64-bit word for a place in a picture (splitmix64).
std::uint64_t hashed(std::uint64_t value) noexcept {
  value += 0x9E3779B97F4A7C15U;
  value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9U;
  value = (value ^ value >> 27) * 0x94D049BB133111EBU;
  return value ^ value >> 31;
}

/// A picture of +1 and -1 by chance.
void fillSigns(std::uint64_t seed, TaskRunner& runner, Image& picture) {
  constexpr std::size_t kWord = 64;
  runner.parallelFor(picture.pixels.size(), kWord, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const std::uint64_t word = hashed(seed ^ hashed(i / kWord));
      picture.pixels[i] = (word >> (i % kWord) & 1U) != 0 ? 1.0F : -1.0F;
    }
  });
}

std::array<double, 9> rotationOf(const float* q) {
  const auto w = static_cast<double>(q[0]);
  const auto x = static_cast<double>(q[1]);
  const auto y = static_cast<double>(q[2]);
  const auto z = static_cast<double>(q[3]);
  return {1 - 2 * (y * y + z * z), 2 * (x * y - w * z),     2 * (x * z + w * y),
          2 * (x * y + w * z),     1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
          2 * (x * z - w * y),     2 * (y * z + w * x),     1 - 2 * (x * x + y * y)};
}

/// Adds the square of one probe's gradient of splat i, turned into the splat's own frame.
class SquareAdder {
public:
  SquareAdder(const GaussianCloud& cloud, const renderer::CloudGradients& gradients, double weight,
              Sensitivities& sums)
      : m_cloud(cloud), m_gradients(gradients), m_weight(weight), m_sums(sums) {}

  void operator()(std::size_t i) const {
    const float* q = &m_cloud.rotations[4 * i];
    const std::array<double, 9> axes = rotationOf(q);
    const float* mean = &m_gradients.means[3 * i];
    for (std::size_t axis = 0; axis < 3; ++axis) {
      double along = 0;
      for (std::size_t c = 0; c < 3; ++c) {
        along += axes[3 * c + axis] * static_cast<double>(mean[c]);
      }
      add(m_sums.positions[3 * i + axis], along);
      add(m_sums.logScales[3 * i + axis], static_cast<double>(m_gradients.logScales[3 * i + axis]));
    }
    addTurns(i, q);
    const double opacity = 1 / (1 + std::exp(-static_cast<double>(m_cloud.opacityLogits[i])));
    add(m_sums.opacities[i], static_cast<double>(m_gradients.opacityLogits[i]) /
                                 std::max(1e-6, opacity * (1 - opacity)));
    std::array<float, 3> color{};
    coding::toLumaChroma(&m_gradients.shDc[3 * i], color.data());
    for (std::size_t c = 0; c < 3; ++c) {
      add(m_sums.colors[3 * i + c], static_cast<double>(color[c]));
    }
    const std::size_t count = shRestCount(m_cloud.shDegree);
    for (std::size_t k = 0; k < count; ++k) {
      double squares = 0;
      for (std::size_t c = 0; c < 3; ++c) {
        const auto part = static_cast<double>(m_gradients.shRest[3 * (count * i + k) + c]);
        squares += part * part / 3;
      }
      add(m_sums.bands[count * i + k], std::sqrt(squares));
    }
  }

private:
  void add(float& sum, double gradient) const {
    sum += static_cast<float>(gradient * gradient * m_weight);
  }

  /// q turned by a small angle about its own axis k is q + angle / 2 * (q times the unit k).
  void addTurns(std::size_t i, const float* q) const {
    const std::array<std::array<float, 4>, 3> turned{
        {{-q[1], q[0], q[3], -q[2]}, {-q[2], -q[3], q[0], q[1]}, {-q[3], q[2], -q[1], q[0]}}};
    for (std::size_t axis = 0; axis < 3; ++axis) {
      double along = 0;
      for (std::size_t c = 0; c < 4; ++c) {
        along += static_cast<double>(turned[axis][c]) *
                 static_cast<double>(m_gradients.rotations[4 * i + c]) / 2;
      }
      add(m_sums.turns[3 * i + axis], along);
    }
  }

  const GaussianCloud& m_cloud;
  const renderer::CloudGradients& m_gradients;
  double m_weight;
  Sensitivities& m_sums;
};

void setZero(renderer::CloudGradients& gradients) {
  for (FloatArray* array :
       {&gradients.means, &gradients.logScales, &gradients.rotations, &gradients.opacityLogits,
        &gradients.shDc, &gradients.shRest, &gradients.screenMeans}) {
    std::fill(array->begin(), array->end(), 0.0F);
  }
}

Sensitivities zeros(const GaussianCloud& cloud) {
  Sensitivities sums;
  sums.positions.assign(3 * cloud.count, 0.0F);
  sums.logScales.assign(3 * cloud.count, 0.0F);
  sums.turns.assign(3 * cloud.count, 0.0F);
  sums.opacities.assign(cloud.count, 0.0F);
  sums.colors.assign(3 * cloud.count, 0.0F);
  sums.bands.assign(shRestCount(cloud.shDegree) * cloud.count, 0.0F);
  return sums;
}

}  // namespace

Result<Sensitivities> measureSensitivities(const GaussianCloud& cloud,
                                           std::span<const Camera> cameras, unsigned probes,
                                           RunContext& context) {
  Sensitivities sums = zeros(cloud);
  const std::shared_ptr<const GaussianCloud> alias(std::shared_ptr<void>(), &cloud);
  VOLPRESS_TRY(const auto prepared, context.rasterizer->prepare(alias));
  renderer::RenderOptions options;
  options.stop = context.stop;
  renderer::CloudGradients gradients;
  const double measured = static_cast<double>(cameras.size()) * probes;
  for (std::size_t view = 0; view < cameras.size(); ++view) {
    VOLPRESS_TRY(const auto frame,
                 context.rasterizer->renderDifferentiable(*prepared, cameras[view], options));
    Image signs = makeImage(cameras[view].width, cameras[view].height);
    for (unsigned probe = 0; probe < probes; ++probe) {
      if (context.stop.stop_requested()) {
        return fail(ErrorCode::Cancelled, "measuring sensitivities was cancelled");
      }
      fillSigns(hashed(context.seed ^ hashed(view * probes + probe)), context.runner, signs);
      setZero(gradients);
      VOLPRESS_CHECK(frame->accumulateGradients(signs, gradients, context.stop));
      const SquareAdder add(cloud, gradients,
                            1 / (measured * static_cast<double>(signs.pixels.size())), sums);
      context.runner.parallelFor(cloud.count, kSplatGrain, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
          add(i);
        }
      });
      context.progress.report(static_cast<double>(view * probes + probe + 1) / measured,
                              fmt::format("{}/{} views", view + 1, cameras.size()));
    }
  }
  return sums;
}

Sensitivities guessSensitivities(const GaussianCloud& cloud, double smoothing, TaskRunner& runner) {
  Sensitivities guess = zeros(cloud);
  const std::size_t bands = shRestCount(cloud.shDegree);
  std::vector<double> covered((cloud.count + kSplatGrain - 1) / kSplatGrain);
  runner.parallelFor(cloud.count, kSplatGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const double opacity = 1 / (1 + std::exp(-static_cast<double>(cloud.opacityLogits[i])));
      std::array<double, 3> squares{};  // of the scales as pictures show them
      std::array<double, 3> shares{};
      for (std::size_t axis = 0; axis < 3; ++axis) {
        const double scale = std::exp(static_cast<double>(cloud.logScales[3 * i + axis]));
        squares[axis] = scale * scale + smoothing * smoothing + 1e-20;
        shares[axis] = scale * scale / squares[axis];
      }
      const double area = (std::sqrt(squares[0] * squares[1]) + std::sqrt(squares[0] * squares[2]) +
                           std::sqrt(squares[1] * squares[2])) /
                          3;
      covered[begin / kSplatGrain] += opacity * area;
      const double color = opacity * opacity * area;
      const double contrast = color * kContrast;
      guess.opacities[i] = static_cast<float>(area * kContrast);
      for (std::size_t axis = 0; axis < 3; ++axis) {
        const double first = squares[(axis + 1) % 3];
        const double second = squares[(axis + 2) % 3];
        guess.colors[3 * i + axis] = static_cast<float>(color);
        guess.positions[3 * i + axis] = static_cast<float>(contrast / squares[axis] / 2);
        guess.logScales[3 * i + axis] =
            static_cast<float>(contrast * shares[axis] * shares[axis] / 2);
        guess.turns[3 * i + axis] = static_cast<float>(contrast * (first - second) *
                                                       (first - second) / (first * second) / 4);
      }
      std::fill_n(guess.bands.begin() + static_cast<std::ptrdiff_t>(bands * i), bands,
                  static_cast<float>(color));
    }
  });
  // Every pixel's weights add up to about 1, and a picture is the sum of them.
  double total = 0;
  for (const double part : covered) {
    total += part;
  }
  const auto scale = static_cast<float>(1 / (3 * std::max(total, 1e-30)));
  for (FloatArray* array : {&guess.positions, &guess.logScales, &guess.turns, &guess.opacities,
                            &guess.colors, &guess.bands}) {
    for (float& value : *array) {
      value *= scale;
    }
  }
  return guess;
}

void blendSensitivities(Sensitivities& measured, const Sensitivities& guess, double share) {
  const auto blend = [share](FloatArray& to, const FloatArray& from) {
    double here = 0;
    double there = 0;
    for (std::size_t i = 0; i < to.size(); ++i) {
      here += static_cast<double>(to[i]);
      there += static_cast<double>(from[i]);
    }
    const double scale = there > 0 ? share * here / there : 0;
    for (std::size_t i = 0; i < to.size(); ++i) {
      to[i] = static_cast<float>(static_cast<double>(to[i]) * (1 - share) +
                                 static_cast<double>(from[i]) * scale);
    }
  };
  blend(measured.positions, guess.positions);
  blend(measured.logScales, guess.logScales);
  blend(measured.turns, guess.turns);
  blend(measured.opacities, guess.opacities);
  blend(measured.colors, guess.colors);
  blend(measured.bands, guess.bands);
}

Sensitivities gatherSensitivities(const Sensitivities& sensitivities,
                                  std::span<const std::uint32_t> indices) {
  const std::size_t count = sensitivities.opacities.size();
  const auto gather = [&](const FloatArray& from) {
    const std::size_t width = from.size() / count;
    FloatArray to(width * indices.size());
    for (std::size_t i = 0; i < indices.size(); ++i) {
      std::copy_n(from.data() + width * indices[i], width, to.data() + width * i);
    }
    return to;
  };
  return {gather(sensitivities.positions), gather(sensitivities.logScales),
          gather(sensitivities.turns),     gather(sensitivities.opacities),
          gather(sensitivities.colors),    gather(sensitivities.bands)};
}

}  // namespace volpress::compressors::own
