// Radix sort, step 2: an exclusive prefix sum over all bins, by one workgroup.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/gaussian_layout.h"
#include "shared/pointers.glsl"

layout(local_size_x = VP_SORT_GROUP) in;
layout(push_constant) uniform Push { SortConstants push; };

shared uint sums[VP_SORT_GROUP];

void main() {
  const uint lane = gl_LocalInvocationID.x;
  const uint total = VP_SORT_BINS * push.blocks;
  const uint share = (total + VP_SORT_GROUP - 1u) / VP_SORT_GROUP;
  const uint begin = min(lane * share, total);
  const uint end = min(begin + share, total);
  Words bins = Words(push.bins);

  uint sum = 0u;
  for (uint i = begin; i < end; ++i) {
    sum += bins.at[i];
  }
  sums[lane] = sum;
  barrier();
  for (uint distance = 1u; distance < VP_SORT_GROUP; distance <<= 1) {
    const uint before = lane >= distance ? sums[lane - distance] : 0u;
    barrier();
    sums[lane] += before;
    barrier();
  }
  uint running = sums[lane] - sum;
  for (uint i = begin; i < end; ++i) {
    const uint here = bins.at[i];
    bins.at[i] = running;
    running += here;
  }
}
