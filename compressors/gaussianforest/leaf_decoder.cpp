#include "compressors/gaussianforest/leaf_decoder.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace volpress::compressors::gaussianforest {
namespace {

constexpr std::size_t kShapeOutputs = 7;
constexpr std::size_t kOctaves = 4;
constexpr std::size_t kGrain = 1024;
/// Axes over the node's size, logarithms.
constexpr float kLeastAxis = -6;
constexpr float kMostAxis = 3;

learning::Network head(std::size_t inputs, std::size_t outputs) {
  const std::array<std::size_t, 4> widths{inputs, kHidden, kHidden, outputs};
  return learning::Network(learning::mlp(widths));
}

std::uint32_t leafOf(const LeafTape& tape, std::size_t row) {
  return tape.leaves.empty() ? static_cast<std::uint32_t>(row) : tape.leaves[row];
}

/// Sines and cosines of 1, 2, 4 and 8 times the offset along each axis.
void encodePlace(const float* mean, const float* centre, float radius, float* out) {
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const float offset = (mean[axis] - centre[axis]) / radius;
    float sine = std::sin(offset);
    float cosine = std::cos(offset);
    for (std::size_t octave = 0; octave < kOctaves; ++octave) {
      *out++ = sine;
      *out++ = cosine;
      const float twice = 2 * sine * cosine;
      cosine = 1 - 2 * sine * sine;
      sine = twice;
    }
  }
}

/// d(loss)/d(mean) given d(loss)/d(what encodePlace wrote) and that itself.
void pullPlace(const float* encoded, const float* pulled, float radius, float* meanGradient) {
  for (std::size_t axis = 0; axis < 3; ++axis) {
    float sum = 0;
    float frequency = 1;
    for (std::size_t octave = 0; octave < kOctaves; ++octave) {
      const std::size_t at = 2 * (kOctaves * axis + octave);
      sum += frequency * (pulled[at] * encoded[at + 1] - pulled[at + 1] * encoded[at]);
      frequency *= 2;
    }
    meanGradient[axis] += sum / radius;
  }
}

}  // namespace

NodePlaces placesOf(const Forest& forest, const FloatArray& means) {
  const std::size_t nodes = forest.nodes();
  std::vector<double> sums(3 * nodes, 0.0);
  std::vector<double> squares(nodes, 0.0);
  const std::vector<std::uint32_t> counts = leafCounts(forest);
  for (std::size_t i = 0; i < forest.leaves(); ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      sums[3 * forest.nodeOfLeaf[i] + c] += static_cast<double>(means[3 * i + c]);
    }
  }
  NodePlaces places;
  places.centres.resize(3 * nodes);
  places.radii.resize(nodes);
  for (std::size_t i = 0; i < 3 * nodes; ++i) {
    sums[i] /= counts[i / 3];
    places.centres[i] = static_cast<float>(sums[i]);
  }
  for (std::size_t i = 0; i < forest.leaves(); ++i) {
    const std::size_t node = forest.nodeOfLeaf[i];
    for (std::size_t c = 0; c < 3; ++c) {
      const double offset = static_cast<double>(means[3 * i + c]) - sums[3 * node + c];
      squares[node] += offset * offset;
    }
  }
  for (std::size_t i = 0; i < nodes; ++i) {
    // A node of one leaf, or of leaves in one place, has no extent.
    const auto radius = static_cast<float>(std::sqrt(squares[i] / counts[i]));
    places.radii[i] = radius > 0 && std::isfinite(radius) ? radius : 1.0F;
  }
  return places;
}

LeafDecoder::LeafDecoder(FeatureWidths widths, unsigned shDegree)
    : m_widths(widths),
      m_shDegree(shDegree),
      m_shape(head(widths.root + widths.node + kPlaceInputs, kShapeOutputs)),
      m_color(head(widths.root + widths.node + kPlaceInputs, 3 * (1 + shRestCount(shDegree)))) {}

void LeafDecoder::decode(const Forest& forest, const SharedAttributes& shared, GaussianCloud& cloud,
                         LeafTape& tape, TaskRunner& runner) const {
  const std::size_t count = cloud.count;
  tape.rows.resize(count * inputs());
  tape.shapeOut.resize(count * kShapeOutputs);
  tape.colorOut.resize(count * colorWidth());
  runner.parallelFor(count, kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t node = forest.nodeOfLeaf[leafOf(tape, i)];
      const std::size_t root = forest.rootOfNode[node];
      float* row = tape.rows.data() + i * inputs();
      row = std::copy_n(shared.rootFeatures.data() + root * m_widths.root, m_widths.root, row);
      row = std::copy_n(shared.nodeFeatures.data() + node * m_widths.node, m_widths.node, row);
      encodePlace(cloud.means.data() + 3 * i, tape.places.centres.data() + 3 * node,
                  tape.places.radii[node], row);
    }
  });
  m_shape.forward(shared.shapeNet, tape.rows, tape.shapeOut, tape.shapeTape, runner);
  m_color.forward(shared.colorNet, tape.rows, tape.colorOut, tape.colorTape, runner);
  const std::size_t rest = colorWidth() - 3;
  for (std::size_t i = 0; i < count; ++i) {
    const float* shape = tape.shapeOut.data() + i * kShapeOutputs;
    const float size = shared.nodeLogSizes[forest.nodeOfLeaf[leafOf(tape, i)]];
    float squares = 0;
    for (std::size_t c = 0; c < 4; ++c) {
      cloud.rotations[4 * i + c] = shape[3 + c] + (c == 0 ? 1.0F : 0.0F);
      squares += cloud.rotations[4 * i + c] * cloud.rotations[4 * i + c];
    }
    if (!(squares > 1e-12F)) {  // it has no direction
      cloud.rotations[4 * i] = 1;
    }
    for (std::size_t c = 0; c < 3; ++c) {
      cloud.logScales[3 * i + c] = size + std::clamp(shape[c], kLeastAxis, kMostAxis);
    }
    const float* color = tape.colorOut.data() + i * colorWidth();
    std::copy_n(color, 3, cloud.shDc.data() + 3 * i);
    std::copy_n(color + 3, rest, cloud.shRest.data() + rest * i);
  }
}

void LeafDecoder::pullBack(const Forest& forest, const SharedAttributes& shared,
                           const LeafTape& tape, renderer::CloudGradients& gradients,
                           SharedGradients to, TaskRunner& runner) const {
  const std::size_t count = tape.rows.size() / inputs();
  const std::size_t rest = colorWidth() - 3;
  FloatArray shapeGradient(count * kShapeOutputs);
  FloatArray colorGradient(count * colorWidth());
  for (std::size_t i = 0; i < count; ++i) {
    const float* shape = tape.shapeOut.data() + i * kShapeOutputs;
    float* pulled = shapeGradient.data() + i * kShapeOutputs;
    for (std::size_t c = 0; c < 3; ++c) {
      // Past the clamp only what leads back counts.
      const float gradient = gradients.logScales[3 * i + c];
      const bool stuck =
          (shape[c] <= kLeastAxis && gradient > 0) || (shape[c] >= kMostAxis && gradient < 0);
      pulled[c] = stuck ? 0 : gradient;
    }
    std::copy_n(gradients.rotations.data() + 4 * i, 4, pulled + 3);
    float* color = colorGradient.data() + i * colorWidth();
    std::copy_n(gradients.shDc.data() + 3 * i, 3, color);
    std::copy_n(gradients.shRest.data() + rest * i, rest, color + 3);
  }
  FloatArray ofShape(tape.rows.size());
  FloatArray ofColor(tape.rows.size());
  m_shape.backward(shared.shapeNet, tape.rows, tape.shapeOut, tape.shapeTape, shapeGradient,
                   ofShape, to.shapeNet, runner);
  m_color.backward(shared.colorNet, tape.rows, tape.colorOut, tape.colorTape, colorGradient,
                   ofColor, to.colorNet, runner);
  // Leaf after leaf, so that threads change no sum.
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t node = forest.nodeOfLeaf[leafOf(tape, i)];
    const float* shape = ofShape.data() + i * inputs();
    const float* color = ofColor.data() + i * inputs();
    float* root = to.rootFeatures.data() + forest.rootOfNode[node] * m_widths.root;
    for (std::size_t c = 0; c < m_widths.root; ++c) {
      root[c] += shape[c] + color[c];
    }
    shape += m_widths.root;
    color += m_widths.root;
    float* own = to.nodeFeatures.data() + node * m_widths.node;
    for (std::size_t c = 0; c < m_widths.node; ++c) {
      own[c] += shape[c] + color[c];
    }
    std::array<float, kPlaceInputs> place{};
    for (std::size_t c = 0; c < kPlaceInputs; ++c) {
      place[c] = shape[m_widths.node + c] + color[m_widths.node + c];
    }
    if (!gradients.means.empty()) {
      pullPlace(tape.rows.data() + (i + 1) * inputs() - kPlaceInputs, place.data(),
                tape.places.radii[node], gradients.means.data() + 3 * i);
    }
  }
}

}  // namespace volpress::compressors::gaussianforest
