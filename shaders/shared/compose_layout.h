/* What the composing pass and renderer/vulkan agree on. Read as GLSL and as C++. */
#ifndef VOLPRESS_COMPOSE_LAYOUT_H
#define VOLPRESS_COMPOSE_LAYOUT_H

#define VP_PANE_PICTURE 0u
#define VP_PANE_ABSOLUTE 1u
#define VP_PANE_SIGNED 2u

#include "types.h"

#ifdef __cplusplus
namespace volpress::renderer::layout {
#endif

/* Push constants of compose.vert and compose.frag. */
struct PaneConstants {
  float x, y, width, height; /* of the picture, in normalised device coordinates */
  uint mode;
  float gain;
};

#ifdef __cplusplus
}  // namespace volpress::renderer::layout
#endif
#endif
