#include "renderer/vulkan/swapchain_presenter.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "renderer/vulkan/swapchain.hpp"
#include "renderer/vulkan/vulkan_pipeline.hpp"
#include "renderer/vulkan/vulkan_result.hpp"
#include "shaders/shared/compose_layout.h"

namespace volpress::renderer {
namespace {

constexpr std::uint32_t kMaxPanes = 16;

Result<RenderPassHandle> makeRenderPass(const std::shared_ptr<VulkanContext>& context,
                                        VkFormat format) {
  VkAttachmentDescription attachment{};
  attachment.format = format;
  attachment.samples = VK_SAMPLE_COUNT_1_BIT;
  attachment.loadOp = VK_ATTACHMENT_LOAD_OP_CLEAR;
  attachment.storeOp = VK_ATTACHMENT_STORE_OP_STORE;
  attachment.stencilLoadOp = VK_ATTACHMENT_LOAD_OP_DONT_CARE;
  attachment.stencilStoreOp = VK_ATTACHMENT_STORE_OP_DONT_CARE;
  attachment.initialLayout = VK_IMAGE_LAYOUT_UNDEFINED;
  attachment.finalLayout = VK_IMAGE_LAYOUT_PRESENT_SRC_KHR;
  const VkAttachmentReference reference{0, VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL};
  VkSubpassDescription subpass{};
  subpass.pipelineBindPoint = VK_PIPELINE_BIND_POINT_GRAPHICS;
  subpass.colorAttachmentCount = 1;
  subpass.pColorAttachments = &reference;
  // The image may be written once the acquire semaphore has passed at this stage.
  VkSubpassDependency dependency{};
  dependency.srcSubpass = VK_SUBPASS_EXTERNAL;
  dependency.dstSubpass = 0;
  dependency.srcStageMask = VK_PIPELINE_STAGE_COLOR_ATTACHMENT_OUTPUT_BIT;
  dependency.dstStageMask = VK_PIPELINE_STAGE_COLOR_ATTACHMENT_OUTPUT_BIT;
  dependency.dstAccessMask =
      VK_ACCESS_COLOR_ATTACHMENT_READ_BIT | VK_ACCESS_COLOR_ATTACHMENT_WRITE_BIT;
  VkRenderPassCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_RENDER_PASS_CREATE_INFO;
  info.attachmentCount = 1;
  info.pAttachments = &attachment;
  info.subpassCount = 1;
  info.pSubpasses = &subpass;
  info.dependencyCount = 1;
  info.pDependencies = &dependency;
  VkRenderPass renderPass = VK_NULL_HANDLE;
  VOLPRESS_CHECK(checkVulkan(vkCreateRenderPass(context->device(), &info, nullptr, &renderPass),
                             "vkCreateRenderPass"));
  return RenderPassHandle(context, renderPass);
}

Result<SamplerHandle> makeSampler(const std::shared_ptr<VulkanContext>& context, VkFilter filter) {
  VkSamplerCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_SAMPLER_CREATE_INFO;
  info.magFilter = filter;
  info.minFilter = filter;
  info.addressModeU = VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE;
  info.addressModeV = VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE;
  info.addressModeW = VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE;
  VkSampler sampler = VK_NULL_HANDLE;
  VOLPRESS_CHECK(
      checkVulkan(vkCreateSampler(context->device(), &info, nullptr, &sampler), "vkCreateSampler"));
  return SamplerHandle(context, sampler);
}

std::uint32_t shaderMode(const Pane& pane) {
  if (pane.reference == nullptr || pane.mode == PaneMode::Picture) {
    return VP_PANE_PICTURE;
  }
  return pane.mode == PaneMode::AbsoluteDifference ? VP_PANE_ABSOLUTE : VP_PANE_SIGNED;
}

/// The part of `wanted` inside the window; empty where there is none.
VkRect2D clipped(const VkRect2D& wanted, VkExtent2D window) {
  const auto clip = [](std::int64_t value, std::uint32_t limit) {
    return std::clamp<std::int64_t>(value, 0, limit);
  };
  const std::int64_t left = clip(wanted.offset.x, window.width);
  const std::int64_t top = clip(wanted.offset.y, window.height);
  const std::int64_t right =
      clip(std::int64_t{wanted.offset.x} + wanted.extent.width, window.width);
  const std::int64_t bottom =
      clip(std::int64_t{wanted.offset.y} + wanted.extent.height, window.height);
  return {{static_cast<std::int32_t>(left), static_cast<std::int32_t>(top)},
          {static_cast<std::uint32_t>(right - left), static_cast<std::uint32_t>(bottom - top)}};
}

}  // namespace

struct SwapchainPresenter::State {
  std::shared_ptr<VulkanContext> context;
  VkSurfaceKHR surface = VK_NULL_HANDLE;
  VkSurfaceFormatKHR format{};
  std::uint32_t wantedImages = 2;
  std::array<float, 3> clearColor{};

  RenderPassHandle renderPass;
  DescriptorSetLayoutHandle setLayout;
  DescriptorPoolHandle pool;
  SamplerHandle linear, nearest;
  Pipeline compose;
  CommandPoolHandle commandPool;
  VkCommandBuffer pictureCommands = VK_NULL_HANDLE;
  VkCommandBuffer composeCommands = VK_NULL_HANDLE;
  FenceHandle fence;  ///< signalled while no frame is in flight
  SemaphoreHandle acquired;
  Swapchain swapchain;
  bool stale = true;

  ~State() {
    if (context) {
      static_cast<void>(context->waitIdle());
    }
  }

  Result<void> initialise();
  Result<void> makeComposePipeline();
  Result<bool> prepareSwapchain(std::uint32_t width, std::uint32_t height);
  Result<void> recordPictures(std::span<const Pane> panes,
                              const std::function<Result<void>(VkCommandBuffer)>& drawPictures);
  Result<void> recordFrame(const Swapchain::Image& target, std::span<const Pane> panes,
                           const std::function<void(VkCommandBuffer)>& overlay);
  Result<void> recordPane(const Pane& pane);
};

Result<void> SwapchainPresenter::State::initialise() {
  VkBool32 supported = VK_FALSE;
  VOLPRESS_CHECK(
      checkVulkan(vkGetPhysicalDeviceSurfaceSupportKHR(context->physicalDevice(),
                                                       context->queueFamily(), surface, &supported),
                  "vkGetPhysicalDeviceSurfaceSupportKHR"));
  if (supported == VK_FALSE) {
    return fail(ErrorCode::InvalidParameter, "{} cannot present to this window",
                context->deviceName());
  }
  VOLPRESS_TRY(format, chooseSurfaceFormat(*context, surface));
  VkSurfaceCapabilitiesKHR capabilities{};
  VOLPRESS_CHECK(checkVulkan(
      vkGetPhysicalDeviceSurfaceCapabilitiesKHR(context->physicalDevice(), surface, &capabilities),
      "vkGetPhysicalDeviceSurfaceCapabilitiesKHR"));
  wantedImages = std::max(2U, wantedImageCount(capabilities));
  VOLPRESS_TRY(renderPass, makeRenderPass(context, format.format));
  VOLPRESS_TRY(linear, makeSampler(context, VK_FILTER_LINEAR));
  VOLPRESS_TRY(nearest, makeSampler(context, VK_FILTER_NEAREST));
  VOLPRESS_CHECK(makeComposePipeline());
  VOLPRESS_TRY(acquired, makeSemaphore(context));

  VkCommandPoolCreateInfo poolInfo{};
  poolInfo.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO;
  poolInfo.queueFamilyIndex = context->queueFamily();
  VkCommandPool handle = VK_NULL_HANDLE;
  VOLPRESS_CHECK(checkVulkan(vkCreateCommandPool(context->device(), &poolInfo, nullptr, &handle),
                             "vkCreateCommandPool"));
  commandPool = CommandPoolHandle(context, handle);
  VkCommandBufferAllocateInfo bufferInfo{};
  bufferInfo.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO;
  bufferInfo.commandPool = handle;
  bufferInfo.level = VK_COMMAND_BUFFER_LEVEL_PRIMARY;
  bufferInfo.commandBufferCount = 1;
  for (VkCommandBuffer* commands : {&pictureCommands, &composeCommands}) {
    VOLPRESS_CHECK(checkVulkan(vkAllocateCommandBuffers(context->device(), &bufferInfo, commands),
                               "vkAllocateCommandBuffers"));
  }
  VkFenceCreateInfo fenceInfo{};
  fenceInfo.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO;
  fenceInfo.flags = VK_FENCE_CREATE_SIGNALED_BIT;
  VkFence fenceHandle = VK_NULL_HANDLE;
  VOLPRESS_CHECK(checkVulkan(vkCreateFence(context->device(), &fenceInfo, nullptr, &fenceHandle),
                             "vkCreateFence"));
  fence = FenceHandle(context, fenceHandle);
  return {};
}

Result<void> SwapchainPresenter::State::makeComposePipeline() {
  std::array<VkDescriptorSetLayoutBinding, 2> bindings{};
  for (std::uint32_t i = 0; i < bindings.size(); ++i) {
    bindings[i] = {i, VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, 1, VK_SHADER_STAGE_FRAGMENT_BIT,
                   nullptr};
  }
  VkDescriptorSetLayoutCreateInfo layoutInfo{};
  layoutInfo.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO;
  layoutInfo.bindingCount = bindings.size();
  layoutInfo.pBindings = bindings.data();
  VkDescriptorSetLayout layout = VK_NULL_HANDLE;
  VOLPRESS_CHECK(
      checkVulkan(vkCreateDescriptorSetLayout(context->device(), &layoutInfo, nullptr, &layout),
                  "vkCreateDescriptorSetLayout"));
  setLayout = DescriptorSetLayoutHandle(context, layout);

  const VkDescriptorPoolSize size{VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, 2 * kMaxPanes};
  VkDescriptorPoolCreateInfo poolInfo{};
  poolInfo.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO;
  poolInfo.maxSets = kMaxPanes;
  poolInfo.poolSizeCount = 1;
  poolInfo.pPoolSizes = &size;
  VkDescriptorPool handle = VK_NULL_HANDLE;
  VOLPRESS_CHECK(checkVulkan(vkCreateDescriptorPool(context->device(), &poolInfo, nullptr, &handle),
                             "vkCreateDescriptorPool"));
  pool = DescriptorPoolHandle(context, handle);

  GraphicsPipelineInfo info;
  info.vertex = shaders::composeVertex();
  info.fragment = shaders::composeFragment();
  info.pushBytes = sizeof(layout::PaneConstants);
  info.pushStages = VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT;
  info.setLayout = layout;
  info.topology = VK_PRIMITIVE_TOPOLOGY_TRIANGLE_STRIP;
  info.renderPass = renderPass.get();
  info.name = "compose";
  VOLPRESS_TRY(compose, makeGraphicsPipeline(context, info));
  return {};
}

/// False when the window has no size now.
Result<bool> SwapchainPresenter::State::prepareSwapchain(std::uint32_t width,
                                                         std::uint32_t height) {
  VkSurfaceCapabilitiesKHR capabilities{};
  VOLPRESS_CHECK(checkVulkan(
      vkGetPhysicalDeviceSurfaceCapabilitiesKHR(context->physicalDevice(), surface, &capabilities),
      "vkGetPhysicalDeviceSurfaceCapabilitiesKHR"));
  VkExtent2D extent = capabilities.currentExtent;
  if (extent.width == UINT32_MAX) {
    extent.width =
        std::clamp(width, capabilities.minImageExtent.width, capabilities.maxImageExtent.width);
    extent.height =
        std::clamp(height, capabilities.minImageExtent.height, capabilities.maxImageExtent.height);
  }
  if (width == 0 || height == 0 || extent.width == 0 || extent.height == 0) {
    return false;
  }
  if (!stale && extent.width == swapchain.extent().width &&
      extent.height == swapchain.extent().height) {
    return true;
  }
  VOLPRESS_CHECK(context->waitIdle());
  VOLPRESS_TRY(swapchain, Swapchain::create(context, surface, format, extent, capabilities,
                                            renderPass.get(), swapchain));
  stale = false;
  return true;
}

Result<void> SwapchainPresenter::State::recordPictures(
    std::span<const Pane> panes, const std::function<Result<void>(VkCommandBuffer)>& drawPictures) {
  VkCommandBufferBeginInfo begin{};
  begin.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO;
  begin.flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT;
  VOLPRESS_CHECK(
      checkVulkan(vkBeginCommandBuffer(pictureCommands, &begin), "vkBeginCommandBuffer"));
  if (drawPictures) {
    VOLPRESS_CHECK(drawPictures(pictureCommands));
  }
  for (const Pane& pane : panes) {
    for (PictureSource* source : {pane.picture, pane.reference}) {
      if (source != nullptr) {
        VOLPRESS_CHECK(source->prepareForReading(pictureCommands));
      }
    }
  }
  return checkVulkan(vkEndCommandBuffer(pictureCommands), "vkEndCommandBuffer");
}

Result<void> SwapchainPresenter::State::recordPane(const Pane& pane) {
  const VkExtent2D window = swapchain.extent();
  const VkRect2D scissor = clipped(pane.scissor, window);
  if (pane.picture == nullptr || pane.picture->view() == VK_NULL_HANDLE ||
      scissor.extent.width == 0 || scissor.extent.height == 0) {
    return {};
  }
  const bool hasReference = pane.reference != nullptr && pane.reference->view() != VK_NULL_HANDLE;

  VkDescriptorSetLayout layout = setLayout.get();
  VkDescriptorSetAllocateInfo allocate{};
  allocate.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO;
  allocate.descriptorPool = pool.get();
  allocate.descriptorSetCount = 1;
  allocate.pSetLayouts = &layout;
  VkDescriptorSet set = VK_NULL_HANDLE;
  VOLPRESS_CHECK(checkVulkan(vkAllocateDescriptorSets(context->device(), &allocate, &set),
                             "vkAllocateDescriptorSets"));
  const VkSampler sampler = pane.smooth ? linear.get() : nearest.get();
  const VkImageView view = pane.picture->view();
  const std::array<VkDescriptorImageInfo, 2> images{
      {{sampler, view, VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL},
       {sampler, hasReference ? pane.reference->view() : view,
        VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL}}};
  VkWriteDescriptorSet write{};
  write.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET;
  write.dstSet = set;
  write.descriptorCount = images.size();
  write.descriptorType = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER;
  write.pImageInfo = images.data();
  vkUpdateDescriptorSets(context->device(), 1, &write, 0, nullptr);

  const auto width = static_cast<float>(window.width);
  const auto height = static_cast<float>(window.height);
  layout::PaneConstants constants{};
  constants.x = 2 * pane.x / width - 1;
  constants.y = 2 * pane.y / height - 1;
  constants.width = 2 * pane.width / width;
  constants.height = 2 * pane.height / height;
  constants.mode = hasReference ? shaderMode(pane) : VP_PANE_PICTURE;
  constants.gain = pane.gain;
  vkCmdSetScissor(composeCommands, 0, 1, &scissor);
  vkCmdBindDescriptorSets(composeCommands, VK_PIPELINE_BIND_POINT_GRAPHICS, compose.layout.get(), 0,
                          1, &set, 0, nullptr);
  vkCmdPushConstants(composeCommands, compose.layout.get(),
                     VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT, 0,
                     sizeof(constants), &constants);
  vkCmdDraw(composeCommands, 4, 1, 0, 0);
  return {};
}

Result<void> SwapchainPresenter::State::recordFrame(
    const Swapchain::Image& target, std::span<const Pane> panes,
    const std::function<void(VkCommandBuffer)>& overlay) {
  VkCommandBufferBeginInfo begin{};
  begin.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO;
  begin.flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT;
  VOLPRESS_CHECK(
      checkVulkan(vkBeginCommandBuffer(composeCommands, &begin), "vkBeginCommandBuffer"));
  VkClearValue clear{};
  clear.color = {{clearColor[0], clearColor[1], clearColor[2], 1}};
  VkRenderPassBeginInfo pass{};
  pass.sType = VK_STRUCTURE_TYPE_RENDER_PASS_BEGIN_INFO;
  pass.renderPass = renderPass.get();
  pass.framebuffer = target.framebuffer.get();
  pass.renderArea.extent = swapchain.extent();
  pass.clearValueCount = 1;
  pass.pClearValues = &clear;
  vkCmdBeginRenderPass(composeCommands, &pass, VK_SUBPASS_CONTENTS_INLINE);
  vkCmdBindPipeline(composeCommands, VK_PIPELINE_BIND_POINT_GRAPHICS, compose.pipeline.get());
  const VkViewport viewport{0,
                            0,
                            static_cast<float>(swapchain.extent().width),
                            static_cast<float>(swapchain.extent().height),
                            0,
                            1};
  vkCmdSetViewport(composeCommands, 0, 1, &viewport);
  VOLPRESS_CHECK(checkVulkan(vkResetDescriptorPool(context->device(), pool.get(), 0),
                             "vkResetDescriptorPool"));
  for (const Pane& pane : panes) {
    VOLPRESS_CHECK(recordPane(pane));
  }
  if (overlay) {
    overlay(composeCommands);
  }
  vkCmdEndRenderPass(composeCommands);
  return checkVulkan(vkEndCommandBuffer(composeCommands), "vkEndCommandBuffer");
}

Result<std::unique_ptr<SwapchainPresenter>> SwapchainPresenter::create(
    std::shared_ptr<VulkanContext> context, VkSurfaceKHR surface) {
  auto state = std::make_unique<State>();
  state->context = std::move(context);
  state->surface = surface;
  VOLPRESS_CHECK(state->initialise());
  return std::unique_ptr<SwapchainPresenter>(new SwapchainPresenter(std::move(state)));
}

SwapchainPresenter::SwapchainPresenter(std::unique_ptr<State> state) : m_state(std::move(state)) {}
SwapchainPresenter::~SwapchainPresenter() = default;

Result<PresentOutcome> SwapchainPresenter::present(
    std::uint32_t width, std::uint32_t height, std::span<const Pane> panes,
    const std::function<Result<void>(VkCommandBuffer)>& drawPictures,
    const std::function<void(VkCommandBuffer)>& overlay) {
  State& state = *m_state;
  VkDevice device = state.context->device();
  if (panes.size() > kMaxPanes) {
    return fail(ErrorCode::InvalidParameter, "{} panes; a window shows up to {}", panes.size(),
                kMaxPanes);
  }
  VOLPRESS_CHECK(checkVulkan(vkWaitForFences(device, 1, state.fence.address(), VK_TRUE, UINT64_MAX),
                             "vkWaitForFences"));
  VOLPRESS_TRY(const bool hasSize, state.prepareSwapchain(width, height));
  if (!hasSize) {
    return PresentOutcome::NotNow;
  }
  VOLPRESS_CHECK(
      checkVulkan(vkResetCommandPool(device, state.commandPool.get(), 0), "vkResetCommandPool"));
  // What can fail for reasons of the pictures comes before an image is acquired, which would have
  // to be presented.
  VOLPRESS_CHECK(state.recordPictures(panes, drawPictures));

  std::uint32_t index = 0;
  const VkResult acquire = vkAcquireNextImageKHR(device, state.swapchain.get(), UINT64_MAX,
                                                 state.acquired.get(), VK_NULL_HANDLE, &index);
  const bool outOfDate = acquire == VK_ERROR_OUT_OF_DATE_KHR;
  if (!outOfDate) {
    VOLPRESS_CHECK(checkVulkan(acquire, "vkAcquireNextImageKHR"));
    VOLPRESS_CHECK(state.recordFrame(state.swapchain.image(index), panes, overlay));
  }

  // An out-of-date window still gets its pictures drawn and uploads done: they are not redone.
  const std::array commands{state.pictureCommands, state.composeCommands};
  constexpr VkPipelineStageFlags kWaitStage = VK_PIPELINE_STAGE_COLOR_ATTACHMENT_OUTPUT_BIT;
  VkSubmitInfo submit{};
  submit.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO;
  submit.commandBufferCount = outOfDate ? 1 : 2;
  submit.pCommandBuffers = commands.data();
  if (!outOfDate) {
    submit.waitSemaphoreCount = 1;
    submit.pWaitSemaphores = state.acquired.address();
    submit.pWaitDstStageMask = &kWaitStage;
    submit.signalSemaphoreCount = 1;
    submit.pSignalSemaphores = state.swapchain.image(index).drawn.address();
  }
  VOLPRESS_CHECK(checkVulkan(vkResetFences(device, 1, state.fence.address()), "vkResetFences"));
  VOLPRESS_CHECK(state.context->submit(submit, state.fence.get()));
  if (outOfDate) {
    state.stale = true;
    return PresentOutcome::NotNow;
  }

  const VkSwapchainKHR swapchain = state.swapchain.get();
  VkPresentInfoKHR present{};
  present.sType = VK_STRUCTURE_TYPE_PRESENT_INFO_KHR;
  present.waitSemaphoreCount = 1;
  present.pWaitSemaphores = state.swapchain.image(index).drawn.address();
  present.swapchainCount = 1;
  present.pSwapchains = &swapchain;
  present.pImageIndices = &index;
  const VkResult result = state.context->present(present);
  state.stale = acquire == VK_SUBOPTIMAL_KHR || result == VK_SUBOPTIMAL_KHR ||
                result == VK_ERROR_OUT_OF_DATE_KHR;
  if (result == VK_ERROR_OUT_OF_DATE_KHR) {
    return PresentOutcome::NotNow;
  }
  VOLPRESS_CHECK(checkVulkan(result, "vkQueuePresentKHR"));
  return PresentOutcome::Presented;
}

void SwapchainPresenter::setClearColor(float red, float green, float blue) noexcept {
  m_state->clearColor = {red, green, blue};
}

VkRenderPass SwapchainPresenter::overlayRenderPass() const noexcept {
  return m_state->renderPass.get();
}

std::uint32_t SwapchainPresenter::imageCount() const noexcept { return m_state->wantedImages; }

VkExtent2D SwapchainPresenter::extent() const noexcept { return m_state->swapchain.extent(); }

}  // namespace volpress::renderer
