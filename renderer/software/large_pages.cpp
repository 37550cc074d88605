#include <cstdlib>
#include <limits>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

#include "renderer/software/projected_splat.hpp"

namespace volpress::renderer {
namespace {

constexpr std::size_t kLargePage = std::size_t{1} << 21U;
constexpr std::size_t kCacheLine = 64;

std::size_t roundUp(std::size_t bytes, std::size_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

}  // namespace

void* allocateLargePages(std::size_t count, std::size_t size) {
  if (count > (std::numeric_limits<std::size_t>::max() - kLargePage) / size) {
    throw std::bad_alloc();
  }
  const bool large = count * size >= kLargePage;
  const std::size_t alignment = large ? kLargePage : kCacheLine;
  const std::size_t bytes = roundUp(count * size, alignment);
  void* place = std::aligned_alloc(alignment, bytes);
  if (place == nullptr) {
    throw std::bad_alloc();
  }
#ifdef __linux__
  if (large) {
    ::madvise(place, bytes, MADV_HUGEPAGE);  // a refusal costs speed only
  }
#endif
  return place;
}

void freeLargePages(void* place) noexcept { std::free(place); }

}  // namespace volpress::renderer
