// Where a ray samples a field, as renderer/software/field_march.cpp walks it. Includers fill the
// globals from FieldConstants.
#include "field_layout.h"
#include "pointers.glsl"

const float kSmallest = 1.7320508 / 1024.0;
const float kLargest = 1.7320508;
const uint kSide = 128u;
const uint kCells = kSide * kSide * kSide;

// Read once: drivers confuse parts of the constants that are read again and again.
vec4 schedule, scheduleFar;
uint cascades;
uvec2 occupancy;  // address of the bits

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
  return (Words(occupancy).at[bit >> 5] >> (bit & 31u) & 1u) != 0u;
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

/// From an empty place beyond the largest empty cell around, by whole steps, so that skipping moves
/// no sample. `end` where that goes nowhere.
float skipped(vec3 origin, vec3 direction, vec3 place, float t, float end, uint cascade) {
  while (cascade + 1u < cascades && !isSet(place, cascade + 1u)) {
    ++cascade;
  }
  const float number = numberOf(t);
  const float past = numberOf(exitOf(origin, direction, t, cascade)) - number;
  const float moved = distanceOf(number + ceil(max(past, 0.5)));
  return moved > t ? moved : end;
}

/// Where a ray is inside the field's box, [low, 1 - low]^3: from x to y; x >= y where it misses.
vec2 insideBox(vec3 origin, vec3 direction, float low, float nearest) {
  // A direction along a side of the box never crosses it.
  const bvec3 along = lessThan(abs(direction), vec3(1e-12));
  const vec3 slope = mix(direction, vec3(1), along);
  const bvec3 outside = bvec3(uvec3(lessThan(origin, vec3(low))) |
                              uvec3(greaterThan(origin, vec3(1.0 - low))));
  const vec3 a = (low - origin) / slope;
  const vec3 b = (1.0 - low - origin) / slope;
  const vec3 from = mix(min(a, b), vec3(nearest), along);
  const vec3 to = mix(max(a, b), mix(vec3(1e9), vec3(-1), outside), along);
  return vec2(max(max(from.x, nearest), max(from.y, from.z)), min(min(to.x, 1e9), min(to.y, to.z)));
}

/// The first place of a ray, a part of a step behind where it enters.
float firstPlace(vec2 inside, float jitter) {
  const float t = inside.x + 1e-6;
  return t < inside.y ? t + jitter * (stepAfter(t) - t) : t;
}
