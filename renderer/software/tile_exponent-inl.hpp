// The fall-off of a splat over a vector of a tile's pixels. Included once per SIMD target.
#if defined(VOLPRESS_TILE_EXPONENT_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef VOLPRESS_TILE_EXPONENT_INL
#undef VOLPRESS_TILE_EXPONENT_INL
#else
#define VOLPRESS_TILE_EXPONENT_INL
#endif

#include <hwy/highway.h>

#include "renderer/software/projected_splat.hpp"

HWY_BEFORE_NAMESPACE();
namespace volpress::renderer::HWY_NAMESPACE {

using TileFloats = hwy::HWY_NAMESPACE::CappedTag<float, kTileSize>;
using TileInts = hwy::HWY_NAMESPACE::RebindToSigned<TileFloats>;
using TileVector = hwy::HWY_NAMESPACE::Vec<TileFloats>;

/// 2^-x for x >= 0: relative error below 2e-7, exactly 1 at 0; at most 2^-30 beyond 30.
HWY_INLINE TileVector exp2Negative(TileVector x) {
  namespace h = hwy::HWY_NAMESPACE;
  const TileFloats d;
  const TileInts di;
  const auto clamped = h::Min(x, h::Set(d, 30.0F));
  // Adding 1.5 * 2^23 leaves round(-x) in the low bits.
  const auto magic = h::Set(d, 12582912.0F);
  const auto shifted = h::Sub(magic, clamped);
  const auto whole = h::Sub(shifted, magic);
  const auto f = h::Neg(h::Add(clamped, whole));
  auto p = h::Set(d, 0.001326472708F);
  p = h::MulAdd(p, f, h::Set(d, 0.009671512649F));
  p = h::MulAdd(p, f, h::Set(d, 0.05550733744F));
  p = h::MulAdd(p, f, h::Set(d, 0.2402224209F));
  p = h::MulAdd(p, f, h::Set(d, 0.6931469776F));
  p = h::MulAdd(p, f, h::Set(d, 1.0F));
  const auto exponent = h::ShiftLeft<23>(h::BitCast(di, shifted));
  return h::BitCast(d, h::Add(h::BitCast(di, p), exponent));
}

}  // namespace volpress::renderer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
