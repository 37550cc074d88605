#include "compressors/format_codecs.hpp"

#include <algorithm>
#include <cmath>

#include "compressors/stages/significance.hpp"
#include "scene/base/param_builders.hpp"
#include "scene/formats/compressed_ply.hpp"
#include "scene/formats/sog.hpp"
#include "scene/formats/sog_files.hpp"
#include "scene/formats/splat.hpp"
#include "scene/formats/spz.hpp"

namespace volpress::compressors {
namespace {

/// What a format does not say of itself.
struct Dress {
  std::string summary;
  std::vector<ParamPreset> presets;
  /// Changes settings that follow the number of splats, where a share of `splats` goes.
  void (*shrink)(ParamSet& params, std::size_t splats, double share) = nullptr;
};

/// The palette follows the splats by powers of two; what is pruned follows evenly, so that any size
/// between can be had.
void shrinkPalette(ParamSet& params, std::size_t splats, double share) {
  constexpr double kRow = 64;  // entries of the palette's image
  if (paramInt(params, "palette") == 0) {
    const auto whole = static_cast<double>(formats::sogPaletteSize(splats));
    params["palette"] =
        static_cast<std::int64_t>(kRow * std::max(1.0, std::round(whole * (1 - share) / kRow)));
  }
}

/// Formats have few settings that move their size, and most have none: what moves all of them is
/// how many splats they hold.
constexpr const char* kKeep = "keep";
constexpr double kAll = 100;

class FormatCodec final : public Codec {
public:
  FormatCodec(const formats::Format& format, Dress dress)
      : m_format(format), m_shrink(dress.shrink) {
    const formats::FormatInfo& info = format.info();
    m_info.id = info.id;
    m_info.label = info.label;
    m_info.summary = std::move(dress.summary);
    m_info.extension = info.extensions.front();
    m_info.params = info.writeParams;
    m_info.params.push_back(numberParam(
        kKeep, "Splats that stay",
        "Below 100 %, the splats that show least in the views are removed first: fewer are smaller "
        "and lose fine and distant parts.",
        "%", "Splats", kAll, {1, kAll, 0, false}));
    m_info.presets = std::move(dress.presets);
    m_info.qualityKnob = kKeep;
    m_info.lost = info.lost;
  }

  [[nodiscard]] const CodecInfo& info() const override { return m_info; }

  [[nodiscard]] bool recognises(ByteView head) const override {
    return m_format.recognises(head, {});
  }

  [[nodiscard]] Result<void> check(const Scene& scene, const ParamSet& /*params*/) const override {
    if (std::get<GaussianCloud>(scene).count == 0) {
      return fail(ErrorCode::InvalidParameter, "{}: the scene has no splats", m_info.label);
    }
    return {};
  }

  [[nodiscard]] bool usesViews(const ParamSet& params) const override {
    return paramReal(params, kKeep) < kAll;
  }

  [[nodiscard]] Result<Bytes> encode(const Scene& scene, const ParamSet& params,
                                     RunContext& context) const override {
    VOLPRESS_CHECK(checkStop(context));
    const auto& cloud = std::get<GaussianCloud>(scene);
    ParamSet ofFormat = params;
    ofFormat.erase(kKeep);
    if (!usesViews(params)) {
      return write(cloud, ofFormat, context);
    }
    const double share = 1 - paramReal(params, kKeep) / kAll;
    VOLPRESS_TRY(const GaussianCloud kept, prune(cloud, share, context));
    if (m_shrink != nullptr) {
      m_shrink(ofFormat, cloud.count, share);
    }
    return write(kept, ofFormat, context);
  }

  [[nodiscard]] Result<Scene> decode(ByteView file, RunContext& context) const override {
    VOLPRESS_CHECK(checkStop(context));
    formats::IoContext io{context.runner, context.progress, context.stop, {}};
    Result<GaussianCloud> cloud = m_format.decode(file, io);
    keepWarnings(io, context);
    return std::move(cloud).map([](GaussianCloud&& decoded) { return Scene(std::move(decoded)); });
  }

  [[nodiscard]] Result<std::vector<ByteShare>> breakdown(ByteView file) const override {
    return m_format.breakdown(file);
  }

private:
  Result<Bytes> write(const GaussianCloud& cloud, const ParamSet& params,
                      RunContext& context) const {
    formats::IoContext io{context.runner, context.progress, context.stop, {}};
    Result<Bytes> bytes = m_format.encode(cloud, params, io);
    keepWarnings(io, context);
    return bytes;
  }

  /// The cloud without that share of its splats.
  Result<GaussianCloud> prune(const GaussianCloud& cloud, double share, RunContext& context) const {
    const std::vector<Camera> cameras = coding::trainingCameras(context.views);
    VOLPRESS_CHECK(coding::checkSeesViews(m_info.label, cameras, context));
    coding::ScoreOptions options;
    options.kind = coding::ScoreKind::Contribution;
    VOLPRESS_TRY(const coding::Significance significance,
                 coding::scoreSplats(cloud, cameras, options, context));
    const std::vector<std::uint32_t> kept = coding::keptSplats(significance.score, share);
    context.log.push_back(fmt::format("kept {} of {} splats", kept.size(), cloud.count));
    return gatherSplats(cloud, kept);
  }

  static Result<void> checkStop(const RunContext& context) {
    if (context.stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled");
    }
    return {};
  }

  static void keepWarnings(formats::IoContext& io, RunContext& context) {
    for (std::string& warning : io.warnings) {
      context.log.push_back(std::move(warning));
    }
  }

  const formats::Format& m_format;
  void (*m_shrink)(ParamSet&, std::size_t, double);
  CodecInfo m_info;
};

}  // namespace

const Codec& spzCodec() {
  static const FormatCodec kCodec(
      formats::spzFormat(),
      {"Niantic's format: a fixed small number of bits for every attribute, then zstd. Fast, and "
       "widely read.",
       {{"fine",
         "Fine view-dependence",
         "8 bits for every view-dependent colour.",
         {{"sh1_bits", std::int64_t{8}}, {"sh_bits", std::int64_t{8}}}},
        {"default", "Default", "Version 4 with 5 and 4 bits of view-dependent colour.", {}},
        {"compatible",
         "Compatible",
         "Version 3, which more programs open.",
         {{"version", std::string("3")}}},
        {"small",
         "Small",
         "4 and 3 bits of view-dependent colour, packed with more effort.",
         {{"sh1_bits", std::int64_t{4}},
          {"sh_bits", std::int64_t{3}},
          {"zstd_level", std::int64_t{19}}}}}});
  return kCodec;
}

const Codec& sogCodec() {
  static const FormatCodec kCodec(
      formats::sogFormat(),
      {"PlayCanvas's images of sorted splats with palettes: small, and quick to show on the web.",
       {{"fast",
         "Fast",
         "A small palette found in three rounds.",
         {{"palette", std::int64_t{4096}},
          {"iterations", std::int64_t{3}},
          {"effort", std::int64_t{2}}}},
        {"default", "Default", "A palette that follows the number of splats.", {}},
        {"small",
         "Small",
         "A small palette, refined for long.",
         {{"palette", std::int64_t{2048}}, {"iterations", std::int64_t{20}}}}},
       shrinkPalette});
  return kCodec;
}

const Codec& compressedPlyCodec() {
  static const FormatCodec kCodec(
      formats::compressedPlyFormat(),
      {"PlayCanvas's PLY of packed words: 16 bytes a splat, ready for the GPU.", {}});
  return kCodec;
}

const Codec& splatCodec() {
  static const FormatCodec kCodec(
      formats::splatFormat(),
      {"32 bytes a splat without view-dependent colour: the simplest format there is.", {}});
  return kCodec;
}

}  // namespace volpress::compressors
