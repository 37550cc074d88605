// Lenses: where on the sensor a ray lands, for every camera model that COLMAP has parameters for.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace volpress {

/// The values are COLMAP's model ids, as written in cameras.bin.
enum class LensModel : std::uint8_t {
  SimplePinhole = 0,
  Pinhole = 1,
  SimpleRadial = 2,
  Radial = 3,
  OpenCv = 4,
  OpenCvFisheye = 5,
  FullOpenCv = 6,
  FieldOfView = 7,
  SimpleRadialFisheye = 8,
  RadialFisheye = 9,
  ThinPrismFisheye = 10,
  RadTanThinPrismFisheye = 11,
  SimpleDivision = 12,
  Division = 13,
  SimpleFisheye = 14,
  Fisheye = 15,
  ExtendedUnified = 16,
};

inline constexpr std::size_t kMaxLensExtras = 12;

/// How COLMAP writes a model's parameters: `focals` focal lengths (f, or fx fy), cx, cy, then
/// `extras` distortion coefficients.
struct LensModelInfo {
  LensModel model;
  std::string_view name;  ///< COLMAP's, as in cameras.txt: "OPENCV_FISHEYE"
  std::size_t focals;     ///< 1 or 2
  std::size_t extras;     ///< 0 .. kMaxLensExtras

  [[nodiscard]] std::size_t parameterCount() const noexcept { return focals + 2 + extras; }
};

/// Every model, ordered by id.
[[nodiscard]] std::span<const LensModelInfo> lensModels() noexcept;
/// The entry of an id or a name as they stand in a file; nullptr where COLMAP has none such.
[[nodiscard]] const LensModelInfo* findLensModel(std::int64_t id) noexcept;
[[nodiscard]] const LensModelInfo* findLensModel(std::string_view name) noexcept;

/// A calibrated lens. Pixels are measured from the outer corner of the top left pixel, whose centre
/// is (0.5, 0.5).
struct Lens {
  LensModel model = LensModel::Pinhole;
  double fx = 1;  ///< pixels
  double fy = 1;
  double cx = 0;
  double cy = 0;
  std::array<double, kMaxLensExtras> extras{};  ///< in COLMAP's order for `model`; the rest is 0
};

/// The pixel that sees the ray through the camera-space point (x, y, 1), x right and y down.
/// Nothing where the model has no picture of the ray (outside the domain of the division model, or
/// a result that is not finite). To remove distortion, fill each pixel of a pinhole picture from
/// there.
[[nodiscard]] std::optional<std::array<double, 2>> projectRay(const Lens& lens, double x, double y);

/// Whether `projectRay` is a plain pinhole: a model without distortion, or coefficients that
/// cancel.
[[nodiscard]] bool isPinhole(const Lens& lens);

/// The same lens for the same picture at another size; factors are new size / old size.
[[nodiscard]] Lens scaled(const Lens& lens, double factorX, double factorY);

}  // namespace volpress
