// Depth order on the CPU, for devices that are the CPU: there a scalar radix sort outruns the
// compute passes many times over.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "renderer/vulkan/gaussian_scene.hpp"
#include "scene/types/camera.hpp"

namespace volpress::renderer {

/// Keeps its scratch memory between frames. One thread.
class HostSort {
public:
  /// Writes the splats that may be seen, nearest first (ties in splat order), into `order` (at
  /// least scene.count()) and returns how many. Every chunk of the scene must be mapped.
  [[nodiscard]] std::size_t sort(const PackedScene& scene, const Camera& camera,
                                 std::span<std::uint32_t> order);

private:
  struct Entry {
    std::uint32_t key;
    std::uint32_t splat;
  };
  std::vector<Entry> m_entries;
  std::vector<Entry> m_scratch;
};

}  // namespace volpress::renderer
