#include <algorithm>

#include "compressors/stream/sequence_codec.hpp"
#include "scene/sequence/frame_order.hpp"

namespace volpress::compressors {

Result<ClipPlan> planClip(GaussianSequence& sequence, std::size_t segmentFrames, bool needsOrder,
                          RunContext& context) {
  ClipPlan plan;
  plan.frameCount = sequence.frameCount();
  if (plan.frameCount == 0 || plan.frameCount > kMaxClipFrames || segmentFrames == 0 ||
      segmentFrames > kMaxSegmentFrames) {
    return fail(ErrorCode::InvalidParameter, "{} frames in segments of {}; at most {} in {}",
                plan.frameCount, segmentFrames, kMaxClipFrames, kMaxSegmentFrames);
  }
  GaussianCloud before;
  for (std::size_t frame = 0; frame < plan.frameCount; ++frame) {
    VOLPRESS_TRY(GaussianCloud cloud, sequence.frame(frame, context.runner, context.stop));
    if (cloud.count == 0 || cloud.count > kMaxClipSplats) {
      return fail(ErrorCode::InvalidParameter, "frame {} has {} splats; 1 to {} can be coded",
                  frame, cloud.count, kMaxClipSplats);
    }
    if (frame == 0) {
      plan.shDegree = cloud.shDegree;
      plan.frame = cloud.frame;
      plan.filter = cloud.filter;
      plan.bounds = meanBounds(cloud);
    } else if (cloud.shDegree != plan.shDegree) {
      return fail(ErrorCode::InvalidParameter, "frame {} has SH degree {}, the first frame {}",
                  frame, cloud.shDegree, plan.shDegree);
    }
    plan.maxSplats = std::max(plan.maxSplats, cloud.count);
    const bool same = frame != 0 && cloud.count == before.count;
    if (needsOrder && same && !measureStep(before, cloud).ordered) {
      return fail(ErrorCode::InvalidParameter,
                  "the splats of frame {} are not in the order of frame {}: pair them with "
                  "\"volpress sequence match\" first, or take the codec intra",
                  frame, frame - 1);
    }
    if (!same) {
      plan.runs.push_back({frame, 0, cloud.count});
    }
    ++plan.runs.back().frameCount;
    before = std::move(cloud);
    context.progress.report(static_cast<double>(frame + 1) / static_cast<double>(plan.frameCount));
  }
  for (std::size_t run = 0; run < plan.runs.size(); ++run) {
    const ClipRun& r = plan.runs[run];
    for (std::size_t done = 0; done < r.frameCount; done += segmentFrames) {
      plan.segments.push_back(
          {r.firstFrame + done, std::min(segmentFrames, r.frameCount - done), run});
    }
  }
  return plan;
}

}  // namespace volpress::compressors
