// Learning from rays: between samples and the grid's features.
//
// Many samples add to one feature, in an order that no one knows. Sums of floats would differ from
// run to run, and atomics of floats are an extension that half of all devices lack. So sums are of
// 64-bit integers, which come out the same in any order, made of two 32-bit words that every device
// can add to: whoever makes the low word overflow carries into the high one. The unit is a power of
// two that the largest gradient of a chunk decides; 2^46 of them are that gradient, so that smaller
// ones keep all of their 24 bits down to a four-millionth of it.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/field_learning.glsl"
#include "shared/field_grid.glsl"

/// Binary exponent of the largest gradient in units; 2^16 samples of a chunk then stay under 2^62.
const int kLargestBits = 46;
const float k2To32 = 4294967296.0;

shared uint largestOfGroup;

uint capacity;

GridPlace placeOf(uint n, uint level) {
  Floats values = Floats(Batch(push.batch).of.values);
  const vec3 place = vec3(values.at[VP_ROW_PLACE * capacity + n],
                          values.at[(VP_ROW_PLACE + 1u) * capacity + n],
                          values.at[(VP_ROW_PLACE + 2u) * capacity + n]);
  Constants field = Constants(push.constants);
  return placeOn(field.of.level[level], clamp(place, vec3(0), vec3(1)), field.of.interpolation);
}

/// Features of a sample on one level.
void encode(uint n, uint index) {
  Constants field = Constants(push.constants);
  const FieldLevel level = field.of.level[index];
  const uint features = field.of.features;
  Floats table = Floats(Batch(push.batch).of.table);
  Floats values = Floats(Batch(push.batch).of.values);
  const GridPlace place = placeOf(n, index);
  for (uint f = 0u; f < features; ++f) {
    float sum = 0.0;
    for (uint corner = 0u; corner < 8u; ++corner) {
      sum = fma(weightOf(place, corner), table.at[entryOf(level, place, corner) * features + f], sum);
    }
    values.at[(VP_ROW_ENCODED + index * features + f) * capacity + n] = sum;
  }
  // The first level's invocations pad what the levels do not fill.
  const uint end = index == 0u ? field.of.density.inputs : 0u;
  for (uint pad = field.of.levels * features; pad < end; ++pad) {
    values.at[(VP_ROW_ENCODED + pad) * capacity + n] = 0.0;
  }
}

/// Behind the density's outputs, the direction's spherical harmonics and what pads them.
void addDirection(uint n) {
  Constants field = Constants(push.constants);
  Batch batch = Batch(push.batch);
  Floats values = Floats(batch.of.values);
  const uint ray = Words(batch.of.values).at[VP_ROW_RAY * capacity + n];
  const float terms[VP_FIELD_TERMS] = directionTerms(Rays(batch.of.rays).at[ray].direction.xyz);
  uint row = field.of.density.outputs;
  for (uint term = 0u; term < VP_FIELD_TERMS; ++term, ++row) {
    values.at[(batch.of.colorIn + row) * capacity + n] = terms[term];
  }
  for (uint extra = 0u; row < field.of.color.inputs; ++extra, ++row) {
    values.at[(batch.of.colorIn + row) * capacity + n] =
        extra < field.of.extraInputs ? 0.0 : 1.0;
  }
}

float slopeOf(uint n, uint index, uint f) {
  const uint features = Constants(push.constants).of.features;
  return Floats(Batch(push.batch).of.slopes)
      .at[(VP_ROW_ENCODED + index * features + f) * capacity + n];
}

/// Bits of floats >= 0 are ordered as the floats are.
uint largestAt(uint n, uint index) {
  uint largest = 0u;
  for (uint f = 0u; f < Constants(push.constants).of.features; ++f) {
    largest = max(largest, floatBitsToUint(abs(slopeOf(n, index, f))));
  }
  return largest;
}

/// The exponent of the units that 1 is; 0 where nothing flows.
int unitBits() {
  const uint largest = Words(Batch(push.batch).of.largest).at[0];
  return largest == 0u ? 0 : clamp(kLargestBits - (int(largest >> 23) - 126), -126, 126);
}

void addTo(Words sums, uint at, float value) {
  // Both parts are exact; only what is finer than a unit is rounded.
  const float size = abs(value);
  uint high = uint(size / k2To32);
  uint low = uint(roundEven(fma(float(high), -k2To32, size)));
  if (value < 0.0) {
    low = ~low + 1u;
    high = ~high + (low == 0u ? 1u : 0u);
  }
  if (low != 0u) {
    const uint before = atomicAdd(sums.at[2u * at], low);
    high += before + low < before ? 1u : 0u;
  }
  if (high != 0u) {
    atomicAdd(sums.at[2u * at + 1u], high);
  }
}

/// To the eight entries around a sample.
void scatter(uint n, uint index) {
  Constants field = Constants(push.constants);
  const FieldLevel level = field.of.level[index];
  const uint features = field.of.features;
  Words sums = Words(Batch(push.batch).of.sums);
  const GridPlace place = placeOf(n, index);
  const int bits = unitBits();
  for (uint f = 0u; f < features; ++f) {
    const float slope = ldexp(slopeOf(n, index, f), bits);
    for (uint corner = 0u; corner < 8u; ++corner) {
      const float part = weightOf(place, corner) * slope;
      if (part != 0.0) {
        addTo(sums, entryOf(level, place, corner) * features + f, part);
      }
    }
  }
}

/// A sum becomes a part of the gradient, and 0.
void fold(uint at) {
  Batch batch = Batch(push.batch);
  Words sums = Words(batch.of.sums);
  uint low = sums.at[2u * at];
  uint high = sums.at[2u * at + 1u];
  if ((low | high) == 0u) {
    return;
  }
  const bool isNegative = (high & 0x80000000u) != 0u;
  if (isNegative) {
    low = ~low + 1u;
    high = ~high + (low == 0u ? 1u : 0u);
  }
  const float size = ldexp(fma(float(high), k2To32, float(low)), -unitBits());
  Floats(batch.of.tableGradient).at[at] += isNegative ? -size : size;
  sums.at[2u * at] = 0u;
  sums.at[2u * at + 1u] = 0u;
}

void main() {
  // Of a table there are more groups than fit one side of a dispatch.
  const uint group =
      gl_WorkGroupID.x + (push.pass == VP_SAMPLES_FOLD ? gl_WorkGroupID.y * gl_NumWorkGroups.x : 0u);
  const uint n = group * VP_LEARN_GROUP + gl_LocalInvocationIndex;
  const uint level = gl_WorkGroupID.y;
  capacity = Batch(push.batch).of.capacity;
  if (push.pass == VP_SAMPLES_LARGEST) {
    if (gl_LocalInvocationIndex == 0u) {
      largestOfGroup = 0u;
    }
    barrier();
    if (n < push.count) {
      atomicMax(largestOfGroup, largestAt(n, level));
    }
    barrier();
    if (gl_LocalInvocationIndex == 0u) {
      atomicMax(Words(Batch(push.batch).of.largest).at[0], largestOfGroup);
    }
    return;
  }
  if (n >= push.count) {
    return;
  }
  switch (push.pass) {
    case VP_SAMPLES_ENCODE: encode(n, level); break;
    case VP_SAMPLES_DIRECTION: addDirection(n); break;
    case VP_SAMPLES_SCATTER: scatter(n, level); break;
    default: fold(n); break;
  }
}
