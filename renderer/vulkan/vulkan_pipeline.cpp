#include "renderer/vulkan/vulkan_pipeline.hpp"

#include <array>

#include "renderer/vulkan/vulkan_result.hpp"

namespace volpress::renderer {
namespace {

Result<PipelineLayoutHandle> makeLayout(const std::shared_ptr<VulkanContext>& context,
                                        VkShaderStageFlags stages, std::uint32_t pushBytes,
                                        VkDescriptorSetLayout setLayout) {
  const VkPushConstantRange range{stages, 0, pushBytes};
  VkPipelineLayoutCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO;
  info.pushConstantRangeCount = pushBytes > 0 ? 1 : 0;
  info.pPushConstantRanges = &range;
  info.setLayoutCount = setLayout != VK_NULL_HANDLE ? 1 : 0;
  info.pSetLayouts = &setLayout;
  VkPipelineLayout layout = VK_NULL_HANDLE;
  VOLPRESS_CHECK(checkVulkan(vkCreatePipelineLayout(context->device(), &info, nullptr, &layout),
                             "vkCreatePipelineLayout"));
  return PipelineLayoutHandle(context, layout);
}

VkPipelineShaderStageCreateInfo stageInfo(VkShaderStageFlagBits stage, VkShaderModule module) {
  VkPipelineShaderStageCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO;
  info.stage = stage;
  info.module = module;
  info.pName = "main";
  return info;
}

}  // namespace

Result<ShaderHandle> makeShader(const std::shared_ptr<VulkanContext>& context, shaders::Spirv code,
                                const char* name) {
  VkShaderModuleCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO;
  info.codeSize = code.size_bytes();
  info.pCode = code.data();
  VkShaderModule module = VK_NULL_HANDLE;
  VOLPRESS_CHECK(checkVulkan(vkCreateShaderModule(context->device(), &info, nullptr, &module),
                             "vkCreateShaderModule"));
  context->setName(VK_OBJECT_TYPE_SHADER_MODULE, reinterpret_cast<std::uint64_t>(module), name);
  return ShaderHandle(context, module);
}

Result<Pipeline> makeComputePipeline(const std::shared_ptr<VulkanContext>& context,
                                     shaders::Spirv code, std::uint32_t pushBytes,
                                     const char* name) {
  VOLPRESS_TRY(const ShaderHandle shader, makeShader(context, code, name));
  Pipeline made;
  VOLPRESS_TRY(made.layout,
               makeLayout(context, VK_SHADER_STAGE_COMPUTE_BIT, pushBytes, VK_NULL_HANDLE));
  VkComputePipelineCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO;
  info.stage = stageInfo(VK_SHADER_STAGE_COMPUTE_BIT, shader.get());
  info.layout = made.layout.get();
  VkPipeline pipeline = VK_NULL_HANDLE;
  VOLPRESS_CHECK(checkVulkan(
      vkCreateComputePipelines(context->device(), VK_NULL_HANDLE, 1, &info, nullptr, &pipeline),
      "vkCreateComputePipelines"));
  made.pipeline = PipelineHandle(context, pipeline);
  context->setName(VK_OBJECT_TYPE_PIPELINE, reinterpret_cast<std::uint64_t>(pipeline), name);
  return made;
}

Result<Pipeline> makeGraphicsPipeline(const std::shared_ptr<VulkanContext>& context,
                                      const GraphicsPipelineInfo& given) {
  VOLPRESS_TRY(const ShaderHandle vertex, makeShader(context, given.vertex, given.name));
  VOLPRESS_TRY(const ShaderHandle fragment, makeShader(context, given.fragment, given.name));
  Pipeline made;
  VOLPRESS_TRY(made.layout,
               makeLayout(context, given.pushStages, given.pushBytes, given.setLayout));

  const std::array stages{stageInfo(VK_SHADER_STAGE_VERTEX_BIT, vertex.get()),
                          stageInfo(VK_SHADER_STAGE_FRAGMENT_BIT, fragment.get())};
  VkPipelineVertexInputStateCreateInfo vertexInput{};
  vertexInput.sType = VK_STRUCTURE_TYPE_PIPELINE_VERTEX_INPUT_STATE_CREATE_INFO;
  VkPipelineInputAssemblyStateCreateInfo assembly{};
  assembly.sType = VK_STRUCTURE_TYPE_PIPELINE_INPUT_ASSEMBLY_STATE_CREATE_INFO;
  assembly.topology = given.topology;
  VkPipelineViewportStateCreateInfo viewport{};
  viewport.sType = VK_STRUCTURE_TYPE_PIPELINE_VIEWPORT_STATE_CREATE_INFO;
  viewport.viewportCount = 1;
  viewport.scissorCount = 1;
  VkPipelineRasterizationStateCreateInfo rasterization{};
  rasterization.sType = VK_STRUCTURE_TYPE_PIPELINE_RASTERIZATION_STATE_CREATE_INFO;
  rasterization.polygonMode = VK_POLYGON_MODE_FILL;
  rasterization.cullMode = VK_CULL_MODE_NONE;
  rasterization.lineWidth = 1;
  VkPipelineMultisampleStateCreateInfo multisample{};
  multisample.sType = VK_STRUCTURE_TYPE_PIPELINE_MULTISAMPLE_STATE_CREATE_INFO;
  multisample.rasterizationSamples = VK_SAMPLE_COUNT_1_BIT;

  VkPipelineColorBlendAttachmentState attachment{};
  attachment.colorWriteMask = VK_COLOR_COMPONENT_R_BIT | VK_COLOR_COMPONENT_G_BIT |
                              VK_COLOR_COMPONENT_B_BIT | VK_COLOR_COMPONENT_A_BIT;
  attachment.blendEnable = given.premultipliedOver ? VK_TRUE : VK_FALSE;
  attachment.srcColorBlendFactor = VK_BLEND_FACTOR_ONE;
  attachment.dstColorBlendFactor = VK_BLEND_FACTOR_ONE_MINUS_SRC_ALPHA;
  attachment.colorBlendOp = VK_BLEND_OP_ADD;
  attachment.srcAlphaBlendFactor = VK_BLEND_FACTOR_ONE;
  attachment.dstAlphaBlendFactor = VK_BLEND_FACTOR_ONE_MINUS_SRC_ALPHA;
  attachment.alphaBlendOp = VK_BLEND_OP_ADD;
  VkPipelineColorBlendStateCreateInfo blend{};
  blend.sType = VK_STRUCTURE_TYPE_PIPELINE_COLOR_BLEND_STATE_CREATE_INFO;
  blend.attachmentCount = 1;
  blend.pAttachments = &attachment;

  constexpr std::array kDynamic{VK_DYNAMIC_STATE_VIEWPORT, VK_DYNAMIC_STATE_SCISSOR};
  VkPipelineDynamicStateCreateInfo dynamic{};
  dynamic.sType = VK_STRUCTURE_TYPE_PIPELINE_DYNAMIC_STATE_CREATE_INFO;
  dynamic.dynamicStateCount = kDynamic.size();
  dynamic.pDynamicStates = kDynamic.data();

  VkPipelineRenderingCreateInfo rendering{};
  rendering.sType = VK_STRUCTURE_TYPE_PIPELINE_RENDERING_CREATE_INFO;
  rendering.colorAttachmentCount = 1;
  rendering.pColorAttachmentFormats = &given.format;

  VkGraphicsPipelineCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_GRAPHICS_PIPELINE_CREATE_INFO;
  info.pNext = given.renderPass == VK_NULL_HANDLE ? &rendering : nullptr;
  info.stageCount = stages.size();
  info.pStages = stages.data();
  info.pVertexInputState = &vertexInput;
  info.pInputAssemblyState = &assembly;
  info.pViewportState = &viewport;
  info.pRasterizationState = &rasterization;
  info.pMultisampleState = &multisample;
  info.pColorBlendState = &blend;
  info.pDynamicState = &dynamic;
  info.layout = made.layout.get();
  info.renderPass = given.renderPass;
  VkPipeline pipeline = VK_NULL_HANDLE;
  VOLPRESS_CHECK(checkVulkan(
      vkCreateGraphicsPipelines(context->device(), VK_NULL_HANDLE, 1, &info, nullptr, &pipeline),
      "vkCreateGraphicsPipelines"));
  made.pipeline = PipelineHandle(context, pipeline);
  context->setName(VK_OBJECT_TYPE_PIPELINE, reinterpret_cast<std::uint64_t>(pipeline), given.name);
  return made;
}

}  // namespace volpress::renderer
