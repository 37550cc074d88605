// Real spherical harmonics above band 0, as every 3DGS file uses them (Condon-Shortley sign in the
// constants). Included once per SIMD target.
#if defined(VOLPRESS_SH_BASIS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef VOLPRESS_SH_BASIS_INL
#undef VOLPRESS_SH_BASIS_INL
#else
#define VOLPRESS_SH_BASIS_INL
#endif

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace volpress::renderer::HWY_NAMESPACE {

/// Basis function `k` (0..23: bands 1 to 4 in file order) at the unit direction (x, y, z).
template <class D, class V = hwy::HWY_NAMESPACE::Vec<D>>
HWY_INLINE V shBasis(D d, std::size_t k, V x, V y, V z) {
  namespace h = hwy::HWY_NAMESPACE;
  const V xx = h::Mul(x, x);
  const V yy = h::Mul(y, y);
  const V zz = h::Mul(z, z);
  const V xy = h::Mul(x, y);
  const V yz = h::Mul(y, z);
  const V xz = h::Mul(x, z);
  const V two = h::Set(d, 2.0F);
  const V three = h::Set(d, 3.0F);
  const V four = h::Set(d, 4.0F);
  const V seven = h::Set(d, 7.0F);
  const V one = h::Set(d, 1.0F);
  switch (k) {
    case 0: return h::Mul(h::Set(d, -0.4886025119029199F), y);
    case 1: return h::Mul(h::Set(d, 0.4886025119029199F), z);
    case 2: return h::Mul(h::Set(d, -0.4886025119029199F), x);
    case 3: return h::Mul(h::Set(d, 1.0925484305920792F), xy);
    case 4: return h::Mul(h::Set(d, -1.0925484305920792F), yz);
    case 5: return h::Mul(h::Set(d, 0.31539156525252005F), h::Sub(h::MulSub(two, zz, xx), yy));
    case 6: return h::Mul(h::Set(d, -1.0925484305920792F), xz);
    case 7: return h::Mul(h::Set(d, 0.5462742152960396F), h::Sub(xx, yy));
    case 8: return h::Mul(h::Mul(h::Set(d, -0.5900435899266435F), y), h::MulSub(three, xx, yy));
    case 9: return h::Mul(h::Mul(h::Set(d, 2.890611442640554F), xy), z);
    case 10:
      return h::Mul(h::Mul(h::Set(d, -0.4570457994644658F), y),
                    h::Sub(h::MulSub(four, zz, xx), yy));
    case 11:
      return h::Mul(h::Mul(h::Set(d, 0.3731763325901154F), z),
                    h::NegMulAdd(three, yy, h::NegMulAdd(three, xx, h::Mul(two, zz))));
    case 12:
      return h::Mul(h::Mul(h::Set(d, -0.4570457994644658F), x),
                    h::Sub(h::MulSub(four, zz, xx), yy));
    case 13: return h::Mul(h::Mul(h::Set(d, 1.445305721320277F), z), h::Sub(xx, yy));
    case 14: return h::Mul(h::Mul(h::Set(d, -0.5900435899266435F), x), h::NegMulAdd(three, yy, xx));
    case 15: return h::Mul(h::Mul(h::Set(d, 2.5033429417967046F), xy), h::Sub(xx, yy));
    case 16: return h::Mul(h::Mul(h::Set(d, -1.7701307697799304F), yz), h::MulSub(three, xx, yy));
    case 17: return h::Mul(h::Mul(h::Set(d, 0.9461746957575601F), xy), h::MulSub(seven, zz, one));
    case 18:
      return h::Mul(h::Mul(h::Set(d, -0.6690465435572892F), yz), h::MulSub(seven, zz, three));
    case 19: {
      const V inner = h::MulSub(h::Set(d, 35.0F), zz, h::Set(d, 30.0F));
      return h::Mul(h::Set(d, 0.10578554691520431F), h::MulAdd(zz, inner, three));
    }
    case 20:
      return h::Mul(h::Mul(h::Set(d, -0.6690465435572892F), xz), h::MulSub(seven, zz, three));
    case 21:
      return h::Mul(h::Mul(h::Set(d, 0.47308734787878004F), h::Sub(xx, yy)),
                    h::MulSub(seven, zz, one));
    case 22:
      return h::Mul(h::Mul(h::Set(d, -1.7701307697799304F), xz), h::NegMulAdd(three, yy, xx));
    default:
      return h::Mul(h::Set(d, 0.6258357354491761F), h::Sub(h::Mul(xx, h::NegMulAdd(three, yy, xx)),
                                                           h::Mul(yy, h::MulSub(three, xx, yy))));
  }
}

}  // namespace volpress::renderer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
