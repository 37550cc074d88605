// One splat a thread: cull, EWA projection (Zwicker et al. 2002 as in Kerbl et al. 2023), colour.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/gaussian_layout.h"
#include "shared/pointers.glsl"
#include "shared/spherical_harmonics.glsl"

layout(local_size_x = VP_PROJECT_GROUP) in;
layout(push_constant) uniform Push { ProjectConstants push; };
layout(buffer_reference, std430, buffer_reference_align = 16) readonly buffer Frame {
  FrameConstants at;
};

struct Splat {
  vec3 mean;
  vec4 quaternion;  // w,x,y,z
  vec3 scale;
  float opacity;
};

// The largest component is left out: it follows from the unit length.
vec4 unpackQuaternion(uint low, uint high) {
  const uint others[3] =
      uint[3](low & 0xfffffu, (low >> 20) | (high & 0xffu) << 12, (high >> 8) & 0xfffffu);
  const vec3 given = (vec3(others[0], others[1], others[2]) - float(VP_QUATERNION_ZERO)) *
                     (VP_QUATERNION_LIMIT / float(VP_QUATERNION_ZERO));
  const float largest = sqrt(max(1.0 - dot(given, given), 0.0));
  const uint index = high >> 28;
  return index == 0u   ? vec4(largest, given)
         : index == 1u ? vec4(given.x, largest, given.yz)
         : index == 2u ? vec4(given.xy, largest, given.z)
                       : vec4(given, largest);
}

Splat unpackSplat(Words geometry, uint first, vec2 range) {
  Splat splat;
  splat.mean = vec3(uintBitsToFloat(geometry.at[first]), uintBitsToFloat(geometry.at[first + 1u]),
                    uintBitsToFloat(geometry.at[first + 2u]));
  splat.quaternion = unpackQuaternion(geometry.at[first + 3u], geometry.at[first + 4u]);
  const uint scaleXy = geometry.at[first + 5u];
  const uint scaleZOpacity = geometry.at[first + 6u];
  const vec3 steps =
      vec3(float(scaleXy & 0xffffu), float(scaleXy >> 16), float(scaleZOpacity & 0xffffu));
  splat.scale = exp(range.x + range.y * steps);
  splat.opacity = float(scaleZOpacity >> 16) / 65535.0;
  return splat;
}

// The world covariance's factor R diag(scale).
mat3 scaledAxes(Splat splat) {
  const vec4 q = splat.quaternion;
  const float w = q.x, x = q.y, y = q.z, z = q.w;
  const mat3 rotation = mat3(
      1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y + w * z), 2.0 * (x * z - w * y),
      2.0 * (x * y - w * z), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z + w * x),
      2.0 * (x * z + w * y), 2.0 * (y * z - w * x), 1.0 - 2.0 * (x * x + y * y));
  return mat3(rotation[0] * splat.scale.x, rotation[1] * splat.scale.y,
              rotation[2] * splat.scale.z);
}

void main() {
  const uint slot = gl_GlobalInvocationID.x;
  if (slot >= push.count) {
    return;
  }
  Frame frame = Frame(push.frame);
  const bool sortedFirst = push.sortedFirst != 0u;
  const uint index = sortedFirst ? Words(push.order).at[slot] : slot;

  const uint chunk = index >> VP_CHUNK_SHIFT;
  const uint local = index & (VP_CHUNK_SPLATS - 1u);
  const uvec2 base = frame.at.chunks[chunk];
  const Splat splat =
      unpackSplat(Words(base), local * VP_GEOMETRY_WORDS, frame.at.logScaleRange.xy);

  // Whole vectors: Mesa 22.3 (lavapipe) reads the wrong component of a vector by address.
  const vec4 cameraPosition = frame.at.cameraPosition;
  const vec4 viewport = frame.at.viewport;
  const vec3 fromCamera = splat.mean - cameraPosition.xyz;
  const vec3 row0 = frame.at.rotation[0].xyz;
  const vec3 row1 = frame.at.rotation[1].xyz;
  const vec3 row2 = frame.at.rotation[2].xyz;
  const float depth = dot(row2, fromCamera);

  vec2 centre = vec2(0.0);
  vec2 longAxis = vec2(0.0);
  float shortLength = 0.0;
  float opacity = splat.opacity;
  bool drawn = depth >= cameraPosition.w && opacity >= VP_MIN_ALPHA;
  if (drawn) {
    const float inverseDepth = 1.0 / depth;
    const vec2 tangent = vec2(dot(row0, fromCamera), dot(row1, fromCamera)) * inverseDepth;
    const vec2 focal = frame.at.intrinsics.xy;
    centre = tangent * focal + frame.at.intrinsics.zw;
    const vec2 limited = clamp(tangent, -viewport.zw, viewport.zw);
    const mat3 axes = scaledAxes(splat);
    const vec3 jacobianX = (row0 - limited.x * row2) * (focal.x * inverseDepth);
    const vec3 jacobianY = (row1 - limited.y * row2) * (focal.y * inverseDepth);
    const vec3 factorX = jacobianX * axes;
    const vec3 factorY = jacobianY * axes;
    const float rawA = dot(factorX, factorX);
    const float b = dot(factorX, factorY);
    const float rawC = dot(factorY, factorY);
    const float a = rawA + VP_LOW_PASS;
    const float c = rawC + VP_LOW_PASS;
    // Lagrange's identity keeps the digits of a needle's determinant.
    const vec3 normal = cross(factorX, factorY);
    const float rawDeterminant = dot(normal, normal);
    const float determinant =
        rawDeterminant + VP_LOW_PASS * (rawA + rawC) + VP_LOW_PASS * VP_LOW_PASS;
    if (frame.at.antialiased != 0u) {
      opacity *= sqrt(rawDeterminant / determinant);
      drawn = opacity >= VP_MIN_ALPHA;
    }

    // The ellipse at which alpha falls to the cut, along the covariance's own axes.
    const float mid = 0.5 * (a + c);
    const float halfGap = 0.5 * (a - c);
    const float radius = sqrt(halfGap * halfGap + b * b);
    const float larger = mid + radius;
    const float smaller = determinant / larger;
    const vec2 direction = radius < 1e-12 * mid ? vec2(1.0, 0.0)
                           : halfGap >= 0.0     ? normalize(vec2(radius + halfGap, b))
                                                : normalize(vec2(b, radius - halfGap));
    const float reach = sqrt(2.0 * log(max(opacity * 255.0, 1.0)));
    longAxis = direction * (reach * sqrt(larger));
    shortLength = reach * sqrt(smaller);

    const vec2 extent = reach * sqrt(vec2(a, c));
    const vec2 size = viewport.xy;
    drawn = drawn && all(greaterThan(centre + extent, vec2(0.0))) &&
            all(lessThan(centre - extent, size));
    // NaN and infinity fail this comparison.
    drawn = drawn && dot(longAxis, longAxis) + dot(centre, centre) + shortLength < 1e30;
  }

  const uint out0 = slot * VP_PROJECTED_WORDS;
  Words words = Words(push.projected);
  if (drawn) {
    const uint chunkSplats =
        min(VP_CHUNK_SPLATS, frame.at.count - (chunk << VP_CHUNK_SHIFT));
    const uint colourWords = (3u * frame.at.coefficients + 1u) >> 1;
    Words colours =
        Words(advanced(base, chunkSplats * VP_GEOMETRY_WORDS + local * colourWords));
    vec3 colour = 0.5 + VP_SH0 * coefficient(colours, 0u);
    if (frame.at.shDegree > 0u) {
      colour += evaluateBands(colours, frame.at.shDegree, normalize(fromCamera));
    }
    colour = clamp(colour, 0.0, 65504.0);
    words.at[out0] = floatBitsToUint(centre.x);
    words.at[out0 + 1u] = floatBitsToUint(centre.y);
    words.at[out0 + 2u] = floatBitsToUint(longAxis.x);
    words.at[out0 + 3u] = floatBitsToUint(longAxis.y);
    words.at[out0 + 4u] = floatBitsToUint(shortLength);
    words.at[out0 + 5u] = packHalf2x16(colour.rg);
    words.at[out0 + 6u] = packHalf2x16(vec2(colour.b, 0.0));
    words.at[out0 + 7u] = floatBitsToUint(log2(opacity));
  } else {
    words.at[out0 + 7u] = floatBitsToUint(VP_CULLED);
  }
  if (!sortedFirst) {
    // Ascending keys are near to far; what is not drawn comes last.
    const uint bits = floatBitsToUint(depth);
    const uint ordered = (bits & 0x80000000u) != 0u ? ~bits : bits | 0x80000000u;
    Words(push.keys).at[slot] = drawn ? ordered : 0xffffffffu;
    Words(push.values).at[slot] = slot;
    if (drawn) {
      atomicAdd(Words(push.visible).at[0], 1u);
    }
  }
}
