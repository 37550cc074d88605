// Sequences through a sequence codec, for tests.
#pragma once

#include <memory>
#include <vector>

#include <fmt/core.h>

#include "compressors/stream/sequence_codec.hpp"

namespace volpress::testing {

/// What an encode gives: the clip's header and the layers of each segment.
struct CodedClip {
  compressors::ClipPlan plan;
  compressors::ClipInfo info;
  std::vector<std::vector<Bytes>> segments;
  std::vector<std::string> log;

  [[nodiscard]] std::size_t bytes() const {
    std::size_t sum = info.codecInit.size();
    for (const auto& layers : segments) {
      for (const Bytes& layer : layers) {
        sum += layer.size();
      }
    }
    return sum;
  }
};

inline Result<CodedClip> encodeClip(const compressors::SequenceCodec& codec,
                                    GaussianSequence& sequence, const ParamSet& given,
                                    TaskRunner& runner, const std::stop_token& stop = {}) {
  Progress progress;
  compressors::RunContext context{runner, progress, stop};
  VOLPRESS_TRY(const ParamSet params, completeParams(codec.info().params, given));
  CodedClip clip;
  VOLPRESS_TRY(
      clip.plan,
      compressors::planClip(sequence, static_cast<std::size_t>(paramInt(params, "segment_frames")),
                            codec.info().needsOrder, context));
  VOLPRESS_TRY(const auto encoder, codec.begin(sequence, clip.plan, params, context));
  for (std::size_t i = 0; i < clip.plan.segments.size(); ++i) {
    VOLPRESS_TRY(std::vector<Bytes> layers, encoder->encodeSegment(i, context));
    clip.segments.push_back(std::move(layers));
  }
  clip.info.codec = codec.info().fourcc;
  clip.info.frameCount = static_cast<std::uint32_t>(clip.plan.frameCount);
  clip.info.segmentCount = static_cast<std::uint32_t>(clip.plan.segments.size());
  clip.info.maxSplats = static_cast<std::uint32_t>(clip.plan.maxSplats);
  clip.info.layerCount = encoder->layerCount();
  clip.info.shDegree = clip.plan.shDegree;
  clip.info.frame = clip.plan.frame;
  clip.info.filter = clip.plan.filter;
  clip.info.codecInit = encoder->init();
  clip.log = context.log;
  return clip;
}

/// The frames of one segment, decoded from its first `layers` layers.
inline Result<std::vector<GaussianCloud>> decodeSegment(const compressors::SequenceCodec& codec,
                                                        const CodedClip& clip, std::size_t segment,
                                                        TaskRunner& runner,
                                                        std::size_t layers = 8) {
  Progress progress;
  compressors::RunContext context{runner, progress, {}};
  VOLPRESS_TRY(const auto decoder, codec.open(clip.info, context));
  std::vector<ByteView> views(clip.segments[segment].begin(), clip.segments[segment].end());
  views.resize(std::min(views.size(), layers));
  std::vector<GaussianCloud> frames;
  const auto& planned = clip.plan.segments[segment];
  VOLPRESS_CHECK(
      decoder->decodeSegment(planned.firstFrame, planned.frameCount, views, context,
                             [&](std::size_t frame, GaussianCloud&& cloud) -> Result<void> {
                               if (frame != planned.firstFrame + frames.size()) {
                                 return fail(ErrorCode::Internal, "frame {} out of turn", frame);
                               }
                               frames.push_back(std::move(cloud));
                               return {};
                             }));
  return frames;
}

}  // namespace volpress::testing
