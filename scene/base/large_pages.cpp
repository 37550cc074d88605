#include "scene/base/large_pages.hpp"

#include <cstdint>
#include <cstdlib>
#include <limits>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace volpress {
namespace {

constexpr std::size_t kLargePage = std::size_t{1} << 21U;
constexpr std::size_t kCacheLine = 64;

std::size_t roundUp(std::size_t bytes, std::size_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

}  // namespace

void preferLargePages([[maybe_unused]] void* place, [[maybe_unused]] std::size_t bytes) noexcept {
#ifdef __linux__
  const auto begin = reinterpret_cast<std::uintptr_t>(place);
  const std::uintptr_t first = roundUp(begin, kLargePage);
  const std::uintptr_t last = (begin + bytes) / kLargePage * kLargePage;
  if (first < last) {
    ::madvise(static_cast<std::byte*>(place) + (first - begin), last - first, MADV_HUGEPAGE);
  }
#endif
}

void* allocateLargePages(std::size_t count, std::size_t size) {
  if (count > (std::numeric_limits<std::size_t>::max() - kLargePage) / size) {
    throw std::bad_alloc();
  }
  const std::size_t alignment = count * size >= kLargePage ? kLargePage : kCacheLine;
  const std::size_t bytes = roundUp(count * size, alignment);
  void* place = std::aligned_alloc(alignment, bytes);
  if (place == nullptr) {
    throw std::bad_alloc();
  }
  preferLargePages(place, bytes);
  return place;
}

void freeLargePages(void* place) noexcept { std::free(place); }

}  // namespace volpress
