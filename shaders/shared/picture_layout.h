/* What gaussian_picture.comp and renderer/vulkan agree on. Read as GLSL and as C++. */
#ifndef VOLPRESS_PICTURE_LAYOUT_H
#define VOLPRESS_PICTURE_LAYOUT_H

/* Pixels of a tile, each way: a group draws one. */
#define VP_PICTURE_TILE 16

#include "types.h"

#ifdef __cplusplus
namespace volpress::renderer::layout {
#endif

struct PictureGaussian {
  vec4 place;  /* centre, l11, l21 */
  vec4 paint;  /* l22, colour */
};

struct PicturePush {
  Address gaussians;
  Address tileFirst;  /* of each tile into the list, and the list's end */
  Address list;       /* indices of Gaussians, rising within a tile */
  Address pixels;     /* four floats each; the last one unused */
  uint width, height;
  uint tilesAcross;
  uint unused;
};

#ifdef __cplusplus
}  // namespace volpress::renderer::layout
#endif
#endif
