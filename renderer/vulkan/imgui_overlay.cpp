#include "renderer/vulkan/imgui_overlay.hpp"

#include <array>
#include <limits>
#include <utility>

#include <backends/imgui_impl_vulkan.h>
#include <imgui.h>

#include "renderer/vulkan/vulkan_commands.hpp"
#include "renderer/vulkan/vulkan_result.hpp"

namespace volpress::renderer {

struct ImguiOverlay::State {
  std::shared_ptr<VulkanContext> context;
  std::vector<std::byte> font;
  DescriptorPoolHandle pool;
  ImGuiContext* imgui = nullptr;
  bool backendReady = false;
  bool frameOpen = false;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (imgui == nullptr) {
      return;
    }
    static_cast<void>(context->waitIdle());
    ImGui::SetCurrentContext(imgui);
    if (backendReady) {
      ImGui_ImplVulkan_Shutdown();
    }
    ImGui::DestroyContext(imgui);
  }
};

namespace {

/// Latin with accents, Greek, Cyrillic, and the signs that numbers and titles use; pairs, then 0.
constexpr std::array<ImWchar, 13> kGlyphs{0x0020, 0x017F, 0x0370, 0x052F, 0x2010, 0x2027, 0x20AC,
                                          0x20AC, 0x2190, 0x2193, 0x2212, 0x2212, 0};

void addFont(std::vector<std::byte>& file, float pixels) {
  ImFontAtlas& fonts = *ImGui::GetIO().Fonts;
  ImFontConfig config;
  config.FontDataOwnedByAtlas = false;
  config.SizePixels = pixels;
  config.GlyphRanges = kGlyphs.data();
  const bool isTrueType =
      file.size() > 4 && file.size() < std::numeric_limits<int>::max() &&
      (file[0] == std::byte{0} && file[1] == std::byte{1} && file[2] == std::byte{0});
  if (!isTrueType || fonts.AddFontFromMemoryTTF(file.data(), static_cast<int>(file.size()), pixels,
                                                &config) == nullptr) {
    fonts.AddFontDefault(&config);
  }
}

}  // namespace

Result<std::unique_ptr<ImguiOverlay>> ImguiOverlay::create(std::shared_ptr<VulkanContext> context,
                                                           const SwapchainPresenter& presenter,
                                                           float fontPixels,
                                                           std::vector<std::byte> font) {
  auto state = std::make_unique<State>();
  state->context = std::move(context);
  state->font = std::move(font);

  const VkDescriptorPoolSize size{VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, 1};
  VkDescriptorPoolCreateInfo poolInfo{};
  poolInfo.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO;
  poolInfo.flags = VK_DESCRIPTOR_POOL_CREATE_FREE_DESCRIPTOR_SET_BIT;
  poolInfo.maxSets = 1;
  poolInfo.poolSizeCount = 1;
  poolInfo.pPoolSizes = &size;
  VkDescriptorPool pool = VK_NULL_HANDLE;
  VOLPRESS_CHECK(
      checkVulkan(vkCreateDescriptorPool(state->context->device(), &poolInfo, nullptr, &pool),
                  "vkCreateDescriptorPool"));
  state->pool = DescriptorPoolHandle(state->context, pool);

  IMGUI_CHECKVERSION();
  state->imgui = ImGui::CreateContext();
  ImGui::SetCurrentContext(state->imgui);
  ImGui::GetIO().IniFilename = nullptr;
  ImGui::GetIO().LogFilename = nullptr;
  addFont(state->font, fontPixels);

  ImGui_ImplVulkan_InitInfo info{};
  info.Instance = state->context->instance();
  info.PhysicalDevice = state->context->physicalDevice();
  info.Device = state->context->device();
  info.QueueFamily = state->context->queueFamily();
  info.Queue = state->context->queue();
  info.DescriptorPool = pool;
  info.MinImageCount = 2;
  info.ImageCount = presenter.imageCount();
  info.MSAASamples = VK_SAMPLE_COUNT_1_BIT;
  if (!ImGui_ImplVulkan_Init(&info, presenter.overlayRenderPass())) {
    return fail(ErrorCode::Internal, "Dear ImGui's Vulkan backend did not start");
  }
  state->backendReady = true;

  VOLPRESS_TRY(CommandRunner runner, CommandRunner::create(state->context));
  bool uploaded = false;
  VOLPRESS_CHECK(runner.run([&](VkCommandBuffer commands) -> Result<void> {
    uploaded = ImGui_ImplVulkan_CreateFontsTexture(commands);
    return {};
  }));
  ImGui_ImplVulkan_DestroyFontUploadObjects();
  if (!uploaded) {
    return fail(ErrorCode::OutOfMemory, "the overlay's font did not fit on {}",
                state->context->deviceName());
  }
  return std::unique_ptr<ImguiOverlay>(new ImguiOverlay(std::move(state)));
}

ImguiOverlay::ImguiOverlay(std::unique_ptr<State> state) : m_state(std::move(state)) {}
ImguiOverlay::~ImguiOverlay() = default;

void ImguiOverlay::newFrame(const OverlayInput& input) {
  ImGui::SetCurrentContext(m_state->imgui);
  if (m_state->frameOpen) {
    ImGui::EndFrame();  // the last one was never drawn
  }
  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = {input.width, input.height};
  io.DeltaTime = input.deltaSeconds > 0 ? input.deltaSeconds : 1.0F / 60;
  io.MousePos = {input.mouseX, input.mouseY};
  io.MouseDown[ImGuiMouseButton_Left] = input.leftDown;
  io.MouseDown[ImGuiMouseButton_Middle] = input.middleDown;
  io.MouseDown[ImGuiMouseButton_Right] = input.rightDown;
  io.MouseWheel = input.wheel;
  ImGui_ImplVulkan_NewFrame();
  ImGui::NewFrame();
  m_state->frameOpen = true;
}

void ImguiOverlay::record(VkCommandBuffer commands) {
  if (!m_state->frameOpen) {
    return;
  }
  ImGui::SetCurrentContext(m_state->imgui);
  ImGui::Render();
  m_state->frameOpen = false;
  ImGui_ImplVulkan_RenderDrawData(ImGui::GetDrawData(), commands);
}

bool ImguiOverlay::wantsPointer() const {
  ImGui::SetCurrentContext(m_state->imgui);
  return ImGui::GetIO().WantCaptureMouse;
}

}  // namespace volpress::renderer
