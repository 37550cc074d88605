#include "scene/types/lens.hpp"

#include <algorithm>
#include <cmath>

namespace volpress {
namespace {

constexpr std::array<LensModelInfo, 17> kModels{{
    {LensModel::SimplePinhole, "SIMPLE_PINHOLE", 1, 0},
    {LensModel::Pinhole, "PINHOLE", 2, 0},
    {LensModel::SimpleRadial, "SIMPLE_RADIAL", 1, 1},
    {LensModel::Radial, "RADIAL", 1, 2},
    {LensModel::OpenCv, "OPENCV", 2, 4},
    {LensModel::OpenCvFisheye, "OPENCV_FISHEYE", 2, 4},
    {LensModel::FullOpenCv, "FULL_OPENCV", 2, 8},
    {LensModel::FieldOfView, "FOV", 2, 1},
    {LensModel::SimpleRadialFisheye, "SIMPLE_RADIAL_FISHEYE", 1, 1},
    {LensModel::RadialFisheye, "RADIAL_FISHEYE", 1, 2},
    {LensModel::ThinPrismFisheye, "THIN_PRISM_FISHEYE", 2, 8},
    {LensModel::RadTanThinPrismFisheye, "RAD_TAN_THIN_PRISM_FISHEYE", 2, 12},
    {LensModel::SimpleDivision, "SIMPLE_DIVISION", 1, 1},
    {LensModel::Division, "DIVISION", 2, 1},
    {LensModel::SimpleFisheye, "SIMPLE_FISHEYE", 1, 0},
    {LensModel::Fisheye, "FISHEYE", 2, 0},
    {LensModel::ExtendedUnified, "EUCM", 2, 2},
}};

using Extras = std::array<double, kMaxLensExtras>;

struct Point {
  double u;
  double v;
};

/// 1 + k1 r^2 + k2 r^4 + ...
double radialFactor(double r2, std::span<const double> k) {
  double sum = 0;
  for (std::size_t i = k.size(); i-- > 0;) {
    sum = (sum + k[i]) * r2;
  }
  return 1 + sum;
}

/// Tangential part of Brown's model: p1 bends y, p2 bends x, as in OpenCV.
Point tangential(Point at, double p1, double p2) {
  const double r2 = at.u * at.u + at.v * at.v;
  return {2 * p1 * at.u * at.v + p2 * (r2 + 2 * at.u * at.u),
          2 * p2 * at.u * at.v + p1 * (r2 + 2 * at.v * at.v)};
}

/// (x, y) of the ray, as the equidistant projection has it: at the distance of the angle.
Point equidistant(Point ray) {
  const double r = std::hypot(ray.u, ray.v);
  const double factor = r > 1e-9 ? std::atan(r) / r : 1;
  return {ray.u * factor, ray.v * factor};
}

Point radial(Point at, std::span<const double> k) {
  const double factor = radialFactor(at.u * at.u + at.v * at.v, k);
  return {at.u * factor, at.v * factor};
}

Point brown(Point at, const Extras& e) {
  const double r2 = at.u * at.u + at.v * at.v;
  const double factor = radialFactor(r2, std::span(e).first(2));
  const Point bend = tangential(at, e[2], e[3]);
  return {at.u * factor + bend.u, at.v * factor + bend.v};
}

/// k1 k2 p1 p2 k3 k4 k5 k6, the rational model of OpenCV.
Point rational(Point at, const Extras& e) {
  const double r2 = at.u * at.u + at.v * at.v;
  const std::array<double, 3> above{e[0], e[1], e[4]};
  const double factor = radialFactor(r2, above) / radialFactor(r2, std::span(e).subspan(5, 3));
  const Point bend = tangential(at, e[2], e[3]);
  return {at.u * factor + bend.u, at.v * factor + bend.v};
}

/// Devernay and Faugeras, "Straight lines have to be straight", 2001.
Point fieldOfView(Point at, double omega) {
  const double r = std::hypot(at.u, at.v);
  double factor = 1;
  if (omega * omega < 1e-4) {
    factor = omega * omega * r * r / 3 - omega * omega / 12 + 1;  // the series in omega
  } else if (r * r < 1e-4) {
    const double t = std::tan(omega / 2);
    factor = -2 * t * (4 * r * r * t * t - 3) / (3 * omega);  // the series in r
  } else {
    factor = std::atan(r * 2 * std::tan(omega / 2)) / (r * omega);
  }
  return {at.u * factor, at.v * factor};
}

/// k1 k2 p1 p2 k3 k4 sx1 sy1 (Weng et al., 1992) on equidistant coordinates.
Point thinPrism(Point at, const Extras& e) {
  const double r2 = at.u * at.u + at.v * at.v;
  const std::array<double, 4> k{e[0], e[1], e[4], e[5]};
  const double factor = radialFactor(r2, k);
  const Point bend = tangential(at, e[2], e[3]);
  return {at.u * factor + bend.u + e[6] * r2, at.v * factor + bend.v + e[7] * r2};
}

/// k0..k5 p0 p1 s0..s3, the "fisheye 624" model: tangential and prism terms act on the radially
/// distorted point, and p0 bends x.
Point radTanThinPrism(Point at, const Extras& e) {
  const Point moved = radial(at, std::span(e).first(6));
  const double r2 = moved.u * moved.u + moved.v * moved.v;
  const Point bend = tangential(moved, e[7], e[6]);
  return {moved.u + bend.u + e[8] * r2 + e[9] * r2 * r2,
          moved.v + bend.v + e[10] * r2 + e[11] * r2 * r2};
}

/// Fitzgibbon's division model, 2001, solved for the distorted radius.
std::optional<Point> division(Point at, double k) {
  const double inside = 1 - 4 * (at.u * at.u + at.v * at.v) * k;
  if (inside < 0) {
    return std::nullopt;
  }
  const double factor = 2 / (1 + std::sqrt(inside));
  return Point{at.u * factor, at.v * factor};
}

/// Khomutenko, Garcia and Martinet, "An enhanced unified camera model", 2016.
std::optional<Point> extendedUnified(Point at, double alpha, double beta) {
  const double squared = beta * (at.u * at.u + at.v * at.v) + 1;
  if (squared < 0) {
    return std::nullopt;
  }
  const double below = alpha * std::sqrt(squared) + (1 - alpha);
  if (!(below > 1e-12)) {
    return std::nullopt;
  }
  return Point{at.u / below, at.v / below};
}

std::optional<Point> distorted(const Lens& lens, Point ray) {
  const std::span<const double> k(lens.extras);
  switch (lens.model) {
    case LensModel::SimplePinhole:
    case LensModel::Pinhole: return ray;
    case LensModel::SimpleRadial: return radial(ray, k.first(1));
    case LensModel::Radial: return radial(ray, k.first(2));
    case LensModel::OpenCv: return brown(ray, lens.extras);
    case LensModel::FullOpenCv: return rational(ray, lens.extras);
    case LensModel::FieldOfView: return fieldOfView(ray, lens.extras[0]);
    case LensModel::SimpleFisheye:
    case LensModel::Fisheye: return equidistant(ray);
    case LensModel::SimpleRadialFisheye: return radial(equidistant(ray), k.first(1));
    case LensModel::RadialFisheye: return radial(equidistant(ray), k.first(2));
    case LensModel::OpenCvFisheye: return radial(equidistant(ray), k.first(4));
    case LensModel::ThinPrismFisheye: return thinPrism(equidistant(ray), lens.extras);
    case LensModel::RadTanThinPrismFisheye: return radTanThinPrism(equidistant(ray), lens.extras);
    case LensModel::SimpleDivision:
    case LensModel::Division: return division(ray, lens.extras[0]);
    case LensModel::ExtendedUnified: return extendedUnified(ray, lens.extras[0], lens.extras[1]);
  }
  return std::nullopt;
}

}  // namespace

std::span<const LensModelInfo> lensModels() noexcept { return kModels; }

const LensModelInfo* findLensModel(std::int64_t id) noexcept {
  const auto size = static_cast<std::int64_t>(kModels.size());
  return id >= 0 && id < size ? &kModels[static_cast<std::size_t>(id)] : nullptr;
}

const LensModelInfo* findLensModel(std::string_view name) noexcept {
  const auto* const found =
      std::find_if(kModels.begin(), kModels.end(),
                   [name](const LensModelInfo& info) { return info.name == name; });
  return found == kModels.end() ? nullptr : found;
}

std::optional<std::array<double, 2>> projectRay(const Lens& lens, double x, double y) {
  const std::optional<Point> at = distorted(lens, {x, y});
  if (!at) {
    return std::nullopt;
  }
  const std::array<double, 2> pixel{lens.fx * at->u + lens.cx, lens.fy * at->v + lens.cy};
  if (!std::isfinite(pixel[0]) || !std::isfinite(pixel[1])) {
    return std::nullopt;
  }
  return pixel;
}

bool isPinhole(const Lens& lens) {
  switch (lens.model) {
    case LensModel::SimplePinhole:
    case LensModel::Pinhole: return true;
    case LensModel::OpenCvFisheye:
    case LensModel::SimpleRadialFisheye:
    case LensModel::RadialFisheye:
    case LensModel::ThinPrismFisheye:
    case LensModel::RadTanThinPrismFisheye:
    case LensModel::SimpleFisheye:
    case LensModel::Fisheye: return false;
    case LensModel::ExtendedUnified: return lens.extras[0] == 0;
    default:
      return std::all_of(lens.extras.begin(), lens.extras.end(), [](double k) { return k == 0; });
  }
}

Lens scaled(const Lens& lens, double factorX, double factorY) {
  Lens out = lens;
  out.fx *= factorX;
  out.cx *= factorX;
  out.fy *= factorY;
  out.cy *= factorY;
  return out;
}

}  // namespace volpress
