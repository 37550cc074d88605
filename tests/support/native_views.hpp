// What codecs whose splats depend on the view show to cameras.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "compressors/codec.hpp"

namespace volpress::testing {

/// The file as it is opened for native drawing; fails the test and is null when it cannot be.
[[nodiscard]] std::unique_ptr<compressors::ViewDependentScene> openNative(
    const compressors::Codec& codec, ByteView file, TaskRunner& runner);

/// What a camera sees of it; valid, or else the test fails.
[[nodiscard]] std::shared_ptr<const GaussianCloud> lookFrom(
    const compressors::ViewDependentScene& scene, const Camera& camera, TaskRunner& runner);

/// `colors`: 3 a splat in place of the cloud's own, or empty.
[[nodiscard]] Image drawSplats(const std::shared_ptr<const GaussianCloud>& cloud,
                               const Camera& camera, TaskRunner& runner,
                               const FloatArray& colors = {});

/// PSNR in dB; equal pictures count as 200.
[[nodiscard]] double picturePsnr(const Image& a, const Image& b);

/// Every view, and the same zoomed in four times, shows the picture that training drew of it (over
/// 100 dB).
void expectShowsTraining(const compressors::ViewDependentScene& scene, const ViewSet& views,
                         const std::function<Image(const Camera&)>& trainingPicture,
                         TaskRunner& runner);

/// Looks from every view on one thread and on two, with memory that other views were looked at
/// before: the same splats each time.
void expectLooksAgree(const compressors::ViewDependentScene& scene, const ViewSet& views);

/// Mean PSNR of what views show natively against the same file baked.
[[nodiscard]] double nativeAgainstBaked(const compressors::ViewDependentScene& scene,
                                        const std::shared_ptr<const GaussianCloud>& baked,
                                        const ViewSet& views, TaskRunner& runner);

}  // namespace volpress::testing
