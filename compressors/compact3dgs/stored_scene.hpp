// A scene as what is stored of it, whatever the layout.
#pragma once

#include <stop_token>

#include "compressors/compact3dgs/color_field.hpp"
#include "compressors/compact3dgs/residual_books.hpp"
#include "compressors/container/scene_header.hpp"

namespace volpress::compressors::compact3dgs {

/// The shape of every field: only the table differs.
[[nodiscard]] learning::HashGridShape fieldShape(unsigned tableBits);
inline constexpr unsigned kLeastTableBits = 4;
inline constexpr unsigned kMostTableBits = 19;

struct StoredScene {
  FloatArray means;          ///< 3n
  FloatArray opacityLogits;  ///< n
  FloatArray colors;         ///< 3n: SH band 0, without a field
  ResidualBooks scales;      ///< of log scales
  ResidualBooks rotations;   ///< of quaternions w,x,y,z
  unsigned tableBits = 0;    ///< 0: no field
  learning::FieldPlace place;
  FieldWeights field;
};

/// Places, shapes and opacities of the splats; colours are not filled in.
[[nodiscard]] GaussianCloud splatsOf(const SceneHeader& header, const StoredScene& scene,
                                     unsigned shDegree, TaskRunner& runner);

/// The cloud that the stored numbers stand for; colours of a field are baked to the header's
/// degree.
[[nodiscard]] Result<GaussianCloud> rebuild(const SceneHeader& header, const StoredScene& scene,
                                            const std::stop_token& stop, TaskRunner& runner);

}  // namespace volpress::compressors::compact3dgs
