// Pipelines whose shaders are given their memory by address, in push constants.
#pragma once

#include <memory>

#include "renderer/vulkan/embedded_shaders.hpp"
#include "renderer/vulkan/vulkan_handle.hpp"
#include "scene/base/result.hpp"

namespace volpress::renderer {

/// A pipeline with its layout.
struct Pipeline {
  PipelineLayoutHandle layout;
  PipelineHandle pipeline;
};

[[nodiscard]] Result<ShaderHandle> makeShader(const std::shared_ptr<VulkanContext>& context,
                                              shaders::Spirv code, const char* name);

[[nodiscard]] Result<Pipeline> makeComputePipeline(const std::shared_ptr<VulkanContext>& context,
                                                   shaders::Spirv code, std::uint32_t pushBytes,
                                                   const char* name);

/// What differs between our graphics pipelines. Viewport and scissor are dynamic; no depth, no
/// culling, no vertex input.
struct GraphicsPipelineInfo {
  shaders::Spirv vertex;
  shaders::Spirv fragment;
  std::uint32_t pushBytes = 0;
  VkShaderStageFlags pushStages = VK_SHADER_STAGE_VERTEX_BIT;
  VkDescriptorSetLayout setLayout = VK_NULL_HANDLE;
  VkPrimitiveTopology topology = VK_PRIMITIVE_TOPOLOGY_TRIANGLE_LIST;
  bool premultipliedOver = false;            ///< blend, else replace
  VkRenderPass renderPass = VK_NULL_HANDLE;  ///< or, where null, dynamic rendering to:
  VkFormat format = VK_FORMAT_UNDEFINED;
  const char* name = "";
};
[[nodiscard]] Result<Pipeline> makeGraphicsPipeline(const std::shared_ptr<VulkanContext>& context,
                                                    const GraphicsPipelineInfo& info);

}  // namespace volpress::renderer
