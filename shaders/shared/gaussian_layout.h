/* What the Gaussian passes and renderer/vulkan agree on. Read as GLSL and as C++. */
#ifndef VOLPRESS_GAUSSIAN_LAYOUT_H
#define VOLPRESS_GAUSSIAN_LAYOUT_H

/* The picture's constants; the C++ side asserts that they equal renderer/rasterizer.hpp. */
#define VP_LOW_PASS 0.3
#define VP_MIN_ALPHA (1.0 / 255.0)
#define VP_MAX_ALPHA 0.99
#define VP_SH0 0.28209479177387814

/* Splats in one device chunk of a scene, and chunks in a scene. */
#define VP_CHUNK_SPLATS (1u << 19)
#define VP_CHUNK_SHIFT 19
#define VP_MAX_CHUNKS 128

/* Words (4 bytes) of a splat's geometry in a chunk: mean xyz as floats; unit quaternion w,x,y,z in
   two words: its three smaller components in order, 20 bits each, as (code - zero) * limit / zero,
   the first in the lowest bits, and in the highest four bits the index of the largest, which is
   positive (16 bits a component would show on large flat splats near the camera); log scales xyz (unorm16 over the scene's range) and opacity (unorm16). All splats'
   geometry comes first, then all splats' colours: (coefficients * 3) halfs, RGB within each
   coefficient, padded to a whole word. */
#define VP_GEOMETRY_WORDS 7
#define VP_QUATERNION_ZERO 524287
#define VP_QUATERNION_LIMIT 0.7071067811865476

/* Words of a projected splat: centre xy in pixels, long axis xy in pixels (to the alpha cut),
   length of the short axis, half2 of red and green, half2 of blue and 0, log2 of the opacity as
   the pixel shader needs it (VP_CULLED where nothing is drawn). */
#define VP_PROJECTED_WORDS 8
#define VP_CULLED (-1.0e30)

#define VP_PROJECT_GROUP 64
/* Splats in one indexed draw: the index buffer is made for so many. */
#define VP_DRAW_SPLATS 65536

/* The radix sort: 4 bits a pass, stable. */
#define VP_SORT_GROUP 256
#define VP_SORT_ITEMS 8
#define VP_SORT_BLOCK (VP_SORT_GROUP * VP_SORT_ITEMS)
#define VP_SORT_BINS 16

#include "types.h"

#ifdef __cplusplus
namespace volpress::renderer::layout {
#endif

/* One frame of one picture. */
struct FrameConstants {
  vec4 rotation[3];     /* rows of world to camera; w unused */
  vec4 cameraPosition;  /* w: near plane */
  vec4 intrinsics;      /* fx, fy, cx, cy in pixels */
  vec4 viewport;        /* width, height of the camera; limits of x/z and y/z in the Jacobian */
  vec4 logScaleRange;   /* of the packed log scales: lowest, step; zw unused */
  uint count;           /* splats */
  uint coefficients;    /* SH coefficients stored per channel, 1..25 */
  uint shDegree;        /* evaluated */
  uint antialiased;     /* 1: opacity compensated for the low pass */
  Address chunks[VP_MAX_CHUNKS];
};

/* Push constants of gaussian_project.comp. */
struct ProjectConstants {
  Address frame;
  Address order;      /* sorted first: splat of each rank; else unused */
  Address projected;  /* VP_PROJECTED_WORDS a splat */
  Address keys;       /* sorted afterwards: depth keys (out); else unused */
  Address values;     /* sorted afterwards: 0, 1, 2, ... (out); else unused */
  Address visible;    /* sorted afterwards: number of drawn splats (in and out); else unused */
  uint count;
  uint sortedFirst;
};

/* Push constants of the sort passes. */
struct SortConstants {
  Address keysIn;
  Address valuesIn;
  Address keysOut;
  Address valuesOut;
  Address bins;  /* VP_SORT_BINS * blocks, bin-major */
  uint count;
  uint blocks;
  uint shift;
};

/* Push constants of gaussian_draws.comp, which writes one indexed draw for every VP_DRAW_SPLATS. */
struct DrawsConstants {
  Address visible;
  Address draws;
  uint drawCount;
};

/* Push constants of gaussian_splat.vert. */
struct SplatConstants {
  Address projected;
  Address order;    /* rank to projected splat, unless sorted first */
  Address visible;  /* number of ranks, unless sorted first */
  uint count;       /* ranks, when sorted first */
  uint sortedFirst;
  uint triangles; /* 1: three vertices a splat without indices; 0: four, indexed */
  float scaleX; /* 2 / camera width */
  float scaleY; /* 2 / camera height */
};

#ifdef __cplusplus
}  // namespace volpress::renderer::layout
#endif
#endif
