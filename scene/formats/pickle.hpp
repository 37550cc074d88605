// Pickled dictionaries of NumPy arrays, read without running anything.
//
// Python's pickle is a program for a stack machine that may call any function. This reader knows
// dictionaries, lists, tuples, texts, bytes, numbers, and the calls that make NumPy arrays and
// types; every other name is refused before anything of it is looked at. Protocols 2 to 5.
#pragma once

#include <map>
#include <string>

#include "scene/formats/npy.hpp"

namespace volpress::formats {

/// The arrays of a pickled dictionary (or of a NumPy scalar of kind O that holds one), by their
/// keys. Values that are no arrays are left out. UnsupportedVersion names a call that is refused;
/// CorruptData for anything damaged.
[[nodiscard]] Result<std::map<std::string, NpyArray>> readPickledArrays(ByteView pickle);

}  // namespace volpress::formats
