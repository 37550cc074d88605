// Large arrays on large memory pages, where the system has them.
#pragma once

#include <cstddef>
#include <vector>

#include "scene/base/float_array.hpp"

namespace volpress {

/// Asks the system to back the whole large pages inside a fresh block with such pages: they are far
/// cheaper to fault in and miss the address cache less. A wish only; where it is not granted, small
/// pages do.
void preferLargePages(void* place, std::size_t bytes) noexcept;

/// Memory for `count` elements of `size` bytes, aligned to at least 64, on large pages if it is
/// large. Throws std::bad_alloc.
[[nodiscard]] void* allocateLargePages(std::size_t count, std::size_t size);
void freeLargePages(void* place) noexcept;

/// As UninitialisedAllocator, on large pages.
template <typename T>
struct LargePageAllocator : UninitialisedAllocator<T> {
  template <typename U>
  struct rebind {
    using other = LargePageAllocator<U>;
  };

  [[nodiscard]] T* allocate(std::size_t count) {
    return static_cast<T*>(allocateLargePages(count, sizeof(T)));
  }
  void deallocate(T* place, std::size_t /*count*/) noexcept { freeLargePages(place); }
};

}  // namespace volpress
