/* The types of what shaders and C++ agree on, by one name in both. */
#ifndef VOLPRESS_SHADER_TYPES_H
#define VOLPRESS_SHADER_TYPES_H

#ifdef __cplusplus
#include <cstdint>
namespace volpress::renderer::layout {
using uint = std::uint32_t;
using vec4 = float[4];
using Address = std::uint64_t;
}  // namespace volpress::renderer::layout
#else
#define Address uvec2
#endif

#endif
