// A real window (under Xvfb in tests): what the presenter draws is read back from the screen.
#include <array>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <imgui.h>
#include <vulkan/vulkan_core.h>
#include <xcb/xcb.h>
// after both of the above
#include <vulkan/vulkan_xcb.h>

#include "renderer/vulkan/gaussian_renderer.hpp"
#include "renderer/vulkan/imgui_overlay.hpp"
#include "renderer/vulkan/swapchain_presenter.hpp"
#include "tests/support/test_clouds.hpp"
#include "tests/vulkan/gpu_fixture.hpp"

namespace volpress {
namespace {

using renderer::Pane;
using renderer::PresentOutcome;
using Rgb = std::array<int, 3>;

/// An X11 window of its own connection.
class TestWindow {
public:
  TestWindow(std::uint16_t width, std::uint16_t height)
      : m_connection(xcb_connect(nullptr, nullptr)) {
    if (xcb_connection_has_error(m_connection) != 0) {
      return;
    }
    const xcb_screen_t* screen = xcb_setup_roots_iterator(xcb_get_setup(m_connection)).data;
    m_window = xcb_generate_id(m_connection);
    xcb_create_window(m_connection, XCB_COPY_FROM_PARENT, m_window, screen->root, 0, 0, width,
                      height, 0, XCB_WINDOW_CLASS_INPUT_OUTPUT, screen->root_visual, 0, nullptr);
    xcb_map_window(m_connection, m_window);
    sync();
  }
  ~TestWindow() { xcb_disconnect(m_connection); }
  TestWindow(const TestWindow&) = delete;
  TestWindow& operator=(const TestWindow&) = delete;

  [[nodiscard]] bool isOpen() const { return m_window != 0; }
  [[nodiscard]] VkSurfaceKHR makeSurface(VkInstance instance) const {
    VkXcbSurfaceCreateInfoKHR info{};
    info.sType = VK_STRUCTURE_TYPE_XCB_SURFACE_CREATE_INFO_KHR;
    info.connection = m_connection;
    info.window = m_window;
    const auto create = reinterpret_cast<PFN_vkCreateXcbSurfaceKHR>(
        vkGetInstanceProcAddr(instance, "vkCreateXcbSurfaceKHR"));
    VkSurfaceKHR surface = VK_NULL_HANDLE;
    return create(instance, &info, nullptr, &surface) == VK_SUCCESS ? surface : VK_NULL_HANDLE;
  }
  void resize(std::uint32_t width, std::uint32_t height) {
    const std::array values{width, height};
    xcb_configure_window(m_connection, m_window, XCB_CONFIG_WINDOW_WIDTH | XCB_CONFIG_WINDOW_HEIGHT,
                         values.data());
    sync();
  }
  [[nodiscard]] Rgb pixel(std::int16_t x, std::int16_t y) const {
    const auto cookie =
        xcb_get_image(m_connection, XCB_IMAGE_FORMAT_Z_PIXMAP, m_window, x, y, 1, 1, ~0U);
    xcb_get_image_reply_t* reply = xcb_get_image_reply(m_connection, cookie, nullptr);
    if (reply == nullptr) {
      return {-1, -1, -1};
    }
    const std::uint8_t* bgr = xcb_get_image_data(reply);
    const Rgb rgb{bgr[2], bgr[1], bgr[0]};
    std::free(reply);
    return rgb;
  }

private:
  void sync() const {
    std::free(xcb_get_input_focus_reply(m_connection, xcb_get_input_focus(m_connection), nullptr));
  }
  xcb_connection_t* m_connection;
  xcb_window_t m_window = 0;
};

std::vector<std::uint8_t> plain(std::size_t width, std::size_t height, Rgb rgb) {
  std::vector<std::uint8_t> pixels;
  for (std::size_t i = 0; i < width * height; ++i) {
    for (const int channel : rgb) {
      pixels.push_back(static_cast<std::uint8_t>(channel));
    }
    pixels.push_back(255);
  }
  return pixels;
}

class PresenterTest : public ::testing::Test {
protected:
  void SetUp() override {
    if (std::getenv("DISPLAY") == nullptr) {
      GTEST_SKIP() << "no display";
    }
    window = std::make_unique<TestWindow>(std::uint16_t{200}, std::uint16_t{150});
    if (!window->isOpen()) {
      GTEST_SKIP() << "the display cannot be opened";
    }
    renderer::ContextOptions options;
    options.instanceExtensions = {"VK_KHR_surface", "VK_KHR_xcb_surface"};
    options.swapchain = true;
    options.validation = true;
    auto made = renderer::VulkanContext::create(options);
    if (!made) {
      GTEST_SKIP() << made.error().message;
    }
    context = *made;
    surface = window->makeSurface(context->instance());
    ASSERT_NE(surface, VkSurfaceKHR{VK_NULL_HANDLE});
    auto presenterMade = renderer::SwapchainPresenter::create(context, surface);
    ASSERT_TRUE(presenterMade) << presenterMade.error().message;
    presenter = std::move(*presenterMade);
  }

  void TearDown() override {
    presenter.reset();
    if (surface != VK_NULL_HANDLE) {
      vkDestroySurfaceKHR(context->instance(), surface, nullptr);
    }
    if (context) {
      EXPECT_EQ(context->validationErrors(), 0U) << context->firstValidationError();
    }
    context.reset();
    window.reset();
  }

  /// Presents until a frame is shown; a resize may take some attempts.
  void show(std::uint32_t width, std::uint32_t height, const std::vector<Pane>& panes,
            const std::function<Result<void>(VkCommandBuffer)>& draw = {},
            const std::function<void(VkCommandBuffer)>& overlay = {}) {
    for (int attempt = 0; attempt < 10; ++attempt) {
      const auto outcome = presenter->present(width, height, panes, draw, overlay);
      ASSERT_TRUE(outcome) << outcome.error().message;
      if (*outcome == PresentOutcome::Presented) {
        return;
      }
    }
    FAIL() << "nothing was presented in ten attempts";
  }

  /// The screen shows a frame some time after it was presented.
  [[nodiscard]] Rgb pixelWhenShown(std::int16_t x, std::int16_t y, Rgb expected) const {
    Rgb seen{};
    for (int attempt = 0; attempt < 400; ++attempt) {
      seen = window->pixel(x, y);
      if (seen == expected) {
        break;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return seen;
  }

  std::unique_ptr<TestWindow> window;
  std::shared_ptr<renderer::VulkanContext> context;
  VkSurfaceKHR surface = VK_NULL_HANDLE;
  std::unique_ptr<renderer::SwapchainPresenter> presenter;
};

TEST_F(PresenterTest, wipeShowsTwoPicturesInTheirScissors) {
  renderer::UploadedPicture left(context);
  renderer::UploadedPicture right(context);
  ASSERT_TRUE(left.setPixels(200, 150, plain(200, 150, {255, 0, 17})));
  ASSERT_TRUE(right.setPixels(100, 75, plain(100, 75, {3, 200, 255})));
  std::vector<Pane> panes(2);
  panes[0].picture = &left;
  panes[0].width = 200;
  panes[0].height = 150;
  panes[0].scissor = {{0, 0}, {80, 150}};
  panes[1] = panes[0];
  panes[1].picture = &right;
  panes[1].scissor = {{80, 0}, {10000, 100}};
  presenter->setClearColor(0, 0, 1);
  for (int frame = 0; frame < 4; ++frame) {
    show(200, 150, panes);
  }
  EXPECT_EQ(pixelWhenShown(79, 75, {255, 0, 17}), (Rgb{255, 0, 17}));
  EXPECT_EQ(pixelWhenShown(80, 75, {3, 200, 255}), (Rgb{3, 200, 255}));
  EXPECT_EQ(pixelWhenShown(150, 120, {0, 0, 255}), (Rgb{0, 0, 255})) << "where no pane lies";
  static_cast<void>(context->waitIdle());
}

TEST_F(PresenterTest, differencesAreComputedPerChannel) {
  renderer::UploadedPicture picture(context);
  renderer::UploadedPicture reference(context);
  ASSERT_TRUE(picture.setPixels(10, 10, plain(10, 10, {100, 50, 10})));
  ASSERT_TRUE(reference.setPixels(10, 10, plain(10, 10, {80, 60, 10})));
  std::vector<Pane> panes(1);
  panes[0].picture = &picture;
  panes[0].reference = &reference;
  panes[0].mode = renderer::PaneMode::AbsoluteDifference;
  panes[0].gain = 5;
  panes[0].width = 200;
  panes[0].height = 150;
  panes[0].scissor = {{0, 0}, {200, 150}};
  for (int frame = 0; frame < 4; ++frame) {
    show(200, 150, panes);
  }
  EXPECT_EQ(pixelWhenShown(100, 75, {100, 50, 0}), (Rgb{100, 50, 0}));
  static_cast<void>(context->waitIdle());
}

TEST_F(PresenterTest, drawnPicturesAndOverlayFollowAResize) {
  const auto gaussians = renderer::VulkanGaussianRenderer::create(context);
  ASSERT_TRUE(gaussians) << gaussians.error().message;
  const auto scene = (*gaussians)->upload(testing::randomCloud(500, 1, 3));
  ASSERT_TRUE(scene) << scene.error().message;
  const auto picture = (*gaussians)->makePicture(200, 150);
  ASSERT_TRUE(picture) << picture.error().message;
  const auto overlay = renderer::ImguiOverlay::create(context, *presenter, 26);
  ASSERT_TRUE(overlay) << overlay.error().message;
  renderer::RenderOptions options;
  options.background = {1, 0, 0};

  const auto present = [&](std::uint32_t width, std::uint32_t height) {
    ASSERT_TRUE(context->waitIdle());
    ASSERT_TRUE((*picture)->resize(width, height));
    Pane pane;
    pane.picture = picture->get();
    pane.width = static_cast<float>(width);
    pane.height = static_cast<float>(height);
    pane.scissor = {{0, 0}, {width, height}};
    renderer::OverlayInput input;
    input.width = pane.width;
    input.height = pane.height;
    for (int frame = 0; frame < 4; ++frame) {
      (*overlay)->newFrame(input);
      ImGui::GetForegroundDrawList()->AddRectFilled({0, 0}, {20, 20}, IM_COL32(0, 255, 0, 255));
      show(
          width, height, {pane},
          [&](VkCommandBuffer commands) {
            return (*gaussians)
                ->record(commands, **scene, testing::frontCamera(width, height, 30), options,
                         **picture);
          },
          [&](VkCommandBuffer commands) { (*overlay)->record(commands); });
    }
  };
  present(200, 150);
  EXPECT_EQ(pixelWhenShown(10, 10, {0, 255, 0}), (Rgb{0, 255, 0})) << "the overlay";
  EXPECT_EQ(pixelWhenShown(195, 145, {255, 0, 0}), (Rgb{255, 0, 0})) << "the picture";
  window->resize(320, 240);
  present(320, 240);
  EXPECT_EQ(presenter->extent().width, 320U);
  EXPECT_EQ(pixelWhenShown(315, 235, {255, 0, 0}), (Rgb{255, 0, 0}));
  static_cast<void>(context->waitIdle());
}

TEST_F(PresenterTest, minimisedWindowIsNotNow) {
  const auto outcome = presenter->present(0, 0, {}, {}, {});
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(*outcome, PresentOutcome::NotNow);
}

TEST_F(PresenterTest, failedDrawingLeavesThePresenterUsable) {
  const auto failed = presenter->present(
      200, 150, {},
      [](VkCommandBuffer) -> Result<void> { return fail(ErrorCode::OutOfMemory, "no room"); }, {});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::OutOfMemory);
  show(200, 150, {});
}

}  // namespace
}  // namespace volpress
