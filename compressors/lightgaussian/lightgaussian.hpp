// LightGaussian: Fan, Wang, Wen, Zhu, Xu, Wang, "LightGaussian: Unbounded 3D Gaussian Compression
// with 15x Reduction and 200+ FPS", NeurIPS 2024 (arXiv 2311.17245).
#pragma once

#include "compressors/codec.hpp"

namespace volpress::compressors {

/// Prunes by global significance, cuts the SH degree, teaches the rest the original's pictures, and
/// packs with VecTree quantisation. Needs views, no photographs. File layout: FORMAT.md.
[[nodiscard]] const Codec& lightGaussianCodec();

}  // namespace volpress::compressors
