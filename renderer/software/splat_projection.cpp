#include "renderer/software/splat_projection.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <span>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "renderer/software/splat_projection.cpp"
#ifndef HWY_DISABLED_TARGETS
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL)
#endif
#include <hwy/foreach_target.h>  // must precede highway.h
#include <hwy/highway.h>

#include <hwy/contrib/math/math-inl.h>

#include "renderer/software/sh_basis-inl.hpp"

#ifndef VOLPRESS_SPLAT_PROJECTION_ONCE
#define VOLPRESS_SPLAT_PROJECTION_ONCE
namespace volpress::renderer {

/// Bytes of a block's temporary lanes stay in the L1 cache.
inline constexpr std::size_t kProjectionBlock = 2048;

struct ProjectionBlock {
  const SoftwareCloud& cloud;
  const ProjectionCamera& camera;
  const ProjectionColors& colors;
  std::size_t begin, end;  ///< multiples of kProjectionLanes (padded)
  ProjectedSplat* splats;  ///< the view's, indexed by slot
  std::uint32_t* slots;    ///< room for the block
  std::uint32_t* depths;   ///< room for the block
};

struct ProjectionCount {
  std::size_t visible = 0;
  std::uint64_t tiles = 0;
};

}  // namespace volpress::renderer
#endif

HWY_BEFORE_NAMESPACE();
namespace volpress::renderer::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using Floats = hn::CappedTag<float, kProjectionLanes>;
using Ints = hn::RebindToSigned<Floats>;
using V = hn::Vec<Floats>;

struct V3 {
  V x, y, z;
};

HWY_INLINE V dot(const V3& a, const V3& b) {
  return hn::MulAdd(a.x, b.x, hn::MulAdd(a.y, b.y, hn::Mul(a.z, b.z)));
}

HWY_INLINE V3 cross(const V3& a, const V3& b) {
  return {hn::MulSub(a.y, b.z, hn::Mul(a.z, b.y)), hn::MulSub(a.z, b.x, hn::Mul(a.x, b.z)),
          hn::MulSub(a.x, b.y, hn::Mul(a.y, b.x))};
}

HWY_INLINE V3 row(const std::array<float, 9>& m, std::size_t r) {
  const Floats d;
  return {hn::Set(d, m[3 * r]), hn::Set(d, m[3 * r + 1]), hn::Set(d, m[3 * r + 2])};
}

/// One group of lanes, stored for the scalar pass over the visible ones.
struct alignas(64) LaneValues {
  float u[kProjectionLanes], v[kProjectionLanes], depth[kProjectionLanes];
  float s[kProjectionLanes], t[kProjectionLanes], w[kProjectionLanes];
  float reach[kProjectionLanes], opacity[kProjectionLanes], halfHeight[kProjectionLanes];
  std::int32_t left[kProjectionLanes], top[kProjectionLanes];
  std::int32_t right[kProjectionLanes], bottom[kProjectionLanes];
  float directionX[kProjectionLanes], directionY[kProjectionLanes], directionZ[kProjectionLanes];
  float basis[shRestCount(kMaxShDegree)][kProjectionLanes];
};

/// Projects the lanes that start at splat `first`; bit i of the result tells whether lane i can be
/// seen. Comparisons are written so that NaN and infinities from absurd input cull the splat.
HWY_INLINE std::uint64_t projectLanes(const SoftwareCloud& cloud, const ProjectionCamera& camera,
                                      std::size_t first, LaneValues& out) {
  const Floats d;
  const V3 offset{
      hn::Sub(hn::LoadU(d, cloud.mean[0].data() + first), hn::Set(d, camera.position[0])),
      hn::Sub(hn::LoadU(d, cloud.mean[1].data() + first), hn::Set(d, camera.position[1])),
      hn::Sub(hn::LoadU(d, cloud.mean[2].data() + first), hn::Set(d, camera.position[2]))};
  const V3 forward = row(camera.rotation, 2);
  const V depth = dot(forward, offset);
  V reach = hn::LoadU(d, cloud.reach.data() + first);
  auto seen = hn::And(hn::Ge(depth, hn::Set(d, camera.nearPlane)), hn::Gt(reach, hn::Zero(d)));
  if (hn::AllFalse(d, seen)) {
    return 0;
  }

  const V one = hn::Set(d, 1.0F);
  const V inverseDepth = hn::Div(one, depth);
  const V3 right = row(camera.rotation, 0);
  const V3 down = row(camera.rotation, 1);
  const V tanX = hn::Mul(dot(right, offset), inverseDepth);
  const V tanY = hn::Mul(dot(down, offset), inverseDepth);
  const V fx = hn::Set(d, camera.fx);
  const V fy = hn::Set(d, camera.fy);
  const V u = hn::MulAdd(fx, tanX, hn::Set(d, camera.cx));
  const V v = hn::MulAdd(fy, tanY, hn::Set(d, camera.cy));

  // Rows of J W, then of J W axes, whose Gram matrix is the 2-D covariance.
  const V limitX = hn::Set(d, camera.limitX);
  const V limitY = hn::Set(d, camera.limitY);
  const V clampedX = hn::Max(hn::Neg(limitX), hn::Min(limitX, tanX));
  const V clampedY = hn::Max(hn::Neg(limitY), hn::Min(limitY, tanY));
  const V scaleX = hn::Mul(fx, inverseDepth);
  const V scaleY = hn::Mul(fy, inverseDepth);
  const V3 jacobianX{hn::Mul(scaleX, hn::NegMulAdd(clampedX, forward.x, right.x)),
                     hn::Mul(scaleX, hn::NegMulAdd(clampedX, forward.y, right.y)),
                     hn::Mul(scaleX, hn::NegMulAdd(clampedX, forward.z, right.z))};
  const V3 jacobianY{hn::Mul(scaleY, hn::NegMulAdd(clampedY, forward.x, down.x)),
                     hn::Mul(scaleY, hn::NegMulAdd(clampedY, forward.y, down.y)),
                     hn::Mul(scaleY, hn::NegMulAdd(clampedY, forward.z, down.z))};
  V3 axis[3];
  for (std::size_t c = 0; c < 3; ++c) {
    axis[c] = {hn::LoadU(d, cloud.axes[c].data() + first),
               hn::LoadU(d, cloud.axes[3 + c].data() + first),
               hn::LoadU(d, cloud.axes[6 + c].data() + first)};
  }
  const V3 spreadX{dot(jacobianX, axis[0]), dot(jacobianX, axis[1]), dot(jacobianX, axis[2])};
  const V3 spreadY{dot(jacobianY, axis[0]), dot(jacobianY, axis[1]), dot(jacobianY, axis[2])};
  const V rawXX = dot(spreadX, spreadX);
  const V rawYY = dot(spreadY, spreadY);
  const V covXY = dot(spreadX, spreadY);
  // Lagrange's identity: the determinant as a sum of squares keeps its digits on needles.
  const V3 normal = cross(spreadX, spreadY);
  const V rawDeterminant = dot(normal, normal);
  const V lowPass = hn::Set(d, kLowPass);
  const V covXX = hn::Add(rawXX, lowPass);
  const V covYY = hn::Add(rawYY, lowPass);
  const V determinant = hn::Add(
      rawDeterminant, hn::MulAdd(lowPass, hn::Add(rawXX, rawYY), hn::Set(d, kLowPass * kLowPass)));

  V opacity = hn::LoadU(d, cloud.opacity.data() + first);
  if (cloud.source->filter == FilterMode::Antialiased) {
    opacity = hn::Mul(opacity, hn::Sqrt(hn::Div(rawDeterminant, determinant)));
    reach =
        hn::Add(hn::Log2(d, hn::Mul(opacity, hn::Set(d, 1 / kMinAlpha))), hn::Set(d, kReachSlack));
    seen = hn::And(seen, hn::Ge(opacity, hn::Set(d, kMinAlpha)));
  }

  // alpha = opacity * 2^-q, q = half (dx,dy) inverse(cov) (dx,dy)^T log2(e)
  const V half = hn::Set(d, 0.72134752044448170368F);
  const V s = hn::Sqrt(hn::Div(hn::Mul(half, covYY), determinant));
  const V t = hn::Neg(hn::Div(hn::Mul(covXY, s), covYY));
  const V w = hn::Sqrt(hn::Div(half, covYY));
  const V area = hn::Div(reach, half);
  const V halfWidth = hn::Sqrt(hn::Mul(area, covXX));
  const V halfHeight = hn::Sqrt(hn::Mul(area, covYY));

  // First and last pixel whose centre can lie in the ellipse.
  const V slack = hn::Set(d, 0.01F);
  const V centre = hn::Set(d, 0.5F);
  const V lastX = hn::Set(d, camera.width - 1);
  const V lastY = hn::Set(d, camera.height - 1);
  const V left = hn::Ceil(hn::Sub(hn::Sub(hn::Sub(u, halfWidth), centre), slack));
  const V rightmost = hn::Floor(hn::Add(hn::Sub(hn::Add(u, halfWidth), centre), slack));
  const V top = hn::Ceil(hn::Sub(hn::Sub(hn::Sub(v, halfHeight), centre), slack));
  const V bottom = hn::Floor(hn::Add(hn::Sub(hn::Add(v, halfHeight), centre), slack));
  const V zero = hn::Zero(d);
  seen = hn::And(seen, hn::And(hn::Le(left, rightmost), hn::Le(top, bottom)));
  seen = hn::And(seen, hn::And(hn::Le(left, lastX), hn::Ge(rightmost, zero)));
  seen = hn::And(seen, hn::And(hn::Le(top, lastY), hn::Ge(bottom, zero)));
  const V huge = hn::Set(d, std::numeric_limits<float>::max());
  seen = hn::And(seen, hn::And(hn::Le(determinant, huge), hn::Le(hn::Abs(t), huge)));
  seen = hn::And(seen, hn::And(hn::Gt(s, zero), hn::Gt(w, zero)));
  if (hn::AllFalse(d, seen)) {
    return 0;
  }

  const Ints di;
  const V inverseTile = hn::Set(d, 1.0F / kTileSize);
  hn::Store(u, d, out.u);
  hn::Store(v, d, out.v);
  hn::Store(depth, d, out.depth);
  hn::Store(s, d, out.s);
  hn::Store(t, d, out.t);
  hn::Store(w, d, out.w);
  hn::Store(reach, d, out.reach);
  hn::Store(opacity, d, out.opacity);
  hn::Store(halfHeight, d, out.halfHeight);
  hn::Store(hn::ConvertTo(di, hn::Mul(hn::Max(left, zero), inverseTile)), di, out.left);
  hn::Store(hn::ConvertTo(di, hn::Mul(hn::Max(top, zero), inverseTile)), di, out.top);
  hn::Store(hn::ConvertTo(di, hn::Mul(hn::Min(rightmost, lastX), inverseTile)), di, out.right);
  hn::Store(hn::ConvertTo(di, hn::Mul(hn::Min(bottom, lastY), inverseTile)), di, out.bottom);

  const V length2 = dot(offset, offset);
  const V inverseLength =
      hn::Div(one, hn::Sqrt(hn::Max(length2, hn::Set(d, std::numeric_limits<float>::min()))));
  hn::Store(hn::Mul(offset.x, inverseLength), d, out.directionX);
  hn::Store(hn::Mul(offset.y, inverseLength), d, out.directionY);
  hn::Store(hn::Mul(offset.z, inverseLength), d, out.directionZ);

  alignas(8) std::uint8_t bits[8] = {};
  hn::StoreMaskBits(d, seen, bits);
  const std::uint64_t mask = bits[0] | static_cast<std::uint64_t>(bits[1]) << 8U;
  return mask & ((std::uint64_t{1} << hn::Lanes(d)) - 1);
}

/// Infinite sums of huge coefficients would turn to NaN where they meet a weight of 0.
constexpr float kLargestColor = 1e30F;

HWY_INLINE std::array<float, 3> directColor(std::span<const float> colors, std::size_t splat) {
  std::array<float, 3> color{};
  for (std::size_t c = 0; c < 3; ++c) {
    color[c] = std::min(std::max(-kLargestColor, colors[3 * splat + c]), kLargestColor);
  }
  return color;
}

/// max(0, 0.5 + SH) with the basis values of one lane.
HWY_INLINE std::array<float, 3> shColor(const GaussianCloud& cloud, std::size_t splat,
                                        std::size_t coefficients, const LaneValues& values,
                                        std::size_t lane) {
  const float* dc = cloud.shDc.data() + 3 * splat;
  float red = 0.5F + kSh0 * dc[0];
  float green = 0.5F + kSh0 * dc[1];
  float blue = 0.5F + kSh0 * dc[2];
  const float* rest = cloud.shRest.data() + splat * shRestCount(cloud.shDegree) * 3;
  for (std::size_t k = 0; k < coefficients; ++k) {
    const float basis = values.basis[k][lane];
    red += basis * rest[3 * k];
    green += basis * rest[3 * k + 1];
    blue += basis * rest[3 * k + 2];
  }
  return {std::min(std::max(0.0F, red), kLargestColor),
          std::min(std::max(0.0F, green), kLargestColor),
          std::min(std::max(0.0F, blue), kLargestColor)};
}

ProjectionCount projectBlock(const ProjectionBlock& block) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  const GaussianCloud& source = *block.cloud.source;
  const ProjectionColors& colors = block.colors;
  const bool fromSh = colors.wanted && colors.direct.empty();
  const std::size_t coefficients = fromSh ? shRestCount(colors.shDegree) : 0;
  LaneValues values;
  ProjectionCount count;
  for (std::size_t first = block.begin; first < block.end; first += lanes) {
    std::uint64_t mask = projectLanes(block.cloud, block.camera, first, values);
    if (mask != 0 && coefficients != 0) {
      const V3 direction{hn::Load(d, values.directionX), hn::Load(d, values.directionY),
                         hn::Load(d, values.directionZ)};
      for (std::size_t k = 0; k < coefficients; ++k) {
        hn::Store(shBasis(d, k, direction.x, direction.y, direction.z), d, values.basis[k]);
      }
    }
    for (; mask != 0; mask &= mask - 1) {
      const auto lane = static_cast<std::size_t>(std::countr_zero(mask));
      const std::size_t index = first + lane;
      ProjectedSplat& splat = block.splats[index];
      splat.u = values.u[lane];
      splat.v = values.v[lane];
      splat.s = values.s[lane];
      splat.t = values.t[lane];
      splat.w = values.w[lane];
      splat.reach = values.reach[lane];
      splat.opacity = values.opacity[lane];
      splat.index = static_cast<std::uint32_t>(index);
      splat.tileLeft = static_cast<std::uint16_t>(values.left[lane]);
      splat.tileTop = static_cast<std::uint16_t>(values.top[lane]);
      splat.tileRight = static_cast<std::uint16_t>(values.right[lane]);
      splat.tileBottom = static_cast<std::uint16_t>(values.bottom[lane]);
      splat.halfHeight = values.halfHeight[lane];
      if (fromSh) {
        splat.color = shColor(source, index, coefficients, values, lane);
      } else if (colors.wanted) {
        splat.color = directColor(colors.direct, index);
      }
      block.slots[count.visible] = static_cast<std::uint32_t>(index);
      block.depths[count.visible] = std::bit_cast<std::uint32_t>(values.depth[lane]);
      ++count.visible;
      count.tiles += static_cast<std::uint64_t>(values.right[lane] - values.left[lane] + 1) *
                     static_cast<std::uint64_t>(values.bottom[lane] - values.top[lane] + 1);
    }
  }
  return count;
}

const char* targetName() { return hwy::TargetName(HWY_TARGET); }

}  // namespace volpress::renderer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volpress::renderer {
HWY_EXPORT(projectBlock);
HWY_EXPORT(targetName);
namespace {

constexpr std::size_t kActivationGrain = 4096;

void activateSplat(const GaussianCloud& cloud, std::size_t i, SoftwareCloud& out) {
  for (std::size_t c = 0; c < 3; ++c) {
    out.mean[c][i] = cloud.means[3 * i + c];
  }
  const float opacity = 1.0F / (1.0F + std::exp(-cloud.opacityLogits[i]));
  out.opacity[i] = opacity;
  out.reach[i] = opacity >= kMinAlpha ? std::log2(opacity / kMinAlpha) + kReachSlack : -1.0F;

  std::array<double, 4> q{};
  double length2 = 0;
  for (std::size_t c = 0; c < 4; ++c) {
    q[c] = static_cast<double>(cloud.rotations[4 * i + c]);
    length2 += q[c] * q[c];
  }
  const double inverse = 1 / std::sqrt(length2);
  const auto w = static_cast<float>(q[0] * inverse);
  const auto x = static_cast<float>(q[1] * inverse);
  const auto y = static_cast<float>(q[2] * inverse);
  const auto z = static_cast<float>(q[3] * inverse);
  const std::array<float, 9> rotation{
      1 - 2 * (y * y + z * z), 2 * (x * y - w * z),     2 * (x * z + w * y),
      2 * (x * y + w * z),     1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
      2 * (x * z - w * y),     2 * (y * z + w * x),     1 - 2 * (x * x + y * y)};
  for (std::size_t c = 0; c < 3; ++c) {
    const float scale = std::exp(std::min(cloud.logScales[3 * i + c], kLargestLogScale));
    for (std::size_t r = 0; r < 3; ++r) {
      out.axes[3 * r + c][i] = rotation[3 * r + c] * scale;
    }
  }
}

void padSplat(std::size_t i, SoftwareCloud& out) {
  for (FloatArray& values : out.mean) {
    values[i] = 0;
  }
  for (FloatArray& values : out.axes) {
    values[i] = 0;
  }
  out.opacity[i] = 0;
  out.reach[i] = -1;
}

Result<void> checkLengths(const GaussianCloud& cloud) {
  constexpr std::size_t kLargestCount = std::size_t{1} << 31U;
  if (cloud.count >= kLargestCount) {
    return fail(ErrorCode::InvalidParameter, "cloud has {} splats, fewer than {} can be drawn",
                cloud.count, kLargestCount);
  }
  if (cloud.shDegree > kMaxShDegree) {
    return fail(ErrorCode::InvalidParameter, "cloud has SH degree {}, allowed 0..{}",
                cloud.shDegree, kMaxShDegree);
  }
  const std::size_t n = cloud.count;
  if (cloud.means.size() != 3 * n || cloud.logScales.size() != 3 * n ||
      cloud.rotations.size() != 4 * n || cloud.opacityLogits.size() != n ||
      cloud.shDc.size() != 3 * n || cloud.shRest.size() != 3 * n * shRestCount(cloud.shDegree)) {
    return fail(ErrorCode::InvalidParameter, "cloud arrays do not match its count of {}", n);
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<SoftwareCloud>> activateCloud(std::shared_ptr<const GaussianCloud> cloud,
                                                     TaskRunner& runner) {
  if (!cloud) {
    return fail(ErrorCode::InvalidParameter, "no cloud was given");
  }
  VOLPRESS_CHECK(checkLengths(*cloud));
  auto out = std::make_unique<SoftwareCloud>();
  const std::size_t count = cloud->count;
  const std::size_t padded = (count + kProjectionLanes - 1) / kProjectionLanes * kProjectionLanes;
  for (FloatArray& values : out->mean) {
    values.resize(padded);
  }
  for (FloatArray& values : out->axes) {
    values.resize(padded);
  }
  out->opacity.resize(padded);
  out->reach.resize(padded);
  runner.parallelFor(count, kActivationGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      activateSplat(*cloud, i, *out);
    }
  });
  for (std::size_t i = count; i < padded; ++i) {
    padSplat(i, *out);
  }
  out->source = std::move(cloud);
  return out;
}

ProjectionCamera projectionCamera(const Camera& camera) {
  ProjectionCamera out{};
  out.rotation = camera.rotation;
  out.position = camera.position;
  out.fx = camera.fx;
  out.fy = camera.fy;
  out.cx = camera.cx;
  out.cy = camera.cy;
  out.width = static_cast<float>(camera.width);
  out.height = static_cast<float>(camera.height);
  out.nearPlane = std::max(camera.nearPlane, std::numeric_limits<float>::min());
  out.limitX = kJacobianLimit * 0.5F * out.width / camera.fx;
  out.limitY = kJacobianLimit * 0.5F * out.height / camera.fy;
  return out;
}

void projectCloud(const SoftwareCloud& cloud, const Camera& camera, const ProjectionColors& colors,
                  const std::stop_token& stop, TaskRunner& runner, ProjectedView& view) {
  const std::size_t padded = cloud.reach.size();
  const std::size_t blocks = (padded + kProjectionBlock - 1) / kProjectionBlock;
  view.splats.clear();  // so that growing copies nothing
  view.slots.clear();
  view.depths.clear();
  view.splats.resize(padded);
  view.slots.resize(padded);
  view.depths.resize(padded);
  std::vector<ProjectionCount> counts(blocks);
  const ProjectionCamera projection = projectionCamera(camera);
  ProjectionColors used = colors;
  used.shDegree = std::min(colors.shDegree, cloud.source->shDegree);
  runner.parallelFor(padded, kProjectionBlock, [&](std::size_t begin, std::size_t end) {
    if (stop.stop_requested()) {
      return;
    }
    const ProjectionBlock block{cloud,
                                projection,
                                used,
                                begin,
                                end,
                                view.splats.data(),
                                view.slots.data() + begin,
                                view.depths.data() + begin};
    counts[begin / kProjectionBlock] = HWY_DYNAMIC_DISPATCH(projectBlock)(block);
  });
  // Each block wrote its own stretch; close the gaps.
  std::size_t place = 0;
  view.tileBound = 0;
  for (std::size_t b = 0; b < blocks; ++b) {
    const std::size_t begin = b * kProjectionBlock;
    if (place != begin) {
      std::copy_n(view.slots.data() + begin, counts[b].visible, view.slots.data() + place);
      std::copy_n(view.depths.data() + begin, counts[b].visible, view.depths.data() + place);
    }
    place += counts[b].visible;
    view.tileBound += counts[b].tiles;
  }
  view.slots.resize(place);
  view.depths.resize(place);
}

const char* simdTargetName() { return HWY_DYNAMIC_DISPATCH(targetName)(); }

}  // namespace volpress::renderer
#endif  // HWY_ONCE
