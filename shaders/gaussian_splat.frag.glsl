// alpha = min(0.99, o exp(power)), nothing under 1/255; pre-multiplied. No discard: a zero blends
// away at less cost.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/gaussian_layout.h"

layout(location = 0) in vec2 offset;
layout(location = 1) flat in vec4 colour;
layout(location = 0) out vec4 result;

void main() {
  const float alpha = exp2(colour.a - dot(offset, offset));
  const float kept = alpha >= VP_MIN_ALPHA ? min(alpha, VP_MAX_ALPHA) : 0.0;
  result = vec4(colour.rgb * kept, kept);
}
