// Turns the number of visible splats into indexed draws of at most VP_DRAW_SPLATS each.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/gaussian_layout.h"
#include "shared/pointers.glsl"

layout(local_size_x = VP_PROJECT_GROUP) in;
layout(push_constant) uniform Push { DrawsConstants push; };

void main() {
  const uint draw = gl_GlobalInvocationID.x;
  if (draw >= push.drawCount) {
    return;
  }
  const uint visible = Words(push.visible).at[0];
  const uint first = min(draw * VP_DRAW_SPLATS, visible);
  const uint splats = min(visible - first, VP_DRAW_SPLATS);
  Words draws = Words(push.draws);
  const uint at = 5u * draw;  // VkDrawIndexedIndirectCommand
  draws.at[at] = 6u * splats;
  draws.at[at + 1u] = 1u;
  draws.at[at + 2u] = 0u;
  draws.at[at + 3u] = 4u * first;
  draws.at[at + 4u] = 0u;
}
