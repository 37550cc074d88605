// A pane's picture as a rectangle: a strip of four corners.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/compose_layout.h"

layout(push_constant) uniform Push { PaneConstants pane; };
layout(location = 0) out vec2 place;

void main() {
  place = vec2(float(gl_VertexIndex & 1), float(gl_VertexIndex >> 1));
  gl_Position = vec4(vec2(pane.x, pane.y) + place * vec2(pane.width, pane.height), 0.0, 1.0);
}
