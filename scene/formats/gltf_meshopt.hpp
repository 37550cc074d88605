// Buffer views that EXT_meshopt_compression packs.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"

namespace volpress::formats {

/// The extension of a buffer view, or null.
[[nodiscard]] const nlohmann::json* meshoptOf(const nlohmann::json& view);

/// Whether a buffer holds no bytes because every view of it is packed elsewhere.
[[nodiscard]] bool isMeshoptFallback(const nlohmann::json& buffer);

/// The plain bytes of a view, from untrusted `packed` ones; filters are undone. CorruptData for
/// strides, modes and filters that the extension does not allow, for sizes that the packed bytes
/// cannot hold, and for streams that do not decode.
[[nodiscard]] Result<Bytes> unpackMeshoptView(const nlohmann::json& extension, ByteView packed,
                                              const std::string& where);

}  // namespace volpress::formats
