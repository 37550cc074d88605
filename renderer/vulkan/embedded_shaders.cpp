#include "renderer/vulkan/embedded_shaders.hpp"

namespace volpress::renderer::shaders {
namespace {

constexpr std::uint32_t kComposeFragment[] = {
#include "compose.frag.inc"
};
constexpr std::uint32_t kComposeVertex[] = {
#include "compose.vert.inc"
};
constexpr std::uint32_t kFieldLearnLayer[] = {
#include "field_learn_layer.comp.inc"
};
constexpr std::uint32_t kFieldLearnRays[] = {
#include "field_learn_rays.comp.inc"
};
constexpr std::uint32_t kFieldLearnSamples[] = {
#include "field_learn_samples.comp.inc"
};
constexpr std::uint32_t kFieldMarch[] = {
#include "field_march.comp.inc"
};
constexpr std::uint32_t kGaussianDraws[] = {
#include "gaussian_draws.comp.inc"
};
constexpr std::uint32_t kGaussianPicture[] = {
#include "gaussian_picture.comp.inc"
};
constexpr std::uint32_t kGaussianProject[] = {
#include "gaussian_project.comp.inc"
};
constexpr std::uint32_t kGaussianSplatFragment[] = {
#include "gaussian_splat.frag.inc"
};
constexpr std::uint32_t kGaussianSplatVertex[] = {
#include "gaussian_splat.vert.inc"
};
constexpr std::uint32_t kSortCount[] = {
#include "sort_count.comp.inc"
};
constexpr std::uint32_t kSortScan[] = {
#include "sort_scan.comp.inc"
};
constexpr std::uint32_t kSortScatter[] = {
#include "sort_scatter.comp.inc"
};

}  // namespace

Spirv composeFragment() noexcept { return kComposeFragment; }
Spirv composeVertex() noexcept { return kComposeVertex; }
Spirv fieldLearnLayer() noexcept { return kFieldLearnLayer; }
Spirv fieldLearnRays() noexcept { return kFieldLearnRays; }
Spirv fieldLearnSamples() noexcept { return kFieldLearnSamples; }
Spirv fieldMarch() noexcept { return kFieldMarch; }
Spirv gaussianDraws() noexcept { return kGaussianDraws; }
Spirv gaussianPicture() noexcept { return kGaussianPicture; }
Spirv gaussianProject() noexcept { return kGaussianProject; }
Spirv gaussianSplatFragment() noexcept { return kGaussianSplatFragment; }
Spirv gaussianSplatVertex() noexcept { return kGaussianSplatVertex; }
Spirv sortCount() noexcept { return kSortCount; }
Spirv sortScan() noexcept { return kSortScan; }
Spirv sortScatter() noexcept { return kSortScatter; }

}  // namespace volpress::renderer::shaders
