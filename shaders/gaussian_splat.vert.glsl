// A splat's alpha cut, far splats first: the box around the ellipse, or a triangle around it, which
// covers 30 % more pixels but costs a CPU device half the set-up.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/gaussian_layout.h"
#include "shared/pointers.glsl"

layout(push_constant) uniform Push { SplatConstants push; };

// Not noperspective: w is 1 anyway, and lavapipe clips such interpolants inexactly.
layout(location = 0) out vec2 offset;  // from the centre; |offset|^2 is the exponent
layout(location = 1) flat out vec4 colour;           // rgb, log2 of the opacity

void main() {
  const uint vertex = uint(gl_VertexIndex);
  const bool triangle = push.triangles != 0u;
  const uint position = triangle ? vertex / 3u : vertex >> 2;
  const uint corner = triangle ? vertex % 3u : vertex & 3u;
  uint slot;
  if (push.sortedFirst != 0u) {
    slot = push.count - 1u - position;
  } else {
    slot = Words(push.order).at[Words(push.visible).at[0] - 1u - position];
  }
  Words words = Words(push.projected);
  const uint first = slot * VP_PROJECTED_WORDS;
  const float logOpacity = uintBitsToFloat(words.at[first + 7u]);
  if (logOpacity <= VP_CULLED) {
    gl_Position = vec4(-2.0, -2.0, 0.0, 1.0);
    offset = vec2(0.0);
    colour = vec4(0.0);
    return;
  }
  const vec2 centre =
      vec2(uintBitsToFloat(words.at[first]), uintBitsToFloat(words.at[first + 1u]));
  const vec2 longAxis =
      vec2(uintBitsToFloat(words.at[first + 2u]), uintBitsToFloat(words.at[first + 3u]));
  const float shortLength = uintBitsToFloat(words.at[first + 4u]);
  const vec2 rg = unpackHalf2x16(words.at[first + 5u]);
  const vec2 b0 = unpackHalf2x16(words.at[first + 6u]);

  // In the frame in which the ellipse is the unit circle.
  const vec2 side = triangle ? (corner == 2u ? vec2(0.0, 2.0)
                                             : vec2(corner == 0u ? -sqrt(3.0) : sqrt(3.0), -1.0))
                             : vec2((corner & 1u) == 0u ? -1.0 : 1.0, corner < 2u ? -1.0 : 1.0);
  const vec2 shortAxis = vec2(-longAxis.y, longAxis.x) *
                         (shortLength * inversesqrt(max(dot(longAxis, longAxis), 1e-20)));
  const vec2 pixel = centre + side.x * longAxis + side.y * shortAxis;
  gl_Position = vec4(pixel * vec2(push.scaleX, push.scaleY) - 1.0, 0.0, 1.0);
  // At the cut, log2(opacity) - |offset|^2 = log2(1/255).
  offset = side * sqrt(max(logOpacity + log2(255.0), 0.0));
  colour = vec4(rg, b0.x, logOpacity);
}
