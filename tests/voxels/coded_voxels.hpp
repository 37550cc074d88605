// Sequences of voxel fields in memory, encoded and decoded.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "compressors/voxels/voxel_codec.hpp"
#include "renderer/metrics/metrics.hpp"
#include "renderer/software/voxel_renderer.hpp"

namespace volpress::testing {

/// Frames from a function.
class MadeVoxels final : public compressors::VoxelSource {
public:
  using Make = std::function<VoxelField(std::size_t frame, TaskRunner& runner)>;
  MadeVoxels(std::size_t frames, Make make) : m_frames(frames), m_make(std::move(make)) {}
  [[nodiscard]] std::size_t frameCount() const noexcept override { return m_frames; }
  [[nodiscard]] Result<VoxelField> load(std::size_t index, TaskRunner& runner,
                                        const std::stop_token& /*stop*/) const override {
    return m_make(index, runner);
  }

private:
  std::size_t m_frames;
  Make m_make;
};

/// Mean over pictures of `side` pixels from four sides, in dB.
inline double psnrOfVoxels(const VoxelField& a, const VoxelField& b, std::size_t side,
                           TaskRunner& runner) {
  double error = 0;
  const renderer::VoxelPainter wanted(std::make_shared<const VoxelField>(a));
  const renderer::VoxelPainter got(std::make_shared<const VoxelField>(b));
  for (const float angle : {0.3F, 1.9F, 3.4F, 5.0F}) {
    const Camera camera = lookAt({2.6F * std::cos(angle), 2.6F * std::sin(angle), 1.3F},
                                 {0, 0, -0.25F}, {0, 0, -1}, 0.7F, side, side);
    error += metrics::meanSquaredError(wanted.render(camera, {}, runner).value().color,
                                       got.render(camera, {}, runner).value().color)
                 .value();
  }
  return metrics::psnrFromError(error / 4);
}

struct CodedVoxels {
  Bytes init;
  std::vector<std::vector<Bytes>> segments;
  std::vector<VoxelField> frames;  ///< decoded
  std::uint64_t bytes = 0;

  [[nodiscard]] const VoxelGrid& grid(std::size_t frame) const {
    return std::get<VoxelGrid>(frames.at(frame));
  }
  [[nodiscard]] const VoxelTree& tree(std::size_t frame) const {
    return std::get<VoxelTree>(frames.at(frame));
  }
};

inline void demand(const Result<void>& done) {
  if (!done) {
    throw std::runtime_error(done.error().message);
  }
}

/// The frames of one segment, from its first `layers` layers. Throws when it cannot be read.
inline std::vector<VoxelField> decodeVoxels(const compressors::VoxelSequenceCodec& codec,
                                            const Bytes& init, const std::vector<Bytes>& segment,
                                            std::size_t frames, TaskRunner& runner,
                                            std::size_t layers = 8) {
  Progress progress;
  compressors::RunContext context{runner, progress, {}};
  const auto decoder = codec.open(init).value();
  std::vector<ByteView> views(segment.begin(), segment.end());
  views.resize(std::min(layers, views.size()));
  std::vector<VoxelField> decoded;
  const auto open = decoder->openSegment(frames, views, context).value();
  for (std::size_t k = 0; k < frames; ++k) {
    decoded.push_back(open->next(context).value());
    demand(validate(decoded.back()));
  }
  demand(open->finish());
  return decoded;
}

inline CodedVoxels codeVoxels(const compressors::VoxelSequenceCodec& codec,
                              const compressors::VoxelSource& source, const ParamSet& given,
                              TaskRunner& runner) {
  Progress progress;
  compressors::RunContext context{runner, progress, {}};
  const ParamSet params = completeParams(codec.info().params, given).value();
  const auto encoder = codec.begin(source, params, context).value();
  CodedVoxels coded;
  coded.init = encoder->init();
  const auto length = static_cast<std::size_t>(paramInt(params, "segment_frames"));
  for (std::size_t from = 0; from < source.frameCount(); from += length) {
    const std::size_t count = std::min(length, source.frameCount() - from);
    std::vector<Bytes> layers = encoder->encodeSegment(from, count, context).value();
    for (const Bytes& layer : layers) {
      coded.bytes += layer.size();
    }
    for (VoxelField& field : decodeVoxels(codec, coded.init, layers, count, runner)) {
      coded.frames.push_back(std::move(field));
    }
    coded.segments.push_back(std::move(layers));
  }
  return coded;
}

}  // namespace volpress::testing
