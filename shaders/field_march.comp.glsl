// Draws a hash-grid field: a ray a pixel, as renderer/software/field_march.cpp walks it and
// field_model.cpp evaluates it.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/field_layout.h"
#include "shared/pointers.glsl"

layout(local_size_x = VP_FIELD_GROUP, local_size_y = VP_FIELD_GROUP) in;
layout(push_constant) uniform Push { FieldPush push; };

layout(buffer_reference, std430, buffer_reference_align = 4) buffer Floats { float at[]; };
layout(buffer_reference, std430, buffer_reference_align = 16) buffer Pixels { vec4 at[]; };
layout(buffer_reference, std430, buffer_reference_align = 16) readonly buffer Constants {
  FieldConstants of;
};

const float kSmallest = 1.7320508 / 1024.0;
const float kLargest = 1.7320508;
const float kOpaque = 0.99;
const uint kMostSteps = 256u;  // of one pass
const uint kSide = 128u;
const uint kCells = kSide * kSide * kSide;

// The constants, read once: drivers confuse parts of them that are read again and again.
vec4 schedule, scheduleFar, background;
FieldLayers densityLayers, colorLayers;
uint cascades, skipsEmpty, levels, features, interpolation, extraInputs, isHdr, blendsOriginal;

// Drivers may round log and exp coarsely; a ray that counts one step more or less would sample
// other places from there on.
float exactLog(float x) {
  int exponent;
  float part = frexp(x, exponent);  // 0.5 .. 1
  if (part < 0.70710678) {
    part *= 2.0;
    --exponent;
  }
  const float s = (part - 1.0) / (part + 1.0);
  const float ss = s * s;
  const float series = ss * (1.0 / 3.0 + ss * (0.2 + ss * (1.0 / 7.0 + ss / 9.0)));
  return fma(float(exponent), 0.69314718, 2.0 * fma(s, series, s));
}

float exactExp(float x) {
  const float whole = floor(x * 1.44269504 + 0.5);
  // ln 2 in two parts, so that what is left is exact.
  const float r = fma(whole, 1.43241613e-6, fma(whole, -0.693148613, x));
  float sum = 1.0 / 5040.0;
  sum = fma(sum, r, 1.0 / 720.0);
  sum = fma(sum, r, 1.0 / 120.0);
  sum = fma(sum, r, 1.0 / 24.0);
  sum = fma(sum, r, 1.0 / 6.0);
  sum = fma(sum, r, 0.5);
  sum = fma(sum, r, 1.0);
  return ldexp(fma(sum, r, 1.0), int(whole));
}

float numberOf(float t) {
  const vec4 s = schedule;
  const vec4 f = scheduleFar;
  if (s.x == 0.0) {
    return t / kSmallest;
  }
  if (t <= s.w) {
    return (t - s.w) / kSmallest + s.z;
  }
  return t <= f.y ? exactLog(t) / s.y : (t - f.y) / kLargest + f.x;
}

float distanceOf(float n) {
  const vec4 s = schedule;
  const vec4 f = scheduleFar;
  if (s.x == 0.0) {
    return n * kSmallest;
  }
  if (n <= s.z) {
    return (n - s.z) * kSmallest + s.w;
  }
  return n <= f.x ? exactExp(n * s.y) : (n - f.x) * kLargest + f.y;
}

float stepAfter(float t) {
  const vec4 s = schedule;
  if (s.x == 0.0 || t + kSmallest <= s.w) {
    return t + kSmallest;
  }
  const float grown = t * (1.0 + s.x);
  return t >= s.w && grown <= scheduleFar.y ? grown : distanceOf(numberOf(t) + 1.0);
}

uint cascadeOf(vec3 place) {
  const vec3 away = abs(place - 0.5);
  const float farthest = max(away.x, max(away.y, away.z));
  uint cascade = 0u;
  for (float reach = 0.5; farthest >= reach && cascade + 1u < cascades; reach *= 2.0) {
    ++cascade;
  }
  return cascade;
}

uint spread(uint v) {
  v = (v | v << 8) & 0x0300F00Fu;
  v = (v | v << 4) & 0x030C30C3u;
  return (v | v << 2) & 0x09249249u;
}

bool isSet(vec3 place, uint cascade) {
  const vec3 cell = ((place - 0.5) * exp2(-float(cascade)) + 0.5) * float(kSide);
  if (any(not(greaterThanEqual(cell, vec3(0)))) || any(not(lessThan(cell, vec3(kSide))))) {
    return false;
  }
  const uvec3 at = uvec3(cell);
  const uint bit = cascade * kCells + (spread(at.x) | spread(at.y) << 1 | spread(at.z) << 2);
  return (Words(push.occupancy).at[bit >> 5] >> (bit & 31u) & 1u) != 0u;
}

/// Where the ray leaves the cell it is in.
float exitOf(vec3 origin, vec3 direction, float t, uint cascade) {
  const float side = exp2(float(cascade));
  const vec3 place = fma(direction, vec3(t), origin);
  const bvec3 along = lessThan(abs(direction), vec3(1e-12));
  const vec3 cell = floor(((place - 0.5) / side + 0.5) * float(kSide));
  const vec3 border = (cell + vec3(greaterThan(direction, vec3(0)))) / float(kSide);
  const vec3 leave = mix(((border - 0.5) * side + 0.5 - origin) / mix(direction, vec3(1), along),
                         vec3(1e9), along);
  return min(min(leave.x, leave.y), min(leave.z, 1e9));
}

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
    const vec3 scaled = fma(vec3(level.scale), inside, vec3(0.5));
    const vec3 whole = floor(scaled);
    vec3 beyond = scaled - whole;
    if (interpolation == VP_INTERPOLATE_SMOOTHSTEP) {
      beyond = beyond * beyond * (3.0 - 2.0 * beyond);
    } else if (interpolation == VP_INTERPOLATE_NEAREST) {
      beyond = vec3(0);
    }
    const uvec3 low = uvec3(whole);
    for (uint f = 0u; f < features; ++f) {
      now[index * features + f] = 0.0;
    }
    for (uint corner = 0u; corner < 8u; ++corner) {
      const uvec3 side = uvec3(corner & 1u, corner >> 1 & 1u, corner >> 2);
      const uvec3 at = low + side;
      uint entry = level.kind == VP_LEVEL_HASHED
                       ? at.x ^ at.y * 2654435761u ^ at.z * 805459861u
                       : at.x + level.resolution * (at.y + level.resolution * at.z);
      entry = (level.first + entry % level.entries) * features;
      const vec3 parts = mix(1.0 - beyond, beyond, vec3(side));
      const float weight = parts.x * (parts.y * parts.z);
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
  const float xx = d.x * d.x, yy = d.y * d.y, zz = d.z * d.z;
  const float xy = d.x * d.y, yz = d.y * d.z, xz = d.x * d.z;
  const float terms[VP_FIELD_TERMS] = float[VP_FIELD_TERMS](
      0.28209479, -0.48860251 * d.y, 0.48860251 * d.z, -0.48860251 * d.x, 1.09254843 * xy,
      -1.09254843 * yz, 0.94617470 * zz - 0.31539157, -1.09254843 * xz, 0.54627422 * (xx - yy),
      0.59004359 * d.y * (yy - 3.0 * xx), 2.89061144 * xy * d.z,
      0.45704580 * d.y * (1.0 - 5.0 * zz), 0.37317633 * d.z * (5.0 * zz - 3.0),
      0.45704580 * d.x * (1.0 - 5.0 * zz), 1.44530572 * d.z * (xx - yy),
      0.59004359 * d.x * (3.0 * yy - xx));
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

float shaped(float raw) {
  return isHdr != 0u ? exp(clamp(raw, -10.0, 10.0)) : 1.0 / (1.0 + exp(-raw));
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
  // A direction along a side of the box never crosses it.
  const bvec3 along = lessThan(abs(direction), vec3(1e-12));
  const vec3 slope = mix(direction, vec3(1), along);
  const bvec3 outside = bvec3(uvec3(lessThan(origin, vec3(low))) |
                              uvec3(greaterThan(origin, vec3(1.0 - low))));
  const vec3 a = (low - origin) / slope;
  const vec3 b = (1.0 - low - origin) / slope;
  const vec3 from = mix(min(a, b), vec3(0), along);
  const vec3 to = mix(max(a, b), mix(vec3(1e9), vec3(-1), outside), along);
  const float enter = max(max(from.x, 0.0), max(from.y, from.z));
  const float end = min(min(to.x, 1e9), min(to.y, to.z));
  if (t < 0.0) {
    t = enter + 1e-6;
    if (t < end) {
      t += 0.5 * (stepAfter(t) - t);
    }
  }
  vec3 color = seen.rgb;
  float alpha = seen.a;
  uint samples = 0u;
  for (uint step = 0u; t < end && step < kMostSteps && samples < push.samples; ++step) {
    const vec3 place = fma(direction, vec3(t), origin);
    uint cascade = skipsEmpty == 0u ? 0u : cascadeOf(place);
    if (skipsEmpty != 0u && !isSet(place, cascade)) {
      // Leaves the largest empty cell around, by whole steps, so that skipping moves no sample.
      while (cascade + 1u < cascades && !isSet(place, cascade + 1u)) {
        ++cascade;
      }
      const float number = numberOf(t);
      const float past = numberOf(exitOf(origin, direction, t, cascade)) - number;
      const float moved = distanceOf(number + ceil(max(past, 0.5)));
      t = moved > t ? moved : end;
      continue;
    }
    const float after = stepAfter(t);
    encode((place - low) / (1.0 - 2.0 * low));
    run(push.densityWeights, densityLayers);
    const float opacity = 1.0 - exp(-exp(now[0]) * (after - t));
    addDirection(direction);
    run(push.colorWeights, colorLayers);
    const float weight = opacity * (1.0 - alpha);
    color += weight * vec3(shaped(now[0]), shaped(now[1]), shaped(now[2]));
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
