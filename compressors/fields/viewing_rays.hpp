// Rays through a field from where people look at it, with what it shows there, or what photographs
// show: what a compressor measures and learns from.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "compressors/fields/ray_learner.hpp"
#include "renderer/software/field_renderer.hpp"
#include "scene/types/posed_picture.hpp"

namespace volpress::fields {

/// Pictures of a field from its training cameras and from around it.
struct ViewingRays {
  struct Pixel {
    renderer::FieldRay ray;
    std::array<float, 3> color;  ///< over black
    float alpha;
  };
  std::vector<Pixel> pixels;

  /// `count` rays of a step, over random backgrounds. The same for the same `key`.
  [[nodiscard]] std::vector<LearningRay> draw(std::size_t count, std::uint64_t key) const;
};

/// Draws `field` over black from `views` cameras, about `pixels` pixels each: its training cameras,
/// every second one moved towards its neighbour; of a field that knows fewer than eight, half of
/// them such and the others on a sphere around what is occupied.
[[nodiscard]] Result<ViewingRays> viewingRays(std::shared_ptr<const HashGridField> field,
                                              std::size_t views, std::size_t pixels,
                                              std::uint64_t seed, TaskRunner& runner,
                                              const std::stop_token& stop);

/// Every pixel of photographs whose cameras are in the field's frame, or of all of them every so
/// manieth where they are more than kMostPhotoRays. What they show is opaque.
[[nodiscard]] ViewingRays photographRays(std::span<const PosedPicture> photos);
inline constexpr std::size_t kMostPhotoRays = std::size_t{1} << 22;

/// How much of the mean squared error over the rays one unit of each parameter makes (the diagonal
/// of J^T J, estimated with random signs), laid out as `HashGridField::parameters`.
[[nodiscard]] FloatArray parameterSensitivity(const HashGridField& field, const ViewingRays& rays,
                                              std::uint64_t seed, TaskRunner& runner);

}  // namespace volpress::fields
