// The compiled shaders of shaders/, part of the program.
#pragma once

#include <cstdint>
#include <span>

namespace volpress::renderer::shaders {

using Spirv = std::span<const std::uint32_t>;

[[nodiscard]] Spirv composeFragment() noexcept;
[[nodiscard]] Spirv composeVertex() noexcept;
[[nodiscard]] Spirv fieldLearnLayer() noexcept;
[[nodiscard]] Spirv fieldLearnRays() noexcept;
[[nodiscard]] Spirv fieldLearnSamples() noexcept;
[[nodiscard]] Spirv fieldMarch() noexcept;
[[nodiscard]] Spirv gaussianDraws() noexcept;
[[nodiscard]] Spirv gaussianPicture() noexcept;
[[nodiscard]] Spirv gaussianProject() noexcept;
[[nodiscard]] Spirv gaussianSplatFragment() noexcept;
[[nodiscard]] Spirv gaussianSplatVertex() noexcept;
[[nodiscard]] Spirv sortCount() noexcept;
[[nodiscard]] Spirv sortScan() noexcept;
[[nodiscard]] Spirv sortScatter() noexcept;

}  // namespace volpress::renderer::shaders
