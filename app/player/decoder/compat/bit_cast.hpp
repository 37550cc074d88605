// std::bit_cast for the C++ library of Emscripten, which does not have it yet. Included before
// every source of the decoder (-include).
#pragma once

#include <bit>

#if !defined(__cpp_lib_bit_cast)
namespace std {

template <typename To, typename From>
[[nodiscard]] constexpr To bit_cast(const From& from) noexcept {
  static_assert(sizeof(To) == sizeof(From));
  return __builtin_bit_cast(To, from);
}

}  // namespace std
#endif
