#include "compressors/sags/decoder_block.hpp"

#include <algorithm>
#include <cmath>

namespace volpress::compressors::sags {
namespace {

constexpr std::size_t kRowGrain = 64;
constexpr float kLeastOut = 1e-6F;  ///< an opacity that shows nowhere
constexpr float kMostOut = 6;       ///< 0.99999
constexpr float kThinnest = -12;    ///< of what a head says of an axis, before its activation
constexpr float kMostMove = 16;     ///< times the size that limits it

float sigmoid(float value) { return 1 / (1 + std::exp(-value)); }
float logSigmoid(float value) {
  return value < 0 ? value - std::log1p(std::exp(value)) : -std::log1p(std::exp(-value));
}

/// Past a limit only what leads back counts.
float within(float value, float low, float high, float gradient) {
  const bool stuck = (value <= low && gradient > 0) || (value >= high && gradient < 0);
  return stuck ? 0 : gradient;
}

bool anyOf(const FloatArray& values, std::size_t row, std::size_t width) {
  if (values.empty()) {
    return false;
  }
  const float* first = values.data() + row * width;
  return std::any_of(first, first + width, [](float value) { return value != 0; });
}

}  // namespace

float logitOf(float opacityOut) noexcept {
  // tanh(z) / (1 - tanh(z)) = (exp(2 z) - 1) / 2
  return std::log(0.5F * std::expm1(2 * std::clamp(opacityOut, kLeastOut, kMostOut)));
}

float opacityOutOf(float logit) noexcept { return 0.5F * std::log1p(2 * std::exp(logit)); }

void shapeOf(const float* said, const float* sizes, float* logScales, float* rotation) {
  float squares = 0;
  for (std::size_t c = 0; c < 4; ++c) {
    rotation[c] = said[3 + c] + (c == 0 ? 1.0F : 0.0F);
    squares += rotation[c] * rotation[c];
  }
  if (!(squares > 1e-12F)) {  // it has no direction
    rotation[0] = 1;
  }
  for (std::size_t c = 0; c < 3; ++c) {
    logScales[c] = sizes[3 + c] + logSigmoid(std::max(kThinnest, said[c]));
  }
}

bool pulled(const SplatGradients& gradients, std::size_t row, unsigned shDegree, bool direct) {
  const renderer::CloudGradients& cloud = gradients.cloud;
  return (!gradients.opacityOut.empty() && gradients.opacityOut[row] != 0) ||
         anyOf(cloud.means, row, 3) || anyOf(cloud.logScales, row, 3) ||
         anyOf(cloud.rotations, row, 4) || anyOf(cloud.opacityLogits, row, 1) ||
         (direct
              ? anyOf(cloud.colors, row, 3)
              : anyOf(cloud.shDc, row, 3) || anyOf(cloud.shRest, row, 3 * shRestCount(shDegree)));
}

void PointDecoder::emit(const Points& points, const Tape& tape, const Block& block,
                        GaussianCloud& cloud, FloatArray& directColors, TaskRunner& runner) const {
  const HeadRun& move = block.heads[0];
  const FloatArray& color = block.heads[kColor - kDisplacement].out;
  const std::size_t rest = shRestCount(cloud.shDegree);
  const auto emitRow = [&](std::size_t i, std::vector<float>& values) {
    const std::size_t row = block.rows[i];
    const std::size_t point = tape.rows.empty() ? row : tape.rows[row];
    const float* size = tape.sizes.data() + point * kSizeWidth;
    std::array<float, kShapeWidth> shape{};
    for (std::size_t c = 0; c < kShapeWidth; ++c) {
      shape[c] = block.mean(kShape, i, c, block.shapeTurns);
    }
    shapeOf(shape.data(), size, &cloud.logScales[3 * row], &cloud.rotations[4 * row]);
    for (std::size_t c = 0; c < 3; ++c) {
      cloud.means[3 * row + c] =
          points.positions[3 * point + c] +
          std::clamp(move.out[3 * i + c], -kMostMove, kMostMove) * std::exp(size[c]);
    }
    cloud.opacityLogits[row] = logitOf(tape.opacityOut[row]);
    for (std::size_t k = 0; k < values.size(); ++k) {
      values[k] = sigmoid(color[i * values.size() + k]);
    }
    if (tape.eye != nullptr) {
      std::copy(values.begin(), values.end(), directColors.data() + 3 * row);
      std::fill_n(cloud.shDc.data() + 3 * row, 3, 0.0F);
      return;
    }
    for (float& value : values) {
      value = (value - 0.5F) / kSh0;
    }
    for (std::size_t k = 0; k <= rest; ++k) {
      const std::array<float, 3> sum = m_baking.coefficient(k, values.data());
      std::copy(
          sum.begin(), sum.end(),
          k == 0 ? cloud.shDc.data() + 3 * row : cloud.shRest.data() + 3 * (rest * row + k - 1));
    }
  };
  runner.parallelFor(block.rows.size(), kRowGrain, [&](std::size_t begin, std::size_t end) {
    std::vector<float> values(3 * block.turns);
    for (std::size_t i = begin; i < end; ++i) {
      emitRow(i, values);
    }
  });
}

void PointDecoder::pullEmitted(const Tape& tape, const SplatGradients& gradients, Block& block,
                               FloatArray& sizeGradient, TaskRunner& runner) const {
  const renderer::CloudGradients& cloud = gradients.cloud;
  const std::size_t rest = shRestCount(m_shape.shDegree);
  for (HeadRun& run : block.heads) {
    run.gradient.resize(run.out.size());
  }
  HeadRun& move = block.heads[0];
  HeadRun& opacity = block.heads[kOpacity - kDisplacement];
  HeadRun& color = block.heads[kColor - kDisplacement];
  HeadRun& shape = block.heads[kShape - kDisplacement];
  const float share = 1 / static_cast<float>(block.shapeTurns);
  const auto pullRow = [&](std::size_t i) {
    const std::size_t row = block.rows[i];
    const std::size_t point = tape.rows.empty() ? row : tape.rows[row];
    const float* size = tape.sizes.data() + point * kSizeWidth;
    float* ofSize = sizeGradient.data() + (block.first + i) * kSizeWidth;
    std::array<float, kShapeWidth> ofShape{};
    for (std::size_t c = 0; c < 3; ++c) {
      const float reach = std::exp(size[c]);
      const float said = move.out[3 * i + c];
      const float pull = cloud.means[3 * row + c] * reach;
      move.gradient[3 * i + c] = within(said, -kMostMove, kMostMove, pull);
      ofSize[c] = pull * std::clamp(said, -kMostMove, kMostMove);
      const float ofScale = cloud.logScales[3 * row + c];
      const float axis = block.mean(kShape, i, c, block.shapeTurns);
      ofSize[3 + c] = ofScale;
      ofShape[c] = within(axis, kThinnest, INFINITY, ofScale * (1 - sigmoid(axis)));
    }
    std::copy_n(cloud.rotations.data() + 4 * row, 4, ofShape.begin() + 3);
    const float z = tape.opacityOut[row];
    float ofOpacity =
        z > kLeastOut && z < kMostOut ? cloud.opacityLogits[row] * 2 / -std::expm1(-2 * z) : 0.0F;
    ofOpacity += gradients.opacityOut.empty() ? 0.0F : gradients.opacityOut[row];
    for (std::size_t turn = 0; turn < block.shapeTurns; ++turn) {
      opacity.gradient[i * block.shapeTurns + turn] = share * ofOpacity;
      std::transform(ofShape.begin(), ofShape.end(),
                     shape.gradient.data() + (i * block.shapeTurns + turn) * kShapeWidth,
                     [share](float value) { return share * value; });
    }
    for (std::size_t turn = 0; turn < block.turns; ++turn) {
      for (std::size_t c = 0; c < 3; ++c) {
        const std::size_t at = (i * block.turns + turn) * 3 + c;
        const float said = sigmoid(color.out[at]);
        float pull = 0;
        if (tape.eye != nullptr) {
          pull = cloud.colors[3 * row + c];
        } else {
          pull = m_baking.weight(0, turn) * cloud.shDc[3 * row + c];
          for (std::size_t k = 0; k < rest; ++k) {
            pull += m_baking.weight(k + 1, turn) * cloud.shRest[3 * (rest * row + k) + c];
          }
          pull /= kSh0;
        }
        color.gradient[at] = pull * said * (1 - said);
      }
    }
  };
  runner.parallelFor(block.rows.size(), kRowGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      pullRow(i);
    }
  });
}

}  // namespace volpress::compressors::sags
