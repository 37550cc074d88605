#include "compressors/format_codecs.hpp"

#include "scene/formats/compressed_ply.hpp"
#include "scene/formats/sog.hpp"
#include "scene/formats/splat.hpp"
#include "scene/formats/spz.hpp"

namespace volpress::compressors {
namespace {

/// What a format does not say of itself.
struct Dress {
  std::string summary;
  std::vector<ParamPreset> presets;
  std::string qualityKnob;
};

class FormatCodec final : public Codec {
public:
  FormatCodec(const formats::Format& format, Dress dress) : m_format(format) {
    const formats::FormatInfo& info = format.info();
    m_info.id = info.id;
    m_info.label = info.label;
    m_info.summary = std::move(dress.summary);
    m_info.extension = info.extensions.front();
    m_info.params = info.writeParams;
    m_info.presets = std::move(dress.presets);
    m_info.qualityKnob = std::move(dress.qualityKnob);
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

  [[nodiscard]] Result<Bytes> encode(const Scene& scene, const ParamSet& params,
                                     RunContext& context) const override {
    VOLPRESS_CHECK(checkStop(context));
    formats::IoContext io{context.runner, context.progress, context.stop, {}};
    Result<Bytes> bytes = m_format.encode(std::get<GaussianCloud>(scene), params, io);
    keepWarnings(io, context);
    return bytes;
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
          {"zstd_level", std::int64_t{19}}}}},
       "sh_bits"});
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
       {}});
  return kCodec;
}

const Codec& compressedPlyCodec() {
  static const FormatCodec kCodec(
      formats::compressedPlyFormat(),
      {"PlayCanvas's PLY of packed words: 16 bytes a splat, ready for the GPU.", {}, {}});
  return kCodec;
}

const Codec& splatCodec() {
  static const FormatCodec kCodec(
      formats::splatFormat(),
      {"32 bytes a splat without view-dependent colour: the simplest format there is.", {}, {}});
  return kCodec;
}

}  // namespace volpress::compressors
