// What a field makes of a place and a direction before its networks see them, and of what comes out
// of them; as renderer/software/field_model.cpp does.
#include "field_layout.h"

/// The lower corner of the cell around a place on one level, and how far beyond it the place lies.
struct GridPlace {
  uvec3 low;
  vec3 beyond;
};
/// `inside`: 0..1 over the field's box.
GridPlace placeOn(FieldLevel level, vec3 inside, uint interpolation) {
  const vec3 scaled = fma(vec3(level.scale), inside, vec3(0.5));
  const vec3 whole = floor(scaled);
  vec3 beyond = scaled - whole;
  if (interpolation == VP_INTERPOLATE_SMOOTHSTEP) {
    beyond = beyond * beyond * (3.0 - 2.0 * beyond);
  } else if (interpolation == VP_INTERPOLATE_NEAREST) {
    beyond = vec3(0);
  }
  return GridPlace(uvec3(whole), beyond);
}

uvec3 sideOf(uint corner) { return uvec3(corner & 1u, corner >> 1 & 1u, corner >> 2); }

/// The entry, among those of all levels, of a corner 0..7, and its share.
uint entryOf(FieldLevel level, GridPlace place, uint corner) {
  const uvec3 at = place.low + sideOf(corner);
  const uint entry = level.kind == VP_LEVEL_HASHED
                         ? at.x ^ at.y * 2654435761u ^ at.z * 805459861u
                         : at.x + level.resolution * (at.y + level.resolution * at.z);
  return level.first + entry % level.entries;
}
float weightOf(GridPlace place, uint corner) {
  const vec3 parts = mix(1.0 - place.beyond, place.beyond, vec3(sideOf(corner)));
  return parts.x * (parts.y * parts.z);
}

/// Spherical harmonics of degree 4 of a unit direction.
float[VP_FIELD_TERMS] directionTerms(vec3 d) {
  const float xx = d.x * d.x, yy = d.y * d.y, zz = d.z * d.z;
  const float xy = d.x * d.y, yz = d.y * d.z, xz = d.x * d.z;
  return float[VP_FIELD_TERMS](
      0.28209479, -0.48860251 * d.y, 0.48860251 * d.z, -0.48860251 * d.x, 1.09254843 * xy,
      -1.09254843 * yz, 0.94617470 * zz - 0.31539157, -1.09254843 * xz, 0.54627422 * (xx - yy),
      0.59004359 * d.y * (yy - 3.0 * xx), 2.89061144 * xy * d.z,
      0.45704580 * d.y * (1.0 - 5.0 * zz), 0.37317633 * d.z * (5.0 * zz - 3.0),
      0.45704580 * d.x * (1.0 - 5.0 * zz), 1.44530572 * d.z * (xx - yy),
      0.59004359 * d.x * (3.0 * yy - xx));
}

/// Shapes raw colours.
vec3 shaped(vec3 raw, uint isHdr) {
  return isHdr != 0u ? exp(clamp(raw, -10.0, 10.0)) : 1.0 / (1.0 + exp(-raw));
}
