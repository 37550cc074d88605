// Layers of fewer splats, for any codec whose frames have an order: the most significant splats of
// each run are a clip of their own, the rest another, and the layers of both are put together so
// that the first one shows the whole scene with a part of its splats, enlarged. Byte layout in
// FORMAT.md beside this file.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "compressors/stream/sequence_codec.hpp"

namespace volpress::compressors {

/// Begins the encode of one of the two parts. The sequence and the plan outlive the encoder.
using BeginPart = std::function<Result<std::unique_ptr<ClipEncoder>>(
    GaussianSequence& sequence, const ClipPlan& plan, RunContext& context)>;
/// Opens a clip of the codec itself.
using OpenPart = Result<std::unique_ptr<ClipDecoder>> (*)(const ClipInfo& info,
                                                          RunContext& context);

/// The parameter that asks for such layers: "first_layer", the share of splats; 0: none.
[[nodiscard]] ParamSpec firstLayerParam();

/// An encoder of both parts, or that of the whole where `params` ask for no such layer. That share
/// of each run's splats makes the first layer: of neighbours (along a Morton curve) the one with
/// the largest opacity plus volume, each over the largest there is, at the frame where that is most
/// (4DGCPro's rule). InvalidParameter for a run of a single splat. `sequence` and `plan` must
/// outlive the encoder.
[[nodiscard]] Result<std::unique_ptr<ClipEncoder>> beginSplatLayers(GaussianSequence& sequence,
                                                                    const ClipPlan& plan,
                                                                    const ParamSet& params,
                                                                    const BeginPart& begin,
                                                                    RunContext& context);

/// Whether a clip's first layer has a part of its splats only.
[[nodiscard]] bool hasSplatLayers(const ClipInfo& info) noexcept;

/// Decodes what `beginSplatLayers` made, with such layers or without, from untrusted bytes.
[[nodiscard]] Result<std::unique_ptr<ClipDecoder>> openSplatLayers(const ClipInfo& info,
                                                                   OpenPart open,
                                                                   RunContext& context);

/// The most splats that a frame has with layers 0 to `layer`. From untrusted bytes.
[[nodiscard]] std::uint32_t splatsOfLayer(const ClipInfo& info, std::size_t layer) noexcept;

/// What a layer adds, for people: "a part of the splats, enlarged", "colours of SH order 1".
[[nodiscard]] std::string layerWords(const ClipInfo& info, std::size_t layer);

/// The shares of both parts together, or of the whole; `own` gives those of one. From untrusted
/// bytes.
using PartShares = std::function<Result<std::vector<ByteShare>>(const ClipInfo& info,
                                                                std::span<const ByteView> layers)>;
[[nodiscard]] Result<std::vector<ByteShare>> splatLayerShares(const ClipInfo& info,
                                                              std::span<const ByteView> layers,
                                                              const PartShares& own);

namespace splat_layers {

/// The codec's part of INIT begins with it; no codec's version is as high.
inline constexpr std::uint8_t kMark = 255, kVersion = 1;
/// Layers above both parts: SH order 1, orders 2 and above, refinement.
inline constexpr std::size_t kPartLayers = 2;

/// Which layers of the parts lie in layer `layer` (2 or above) of a clip whose parts have
/// `partLayers` layers: [first, end).
struct LayerRange {
  std::size_t first, end;
};
[[nodiscard]] LayerRange partLayersOf(std::size_t layer, unsigned shDegree,
                                      std::size_t partLayers) noexcept;
/// Layers of a clip whose parts have `partLayers` layers.
[[nodiscard]] std::size_t clipLayers(unsigned shDegree, std::size_t partLayers) noexcept;

}  // namespace splat_layers

}  // namespace volpress::compressors
