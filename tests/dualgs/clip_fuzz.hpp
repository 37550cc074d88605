// What the fuzz targets of the sequence codecs share: seeds, and decoding of mutated ones.
#pragma once

#include <cmath>
#include <cstdlib>

#include "scene/sequence/sample_clip.hpp"
#include "tests/dualgs/coded_clip.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace volpress::fuzz {

using namespace compressors;

/// The header's part, its length before it, then the layers, each with its length.
inline Bytes packed(const testing::CodedClip& clip) {
  ByteWriter out;
  out.write(static_cast<std::uint32_t>(clip.info.codecInit.size()));
  out.append(clip.info.codecInit);
  for (const Bytes& layer : clip.segments[0]) {
    out.write(static_cast<std::uint32_t>(layer.size()));
    out.append(layer);
  }
  return std::move(out).take();
}

inline ClipInfo infoFor(const SequenceCodec& codec, Bytes init, std::uint32_t layers) {
  ClipInfo info;
  info.codec = codec.info().fourcc;
  info.frameCount = 3;
  info.segmentCount = 1;
  info.maxSplats = 1000;
  info.layerCount = layers;
  info.shDegree = 1;
  info.codecInit = std::move(init);
  return info;
}

/// Two small clips of three frames.
inline std::vector<Bytes> clipSeeds(const SequenceCodec& codec, const ParamSet& params) {
  SerialRunner runner;
  ClipOptions options;
  options.frames = 3;
  std::vector<Bytes> seeds;
  GaussianCloud scene;
  for (const std::size_t splats : {12U, 150U}) {
    resizeCloud(scene, splats, 1);
    for (std::size_t i = 0; i < splats; ++i) {
      const auto x = static_cast<float>(i);
      for (std::size_t axis = 0; axis < 3; ++axis) {
        scene.means[3 * i + axis] = std::sin(x * (1.3F + static_cast<float>(axis)));
        scene.logScales[3 * i + axis] = -3 - 0.01F * x;
        scene.shDc[3 * i + axis] = std::cos(x * 0.7F + static_cast<float>(axis));
      }
      for (std::size_t k = 0; k < 9; ++k) {
        scene.shRest[9 * i + k] = 0.1F * std::sin(x + static_cast<float>(k));
      }
      const std::array<float, 4> rotation{1, 0.1F * x, -0.2F, 0.3F};
      std::copy(rotation.begin(), rotation.end(), &scene.rotations[4 * i]);
      scene.opacityLogits[i] = 1 + 0.05F * x;
    }
    GaussianSequence sequence(makeSampleClip(options, scene, runner));
    seeds.push_back(packed(testing::encodeClip(codec, sequence, params, runner).value()));
  }
  return seeds;
}

/// Decodes one segment of three frames and `most` layers from what `packed` wrote.
inline void decodePacked(const SequenceCodec& codec, ByteView input, std::uint32_t most = 2) {
  ByteReader reader(input);
  const auto size = reader.read<std::uint32_t>("init");
  const auto init = size ? reader.take(*size, "init") : Result<ByteView>(ByteView{});
  if (!init) {
    return;
  }
  std::vector<ByteView> layers;
  while (layers.size() < most) {
    const auto length = reader.read<std::uint32_t>("layer");
    const auto layer = length ? reader.take(*length, "layer") : Result<ByteView>(reader.rest());
    if (!layer || (!layers.empty() && layer->empty())) {
      break;
    }
    layers.push_back(*layer);
  }
  if (layers.empty()) {
    return;
  }
  SerialRunner runner;
  Progress progress;
  RunContext context{runner, progress, {}};
  const ClipInfo info = infoFor(codec, Bytes(init->begin(), init->end()), most);
  const auto decoder = codec.open(info, context);
  if (!decoder) {
    return;
  }
  std::size_t frames = 0;
  const auto done = (*decoder)->decodeSegment(
      0, 3, layers, context, [&frames](std::size_t frame, GaussianCloud&& cloud) -> Result<void> {
        if (frame != frames++ || !validate(cloud)) {
          std::abort();
        }
        return {};
      });
  if (done && frames != 3) {
    std::abort();
  }
}

}  // namespace volpress::fuzz
