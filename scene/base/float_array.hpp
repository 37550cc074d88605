// A float vector whose resize() leaves new elements uninitialised.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace volpress {

/// std::allocator that default-initialises: `resize` neither zeroes nor touches the pages, so that
/// the threads that fill a large array are the ones that fault it in.
template <typename T>
struct UninitialisedAllocator : std::allocator<T> {
  template <typename U>
  struct rebind {
    using other = UninitialisedAllocator<U>;
  };
  using std::allocator<T>::allocator;

  template <typename U>
  void construct(U* place) noexcept(std::is_nothrow_default_constructible_v<U>) {
    ::new (static_cast<void*>(place)) U;
  }
  template <typename U, typename... Args>
  void construct(U* place, Args&&... args) {
    ::new (static_cast<void*>(place)) U(std::forward<Args>(args)...);
  }
};

/// Tightly packed floats. `resize(n)` does NOT zero; write `assign(n, 0.0F)` where zeros are meant.
using FloatArray = std::vector<float, UninitialisedAllocator<float>>;

}  // namespace volpress
