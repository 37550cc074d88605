// A picture's display values as they are, or its difference from a reference.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/compose_layout.h"

layout(push_constant) uniform Push { PaneConstants pane; };
layout(set = 0, binding = 0) uniform sampler2D picture;
layout(set = 0, binding = 1) uniform sampler2D reference;
layout(location = 0) in vec2 place;
layout(location = 0) out vec4 result;

void main() {
  vec3 colour = clamp(texture(picture, place).rgb, 0.0, 1.0);
  if (pane.mode != VP_PANE_PICTURE) {
    const vec3 difference = colour - clamp(texture(reference, place).rgb, 0.0, 1.0);
    colour = pane.mode == VP_PANE_ABSOLUTE ? abs(difference) * pane.gain
                                           : 0.5 + difference * pane.gain;
  }
  result = vec4(colour, 1.0);
}
