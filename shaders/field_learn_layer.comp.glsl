// Learning from rays: one layer of a network over many samples, and its gradients. Matrices are
// [out][in], samples are columns.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "shared/field_learning_layout.h"
#include "shared/pointers.glsl"

layout(local_size_x = VP_LEARN_GROUP) in;
layout(push_constant) uniform Push { LayerPush push; };

layout(buffer_reference, std430, buffer_reference_align = 4) buffer Floats { float at[]; };

shared float partial[VP_LEARN_GROUP * VP_LEARN_TILE * VP_LEARN_TILE];

/// Four outputs of a sample. Matrices are padded to a multiple of four rows.
void forward(uint n, uint first) {
  Floats weights = Floats(push.weights);
  Floats from = Floats(push.from);
  const uint w = first * push.columns;
  vec4 sum = vec4(0);
  for (uint i = 0u; i < push.columns; ++i) {
    const vec4 column =
        vec4(weights.at[w + i], weights.at[w + push.columns + i],
             weights.at[w + 2u * push.columns + i], weights.at[w + 3u * push.columns + i]);
    sum = fma(column, vec4(from.at[i * push.capacity + n]), sum);
  }
  if ((push.flags & VP_LAYER_RECTIFIES) != 0u) {
    sum = max(sum, vec4(0));
  }
  for (uint row = 0u; row < VP_LEARN_TILE; ++row) {
    Floats(push.to).at[(first + row) * push.capacity + n] = sum[row];
  }
}

/// d(loss)/d(four inputs of a sample).
void back(uint n, uint first) {
  Floats weights = Floats(push.weights);
  Floats from = Floats(push.from);
  vec4 sum = vec4(0);
  for (uint o = 0u; o < push.rows; ++o) {
    const uint w = o * push.columns + first;
    const vec4 row =
        vec4(weights.at[w], weights.at[w + 1u], weights.at[w + 2u], weights.at[w + 3u]);
    sum = fma(row, vec4(from.at[o * push.capacity + n]), sum);
  }
  Floats other = Floats(push.other);
  if (first == 0u && (push.flags & VP_LAYER_ADDS) != 0u) {
    sum.x += other.at[n];
  }
  for (uint row = 0u; row < VP_LEARN_TILE; ++row) {
    const uint at = (first + row) * push.capacity + n;
    const bool flows = (push.flags & VP_LAYER_RECTIFIES) == 0u || other.at[at] > 0.0;
    Floats(push.to).at[at] = flows ? sum[row] : 0.0;
  }
}

/// d(loss)/d(four by four weights) of some samples: each lane has some of them, then they are added
/// up in the order of lanes.
void weightsOfPart(uint tile, uint part) {
  const uint lane = gl_LocalInvocationIndex;
  const uint across = push.columns / VP_LEARN_TILE;
  const uint o = tile / across * VP_LEARN_TILE;
  const uint i = tile % across * VP_LEARN_TILE;
  Floats pulled = Floats(push.from);
  Floats inputs = Floats(push.other);
  mat4 sum = mat4(0);
  const uint end = min(push.count, (part + 1u) * VP_LEARN_PART);
  for (uint n = part * VP_LEARN_PART + lane; n < end; n += VP_LEARN_GROUP) {
    vec4 y, x;
    for (uint k = 0u; k < VP_LEARN_TILE; ++k) {
      y[k] = pulled.at[(o + k) * push.capacity + n];
      x[k] = inputs.at[(i + k) * push.capacity + n];
    }
    sum += outerProduct(x, y);
  }
  for (uint row = 0u; row < VP_LEARN_TILE; ++row) {
    for (uint column = 0u; column < VP_LEARN_TILE; ++column) {
      partial[(row * VP_LEARN_TILE + column) * VP_LEARN_GROUP + lane] = sum[row][column];
    }
  }
  barrier();
  const uint row = lane / VP_LEARN_TILE;
  if (lane < VP_LEARN_TILE * VP_LEARN_TILE && o + row < push.rows) {
    float all = 0.0;
    for (uint of = 0u; of < VP_LEARN_GROUP; ++of) {
      all += partial[lane * VP_LEARN_GROUP + of];
    }
    const uint at = (o + row) * push.columns + i + lane % VP_LEARN_TILE;
    Floats(push.to).at[part * push.width + at] = all;
  }
}

/// Parts in their order.
void sumUp(uint weight) {
  Floats parts = Floats(push.from);
  float sum = 0.0;
  for (uint part = 0u; part < push.rows; ++part) {
    sum += parts.at[part * push.width + weight];
  }
  Floats(push.to).at[weight] += sum;
}

void main() {
  if (push.pass == VP_LAYER_WEIGHTS) {
    weightsOfPart(gl_WorkGroupID.x, gl_WorkGroupID.y);
    return;
  }
  const uint n = gl_GlobalInvocationID.x;
  const uint first = gl_WorkGroupID.y * VP_LEARN_TILE;
  if (push.pass == VP_LAYER_SUM) {
    if (n < push.columns) {
      sumUp(n);
    }
  } else if (n < push.count) {
    if (push.pass == VP_LAYER_FORWARD) {
      forward(n, first);
    } else {
      back(n, first);
    }
  }
}
