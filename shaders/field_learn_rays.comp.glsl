// Learning from rays: where they sample the field, and what their colours ask of the samples; as
// compressors/fields/ray_learner.cpp does.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/field_learning.glsl"
#include "shared/field_grid.glsl"
#include "shared/field_steps.glsl"

layout(buffer_reference, std430, buffer_reference_align = 8) buffer Pairs { vec2 at[]; };

const float kLeastTransmittance = 1e-4;
const float kHuber = 0.1;
const float kGradientLimit = 15.0;

uint capacity, colorIn, colorOut;
Floats values, slopes;

/// Some steps of a ray through occupied cells.
void march(uint index, bool writes) {
  Batch batch = Batch(push.batch);
  Floats places = Floats(batch.of.places);
  Words found = Words(batch.of.found);
  const LearnRay ray = Rays(batch.of.rays).at[index];
  const vec3 origin = ray.origin.xyz;
  const vec3 direction = ray.direction.xyz;
  const float low = Constants(push.constants).of.position.w;
  const vec2 inside = insideBox(origin, direction, low, ray.direction.w);
  float t = push.isFirst != 0u ? firstPlace(inside, ray.origin.w) : places.at[index];
  uint count = push.isFirst != 0u ? 0u : found.at[index];
  const uint limit = Words(batch.of.limits).at[index];
  const uint base = Words(batch.of.offsets).at[index];
  for (uint step = 0u; t < inside.y && count < limit && step < VP_LEARN_STEPS; ++step) {
    const vec3 place = fma(direction, vec3(t), origin);
    const uint cascade = cascadeOf(place);
    if (!isSet(place, cascade)) {
      t = skipped(origin, direction, place, t, inside.y, cascade);
      continue;
    }
    const float after = stepAfter(t);
    if (writes) {
      const uint n = base + count;
      const vec3 inBox = (place - low) / (1.0 - 2.0 * low);
      values.at[VP_ROW_PLACE * capacity + n] = inBox.x;
      values.at[(VP_ROW_PLACE + 1u) * capacity + n] = inBox.y;
      values.at[(VP_ROW_PLACE + 2u) * capacity + n] = inBox.z;
      values.at[VP_ROW_STEP * capacity + n] = after - t;
      Words(batch.of.values).at[VP_ROW_RAY * capacity + n] = index;
    }
    ++count;
    t = after;
  }
  places.at[index] = t;
  found.at[index] = count;
}

/// Of fog it is the small difference of large numbers: a coarse exp would be all that one sees.
float opacityOf(uint n) {
  const float density = exactExp(clamp(values.at[colorIn * capacity + n], -87.0, 88.0));
  return 1.0 - exactExp(-min(density * values.at[VP_ROW_STEP * capacity + n], 87.0));
}

/// How many of a ray's samples are in front of what is opaque.
void cut(uint index) {
  Batch batch = Batch(push.batch);
  const uint base = Words(batch.of.offsets).at[index];
  const uint samples = Words(batch.of.limits).at[index];
  float transmittance = 1.0;
  uint kept = 0u;
  while (kept < samples && transmittance >= kLeastTransmittance) {
    transmittance *= 1.0 - opacityOf(base + kept);
    ++kept;
  }
  Words(batch.of.found).at[index] = kept;
}

vec3 colorAt(uint n, uint isHdr) {
  return shaped(vec3(values.at[colorOut * capacity + n], values.at[(colorOut + 1u) * capacity + n],
                     values.at[(colorOut + 2u) * capacity + n]),
                isHdr);
}

/// Composites a ray and fills the gradients of its samples.
void pull(uint index) {
  Batch batch = Batch(push.batch);
  const LearnRay ray = Rays(batch.of.rays).at[index];
  const uint base = Words(batch.of.offsets).at[index];
  const uint samples = Words(batch.of.limits).at[index];
  const uint loss = batch.of.loss;
  const float scale = batch.of.scale;
  const uint isHdr = Constants(push.constants).of.isHdr;
  vec3 color = vec3(0);
  float transmittance = 1.0;
  for (uint n = base; n < base + samples; ++n) {
    const float opacity = opacityOf(n);
    color += transmittance * opacity * colorAt(n, isHdr);
    transmittance *= 1.0 - opacity;
    slopes.at[VP_SLOPE_OPACITY * capacity + n] = opacity;
    slopes.at[VP_SLOPE_AFTER * capacity + n] = transmittance;
  }
  vec3 behind = transmittance * ray.background.xyz;
  const vec3 difference = color + behind - ray.target.xyz;
  vec3 slope = 2.0 * difference;
  vec3 error = difference * difference;
  if (loss == VP_LOSS_HUBER) {
    const vec3 size = abs(difference);
    const bvec3 isSmall = lessThan(size, vec3(kHuber));
    slope = mix(sign(difference), difference / kHuber, isSmall);
    error = mix(size - 0.5 * kHuber, 0.5 / kHuber * difference * difference, isSmall);
  }
  slope = loss == VP_LOSS_PROBE ? ray.target.xyz : slope * scale;
  Pairs(batch.of.errors).at[index] =
      loss == VP_LOSS_PROBE
          ? vec2(0)
          : scale * vec2(error.x + error.y + error.z, dot(difference, difference));
  for (uint i = samples; i > 0u; --i) {
    const uint n = base + i - 1u;
    const float after = slopes.at[VP_SLOPE_AFTER * capacity + n];
    const float before = i == 1u ? 1.0 : slopes.at[VP_SLOPE_AFTER * capacity + n - 1u];
    const float weight = before * slopes.at[VP_SLOPE_OPACITY * capacity + n];
    const vec3 value = colorAt(n, isHdr);
    const vec3 parts = slope * (after * value - behind);
    behind += weight * value;
    const vec3 raw = slope * weight * (isHdr != 0u ? value : value * (1.0 - value));
    slopes.at[colorOut * capacity + n] = raw.x;
    slopes.at[(colorOut + 1u) * capacity + n] = raw.y;
    slopes.at[(colorOut + 2u) * capacity + n] = raw.z;
    const float logit =
        clamp(values.at[colorIn * capacity + n], -kGradientLimit, kGradientLimit);
    slopes.at[VP_SLOPE_LOGIT * capacity + n] =
        (parts.x + parts.y + parts.z) * values.at[VP_ROW_STEP * capacity + n] * exp(logit);
  }
}

void main() {
  if (gl_GlobalInvocationID.x >= push.count) {
    return;
  }
  const uint index = push.first + gl_GlobalInvocationID.x;
  Constants field = Constants(push.constants);
  Batch batch = Batch(push.batch);
  schedule = field.of.schedule;
  scheduleFar = field.of.scheduleFar;
  cascades = field.of.cascades;
  occupancy = batch.of.occupancy;
  capacity = batch.of.capacity;
  colorIn = batch.of.colorIn;
  colorOut = batch.of.colorOut;
  values = Floats(batch.of.values);
  slopes = Floats(batch.of.slopes);
  switch (push.pass) {
    case VP_RAYS_COUNT: march(index, false); break;
    case VP_RAYS_WRITE: march(index, true); break;
    case VP_RAYS_CUT: cut(index); break;
    default: pull(index); break;
  }
}
