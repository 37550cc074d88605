/* What the shaders field_learn_*.comp and renderer/vulkan agree on. Read as GLSL and as C++.
 *
 * Samples of a chunk of rays are columns, quantities are rows of `capacity` floats: place, step and
 * ray of each sample, then what FieldBatch of renderer/software has, in its order. */
#ifndef VOLPRESS_FIELD_LEARNING_LAYOUT_H
#define VOLPRESS_FIELD_LEARNING_LAYOUT_H

#include "field_layout.h"

/* Invocations of a group. */
#define VP_LEARN_GROUP 64
/* Samples whose part of the weights' gradients one group adds up, and rows that it treats at once.
 */
#define VP_LEARN_PART 1024
#define VP_LEARN_TILE 4
/* Steps of a ray in one pass: drivers end loops that run for too long. */
#define VP_LEARN_STEPS 256

/* Rows of values before the encoding's. */
#define VP_ROW_PLACE 0
#define VP_ROW_STEP 3
#define VP_ROW_RAY 4
#define VP_ROW_ENCODED 5
/* Of gradients these first rows are free for other things: the logit's own, and what a ray keeps.
 */
#define VP_SLOPE_LOGIT 0
#define VP_SLOPE_AFTER 1
#define VP_SLOPE_OPACITY 2

/* As renderer/field_learner.hpp's LearningLoss. */
#define VP_LOSS_HUBER 0
#define VP_LOSS_SQUARE 1
#define VP_LOSS_PROBE 2

/* Passes of field_learn_rays.comp: a ray an invocation. */
#define VP_RAYS_COUNT 0 /* its samples */
#define VP_RAYS_WRITE 1 /* their places */
#define VP_RAYS_CUT 2   /* what lies behind what is opaque */
#define VP_RAYS_PULL 3  /* composites, and makes the gradients of raw colours and logits */
/* Of field_learn_samples.comp: a sample and a level, or a parameter of the table. */
#define VP_SAMPLES_ENCODE 0
#define VP_SAMPLES_DIRECTION 1
#define VP_SAMPLES_LARGEST 2
#define VP_SAMPLES_SCATTER 3
#define VP_SAMPLES_FOLD 4
/* Of field_learn_layer.comp: a sample and a tile of rows, a tile of weights, or a weight. */
#define VP_LAYER_FORWARD 0
#define VP_LAYER_BACK 1
#define VP_LAYER_WEIGHTS 2
#define VP_LAYER_SUM 3

/* What a layer does besides. */
#define VP_LAYER_RECTIFIES 1 /* outputs below 0 become 0; backwards nothing flows through those */
#define VP_LAYER_ADDS 2      /* backwards: `other` is a row that is added to the first one */

#ifdef __cplusplus
namespace volpress::renderer::layout {
#endif

struct LearnRay {
  vec4 origin;    /* w: the part of the first step that is skipped */
  vec4 direction; /* w: distance from which on it is sampled */
  vec4 target;
  vec4 background;
};

/* One batch of rays and the memory of its samples. */
struct LearnBatch {
  Address rays;
  Address offsets; /* of each ray: its first sample in the chunk */
  Address limits;  /* of each ray: its samples at most */
  Address found;   /* of each ray: samples that were found, or those in front of what is opaque */
  Address places;  /* how far each ray has come */
  Address errors;  /* of each ray: loss and squared error */
  Address values;  /* rows */
  Address slopes;  /* rows of d(loss)/d(value) */
  Address table;
  Address tableGradient;
  Address sums;    /* of each parameter of the table: low and high word of a sum */
  Address largest; /* the bits of the largest feature gradient of a chunk */
  Address occupancy;
  uint capacity;
  uint colorIn;  /* first row of the colour network's inputs: the density's outputs */
  uint colorOut; /* and of the raw colours */
  uint loss;
  float scale; /* of losses: 1 / (3 rays) */
};

/* Push constants of field_learn_rays.comp and field_learn_samples.comp. */
struct LearnPush {
  Address constants; /* FieldConstants */
  Address batch;
  uint pass;
  uint first;   /* ray */
  uint count;   /* rays, or samples of the chunk */
  uint isFirst; /* 1: rays begin */
};

/* Push constants of field_learn_layer.comp. */
struct LayerPush {
  Address weights;
  Address from;  /* rows: inputs; backwards gradients of outputs; to sum up: parts */
  Address to;    /* rows: outputs; backwards gradients of inputs; else weights' gradients */
  Address other; /* rows: inputs of the layer (rectified ones, or for its weights' gradients) */
  uint pass;
  uint flags;
  uint columns; /* inputs of the layer; to sum up: weights */
  uint rows;    /* outputs; to sum up: parts */
  uint count;   /* samples */
  uint capacity;
  uint width; /* weights of all networks: from part to part */
};

#ifdef __cplusplus
}  // namespace volpress::renderer::layout
#endif
#endif
