// Draws a sum of 2-D Gaussians (renderer/gaussian_picture.hpp): a tile a group, a pixel an invocation.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/picture_layout.h"
#include "shared/pointers.glsl"

layout(local_size_x = VP_PICTURE_TILE, local_size_y = VP_PICTURE_TILE) in;
layout(push_constant) uniform Push { PicturePush push; };

layout(buffer_reference, std430, buffer_reference_align = 16) readonly buffer Gaussians {
  PictureGaussian at[];
};
layout(buffer_reference, std430, buffer_reference_align = 16) writeonly buffer Pixels { vec4 at[]; };

const float kLeast = 1.0 / 255.0;

void main() {
  const uvec2 pixel = gl_GlobalInvocationID.xy;
  if (pixel.x >= push.width || pixel.y >= push.height) {
    return;
  }
  const uint tile = gl_WorkGroupID.y * push.tilesAcross + gl_WorkGroupID.x;
  const uint end = Words(push.tileFirst).at[tile + 1u];
  vec3 sum = vec3(0.0);
  for (uint i = Words(push.tileFirst).at[tile]; i < end; ++i) {
    const uint index = Words(push.list).at[i];
    const vec4 place = Gaussians(push.gaussians).at[index].place;
    const vec4 paint = Gaussians(push.gaussians).at[index].paint;
    // d^T (L L^T)^-1 d is the square of L^-1 d.
    const vec2 d = vec2(pixel) - place.xy;
    const float along = d.x / place.z;
    const float across = (d.y - place.w * along) / paint.x;
    const float v = exp(-0.5 * (along * along + across * across));
    if (v >= kLeast) {
      sum += v * paint.yzw;
    }
  }
  Pixels(push.pixels).at[pixel.y * push.width + pixel.x] = vec4(sum, 1.0);
}
