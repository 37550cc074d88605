// Draws a hash-grid field: a ray a pixel, as renderer/software/field_march.cpp walks it and
// field_model.cpp evaluates it.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/field_layout.h"
#include "shared/field_grid.glsl"
#include "shared/field_steps.glsl"

layout(local_size_x = VP_FIELD_GROUP, local_size_y = VP_FIELD_GROUP) in;
layout(push_constant) uniform Push { FieldPush push; };

layout(buffer_reference, std430, buffer_reference_align = 4) buffer Floats { float at[]; };
layout(buffer_reference, std430, buffer_reference_align = 16) buffer Pixels { vec4 at[]; };
layout(buffer_reference, std430, buffer_reference_align = 16) readonly buffer Constants {
  FieldConstants of;
};

const float kOpaque = 0.99;
const uint kMostSteps = 256u;  // of one pass

// More of the constants, read once.
vec4 background;
FieldLayers densityLayers, colorLayers;
uint skipsEmpty, levels, features, interpolation, extraInputs, isHdr, blendsOriginal;

// A layer's numbers, and those that the next is made of.
float now[VP_FIELD_WIDTH];
float made[VP_FIELD_WIDTH];

/// A network from `now` to `now`.
void run(uvec2 address, FieldLayers net) {
  for (uint layer = 0u; layer <= net.hiddenLayers; ++layer) {
    const bool last = layer == net.hiddenLayers;
    const uint columns = layer == 0u ? net.inputs : net.neurons;
    const uint rows = last ? net.outputs : net.neurons;
    Floats weights = Floats(address);
    for (uint row = 0u; row < rows; ++row) {
      float sum = 0.0;
      // Widths are multiples of eight, and loops are dear: see `push.samples`.
      for (uint i = 0u; i < columns; i += 8u) {
        const uint w = row * columns + i;
        sum = fma(weights.at[w], now[i], sum);
        sum = fma(weights.at[w + 1u], now[i + 1u], sum);
        sum = fma(weights.at[w + 2u], now[i + 2u], sum);
        sum = fma(weights.at[w + 3u], now[i + 3u], sum);
        sum = fma(weights.at[w + 4u], now[i + 4u], sum);
        sum = fma(weights.at[w + 5u], now[i + 5u], sum);
        sum = fma(weights.at[w + 6u], now[i + 6u], sum);
        sum = fma(weights.at[w + 7u], now[i + 7u], sum);
      }
      made[row] = last ? sum : max(sum, 0.0);
    }
    for (uint row = 0u; row < rows; ++row) {
      now[row] = made[row];
    }
    address = advanced(address, rows * columns);
  }
}

/// Features of a place (0..1 over the box) into `now`.
void encode(vec3 place) {
  const vec3 inside = clamp(place, vec3(0), vec3(1));
  for (uint index = 0u; index < levels; ++index) {
    const FieldLevel level = Constants(push.constants).of.level[index];
    const GridPlace at = placeOn(level, inside, interpolation);
    for (uint f = 0u; f < features; ++f) {
      now[index * features + f] = 0.0;
    }
    for (uint corner = 0u; corner < 8u; ++corner) {
      const uint entry = entryOf(level, at, corner) * features;
      const float weight = weightOf(at, corner);
      Floats table = Floats(push.table);
      for (uint f = 0u; f < features; ++f) {
        now[index * features + f] = fma(weight, table.at[entry + f], now[index * features + f]);
      }
    }
  }
  for (uint pad = levels * features; pad < densityLayers.inputs; ++pad) {
    now[pad] = 0.0;
  }
}

/// Behind the density's outputs, the direction's spherical harmonics and what pads them.
void addDirection(vec3 d) {
  const float terms[VP_FIELD_TERMS] = directionTerms(d);
  uint row = densityLayers.outputs;
  for (uint term = 0u; term < VP_FIELD_TERMS; ++term, ++row) {
    now[row] = terms[term];
  }
  for (uint extra = 0u; extra < extraInputs; ++extra, ++row) {
    now[row] = 0.0;
  }
  for (; row < colorLayers.inputs; ++row) {
    now[row] = 1.0;
  }
}

vec3 toLinear(vec3 v) {
  return mix(pow((max(v, vec3(0)) + 0.055) / 1.055, vec3(2.4)), v / 12.92,
             lessThanEqual(v, vec3(0.04045)));
}

vec3 toSrgb(vec3 v) {
  return mix(1.055 * pow(max(v, vec3(0)), vec3(1.0 / 2.4)) - 0.055, 12.92 * v,
             lessThanEqual(v, vec3(0.0031308)));
}

/// Over the background, as display values.
vec3 finished(vec3 color, float alpha) {
  const float behind = (1.0 - alpha) * background.a;
  if (blendsOriginal == 0u) {
    return color + behind * background.rgb;
  }
  const vec3 front = isHdr != 0u ? color : toLinear(color);
  return toSrgb(scheduleFar.z * (front + behind * toLinear(background.rgb)));
}

/// From a camera (w: the low corner of the field's box) through a pixel.
/// `t` is how far the ray had come; afterwards too, or the negative where it is over. Adds to what
/// was seen so far.
void march(vec4 eye, vec3 direction, inout float t, inout vec4 seen) {
  const vec3 origin = eye.xyz;
  const float low = eye.w;
  const vec2 inside = insideBox(origin, direction, low, 0.0);
  const float end = inside.y;
  if (t < 0.0) {
    t = firstPlace(inside, 0.5);
  }
  vec3 color = seen.rgb;
  float alpha = seen.a;
  uint samples = 0u;
  for (uint step = 0u; t < end && step < kMostSteps && samples < push.samples; ++step) {
    const vec3 place = fma(direction, vec3(t), origin);
    const uint cascade = skipsEmpty == 0u ? 0u : cascadeOf(place);
    if (skipsEmpty != 0u && !isSet(place, cascade)) {
      t = skipped(origin, direction, place, t, end, cascade);
      continue;
    }
    const float after = stepAfter(t);
    encode((place - low) / (1.0 - 2.0 * low));
    run(push.densityWeights, densityLayers);
    const float opacity = 1.0 - exp(-exp(now[0]) * (after - t));
    addDirection(direction);
    run(push.colorWeights, colorLayers);
    const float weight = opacity * (1.0 - alpha);
    color += weight * shaped(vec3(now[0], now[1], now[2]), isHdr);
    alpha += weight;
    if (alpha > kOpaque) {
      color /= alpha;
      alpha = 1.0;
    }
    t = alpha < 1.0 ? after : end;
    ++samples;
  }
  seen = vec4(color, alpha);
  t = t < end ? t : -1.0;
}

void main() {
  Constants field = Constants(push.constants);
  const uvec2 pixel = gl_GlobalInvocationID.xy + uvec2(0u, push.firstRow);
  if (pixel.x >= field.of.width || pixel.y >= field.of.height) {
    return;
  }
  schedule = field.of.schedule;
  scheduleFar = field.of.scheduleFar;
  background = field.of.background;
  densityLayers = field.of.density;
  colorLayers = field.of.color;
  cascades = field.of.cascades;
  occupancy = push.occupancy;
  skipsEmpty = field.of.skipsEmpty;
  levels = field.of.levels;
  features = field.of.features;
  interpolation = field.of.interpolation;
  extraInputs = field.of.extraInputs;
  isHdr = field.of.isHdr;
  blendsOriginal = field.of.blendsOriginal;
  const vec4 lens = field.of.intrinsics;
  const vec2 at = (vec2(pixel) + 0.5 - lens.zw) / lens.xy;
  vec3 direction = field.of.rotation[0].xyz * at.x + field.of.rotation[1].xyz * at.y +
                   field.of.rotation[2].xyz;
  direction /= sqrt(dot(direction, direction));
  const uint index = pixel.y * field.of.width + pixel.x;
  Floats places = Floats(push.places);
  float t = -1.0;
  vec4 seen = vec4(0);
  if (push.isFirst == 0u) {
    t = places.at[index];
    if (t < 0.0) {
      return;
    }
    seen = Pixels(push.pixels).at[index];
  }
  march(field.of.position, direction, t, seen);
  places.at[index] = t;
  if (t < 0.0) {
    seen.rgb = finished(seen.rgb, seen.a);
  } else {
    atomicAdd(Words(push.live).at[0], 1u);
  }
  Pixels(push.pixels).at[index] = seen;
}
