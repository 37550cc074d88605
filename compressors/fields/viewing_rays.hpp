// Rays through a field from where people look at it, with what it shows there: what a compressor
// that has no photographs measures and learns from.
#pragma once

#include <cstdint>
#include <stop_token>
#include <vector>

#include "compressors/fields/ray_learner.hpp"
#include "renderer/software/field_renderer.hpp"

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

/// Draws `field` over black from `views` cameras: half of them its training cameras as far as it
/// knows some, the others on a sphere around what is occupied; about `pixels` pixels each.
[[nodiscard]] Result<ViewingRays> viewingRays(std::shared_ptr<const HashGridField> field,
                                              std::size_t views, std::size_t pixels,
                                              std::uint64_t seed, TaskRunner& runner,
                                              const std::stop_token& stop);

/// How much of the mean squared error over the rays one unit of each parameter makes (the diagonal
/// of J^T J, estimated with random signs), laid out as `HashGridField::parameters`.
[[nodiscard]] FloatArray parameterSensitivity(const HashGridField& field, const ViewingRays& rays,
                                              std::uint64_t seed, TaskRunner& runner);

}  // namespace volpress::fields
