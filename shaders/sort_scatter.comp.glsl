// Radix sort, step 3: each block moves its items to their places, keeping the order of equals.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/gaussian_layout.h"
#include "shared/pointers.glsl"

layout(local_size_x = VP_SORT_GROUP) in;
layout(push_constant) uniform Push { SortConstants push; };

// Two 16-bit counts a word, bin b in half b & 1 of word b >> 1; a block has 2048 items.
shared uint counts[VP_SORT_BINS / 2][VP_SORT_GROUP];

void main() {
  const uint lane = gl_LocalInvocationID.x;
  const uint block = gl_WorkGroupID.x;
  const uint begin = block * VP_SORT_BLOCK + lane * VP_SORT_ITEMS;
  for (uint pair = 0u; pair < VP_SORT_BINS / 2; ++pair) {
    counts[pair][lane] = 0u;
  }
  for (uint item = 0u; item < VP_SORT_ITEMS; ++item) {
    if (begin + item < push.count) {
      const uint digit =
          (Words(push.keysIn).at[begin + item] >> push.shift) & (VP_SORT_BINS - 1u);
      counts[digit >> 1][lane] += 1u << (16u * (digit & 1u));
    }
  }
  barrier();
  // Inclusive prefix sums over the lanes, all bins at once.
  for (uint distance = 1u; distance < VP_SORT_GROUP; distance <<= 1) {
    uint before[VP_SORT_BINS / 2];
    for (uint pair = 0u; pair < VP_SORT_BINS / 2; ++pair) {
      before[pair] = lane >= distance ? counts[pair][lane - distance] : 0u;
    }
    barrier();
    for (uint pair = 0u; pair < VP_SORT_BINS / 2; ++pair) {
      counts[pair][lane] += before[pair];
    }
    barrier();
  }
  // From here on a lane uses only its own places: the items before it in the block, counted down.
  uint placed[VP_SORT_BINS / 2];
  for (uint pair = 0u; pair < VP_SORT_BINS / 2; ++pair) {
    placed[pair] = lane > 0u ? counts[pair][lane - 1u] : 0u;
  }
  for (uint item = 0u; item < VP_SORT_ITEMS; ++item) {
    if (begin + item < push.count) {
      const uint key = Words(push.keysIn).at[begin + item];
      const uint digit = (key >> push.shift) & (VP_SORT_BINS - 1u);
      const uint half16 = 16u * (digit & 1u);
      const uint rank = (placed[digit >> 1] >> half16) & 0xffffu;
      placed[digit >> 1] += 1u << half16;
      const uint place = Words(push.bins).at[digit * push.blocks + block] + rank;
      Words(push.keysOut).at[place] = key;
      Words(push.valuesOut).at[place] = Words(push.valuesIn).at[begin + item];
    }
  }
}
