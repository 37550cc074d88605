#include "scene/formats/spz.hpp"

#include <algorithm>
#include <cmath>

#include "scene/formats/axes.hpp"
#include "scene/formats/export_checks.hpp"
#include "scene/formats/import_checks.hpp"
#include "scene/formats/spz_attributes.hpp"
#include "scene/formats/spz_container.hpp"

namespace volpress::formats {
namespace {

constexpr int kMostFractionalBits = 23;
// What every reference file uses, and how finely a scene's radius is divided at least.
constexpr int kUsualFractionalBits = 12;
constexpr int kLeastRadiusBits = 13;
constexpr std::size_t kMostSplats = 0x7FFFFFFF;

// How the axes of a file differ from the INRIA frame.
AxisSigns signsOfSystem(std::uint32_t system, AxisFrame unsaid, IoContext& context) {
  if (system == 0) {
    return axisSigns(unsaid);
  }
  if (system > kSpzRightUpForward) {
    context.warnings.push_back(fmt::format(
        "The file's axis system ({} of {}) has Y and Z exchanged, which is not converted: the "
        "scene may lie on its side.",
        system, kSpzLastSystem));
    return {1, 1, 1};
  }
  // Bits of the number less one: right, up, forward.
  const std::uint32_t bits = system - kSpzLeftDownBack;
  return {(bits & 1) != 0 ? 1.0F : -1.0F, (bits & 2) != 0 ? -1.0F : 1.0F,
          (bits & 4) != 0 ? 1.0F : -1.0F};
}

// The bits behind the point: as asked (0: chosen from the scene), fewer where coordinates would not
// fit into 24 bits.
unsigned chooseFractionalBits(const GaussianCloud& cloud, int asked, IoContext& context) {
  float farthest = 0;
  for (const float value : cloud.means) {
    farthest = std::max(farthest, std::abs(value));
  }
  int exponent = 0;
  std::frexp(farthest, &exponent);  // farthest < 2^exponent
  const int wanted =
      asked != 0 ? asked : std::max(kUsualFractionalBits, kLeastRadiusBits - exponent);
  const int bits =
      std::clamp(std::min(wanted, kMostFractionalBits - exponent), 0, kMostFractionalBits);
  if (asked != 0 && bits < asked) {
    context.warnings.push_back(
        fmt::format("Positions keep {} instead of {} bits behind the point: the farthest is {:.6g} "
                    "units away.",
                    bits, asked, farthest));
  }
  if (exponent > kMostFractionalBits) {
    context.warnings.push_back(
        fmt::format("Positions reach {:.6g} units and were clamped to {}, the most that SPZ holds.",
                    farthest, (1 << kMostFractionalBits) - 1));
  }
  return static_cast<unsigned>(bits);
}

ParamSpec bitsParam(std::string id, std::string label, std::string help, std::int64_t value) {
  return {std::move(id),
          std::move(label),
          std::move(help),
          "bits",
          "",
          value,
          ParamRange{1, 8, 1, false},
          {},
          true};
}

class SpzFormat final : public Format {
public:
  [[nodiscard]] const FormatInfo& info() const override {
    static const FormatInfo kInfo{
        "spz",
        "SPZ",
        {".spz"},
        true,
        {{"version",
          "File version",
          "Version 4 packs smaller and opens faster; version 3 opens in more programs; version 2 "
          "in the oldest.",
          "",
          "",
          std::string("4"),
          std::nullopt,
          {{"4", "4 (zstd)"}, {"3", "3 (gzip, compatible)"}, {"2", "2 (gzip, coarser rotations)"}},
          false},
         bitsParam("sh1_bits", "SH band 1",
                   "Precision of the broad view-dependent colour: fewer bits make the file smaller "
                   "and sheen coarser.",
                   5),
         bitsParam("sh_bits", "SH bands above",
                   "Precision of the fine view-dependent colour: fewer bits make the file smaller "
                   "and highlights coarser.",
                   4),
         {"position_bits",
          "Position precision",
          "Binary digits behind the point of a coordinate, 0 to choose them from the size of the "
          "scene: more keep finer detail in place and make the file larger.",
          "bits",
          "",
          std::int64_t{0},
          ParamRange{0, kMostFractionalBits, 1, false},
          {},
          true},
         {"zstd_level",
          "Packing effort",
          "How long version 4 looks for repetitions: higher is a little smaller and much slower. "
          "The picture stays the same.",
          "",
          "",
          std::int64_t{8},
          ParamRange{1, 22, 1, false},
          {},
          true}},
        "Positions, scales, rotations, opacities and colours are rounded to 3 to 24 bits; base "
        "colours beyond about 3.3 and view-dependent ones beyond 1 are clamped; extra columns are "
        "left out."};
    return kInfo;
  }

  [[nodiscard]] bool recognises(ByteView head, std::string_view /*name*/) const override {
    return isSpz(head);
  }

  [[nodiscard]] Result<GaussianCloud> decode(ByteView file, IoContext& context) const override {
    return decodeSpz(file, AxisFrame::RightUpBack, context);
  }

  [[nodiscard]] Result<Bytes> encode(const GaussianCloud& cloud, const ParamSet& params,
                                     IoContext& context) const override {
    return encodeSpz(cloud, params, AxisFrame::RightUpBack, context);
  }

  [[nodiscard]] Result<std::vector<ByteShare>> breakdown(ByteView file) const override {
    VOLPRESS_TRY(const SpzSizes sizes, measureSpz(file));
    constexpr std::array<const char*, kSpzArrays> kNames{"positions", "opacities", "sh0",
                                                         "scales",    "rotations", "shN"};
    std::vector<ByteShare> shares;
    for (std::size_t a = 0; a < kSpzArrays; ++a) {
      shares.push_back({kNames[a], sizes.arrays[a]});
    }
    shares.push_back({"header", sizes.header});
    return shares;
  }
};

}  // namespace

const Format& spzFormat() {
  static const SpzFormat kFormat;
  return kFormat;
}

Result<GaussianCloud> decodeSpz(ByteView file, AxisFrame unsaid, IoContext& context) {
  VOLPRESS_TRY(const SpzContent content, unpackSpz(file, context.runner));
  if (context.stop.stop_requested()) {
    return fail(ErrorCode::Cancelled, "reading SPZ was cancelled");
  }
  GaussianCloud cloud =
      decodeSpzArrays(content.layout, content.arrays,
                      signsOfSystem(content.axisSystem, unsaid, context), context.runner);
  if (content.hasLodTail) {
    context.warnings.emplace_back(
        "The file holds a level-of-detail tree, which was left out: its merged splats are drawn "
        "together with the fine ones.");
  }
  if (content.layout.version == 1) {
    // Only half floats can hold what no number is.
    VOLPRESS_CHECK(finishImport(cloud, context));
  }
  return cloud;
}

Result<Bytes> encodeSpz(const GaussianCloud& cloud, const ParamSet& params, AxisFrame frame,
                        IoContext& context) {
  if (cloud.count == 0 || cloud.count > kMostSplats) {
    return fail(ErrorCode::InvalidParameter, "SPZ holds 1 to {} splats, the scene has {}",
                kMostSplats, cloud.count);
  }
  warnOfDropped(cloud, {kMaxShDegree, true}, context);
  SpzLayout layout;
  layout.version = static_cast<std::uint32_t>(paramChoice(params, "version")[0] - '0');
  layout.count = static_cast<std::uint32_t>(cloud.count);
  layout.shDegree = cloud.shDegree;
  layout.fractionalBits =
      chooseFractionalBits(cloud, static_cast<int>(paramInt(params, "position_bits")), context);
  layout.antialiased = cloud.filter == FilterMode::Antialiased;
  const SpzShBits bits{static_cast<unsigned>(paramInt(params, "sh1_bits")),
                       static_cast<unsigned>(paramInt(params, "sh_bits"))};
  const Bytes raw =
      encodeSpzArrays(layout, cloud, axisSignsBetween(cloud.frame, frame), bits, context.runner);
  if (context.stop.stop_requested()) {
    return fail(ErrorCode::Cancelled, "writing SPZ was cancelled");
  }
  return packSpz(layout, raw, {static_cast<int>(paramInt(params, "zstd_level")), context.stop},
                 context.runner);
}

}  // namespace volpress::formats
