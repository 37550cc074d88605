// What a file can hold. Field, mesh and sequence kinds join the variant as they are built.
#pragma once

#include <variant>

#include "scene/types/gaussian_cloud.hpp"

namespace volpress {

using Scene = std::variant<GaussianCloud>;

}  // namespace volpress
