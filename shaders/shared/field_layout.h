/* What field_march.comp and renderer/vulkan agree on. Read as GLSL and as C++. */
#ifndef VOLPRESS_FIELD_LAYOUT_H
#define VOLPRESS_FIELD_LAYOUT_H

/* Pixels of a group, each way. */
#define VP_FIELD_GROUP 8
/* The widest layer that is drawn, and the levels of a grid. */
#define VP_FIELD_WIDTH 128
#define VP_FIELD_LEVELS 32
/* Spherical harmonics of a direction. */
#define VP_FIELD_TERMS 16

/* How a level finds its entries: as HashGridField's GridLevel. */
#define VP_LEVEL_DENSE 0
#define VP_LEVEL_HASHED 1

#define VP_INTERPOLATE_LINEAR 0
#define VP_INTERPOLATE_SMOOTHSTEP 1
#define VP_INTERPOLATE_NEAREST 2

#include "types.h"

#ifdef __cplusplus
namespace volpress::renderer::layout {
#endif

struct FieldLevel {
  float scale;
  uint resolution;
  uint entries;
  uint first;  /* entries of all levels before it */
  uint kind;
  uint unused0, unused1, unused2;
};

/* Matrices of floats, [out][in], behind one another. */
struct FieldLayers {
  uint inputs, neurons, hiddenLayers, outputs;
};

/* One picture of one field. */
struct FieldConstants {
  vec4 rotation[3];    /* rows of world to camera; w unused */
  vec4 position;       /* of the camera; w: low corner of the field's box */
  vec4 intrinsics;     /* fx, fy, cx, cy in pixels */
  vec4 background;     /* sRGB code values and opacity */
  vec4 schedule;       /* of the steps: cone, ln(1 + cone), near number, near distance */
  vec4 scheduleFar;    /* far number, far distance; gain; z unused */
  FieldLayers density;
  FieldLayers color;
  uint width, height;
  uint cascades;
  uint skipsEmpty;
  uint levels, features;
  uint interpolation;
  uint extraInputs;
  uint isHdr;
  uint blendsOriginal;
  uint unused0, unused1;
  FieldLevel level[VP_FIELD_LEVELS];
};

/* Push constants of field_march.comp. */
struct FieldPush {
  Address constants;
  Address densityWeights;
  Address colorWeights;
  Address table;
  Address occupancy;  /* bits in Morton order, cascade after cascade */
  Address pixels;     /* four floats each: colour and opacity (in and out) */
  Address places;     /* how far each ray has come; negative: it is over (in and out) */
  Address live;       /* how many rays are not over (out) */
  uint firstRow;
  uint isFirst;       /* 1: rays begin */
  uint samples;       /* of a ray in one pass: drivers end loops that run for too long */
};

#ifdef __cplusplus
}  // namespace volpress::renderer::layout
#endif
#endif
