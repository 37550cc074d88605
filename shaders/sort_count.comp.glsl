// Radix sort, step 1: how often each digit occurs in each block.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/gaussian_layout.h"
#include "shared/pointers.glsl"

layout(local_size_x = VP_SORT_GROUP) in;
layout(push_constant) uniform Push { SortConstants push; };

shared uint counts[VP_SORT_BINS];

void main() {
  const uint lane = gl_LocalInvocationID.x;
  const uint block = gl_WorkGroupID.x;
  if (lane < VP_SORT_BINS) {
    counts[lane] = 0u;
  }
  barrier();
  for (uint item = 0u; item < VP_SORT_ITEMS; ++item) {
    const uint index = block * VP_SORT_BLOCK + item * VP_SORT_GROUP + lane;
    if (index < push.count) {
      const uint digit = (Words(push.keysIn).at[index] >> push.shift) & (VP_SORT_BINS - 1u);
      atomicAdd(counts[digit], 1u);
    }
  }
  barrier();
  if (lane < VP_SORT_BINS) {
    Words(push.bins).at[lane * push.blocks + block] = counts[lane];
  }
}
